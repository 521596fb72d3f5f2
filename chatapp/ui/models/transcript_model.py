"""The messages of the shown branch as rows, with what is known of an answer while it is written.

This is the seam between conversations and whatever draws them: the renderer may be replaced, the
model stays. It is fed in the main thread and knows nothing of storage or of the engine.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from chatapp.domain.conversation import Message, MessageStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.chat.events import AnswerProgress
    from chatapp.domain.conversation import ToolCallRecord


class TranscriptRole(IntEnum):
    """What `TranscriptModel.data` gives besides the text itself."""

    MESSAGE = Qt.ItemDataRole.UserRole + 1
    PROGRESS = Qt.ItemDataRole.UserRole + 2
    WINDOW = Qt.ItemDataRole.UserRole + 3  # only told: whether the model still reads it


_WITHOUT_WINDOW: Final = attrgetter(
    *(one.name for one in fields(Message) if one.name not in {"left_window", "window_start"})
)
_TEXT_ROLES: Final = [int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)]


@dataclass(slots=True)
class _Row:
    message: Message
    progress: AnswerProgress | None = None
    # Deltas since `message` was set. Joined only when someone asks, so that a long answer does not
    # copy itself for each token.
    added: list[str] | None = None
    thought: list[str] | None = None

    def current(self) -> Message:
        if self.added or self.thought:
            message = self.message
            self.message = replace(
                message,
                text="".join((message.text, *(self.added or ()))),
                reasoning="".join((message.reasoning, *(self.thought or ()))),
            )
            self.added = self.thought = None
        return self.message

    @property
    def length(self) -> int:
        return len(self.message.text) + sum(map(len, self.added or ()))

    @property
    def thought_length(self) -> int:
        return len(self.message.reasoning) + sum(map(len, self.thought or ()))

    def think(self, text: str) -> None:
        if self.thought is None:
            self.thought = []
        self.thought.append(text)

    def grow(self, text: str) -> None:
        if self.added is None:
            self.added = []
        self.added.append(text)


class TranscriptModel(QAbstractListModel):
    """Rows are messages, oldest first. What is said about a message that isn't shown is ignored.

    `dataChanged` names the roles: the text's when text was added at the end, the progress, the
    window for many rows at once, or none when the message is replaced and anything may differ.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []
        self._places: dict[int, int] = {}

    # What Qt asks

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        if role in _TEXT_ROLES:
            return self.message_at(index.row()).text
        if role == TranscriptRole.MESSAGE:
            return self.message_at(index.row())
        if role == TranscriptRole.PROGRESS:
            return self.progress_at(index.row())
        return None

    # What views and owners ask

    @property
    def messages(self) -> list[Message]:
        """All that is shown, with the text that it has by now."""
        return [row.current() for row in self._rows]

    def message(self, message_id: int) -> Message | None:
        """One message with the text that it has by now, or None when it isn't shown."""
        row = self._places.get(message_id)
        return None if row is None else self._rows[row].current()

    def message_at(self, row: int) -> Message:
        """The message in a row with the text that it has by now."""
        return self._rows[row].current()

    def bare_message_at(self, row: int) -> Message:
        """The same without what was added last, so that nothing has to be joined."""
        return self._rows[row].message

    def progress_at(self, row: int) -> AnswerProgress | None:
        """What an unfinished answer is doing; None when it is finished or nothing is known yet."""
        return self._rows[row].progress

    def row_of(self, message_id: int) -> int | None:
        """The row of a message, or None when it isn't shown."""
        return self._places.get(message_id)

    def difference(self, messages: Sequence[Message]) -> tuple[int, int]:
        """How many rows at the beginning show the same messages as these, and how many at the end.

        Together they are never more than there are on one side.
        """
        least = min(len(self._rows), len(messages))
        same = 0
        while same < least and self._rows[same].message.id == messages[same].id:
            same += 1
        after = 0
        while after < least - same and self._rows[-1 - after].message.id == messages[-1 - after].id:
            after += 1
        return same, after

    # What changes

    def set_messages(self, messages: Sequence[Message]) -> None:
        """Show another branch or conversation."""
        self.beginResetModel()
        self._rows = [_Row(message) for message in messages]
        self._places = {message.id: row for row, message in enumerate(messages)}
        self.endResetModel()

    def merge(self, messages: Sequence[Message]) -> None:
        """Show another state or branch of the same conversation.

        What is the same at the beginning and at the end stays, what is between is told at once.
        """
        same, after = self.difference(messages)
        if not same + after:
            self.set_messages(messages)
            return
        if same + after < len(self._rows):
            self._remove(same, len(self._rows) - after)
        if same + after < len(messages):
            self._insert(same, messages[same : len(messages) - after])
        self._update(messages)

    def _update(self, messages: Sequence[Message]) -> None:
        """Show other states of all messages; where only the window moved, that is told once."""
        moved: list[int] = []
        replaced: list[Message] = []
        for place, (row, new) in enumerate(zip(self._rows, messages, strict=True)):
            old = row.current()
            if old is new or old == new:
                continue
            if _WITHOUT_WINDOW(old) == _WITHOUT_WINDOW(new):
                row.message = new
                moved.append(place)
            else:
                replaced.append(new)
        if moved:
            first, last = self.index(moved[0]), self.index(moved[-1])
            self.dataChanged.emit(first, last, [int(TranscriptRole.WINDOW)])
        for new in replaced:
            self.replace(new)

    def clear(self) -> None:
        """Show nothing."""
        self.set_messages([])

    def append(self, message: Message) -> None:
        """Add a message at the end; one that is already there is replaced where it is."""
        if message.id in self._places:
            self.replace(message)
            return
        self._insert(len(self._rows), [message])

    def begin(self, question: Message | None, answer: Message) -> None:
        """Add what is asked, if it isn't there, and its answer.

        What follows their parent on another branch is taken away.
        """
        if answer.id not in self._places:
            first = question or answer
            parent = -1 if first.parent_id is None else self._places.get(first.parent_id)
            if parent is not None and parent + 1 < len(self._rows):
                self.remove_from(self._rows[parent + 1].message.id)
            if question is not None:
                self.append(question)
        self.append(answer)

    def grow_from(self, message_id: int, text: str, offset: int) -> None:
        """Add what is not there yet of a `text` that begins at an offset of the message."""
        row = self._places.get(message_id)
        if row is not None:
            self.grow(message_id, text[max(0, self._rows[row].length - offset) :])

    def grow(self, message_id: int, text: str) -> None:
        """Add `text` at the end of a message."""
        row = self._places.get(message_id)
        if row is None or not text:
            return
        self._rows[row].grow(text)
        self._tell(row, _TEXT_ROLES)

    def think_from(self, message_id: int, text: str, offset: int) -> None:
        """The same of what the model thinks before it answers."""
        row = self._places.get(message_id)
        fresh = "" if row is None else text[max(0, self._rows[row].thought_length - offset) :]
        if row is not None and fresh:
            self._rows[row].think(fresh)
            self._tell(row, _TEXT_ROLES)

    def set_parts(
        self,
        message_id: int,
        *,
        reasoning: str | None = None,
        text: str | None = None,
        calls: tuple[ToolCallRecord, ...] | None = None,
    ) -> None:
        """Put others in the place of parts of an unfinished answer; None leaves one as it is."""
        message = self.message(message_id)
        if message is None:
            return
        row = self._places[message_id]
        self._rows[row].message = replace(
            message,
            reasoning=message.reasoning if reasoning is None else reasoning,
            text=message.text if text is None else text,
            calls=message.calls if calls is None else calls,
        )
        self._tell(row, _TEXT_ROLES)

    def set_progress(self, message_id: int, progress: AnswerProgress) -> None:
        """Say what an unfinished answer is doing."""
        row = self._places.get(message_id)
        if row is None or self._rows[row].progress == progress:
            return
        self._rows[row].progress = progress
        self._tell(row, [int(TranscriptRole.PROGRESS)])

    def replace(self, message: Message) -> None:
        """Put another state of the same message in its place: ended, continued, edited."""
        row = self._places.get(message.id)
        if row is None:
            return
        known = self._rows[row].progress if message.status is MessageStatus.GENERATING else None
        self._rows[row] = _Row(message, known)
        self._tell(row, [])

    def remove_from(self, message_id: int) -> None:
        """Take away a message and all that follow it."""
        row = self._places.get(message_id)
        if row is not None:
            self._remove(row, len(self._rows))

    def _remove(self, first: int, end: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, end - 1)
        for gone in self._rows[first:end]:
            del self._places[gone.message.id]
        del self._rows[first:end]
        self._number(first)
        self.endRemoveRows()

    def _insert(self, first: int, messages: Sequence[Message]) -> None:
        self.beginInsertRows(QModelIndex(), first, first + len(messages) - 1)
        self._rows[first:first] = [_Row(message) for message in messages]
        self._number(first)
        self.endInsertRows()

    def _number(self, first: int) -> None:
        rows = enumerate(self._rows[first:], first)
        self._places.update((row.message.id, place) for place, row in rows)

    def _tell(self, row: int, roles: list[int]) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index, roles)
