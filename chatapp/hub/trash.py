"""Deleting so that it can be taken back: the system's trash."""

from __future__ import annotations

from pathlib import Path

from chatapp.errors import TrashUnavailable


def to_trash(path: Path, *, permanently: bool = False) -> None:
    """Move a file to the system's trash, or delete it. Raises `TrashUnavailable`.

    Some disks have no trash: network drives, or those where nothing else may be written.
    """
    try:
        if permanently:
            path.unlink()
        else:
            from send2trash import send2trash  # looks at the desktop when it is imported

            send2trash(str(path))
    except OSError as error:
        raise TrashUnavailable(str(path), str(error)) from error
