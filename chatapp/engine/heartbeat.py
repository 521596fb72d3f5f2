"""When a worker is asked for a sign of life, and what its silence means.

Pings are counted, not seconds: a computer that slept looks like one that computed for hours.
"""

from __future__ import annotations

PING_SECONDS = 2.0
MAX_UNANSWERED = 5
MAX_UNANSWERED_STARTING = 30  # a first start from a slow disk, looked at by a virus scanner
MAX_STANDSTILL = 60  # answers in a row that tell of no progress


class Heartbeat:
    """The heartbeat of one worker, in `time.monotonic()`. `due` is when to send the next ping."""

    def __init__(self) -> None:
        self.due: float | None = None
        self._unanswered = 0
        self._was_heard = False
        self._steps = -1
        self._standstill = 0

    def watch(self, now: float, *, busy: bool, computing: bool) -> None:
        """Say whether the worker has anything to do, and whether that should make steps."""
        if not busy:
            self.due = None
            self._unanswered = 0
        elif self.due is None:
            self.due = now + PING_SECONDS
        if not computing:
            self._standstill = 0

    def pinged(self, now: float) -> None:
        """A ping was sent."""
        self._unanswered += 1
        self.due = now + PING_SECONDS

    def heard(self) -> None:
        """Anything came from the worker."""
        self._unanswered = 0
        self._was_heard = True

    def answered(self, steps: int) -> None:
        """A ping was answered."""
        self._standstill = self._standstill + 1 if steps == self._steps else 0
        self._steps = steps

    def silence(self) -> float:
        """For how many seconds the worker hangs; 0 while it does not."""
        allowed = MAX_UNANSWERED if self._was_heard else MAX_UNANSWERED_STARTING
        if self._unanswered >= allowed:
            return self._unanswered * PING_SECONDS
        return self._standstill * PING_SECONDS if self._standstill >= MAX_STANDSTILL else 0.0
