"""Wide content in a narrow place: it moves sideways, under a thin bar that shows on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from chatapp.ui.painting import paint_box

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent

    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.text_pane import TextPane

_BAR = 6
_STEP = 40


class SideScroller(QWidget):
    """Clips `pane` and moves it. Vertical turns of the wheel are left to what lies around.

    Signals: `scrolled()`.
    """

    scrolled = Signal()

    def __init__(
        self, appearance: Appearance, pane: TextPane, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._pane = pane
        pane.setParent(self)
        self._bar = _ThinBar(appearance, self)
        self._bar.setSingleStep(_STEP)
        self._bar.hide()
        self._bar.valueChanged.connect(self._on_moved)
        self._hang = 0
        pane.installEventFilter(self)

    @property
    def offset(self) -> int:
        """How many pixels of the content are hidden before its start."""
        return self._bar.value()

    @property
    def hidden_width(self) -> int:
        """How many pixels of the content don't fit."""
        return self._bar.maximum()

    def place(self, width: int, content_width: int, height: int, hang: int = 0) -> None:
        """Take a size and tell how wide the content is; all in logical pixels.

        The pane is wider than the content by `hang` at both sides.
        """
        self._hang = hang
        self.resize(width, height)
        self._bar.setPageStep(width)
        self._bar.setRange(0, max(0, content_width - width))
        self._bar.setGeometry(4, height - _BAR - 2, width - 8, _BAR)
        pane_width = max(width, content_width) + 2 * hang
        self._pane.setGeometry(-self._bar.value() - hang, 0, pane_width, height)
        self._update_bar()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._update_bar()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._update_bar()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._update_bar()
        elif (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        ):
            step = _STEP if event.key() == Qt.Key.Key_Right else -_STEP
            self._bar.setValue(self._bar.value() + step)
            return True
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        sideways = delta.x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not sideways:
            sideways = delta.y()
        if not sideways or (abs(delta.x()) < abs(delta.y()) and not event.modifiers()):
            event.ignore()
            return
        self._bar.setValue(self._bar.value() - sideways)

    def _on_moved(self, value: int) -> None:
        self._pane.move(-value - self._hang, 0)
        self.scrolled.emit()

    def _update_bar(self) -> None:
        wanted = self.underMouse() or self._pane.hasFocus()
        self._bar.setVisible(self.hidden_width > 0 and wanted)


class _ThinBar(QScrollBar):
    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._appearance = appearance

    def paintEvent(self, event: QPaintEvent) -> None:
        span = self.maximum() + self.pageStep()
        left = self.width() * self.value() / span
        width = max(32.0, self.width() * self.pageStep() / span)
        theme = self._appearance.theme
        color = theme.control_border if self.isSliderDown() else theme.border_strong
        thumb = self.rect()
        thumb.setLeft(round(min(left, self.width() - width)))
        thumb.setWidth(round(width))
        paint_box(QPainter(self), thumb, _BAR / 2, fill=color)
