"""The sign that something is going on, alone or painted into a list's row."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from chatapp.ui.painting import paint_ring

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

FRAME_MS = 66  # a small arc looks the same at twice as many, which cost twice as much
_SECONDS_PER_TURN = 1.0
_ARC = 0.3


def paint_spinner(
    painter: QPainter, appearance: Appearance, rect: QRectF, fraction: float | None = None
) -> None:
    """A turning arc where `fraction` is None, else a ring filled to it.

    The angle comes from the clock, so all spinners turn together. With reduced motion there are
    three dots instead of the arc.
    """
    theme = appearance.theme
    if fraction is not None:
        share = min(max(fraction, 0.0), 1.0)
        paint_ring(
            painter, rect, track=theme.pressed, color=theme.accent_text, start=0.0, share=share
        )
    elif appearance.reduced_motion:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.accent_text)
        radius = rect.width() / 9
        for place in (0.15, 0.5, 0.85):
            center = QPointF(rect.left() + place * rect.width(), rect.center().y())
            painter.drawEllipse(center, radius, radius)
    else:
        turn = time.monotonic() / _SECONDS_PER_TURN % 1.0
        paint_ring(
            painter, rect, track=theme.pressed, color=theme.accent_text, start=turn, share=_ARC
        )


class Spinner(QWidget):
    """Turns while it is visible; with a fraction it stands still and fills."""

    def __init__(self, appearance: Appearance, *, size: int = 14, parent: QWidget | None = None):
        super().__init__(parent)
        self._appearance = appearance
        self._size = size
        self._fraction: float | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self._on_changed)

    @property
    def is_turning(self) -> bool:
        """Whether it costs anything."""
        return self._timer.isActive()

    def set_fraction(self, fraction: float | None) -> None:
        """From 0 to 1; None when it isn't known."""
        self._fraction = fraction
        self._on_changed()

    def sizeHint(self) -> QSize:
        edge = self._appearance.icon_size(self._size)
        return QSize(edge, edge)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_changed()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        edge = min(self.width(), self.height()) - 2
        rect = QRectF((self.width() - edge) / 2, (self.height() - edge) / 2, edge, edge)
        paint_spinner(QPainter(self), self._appearance, rect, self._fraction)

    def _on_changed(self) -> None:
        still = self._fraction is not None or self._appearance.reduced_motion
        if self.isVisible() and not still:
            self._timer.start()
        else:
            self._timer.stop()
        self.update()
