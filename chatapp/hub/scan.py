"""Searching one source of models, so that one that hangs holds up no other.

A network drive that has gone may hold a thread for ever, in which nothing can stop it. So each
source has a thread of its own, which ends when there is nothing to do, and nobody waits for it for
longer than a moment.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from chatapp.domain.model import ModelSource
from chatapp.errors import ChatappError, ModelFileMissing, ModelFileUnreadable, NotGguf
from chatapp.hub.gguf_header import read_header
from chatapp.hub.names import shard
from chatapp.hub.shelf import Shelved, shelve
from chatapp.hub.sidecar import Facts, Sidecars
from chatapp.hub.sources import FoundFile, Source, find_files

logger = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that anybody waits for a step of a search: a disk may have to start
_TIME_LIMIT = 20.0  # seconds that finding the names may take
_TOLD_EVERY = 0.25  # seconds, while headers are read
_MOST_TELLING = 0.2  # of the time


class SourceScan:
    """What one source holds: first the names, then what each file's header tells.

    Headers are read once for each path, size and time, and remembered in the sidecars.
    `on_change` is called in the thread of the search.
    """

    def __init__(self, source: Source, sidecars: Sidecars, on_change: Callable[[], None]) -> None:
        self.source = source
        self._sidecars = sidecars
        self._on_change = on_change
        self._is_ours = source.kind is ModelSource.OWN
        self._files: tuple[FoundFile, ...] = ()
        self._facts: dict[str, Facts] = {}
        self._failed: dict[str, tuple[int, int]] = {}  # by path, the size and time that failed
        self._strangers: set[str] = set()  # of those, the ones that are no GGUF files
        self._shelved: tuple[Shelved, ...] = ()
        # The numbers of the last search that was asked for, whose names are known, that is done.
        self._asked = self._named = self._done = 0
        self._step_began = 0.0
        self._state = threading.Condition()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def request(self) -> int:
        """Search anew, soon. Returns the number to wait for."""
        with self._state:
            if not self._closed.is_set():
                self._asked += 1
                if self._thread is None:
                    self._step_began = time.monotonic()
                    name = f"models-{self.source.kind}"
                    self._thread = threading.Thread(target=self._run, name=name, daemon=True)
                    self._thread.start()
            return self._asked

    def wait(self, number: int, deadline: float, *, for_headers: bool = False) -> bool:
        """Wait until the names of this search are known, or the headers too; whether they are.

        For no longer than `deadline` (monotonic), and not for a source that hangs.
        """
        with self._state:
            while not self._closed.is_set():
                if (self._done if for_headers else self._named) >= number:
                    return True
                left = min(deadline, self._step_began + PATIENCE) - time.monotonic()
                if left <= 0:
                    return False
                self._state.wait(left)
            return False

    @property
    def shelved(self) -> tuple[Shelved, ...]:
        """The models as far as they are known."""
        return self._shelved

    def close(self) -> threading.Thread | None:
        """Search no more. Returns the thread that may still be at it."""
        with self._state:
            self._closed.set()
            self._state.notify_all()
            return self._thread

    def _run(self) -> None:
        try:
            while (number := self._next()) is not None:
                self._find_names(number)
                if self._read_headers(number):
                    self._reached(number, headers=True)
        except BaseException:
            with self._state:
                self._thread = None
                self._named = self._done = self._asked
                self._state.notify_all()
            raise

    def _next(self) -> int | None:
        with self._state:
            if self._closed.is_set() or self._done == self._asked:
                self._thread = None
                return None
            return self._asked

    def _reached(self, number: int, *, headers: bool = False) -> None:
        with self._state:
            self._named = number
            if headers:
                self._done = number
            self._state.notify_all()

    def _begin_step(self) -> float:
        self._step_began = time.monotonic()
        return self._step_began

    def _tell(self) -> None:
        files = self._files
        if not self._is_ours:  # in our own folder a file that is none should be seen
            files = tuple(file for file in files if file.path not in self._strangers)
        self._shelved = tuple(shelve(self.source, files, self._facts, self._failed))
        self._begin_step()
        self._on_change()
        self._begin_step()

    def _find_names(self, number: int) -> None:
        end = self._begin_step() + _TIME_LIMIT

        def is_stopped() -> bool:
            return self._closed.is_set() or self._begin_step() > end

        files = tuple(find_files(self.source, is_stopped))
        if self._closed.is_set():
            return
        if time.monotonic() > end:
            logger.info("%s was searched only in part: it takes too long", self.source.folder)
        is_new = files != self._files
        self._files = files
        if is_new:
            self._tell()
        self._reached(number)

    def _read_headers(self, number: int) -> bool:
        """False when something else has to be done first."""
        tell_at = time.monotonic() + _TOLD_EVERY
        is_new = False
        for file in self._files:
            if self._closed.is_set() or self._asked != number:
                if is_new:
                    self._tell()
                return False
            began = self._begin_step()
            facts = self._sidecars.read(file.path, file.size, file.mtime_ns, is_ours=self._is_ours)
            failed = self._failed.get(file.path)
            if facts.header is None and self._is_worth_reading(file):
                facts = self._read_header(file, facts)
            if facts != self._facts.get(file.path) or failed != self._failed.get(file.path):
                self._facts[file.path] = facts
                is_new = True
            if is_new and began >= tell_at:
                self._tell()
                now = time.monotonic()
                tell_at = now + max(_TOLD_EVERY, (now - began) / _MOST_TELLING)
                is_new = False
        paths = {file.path for file in self._files}
        self._facts = {path: facts for path, facts in self._facts.items() if path in paths}
        if is_new:
            self._tell()
        return True

    def _is_worth_reading(self, file: FoundFile) -> bool:
        part = shard(file.path)
        if part is not None and part.number > 1:  # the first tells everything
            return False
        return self._failed.get(file.path) != (file.size, file.mtime_ns)

    def _read_header(self, file: FoundFile, facts: Facts) -> Facts:
        try:
            header = read_header(Path(file.path))
        except ModelFileMissing:  # the next search will not find it
            return facts
        except ChatappError as error:
            logger.info("the header of %s can't be read: %s", file.path, error)
            if not isinstance(error, ModelFileUnreadable):
                self._failed[file.path] = (file.size, file.mtime_ns)
                if isinstance(error, NotGguf):
                    self._strangers.add(file.path)
            return facts
        self._failed.pop(file.path, None)
        self._strangers.discard(file.path)
        return self._sidecars.change(
            file.path, file.size, file.mtime_ns, is_ours=self._is_ours, header=header
        )
