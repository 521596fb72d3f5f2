"""What comes along, and what a person made of it or beside it.

Each thing that was made or changed is one JSON file, so that a damaged one takes no other with it.
Files may come from anybody.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar
from uuid import uuid4

from chatapp.errors import (
    ChatappError,
    FolderNotWritable,
    ImportInvalid,
    ImportTooLarge,
    ImportTooMany,
    ImportUnreadable,
    NotExported,
)
from chatapp.settings import write_atomically

logger = logging.getLogger(__name__)

LONGEST_NAME: Final = 60  # characters
_VERSION: Final = 1
_LARGEST_FILE: Final = 1 << 20  # bytes
_LARGEST_IMPORT: Final = 4 << 20
_MOST_ENTRIES: Final = 500
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Row:
    """One JSON object. What does not fit raises `ImportInvalid` with the name of the field."""

    def __init__(self, data: dict[str, Any], path: str) -> None:
        self._data = data
        self._path = path

    def refuse(self, name: str) -> ImportInvalid:
        """The error that this field can't be used."""
        return ImportInvalid(self._path, name)

    def line(self, name: str, longest: int, *, required: bool = False) -> str:
        """A text that is made one line."""
        text = " ".join(self.text(name, longest).split())
        if required and not text:
            raise self.refuse(name)
        return text

    def text(self, name: str, longest: int, *, required: bool = False) -> str:
        """A text of several lines, of at most so many characters."""
        value = self._data.get(name, "")
        if not isinstance(value, str) or (required and not value.strip()):
            raise self.refuse(name)
        return self._checked(name, value, longest)

    def texts(self, name: str, most: int, longest: int) -> tuple[str, ...]:
        """A list of at most so many texts, without empty ones."""
        value = self._data.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise self.refuse(name)
        if not all(isinstance(one, str) for one in value):
            raise self.refuse(name)
        return tuple(self._checked(name, one, longest) for one in value if one.strip())

    def object(self, name: str) -> dict[str, Any]:
        """An object inside as it is; an empty one where there is none."""
        value = self._data.get(name, {})
        if not isinstance(value, dict):
            raise self.refuse(name)
        return value

    def _checked(self, name: str, text: str, longest: int) -> str:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > longest or _CONTROL.search(text):
            raise self.refuse(name)
        try:
            text.encode()
        except UnicodeEncodeError:  # half a character, which JSON can spell
            raise self.refuse(name) from None
        return text


class _Entry(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Entry)


