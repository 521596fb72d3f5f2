"""How long a model thinks before it answers, told from the text as it arrives."""

from __future__ import annotations

from chatapp.chat.reasoning import ReasoningSplitter


class ThinkingClock:
    """Measures how long the reasoning at the beginning of one answer is open.

    An answer that is continued begins with the `text` that it has, whose time is not counted.
    """

    def __init__(self, text: str = "") -> None:
        self._splitter = ReasoningSplitter()
        self._splitter.feed(text)
        self._began_at: float | None = None
        self._opened_at: float | None = None
        self._closed_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether the model thinks at this moment."""
        return self._splitter.is_open

    def add(self, piece: str, now: float) -> None:
        """A piece has arrived `now`, in seconds of any clock."""
        was_open = self.is_open
        if self._began_at is None:
            self._began_at = now
            self._opened_at = now if was_open else None
        self._splitter.feed(piece)
        if self.is_open and not was_open:
            self._opened_at = now
        elif was_open and not self.is_open:
            self._closed_at = now
        elif self._splitter.turned:
            # The template opened it, so that only its end is in the text.
            self._opened_at, self._closed_at = self._began_at, now

    def seconds(self, now: float) -> float:
        """How long it has been open, or was."""
        if self._opened_at is None:
            return 0.0
        return (now if self._closed_at is None else self._closed_at) - self._opened_at
