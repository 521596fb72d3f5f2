"""The key from the settings that opens the small window, held while Chatapp runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence

if TYPE_CHECKING:
    from chatapp.settings import Settings, SettingsFile
    from chatapp.ui.global_key import GlobalKey


class QuickAskKey(QObject):
    """Asks the system for the key whenever the settings name another one.

    `is_taken`: the system did not give it, as another program has it or it can't be had.

    Signals: `pressed()`; `changed()` when another one was asked for.
    """

    pressed = Signal()
    changed = Signal()

    def __init__(self, settings: SettingsFile, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._key: GlobalKey | None = None
        self._keys = ""
        self.is_taken = False

    @property
    def is_possible(self) -> bool:
        """Whether this platform lets a program ask for one."""
        return sys.platform == "win32" or QGuiApplication.platformName() == "xcb"

    def start(self) -> None:
        """Ask for the key, now and at each change."""
        self._settings.subscribe(self._adopt)
        self._adopt(self._settings.current)

    def stop(self) -> None:
        """Leave it to others."""
        if self._key is not None:
            self._key.release()

    def _adopt(self, settings: Settings) -> None:
        if settings.quick_ask_keys == self._keys:
            return
        self._keys = settings.quick_ask_keys
        if self._key is None and self._keys:
            # Few want one, and it needs the libraries of the system.
            from chatapp.ui.global_key import global_key

            self._key = global_key(self)
            if self._key is not None:
                self._key.pressed.connect(self.pressed)
        self.is_taken = False
        if self._key is not None:
            if self._keys:
                self.is_taken = not self._key.grab(QKeySequence(self._keys))
            else:
                self._key.release()
        self.changed.emit()
