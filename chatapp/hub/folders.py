"""Which folders and files a person chose for models: the only list that the library keeps."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from chatapp.settings import write_atomically

logger = logging.getLogger(__name__)

_LARGEST = 1 << 20  # bytes
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Folders:
    """Absolute paths. `models` is our folder, empty for the usual one; `former` are where it was.

    `folders` and `files` are searched and used in place.
    """

    models: str = ""
    former: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class FoldersFile:
    """Owns the list and its file, which other processes may change; from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._current = Folders()

    @property
    def current(self) -> Folders:
        """The list as it is now."""
        with self._lock:
            return self._read()

    def change(self, **values: Any) -> None:
        """Set values and save them. Raises `DiskFull` or `FolderNotWritable`."""
        with self._lock:
            changed = replace(self._read(), **values)
            if changed != self._current:
                write_atomically(self._path, json.dumps(asdict(changed), indent=1) + "\n")
                self._current = changed
                self._stamp = self._changed_at()

    def _changed_at(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _read(self) -> Folders:
        stamp = self._changed_at()
        if stamp != self._stamp:
            self._stamp = stamp
            self._current = self._load()
        return self._current

    def _load(self) -> Folders:
        try:
            with self._path.open("rb") as file:
                data = json.loads(file.read(_LARGEST))
        except FileNotFoundError:
            return Folders()
        except (OSError, ValueError, RecursionError) as error:
            logger.info("the list of model folders can't be read: %s", error)
            return Folders()
        if not isinstance(data, dict):
            logger.info("the list of model folders is damaged and ignored")
            return Folders()
        values: dict[str, Any] = {}
        for f in fields(Folders):
            value = data.get(f.name)
            if f.name == "models":
                values[f.name] = value if _is_path(value) else ""
            elif isinstance(value, list):
                values[f.name] = tuple(path for path in value[:_MOST] if _is_path(path))
        return Folders(**values)


def _is_path(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value and Path(value).is_absolute()
