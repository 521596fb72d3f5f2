"""Send and Stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance


class SendButton(Translated, QAbstractButton):
    """Send and Stop, in one place."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._is_stop = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, RADIUS_CARD)
        appearance.changed.connect(self.update)

    def set_state(self, *, is_stop: bool, has_message: bool) -> None:
        """What a click does now, and whether there is something to send."""
        self._is_stop = is_stop
        self.setEnabled(is_stop or has_message)
        self._translate()
        self.update()

    def _translate(self) -> None:
        if self._is_stop:
            name, keys = self.tr("Stop"), "Esc"
        else:
            name, keys = self.tr("Send"), "Return"
        native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        self.setAccessibleName(name)
        if self.isEnabled():
            self.setToolTip(f"{name} ({native})")
        else:
            self.setToolTip(self.tr("Write a message first"))

    def sizeHint(self) -> QSize:
        edge = self._appearance.height(32)
        return QSize(edge, edge)

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
        icon: IconName = "stop" if self._is_stop else "arrow-up"
        if self._is_stop:
            fill, color = theme.text, theme.surface
            if self.isDown() or self.underMouse():
                fill = theme.text_muted
        elif not self.isEnabled():
            fill, color = theme.hover, theme.text_disabled
        else:
            fill, color = theme.accent, theme.on_accent
            if self.isDown():
                fill = theme.accent_pressed
            elif self.underMouse():
                fill = theme.accent_hover
        painter = QPainter(self)
        paint_box(painter, self.rect(), RADIUS_CARD, fill=fill)
        edge = self._appearance.icon_size(16)
        at = QPoint((self.width() - edge) // 2, (self.height() - edge) // 2)
        self._appearance.icons.paint(painter, icon, at, edge, color)
