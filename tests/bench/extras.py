"""What comes on top: log-probabilities, JSON Schema, long answers, work in the background."""

from __future__ import annotations

import math
import os
import statistics
import tempfile
import threading
import time
from array import array
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from chatapp.domain.generation import GenerationParameters, Priority
from chatapp.engine.messages import Finished, GenerationEvent, LoadOptions
from chatapp.engine.process import StartWorker, WorkerProcess
from tests.bench.application import GREEDY, Application
from tests.bench.measure import Measure, in_turn, median, runs, wait_until_quiet
from tests.bench.prompts import Prompt, endless, fresh

_OPTIONS = LoadOptions(context_length=8192, threads=2, flash_attention=True, speculation=False)
_TOKENS = 128
_SCHEMA = """{"type": "object", "required": ["people"], "properties": {"people": {
"type": "array", "minItems": 20, "items": {"type": "object", "required": ["name", "age", "town"],
"properties": {"name": {"type": "string", "minLength": 3, "maxLength": 30},
"age": {"type": "integer"}, "town": {"enum": ["Rome", "Oslo", "Lima"]}}}}}}"""
_PEOPLE = Prompt("List 20 people with name, age and town as JSON.")
_TRACE = "CHATAPP_BENCH_TRACE"
_EARLY, _LATE, _AROUND = 100, runs(4000, 1000), 50  # tokens
_NEVER_ENDING = ((0, -math.inf), (2, -math.inf))  # the starter model's tokens for an end
_BACKGROUND = 4
_BACKGROUNDS = runs(9)


def run() -> list[Measure]:
    """Pairs with and without; one answer of 4,000 tokens; a person's request amid other work."""
    with Application(_OPTIONS) as application:
        measures = _log_probabilities(application) + _json_schema(application)
        measures += _background(application)
    return measures + _long_answer()


def _log_probabilities(application: Application) -> list[Measure]:
    prompt = endless()

    def ms_per_token(count: int) -> float:
        parameters = replace(GREEDY, max_tokens=_TOKENS, logprobs=count)
        return _ms_per_token(application, prompt, parameters)

    times = in_turn({"with": lambda _: ms_per_token(20), "without": lambda _: ms_per_token(0)})
    return [_added("log-probabilities (20), added per token", times)]


def _json_schema(application: Application) -> list[Measure]:
    plain = replace(GREEDY, max_tokens=_TOKENS)
    schema = replace(plain, json_schema=_SCHEMA)
    times = in_turn(
        {
            "with": lambda _: _ms_per_token(application, _PEOPLE, schema),
            "without": lambda _: _ms_per_token(application, endless(), plain),
        }
    )
    return [_added("JSON Schema, added per token", times)]


def _ms_per_token(
    application: Application, prompt: Prompt, parameters: GenerationParameters
) -> float:
    asked = application.ask(prompt.turns, parameters, prefill=prompt.prefill)
    assert asked.usage.completion_tokens == parameters.max_tokens, "the answer ended early"
    return 1000 / asked.speed


def _added(name: str, times: dict[str, list[float]]) -> Measure:
    added = [a - b for a, b in zip(times["with"], times["without"], strict=True)]
    return median(name, added, "ms", "≤ 1")


# One answer of 4,000 tokens


def _long_answer() -> list[Measure]:
    """What the worker's loop takes from the end of one llama_decode to the next one."""
    prompt = endless()
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder, "trace")
        os.environ[_TRACE] = str(trace)  # the worker inherits it
        try:
            with Application(_OPTIONS, start_worker=_traced) as application:
                wait_until_quiet()
                parameters = replace(
                    GREEDY, max_tokens=_LATE + _AROUND + 1, logit_bias=_NEVER_ENDING
                )
                asked = application.ask(prompt.turns, parameters, prefill=prompt.prefill)
                assert asked.usage.completion_tokens > _LATE + _AROUND, "the answer ended early"
        finally:
            del os.environ[_TRACE]
        times = array("d")
        times.frombytes(trace.read_bytes())
    early = times[_EARLY - _AROUND : _EARLY + _AROUND]
    late = times[_LATE - _AROUND : _LATE + _AROUND]
    ratio = statistics.median(late) / statistics.median(early)
    name = "outside llama_decode, per token"
    return [
        median(f"{name} at token {_EARLY}", [t * 1e6 for t in early], "µs"),
        median(f"{name} at token {_LATE}", [t * 1e6 for t in late], "µs"),
        Measure(f"{name}, {_LATE} against {_EARLY}", ratio, "x", len(late), "≤ 1.1"),
    ]


def _traced(logs: Path) -> StartWorker:
    return partial(WorkerProcess, logs, run=_run_traced)


def _run_traced(connection: Connection, error_path: str) -> None:
    """In the worker: note the times between two calls of llama_decode, of one row each."""
    import llama_cpp.llama_cpp as llama

    from chatapp.engine.worker import main

    llama.llama_decode = _trace(llama.llama_decode, Path(os.environ[_TRACE]))
    main.run(connection, error_path)


def _trace(decode: Any, file: Path) -> Any:
    times = array("d")
    last = 0.0

    def traced(context: Any, batch: Any) -> Any:
        nonlocal last
        if batch.n_tokens == 1:
            times.append(time.perf_counter() - last)
        result = decode(context, batch)
        if len(times) == _LATE + _AROUND:
            file.write_bytes(times.tobytes())
        last = time.perf_counter()
        return result

    return traced


# A person's request amid other work


class _Load:
    """Background requests, four at any time, while it is entered."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._number = 100_000
        self._running = False
        self._lock = threading.Lock()
        self._open = 0
        self._idle = threading.Event()
        self._finished = threading.Semaphore(0)

    def __enter__(self) -> Self:
        self._running = True
        for _ in range(_BACKGROUND):
            self._begin()
        self._finished.acquire()  # from here on they are out of step with each other
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._running = False
        self._idle.wait()

    def _begin(self) -> None:
        with self._lock:
            self._number += 1
            self._open += 1
            self._idle.clear()
        self._application.engine.generate(
            self._application.model,
            fresh(self._number, 260).turns,
            replace(GREEDY, max_tokens=64),
            priority=Priority.BACKGROUND,
            on_event=self._on_event,
        )

    def _on_event(self, event: GenerationEvent) -> None:
        if not isinstance(event, Finished):
            return
        if self._running:
            self._begin()
        with self._lock:
            self._open -= 1
            if not self._open:
                self._idle.set()
        self._finished.release()


def _background(application: Application) -> list[Measure]:
    parameters = replace(GREEDY, max_tokens=8)
    load = _Load(application)
    measures = []
    for tokens, words in ((32, 2), (512, 480)):
        alone: list[float] = []
        amid: list[float] = []
        for number in range(_BACKGROUNDS):
            wait_until_quiet()
            alone.append(application.ask(fresh(2 * number, words).turns, parameters).first_ms)
            with load:
                prompt = fresh(2 * number + 1, words)
                amid.append(application.ask(prompt.turns, parameters).first_ms)
        ratios = [a / b for a, b in zip(amid, alone, strict=True)]
        name = f"first token of {tokens} tokens"
        measures += [
            median(f"{name}, idle", alone, "ms"),
            median(f"{name}, amid background work", amid, "ms"),
            median(f"{name}, ratio", ratios, "x", "≤ 1.5"),
        ]
    return measures
