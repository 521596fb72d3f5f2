"""Shapes that several widgets paint: boxes with crisp borders, soft shadows, rings."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QRegion

_SHADOW_STEPS = 14


def paint_box(
    painter: QPainter,
    rect: QRect | QRectF,
    radius: float,
    *,
    fill: QColor | None = None,
    border: QColor | None = None,
    width: float = 1.0,
) -> None:
    """A rounded box whose border lies within `rect` and on whole device pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    box = QRectF(rect)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(QPen(border, width))
        inset = width / 2
        box.adjust(inset, inset, -inset, -inset)
        radius = max(0.0, radius - inset)
    painter.drawRoundedRect(box, radius, radius)


def paint_shadow(painter: QPainter, rect: QRect, radius: float, color: QColor) -> None:
    """A shadow 8 below and 28 wide around a floating box; leave `SHADOW_MARGIN` around `rect`."""
    painter.save()
    # Not where the box will be: it is many times larger than its edge.
    inside = round(radius)
    around = QRegion(shadow_rect(rect)) - QRegion(rect.adjusted(inside, inside, -inside, -inside))
    painter.setClipRegion(around, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    # Stacked boxes, each a little larger and very faint, add up to a soft edge without a blur.
    step = QColor(color)
    step.setAlphaF(color.alphaF() / _SHADOW_STEPS / 2)
    painter.setBrush(step)
    for grow in range(_SHADOW_STEPS):
        box = QRectF(rect).adjusted(-grow, 4 - grow, grow, 2 + grow)
        painter.drawRoundedRect(box, radius + grow, radius + grow)
    painter.restore()


SHADOW_MARGIN = _SHADOW_STEPS + 4


def shadow_rect(box: QRect) -> QRect:
    """What is painted of a floating box and its shadow."""
    return box.adjusted(-SHADOW_MARGIN, -SHADOW_MARGIN, SHADOW_MARGIN, SHADOW_MARGIN)


def paint_ring(
    painter: QPainter, rect: QRectF, *, track: QColor, color: QColor, start: float, share: float
) -> None:
    """An arc on a circular track; `start` and `share` in turns, clockwise from the top."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = max(1.5, rect.width() / 8)
    circle = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(track, width))
    painter.drawEllipse(circle)
    if share > 0:
        arc = QPainterPath()
        begin = 90 - start * 360
        arc.arcMoveTo(circle, begin)
        arc.arcTo(circle, begin, -share * 360)
        pen = QPen(color, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPath(arc)
