"""The way back to the end of a conversation for a reader who scrolled away from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

SHADOW: Final = 8

_HEIGHT: Final = 32
_PADDING: Final = 14
_ICON: Final = 14
_GAP: Final = 8


class JumpPill(Translated, QAbstractButton):
    """A round button with `SHADOW` around it for its shadow."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._count = 0
        self._look: object = None  # what the picture shows
        self._picture = QPixmap()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._translate()
        appearance.changed.connect(self.update)

    @property
    def count(self) -> int:
        """The number of new messages that it tells."""
        return self._count

    def set_count(self, count: int) -> None:
        """Tell how many messages came in the meantime."""
        if count == self._count:
            return
        self._count = count
        self._translate()

    def _translate(self) -> None:
        self.setText(self.tr("Jump to latest"))
        self.setAccessibleName(f"{self.text()} {self._news()}".strip())
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._appearance.font("body"))
        width = 2 * _PADDING + self._appearance.icon_size(_ICON) + _GAP
        width += metrics.horizontalAdvance(self.text())
        if self._count:
            width += _GAP + metrics.horizontalAdvance(self._news())
        return QSize(width + 2 * SHADOW, self._appearance.height(_HEIGHT) + 2 * SHADOW)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def hitButton(self, pos: QPoint) -> bool:
        return self._shape().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        # It lies over what is scrolled, so it is painted again with every step.
        theme = self._appearance.theme
        look = (theme, self.size(), self._count, self.isDown(), self.underMouse(), self.hasFocus())
        if look != self._look:
            self._look = look
            ratio = self.devicePixelRatioF()
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            self._draw(QPainter(self._picture))
        QPainter(self).drawPixmap(0, 0, self._picture)

    def _draw(self, painter: QPainter) -> None:
        theme = self._appearance.theme
        shape = self._shape()
        radius = shape.height() / 2
        shade = QColor(theme.shadow)
        shade.setAlphaF(0.12 / SHADOW)
        for grow in range(SHADOW - 2):
            around = shape.adjusted(-grow, 2 - grow, grow, 2 + grow)
            paint_box(painter, around, radius + grow, fill=shade)
        fill = theme.surface_raised
        if self.isDown():
            fill = theme.pressed
        elif self.underMouse():
            fill = theme.hover
        # Qt gives the focus by keyboard only; a ring around the shadow would be too far away.
        border, width = (theme.accent, 2) if self.hasFocus() else (theme.border_strong, 1)
        paint_box(painter, shape, radius, fill=fill, border=border, width=width)
        font = self._appearance.font("body", tabular=True)
        metrics = QFontMetrics(font)
        edge = self._appearance.icon_size(_ICON)
        painter.setFont(font)
        offset = _PADDING
        at = QPoint(self._start(shape, offset, edge), shape.top() + (shape.height() - edge) // 2)
        self._appearance.icons.paint(painter, "arrow-down", at, edge, theme.text)
        offset += edge + _GAP
        for text, color in ((self.text(), theme.text), (self._news(), theme.text_muted)):
            wide = metrics.horizontalAdvance(text)
            area = QRect(self._start(shape, offset, wide), shape.top(), wide + 1, shape.height())
            painter.setPen(color)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
            offset += wide + _GAP

    def _shape(self) -> QRect:
        return self.rect().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)

    def _start(self, shape: QRect, offset: int, width: int) -> int:
        if self.isRightToLeft():
            return shape.right() + 1 - offset - width
        return shape.left() + offset

    def _news(self) -> str:
        if not self._count:
            return ""
        return self.tr("%Ln new", "", self._count)
