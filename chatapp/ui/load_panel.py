"""How one model is loaded: what can be chosen, what it would take, and how the last load went."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from chatapp.domain.model import TemplateOrigin
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import TemplateUnusable
from chatapp.hub.fit import BATCH, FitOptions, for_processor
from chatapp.ui.i18n import Translated, error_sentence
from chatapp.ui.load_rows import LoadRows
from chatapp.ui.load_words import IN_PART, facts_text, is_in_part, notes_text, result_text
from chatapp.ui.memory_estimate import MemoryEstimate
from chatapp.ui.widgets.badge import Badge
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.state_mark import MarkKind, StateMark
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import file_size, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.model import Device, ModelFile
    from chatapp.domain.tuning import Tuning
    from chatapp.engine.messages import Probed
    from chatapp.hub.hardware import Machine
    from chatapp.models.load_settings import LoadChoice
    from chatapp.ui.theme import Appearance

_WIDTH = 344
_HEAD = 48
_PADDING = 16


class LoadPanel(Translated, QWidget):
    """Everything about the load of one model, beside the page it was opened from.

    Signals: `changed(LoadChoice)` at every step of a drag, too; `load_requested()`,
    `cancel_requested()` while it is loaded, `tune_requested()`, `template_requested()`,
    `closed()`.
    """

    changed = Signal(object)
    load_requested = Signal()
    cancel_requested = Signal()
    tune_requested = Signal()
    template_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.model: ModelFile | None = None
        self._machine: Machine | None = None
        self._freed = 0
        self._usual_context = 0
        self._longest = 0  # the automatic context, where as much is taken as fits
        self._tuning: Tuning | None = None
        self._probed: Probed | None = None  # of the present choice
        self._state = EngineState()
        self._is_stale = False  # what is loaded was loaded otherwise
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._make_head()
        self._make_foot()
        self.rows = LoadRows(appearance)
        self.rows.changed.connect(self._on_changed)
        self.rows.tune_requested.connect(self.tune_requested)
        self.rows.template_requested.connect(self.template_requested)
        self._lay_out()
        self._translate()
        appearance.changed.connect(self.update)

    @property
    def choice(self) -> LoadChoice:
        """What is shown."""
        return self.rows.choice

    # What the owner tells

    def show_model(
        self,
        model: ModelFile,
        choice: LoadChoice,
        drafts: Sequence[ModelFile] = (),
        *,
        context_length: int,
    ) -> None:
        """Show what is chosen for a model.

        `context_length` is the automatic one in tokens, 0 for as much as fits; `drafts` could
        guess for it.
        """
        self.model, self._usual_context, self._probed = model, context_length, None
        self._longest = 0
        self._title.setText(f"{model.name} {model.quantization}".strip())
        self.rows.set_model(model, drafts)
        self.rows.set_choice(choice)
        self._estimate()
        self._show_state()

    def set_choice(self, choice: LoadChoice) -> None:
        """Show another choice for the same model, without a signal."""
        if choice != self.choice:
            self._probed = None
            self.rows.set_choice(choice)
            self._estimate()

    def set_machine(self, machine: Machine, freed: int) -> None:
        """What there is; unloading the present model gives `freed` bytes back."""
        self._machine, self._freed = machine, freed
        self.rows.set_devices(self._gpus(), machine.threads)
        self._estimate()

    def set_tuning(self, tuning: Tuning | None) -> None:
        """What was measured of this model here."""
        self._tuning = tuning
        self._estimate()

    def set_probed(self, probed: Probed | None) -> None:
        """What llama.cpp itself says that the present choice would take."""
        self._probed = probed
        self._estimate()

    def set_state(self, state: EngineState, *, is_stale: bool) -> None:
        """How the engine is; `is_stale` when the model is loaded otherwise than chosen here."""
        self._state, self._is_stale = state, is_stale
        self._estimate()
        self._show_state()

    @property
    def problem(self) -> str:
        """What went wrong with a choice, or empty."""
        return self._problem.text()

    def tell(self, sentence: str) -> None:
        """What went wrong with a choice; empty when nothing did."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    # Qt

    def sizeHint(self) -> QSize:
        bar = self._area.verticalScrollBar().sizeHint().width()
        needed = self._content.minimumSizeHint().width() + bar + 1
        return QSize(max(self._appearance.width(_WIDTH), needed), 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width(), 200)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        edge = self.width() - 1 if self.isRightToLeft() else 0
        painter.fillRect(edge, 0, 1, self.height(), theme.border)
        painter.fillRect(0, self._head.height() - 1, self.width(), 1, theme.border)
        painter.fillRect(0, self._foot.y(), self.width(), 1, theme.border)

    # Making

    def _make_head(self) -> None:
        appearance = self._appearance
        self._title = ElidedLabel(appearance, bold=True)
        self._kind = TextLabel(appearance, "", "small", "text_muted")
        self.close_button = IconButton(appearance, "close", "")
        self.close_button.clicked.connect(self.closed)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self._title)
        words.addWidget(self._kind)
        words.addStretch()
        self._head = QWidget()
        appearance.fit(
            self._head, lambda head: head.setFixedHeight(appearance.height(_HEAD, lines=2))
        )
        row = QHBoxLayout(self._head)
        row.setContentsMargins(_PADDING, 0, 8, 1)
        row.addLayout(words, 1)
        row.addWidget(self.close_button)

    def _make_foot(self) -> None:
        """What it takes and the button stay where they are, however far one scrolls."""
        appearance = self._appearance
        self.total = TextLabel(appearance, "", bold=True, tabular=True)
        self._badge = Badge(appearance, "fits")
        self.load = Button(appearance, "")
        self.load.clicked.connect(self.load_requested)
        self.cancel = Button(appearance, "")
        self.cancel.clicked.connect(self.cancel_requested)
        self.progress = ProgressBar(appearance, "")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.total)
        row.addWidget(self._badge)
        row.addStretch()
        row.addWidget(self.cancel)
        row.addWidget(self.load)
        self._foot = QWidget()
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing moves when a load begins
        self.progress.setSizePolicy(policy)
        column = QVBoxLayout(self._foot)
        column.setContentsMargins(_PADDING, 8, _PADDING, 12)
        column.setSpacing(8)
        column.addWidget(self.progress)
        column.addLayout(row)

    def _lay_out(self) -> None:
        appearance = self._appearance
        self._mark = StateMark(appearance)
        self.result = TextLabel(appearance, "", wrap=True)
        self.result.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.facts = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self.notes = TextLabel(appearance, "", "small", "warning", wrap=True)
        self._problem = TextLabel(appearance, "", "small", "danger", wrap=True)
        self._problem.hide()
        self.memory = MemoryEstimate(appearance)
        appearance.fit(
            self._mark,
            lambda mark: mark.setFixedSize(
                appearance.icon_size(14), appearance.line_height("body")
            ),
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self.result, self.facts, self.notes, self._problem):
            words.addWidget(label)
        state = QHBoxLayout()
        state.setSpacing(8)
        state.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        state.addLayout(words, 1)
        content = self._content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        column.setSpacing(0)
        column.addLayout(state)
        column.addSpacing(_PADDING)
        column.addWidget(self.memory)
        column.addSpacing(20)
        column.addWidget(self.rows)
        column.addStretch()
        area = self._area = QScrollArea()
        area.setObjectName("page")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        bar = area.verticalScrollBar()
        wide = bar.sizeHint().width()
        bar.rangeChanged.connect(lambda _, most: self._make_room(column, wide, most > 0))
        content.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(area, 1)
        layout.addWidget(self._foot)

    def _make_room(self, column: QVBoxLayout, bar: int, has_bar: bool) -> None:  # noqa: FBT001
        """The rows end where the button in the foot does, with a scroll bar and without."""
        side = max(0, _PADDING - bar) if has_bar else _PADDING
        column.setContentsMargins(_PADDING, _PADDING, side, _PADDING)

    # Changes

    def _on_changed(self, choice: LoadChoice) -> None:
        self._probed = None
        self._estimate()
        self.changed.emit(choice)

    # Showing

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("How the model is loaded"))
        self._kind.setText(self.tr("How it is loaded"))
        self.close_button.set_name(self.tr("Close"))
        self.cancel.setText(self.tr("Cancel"))
        self.progress.setAccessibleName(self.tr("Loading the model"))
        self._estimate()
        self._show_state()

    def _gpus(self) -> list[Device]:
        devices = self._machine.devices if self._machine is not None else ()
        return [device for device in devices if device.kind in ("gpu", "igpu")]

    def _estimate(self) -> None:
        model, machine = self.model, self._machine
        if model is None or machine is None:
            self.memory.show_nothing()
            self._show_total(None)
            return
        choice, tuning, probed = self.choice, self._tuning, self._probed
        flash = choice.flash_attention
        if flash is None and tuning is not None and choice.cache_type in (None, "f16"):
            flash = tuning.flash_attention
        batch = choice.batch or (tuning.batch if tuning is not None else None)
        context = self._automatic_context()
        options = FitOptions(
            choice.context_length or context or FitOptions().context_length,
            choice.cache_type or "f16",
            flash,
            batch,
            gpu_layers=choice.gpu_layers,
        )
        threads = tuning.threads if tuning is not None else self._threads_in_use(machine)
        machine = replace(machine, threads=choice.threads or threads)
        fit = self.memory.show_fit(model, options, machine, self._freed)
        layers = probed.gpu_layers if probed is not None else fit.gpu_layers if fit else 0
        computed = options if layers else for_processor(options, machine.threads)
        self.rows.set_automatic(
            context=context,
            layers=layers if choice.gpu_layers is None else 0,
            threads=threads,
            batch=(computed.batch or BATCH) if choice.batch is None else 0,
            flash="" if tuning is None or choice.cache_type else _flash_word(tuning),
        )
        self._show_total(fit.need.total if fit is not None else None)

    def _automatic_context(self) -> int:
        """What it comes to; the longest that fits is known once llama.cpp was asked."""
        header = self.model.header if self.model is not None else None
        trained = header.context_length if header is not None else 0
        usual = self._usual_context
        if not usual and self.choice.context_length is None:
            loaded = self._state.loaded if self._is_ours and not self._is_stale else None
            if self._probed is not None:
                self._longest = self._probed.context_length
            elif loaded is not None:
                self._longest = loaded.context_length
        usual = usual or self._longest or FitOptions().context_length
        return min(usual, trained) if trained else usual

    def _threads_in_use(self, machine: Machine) -> int:
        loaded = self._state.loaded if self._is_ours else None
        is_automatic = self.choice.threads is None and not self._is_stale
        return loaded.threads if loaded is not None and is_automatic else machine.threads

    def _show_total(self, estimate: int | None) -> None:
        """What it takes: estimated at every step, then as llama.cpp counts it."""
        counted = self._probed
        words = note = ""
        if counted is not None:
            words = file_size(counted.need.total)
            note = self.tr("Counted by llama.cpp without loading it")
        elif estimate:
            words = self.tr("about {size}").format(size=file_size(estimate))
        self.total.setText(words)
        self.total.setToolTip(note)
        verdict = self.memory.verdict if words else None
        self._badge.setVisible(verdict is not None)
        if verdict is not None:
            self._badge.set_state(verdict)

    @property
    def _is_ours(self) -> bool:
        ours, theirs = self.model, self._state.model
        return ours is not None and theirs is not None and ours.path == theirs.path

    def _show_state(self) -> None:
        state = self._state
        status = state.status if self._is_ours else EngineStatus.UNLOADED
        is_loading = status is EngineStatus.LOADING
        is_ready = status is EngineStatus.READY
        has_keyboard = self.load.hasFocus() or self.cancel.hasFocus()
        self.progress.setVisible(is_loading)
        self.progress.set_fraction(state.progress)
        self.cancel.setVisible(is_loading)
        self.load.setVisible(not is_loading)
        self.load.setEnabled(not is_ready or self._is_stale)
        self.load.setText(self.tr("Load again") if is_ready else self.tr("Load"))
        if has_keyboard:  # it stays where the hand is
            other = self.load if self.load.isEnabled() else self.close_button
            (self.cancel if is_loading else other).setFocus(Qt.FocusReason.OtherFocusReason)
        is_current = is_ready and not self._is_stale
        self.load.setToolTip(self.tr("It is loaded like this") if is_current else "")
        marks: dict[EngineStatus, MarkKind] = {
            EngineStatus.LOADING: "busy",
            EngineStatus.READY: "ready",
            EngineStatus.FAILED: "failed",
            EngineStatus.UNLOADED: "idle",
        }
        is_partial = is_ready and state.loaded is not None and is_in_part(state.loaded)
        self._mark.set_kind("partial" if is_partial else marks[status])
        self.result.setText(self._state_words(status))
        loaded = state.loaded if is_ready else None
        facts = facts_text(loaded) if loaded is not None else ""
        if is_ready and self._is_stale:
            facts = self.tr("The next message loads it as it is chosen here.")
        self.facts.setText(facts)
        self.facts.setVisible(bool(facts))
        self.notes.setText(notes_text(loaded, without=IN_PART) if loaded is not None else "")
        self.notes.setVisible(bool(self.notes.text()))
        problem = ""
        if loaded is not None and loaded.template_origin is TemplateOrigin.FAILED:
            problem = self.tr("It can't be used. A common format is used instead.")
        elif status is EngineStatus.FAILED and isinstance(state.error, TemplateUnusable):
            problem = state.error.detail
        self.rows.set_template_problem(problem)

    def _state_words(self, status: EngineStatus) -> str:
        state = self._state
        if status is EngineStatus.LOADING:
            pattern = self.tr("Loading the model, {percent}")
            return pattern.format(percent=percent(state.progress))
        if status is EngineStatus.READY and state.loaded is not None:
            return result_text(state.loaded)
        if status is EngineStatus.FAILED and state.error is not None:
            return error_sentence(state.error)
        return self.tr("It is not loaded.")


def _flash_word(tuning: Tuning) -> str:
    """What `LoadRows.set_automatic` calls it."""
    if tuning.flash_attention_until is not None:
        return "short"
    return "on" if tuning.flash_attention else "off"
