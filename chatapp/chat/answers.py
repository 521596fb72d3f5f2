"""Answers that are being made: from the stored question to the stored answer.

The growing answer is saved once a second, and every end of an answer, wanted or not, is stored with
its reason.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace

from chatapp.chat.endings import Endings
from chatapp.chat.events import (
    AnswerEnded,
    AnswerPhase,
    AnswerProgress,
    AnswerProgressed,
    AnswerStarted,
    BranchChanged,
    SessionEvent,
    WindowChanged,
    WindowFull,
)
from chatapp.chat.overflow import Window
from chatapp.chat.parameters import template_options
from chatapp.chat.room import Rooms
from chatapp.chat.running_answer import AnswerParts, RunningAnswer, new_origin
from chatapp.chat.summary import longest_summary
from chatapp.chat.unfinished import Unfinished
from chatapp.domain.conversation import (
    Conversation,
    Message,
    MessageStatus,
    OverflowPolicy,
)
from chatapp.domain.generation import FinishReason, GenerationParameters, Origin, Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, Failed, Finished, GenerationEvent, PromptProgress
from chatapp.engine.parts import PartDelta, PartKind
from chatapp.engine.request import Generation
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import (
    ChatappError,
    ContextFull,
    ErrorRecord,
    from_record,
    to_record,
)
from chatapp.hub.library import Library
from chatapp.jobs import Jobs
from chatapp.storage.conversations import Conversations

logger = logging.getLogger(__name__)


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
        self._jobs = jobs
        self._emit = emit
        self._on_end = on_end
        self._rooms = Rooms(conversations, engine)
        self._unfinished = Unfinished(conversations, jobs)
        self._endings = Endings(conversations, engine, library, jobs, emit)
        self._lock = self._unfinished.lock
        self._unsubscribe = engine.subscribe(self._on_engine_state)

    def recover(self) -> list[Message]:
        """On the database thread, at the start: give what the last run left behind its end."""
        recovered = self._conversations.recover_interrupted()
        for message in recovered:
            self._endings.name(message.conversation_id)
        return recovered

    def name(self, conversation_id: int) -> Conversation | None:
        """Take a title from the first question if there is none yet; tell the new state."""
        return self._endings.name(conversation_id)

    def stop(self, message_id: int) -> None:
        """End this answer; what is written stays. Unknown ids are ignored."""
        with self._lock:
            answer = self._unfinished.find(message_id)
            if answer is None:
                return
            answer.stop_requested = True
            generation = answer.generation
        if generation is not None:
            generation.stop()

    def running(self, conversation_id: int) -> int | None:
        """The id of the answer that is being made in this conversation."""
        for answer in self._unfinished.all():
            if answer.conversation.id == conversation_id:
                return answer.message.id
        return None

    def running_conversations(self) -> set[int]:
        """The conversations in which an answer is being made."""
        return {answer.conversation.id for answer in self._unfinished.all()}

    def unfinished(self, message_id: int) -> tuple[Message, AnswerProgress] | None:
        """A running answer with all there is of it, and its progress."""
        with self._lock:
            answer = self._unfinished.find(message_id)
            return None if answer is None else (answer.current, answer.progress)

    def close(self, timeout: float) -> None:
        """Stop every answer and store what there is; wait for that at most `timeout` seconds."""
        answers = self._unfinished.all()
        for answer in answers:
            self.stop(answer.message.id)
        deadline = time.monotonic() + timeout
        for answer in answers:
            if not answer.ended.wait(max(0.0, deadline - time.monotonic())):
                logger.error("answer %d did not stop in time", answer.message.id)
        self._unfinished.close()
        self._unsubscribe()
        self._jobs.database.submit(self._endings.close).result()

    def save_partial(self, message_id: int) -> None:
        """On the database thread: store what there is by now of an answer that is being made."""
        self._unfinished.save_partial(message_id)

    def save_what_failed(self) -> None:
        """On the database thread: answers that could not be stored when they ended, once more."""
        self._endings.save_what_failed()

    # Making an answer

    def start(
        self,
        conversation: Conversation,
        question: Message | None,
        answer: Message,
        model: ModelFile,
        policy: OverflowPolicy | None = None,
        ticket: int = 0,
    ) -> None:
        """On the database thread: hand the question to the engine.

        `policy` holds in place of the conversation's for this answer; `ticket` is the question's.
        """
        parts = AnswerParts(answer)
        running = RunningAnswer(
            conversation,
            answer,
            model,
            conversation.overflow if policy is None else policy,
            parts,
            AnswerProgress(AnswerPhase.WAITING),
            saved_length=parts.length,
            before=Usage() if answer.origin is None else answer.origin.usage,
        )
        self._unfinished.add(running)
        self._emit(AnswerStarted(conversation, question, answer, ticket))
        self._emit(AnswerProgressed(conversation.id, answer.id, running.progress))
        self._on_engine_state(self._engine.state)  # the model may be on its way already
        try:
            if self._rooms.choose(running):
                self._tell_window(running)
            running.chosen = running.window
        except ChatappError as error:
            self._end(running, MessageStatus.FAILED, origin=answer.origin, error=to_record(error))
            return
        self._ask(running)

    def _ask(self, running: RunningAnswer) -> None:
        """Have the engine answer, or go on with what there is of the answer."""
        answer = running.current
        origin = answer.origin or new_origin(running.model, None)
        generation = self._engine.generate(
            running.model,
            running.window.turns(running.conversation.system_prompt),
            _parameters(origin, running.written),
            prefill=answer.text,
            thought=answer.reasoning,
            options=template_options(origin.parameters),
            # Without a name nothing of it is kept on disk.
            conversation="" if running.conversation.is_temporary else str(running.conversation.id),
            on_event=lambda event: self._on_generation_event(running, event),
        )
        self._set_generation(running, generation)

    def _set_generation(self, running: RunningAnswer, generation: Generation) -> None:
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
            case Delta(text=text, completion_tokens=tokens, parts=parts):
                self._grow(running, parts or (PartDelta(0, PartKind.TEXT, text),), tokens)
            case Finished(reason=FinishReason.CONTEXT, usage=usage, seed=seed):
                needed = usage.prompt_tokens + usage.completion_tokens
                self._submit(
                    lambda: self._overflow(
                        running, needed, self._available(needed), partly=(usage, seed)
                    )
                )
            case Finished(reason=reason, usage=usage, seed=seed):
                self._submit(lambda: self._finish(running, reason, usage, seed))
            case Failed(error=error):
                known = from_record(error)
                if isinstance(known, ContextFull):
                    needed, available = known.needed, known.available
                    self._submit(lambda: self._overflow(running, needed, available, error=error))
                else:
                    self._submit(lambda: self._fail(running, error))

    def _available(self, needed: int) -> int:
        loaded = self._engine.state.loaded
        return needed if loaded is None else loaded.context_length

    def _grow(self, running: RunningAnswer, parts: Iterable[PartDelta], tokens: int) -> None:
        now = time.monotonic()
        with self._lock:
            if not running.first_delta_at:
                running.first_delta_at = now
            elapsed = now - running.first_delta_at
            events = tuple(running.parts.add(parts, now))
            clock = running.parts.clock
            tokens += running.written
            progress = AnswerProgress(
                AnswerPhase.THINKING if clock.is_open else AnswerPhase.WRITING,
                total=running.progress.total,
                cached=running.progress.cached,
                tokens=tokens,
                tokens_per_second=(tokens - 1) / elapsed if elapsed > 0.25 else 0.0,
                thinking_seconds=clock.seconds(now),
            )
        for event in events:
            self._emit(event)
        self._progress(running, progress)
        self._unfinished.note_growth()

    # When the window is full

    def _overflow(
        self,
        running: RunningAnswer,
        needed: int,
        available: int,
        *,
        error: ErrorRecord | None = None,
        partly: tuple[Usage, int] | None = None,
    ) -> None:
        """On the database thread: make room as the policy says, or end the answer.

        The `error` is why it could not begin; `partly` says how far it came.
        """
        smaller = self._rooms.make(running, needed, available)
        if running.stop_requested:
            self._finish(running, FinishReason.STOPPED, *(partly or (Usage(), 0)))
            return
        if running.policy is OverflowPolicy.STOP or smaller is None:
            if error is not None and not running.written:
                self._refuse(running, error)
            else:
                self._finish(running, FinishReason.CONTEXT, *(partly or (Usage(), 0)))
            ids = running.conversation.id, running.message.id
            self._emit(WindowFull(*ids, needed, available, smaller is not None))
            return
        if partly is not None:
            self._keep_begun(running, partly[0])
        window, left = smaller
        forgotten = [message for message in left if not message.pinned]
        if running.policy is OverflowPolicy.DROP_OLDEST or not forgotten:
            self._go_on_with(running, lambda: window)
            return

        def summarise(count: Future[int]) -> None:
            room = available - longest_summary(available)
            if count.exception() is None and count.result() <= room:
                self._summarise(running, window, left, needed, available)
            else:  # there is no room for a summary, and perhaps not even for the question
                self._go_on_with(running, lambda: window)

        self._rooms.count_last_turn(running).add_done_callback(
            lambda count: self._submit(lambda: summarise(count))
        )

    def _summarise(
        self,
        running: RunningAnswer,
        window: Window,
        left: tuple[Message, ...],
        needed: int,
        available: int,
    ) -> None:
        def store(text: str) -> None:
            self._go_on_with(
                running,
                lambda: self._rooms.add_summary(running, window, left, text) if text else window,
            )

        def fail(problem: ErrorRecord | None) -> None:
            if problem is not None:
                self._fail(running, problem)
            else:
                self._finish(running, FinishReason.STOPPED, Usage(), 0)

        self._rooms.summarise(
            running,
            left,
            needed,
            available,
            on_begin=lambda generation: self._set_generation(running, generation),
            on_progress=lambda done: self._progress(
                running, AnswerProgress(AnswerPhase.SUMMARISING, done)
            ),
            on_done=lambda text: self._submit(lambda: store(text)),
            on_failed=lambda problem: self._submit(lambda: fail(problem)),
        )

    def _keep_begun(self, running: RunningAnswer, usage: Usage) -> None:
        """The request has ended, the answer has not."""
        with self._lock:
            events = tuple(running.go_on(usage, time.monotonic()))
        for event in events:
            self._emit(event)
        self.save_partial(running.message.id)

    def _refuse(self, running: RunningAnswer, error: ErrorRecord) -> None:
        """The question alone is too long: nothing has to leave the window for that."""
        if running.window != running.chosen:
            try:
                running.window = running.chosen
                self._rooms.note(running)
                self._tell_window(running)
            except ChatappError as problem:
                logger.info("window of answer %d is not stored: %s", running.message.id, problem)
        self._fail(running, error)

    def _go_on_with(self, running: RunningAnswer, choose: Callable[[], Window]) -> None:
        """On the database thread: ask again with another window."""
        try:
            running.window = choose()
            self._rooms.note(running)
            self._tell_window(running)
        except ChatappError as error:
            self._fail(running, to_record(error))
            return
        self._ask(running)

    def _tell_window(self, running: RunningAnswer) -> None:
        id_ = running.conversation.id
        self._emit(WindowChanged(id_, running.message.id, running.window.start_id))
        self._emit(BranchChanged(id_, tuple(self._conversations.branch(id_))))

    # The end of an answer

    def _finish(
        self, running: RunningAnswer, reason: FinishReason, usage: Usage, seed: int
    ) -> None:
        origin = running.message.origin
        if origin is not None:
            loaded = self._engine.state.loaded
            origin = replace(
                origin,
                # Of a summary that was stopped it is not known, and the answer's own was chosen.
                seed=seed or origin.seed,
                usage=running.usage(usage),
                finish_reason=reason,
                llama_build=loaded.llama_build if loaded is not None else "",
            )
        stopped = reason is FinishReason.STOPPED
        status = MessageStatus.STOPPED if stopped else MessageStatus.COMPLETE
        self._end(running, status, origin=origin)

    def _fail(self, running: RunningAnswer, error: ErrorRecord) -> None:
        origin = running.message.origin
        if origin is not None:
            reached = running.progress
            usage = Usage(reached.total, reached.cached, max(0, reached.tokens - running.written))
            origin = replace(origin, usage=running.usage(usage), finish_reason=FinishReason.FAILED)
        self._end(running, MessageStatus.FAILED, origin=origin, error=error)

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
            events = tuple(running.parts.finish(time.monotonic()))
            current = running.current
        for event in events:
            self._emit(event)
        self._unfinished.remove(running.message.id)
        ended = replace(current, status=status, origin=origin, error=error)
        message = self._endings.store(ended, running.model)
        self._emit(AnswerEnded(running.conversation.id, message))
        self._on_end(message)
        running.ended.set()

    # Progress

    def _progress(self, running: RunningAnswer, progress: AnswerProgress) -> None:
        with self._lock:
            running.progress = progress
        self._emit(AnswerProgressed(running.conversation.id, running.message.id, progress))

    def _on_engine_state(self, state: EngineState) -> None:
        """While a model is being loaded, every answer that waits for it tells so."""
        if state.status is not EngineStatus.LOADING or state.model is None:
            return
        for answer in self._unfinished.all():
            if (
                answer.progress.phase in (AnswerPhase.WAITING, AnswerPhase.LOADING)
                and answer.model.path == state.model.path
            ):
                self._progress(answer, AnswerProgress(AnswerPhase.LOADING, state.progress))

    def _submit(self, function: Callable[[], None]) -> None:
        self._jobs.database.run(function)


def _parameters(origin: Origin, written: int) -> GenerationParameters:
    """What is written already counts."""
    limit = origin.parameters.max_tokens
    if limit is not None:
        limit = max(1, limit - written)
    return replace(origin.parameters, seed=origin.seed, max_tokens=limit)
