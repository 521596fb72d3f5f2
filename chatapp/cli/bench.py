"""`chatapp bench`: how fast a model reads and writes on this computer, in llama-bench's words."""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from threading import Event

from chatapp.cli.generation import choose_model, note_sentence
from chatapp.domain.model import LoadedModel, ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions
from chatapp.errors import WorkerDied
from chatapp.paths import Paths
from chatapp.services import ModelServices

_NAME, _SPEED = 16, 18  # widths of columns


@dataclass(frozen=True, slots=True)
class _Test:
    """One row: so many tokens are read and written after `depth` others."""

    prompt_tokens: int
    generated_tokens: int
    depth: int

    @property
    def name(self) -> str:
        """As llama-bench calls it."""
        kind = f"pp{self.prompt_tokens}" if self.prompt_tokens else f"tg{self.generated_tokens}"
        return kind + (f" @ d{self.depth}" if self.depth else "")


def bench(options: argparse.Namespace, paths: Paths) -> int:
    """Measure and print a table, or one JSON object."""
    with contextlib.closing(ModelServices(paths)) as services:
        model = choose_model(options, services)
        tests = [
            test
            for depth in options.depth
            for test in (_Test(options.prompt, 0, depth), _Test(0, options.generate, depth))
            if test.prompt_tokens or test.generated_tokens
        ]
        longest = max(t.depth + t.prompt_tokens + t.generated_tokens for t in tests)
        load = LoadOptions(
            context_length=longest,
            threads=options.threads,
            gpu_layers=options.gpu_layers,
            flash_attention=options.flash_attention,
            cache_type=options.cache_type,
            parallel=1,
        )
        results: list[tuple[_Test, tuple[float, ...]]] = []
        for test in tests:
            speeds = _measure(services.engine, model, load, test, options.repetitions)
            if not results and not options.json:
                _print_head(model, services.engine, load)
            results.append((test, speeds))
            if not options.json:
                print(f"{test.name:<{_NAME}} {_in_words(speeds):>{_SPEED}}", flush=True)
        if options.json:
            loaded = _loaded(services.engine)
            devices = services.engine.devices().result()
            data = {
                "model": asdict(model),
                "settings": asdict(load) | {"threads": loaded.threads},
                "engine": asdict(loaded),
                "devices": [asdict(device) for device in devices],
                "tests": [
                    {
                        "test": test.name,
                        "n_prompt": test.prompt_tokens,
                        "n_gen": test.generated_tokens,
                        "n_depth": test.depth,
                        "avg_ts": statistics.fmean(speeds),
                        "stddev_ts": _deviation(speeds),
                        "samples_ts": speeds,
                    }
                    for test, speeds in results
                ],
            }
            print(json.dumps(data, ensure_ascii=False, indent=2))
    return 0


def _measure(
    engine: Engine, model: ModelFile, load: LoadOptions, test: _Test, repetitions: int
) -> tuple[float, ...]:
    measurement = engine.benchmark(
        model,
        load,
        prompt_tokens=test.prompt_tokens,
        generated_tokens=test.generated_tokens,
        depth=test.depth,
        repetitions=repetitions,
    )
    done = Event()
    measurement.result.add_done_callback(lambda _: done.set())
    try:
        while not done.wait(0.1):  # so that Ctrl+C is noticed on every system
            pass
    except KeyboardInterrupt:
        measurement.stop()
        done.wait(6)
        raise
    return measurement.result.result()


def _loaded(engine: Engine) -> LoadedModel:
    loaded = engine.state.loaded
    if loaded is None:  # the worker was lost after the last test
        raise WorkerDied(0, "")
    return loaded


def _print_head(model: ModelFile, engine: Engine, load: LoadOptions) -> None:
    loaded = _loaded(engine)
    flash_attention = {None: "auto", True: "on", False: "off"}[load.flash_attention]
    if loaded.flash_attention_until is not None:
        flash_attention = f"until {loaded.flash_attention_until:,} tokens"
    print(f"{model.name}: {loaded.description}, {loaded.parameters / 1e6:,.0f} M parameters")
    print(
        f"llama.cpp {loaded.llama_build}, threads {loaded.threads}, GPU layers "
        f"{loaded.gpu_layers}, flash attention {flash_attention}, cache type {load.cache_type}"
    )
    for note in loaded.notes:
        print(note_sentence(note))
    for device in engine.devices().result():
        print(f"{device.name}: {device.description}")
    print(f"\n{'test':<{_NAME}} {'tokens/s':>{_SPEED}}")
    sys.stdout.flush()


def _in_words(speeds: Sequence[float]) -> str:
    return f"{statistics.fmean(speeds):,.2f} ± {_deviation(speeds):,.2f}"


def _deviation(speeds: Sequence[float]) -> float:
    return statistics.stdev(speeds) if len(speeds) > 1 else 0.0
