"""Imports what the first picture of the window doesn't need, when the window has nothing to do."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_WAIT = 200  # ms, in which the window is painted and filled


class IdleImport(QObject):
    """Imports the modules of `packages`, then `others`, one by one: none holds the window up.

    Signal: `finished()` when all are there.
    """

    finished = Signal()

    def __init__(
        self, packages: Sequence[ModuleType], others: Sequence[str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._names = [
            f"{package.__name__}.{module.name}"
            for package in packages
            for module in pkgutil.iter_modules(package.__path__)
        ]
        self._names += others
        self._timer = QTimer(self, interval=_WAIT)
        self._timer.timeout.connect(self._import_next)

    def start(self) -> None:
        """Begin in a moment."""
        self._timer.start()

    def stop(self) -> None:
        """Import no more."""
        self._timer.stop()

    def _import_next(self) -> None:
        self._timer.setInterval(0)
        if self._names:
            importlib.import_module(self._names.pop(0))
            return
        self._timer.stop()
        self.finished.emit()
