"""Keeps the tree of branches up to date with the conversation that is shown, and jumps in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from chatapp.chat.events import (
    AnswerEnded,
    AnswerStarted,
    BranchChanged,
    SessionEvent,
)
from chatapp.errors import ChatappError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.chat.session import Session
    from chatapp.domain.outline import OutlineEntry
    from chatapp.jobs import Jobs
    from chatapp.storage.temporary import AllConversations
    from chatapp.ui.branch_tree import BranchTree
    from chatapp.ui.chat_pane import ChatPane
    from chatapp.ui.theme import Appearance


class Branches(QObject):
    """A panel beside the page. It is read while it is open, and only then.

    Signals: `opened()`; `closed()`.
    """

    opened = Signal()
    closed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        conversations: AllConversations,
        session: Session,
        jobs: Jobs,
        pane: ChatPane,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._conversations = conversations
        self._session = session
        self._jobs = jobs
        self._pane = pane
        self._conversation_id: int | None = None
        self._wanted: int | None = None  # to be scrolled to when its branch is shown
        self.is_open = False
        self._panel: BranchTree | None = None

    @property
    def panel(self) -> BranchTree:
        """The tree, made when it is first asked for: it is no part of the first picture."""
        if self._panel is None:
            from chatapp.ui.branch_tree import BranchTree

            self._panel = BranchTree(self._appearance)
            self._panel.hide()
            self._panel.chosen.connect(self._on_chosen)
            self._panel.closed.connect(self.close)
        return self._panel

    @property
    def has_keyboard(self) -> bool:
        """Whether the keyboard is in the panel."""
        focused = QApplication.focusWidget()
        return self.is_open and focused is not None and self.panel.isAncestorOf(focused)

    def toggle(self) -> None:
        """Open the panel, or close it."""
        if self.is_open:
            self.close()
        else:
            self.open()

    def open(self) -> None:
        """Show the branches of what is shown now."""
        self.is_open = True
        self._turn_to(self._pane.conversation_id)
        self.opened.emit()
        self.panel.focus()

    def close(self) -> None:
        """Take the panel away; nothing is read any more."""
        if self.is_open:
            self.is_open = False
            self.closed.emit()

    def on_session_event(self, event: SessionEvent) -> None:
        """On the main thread, after the pane."""
        if isinstance(event, BranchChanged) and self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self._show(wanted)
        if (
            isinstance(event, AnswerEnded | AnswerStarted | BranchChanged)
            and self.is_open
            and _conversation_of(event) == self._conversation_id
        ):
            self._read()

    def follow(self) -> None:
        """Another conversation may be shown now."""
        if self.is_open and self._pane.conversation_id != self._conversation_id:
            self._turn_to(self._pane.conversation_id)

    def _turn_to(self, conversation_id: int | None) -> None:
        if conversation_id != self._conversation_id:
            self._conversation_id = conversation_id
            self.panel.clear()
        self._read()

    def _read(self) -> None:
        conversation_id = self._conversation_id
        if conversation_id is None:
            self.panel.show_outline(())
            return

        def show(entries: Sequence[OutlineEntry]) -> None:
            if conversation_id == self._conversation_id and self.is_open:
                self.panel.show_outline(entries)

        def on_error(error: Exception) -> None:
            if not isinstance(error, ChatappError):
                raise error
            show(())  # it is gone, which the list tells

        self._jobs.database.run(
            lambda: self._conversations.outline(conversation_id), on_done=show, on_error=on_error
        )

    def _on_chosen(self, message_id: int) -> None:
        if not self._show(message_id):
            self._wanted = message_id
            self._session.show_version(message_id)
        if not self._pane.isVisible():  # a narrow window has no room for both
            self.close()

    def _show(self, message_id: int) -> bool:
        """Scroll to a message. False when it is on another branch, or gone."""
        is_there = self._pane.transcript_model.message(message_id) is not None
        if is_there:
            self._pane.transcript.show_message(message_id)
        return is_there


def _conversation_of(event: AnswerEnded | AnswerStarted | BranchChanged) -> int:
    if isinstance(event, AnswerStarted):
        return event.conversation.id
    return event.conversation_id
