"""A passing message for what can be undone or happened elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QSize, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QWidget

from chatapp.ui.painting import SHADOW_MARGIN, paint_box, paint_shadow
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.ui.theme import Appearance

_SHOWN_MS = 6000
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
_ABOVE = 16
_EDGE = 16


class Toast(QWidget):
    """Floats over `parent`, centred 16 above the first of `anchors` that is seen, for 6 s.

    Without one it is above the foot of `parent`. There is one at a time. It stays while the
    pointer is over it or its button has the focus.
    """

    def __init__(self, appearance: Appearance, parent: QWidget, *anchors: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._parent = parent
        self._anchors = anchors
        self._on_button: Callable[[], None] | None = None
        self._label = ElidedLabel(appearance)
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._button = Button(appearance, "", "text", designed_height=28)
        self._button.clicked.connect(self._on_clicked)
        self._timer = QTimer(self, interval=_SHOWN_MS, singleShot=True)
        self._timer.timeout.connect(self._on_time_over)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(
            SHADOW_MARGIN + 14, SHADOW_MARGIN, SHADOW_MARGIN + 4, SHADOW_MARGIN
        )
        layout.setSpacing(4)
        layout.addWidget(self._label)
        layout.addWidget(self._button)
        self.hide()
        for widget in (parent, *anchors):
            widget.installEventFilter(self)
        appearance.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The message shown now or last."""
        return self._label.text()

    @property
    def button(self) -> Button:
        """The one button."""
        return self._button

    def show_text(
        self, text: str, button_text: str = "", on_button: Callable[[], None] | None = None
    ) -> None:
        """Show a message in place of the one before; the button calls `on_button`."""
        self._label.setText(text)
        self._on_button = on_button
        self._button.setText(button_text)
        self._button.setVisible(on_button is not None)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def dismiss(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self._on_button = None
        self.hide()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), self._appearance.height(36) + 2 * SHADOW_MARGIN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.isVisible() and event.type() in _MOVES:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._appearance.theme
        box = self._box()
        paint_shadow(painter, box, RADIUS_CARD, theme.shadow)
        paint_box(painter, box, RADIUS_CARD, fill=theme.surface_raised, border=theme.border_strong)

    def _box(self) -> QRect:
        grow = SHADOW_MARGIN
        return self.rect().adjusted(grow, grow, -grow, -grow)

    def _place(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
        room = self._parent.rect()
        anchor = next((one for one in self._anchors if one.isVisibleTo(self._parent)), None)
        if anchor is not None:
            corner = anchor.mapTo(self._parent, anchor.rect().topLeft())
            room = QRect(corner.x(), 0, anchor.width(), corner.y())
        hint = self.sizeHint()
        most = self._parent.width() - 2 * _EDGE + 2 * SHADOW_MARGIN
        width = min(hint.width(), most)
        left = room.center().x() - width // 2
        left = max(_EDGE - SHADOW_MARGIN, min(left, self._parent.width() - width))
        top = room.bottom() + 1 - _ABOVE + SHADOW_MARGIN - hint.height()
        self.setGeometry(left, top, width, hint.height())

    def _on_clicked(self) -> None:
        on_button = self._on_button
        self.dismiss()
        if on_button is not None:
            on_button()

    def _on_time_over(self) -> None:
        focus = QApplication.focusWidget()
        if self.underMouse() or (focus is not None and self.isAncestorOf(focus)):
            self._timer.start()
        else:
            self.dismiss()
