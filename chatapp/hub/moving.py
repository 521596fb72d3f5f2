"""Bringing model files to another folder, which may lie on another drive.

What is copied is read again from the disk and compared before it gets its name, and nothing is
deleted before all of it is there and the library uses the new folder. A journal tells how far it
is, so that after any interruption it can be gone on with or undone; whatever happens, every file is
whole under its name in one of the two folders.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path

from chatapp.errors import (
    CopyDamaged,
    DiskFull,
    DownloadBusy,
    FileInTheWay,
    FolderInFolder,
    FolderNotWritable,
    ModelFileMissing,
    ModelFileUnreadable,
    MoveUnfinished,
)
from chatapp.hub.file_lock import try_lock
from chatapp.hub.part_file import disk_error, free_space
from chatapp.hub.sidecar import beside
from chatapp.settings import write_atomically

logger = logging.getLogger(__name__)

_ENDINGS = (".gguf", ".gguf.part", ".gguf.part.json")
_BLOCK = 1 << 20  # bytes
_MARGIN = 64 << 20  # bytes that a disk keeps free
_LARGEST_JOURNAL = 16 << 20  # bytes
_TOLD_EVERY = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class MoveProgress:
    """How far it is: bytes of all files, twice where they are copied and then compared."""

    done: int
    total: int
    name: str  # of the file


@dataclass(frozen=True, slots=True)
class Move:
    """One that was begun. `files` are relative to both folders; `done` ones are in the new one.

    Once `is_switched` the library uses the new folder, and only the old files are left to delete.
    """

    old: Path
    new: Path
    files: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    is_switched: bool = False


OnProgress = Callable[[MoveProgress], None]
OnFile = Callable[[Path, Path], None]  # from, to


class Progress:
    """Adds up bytes and tells them now and then."""

    def __init__(self, total: int, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._total = total
        self._done = 0
        self._told = 0.0
        self.name = ""

    def add(self, count: int) -> None:
        """So many bytes more."""
        self._done = min(self._done + count, self._total)  # what failed is done twice
        now = time.monotonic()
        if now - self._told >= _TOLD_EVERY or self._done == self._total:
            self._told = now
            self._on_progress(MoveProgress(self._done, self._total, self.name))


def transfer(
    source: Path, target: Path, progress: Progress, stop: threading.Event, *, keep: bool
) -> None:
    """Bring one file to `target`: by renaming it where that is possible, unless `keep`, or a copy.

    After a copy the source is still there, and a copy that was stopped is gone on with next time.
    A file that is there already must be the same.

    Raises `FileInTheWay`, `CopyDamaged`, `DiskFull`, `FolderNotWritable`, `FileTooLargeForDisk`,
    `ModelFileMissing`, `ModelFileUnreadable`, and `InterruptedError` when stopped.
    """
    if not os.path.lexists(source):
        raise ModelFileMissing(str(source))
    progress.name = target.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            if not _is_same(source, target, progress, stop):
                raise FileInTheWay(str(target))
            return
        size = source.stat().st_size
        if not keep and _rename(source, target):
            progress.add(2 * size)
            return
        _copy(source, target, progress, stop)
    except InterruptedError:
        raise
    except OSError as error:
        raise disk_error(error, target) from error


def _rename(source: Path, target: Path) -> bool:
    """False when they lie on different drives."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _copy(source: Path, target: Path, progress: Progress, stop: threading.Event) -> None:
    part = _part(target)
    before = source.stat()
    for _ in range(2):  # what an interrupted run left may be damaged
        digest = _write_copy(source, part, progress, stop)
        if _digest(part, progress, stop) == digest:
            break
        part.unlink()
    else:
        raise CopyDamaged(str(target))
    after = source.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        part.unlink()
        raise CopyDamaged(str(target))
    with contextlib.suppress(OSError):  # some file systems keep no times
        os.utime(part, ns=(after.st_atime_ns, after.st_mtime_ns))
    part.replace(target)


def _write_copy(source: Path, part: Path, progress: Progress, stop: threading.Event) -> bytes:
    """Fill the part from where it ends. Returns the SHA-256 of the source."""
    digest = hashlib.sha256()
    with FileIO(part, "a+b") as writer:
        have = min(writer.seek(0, os.SEEK_END), source.stat().st_size) // _BLOCK * _BLOCK
        writer.truncate(have)
        at = 0
        for block in _blocks(source, stop):
            digest.update(block)
            if at >= have:
                view = memoryview(block)
                while view:
                    view = view[writer.write(view) :]
            at += len(block)
            progress.add(len(block))
        os.fsync(writer.fileno())
    return digest.digest()


