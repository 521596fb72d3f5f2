"""Answering: reading the prompt, then writing one token after the other."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import llama_cpp.llama_cpp as llama

from chatapp.domain.generation import FinishReason, Usage
from chatapp.engine.messages import (
    Delta,
    Failed,
    Finished,
    Generate,
    GenerationEvent,
    PromptProgress,
)
from chatapp.engine.worker.model import BATCH, Model
from chatapp.engine.worker.sampler import Sampler
from chatapp.engine.worker.sequence import TokenSequence
from chatapp.engine.worker.stop import StopFlag
from chatapp.engine.worker.text import AnswerText
from chatapp.errors import ChatappError, to_record

DELTA_SECONDS = 0.02  # as often as the screen can use it
RANDOM_SEED = 2**32 - 1  # llama.cpp's number for "choose one"


class Generator:
    """Answers one request after the other. What the context has read is used again.

    Events go to `emit`; each request ends with exactly one `Finished` or `Failed`.
    """

    def __init__(
        self, model: Model, stop: StopFlag, emit: Callable[[GenerationEvent], None]
    ) -> None:
        self._model = model
        self._stop = stop
        self._emit = emit
        self._sequence = TokenSequence(model)
        llama.llama_set_abort_callback(model.context, stop.callback, stop.callback_data)

    def answer(self, request: Generate, received: float) -> None:
        """Make the answer. `received` is the `time.perf_counter()` of the request's arrival."""
        self._stop.begin(request.request_id)
        try:
            self._answer(request, received)
        except ChatappError as error:
            self._emit(Failed(request.request_id, to_record(error)))
        finally:
            self._stop.end(request.request_id)

    def _answer(self, request: Generate, received: float) -> None:
        prompt, stop = self._model.prompt(request.turns, request.prefill)
        seed = request.parameters.seed
        seed = secrets.randbelow(RANDOM_SEED) if seed is None else seed % RANDOM_SEED
        cached = self._sequence.keep_common(prompt)
        reason = self._read(request.request_id, prompt, cached)
        writing = _Writing(request, received, stop, self._emit)
        if reason is None:
            sampler = Sampler(self._model.vocab, request.parameters, seed, prompt)
            try:
                reason = self._write(writing, sampler)
            finally:
                sampler.close()
        writing.finish()
        usage = Usage(
            prompt_tokens=len(prompt),
            cached_tokens=cached,
            completion_tokens=writing.tokens,
            first_token_ms=writing.first_token_ms,
            generation_ms=writing.generation_ms,
        )
        self._emit(Finished(request.request_id, reason, usage, seed))

    def _read(self, request_id: int, prompt: list[int], cached: int) -> FinishReason | None:
        """Read the prompt. Returns why it could not be read to its end."""
        for start in range(cached, len(prompt), BATCH):
            self._emit(PromptProgress(request_id, start, len(prompt), cached))
            if self._stop:
                return FinishReason.STOPPED
            reason = self._sequence.decode(prompt[start : start + BATCH])
            if reason is not None:
                return reason
        self._emit(PromptProgress(request_id, len(prompt), len(prompt), cached))
        return None

    def _write(self, writing: _Writing, sampler: Sampler) -> FinishReason:
        while not self._stop:
            token = sampler.sample(self._model.context)
            writing.token_sampled()
            if llama.llama_vocab_is_eog(self._model.vocab, token):
                return FinishReason.END
            if writing.add(self._model.piece(token)):
                return FinishReason.END
            if writing.is_long_enough:
                return FinishReason.LENGTH
            if len(self._sequence) >= self._model.context_length:
                return FinishReason.CONTEXT
            reason = self._sequence.decode((token,))
            if reason is not None:
                return reason
        return FinishReason.STOPPED


class _Writing:
    """One growing answer: its text, counts and times."""

    def __init__(
        self,
        request: Generate,
        received: float,
        stop: tuple[str, ...],
        emit: Callable[[GenerationEvent], None],
    ) -> None:
        self._request = request
        self._received = received
        self._emit = emit
        self._text = AnswerText(request.parameters.stop + stop)
        self._pending = ""
        self._sent_at = 0.0
        self._first_at: float | None = None
        self._last_at = 0.0
        self.tokens = 0

    @property
    def is_long_enough(self) -> bool:
        limit = self._request.parameters.max_tokens
        return limit is not None and self.tokens >= limit

    @property
    def first_token_ms(self) -> float:
        return 0.0 if self._first_at is None else (self._first_at - self._received) * 1000

    @property
    def generation_ms(self) -> float:
        return 0.0 if self._first_at is None else (self._last_at - self._first_at) * 1000

    def token_sampled(self) -> None:
        self._last_at = time.perf_counter()
        if self._first_at is None:
            self._first_at = self._last_at

    def add(self, piece: bytes) -> bool:
        """Add a token's bytes; True when they complete a stop string."""
        self.tokens += 1
        self._pending += self._text.add(piece)
        if self._last_at - self._sent_at >= DELTA_SECONDS:
            self._send()
        return self._text.stopped

    def finish(self) -> None:
        """Send what is left."""
        self._pending += self._text.finish()
        self._send()

    def _send(self) -> None:
        if self._pending:
            self._emit(Delta(self._request.request_id, self._pending, self.tokens))
            self._pending = ""
            self._sent_at = self._last_at
