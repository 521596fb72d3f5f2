"""One answer that is being made: its text, its counts and its times."""

from __future__ import annotations

import time
from collections.abc import Callable

from chatapp.domain.generation import FinishReason, Priority, TokenProbabilities, Usage
from chatapp.engine.messages import Delta, Finished, Generate, GenerationEvent, PromptProgress
from chatapp.engine.parts import PartDelta
from chatapp.engine.worker.adapters import NO_ADAPTERS, AdapterSet
from chatapp.engine.worker.answer_format import AnswerParser
from chatapp.engine.worker.answer_parts import AnswerParts
from chatapp.engine.worker.prompt import Prompt
from chatapp.engine.worker.sampler import Sampler
from chatapp.engine.worker.sequences import Sequence
from chatapp.engine.worker.text import AnswerText


class Answer:
    """A request on its way: waiting, being worked on, or waiting again.

    `received` is the `time.perf_counter()` of the request's arrival. `tokens` are what has to be
    read before it goes on. From `begin` on it has a `sequence`: what comes first in there is the
    prompt, and what follows was written.
    """

    sequence: Sequence

    def __init__(
        self,
        request: Generate,
        prompt: Prompt,
        sampler: Sampler,
        seed: int,
        received: float,
        emit: Callable[[GenerationEvent], None],
        adapters: AdapterSet = NO_ADAPTERS,
    ) -> None:
        self.request = request
        self.adapters = adapters
        self.seed = seed
        self.sampler = sampler
        self.tokens = prompt.tokens
        self.written = 0
        self.gave_way = False  # there was no room for it once
        self.guessed = 0  # tokens that were checked before they were wanted
        self.guessed_right = 0
        self._prompt_length = len(prompt.tokens)
        self._cached = 0
        self._received = received
        self._emit = emit
        self._text = AnswerText(request.parameters.stop + prompt.stop)
        self._parts: AnswerParts | None = None
        if not prompt.form.is_plain:
            tools = request.options.tools
            parser = AnswerParser(prompt.form, start=prompt.start, tools=tools)
            self._parts = AnswerParts(self._text, parser)
        self._first_at: float | None = None
        self._last_at = 0.0

    @property
    def is_background(self) -> bool:
        """Whether it gives way to what a person waits for."""
        return self.request.priority is Priority.BACKGROUND

    @property
    def is_long_enough(self) -> bool:
        """Whether it has the tokens that were asked for."""
        limit = self.request.parameters.max_tokens
        return limit is not None and self.written >= limit

    def begin(self, sequence: Sequence) -> None:
        """Go to work in `sequence`, which may have read a part already."""
        self.sequence = sequence
        if not self.written:
            self._prompt_length = len(sequence.tokens)
            self._cached = sequence.read
        self.show_progress()

    def show_progress(self) -> None:
        """Tell how much of the prompt is read."""
        if not self.written:
            read = min(self.sequence.read, self._prompt_length)
            self._emit(
                PromptProgress(self.request.request_id, read, self._prompt_length, self._cached)
            )

    def note_time(self) -> None:
        """A token was sampled just now."""
        self._last_at = time.perf_counter()
        if self._first_at is None:
            self._first_at = self._last_at

    def add(self, piece: bytes, probabilities: TokenProbabilities | None) -> bool:
        """Add a token's bytes; True when they complete a stop string."""
        self.written += 1
        if self._parts is None:
            self._tell(self._text.add(piece), (), probabilities)
        else:
            self._tell(*self._parts.add(piece), probabilities)
        return self._text.stopped

    def add_control(self, name: str, probabilities: TokenProbabilities | None) -> bool:
        """The same for a control token, which is no text."""
        self.written += 1
        found = ("", ()) if self._parts is None else self._parts.add_control(name)
        self._tell(*found, probabilities)
        return self._text.stopped

    def finish(self, reason: FinishReason) -> None:
        """Send what is left, and the end."""
        if self._parts is None:
            self._tell(self._text.finish(), (), None)
        else:
            self._tell(*self._parts.finish(is_cut=reason is not FinishReason.END), None)
        first = self._first_at
        usage = Usage(
            prompt_tokens=self._prompt_length,
            cached_tokens=self._cached,
            completion_tokens=self.written,
            first_token_ms=0.0 if first is None else (first - self._received) * 1000,
            generation_ms=0.0 if first is None else (self._last_at - first) * 1000,
            guessed_tokens=self.guessed,
            guessed_right_tokens=self.guessed_right,
        )
        self._emit(Finished(self.request.request_id, reason, usage, self.seed))

    def _tell(
        self,
        text: str,
        parts: tuple[PartDelta, ...],
        probabilities: TokenProbabilities | None,
    ) -> None:
        if text or parts or probabilities is not None:
            chosen = () if probabilities is None else (probabilities,)
            self._emit(Delta(self.request.request_id, text, self.written, chosen, parts))
