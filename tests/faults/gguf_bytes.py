"""GGUF files with numbers that no writer would write."""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = struct.Struct("<4sIQQ")
_TENSORS_AT, _KEYS_AT = 8, 16
UINT32, STRING, ARRAY, UINT64 = 4, 8, 9, 10


def key_value(key: str, kind: int, value: bytes) -> bytes:
    """One entry of the metadata; `value` is written as it is."""
    return struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", kind) + value


def number(value: int) -> bytes:
    return struct.pack("<Q", value)


def string(text: bytes, *, length: int | None = None) -> bytes:
    return number(len(text) if length is None else length) + text


def array(kind: int, count: int, items: bytes = b"") -> bytes:
    return struct.pack("<IQ", kind, count) + items


def tensor(name: str, shape: tuple[int, ...], *, kind: int = 0, offset: int = 0) -> bytes:
    """What tells of one tensor: `shape` as it is, whatever it multiplies to."""
    text = name.encode()
    return (
        string(text)
        + struct.pack("<I", len(shape))
        + b"".join(map(number, shape))
        + struct.pack("<IQ", kind, offset)
    )


def write(
    path: Path,
    metadata: bytes = b"",
    tensors: bytes = b"",
    *,
    keys: int = 1,
    count: int = 0,
    version: int = 3,
) -> Path:
    """A file of these parts, with 64 kB of zeros behind them."""
    path.write_bytes(
        _HEADER.pack(b"GGUF", version, count, keys) + metadata + tensors + bytes(65536)
    )
    return path


def changed(path: Path, source: Path, old: bytes, new: bytes) -> Path:
    """A copy of `source` in which `new` stands in place of `old`, which is there once."""
    content = source.read_bytes()
    assert content.count(old) == 1
    assert len(old) == len(new)
    path.write_bytes(content.replace(old, new))
    return path


def with_counts(path: Path, source: Path, *, tensors: int | None, keys: int | None) -> Path:
    """A copy of `source` that tells other counts."""
    content = bytearray(source.read_bytes())
    for place, count in ((_TENSORS_AT, tensors), (_KEYS_AT, keys)):
        if count is not None:
            content[place : place + 8] = number(count)
    path.write_bytes(content)
    return path
