"""How a model is shared out over several GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.number_row import NumberRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_ALL = 100  # percent
_STEPS = range(0, _ALL + 1, 5)


class SplitRow(Translated, QWidget):
    """A share in percent for each GPU; together they are all of it.

    Signals: `changed(tuple)` with the shares, empty for automatic.
    """

    changed = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._names: tuple[str, ...] = ()
        self._shares: tuple[float, ...] = ()
        self.rows: list[NumberRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def set_devices(self, names: Sequence[str]) -> None:
        """The GPUs; with one there is nothing to share out."""
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for place in range(len(names)):
            row = NumberRow(self._appearance, _STEPS)
            row.changed.connect(lambda share, place=place: self._on_changed(place, share))
            self.rows.append(row)
            self._column.addWidget(row)
        self.setVisible(len(names) > 1)
        self._translate()
        self._show()

    def set_shares(self, shares: Sequence[float]) -> None:
        """Show these without a signal."""
        self._shares = tuple(shares)
        self._show()

    def set_automatic(self, memory: Sequence[int]) -> None:
        """Automatic goes by the memory that is free on each, in bytes."""
        total = sum(memory)
        for row, size in zip(self.rows, memory, strict=False):
            row.set_automatic(round(_ALL * size / total) if total else 0)

    def _translate(self) -> None:
        for row, name in zip(self.rows, self._names, strict=True):
            row.set_words(
                self.tr("Share of {device}").format(device=name),
                self.tr("Percent of the layers on GPUs that lie there."),
            )

    def _show(self) -> None:
        total = sum(self._shares)
        for place, row in enumerate(self.rows):
            share = self._shares[place] if place < len(self._shares) else 0.0
            row.set_value(round(_ALL * share / total) if total else None)

    def _on_changed(self, place: int, share: int | None) -> None:
        if share is None:
            self._shares = ()
        else:
            others = [self._shown(row) if at != place else 0 for at, row in enumerate(self.rows)]
            total = sum(others)
            rest = _ALL - share
            even = rest / max(1, len(self.rows) - 1)
            shares = [rest * other / total if total else even for other in others]
            shares[place] = float(share)
            self._shares = tuple(round(one, 2) for one in shares)
        self._show()
        self.changed.emit(self._shares)

    def _shown(self, row: NumberRow) -> int:
        return row.automatic if row.value is None else row.value
