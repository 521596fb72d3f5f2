"""How fast bytes arrive, smoothed."""

from __future__ import annotations

from collections import deque

_WINDOW = 8.0  # seconds
_SHORTEST = 0.5  # seconds, before which nothing is said


class Speedometer:
    """The mean speed over the last seconds. It falls while nothing arrives."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def reset(self) -> None:
        """Forget what was seen: what comes next has nothing to do with it."""
        self._samples.clear()

    def add(self, done: int, now: float) -> None:
        """Say how many bytes there are at the time `now`, in seconds of a monotonic clock."""
        if self._samples and done < self._samples[-1][1]:
            self.reset()
        self._samples.append((now, done))

    def speed(self, now: float) -> float:
        """Bytes a second; 0 while it is not known."""
        while len(self._samples) > 1 and self._samples[1][0] <= now - _WINDOW:
            self._samples.popleft()
        if not self._samples:
            return 0.0
        start, first = self._samples[0]
        elapsed = now - start
        return (self._samples[-1][1] - first) / elapsed if elapsed >= _SHORTEST else 0.0
