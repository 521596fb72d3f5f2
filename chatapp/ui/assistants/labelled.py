"""A field below its name and a sentence on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.assistants.text_field import TextField
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance


class Labelled(QWidget):
    """As wide as it may be; `set_words` names the field for screen readers too."""

    def __init__(self, appearance: Appearance, field: QWidget) -> None:
        super().__init__()
        self._field = field
        self._name = TextLabel(appearance, bold=True)
        self._explanation = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._name)
        column.addWidget(self._explanation)
        if isinstance(field, QComboBox):
            column.addWidget(field, 0, Qt.AlignmentFlag.AlignLeading)
        else:
            column.addWidget(field)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def set_words(self, name: str, explanation: str = "") -> None:
        """Name and explain the field."""
        self._name.setText(name)
        self._explanation.setText(explanation)
        self._explanation.setVisible(bool(explanation))
        field = self._field.field if isinstance(self._field, TextField) else self._field
        field.setAccessibleName(name)
        field.setAccessibleDescription(explanation)
