"""What a file of the local Hub holds, and the hashes by which the Hub knows it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


@dataclass(frozen=True, slots=True)
class Hollow:
    """A file of `size` bytes that has only its beginning; the rest is zeros that nobody stored.

    For listings and for headers of models that no test machine could hold. Its sha256 is made up.
    """

    head: bytes
    size: int


class Content:
    """The bytes of one file. A file on disk is never read into memory."""

    def __init__(self, source: bytes | str | Path | Hollow) -> None:
        self._source = source.encode() if isinstance(source, str) else source
        match self._source:
            case Path() as path:
                self.size = path.stat().st_size
            case Hollow() as hollow:
                self.size = hollow.size
            case data:
                self.size = len(data)

    def open(self) -> BinaryIO:
        match self._source:
            case Path() as path:
                return path.open("rb")
            case Hollow() as hollow:
                return cast("BinaryIO", _HollowFile(hollow))
            case data:
                return io.BytesIO(data)

    @cached_property
    def sha256(self) -> str:
        match self._source:
            case Path() as path:
                return _file_sha256(path, path.stat().st_size, path.stat().st_mtime_ns)
            case Hollow(head, size):
                return hashlib.sha256(head + size.to_bytes(8, "big")).hexdigest()
            case data:
                return hashlib.sha256(data).hexdigest()

    @cached_property
    def pointer(self) -> bytes:
        """What git holds in place of a large file."""
        return (
            "version https://git-lfs.github.com/spec/v1\n"
            f"oid sha256:{self.sha256}\n"
            f"size {self.size}\n"
        ).encode()

    @cached_property
    def git_id(self) -> str:
        """The id of the git blob with these bytes."""
        with self.open() as file:
            return git_id(file.read())


def git_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@lru_cache
def _file_sha256(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _HollowFile(io.RawIOBase):
    """Reads a `Hollow`."""

    def __init__(self, hollow: Hollow) -> None:
        super().__init__()
        self._hollow = hollow
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        assert whence == io.SEEK_SET
        self._position = offset
        return offset

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        count = max(0, min(len(view), self._hollow.size - self._position))
        head = self._hollow.head[self._position : self._position + count]
        view[:count] = head.ljust(count, b"\0")
        self._position += count
        return count
