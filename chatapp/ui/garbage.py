"""Collects Python's garbage on the main thread only.

A collection runs in whichever thread happens to allocate, and a Qt object that dies on another
thread than its own can end the program. A full one also takes 25 ms or more, which shows as a jerk
while an answer is written.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_INTERVAL = 20_000  # ms
_EVERY = 3  # of the collections is a full one, when nothing is being written


class GarbageCollector(QObject):
    """Takes the place of the automatic collection until it is closed.

    `is_busy` tells whether a pause would be seen now.
    """

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        super().__init__()
        self._is_busy = is_busy
        self._count = 0
        gc.disable()
        gc.freeze()  # what is there by now, code above all, need not be looked through every time
        self._timer = QTimer(self, interval=_INTERVAL)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def close(self) -> None:
        """Collect once more, and go back to the automatic collection."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()

    def _collect(self) -> None:
        self._count += 1
        is_full = self._count % _EVERY == 0 and not self._is_busy()
        gc.collect(2 if is_full else 1)
