"""A choice of one of several colours, all of which are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from chatapp.ui.accent import with_accent
from chatapp.ui.painting import paint_box
from chatapp.ui.widgets.checkable import Checkable
from chatapp.ui.widgets.exclusive import lead_tab_to_chosen
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.ui.theme import Appearance

_EDGE = 28
_RING = 2
_GAP = 6


class AccentChoice(QWidget):
    """A dot for each accent, the theme's own first; Tab goes to it, the arrow keys choose.

    `words` names a colour as the settings do. Signals: `chosen(str)` with such a name.
    """

    chosen = Signal(str)

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        words: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._words = words
        self.dots: dict[str, Dot] = {}
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP)
        for accent in ("", *appearance.accents):
            self._add(accent)

    def set_value(self, accent: str) -> None:
        """Choose without a signal; a colour that isn't among them gets a dot too."""
        if accent not in self.dots:
            self._add(accent)
        self.dots[accent].setChecked(True)

    def _add(self, accent: str) -> None:
        dot = self.dots[accent] = Dot(self._appearance, accent, self._words(accent))
        dot.clicked.connect(lambda: self.chosen.emit(accent))
        self._row.addWidget(dot)


class Dot(Checkable):
    """One colour as it is in the theme of now. Exclusive among its siblings, as Qt sees to."""

    def __init__(self, appearance: Appearance, accent: str, name: str) -> None:
        super().__init__()
        self._appearance = appearance
        self._accent = accent
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        lead_tab_to_chosen(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, self.sizeHint().height() / 2)
        self._set_color()
        appearance.changed.connect(self._set_color)

    def sizeHint(self) -> QSize:
        edge = self._appearance.icon_size(_EDGE)
        return QSize(edge, edge)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        edge = float(self.height())
        if self.isChecked():
            mark = self._color
            if self._appearance.theme.is_high_contrast:
                mark = self._appearance.theme.control_border
            paint_box(painter, self.rect(), edge / 2, border=mark, width=_RING)
        inset = 2.0 * _RING
        dot = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        fill = self._color.darker(112) if self.isDown() else self._color
        paint_box(painter, dot, dot.height() / 2, fill=fill)

    def _set_color(self) -> None:
        appearance = self._appearance
        color = appearance.accents.get(self._accent) or QColor.fromString(self._accent)
        if self._accent and color.isValid():
            self._color = with_accent(appearance.theme, color).accent
            if appearance.theme.is_high_contrast:  # which keeps its own
                self._color = color
        else:
            self._color = appearance.own_accent
        self.update()
