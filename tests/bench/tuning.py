"""Tuning: what the application then does, against all combinations of threads and flash attention.

At the beginning of a conversation and after 2,500 tokens. All is measured in rounds, and compared
within them.
"""

from __future__ import annotations

import itertools
import os
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from chatapp.domain.model import ModelFile
from chatapp.domain.tuning import DEPTH, Tuning
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions
from chatapp.engine.state import EngineStatus
from chatapp.models.load_settings import LoadSettings
from chatapp.models.tuning import Tuner
from chatapp.models.tuning_search import LONGEST
from chatapp.models.tunings import Tunings
from tests.bench.application import Application
from tests.bench.measure import Measure, note, runs, wait_until_quiet
from tests.bench.prompts import starter_model

_ROUNDS = int(os.environ.get("CHATAPP_BENCH_TUNING_ROUNDS", str(runs(3, 1))))
_TOKENS = {0: 256, DEPTH: 64}
_PATIENCE = 900.0  # seconds


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
        for way, tuning in chosen.items():
            measures += _compare(model, folder, way, tuning)
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


def _compare(model: ModelFile, folder: Path, way: str, tuning: Tuning) -> list[Measure]:
    """The application with automatic settings to the best of all, and how fast that is."""
    most = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    every = tuple(itertools.product(range(1, most + 1), (True, False)))
    automatic = LoadSettings(folder, lambda: LONGEST, lambda _: tuning).options_for(model)
    fixed = Engine(logs=folder)
    application = Engine(logs=folder)
    measures = []
    for depth, tokens in _TOKENS.items():

        def measure(
            engine: Engine,
            options: LoadOptions,
            threads: int | None = None,
            flash_attention: bool | None = None,
            depth: int = depth,
            tokens: int = tokens,
        ) -> float:
            wait_until_quiet()
            test = engine.benchmark(
                model,
                options,
                generated_tokens=tokens,
                depth=depth,
                repetitions=1,
                threads=threads,
                flash_attention=flash_attention,
            )
            return test.result.result()[0]

        usual = LoadOptions(LONGEST, threads=most, parallel=1)
        speeds: defaultdict[tuple[int, bool] | None, list[float]] = defaultdict(list)
        for _ in range(_ROUNDS):
            speeds[None].append(measure(application, automatic))
            for one in every:
                speeds[one].append(measure(fixed, usual, *one))
        for one, found in speeds.items():
            note(f"{way}, depth {depth}, {one or 'automatic'}: {statistics.median(found):.1f}")
        best = max(every, key=lambda one: statistics.median(speeds[one]))
        ratios = [own / other for own, other in zip(speeds[None], speeds[best], strict=True)]
        name = f"{way}, depth {depth}"
        speed = statistics.median(speeds[best])
        measures.append(Measure(f"{name}: best of all", speed, "tokens/s", _ROUNDS))
        ratio = statistics.median(ratios)
        measures.append(Measure(f"{name}: to the best of all", ratio, "x", _ROUNDS, "≥ 0.95"))
    fixed.close()
    application.close()
    return measures
