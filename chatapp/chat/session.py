"""Send, stop, try again, continue: the service between a conversation and the engine.

The question is committed before anything is generated, the growing answer is saved once a second,
and every end of an answer, wanted or not, is stored with its reason.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial

from chatapp.chat.events import (
    AnswerEnded,
    AnswerGrew,
    AnswerPhase,
    AnswerProgress,
    AnswerProgressed,
    AnswerStarted,
    ConversationChanged,
    SendFailed,
    SessionEvent,
)
from chatapp.chat.prompt import build_turns
from chatapp.chat.titles import title_from
from chatapp.domain.conversation import Conversation, Message, MessageStatus, Role, TitleSource
from chatapp.domain.generation import FinishReason, GenerationParameters, Origin, Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, Failed, Finished, GenerationEvent, PromptProgress
from chatapp.engine.request import Generation
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import (
    ChatappError,
    ConversationMissing,
    ErrorRecord,
    MessageEmpty,
    to_record,
)
from chatapp.hub.library import Library
from chatapp.jobs import Jobs
from chatapp.storage.conversations import Conversations

logger = logging.getLogger(__name__)

_SEEDS = 2**32 - 1  # the largest number means "random" to llama.cpp
_SAVE_INTERVAL = 1.0  # seconds: what a crash may cost of an answer

Listener = Callable[[SessionEvent], None]


@dataclass(slots=True)
class _RunningAnswer:
    """An answer that is being made. Guarded by the session's lock."""

    conversation: Conversation
    message: Message
    model: ModelFile
    pieces: list[str]
    length: int  # of the text, in characters
    saved_length: int
    progress: AnswerProgress
    generation: Generation | None = None
    first_delta_at: float = 0.0
    stop_requested: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class Session:
    """All conversations' answers. Thread-safe; listeners are called in background threads.

    Methods return at once: what they start is told to the listeners as events.
    """

    def __init__(
        self, conversations: Conversations, engine: Engine, library: Library, jobs: Jobs
    ) -> None:
        self._conversations = conversations
        self._engine = engine
        self._library = library
        self._jobs = jobs
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._answers: dict[int, _RunningAnswer] = {}
        self._unsaved: dict[int, Message] = {}
        self._grown = threading.Event()
        self._closed = threading.Event()
        self._saver = threading.Thread(
            target=self._save_regularly, name="answer-saver", daemon=True
        )
        self._saver.start()
        self._unsubscribe = engine.subscribe(self._on_engine_state)

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with every event, in the thread where it happens."""
        self._listeners.append(listener)

    def recover(self) -> list[Message]:
        """On the database thread, at the start: give what the last run left behind its end."""
        recovered = self._conversations.recover_interrupted()
        for message in recovered:
            self._name(message.conversation_id)
        return recovered

    def send(
        self,
        text: str,
        *,
        model: ModelFile,
        conversation_id: int | None = None,
        parameters: GenerationParameters | None = None,
        system_prompt: str = "",
    ) -> None:
        """Store the question and have it answered; without an id in a new conversation.

        `AnswerStarted` follows, or `SendFailed` when nothing was stored.
        """
        if not text.strip():
            self._emit(SendFailed(conversation_id, text, MessageEmpty()))
            return
        origin = _origin(model, parameters)

        def begin() -> None:
            self._save_what_failed()
            try:
                conversation, question, answer = self._conversations.begin_exchange(
                    conversation_id,
                    text,
                    origin=origin,
                    model_path=model.path,
                    system_prompt=system_prompt,
                )
            except ChatappError as error:
                self._emit(SendFailed(conversation_id, text, error))
                return
            self._emit(ConversationChanged(conversation))
            self._start(conversation, question, answer, model)

        self._submit(begin)

    def retry(
        self, message_id: int, *, model: ModelFile, parameters: GenerationParameters | None = None
    ) -> None:
        """Answer the same question again. The earlier answer stays as another version."""
        origin = _origin(model, parameters)

        def begin() -> None:
            try:
                old = self._conversations.message(message_id)
                if old.parent_id is None:
                    raise ConversationMissing(old.conversation_id)
                answer = self._conversations.begin_answer(
                    old.conversation_id, parent_id=old.parent_id, origin=origin
                )
                conversation = self._conversations.get(old.conversation_id)
            except ChatappError as error:
                self._emit(SendFailed(None, "", error))
                return
            self._start(conversation, None, answer, model)

        self._submit(begin)

    def continue_answer(self, message_id: int, *, model: ModelFile) -> None:
        """Go on with an answer where it ended; what is there stays as it is."""

        def begin() -> None:
            try:
                answer = self._conversations.resume_answer(message_id)
                conversation = self._conversations.get(answer.conversation_id)
            except ChatappError as error:
                self._emit(SendFailed(None, "", error))
                return
            self._start(conversation, None, answer, model)

        self._submit(begin)

    def delete(self, conversation_id: int) -> None:
        """On the database thread: delete a conversation for good, and what was read of it."""
        self._engine.forget(str(conversation_id))
        self._conversations.delete(conversation_id)

    def empty_trash(self) -> None:
        """On the database thread: delete for good what has been in the trash for long."""
        for conversation_id in self._conversations.empty_trash():
            self._engine.forget(str(conversation_id))

    def stop(self, message_id: int) -> None:
        """End this answer; what is written stays. Unknown ids are ignored."""
        with self._lock:
            answer = self._answers.get(message_id)
            if answer is None:
                return
            answer.stop_requested = True
            generation = answer.generation
        if generation is not None:
            generation.stop()

    def running(self, conversation_id: int) -> int | None:
        """The id of the answer that is being made in this conversation."""
        with self._lock:
            for message_id, answer in self._answers.items():
                if answer.conversation.id == conversation_id:
                    return message_id
        return None

    def running_conversations(self) -> set[int]:
        """The conversations in which an answer is being made."""
        with self._lock:
            return {answer.conversation.id for answer in self._answers.values()}

    def snapshot(self, message_id: int) -> tuple[str, AnswerProgress] | None:
        """The text so far and the progress of a running answer."""
        with self._lock:
            answer = self._answers.get(message_id)
            return None if answer is None else (answer.text, answer.progress)

    def close(self, timeout: float = 8.0) -> None:
        """Stop every answer and store what there is. Call before the engine and the jobs close."""
        # What was sent in the last moment begins first.
        self._jobs.database.submit(lambda: None).result()
        with self._lock:
            answers = list(self._answers.values())
        for answer in answers:
            self.stop(answer.message.id)
        deadline = time.monotonic() + timeout
        for answer in answers:
            if not answer.ended.wait(max(0.0, deadline - time.monotonic())):
                logger.error("answer %d did not stop in time", answer.message.id)
        with self._lock:
            self._closed.set()
        self._grown.set()
        self._saver.join()
        self._unsubscribe()
        self._jobs.database.submit(self._save_what_failed).result()

    # Making an answer

    def _start(
        self,
        conversation: Conversation,
        question: Message | None,
        answer: Message,
        model: ModelFile,
    ) -> None:
        """On the database thread: hand the question to the engine."""
        running = _RunningAnswer(
            conversation,
            answer,
            model,
            pieces=[answer.text],
            length=len(answer.text),
            saved_length=len(answer.text),
            progress=AnswerProgress(AnswerPhase.WAITING),
        )
        with self._lock:
            self._answers[answer.id] = running
        self._emit(AnswerStarted(conversation, question, answer))
        self._emit(AnswerProgressed(conversation.id, answer.id, running.progress))
        self._on_engine_state(self._engine.state)  # the model may be on its way already
        try:
            branch = self._conversations.branch(conversation.id)
            before = [m for m in branch if m.id != answer.id]
            origin = answer.origin or _origin(model, None)
            generation = self._engine.generate(
                model,
                build_turns(before, conversation.system_prompt),
                replace(origin.parameters, seed=origin.seed),
                prefill=answer.text,
                conversation=str(conversation.id),
                on_event=lambda event: self._on_generation_event(running, event),
            )
        except ChatappError as error:
            self._end(running, MessageStatus.FAILED, origin=answer.origin, error=to_record(error))
            return
        with self._lock:
            running.generation = generation
            stop_now = running.stop_requested
        if stop_now:
            generation.stop()

    def _on_generation_event(self, running: _RunningAnswer, event: GenerationEvent) -> None:
        """In the engine's reader thread."""
        match event:
            case PromptProgress(done=done, total=total, cached=cached):
                fraction = (done - cached) / (total - cached) if total > cached else 1.0
                self._progress(
                    running,
                    AnswerProgress(
                        AnswerPhase.READING, fraction, done=done, total=total, cached=cached
                    ),
                )
            case Delta(text=text, completion_tokens=tokens):
                now = time.monotonic()
                with self._lock:
                    if not running.first_delta_at:
                        running.first_delta_at = now
                    elapsed = now - running.first_delta_at
                    offset = running.length
                    running.pieces.append(text)
                    running.length += len(text)
                speed = (tokens - 1) / elapsed if elapsed > 0.25 else 0.0
                self._emit(AnswerGrew(running.conversation.id, running.message.id, text, offset))
                self._progress(
                    running,
                    AnswerProgress(
                        AnswerPhase.WRITING,
                        total=running.progress.total,
                        cached=running.progress.cached,
                        tokens=tokens,
                        tokens_per_second=speed,
                    ),
                )
                self._grown.set()
            case Finished(reason=reason, usage=usage, seed=seed):
                origin = running.message.origin
                if origin is not None:
                    loaded = self._engine.state.loaded
                    origin = replace(
                        origin,
                        seed=seed,
                        usage=_joined(origin.usage, usage),
                        finish_reason=reason,
                        llama_build=loaded.llama_build if loaded is not None else "",
                    )
                stopped = reason is FinishReason.STOPPED
                status = MessageStatus.STOPPED if stopped else MessageStatus.COMPLETE
                self._submit(lambda: self._end(running, status, origin=origin))
            case Failed(error=error):
                origin = running.message.origin
                if origin is not None:
                    reached = running.progress
                    usage = Usage(reached.total, reached.cached, reached.tokens)
                    origin = replace(
                        origin,
                        usage=_joined(origin.usage, usage),
                        finish_reason=FinishReason.FAILED,
                    )
                self._submit(
                    lambda: self._end(running, MessageStatus.FAILED, origin=origin, error=error)
                )

    def _end(
        self,
        running: _RunningAnswer,
        status: MessageStatus,
        *,
        origin: Origin | None,
        error: ErrorRecord | None = None,
    ) -> None:
        """On the database thread: store the answer and tell everybody."""
        with self._lock:
            text = running.text
            self._answers.pop(running.message.id, None)
        content_hash = self._library.content_hash(running.model)
        if origin is not None and content_hash.done() and content_hash.exception() is None:
            origin = replace(origin, model_sha256=content_hash.result())
        message = replace(running.message, text=text, status=status, origin=origin, error=error)
        try:
            message = self._store_end(message)
        except ChatappError as problem:
            logger.info("answer %d can't be stored: %s", message.id, problem)
            if isinstance(problem, ConversationMissing):
                self._engine.forget(str(running.conversation.id))  # it was read since
            else:
                with self._lock:
                    self._unsaved[message.id] = message
            message = replace(message, status=MessageStatus.FAILED, error=to_record(problem))
        else:
            if origin is not None and origin.model_sha256 is None:
                content_hash.add_done_callback(lambda done: self._add_hash(message.id, done))
            self._name(running.conversation.id)
        self._emit(AnswerEnded(running.conversation.id, message))
        running.ended.set()

    def _store_end(self, message: Message) -> Message:
        return self._conversations.end_answer(
            message.id,
            text=message.text,
            status=message.status,
            origin=message.origin,
            error=message.error,
        )

    def _add_hash(self, message_id: int, content_hash: Future[str]) -> None:
        if content_hash.cancelled() or content_hash.exception() is not None:
            return
        digest = content_hash.result()

        def store() -> None:
            if self._closed.is_set():
                return  # the database may be closed already
            try:
                self._conversations.set_model_sha256(message_id, digest)
            except ChatappError as error:
                logger.info("the model's hash is not stored with answer %d: %s", message_id, error)

        self._submit(store)

    def _name(self, conversation_id: int) -> None:
        """On the database thread: a title after the first exchange; then tell the new state."""
        try:
            current = self._conversations.get(conversation_id)
            if current.title_source is TitleSource.NONE:
                branch = self._conversations.branch(conversation_id)
                questions = (m.text for m in branch if m.role is Role.USER)
                title = next(filter(None, map(title_from, questions)), "")
                if title and self._conversations.suggest_title(conversation_id, title):
                    current = self._conversations.get(conversation_id)
        except ChatappError as error:
            logger.info("no title for conversation %d: %s", conversation_id, error)
            return
        self._emit(ConversationChanged(current))

    # Progress

    def _progress(self, running: _RunningAnswer, progress: AnswerProgress) -> None:
        with self._lock:
            running.progress = progress
        self._emit(AnswerProgressed(running.conversation.id, running.message.id, progress))

    def _on_engine_state(self, state: EngineState) -> None:
        """While a model is being loaded, every answer that waits for it tells so."""
        if state.status is not EngineStatus.LOADING or state.model is None:
            return
        with self._lock:
            waiting = [
                answer
                for answer in self._answers.values()
                if answer.progress.phase in (AnswerPhase.WAITING, AnswerPhase.LOADING)
                and answer.model.path == state.model.path
            ]
        for answer in waiting:
            self._progress(answer, AnswerProgress(AnswerPhase.LOADING, state.progress))

    # Saving

    def _save_regularly(self) -> None:
        """A delta wakes the saver; what arrives in the second after a save waits for the next."""
        while True:
            self._grown.wait()
            if self._closed.wait(_SAVE_INTERVAL):
                return
            self._grown.clear()
            with self._lock:
                grown = [a for a in self._answers.values() if a.length > a.saved_length]
            for answer in grown:
                self._submit(partial(self._save_partial, answer))

    def _save_partial(self, running: _RunningAnswer) -> None:
        with self._lock:
            if running.message.id not in self._answers:
                return
            text = running.text
        try:
            self._conversations.save_partial(running.message.id, text)
        except ChatappError as error:
            # The end of the answer is stored again and reports what stands in the way.
            logger.info("partial answer %d not saved: %s", running.message.id, error)
            return
        with self._lock:
            running.saved_length = len(text)

    def _save_what_failed(self) -> None:
        """On the database thread: answers that could not be stored when they ended, once more."""
        with self._lock:
            unsaved = list(self._unsaved.values())
        for message in unsaved:
            try:
                self._store_end(message)
            except ConversationMissing:
                logger.info("answer %d was deleted meanwhile", message.id)
            except ChatappError as error:
                logger.info("answer %d still can't be stored: %s", message.id, error)
                return
            with self._lock:
                self._unsaved.pop(message.id, None)
            self._emit(AnswerEnded(message.conversation_id, message))

    def _submit(self, function: Callable[[], None]) -> None:
        self._jobs.database.run(function)

    def _emit(self, event: SessionEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)


def _origin(model: ModelFile, parameters: GenerationParameters | None) -> Origin:
    parameters = parameters or GenerationParameters()
    seed = parameters.seed
    return Origin(
        model_name=model.name,
        model_path=model.path,
        quantization=model.quantization,
        parameters=parameters,
        # Chosen here, so that it is known of an answer that never came to its end as well.
        seed=secrets.randbelow(_SEEDS) if seed is None else seed,
    )


def _joined(before: Usage, after: Usage) -> Usage:
    """What an answer took that was continued: the prompt of its beginning, the writing of both."""
    if not before.completion_tokens:
        return after
    return replace(
        before,
        completion_tokens=before.completion_tokens + after.completion_tokens,
        generation_ms=before.generation_ms + after.generation_ms,
    )
