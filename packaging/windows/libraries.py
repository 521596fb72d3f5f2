"""Which DLLs the programs and libraries of a folder need, so that a bare Windows misses none.

The computer that builds has more of them than the one of whoever installs Chatapp: what comes with
Visual C++, OpenMP among it, must be taken along, although it lies in the system's folder here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from steps import BuildError

SYSTEM = Path(os.environ.get("SystemRoot", r"C:\Windows"), "System32")  # noqa: SIM112 - its name

# Visual C++'s and OpenMP's, none of which is a part of Windows.
_RUNTIME = re.compile(
    r"(atl|concrt|libomp|mfc|msvcp|msvcr|vcamp|vccorlib|vcomp|vcruntime)\d.*\.dll"
)
# Names that Windows maps to libraries of its own.
_API_SETS = ("api-ms-win-", "ext-ms-win-")
# They come with a graphics card. llama.cpp goes on without the back end that can't find them.
_DRIVERS = frozenset({"nvcuda.dll", "vulkan-1.dll"})
_CODE = frozenset({".dll", ".exe", ".pyd"})


def imports(file: Path) -> set[str]:
    """The DLLs that Windows loads together with a program or library, in small letters."""
    import pefile  # type: ignore[import-untyped] # PyInstaller brings it along on Windows

    image = pefile.PE(str(file), fast_load=True)
    try:
        image.parse_data_directories(
            directories=[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]]
        )
        entries = getattr(image, "DIRECTORY_ENTRY_IMPORT", [])
        return {entry.dll.decode("ascii", "replace").lower() for entry in entries}
    finally:
        image.close()


def code_files(folder: Path) -> list[Path]:
    """All programs and libraries below a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _CODE)


def runtime_libraries(folder: Path, system: Path = SYSTEM) -> list[Path]:
    """What of Visual C++ and OpenMP the libraries below `folder` need and don't have beside them.

    Put them there: a library's own folder is searched first. Raises `BuildError`.
    """
    there = {path.name.lower() for path in code_files(folder)}
    found: dict[str, Path] = {}
    waiting: list[Path] = code_files(folder)
    while waiting:
        for name in imports(waiting.pop()):
            if name in there or name in found or not _RUNTIME.fullmatch(name):
                continue
            path = system / name
            if not path.is_file():
                raise BuildError(
                    f"{name} isn't in {system}: install Microsoft's Visual C++ Redistributable"
                )
            found[name] = path
            waiting.append(path)
    return sorted(found.values())


def missing(folder: Path, system: Path = SYSTEM) -> list[str]:
    """What neither the folder nor a bare Windows has: a line for each program or library."""
    files = code_files(folder)
    there = {path.name.lower() for path in files}
    lines = []
    for file in files:
        names = _not_of_windows(imports(file) - there - _DRIVERS, system)
        if names:
            lines.append(f"{file.relative_to(folder)} needs {', '.join(names)}")
    return lines


def _not_of_windows(names: Iterable[str], system: Path) -> list[str]:
    return sorted(
        name
        for name in names
        if not name.startswith(_API_SETS)
        and (_RUNTIME.fullmatch(name) or not (system / name).is_file())
    )
