"""What programs and libraries for Linux need of others, as `objdump` of binutils tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from steps import output

_MAGIC = b"\x7fELF"
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
_FROM = re.compile(r"^\s+required from (\S+):$")
_VERSION = re.compile(r"^\s+0x[0-9a-f]+\s+0x[0-9a-f]+\s+\d+\s+(\S+)$")


@dataclass(frozen=True, slots=True)
class Needs:
    """The names of libraries, and pairs such as ("libc.so.6", "GLIBC_2.34")."""

    libraries: tuple[str, ...]
    versions: frozenset[tuple[str, str]]


def is_elf(path: Path) -> bool:
    """Whether it is a program or a library at all."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


@cache
def needs(path: Path) -> Needs:
    """What one file needs. Raises `BuildError` without binutils."""
    printed = output("objdump", "-p", path)
    versions = set()
    library = ""
    for line in printed.splitlines():
        if found := _FROM.match(line):
            library = found[1]
        elif library and (found := _VERSION.match(line)):
            versions.add((library, found[1]))
        else:
            library = ""
    return Needs(tuple(_NEEDED.findall(printed)), frozenset(versions))


def code_files(folder: Path) -> list[Path]:
    """All programs and libraries below a folder, each once."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and is_elf(path)
    )


def from_outside(folder: Path) -> dict[str, list[Path]]:
    """The libraries that no file below `folder` is named after, with the files that need them."""
    there = {path.name for path in folder.rglob("*")}
    found: dict[str, list[Path]] = {}
    for path in code_files(folder):
        for library in needs(path).libraries:
            if library not in there:
                found.setdefault(library, []).append(path)
    return found


def reachable(roots: Iterable[Path], libraries: Mapping[str, Path]) -> set[str]:
    """Which of `libraries` the files `roots` need, directly or through one another."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        for name in needs(waiting.pop()).libraries:
            if name in libraries and name not in found:
                found.add(name)
                waiting.append(libraries[name])
    return found
