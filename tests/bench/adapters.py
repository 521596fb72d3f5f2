"""Swapping a LoRA adapter: what it adds to the time to the first token, without another load."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from chatapp.domain.model import Adapter
from chatapp.engine.messages import LoadOptions
from tests.bench.application import GREEDY, Application, Asked
from tests.bench.measure import Measure, median, note, runs, wait_until_quiet
from tests.bench.prompts import fresh
from tests.engine.adapter_files import random_weights, write_adapter

_OPTIONS = LoadOptions(context_length=2048, threads=2, flash_attention=True)
_ROUNDS = runs(15)
_WORDS = 20
_SHORT = replace(GREEDY, max_tokens=4)
_RANK = 8
_LAYERS = 30
# Rows and columns in the starter model.
_SHAPES = {
    f"blk.{layer}.{name}.weight": shape
    for layer in range(_LAYERS)
    for name, shape in {
        "attn_q": (576, 576),
        "attn_k": (192, 576),
        "attn_v": (192, 576),
        "attn_output": (576, 576),
        "ffn_gate": (1536, 576),
        "ffn_up": (1536, 576),
        "ffn_down": (576, 1536),
    }.items()
}


def run() -> list[Measure]:
    """Each round asks the same new prompt with an adapter in use and with one from disk."""
    with tempfile.TemporaryDirectory() as folder, Application(_OPTIONS) as application:
        pid = application.engine.worker_pid
        known = Adapter(_write(Path(folder, "known.gguf"), 0), 0.5)
        size = Path(known.path).stat().st_size
        note(f"an adapter of rank {_RANK} for all linear layers has {size / 2**20:.1f} MiB")
        added, again = [], []
        for number in range(_ROUNDS + 1):
            new = Adapter(_write(Path(folder, f"{number}.gguf"), number + 1), 0.5)
            wait_until_quiet()
            _ask(application, (known,), 4 * number)
            stay = _ask(application, (known,), 4 * number + 1).first_ms
            swap = _ask(application, (new,), 4 * number + 2).first_ms
            back = _ask(application, (known,), 4 * number + 3).first_ms
            if number:  # the first round warms up
                added.append(swap - stay)
                again.append(back - stay)
        assert application.engine.worker_pid == pid
    return [
        median("an adapter from disk in place of another, added", added, "ms", "≤ 200"),
        median("back to an adapter in memory, added", again, "ms", "≤ 200"),
        Measure("the slowest swap", max(added), "ms", len(added), "≤ 200"),
    ]


def _write(path: Path, seed: int) -> str:
    return str(write_adapter(path, random_weights(seed, _SHAPES, rank=_RANK)))


def _ask(application: Application, adapters: Iterable[Adapter], number: int) -> Asked:
    asked = Asked(begin=time.perf_counter())
    application.engine.generate(
        application.model,
        fresh(number, _WORDS).turns,
        _SHORT,
        adapters=tuple(adapters),
        on_event=asked.on_event,
    )
    return asked.wait()
