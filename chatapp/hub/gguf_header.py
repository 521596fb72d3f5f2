"""The header of a GGUF file, read without trusting a single length in it.

It comes from the network as often as from a disk, so that a part of it must be enough to say how
much more is needed, and nothing in it may cost much memory or time. Vocabularies, which are most
of it, are walked over without being kept.
"""

from __future__ import annotations

import stat
import struct
from math import prod
from pathlib import Path
from typing import BinaryIO

from chatapp.domain.header import ModelHeader
from chatapp.errors import (
    ModelFileDamaged,
    ModelFileEmpty,
    ModelFileIsFolder,
    ModelFileMissing,
    ModelFileUnreadable,
    ModelLoadFailed,
    NotGguf,
)
from chatapp.hub.architecture import Contents, Malformed, Tensors, Value, describe
from chatapp.hub.tensor_types import TENSOR_TYPES

MOST_BYTES = 32 * 2**20  # of a header; the largest vocabularies take 11 MB
_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MOST_VERSION = 99  # a number beyond is no version at all
_MOST_KEYS = 100_000
_MOST_TENSORS = 65_536
_MOST_DIMENSIONS = 8
_MOST_NAME = 65_535  # bytes
_MOST_TEXT = 10 * 2**20  # bytes
_MOST_ITEMS = 2_000_000  # texts in all arrays; the largest vocabularies have 800,000 with merges
# What is kept of a header. No model comes near it.
_KEPT_VALUES = 4096
_KEPT_NUMBERS = 65_536  # in all arrays
_KEPT_ARRAY = 1024  # numbers in one
_KEPT_KEY = 128  # bytes
_KEPT_TEXT = 512  # bytes
_KEPT_TEMPLATE = 2**20  # bytes

_STRING, _ARRAY = 8, 9
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # bytes
_INTEGERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 7: "?", 10: "Q", 11: "q"}
_FORMS = {kind: struct.Struct(f"<{letter}") for kind, letter in _INTEGERS.items()}
_UINT32, _UINT64 = struct.Struct("<I"), struct.Struct("<Q")
_ARRAY_START = struct.Struct("<IQ")
_TENSORS = tuple(struct.Struct(f"<{count}QIQ") for count in range(_MOST_DIMENSIONS + 1))
_MODEL, _TEMPLATE, _TOKENS = (
    b"tokenizer.ggml.model",
    b"tokenizer.chat_template",
    b"tokenizer.ggml.tokens",
)
_FIRST_READ = {True: 2 * 2**20, False: 2**16}  # bytes, for a full header and for a part of it
_GROWTH = 8


