"""A file while it arrives: `<target>.part`, and `<target>.part.json` that says what it is part of.

What was handed to the system survives the death of this process, so each byte is written through
and a download goes on exactly where it was killed. A loss of power may damage more than the end;
that is what the hash finds, which is computed while writing and again over what was there before.

The sidecar names contents, not addresses: those expire, and a mirror may be chosen in between. Its
version grows with whatever else it comes to hold (which ranges of the part are filled, say): an
unknown one makes the part start anew.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from chatapp.domain.download import Resolved
from chatapp.errors import (
    ChatappError,
    DiskFull,
    DownloadBusy,
    FileTooLargeForDisk,
    FolderNotWritable,
)
from chatapp.hub.file_lock import is_at, try_lock
from chatapp.settings import write_atomically

if TYPE_CHECKING:
    from _hashlib import HASH

logger = logging.getLogger(__name__)

_VERSION = 1
_LARGEST_SIDECAR = 1 << 16  # bytes
_BLOCK = 1 << 20  # bytes
_GIT_HASH = re.compile(r"[0-9a-f]{40}")
_RENAMES = 20  # a virus scanner on Windows holds a file for a moment after it was closed
_RENAME_WAIT = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Source:
    """Which contents a part belongs to. `size` in bytes."""

    repo: str
    file: str
    commit: str
    sha256: str
    size: int
    etag: str

    @classmethod
    def of(cls, resolved: Resolved, repo: str = "", file: str = "") -> Source:
        """The contents that an address was given for."""
        return cls(
            repo, file, resolved.commit, resolved.sha256.lower(), resolved.size, resolved.etag
        )

    def is_same_as(self, other: Source) -> bool:
        """Whether the bytes are the same; where they are told by nothing else, by the commit."""
        if self.size != other.size:
            return False
        if self.sha256 or other.sha256:
            return self.sha256 == other.sha256
        if self.etag or other.etag:
            return self.etag == other.etag
        return (self.repo, self.file, self.commit) == (other.repo, other.file, other.commit)

    def new_digest(self) -> HASH | None:
        """The hash that has to come out as `expected_digest`; None where the Hub names none."""
        if self.sha256:
            return hashlib.sha256()
        if _GIT_HASH.fullmatch(self.etag):
            return hashlib.sha1(b"blob %d\0" % self.size, usedforsecurity=False)
        return None

    @property
    def expected_digest(self) -> str:
        """In hexadecimal digits."""
        return self.sha256 or self.etag


class PartFile:
    """The growing file of one target. One thread only; nobody else can open the same one.

    `size` in bytes.

    Raises `DownloadBusy`, `DiskFull`, `FolderNotWritable` or `FileTooLargeForDisk`, here and
    wherever it writes.
    """

    def __init__(self, target: Path, source: Source) -> None:
        self._target = target
        self.source = source
        self._path = part_path(target)
        self._sidecar = sidecar_path(target)
        self._file = self._open()
        self._digest = source.new_digest()
        try:
            self.size = os.fstat(self._file.fileno()).st_size
            self._hashed = 0
            found = read_sidecar(target)
            if found is None or not found.is_same_as(source) or self.size > source.size:
                self.restart()
                data = {"version": _VERSION, **asdict(source)}
                write_atomically(self._sidecar, json.dumps(data, indent=2) + "\n")
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Leave the part as it is, for the next time."""
        self._file.close()

    def read_again(self, stop: threading.Event, on_progress: Callable[[int], None]) -> bool:
        """Hash what was there before; False if it was stopped. Progress in bytes."""
        if self._digest is None:
            return True
        buffer = memoryview(bytearray(_BLOCK))
        with self._typed_errors():
            self._file.seek(self._hashed)
            while self._hashed < self.size:
                if stop.is_set():
                    return False
                count = self._file.readinto(buffer[: self.size - self._hashed])
                if not count:
                    break  # someone cut it; the hash will tell
                self._digest.update(buffer[:count])
                self._hashed += count
                on_progress(self._hashed)
        return True

    def write(self, data: bytes) -> None:
        """Append, and hand it to the system at once."""
        view = memoryview(data)
        with self._typed_errors():
            while view:
                count = self._file.write(view)
                if self._digest is not None:
                    self._digest.update(view[:count])
                self.size += count
                self._hashed += count
                view = view[count:]

    def restart(self) -> None:
        """Begin at zero."""
        if self.size:
            with self._typed_errors():
                self._file.truncate(0)
        self.size = self._hashed = 0
        self._digest = self.source.new_digest()

    def is_right(self) -> bool:
        """Whether size and hash are those of the source."""
        if self.size != self.source.size:
            return False
        return self._digest is None or self._digest.hexdigest() == self.source.expected_digest

    def publish(self) -> None:
        """Give the file its name, over an older one."""
        with self._typed_errors():
            os.fsync(self._file.fileno())
            if sys.platform == "win32":
                self._file.close()  # an open file can't be renamed there
            # Elsewhere the lock is held until the file has its name.
            _replace(self._path, self._target)
        self._file.close()
        _delete_if_possible(self._sidecar)

    def discard(self) -> None:
        """Delete the part and its sidecar."""
        _delete_if_possible(self._sidecar)
        if sys.platform == "win32":
            self._file.close()
        _delete_if_possible(self._path)
        self._file.close()

    def _open(self) -> FileIO:
        """The locked file, made if there is none."""
        while True:
            with self._typed_errors():
                self._target.parent.mkdir(parents=True, exist_ok=True)
                file = FileIO(self._path, "a+b")
            if not try_lock(file):
                file.close()
                raise DownloadBusy(str(self._target))
            if is_at(file, self._path):
                return file
            file.close()  # finished or deleted by another one before it was locked

    @contextlib.contextmanager
    def _typed_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise disk_error(error, self._target) from error


