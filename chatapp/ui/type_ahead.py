"""What was typed ahead: the queue of a conversation, as the composer shows and changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from chatapp.chat.events import QueueChanged
    from chatapp.chat.session import Session
    from chatapp.ui.composer import Composer


class TypeAhead(QObject):
    """Shows the queue of one conversation; what waits can be changed, taken back and released."""

    def __init__(self, composer: Composer, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._composer = composer
        self._session = session
        self._shown: int | None = None
        composer.edit_queued.connect(self._edit)
        composer.remove_queued.connect(session.take_back)
        composer.queue_release_requested.connect(self._release)

    def show(self, conversation_id: int | None) -> None:
        """Another conversation is shown; None is one that is not begun yet."""
        self._shown = conversation_id
        if conversation_id is None:
            self._composer.set_queue(())
        else:
            self._composer.set_queue(
                self._session.queued(conversation_id),
                is_held=self._session.is_queue_held(conversation_id),
            )

    def on_queue_changed(self, event: QueueChanged) -> None:
        """On the main thread."""
        if event.conversation_id == self._shown:
            self._composer.set_queue(event.queued, is_held=event.is_held)

    def _edit(self, ticket: int) -> None:
        taken = self._session.take_back(ticket)
        if taken is not None:  # else it was sent in this moment
            self._composer.put_back(taken.text, taken.attachments)
            self._composer.focus()

    def _release(self) -> None:
        if self._shown is not None:
            self._session.send_queued(self._shown)
