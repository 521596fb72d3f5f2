"""What llama.cpp itself says a model needs, for the worker's own contexts. Used in a child."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library

_MODEL = re.compile(r"(?P<name>\S+) model buffer size = +(?P<size>[\d.]+) MiB")
_CACHE = re.compile(r"llama_\w+: size = +(?P<size>[\d.]+) MiB")
_COMPUTE = re.compile(r"compute buffer size = +(?P<size>[\d.]+) MiB")
_OUTPUT = re.compile(r"output buffer size = +(?P<size>[\d.]+) MiB")
_lines: list[str] = []


@dataclass(frozen=True, slots=True)
class Figures:
    """MiB, to two places. `compute` is without `output`, where likely next tokens are read."""

    cache: float
    compute: float
    output: float


@dataclass(frozen=True, slots=True)
class Report:
    """What llama.cpp says of one model: bytes of all tensors, and figures for each context.

    `buffers` are those of the weights, in MiB.
    """

    weights: int
    parameters: int
    buffers: tuple[tuple[str, float], ...]
    contexts: tuple[Figures, ...]


@functools.cache
def _library() -> Library:
    """It must live as long as llama.cpp may write to its log."""
    return Library(lambda _level, text: _lines.append(text), Interrupt())


def report(
    path: str, contexts: Sequence[tuple[LoadOptions, bool]], *, allocate: bool = False
) -> Report:
    """Load the model and make each context: options, and whether as on a processor.

    Without `allocate` llama.cpp only computes what it would allocate, so that the weights need not
    be there.
    """
    _library()

    import llama_cpp.llama_cpp as api

    from chatapp.engine.worker.context import Context

    llama: Any = api
    _lines.clear()
    parameters = llama.llama_model_default_params()
    parameters.n_gpu_layers = 0
    if not allocate:
        parameters.no_alloc = True
        parameters.load_mode = llama.LLAMA_LOAD_MODE_NONE
    model = llama.llama_model_load_from_file(os.fsencode(path), parameters)
    assert model, "\n".join(_lines)
    buffers = tuple((m["name"], float(m["size"])) for m in map(_MODEL.search, _lines) if m)
    found = []
    interrupt = Interrupt()
    for options, on_cpu in contexts:
        _lines.clear()
        context = Context(model, options, interrupt, threads=options.threads or 2, on_cpu=on_cpu)
        found.append(Figures(_sum(_CACHE), _sum(_COMPUTE), _sum(_OUTPUT)))
        llama.llama_free(context.pointer)
    result = Report(
        llama.llama_model_size(model),
        llama.llama_model_n_params(model),
        buffers,
        tuple(found),
    )
    llama.llama_model_free(model)
    return result


def _sum(pattern: re.Pattern[str]) -> float:
    return sum(float(match["size"]) for match in map(pattern.search, _lines) if match)
