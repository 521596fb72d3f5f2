"""What is typed and not sent stays with its conversation, over restarts too."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.domain.conversation import Attachment, Draft
from chatapp.errors import ChatappError, ConversationMissing

if TYPE_CHECKING:
    from chatapp.jobs import Jobs
    from chatapp.storage.conversations import Conversations
    from chatapp.ui.composer import Composer

logger = logging.getLogger(__name__)


class Drafts(QObject):
    """Shows the draft of one conversation in the composer and keeps them all in storage.

    A conversation's id is None for the one that is not begun yet. A draft is read once and known
    from then on, so that it is there at once when its conversation is opened again.

    Signals: `not_kept(ChatappError)` when storage takes no drafts, once until it does again.
    """

    not_kept = Signal(object)

    def __init__(
        self, composer: Composer, conversations: Conversations, jobs: Jobs, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._composer = composer
        self._conversations = conversations
        self._jobs = jobs
        self._shown: int | None = None
        self._known: dict[int | None, Draft] = {}
        self._reading: set[int | None] = set()
        self._is_failing = False
        self._is_closed = False
        composer.draft_changed.connect(self._keep)

    def show(self, conversation_id: int | None) -> None:
        """Keep what is in the composer, and put what was typed in this conversation there."""
        self._composer.flush_draft()
        self._shown = conversation_id
        known = self._known.get(conversation_id)
        draft = known if known is not None else Draft()
        self._composer.set_draft(draft.text, draft.attachments)
        if known is None:
            self._read(conversation_id)

    def move(self, conversation_id: int) -> None:
        """The new conversation has begun and got an id: what is in the composer belongs there."""
        self._composer.flush_draft()
        draft = self._known.get(None, Draft())
        self._set(None, Draft())
        self._shown = conversation_id
        self._set(conversation_id, draft)

    def put_back(
        self, conversation_id: int | None, text: str, attachments: tuple[Attachment, ...]
    ) -> None:
        """A message was not sent: put it before what was typed in its conversation meanwhile."""
        if conversation_id == self._shown:
            self._composer.put_back(text, attachments)
            return
        if conversation_id not in self._known:
            self._read(conversation_id)
        typed = self._known.get(conversation_id, Draft())
        self._set(conversation_id, _joined(Draft(text, attachments), typed))

    def close(self) -> None:
        """Keep what there is; storage is about to close."""
        self._composer.flush_draft()
        self._is_closed = True

    def _keep(self) -> None:
        self._set(self._shown, Draft(self._composer.text(), self._composer.attachments()))

    def _set(self, conversation_id: int | None, draft: Draft) -> None:
        is_known = self._known.get(conversation_id, Draft()) == draft
        self._known[conversation_id] = draft
        # While it is being read, what is stored isn't known.
        if (is_known and conversation_id not in self._reading) or self._is_closed:
            return

        def kept(_: None) -> None:
            self._is_failing = False

        self._jobs.database.run(
            lambda: self._conversations.save_draft(conversation_id, draft.text, draft.attachments),
            on_done=kept,
            on_error=lambda error: self._on_not_kept(conversation_id, error),
        )

    def _on_not_kept(self, conversation_id: int | None, error: Exception) -> None:
        if isinstance(error, ConversationMissing):
            self._known.pop(conversation_id, None)
        elif not isinstance(error, ChatappError):
            raise error
        elif not self._is_failing:
            self._is_failing = True
            self.not_kept.emit(error)

    def _read(self, conversation_id: int | None) -> None:
        if conversation_id in self._reading:
            return
        self._reading.add(conversation_id)
        self._jobs.database.run(
            lambda: self._conversations.draft(conversation_id),
            on_done=lambda draft: self._on_read(conversation_id, draft),
            on_error=lambda error: self._on_not_read(conversation_id, error),
        )

    def _on_read(self, conversation_id: int | None, draft: Draft) -> None:
        self._reading.discard(conversation_id)
        typed = self._known.setdefault(conversation_id, draft)
        if draft == Draft():
            return
        if conversation_id == self._shown:
            self._composer.put_back(draft.text, draft.attachments)
        elif typed is not draft:
            self._set(conversation_id, _joined(draft, typed))

    def _on_not_read(self, conversation_id: int | None, error: Exception) -> None:
        self._reading.discard(conversation_id)
        if not isinstance(error, ChatappError):
            raise error
        logger.warning("a draft can't be read: %s", error)


def _joined(first: Draft, second: Draft) -> Draft:
    texts = [text for text in (first.text.rstrip(), second.text) if text.strip()]
    return Draft("\n\n".join(texts), first.attachments + second.attachments)
