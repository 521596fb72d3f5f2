"""How long a model thinks before it answers, told from the parts as they arrive."""

from __future__ import annotations


class ThinkingClock:
    """Measures how long the thoughts of one answer are open, all together.

    What an answer that is continued has already is not counted.
    """

    def __init__(self) -> None:
        self._opened_at: float | None = None
        self._before = 0.0  # of thoughts that are closed

    @property
    def is_open(self) -> bool:
        """Whether the model thinks at this moment."""
        return self._opened_at is not None

    def set_open(self, *, is_open: bool, now: float) -> None:
        """Whether the model thinks since `now`, in seconds of any clock."""
        if is_open and self._opened_at is None:
            self._opened_at = now
        elif not is_open and self._opened_at is not None:
            self._before += now - self._opened_at
            self._opened_at = None

    def count_from(self, began_at: float, now: float) -> None:
        """All until now turned out to be a thought, which is over."""
        self._before, self._opened_at = now - began_at, None

    def seconds(self, now: float) -> float:
        """How long they have been open, or were."""
        return self._before + (0.0 if self._opened_at is None else now - self._opened_at)
