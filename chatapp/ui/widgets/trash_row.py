"""The row at the foot of the sidebar that leads to deleted conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_MARGIN = 8
_PADDING = 8
_ICON_GAP = 10


class TrashRow(QAbstractButton):
    """“Trash” with its icon and how much is in it, below a line."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._count = 0
        self.setText(self.tr("Trash"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    @property
    def count(self) -> int:
        """How many conversations are in it."""
        return self._count

    def set_count(self, count: int) -> None:
        """Show how many conversations are in it."""
        self._count = count
        if count == 1:
            name = self.tr("Trash, 1 conversation")
        else:
            name = self.tr("Trash, {count} conversations").format(count=QLocale().toString(count))
        self.setAccessibleName(name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self._appearance.height(32) + 2 * _MARGIN + 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, theme.border)
        box = self.rect().adjusted(_MARGIN, _MARGIN + 1, -_MARGIN, -_MARGIN)
        if self.isDown() or self.underMouse():
            fill = theme.pressed if self.isDown() else theme.hover
            paint_box(painter, box, RADIUS_CONTROL, fill=fill)
        if self.hasFocus():
            ring = box.adjusted(2, 2, -2, -2)
            paint_box(painter, ring, RADIUS_CONTROL - 2, border=theme.accent, width=2)
        edge = self._appearance.icon_size(16)
        inside = box.adjusted(_PADDING, 0, -_PADDING, 0)
        top = inside.center().y() - edge // 2 + 1
        right_to_left = self.isRightToLeft()
        left = inside.right() + 1 - edge if right_to_left else inside.left()
        self._appearance.icons.paint(painter, "trash", QPoint(left, top), edge, theme.text_muted)
        words = QRect(inside)
        if right_to_left:
            words.setRight(left - _ICON_GAP)
        else:
            words.setLeft(left + edge + _ICON_GAP)
        painter.setFont(self._appearance.font("body"))
        painter.setPen(theme.text)
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, start | middle, self.text())
        painter.setFont(self._appearance.font("caption", tabular=True))
        painter.setPen(theme.text_muted)
        painter.drawText(words, end | middle, QLocale().toString(self._count))
