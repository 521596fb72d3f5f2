"""Answers that are being made: from the stored question to the stored answer.

The growing answer is saved once a second, and every end of an answer, wanted or not, is stored with
its reason.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from chatapp.chat.events import (
    AnswerEnded,
    AnswerGrew,
    AnswerPhase,
    AnswerProgress,
    AnswerProgressed,
    AnswerStarted,
    ConversationChanged,
    SessionEvent,
)
from chatapp.chat.prompt import build_turns
from chatapp.chat.running_answer import RunningAnswer, new_origin
from chatapp.chat.thinking import ThinkingClock
from chatapp.chat.titles import title_from
from chatapp.domain.conversation import Conversation, Message, MessageStatus, Role, TitleSource
from chatapp.domain.generation import FinishReason, Origin, Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, Failed, Finished, GenerationEvent, PromptProgress
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import ChatappError, ConversationMissing, ErrorRecord, to_record
from chatapp.hub.library import Library
from chatapp.jobs import Jobs
from chatapp.storage.conversations import Conversations

logger = logging.getLogger(__name__)

_SAVE_INTERVAL = 1.0  # seconds: what a crash may cost of an answer


class Answers:
    """Has answers made and stores them. Thread-safe.

    `emit` gets every event, in the thread where it happens; `on_end` gets the message of every
    answer that has ended, on the database thread, after that was told.
    """

    def __init__(
        self,
        conversations: Conversations,
        engine: Engine,
        library: Library,
        jobs: Jobs,
        emit: Callable[[SessionEvent], None],
        on_end: Callable[[Message], None],
    ) -> None:
        self._conversations = conversations
        self._engine = engine
        self._library = library
        self._jobs = jobs
        self._emit = emit
        self._on_end = on_end
        self._lock = threading.Lock()
        self._answers: dict[int, RunningAnswer] = {}
        self._unsaved: dict[int, Message] = {}
        self._grown = threading.Event()
        self._closed = threading.Event()
        self._saver = threading.Thread(
            target=self._save_regularly, name="answer-saver", daemon=True
        )
        self._saver.start()
        self._unsubscribe = engine.subscribe(self._on_engine_state)

    def recover(self) -> list[Message]:
        """On the database thread, at the start: give what the last run left behind its end."""
        recovered = self._conversations.recover_interrupted()
        for message in recovered:
            self._name(message.conversation_id)
        return recovered

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

    def close(self, timeout: float) -> None:
        """Stop every answer and store what there is; wait for that at most `timeout` seconds."""
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
        self._jobs.database.submit(self.save_what_failed).result()

    # Making an answer

    def start(
        self,
        conversation: Conversation,
        question: Message | None,
        answer: Message,
        model: ModelFile,
    ) -> None:
        """On the database thread: hand the question to the engine."""
        running = RunningAnswer(
            conversation,
            answer,
            model,
            pieces=[answer.text],
            length=len(answer.text),
            saved_length=len(answer.text),
            progress=AnswerProgress(AnswerPhase.WAITING),
            thinking=ThinkingClock(answer.text),
        )
        with self._lock:
            self._answers[answer.id] = running
        self._emit(AnswerStarted(conversation, question, answer))
        self._emit(AnswerProgressed(conversation.id, answer.id, running.progress))
        self._on_engine_state(self._engine.state)  # the model may be on its way already
        try:
            branch = self._conversations.branch(conversation.id)
            before = [m for m in branch if m.id != answer.id]
            origin = answer.origin or new_origin(model, None)
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

    def _on_generation_event(self, running: RunningAnswer, event: GenerationEvent) -> None:
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
                self._grow(running, text, tokens)
            case Finished(reason=reason, usage=usage, seed=seed):
                origin = running.message.origin
                if origin is not None:
                    loaded = self._engine.state.loaded
                    origin = replace(
                        origin,
                        seed=seed,
                        usage=running.usage(usage, origin.usage),
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
                        usage=running.usage(usage, origin.usage),
                        finish_reason=FinishReason.FAILED,
                    )
                self._submit(
                    lambda: self._end(running, MessageStatus.FAILED, origin=origin, error=error)
                )

    def _grow(self, running: RunningAnswer, text: str, tokens: int) -> None:
        now = time.monotonic()
        with self._lock:
            if not running.first_delta_at:
                running.first_delta_at = now
            elapsed = now - running.first_delta_at
            offset = running.length
            running.pieces.append(text)
            running.length += len(text)
            running.thinking.add(text, now)
        thinking = running.thinking
        self._emit(AnswerGrew(running.conversation.id, running.message.id, text, offset))
        self._progress(
            running,
            AnswerProgress(
                AnswerPhase.THINKING if thinking.is_open else AnswerPhase.WRITING,
                total=running.progress.total,
                cached=running.progress.cached,
                tokens=tokens,
                tokens_per_second=(tokens - 1) / elapsed if elapsed > 0.25 else 0.0,
                thinking_seconds=thinking.seconds(now),
            ),
        )
        self._grown.set()

    def _end(
        self,
        running: RunningAnswer,
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
        self._on_end(message)
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
                title = _title(self._conversations.branch(conversation_id))
                if title and self._conversations.suggest_title(conversation_id, title):
                    current = self._conversations.get(conversation_id)
        except ChatappError as error:
            logger.info("no title for conversation %d: %s", conversation_id, error)
            return
        self._emit(ConversationChanged(current))

    # Progress

    def _progress(self, running: RunningAnswer, progress: AnswerProgress) -> None:
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
                grown = [id_ for id_, a in self._answers.items() if a.length > a.saved_length]
            for message_id in grown:
                self._submit(partial(self.save_partial, message_id))

    def save_partial(self, message_id: int) -> None:
        """On the database thread: store what there is by now of an answer that is being made."""
        with self._lock:
            running = self._answers.get(message_id)
            if running is None:
                return
            text = running.text
        try:
            self._conversations.save_partial(message_id, text)
        except ChatappError as error:
            # The end of the answer is stored again and reports what stands in the way.
            logger.info("partial answer %d not saved: %s", message_id, error)
            return
        with self._lock:
            running.saved_length = len(text)

    def save_what_failed(self) -> None:
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


def _title(branch: list[Message]) -> str:
    """From the first question in which there is one, or from the name of what is attached to it."""
    for question in branch:
        if question.role is Role.USER:
            for text in (question.text, *(a.name for a in question.attachments)):
                if title := title_from(text):
                    return title
    return ""
