"""Does with conversations and folders what is wished in the sidebar, and offers to undo it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.errors import ConversationMissing
from chatapp.ui.filing_wishes import (
    DeleteFolder,
    Duplicate,
    MoveFolders,
    NewFolder,
    PutInto,
    RenameFolder,
    Restore,
    SetArchived,
    SetPinned,
    SetTag,
    Trash,
    Wish,
)

if TYPE_CHECKING:
    from chatapp.chat.session import Session
    from chatapp.domain.conversation import Conversation
    from chatapp.domain.folder import Folder
    from chatapp.jobs import Jobs
    from chatapp.storage.conversations import Conversations
    from chatapp.storage.folders import Folders
    from chatapp.ui.widgets.toast import Toast


class Filing(QObject):
    """Writes on the database thread; every wish is one transaction.

    `shown` says which conversation is open beside the list.

    Signals: `filed()`: the list is to be read again; `changed(Conversation)`: the one that is open
    was changed; `left(list)`: these went to the Trash; `came_back(int)`: one that had left is there
    again; `folder_made(int)`: let the person name it; `failed(Exception)`.
    """

    filed = Signal()
    changed = Signal(object)
    left = Signal(object)
    came_back = Signal(int)
    folder_made = Signal(int)
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        conversations: Conversations,
        folders: Folders,
        jobs: Jobs,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._conversations = conversations
        self._folders = folders
        self._jobs = jobs
        self.shown: Callable[[], int | None] = lambda: None
        self.toast: Toast | None = None  # where what happened is told

    def do(self, wish: Wish) -> None:
        """Do it; what came of it is told."""
        conversations, folders = self._conversations, self._folders
        match wish:
            case PutInto(ids, folder_id):
                self._put(ids, folder_id)
            case SetTag(ids, tag, tagged):
                self._run(lambda: conversations.tag(ids, tag, tagged=tagged), ids=ids)
            case SetArchived(ids, archived):
                self._archive(ids, archived=archived)
            case SetPinned(ids, pinned):
                self._run(lambda: conversations.pin(ids, pinned=pinned), ids=ids)
            case Trash(ids):
                self._trash(ids)
            case Restore(ids):
                self._run(lambda: conversations.restore_all(ids))
            case Duplicate(conversation_id, title):
                self._session.duplicate(conversation_id, title)
            case NewFolder(parent_id, ids):
                self._make_folder(parent_id, ids)
            case RenameFolder():
                self._run(lambda: folders.rename(wish.folder_id, wish.name))
            case MoveFolders(ids, parent_id, position):
                self._run(lambda: [folders.move(id_, parent_id, position) for id_ in ids])
            case DeleteFolder():
                self._run(lambda: folders.delete(wish.folder_id))

    # Inside

    def _put(self, ids: tuple[int, ...], folder_id: int | None) -> None:
        homes: dict[int | None, list[int]] = {}

        def put() -> None:
            homes.update(self._conversations.move(ids, folder_id))

        def undo() -> None:
            for home, moved in homes.items():
                self._conversations.move(moved, home)

        self._change(ids, put, self.tr("%Ln conversation(s) moved", "", len(ids)), undo)

    def _archive(self, ids: tuple[int, ...], *, archived: bool) -> None:
        words = (
            self.tr("%Ln conversation(s) archived", "", len(ids))
            if archived
            else self.tr("%Ln conversation(s) taken out of the archive", "", len(ids))
        )
        self._change(
            ids,
            lambda: self._conversations.archive(ids, archived=archived),
            words,
            lambda: self._conversations.archive(ids, archived=not archived),
        )

    def _trash(self, ids: tuple[int, ...]) -> None:
        for conversation_id in ids:
            running = self._session.running(conversation_id)
            if running is not None:
                self._session.stop(running)

        def undone() -> None:
            if len(ids) == 1:
                self.came_back.emit(ids[0])

        def moved() -> None:
            self.left.emit(list(ids))
            words = (
                self.tr("Moved to Trash")
                if len(ids) == 1
                else self.tr("%Ln conversation(s) moved to Trash", "", len(ids))
            )
            self._offer(words, lambda: self._conversations.restore_all(ids), undone)

        self._run(lambda: self._conversations.move_all_to_trash(ids), moved)

    def _make_folder(self, parent_id: int | None, ids: tuple[int, ...]) -> None:
        name = self.tr("New folder")

        def make() -> Folder:
            folder = self._folders.create(name, parent_id)
            if ids:
                self._conversations.move(ids, folder.id)
            return folder

        def made(folder: Folder) -> None:
            self.filed.emit()
            self.folder_made.emit(folder.id)

        self._jobs.database.run(make, on_done=made, on_error=self.failed.emit)

    def _change(
        self,
        ids: tuple[int, ...],
        write: Callable[[], object],
        words: str,
        undo: Callable[[], object],
    ) -> None:
        self._run(write, lambda: self._offer(words, undo, ids=ids), ids)

    def _run(
        self,
        write: Callable[[], object],
        done: Callable[[], None] = lambda: None,
        ids: Collection[int] = (),
    ) -> None:
        shown = self.shown()

        def work() -> Conversation | None:
            write()
            if shown is not None and shown in ids:
                with suppress(ConversationMissing):
                    return self._conversations.get(shown)
            return None

        def finished(changed: Conversation | None) -> None:
            self.filed.emit()
            if changed is not None:
                self.changed.emit(changed)
            done()

        self._jobs.database.run(work, on_done=finished, on_error=self.failed.emit)

    def _offer(
        self,
        words: str,
        undo: Callable[[], object],
        done: Callable[[], None] = lambda: None,
        ids: Collection[int] = (),
    ) -> None:
        if self.toast is not None:
            self.toast.show_text(words, self.tr("Undo"), lambda: self._run(undo, done, ids))