def read_header(path: Path, *, full: bool = True) -> ModelHeader:
    """The header of the file; not `full`: only what is needed to tell what it will need.

    Raises `NotGguf`, `ModelFileDamaged` (also when weights are missing at its end),
    `ModelLoadFailed` (another version of the format, another order of bytes), `ModelFileMissing`,
    `ModelFileEmpty`, `ModelFileIsFolder`, `ModelFileUnreadable`.
    """
    name = str(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise ModelFileIsFolder(name)
        if not stat.S_ISREG(found.st_mode):  # opening a named pipe would wait for ever
            raise ModelFileUnreadable(name)
        if found.st_size == 0:
            raise ModelFileEmpty(name)
        with path.open("rb") as file:
            return _read(file, found.st_size, name, full=full)
    except (FileNotFoundError, NotADirectoryError):
        raise ModelFileMissing(name) from None
    except (OSError, ValueError):  # ValueError: a NUL in the path
        raise ModelFileUnreadable(name) from None


def _read(file: BinaryIO, size: int, path: str, *, full: bool) -> ModelHeader:
    wanted = min(_FIRST_READ[full], size)
    while True:
        file.seek(0)
        data = file.read(wanted)
        header = parse_header(data, full=full, path=path)
        if isinstance(header, ModelHeader):
            if header.file_bytes > size:
                raise ModelFileDamaged(path, f"{size} of {header.file_bytes} bytes")
            return header
        if len(data) < wanted or wanted == size:
            raise ModelFileDamaged(path, "the header is cut off")
        wanted = min(max(header, _GROWTH * wanted), MOST_BYTES, size)
        del data  # else there would be two of them


def parse_header(data: bytes, *, full: bool, path: str = "") -> ModelHeader | int:
    """The header that `data` begins with, or how many bytes of the file to come back with.

    That number is at least twice what was given, so that few requests are needed. A file that ends
    before is cut off. Not `full`: it ends where the vocabulary begins, if all that counts came
    before. `path` is for the errors: `NotGguf`, `ModelFileDamaged`, `ModelLoadFailed`.
    """
    _check_start(data, path)
    try:
        return describe(_Reader(data).contents(full=full))
    except _Short as short:
        if short.needed > MOST_BYTES:
            raise ModelFileDamaged(path, "the header is too long") from None
        return min(max(short.needed, 2 * len(data)), MOST_BYTES)
    except Malformed as problem:
        raise ModelFileDamaged(path, str(problem)) from None


def _check_start(data: bytes, path: str) -> None:
    if not data[: len(_MAGIC)] == _MAGIC[: len(data)]:
        raise NotGguf(path)
    if len(data) < 8:
        return
    (version,) = _UINT32.unpack_from(data, len(_MAGIC))
    if version in _VERSIONS:
        return
    if version <= _MOST_VERSION:
        raise ModelLoadFailed(path, f"version {version} of the format")
    if int.from_bytes(data[4:8], "big") <= _MOST_VERSION:
        raise ModelLoadFailed(path, "big-endian")
    raise ModelFileDamaged(path, "no version")


class _Short(Exception):
    """The data end before the header does. So many bytes are needed at least."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


class _Reader:
    """Goes through the header once. Raises `_Short` and `Malformed`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = len(_MAGIC) + _UINT32.size
        self._values: dict[str, Value] = {}
        self._numbers = 0  # kept in arrays
        self._items = 0  # texts in arrays that were walked over
        self._vocabulary = 0

    def contents(self, *, full: bool) -> Contents:
        tensors, keys = self._uint64(), self._uint64()
        if tensors > _MOST_TENSORS or keys > _MOST_KEYS:
            raise Malformed(f"{tensors} tensors, {keys} keys")
        for _ in range(keys):
            key = self._key()
            kind = self._uint32()
            if key == _TOKENS and kind == _ARRAY:
                self._vocabulary = self._array_length()
                if not full and self._knows_enough():
                    return Contents(self._values, self._vocabulary)
            self._keep(key, self._value(kind, _KEPT_TEMPLATE if key == _TEMPLATE else _KEPT_TEXT))
        if not full:
            return Contents(self._values, self._vocabulary)
        return Contents(self._values, self._vocabulary, self._tensors(tensors))

    # Numbers and texts

    def _take(self, size: int) -> int:
        """Where the next `size` bytes begin."""
        start = self._at
        if start + size > len(self._data):
            raise _Short(start + size)
        self._at = start + size
        return start

    def _uint32(self) -> int:
        number: int = _UINT32.unpack_from(self._data, self._take(4))[0]
        return number

    def _uint64(self) -> int:
        number: int = _UINT64.unpack_from(self._data, self._take(8))[0]
        return number

    def _key(self) -> bytes:
        length = self._uint64()
        if not 0 < length <= _MOST_NAME:
            raise Malformed(f"a key of {length} bytes")
        start = self._take(length)
        return self._data[start : self._at]

    def _text(self, longest: int) -> str:
        """Empty when it is longer than `longest` bytes."""
        length = self._uint64()
        if length > _MOST_TEXT:
            raise Malformed(f"a text of {length} bytes")
        start = self._take(length)
        if length > longest:
            return ""
        return self._data[start : self._at].decode("utf-8", "replace")

    # Keys and values

    def _keep(self, key: bytes, value: Value | None) -> None:
        if value is None or len(key) > _KEPT_KEY:
            return
        if key.startswith(b"tokenizer.") and key not in {_MODEL, _TEMPLATE}:
            return
        name = key.decode("utf-8", "replace")
        if name in self._values:
            raise Malformed(f"{name} twice")
        if len(self._values) < _KEPT_VALUES:
            self._values[name] = value

    def _knows_enough(self) -> bool:
        """Whether what tells the size came before the vocabulary, as llama.cpp's tools write it."""
        architecture = self._values.get("general.architecture")
        return all(
            f"{architecture}.{key}" in self._values for key in ("block_count", "embedding_length")
        )

    def _value(self, kind: int, longest: int) -> Value | None:
        """None where it isn't kept."""
        if kind == _STRING:
            return self._text(longest)
        if kind == _ARRAY:
            return self._array()
        size = _SIZES.get(kind)
        if size is None:
            raise Malformed(f"a value of type {kind}")
        start = self._take(size)
        form = _FORMS.get(kind)
        return None if form is None else int(form.unpack_from(self._data, start)[0])

    def _array_length(self) -> int:
        """The length of the array that begins here, which stays to be read."""
        start = self._take(_ARRAY_START.size)
        self._at = start
        length: int = _ARRAY_START.unpack_from(self._data, start)[1]
        return length

    def _array(self) -> tuple[int, ...] | None:
        kind, length = _ARRAY_START.unpack_from(self._data, self._take(_ARRAY_START.size))
        if kind == _STRING:
            self._walk(length)
            return None
        size = _SIZES.get(kind)
        if size is None or length * size > MOST_BYTES:  # arrays in arrays llama.cpp can't read
            raise Malformed(f"an array of type {kind} of {length}")
        start = self._take(length * size)
        if kind not in _INTEGERS or length > _KEPT_ARRAY or self._numbers + length > _KEPT_NUMBERS:
            return None
        self._numbers += length
        return struct.unpack_from(f"<{length}{_INTEGERS[kind]}", self._data, start)

    def _walk(self, count: int) -> None:
        """Go over `count` texts. This loop is most of the time that a header takes."""
        self._items += count
        if self._items > _MOST_ITEMS:
            raise Malformed(f"{self._items} texts in arrays")
        data, at, unpack = self._data, self._at, _UINT64.unpack_from
        try:
            for _ in range(count):
                (length,) = unpack(data, at)
                if length > _MOST_TEXT:
                    raise Malformed(f"a text of {length} bytes")
                at += 8 + length
        except struct.error:
            raise _Short(at + 8) from None
        if at > len(data):
            raise _Short(at)
        self._at = at

    # Tensors

    def _tensors(self, count: int) -> Tensors:
        elements = end = 0
        by_type: dict[int, int] = {}
        for left in range(count, 0, -1):
            self._skip_name(left)
            dimensions = self._uint32()
            if dimensions > _MOST_DIMENSIONS:
                raise Malformed(f"a tensor of {dimensions} dimensions")
            form = _TENSORS[dimensions]
            *shape, kind, offset = form.unpack_from(self._data, self._take(form.size))
            length = prod(shape)
            kept = TENSOR_TYPES.get(kind)
            size = 0 if kept is None else -(-length // kept.block) * kept.size
            if length >= 2**63 or offset + size >= 2**63:
                raise Malformed(f"a tensor of {length} elements at {offset}")
            elements += length
            end = max(end, offset + size)
            if dimensions > 1:  # the others are never quantised
                by_type[kind] = by_type.get(kind, 0) + length
        alignment = self._values.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 0 < alignment <= MOST_BYTES:
            raise Malformed(f"alignment {alignment}")
        begin = -(-self._at // alignment) * alignment
        most = max(by_type, key=by_type.__getitem__, default=None)
        return Tensors(elements, most, begin, begin + end)

    def _skip_name(self, left: int) -> None:
        """Of a tensor; each of the `left` ones takes 24 bytes at least."""
        try:
            length = self._uint64()
            if length > _MOST_NAME:
                raise Malformed(f"a tensor's name of {length} bytes")
            self._take(length)
        except _Short as short:
            raise _Short(max(short.needed, self._at + 24 * left)) from None
