"""Wide content in a narrow place: how far it is moved, and the thin bar that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF

from chatapp.ui.painting import paint_box

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from chatapp.ui.theme import Appearance

BAR: Final = 6
_SHORTEST: Final = 32


class Sideways:
    """`offset` logical pixels of the content are hidden before its start."""

    def __init__(self) -> None:
        self.offset = 0.0
        self._content = 0.0
        self._place = 0.0

    @property
    def hidden(self) -> float:
        """How much of the content does not fit, in logical pixels; a part of one counts as none."""
        hidden = self._content - self._place
        return hidden if hidden >= 1 else 0.0

    def fit(self, content: float, place: float) -> None:
        """So wide is the content, and so wide its place."""
        self._content, self._place = content, place
        self.offset = min(self.offset, self.hidden)

    def move(self, by: float) -> bool:
        """Move the content; False when there is nothing to move."""
        if not self.hidden:
            return False
        self.offset = float(round(min(max(self.offset + by, 0.0), self.hidden)))
        return True

    def show(self, left: float, right: float) -> None:
        """Move so that what lies between these is seen."""
        if right > self.offset + self._place:
            self.move(right - self._place - self.offset)
        if left < self.offset:
            self.move(left - self.offset)

    def thumb(self, bar: QRectF) -> QRectF:
        """The part of the bar that stands for what is seen."""
        share = self._place / self._content
        width = max(float(_SHORTEST), bar.width() * share)
        left = (bar.width() - width) * (self.offset / self.hidden)
        return QRectF(bar.left() + left, bar.top(), width, bar.height())

    def drag(self, bar: QRectF, by: float) -> None:
        """The thumb was moved so far."""
        room = bar.width() - self.thumb(bar).width()
        if room > 0:
            self.move(by * self.hidden / room)

    def paint(self, painter: QPainter, appearance: Appearance, bar: QRectF) -> None:
        """Draw the bar, if there is something to move."""
        if self.hidden:
            color = appearance.theme.border_strong
            paint_box(painter, self.thumb(bar), BAR / 2, fill=color)
