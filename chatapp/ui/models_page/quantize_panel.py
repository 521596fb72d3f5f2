"""Has models made smaller: asks for the type, tells how far it is, shows what came of it."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from chatapp.domain.quantization import is_quantized
from chatapp.errors import ChatappError
from chatapp.models.quantize_job import QuantizeOrder, Stage
from chatapp.models.smaller import recommended
from chatapp.ui.i18n import error_sentence
from chatapp.ui.quantize_dialog import OFFERED, QuantizeDialog
from chatapp.ui.words import duration, joined, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from chatapp.domain.model import ModelFile
    from chatapp.domain.quantization import QuantizePlan, QuantizeResult, QuantType
    from chatapp.hub.fit import Verdict
    from chatapp.jobs import Jobs, Post
    from chatapp.models.quantize import Quantizer
    from chatapp.models.quantize_job import QuantizeJob, QuantizeStatus
    from chatapp.ui.models_page.library_panel import LibraryPanel
    from chatapp.ui.theme import Appearance

_TELL_EVERY = 0.1  # seconds
_SURE_FROM = 3.0  # seconds of writing after which its pace says how long the rest takes


class QuantizePanel(QObject):
    """The dialog, the strip in the library, and the quantizer behind both."""

    def __init__(
        self,
        appearance: Appearance,
        quantizer: Quantizer,
        jobs: Jobs,
        post: Post,
        library: LibraryPanel,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._quantizer = quantizer
        self._jobs = jobs
        self._post = post
        self._library = library
        self._strip = library.tab.smaller
        self._dialog: QuantizeDialog | None = None
        self._awaited = ""  # the path of a result that the library does not know yet
        self._begun = 0.0  # when writing began
        self._strip.cancelled.connect(self._cancel)
        library.changed.connect(self._on_library_changed)

    def ask(self, model: ModelFile) -> None:
        """Let the person choose a type."""
        window = self._library.tab.window()
        dialog = QuantizeDialog(
            self._appearance,
            model,
            is_quantized=is_quantized(model.quantization),
            parent=window,
        )
        self._dialog = dialog
        dialog.finished.connect(lambda _: self._forget(dialog))
        dialog.chosen.connect(
            lambda kind: self._start(QuantizeOrder(model, kind, requantize=dialog.is_quantized))
        )
        look, header = self._library.judging(), model.header

        def plan() -> tuple[Sequence[QuantizePlan], Mapping[QuantType, Verdict], QuantType | None]:
            plans = self._quantizer.plan(model, OFFERED)
            if header is None:
                return plans, {}, None
            judge = look()
            verdicts = {plan.kind: judge(header, plan.size).verdict for plan in plans}
            best = recommended(plans, lambda size: judge(header, size).verdict, header.parameters)
            return plans, verdicts, best.kind if best is not None else None

        def on_planned(
            found: tuple[Sequence[QuantizePlan], Mapping[QuantType, Verdict], QuantType | None],
        ) -> None:
            if self._dialog is dialog:
                dialog.set_plans(*found)

        def on_error(error: Exception) -> None:
            if not isinstance(error, ChatappError):
                raise error
            if self._dialog is dialog:
                dialog.show_failure(error_sentence(error))

        self._jobs.general.run(plan, on_done=on_planned, on_error=on_error)
        dialog.open()

    @property
    def dialog(self) -> QuantizeDialog | None:
        """The one that is open."""
        return self._dialog

    def stop(self) -> None:
        """The services are about to close."""
        for job in self._quantizer.jobs:
            job.cancel()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LanguageChange:
            self._show()
        return super().event(event)

    # Inside

    def _forget(self, dialog: QuantizeDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None

    def _start(self, order: QuantizeOrder) -> None:
        self._library.tab.hide_failure()
        told = (Stage.WAITING, 0.0)

        def on_status(status: QuantizeStatus) -> None:
            nonlocal told
            now = time.monotonic()
            if status.stage is not told[0] or now - told[1] >= _TELL_EVERY:
                told = (status.stage, now)
                self._post(self._show)

        job = self._quantizer.start(order, on_status)
        job.result.add_done_callback(lambda _: self._post(lambda: self._on_over(job)))
        self._show()

    def _show(self) -> None:
        """Say how far the first one is."""
        jobs = self._quantizer.jobs
        if not jobs:
            self._strip.end()
            return
        job, *waiting = jobs
        more = self.tr("%Ln more wait(s)", "", len(waiting)) if waiting else ""
        writes = job.status.stage is Stage.WRITING
        fraction = job.status.fraction if writes else None
        words = joined(self._words(job), more)
        self._strip.show_work(words, fraction)

    def _words(self, job: QuantizeJob) -> str:
        status = job.status
        names = {"model": job.order.source.name, "type": job.order.kind.value}
        if status.stage is not Stage.WRITING:
            self._begun = 0.0
            if status.stage is Stage.VERIFYING:
                return self.tr("{model} {type}: comparing it with the original").format(**names)
            return self.tr("{model} {type}: reading the original").format(**names)
        now = time.monotonic()
        self._begun = self._begun or now
        words = self.tr("Making {model} {type}, {share}").format(
            **names, share=percent(status.fraction)
        )
        spent = now - self._begun
        if spent < _SURE_FROM or not status.fraction:
            return words
        left = self.tr("{time} left").format(
            time=duration(spent * (1 - status.fraction) / status.fraction)
        )
        return joined(words, left)

    def _cancel(self) -> None:
        for job in self._quantizer.jobs[:1]:
            job.cancel()

    def _on_over(self, job: QuantizeJob) -> None:
        self._show()
        order = job.order
        try:
            result = job.result.result()
        except CancelledError:
            return
        except ChatappError as error:
            self._library.tab.show_failure(
                self.tr("{model} was not made smaller").format(model=order.source.name),
                error_sentence(error),
            )
            return
        self._awaited = result.path
        self._library.search()
        self._on_library_changed()
        self._tell_difference(order, result)

    def _tell_difference(self, order: QuantizeOrder, result: QuantizeResult) -> None:
        if 2 * result.agreed >= result.compared:
            return
        self._library.tab.show_failure(
            self.tr("{model} {type} often chooses other words than the original").format(
                model=order.source.name, type=order.kind.value
            ),
            self.tr(
                "At {agreed} of {compared} places they are the same. A larger type keeps more."
            ).format(agreed=result.agreed, compared=result.compared),
        )

    def _on_library_changed(self) -> None:
        if self._awaited and any(m.path == self._awaited for m in self._library.models):
            path, self._awaited = self._awaited, ""
            if not self._library.tab.search.hasFocus():  # whoever types goes on with that
                self._library.tab.show_model(path)
