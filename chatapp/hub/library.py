"""The models on this computer: our folder, those of other programs, the starter model.

The folders are the only registry. Our own has the layout of LM Studio, `<org>/<repo>/<file>`, so
that it can be shared; files that lie elsewhere are used in place.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import fields
from pathlib import Path
from typing import Any

from chatapp.domain.model import ModelFile, ModelSource
from chatapp.errors import (
    ModelAmbiguous,
    ModelFileMissing,
    ModelFileUnreadable,
    ModelNotOurs,
    ModelUnknown,
    NoModel,
    ShardsMissing,
)
from chatapp.hub.folders import FoldersFile
from chatapp.hub.gguf_header import read_header
from chatapp.hub.local_search import LocalSearch
from chatapp.hub.moving import (
    FolderMove,
    Move,
    OnProgress,
    Progress,
    remove_empty_folders,
    transfer,
)
from chatapp.hub.names import shard
from chatapp.hub.shelf import describe_file, shelve
from chatapp.hub.sidecar import Facts, Sidecars, beside
from chatapp.hub.sources import Places, Source, find_files, known_sources
from chatapp.hub.starter import find_starter_model
from chatapp.hub.trash import to_trash
from chatapp.jobs import Jobs
from chatapp.paths import Paths, is_file, is_folder

logger = logging.getLogger(__name__)

_CHUNK = 1 << 20  # bytes
_MOST_FORMER = 8
_SUFFIX = ".gguf"
_CHOSEN = (ModelSource.OWN, ModelSource.ADDED)


class Library:
    """Finds models and knows what is known of them.

    Searching and reading headers is done in threads of its own, whose latest result is `snapshot`.
    Without `places` the folders of other programs are left alone. All but `snapshot`, `folder`,
    `by_path` and `refresh` waits for a disk.
    """

    def __init__(self, paths: Paths, jobs: Jobs, *, places: Places | None = None) -> None:
        self._paths = paths
        self._jobs = jobs
        self._places = places
        self._folders = FoldersFile(paths.data / "library.json")
        self._sidecars = Sidecars(paths.data / "sidecars")
        self._move = FolderMove(paths.data / "moving.json")
        self._search = LocalSearch(self._sources, self._sidecars)
        self._known: list[Source] | None = None
        self._starter: tuple[Path | None] | None = None
        self._hashes: dict[tuple[str, int, int], Future[str]] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @property
    def folder(self) -> Path:
        """Ours, where downloads go."""
        chosen = self._folders.current.models
        return Path(chosen) if chosen else self._paths.models

    @property
    def snapshot(self) -> tuple[ModelFile, ...]:
        """The models as far as they are known at this moment; empty before the first search."""
        return self._search.snapshot

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change of `snapshot`, in whatever thread found it."""
        self._search.subscribe(listener)

    def refresh(self) -> None:
        """Search anew in the background."""
        self._search.request()

    def models(self) -> list[ModelFile]:
        """The models of this moment: by name, the starter model last.

        Waits a moment for the names, which a folder that hangs can't make longer; what is in the
        headers comes later. Files that vanish meanwhile are left out.
        """
        return list(self._search.names())

    def wait(self, seconds: float) -> bool:
        """Search anew and wait until all headers are read; whether they are."""
        return self._search.wait(seconds)

    def find(self, name: str, *, is_only: bool = False) -> ModelFile:
        """The model with this path or name, case aside. Raises `ModelUnknown`.

        A path is taken as it is; whether it can be used shows when it is loaded. With `is_only`
        raises `ModelAmbiguous` when several have this name.
        """
        wanted = name.casefold()
        found = [model for model in self.models() if wanted in _names(model)]
        if is_only and len(found) > 1:
            raise ModelAmbiguous(name, len(found))
        if found:
            return found[0]
        path = Path(name).expanduser()
        is_path = path.suffix.casefold() == _SUFFIX or len(path.parts) > 1
        if is_path or is_file(path) or is_folder(path):
            return describe_file(path.absolute())
        raise ModelUnknown(name)

    def default(self, preferred_path: str = "") -> ModelFile:
        """The preferred model if it is there, else the first that can chat. Raises `NoModel`.

        What other programs brought may be of any size: it comes after the starter model.
        """
        if preferred_path:
            preferred = self.by_path(preferred_path)
            if is_file(Path(preferred.path)):
                return preferred
        models = [m for m in self.models() if m.can_chat and not m.missing_shards]
        models.sort(key=lambda m: (m.source not in _CHOSEN, not m.is_starter))
        if not models:
            raise NoModel
        return models[0]

    def by_path(self, path: str) -> ModelFile:
        """The model at this path, whether the file is there or not.

        Where our folder was moved since, it is the one in the new folder.
        """
        known = {model.path: model for model in self.snapshot}
        moved = str(self._moved(Path(path)))
        for at in (path, moved):
            if at in known:
                return known[at]
        return describe_file(Path(moved), is_starter=str(self._find_starter()) == path)

    # The bytes

    def content_hash(self, model: ModelFile) -> Future[str]:
        """The file's SHA-256, computed in the background once for each path, size and time."""
        try:
            status = Path(model.path).stat()
        except OSError as error:
            failed: Future[str] = Future()
            failed.set_exception(error)
            return failed
        key = (model.path, status.st_size, status.st_mtime_ns)
        with self._lock:
            if key not in self._hashes:
                self._hashes[key] = self._jobs.general.submit(self._known_hash, *key)
            return self._hashes[key]

    def verify(
        self, model: ModelFile, stop: threading.Event, on_progress: Callable[[int, int], None]
    ) -> bool:
        """Read all files of the model again; whether they have the SHA-256 that they should have.

        Progress in bytes done and of all. Raises `ModelFileMissing`, `ModelFileUnreadable`, and
        `InterruptedError` when stopped.
        """
        done = 0

        def on_bytes(count: int) -> None:
            nonlocal done
            done += count
            on_progress(done, max(done, model.size))

        is_right = True
        for path in model.shards or (model.path,):
            state = _state(path)
            known = self._sidecars.read(path, *state, is_ours=self._is_ours(path)).sha256
            expected = known or (model.sha256 if path == model.path else "")
            digest = self._hash(Path(path), stop, on_bytes)
            if expected in ("", digest):
                self.record(path, sha256=digest, verified_at=time.time())
            else:
                self.record(path, sha256=expected, verified_at=0.0)
                is_right = False
        return is_right

    def record(self, path: str, **values: Any) -> None:
        """Remember values of fields of `Facts` for the file as it is now.

        Raises `ModelFileMissing`.
        """
        self._sidecars.change(path, *_state(path), is_ours=self._is_ours(path), **values)
        self.refresh()

    # What comes and goes

    def add(self, path: Path) -> ModelFile:
        """Use a file where it lies. Raises an `InputError` or `ModelError` when it is no model."""
        path = path.expanduser().absolute()
        read_header(path, full=False)
        self.models()
        if self._search.listed(str(path)) is None:
            self._folders.change(files=(*self._folders.current.files, str(path)))
            self.models()
        return self._search.listed(str(path)) or self.by_path(str(path))

    @property
    def added_folders(self) -> tuple[str, ...]:
        """Those that the person named."""
        return self._folders.current.folders

    def add_folder(self, path: Path) -> None:
        """Search a folder too, and use in place what is there."""
        path = path.expanduser().absolute()
        folders = self.added_folders
        if str(path) not in folders:
            self._folders.change(folders=(*folders, str(path)))
        self.refresh()

    def forget_folder(self, path: str) -> None:
        """Leave a folder that was added."""
        folders = tuple(folder for folder in self.added_folders if folder != path)
        self._folders.change(folders=folders)
        self.refresh()

    def import_file(
        self, path: Path, stop: threading.Event, on_progress: OnProgress, *, move: bool
    ) -> ModelFile:
        """Copy or move a model with all of its shards into our folder; its projector is copied.

        A copy that was stopped is gone on with the next time. Raises as `add` and `transfer` do,
        and `ShardsMissing`.
        """
        path = path.expanduser().absolute()
        read_header(path, full=False)
        if self._is_ours(str(path)):
            return self.by_path(str(path))
        source = Source(ModelSource.ADDED, path.parent, (str(path),))
        shelved = shelve(source, find_files(source, self._closed.is_set), {}, ())
        models = [s.model for s in shelved if str(path) in (s.model.path, *s.model.shards)]
        model = models[0] if models else describe_file(path)
        if model.missing_shards:
            raise ShardsMissing(model.path, model.missing_shards)
        files = [Path(name) for name in model.shards or (model.path,)]
        copied = [Path(model.projector)] if model.projector else []
        part = shard(path.name)
        folder = self.folder / "imported" / (part.stem if part is not None else path.stem)
        targets = {
            file: folder / (file.name + ("" if file.suffix.casefold() == _SUFFIX else _SUFFIX))
            for file in (*files, *copied)
        }
        progress = Progress(sum(2 * file.stat().st_size for file in targets), on_progress)
        for file, target in targets.items():
            keep = not move or file in copied or file.is_symlink()
            transfer(file, target, progress, stop, keep=keep)
            self._carry(file, target)
        if move:
            self._delete_moved(files)
            self._take_off(model)
        self.models()
        return self.by_path(str(targets[Path(model.path)]))

    def remove(self, model: ModelFile, *, permanently: bool = False) -> None:
        """Move all files of one of our models to the system's trash; take others off the list.

        A projector goes with the last model that it belongs to. Raises `ModelNotOurs` for what
        other programs brought, `TrashUnavailable`, `ModelFileMissing`.
        """
        if self._take_off(model):
            self.models()
            return
        if not self._is_ours(model.path):
            raise ModelNotOurs(model.path)
        _state(model.path)
        paths = [*(model.shards or (model.path,))]
        others = [other for other in self.models() if other.path != model.path]
        if model.projector and all(other.projector != model.projector for other in others):
            paths.append(model.projector)
        for path in paths:
            for file in (Path(path), beside(path)):
                if file.exists():
                    to_trash(file, permanently=permanently)
            self._sidecars.forget(path)
        remove_empty_folders(self.folder)
        self.models()

    # Our folder

    @property
    def unfinished_move(self) -> Move | None:
        """A change of the folder that was interrupted, to go on with or to undo; or that runs."""
        move = self._move.unfinished
        return None if move is None or move.is_switched else move

    @property
    def is_moving(self) -> bool:
        """Whether the models are on their way to another folder: nothing may be added to either."""
        return self._move.is_running

    def change_folder(
        self, new: Path, stop: threading.Event, on_progress: OnProgress, *, move: bool = True
    ) -> bool:
        """Use another folder, and bring our models there. False when it was stopped.

        No download may run meanwhile. Raises as `FolderMove.run` does.
        """
        old, new = self.folder, new.expanduser().absolute()
        finished = True
        if not move:
            self._switch(old, new)
        elif old != new:
            finished = self._move.run(
                old,
                new,
                on_file=self._carry,
                switch=lambda: self._switch(old, new),
                stop=stop,
                on_progress=on_progress,
            )
        self.models()
        return finished

    def undo_move(self, stop: threading.Event, on_progress: OnProgress) -> bool:
        """Bring back what an interrupted move took away. Raises as `FolderMove.undo` does."""
        finished = self._move.undo(self._carry, stop, on_progress)
        self.models()
        return finished

    def close(self) -> None:
        """Stop searching and hashing."""
        self._closed.set()
        self._search.close()

    def _sources(self) -> list[Source]:
        current = self._folders.current
        found = [Source(ModelSource.OWN, self.folder)]
        move = self.unfinished_move
        if move is not None:
            found.append(Source(ModelSource.OWN, move.new))
        if current.files:
            found.append(Source(ModelSource.ADDED, Path(), current.files))
        found += [Source(ModelSource.ADDED, Path(folder)) for folder in current.folders]
        if self._known is None:
            self._known = known_sources(self._places) if self._places is not None else []
            leftover = self._move.unfinished
            if leftover is not None and leftover.is_switched:
                self._jobs.general.submit(self._move.finish)
        found += self._known
        starter = self._find_starter()
        if starter is not None:
            found.append(Source(ModelSource.STARTER, starter.parent, (str(starter),)))
        return list(dict.fromkeys(found))

    def _find_starter(self) -> Path | None:
        if self._starter is None:
            self._starter = (find_starter_model(self._paths.resources),)
        return self._starter[0]

    def _is_ours(self, path: str) -> bool:
        move = self._move.unfinished
        folders = [self.folder] if move is None else [self.folder, move.old, move.new]
        return any(folder in Path(path).parents for folder in folders)

    def _carry(self, old: Path, new: Path) -> None:
        """What is known of a file is known of its copy, and of itself under another name."""
        if new.suffix.casefold() != _SUFFIX:  # an unfinished download has notes of its own
            return
        if not new.exists():  # a link to nothing
            return
        state = _state(str(old if old.exists() else new))
        facts = self._sidecars.read(str(old), *state, is_ours=self._is_ours(str(old)))
        if facts != Facts(*state):
            state = _state(str(new))
            names = {f.name for f in fields(Facts)} - {"size", "mtime_ns"}
            values = {name: getattr(facts, name) for name in names}
            self._sidecars.change(str(new), *state, is_ours=True, **values)

    def _delete_moved(self, files: list[Path]) -> None:
        for file in files:
            try:
                file.unlink(missing_ok=True)
                self._sidecars.forget(str(file))
            except OSError as error:
                logger.info("%s was copied but not deleted: %s", file, error)

    def _take_off(self, model: ModelFile) -> bool:
        """Whether the model was on the list of single files."""
        files = self._folders.current.files
        left = tuple(path for path in files if path not in (model.path, *model.shards))
        if left == files:
            return False
        self._folders.change(files=left)
        return True

    def _switch(self, old: Path, new: Path) -> None:
        former = dict.fromkeys((str(old), *self._folders.current.former))
        former.pop(str(new), None)
        chosen = "" if new == self._paths.models else str(new)
        self._folders.change(models=chosen, former=tuple(former)[:_MOST_FORMER])

    def _moved(self, path: Path) -> Path:
        """Where a file is that our folder had before it was moved."""
        for folder in map(Path, self._folders.current.former):
            if folder in path.parents and not path.exists():
                moved = self.folder / path.relative_to(folder)
                if moved.exists():
                    return moved
        return path

    def _known_hash(self, path: str, size: int, mtime_ns: int) -> str:
        is_ours = self._is_ours(path)
        facts = self._sidecars.read(path, size, mtime_ns, is_ours=is_ours)
        if facts.sha256 and facts.verified_at:
            return facts.sha256
        digest = self._hash(Path(path), self._closed, lambda _count: None)
        if facts.sha256 in ("", digest):
            values: dict[str, Any] = {"sha256": digest, "verified_at": time.time()}
            self._sidecars.change(path, size, mtime_ns, is_ours=is_ours, **values)
        else:
            logger.info("%s is not what the Hub describes", path)
        return digest

    def _hash(self, path: Path, stop: threading.Event, on_bytes: Callable[[int], None]) -> str:
        digest = hashlib.sha256()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    if stop.is_set() or self._closed.is_set():
                        raise InterruptedError
                    digest.update(chunk)
                    on_bytes(len(chunk))
        except InterruptedError:
            raise
        except FileNotFoundError:
            raise ModelFileMissing(str(path)) from None
        except OSError:
            raise ModelFileUnreadable(str(path)) from None
        return digest.hexdigest()


def _state(path: str) -> tuple[int, int]:
    """Size and time of last change, by which what is known of a file is valid."""
    try:
        status = Path(path).stat()
    except OSError:
        raise ModelFileMissing(path) from None
    return status.st_size, status.st_mtime_ns


def _names(model: ModelFile) -> set[str]:
    path = Path(model.path)
    return {
        text.casefold()
        for text in (
            model.path,
            model.name,
            path.name,
            path.stem,
            f"{model.name} {model.quantization}",
            f"{model.repo}:{model.quantization}",
        )
    } | ({"starter"} if model.is_starter else set())
