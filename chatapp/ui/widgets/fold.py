"""A heading that shows and hides what stands below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

_HEIGHT = 32
_CHEVRON = 14
_GAP = 6


class Fold(QAbstractButton):
    """A chevron and bold words; `toggled(bool)` tells whether `content` is shown."""

    def __init__(
        self, appearance: Appearance, text: str, content: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        content.hide()
        self.toggled.connect(content.setVisible)
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(120, self._appearance.height(_HEIGHT))

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
        painter = QPainter(self)
        if self.underMouse():
            fill = theme.pressed if self.isDown() else theme.hover
            paint_box(painter, self.rect(), RADIUS_CONTROL, fill=fill)
        edge = self._appearance.icon_size(_CHEVRON)
        mirrored = self.isRightToLeft()
        left = self.width() - edge if mirrored else 0
        name: IconName = "chevron-left" if mirrored else "chevron-right"
        if self.isChecked():
            name = "chevron-down"
        self._appearance.icons.paint(
            painter,
            name,
            QPoint(left, (self.height() - edge) // 2),
            edge,
            theme.text,
        )
        painter.setFont(self._appearance.font("body", bold=True))
        painter.setPen(theme.text)
        words = QRect(self.rect())
        if mirrored:
            words.setRight(left - _GAP)
        else:
            words.setLeft(edge + _GAP)
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(words, start, self.text())
