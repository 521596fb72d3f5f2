"""On or off, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from chatapp.ui.theme import Appearance

_WIDTH = 34
_HEIGHT = 20
_KNOB = 14


class Switch(QCheckBox):
    """A check box for screen readers, a switch for the eye. `name` stands beside it."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self)
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        scale = self._appearance.icon_size(_HEIGHT) / _HEIGHT
        return QSize(round(_WIDTH * scale), round(_HEIGHT * scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        is_on = self.isChecked()
        track, knob = theme.control_border, theme.surface
        if not self.isEnabled():
            track = theme.pressed
        elif is_on:
            track, knob = theme.accent, theme.on_accent
        border = None
        if theme.is_high_contrast and not is_on:
            track, knob, border = theme.surface, theme.control_border, theme.control_border
        paint_box(painter, self.rect(), self.height() / 2, fill=track, border=border)
        edge = self.height() * _KNOB / _HEIGHT
        gap = (self.height() - edge) / 2
        at_end = is_on != self.isRightToLeft()
        left = self.width() - gap - edge if at_end else gap
        paint_box(painter, QRectF(left, gap, edge, edge), edge / 2, fill=knob)