def _digest(path: Path, progress: Progress, stop: threading.Event) -> bytes:
    digest = hashlib.sha256()
    for block in _blocks(path, stop, from_disk=True):
        digest.update(block)
        progress.add(len(block))
    return digest.digest()


def _is_same(source: Path, target: Path, progress: Progress, stop: threading.Event) -> bool:
    if source.stat().st_size != target.stat().st_size:
        return False
    return _digest(source, progress, stop) == _digest(target, progress, stop)


def _blocks(path: Path, stop: threading.Event, *, from_disk: bool = False) -> Iterator[bytes]:
    """What is in the file; `from_disk`: not what the system remembers of writing it."""
    try:
        with FileIO(path) as file:
            if from_disk and hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while block := file.read(_BLOCK):
                if stop.is_set():
                    raise InterruptedError
                yield block
    except InterruptedError:
        raise
    except FileNotFoundError:
        raise ModelFileMissing(str(path)) from None
    except OSError:
        raise ModelFileUnreadable(str(path)) from None


def _part(target: Path) -> Path:
    """What a copy is called until it is right. Hidden, and never too long for a file system."""
    name = target.name.encode("utf-8", "surrogatepass")
    return target.with_name(f".{hashlib.sha256(name).hexdigest()[:16]}.moving")


class FolderMove:
    """Moves the models of one folder to another. One at a time.

    Only models, what is known of them, and unfinished downloads are moved: whatever else lies in
    the folder stays.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._running = threading.Lock()

    @property
    def is_running(self) -> bool:
        """Whether files are being moved at this moment."""
        return self._running.locked()

    @property
    def unfinished(self) -> Move | None:
        """The move that was interrupted, or that runs."""
        try:
            with self._journal.open("rb") as file:
                data = json.loads(file.read(_LARGEST_JOURNAL))
            files, done = frozenset(data["files"]), frozenset(data["done"])
            if not all(isinstance(name, str) for name in files | done):
                raise TypeError
            return Move(Path(data["old"]), Path(data["new"]), files, done, bool(data["switched"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError, KeyError, TypeError) as error:
            logger.info("the journal of a move can't be read: %r", error)
            return None

    def run(
        self,
        old: Path,
        new: Path,
        *,
        on_file: OnFile,
        switch: Callable[[], None],
        stop: threading.Event,
        on_progress: OnProgress,
    ) -> bool:
        """Move everything, or go on with it. False when it was stopped: it can be gone on with.

        `on_file` is called for each file once it is in the new folder, and perhaps once more after
        an interruption; `switch` before anything is deleted.

        Raises as `transfer` does, `FolderInFolder`, `MoveUnfinished` when another move was not
        finished, `DownloadBusy` when something is just being downloaded.
        """
        with self._running:
            move = self._begin(old, new)
            try:
                if not move.is_switched:
                    move = self._bring_all(move, on_file, stop, on_progress)
                    switch()
                    move = self._note(replace(move, is_switched=True))
            except InterruptedError:
                return False
            self._delete_old(move)
            return True

    def finish(self) -> None:
        """Delete the old files of a move that was interrupted only then."""
        with self._running:
            move = self.unfinished
            if move is not None and move.is_switched:
                self._delete_old(move)

    def undo(self, on_file: OnFile, stop: threading.Event, on_progress: OnProgress) -> bool:
        """Bring back what was moved, by a move that has not got so far as to delete.

        False when it was stopped: it can be undone later. Raises as `transfer` does.
        """
        with self._running:
            move = self.unfinished
            if move is None or move.is_switched:
                return True
            back = [name for name in sorted(move.files) if _is_renamed(move, name)]
            progress = Progress(sum(2 * _size(move.new / name) for name in back), on_progress)
            try:
                for name in back:
                    transfer(move.new / name, move.old / name, progress, stop, keep=False)
                    on_file(move.new / name, move.old / name)
                for name in move.files:
                    _part(move.new / name).unlink(missing_ok=True)
                    if name in move.done or name in back:
                        (move.new / name).unlink(missing_ok=True)
                        beside(str(move.new / name)).unlink(missing_ok=True)
            except InterruptedError:
                return False
            except OSError as error:
                raise disk_error(error, move.new) from error
            remove_empty_folders(move.new)
            self._journal.unlink(missing_ok=True)
            return True

    def _begin(self, old: Path, new: Path) -> Move:
        move = self.unfinished
        if move is not None:
            if (move.old, move.new) != (old, new):
                raise MoveUnfinished(str(move.new))
            return move
        try:
            new.mkdir(parents=True, exist_ok=True)
            mine, its = old.resolve(), new.resolve()
        except OSError as error:
            raise disk_error(error, new / "model") from error
        if mine == its or mine in its.parents or its in mine.parents:
            raise FolderInFolder(str(new))
        if not os.access(new, os.W_OK | os.X_OK):
            raise FolderNotWritable(str(new))
        files = _movable(old)
        need = 0
        for name in files:
            source, target = old / name, new / name
            if os.path.lexists(target) and _size(target) != _size(source):
                raise FileInTheWay(str(target))
            if name.endswith(".part") and _is_busy(source):
                raise DownloadBusy(str(source))
            need += _size(source) - _size(target)
        is_other_disk = old.exists() and old.stat().st_dev != new.stat().st_dev
        if is_other_disk and need + _MARGIN > free_space(new):
            raise DiskFull(str(new))
        return self._note(Move(old, new, frozenset(files)))

    def _bring_all(
        self, move: Move, on_file: OnFile, stop: threading.Event, on_progress: OnProgress
    ) -> Move:
        def order(name: str) -> tuple[bool, str]:
            """Links last: what they lead to is where it will be then."""
            return (move.old / name).is_symlink(), name

        while left := {*move.files, *_movable(move.old)} - move.done:
            move = self._note(replace(move, files=move.files.union(left)))
            progress = Progress(sum(2 * _size(move.old / name) for name in left), on_progress)
            for name in sorted(left, key=order):
                if stop.is_set():
                    raise InterruptedError
                old, new = move.old / name, move.new / name
                if old.is_symlink():
                    _link(old, new, move)
                elif old.exists():
                    transfer(old, new, progress, stop, keep=False)
                if os.path.lexists(new):
                    on_file(old, new)
                move = self._note(replace(move, done=move.done | {name}))
        return move

    def _delete_old(self, move: Move) -> None:
        """What can't be deleted now, as when a model is in use on Windows, is tried again later."""
        failed = False
        for name in move.done:
            old, new = move.old / name, move.new / name
            try:
                if old.exists() and not old.is_symlink() and _size(old) != _size(new):
                    logger.info("%s is not what was moved and is kept", old)
                    failed = True
                else:
                    old.unlink(missing_ok=True)
                    beside(str(old)).unlink(missing_ok=True)
            except OSError as error:
                logger.info("%s was moved but not deleted: %s", old, error)
                failed = True
        remove_empty_folders(move.old)
        if not failed:
            self._journal.unlink(missing_ok=True)

    def _note(self, move: Move) -> Move:
        data = {
            "old": str(move.old),
            "new": str(move.new),
            "files": sorted(move.files),
            "done": sorted(move.done),
            "switched": move.is_switched,
        }
        write_atomically(self._journal, json.dumps(data, indent=1) + "\n")
        return move


