"""Whether anything is asked of the model, and for how long nothing was."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

Watcher = Callable[[bool], None]


class Activity:
    """The engine's thread tells; watchers are called in it with True and False in turn."""

    def __init__(self) -> None:
        self._watchers: tuple[Watcher, ...] = ()
        self._is_busy = False
        self._used_at = time.monotonic()

    def watch(self, watcher: Watcher) -> None:
        """Add one. It is told first how things stand."""
        self._watchers = (*self._watchers, watcher)
        _tell(watcher, is_busy=self._is_busy)

    def update(self, *, is_busy: bool) -> None:
        """Say how things stand after each step."""
        if is_busy or self._is_busy:
            self._used_at = time.monotonic()
        if is_busy != self._is_busy:
            self._is_busy = is_busy
            for watcher in self._watchers:
                _tell(watcher, is_busy=is_busy)

    def touch(self) -> None:
        """Something was asked that is no work, such as to count what a person types."""
        self._used_at = time.monotonic()

    def idle_seconds(self) -> float:
        """How long nothing was asked; 0 while something is."""
        return 0.0 if self._is_busy else time.monotonic() - self._used_at


def _tell(watcher: Watcher, *, is_busy: bool) -> None:
    try:
        watcher(is_busy)
    except Exception:
        logger.exception("a watcher failed")
