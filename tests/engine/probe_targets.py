"""Probing and loading the same model in one process. Used in a child."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass

from chatapp.domain.model import LoadNote, MemoryNeed
from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library


@dataclass(frozen=True, slots=True)
class Compared:
    """What was probed, what it took, and what was said and logged while it was loaded."""

    options: LoadOptions
    probed: MemoryNeed
    taken: MemoryNeed
    layers: tuple[int, int]
    lengths: tuple[int, int]
    notes: tuple[LoadNote, ...]
    lines: tuple[str, ...]
    probe_seconds: float
    load_seconds: float


@functools.cache
def _library() -> Library:
    """It must live as long as llama.cpp may write to its log."""
    return Library(lambda _level, _text: None, Interrupt())


def compare(path: str, variants: Sequence[LoadOptions]) -> list[Compared]:
    """Probe the model with each of these options, and load it like that."""
    library = _library()

    import llama_cpp.llama_cpp as llama

    from chatapp.engine.worker.loading import Loading
    from chatapp.engine.worker.probe import Prober

    found = []
    for options in variants:
        threads = options.threads or 2
        begin = time.perf_counter()
        prober = Prober(library, path, options, threads)
        placement = prober.place()
        probed = prober.needs(placement).total
        prober.close()
        probe_seconds = time.perf_counter() - begin
        lines: list[str] = []
        library._log = lambda _level, text, lines=lines: lines.append(text)  # type: ignore[misc]
        begin = time.perf_counter()
        loading = Loading(
            library, path, options, Interrupt(), threads, lambda _: True, lambda _: None
        )
        load_seconds = time.perf_counter() - begin
        taken = MemoryNeed(
            llama.llama_model_size(loading.model),
            library.buffers["KV"] + library.buffers["RS"],
            library.buffers["compute"] + library.buffers["output"],
        )
        found.append(
            Compared(
                options,
                probed,
                taken,
                (prober.layers, loading.layers),
                (placement.context_length, loading.context.length),
                loading.notes,
                tuple(lines),
                probe_seconds,
                load_seconds,
            )
        )
        llama.llama_free(loading.context.pointer)
        llama.llama_model_free(loading.model)
    return found
