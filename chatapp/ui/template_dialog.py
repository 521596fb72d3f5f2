"""Reads and changes the chat template of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPlainTextEdit

from chatapp.models.load_settings import LONGEST_TEMPLATE
from chatapp.ui.i18n import Translated
from chatapp.ui.theme import set_field_font
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.ui.theme import Appearance

_WIDTH = 760
_TEXT_HEIGHT = 380
_MARGIN = 48  # around it in a small window


class TemplateDialog(Translated, Dialog):
    """The person's own template, or the file's, as a text that can be changed.

    Signals: `saved(str)` with the new text, empty for the file's own.
    """

    saved = Signal(str)

    def __init__(
        self,
        appearance: Appearance,
        model_name: str,
        own: str,
        of_file: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, "", "", parent)
        self._model_name = model_name
        self._of_file = of_file
        self.field = QPlainTextEdit(own or of_file)
        self.field.setObjectName("field")
        appearance.fit(self.field, lambda field: set_field_font(field, appearance.font("code")))
        self.field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.field.setTabChangesFocus(True)
        self.field.setMinimumHeight(120)
        self._note = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self.add_widget(self.field)
        self.add_widget(self._note)
        self.restore = Button(appearance, "")
        self._left_buttons.addWidget(self.restore)
        self.restore.clicked.connect(self._on_restore)
        self._cancel = self.add_button("", safe=True)
        self.save = self.add_button("", "primary")
        self.accepted.connect(lambda: self.saved.emit(self.text()))
        self.field.textChanged.connect(self._on_text)
        self._translate()
        self.resize(self.sizeHint())

    def text(self) -> str:
        """What is to be used; empty for the file's own."""
        text = self.field.toPlainText()
        return "" if not text.strip() or text == self._of_file else text

    def sizeHint(self) -> QSize:
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else QSize(1440, 900)
        scale = max(1.0, self._appearance.size / 13)
        width = min(round(_WIDTH * scale), room.width() - _MARGIN)
        return QSize(width, min(round((_TEXT_HEIGHT + 240) * scale), room.height() - _MARGIN))

    def _on_restore(self) -> None:
        self.field.selectAll()
        self.field.insertPlainText(self._of_file)  # so that undo leads back

    def _translate(self) -> None:
        self.set_words(
            self.tr("Chat template of {model}").format(model=self._model_name),
            self.tr(
                "Turns a conversation into the text that the model was trained on. A wrong one "
                "makes answers poor."
            ),
        )
        self.field.setAccessibleName(self.tr("Chat template"))
        self.field.setPlaceholderText(self.tr("The file has none. A common format is used."))
        self.restore.setText(self.tr("Restore the file's own"))
        self._cancel.setText(self.tr("Cancel"))
        self.save.setText(self.tr("Save"))
        self._on_text()

    def _on_text(self) -> None:
        text = self.field.toPlainText()
        is_too_long = len(text) > LONGEST_TEMPLATE
        if is_too_long:
            words = self.tr("It is too long for a template.")
        elif self.text():
            words = self.tr("Your own text. It is used when the model is loaded the next time.")
        else:
            words = self.tr("The file's own.")
        self._note.setText(words)
        self.save.setEnabled(not is_too_long)
        self.restore.setEnabled(text != self._of_file)
