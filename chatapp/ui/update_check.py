"""Looks for newer versions when that is allowed or wanted, and keeps what was found."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from chatapp.errors import ChatappError, DiskFull, FolderNotWritable

if TYPE_CHECKING:
    from chatapp.jobs import Jobs
    from chatapp.settings import Settings, SettingsFile
    from chatapp.updates import Release, Updates

_FIRST: Final = 20_000  # ms after the start, which has more to do
_EVERY: Final = 3_600_000  # ms between two looks whether a day is over


class UpdateCheck(QObject):
    """Asks in the background, at most one question at a time.

    Signals: `changed()` when something else is known; `told(object)` with a `Release` that was
    found without being asked for, once for each version.
    """

    changed = Signal()
    told = Signal(object)

    def __init__(
        self,
        updates: Updates,
        settings: SettingsFile,
        jobs: Jobs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._updates = updates
        self._settings = settings
        self._jobs = jobs
        self._was_allowed = settings.current.check_for_updates
        self._is_stopped = False
        self.releases: tuple[Release, ...] | None = None  # the newer ones; None: not known
        self.error: ChatappError | None = None  # of the last question
        self.is_looking = False
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.look_if_due)
        self.destroyed.connect(settings.subscribe(self._on_settings))

    @property
    def host(self) -> str:
        """Who would be asked; empty where this build does not know."""
        return self._updates.host

    def start(self) -> None:
        """Look from now on, as far as that is allowed."""
        QTimer.singleShot(_FIRST, self, self.look_if_due)
        self._timer.start()

    def stop(self) -> None:
        """Ask nothing more."""
        self._is_stopped = True
        self._timer.stop()

    def look_if_due(self) -> None:
        """Ask, if the person allowed it and a day is over."""
        if self._updates.is_due:
            self._look(is_wanted=False)

    def look(self) -> None:
        """Ask now: the person wants it."""
        self._look(is_wanted=True)

    def _look(self, *, is_wanted: bool) -> None:
        if self.is_looking or self._is_stopped:
            return
        self.is_looking = True
        self.changed.emit()
        self._jobs.general.run(
            self._updates.look,
            on_done=lambda releases: self._on_found(releases, is_wanted=is_wanted),
            on_error=self._on_error,
        )

    def _on_found(self, releases: tuple[Release, ...], *, is_wanted: bool) -> None:
        if self._is_stopped:
            return
        self.is_looking, self.releases, self.error = False, releases, None
        newest = releases[0].version if releases else ""
        is_news = newest not in {"", self._settings.current.told_version}
        # Not kept, it is asked and told again after the next start.
        with contextlib.suppress(DiskFull, FolderNotWritable):
            self._settings.change(
                updates_checked_at=int(time.time()),
                told_version=newest or self._settings.current.told_version,
            )
        self.changed.emit()
        if is_news and not is_wanted:
            self.told.emit(releases[0])

    def _on_error(self, error: Exception) -> None:
        self.is_looking = False
        if self._is_stopped or isinstance(error, CancelledError):
            return
        if not isinstance(error, ChatappError):
            raise error
        self.error = error
        self.changed.emit()

    def _on_settings(self, settings: Settings) -> None:
        is_allowed = settings.check_for_updates
        if is_allowed and not self._was_allowed:
            QTimer.singleShot(0, self, self.look_if_due)
        self._was_allowed = is_allowed
