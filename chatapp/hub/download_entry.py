"""One order in the queue of downloads, as it changes."""

from __future__ import annotations

from pathlib import Path

from chatapp.domain.download import (
    DownloadItem,
    DownloadState,
    FileProgress,
    Order,
    TransferProgress,
)
from chatapp.errors import ChatappError
from chatapp.hub.part_file import part_path
from chatapp.hub.queue_file import SavedDownload
from chatapp.hub.safe_names import relative_path
from chatapp.hub.speedometer import Speedometer
from chatapp.network import Stop


class DownloadEntry:
    """What the queue knows of an order. The queue's lock guards it.

    `stop` is there while a thread works on it. `commit` is what the order's branch was pinned to,
    `retry_at` when it is tried again by itself, in seconds of the monotonic clock.
    """

    def __init__(self, saved: SavedDownload) -> None:
        """Raises `NameUnsafe`."""
        order = saved.order
        self.id = saved.id
        self.order = order
        self.targets = tuple(str(relative_path(order.repo, file.path)) for file in order.files)
        self.state = saved.state
        self.commit = saved.commit
        self.files = list(saved.files) or [FileProgress(f.path, 0, f.size) for f in order.files]
        self.fetched = set(saved.fetched)
        self.error = saved.error
        self.stop: Stop | None = None
        self.is_cancelled = False
        self.retry_at: float | None = None
        self._reconnects_at: float | None = None
        self._verified = 0
        self._speedometer = Speedometer()

    def is_for(self, order: Order) -> bool:
        """Whether it brings the same files."""
        return self.order.repo == order.repo and [f.path for f in self.order.files] == [
            f.path for f in order.files
        ]

    def enter(self, state: DownloadState, error: ChatappError | None = None) -> None:
        """Be in another state."""
        self.state = state
        self.error = error
        self.retry_at = self._reconnects_at = None
        self._verified = 0
        self._speedometer.reset()

    def look_at_disk(self, folder: Path) -> None:
        """See how much of each file is there, which a crash left unsaid."""
        for index, (file, target) in enumerate(zip(self.files, self.targets, strict=True)):
            path = folder / target
            if file.is_complete and _size(path) == file.size:
                continue
            self.files[index] = FileProgress(file.path, _size(part_path(path)), file.size)

    def progress(self, index: int, progress: TransferProgress, now: float) -> None:
        """Take in how far one of the files is."""
        file = self.files[index]
        if progress.size:
            self.files[index] = FileProgress(file.path, progress.done, progress.size)
        if progress.state is DownloadState.DONE:
            return  # of one file; what comes next tells about the whole
        if progress.state is DownloadState.RUNNING:
            self._speedometer.add(sum(f.done for f in self.files), now)
        else:
            self._speedometer.reset()
        self.state = progress.state
        self.error = progress.error
        self._reconnects_at = progress.retry_at
        self._verified = progress.verified

    def complete(self, index: int, size: int, *, was_there: bool) -> None:
        """Take in that one of the files is there."""
        path = self.files[index].path
        self.files[index] = FileProgress(path, size, size, is_complete=True)
        if not was_there:
            self.fetched.add(path)

    def item(self, now: float) -> DownloadItem:
        """The entry as others see it."""
        done = sum(file.done for file in self.files)
        size = sum(file.size for file in self.files)
        speed = self._speedometer.speed(now) if self.state is DownloadState.RUNNING else 0.0
        can_tell = speed > 0 and all(file.size for file in self.files)
        return DownloadItem(
            id=self.id,
            order=self.order,
            state=self.state,
            files=tuple(self.files),
            targets=self.targets,
            commit=self.commit,
            done=done,
            size=size,
            speed=speed,
            seconds_left=(size - done) / speed if can_tell else None,
            verified=self._verified,
            error=self.error,
            retry_at=self._reconnects_at if self.retry_at is None else self.retry_at,
        )

    def saved(self) -> SavedDownload:
        """What is kept of it. One whose turn it is waits for it when the program starts again."""
        return SavedDownload(
            id=self.id,
            order=self.order,
            state=DownloadState.WAITING if self.state.is_active else self.state,
            commit=self.commit,
            files=tuple(self.files),
            fetched=tuple(sorted(self.fetched)),
            error=None if self.state.is_active else self.error,
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
