"""One writer at a time, also among processes: the lock goes when its holder closes or dies."""

from __future__ import annotations

import logging
import os
import sys
from io import FileIO
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

logger = logging.getLogger(__name__)

# Windows keeps others from reading what is locked, so it is one byte, as far out as `msvcrt` goes.
_PLACE = 2**31 - 16


def try_lock(file: FileIO) -> bool:
    """Lock the open file until it is closed; False if another one holds it.

    A file system without locks counts as free: it is better to download there than not to.
    """
    try:
        if sys.platform == "win32":
            position = file.tell()
            file.seek(_PLACE)
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            finally:
                file.seek(position)
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        logger.debug("no lock on %s: %s", file.name, error)
    return True


def is_at(file: FileIO, path: str | os.PathLike[str]) -> bool:
    """Whether the open file is still what lies there, or was renamed or deleted meanwhile."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), Path(path).stat())
    except OSError:
        return False
