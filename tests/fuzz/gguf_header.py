"""Headers that no program would write, by the million: no mistake, little memory, little time.

Every header is parsed in a process of its own kind that has few bytes more than it needs to live.
`python -m tests.fuzz.gguf_header --minutes 60 --seed 1`; a finding is repeated with `--case`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from chatapp.domain.header import ModelHeader
from chatapp.domain.model import Device
from chatapp.errors import ChatappError, ModelFileDamaged, ModelLoadFailed, NotGguf
from chatapp.hub.fit import FitOptions, judge
from chatapp.hub.gguf_header import MOST_BYTES, parse_header
from chatapp.hub.hardware import Machine
from chatapp.hub.starter import find_starter_model
from tests.engine.gguf_files import ARCHITECTURES, write_tiny_architecture
from tests.faults.gguf_bytes import ARRAY, STRING, UINT32, array, key_value, number, string, tensor

MEMORY = 64 * 2**20  # bytes on top of the header itself
SECONDS = 2.0  # of one processor
_PATIENCE = 60.0  # seconds without a reply
_BATCH = 50  # headers
_TAIL = 40_000  # bytes: the tensors and what follows the vocabulary
_START = 4096  # bytes
_STARTER_BYTES = 2**21
_NUMBERS = (0, 1, 8, 9, 2**7, 2**16, 10 * 2**20, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
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


@dataclass
class Found:
    """The result of a run. `wrong` has a line for each finding."""

    seed: int
    cases: int = 0
    results: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_case: int | str = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def report(self) -> str:
        results = ", ".join(f"{name} {count}" for name, count in self.results.most_common())
        lines = (
            f"seed {self.seed}: {self.cases} headers in {self.seconds:.0f} s",
            f"results: {results}",
            f"slowest: {self.slowest * 1000:.0f} ms (case {self.slowest_case})",
            f"wrong: {len(self.wrong)}",
            *self.wrong,
        )
        return "\n".join(lines) + "\n"


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


def mutated(case: int, seed: int, headers: Sequence[bytes]) -> bytes:
    """The header of this case: a sound one that was damaged in some places."""
    source = random.Random(f"{seed} {case}")
    # The starter model's, which comes last, takes as long as all others together.
    base = headers[-1] if source.random() < 0.03 else source.choice(headers[:-1])
    data = bytearray(base)
    for _ in range(source.choice((1, 1, 1, 2, 2, 3, 5, 9))):
        source.choice(_MUTATIONS)(data, source, headers)
    return bytes(data)


def _place(data: bytearray, source: random.Random) -> int:
    """Seldom in the middle, where there are only tokens."""
    size = len(data)
    kind = source.random()
    if size <= _START + _TAIL or kind < 0.1:
        return source.randrange(size + 1)
    return source.randrange(_START) if kind < 0.6 else size - source.randrange(_TAIL)


def _flip(data: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    for _ in range(source.randint(1, 4)):
        place = _place(data, source)
        if place < len(data):
            data[place] ^= 1 << source.randrange(8)


def _overwrite(data: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    width = source.choice((1, 2, 4, 8))
    value = source.choice((*_NUMBERS, source.randrange(2**16), len(data))) % 2 ** (8 * width)
    place = _place(data, source)
    data[place : place + width] = value.to_bytes(width, "little")


def _cut(data: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    del data[_place(data, source) :]


def _remove(data: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    place = _place(data, source)
    del data[place : place + source.choice((1, 4, 8, 24, 300))]


def _repeat(data: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    place, size = _place(data, source), source.choice((1, 4, 12, 60, 1000))
    data[place:place] = data[place : place + size] * source.choice((1, 2, 50))


def _insert(data: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    place = _place(data, source)
    data[place:place] = source.randbytes(source.choice((1, 4, 8, 100)))


def _splice(data: bytearray, source: random.Random, headers: Sequence[bytes]) -> None:
    other = source.choice(headers[:-1])
    here, there = _place(data, source), source.randrange(len(other))
    data[here : here + source.choice((0, 50, 2000))] = other[
        there : there + source.choice((50, 2000))
    ]


def _recount(data: bytearray, source: random.Random, _: Sequence[bytes]) -> None:
    """Other numbers of tensors and keys."""
    if len(data) >= 24:
        place = source.choice((8, 16))
        data[place : place + 8] = number(source.choice((*_NUMBERS, source.randrange(200))))


_Mutation = Callable[[bytearray, random.Random, Sequence[bytes]], None]
_MUTATIONS: tuple[_Mutation, ...] = (
    *(_flip, _overwrite, _overwrite, _cut, _remove),
    *(_repeat, _insert, _splice, _recount),
)


# Parsing


def check(data: bytes) -> str:
    """Parse it in both ways and use what comes out; the kind of result. Raises at a mistake."""
    kinds = []
    for full in (False, True):
        try:
            result = parse_header(data, full=full)
        except _ERRORS as error:
            kinds.append(type(error).__name__)
            continue
        if isinstance(result, int):
            assert len(data) < result <= MOST_BYTES, f"{result} of {len(data)} bytes"
            kinds.append("more")
            continue
        kinds.append("part" if not result.is_complete else "header")
        assert result.is_sound
        for options in _OPTIONS:
            for machine in _MACHINES:
                fit = judge(result, 10**9, options, machine, freed=2**30)
                assert min(fit.need.weights, fit.need.cache, fit.need.compute) >= 0, fit
    return " ".join(kinds)


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = used * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


def _allow_memory() -> None:
    if sys.platform == "linux":
        import resource

        unlimited = resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_AS, (unlimited, unlimited))


@dataclass(frozen=True, slots=True)
class _Parsed:
    """One case: what came out, processor seconds, and what is wrong (empty: nothing)."""

    case: int | str
    result: str
    seconds: float
    wrong: str


def _parse(case: int | str, data: bytes) -> _Parsed:
    begin = time.process_time()
    result, wrong = "", ""
    _limit_memory()
    try:
        result = check(data)
    except ChatappError as error:
        wrong = f"an error that is not foreseen: {error}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        wrong = f"{type(error).__name__}: {error}"
    _allow_memory()
    seconds = time.process_time() - begin
    if seconds > SECONDS:
        wrong = wrong or f"{seconds:.1f} s"
    return _Parsed(case, result, seconds, wrong)


def _serve(connection: Connection, seed: int) -> None:
    """Parse the cases whose numbers come in, and send back what came of them."""
    with tempfile.TemporaryDirectory() as folder:
        headers = sources(Path(folder))
    connection.send(None)
    while True:
        try:
            cases = connection.recv()
        except EOFError:
            return
        if cases is None:
            connection.send([_parse(name, data) for name, data in hard_cases()])
        else:
            connection.send([_parse(case, mutated(case, seed, headers)) for case in cases])


class _Child:
    """The process that parses."""

    def __init__(self, seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, seed))
        self._process.start()
        theirs.close()
        self._connection.recv()

    def parse(self, cases: range | None) -> list[_Parsed] | None:
        """None when it died or hangs."""
        try:
            self._connection.send(cases)
            if not self._connection.poll(_PATIENCE):
                return None
            parsed: list[_Parsed] = self._connection.recv()
        except (EOFError, OSError):
            return None
        return parsed

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._connection.close()


def run(seed: int, *, seconds: float = 0.0, cases: int | None = None) -> Found:
    """The hard cases, then others until the time or their number is used up."""
    found = Found(seed)
    begin = time.monotonic()
    child = _Child(seed)
    try:
        _take(found, child.parse(None), "the hard cases")
        for first in count(0, _BATCH):
            if time.monotonic() - begin >= seconds if cases is None else first >= cases:
                break
            batch = range(first, first + _BATCH)
            parsed = child.parse(batch)
            if parsed is None:
                child.close()
                child = _Child(seed)
            _take(found, parsed, f"{batch}")
    finally:
        child.close()
    found.seconds = time.monotonic() - begin
    return found


def _take(found: Found, parsed: list[_Parsed] | None, what: str) -> None:
    if parsed is None:
        found.wrong.append(f"{what}: the process died or hangs")
        return
    for one in parsed:
        found.cases += 1
        found.results[one.result or "wrong"] += 1
        if one.seconds > found.slowest:
            found.slowest, found.slowest_case = one.seconds, one.case
        if one.wrong:
            found.wrong.append(f"case {one.case}: {one.wrong}")


def main() -> int:
    """Fuzz by hand and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.gguf_header")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="parse only this one, here")
    options = parser.parse_args()
    if options.case is not None:
        with tempfile.TemporaryDirectory() as folder:
            headers = sources(Path(folder))
        sys.stdout.write(check(mutated(options.case, options.seed, headers)) + "\n")
        return 0
    found = run(options.seed, seconds=60 * options.minutes)
    sys.stdout.write(found.report())
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
