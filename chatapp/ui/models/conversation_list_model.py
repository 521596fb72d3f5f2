"""The rows of the sidebar: conversations by the day of their last use, or what a search found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum

from PySide6.QtCore import (
    QDate,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
    QTimer,
)

from chatapp.domain.conversation import Conversation, SearchHit
from chatapp.domain.folder import Folder
from chatapp.ui.models.conversation_rows import Group, Period, Row, arrange, steps

Index = QModelIndex | QPersistentModelIndex

_OF_HIT = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
)
_OF_CONVERSATION = _OF_HIT | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled
_OF_FOLDER = _OF_CONVERSATION | Qt.ItemFlag.ItemIsDropEnabled
# Beyond that many it is cheaper to show everything anew.
_MOST_STEPS = 100


class ConversationRole(IntEnum):
    """What a row tells beside its words."""

    ROW = Qt.ItemDataRole.UserRole + 1  # the `Row`
    BUSY = Qt.ItemDataRole.UserRole + 2  # whether an answer is being written
    UNREAD = Qt.ItemDataRole.UserRole + 3  # whether one ended unseen


class ConversationListModel(QStringListModel):
    """Conversations, newest first, under headings and in folders; or the hits of a search.

    Deleted conversations are listed by the day of their deletion. The headings follow the calendar.
    While a tag is looked for (`set_tag`), what carries it is listed, without folders.

    Of what it inherits only the number of rows is used: views ask for that twice for every row, and
    with thousands of rows an answer in Python would be felt.
    """

    def __init__(
        self, now: Callable[[], datetime] = datetime.now, parent: QObject | None = None
    ) -> None:
        """`now` tells the local time."""
        super().__init__(parent)
        self._now = now
        self._conversations: dict[int, Conversation] = {}
        self._folders: dict[int, Folder] = {}
        self._opened: frozenset[int] = frozenset()
        self._tag = ""
        self._rows: list[Row] = []
        self._new: tuple[Row, ...] = ()  # about to be inserted
        self.rowsInserted.connect(self._on_inserted)  # before anybody else hears of it
        self.rowsRemoved.connect(self._on_removed)
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

    def set_conversations(
        self, conversations: Iterable[Conversation], folders: Sequence[Folder] = ()
    ) -> None:
        """Show these, in whatever order they come, and end a search."""
        self._conversations = {c.id: c for c in conversations}
        self._folders = {folder.id: folder for folder in folders}
        if self._is_searching:
            self._is_searching = False
            self._show(self._arranged())
        else:
            self._arrange()

    def upsert(self, conversation: Conversation) -> None:
        """Add a conversation or change it; it moves to where it belongs."""
        self._conversations[conversation.id] = conversation
        if not self._is_searching:
            self._arrange()

    def remove(self, conversation_id: int) -> None:
        """Take a conversation away; unknown ids are ignored."""
        self._conversations.pop(conversation_id, None)
        if not self._is_searching:
            self._arrange()
            return
        self._show(
            [
                row
                for row in self._rows
                if row.conversation is None or row.conversation.id != conversation_id
            ]
        )

    def set_opened(self, folder_ids: Collection[int]) -> None:
        """Show what is in these folders."""
        if frozenset(folder_ids) != self._opened:
            self._opened = frozenset(folder_ids)
            if not self._is_searching:
                self._arrange()

    def set_open(self, folder_id: int, *, is_open: bool) -> None:
        """Show what is in a folder, or no longer."""
        self.set_opened(self._opened | {folder_id} if is_open else self._opened - {folder_id})

    def set_tag(self, tag: str) -> None:
        """List only what carries a tag that begins like this; all again with an empty one."""
        tag = tag.casefold()
        if tag != self._tag:
            self._tag = tag
            if not self._is_searching:
                self._arrange()

    def set_hits(self, hits: Iterable[SearchHit]) -> None:
        """Show what a search found, in the order given."""
        self._is_searching = True
        self._show([Row(conversation=hit.conversation, hit=hit) for hit in hits])

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
            self._arrange()

    # What it answers

    @property
    def rows(self) -> list[Row]:
        """What is shown, from the top. Not to be changed."""
        return self._rows

    @property
    def opened(self) -> frozenset[int]:
        """The folders whose content is shown."""
        return self._opened

    @property
    def tag(self) -> str:
        """How a tag begins that everything listed carries, or empty."""
        return self._tag

    @property
    def folders(self) -> list[Folder]:
        """All folders, in their order."""
        return sorted(self._folders.values(), key=lambda one: (one.position, one.id))

    @property
    def conversations(self) -> list[Conversation]:
        """All that are listed when nothing is left out by a search, a tag or a folder."""
        return list(self._conversations.values())

    def by_id(self) -> dict[int, Conversation]:
        """All that are listed, as they are now."""
        return dict(self._conversations)

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

    def row_of_folder(self, folder_id: int) -> int | None:
        """The row of a folder, if it is shown."""
        for number, row in enumerate(self._rows):
            if row.folder is not None and row.folder.id == folder_id:
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
            case Period.TEMPORARY:
                return self.tr("Temporary")
            case Period.FOLDERS:
                return self.tr("Folders")
            case Period.PINNED:
                return self.tr("Pinned")
            case Period.TODAY:
                return self.tr("Today")
            case Period.YESTERDAY:
                return self.tr("Yesterday")
            case Period.WEEK:
                return self.tr("Previous 7 days")
            case Period.THIRTY_DAYS:
                return self.tr("Previous 30 days")
            case Period.MONTH:
                if group.year == self._today.year:
                    pattern = self.tr("MMMM", "a month of this year: a date format of Qt")
                else:
                    pattern = self.tr("MMMM yyyy", "a month: a date format of Qt")
                return QLocale().toString(QDate(group.year, group.month, 1), pattern)

    def title_of(self, conversation: Conversation) -> str:
        """A conversation's title in one line, also where it has none yet."""
        if title := " ".join(conversation.title.split()):
            return title
        if conversation.is_temporary:
            return self.tr("Temporary conversation")
        return self.tr("New conversation")

    # Qt

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row_at(index)
        if row is None:
            return Qt.ItemFlag.NoItemFlags
        conversation = row.conversation
        if conversation is None:
            return Qt.ItemFlag.NoItemFlags if row.folder is None else _OF_FOLDER
        if row.hit is not None or conversation.deleted_at is not None:
            return _OF_HIT
        return _OF_CONVERSATION

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row_at(index)
        if row is None:
            return None
        if role == ConversationRole.ROW:
            return row
        conversation = row.conversation
        if row.folder is not None:
            return self._folder_data(row, row.folder, role)
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
            if conversation.archived_at is not None:
                parts.append(self.tr("in the archive"))
        if conversation.pinned and conversation.deleted_at is None:
            parts.append(self.tr("pinned"))
        if conversation.tags:
            parts.append(self.tr("tags: {tags}").format(tags=", ".join(conversation.tags)))
        if conversation.id in self._busy:
            parts.append(self.tr("an answer is being written"))
        elif conversation.id in self._unread:
            parts.append(self.tr("new answer"))
        return ", ".join(parts)

    def _folder_data(self, row: Row, folder: Folder, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return folder.name
            case Qt.ItemDataRole.AccessibleTextRole:
                pattern = (
                    self.tr("folder {name}, {count}, open")
                    if row.is_open
                    else self.tr("folder {name}, {count}, closed")
                )
                return pattern.format(name=folder.name, count=QLocale().toString(row.count))
            case _:
                return None

    def _arranged(self) -> list[Row]:
        self._today = self._now().date()
        if self._tag:
            wanted = (
                conversation
                for conversation in self._conversations.values()
                if any(tag.casefold().startswith(self._tag) for tag in conversation.tags)
            )
            return arrange(wanted, (), (), self._today)
        folders = tuple(self._folders.values())
        return arrange(self._conversations.values(), folders, self._opened, self._today)

    def _show(self, rows: list[Row]) -> None:
        """Other rows, all at once."""
        self._rows = rows
        self.setStringList([""] * len(rows))

    def _arrange(self) -> None:
        """Show what has changed, and leave the reader's place as it is."""
        rows = self._arranged()
        todo = steps(self._rows, rows)
        if len(todo) > _MOST_STEPS:
            self._show(rows)
            return
        for step in todo:
            self._new = step.new
            if step.new:
                self.insertRows(step.first, step.count)
            else:
                self.removeRows(step.first, step.count)
        before, self._rows = self._rows, rows
        for number, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old != new:
                self._tell_changed(number)

    def _on_inserted(self, _: QModelIndex, first: int, __: int) -> None:
        self._rows[first:first] = self._new

    def _on_removed(self, _: QModelIndex, first: int, last: int) -> None:
        del self._rows[first : last + 1]

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
