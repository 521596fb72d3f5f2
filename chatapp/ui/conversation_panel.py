"""Keeps the sidebar in step with storage: list, search, and what is done to a conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from chatapp.chat.events import (
    AnswerEnded,
    AnswerStarted,
    ConversationChanged,
    SessionEvent,
)
from chatapp.chat.session import Session
from chatapp.domain.conversation import Conversation, OverflowPolicy, SearchHit
from chatapp.domain.folder import Folder
from chatapp.errors import ChatappError
from chatapp.jobs import Jobs
from chatapp.settings import Settings
from chatapp.storage.search import Search
from chatapp.storage.temporary import AllConversations
from chatapp.ui.conversation_filing import Filing
from chatapp.ui.filing_wishes import SetArchived, SetPinned, Trash
from chatapp.ui.i18n import error_sentence
from chatapp.ui.models.conversation_list_model import ConversationListModel
from chatapp.ui.sidebar import Sidebar
from chatapp.ui.sidebar_foot import Shelf
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.toast import Toast

T = TypeVar("T")

_TAG = "#"
_POLL_OTHERS = 1000  # ms between two looks at what other processes changed


@dataclass(frozen=True, slots=True)
class _Listing:
    """What is to be listed, and how much is elsewhere."""

    conversations: list[Conversation]
    folders: list[Folder]
    trashed: int
    archived: int


class ConversationPanel(QObject):
    """The sidebar, its model, and the storage behind both.

    Signals: `opened(int, object)` with a conversation's id and that of a message in it or None;
    `new_requested()`; `changed(Conversation)` after one was renamed, pinned or given another model;
    `left(int)` when one went to the Trash; `came_back(int)` when that was undone;
    `changed_elsewhere()` when another process wrote to the storage.
    """

    opened = Signal(int, object)
    new_requested = Signal()
    changed = Signal(object)
    left = Signal(int)
    came_back = Signal(int)
    changed_elsewhere = Signal()

    def __init__(
        self,
        appearance: Appearance,
        session: Session,
        conversations: AllConversations,
        search: Search,
        look_elsewhere: Callable[[], bool],
        jobs: Jobs,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._conversations = conversations
        self._search = search
        self._look_elsewhere = look_elsewhere
        self._jobs = jobs
        self._query = ""
        self._current: int | None = None
        self._unread: set[int] = set()
        self._shelf = Shelf.LIST
        self._is_behind = False  # something was not shown because a title is being edited
        self._toast: Toast | None = None
        self.model = ConversationListModel(parent=self)
        self.filing = filing = Filing(session, conversations, conversations.folders, jobs, self)
        filing.filed.connect(self.reload)
        filing.changed.connect(self.changed)
        filing.left.connect(self._on_left)
        filing.came_back.connect(self.came_back)
        filing.failed.connect(self.tell)
        filing.folder_made.connect(self._on_folder_made)
        self._to_name: int | None = None  # a folder that was just made
        self.sidebar = sidebar = Sidebar(appearance, self.model)
        sidebar.conversation_selected.connect(lambda number: self.opened.emit(number, None))
        sidebar.hit_selected.connect(self.open_hit)
        sidebar.new_conversation_requested.connect(self.new_requested)
        sidebar.rename_requested.connect(self.rename)
        sidebar.wished.connect(filing.do)
        sidebar.folder_open_requested.connect(self._on_folder_open_requested)
        sidebar.delete_requested.connect(self._delete)
        sidebar.shelf_opened.connect(self._on_shelf_opened)
        sidebar.search_requested.connect(self._on_search_requested)
        sidebar.view.renaming_ended.connect(self._on_renaming_ended)
        self._timer = QTimer(self, interval=_POLL_OTHERS)
        self._timer.timeout.connect(self._poll)

    @property
    def toast(self) -> Toast | None:
        """Where what happened is told, once the window has one."""
        return self._toast

    @toast.setter
    def toast(self, toast: Toast) -> None:
        self._toast = self.filing.toast = toast

    def start(self) -> None:
        """Fill the list, and keep an eye on other processes."""
        self.reload()
        self._timer.start()

    def stop(self) -> None:
        """Ask the storage nothing more."""
        self._timer.stop()

    def restore(self, settings: Settings) -> None:
        """Open the folders that were open at the end of the last run."""
        ids = settings.opened_folders.split()
        self.model.set_opened([int(id_) for id_ in ids if id_.isdecimal()])

    def state(self) -> dict[str, str]:
        """What of this is kept in the settings, by their names."""
        return {"opened_folders": " ".join(str(id_) for id_ in sorted(self.model.opened))}

    def set_current(self, conversation_id: int | None) -> None:
        """The conversation that is shown beside the list."""
        self._current = conversation_id
        self.sidebar.select(conversation_id)
        if conversation_id in self._unread:
            self._unread.remove(conversation_id)
            self._mark()

    def update(self, conversation: Conversation) -> None:
        """Show the new state of a conversation, or a new one."""
        if _shelf_of(conversation) is self._shelf and not self._is_held():
            self.model.upsert(conversation)
            self.sidebar.select(self._current)

    def on_session_event(self, event: SessionEvent) -> None:
        """Mark where answers are being written, and where one ended that nobody has seen."""
        match event:
            case ConversationChanged(conversation=conversation):
                self.update(conversation)
            case AnswerStarted():
                self._mark()
            case AnswerEnded(conversation_id=conversation_id):
                if conversation_id != self._current:
                    self._unread.add(conversation_id)
                self._mark()

    def _mark(self) -> None:
        if not self._is_held():
            self.model.set_busy(self._session.running_conversations())
            self.model.set_unread(self._unread)

    def _is_held(self) -> bool:
        """Whether the list has to stay as it is, because a change would end the editing of a title.

        Then it catches up afterwards.
        """
        self._is_behind = self._is_behind or self.sidebar.view.is_renaming
        return self.sidebar.view.is_renaming

    def _on_renaming_ended(self) -> None:
        if self._is_behind:
            self._is_behind = False
            self._mark()
            self.reload()

    # What can be done to a conversation

    def rename(self, conversation_id: int, title: str) -> None:
        """Give it a person's title."""
        self._change(lambda: self._conversations.rename(conversation_id, title))

    def pin(self, conversation_id: int, pinned: bool) -> None:  # noqa: FBT001 - a slot
        """Keep it at the top, or no longer."""
        self.filing.do(SetPinned((conversation_id,), pinned))

    def archive(self, conversation_id: int, *, archived: bool = True) -> None:
        """Take it out of the list without deleting it, or put it back."""
        self.filing.do(SetArchived((conversation_id,), archived))

    def set_model(self, conversation_id: int, path: str) -> None:
        """Remember which model answers in it."""
        self._change(lambda: self._conversations.set_model(conversation_id, path))

    def set_overflow(self, conversation_id: int, policy: OverflowPolicy) -> None:
        """Remember what happens in it when the context is full."""
        self._session.set_overflow(conversation_id, policy)

    def move_to_trash(self, conversation_id: int) -> None:
        """Put it into the Trash and offer to undo that."""
        self.filing.do(Trash((conversation_id,)))

    def trash_selected(self) -> None:
        """Put those that are selected in the list into the Trash, else the one that is shown."""
        is_on_list = self.sidebar.has_list_focus() and self._shelf is not Shelf.TRASH
        selected = self.sidebar.view.selected_ids() if is_on_list else []
        if not selected and self._current is not None:
            selected = [self._current]
        if selected:
            self.filing.do(Trash(tuple(selected)))

    def _delete(self, conversation_id: int) -> None:
        self._write(lambda: self._session.delete(conversation_id), lambda _: self.reload())

    def _change(self, write: Callable[[], Conversation]) -> None:
        def written(conversation: Conversation) -> None:
            self.update(conversation)
            self.changed.emit(conversation)

        self._write(write, written)

    def _write(self, function: Callable[[], T], done: Callable[[T], None]) -> None:
        self._jobs.database.run(function, on_done=done, on_error=self.tell)

    def tell(self, error: Exception) -> None:
        """Say what went wrong with something that has no place of its own."""
        if not isinstance(error, ChatappError):
            raise error
        if self.toast is not None:
            self.toast.show_text(error_sentence(error))

    # The list and the search

    def reload(self) -> None:
        """Read again what is listed: the conversations, the Trash, or what a search found."""
        if self._query:
            self._find()
        else:
            self._list()

    def _list(self) -> None:
        shelf, known = self._shelf, self.model.by_id()
        conversations = self._conversations

        def fetch() -> _Listing:
            is_list = shelf is Shelf.LIST
            listed = conversations.all(
                deleted=shelf is Shelf.TRASH, archived=shelf is Shelf.ARCHIVE
            )
            if is_list:
                listed = conversations.temporary() + listed
            return _Listing(
                _as_known(listed, known),
                conversations.folders.all() if is_list else [],
                conversations.count(deleted=True),
                conversations.count(),
            )

        def show(found: _Listing) -> None:
            if shelf is self._shelf and not self._query and not self._is_held():
                self._set_conversations(found)
                self.sidebar.set_trash_count(found.trashed)
                self.sidebar.set_archive_count(found.archived)

        self._write(fetch, show)

    def _set_conversations(self, found: _Listing) -> None:
        self.model.set_conversations(found.conversations, found.folders)
        if self._shelf is Shelf.LIST:  # what was deleted is not open any more
            self.model.set_opened(self.model.opened & {folder.id for folder in found.folders})
        self.sidebar.select(self._current)
        if self._to_name is not None:
            folder_id, self._to_name = self._to_name, None
            self._name_folder(folder_id)

    def _on_left(self, ids: list[int]) -> None:
        for conversation_id in ids:
            self.left.emit(conversation_id)

    def _on_folder_made(self, folder_id: int) -> None:
        self._to_name = folder_id  # as soon as it is listed

    def _name_folder(self, folder_id: int) -> None:
        above = {folder.id: folder.parent_id for folder in self.model.folders}
        opened = set(self.model.opened)
        parent_id = above.get(folder_id)
        while parent_id is not None and parent_id not in opened:
            opened.add(parent_id)
            parent_id = above.get(parent_id)
        self.model.set_opened(opened)
        self.sidebar.rename_folder(folder_id)

    def _on_folder_open_requested(self, folder_id: int, is_open: bool) -> None:  # noqa: FBT001
        if not self._is_held():
            self.model.set_open(folder_id, is_open=is_open)
            self.sidebar.select(self._current)

    def _find(self) -> None:
        query = self._query

        def show(hits: list[SearchHit]) -> None:
            if query == self._query:
                self.model.set_hits(hits)

        self._write(lambda: self._search.find(query), show)

    def _on_shelf_opened(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.reload()

    def _on_search_requested(self, query: str) -> None:
        # With its mark before it, a tag is looked for; all that is listed is here already.
        is_tag = query.startswith(_TAG)
        self.model.set_tag(query.removeprefix(_TAG).strip() if is_tag else "")
        self._query = "" if is_tag else query.strip()
        self.reload()

    def open_hit(self, conversation_id: int, message_id: int | None) -> None:
        """Show what a search found."""
        if message_id is None:
            self.opened.emit(conversation_id, None)
            return
        # The words may stand in an earlier version of an answer: that one is shown then.
        self._write(
            lambda: self._conversations.bring_up(message_id),
            lambda _: self.opened.emit(conversation_id, message_id),
        )

    def _poll(self) -> None:
        def found(changed: bool) -> None:  # noqa: FBT001 - a callback
            if changed:
                if not self._query:  # the hits of a search stay where they are
                    self.reload()
                self.changed_elsewhere.emit()

        self._write(self._look_elsewhere, found)


def _shelf_of(conversation: Conversation) -> Shelf:
    if conversation.deleted_at is not None:
        return Shelf.TRASH
    return Shelf.LIST if conversation.archived_at is None else Shelf.ARCHIVE


def _as_known(found: list[Conversation], known: Mapping[int, Conversation]) -> list[Conversation]:
    """The very values that are listed already, where nothing changed.

    To compare 5,000 values takes a while, so it is done before the list gets them: there a value
    is equal to itself in no time.
    """
    return [old if (old := known.get(new.id)) == new and old is not None else new for new in found]
