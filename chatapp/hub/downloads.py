"""The queue of downloads: it runs by itself, beside everything else, and outlives the program.

One thread keeps the queue: it starts what is due, saves, and tells the listeners. Each order whose
turn it is has a thread of its own. Nobody waits for either: what a person wants is noted at once,
and shows at once, whatever a connection is doing at that moment.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from chatapp.domain.download import (
    DownloadItem,
    DownloadState,
    Order,
    Resolved,
    TransferProgress,
)
from chatapp.domain.hub import RepoFile
from chatapp.errors import (
    ChatappError,
    DiskFull,
    DownloadBusy,
    FileChangedOnHub,
    HubRefused,
    HubTimeout,
    HubUnreachable,
    NameUnsafe,
    Offline,
    RateLimited,
)
from chatapp.hub.awake import Awake
from chatapp.hub.download_entry import DownloadEntry
from chatapp.hub.pace import Pace
from chatapp.hub.part_file import discard_part, free_space
from chatapp.hub.queue_file import QueueFile, SavedDownload
from chatapp.hub.safe_names import model_path
from chatapp.hub.sidecar import beside
from chatapp.hub.transfer import RESERVE, Patience, fetch_file
from chatapp.network import Stop

if TYPE_CHECKING:
    import httpx2

logger = logging.getLogger(__name__)

Listener = Callable[[tuple[DownloadItem, ...]], None]

RETRY_AFTER = 600.0  # seconds: a network that was away in the evening may be back in the night
_TELL_EVERY = 0.1  # seconds
_LOOK_EVERY = 1.0  # seconds; the speed falls while nothing comes
_CLOSE_WITHIN = 0.8  # seconds


class Resolve(Protocol):
    """Tells where the bytes of a file are now; `stop` ends the question."""

    def __call__(self, repo: str, revision: str, file: str, /, *, stop: Stop) -> Resolved:
        """Raise whatever `HubClient.resolve` raises."""


def _always() -> bool:
    return True


def _never() -> bool:
    return False


def _one() -> int:
    return 1


def _unnoted(path: Path, order: Order, file: str, resolved: Resolved) -> None:
    pass


class Downloads:
    """The service. Every method returns at once and may be called in any thread.

    Files go to `folder()`, as it is when their turn comes. `open_client` makes a client for one
    order, which uses so many `connections()`. At most `at_once` orders run; two that share a file
    never do. Without a `queue` nothing is kept for the next start but the parts themselves.

    While `is_held()` nothing begins. A failure that may pass is tried again by itself after
    `retry_after` seconds. `arrived` is told of each file that is here and verified, in the thread
    that fetched it.
    """

    def __init__(
        self,
        queue: QueueFile | None,
        folder: Callable[[], Path],
        *,
        resolve: Resolve,
        open_client: Callable[[], httpx2.Client],
        arrived: Callable[[Path, Order, str, Resolved], None] = _unnoted,
        pace: Pace | None = None,
        awake: Awake | None = None,
        may_keep_awake: Callable[[], bool] = _always,
        is_held: Callable[[], bool] = _never,
        at_once: int = 1,
        connections: Callable[[], int] = _one,
        patience: Patience | None = None,
        retry_after: float = RETRY_AFTER,
    ) -> None:
        self._queue = queue
        self._folder = folder
        self._resolve = resolve
        self._open_client = open_client
        self._arrived = arrived
        self._pace = pace
        self._awake = awake or Awake()
        self._may_keep_awake = may_keep_awake
        self._is_held = is_held
        self._at_once = at_once
        self._connections = connections
        self._patience = patience
        self._retry_after = retry_after
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._listeners: list[Listener] = []
        self._working: list[DownloadEntry] = []  # a thread is at each, stopped or not
        self._discarded: list[DownloadEntry] = []
        self._threads: list[threading.Thread] = []
        self._has_news = self._is_unsaved = False
        self._entries = self._load()
        self._keeper = threading.Thread(target=self._keep, name="downloads", daemon=True)
        self._keeper.start()

    @property
    def items(self) -> tuple[DownloadItem, ...]:
        """The queue, first things first."""
        with self._changed:
            return self._items()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have the whole queue handed to `listener` when something changed.

        It is called in the queue's thread, at most ten times a second. Returns what ends that.
        """
        self._listeners.append(listener)

        def unsubscribe() -> None:
            self._listeners.remove(listener)

        return unsubscribe

    def add(self, order: Order) -> str:
        """Put an order at the end and return its id. What is there already goes on instead.

        Raises `NameUnsafe` when a file can't be kept under its name.
        """
        entry = DownloadEntry(SavedDownload(uuid.uuid4().hex, order, DownloadState.WAITING))
        with self._changed:
            for known in self._entries:
                if known.is_for(order) and known.state is not DownloadState.DONE:
                    self._go_on(known)
                    return known.id
            self._entries = [e for e in self._entries if not e.is_for(order)]
            self._entries.append(entry)
            self._note()
        return entry.id

    def pause(self, item_id: str) -> None:
        """Stop it where it is."""
        with self._changed:
            entry = self._find(item_id)
            if entry is None or not (entry.state.is_active or entry.state is DownloadState.WAITING):
                return
            entry.enter(DownloadState.PAUSED)
            if entry.stop is not None:
                entry.stop.set()
            self._note()

    def resume(self, item_id: str) -> None:
        """Let a paused or failed one wait for its turn again."""
        with self._changed:
            entry = self._find(item_id)
            if entry is not None:
                self._go_on(entry)

    retry = resume

    def cancel(self, item_id: str) -> None:
        """Take it out of the queue and delete what it brought. A finished one is only taken out."""
        with self._changed:
            entry = self._find(item_id)
            if entry is None:
                return
            self._entries.remove(entry)
            if entry.stop is not None:
                entry.is_cancelled = True
                entry.stop.set()
            elif entry.state is not DownloadState.DONE:
                self._discarded.append(entry)
            self._note()

    def move(self, item_id: str, position: int) -> None:
        """Put it at this place in the queue. What runs goes on."""
        with self._changed:
            entry = self._find(item_id)
            if entry is not None:
                self._entries.remove(entry)
                self._entries.insert(max(0, position), entry)
                self._note()

    def close(self) -> None:
        """Stop everything for the next start, in less than a second."""
        with self._changed:
            if self._closing.is_set():
                return
            self._closing.set()
            for entry in self._working:
                if entry.stop is not None:
                    entry.stop.set()
            threads = [*self._threads, self._keeper]
            self._changed.notify_all()
        deadline = time.monotonic() + _CLOSE_WITHIN
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if self._queue is not None:
            with self._changed:
                saved = self._saved()
            self._queue.save(saved)
            self._queue.close()

    def _load(self) -> list[DownloadEntry]:
        entries = []
        for saved in self._queue.open() if self._queue is not None else ():
            try:
                entry = DownloadEntry(saved)
            except NameUnsafe as error:
                logger.error("a download was left out of the queue: %s", error)
                continue
            entries.append(entry)
            if entry.state is DownloadState.FAILED:
                self._try_again_later(entry)
        return entries

    # With the lock

    def _find(self, item_id: str) -> DownloadEntry | None:
        return next((entry for entry in self._entries if entry.id == item_id), None)

    def _go_on(self, entry: DownloadEntry) -> None:
        if entry.state in {DownloadState.PAUSED, DownloadState.FAILED}:
            entry.enter(DownloadState.WAITING)
            self._note()

    def _note(self) -> None:
        """Something changed that has to be saved and told."""
        self._has_news = self._is_unsaved = True
        self._changed.notify_all()

    def _items(self) -> tuple[DownloadItem, ...]:
        now = time.monotonic()
        return tuple(entry.item(now) for entry in self._entries)

    def _saved(self) -> list[SavedDownload]:
        return [e.saved() for e in self._entries if e.state is not DownloadState.DONE]

    def _start_due(self) -> None:
        if self._closing.is_set() or self._is_held():
            return
        now = time.monotonic()
        for entry in self._entries:
            if entry.retry_at is not None and entry.retry_at <= now:
                self._go_on(entry)
        taken = {target for entry in self._working for target in entry.targets}
        free = self._at_once - sum(entry.state.is_active for entry in self._working)
        for entry in self._entries:
            if (
                free > 0
                and entry.state is DownloadState.WAITING
                and taken.isdisjoint(entry.targets)
            ):
                free -= 1
                taken.update(entry.targets)
                self._start(entry)

    def _start(self, entry: DownloadEntry) -> None:
        entry.enter(DownloadState.RUNNING)
        entry.stop = stop = Stop()
        thread = threading.Thread(
            target=self._work, args=(entry, stop), name=f"download {entry.order.repo}", daemon=True
        )
        self._working.append(entry)
        self._threads = [t for t in self._threads if t.is_alive()]
        self._threads.append(thread)
        thread.start()
        self._has_news = True

    def _settle(self, entry: DownloadEntry, problem: ChatappError | None, *, is_done: bool) -> None:
        """Enter the state that the end of its turn leads to."""
        if is_done:
            entry.enter(DownloadState.DONE)
        elif isinstance(problem, DiskFull | Offline):
            entry.enter(DownloadState.PAUSED, problem)
        else:
            entry.enter(DownloadState.FAILED, problem)
            self._try_again_later(entry)

    def _try_again_later(self, entry: DownloadEntry) -> None:
        if entry.error is not None and _may_pass(entry.error):
            entry.retry_at = time.monotonic() + self._retry_after

    def _patience_of_keeper(self) -> float | None:
        """For how many seconds nothing can happen by itself."""
        waits = any(entry.state is DownloadState.WAITING for entry in self._entries)
        if self._working or waits:  # for who holds it
            return _LOOK_EVERY
        due = [e.retry_at for e in self._entries if e.retry_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    # In the queue's thread

    def _keep(self) -> None:
        told: tuple[DownloadItem, ...] = ()
        try:
            while not self._closing.is_set():
                with self._changed:
                    self._start_due()
                    self._has_news = False
                    is_unsaved, self._is_unsaved = self._is_unsaved, False
                    items, saved = self._items(), self._saved()
                    discarded, self._discarded = self._discarded, []
                    is_busy = bool(self._working)
                if is_unsaved and self._queue is not None:
                    self._queue.save(saved)
                for entry in discarded:
                    self._discard(entry)
                self._keep_awake(is_wanted=is_busy)
                if items != told:
                    told = items
                    for listener in list(self._listeners):
                        listener(items)
                self._closing.wait(_TELL_EVERY)
                with self._changed:
                    self._changed.wait_for(
                        lambda: self._has_news or self._closing.is_set(),
                        self._patience_of_keeper(),
                    )
        finally:
            self._keep_awake(is_wanted=False)

    def _keep_awake(self, *, is_wanted: bool) -> None:
        if is_wanted and self._may_keep_awake():
            self._awake.hold()
        else:
            self._awake.release()

    def _discard(self, entry: DownloadEntry) -> None:
        """Delete the parts of an order, and the complete files that it brought with their facts."""
        folder = self._folder()
        for file, target in zip(entry.files, entry.targets, strict=True):
            path = folder / target
            discard_part(path)
            with contextlib.suppress(OSError):
                if file.path in entry.fetched:
                    path.unlink(missing_ok=True)
                    beside(str(path)).unlink(missing_ok=True)
                for parent in path.relative_to(folder).parents[:-1]:
                    (folder / parent).rmdir()

    # In the thread of an order

    def _work(self, entry: DownloadEntry, stop: Stop) -> None:
        problem: ChatappError | None = None
        is_done = False
        try:
            is_done = self._fetch(entry, stop)
        except ChatappError as error:
            problem = error
            logger.info("download of %s ended: %s", entry.order.repo, error)
        finally:
            if entry.is_cancelled:
                self._discard(entry)
            with self._changed:
                entry.stop = None
                self._working.remove(entry)
                if entry.state.is_active and not self._closing.is_set():
                    self._settle(entry, problem, is_done=is_done)
                self._note()

    def _fetch(self, entry: DownloadEntry, stop: Stop) -> bool:
        """Fetch all files of an order; False if it was stopped."""
        folder = self._folder()
        with self._changed:
            entry.look_at_disk(folder)
            missing = sum(
                max(0, file.size - file.done)
                for file, target in zip(entry.files, entry.targets, strict=True)
                if not (folder / target).exists()
            )
        if missing and free_space(folder) < missing + RESERVE:
            raise DiskFull(str(folder))
        with self._open_client() as client:
            for index, wanted in enumerate(entry.order.files):
                if entry.files[index].is_complete:
                    continue
                target = model_path(folder, entry.order.repo, wanted.path)
                was_there = target.exists()
                resolved = fetch_file(
                    partial(self._ask, entry, wanted, stop),
                    target,
                    client=client,
                    stop=stop,
                    on_progress=partial(self._on_progress, entry, stop, index),
                    pace=self._pace,
                    repo=entry.order.repo,
                    file=wanted.path,
                    patience=self._patience,
                    connections=self._connections(),
                )
                if resolved is None:
                    return False
                self._arrived(target, entry.order, wanted.path, resolved)
                with self._changed:
                    entry.complete(index, resolved.size, was_there=was_there)
                    self._note()
        return True

    def _ask(self, entry: DownloadEntry, wanted: RepoFile, stop: Stop) -> Resolved:
        order = entry.order
        resolved = self._resolve(order.repo, entry.commit or order.revision, wanted.path, stop=stop)
        is_other = wanted.size not in {0, resolved.size} or (
            wanted.sha256 and resolved.sha256 and wanted.sha256.lower() != resolved.sha256.lower()
        )
        if is_other:
            raise FileChangedOnHub(order.repo, wanted.path)
        with self._changed:
            if not entry.commit:
                entry.commit = resolved.commit
                self._note()
        return resolved

    def _on_progress(
        self, entry: DownloadEntry, stop: Stop, index: int, progress: TransferProgress
    ) -> None:
        with self._changed:
            if not stop.is_set():
                entry.progress(index, progress, time.monotonic())
                self._has_news = True
                self._changed.notify_all()


def _may_pass(problem: ChatappError) -> bool:
    if isinstance(problem, HubRefused):
        return problem.status >= 500
    return isinstance(problem, HubUnreachable | HubTimeout | RateLimited | DownloadBusy)
