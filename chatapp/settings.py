"""What the person has chosen: one dataclass, one JSON file.

A field is its default and its type. The file holds only what differs from the defaults, plus keys
that this version doesn't know, which are kept for the version that does.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from chatapp.errors import ChatappError, DiskFull, FolderNotWritable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """The values. `context_length` in tokens; `window_geometry` is Qt's own format in base 64.

    `kv_cache_budget` is in bytes of disk for the keys and values of conversations, which is what
    the model has read of them; 0 keeps none.
    """

    theme: str = "system"  # "system", "light", "dark", "high-contrast"
    language: str = ""  # empty: the system's
    model_path: str = ""  # of new conversations; empty: the first there is
    context_length: int = 0  # of models without a choice of their own; 0: as much as fits
    kv_cache_budget: int = 4 * 2**30
    temperature: float = -1.0  # below 0: what suits the model
    max_tokens: int = 2048  # of an answer, which can be continued; 0: no limit
    unload_after: int = 30  # minutes without a question until the memory is given back; 0: never
    tune_automatically: bool = True  # measure a new model once, when nothing is asked
    long_paste_as_attachment: bool = True  # else long pasted texts stay in the field
    long_paste_characters: int = 2500  # more than this is long
    pin_question: bool = False  # what is asked goes to the top, else the end is followed
    hub_endpoint: str = ""  # empty: the official one
    proxy: str = ""  # a URL; empty: the system's
    ca_file: str = ""  # certificates that are trusted besides the system's
    offline: bool = False  # connections are forbidden
    keep_awake: bool = True  # while something is downloaded
    download_connections: int = 1  # of one file at the same time, where a server is slow
    window_geometry: str = ""
    sidebar_width: int = 264
    unknown: dict[str, Any] = field(default_factory=dict)


class SettingsFile:
    """Owns the current `Settings` and their file. Main thread only.

    `damaged` is where an unreadable file was put aside, if there was one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listeners: list[Callable[[Settings], None]] = []
        self.damaged: Path | None = None
        self.current = self._read()

    def subscribe(self, listener: Callable[[Settings], None]) -> None:
        """Call `listener` with the new values after each change."""
        self._listeners.append(listener)

    def change(self, **values: Any) -> None:
        """Set values and save them.

        Raises `DiskFull` or `FolderNotWritable`; the values hold until the program ends even then.
        """
        changed = replace(self.current, **values)
        if changed == self.current:
            return
        self.current = changed
        for listener in self._listeners:
            listener(changed)
        self._write()

    def _read(self) -> Settings:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            logger.error("settings can't be read: %s", error)
            return Settings()
        try:
            data = json.loads(content)
        except ValueError:
            data = None
        if not isinstance(data, dict):
            self._put_aside()
            return Settings()
        known = {f.name: f for f in fields(Settings) if f.name != "unknown"}
        values = {
            name: value
            for name, value in data.items()
            if name in known and _fits(value, known[name].default)
        }
        unknown = {name: value for name, value in data.items() if name not in known}
        return Settings(**values, unknown=unknown)

    def _put_aside(self) -> None:
        aside = self._path.with_suffix(".damaged.json")
        try:
            self._path.replace(aside)
        except OSError as error:
            logger.error("damaged settings can't be put aside: %s", error)
            return
        self.damaged = aside

    def _write(self) -> None:
        defaults = Settings()
        data = dict(self.current.unknown)
        for f in fields(Settings):
            value = getattr(self.current, f.name)
            if f.name != "unknown" and value != getattr(defaults, f.name):
                data[f.name] = value
        write_atomically(self._path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def write_atomically(path: Path, text: str, *, is_synced: bool = True) -> None:
    """Replace `path` by `text` or leave it as it was; private to this user.

    Without `is_synced` a loss of power may leave a damaged file, but nobody waits for the disk.

    Raises `DiskFull` or `FolderNotWritable`.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    except OSError as error:
        raise _typed(error, path.parent) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            if is_synced:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _typed(error, path.parent) from error


def _typed(error: OSError, folder: Path) -> ChatappError:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(str(folder))
    return FolderNotWritable(str(folder))


def _fits(value: object, default: object) -> bool:
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(default)
