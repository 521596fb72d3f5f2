"""Keys as they are drawn: one small box for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_PADDING = 5
_GAP = 4


def caps_size(appearance: Appearance, caps: Sequence[str]) -> QSize:
    """The room that they take, in logical pixels."""
    metrics = QFontMetrics(appearance.font("caption"))
    height = appearance.line_height("caption") + 2
    width = sum(max(height, metrics.horizontalAdvance(cap) + 2 * _PADDING) for cap in caps)
    return QSize(width + _GAP * max(0, len(caps) - 1), height if caps else 0)


def paint_caps(painter: QPainter, rect: QRect, appearance: Appearance, caps: Sequence[str]) -> None:
    """Draw them into a rectangle of their size; keys are read from the left everywhere."""
    theme = appearance.theme
    font = appearance.font("caption")
    metrics = QFontMetrics(font)
    left = rect.left()
    for cap in caps:
        width = max(rect.height(), metrics.horizontalAdvance(cap) + 2 * _PADDING)
        box = QRect(left, rect.top(), width, rect.height())
        paint_box(painter, box, RADIUS_SMALL, fill=theme.surface_raised, border=theme.border_strong)
        painter.setFont(font)
        painter.setPen(theme.text_muted)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, cap)
        left += width + _GAP


class KeyCaps(QWidget):
    """Keys, one after the other."""

    def __init__(self, appearance: Appearance, caps: Sequence[str] = ()) -> None:
        super().__init__()
        self._appearance = appearance
        self._caps = tuple(caps)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(" ".join(caps))
        appearance.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return caps_size(self._appearance, self._caps)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        size = self.sizeHint()
        room = QStyle.alignedRect(
            self.layoutDirection(), Qt.AlignmentFlag.AlignCenter, size, self.rect()
        )
        paint_caps(QPainter(self), room, self._appearance, self._caps)
