"""What is probed without allocation beside what a real load takes, and the time of both."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from chatapp.domain.model import MemoryNeed
from chatapp.engine.messages import LoadOptions
from tests.bench.measure import Measure, median
from tests.bench.prompts import starter_model
from tests.engine.gguf_files import ARCHITECTURES, Kind, write_tiny_architecture
from tests.engine.probe_targets import Compared, compare

_PARTS = ("weights", "cache", "compute")
_LENGTHS = tuple(map(int, os.environ.get("CHATAPP_BENCH_CONTEXTS", "512 2048 5000 8192").split()))
_Caches = tuple[tuple[str, bool | None], ...]
_USUAL: _Caches = (("f16", None), ("f16", False))
_QUANTIZED: _Caches = (("q8_0", None), ("q4_0", True))  # the tiny models' rows are too short


def run() -> list[Measure]:
    """The worst of all options for each model; CHATAPP_BENCH_MODEL names another one to try."""
    measures = []
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool,
    ):
        for name, path, caches in _models(Path(folder)):
            variants = [
                LoadOptions(length, 2, cache_type=cache, flash_attention=flash)
                for length in _LENGTHS
                for cache, flash in caches
            ]
            found = pool.submit(compare, str(path), variants).result()
            for part in _PARTS:
                worst = max(_difference(one, part) for one in found)
                measures.append(
                    Measure(f"{name}: {part}, probed to taken", worst, "%", len(found), "≤ 1")
                )
            probing, loading = (
                [one.probe_seconds for one in found],
                [one.load_seconds for one in found],
            )
            measures.append(median(f"{name}: probing", probing, "s"))
            measures.append(median(f"{name}: loading", loading, "s"))
    return measures


def _models(folder: Path) -> Iterator[tuple[str, Path, _Caches]]:
    model = Path(os.environ.get("CHATAPP_BENCH_MODEL") or starter_model().path)
    yield model.stem, model, _USUAL + _QUANTIZED
    for entry in ARCHITECTURES:
        if entry.kind is not Kind.EMBEDDING:
            path = folder / f"{entry.name}.gguf"
            write_tiny_architecture(path, entry.name, trained_context=16384)
            yield f"{entry.name} ({entry.kind.value})", path, _USUAL


def _difference(one: Compared, part: str) -> float:
    """Percent of what was taken."""

    def bytes_of(need: MemoryNeed) -> int:
        return int(getattr(need, part))

    taken = bytes_of(one.taken)
    return 100 * abs(bytes_of(one.probed) - taken) / max(1, taken)
