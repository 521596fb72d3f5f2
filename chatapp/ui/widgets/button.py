"""Buttons with words on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL, Appearance
from chatapp.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName

ButtonKind = Literal["primary", "outlined", "text", "quiet", "menu", "danger"]

_ICON = 14
_GAP = 8
_PADDING = 12
_MENU_PADDING = 8


class Button(QAbstractButton):
    """A button with a verb, and perhaps an icon before or after it.

    `primary` is filled with the accent (one in a view), `danger` is for the confirming dialog only,
    `text` is blue words, `quiet` grey words, `menu` a row of a popup. `designed_height` is 32, 28
    or 24.
    """

    def __init__(
        self,
        appearance: Appearance,
        text: str,
        kind: ButtonKind = "outlined",
        *,
        icon: IconName | None = None,
        trailing_icon: IconName | None = None,
        designed_height: int = 32,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._kind = kind
        self._icon = icon
        self._trailing_icon = trailing_icon
        self._designed_height = designed_height
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        wide = QSizePolicy.Policy.Expanding if kind == "menu" else QSizePolicy.Policy.Fixed
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(appearance, self, RADIUS_CONTROL)
        appearance.changed.connect(self.update)

    @property
    def kind(self) -> ButtonKind:
        """How it looks."""
        return self._kind

    def set_kind(self, kind: ButtonKind) -> None:
        """Look otherwise."""
        self._kind = kind
        self.update()

    def set_icons(self, icon: IconName | None, trailing_icon: IconName | None = None) -> None:
        """Change the icons before and after the words."""
        self._icon = icon
        self._trailing_icon = trailing_icon
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font())
        width = 2 * _PADDING + metrics.horizontalAdvance(self.text())
        icons = (self._icon is not None) + (self._trailing_icon is not None)
        width += icons * (self._appearance.icon_size(_ICON) + _GAP)
        return QSize(width, self._appearance.height(self._designed_height))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Qt leaves Return to the default button of a dialog, which these are not.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill, border, color = self._colors()
        if fill is not None or border is not None:
            paint_box(painter, self.rect(), RADIUS_CONTROL, fill=fill, border=border)
        edge = self._appearance.icon_size(_ICON)
        middle = (self.height() - edge) // 2
        font = self._font()
        words = QFontMetrics(font).horizontalAdvance(self.text())
        icons = (self._icon is not None) + (self._trailing_icon is not None)
        width = words + icons * (edge + _GAP)
        left = max(_PADDING // 2, (self.width() - width) // 2)
        if self._kind == "menu":
            left = self.width() - width - _MENU_PADDING if self.isRightToLeft() else _MENU_PADDING
        if self.isRightToLeft():
            first, last = self._trailing_icon, self._icon
        else:
            first, last = self._icon, self._trailing_icon
        if first is not None:
            self._appearance.icons.paint(painter, first, QPoint(left, middle), edge, color)
            left += edge + _GAP
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(
            QRect(left, 0, words + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        if last is not None:
            at = QPoint(left + words + _GAP, middle)
            self._appearance.icons.paint(painter, last, at, edge, color)

    def _font(self) -> QFont:
        small = self._designed_height < 28
        return self._appearance.font("small" if small else "body")

    def _colors(self) -> tuple[QColor | None, QColor | None, QColor]:
        """Fill, border and words."""
        theme = self._appearance.theme
        enabled, down, over = self.isEnabled(), self.isDown(), self.underMouse()
        if self._kind == "primary":
            if not enabled:
                return theme.hover, None, theme.text_disabled
            fill = theme.accent_pressed if down else theme.accent_hover if over else theme.accent
            return fill, None, theme.on_accent
        if self._kind == "danger":
            return (
                (theme.danger if enabled else theme.hover),
                None,
                (theme.on_danger if enabled else theme.text_disabled),
            )
        state = None
        if enabled and down:
            state = theme.pressed
        elif enabled and over:
            state = theme.hover
        if self._kind == "outlined":
            color = theme.text if enabled else theme.text_disabled
            return state or theme.surface_raised, theme.border_strong, color
        color = theme.accent_text if self._kind == "text" else theme.text_muted
        if self._kind == "menu" or (self._kind == "quiet" and over):
            color = theme.text
        return state, None, color if enabled else theme.text_disabled
