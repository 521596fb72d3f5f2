"""What the person has chosen: one dataclass, one JSON file.

A field is its default and its type. The file holds only what differs from the defaults, plus keys
that this version doesn't know, which are kept for the version that does. A value that can't be is
left out when the file is read, and so is what an exported file from elsewhere may not decide.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from chatapp.errors import ChatappError, DiskFull, FolderNotWritable, SettingsUnusable

logger = logging.getLogger(__name__)

LARGEST_EXPORT = 1 << 20  # bytes
_LONGEST_WRITE = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Settings:
    """The values. `context_length` in tokens; `window_geometry` is as `ui.window_geometry` has it.

    `kv_cache_budget` is in bytes of disk for the keys and values of conversations, which is what
    the model has read of them; 0 keeps none.
    """

    theme: str = "system"  # "system", "light", "dark", "high-contrast"
    language: str = ""  # empty: the system's
    accent: str = ""  # a name in accents.toml or #RRGGBB; empty: the theme's own
    font_family: str = ""  # of the interface; empty: the system's
    code_font_family: str = ""  # empty: the system's
    text_zoom: int = 100  # percent, 50 to 300
    reduced_motion: bool = False  # nothing moves that does not have to
    column_width: str = "medium"  # of conversations: "narrow", "medium", "full"
    answer_details: bool = True  # the line below an answer with its model, tokens and speed
    wrap_code: bool = False  # long lines of code go on below
    model_path: str = ""  # of new conversations; empty: the first there is
    overflow: str = "stop"  # an `OverflowPolicy`: of new conversations
    context_length: int = 0  # of models without a choice of their own; 0: as much as fits
    kv_cache_budget: int = 4 * 10**9
    temperature: float = -1.0  # below 0: what suits the model
    max_tokens: int = 2048  # of an answer, which can be continued; 0: no limit
    unload_after: int = 30  # minutes without a question until the memory is given back; 0: never
    engine_pack: str = ""  # a name among the packs of the data folder; empty: the built-in one
    tune_automatically: bool = True  # measure a new model once, when nothing is asked
    long_paste_as_attachment: bool = True  # else long pasted texts stay in the field
    long_paste_characters: int = 2500  # more than this is long
    pin_question: bool = False  # what is asked goes to the top, else the end is followed
    hub_endpoint: str = ""  # empty: the official one
    proxy: str = ""  # a URL; empty: the system's
    ca_file: str = ""  # certificates that are trusted besides the system's
    offline: bool = False  # connections are forbidden
    check_for_updates: bool = False  # once a day, in the list of Chatapp's releases
    keep_awake: bool = True  # while something is downloaded
    download_connections: int = 1  # of one file at the same time, where a server is slow
    tray: bool = False  # an icon among those of the system
    close_to_tray: bool = False  # closing the window leaves Chatapp behind that icon
    quick_ask_keys: str = ""  # open the small window from anywhere; empty: none
    notify: bool = True  # when a long answer ends while something else is in front
    seen_version: str = ""  # whose changes were shown
    told_version: str = ""  # a newer one, when it was told of
    updates_checked_at: int = 0  # seconds since the epoch
    window_geometry: str = ""
    sidebar_width: int = 264
    opened_folders: str = ""  # ids of the folders whose content is listed, between spaces
    shortcuts: dict[str, str] = field(default_factory=dict)  # an action's id and its keys
    recent_actions: str = ""  # ids in the order of the latest use, between spaces
    enter_sends: bool = True  # else Ctrl+Enter does, and Enter begins a line
    unknown: dict[str, Any] = field(default_factory=dict)


DEFAULTS = Settings()
NAMES = tuple(f.name for f in fields(Settings) if f.name != "unknown")

# What belongs to one computer, or decides whom it trusts.
_NOT_PORTABLE = frozenset(
    {
        "sidebar_width",
        "opened_folders",
        "seen_version",
        "told_version",
        "updates_checked_at",
        "recent_actions",
        "model_path",
        "ca_file",
        "engine_pack",
        "check_for_updates",
    }
)
_MARK = "chatapp_settings"
_LARGEST = 2 << 20  # bytes
_LONGEST = 4096  # characters
_MOST = 500  # entries
_LONGEST_ENTRY = 200  # characters
_LARGEST_UNKNOWN = 1 << 19  # bytes of what only other versions know
_DEEPEST = 20  # levels of it
_RANGES: dict[str, tuple[float, float]] = {
    "text_zoom": (50, 300),
    "context_length": (0, 1 << 24),
    "kv_cache_budget": (0, 1 << 50),
    "temperature": (-1.0, 5.0),
    "max_tokens": (0, 1 << 24),
    "unload_after": (0, 100_000),
    "long_paste_characters": (1, 10_000_000),
    "download_connections": (1, 16),
    "updates_checked_at": (0, 1 << 40),
}
_ANY_NUMBER = (-(1 << 53), 1 << 53)
# Short, without spaces and without what makes an address look like another one.
_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]{0,300}")
_SHAPES = {
    "hub_endpoint": _ADDRESS,
    "proxy": _ADDRESS,
    "theme": re.compile(r"[a-z0-9-]{1,40}"),
    "engine_pack": re.compile(r"(?:[a-z0-9](?:[a-z0-9._+-]{0,98}[a-z0-9])?)?"),
    "accent": re.compile(r"[a-z]{0,20}|#[0-9A-Fa-f]{6}"),
    "column_width": re.compile(r"narrow|medium|full"),
    "overflow": re.compile(r"stop|drop-oldest|summarise"),
    "language": re.compile(r"([a-z]{2,3}(_[A-Za-z]{2,4}){0,2})?"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What an exported file would change."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Imported:
    """What an exported file says; `left_out` are names of what is not taken from it."""

    changes: tuple[Change, ...]
    left_out: tuple[str, ...]


class SettingsFile:
    """Owns the current `Settings` and their file. Main thread only.

    `damaged` is where an unreadable file was put aside, if there was one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listeners: list[Callable[[Settings], None]] = []
        self.damaged: Path | None = None
        self.current = self._read()

    def subscribe(self, listener: Callable[[Settings], None]) -> Callable[[], None]:
        """Call `listener` with the new values after each change; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def change(self, **values: Any) -> None:
        """Set values and save them.

        Raises `DiskFull` or `FolderNotWritable`; the values hold until the program ends even then.
        """
        changed = replace(self.current, **values)
        if changed == self.current:
            return
        self.current = changed
        for listener in tuple(self._listeners):
            listener(changed)
        self._write()

    def export(self) -> str:
        """All that another computer can use, without secrets, as a file for `read_export`."""
        values = {name: getattr(self.current, name) for name in NAMES if _is_portable(name)}
        values = {name: value for name, value in values.items() if not _has_password(value)}
        return _as_json({_MARK: 1, "settings": values})

    def read_export(self, content: bytes, name: str) -> Imported:
        """What a file that anybody may have written would change; nothing is changed yet.

        What can't be a value is left out, and so is what would turn connections on.

        Raises `SettingsUnusable` with the file's `name`.
        """
        try:
            data = json.loads(content) if len(content) <= LARGEST_EXPORT else None
        except (ValueError, RecursionError):
            data = None
        values = data.get("settings") if isinstance(data, dict) and _MARK in data else None
        if not isinstance(values, dict):
            raise SettingsUnusable(name)
        changes, left_out = [], []
        for key, value in values.items():
            if not (_is_portable(key) and self._may_be_taken(key, value)):
                left_out.append(key[:100])
            elif (after := _stored(key, value)) != (before := getattr(self.current, key)):
                changes.append(Change(key, before, after))
        return Imported(tuple(changes), tuple(left_out[:_MOST]))

    def _may_be_taken(self, name: str, value: object) -> bool:
        if not _is_possible(name, value) or _has_password(value):
            return False
        return name != "offline" or value is True or not self.current.offline

    def _read(self) -> Settings:
        try:
            with self._path.open("rb") as file:
                content = file.read(_LARGEST + 1)
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            logger.error("settings can't be read: %s", error)
            return Settings()
        try:
            data = json.loads(content) if len(content) <= _LARGEST else None
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            self._put_aside()
            return Settings()
        values = {
            name: _stored(name, value)
            for name, value in data.items()
            if name in NAMES and _is_possible(name, value)
        }
        unknown = {n: value for n, value in data.items() if n not in NAMES and _is_flat(value)}
        if len(_as_json(unknown).encode()) > _LARGEST_UNKNOWN:
            logger.warning("settings of another version are too large to be kept")
            unknown = {}
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
        data = dict(self.current.unknown)
        for name in NAMES:
            value = getattr(self.current, name)
            if value != getattr(DEFAULTS, name):
                data[name] = value
        write_atomically(self._path, _as_json(data))


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
        _remove_abandoned(path)
    except OSError as error:
        raise _typed(error, path.parent) from error
    finally:
        temporary.unlink(missing_ok=True)


def _remove_abandoned(path: Path) -> None:
    """What processes left here that were killed while they wrote this file."""
    abandoned = re.compile(re.escape(path.name) + r"\w{8}\.new")
    before = time.time() - _LONGEST_WRITE
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if (
                abandoned.fullmatch(entry.name)
                and entry.stat(follow_symlinks=False).st_mtime < before
            ):
                Path(entry.path).unlink()


def _as_json(data: dict[str, Any]) -> str:
    """To be read by people too, unless no file can hold what it says."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    if not _is_whole(text):
        text = json.dumps(data, indent=2)
    return f"{text}\n"


