"""What llama.cpp had read of conversations, kept on disk so that nothing is read twice.

It is a cache: any file may be missing, stale or damaged, and then the conversation is read again.
The application and the worker process both use it, so nothing of llama.cpp is imported here.

A file holds, in the byte order of the machine:

- the front: `_FIXED`, the conversation's name, the key, the tokens (int32 each), position and size
  of each checkpoint (`_CHECKPOINT`), and a CRC-32 of all this;
- the body: the state's bytes and the checkpoints' bytes;
- a CRC-32 of front and body.

CRC-32 is what the standard library checks fastest (3.7 GB/s where MD5 does 0.7, SHA-1 1.7), and it
need only notice accidents: who can write this folder can write the database too.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import shutil
import struct
import sys
import tempfile
import threading
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TypeVar

if sys.platform != "win32":
    import fcntl

_MAGIC = b"ChatRead"
_VERSION = 1
_FIXED = struct.Struct("=8sIIIIQQQ")
_CHECKPOINT = struct.Struct("=QQ")
_CRC = struct.Struct("=I")
_BLOCK = 1 << 20  # bytes
_LARGEST_FRONT = 1 << 28  # bytes: no context has so many tokens
_STATE, _PART = ".state", ".part"
_FREE_SHARE = 10  # one part in this many of the disk's free space

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A point to go back to, for models that can't roll back (recurrent, hybrid).

    `position` counts the tokens read until then; `data` is llama.cpp's partial state.
    """

    position: int
    data: bytes


@dataclass(frozen=True, slots=True)
class SavedState:
    """What llama.cpp had read of a conversation.

    `data` holds the first `read` of `tokens`. A memoryview must be flat and of single bytes; the
    one of a state that was read from a file is writable, so that ctypes takes it without a copy.
    """

    tokens: tuple[int, ...]
    read: int
    data: bytes | bytearray | memoryview
    checkpoints: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True, slots=True)
