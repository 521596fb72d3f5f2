"""The environment that installers are made in: build/venv, with Chatapp's needs and PyInstaller.

It is made anew whenever what belongs into it has changed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

from bootstrap import PROJECT, STARTER_MODEL
from engine_build import build_wheel, library_folder, write_record
from llama_builds import LLAMA
from steps import BUILD, run

VENV = BUILD / "venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
_STAMP = VENV / "chatapp.json"
_FREEZER = "pyinstaller>=6.16,<7"


def is_inside() -> bool:
    """Whether this is that environment's Python."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def make_environment(backend: str) -> None:
    """Make it with the engine of one back end, or leave it if it is as it should be.

    Raises `BuildError`.
    """
    stamp: dict[str, Any] = {
        "python": sys.version,
        "packages": [*_requirements(), _FREEZER, STARTER_MODEL],
    }
    wheel = build_wheel(_python_with_pip(stamp), backend)
    stamp["engine"] = str(wheel)
    if _read_stamp() == stamp:
        return
    _STAMP.unlink(missing_ok=True)  # what is interrupted from here on is made anew
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install")
    # A wheel of the same version is not put in the place of another one.
    run(*pip, "--force-reinstall", "--no-deps", wheel, doing="Installing llama.cpp")
    run(*pip, wheel, *_requirements(), _FREEZER, doing="Installing what Chatapp needs")
    # What it depends on is a whole other program; only its file is of use.
    run(*pip, "--no-deps", STARTER_MODEL, doing="Installing the starter model")
    write_record(library_folder(VENV), backend)
    _STAMP.write_text(json.dumps(stamp), encoding="utf-8")


def _python_with_pip(wanted: dict[str, Any]) -> Path:
    """The environment's Python; what is there but not `wanted` makes way for a new one."""
    is_same = all(_read_stamp().get(key) == value for key, value in wanted.items())
    if not is_same:
        shutil.rmtree(VENV, ignore_errors=True)
        run(sys.executable, "-m", "venv", VENV, doing="Making the environment")
    return PYTHON


def _requirements() -> list[str]:
    """What pyproject.toml asks for, llama.cpp aside."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return [str(line) for line in project["dependencies"] if not line.startswith(LLAMA)]


def _read_stamp() -> dict[str, Any]:
    """What the finished environment was made of; empty when none was finished."""
    try:
        stamp = json.loads(_STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}
