"""Collects the licences of everything that Chatapp is installed with, for the page "About".

    python packaging/licences.py update    # write resources/licences.json
    python packaging/licences.py check     # one line for each difference, exit code 1

Reads the metadata of installed packages: start it with the Python of an environment in which
Chatapp is installed. Versions differ from one installation to the next; what has to agree is which
parts there are and under which licence.
"""

from __future__ import annotations

import json
import platform
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "licences.json"

USAGE = "Usage: python packaging/licences.py update|check"
_STANDARD = ROOT / "packaging" / "licence_texts"
_NAME = re.compile(r"(licen[cs]e|copying|notice|copyright)", re.IGNORECASE)
_CLASSIFIER = "License :: OSI Approved :: "

# Where the metadata say nothing, or nothing that a person can use.
_KNOWN = {
    "apsw": "Any OSI-approved licence",
    "socksio": "MIT",
}
# What comes inside packages, and isn't said in their metadata: name, licence, package that has the
# same version, and texts of `licence_texts`.
_INSIDE = (
    ("Python", "PSF-2.0", "", ("PSF-2.0",)),
    ("Qt", "LGPL-3.0-only", "PySide6_Essentials", ("LGPL-3.0", "GPL-3.0")),
    ("llama.cpp", "MIT", "", ("llama.cpp",)),
    ("SQLite", "Public domain", "", ("SQLite",)),
)


class MissingError(Exception):
    """A package that Chatapp needs is not installed; the text names it."""


def installed_parts() -> list[dict[str, Any]]:
    """The parts by name: name, version, licence and texts."""
    parts = [_part(distribution) for distribution in _distributions()]
    parts += [_inside(*entry) for entry in _INSIDE]
    return sorted(parts, key=lambda part: str(part["name"]).casefold())


def part(name: str) -> dict[str, Any]:
    """One installed package, whether Chatapp needs it or not."""
    return _part(metadata.distribution(name))


def as_file(parts: list[dict[str, Any]]) -> str:
    """The parts as JSON, in which each text stands once."""
    texts: dict[str, int] = {}
    listed = []
    for part in parts:
        numbers = [texts.setdefault(text, len(texts)) for text in part["texts"]]
        listed.append({**part, "texts": numbers})
    content = {"parts": listed, "texts": list(texts)}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def differences(content: str, parts: list[dict[str, Any]]) -> list[str]:
    """What is not in the file as it is installed, a line for each."""
    try:
        listed = {part["name"]: part["licence"] for part in json.loads(content)["parts"]}
    except (ValueError, KeyError, TypeError) as error:
        return [f"the file can't be read: {error}"]
    installed = {part["name"]: part["licence"] for part in parts}
    found = [f"{name}: is missing" for name in installed.keys() - listed.keys()]
    found += [f"{name}: is not installed" for name in listed.keys() - installed.keys()]
    found += [
        f"{name}: is {licence}, not {listed[name]}"
        for name, licence in installed.items()
        if listed.get(name, licence) != licence
    ]
    found += [f"{part['name']}: has no text" for part in parts if not part["texts"]]
    return sorted(found)


def _distributions() -> Iterator[metadata.Distribution]:
    """All that Chatapp needs on this system, and what that needs."""
    seen: set[tuple[str, str]] = set()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [(Requirement(line), "") for line in project["dependencies"]]
    while waiting:
        requirement, extra = waiting.pop()
        marker = requirement.marker
        if marker is not None and not marker.evaluate({"extra": extra}):
            continue
        try:
            distribution = metadata.distribution(requirement.name)
        except metadata.PackageNotFoundError as error:
            raise MissingError(f"{requirement.name} is not installed") from error
        for wanted in ("", *requirement.extras):
            key = (_canonical(requirement.name), wanted)
            if key not in seen:
                seen.add(key)
                if not wanted:
                    yield distribution
                waiting += [(Requirement(line), wanted) for line in distribution.requires or ()]


def _part(distribution: metadata.Distribution) -> dict[str, Any]:
    name = distribution.metadata["Name"]
    return {
        "name": name,
        "version": distribution.version,
        "licence": _KNOWN.get(_canonical(name)) or _licence(distribution),
        "texts": _texts(distribution),
    }


def _inside(name: str, licence: str, package: str, texts: tuple[str, ...]) -> dict[str, Any]:
    version = metadata.version(package) if package else ""
    if name == "Python":
        version = platform.python_version()
    return {"name": name, "version": version, "licence": licence, "texts": _standard(texts)}


def _licence(distribution: metadata.Distribution) -> str:
    fields = distribution.metadata
    expression = fields.get("License-Expression")
    if expression:
        return str(expression)
    plain = str(fields.get("License") or "").strip()
    if plain not in ("", "UNKNOWN") and "\n" not in plain and len(plain) < 80:
        return plain
    classifiers = [str(line) for line in fields.get_all("Classifier") or ()]
    names = [line.removeprefix(_CLASSIFIER) for line in classifiers if _CLASSIFIER in line]
    return ", ".join(names)


def _texts(distribution: metadata.Distribution) -> list[str]:
    found = []
    for file in sorted(distribution.files or (), key=str):
        if ".dist-info" in str(file) and _NAME.search(file.name):
            path = Path(str(file.locate()))
            if path.is_file():
                found.append(path.read_text(encoding="utf-8", errors="replace").strip())
    if not found:
        name = _canonical(distribution.metadata["Name"])
        if "LGPL-3.0" in _licence(distribution):
            found = _standard(("LGPL-3.0", "GPL-3.0"))
        elif (_STANDARD / f"{name}.txt").is_file():
            found = _standard((name,))
    return found


def _standard(names: tuple[str, ...]) -> list[str]:
    return [(_STANDARD / f"{name}.txt").read_text(encoding="utf-8").strip() for name in names]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).casefold()


def main(arguments: list[str]) -> int:
    """Run the command; 0 means that the file is current."""
    if arguments not in (["update"], ["check"]):
        print(USAGE)
        return 2
    try:
        parts = installed_parts()
    except MissingError as error:
        print(error)
        return 1
    if arguments == ["update"]:
        TARGET.write_text(as_file(parts), encoding="utf-8")
        return 0
    content = TARGET.read_text(encoding="utf-8") if TARGET.is_file() else ""
    found = differences(content, parts)
    print("\n".join(found) or f"{TARGET.name} is current")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
