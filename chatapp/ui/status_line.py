"""The foot of the window: the state of the work in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.ui.i18n import Translated, size_text
from chatapp.ui.load_words import is_in_part, notes_text, where_words
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_label import IconLabel
from chatapp.ui.widgets.state_mark import MarkKind, StateMark
from chatapp.ui.widgets.text_label import TextLabel
from chatapp.ui.words import joined

if TYPE_CHECKING:
    from chatapp.domain.generation import Origin
    from chatapp.ui.theme import Appearance

_HEIGHT = 26
_GAP = 16
_AT_WORK = (AnswerPhase.THINKING, AnswerPhase.WRITING)


class StatusLine(Translated, QWidget):
    """State, speed, first token, context and memory at the left; the network at the right.

    What isn't known is not there.
    """

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._engine = EngineState()
        self._progress: AnswerProgress | None = None
        self._origin: Origin | None = None  # of the last answer
        self._used = 0  # tokens
        self._worker_memory: int | None = None
        self._is_narrow = False
        self._is_very_narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

        self._mark = StateMark(appearance)
        self._state = TextLabel(appearance, "", "caption", "text_muted")
        self._speed = self._figure()
        self._first_token = self._figure()
        self._context = self._figure()
        self._memory = self._figure()
        self._shield = IconLabel(appearance, "shield", size=14)
        self._network = ElidedLabel(appearance, "caption", "text_muted")

        state = QHBoxLayout()
        state.setSpacing(6)
        state.addWidget(self._mark)
        state.addWidget(self._state)
        network = QHBoxLayout()
        network.setSpacing(6)
        network.addWidget(self._shield)
        network.addWidget(self._network)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 1, 20, 0)
        row.setSpacing(_GAP)
        row.addLayout(state)
        for label in (self._speed, self._first_token, self._context, self._memory):
            row.addWidget(label)
        row.addStretch(1)
        row.addLayout(network)
        self._translate()
        appearance.changed.connect(self.update)

    # What the owner tells

    def set_engine_state(self, state: EngineState) -> None:
        """How the model is."""
        self._engine = state
        self._update_state()

    def set_progress(self, progress: AnswerProgress | None) -> None:
        """How the answer of this conversation is getting on; None when none is being written."""
        self._progress = progress
        if progress is not None and progress.phase in _AT_WORK:
            self._show_speed(progress.tokens_per_second)
        self._update_state()

    def set_last_answer(self, origin: Origin | None) -> None:
        """The figures of the last answer."""
        self._origin = origin
        usage = origin.usage if origin is not None else None
        if usage is None or usage.first_token_ms == 0:
            self._show(self._first_token, "")
            if self._progress is None:
                self._show_speed(0)
            return
        seconds = QLocale().toString(usage.first_token_ms / 1000, "f", 1)
        self._show(self._first_token, self.tr("First token {seconds} s").format(seconds=seconds))
        if self._progress is None:
            self._show_speed(usage.tokens_per_second)

    def set_context(self, used: int) -> None:
        """Tokens in the context; how many fit comes from the engine's state."""
        self._used = used
        loaded = self._engine.loaded
        if loaded is None:
            self._show(self._context, "")
            return
        locale = QLocale()
        words = self.tr("Context {used} of {total}").format(
            used=locale.toString(used), total=locale.toString(loaded.context_length)
        )
        self._show(self._context, words)

    def set_memory(self, size: int | None) -> None:
        """The memory of the worker in bytes; None or 0 when there is none."""
        self._worker_memory = size
        words = self.tr("Memory {size}").format(size=size_text(size)) if size else ""
        self._show(self._memory, words)

    def _translate(self) -> None:
        self.set_last_answer(self._origin)
        self.set_context(self._used)
        self.set_memory(self._worker_memory)
        self.set_progress(self._progress)

    def set_network(self, text: str) -> None:
        """What the network was used for, in words."""
        self._network.setText(text)
        self._shield.setToolTip(text)
        self._shield.setAccessibleName(text)

    def set_narrow(self, *, narrow: bool, very_narrow: bool) -> None:
        """Narrow leaves state, speed, context and shield; very narrow only state and shield."""
        self._is_narrow, self._is_very_narrow = narrow, very_narrow
        for label in (self._speed, self._first_token, self._context, self._memory):
            self._show(label, label.text())
        self._network.setVisible(not narrow)
        self._update_state()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._appearance.height(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        painter.fillRect(0, 0, self.width(), 1, theme.border)

    # Inside

    def _figure(self) -> ElidedLabel:
        label = ElidedLabel(self._appearance, "caption", "text_muted", tabular=True)
        label.hide()
        return label

    def _show(self, label: ElidedLabel, words: str) -> None:
        label.setText(words)
        is_minor = label in (self._first_token, self._memory)
        room = not self._is_very_narrow and not (self._is_narrow and is_minor)
        label.setVisible(bool(words) and room)

    def _show_speed(self, tokens_per_second: float) -> None:
        if tokens_per_second <= 0:
            self._show(self._speed, "")
            return
        speed = QLocale().toString(tokens_per_second, "f", 1)
        self._show(self._speed, self.tr("{speed} tokens/s").format(speed=speed))

    def _update_state(self) -> None:
        kind, words = self._state_in_words()
        self._mark.set_kind(kind)
        self._state.setText(words)
        loaded = self._engine.loaded
        self._state.setToolTip(notes_text(loaded) if loaded is not None else "")

    def _state_in_words(self) -> tuple[MarkKind, str]:
        progress = self._progress
        if progress is not None:
            percent = _percent(progress.fraction)
            match progress.phase:
                case AnswerPhase.WAITING:
                    return "busy", self.tr("Waiting for another answer")
                case AnswerPhase.LOADING:
                    return "busy", self.tr("Loading the model, {percent}").format(percent=percent)
                case AnswerPhase.READING:
                    words = self.tr("Reading the prompt, {percent}").format(percent=percent)
                    return "busy", f"{words}{self._reused(progress.cached)}"
                case AnswerPhase.SUMMARISING:
                    words = self.tr("Summarising the oldest messages, {percent}")
                    return "busy", words.format(percent=percent)
                case AnswerPhase.THINKING:
                    return "busy", self.tr("Thinking")
                case AnswerPhase.WRITING:
                    return "busy", self.tr("Writing")
        match self._engine.status:
            case EngineStatus.READY:
                loaded = self._engine.loaded
                where = where_words(loaded) if loaded is not None and not self._is_narrow else ""
                kind: MarkKind = "ready"
                if loaded is not None and is_in_part(loaded):
                    kind = "partial"
                return kind, joined(self.tr("Ready"), where)
            case EngineStatus.LOADING:
                percent = _percent(self._engine.progress)
                return "busy", self.tr("Loading the model, {percent}").format(percent=percent)
            case EngineStatus.FAILED:
                return "failed", self.tr("The model can't be used")
            case EngineStatus.UNLOADED:
                return "idle", self.tr("No model loaded")

    def _reused(self, tokens: int) -> str:
        if not tokens or self._is_narrow:
            return ""
        return " · " + self.tr("{count} reused").format(count=QLocale().toString(tokens))


def _percent(fraction: float) -> str:
    return f"{QLocale().toString(round(fraction * 100))}%"
