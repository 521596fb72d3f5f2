"""How fast this computer makes weights smaller and reads a file, from samples."""

from __future__ import annotations

import array
import ctypes
import os
import random
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chatapp.engine.worker.library import Library
from chatapp.engine.worker.model import default_threads

_ROW = 4096  # weights
_ROWS = 16
_WEIGHTS = _ROW * _ROWS
_PIECE = 1 << 20  # bytes
_PIECES = 16
_MOST_SECONDS = 0.3


def compute_speeds(library: Library, names: Iterable[str]) -> dict[str, float]:
    """Weights a second that become each of these types of ggml, with all threads that are used."""
    from llama_cpp import llama_cpp as llama

    sample = _Sample(library)
    threads = default_threads()
    with ThreadPoolExecutor(threads) as pool:
        speeds = {}
        for name in sorted(names):
            kind = getattr(llama, f"GGML_TYPE_{name.upper()}")
            sample.seconds(kind)  # some types prepare tables first
            spent = sum(pool.map(sample.seconds, [kind] * threads))
            speeds[name] = threads * threads * _WEIGHTS / spent
    return speeds


class _Sample:
    """Weights in F16, and what llama.cpp does with such."""

    def __init__(self, library: Library) -> None:
        void, count = ctypes.c_void_p, ctypes.c_int64
        self._widen = library.base_function("ggml_fp16_to_fp32_row", None, void, void, count)
        self._quantize = library.base_function(
            *("ggml_quantize_chunk", ctypes.c_size_t, ctypes.c_int, void, void),
            *(count, count, count, void),
        )
        self._validate = library.base_function(
            "ggml_validate_row_data", ctypes.c_bool, ctypes.c_int, void, ctypes.c_size_t
        )
        narrow = library.base_function("ggml_fp32_to_fp16_row", None, void, void, count)
        # Which weights they are matters little: a row of them, many times.
        row = array.array("f", [random.gauss(0, 0.02) for _ in range(_ROW)])
        weights = (ctypes.c_float * _WEIGHTS).from_buffer(row * _ROWS)
        self._halves = ctypes.create_string_buffer(2 * _WEIGHTS)
        narrow(weights, self._halves, _WEIGHTS)

    def seconds(self, kind: int) -> float:
        """What it takes one thread, whatever else the computer does meanwhile."""
        weights = (ctypes.c_float * _WEIGHTS)()
        made = ctypes.create_string_buffer(4 * _WEIGHTS)
        begin = time.thread_time()
        self._widen(self._halves, weights, _WEIGHTS)
        size = self._quantize(kind, weights, made, 0, _ROWS, _ROW, None)
        self._validate(kind, made, size)
        return max(time.thread_time() - begin, 1e-6)


def reading_speed(path: str) -> float:
    """Bytes a second of a file, from pieces of all parts of it."""
    done = 0
    begin = time.perf_counter()
    with Path(path).open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        for number in range(_PIECES):
            file.seek(size * number // _PIECES)
            done += len(file.read(_PIECE))
            if time.perf_counter() - begin > _MOST_SECONDS:
                break
    return max(1.0, done) / max(1e-6, time.perf_counter() - begin)