class _Front:
    """The front of a file: `crc` covers it, `checkpoints` are positions and sizes."""

    tokens: tuple[int, ...]
    read: int
    start: int
    size: int
    checkpoints: tuple[tuple[int, int], ...]
    crc: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A file in the folder."""

    path: Path
    used: int  # nanoseconds
    size: int


class _DamagedError(Exception):
    """The file is not what was written."""


def _free_space(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class StateFiles:
    """One file for each conversation and key in a folder of its own.

    All files together, also those being written, stay within `budget` bytes and within a tenth of
    what they leave free on the disk; beyond that the least recently read or written ones are
    deleted, here and before each write. So a smaller budget holds from the start, and with 0
    nothing is kept. The state that is replaced goes last, and only if both don't fit.

    Several instances and processes may share the folder: a file appears complete or not at all,
    and deleting what another one reads does it no harm (on Windows the deletion fails instead).
    Two that write at the same moment may exceed the budget until the next write.
    """

    def __init__(
        self, folder: Path, budget: int, *, free_space: Callable[[Path], int] = _free_space
    ) -> None:
        self._folder = folder
        self._budget = budget
        self._free_space = free_space
        with contextlib.suppress(OSError):
            self._delete_leftovers()
            self._make_room(0)

    def write(
        self,
        conversation: str,
        key: str,
        state: SavedState,
        cancelled: threading.Event | None = None,
    ) -> bool:
        """Keep the state in place of an older one of the same conversation and key.

        False if it is too large to be kept or was cancelled: an older one may still be there.
        Raises `OSError` when the disk is full or the folder can't be made or written.
        """
        front = _pack_front(conversation, key, state)
        size = len(front) + _body_size(state) + _CRC.size
        path = self._path(conversation, key)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._delete_leftovers()
        if not self._make_room(size, path):
            return False
        descriptor, part = self._new_part(path)
        try:
            with FileIO(descriptor, "wb") as file:
                for block in _blocks(front, state):
                    if cancelled is not None and cancelled.is_set():
                        break
                    _write_all(file, block)
                else:
                    if sys.platform == "win32":
                        file.close()  # an open file can't be renamed there
                    # Elsewhere the lock is held until the file has its name.
                    part.replace(path)
                    return True
        except BaseException:
            _delete_if_possible(part)
            raise
        _delete_if_possible(part)
        return False

    def tokens(self, conversation: str, key: str) -> tuple[int, ...] | None:
        """The tokens of the kept state. Takes a millisecond: only the front is read and checked."""
        return self._open(conversation, key, lambda file, front: front.tokens)

    def read(self, conversation: str, key: str) -> SavedState | None:
        """The kept state; None if there is none or it can't be read. A damaged one is deleted.

        `data` is a private mapping of the file: it takes no memory of its own, but on Windows the
        file can be neither replaced nor deleted while it lives.
        """
        state = self._open(conversation, key, _read_body)
        if state is not None:
            with contextlib.suppress(OSError):
                os.utime(self._path(conversation, key))
        return state

    def forget(self, conversation: str) -> None:
        """Delete the states of the conversation under all keys, also what is being written.

        Raises `OSError` if one could not be deleted; all were tried.
        """
        self._delete_all(_digest(conversation))

    def forget_all(self) -> None:
        """Delete all states. Raises `OSError` if one could not be deleted; all were tried."""
        self._delete_all("")

    def _path(self, conversation: str, key: str) -> Path:
        return self._folder / f"{_digest(conversation)}-{_digest(key)}{_STATE}"

    def _open(self, conversation: str, key: str, take: Callable[[FileIO, _Front], _T]) -> _T | None:
        """What `take` makes of the file; None as in `read`."""
        path = self._path(conversation, key)
        try:
            with FileIO(path) as file:
                return take(file, _read_front(file, conversation, key))
        except _DamagedError:
            _delete_if_possible(path)
        except (OSError, MemoryError):
            pass
        return None

    def _files(self, *suffixes: str) -> Iterator[_Found]:
        """The files with these suffixes. Nothing if there is no folder."""
        try:
            paths = list(self._folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return
        for path in paths:
            if path.name.endswith(suffixes):
                with contextlib.suppress(FileNotFoundError):
                    status = path.lstat()
                    yield _Found(path, status.st_mtime_ns, status.st_size)

    def _make_room(self, size: int, replaced: Path | None = None) -> bool:
        """Delete old states until one of `size` bytes fits; whether it does."""
        used = sum(found.size for found in self._files(_STATE, _PART))
        # t bytes are a tenth of what they leave free if they are an eleventh of both together.
        free = self._free_space(self._folder) + used
        limit = min(self._budget, free // (_FREE_SHARE + 1))
        allowed = limit - size if size <= limit else limit
        files = sorted(self._files(_STATE), key=lambda f: (f.path == replaced, f.used, f.path))
        for found in files:
            if used <= allowed:
                break
            with contextlib.suppress(OSError):
                found.path.unlink(missing_ok=True)
                used -= found.size
        return used + size <= limit

    def _new_part(self, path: Path) -> tuple[int, Path]:
        """An empty file, locked (except on Windows) as a sign that its writer lives."""
        while True:
            descriptor, name = tempfile.mkstemp(
                prefix=f"{path.stem}.", suffix=_PART, dir=self._folder
            )
            if sys.platform != "win32":
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
                    if not os.fstat(descriptor).st_nlink:  # deleted before it was locked
                        os.close(descriptor)
                        continue
                except BaseException:
                    os.close(descriptor)
                    _delete_if_possible(Path(name))
                    raise
            return descriptor, Path(name)

    def _delete_leftovers(self) -> None:
        """Delete what killed processes left half-written."""
        for found in self._files(_PART):
            with contextlib.suppress(OSError):
                if sys.platform == "win32":
                    found.path.unlink()  # fails while it is open
                else:
                    # Opened for writing, which some network file systems need for the lock.
                    descriptor = os.open(found.path, os.O_RDWR)
                    try:
                        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        found.path.unlink()
                    finally:
                        os.close(descriptor)

    def _delete_all(self, prefix: str) -> None:
        error = None
        for found in list(self._files(_PART, _STATE)):
            if found.path.name.startswith(prefix):
                try:
                    found.path.unlink(missing_ok=True)
                except OSError as caught:
                    error = caught
        if error is not None:
            raise error


def _digest(name: str) -> str:
    return hashlib.sha256(_encode(name)).hexdigest()[:32]


def _encode(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _body_size(state: SavedState) -> int:
    return memoryview(state.data).nbytes + sum(len(c.data) for c in state.checkpoints)


def _pack_front(conversation: str, key: str, state: SavedState) -> bytes:
    names = _encode(conversation), _encode(key)
    front = b"".join(
        (
            _FIXED.pack(
                _MAGIC,
                _VERSION,
                *map(len, names),
                len(state.checkpoints),
                len(state.tokens),
                state.read,
                memoryview(state.data).nbytes,
            ),
            *names,
            array("i", state.tokens).tobytes(),
            *(_CHECKPOINT.pack(c.position, len(c.data)) for c in state.checkpoints),
        )
    )
    return front + _CRC.pack(zlib.crc32(front))


def _blocks(front: bytes, state: SavedState) -> Iterator[bytes | memoryview]:
    """The whole file in pieces that the processor's cache still holds when they are written."""
    yield front
    crc = zlib.crc32(front[: -_CRC.size])
    for data in (state.data, *(c.data for c in state.checkpoints)):
        view = memoryview(data)
        for start in range(0, len(view), _BLOCK):
            block = view[start : start + _BLOCK]
            crc = zlib.crc32(block, crc)
            yield block
    yield _CRC.pack(crc)


