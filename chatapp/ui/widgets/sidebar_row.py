"""A row of the sidebar that stands by itself: a place to go to, or something under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.spinner import paint_spinner

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance
    from chatapp.ui.widgets.text_label import TextColor

_MARGIN = 8
_PADDING = 8
_ICON_GAP = 10
_TRAILING_GAP = 8


class SidebarRow(QAbstractButton):
    """An icon (or a ring that fills), words, and a figure at the other end; 32 high."""

    def __init__(
        self,
        appearance: Appearance,
        icon: IconName,
        text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._icon = icon
        self._icon_color: TextColor = "text_muted"
        self._fraction: float | None = None
        self._trailing = ""
        self._is_current = False
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    @property
    def trailing(self) -> str:
        """The figure at the other end."""
        return self._trailing

    @property
    def is_current(self) -> bool:
        """Whether where it leads to is shown."""
        return self._is_current

    def set_icon(
        self, icon: IconName, color: TextColor = "text_muted", *, fraction: float | None = None
    ) -> None:
        """Show another icon, or in its place a ring filled to `fraction` (0 to 1)."""
        if (icon, color, fraction) != (self._icon, self._icon_color, self._fraction):
            self._icon, self._icon_color, self._fraction = icon, color, fraction
            self.update()

    def set_trailing(self, text: str) -> None:
        """Show a figure at the other end."""
        if text != self._trailing:
            self._trailing = text
            self.update()

    def set_current(self, *, current: bool) -> None:
        """Mark the row as where one is."""
        if current != self._is_current:
            self._is_current = current
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self._appearance.height(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

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
        box = self.rect().adjusted(_MARGIN, 0, -_MARGIN, 0)
        right_to_left = self.isRightToLeft()
        if self._is_current:
            paint_box(painter, box, RADIUS_CONTROL, fill=theme.selected)
            if theme.is_high_contrast:
                left = box.right() - 1 if right_to_left else box.left()
                painter.fillRect(left, box.top(), 2, box.height(), theme.accent)
        elif self.isDown() or self.underMouse():
            fill = theme.pressed if self.isDown() else theme.hover
            paint_box(painter, box, RADIUS_CONTROL, fill=fill)
        if self.hasFocus():
            ring = box.adjusted(2, 2, -2, -2)
            paint_box(painter, ring, RADIUS_CONTROL - 2, border=theme.accent, width=2)
        edge = self._appearance.icon_size(16)
        words = box.adjusted(_PADDING, 0, -_PADDING, 0)
        top = box.top() + (box.height() - edge) // 2
        left = words.right() + 1 - edge if right_to_left else words.left()
        self._paint_icon(painter, QRect(left, top, edge, edge))
        if right_to_left:
            words.setRight(left - _ICON_GAP)
        else:
            words.setLeft(left + edge + _ICON_GAP)
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        small = self._appearance.font("caption", tabular=True)
        if self._trailing:
            painter.setFont(small)
            painter.setPen(theme.text_muted)
            painter.drawText(words, end | middle, self._trailing)
            taken = QFontMetrics(small).horizontalAdvance(self._trailing) + _TRAILING_GAP
            words.adjust(taken if right_to_left else 0, 0, 0 if right_to_left else -taken, 0)
        body = self._appearance.font("body", tabular=True)
        painter.setFont(body)
        painter.setPen(theme.text)
        elide = Qt.TextElideMode.ElideRight
        shown = QFontMetrics(body).elidedText(self.text(), elide, words.width())
        painter.drawText(words, start | middle, shown)

    def _paint_icon(self, painter: QPainter, place: QRect) -> None:
        if self._fraction is not None:
            ring = QRectF(place).adjusted(1, 1, -1, -1)
            paint_spinner(painter, self._appearance, ring, self._fraction)
            return
        theme = self._appearance.theme
        color: QColor = getattr(theme, self._icon_color)
        if self._is_current:
            color = theme.accent_text
        at = QPoint(place.left(), place.top())
        self._appearance.icons.paint(painter, self._icon, at, place.width(), color)
