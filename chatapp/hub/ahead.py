"""Several connections for one file, where each of them is slow.

The file is asked for in pieces at once, and handed out from its beginning to its end all the same.
So it can be hashed while it is written, and a part on the disk never has holes: what came too early
waits in memory and is lost when the program is killed.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from chatapp.errors import ChatappError
from chatapp.network import Stop

_END_WITHIN = 0.5  # seconds

# Yields the bytes from the first number up to and without the second one; the event ends it.
Fetch = Callable[[int, int, Stop], Generator[bytes]]


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    data: deque[bytes] = field(default_factory=deque)
    got: int = 0
    is_over: bool = False
    error: Exception | None = None


class PieceMissingError(Exception):
    """A piece came to an end too early, without an error."""


class Ahead:
    """A context that yields the bytes from `start` to `size`, in order.

    The iteration raises what `fetch` raised, once all bytes before that were handed out. It just
    ends when `stop` is set. At most one piece (of `piece` bytes) for each connection waits in
    memory.
    """

    def __init__(
        self, fetch: Fetch, start: int, size: int, piece: int, connections: int, stop: Stop
    ) -> None:
        self._fetch = fetch
        self._start = self._next = start
        self._size = size
        self._piece = piece
        self._cancel = Stop()
        self._changed = threading.Condition()
        self._pieces: deque[_Piece] = deque()
        self._most = connections
        self._threads = [
            threading.Thread(target=self._work, name="download ahead", daemon=True)
            for _ in range(connections)
        ]
        self._wakers = contextlib.ExitStack()
        self._wakers.enter_context(self._cancel.waking(self._wake))
        self._wakers.enter_context(stop.waking(self._cancel.set))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._cancel.set()
        self._wakers.close()
        # One that is connecting can't be interrupted; it ends by itself.
        deadline = time.monotonic() + _END_WITHIN
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def __iter__(self) -> Iterator[bytes]:
        position = self._start
        while position < self._size:
            with self._changed:
                self._changed.wait_for(self._has_something)
                if self._cancel.is_set():
                    return
                first = self._pieces[0]
                if not first.data:
                    if first.error is not None:
                        raise first.error
                    if first.got < first.end - first.start:
                        raise PieceMissingError
                    self._pieces.popleft()
                    self._changed.notify_all()
                    continue
                data = first.data.popleft()
            position += len(data)
            yield data

    def _has_something(self) -> bool:
        if self._cancel.is_set():
            return True
        return bool(self._pieces) and bool(self._pieces[0].data or self._pieces[0].is_over)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _take(self) -> _Piece | None:
        """The next piece to fetch, once there is room for it."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._pieces) < self._most or self._cancel.is_set())
            if self._cancel.is_set() or self._next >= self._size:
                return None
            piece = _Piece(self._next, min(self._next + self._piece, self._size))
            self._next = piece.end
            self._pieces.append(piece)
            return piece

    def _work(self) -> None:
        import httpx2

        while (piece := self._take()) is not None:
            try:
                self._fill(piece)
            except (httpx2.HTTPError, ChatappError) as error:
                piece.error = error
                return
            finally:
                with self._changed:
                    piece.is_over = True
                    self._changed.notify_all()

    def _fill(self, piece: _Piece) -> None:
        with contextlib.closing(self._fetch(piece.start, piece.end, self._cancel)) as pieces:
            for data in pieces:
                wanted = data[: piece.end - piece.start - piece.got]
                with self._changed:
                    piece.data.append(wanted)
                    piece.got += len(wanted)
                    self._changed.notify_all()
                if piece.got == piece.end - piece.start or self._cancel.is_set():
                    return
