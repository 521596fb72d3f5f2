"""A name that leads somewhere, in as many lines as it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from chatapp.ui.models_page.catalog_card import first_lines
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

    from chatapp.ui.theme import Appearance

_MOST_LINES = 8


class LinkLabel(QAbstractButton):
    """Blue words, underlined under the pointer."""

    def __init__(self, appearance: Appearance, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._ring = FocusRing(appearance, self, 2)
        appearance.changed.connect(self.update)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return len(self._lines(width)) * self._appearance.line_height("body")

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self._font()).horizontalAdvance(self.text())
        return QSize(words + 1, self._appearance.line_height("body"))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._appearance.line_height("body"))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self._font()
        font.setUnderline(self.underMouse())
        painter.setFont(font)
        painter.setPen(self._appearance.theme.accent_text)
        line = self._appearance.line_height("body")
        for number, text in enumerate(self._lines(self.width())):
            row = QRect(0, number * line, self.width(), line)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, text)

    def _font(self) -> QFont:
        return self._appearance.font("body")

    def _lines(self, width: int) -> tuple[str, ...]:
        return first_lines(self.text(), self._font(), width, _MOST_LINES)