def _write_all(file: FileIO, block: bytes | memoryview) -> None:
    view = memoryview(block)
    while view:
        view = view[file.write(view) :]


def _read_front(file: FileIO, conversation: str, key: str) -> _Front:
    """The front, checked; no memory is taken for counts that can't be true."""
    fixed = file.read(_FIXED.size)
    if len(fixed) < _FIXED.size:
        raise _DamagedError
    magic, version, name_size, key_size, count, tokens, read, size = _FIXED.unpack(fixed)
    if (magic, version) != (_MAGIC, _VERSION):
        raise _DamagedError
    parts = (name_size, key_size, 4 * tokens, _CHECKPOINT.size * count)
    start = _FIXED.size + sum(parts) + _CRC.size
    found_size = os.fstat(file.fileno()).st_size
    if start > _LARGEST_FRONT or start + size + _CRC.size > found_size:
        raise _DamagedError
    rest = file.read(start - _FIXED.size)
    crc = zlib.crc32(rest[: -_CRC.size], zlib.crc32(fixed))
    if len(rest) != start - _FIXED.size or _CRC.pack(crc) != rest[-_CRC.size :]:
        raise _DamagedError
    names, ids = rest[: name_size + key_size], array("i")
    if names != _encode(conversation) + _encode(key) or len(_encode(key)) != key_size:
        raise _DamagedError
    ids.frombytes(rest[len(names) : len(names) + 4 * tokens])
    checkpoints = tuple(_CHECKPOINT.iter_unpack(rest[len(names) + 4 * tokens : -_CRC.size]))
    if start + size + sum(size for _, size in checkpoints) + _CRC.size != found_size:
        raise _DamagedError
    return _Front(tuple(ids), read, start, size, checkpoints, crc)


def _read_body(file: FileIO, front: _Front) -> SavedState:
    """The state, checked.

    Everything is read once through a small buffer, so that an error of the disk is an `OSError`.
    After that a mapping costs neither memory nor a copy: 69 MB take half of the time of reading
    into fresh memory, whose pages are the larger part of the work.
    """
    body = front.size + sum(size for _, size in front.checkpoints)
    crc, left = front.crc, body
    buffer = memoryview(bytearray(min(_BLOCK, body)))
    while left:
        count = file.readinto(buffer[:left])
        if not count:
            raise _DamagedError
        crc = zlib.crc32(buffer[:count], crc)
        left -= count
    if file.read(_CRC.size) != _CRC.pack(crc):
        raise _DamagedError
    mapping = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    start = front.start + front.size
    checkpoints = []
    for position, size in front.checkpoints:
        checkpoints.append(Checkpoint(position, bytes(mapping[start : start + size])))
        start += size
    data = mapping[front.start : front.start + front.size]
    return SavedState(front.tokens, front.read, data, tuple(checkpoints))


def _delete_if_possible(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
