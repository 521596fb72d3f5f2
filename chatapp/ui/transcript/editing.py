"""A widget in the place of a message: where its text is edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from chatapp.ui.transcript.scrolling import ScrollingTranscript

if TYPE_CHECKING:
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.theme import Appearance


class EditableTranscript(ScrollingTranscript):
    """Gives one message's place to a widget, and keeps it there when the text moves."""

    def __init__(
        self, model: TranscriptModel, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, appearance, parent)
        self._editor: QWidget | None = None
        self._edited = 0

    def open_editor(self, message_id: int, editor: QWidget) -> None:
        """Show a widget in the place of a message; its `sizeHint` says how high it wants to be."""
        row = self._model.row_of(message_id)
        if row is None:
            return
        self.close_editor()
        self._edited, self._editor = message_id, editor
        self.is_covered = True
        editor.setParent(self.viewport())
        self._items.item(row).replaced = float(editor.sizeHint().height())
        self._note_height(row, self._items.item(row))
        self._follows = False
        self._place()
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def update_editor(self) -> None:
        """The widget in a message's place wants another height."""
        row = self._model.row_of(self._edited)
        if self._editor is not None and row is not None:
            item = self._items.item(row)
            item.replaced = float(self._editor.sizeHint().height())
            self._note_height(row, item)
            self._place()

    def close_editor(self) -> None:
        """Show the message again that was edited."""
        if self._editor is None:
            return
        row = self._model.row_of(self._edited)
        self._drop_editor()
        if row is not None and row < len(self._items):
            item = self._items.item(row)
            item.replaced = None
            self._note_height(row, item)
            self._place()

    def _drop_editor(self) -> None:
        editor, self._editor, self._edited = self._editor, None, 0
        self.is_covered = False
        if editor is not None:
            editor.hide()
            editor.deleteLater()

    def _place_editor(self) -> None:
        if self._editor is None:
            return
        for one in self._placed:
            if one.item.message.id == self._edited:
                top = round(one.top + one.item.gap)
                hint = self._editor.sizeHint().height()
                left = self.column_left - 16
                self._editor.setGeometry(left, top, round(self._items.width) + 32, hint)
                self._editor.show()
                return
        if not self._editor.hasFocus() and not self._editor.isAncestorOf(
            QGuiApplication.focusObject()  # type: ignore[arg-type]
        ):
            self._editor.hide()
        else:
            self._editor.move(self._editor.x(), -10_000)
