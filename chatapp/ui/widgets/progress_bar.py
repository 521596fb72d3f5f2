"""A thin bar that fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_STEPS = 1000
_HEIGHT = 4

BarColor = Literal["accent", "text_muted", "control_border", "warning", "danger"]


class ProgressBar(QProgressBar):
    """4 px high, without words: those stand beside it."""

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        color: BarColor = "accent",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._color = color
        self.setRange(0, _STEPS)
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def set_fraction(self, fraction: float) -> None:
        """From 0 to 1."""
        self.setValue(round(min(max(fraction, 0.0), 1.0) * _STEPS))

    def set_color(self, color: BarColor) -> None:
        """Fill with another colour."""
        self._color = color
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._appearance.theme
        radius = min(RADIUS_SMALL, self.height() / 2)
        paint_box(painter, self.rect(), radius, fill=theme.pressed)
        if self.value() == 0:
            return
        color: QColor = getattr(theme, self._color)
        filled = max(2 * radius, self.width() * self.value() / _STEPS)
        left = self.width() - filled if self.isRightToLeft() else 0.0
        paint_box(painter, QRectF(left, 0, filled, self.height()), radius, fill=color)
