"""How answers are stored when they have ended, and what follows from that."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from chatapp.chat.events import AnswerEnded, ConversationChanged, SessionEvent
from chatapp.chat.titles import title_from
from chatapp.domain.conversation import Conversation, Message, MessageStatus, Role, TitleSource
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.errors import ChatappError, ConversationMissing, to_record
from chatapp.hub.library import Library
from chatapp.jobs import Jobs
from chatapp.storage.conversations import Conversations

logger = logging.getLogger(__name__)


class Endings:
    """Stores answers that have ended, and keeps those that can't be. Used on the database thread.

    Every answer gets the content hash of its model, every conversation a title from its first
    question.
    """

    def __init__(
        self,
        conversations: Conversations,
        engine: Engine,
        library: Library,
        jobs: Jobs,
        emit: Callable[[SessionEvent], None],
    ) -> None:
        self._conversations = conversations
        self._engine = engine
        self._library = library
        self._jobs = jobs
        self._emit = emit
        self._unsaved: dict[int, Message] = {}
        self._is_closed = False

    def store(self, message: Message, model: ModelFile) -> Message:
        """Returns what is to be told: the message as it is stored, or why it is not."""
        content_hash = self._library.content_hash(model)
        origin = message.origin
        if origin is not None and content_hash.done() and content_hash.exception() is None:
            origin = replace(origin, model_sha256=content_hash.result())
            message = replace(message, origin=origin)
        try:
            message = self._store(message)
        except ChatappError as problem:
            logger.info("answer %d can't be stored: %s", message.id, problem)
            if isinstance(problem, ConversationMissing):
                self._engine.forget(str(message.conversation_id))  # it was read since
            else:
                self._unsaved[message.id] = message
            return replace(message, status=MessageStatus.FAILED, error=to_record(problem))
        if origin is not None and origin.model_sha256 is None:
            content_hash.add_done_callback(lambda done: self._add_hash(message.id, done))
        self.name(message.conversation_id)
        return message

    def save_what_failed(self) -> None:
        """Answers that could not be stored when they ended, once more."""
        for message in list(self._unsaved.values()):
            try:
                self._store(message)
            except ConversationMissing:
                logger.info("answer %d was deleted meanwhile", message.id)
            except ChatappError as error:
                logger.info("answer %d still can't be stored: %s", message.id, error)
                return
            self._unsaved.pop(message.id, None)
            self._emit(AnswerEnded(message.conversation_id, message))

    def name(self, conversation_id: int) -> Conversation | None:
        """Take a title from the first question if there is none yet; tell the new state."""
        try:
            current = self._conversations.get(conversation_id)
            if current.title_source is TitleSource.NONE:
                title = _title(self._conversations.branch(conversation_id))
                if title and self._conversations.suggest_title(conversation_id, title):
                    current = self._conversations.get(conversation_id)
        except ChatappError as error:
            logger.info("no title for conversation %d: %s", conversation_id, error)
            return None
        self._emit(ConversationChanged(current))
        return current

    def close(self) -> None:
        """Nothing is stored from now on: the database may be closed."""
        self.save_what_failed()
        self._is_closed = True

    def _store(self, message: Message) -> Message:
        return self._conversations.end_answer(
            message.id,
            text=message.text,
            reasoning=message.reasoning,
            calls=message.calls,
            status=message.status,
            origin=message.origin,
            error=message.error,
        )

    def _add_hash(self, message_id: int, content_hash: Future[str]) -> None:
        if content_hash.cancelled() or content_hash.exception() is not None:
            return
        digest = content_hash.result()

        def store() -> None:
            if self._is_closed:
                return
            try:
                self._conversations.set_model_sha256(message_id, digest)
            except ChatappError as error:
                logger.info("the model's hash is not stored with answer %d: %s", message_id, error)

        self._jobs.database.run(store)


def _title(branch: list[Message]) -> str:
    """From the first question in which there is one, or from the name of what is attached to it."""
    for question in branch:
        if question.role is Role.USER:
            for text in (question.text, *(a.name for a in question.attachments)):
                if title := title_from(text):
                    return title
    return ""
