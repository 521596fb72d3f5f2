"""What waits for the worker's computing thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Items with the `time.perf_counter()` of their arrival; some interrupt what is computed.

    `interrupt` and `resume` set and clear what ends a computation. An item that interrupts is
    always taken right after, and an item that was taken interrupts nothing any more.
    """

    def __init__(self, interrupt: Callable[[], None], resume: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._resume = resume
        self._items: list[tuple[T, float]] = []
        self._changed = threading.Condition()

    def put(self, item: T, *, interrupt: bool = False) -> None:
        """Add an item, in any thread."""
        with self._changed:
            self._items.append((item, time.perf_counter()))
            if interrupt:
                self._interrupt()
            self._changed.notify()

    def take(self, timeout: float | None) -> list[tuple[T, float]]:
        """All items, after waiting up to `timeout` seconds for the first; None waits for ever."""
        if timeout == 0 and not self._items:
            return []  # with nothing in here nothing is interrupted either
        with self._changed:
            if timeout != 0:
                self._changed.wait_for(lambda: self._items, timeout)
            items, self._items = self._items, []
            self._resume()
        return items
