"""A choice between two to five words, all of which are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD, RADIUS_CONTROL
from chatapp.ui.widgets.checkable import Checkable
from chatapp.ui.widgets.exclusive import lead_tab_to_chosen
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_TRACK = 3
_HEIGHT = 32
_PADDING = 12
_GAP = 16


class Segmented(QWidget):
    """One of several segments is chosen; Tab goes to it, the arrow keys choose another one.

    Signals: `chosen(int)` after the person chose another segment.
    """

    chosen = Signal(int)

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        words: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        """`name` is what is chosen, for screen readers."""
        super().__init__(parent)
        self._appearance = appearance
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(_TRACK, _TRACK, _TRACK, _TRACK)
        row.setSpacing(0)
        self.segments = [Segment(appearance, text) for text in words]
        for number, segment in enumerate(self.segments):
            row.addWidget(segment)
            segment.clicked.connect(lambda _=False, at=number: self._on_clicked(at))
        self._current = 0
        self.set_current(0)
        appearance.changed.connect(self.update)

    @property
    def current(self) -> int:
        """The number of the chosen segment."""
        return self._current

    def set_words(self, name: str, words: Sequence[str]) -> None:
        """The same segments in other words."""
        self.setAccessibleName(name)
        for segment, text in zip(self.segments, words, strict=True):
            segment.set_words(text)

    def set_current(self, number: int) -> None:
        """Choose a segment without a signal."""
        self._current = number
        self.segments[number].setChecked(True)

    def set_count(self, number: int, count: str) -> None:
        """Show a figure beside a segment's word; empty for none."""
        self.segments[number].set_count(count)

    def focus(self) -> None:
        """Put the keyboard on the chosen segment."""
        self.segments[self._current].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        border = theme.border if theme.is_high_contrast else None
        paint_box(QPainter(self), self.rect(), RADIUS_CARD, fill=theme.hover, border=border)

    def _on_clicked(self, number: int) -> None:
        if number != self._current:
            self._current = number
            self.chosen.emit(number)


class Segment(Checkable):
    """One word, perhaps with a figure. Exclusive among its siblings, as Qt sees to."""

    def __init__(self, appearance: Appearance, text: str) -> None:
        super().__init__()
        self._appearance = appearance
        self._count = ""
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        lead_tab_to_chosen(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        appearance.changed.connect(self.update)

    @property
    def count(self) -> str:
        """The figure beside the word."""
        return self._count

    def set_words(self, text: str) -> None:
        """Another word for the same."""
        self.setText(text)
        self._tell()

    def set_count(self, count: str) -> None:
        """Change the figure."""
        if count != self._count:
            self._count = count
            self._tell()

    def _tell(self) -> None:
        self.setAccessibleName(f"{self.text()}, {self._count}" if self._count else self.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = 2 * _PADDING + QFontMetrics(self._font()).horizontalAdvance(self.text()) + 1
        if self._count:
            small = QFontMetrics(self._small())
            # Room for two digits, so that nothing moves when the ninth becomes the tenth.
            figures = max(small.horizontalAdvance(self._count), small.horizontalAdvance("00"))
            width += _GAP + figures
        return QSize(width, self._appearance.height(_HEIGHT) - 2 * _TRACK)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        color = theme.text_muted
        if self.isChecked():
            fill = theme.selected if theme.is_high_contrast else theme.surface_raised
            paint_box(painter, self.rect(), RADIUS_CONTROL, fill=fill, border=theme.border_strong)
            color = theme.text
        elif self.isDown():
            paint_box(painter, self.rect(), RADIUS_CONTROL, fill=theme.pressed)
            color = theme.text
        elif self.underMouse():
            color = theme.text
        inside = QRect(_PADDING, 0, self.width() - 2 * _PADDING, self.height())
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._font())
        painter.setPen(color)
        painter.drawText(inside, start | middle, self.text())
        if self._count:
            painter.setFont(self._small())
            painter.setPen(theme.text_muted)
            painter.drawText(inside, end | middle, self._count)

    def _font(self) -> QFont:
        return self._appearance.font("body")

    def _small(self) -> QFont:
        return self._appearance.font("small", tabular=True)
