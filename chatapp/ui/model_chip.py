"""The model of this conversation, with its state; opens the list of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from chatapp.engine.state import EngineState, EngineStatus
from chatapp.ui.i18n import Translated, error_sentence, paragraph
from chatapp.ui.load_words import is_in_part, notes_text
from chatapp.ui.model_picker import ModelPicker
from chatapp.ui.painting import paint_box
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.spinner import paint_spinner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

    from chatapp.domain.model import ModelFile
    from chatapp.ui.theme import Appearance

_PADDING = 10
_GAP = 7
_DOT = 8
_RING = 14
_CHEVRON = 14
_MOST_NAME = 260


class ModelChip(Translated, QAbstractButton):
    """State, name, quantization and a chevron in a round frame, 28 high.

    Signals: `model_chosen(ModelFile)`, `more_requested()`, `file_requested()`,
    `folder_requested()`, `settings_requested()` and `cancel_requested()`, from its picker.
    """

    model_chosen = Signal(object)
    more_requested = Signal()
    file_requested = Signal()
    folder_requested = Signal()
    settings_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._models: tuple[ModelFile, ...] = ()
        self._model: ModelFile | None = None
        self._state = EngineState()
        self._shows_details = True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self)
        self.clicked.connect(self.open_picker)
        self._translate()
        appearance.changed.connect(self.update)

    def set_models(self, models: Sequence[ModelFile], current: ModelFile | None) -> None:
        """What the picker offers, and the model that answers in this conversation."""
        self._models = tuple(models)
        self._model = current
        self._describe()

    def set_state(self, state: EngineState) -> None:
        """The engine's state, which may be about another model than the chip's."""
        self._state = state
        self._describe()

    def set_details_visible(self, *, visible: bool) -> None:
        """Whether there is room for the quantization."""
        self._shows_details = visible
        self._describe()

    def _translate(self) -> None:
        self._describe()

    def open_picker(self) -> None:
        """Show the list of models below the chip."""
        picker = ModelPicker(
            self._appearance, self._models, self._model, self, is_loading=self._is_loading()
        )
        picker.model_chosen.connect(self.model_chosen)
        picker.more_requested.connect(self.more_requested)
        picker.file_requested.connect(self.file_requested)
        picker.folder_requested.connect(self.folder_requested)
        picker.settings_requested.connect(self.settings_requested)
        picker.cancel_requested.connect(self.cancel_requested)
        picker.open_at(QRect(self.mapToGlobal(QPoint(0, 0)), self.size()))

    # Qt

    def sizeHint(self) -> QSize:
        name, details = self._name(), self._details()
        width = 2 * _PADDING + self._mark_size() + _GAP
        width += min(self._advance(name, "body"), _MOST_NAME)
        if details:
            width += _GAP + self._advance(details, "small")
        width += _GAP + self._appearance.icon_size(_CHEVRON)
        return QSize(width, self._appearance.height(28))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(120, self.sizeHint().width()), self.sizeHint().height())

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.open_picker()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        fill = theme.surface_raised
        if self.isDown():
            fill = theme.pressed
        elif self.underMouse():
            fill = theme.hover
        paint_box(painter, self.rect(), self.height() / 2, fill=fill, border=theme.border_strong)

        right_to_left = self.isRightToLeft()
        chevron = self._appearance.icon_size(_CHEVRON)
        left, right = _PADDING, self.width() - _PADDING
        mark = self._mark_size()

        def take(width: int) -> QRect:
            """The next piece of the row, from the side where reading begins."""
            nonlocal left, right
            if right_to_left:
                right -= width
                return QRect(right, 0, width, self.height())
            left += width
            return QRect(left - width, 0, width, self.height())

        self._paint_mark(painter, take(mark))
        take(_GAP)
        details = self._details()
        details_width = self._advance(details, "small") + _GAP if details else 0
        room = right - left - details_width - _GAP - chevron
        name = self._name()
        body = self._appearance.font("body")
        shown = QFontMetrics(body).elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.setFont(body)
        painter.setPen(theme.text)
        box = take(min(self._advance(name, "body"), room))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        if details:
            take(_GAP)
            painter.setFont(self._appearance.font("small", tabular=True))
            painter.setPen(theme.text_faint)
            box = take(self._advance(details, "small"))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, details)
        at = _PADDING if right_to_left else self.width() - _PADDING - chevron
        self._appearance.icons.paint(
            painter,
            "chevron-down",
            QPoint(at, (self.height() - chevron) // 2 + 1),
            chevron,
            theme.text,
        )

    # Inside

    def _is_about_us(self) -> bool:
        ours, theirs = self._model, self._state.model
        return ours is not None and theirs is not None and ours.path == theirs.path

    def _is_loading(self) -> bool:
        return self._is_about_us() and self._state.status is EngineStatus.LOADING

    def _name(self) -> str:
        return self._model.name if self._model is not None else self.tr("No model")

    def _details(self) -> str:
        if self._model is None:
            return ""
        if self._is_loading():
            return self._percent()
        if not self._shows_details:
            return ""
        return self.tr("Starter") if self._model.is_starter else self._model.quantization

    def _percent(self) -> str:
        return f"{QLocale().toString(round(self._state.progress * 100))}%"

    def _mark_size(self) -> int:
        return self._appearance.icon_size(_RING if self._is_loading() else _DOT)

    def _advance(self, words: str, style: str) -> int:
        if style == "body":
            font = self._appearance.font("body")
        else:
            font = self._appearance.font("small", tabular=True)
        return QFontMetrics(font).horizontalAdvance(words) + 1

    def _paint_mark(self, painter: QPainter, rect: QRect) -> None:
        if self._is_loading():
            ring = QRectF(rect.left() + 1, (self.height() - rect.width()) / 2 + 1, 0, 0)
            ring.setSize(QSize(rect.width() - 2, rect.width() - 2).toSizeF())
            paint_spinner(painter, self._appearance, ring, self._state.progress)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._dot_color())
        center = QPointF(rect.left() + rect.width() / 2, self.height() / 2)
        painter.drawEllipse(center, rect.width() / 2, rect.width() / 2)

    def _dot_color(self) -> QColor:
        theme = self._appearance.theme
        if self._is_about_us():
            if self._state.status is EngineStatus.READY:
                loaded = self._state.loaded
                is_partial = loaded is not None and is_in_part(loaded)
                return theme.warning if is_partial else theme.success
            if self._state.status is EngineStatus.FAILED:
                return theme.danger
        return theme.text_faint

    def _describe(self) -> None:
        words = self._state_in_words()
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def _state_in_words(self) -> str:
        if self._model is None:
            return self.tr("There is no model on this computer. Choose one to begin.")
        name = f"{self._model.name} {self._model.quantization}".strip()
        if self._is_about_us():
            match self._state.status:
                case EngineStatus.READY:
                    sentence = self.tr("{model} is ready.").format(model=name)
                    loaded = self._state.loaded
                    notes = notes_text(loaded) if loaded is not None else ""
                    return paragraph(sentence, notes) if notes else sentence
                case EngineStatus.LOADING:
                    return self.tr("{model} is being loaded, {percent}.").format(
                        model=name, percent=self._percent()
                    )
                case EngineStatus.FAILED:
                    sentence = self.tr("{model} can't be used.").format(model=name)
                    error = self._state.error
                    return sentence if error is None else paragraph(sentence, error_sentence(error))
                case EngineStatus.UNLOADED:
                    pass
        return self.tr("{model} is loaded when the next message is sent.").format(model=name)
