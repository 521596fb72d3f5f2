"""The sidebar as a drawer over the content, where the window is too narrow for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_WIDTH = 264
_SCRIM = 64  # at least, to press


class Drawer(QWidget):
    """A scrim over the whole splitter that holds the splitter's first widget when active.

    A press on the scrim closes it.

    Signals: `closed()`.
    """

    closed = Signal()

    def __init__(self, appearance: Appearance, splitter: QSplitter, width: int) -> None:
        """`width` is that of the sidebar beside the content, in pixels."""
        super().__init__(splitter.parentWidget() or splitter)
        self._appearance = appearance
        self._splitter = splitter
        self._content: QWidget | None = None
        self._width = width
        self._was_hidden = False
        self.hide()
        splitter.installEventFilter(self)
        splitter.splitterMoved.connect(self._on_splitter_moved)

    @property
    def is_active(self) -> bool:
        """Whether the drawer, not the splitter, holds the sidebar."""
        return self._content is not None

    def set_active(self, content: QWidget, *, active: bool) -> None:
        """Take the sidebar out of the splitter, or put it back as it was."""
        if active == self.is_active:
            return
        if active:
            # A window that was never shown has hidden everything that is in it, too.
            is_explicit = content.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
            self._was_hidden = content.isHidden() and is_explicit
            self._content = content
            content.setParent(self)
        else:
            self.close_drawer()
            self._content = None
            self._splitter.insertWidget(0, content)
            content.setVisible(not self._was_hidden)
            self.place_sidebar()

    @property
    def sidebar_width(self) -> int:
        """The width that the person gave the sidebar beside the content, in pixels."""
        return self._width

    def place_sidebar(self) -> None:
        """Give the sidebar its width in the splitter."""
        room = self._splitter.window().width()
        self._splitter.setSizes([self._width, max(1, room - self._width)])

    def toggle(self) -> None:
        """Open or close."""
        if self.isVisible():
            self.close_drawer()
        elif self._content is not None:
            self._place()
            self._content.show()
            self.show()
            self.raise_()

    def close_drawer(self) -> None:
        """Close, if open."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _on_splitter_moved(self) -> None:
        self._width = self._splitter.sizes()[0]

    def _place(self) -> None:
        self.setGeometry(self._splitter.geometry())
        if self._content is not None:
            width = min(self._appearance.width(_WIDTH), self.width() - _SCRIM)
            left = self.width() - width if self.isRightToLeft() else 0
            self._content.setGeometry(QRect(left, 0, width, self.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_drawer()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._appearance.theme.scrim)
