"""An icon that stands beside words and can't be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance
    from chatapp.ui.widgets.text_label import TextColor


class IconLabel(QWidget):
    """In the colour of the words.

    `beside` is the height of what it is to be centred on, where the text is 13 px high.
    """

    def __init__(
        self,
        appearance: Appearance,
        icon: IconName,
        color: TextColor = "text_muted",
        *,
        size: int = 16,
        beside: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._icon = icon
        self._color = color
        self._size = size
        self._beside = beside
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.resized.connect(self.updateGeometry)
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        edge = self._appearance.icon_size(self._size)
        beside = self._appearance.height(self._beside) if self._beside else 0
        return QSize(edge, max(edge, beside))

    def paintEvent(self, event: QPaintEvent) -> None:
        color: QColor = getattr(self._appearance.theme, self._color)
        edge = self._appearance.icon_size(self._size)
        at = QPoint(0, (self.height() - edge) // 2)
        self._appearance.icons.paint(QPainter(self), self._icon, at, edge, color)
