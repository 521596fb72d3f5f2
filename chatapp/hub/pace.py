"""How fast downloads may go, all of them together, and that an answer comes first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# What leaves a streaming answer alone: 100 Mbit/s, in bytes a second.
WHILE_ANSWERING = 12_500_000
_LUMP = 0.05  # seconds: fewer, longer waits cost less than one after each piece


def _never() -> bool:
    return False


class Pace:
    """Makes transfers wait so that they keep to a limit together. Thread-safe.

    `limit` is in bytes a second, 0 for none, and may be changed at any time. While `is_answering`
    says so, `WHILE_ANSWERING` is the limit unless that is lower.
    """

    def __init__(self, limit: int = 0, *, is_answering: Callable[[], bool] = _never) -> None:
        self.limit = limit
        self._is_answering = is_answering
        self._lock = threading.Lock()
        self._due = 0.0  # when everything that was taken may have come

    def take(self, count: int, stop: threading.Event) -> None:
        """Wait until these bytes may have come, or until `stop` is set."""
        rate = self._rate()
        now = time.monotonic()
        with self._lock:
            if not rate:
                self._due = now
                return
            self._due = max(self._due, now - _LUMP) + count / rate
            wait = self._due - now
        if wait > _LUMP:
            stop.wait(wait)

    def _rate(self) -> int:
        if not self._is_answering():
            return self.limit
        return min(self.limit or WHILE_ANSWERING, WHILE_ANSWERING)
