"""Whether a window can open here: the display, and the system libraries that Qt's wheels leave out.

Standard library only, so that the set-up script can use it before anything is installed.
"""

from __future__ import annotations

import ctypes
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from chatapp.errors import DisplayMissing, QtLibrariesMissing


@dataclass(frozen=True, slots=True)
class SystemLibrary:
    """A shared library and the packages that bring it, by package manager."""

    name: str
    apt: str
    dnf: str
    pacman: str


ALWAYS = (
    SystemLibrary("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    SystemLibrary("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    SystemLibrary("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    SystemLibrary("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    SystemLibrary("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    SystemLibrary("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
)
FOR_X11 = (
    SystemLibrary("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    SystemLibrary("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    SystemLibrary("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    SystemLibrary("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    SystemLibrary(
        "libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"
    ),
)
_INSTALL = {"apt": "apt-get install -y", "dnf": "dnf install -y", "pacman": "pacman -S --needed"}


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


def missing_libraries(*, for_x11: bool) -> list[SystemLibrary]:
    """The system libraries that Qt needs and that can't be loaded; always empty off Linux."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = ALWAYS + FOR_X11 if for_x11 else ALWAYS
    return [library for library in wanted if not _loads(library.name)]


def package_manager() -> str | None:
    """The name "apt", "dnf" or "pacman", or None when none of them is there."""
    from shutil import which

    for name, program in (("apt", "apt-get"), ("dnf", "dnf"), ("pacman", "pacman")):
        if which(program):
            return name
    return None


def packages_for(libraries: list[SystemLibrary], manager: str) -> list[str]:
    """The packages to install, each once."""
    return list(dict.fromkeys(getattr(library, manager) for library in libraries))


def install_line(packages: list[str], manager: str) -> str:
    """The exact line that a person runs."""
    return f"sudo {_INSTALL[manager]} {shlex.join(packages)}"


def check_display() -> None:
    """Raise `DisplayMissing` or `QtLibrariesMissing` where Qt would abort the process."""
    if not has_display():
        raise DisplayMissing
    x11 = bool(os.environ.get("DISPLAY")) and not os.environ.get("WAYLAND_DISPLAY")
    missing = missing_libraries(for_x11=x11 and not os.environ.get("QT_QPA_PLATFORM"))
    if missing:
        raise QtLibrariesMissing(missing[0].name)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _listens(number: str) -> bool:
    """Whether an X server has this display number, on a socket file or an abstract socket."""
    socket = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
    try:
        sockets = Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace")
    except OSError:
        sockets = ""
    return Path(socket).exists() or f"@{socket}\n" in sockets
