"""A model file in the making: a name that is free, and a `.part` file that only we write."""

from __future__ import annotations

import contextlib
import os
import sys
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from chatapp.errors import FolderNotWritable
from chatapp.hub.file_lock import is_at, try_lock
from chatapp.hub.part_file import disk_error, part_path, sidecar_path

_MOST_NAMES = 1000


class NewFile:
    """An empty file at `path`, deleted at the end of the context unless it was kept.

    It is called `<start><end>.part`, or `<start>-2<end>.part` and so on when that name is taken: by
    a model, by a download, or by another process that writes such a file. What a process that was
    killed left behind is taken over. Here and in `keep` it raises what `disk_error` knows.
    """

    def __init__(self, folder: Path, start: str, end: str) -> None:
        numbers = ("", *(f"-{number}" for number in range(2, _MOST_NAMES)))
        self._free = (
            path for number in numbers if not _is_there(path := folder / f"{start}{number}{end}")
        )
        for target in self._free:
            if (file := _claim(target)) is not None:
                self._target, self._file = target, file
                break
        else:
            raise FolderNotWritable(str(folder))
        self._is_kept = False

    @property
    def path(self) -> Path:
        """Where to write."""
        return part_path(self._target)

    @property
    def size(self) -> int:
        """Bytes that are written."""
        return os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
        if not self._is_kept:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def keep(self) -> Path:
        """Give it its name, which does not end in `.part`, once it is safely on the disk."""
        try:
            os.fsync(self._file.fileno())
            if sys.platform == "win32":
                self._file.close()  # an open file can't be renamed there
            # Elsewhere the lock is held until the file has its name.
            target = next(self._free) if _is_there(self._target) else self._target
            self.path.replace(target)
        except OSError as error:
            raise disk_error(error, self._target) from error
        self._is_kept = True
        return target


def _is_there(path: Path) -> bool:
    """Whether the name is taken; a link that leads nowhere takes it too."""
    return path.exists() or path.is_symlink()


def _claim(target: Path) -> FileIO | None:
    """The locked, empty part; None when another process or a download needs it."""
    part = part_path(target)
    if _is_there(sidecar_path(target)) or part.is_symlink():
        return None
    while True:
        try:
            file = FileIO(part, "a+b")
            if not try_lock(file):
                file.close()
                return None
            if is_at(file, part):
                file.truncate(0)
                return file
        except OSError as error:
            raise disk_error(error, target) from error
        file.close()  # deleted before it was locked
