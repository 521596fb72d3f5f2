"""The frame around what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_LARGE

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance


class ComposerBox(QWidget):
    """The rounded frame; a press anywhere in it goes to `field`, whose focus it shows.

    While files are held over it, it says that they can be dropped.
    """

    def __init__(self, appearance: Appearance, field: QWidget) -> None:
        super().__init__()
        self._appearance = appearance
        self._field = field
        self._sign = _DropSign(appearance, self)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        appearance.changed.connect(self.update)

    def set_drop_target(self, *, is_target: bool) -> None:
        """Whether files are held over it."""
        self._sign.raise_()
        self._sign.setVisible(is_target)

    @property
    def is_drop_target(self) -> bool:
        """Whether it says that files can be dropped."""
        return self._sign.isVisible()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._field.setFocus(Qt.FocusReason.MouseFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sign.setGeometry(self.rect())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        focused = self._field.hasFocus()
        paint_box(
            QPainter(self),
            self.rect(),
            RADIUS_LARGE,
            fill=theme.surface_raised,
            border=theme.accent if focused else theme.border_strong,
            width=2 if focused and theme.is_high_contrast else 1,
        )


class _DropSign(Translated, QWidget):
    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        # Else it would take the drag from the composer.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._translate()
        self.hide()

    def _translate(self) -> None:
        self._words = self.tr("Drop files to attach them")
        self.setAccessibleName(self._words)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        paint_box(
            painter, self.rect(), RADIUS_LARGE, fill=theme.accent_tint, border=theme.accent, width=2
        )
        metrics = QFontMetrics(self._appearance.font("body"))
        edge = self._appearance.icon_size(16)
        room = self.width() - edge - 40
        words = metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        width = metrics.horizontalAdvance(words)
        left = (self.width() - edge - 8 - width) // 2
        icon, text = left, left + edge + 8
        if self.isRightToLeft():
            icon, text = left + width + 8, left
        at = QPoint(icon, (self.height() - edge) // 2)
        self._appearance.icons.paint(painter, "paperclip", at, edge, theme.accent_text)
        painter.setFont(self._appearance.font("body"))
        painter.setPen(theme.text)
        top = (self.height() - metrics.height()) // 2
        painter.drawText(text, top + metrics.ascent(), words)
