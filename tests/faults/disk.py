"""A disk that can be full: a real one of a few megabytes, or files that may not grow."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTE = 1 << 20


class Disk:
    """`folder` lies on it. Without the right to mount one every file of this process is limited.

    That one counts no bytes: either all is well, or nothing can be written at all.
    """

    def __init__(self, folder: Path, *, is_real: bool) -> None:
        self.folder = folder
        self.is_real = is_real
        self._filler = folder / "filler"

    def fill(self, leave: int = 0) -> None:
        """Leave only so many bytes, in whole pages."""
        if not self.is_real:
            _limit_files(0)
            return
        self.free()
        with self._filler.open("wb") as file, contextlib.suppress(OSError):
            size = max(0, self._free_bytes() - leave)
            while size > 0:
                size -= os.write(file.fileno(), bytes(min(size, MEGABYTE)))

    def free(self) -> None:
        """Let everything fit again."""
        if self.is_real:
            self._filler.unlink(missing_ok=True)
        else:
            _limit_files(None)

    def make_read_only(self) -> None:
        """Only a real one."""
        _mount("remount,ro", self.folder)

    def make_writable(self) -> None:
        _mount("remount,rw", self.folder)

    def _free_bytes(self) -> int:
        status = os.statvfs(self.folder)
        return status.f_bavail * status.f_frsize


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Mounted on a new folder if that is allowed."""
    folder.mkdir()
    if not _mount(f"size={megabytes}m,mode=700", folder, "tmpfs"):
        disk = Disk(folder, is_real=False)
        try:
            yield disk
        finally:
            disk.free()
        return
    try:
        yield Disk(folder, is_real=True)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _mount(options: str, folder: Path, kind: str = "") -> bool:
    command = ["mount", "-o", options, str(folder)]
    if kind:
        command = ["mount", "-t", kind, "-o", options, kind, str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _limit_files(size: int | None) -> None:
    assert sys.platform != "win32", "no limit of files there"
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))
