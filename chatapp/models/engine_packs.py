"""Engines other than the built-in one: other builds of llama.cpp, each in a folder of its own.

A pack comes as a wheel of llama-cpp-python, from a file or from its index. It appears in its place
only when all of it is there; `pack.json` says what it is. Nothing of it is ever loaded here: that
is the matter of worker processes.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import asdict, dataclass, fields
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from chatapp.domain.download import DownloadState, TransferProgress
from chatapp.domain.engine_pack import EnginePack, InstallProgress, InstallStage, backend_of
from chatapp.errors import (
    ChatappError,
    DiskFull,
    DownloadBusy,
    EngineMissing,
    EnginePackBusy,
    EnginePackFailed,
    EnginePackInvalid,
    EnginePackMissing,
)
from chatapp.hub.file_lock import try_lock
from chatapp.hub.part_file import discard_part, disk_error, free_space
from chatapp.network import Stop
from chatapp.settings import write_atomically

if TYPE_CHECKING:
    from chatapp.hub.transfer import Patience
    from chatapp.hub.wheel_index import WheelIndex, WheelOffer
    from chatapp.models.pack_wheel import PackWheel

logger = logging.getLogger(__name__)

RESERVE = 64 << 20  # bytes of the disk that are never taken

_MANIFEST = "pack.json"
_VERSION = 1
_LARGEST_MANIFEST = 1 << 16  # bytes
_LOCK = ".lock"
_NEW, _OLD = ".new-", ".old-"  # what was begun, and what is to be deleted
_DOWNLOADS = ".downloads"
# As the settings keep it: nothing that leads anywhere else, nothing hidden.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._+-]{0,98}[a-z0-9])?")
_COMPILED = "__pycache__"  # which Python adds
_UNREADABLE = (OSError, ValueError, TypeError, KeyError, RecursionError)
_STAGES = {DownloadState.RECONNECTING: InstallStage.RECONNECTING}

OnProgress = Callable[[InstallProgress], None]


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What is known of a pack: see `PackWheel` for most of it. `source` is a URL or a file name."""

    package: str
    backend: str
    tags: tuple[str, ...]
    record: str
    count: int
    total: int
    size: int
    source: str