class Collection(ABC, Generic[T]):
    """The things of one kind. Usable in every thread; what writes is not for the main thread.

    `folder` has what the person made or changed, `shipped` what came along, in a file for each
    language; `language` (as "zh_CN") is asked at every call.
    """

    kind: ClassVar[str]  # in exported files

    def __init__(self, folder: Path, shipped: Path, language: Callable[[], str]) -> None:
        self._folder = folder
        self._shipped_folder = shipped
        self._language = language
        self._saving = threading.Lock()  # what is written last is the newest
        self._lock = threading.Lock()  # of the two below
        self._own: dict[str, T] | None = None
        self._shipped: dict[str, tuple[T, ...]] = {}  # by file
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change, in the thread where it happens."""
        self._listeners.append(listener)

    def list(self) -> tuple[T, ...]:
        """All of them: what came along, then the person's own by name.

        The first call reads files; later ones take no time.
        """
        own = self._all_own()
        shipped = self._all_shipped()
        names = {one.id for one in shipped}
        added = sorted(
            (one for key, one in own.items() if key not in names), key=lambda x: x.name.casefold()
        )
        return (*(own.get(one.id, one) for one in shipped), *added)

    def find(self, entry_id: str) -> T | None:
        """The one with this id; None when there is none, or none any more."""
        return next((one for one in self.list() if one.id == entry_id), None)

    def is_changed(self, entry_id: str) -> bool:
        """Whether this one came along and was changed since."""
        return entry_id in self._all_own() and self._came_along(entry_id)

    def save(self, entry: T) -> T:
        """Keep it, in the place of the one with its id; an empty id gets one.

        Returns it as it is kept. Raises `ImportInvalid` with the field that can't be used, or
        `ImportTooMany` when there are too many; `DiskFull` or `FolderNotWritable`.
        """
        entry_id = entry.id or _new_id()
        data = self._packed(entry)
        checked = self._unpack(Row(data, ""), entry_id, is_shipped=self._came_along(entry_id))
        with self._saving:
            own = self._all_own()
            if entry_id not in own and len(own) >= _MOST_ENTRIES:
                raise ImportTooMany("", _MOST_ENTRIES)
            write_atomically(self._path(entry_id), _text(data))
            with self._lock:
                self._own = {**own, entry_id: checked}
        self._tell()
        return checked

    def duplicate(self, entry_id: str) -> T | None:
        """Keep a copy under a name with a number; None when the original is gone."""
        original = self.find(entry_id)
        return None if original is None else self._add(self._packed(original), "")

    def delete(self, entry_id: str) -> None:
        """Forget what the person made. One that came along is then as it came: see `reset`."""
        with self._saving:
            own = self._all_own()
            self._remove(entry_id)
            with self._lock:
                self._own = {key: one for key, one in own.items() if key != entry_id}
        self._tell()

    def reset(self, entry_id: str) -> T | None:
        """Take back every change of one that came along."""
        if self._came_along(entry_id):
            self.delete(entry_id)
        return self.find(entry_id)

    def export_json(self, path: Path, ids: Sequence[str]) -> None:
        """Write these into one file for other people. Raises `DiskFull`, `FolderNotWritable`."""
        found = [one for one in self.list() if one.id in ids]
        rows = [self._pack(one) for one in found]
        write_atomically(path, _text({"format": self.kind, "version": _VERSION, "entries": rows}))

    def import_json(self, path: Path) -> tuple[T, ...]:
        """Add what stands in an exported file; nothing that is there is replaced.

        All of it is kept, or nothing. Raises `ImportUnreadable`, `ImportTooLarge`,
        `ImportTooMany`, `NotExported`, `ImportInvalid`, `DiskFull` or `FolderNotWritable`.
        """
        rows = _read_exported(path, self.kind)
        for row in rows:
            self._unpack(Row(row, str(path)), "", is_shipped=False)
        if len(self._all_own()) + len(rows) > _MOST_ENTRIES:
            raise ImportTooMany(str(path), _MOST_ENTRIES)
        added: list[T] = []
        try:
            added.extend(self._add(row, str(path)) for row in rows)
        except ChatappError:
            for one in added:
                self.delete(one.id)
            raise
        return tuple(added)

    # What a kind consists of

    @abstractmethod
    def _pack(self, entry: T) -> dict[str, Any]:
        """All of it but the id, as JSON."""

    @abstractmethod
    def _unpack(self, row: Row, entry_id: str, *, is_shipped: bool) -> T:
        """Raises `ImportInvalid`."""

    # Files

    def _all_own(self) -> dict[str, T]:
        shipped = {one.id for one in self._all_shipped()}
        with self._lock:
            if self._own is None:
                self._own = self._read_own(shipped)
            return self._own

    def _all_shipped(self) -> tuple[T, ...]:
        name = "zh_CN" if self._language().casefold().startswith("zh") else "en"
        with self._lock:
            if name not in self._shipped:
                path = self._shipped_folder / f"{name}.json"
                rows = json.loads(path.read_text(encoding="utf-8"))
                self._shipped[name] = tuple(
                    self._unpack(Row(row, str(path)), row["id"], is_shipped=True) for row in rows
                )
            return self._shipped[name]

    def _came_along(self, entry_id: str) -> bool:
        return any(one.id == entry_id for one in self._all_shipped())

    def _read_own(self, shipped: set[str]) -> dict[str, T]:
        try:
            paths = sorted(self._folder.glob("*.json"))
        except OSError as error:
            logger.warning("%s can't be read: %s", self._folder, error)
            return {}
        found: dict[str, T] = {}
        for path in paths:
            if not _ID.fullmatch(path.stem) or len(found) >= _MOST_ENTRIES:
                continue
            try:
                data = _read_json(path)
                row = Row(data if isinstance(data, dict) else {}, str(path))
                found[path.stem] = self._unpack(row, path.stem, is_shipped=path.stem in shipped)
            except ChatappError as error:
                logger.info("left out: %s", error)
        return found

    def _packed(self, entry: T) -> dict[str, Any]:
        """As it comes out of a file: with lists in the places of tuples."""
        data: dict[str, Any] = json.loads(_text(self._pack(entry)))
        return data

    def _add(self, data: dict[str, Any], path: str) -> T:
        names = {one.name for one in self.list()}
        row = Row(data, path)
        name = row.line("name", LONGEST_NAME, required=True)
        named = Row({**data, "name": _free(name, names)}, path)
        return self.save(self._unpack(named, "", is_shipped=False))

    def _path(self, entry_id: str) -> Path:
        if not _ID.fullmatch(entry_id):
            raise ImportInvalid("", "id")
        return self._folder / f"{entry_id}.json"

    def _remove(self, entry_id: str) -> None:
        try:
            self._path(entry_id).unlink(missing_ok=True)
        except OSError:
            raise FolderNotWritable(str(self._folder)) from None

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _new_id() -> str:
    return uuid4().hex[:12]


def _free(name: str, taken: set[str]) -> str:
    """The name, or the name with the first number that nothing else has."""
    if name not in taken:
        return name
    numbers = (f" {number}" for number in range(2, 2 * _MOST_ENTRIES))
    names = (f"{name[: LONGEST_NAME - len(number)]}{number}" for number in numbers)
    return next((one for one in names if one not in taken), name)


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _read_json(path: Path, largest: int = _LARGEST_FILE) -> object:
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except (OSError, ValueError):
        raise ImportUnreadable(str(path)) from None
    if len(content) > largest:
        raise ImportTooLarge(str(path), largest)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise NotExported(str(path)) from None


def _read_exported(path: Path, kind: str) -> list[dict[str, Any]]:
    data = _read_json(path, _LARGEST_IMPORT)
    if not isinstance(data, dict) or data.get("format") != kind or data.get("version") != _VERSION:
        raise NotExported(str(path))
    rows = data.get("entries")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise NotExported(str(path))
    if len(rows) > _MOST_ENTRIES:
        raise ImportTooMany(str(path), _MOST_ENTRIES)
    return rows
