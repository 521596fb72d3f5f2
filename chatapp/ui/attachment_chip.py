"""One file that goes with a message, as a chip."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from chatapp.ui.i18n import Translated, size_text
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.focus_ring import FocusRing
from chatapp.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_HEIGHT: Final = 32
_PADDING: Final = 10
_GAP: Final = 8
_REMOVE: Final = 24
_MOST_NAME: Final = 200


class AttachmentChip(Translated, QAbstractButton):
    """Icon, name, figures and ×; `clicked()` asks for a look at the content.

    Signals: `remove_requested()` by × or Delete.
    """

    remove_requested = Signal()

    def __init__(self, appearance: Appearance, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._size: int | None = None
        self._lines: int | None = None
        self._tokens: int | None = None
        self._is_compact = False
        self._name = " ".join(name.split())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._remove = IconButton(appearance, "close", "", designed_size=_REMOVE, parent=self)
        # The chip itself takes Delete: one stop on the way of the keyboard is enough.
        self._remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._remove.clicked.connect(self.remove_requested)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        self._translate()
        appearance.changed.connect(self.update)

    @property
    def name(self) -> str:
        """What it is called, on one line."""
        return self._name

    @property
    def tokens(self) -> int | None:
        """What the content costs, as far as known."""
        return self._tokens

    @property
    def figures(self) -> str:
        """Lines, size and tokens in words; what is not known yet is left out."""
        return " · ".join(self._parts())

    def set_content(self, size: int, lines: int | None) -> None:
        """It was read: its size in bytes, and its lines as far as they are counted."""
        self._size, self._lines = size, lines
        self._tell()

    def set_tokens(self, tokens: int | None) -> None:
        """What the content costs; None: not known."""
        self._tokens = tokens
        self._tell()

    def set_compact(self, *, compact: bool) -> None:
        """In a narrow window the size is the only figure."""
        self._is_compact = compact
        self._tell()

    # Qt

    def sizeHint(self) -> QSize:
        width = _PADDING + self._icon_edge() + 2 * _GAP + self._end()
        width += self._name_width() + self._figures_width()
        return QSize(width, self._appearance.height(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._remove_edge() * 3, self._appearance.height(_HEIGHT))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        edge = self._remove_edge()
        top = (self.height() - edge) // 2
        self._remove.setGeometry(self._placed(self.width() - edge - top, edge, top))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        fill = theme.surface
        if self.isDown():
            fill = theme.pressed
        elif self.underMouse():
            fill = theme.hover
        paint_box(painter, self.rect(), RADIUS_CONTROL, fill=fill, border=theme.border)
        edge = self._icon_edge()
        icon = self._placed(_PADDING, edge, 0)
        at = QPoint(icon.left(), (self.height() - edge) // 2)
        self._appearance.icons.paint(painter, "file", at, edge, theme.text_muted)
        end = self.width() - self._end()
        left = _PADDING + edge + _GAP
        figures = self._figures_width()
        # Where there is little room the name gets shorter first.
        name = max(min(self._name_width(), end - figures - _GAP - left), 0)
        align = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._appearance.font("body"))
        painter.setPen(theme.text)
        painter.drawText(self._placed(left, name, 0), align, self._shown_name(name))
        painter.setFont(self._appearance.font("small", tabular=True))
        painter.setPen(theme.text_faint)
        left += name + _GAP
        figures = max(min(figures, end - left), 0)
        painter.drawText(self._placed(left, figures, 0), align, self._shown_figures())

    # Inside

    def _parts(self) -> list[str]:
        if self._size is None:
            return [self.tr("Reading…")]
        parts = []
        if self._lines is not None:
            parts.append(self.tr("%Ln line(s)", "", self._lines))
        parts.append(size_text(self._size))
        if self._tokens is not None:
            parts.append(self.tr("%Ln token(s)", "", self._tokens))
        return parts

    def _shown_figures(self) -> str:
        if self._is_compact and self._size is not None:
            return size_text(self._size)
        return self.figures

    def _shown_name(self, width: int) -> str:
        metrics = QFontMetrics(self._appearance.font("body"))
        return metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, width)

    def _translate(self) -> None:
        self._remove.set_name(self.tr("Remove {name}").format(name=self._name))
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(self.figures)
        self.setToolTip(f"<p>{escape(self._name)}<br>{escape(self.figures)}</p>")
        self.updateGeometry()
        self.update()

    def _name_width(self) -> int:
        metrics = QFontMetrics(self._appearance.font("body"))
        return metrics.horizontalAdvance(self._shown_name(_MOST_NAME)) + 1

    def _figures_width(self) -> int:
        font = self._appearance.font("small", tabular=True)
        return QFontMetrics(font).horizontalAdvance(self._shown_figures()) + 1

    def _end(self) -> int:
        """What × takes, with what is around it."""
        return self._remove_edge() + _GAP

    def _icon_edge(self) -> int:
        return self._appearance.icon_size(14)

    def _remove_edge(self) -> int:
        return self._appearance.height(_REMOVE)

    def _placed(self, left: int, width: int, top: int) -> QRect:
        """A place from the leading edge, `top` from above and below."""
        rect = QRect(left, top, width, self.height() - 2 * top)
        if self.isRightToLeft():
            rect.moveRight(self.width() - 1 - left)
        return rect
