"""What is known of a model besides its bytes: a small JSON file for each.

In the models folder it lies beside the model, so that nothing but the folder need be kept or moved.
Folders of others are never written: what is known of the files there lies in the data folder.

All of it can be found out again or done without, so that a damaged file is ignored.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import logging
import math
import re
import stat
import threading
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from chatapp.domain.header import ModelHeader
from chatapp.errors import ChatappError
from chatapp.settings import write_atomically

logger = logging.getLogger(__name__)

ENDING = ".json"
_LARGEST = 8 << 20  # bytes; a chat template has some 10,000
_LONGEST_TEXT = 4096
_MOST_ITEMS = 1 << 16
_LARGEST_NUMBER = 1 << 62
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PLAIN = (str, int, float, bool)
_hints = functools.cache(get_type_hints)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file of `size` bytes that was last changed at `mtime_ns`.

    The others are as in `ModelFile`. A file that was made here has its quantisation in `made_type`,
    the SHA-256 of what it was made from, the build of llama.cpp that did it, and when, in seconds
    since the epoch. `unknown` are the keys of newer versions, and of others.
    """

    size: int = 0
    mtime_ns: int = 0
    header: ModelHeader | None = None
    sha256: str = ""
    verified_at: float = 0.0
    licence: str = ""
    repo: str = ""
    revision: str = ""
    repo_file: str = ""
    made_from: str = ""
    made_from_sha256: str = ""
    made_type: str = ""
    made_with: str = ""
    made_at: float = 0.0
    read_speed: float = 0.0
    write_speed: float = 0.0
    memory_estimated: int = 0
    memory_used: int = 0
    unknown: dict[str, Any] = field(default_factory=dict)


