"""Gives newer versions their place in the window: a passing word, and their notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from chatapp.ui.update_check import UpdateCheck

if TYPE_CHECKING:
    from chatapp.ui.main_window import MainWindow
    from chatapp.updates import Release, Updates


class WindowUpdates(QObject):
    """`check` knows whether there is one."""

    def __init__(self, window: MainWindow, updates: Updates) -> None:
        super().__init__(window)
        self._window = window
        self._updates = updates
        self.check = UpdateCheck(updates, window.parts.settings, window.parts.jobs, self)
        self.check.told.connect(self._tell)

    def show(self) -> None:
        """Open the notes of the newer versions, if there are any."""
        from chatapp.ui.update_notes import UpdateNotes

        feed, releases = self._updates.feed, self.check.releases
        if feed is None or not releases:
            return
        parts = self._window.parts
        notes = UpdateNotes(parts.appearance, parts.jobs, releases, feed.page, self._window)
        notes.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        notes.open()

    def _tell(self, release: Release) -> None:
        words = self.tr("Chatapp {version} is available").format(version=release.version)
        self._window.parts.toast.show_text(words, self.tr("Show"), self.show)
