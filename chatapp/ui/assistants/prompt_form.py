"""What the variables of a prompt stand for, asked before it is inserted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from chatapp.ui.assistants.text_field import TextField
from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.bounded_area import BoundedArea
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.domain.prompt import PromptTemplate
    from chatapp.ui.theme import Appearance

_MOST_LINES: Final = 6
_MOST_HEIGHT: Final = 420
_RETURNS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PromptForm(Translated, Dialog):
    """A field for each variable; Control and Return insert from anywhere.

    Signals: `filled(str)` with the text.
    """

    filled = Signal(str)

    def __init__(
        self, appearance: Appearance, prompt: PromptTemplate, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, prompt.name, "", parent)
        self.fields: dict[str, TextField] = {}
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(4)
        for name in prompt.variables:
            field = TextField(appearance, _MOST_LINES)
            field.set_name(name)
            if self.fields:
                column.addSpacing(8)
            column.addWidget(TextLabel(appearance, name))
            column.addWidget(field)
            self.fields[name] = field
            field.height_changed.connect(self._fit)
        column.addStretch()
        self._content = content
        self._area = BoundedArea(appearance, content, _MOST_HEIGHT)
        self.add_widget(self._area)
        self._cancel = self.add_button("", safe=True)
        self.insert = self.add_button("", "primary")
        self._translate()
        self.accepted.connect(lambda: self.filled.emit(prompt.fill(self.values())))
        self._fit()

    def values(self) -> dict[str, str]:
        """What was written. An empty field leaves its variable as it is."""
        texts = {name: field.text() for name, field in self.fields.items()}
        return {name: text for name, text in texts.items() if text.strip()}

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RETURNS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.accept()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        next(iter(self.fields.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _translate(self) -> None:
        self._cancel.setText(self.tr("Cancel"))
        self.insert.setText(self.tr("Insert"))

    def _fit(self) -> None:
        self._area.fit(self._content.sizeHint().height())
