"""Asks for a tag that does not exist yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.popup import Popup

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_LONGEST = 60  # characters
_PADDING = 12


class TagPopup(Popup):
    """A field and a button. Signals: `entered(str)`."""

    entered = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(appearance, self.tr("New tag"), parent)
        self.field = QLineEdit()
        self.field.setFont(appearance.font("body"))
        self.field.setMaxLength(_LONGEST)
        self.field.setAccessibleName(self.tr("New tag"))
        self.field.setPlaceholderText(self.tr("New tag"))
        self.field.returnPressed.connect(self._enter)
        add = Button(appearance, self.tr("Add"), "primary", designed_height=28)
        add.clicked.connect(self._enter)
        row = QHBoxLayout(self)
        row.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        row.setSpacing(8)
        row.addWidget(self.field)
        row.addWidget(add)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _enter(self) -> None:
        tag = " ".join(self.field.text().split()).lstrip("#")
        if tag:
            self.entered.emit(tag)
        self.close()
