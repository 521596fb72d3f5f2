"""What was asked of the local Hub, and how many bytes of each answer were really sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from tests.local_hub.exchange import Asked


@dataclass(frozen=True, slots=True)
class Request:
    """One request, and its answer so far.

    `origin` is "metadata" or "data", `path` and `query` are decoded, `headers` have lower-case
    names. `range_start` and `range_end` are the first and the last byte that were asked for (a
    negative start counts from the end). `status` is 0 until the head of the answer was sent, and
    stays so if none ever is. `bytes_sent` counts the bytes of the body that the socket took, `at`
    is in seconds since the epoch.
    """

    origin: str
    method: str
    path: str
    query: str
    range_start: int | None
    range_end: int | None
    status: int
    headers: Mapping[str, str]
    bytes_sent: int
    at: float
    is_done: bool


class RequestLog:
    """All requests since start or since the last `clear`. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requests: dict[int, Request] = {}
        self._count = 0

    def begin(self, origin: str, asked: Asked) -> int:
        """Note a request and return the number by which it is known here."""
        first, last = asked.range_bounds()
        request = Request(
            origin, asked.method, asked.path, unquote(asked.query), first, last, 0, asked.headers,
            0, time.time(), is_done=False,
        )  # fmt: skip
        with self._changed:
            self._count += 1
            self._requests[self._count] = request
            self._changed.notify_all()
            return self._count

    def answer(self, number: int, status: int, send: Callable[[], object], *, is_all: bool) -> None:
        """Send the head, and note it before anyone can ask: the client's test may be faster."""
        with self._changed:
            send()
            self._change(number, lambda request: replace(request, status=status, is_done=is_all))

    def send(self, number: int, send: Callable[[], int], left: int) -> int:
        """Send some of the bytes that are `left`, as `answer` does; returns how many it took."""
        with self._changed:
            taken = send()
            self._change(
                number,
                lambda r: replace(r, bytes_sent=r.bytes_sent + taken, is_done=taken == left),
            )
            return taken

    def end(self, number: int) -> None:
        self._change(number, lambda request: replace(request, is_done=True))

    def clear(self) -> None:
        with self._changed:
            self._requests.clear()

    @property
    def requests(self) -> list[Request]:
        with self._changed:
            return list(self._requests.values())

    def wait_for(self, condition: Callable[[], bool], timeout: float) -> None:
        """Raise TimeoutError if the condition doesn't come true; it is asked at each change."""
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                raise TimeoutError(f"not within {timeout} s: {self.requests}")

    def _change(self, number: int, change: Callable[[Request], Request]) -> None:
        with self._changed:
            if number in self._requests:
                self._requests[number] = change(self._requests[number])
                self._changed.notify_all()
