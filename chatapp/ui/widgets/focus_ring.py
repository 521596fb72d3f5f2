"""The ring around what the keyboard is on.

It lies outside the shape, where a widget can't paint, so it is a widget of its own, in the nearest
parent that has room for it, and follows its target. It shows only after the keyboard moved the
focus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

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
    """Shows a ring of `radius` + 2 around `target` while it has the focus by keyboard.

    Without a radius the target is round at both ends.
    """

    def __init__(
        self, appearance: Appearance, target: QWidget, radius: float | None = None
    ) -> None:
        super().__init__(target)
        self._appearance = appearance
        self._target = target
        self._radius = radius
        self._frame: _Frame | None = None
        self._between: list[QWidget] = []  # the target's parents that are too small for the ring
        target.installEventFilter(self)

    @property
    def is_shown(self) -> bool:
        """Whether the ring is to be seen."""
        return self._frame is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.Move, QEvent.Type.Resize) and self._frame is not None:
            self._place(self._frame)
        elif watched is not self._target:
            pass
        elif isinstance(event, QFocusEvent):
            if kind == QEvent.Type.FocusIn and event.reason() in _BY_KEYBOARD:
                self._show()
            elif kind == QEvent.Type.FocusOut and event.reason() not in (
                Qt.FocusReason.PopupFocusReason,
                Qt.FocusReason.ActiveWindowFocusReason,
            ):
                self._hide()
        elif kind in (
            QEvent.Type.Hide,
            QEvent.Type.ParentAboutToChange,
            QEvent.Type.MouseButtonPress,
        ):
            self._hide()
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        holder = self._target.parentWidget()
        if holder is None or self._frame is not None:
            return
        while not holder.rect().contains(self._around(holder)):
            above = holder.parentWidget()
            is_scrolled = above is not None and isinstance(
                above.parentWidget(), QAbstractScrollArea
            )
            if above is None or holder.isWindow() or is_scrolled:
                break
            holder.installEventFilter(self)
            self._between.append(holder)
            holder = above
        radius = self._target.height() / 2 if self._radius is None else self._radius
        self._frame = _Frame(self._appearance, holder, radius + _GAP + _WIDTH)
        self._place(self._frame)
        self._frame.show()

    def _around(self, holder: QWidget) -> QRect:
        """Where the ring lies in a parent of the target."""
        grow = _GAP + _WIDTH
        place = QRect(self._target.mapTo(holder, QPoint(0, 0)), self._target.size())
        return place.adjusted(-grow, -grow, grow, grow)

    def _place(self, frame: _Frame) -> None:
        holder = frame.parentWidget()
        if holder is not None:
            frame.setGeometry(self._around(holder))
            frame.raise_()

    def _hide(self) -> None:
        if self._frame is not None:
            self._frame.hide()
            self._frame.deleteLater()
            self._frame = None
            while self._between:
                self._between.pop().removeEventFilter(self)


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
