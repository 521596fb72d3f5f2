"""So many bytes per second and no more."""

from __future__ import annotations

import threading
import time

_PIECE_SECONDS = 0.02
_LARGEST_PIECE = 1 << 18


class Pace:
    """Tells senders when their next piece may go, so that together they keep to a rate."""

    def __init__(self, bytes_per_second: float | None = None) -> None:
        self._lock = threading.Lock()
        self._rate = bytes_per_second
        self._free_at = 0.0

    def set(self, bytes_per_second: float | None) -> None:
        """None or 0 is no limit. Takes effect with the next piece."""
        with self._lock:
            self._rate = bytes_per_second
            self._free_at = 0.0

    @property
    def piece(self) -> int:
        """How many bytes to send at once."""
        rate = self._rate
        return max(1, min(_LARGEST_PIECE, int(rate * _PIECE_SECONDS))) if rate else _LARGEST_PIECE

    def take(self, count: int) -> float:
        """Seconds to wait before `count` bytes may go."""
        with self._lock:
            if not self._rate:
                return 0.0
            now = time.monotonic()
            begin = max(now, self._free_at)
            self._free_at = begin + count / self._rate
            return begin - now