def remove_empty_folders(folder: Path) -> None:
    """Remove the folders below that nothing is in."""
    for current, _, _ in os.walk(folder, topdown=False):
        if Path(current) != folder:
            with contextlib.suppress(OSError):
                Path(current).rmdir()


def _is_renamed(move: Move, name: str) -> bool:
    return os.path.lexists(move.new / name) and not os.path.lexists(move.old / name)


def _movable(folder: Path) -> list[str]:
    """Models, unfinished downloads, and links to folders, relative to the folder."""
    found = []
    for current, folders, files in os.walk(folder):
        here = Path(current)
        links = [name for name in folders if (here / name).is_symlink()]
        names = [name for name in files if name.casefold().endswith(_ENDINGS)]
        found += [str((here / name).relative_to(folder)) for name in (*links, *names)]
    return sorted(found)


def _link(old: Path, new: Path, move: Move) -> None:
    """Make a link to what the old one leads to, or to where that is moved."""
    if os.path.lexists(new):
        return
    target = old.resolve()
    with contextlib.suppress(ValueError):
        target = move.new / target.relative_to(move.old.resolve())
    try:
        new.parent.mkdir(parents=True, exist_ok=True)
        new.symlink_to(target, target_is_directory=old.is_dir())
    except OSError as error:
        raise disk_error(error, new) from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_busy(part: Path) -> bool:
    try:
        with FileIO(part, "r+b") as file:
            return not try_lock(file)
    except OSError:
        return False
