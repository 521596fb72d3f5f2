"""What a person has typed ahead while an answer is written."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from chatapp.chat.events import Queued
from chatapp.domain.conversation import Attachment
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.errors import ChatappError, ConversationMissing
from chatapp.storage.conversations import Conversations

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that waits, with all that it is sent with."""

    conversation_id: int
    queued: Queued
    model: ModelFile
    parameters: GenerationParameters | None


class Queue:
    """Questions that wait, in order for each conversation. Thread-safe.

    A conversation may be held: what waits in it stays until it is released.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tickets = itertools.count(1)
        self._waiting: list[Waiting] = []
        self._held: set[int] = set()

    def add(
        self,
        conversation_id: int,
        text: str,
        attachments: Sequence[Attachment],
        model: ModelFile,
        parameters: GenerationParameters | None,
    ) -> int:
        """Let a question wait behind the others. Returns its ticket."""
        with self._lock:
            queued = Queued(next(self._tickets), text, tuple(attachments))
            self._waiting.append(Waiting(conversation_id, queued, model, parameters))
            return queued.ticket

    def waiting(self, conversation_id: int) -> tuple[Queued, ...]:
        """What waits in a conversation, the next one first."""
        with self._lock:
            return tuple(w.queued for w in self._waiting if w.conversation_id == conversation_id)

    def is_held(self, conversation_id: int) -> bool:
        """Whether what waits there stays."""
        with self._lock:
            return conversation_id in self._held

    def take(self, ticket: int) -> Waiting | None:
        """Take a question out; None when it has gone already."""
        with self._lock:
            for waiting in self._waiting:
                if waiting.queued.ticket == ticket:
                    self._remove(waiting)
                    return waiting
        return None

    def take_next(self, conversation_id: int) -> Waiting | None:
        """Take out the next question; None when there is none or the conversation is held."""
        with self._lock:
            if conversation_id not in self._held:
                for waiting in self._waiting:
                    if waiting.conversation_id == conversation_id:
                        self._remove(waiting)
                        return waiting
        return None

    def take_all(self, conversation_id: int | None = None) -> list[Waiting]:
        """Take out everything, or everything of one conversation."""
        with self._lock:
            taken = [w for w in self._waiting if conversation_id in (None, w.conversation_id)]
            for waiting in taken:
                self._remove(waiting)
            return taken

    def hold(self, conversation_id: int) -> bool:
        """Let what waits stay. Returns whether anything waits."""
        with self._lock:
            has_any = any(w.conversation_id == conversation_id for w in self._waiting)
            if has_any:
                self._held.add(conversation_id)
            return has_any

    def release(self, conversation_id: int) -> bool:
        """Let what waits be sent again. Returns whether it was held."""
        with self._lock:
            was_held = conversation_id in self._held
            self._held.discard(conversation_id)
            return was_held

    def _remove(self, waiting: Waiting) -> None:
        self._waiting.remove(waiting)
        if not any(w.conversation_id == waiting.conversation_id for w in self._waiting):
            self._held.discard(waiting.conversation_id)


def keep_as_drafts(waiting: Sequence[Waiting], conversations: Conversations) -> None:
    """On the database thread: put what waits before the drafts of its conversations."""
    for conversation_id in {w.conversation_id: None for w in waiting}:
        queued = [w.queued for w in waiting if w.conversation_id == conversation_id]
        try:
            draft = conversations.draft(conversation_id)
            texts = [*(q.text for q in queued), draft.text]
            attachments = [*(a for q in queued for a in q.attachments), *draft.attachments]
            conversations.save_draft(
                conversation_id, "\n\n".join(t for t in texts if t.strip()), attachments
            )
        except ConversationMissing:
            logger.info("conversation %d was deleted meanwhile", conversation_id)
        except ChatappError as error:
            logger.error("what waited in conversation %d is lost: %s", conversation_id, error)
