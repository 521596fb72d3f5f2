"""Reading the headers of model files: of the starter model, and of the largest vocabularies."""

from __future__ import annotations

import random
import struct
import tempfile
import time
import tracemalloc
from pathlib import Path

from chatapp.hub.gguf_header import read_header
from chatapp.hub.starter import find_starter_model
from tests.bench.measure import Measure, median, runs
from tests.faults.gguf_bytes import ARRAY, STRING, UINT32, array, key_value, string, tensor

_RUNS = runs(9)
_VOCABULARIES = (151_936, 262_144)[: runs(2, 1)]
_LAYERS = 48
_TENSORS = (
    "attn_norm",
    "attn_q",
    "attn_k",
    "attn_v",
    "attn_output",
    "ffn_gate",
    "ffn_up",
    "ffn_down",
)


def run() -> list[Measure]:
    """Medians of nine runs each on a warm disk, and the peak of what Python allocates."""
    starter = find_starter_model(Path("resources"))
    assert starter is not None, "no model"
    measures = [
        _time("the starter model (98 MB)", starter, full=True, bar="under 100"),
        _memory("the starter model (98 MB)", starter, bar="under 20"),
        _time("the starter model, what a fit needs", starter, full=False),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for vocabulary in _VOCABULARIES:
            path = Path(folder) / f"{vocabulary}.gguf"
            path.write_bytes(_header(vocabulary))
            name = f"{vocabulary // 1000}k tokens ({path.stat().st_size / 1e6:.1f} MB)"
            measures += [_time(name, path, full=True), _memory(name, path)]
            measures.append(_time(f"{name}, what a fit needs", path, full=False))
    return measures


def _time(name: str, path: Path, *, full: bool, bar: str = "") -> Measure:
    times = []
    for _ in range(_RUNS + 1):
        begin = time.perf_counter()
        read_header(path, full=full)
        times.append((time.perf_counter() - begin) * 1000)
    return median(name, times[1:], "ms", bar)


def _memory(name: str, path: Path, bar: str = "") -> Measure:
    tracemalloc.start()
    read_header(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Measure(f"{name}, peak", peak / 1e6, "MB", 1, bar)


def _header(vocabulary: int) -> bytes:
    """As such models have it: tokens, merges, types and scores, and the usual tensors."""
    generator = random.Random(1)
    pieces = [generator.randbytes(generator.randint(2, 11)).hex().encode() for _ in range(5000)]
    tokens = b"".join(string(generator.choice(pieces)) for _ in range(vocabulary))
    merges = b"".join(
        string(generator.choice(pieces) + b" " + generator.choice(pieces))
        for _ in range(vocabulary)
    )
    values = [
        key_value("general.architecture", STRING, string(b"qwen3")),
        *(
            key_value(f"qwen3.{name}", UINT32, struct.pack("<I", value))
            for name, value in (("block_count", _LAYERS), ("embedding_length", 4096))
        ),
        key_value("tokenizer.ggml.tokens", ARRAY, array(STRING, vocabulary, tokens)),
        key_value("tokenizer.ggml.scores", ARRAY, array(6, vocabulary, bytes(4 * vocabulary))),
        key_value("tokenizer.ggml.token_type", ARRAY, array(5, vocabulary, bytes(4 * vocabulary))),
        key_value("tokenizer.ggml.merges", ARRAY, array(STRING, vocabulary, merges)),
        key_value("tokenizer.chat_template", STRING, string(b"{{ messages }}" * 500)),
    ]
    tensors = [
        tensor(f"blk.{layer}.{name}.weight", (64, 64))
        for layer in range(_LAYERS)
        for name in _TENSORS
    ]
    start = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(values))
    return start + b"".join(values) + b"".join(tensors) + bytes(2**15)
