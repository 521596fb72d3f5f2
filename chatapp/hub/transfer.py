"""One file from the Hub onto the disk, over any connection.

`hf_hub_download` can't go on where it stopped, returns damaged files as good ones and can't be
interrupted, so the bytes are fetched here, with plain requests for ranges. The commit is pinned by
the caller; the address is asked for anew before each request, because signed ones expire.

A download ends in one of four ways: the file is there and has the right hash; it was stopped; a
failure that doesn't pass; or too many failures in a row without a single new byte. In the last
three the part stays and the next call goes on with it.
"""

from __future__ import annotations

import contextlib
import logging
import random
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chatapp.domain.download import DownloadState, Resolved, TransferProgress
from chatapp.errors import (
    ChatappError,
    ChecksumMismatch,
    DiskFull,
    FileChangedOnHub,
    HubAnswerInvalid,
    HubRefused,
    HubTimeout,
    HubUnreachable,
    RateLimited,
)
from chatapp.hub.ahead import Ahead, PieceMissingError
from chatapp.hub.breaker import breaking
from chatapp.hub.failures import seconds_to_wait, typed
from chatapp.hub.pace import Pace
from chatapp.hub.part_file import PartFile, Source, free_space, is_complete
from chatapp.network import CONNECT_TIMEOUT, READ_TIMEOUT, Stop

if TYPE_CHECKING:
    import httpx2

logger = logging.getLogger(__name__)

RESERVE = 64 << 20  # bytes of the disk that a download never takes
_LOOK_AT_DISK = 32 << 20  # bytes between two looks
_PIECE = 8 << 20  # bytes that one of several connections is asked for
_READING = 8  # so much less does it cost to read a byte again than to fetch one
_TELL_EVERY = 0.1  # seconds
_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)")
_PASSING = frozenset({408, 425, 429})
_TRIES_IF_REFUSED = 3  # a new address helps against an expired one, but not against a prohibition
_MOST_DOUBTS = 2
_MOST_HOPS = 5


@dataclass(frozen=True, slots=True)
class Patience:
    """How much a transfer bears. Times in seconds.

    `tries` is how many requests in a row may bring nothing. Between them it waits for `first_wait`,
    doubled each time up to `longest_wait`, or for as long as the server wants, up to `longest_ban`.
    The default gives up after about five minutes.
    """

    connect: float = CONNECT_TIMEOUT
    read: float = READ_TIMEOUT
    tries: int = 8
    first_wait: float = 1.0
    longest_wait: float = 90.0
    longest_ban: float = 900.0

    def wait(self, failures: int, ban: float) -> float:
        """How long to wait after so many failures in a row."""
        wait = min(self.longest_wait, self.first_wait * 2.0 ** (failures - 1))
        wait *= random.uniform(0.5, 1)  # noqa: S311 - it keeps clients apart, it hides nothing
        return max(wait, min(ban, self.longest_ban))


def fetch_file(
    resolve: Callable[[], Resolved],
    target: Path,
    *,
    client: httpx2.Client,
    stop: Stop,
    on_progress: Callable[[TransferProgress], None],
    pace: Pace | None = None,
    repo: str = "",
    file: str = "",
    patience: Patience | None = None,
    connections: int = 1,
    space: Callable[[Path], int] = free_space,
) -> Resolved | None:
    """Bring a file to `target`, where it appears only once it is complete and right.

    Goes on with the part of an earlier call if that is of the same contents. A target that has
    them already is left as it is. `repo` and `file` stand in the part's sidecar and in errors.

    With several `connections` the file is asked for in pieces at once, which is of use where each
    connection is slow; what came too early is lost when the program is killed.

    `on_progress` is called in this thread, about ten times a second and at each change; the size
    is 0 until it is known.

    Returns where the bytes came from, or None when `stop` was set, which ends it at once.

    Raises whatever `resolve` raises, `DownloadBusy`, `DiskFull`, `FileTooLargeForDisk`,
    `FolderNotWritable`, `ChecksumMismatch` when the bytes were wrong twice, `FileChangedOnHub`, or
    the `HubError` that kept it from going on.
    """
    transfer = _Transfer(
        resolve,
        target,
        repo,
        file,
        client,
        stop,
        on_progress,
        pace,
        patience or Patience(),
        connections,
        space,
    )
    try:
        return transfer.run()
    finally:
        transfer.close()


