"""The name of a setting, with a mark when it is not what it would be by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent

from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.ui.theme import Appearance

_DOT = 6
_GAP = 7


class NameLabel(TextLabel):
    """Keeps the room of the dot, so that nothing moves when it appears."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(appearance, name, parent=parent)
        self.is_changed = False

    def set_changed(self, *, changed: bool) -> None:
        """Whether somebody chose it."""
        if changed != self.is_changed:
            self.is_changed = changed
            self.update()

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(_GAP + _DOT, 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.is_changed:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._appearance.theme.accent_text)
        left = QFontMetrics(self.font()).horizontalAdvance(self.text()) + _GAP + _DOT / 2
        at = self.width() - left if self.isRightToLeft() else left
        painter.drawEllipse(QPointF(at, self.height() / 2), _DOT / 2, _DOT / 2)