def _typed(error: OSError, folder: Path) -> ChatappError:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(str(folder))
    return FolderNotWritable(str(folder))


def _is_portable(name: str) -> bool:
    return name in NAMES and name not in _NOT_PORTABLE and not name.startswith("window_")


def _has_password(value: object) -> bool:
    """Whether this is an address with a name before it, and perhaps a password."""
    return isinstance(value, str) and "://" in value and "@" in value


def _stored(name: str, value: Any) -> Any:
    """The value in the field's own type."""
    return float(value) if isinstance(getattr(DEFAULTS, name), float) else value


def _is_possible(name: str, value: object) -> bool:
    default = getattr(DEFAULTS, name)
    if isinstance(default, str):
        if not isinstance(value, str) or not _is_text(value):
            return False
        shape = _SHAPES.get(name)
        return shape is None or shape.fullmatch(value) is not None
    if isinstance(default, dict):
        return (
            isinstance(value, dict)
            and len(value) <= _MOST
            and all(_is_text(part, _LONGEST_ENTRY) for pair in value.items() for part in pair)
        )
    if isinstance(default, bool) or isinstance(value, bool) or not isinstance(value, int | float):
        return type(value) is type(default)
    least, most = _RANGES.get(name, _ANY_NUMBER)
    return isinstance(value, type(default) | int) and least <= value <= most


def _is_flat(value: object, levels: int = _DEEPEST) -> bool:
    """Whether it can be written again: JSON is read to greater depths than it is written."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_flat(one, levels - 1) for one in inside)


def _is_text(value: object, longest: int = _LONGEST) -> bool:
    if not isinstance(value, str) or len(value) > longest:
        return False
    return "\0" not in value and _is_whole(value)


def _is_whole(text: str) -> bool:
    """Whether a file can hold it: JSON can name halves of letters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
