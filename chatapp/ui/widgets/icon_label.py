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
    """In the colour of the words; `beside` is the height of their first line, to be centred on."""

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
        self._edge = appearance.icon_size(size)
        self._height = max(self._edge, beside)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(self._edge, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        color: QColor = getattr(self._appearance.theme, self._color)
        at = QPoint(0, (self.height() - self._edge) // 2)
        self._appearance.icons.paint(QPainter(self), self._icon, at, self._edge, color)
