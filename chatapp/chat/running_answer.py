"""An answer while it is made, and what is known of how it is made."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from chatapp.chat.events import (
    AnswerGrew,
    AnswerProgress,
    AnswerTurned,
    CallsChanged,
    SessionEvent,
    ThoughtGrew,
)
from chatapp.chat.overflow import Window
from chatapp.chat.thinking import ThinkingClock
from chatapp.domain.conversation import (
    Conversation,
    Message,
    OverflowPolicy,
    ToolCallRecord,
)
from chatapp.domain.generation import GenerationParameters, Origin, Usage
from chatapp.domain.model import ModelFile
from chatapp.domain.reasoning import ReasoningSplitter
from chatapp.engine.parts import PartDelta, PartKind
from chatapp.engine.request import Generation

_SEEDS = 2**32 - 1  # the largest number means "random" to llama.cpp


class Growth:
    """A text that grows."""

    def __init__(self, text: str) -> None:
        self._pieces = [text]
        self.length = len(text)

    @property
    def text(self) -> str:
        """All there is by now."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    def add(self, text: str) -> int:
        """Returns how long it was before."""
        offset = self.length
        self._pieces.append(text)
        self.length += len(text)
        return offset


class AnswerParts:
    """What there is of an answer: its thought, its text and its calls of tools.

    Parts of the same kind become one text, with an empty line between them. A model whose format
    nobody knows may mark its thought within the text: that is told apart here.
    """

    def __init__(self, message: Message) -> None:
        self.thought = Growth(message.reasoning)
        self.text = Growth(message.text)
        self.calls = list(message.calls)
        self.clock = ThinkingClock()
        self._ids = (message.conversation_id, message.id)
        self._began_at: float | None = None
        self._last: dict[PartKind, int] = {}  # the index of the part that grew last
        self._calls: dict[int, int] = {}  # place in `calls` by the index of the part
        self._splitter = None if message.text else ReasoningSplitter()

    @property
    def length(self) -> int:
        """In characters, of all that grows."""
        return (
            self.text.length
            + self.thought.length
            + sum(len(call.arguments) + len(call.raw) for call in self.calls)
        )

    def begin_again(self, now: float) -> Iterator[SessionEvent]:
        """What follows comes from another request, which goes on where this one ended."""
        yield from self.finish(now)
        self._last.clear()
        self._calls.clear()
        if not self.text.length:
            self._splitter = ReasoningSplitter()

    def add(self, deltas: Iterable[PartDelta], now: float) -> Iterator[SessionEvent]:
        """Returns what changed, one event after the other; `now` in seconds of any clock."""
        if self._began_at is None:
            self._began_at = now
        for delta in deltas:
            match delta.kind:
                case PartKind.REASONING:
                    self._splitter = None
                    self.clock.set_open(is_open=not delta.is_complete, now=now)
                    yield from self._think(self._apart(delta, self.thought) + delta.text)
                case PartKind.TEXT:
                    yield from self._say(self._apart(delta, self.text) + delta.text, now)
                case PartKind.TOOL_CALL:
                    self.clock.set_open(is_open=False, now=now)
                    yield from self._call(delta)

    def finish(self, now: float) -> Iterator[SessionEvent]:
        """Nothing more comes: what was held back, because it might have been a mark, is text."""
        splitter, self._splitter = self._splitter, None
        if splitter is not None:
            yield from self._put(splitter, *splitter.finish(), now)
        self.clock.set_open(is_open=False, now=now)

    def _apart(self, delta: PartDelta, growth: Growth) -> str:
        last = self._last.get(delta.kind)
        self._last[delta.kind] = delta.index
        return "\n\n" if last not in (None, delta.index) and growth.length else ""

    def _say(self, text: str, now: float) -> Iterator[SessionEvent]:
        splitter = self._splitter
        if splitter is not None:
            yield from self._put(splitter, *splitter.feed(text), now)
        elif text:
            self.clock.set_open(is_open=False, now=now)
            yield AnswerGrew(*self._ids, text, self.text.add(text))

    def _put(
        self, splitter: ReasoningSplitter, thought: str, text: str, now: float
    ) -> Iterator[SessionEvent]:
        if splitter.turned:
            # The template opened the thought, so that only its end is in the text.
            self.thought = Growth(self.thought.text + self.text.text + thought)
            self.text = Growth(text)
            self.clock.count_from(self._began_at or now, now)
            yield AnswerTurned(*self._ids, self.thought.text, text)
            return
        self.clock.set_open(is_open=splitter.is_open, now=now)
        yield from self._think(thought)
        if text:
            yield AnswerGrew(*self._ids, text, self.text.add(text))

    def _think(self, text: str) -> Iterator[SessionEvent]:
        if text:
            yield ThoughtGrew(*self._ids, text, self.thought.add(text))

    def _call(self, delta: PartDelta) -> Iterator[SessionEvent]:
        place = self._calls.setdefault(delta.index, len(self.calls))
        if place == len(self.calls):
            self.calls.append(ToolCallRecord("", "", is_complete=False))
        call = self.calls[place]
        self.calls[place] = ToolCallRecord(
            call.name or delta.name,
            call.arguments + delta.text,
            call.id or delta.call_id,
            delta.is_complete,
            delta.raw,
        )
        yield CallsChanged(*self._ids, tuple(self.calls))


@dataclass(slots=True)
class RunningAnswer:
    """An answer that is being made. Guarded by the lock of `Unfinished`.

    `policy` is what happens when the window is full. `before` is what earlier requests took.
    """

    conversation: Conversation
    message: Message
    model: ModelFile
    policy: OverflowPolicy
    parts: AnswerParts
    progress: AnswerProgress
    saved_length: int
    before: Usage
    window: Window = field(default_factory=Window)
    chosen: Window = field(default_factory=Window)  # the window that it began with
    generation: Generation | None = None
    first_delta_at: float = 0.0
    written: int = 0  # tokens, by earlier requests since it was started
    stop_requested: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def current(self) -> Message:
        """The message with all there is by now."""
        parts = self.parts
        return replace(
            self.message,
            text=parts.text.text,
            reasoning=parts.thought.text,
            calls=tuple(parts.calls),
        )

    def set_window_start(self, start_id: int | None) -> None:
        """Where the window begins that it is made with, as it is stored."""
        self.message = replace(self.message, window_start=start_id)

    def usage(self, of_engine: Usage) -> Usage:
        """What it took, with what it took before it was continued."""
        thought = self.parts.clock.seconds(time.monotonic()) * 1000
        usage = _joined(self.before, replace(of_engine, reasoning_ms=thought))
        if not self.written or not of_engine.prompt_tokens:
            return usage
        # Room was made: together it shall be what was in the window in the end.
        prompt = of_engine.prompt_tokens - self.before.completion_tokens
        return replace(usage, prompt_tokens=max(0, prompt))

    def go_on(self, of_engine: Usage, now: float) -> Iterator[SessionEvent]:
        """The request has ended, but the answer has not. Returns what changed."""
        self.before = _joined(self.before, of_engine)
        self.written += of_engine.completion_tokens
        return self.parts.begin_again(now)


def new_origin(model: ModelFile, parameters: GenerationParameters | None) -> Origin:
    """What is going to make an answer, with a seed of its own when the parameters have none."""
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
        reasoning_ms=before.reasoning_ms + after.reasoning_ms,
    )
