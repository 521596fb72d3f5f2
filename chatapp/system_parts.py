"""What Chatapp needs of the system besides Python, and which packages bring it.

The set-up script imports this before anything is installed, so it uses the standard library alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shlex
import shutil
import sys
from pathlib import Path
from typing import NamedTuple


class Part(NamedTuple):
    """What pip can't install, and the package that brings it on each distribution."""

    name: str
    debian: str
    fedora: str
    arch: str


# Complete in a bare Debian 12: whatever else Qt links against comes with these packages.
QT_LIBRARIES = (
    Part("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Part("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Part("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Part("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Part("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Part("libgssapi_krb5.so.2", "libgssapi-krb5-2", "krb5-libs", "krb5"),
    Part("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
)
X11_LIBRARIES = (
    Part("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Part("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Part("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Part("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Part("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
)
FONT = Part("a font", "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
VENV_MODULE = Part(
    "Python's venv module", "python{}.{}-venv".format(*sys.version_info), "python3", "python"
)
OPENMP = Part("libgomp.so.1", "libgomp1", "libgomp", "gcc-libs")
COMPILER = Part("a C++ compiler", "g++", "gcc-c++", "gcc")
MAKE = Part("make", "make", "make", "make")
INSTALL = {
    "debian": "apt-get install -y --no-install-recommends",
    "fedora": "dnf install -y",
    "arch": "pacman -S --needed --noconfirm",
}


def is_loadable(library: str) -> bool:
    """Whether the dynamic linker finds `library`."""
    try:
        ctypes.CDLL(library, winmode=0)  # on Windows: look in PATH too
    except OSError:
        return False
    return True


def missing_for_qt() -> list[Part]:
    """What a Qt window lacks on this system."""
    if sys.platform != "linux":
        return []
    missing = [part for part in QT_LIBRARIES + X11_LIBRARIES if not is_loadable(part.name)]
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    has_font = any(path for folder in folders for path in folder.rglob("*.[ot]t[cf]"))
    return missing if has_font else [*missing, FONT]


def prevents_window(missing: list[Part]) -> bool:
    """Whether Qt can't start: fonts don't matter for that, and X11 only if it is the display."""
    has_other = not os.environ.get("DISPLAY") or bool(os.environ.get("WAYLAND_DISPLAY"))
    optional = {FONT, *(X11_LIBRARIES if has_other else ())}
    return not optional.issuperset(missing)


def missing_for_llama(*, compiled: bool) -> list[Part]:
    """What llama.cpp lacks on this system: a prebuilt one OpenMP, otherwise a compiler."""
    if sys.platform != "linux":
        return []
    if not compiled:
        return [] if is_loadable(OPENMP.name) else [OPENMP]
    # With a compiler but no make, pip gets its own ninja.
    has_compiler = "CXX" in os.environ or any(map(shutil.which, ("c++", "g++", "clang++")))
    return [] if has_compiler else [COMPILER, MAKE]


def distribution(os_release: dict[str, str]) -> str:
    """The family whose packages a system installs, by its /etc/os-release; empty if unknown."""
    families = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora"}
    names = [os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()]
    return next((f for f in (families.get(name, name) for name in names) if f in INSTALL), "")


def install_commands(parts: list[Part], family: str) -> list[list[str]]:
    """The commands by which root installs `parts`; none for an unknown distribution."""
    if not family:
        return []
    packages = dict.fromkeys(part._asdict()[family] for part in parts)
    update = [["apt-get", "update"]] if family == "debian" else []
    return [*update, [*INSTALL[family].split(), *packages]]


def advice(parts: list[Part], commands: list[list[str]]) -> str:
    """How a person installs `parts`."""
    names = ", ".join(part.name for part in parts)
    if not commands:
        return f"Install with the package manager of this system: {names}"
    return f"This system lacks {names}: run `{command_line(commands)}`"


def command_line(commands: list[list[str]]) -> str:
    """What a person types to run `commands` as root; empty for none."""
    return " && ".join("sudo " + shlex.join(command) for command in commands)


def this_distribution() -> str:
    """The family of this system."""
    try:
        return distribution(platform.freedesktop_os_release())
    except OSError:
        return ""
