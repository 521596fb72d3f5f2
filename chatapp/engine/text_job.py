"""Texts on their way to vectors or scores: what a caller holds, and what is found so far."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Generic, TypeVar

from chatapp.domain.generation import Priority
from chatapp.engine.messages import Embed, Rerank
from chatapp.errors import TextTooLong

logger = logging.getLogger(__name__)

TEXTS_AT_ONCE = 16  # then what a person waits for can come between, and progress is told

OnProgress = Callable[[int, int], None]
R = TypeVar("R")


class TextJob(Generic[R]):
    """Texts that were handed in. Made by `Embedder`; callers wait for it or cancel it.

    `result` has one entry for each text, in their order. It raises the `ChatappError` that ended
    it, or `CancelledError`. `ask` makes a command of its id and some of the texts.
    """

    def __init__(
        self,
        texts: Iterable[str],
        ask: Callable[[int, tuple[str, ...]], Embed | Rerank],
        priority: Priority,
        on_progress: OnProgress | None,
    ) -> None:
        self.texts = tuple(texts)
        self.is_interactive = priority is Priority.INTERACTIVE
        self.result: Future[tuple[R, ...]] = Future()
        self.result.set_running_or_notify_cancel()
        self.is_cancelled = False
        self.deaths = 0
        self.wake: Callable[[], None] = lambda: None
        self._ask = ask
        self._on_progress = on_progress
        self._found: list[R] = []

    def cancel(self) -> None:
        """End it. Returns at once; the result is there when that is done."""
        self.is_cancelled = True
        self.wake()

    @property
    def is_done(self) -> bool:
        """Whether there is something for each text."""
        return len(self._found) == len(self.texts)

    def command(self, request_id: int) -> Embed | Rerank:
        """For the embedder: what to ask of the worker next."""
        done = len(self._found)
        return self._ask(request_id, self.texts[done : done + TEXTS_AT_ONCE])

    def go_on(self, found: Iterable[R]) -> None:
        """For the embedder: keep what was found."""
        self._found += found
        self.deaths = 0
        if self._on_progress is not None:
            try:
                self._on_progress(len(self._found), len(self.texts))
            except Exception:
                logger.exception("a listener failed")

    def finish(self) -> None:
        """For the embedder: all is found."""
        self.result.set_result(tuple(self._found))

    def fail(self, error: Exception) -> None:
        """For the embedder: end it with an error, that of a text with its number among all."""
        if isinstance(error, TextTooLong):
            number = error.number + len(self._found)
            error = TextTooLong(number, error.needed, error.available)
        self.result.set_exception(error)
