"""The ring around what the keyboard is on.

It lies outside the shape, where a widget can't paint, so it is a widget of its own: a sibling that
follows its target. It shows only after the keyboard moved the focus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from chatapp.ui.painting import paint_box

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_GAP = 2
_WIDTH = 2
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class FocusRing(QObject):
    """Shows a ring of `radius` + 2 around `target` while it has the focus by keyboard."""

    def __init__(self, appearance: Appearance, target: QWidget, radius: float) -> None:
        super().__init__(target)
        self._appearance = appearance
        self._target = target
        self._radius = radius
        self._frame: _Frame | None = None
        target.installEventFilter(self)

    def set_radius(self, radius: float) -> None:
        """Change the target's radius."""
        self._radius = radius

    @property
    def is_shown(self) -> bool:
        """Whether the ring is to be seen."""
        return self._frame is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QFocusEvent):
            if kind == QEvent.Type.FocusIn and event.reason() in _BY_KEYBOARD:
                self._show()
            elif kind == QEvent.Type.FocusOut and event.reason() not in (
                Qt.FocusReason.PopupFocusReason,
                Qt.FocusReason.ActiveWindowFocusReason,
            ):
                self._hide()
        elif kind in (QEvent.Type.Move, QEvent.Type.Resize) and self._frame is not None:
            self._place(self._frame)
        elif kind in (
            QEvent.Type.Hide,
            QEvent.Type.ParentAboutToChange,
            QEvent.Type.MouseButtonPress,
        ):
            self._hide()
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        parent = self._target.parentWidget()
        if parent is None or self._frame is not None:
            return
        self._frame = _Frame(self._appearance, parent, self._radius + _GAP + _WIDTH)
        self._place(self._frame)
        self._frame.show()

    def _place(self, frame: QWidget) -> None:
        grow = _GAP + _WIDTH
        frame.setGeometry(self._target.geometry().adjusted(-grow, -grow, grow, grow))
        frame.raise_()

    def _hide(self) -> None:
        if self._frame is not None:
            self._frame.hide()
            self._frame.deleteLater()
            self._frame = None


class _Frame(QWidget):
    def __init__(self, appearance: Appearance, parent: QWidget, radius: float) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._radius = radius
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        accent = self._appearance.theme.accent
        paint_box(painter, self.rect(), self._radius, border=accent, width=_WIDTH)
