"""The sidebar as a drawer over the content, where the window is too narrow for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_WIDTH = 264


class Drawer(QWidget):
    """A scrim over the whole splitter that holds the splitter's first widget when active.

    A press on the scrim closes it.
    """

    def __init__(self, appearance: Appearance, splitter: QSplitter) -> None:
        super().__init__(splitter.parentWidget() or splitter)
        self._appearance = appearance
        self._splitter = splitter
        self._content: QWidget | None = None
        self.hide()
        splitter.installEventFilter(self)

    @property
    def is_active(self) -> bool:
        """Whether the drawer, not the splitter, holds the sidebar."""
        return self._content is not None

    def set_active(self, content: QWidget, *, active: bool) -> None:
        """Take the sidebar out of the splitter, or put it back."""
        if active == self.is_active:
            return
        if active:
            self._content = content
            content.setParent(self)
            self.setParent(self._splitter.window())
            self.hide()
        else:
            self._content = None
            self.hide()
            self._splitter.insertWidget(0, content)
            self._splitter.setSizes([_WIDTH, max(1, self._splitter.width() - _WIDTH)])
            content.show()

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
        if self.is_active:
            self.hide()

    def _place(self) -> None:
        self.setGeometry(self._splitter.geometry())
        if self._content is not None:
            self._content.setGeometry(QRect(0, 0, _WIDTH, self.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close_drawer()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._appearance.theme.scrim)
