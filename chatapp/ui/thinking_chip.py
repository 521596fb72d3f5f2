"""Whether the model thinks before it answers, and how hard: chosen where one writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.chip import Chip, MenuChip

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

EFFORTS = ("low", "medium", "high")


class ThinkingChip(Translated, QWidget):
    """A chip that is on or off, and a list of efforts; each only where the model knows it.

    Signals: `thinking_chosen(bool)`; `effort_chosen(str)`, empty for the model's own.
    """

    thinking_chosen = Signal(bool)
    effort_chosen = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip = Chip(appearance, "", icon="bulb")
        self.chip.clicked.connect(self.thinking_chosen)
        self.effort: MenuChip[str] = MenuChip(appearance, "", [("", "")])
        self.effort.chosen.connect(self.effort_chosen.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.chip)
        row.addWidget(self.effort)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._translate()
        self.show_choice(thinking=None, effort=None)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What takes the keyboard, in its order."""
        return self.chip, self.effort

    def show_choice(self, *, thinking: bool | None, effort: str | None) -> None:
        """Show what is chosen; None for what the model doesn't know."""
        self.chip.setVisible(thinking is not None)
        self.effort.setVisible(effort is not None)
        self.setVisible(thinking is not None or effort is not None)
        if thinking is not None:
            self.chip.setChecked(thinking)
            self._explain()
        if effort is not None:
            self.effort.set_value(effort)

    def _explain(self) -> None:
        self.chip.setToolTip(
            self.tr("The model thinks before it answers. Click for quick answers.")
            if self.chip.isChecked()
            else self.tr("The model answers at once. Click to let it think first.")
        )

    def _translate(self) -> None:
        self.chip.setText(self.tr("Thinking"))
        self._explain()
        words = {
            "low": self.tr("Low effort"),
            "medium": self.tr("Medium effort"),
            "high": self.tr("High effort"),
        }
        self.effort.set_words(
            self.tr("Thinking effort"),
            [("", self.tr("As usual")), *((effort, words[effort]) for effort in EFFORTS)],
        )
        self.effort.setToolTip(self.tr("How much the model thinks before it answers"))
