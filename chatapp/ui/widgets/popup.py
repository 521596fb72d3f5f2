"""The frame of what opens over the window, at some place, until something else is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_GAP = 4


class Popup(QFrame):
    """Closed by Escape or by a click anywhere else; deleted then."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._appearance = appearance
        # Without a compositor, which X11 may lack, transparent corners would be black.
        self._is_rounded = QGuiApplication.platformName() != "xcb"
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, self._is_rounded)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(name)

    def open_at(self, anchor: QRect) -> None:
        """Show below `anchor` (in global pixels), or above it where there is no room."""
        self.adjustSize()
        screen = QGuiApplication.screenAt(anchor.center()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        top = anchor.bottom() + 1 + _GAP
        if top + self.height() > room.bottom():
            top = max(room.top(), anchor.top() - _GAP - self.height())
        left = anchor.right() - self.width() if self.isRightToLeft() else anchor.left()
        left = max(room.left(), min(left, room.right() - self.width()))
        self.move(QPoint(left, top))
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        paint_box(
            QPainter(self),
            self.rect(),
            RADIUS_CARD if self._is_rounded else 0,
            fill=theme.surface_raised,
            border=theme.border_strong,
        )
