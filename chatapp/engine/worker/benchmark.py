"""The speed of this model on this computer, measured as llama-bench measures it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from chatapp.engine.messages import Benchmark, Benchmarked, BenchmarkRun
from chatapp.engine.worker.context import Outcome
from chatapp.engine.worker.model import Model
from chatapp.errors import ContextFull, GenerationFailed, to_record

_SEQUENCE = 0
_WARM_UP = 16  # tokens: the first ones pay for what is done only once


class _Ended(Exception):
    """It was interrupted, or llama.cpp refused; the text is for a log."""


def run_benchmark(model: Model, test: Benchmark) -> Iterator[BenchmarkRun | Benchmarked]:
    """Do the test in the model's empty context: one reply for each repetition, and the end.

    The tokens are random: their text does not change the speed.
    """
    needed = test.depth + test.prompt_tokens + test.generated_tokens
    if needed > model.context.length:
        error = to_record(ContextFull(needed, model.context.length))
        yield Benchmarked(test.request_id, error)
        return
    try:
        _read(model, 0, _WARM_UP)
        for number in range(test.repetitions):
            if not (number and model.context.cut(_SEQUENCE, test.depth)):
                model.context.clear()
                _read(model, 0, test.depth)
            begin = time.perf_counter()
            _read(model, test.depth, test.prompt_tokens)
            for written in range(test.generated_tokens):
                _read(model, test.depth + test.prompt_tokens + written, 1)
            seconds = time.perf_counter() - begin
            count = test.prompt_tokens + test.generated_tokens
            yield BenchmarkRun(test.request_id, count / seconds)
    except _Ended as reason:
        yield Benchmarked(test.request_id, to_record(GenerationFailed(str(reason))))
    else:
        yield Benchmarked(test.request_id)
    finally:
        model.context.clear()


def _read(model: Model, position: int, count: int) -> None:
    context = model.context
    for start in range(0, count, context.batch_size):
        part = min(context.batch_size, count - start)
        tokens = random.choices(range(model.vocabulary.size), k=part)  # noqa: S311
        context.clear_batch()
        context.add(_SEQUENCE, tokens, position + start, output=start + part == count)
        outcome = context.decode()
        if outcome != Outcome.DONE:
            raise _Ended(f"llama_decode: {outcome}")
