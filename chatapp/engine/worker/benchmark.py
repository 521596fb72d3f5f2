"""The speed of this model on this computer, measured as llama-bench measures it."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator

from chatapp.engine.messages import Benchmark, Benchmarked, BenchmarkRun
from chatapp.engine.worker.context import Outcome
from chatapp.engine.worker.model import Model
from chatapp.engine.worker.transposing import State, turned
from chatapp.errors import ContextFull, GenerationFailed, to_record

_SEQUENCE = 0
_WARM_UP = 16  # tokens: the first ones pay for what is done only once


class _Ended(Exception):
    """It was interrupted, or llama.cpp refused; the text is for a log."""


class Bench:
    """Does tests in the model's context, which must be empty.

    The tokens are random: their text does not change the speed. What was read up to a depth is kept
    for the next test there.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._context = model.context
        self._depth = 0
        self._flash_attention: bool | None = None  # what `_state` was read with
        self._state: State | None = None

    def run(self, test: Benchmark) -> Iterator[BenchmarkRun | Benchmarked]:
        """One reply for each repetition, and the end."""
        needed = test.depth + test.prompt_tokens + test.generated_tokens
        if needed > self._context.length:
            error = to_record(ContextFull(needed, self._context.length))
            yield Benchmarked(test.request_id, error)
            return
        try:
            if test.flash_attention not in {None, self._context.flash_attention}:
                raise _Ended("no room for another context")
            self._read(0, _WARM_UP)
            for number in range(test.repetitions):
                if not (number and self._context.cut(_SEQUENCE, test.depth)):
                    self._context.clear()
                    self._go_to(test.depth)
                begin = time.perf_counter()
                written = self._do(test, begin + (test.seconds or math.inf))
                seconds = time.perf_counter() - begin
                count = test.prompt_tokens + written
                yield BenchmarkRun(test.request_id, count / seconds)
        except _Ended as reason:
            yield Benchmarked(test.request_id, to_record(GenerationFailed(str(reason))))
        else:
            yield Benchmarked(test.request_id)
        finally:
            self._context.clear()

    def _do(self, test: Benchmark, end: float) -> int:
        """How many tokens were written."""
        position = test.depth + test.prompt_tokens
        self._read(test.depth, test.prompt_tokens)
        for written in range(test.generated_tokens):
            if written and time.perf_counter() >= end:
                return written
            self._read(position + written, 1)
        return test.generated_tokens

    def _go_to(self, depth: int) -> None:
        context = self._context
        if not depth:
            return
        state = self._state if depth == self._depth else None
        if state is not None and context.flash_attention != self._flash_attention:
            state = turned(state, across=not context.flash_attention)
        if state is not None and context.set_state(_SEQUENCE, state):
            return
        context.clear()
        self._state = None
        self._read(0, depth)
        self._depth, self._flash_attention = depth, context.flash_attention
        self._state = context.state(_SEQUENCE)

    def _read(self, position: int, count: int) -> None:
        context = self._context
        for start in range(0, count, context.batch_size):
            part = min(context.batch_size, count - start)
            tokens = random.choices(range(self._model.vocabulary.size), k=part)  # noqa: S311
            context.clear_batch()
            context.add(_SEQUENCE, tokens, position + start, output=start + part == count)
            outcome = context.decode()
            if outcome != Outcome.DONE:
                raise _Ended(f"llama_decode: {outcome}")
