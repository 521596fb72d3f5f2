"""Whether a window can open here. Qt would end the process where it can't.

The set-up script imports this before anything is installed, so it uses the standard library alone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from chatapp.errors import DisplayMissing, QtLibrariesMissing
from chatapp.system_parts import missing_for_qt, prevents_window


def has_display() -> bool:
    """Whether a screen (or Qt's offscreen one) is there to open a window on."""
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("QT_QPA_PLATFORM") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    display = os.environ.get("DISPLAY", "")
    if not display:
        return False
    host, _, number = display.rpartition(":")
    if host not in ("", "unix"):
        return True
    # Qt aborts the process when nobody listens there.
    return _listens(number.split(".")[0])


def check_display() -> None:
    """Raise `DisplayMissing` or `QtLibrariesMissing` where Qt would abort the process."""
    if not has_display():
        raise DisplayMissing
    missing = missing_for_qt()
    if prevents_window(missing):
        raise QtLibrariesMissing(", ".join(part.name for part in missing))


def _listens(number: str) -> bool:
    """Whether an X server has this display number, on a socket file or an abstract socket."""
    socket = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
    try:
        sockets = Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace")
    except OSError:
        sockets = ""
    return Path(socket).exists() or f"@{socket}\n" in sockets
