"""A place that is as high as what it holds, up to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance


class BoundedArea(QScrollArea):
    """Scrolls what is higher than `most` logical pixels where the text is 13 px high."""

    def __init__(self, appearance: Appearance, content: QWidget, most: int) -> None:
        super().__init__()
        self._appearance = appearance
        self._content = content
        self._most = most
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(content)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        for widget in (self.viewport(), content):
            widget.setAutoFillBackground(False)

    def fit(self, height: int) -> None:
        """The content wants to be so high."""
        self._content.setMinimumHeight(height)
        self.setFixedHeight(min(height, self._appearance.width(self._most)))
