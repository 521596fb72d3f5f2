"""Where a message is written and sent, and where an answer is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.theme import RADIUS_CARD, RADIUS_LARGE
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

MOST_WIDTH = 768  # the transcript's column and 16 on either side, so that the texts line up
_NEARLY_FULL = 0.85


class Composer(QWidget):
    """A growing field with Send, which is Stop while an answer is written, and the token meter.

    Signals: `send_requested(str)`, after which the field is empty; `stop_requested()`.
    """

    send_requested = Signal(str)
    stop_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model_name = ""
        self._is_running = False
        self._input = PromptInput(appearance)
        self._input.textChanged.connect(self._update_button)
        self._input.submitted.connect(self._on_submitted)
        self._input.escaped.connect(self.stop_requested)
        self._input.focus_changed.connect(self.update)
        self._meter = _TokenMeter(appearance)
        self._button = _SendButton(appearance)
        self._button.clicked.connect(self._on_button)
        self._box = _Box(appearance, self._input)
        bar = QHBoxLayout()
        bar.setSpacing(12)
        bar.addStretch()
        bar.addWidget(self._meter)
        bar.addWidget(self._button)
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(17, 11, 11, 10)
        inside.setSpacing(8)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self._input)
        inside.addLayout(top)
        inside.addLayout(bar)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._box)
        self._box.setMaximumWidth(MOST_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self._input)
        self.set_compact(compact=False)
        self._update_button()
        self._update_placeholder()

    @property
    def is_running(self) -> bool:
        """Whether Stop is shown in the place of Send."""
        return self._is_running

    def text(self) -> str:
        """What is written and not sent."""
        return self._input.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a text into the field, the cursor at its end."""
        self._input.put(text)

    def focus(self) -> None:
        """Put the keyboard here."""
        self._input.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_running(self, *, running: bool) -> None:
        """Whether an answer is being written in this conversation."""
        if running == self._is_running:
            return
        self._is_running = running
        self._input.takes_escape = running
        self._update_button()
        self._update_placeholder()

    def set_model_name(self, name: str) -> None:
        """Who gets the message; empty when there is no model."""
        self._model_name = name
        self._update_placeholder()

    def set_context(self, used: int, total: int) -> None:
        """Tokens in the context and how many fit; a total of 0 hides the meter."""
        self._meter.set_tokens(used, total)

    def set_history(self, prompts: Iterable[str]) -> None:
        """What Up recalls in an empty field, oldest first."""
        self._input.set_history(prompts)

    def set_compact(self, *, compact: bool) -> None:
        """In a narrow window the meter is a bar only."""
        self._meter.set_compact(compact=compact)
        side = 16 if compact else 8
        self._row.setContentsMargins(side, 8, side, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._appearance.theme.surface)

    def _on_submitted(self) -> None:
        if not self._is_running:
            self._send()

    def _on_button(self) -> None:
        if self._is_running:
            self.stop_requested.emit()
        else:
            self._send()

    def _send(self) -> None:
        text = self.text()
        if not text.strip():
            return
        self._input.remember(text)
        self._input.clear()
        self.send_requested.emit(text)

    def _update_button(self) -> None:
        # Asking the document for its characters copies it, which counts in a text of a megabyte.
        has_text = not self._input.document().isEmpty()
        self._button.set_state(is_stop=self._is_running, has_text=has_text)

    def _update_placeholder(self) -> None:
        if self._is_running:
            words = self.tr("An answer is being written. You can send when it ends.")
        elif self._model_name:
            words = self.tr("Message {model}").format(model=self._model_name)
        else:
            words = self.tr("Message")
        self._input.setPlaceholderText(words)
        self._input.viewport().update()  # which Qt leaves out while one is shown already


class _Box(QWidget):
    """The rounded frame; a press anywhere in it goes to the field."""

    def __init__(self, appearance: Appearance, field: PromptInput) -> None:
        super().__init__()
        self._appearance = appearance
        self._field = field
        self.setCursor(Qt.CursorShape.IBeamCursor)
        field.focus_changed.connect(self.update)
        appearance.changed.connect(self.update)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._field.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        focused = self._field.hasFocus()
        paint_box(
            QPainter(self),
            self.rect(),
            RADIUS_LARGE,
            fill=theme.surface_raised,
            border=theme.accent if focused else theme.border_strong,
            width=2 if focused and theme.is_high_contrast else 1,
        )


class _SendButton(QAbstractButton):
    """Send and Stop, in one place."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._is_stop = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, RADIUS_CARD)
        appearance.changed.connect(self.update)

    def set_state(self, *, is_stop: bool, has_text: bool) -> None:
        self._is_stop = is_stop
        self.setEnabled(is_stop or has_text)
        if is_stop:
            name, keys = self.tr("Stop"), "Esc"
        else:
            name, keys = self.tr("Send"), "Return"
        native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        self.setAccessibleName(name)
        if self.isEnabled():
            self.setToolTip(f"{name} ({native})")
        else:
            self.setToolTip(self.tr("Write a message first"))
        self.update()

    def sizeHint(self) -> QSize:
        edge = self._appearance.height(32)
        return QSize(edge, edge)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        icon: IconName = "stop" if self._is_stop else "arrow-up"
        if self._is_stop:
            fill, color = theme.text, theme.surface
            if self.isDown() or self.underMouse():
                fill = theme.text_muted
        elif not self.isEnabled():
            fill, color = theme.hover, theme.text_disabled
        else:
            fill, color = theme.accent, theme.on_accent
            if self.isDown():
                fill = theme.accent_pressed
            elif self.underMouse():
                fill = theme.accent_hover
        painter = QPainter(self)
        paint_box(painter, self.rect(), RADIUS_CARD, fill=fill)
        edge = self._appearance.icon_size(16)
        at = QPoint((self.width() - edge) // 2, (self.height() - edge) // 2)
        self._appearance.icons.paint(painter, icon, at, edge, color)


class _TokenMeter(QWidget):
    """“2,940 of 8,192” beside a short bar."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._bar = ProgressBar(appearance, self.tr("Context"), "text_muted")
        self._bar.setFixedWidth(48)
        self._words = TextLabel(appearance, "", "small", "text_muted", tabular=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self._bar)
        row.addWidget(self._words)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.set_tokens(0, 0)

    def set_tokens(self, used: int, total: int) -> None:
        self.setVisible(total > 0)
        share = used / total if total > 0 else 0.0
        self._bar.set_fraction(share)
        if share >= 1:
            self._bar.set_color("danger")
            self._words.set_color("danger")
        elif share >= _NEARLY_FULL:
            self._bar.set_color("warning")
            self._words.set_color("warning")
        else:
            self._bar.set_color("text_muted")
            self._words.set_color("text_muted")
        locale = QLocale()
        figures = {"used": locale.toString(used), "total": locale.toString(total)}
        self._words.setText(self.tr("{used} of {total}").format(**figures))
        self.setToolTip(
            self.tr("{used} of {total} tokens of the context are used").format(**figures)
        )
        self.setAccessibleName(self.toolTip())

    def set_compact(self, *, compact: bool) -> None:
        self._words.setVisible(not compact)
