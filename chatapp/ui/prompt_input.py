"""The text field of the composer: keys, growth, what is pasted, and what was sent before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QInputMethodEvent,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.local_files import local_files
from chatapp.ui.widgets.growing_field import GrowingField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

_MOST_LINES: Final = 10
_LONG_LINE: Final = 20_000  # characters: longer ones are laid out noticeably late


class PromptInput(Translated, GrowingField):
    """Plain text that grows from 1 to 10 lines, then scrolls.

    Signals: `submitted()` on Return; `files_given(tuple[Path, ...])` and `long_text_given(str)`
    when they are pasted or dropped, instead of writing them.
    """

    submitted = Signal()
    files_given = Signal(object)
    long_text_given = Signal(object)

    def __init__(
        self, appearance: Appearance, settings: SettingsFile, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, _MOST_LINES, parent)
        self._settings = settings
        self._history: list[str] = []
        self._recalled: int | None = None
        self._pastes_inline = False
        self._placeholder = ""
        self._translate()

    @property
    def undo_steps(self) -> int:
        """How far Undo leads back."""
        return self.document().availableUndoSteps()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Message"))

    def set_placeholder(self, words: str) -> None:
        """What stands in an empty field."""
        self._placeholder = words
        self._show_placeholder()

    def set_history(self, prompts: Iterable[str]) -> None:
        """What Up recalls, oldest first."""
        self._history = list(prompts)
        self._recalled = None

    def remember(self, prompt: str) -> None:
        """This was sent: Up recalls it first."""
        self._recalled = None
        if prompt not in self._history[-1:]:
            self._history.append(prompt)

    def put(self, text: str) -> None:
        """Replace what is written, the cursor at its end. Undo brings it back."""
        self.choose_wrapping(text)
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.End)

    def write(self, text: str) -> None:
        """Put `text` where the cursor is, in the place of what is selected."""
        self.choose_wrapping(text)
        # What Qt does with a paste builds a second document on the way.
        self.insertPlainText(text)
        self.ensureCursorVisible()

    def take(self, text: str) -> None:
        """Text from elsewhere: put where the cursor is, or told if it is long."""
        settings = self._settings.current
        if (
            settings.long_paste_as_attachment
            and not self._pastes_inline
            and len(text) > settings.long_paste_characters
        ):
            self.long_text_given.emit(text)
        else:
            self.write(text)

    def write_and_withdraw(self, text: str) -> int:
        """Leave no trace of `text` but on the undo stack: Undo writes it.

        Returns the number of undo steps after it; 0 when the text has lines so long that it can't
        be shown here in time, and then nothing was done.
        """
        if max(map(len, text.split("\n"))) > _LONG_LINE:
            return 0
        cursor = self.textCursor()
        begin = cursor.selectionStart()
        cursor.beginEditBlock()
        cursor.insertText(text)
        cursor.endEditBlock()
        cursor.setPosition(begin, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        return self.undo_steps

    def forget(self) -> None:
        """Undo leads back to here and no further."""
        self.document().clearUndoRedoStacks()

    # Qt

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return bool(local_files(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        files = () if self._pastes_inline else local_files(source)
        if files:
            self.files_given.emit(files)
            return
        self.take(source.text())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # Files are for all of the composer, which shows where they go.
        if local_files(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if local_files(event.mimeData()):
            event.ignore()
        else:
            super().dragMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        modifiers = event.modifiers()
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        sends = not shift if self._settings.current.enter_sends else control
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and sends:
            # While an input method composes, Return chooses a candidate.
            if not self.is_composing:
                self.submitted.emit()
        elif key == Qt.Key.Key_V and shift and control:
            self._paste_inline()
        elif not (
            key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._recall(earlier=key == Qt.Key.Key_Up)
        ):
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        self._show_placeholder()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # What was scrolled away while the field was smaller comes back.
        self.verticalScrollBar().setValue(0)
        self.ensureCursorVisible()

    # Inside

    def _show_placeholder(self) -> None:
        # Qt paints it under what an input method composes.
        self.setPlaceholderText("" if self.is_composing else self._placeholder)
        self.viewport().update()  # which Qt leaves out while one is shown already

    def _paste_inline(self) -> None:
        self._pastes_inline = True
        try:
            self.paste()
        finally:
            self._pastes_inline = False

    def _recall(self, *, earlier: bool) -> bool:
        """Replace an empty or recalled text by its neighbour in the history, if there is one."""
        if not self._is_at_edge(first=earlier):
            return False
        current = self.toPlainText()
        if self._recalled is not None and (
            self._recalled >= len(self._history) or current != self._history[self._recalled]
        ):
            self._recalled = None
        if current and self._recalled is None:
            return False
        position = len(self._history) if self._recalled is None else self._recalled
        position += -1 if earlier else 1
        if not 0 <= position <= len(self._history) or (not current and not earlier):
            return False
        is_back = position == len(self._history)
        self.put("" if is_back else self._history[position])
        self._recalled = None if is_back else position
        return True

    def _is_at_edge(self, *, first: bool) -> bool:
        """Whether the cursor is in the first (or last) line as it is seen."""
        cursor = self.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Up if first else QTextCursor.MoveOperation.Down
        )
        return cursor.blockNumber() == self.textCursor().blockNumber() and (
            cursor.position() == self.textCursor().position()
        )
