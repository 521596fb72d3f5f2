"""Stop, and what follows when the worker is killed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from chatapp.engine.messages import LoadOptions, Reply, Started
from chatapp.engine.process import OnEnd, OnReply, StartWorker, Worker, WorkerProcess
from tests.bench.application import GREEDY, Application
from tests.bench.measure import Measure, median, percentile, runs, wait_until_quiet
from tests.bench.prompts import endless, fresh

_OPTIONS = LoadOptions(context_length=8192, threads=2, flash_attention=True)
_STOPS = runs(40, 4)
_KILLS = runs(9)
_WORDS = 1500


def run() -> list[Measure]:
    """Stop at random moments; kill the worker while it writes."""
    return [*_stops(), *_kills()]


def _stops() -> list[Measure]:
    generator = random.Random(1)
    reading, writing = [], []
    prompt = endless()
    with Application(_OPTIONS) as application:
        application.ask(fresh(0, 100).turns, replace(GREEDY, max_tokens=4))
        for number in range(1, _STOPS + 1):
            wait_until_quiet()
            asked, generation = application.begin(fresh(number, _WORDS).turns)
            asked.reading.wait()
            reading.append(_stop_ms(asked.done, generation.stop, generator.uniform(0.02, 2)))
            assert not asked.text, "it was not stopped in the prompt"
            asked, generation = application.begin(prompt.turns, prefill=prompt.prefill)
            asked.writing.wait()
            writing.append(_stop_ms(asked.done, generation.stop, generator.uniform(0.02, 0.5)))
    return [
        percentile("Stop in a prompt → acknowledged, p95", reading, 95, "ms", "≤ 50"),
        percentile("Stop while writing → acknowledged, p95", writing, 95, "ms", "≤ 20"),
        median("Stop in a prompt → acknowledged", reading, "ms"),
        median("Stop while writing → acknowledged", writing, "ms"),
    ]


def _stop_ms(done: threading.Event, stop: Callable[[], None], after: float) -> float:
    time.sleep(after)  # Stop comes at any moment
    begin = time.perf_counter()
    stop()
    done.wait()
    return (time.perf_counter() - begin) * 1000


class _Starts:
    """Notes when a worker said that it runs."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.at = 0.0

    def __call__(self, logs: Path) -> StartWorker:
        def start(on_reply: OnReply, on_end: OnEnd) -> Worker:
            def note_reply(reply: Reply) -> None:
                if isinstance(reply, Started):
                    self.at = time.perf_counter()
                    self.started.set()
                on_reply(reply)

            return WorkerProcess(logs, note_reply, on_end)

        return start


def _kills() -> list[Measure]:
    noticed, ready = [], []
    prompt = endless()
    for _ in range(_KILLS):  # an engine each: too many deaths in a row end the restarts
        wait_until_quiet()
        starts = _Starts()
        with Application(_OPTIONS, start_worker=starts) as application:
            asked, _generation = application.begin(prompt.turns, prefill=prompt.prefill)
            asked.writing.wait()
            starts.started.clear()
            pid = application.engine.worker_pid
            assert pid is not None
            begin = time.perf_counter()
            os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
            asked.done.wait()
            noticed.append((asked.end - begin) * 1000)
            assert starts.started.wait(30), "no new worker"
            ready.append(starts.at - begin)
    return [
        median("worker killed → noticed", noticed, "ms", "≤ 100"),
        median("worker killed → another one ready for a model", ready, "s", "≤ 1"),
    ]
