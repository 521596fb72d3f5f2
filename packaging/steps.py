"""What the steps of a build share: its folders, its one error, and how commands are run."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
# Where PyInstaller puts the program; on macOS it is wrapped into Chatapp.app.
FROZEN = BUILD / "frozen"
# What PyInstaller took from the system, for its licences.
COLLECTED = BUILD / "collected.json"


class BuildError(Exception):
    """A step failed; the text is one sentence with the cause and, where there is one, a remedy."""


def say(text: str) -> None:
    """Print one line at once, also into a pipe and before what a command prints."""
    print(text, flush=True)


def run(
    *command: str | Path, doing: str, environment: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> None:
    """Run a command that prints for itself; `environment` is added to ours."""
    say(f"== {doing}: {shlex.join(map(str, command))}")
    try:
        code = subprocess.run(
            command, cwd=cwd, env={**os.environ, **(environment or {})}, check=False
        ).returncode
    except OSError as error:
        raise BuildError(f"{doing} failed: {command[0]}: {error.strerror}") from None
    if code != 0:
        raise BuildError(f"{doing} failed with code {code}: see what is printed above")


def output(*command: str | Path) -> str:
    """What a command prints in plain English."""
    try:
        result = subprocess.run(
            command,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise BuildError(f"{command[0]}: {error.strerror}: install it") from None
    if result.returncode != 0:
        raise BuildError(f"{shlex.join(map(str, command))} failed: {result.stderr.strip()}")
    return result.stdout


def internal(program: Path) -> Path:
    """The folder with everything that a frozen program consists of, which is `sys._MEIPASS`."""
    return program / ("Contents/Frameworks" if program.suffix == ".app" else "_internal")


def system_name() -> str:
    """This system in the names of artefacts."""
    return {"darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)
