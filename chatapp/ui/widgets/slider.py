"""A value chosen by dragging a knob along a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_HEIGHT = 24
_KNOB = 16
_TRACK = 4


class Slider(QSlider):
    """Steps from 0; the owner knows what each of them means and says it in `set_words`.

    A click on the line goes there. The wheel is left to what the slider stands in.
    """

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._appearance = appearance
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self)
        appearance.changed.connect(self.update)

    def set_words(self, words: str) -> None:
        """What the present step means."""
        self.setAccessibleDescription(words)
        self.setToolTip(words)

    def sizeHint(self) -> QSize:
        return QSize(120, self._appearance.icon_size(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.isEnabled():
            self.setSliderDown(True)
            self._go(event.position())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)
        self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        knob = float(self._appearance.icon_size(_KNOB))
        line = QRectF(0, (self.height() - _TRACK) / 2, self.width(), _TRACK)
        paint_box(painter, line, _TRACK / 2, fill=theme.pressed)
        center = knob / 2 + self._share() * (self.width() - knob)
        if self.isRightToLeft():
            center = self.width() - center
        filled = QRectF(line)
        if self.isRightToLeft():
            filled.setLeft(center)
        else:
            filled.setRight(center)
        color = theme.accent if self.isEnabled() else theme.text_disabled
        paint_box(painter, filled, _TRACK / 2, fill=color)
        box = QRectF(center - knob / 2, (self.height() - knob) / 2, knob, knob)
        paint_box(painter, box, knob / 2, fill=theme.surface_raised, border=color, width=1.5)

    def _share(self) -> float:
        span = self.maximum() - self.minimum()
        return (self.value() - self.minimum()) / span if span else 0.0

    def _go(self, point: QPointF) -> None:
        knob = self._appearance.icon_size(_KNOB)
        share = (point.x() - knob / 2) / max(1, self.width() - knob)
        share = 1 - share if self.isRightToLeft() else share
        span = self.maximum() - self.minimum()
        self.setValue(self.minimum() + round(min(max(share, 0.0), 1.0) * span))
