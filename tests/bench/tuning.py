"""Tuning: what it finds against all combinations of threads and flash attention.

Both at the beginning of a conversation, an answer of 256 tokens, and after 2,500 tokens. Without
flash attention the first 256 tokens take the same time each, with it the first takes least: of
shorter answers no one setting is within 5 % of the best both there and deep.
"""

from __future__ import annotations

import itertools
import os
import statistics
import tempfile
import time
from pathlib import Path

from chatapp.domain.model import ModelFile
from chatapp.domain.tuning import DEPTH, Tuning
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions
from chatapp.engine.state import EngineStatus
from chatapp.models.tuning import Tuner
from chatapp.models.tuning_search import LONGEST
from chatapp.models.tunings import Tunings
from tests.bench.application import Application
from tests.bench.measure import Measure, note, wait_until_quiet
from tests.bench.prompts import starter_model

_ROUNDS = int(os.environ.get("CHATAPP_BENCH_TUNING_ROUNDS", "3"))
_TOKENS = {0: 256, DEPTH: 64}
_PATIENCE = 180.0  # seconds


def run() -> list[Measure]:
    """Time and choice, both of what is measured by itself and of what is asked for."""
    model = starter_model()
    chosen: dict[str, Tuning] = {}
    measures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for way, tune in (("by itself", _by_itself), ("asked for", _asked_for)):
            wait_until_quiet()
            begin = time.perf_counter()
            chosen[way] = tune(folder / way.replace(" ", "-"))
            measures.append(Measure(f"{way}: time", time.perf_counter() - begin, "s"))
            tuning = chosen[way]
            note(f"{way}: {tuning}")
        speeds = _all_combinations(model, folder)
    for depth in _TOKENS:
        best = max(speed for (_, _, at), speed in speeds.items() if at == depth)
        measures.append(Measure(f"depth {depth}: best of all", best, "tokens/s", _ROUNDS))
        for way, tuning in chosen.items():
            ratio = speeds[tuning.threads, tuning.flash_attention, depth] / best
            name = f"depth {depth}: {way}, to the best of all"
            measures.append(Measure(name, ratio, "x", _ROUNDS, "≥ 0.95"))
    return measures


def _by_itself(folder: Path) -> Tuning:
    """From the model being ready; nobody asks anything."""
    folder.mkdir()
    tunings = Tunings(folder)
    with Application(LoadOptions(8192)) as application:
        tuner = Tuner(
            application.engine, tunings, folder, lambda _: LoadOptions(), is_automatic=lambda: True
        )
        application.engine.load(application.model, LoadOptions(4096))  # anew, to be noticed
        end = time.monotonic() + _PATIENCE
        while (tuning := tunings.find(application.model)) is None:
            assert time.monotonic() < end, "it was not measured"
            time.sleep(0.05)
        tuner.close()
    return tuning


def _asked_for(folder: Path) -> Tuning:
    folder.mkdir()
    engine = Engine(logs=folder)
    tuner = Tuner(engine, Tunings(folder), folder, lambda _: LoadOptions())
    tuning = tuner.start(starter_model()).result.result()
    assert engine.state.status is EngineStatus.UNLOADED
    tuner.close()
    engine.close()
    return tuning


def _all_combinations(model: ModelFile, folder: Path) -> dict[tuple[int, bool, int], float]:
    """Medians of the speed by threads, flash attention and depth, measured in turn."""
    most = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    speeds: dict[tuple[int, bool, int], list[float]] = {}
    engine = Engine(logs=folder)
    for _ in range(_ROUNDS):
        for threads, flash_attention in itertools.product(range(1, most + 1), (True, False)):
            options = LoadOptions(
                LONGEST, threads=threads, flash_attention=flash_attention, parallel=1
            )
            for depth, tokens in _TOKENS.items():
                wait_until_quiet()
                test = engine.benchmark(
                    model, options, generated_tokens=tokens, depth=depth, repetitions=1
                )
                speed = test.result.result()[0]
                speeds.setdefault((threads, flash_attention, depth), []).append(speed)
    engine.close()
    medians = {key: statistics.median(values) for key, values in speeds.items()}
    for (threads, flash_attention, depth), speed in medians.items():
        note(f"{threads} thread(s), flash attention {flash_attention}, depth {depth}: {speed:.1f}")
    return medians
