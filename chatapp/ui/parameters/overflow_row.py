"""What happens when the context is full: the same choice as in the token meter's menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.field_row import FieldRow

if TYPE_CHECKING:
    from PySide6.QtGui import QActionGroup

    from chatapp.ui.theme import Appearance


class OverflowRow(Translated, QWidget):
    """Shows which of the actions is checked, and triggers another one. They keep the choice."""

    def __init__(
        self, appearance: Appearance, actions: QActionGroup, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._kept = 0
        self.combo: Combo[str] = Combo(appearance, "", [], designed_height=28)
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.chosen.connect(self._on_chosen)
        self.row = FieldRow(appearance, "", "", self.combo, is_below=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.row)
        for action in actions.actions():
            action.changed.connect(self._translate)  # its words, too
        self._translate()

    def set_kept(self, count: int) -> None:
        """So many messages stay in the window, whatever leaves it."""
        self._kept = count
        self._translate()

    def _translate(self) -> None:
        name = self.tr("When the context is full")
        words = self.tr("Messages that are kept never leave it.")
        if self._kept:
            words = self.tr("Kept messages: {count}. They never leave it.")
            words = words.format(count=QLocale().toString(self._kept))
        self.row.set_words(name, words)
        self.combo.setAccessibleName(name)
        self.combo.setToolTip(name)
        actions = self._actions.actions()
        self.combo.set_choices([(action.data(), action.text()) for action in actions])
        checked = [action.data() for action in actions if action.isChecked()]
        if checked:
            self.combo.set_value(checked[0])

    def _on_chosen(self, policy: str) -> None:
        for action in self._actions.actions():
            if action.data() == policy:
                action.trigger()
