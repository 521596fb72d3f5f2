"""What was measured of each model on this computer, kept in small files.

A model is known by its bytes, not by where it lies, and the machine by its processor and engine.
"""

from __future__ import annotations

import json
import logging
import math
import os
import platform
import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from chatapp.domain.model import ModelFile
from chatapp.domain.tuning import DEPTH, Tuning, TuningRow
from chatapp.errors import ChatappError
from chatapp.settings import write_atomically

logger = logging.getLogger(__name__)

_FINGERPRINT_BYTES = 1 << 20
_LARGEST_FILE = 1 << 16  # bytes
_MOST_ROWS = 200
_MOST_THREADS = 1024
_LARGEST_BATCH = 1 << 16


class Tunings:
    """What was measured, one small file in `folder` for each model on this machine.

    Usable in every thread. What is damaged, or was measured on another machine, is not found.
    """

    def __init__(self, folder: Path, machine: Callable[[], str] | None = None) -> None:
        self._folder = folder
        self._machine = machine or machine_key
        self._lock = threading.Lock()
        # By machine, which is another one with another engine, and by path, size and time.
        self._found: dict[tuple[str, str, int, int], Tuning | None] = {}

    def find(self, model: ModelFile) -> Tuning | None:
        """What was measured of this very file here."""
        stamp = _stamp(model.path)
        if stamp is None:
            return None
        with self._lock:
            key = (self._machine(), *stamp)
            if key not in self._found:
                path = self._path(model)
                self._found[key] = _read(path) if path is not None else None
            return self._found[key]

    def keep(self, model: ModelFile, tuning: Tuning) -> None:
        """Remember it. It holds until the end of the program even if it can't be written."""
        stamp = _stamp(model.path)
        path = self._path(model)
        if stamp is None or path is None:
            return
        with self._lock:
            self._found[self._machine(), *stamp] = tuning
        try:
            content = json.dumps(asdict(tuning), indent=1) + "\n"
            write_atomically(path, content, is_synced=False)  # a damaged one is measured again
        except ChatappError as error:
            logger.info("what was measured of %s is not kept: %r", model.path, error)

    def _path(self, model: ModelFile) -> Path | None:
        digest = blake2b(self._machine().encode(), digest_size=16)
        try:
            with Path(model.path).open("rb") as file:
                digest.update(file.read(_FINGERPRINT_BYTES))
                digest.update(str(os.fstat(file.fileno()).st_size).encode())
        except OSError:
            return None
        return self._folder / f"{digest.hexdigest()}.json"


@cache
def machine_key() -> str:
    """What tells this machine, and the engine that computes on it, from others."""
    from importlib import metadata

    from chatapp.models.tuning_search import thread_counts

    try:
        engine = metadata.version("llama_cpp_python")
    except metadata.PackageNotFoundError:
        engine = ""
    counts = ",".join(map(str, sorted(thread_counts())))
    return f"{platform.machine()}\n{_processor()}\n{counts}\n{engine}"


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()


def _stamp(path: str) -> tuple[str, int, int] | None:
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return path, found.st_size, found.st_mtime_ns


# The file


def _read(path: Path) -> Tuning | None:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        data = json.loads(content) if len(content) <= _LARGEST_FILE else None
        return _tuning(data)
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.info("%s can't be read: %s", path.name, error)
        return None
    except (ValueError, TypeError, KeyError, RecursionError):
        logger.info("%s is damaged and ignored", path.name)
        return None


def _tuning(data: Any) -> Tuning:
    """Raises `ValueError`, `TypeError` or `KeyError` for what makes no sense."""
    rows = data["measured"]
    if not isinstance(rows, list) or len(rows) > _MOST_ROWS:
        raise ValueError
    until = data["flash_attention_until"]
    return Tuning(
        *_setting(data),
        measured=tuple(map(_row, rows)),
        at=_positive(data["at"]),
        flash_attention_until=None if until is None else _count(until, DEPTH),
    )


def _row(data: Any) -> TuningRow:
    speeds = (data["write_speed"], data["deep_write_speed"], data["read_speed"])
    return TuningRow(*_setting(data), *map(_positive, speeds))


def _setting(data: Any) -> tuple[int, bool, int | None]:
    threads, flash_attention, batch = data["threads"], data["flash_attention"], data["batch"]
    if not isinstance(flash_attention, bool):
        raise TypeError
    batch = None if batch is None else _count(batch, _LARGEST_BATCH)
    return _count(threads, _MOST_THREADS), flash_attention, batch


def _count(value: Any, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise ValueError
    return value


def _positive(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number) or number < 0:
        raise ValueError
    return number
