"""What the models on the page are narrowed to: chips that are on or off, or open a short list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from chatapp.domain.hub import SearchKind
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.chip import HEIGHT, Chip, MenuChip
from chatapp.ui.widgets.exclusive import lead_tab_to_chosen
from chatapp.ui.widgets.flow_layout import FlowLayout
from chatapp.ui.words import license_name

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_BILLION = 10**9
_LICENSES = ("apache-2.0", "mit", "gemma", "llama3.1", "llama3.2", "cc-by-nc-4.0")


@dataclass(frozen=True, slots=True)
class Sizes:
    """A range of parameter counts; 0 is no limit."""

    least: int = 0
    most: int = 0

    def holds(self, parameters: int) -> bool:
        """Whether a model is in it. One that nobody knows the size of is in every range."""
        if not parameters:
            return True
        return self.least <= parameters and (not self.most or parameters <= self.most)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted. `license` is written as the Hub does; empty is any."""

    kind: SearchKind = SearchKind.ANY
    fits: bool = False
    sizes: Sizes = Sizes()
    license: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether everything is wanted."""
        return self == Filters()


class FilterBar(Translated, QWidget):
    """What a model is for, whether it fits, how large it is, under which licence.

    Signals: `changed()`.
    """

    changed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = FlowLayout(8, self)
        self._kinds: dict[SearchKind, Chip] = {}
        group = QButtonGroup(self)
        for kind in (
            SearchKind.ANY,
            SearchKind.CHAT,
            SearchKind.VISION,
            SearchKind.CODE,
            SearchKind.EMBEDDING,
        ):
            chip = Chip(appearance, "")
            group.addButton(chip)
            lead_tab_to_chosen(chip)
            self._kinds[kind] = chip
            row.addWidget(chip)
        self._kinds[SearchKind.ANY].setChecked(True)
        group.buttonToggled.connect(self._on_kind_toggled)
        row.add_divider(_Divider(appearance))
        self._fits = Chip(appearance, "")
        self._fits.toggled.connect(lambda _: self.changed.emit())
        self._sizes: MenuChip[Sizes] = MenuChip(appearance, "", [(Sizes(), "")])
        self._license: MenuChip[str] = MenuChip(appearance, "", [("", "")])
        for menu in (self._sizes, self._license):
            menu.chosen.connect(lambda _: self.changed.emit())
        for chip in (self._fits, self._sizes, self._license):
            row.addWidget(chip)
        self._translate()

    @property
    def filters(self) -> Filters:
        """What is wanted now."""
        kind = next(kind for kind, chip in self._kinds.items() if chip.isChecked())
        return Filters(kind, self._fits.isChecked(), self._sizes.value, self._license.value)

    def clear(self) -> None:
        """Want everything; tells so if that is a change."""
        if self.filters.is_empty:
            return
        before = self.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._kinds[SearchKind.ANY].setChecked(True)
        self._fits.setChecked(False)
        self._sizes.reset()
        self._license.reset()
        self.blockSignals(before)
        self.changed.emit()

    def _translate(self) -> None:
        for kind, words in (
            (SearchKind.ANY, self.tr("All")),
            (SearchKind.CHAT, self.tr("Chat")),
            (SearchKind.VISION, self.tr("Vision")),
            (SearchKind.CODE, self.tr("Code")),
            (SearchKind.EMBEDDING, self.tr("Embeddings")),
        ):
            self._kinds[kind].setText(words)
        self._fits.setText(self.tr("Fits this computer"))
        up_to = self.tr("Up to {count} billion")
        sizes = [(Sizes(), self.tr("Any size"))]
        sizes += [(Sizes(0, n * _BILLION), up_to.format(count=n)) for n in (2, 4, 9, 15)]
        sizes.append((Sizes(15 * _BILLION), self.tr("Over 15 billion")))
        self._sizes.set_words(self.tr("Size"), sizes)
        licenses = [("", self.tr("Any licence"))]
        licenses += [(name, license_name(name)) for name in _LICENSES]
        self._license.set_words(self.tr("Licence"), licenses)

    def _on_kind_toggled(self, _button: QAbstractButton, is_on: bool) -> None:  # noqa: FBT001 - a slot
        if is_on:
            self.changed.emit()


class _Divider(QWidget):
    """A short upright line between two groups."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(9, self._appearance.height(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        height = self.height() - 8
        line = QRect(self.width() // 2, 4, 1, height)
        QPainter(self).fillRect(line, self._appearance.theme.border)
