"""The rows of the sidebar: conversations by the day of their last use, or what a search found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QDate,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)

from chatapp.domain.conversation import Conversation, SearchHit

Index = QModelIndex | QPersistentModelIndex


class ConversationRole(IntEnum):
    """What a row tells beside its words."""

    ROW = Qt.ItemDataRole.UserRole + 1  # the `Row`
    BUSY = Qt.ItemDataRole.UserRole + 2  # whether an answer is being written
    UNREAD = Qt.ItemDataRole.UserRole + 3  # whether one ended unseen


class _Period(StrEnum):
    PINNED = "pinned"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    THIRTY_DAYS = "thirty days"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Group:
    """A heading; year and month only where it is named after a month."""

    period: _Period
    year: int = 0
    month: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A heading (without conversation), a conversation, or a hit in one."""

    group: Group | None = None
    conversation: Conversation | None = None
    hit: SearchHit | None = None


class ConversationListModel(QAbstractListModel):
    """Conversations, newest first, under headings; or the hits of a search.

    Deleted conversations are listed by the day of their deletion. The headings follow the calendar.
    """

    def __init__(
        self, now: Callable[[], datetime] = datetime.now, parent: QObject | None = None
    ) -> None:
        """`now` tells the local time."""
        super().__init__(parent)
        self._now = now
        self._conversations: dict[int, Conversation] = {}
        self._rows: list[Row] = []
        self._busy: frozenset[int] = frozenset()
        self._unread: frozenset[int] = frozenset()
        self._is_searching = False
        self._today = now().date()
        # A coarse timer may be late by a twentieth of its time: more than an hour in a day.
        self._midnight = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._midnight.timeout.connect(self.regroup)
        self._await_midnight()

    @property
    def is_searching(self) -> bool:
        """Whether the rows are hits."""
        return self._is_searching

    # What the owner tells

    def set_conversations(self, conversations: Iterable[Conversation]) -> None:
        """Show these, in whatever order they come, and end a search."""
        self._conversations = {c.id: c for c in conversations}
        self._is_searching = False
        self._rebuild()

    def upsert(self, conversation: Conversation) -> None:
        """Add a conversation or change it; it moves to where it belongs."""
        self._conversations[conversation.id] = conversation
        if self._is_searching:
            return
        row = self.row_of(conversation.id)
        group = self._group_of(conversation)
        new = Row(group, conversation)
        if row is not None and self._rows[row].group == group and self._fits_at(row, conversation):
            self._rows[row] = new
            self._tell_changed(row)
            return
        if row is not None:
            self._remove_row(row)
        self._insert(new)

    def remove(self, conversation_id: int) -> None:
        """Take a conversation away; unknown ids are ignored."""
        self._conversations.pop(conversation_id, None)
        row = self.row_of(conversation_id)
        while row is not None:
            self._remove_row(row)
            row = self.row_of(conversation_id)

    def set_hits(self, hits: Iterable[SearchHit]) -> None:
        """Show what a search found, in the order given."""
        self.beginResetModel()
        self._is_searching = True
        self._rows = [Row(conversation=hit.conversation, hit=hit) for hit in hits]
        self.endResetModel()

    def set_busy(self, ids: Collection[int]) -> None:
        """The conversations in which an answer is being written."""
        changed = self._busy ^ frozenset(ids)
        self._busy = frozenset(ids)
        self._tell_all_changed(changed)

    def set_unread(self, ids: Collection[int]) -> None:
        """The conversations in which an answer ended that was not seen yet."""
        changed = self._unread ^ frozenset(ids)
        self._unread = frozenset(ids)
        self._tell_all_changed(changed)

    def regroup(self) -> None:
        """Put the conversations under the headings of today, if another day has begun."""
        self._await_midnight()
        if self._now().date() != self._today and not self._is_searching:
            self._rebuild()

    # What it answers

    @property
    def rows(self) -> list[Row]:
        """What is shown, from the top. Not to be changed."""
        return self._rows

    def conversation(self, conversation_id: int) -> Conversation | None:
        """A conversation by its id."""
        return self._conversations.get(conversation_id)

    def row_at(self, index: Index) -> Row | None:
        """The row behind an index, None for an invalid one."""
        return self._rows[index.row()] if self._holds(index) else None

    def row_of(self, conversation_id: int) -> int | None:
        """The first row that shows a conversation."""
        for number, row in enumerate(self._rows):
            if row.conversation is not None and row.conversation.id == conversation_id:
                return number
        return None

    @property
    def busy_rows(self) -> list[int]:
        """The rows with a spinner."""
        return (
            [
                number
                for number, row in enumerate(self._rows)
                if row.conversation is not None and row.conversation.id in self._busy
            ]
            if self._busy
            else []
        )

    def group_name(self, group: Group) -> str:
        """A heading's words."""
        match group.period:
            case _Period.PINNED:
                return self.tr("Pinned")
            case _Period.TODAY:
                return self.tr("Today")
            case _Period.YESTERDAY:
                return self.tr("Yesterday")
            case _Period.WEEK:
                return self.tr("Previous 7 days")
            case _Period.THIRTY_DAYS:
                return self.tr("Previous 30 days")
            case _Period.MONTH:
                if group.year == self._today.year:
                    pattern = self.tr("MMMM", "a month of this year: a date format of Qt")
                else:
                    pattern = self.tr("MMMM yyyy", "a month: a date format of Qt")
                return QLocale().toString(QDate(group.year, group.month, 1), pattern)

    def title_of(self, conversation: Conversation) -> str:
        """A conversation's title in one line, also where it has none yet."""
        return " ".join(conversation.title.split()) or self.tr("New conversation")

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row_at(index)
        if row is None or row.conversation is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        flags |= Qt.ItemFlag.ItemNeverHasChildren
        if row.hit is None and row.conversation.deleted_at is None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row_at(index)
        if row is None:
            return None
        if role == ConversationRole.ROW:
            return row
        conversation = row.conversation
        if conversation is None:
            if role == Qt.ItemDataRole.DisplayRole and row.group is not None:
                return self.group_name(row.group)
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return self.title_of(conversation)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row, conversation)
            case ConversationRole.BUSY:
                return conversation.id in self._busy
            case ConversationRole.UNREAD:
                return conversation.id in self._unread
            case _:
                return None

    # Inside

    def _holds(self, index: Index) -> bool:
        return index.isValid() and 0 <= index.row() < len(self._rows)

    def _spoken(self, row: Row, conversation: Conversation) -> str:
        parts = [self.title_of(conversation)]
        if row.hit is not None:
            parts.append("".join(part.text for part in row.hit.snippet))
        if conversation.pinned and conversation.deleted_at is None:
            parts.append(self.tr("pinned"))
        if conversation.id in self._busy:
            parts.append(self.tr("an answer is being written"))
        elif conversation.id in self._unread:
            parts.append(self.tr("new answer"))
        return ", ".join(parts)

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._today = self._now().date()
        rows: list[Row] = []
        group = None
        for conversation in sorted(self._conversations.values(), key=_place):
            before, group = group, self._group_of(conversation)
            if group != before:
                rows.append(Row(group))
            rows.append(Row(group, conversation))
        self._rows = rows
        self.endResetModel()

    def _group_of(self, conversation: Conversation) -> Group:
        if _is_on_top(conversation):
            return Group(_Period.PINNED)
        day = datetime.fromtimestamp(_moment(conversation), UTC).astimezone().date()
        days = (self._today - day).days
        if days <= 0:
            return Group(_Period.TODAY)
        if days == 1:
            return Group(_Period.YESTERDAY)
        if days <= 7:
            return Group(_Period.WEEK)
        if days <= 30:
            return Group(_Period.THIRTY_DAYS)
        return Group(_Period.MONTH, day.year, day.month)

    def _fits_at(self, row: int, conversation: Conversation) -> bool:
        """Whether the neighbours are in order with this conversation between them."""
        place = _place(conversation)
        for other, is_before in ((row - 1, True), (row + 1, False)):
            if 0 <= other < len(self._rows):
                neighbour = self._rows[other].conversation
                if neighbour is not None and (_place(neighbour) < place) != is_before:
                    return False
        return True

    def _insert(self, new: Row) -> None:
        conversation = new.conversation
        if conversation is None:
            return
        place = _place(conversation)
        at = len(self._rows)
        for number, row in enumerate(self._rows):
            if row.conversation is not None and _place(row.conversation) > place:
                at = number
                break
        # Before the heading of the next group, unless that is its own.
        if 0 < at < len(self._rows) and self._rows[at].group != new.group:
            at -= 1
        has_heading = at > 0 and self._rows[at - 1].group == new.group
        rows = [new] if has_heading else [Row(new.group), new]
        self.beginInsertRows(QModelIndex(), at, at + len(rows) - 1)
        self._rows[at:at] = rows
        self.endInsertRows()

    def _remove_row(self, row: int) -> None:
        first, last = row, row
        is_alone = row + 1 == len(self._rows) or self._rows[row + 1].conversation is None
        if row > 0 and self._rows[row - 1].conversation is None and is_alone:
            first = row - 1
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._rows[first : last + 1]
        self.endRemoveRows()

    def _tell_changed(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)

    def _tell_all_changed(self, ids: frozenset[int]) -> None:
        if not ids:
            return
        for number, row in enumerate(self._rows):
            if row.conversation is not None and row.conversation.id in ids:
                self._tell_changed(number)

    def _await_midnight(self) -> None:
        now = self._now()
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
        seconds = (midnight - now.replace(tzinfo=None)).total_seconds()
        self._midnight.start(int(seconds * 1000) + 1000)


def _is_on_top(conversation: Conversation) -> bool:
    return conversation.pinned and conversation.deleted_at is None


def _moment(conversation: Conversation) -> float:
    deleted = conversation.deleted_at
    return conversation.updated_at if deleted is None else deleted


def _place(conversation: Conversation) -> tuple[bool, float, int]:
    return (not _is_on_top(conversation), -_moment(conversation), -conversation.id)