class EnginePacks:
    """The packs in `folder`. Usable in every thread, but for finding one in the background only."""

    def __init__(self, folder: Path, *, space: Callable[[Path], int] = free_space) -> None:
        self._folder = folder
        self._space = space
        self._lock = threading.Lock()  # of what follows
        self._running: set[Stop] = set()
        self._is_closed = False

    def close(self) -> None:
        """End what is being downloaded or unpacked; the next download goes on from there."""
        with self._lock:
            self._is_closed = True
            running = tuple(self._running)
        for stop in running:
            stop.set()

    def packs(self) -> tuple[EnginePack, ...]:
        """The built-in engine, and then the packs by name."""
        found = [builtin_engine()]
        with contextlib.suppress(OSError):  # there are none
            found += [_read(path) for path in sorted(self._folder.iterdir()) if _is_pack(path)]
        return tuple(found)

    def find(self, name: str) -> Path:
        """The folder of a pack. Raises `EnginePackMissing`."""
        path = self._folder / name
        if not _NAME.fullmatch(name) or not _is_pack(path):
            raise EnginePackMissing(name)
        return path

    def find_whole(self, name: str) -> Path:
        """The folder of a pack that is as it was added. Raises as `find`, or `EnginePackFailed`."""
        path = self.find(name)
        try:
            damage = _damage(path, _manifest(path))
        except _UNREADABLE:
            damage = _unreadable(path)
        if damage is not None:
            raise damage
        return path

    def remove(self, name: str) -> None:
        """Delete a pack. Raises `EnginePackMissing`, `EnginePackBusy` or `FolderNotWritable`."""
        path = self.find(name)
        with self._alone():
            gone = self._folder / f"{_OLD}{name}"
            try:
                path.rename(gone)
            except PermissionError:
                if sys.platform == "win32":  # its libraries are loaded
                    raise EnginePackBusy(name) from None
                raise
            shutil.rmtree(gone, ignore_errors=True)

    def install(
        self,
        path: Path,
        *,
        name: str = "",
        source: str = "",
        stop: Stop | None = None,
        on_progress: OnProgress = lambda _: None,
    ) -> EnginePack:
        """Make a pack of a wheel; one that is there already is left as it is.

        `on_progress` is called in this thread. Raises `EnginePackInvalid`, `DiskFull`,
        `FolderNotWritable`, `DownloadBusy` while another window installs one, and `CancelledError`
        once `stop` is set. Nothing is left of it then.
        """
        from chatapp.models.pack_wheel import PackWheel

        with self._stoppable(stop) as stopping, self._alone():
            try:
                wheel = PackWheel(path)
            except OSError:
                raise EnginePackInvalid(path.name, "it can't be read") from None
            with wheel:
                wanted = name or f"{wheel.backend}-{wheel.version}"
                target = self._place(wanted.lower(), wheel.record)
                if not target.exists():
                    self._unpack(wheel, target, source or path.name, stopping, on_progress)
        return _read(target)

    def download(
        self,
        index: WheelIndex,
        offer: WheelOffer,
        *,
        stop: Stop | None = None,
        on_progress: OnProgress = lambda _: None,
        patience: Patience | None = None,
    ) -> EnginePack:
        """Fetch a wheel from the index and make a pack of it.

        Raises what `install` and `WheelIndex.fetch` raise. What has arrived is kept for the next
        time, unless `stop` was set.
        """
        name = f"{offer.build}-{offer.version}"
        present = self._folder / name
        if _is_pack(present) and (pack := _read(present)).problem is None:
            return pack
        target = self._folder / _DOWNLOADS / f"{offer.build}-{offer.file}"

        def tell(progress: TransferProgress) -> None:
            stage = _STAGES.get(progress.state, InstallStage.DOWNLOADING)
            on_progress(InstallProgress(stage, progress.done, progress.size))

        with self._stoppable(stop) as stopping:
            if not index.fetch(offer, target, stop=stopping, on_progress=tell, patience=patience):
                if not self._is_closed:
                    discard_part(target)
                raise CancelledError
            try:
                pack = self.install(
                    target, name=name, source=offer.url, stop=stopping, on_progress=on_progress
                )
            except DiskFull:
                raise  # the wheel is there when it is tried again
            except BaseException:
                target.unlink(missing_ok=True)
                raise
            target.unlink(missing_ok=True)
        return pack

    @contextlib.contextmanager
    def _stoppable(self, stop: Stop | None) -> Iterator[Stop]:
        """What `close` sets too."""
        stop = stop or Stop()
        with self._lock:
            if self._is_closed:
                raise CancelledError
            is_inner = stop in self._running
            self._running.add(stop)
        try:
            yield stop
        finally:
            with self._lock:
                if not is_inner:
                    self._running.discard(stop)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """While nobody else changes anything here. Errors of the disk become ours."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileIO(self._folder / _LOCK, "a+b") as file:
                if not try_lock(file):
                    raise DownloadBusy(str(self._folder))
                for left in self._folder.iterdir():
                    if left.name.startswith((_NEW, _OLD)):
                        shutil.rmtree(left, ignore_errors=True)
                yield
        except OSError as error:
            raise disk_error(error, self._folder / _MANIFEST) from error

    def _place(self, name: str, record: str) -> Path:
        """Where the pack with this content is, or a free place for it."""
        if not _NAME.fullmatch(name):
            raise EnginePackInvalid(name[:100], "its version is none")
        number = 1
        while True:
            path = self._folder / (name if number == 1 else f"{name}-{number}")
            if not path.exists():
                return path
            with contextlib.suppress(*_UNREADABLE):
                manifest = _manifest(path)
                if manifest.record == record and _damage(path, manifest) is None:
                    return path
            number += 1

    def _unpack(
        self, wheel: PackWheel, target: Path, source: str, stop: Stop, on_progress: OnProgress
    ) -> None:
        if self._space(self._folder) < wheel.size + RESERVE:
            raise DiskFull(str(self._folder))
        new = Path(tempfile.mkdtemp(prefix=_NEW, dir=self._folder))
        try:
            stage = InstallStage.UNPACKING
            wheel.extract(
                new, stop, lambda done: on_progress(InstallProgress(stage, done, wheel.size))
            )
            manifest = _Manifest(
                wheel.version,
                wheel.backend,
                wheel.tags,
                wheel.record,
                wheel.count,
                wheel.total,
                wheel.size,
                source,
            )
            content = json.dumps({"version": _VERSION, **asdict(manifest)}, indent=2)
            write_atomically(new / _MANIFEST, f"{content}\n")
            new.rename(target)
        finally:
            shutil.rmtree(new, ignore_errors=True)  # what did not become a pack
        logger.info("engine %s added from %s", target.name, source)


def builtin_engine() -> EnginePack:
    """The engine that Chatapp came with. Nothing of it is imported."""
    from importlib import metadata, util

    try:
        version = metadata.version("llama-cpp-python")
    except metadata.PackageNotFoundError:
        version = ""
    spec = util.find_spec("llama_cpp")
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        problem = EngineMissing("llama_cpp")
        return EnginePack("", version, "", "", 0, is_builtin=True, problem=problem)
    folder = Path(places[0])
    files = [file for file in (folder / "lib").glob("*") if file.is_file()]
    backend = backend_of(file.name for file in files)
    return EnginePack("", version, backend, str(folder), _contents(folder)[1], is_builtin=True)


def _is_pack(path: Path) -> bool:
    return _NAME.fullmatch(path.name) is not None and path.is_dir()


def _read(path: Path) -> EnginePack:
    """A pack as it says itself what it is."""
    try:
        manifest = _manifest(path)
        problem = _problem(path, manifest)
    except _UNREADABLE:
        return EnginePack(path.name, "", "", str(path), 0, problem=_unreadable(path))
    return EnginePack(
        path.name, manifest.package, manifest.backend, str(path), manifest.size, problem=problem
    )


def _manifest(path: Path) -> _Manifest:
    """What it says of itself. Raises one of `_UNREADABLE`."""
    with (path / _MANIFEST).open("rb") as file:
        content = file.read(_LARGEST_MANIFEST + 1)
    if len(content) > _LARGEST_MANIFEST:
        raise ValueError(_MANIFEST)
    data = json.loads(content)
    if data["version"] != _VERSION:
        raise ValueError(_MANIFEST)
    values = {field.name: data[field.name] for field in fields(_Manifest)}
    tags = values["tags"]
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise TypeError(_MANIFEST)
    manifest = _Manifest(**{**values, "tags": tuple(tags)})
    for name in ("package", "backend", "record", "source"):
        if not isinstance(getattr(manifest, name), str):
            raise TypeError(name)
    for name in ("count", "total", "size"):
        if type(getattr(manifest, name)) is not int:
            raise TypeError(name)
    return manifest


def _problem(path: Path, manifest: _Manifest) -> ChatappError | None:
    """Why a pack can't be used here, as far as that can be seen from outside."""
    from chatapp.models.pack_wheel import is_usable, shown_tags

    if not is_usable(manifest.tags):
        return EnginePackFailed(path.name, f"made for {shown_tags(manifest.tags)}")
    return _damage(path, manifest)


def _unreadable(path: Path) -> EnginePackFailed:
    return EnginePackFailed(path.name, f"{_MANIFEST} is damaged")


def _damage(path: Path, manifest: _Manifest) -> EnginePackFailed | None:
    """What happened to its files since it was added. Takes a few milliseconds."""
    if _contents(path) != (manifest.count, manifest.total):
        return EnginePackFailed(path.name, "some of its files are missing or changed")
    return None


def _contents(path: Path) -> tuple[int, int]:
    """How many files it has, and their bytes."""
    sizes = [
        file.stat().st_size
        for file in path.rglob("*")
        if _COMPILED not in file.parts and file.name != _MANIFEST and file.is_file()
    ]
    return len(sizes), sum(sizes)
