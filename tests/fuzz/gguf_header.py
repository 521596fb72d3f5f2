"""Headers of models that no program would write: no mistake, little memory, little time."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from pathlib import Path

from chatapp.domain.header import ModelHeader
from chatapp.domain.model import Device
from chatapp.errors import ModelFileDamaged, ModelLoadFailed, NotGguf
from chatapp.hub.fit import FitOptions, judge
from chatapp.hub.gguf_header import MOST_BYTES, parse_header
from chatapp.hub.hardware import Machine
from chatapp.hub.starter import find_starter_model
from tests.engine.gguf_files import ARCHITECTURES, write_tiny_architecture
from tests.faults.gguf_bytes import ARRAY, STRING, UINT32, array, key_value, number, string, tensor
from tests.fuzz.harness import Target
from tests.fuzz.mutations import NUMBERS, damage

_TAIL = 40_000  # bytes: the tensors and what follows the vocabulary
_START = 4096  # bytes
_STARTER_BYTES = 2**21
_ERRORS = (NotGguf, ModelFileDamaged, ModelLoadFailed)
_MACHINES = (
    Machine(8 * 2**30, 4 * 2**30),
    Machine(16 * 2**30, 9 * 2**30, (Device("GPU0", "", "gpu", 7 * 2**30, 8 * 2**30),), 7),
)
_OPTIONS = (
    FitOptions(),
    FitOptions(2**20, cache_type="q4_0", flash_attention=True),
    FitOptions(1, flash_attention=False, batch=128, sequences=3),
)


# What is parsed


def sources(folder: Path) -> list[bytes]:
    """Sound headers: the starter model's, those of tiny models, and one with many keys."""
    headers = [_many_keys()]
    for architecture in ARCHITECTURES:
        path = write_tiny_architecture(folder / "tiny.gguf", architecture.name, template="{{ x }}")
        headers.append(_header_of(path))
    starter = find_starter_model(Path("resources"))
    return headers if starter is None else [*headers, _header_of(starter)]


def _header_of(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_STARTER_BYTES)
    header = parse_header(data, full=True)
    assert isinstance(header, ModelHeader)
    return data[: header.header_bytes]


def _many_keys() -> bytes:
    values = [
        key_value("general.architecture", STRING, string(b"qwen3moe")),
        key_value("general.type", STRING, string(b"model")),
        key_value("general.size_label", STRING, string(b"8x7B")),
        key_value("general.file_type", UINT32, struct.pack("<I", 15)),
        key_value("split.no", 2, struct.pack("<H", 0)),
        key_value("split.count", 2, struct.pack("<H", 3)),
        key_value("general.tags", ARRAY, array(STRING, 2, string(b"one") + string(b"two"))),
    ]
    names = (
        *("block_count", "context_length", "embedding_length", "feed_forward_length"),
        *("attention.head_count", "attention.key_length", "attention.value_length"),
        *("expert_count", "expert_used_count", "attention.sliding_window", "pooling_type"),
        *("ssm.inner_size", "ssm.state_size", "ssm.conv_kernel", "ssm.group_count"),
        *("attention.sliding_window_pattern", "nextn_predict_layers", "full_attention_interval"),
    )
    values += [key_value(f"qwen3moe.{name}", UINT32, struct.pack("<I", 4)) for name in names]
    heads = array(UINT32, 4, struct.pack("<4I", 2, 0, 2, 0))
    values.append(key_value("qwen3moe.attention.head_count_kv", ARRAY, heads))
    tokens = b"".join(string(b"t%d" % index) for index in range(100))
    values.append(key_value("tokenizer.ggml.tokens", ARRAY, array(STRING, 100, tokens)))
    values.append(key_value("tokenizer.chat_template", STRING, string(b"{{ messages }}")))
    tensors = [tensor(f"blk.{index}", (32, 32), offset=4096 * index) for index in range(20)]
    return start(len(values), len(tensors)) + b"".join(values) + b"".join(tensors)


def start(keys: int, tensors: int = 0) -> bytes:
    """The first bytes of a header with so many keys and tensors."""
    return struct.pack("<4sIQQ", b"GGUF", 3, tensors, keys)


