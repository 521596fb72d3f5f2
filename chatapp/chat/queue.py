"""What a person has typed ahead while an answer is written."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from chatapp.chat.events import Queued
from chatapp.domain.conversation import Attachment, Draft
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.errors import ChatappError
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

    A conversation may be held: what waits in it stays until it is released. What waits is in
    memory; the last methods keep it in the database too.
    """

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._lock = threading.Lock()
        self._tickets = itertools.count(1)
        self._waiting: list[Waiting] = []
        self._held: set[int] = set()
        self._is_closed = False

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
            if not self._is_closed and conversation_id not in self._held:
                for waiting in self._waiting:
                    if waiting.conversation_id == conversation_id:
                        self._remove(waiting)
                        return waiting
        return None

    def take_all(self, conversation_id: int) -> list[Waiting]:
        """Take out everything of one conversation."""
        with self._lock:
            taken = [w for w in self._waiting if w.conversation_id == conversation_id]
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

    def close(self) -> None:
        """From now on everything stays where it is."""
        with self._lock:
            self._is_closed = True

    # On the database thread

    def keep(self, conversation_id: int) -> None:
        """Keep what waits there, so that the next start knows of it. Raises what storage does."""
        questions = [Draft(one.text, one.attachments) for one in self.waiting(conversation_id)]
        self._conversations.save_waiting(conversation_id, questions)

    def keep_others(self, conversation_id: int) -> None:
        """The same after one was taken out: at worst that one comes back."""
        try:
            self.keep(conversation_id)
        except ChatappError as error:
            logger.error("a question may come back that was taken out: %s", error)

    def to_drafts(self) -> None:
        """Put what was kept before the drafts of its conversations, now or at the next start."""
        try:
            self._conversations.waiting_to_drafts(own=True)
        except ChatappError as error:
            logger.error("what waits becomes drafts at the next start: %s", error)

    def _remove(self, waiting: Waiting) -> None:
        self._waiting.remove(waiting)
        if not any(w.conversation_id == waiting.conversation_id for w in self._waiting):
            self._held.discard(waiting.conversation_id)
