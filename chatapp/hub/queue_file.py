"""The queue of downloads on disk, so that it survives whatever ends the program.

Each running instance has a file of its own, `downloads-<n>.json`, held by a lock on a file beside
it. Whoever starts takes the first free place and what instances that are gone left at the others.
What the file says is checked as if a stranger had written it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path

from chatapp.domain.download import DownloadState, FileProgress, Order
from chatapp.domain.hub import RepoFile
from chatapp.errors import ChatappError, ErrorRecord, GenerationFailed, from_record, to_record
from chatapp.hub.file_lock import try_lock
from chatapp.settings import write_atomically

logger = logging.getLogger(__name__)

_VERSION = 1
_PLACES = 16
_LARGEST = 1 << 22  # bytes
_KEPT_STATES = (DownloadState.WAITING, DownloadState.PAUSED, DownloadState.FAILED)


@dataclass(frozen=True, slots=True)
class SavedDownload:
    """What is kept of an item. `fetched` are the paths of the files that it brought itself."""

    id: str
    order: Order
    state: DownloadState
    commit: str = ""
    files: tuple[FileProgress, ...] = ()
    fetched: tuple[str, ...] = ()
    error: ChatappError | None = None


class QueueFile:
    """Reads and writes the queue in a folder, for one instance."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: FileIO | None = None
        self._path: Path | None = None

    def open(self) -> tuple[SavedDownload, ...]:
        """Take a place, and everything that nobody else has.

        Without a place (sixteen instances run, or the folder can't be written) nothing is kept.
        """
        found: list[SavedDownload] = []
        others = []
        for number in range(1, _PLACES + 1):
            path = self._folder / f"downloads-{number}.json"
            if self._path is not None and not path.exists():
                continue
            try:
                lock = FileIO(path.with_suffix(".lock"), "a+b")
            except OSError as error:
                logger.error("the queue of downloads can't be kept: %s", error)
                break
            if not try_lock(lock):
                lock.close()
                continue
            found += _read(path)
            if self._path is None:
                self._lock, self._path = lock, path
            else:
                others.append((path, lock))
        is_saved = bool(others) and self.save(found)
        for path, lock in others:
            if is_saved:
                _delete(path)
            lock.close()
        return tuple({download.id: download for download in found}.values())

    def save(self, downloads: Iterable[SavedDownload]) -> bool:
        """Write the queue; False if that was impossible, which is logged."""
        if self._path is None:
            return False
        rows = [_pack(download) for download in downloads]
        try:
            if rows:
                text = json.dumps({"version": _VERSION, "downloads": rows}, indent=1)
                write_atomically(self._path, text + "\n")
            else:
                _delete(self._path)
        except ChatappError as error:
            logger.error("the queue of downloads was not saved: %s", error)
            return False
        return True

    def close(self) -> None:
        """Give the place back."""
        if self._lock is not None:
            self._lock.close()
        self._lock = self._path = None


def _pack(download: SavedDownload) -> dict[str, object]:
    return {
        "id": download.id,
        "repo": download.order.repo,
        "name": download.order.name,
        "revision": download.order.revision,
        "license": download.order.license,
        "wanted": [asdict(file) for file in download.order.files],
        "state": download.state.value,
        "commit": download.commit,
        "files": [asdict(file) for file in download.files],
        "fetched": list(download.fetched),
        "error": asdict(to_record(download.error)) if download.error is not None else None,
    }


def _read(path: Path) -> list[SavedDownload]:
    """What is kept there; a file that can't be used is put aside."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        logger.error("the queue of downloads can't be read: %s", error)
        return []
    try:
        data = json.loads(content) if len(content) <= _LARGEST else None
        return list(_unpack_all(data))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        logger.error("the queue of downloads is damaged: %s", error)
        try:
            path.replace(path.with_suffix(".damaged.json"))
        except OSError as failure:
            logger.error("it can't be put aside: %s", failure)
        return []


def _unpack_all(data: object) -> Iterator[SavedDownload]:
    if not isinstance(data, dict) or data["version"] != _VERSION:
        raise ValueError("unknown version")
    for row in data["downloads"]:
        order = Order(
            repo=_text(row["repo"]),
            files=tuple(
                RepoFile(_text(f["path"]), _count(f["size"]), _text(f["sha256"]))
                for f in row["wanted"]
            ),
            name=_text(row["name"]),
            revision=_text(row["revision"]),
            license=_text(row["license"]),
        )
        files = tuple(
            FileProgress(
                _text(f["path"]), _count(f["done"]), _count(f["size"]), f["is_complete"] is True
            )
            for f in row["files"]
        )
        if not files or [f.path for f in files] != [f.path for f in order.files]:
            raise ValueError("files that were not ordered")
        state = DownloadState(row["state"])
        yield SavedDownload(
            id=_text(row["id"]),
            order=order,
            state=state if state in _KEPT_STATES else DownloadState.WAITING,
            commit=_text(row["commit"]),
            files=files,
            fetched=tuple(_text(path) for path in row["fetched"]),
            error=_error(row["error"]),
        )


def _error(row: object) -> ChatappError | None:
    if not isinstance(row, dict):
        return None
    error = from_record(ErrorRecord(_text(row["kind"]), row["values"]))
    # What this version doesn't know.
    return None if isinstance(error, GenerationFailed) else error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a size")
    return value


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        logger.error("%s can't be deleted: %s", path, error)