class Sidecars:
    """Reads and writes the facts; from any thread.

    `folder` is for files that are not ours, and for ours where nothing can be written beside them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._read: dict[str, tuple[tuple[int, int], Facts]] = {}  # by path, with `_stamps`

    def read(self, path: str, size: int, mtime_ns: int, *, is_ours: bool) -> Facts:
        """What is known of the file that has this size and time now.

        Of a file that was changed since, only what does not depend on its bytes.
        """
        stamps = self._stamps(path, is_ours=is_ours)
        with self._lock:
            known = self._read.get(path)
        if known is None or known[0] != stamps:
            known = (stamps, self._load(path, is_ours=is_ours))
            with self._lock:
                self._read[path] = known
        return _valid_for(known[1], size, mtime_ns)

    def change(self, path: str, size: int, mtime_ns: int, *, is_ours: bool, **values: Any) -> Facts:
        """Keep new values of fields of `Facts` for the file that has this size and time now.

        What can't be written is known until the program ends.
        """
        with self._lock:
            facts = _valid_for(self._load(path, is_ours=is_ours), size, mtime_ns)
            facts = replace(facts, **values)
            # There may be thousands of headers, each of which can be read again.
            is_synced = values.keys() != {"header"}
            self._write(path, facts, is_ours=is_ours, is_synced=is_synced)
            self._read[path] = (self._stamps(path, is_ours=is_ours), facts)
        return facts

    def forget(self, path: str) -> None:
        """Delete what lies in the data folder on this file."""
        with self._lock, contextlib.suppress(OSError):
            self._read.pop(path, None)
            self._apart(path).unlink(missing_ok=True)

    def _apart(self, path: str) -> Path:
        digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / f"{digest[:32]}{ENDING}"

    def _places(self, path: str, *, is_ours: bool) -> list[Path]:
        # What lies apart was written because nothing could be beside the file: it is the newer.
        return [self._apart(path), beside(path)] if is_ours else [self._apart(path)]

    def _stamps(self, path: str, *, is_ours: bool) -> tuple[int, int]:
        times = [_changed_at(place) for place in self._places(path, is_ours=is_ours)]
        return times[0], times[-1]

    def _load(self, path: str, *, is_ours: bool) -> Facts:
        for place in self._places(path, is_ours=is_ours):
            data = _read_json(place)
            if data is not None and data.pop("path", path) == path:
                return _decode(data)
        return Facts()

    def _write(self, path: str, facts: Facts, *, is_ours: bool, is_synced: bool) -> None:
        data = _encode(facts)
        apart = self._apart(path)
        try:
            if is_ours:
                try:
                    write_atomically(beside(path), _text(data), is_synced=is_synced)
                except ChatappError:
                    write_atomically(apart, _text({"path": path, **data}), is_synced=is_synced)
                else:
                    apart.unlink(missing_ok=True)
            else:
                write_atomically(apart, _text({"path": path, **data}), is_synced=is_synced)
        except (ChatappError, OSError) as error:
            logger.info("what is known of %s is not kept: %s", path, error)


def beside(path: str) -> Path:
    """Where the facts on one of our files lie."""
    return Path(path + ENDING)


def _valid_for(facts: Facts, size: int, mtime_ns: int) -> Facts:
    if (facts.size, facts.mtime_ns) == (size, mtime_ns):
        return facts
    if facts.size not in (0, size):
        return Facts(size, mtime_ns, unknown=facts.unknown)
    # Copying a folder changes times. The origin holds, and so does what the Hub said of the bytes.
    sha256 = facts.sha256 if facts.repo else ""
    return replace(facts, size=size, mtime_ns=mtime_ns, header=None, sha256=sha256, verified_at=0.0)


def _changed_at(place: Path) -> int:
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0


def _read_json(place: Path) -> dict[str, Any] | None:
    try:
        if not stat.S_ISREG(place.stat().st_mode):
            raise OSError(errno.EINVAL, "not a file")
        with place.open("rb") as file:
            content = file.read(_LARGEST + 1)
        data = json.loads(content) if len(content) <= _LARGEST else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:  # then there can be none
            logger.info("%s can't be read: %s", place, error)
        return None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        logger.info("%s is damaged and ignored", place)
        return None
    return data


def _text(data: dict[str, Any]) -> str:
    # Escaped, because file names need not be valid Unicode.
    return json.dumps(data, indent=1) + "\n"


# Facts as JSON


def _encode(facts: Facts) -> dict[str, Any]:
    nothing = Facts()
    data = dict(facts.unknown)
    for f in fields(Facts):
        value = getattr(facts, f.name)
        if f.name not in ("unknown", "header") and value != getattr(nothing, f.name):
            data[f.name] = value
    if facts.header is not None:
        header = asdict(facts.header)
        if len(json.dumps(header)) < _LARGEST // 2:
            data["header"] = header
    return data


def _decode(data: dict[str, Any]) -> Facts:
    nothing = Facts()
    names = {f.name for f in fields(Facts)} - {"unknown", "header"}
    values: dict[str, Any] = {
        name: float(value) if isinstance(getattr(nothing, name), float) else value
        for name, value in data.items()
        if name in names and _is_sound(value, getattr(nothing, name))
    }
    if not _SHA256.fullmatch(values.get("sha256", "")):
        values.pop("sha256", None)
        values.pop("verified_at", None)
    unknown = {name: value for name, value in data.items() if name not in {*names, "header"}}
    return Facts(**values, header=_header(data.get("header")), unknown=unknown)


def _is_sound(value: object, default: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(default, str):
        return isinstance(value, str) and len(value) <= _LONGEST_TEXT
    if isinstance(value, float):
        return isinstance(default, float) and math.isfinite(value) and value >= 0
    return isinstance(value, int) and 0 <= value < _LARGEST_NUMBER


def _header(data: object) -> ModelHeader | None:
    """The header, or None when it has to be read again: another version wrote this one."""
    try:
        header = _convert(data, ModelHeader)
    except (ValueError, TypeError):
        return None
    return header if isinstance(header, ModelHeader) and header.is_sound else None


def _convert(data: object, kind: Any) -> Any:
    """What JSON made of a value of this type, as that type. Raises `ValueError`."""
    if kind in _PLAIN:
        if kind is float and type(data) is int:
            return float(data)
        if type(data) is not kind or (isinstance(data, int) and not 0 <= data < _LARGEST_NUMBER):
            raise ValueError(kind)
        return data
    if is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(data, dict) or data.keys() != {f.name for f in fields(kind)}:
            raise ValueError(kind)
        hints = _hints(kind)
        return kind(**{name: _convert(value, hints[name]) for name, value in data.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if get_origin(kind) is tuple and isinstance(data, list) and len(data) <= _MOST_ITEMS:
        items = get_args(kind)
        if len(items) == 2 and items[1] is Ellipsis:
            return tuple(_convert(item, items[0]) for item in data)
        return tuple(_convert(item, of) for item, of in zip(data, items, strict=True))
    if get_origin(kind) in (Union, UnionType):
        if data is None and type(None) in get_args(kind):
            return None
        return _convert(data, next(of for of in get_args(kind) if of is not type(None)))
    raise ValueError(kind)
