"""What is fetched from the Hub, how far it is, and what the queue of downloads holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from chatapp.domain.hub import RepoFile
from chatapp.errors import ChatappError


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a file's bytes are right now. `url` is signed and expires; the rest is for good.

    `sha256` is empty for a small file that is kept in git itself; `etag` (without quotes) is then
    git's own hash. `commit` is what a branch stood for.
    """

    url: str = field(repr=False)
    size: int
    sha256: str
    etag: str
    commit: str


class DownloadState(StrEnum):
    """What a download is doing."""

    WAITING = "waiting"  # for its turn
    RUNNING = "running"
    RECONNECTING = "reconnecting"  # after a failure that may pass
    PAUSED = "paused"  # by the person, or until there is space or a connection is allowed
    VERIFYING = "verifying"  # reads what is on the disk already
    DONE = "done"
    FAILED = "failed"

    @property
    def is_active(self) -> bool:
        """Whether it is the turn of what is in this state."""
        return self in {self.RUNNING, self.RECONNECTING, self.VERIFYING}


@dataclass(frozen=True, slots=True)
class TransferProgress:
    """How far one file is; all figures in bytes.

    `done` lies on the disk, of which `verified` has been read again while the state is VERIFYING.
    `error` is why there is no connection at the moment, `retry_at` when it is tried again, in
    seconds of the monotonic clock.
    """

    state: DownloadState
    done: int
    size: int
    verified: int = 0
    error: ChatappError | None = None
    retry_at: float | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Files that are of use only together: a model, all of its shards, its projector.

    `revision` is a commit, or a branch that is pinned to its commit once the download begins.
    """

    repo: str
    files: tuple[RepoFile, ...]
    name: str = ""
    revision: str = "main"
    license: str = ""


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far one file of an order is, in bytes. `size` is 0 while nobody knows it."""

    path: str
    done: int
    size: int
    is_complete: bool = False


@dataclass(frozen=True, slots=True)
class DownloadItem:
    """One order in the queue.

    `done` and `size` are sums over the files, in bytes; `speed` in bytes a second; `seconds_left`
    is None while it can't be told. `verified` is how much of the current file has been read
    again, in bytes, while the state is VERIFYING. `error` says why the item failed, was paused by
    itself, or has no connection; `retry_at` when it goes on by itself, in seconds of the monotonic
    clock. `commit` is what its branch was pinned to; `targets` are where the
    files lie below the models folder.
    """

    id: str
    order: Order
    state: DownloadState
    files: tuple[FileProgress, ...]
    targets: tuple[str, ...]
    commit: str
    done: int
    size: int
    speed: float = 0.0
    seconds_left: float | None = None
    verified: int = 0
    error: ChatappError | None = None
    retry_at: float | None = None