def hard_cases() -> Iterator[tuple[str, bytes]]:
    """Headers that cost as much as possible of something."""
    tokens = "tokenizer.ggml.tokens"
    room = MOST_BYTES - 200
    empty = key_value(tokens, ARRAY, array(STRING, room // 8))
    yield "empty tokens", start(1) + empty + bytes(room)
    most = 2_000_000
    yield (
        "the most tokens",
        start(1) + key_value(tokens, ARRAY, array(STRING, most)) + bytes(most * 8),
    )
    one = key_value("a", 0, b"\0")
    yield "the same key", start(100_000) + one * 100_000
    keys = b"".join(key_value(f"k{index}", 0, b"\0") for index in range(100_000))
    yield "the most keys", start(100_000) + keys
    long_key = b"".join(
        number(65_535) + struct.pack("<I", index) * 16_383 + b"abc" + struct.pack("<IB", 0, 0)
        for index in range(room // 65_600)
    )
    yield "long keys", start(room // 65_600) + long_key
    texts = b"".join(
        key_value(f"a.{index}", STRING, string("😀".encode() + b"x" * 508))
        for index in range(40_000)
    )
    yield "wide texts", start(40_000) + texts
    numbers = array(10, 1024, bytes(range(256)) * 32)
    arrays = b"".join(key_value(f"a.{index}", ARRAY, numbers) for index in range(3_900))
    yield "arrays of numbers", start(3_900) + arrays
    template = string("😀".encode() + b"x" * (2**20 - 4))
    yield "a wide template", start(1) + key_value("tokenizer.chat_template", STRING, template)
    yield "a long text", start(1) + key_value("general.name", STRING, string(b"x" * 10 * 2**20))
    yield "the most tensors", start(0, 65_536) + tensor("", (2**60,) * 8, kind=2) * 65_536
    yield "small tensors", start(0, 65_536) + tensor("t", (1, 1), kind=12, offset=2**62) * 65_536
    yield "an endless array", start(1) + key_value("a", ARRAY, array(0, 2**64 - 1))
    nested = struct.pack("<IQ", ARRAY, 1) * 100_000
    yield "arrays in arrays", start(1) + key_value("a", ARRAY, nested)
    layers = key_value("general.architecture", STRING, string(b"llama")) + b"".join(
        key_value(f"llama.{name}", UINT32, struct.pack("<I", value))
        for name, value in (
            *(("block_count", 512), ("embedding_length", 2**31 - 1)),
            *(("attention.head_count", 2**31 - 1), ("context_length", 2**31 - 1)),
            *(("feed_forward_length", 2**31 - 1), ("expert_count", 2**31 - 1)),
        )
    )
    yield "wide layers", start(7) + layers


def _place(data: bytearray, source: random.Random) -> int:
    """Seldom in the middle, where there are only tokens."""
    size = len(data)
    kind = source.random()
    if size <= _START + _TAIL or kind < 0.1:
        return source.randrange(size + 1)
    return source.randrange(_START) if kind < 0.6 else size - source.randrange(_TAIL)


def _recount(data: bytearray, source: random.Random) -> None:
    """Other numbers of tensors and keys."""
    if len(data) >= 24:
        place = source.choice((8, 16))
        data[place : place + 8] = number(source.choice((*NUMBERS, source.randrange(200))))


class Headers(Target[bytes]):
    """Sound ones that were damaged in some places, and what is then computed from them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._headers = sources(folder)

    def case(self, source: random.Random) -> bytes:
        # The starter model's, which comes last, takes as long as all others together.
        short = self._headers[:-1]
        data = bytearray(self._headers[-1] if source.random() < 0.03 else source.choice(short))
        for _ in range(source.choice((1, 1, 1, 2, 2, 3, 5, 9))):
            if source.random() < 0.1:
                _recount(data, source)
            else:
                damage(data, source, short, _place)
        return bytes(data)

    def hard_cases(self) -> Iterator[bytes]:
        return (data for _, data in hard_cases())

    def check(self, case: bytes) -> str:
        """Parse it in both ways and use what comes out."""
        kinds = []
        for full in (False, True):
            try:
                result = parse_header(case, full=full)
            except _ERRORS as error:
                kinds.append(type(error).__name__)
                continue
            if isinstance(result, int):
                assert len(case) < result <= MOST_BYTES, f"{result} of {len(case)} bytes"
                kinds.append("more")
                continue
            kinds.append("part" if not result.is_complete else "header")
            assert result.is_sound
            for options in _OPTIONS:
                for machine in _MACHINES:
                    fit = judge(result, 10**9, options, machine, freed=2**30)
                    assert min(fit.need.weights, fit.need.cache, fit.need.compute) >= 0, fit
        return " ".join(kinds)


TARGET = Headers
