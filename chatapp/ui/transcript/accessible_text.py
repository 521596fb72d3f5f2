"""A message's text for screen readers, character by character.

PySide passes neither `selection` nor `attributes` on to Python: a reader that asked for a
selection's ends would get two numbers at random. So no selection is reported, but where the caret
of one is, and selecting through the interface works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessibleTextInterface

from chatapp.ui.transcript.selection import Position
from chatapp.ui.transcript.spoken_text import SpokenText

if TYPE_CHECKING:
    from chatapp.ui.transcript.accessible import AccessibleConversation


class MessageText(QAccessibleTextInterface):
    """The text of the message with an id. Offsets count UTF-16 units."""

    def __init__(self, conversation: AccessibleConversation, number: int) -> None:
        super().__init__()
        self._conversation = conversation
        self._number = number

    def _found(self) -> tuple[int, SpokenText] | None:
        if not self._conversation.is_open:
            return None
        row = self._conversation.view.row_of(self._number)
        return None if row is None else (row, self._conversation.text_of(row))

    def _position(self, offset: int) -> Position | None:
        found = self._found()
        return None if found is None else Position(found[0], *found[1].place_of(offset))

    def characterCount(self) -> int:
        found = self._found()
        return 0 if found is None else len(found[1])

    def text(self, begin: int, end: int) -> str:
        found = self._found()
        return "" if found is None else found[1].between(begin, end)

    def cursorPosition(self) -> int:
        found = self._found()
        caret = self._conversation.view.caret if found is not None else None
        if found is None or caret is None or caret.row != found[0]:
            return 0
        return found[1].offset_of(caret.block, caret.offset)

    def setCursorPosition(self, position: int) -> None:
        self.setSelection(0, position, position)

    def selectionCount(self) -> int:
        return 0

    def addSelection(self, begin: int, end: int) -> None:
        self.setSelection(0, begin, end)

    def setSelection(self, index: int, begin: int, end: int) -> None:
        start, stop = self._position(begin), self._position(end)
        if start is not None and stop is not None:
            self._conversation.view.select(start, stop)

    def removeSelection(self, index: int) -> None:
        if self._conversation.is_open:
            self._conversation.view.drop_selection()

    def scrollToSubstring(self, begin: int, end: int) -> None:
        start, stop = self._position(begin), self._position(end)
        if start is not None and stop is not None:
            last = stop.offset if stop.block == start.block else start.offset + 1
            self._conversation.view.show_range(start.row, start.block, start.offset, last)

    def characterRect(self, offset: int) -> QRect:
        at = self._position(offset) if 0 <= offset <= self.characterCount() else None
        view = self._conversation.view
        rect = view.character_rect(at) if at is not None else None
        if rect is None:
            return QRect()
        return QRect(view.viewport().mapToGlobal(rect.topLeft().toPoint()), rect.size().toSize())

    def offsetAtPoint(self, point: QPoint) -> int:
        found = self._found()
        if found is None:
            return -1
        view = self._conversation.view
        at = view.position_at(view.viewport().mapFromGlobal(point))
        return found[1].offset_of(at.block, at.offset) if at.row == found[0] else -1