class _Transfer:
    """The state of one call of `fetch_file`."""

    def __init__(
        self,
        resolve: Callable[[], Resolved],
        target: Path,
        repo: str,
        file: str,
        client: httpx2.Client,
        stop: Stop,
        on_progress: Callable[[TransferProgress], None],
        pace: Pace | None,
        patience: Patience,
        connections: int,
        space: Callable[[Path], int],
    ) -> None:
        self._resolve = resolve
        self._target = target
        self._repo = repo
        self._file = file
        self._client = client
        self._stop = stop
        self._on_progress = on_progress
        self._pace = pace
        self._patience = patience
        self._connections = connections
        self._space = space
        self._part: PartFile | None = None
        self._host = ""
        self._furthest = 0  # bytes; what is fetched again is no progress
        self._ban = 0.0  # seconds for which the server wants to be left alone
        self._doubts = 0  # how often a range was answered with something else
        self._was_wrong = False
        self._told_at = 0.0

    def close(self) -> None:
        """Leave the part for the next time."""
        if self._part is not None:
            self._part.close()

    def run(self) -> Resolved | None:
        import httpx2

        failures = 0
        while not self._stop.is_set():
            before = self._furthest
            problem: ChatappError
            try:
                resolved = self._advance()
            except CancelledError:
                break
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                problem = typed(error, self._host)
            except ChatappError as error:
                problem = error
            else:
                if resolved is not None:
                    return resolved
                continue
            if self._stop.is_set():
                break
            failures = 1 if self._furthest > before else failures + 1
            if failures >= self._tries(problem):
                raise problem
            logger.info("download of %s interrupted: %s", self._target.name, problem)
            ban = problem.seconds if isinstance(problem, RateLimited) else self._ban
            self._ban = 0.0
            wait = self._patience.wait(failures, ban)
            self._tell(DownloadState.RECONNECTING, problem, retry_at=time.monotonic() + wait)
            self._stop.wait(wait)
        return None

    def _tries(self, problem: ChatappError) -> int:
        """How many failures in a row end it, if this is the last one."""
        match problem:
            case HubUnreachable() | HubTimeout() | RateLimited() | HubAnswerInvalid():
                return self._patience.tries
            case HubRefused(status=status) if status >= 500 or status in _PASSING:
                return self._patience.tries
            case HubRefused():
                return _TRIES_IF_REFUSED
        return 0

    def _advance(self) -> Resolved | None:
        """Fetch as much as one request gives. None if that was not all, without a failure."""
        resolved = self._resolve()
        self._host = urlsplit(resolved.url).hostname or resolved.url
        source = Source.of(resolved, self._repo, self._file)
        part = self._part
        if part is not None and not source.is_same_as(part.source):
            raise FileChangedOnHub(self._repo, self._file or self._target.name)
        if part is None:
            if self._is_there(source):
                return resolved
            if self._stop.is_set():
                return None
            part = self._part = PartFile(self._target, source)
            self._furthest = part.size
            if not part.read_again(self._stop, self._tell_verified(part.size, source.size)):
                return None
        if part.size < source.size:
            self._check_space(part)
            self._tell(DownloadState.RUNNING)
            self._receive(part, resolved.url)
            if self._stop.is_set():
                return None
            if part.size < source.size:
                raise HubUnreachable(self._host, f"{part.size} of {source.size} bytes came")
        self._tell(DownloadState.VERIFYING, verified=part.size)
        if part.is_right():
            part.publish()
            self._tell(DownloadState.DONE)
            return resolved
        if self._was_wrong:
            part.discard()
            raise ChecksumMismatch(str(self._target))
        logger.info("download of %s damaged, it begins again", self._target.name)
        self._was_wrong = True
        self._furthest = 0
        part.restart()
        self._tell(DownloadState.RECONNECTING, ChecksumMismatch(str(self._target)))
        return None

    def _is_there(self, source: Source) -> bool:
        tell = self._tell_verified(source.size, source.size)
        if not is_complete(self._target, source, self._stop, tell):
            return False
        self._on_progress(TransferProgress(DownloadState.DONE, source.size, source.size))
        return True

    def _receive(self, part: PartFile, url: str) -> None:
        """Append what one request brings. Ends early without an error when stopped."""
        if self._doubts >= _MOST_DOUBTS:
            part.restart()  # this server answers ranges wrongly
            self._doubts = 0
        size = part.source.size
        if self._connections > 1 and size - part.size > _PIECE:
            fetch = partial(self._fetch_piece, part, url)
            with Ahead(fetch, part.size, size, _PIECE, self._connections, self._stop) as pieces:
                try:
                    self._append(part, pieces)
                except PieceMissingError:
                    raise HubUnreachable(self._host, "a part ended early") from None
            return
        with self._request(url, part.size, None, self._stop) as response:
            self._check(response, part, part.size, is_piece=False)
            if response.status_code == 200:
                part.restart()  # a server that knows no ranges
            self._doubts = 0
            self._append(part, response.iter_raw())

    def _fetch_piece(
        self, part: PartFile, url: str, start: int, end: int, stop: Stop
    ) -> Generator[bytes]:
        with self._request(url, start, end, stop) as response:
            self._check(response, part, start, is_piece=True)
            yield from response.iter_raw()

    @contextlib.contextmanager
    def _request(
        self, url: str, start: int, end: int | None, stop: Stop
    ) -> Iterator[httpx2.Response]:
        import httpx2

        headers = {"Accept-Encoding": "identity", "Connection": "close"}
        if start or end is not None:
            headers["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        if self._was_wrong:
            headers["Cache-Control"] = "no-cache"  # what is wrong may lie in a proxy
        timeout = httpx2.Timeout(self._patience.read, connect=self._patience.connect)
        with breaking(stop) as trace:
            # Not left to the client, which reads the bodies of redirects to their end.
            for _ in range(_MOST_HOPS):
                with self._client.stream(
                    "GET", url, headers=headers, timeout=timeout, extensions={"trace": trace}
                ) as response:
                    self._host = response.url.host
                    if response.next_request is None:
                        yield response
                        return
                    url = str(response.next_request.url)
        raise HubAnswerInvalid(self._host, "sends on in a circle")

    def _append(self, part: PartFile, pieces: Iterable[bytes]) -> None:
        size = part.source.size
        look_at = part.size + _LOOK_AT_DISK
        for data in pieces:
            if self._stop.is_set():
                return
            part.write(data if len(data) <= size - part.size else data[: size - part.size])
            self._furthest = max(self._furthest, part.size)
            self._tell_now_and_then(DownloadState.RUNNING, part.size, size)
            if part.size >= size:
                return
            if part.size >= look_at:
                self._check_space(part)
                look_at = part.size + _LOOK_AT_DISK
            if self._pace is not None:
                self._pace.take(len(data), self._stop)

    def _check(
        self, response: httpx2.Response, part: PartFile, start: int, *, is_piece: bool
    ) -> None:
        """Raise unless the body is the file from `start` on, or all of it."""
        status, headers = response.status_code, response.headers
        if status == 429:
            raise RateLimited(self._host, seconds_to_wait(headers))
        if status not in {200, 206}:
            if status == 416:
                self._doubts += 1
            if "retry-after" in headers:
                self._ban = seconds_to_wait(headers)
            raise HubRefused(self._host, status, response.reason_phrase)
        encoding = headers.get("content-encoding", "identity")
        if encoding.casefold() != "identity":
            raise HubAnswerInvalid(self._host, f"encoding {encoding[:20]}")
        if status == 206:
            self._check_range(headers.get("content-range", ""), start, part.source.size)
        elif is_piece:
            self._connections = 1
            raise HubAnswerInvalid(self._host, "no ranges")
        else:
            self._check_whole(headers, part.source.size)

    def _check_range(self, text: str, start: int, size: int) -> None:
        found = _RANGE.fullmatch(text)
        if found is None or int(found[1]) != start:
            self._doubts += 1
            raise HubAnswerInvalid(self._host, f"range {text[:80]!r} from {start}")
        if found[3] not in {"*", str(size)}:
            raise HubAnswerInvalid(self._host, f"{found[3]} bytes, not {size}")

    def _check_whole(self, headers: httpx2.Headers, size: int) -> None:
        length = headers.get("content-length")
        if length is not None and length != str(size):
            raise HubAnswerInvalid(self._host, f"{length[:20]} bytes, not {size}")
        if length is None and headers.get("content-type", "").startswith("text/html"):
            raise HubAnswerInvalid(self._host, "a page")

    def _check_space(self, part: PartFile) -> None:
        folder = self._target.parent
        if self._space(folder) < part.source.size - part.size + RESERVE:
            raise DiskFull(str(folder))

    def _tell_verified(self, done: int, size: int) -> Callable[[int], None]:
        before = 0

        def tell(verified: int) -> None:
            nonlocal before
            self._tell_now_and_then(DownloadState.VERIFYING, done, size, verified)
            if self._pace is not None:
                self._pace.take((verified - before) // _READING, self._stop)
            before = verified

        return tell

    def _tell_now_and_then(
        self, state: DownloadState, done: int, size: int, verified: int = 0
    ) -> None:
        now = time.monotonic()
        if now - self._told_at >= _TELL_EVERY:
            self._told_at = now
            self._on_progress(TransferProgress(state, done, size, verified))

    def _tell(
        self,
        state: DownloadState,
        error: ChatappError | None = None,
        verified: int = 0,
        retry_at: float | None = None,
    ) -> None:
        done, size = 0, 0
        if self._part is not None:
            done, size = self._part.size, self._part.source.size
        self._told_at = time.monotonic()
        self._on_progress(TransferProgress(state, done, size, verified, error, retry_at))
