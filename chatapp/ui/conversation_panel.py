"""Keeps the sidebar in step with storage: list, search, and what is done to a conversation."""

from __future__ import annotations

from collections.abc import Callable
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
from chatapp.errors import ChatappError
from chatapp.jobs import Jobs
from chatapp.storage.conversations import Conversations
from chatapp.storage.search import Search
from chatapp.ui.i18n import error_sentence
from chatapp.ui.models.conversation_list_model import ConversationListModel
from chatapp.ui.sidebar import Sidebar
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.toast import Toast

T = TypeVar("T")

_POLL_OTHERS = 1000  # ms between two looks at what other processes changed


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
        conversations: Conversations,
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
        self._trash_is_open = False
        self._is_behind = False  # something was not shown because a title is being edited
        self.toast: Toast | None = None  # where what happened is told, once the window has one
        self.model = ConversationListModel(parent=self)
        self.sidebar = sidebar = Sidebar(appearance, self.model)
        sidebar.conversation_selected.connect(lambda number: self.opened.emit(number, None))
        sidebar.hit_selected.connect(self._on_hit_selected)
        sidebar.new_conversation_requested.connect(self.new_requested)
        sidebar.rename_requested.connect(self.rename)
        sidebar.pin_requested.connect(self.pin)
        sidebar.trash_requested.connect(self.move_to_trash)
        sidebar.restore_requested.connect(self._restore)
        sidebar.delete_requested.connect(self._delete)
        sidebar.trash_opened.connect(self._on_trash_opened)
        sidebar.search_requested.connect(self._on_search_requested)
        sidebar.view.renaming_ended.connect(self._on_renaming_ended)
        self._timer = QTimer(self, interval=_POLL_OTHERS)
        self._timer.timeout.connect(self._poll)

    def start(self) -> None:
        """Fill the list, and keep an eye on other processes."""
        self.reload()
        self._timer.start()

    def stop(self) -> None:
        """Ask the storage nothing more."""
        self._timer.stop()

    def set_current(self, conversation_id: int | None) -> None:
        """The conversation that is shown beside the list."""
        self._current = conversation_id
        self.sidebar.select(conversation_id)
        if conversation_id in self._unread:
            self._unread.remove(conversation_id)
            self._mark()

    def update(self, conversation: Conversation) -> None:
        """Show the new state of a conversation, or a new one."""
        is_listed = (conversation.deleted_at is not None) == self._trash_is_open
        if is_listed and not self._is_held():
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
        self._change(lambda: self._conversations.set_pinned(conversation_id, pinned=pinned))

    def set_model(self, conversation_id: int, path: str) -> None:
        """Remember which model answers in it."""
        self._change(lambda: self._conversations.set_model(conversation_id, path))

    def set_overflow(self, conversation_id: int, policy: OverflowPolicy) -> None:
        """Remember what happens in it when the context is full."""
        self._session.set_overflow(conversation_id, policy)

    def move_to_trash(self, conversation_id: int) -> None:
        """Put it into the Trash and offer to undo that."""
        running = self._session.running(conversation_id)
        if running is not None:
            self._session.stop(running)

        def moved(_: object) -> None:
            self.reload()
            self.left.emit(conversation_id)
            if self.toast is not None:
                self.toast.show_text(
                    self.tr("Moved to Trash"), self.tr("Undo"), lambda: self._undo(conversation_id)
                )

        self._write(lambda: self._conversations.move_to_trash(conversation_id), moved)

    def trash_selected(self) -> None:
        """Put the one that the keyboard is on into the Trash, else the one that is shown."""
        is_on_list = self.sidebar.has_list_focus() and not self._trash_is_open
        selected = self.sidebar.selected_id() if is_on_list else None
        wanted = self._current if selected is None else selected
        if wanted is not None:
            self.move_to_trash(wanted)

    def _undo(self, conversation_id: int) -> None:
        def restored(_: object) -> None:
            self.reload()
            self.came_back.emit(conversation_id)

        self._write(lambda: self._conversations.restore(conversation_id), restored)

    def _restore(self, conversation_id: int) -> None:
        self._write(lambda: self._conversations.restore(conversation_id), lambda _: self.reload())

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
        trash_is_open = self._trash_is_open

        def fetch() -> tuple[list[Conversation], int]:
            trashed = self._conversations.all(deleted=True)
            return (trashed if trash_is_open else self._conversations.all()), len(trashed)

        def show(found: tuple[list[Conversation], int]) -> None:
            if trash_is_open == self._trash_is_open and not self._query and not self._is_held():
                self._set_conversations(found[0])
                self.sidebar.set_trash_count(found[1])

        self._write(fetch, show)

    def _set_conversations(self, conversations: list[Conversation]) -> None:
        listed = {
            row.conversation.id: row.conversation for row in self.model.rows if row.conversation
        }
        # Where nothing changed the reader's place in the list is kept.
        if self.model.is_searching or listed != {c.id: c for c in conversations}:
            self.model.set_conversations(conversations)
            self.sidebar.select(self._current)

    def _find(self) -> None:
        query = self._query

        def show(hits: list[SearchHit]) -> None:
            if query == self._query:
                self.model.set_hits(hits)

        self._write(lambda: self._search.find(query), show)

    def _on_trash_opened(self, opened: bool) -> None:  # noqa: FBT001 - a slot
        self._trash_is_open = opened
        self.reload()

    def _on_search_requested(self, query: str) -> None:
        self._query = query.strip()
        self.reload()

    def _on_hit_selected(self, conversation_id: int, message_id: int | None) -> None:
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
