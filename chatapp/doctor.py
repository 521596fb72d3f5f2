"""What `chatapp doctor` finds: versions, devices, folders, models, the display, and fixes."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from chatapp import __version__
from chatapp.display import has_display
from chatapp.domain.engine_pack import EngineInfo
from chatapp.domain.model import Device
from chatapp.engine.engine import Engine
from chatapp.errors import ChatappError, DisplayMissing, NoModel, QtLibrariesMissing
from chatapp.hub.starter import find_starter_model
from chatapp.paths import Paths
from chatapp.system_parts import (
    command_line,
    install_commands,
    missing_for_qt,
    this_distribution,
)

_DEVICES_TIMEOUT = 30.0
_PACKAGES = (
    "PySide6-Essentials",
    "llama-cpp-python",
    "apsw",
    "jinja2",
    "markdown-it-py",
    "pygments",
)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of Chatapp. `free` is in bytes."""

    name: str
    path: str
    writable: bool
    free: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is missing, and the line that mends it (empty: see the error's sentence)."""

    error: ChatappError
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings. Versions map a name to a version, "missing" when it is not installed.

    `engine` is the one that was started, None if none could be.
    """

    versions: dict[str, str]
    engine: EngineInfo | None
    devices: tuple[Device, ...]
    folders: tuple[Folder, ...]
    starter_model: str | None
    display: bool
    problems: tuple[Problem, ...]


def examine(paths: Paths, engine: Engine) -> Report:
    """Look at everything. Starts a worker process for the devices; takes about a second."""
    problems: list[Problem] = []
    devices: tuple[Device, ...] = ()
    try:
        devices = engine.devices().result(_DEVICES_TIMEOUT)
    except FutureTimeoutError:
        from chatapp.errors import WorkerUnresponsive

        problems.append(Problem(WorkerUnresponsive(_DEVICES_TIMEOUT)))
    except ChatappError as error:
        problems.append(Problem(error))
    if engine.choice.problem is not None:
        problems.append(Problem(engine.choice.problem))
    info = engine.choice.info
    starter = find_starter_model(paths.resources)
    if starter is None and not any(paths.models.rglob("*.gguf")):
        is_installed = getattr(sys, "frozen", False)  # by an installer, with the model or without
        fix = "" if is_installed else "python3 packaging/bootstrap.py setup"
        problems.append(Problem(NoModel(), fix))
    missing = missing_for_qt()
    if missing:
        commands = install_commands(missing, this_distribution())
        names = ", ".join(part.name for part in missing)
        problems.append(Problem(QtLibrariesMissing(names), command_line(commands)))
    display = has_display()
    if not display:
        problems.append(Problem(DisplayMissing()))
    return Report(
        versions=_versions(),
        engine=replace(info, problem=None) if info is not None else None,
        devices=devices,
        folders=tuple(_folders(paths)),
        starter_model=str(starter) if starter is not None else None,
        display=display,
        problems=tuple(problems),
    )


def _versions() -> dict[str, str]:
    versions = {
        "chatapp": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "missing"
    return versions


def _folders(paths: Paths) -> list[Folder]:
    return [
        Folder(name, str(path), os.access(path, os.W_OK), _free(path))
        for name, path in (
            ("data", paths.data),
            ("models", paths.models),
            ("config", paths.config),
            ("cache", paths.cache),
            ("logs", paths.logs),
            ("program", Path(sys.prefix)),
        )
    ]


def _free(path: Path) -> int:
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return 0
