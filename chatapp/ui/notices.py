"""What is told above the composer because it belongs to no message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from chatapp.domain.model import LoadedModel, TemplateOrigin
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import (
    ArchitectureUnknown,
    ModelCannotChat,
    ModelFileDamaged,
    ModelFileEmpty,
    ModelFileIsFolder,
    NotGguf,
    TemplateUnusable,
    WorkerKeepsDying,
)
from chatapp.ui.composer import MOST_WIDTH
from chatapp.ui.i18n import Translated, error_sentence, paragraph
from chatapp.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.domain.model import ModelFile
    from chatapp.errors import ChatappError
    from chatapp.ui.theme import Appearance

_FINAL = (
    NotGguf,
    ModelFileEmpty,
    ModelFileIsFolder,
    ModelFileDamaged,
    ArchitectureUnknown,
    ModelCannotChat,
)


class Notices(Translated, QWidget):
    """One banner about the model, shown once for each problem, and one about what was not done.

    Signals: `try_again_requested()`, `safe_settings_requested()`, `other_model_requested()` and
    `load_settings_requested()` from the one about the model; `open_logs_requested()`.
    """

    try_again_requested = Signal()
    safe_settings_requested = Signal()
    other_model_requested = Signal()
    load_settings_requested = Signal()
    open_logs_requested = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._model: ModelFile | None = None
        self._no_model: ChatappError | None = None
        self._state = EngineState()
        self._dismissed: object = None  # the problem in spite of which the person went on
        self._about_model: Banner | None = None
        self._problem: ChatappError | LoadedModel | None = None
        self._about_failure: Banner | None = None
        self._failure: tuple[Callable[[], str], ChatappError] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.addStretch(1)
        self._column = QVBoxLayout()
        row.addLayout(self._column, 1000)
        row.addStretch(1)
        self.hide()

    def set_model(self, model: ModelFile | None) -> None:
        """The model that answers here."""
        self._model = model
        self._update()

    def set_no_model(self, error: ChatappError) -> None:
        """There is none on this computer."""
        if self._no_model is None or self._no_model is self._dismissed:
            self._no_model = error
        self._update()

    def set_engine_state(self, state: EngineState, *, is_told: bool) -> None:
        """Tell of a model that can't be used, or only with a template that is not its own.

        `is_told`: a failure is told in another place.
        """
        self._state = state
        if is_told and state.status is EngineStatus.FAILED:
            self._dismissed = self._find_problem()
        self._update()

    def dismiss_model(self) -> None:
        """The person goes on all the same: this problem is not shown again."""
        self._dismissed = self._find_problem()
        self._update()

    def show_failure(self, title: Callable[[], str], error: ChatappError) -> None:
        """Something that the person wanted could not be done. `title` says what, when asked."""
        self.hide_failure()
        self._failure = (title, error)
        banner = Banner(self._appearance, "danger", title(), error_sentence(error))
        self._about_failure = self._add(banner)

    def hide_failure(self) -> None:
        """Something else is wanted now."""
        self._remove(self._about_failure)
        self._about_failure = self._failure = None

    def _update(self) -> None:
        problem = self._find_problem()
        if problem is self._dismissed:
            problem = None
        if problem is not self._problem:
            self._problem = problem
            self._show_problem()

    def _show_problem(self) -> None:
        problem = self._problem
        self._remove(self._about_model)
        self._about_model = None
        if isinstance(problem, LoadedModel):
            self._about_model = self._add(self._template_banner(problem))
        elif problem is not None:
            self._about_model = self._add(self._model_banner(problem))

    def _find_problem(self) -> ChatappError | LoadedModel | None:
        if self._model is None:
            return self._no_model
        state = self._state
        if state.model is None or state.model.path != self._model.path:
            return None
        if state.status is EngineStatus.FAILED:
            return state.error
        loaded = state.loaded
        return loaded if loaded is not None and loaded.uses_common_format else None

    def _model_banner(self, error: ChatappError) -> Banner:
        text = error_sentence(error)
        can_be_careful = isinstance(error, WorkerKeepsDying)
        if can_be_careful:
            safe = self.tr("Safe settings: one thread, no graphics card, a short context.")
            text = paragraph(text, safe)
        banner = Banner(
            self._appearance,
            "danger",
            self.tr("The model can't be used"),
            text,
            details=getattr(error, "detail", ""),
        )
        # A file that is no usable model stays that way; memory comes back, and files are added.
        is_final = isinstance(error, _FINAL)
        other, again = self.tr("Choose another model"), self.tr("Try again")
        if can_be_careful:
            safe = self.tr("Load with safe settings")
            banner.add_button(safe, self.safe_settings_requested.emit, kind="primary")
        is_by_choice = isinstance(error, TemplateUnusable)
        if is_by_choice:
            words = self.tr("How it is loaded")
            banner.add_button(words, self.load_settings_requested.emit, kind="primary")
        if is_final:
            banner.add_button(other, self.other_model_requested.emit, kind="primary")
        banner.add_button(
            again,
            self.try_again_requested.emit,
            kind="outlined" if is_final or can_be_careful or is_by_choice else "primary",
            icon="refresh",
        )
        if not is_final:
            banner.add_button(other, self.other_model_requested.emit)
        return banner

    def _template_banner(self, model: LoadedModel) -> Banner:
        if model.template_origin is TemplateOrigin.MISSING:
            text = self.tr("The model brings no chat template. A common format is used instead.")
        else:
            text = self.tr("The model's chat template can't be used. A common one is used instead.")
        return Banner(
            self._appearance,
            "warning",
            self.tr("Answers may be poor"),
            text,
            details=model.template_problem,
        )

    def _translate(self) -> None:
        self._show_problem()
        if self._failure is not None:
            self.show_failure(*self._failure)

    def _add(self, banner: Banner) -> Banner:
        width = self._appearance.width
        self._appearance.fit(banner, lambda one: one.setMaximumWidth(width(MOST_WIDTH)))
        banner.open_logs_requested.connect(self.open_logs_requested)
        self._column.addWidget(banner)
        self.show()
        return banner

    def _remove(self, banner: Banner | None) -> None:
        if banner is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
            self.setVisible(self._column.count() > 0)