def part_path(target: Path) -> Path:
    """Where the part of a file lies."""
    return target.with_name(target.name + ".part")


def sidecar_path(target: Path) -> Path:
    """Where it stands what the part belongs to."""
    return target.with_name(target.name + ".part.json")


def read_sidecar(target: Path) -> Source | None:
    """What the part belongs to; None if nothing there can be used."""
    try:
        with sidecar_path(target).open("rb") as file:
            content = file.read(_LARGEST_SIDECAR + 1)
        data = json.loads(content) if len(content) <= _LARGEST_SIDECAR else None
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.pop("version", None) != _VERSION:
        return None
    types = {f.name: int if f.name == "size" else str for f in fields(Source)}
    if data.keys() != types.keys() or any(type(data[n]) is not t for n, t in types.items()):
        return None
    return Source(**data)


def discard_part(target: Path) -> bool:
    """Delete what was left of a download; False if something writes it at this moment."""
    path = part_path(target)
    try:
        with FileIO(path, "r+b") as file:
            if not try_lock(file):
                return False
            _delete_if_possible(sidecar_path(target))
            if sys.platform != "win32":
                _delete_if_possible(path)
    except OSError:
        _delete_if_possible(sidecar_path(target))
        return True  # there is no part
    if sys.platform == "win32":
        _delete_if_possible(path)
    return True


def is_complete(
    path: Path, source: Source, stop: threading.Event, on_progress: Callable[[int], None]
) -> bool:
    """Whether the file at `path` has the contents already. False also if it was stopped."""
    digest = source.new_digest()
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != source.size:
                return False
            done = 0
            while digest is not None and (block := file.read(_BLOCK)):
                if stop.is_set():
                    return False
                digest.update(block)
                done += len(block)
                on_progress(done)
    except OSError:
        return False
    return digest is None or digest.hexdigest() == source.expected_digest


def free_space(folder: Path) -> int:
    """Bytes that can be written where the folder is; if nobody knows, writing will tell."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return sys.maxsize


def disk_error(error: OSError, target: Path) -> ChatappError:
    """What an error of the file system means for a download."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(str(target.parent))
    if error.errno == errno.EFBIG:
        return FileTooLargeForDisk(str(target))
    return FolderNotWritable(str(target.parent))


def _replace(path: Path, target: Path) -> None:
    for _ in range(_RENAMES if sys.platform == "win32" else 0):
        try:
            path.replace(target)
        except PermissionError:
            time.sleep(_RENAME_WAIT)
        else:
            return
    path.replace(target)


def _delete_if_possible(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
