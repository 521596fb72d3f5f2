"""Damage that no program does: to bytes, to values of JSON, to texts."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

NUMBERS = (0, 1, 8, 9, 2**7, 2**16, 10 * 2**20, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
Place = Callable[[bytearray, random.Random], int]

_TEXTS = (
    *("", " ", "\n", "\0", "\x1b[31m", "\ud800", "\u202e", "\ufeff", "é", "e\u0301", "😀" * 30),
    *("a" * 61, "x" * 5_000, "../../etc/passwd", "C:\\Windows", "//host/share", "%s%n{0}{x}"),
    *("{{ x }}", "true", "null", "0", "-1", "1e999", "NaN", "https://a@b", "<script>", "'; DROP"),
)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 0.5, -0.0, 1e308, float("nan"), float("inf"), 2**53, 10**400),
    *([], {}, [[]], [None], {"": None}, [0] * 600, {"a": {"b": {}}}),
)


def anywhere(data: bytearray, source: random.Random) -> int:
    return source.randrange(len(data) + 1)


def damage(
    data: bytearray,
    source: random.Random,
    others: Sequence[bytes] = (),
    place: Place = anywhere,
) -> None:
    """Change it in one way. What is spliced in comes from `others`."""
    source.choice(_DAMAGES if others else _DAMAGES[:-1])(data, source, others, place)


def _flip(data: bytearray, source: random.Random, _: Sequence[bytes], place: Place) -> None:
    for _number in range(source.randint(1, 4)):
        at = place(data, source)
        if at < len(data):
            data[at] ^= 1 << source.randrange(8)


def _overwrite(data: bytearray, source: random.Random, _: Sequence[bytes], place: Place) -> None:
    width = source.choice((1, 2, 4, 8))
    value = source.choice((*NUMBERS, source.randrange(2**16), len(data))) % 2 ** (8 * width)
    at = place(data, source)
    data[at : at + width] = value.to_bytes(width, source.choice(("little", "big")))


def _cut(data: bytearray, source: random.Random, _: Sequence[bytes], place: Place) -> None:
    del data[place(data, source) :]


def _remove(data: bytearray, source: random.Random, _: Sequence[bytes], place: Place) -> None:
    at = place(data, source)
    del data[at : at + source.choice((1, 4, 8, 24, 300))]


def _repeat(data: bytearray, source: random.Random, _: Sequence[bytes], place: Place) -> None:
    at, size = place(data, source), source.choice((1, 4, 12, 60, 1000))
    data[at:at] = data[at : at + size] * source.choice((1, 2, 50))


def _insert(data: bytearray, source: random.Random, _: Sequence[bytes], place: Place) -> None:
    at = place(data, source)
    data[at:at] = source.randbytes(source.choice((1, 4, 8, 100)))


def _splice(data: bytearray, source: random.Random, others: Sequence[bytes], place: Place) -> None:
    other = source.choice(others)
    here, there = place(data, source), source.randrange(len(other))
    piece = other[there : there + source.choice((50, 2000))]
    data[here : here + source.choice((0, 50, 2000))] = piece


_DAMAGES = (
    *(_flip, _overwrite, _overwrite, _cut, _remove, _repeat, _insert),
    _splice,
)


def strange_json(value: Any, source: random.Random, times: int = 1) -> Any:
    """The same value with other things in so many of its places."""
    for _ in range(times):
        value = _changed(value, source)
    return value


def as_bytes(value: Any, source: random.Random) -> bytes:
    """As JSON, seldom a damaged one."""
    data = bytearray(json.dumps(value, ensure_ascii=source.random() < 0.5).encode(errors="replace"))
    while source.random() < 0.15:
        damage(data, source)
    return bytes(data)


def strange_text(source: random.Random) -> str:
    text: str = source.choice(_TEXTS)
    return text


def _changed(value: Any, source: random.Random) -> Any:
    """Goes down to a place and changes it."""
    if isinstance(value, dict) and value and source.random() < 0.85:
        key = source.choice(list(value))
        if source.random() < 0.1:
            rest = {name: inside for name, inside in value.items() if name != key}
            return {**rest, strange_text(source): value[key]} if source.random() < 0.5 else rest
        return {**value, key: _changed(value[key], source)}
    if isinstance(value, list) and value and source.random() < 0.85:
        at = source.randrange(len(value))
        kind = source.random()
        if kind < 0.1:
            return value[:at] + value[at + 1 :]
        if kind < 0.2:
            return value * source.choice((2, 40))
        return [*value[:at], _changed(value[at], source), *value[at + 1 :]]
    if isinstance(value, str) and source.random() < 0.4:
        at = source.randrange(len(value) + 1)
        return value[:at] + strange_text(source) + value[at:]
    return source.choice((strange_text(source), source.choice(_VALUES)))
