"""Measures models when a person asks for it, and shows what came of it."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.errors import ChatappError
from chatapp.ui.i18n import error_sentence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.domain.model import ModelFile
    from chatapp.domain.tuning import Tuning
    from chatapp.jobs import Jobs, Post
    from chatapp.models.tuning import Tuner, TuningJob, TuningProgress
    from chatapp.models.tunings import Tunings
    from chatapp.ui.theme import Appearance
    from chatapp.ui.tuning_dialog import TuningDialog

_TELLING = 0.05  # of a measurement, before it is told how long the rest takes


class TuningRuns(QObject):
    """One measurement at a time; it goes on while the dialog is closed.

    Signals: `tuned(ModelFile, Tuning)` when one has ended.
    """

    tuned = Signal(object, object)

    def __init__(
        self,
        appearance: Appearance,
        tuner: Tuner,
        tunings: Tunings,
        jobs: Jobs,
        post: Post,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._tuner = tuner
        self._tunings = tunings
        self._jobs = jobs
        self._post = post
        self._window = parent
        self._dialog: TuningDialog | None = None
        self._job: TuningJob | None = None
        self._began = 0.0  # when it did, on the monotonic clock

    def open(self, model: ModelFile) -> None:
        """Show what was measured of a model."""
        from chatapp.ui.tuning_dialog import TuningDialog

        dialog = self._dialog = TuningDialog(self._appearance, model, self._window)
        dialog.finished.connect(lambda _: self._forget(dialog))
        dialog.start_requested.connect(lambda: self._measure(model))
        dialog.stop_requested.connect(self._stop_measuring)
        if self._job is not None and self._job.model.path == model.path:
            self._show_progress(self._job)
        else:
            self._look_up(model)
        dialog.open()

    @property
    def dialog(self) -> TuningDialog | None:
        """The one that is open."""
        return self._dialog

    def _dialog_of(self, model: ModelFile) -> TuningDialog | None:
        """The one that is open, if it is about this model."""
        dialog = self._dialog
        return dialog if dialog is not None and dialog.model.path == model.path else None

    def _measure(self, model: ModelFile) -> None:
        def on_progress(_: TuningProgress) -> None:
            self._post(lambda: self._show_progress(job))

        self._began = time.monotonic()
        job = self._job = self._tuner.start(model, on_progress)
        job.result.add_done_callback(lambda _: self._post(lambda: self._on_measured(job)))

    def _stop_measuring(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _show_progress(self, job: TuningJob) -> None:
        dialog = self._dialog_of(job.model)
        if dialog is not None and self._job is job:
            fraction = job.progress.fraction
            elapsed = time.monotonic() - self._began
            left = elapsed * (1 - fraction) / fraction if fraction > _TELLING else None
            dialog.show_progress(fraction, job.progress.rows, left)

    def _on_measured(self, job: TuningJob) -> None:
        dialog = self._dialog_of(job.model)
        if self._job is job:
            self._job = None
        try:
            tuning = job.result.result()
        except CancelledError:
            self._look_up(job.model)
            return
        except ChatappError as error:
            if dialog is not None:
                dialog.show_failure(error_sentence(error))
            return
        if dialog is not None:
            dialog.show_tuning(tuning)
        self.tuned.emit(job.model, tuning)

    def _look_up(self, model: ModelFile) -> None:
        """Show again what was measured before."""

        def show(tuning: Tuning | None) -> None:
            dialog = self._dialog_of(model)
            is_measured = self._job is not None and self._job.model.path == model.path
            if dialog is not None and not is_measured:
                dialog.show_tuning(tuning)

        self._jobs.general.run(lambda: self._tunings.find(model), on_done=show)

    def _forget(self, dialog: TuningDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None
