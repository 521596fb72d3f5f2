"""Words in the colours and sizes of the look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QWidget

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance, TextStyle

TextColor = Literal[
    "text", "text_muted", "text_faint", "accent_text", "success", "warning", "danger"
]


class TextLabel(QLabel):
    """Plain text, never markup: much of it comes from files and people."""

    def __init__(
        self,
        appearance: Appearance,
        text: str = "",
        style: TextStyle = "body",
        color: TextColor = "text",
        *,
        bold: bool = False,
        tabular: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._color = color
        self._style: TextStyle = style
        self._is_bold = bold
        self._is_tabular = tabular
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)
        self._set_sizes()
        appearance.resized.connect(self._set_sizes)
        appearance.changed.connect(self.update)

    @property
    def color(self) -> TextColor:
        """The role of its colour."""
        return self._color

    def set_color(self, color: TextColor) -> None:
        """Write in another colour."""
        self._color = color
        self.update()

    def _set_sizes(self) -> None:
        font = self._appearance.font(self._style, bold=self._is_bold, tabular=self._is_tabular)
        self.setFont(font)
        if not self.wordWrap():
            self.setMinimumHeight(self._appearance.line_height(self._style))
        self.setIndent(self.indent())  # Qt's hint has the least height of before in it else

    def paintEvent(self, event: QPaintEvent) -> None:
        # By hand, because a style sheet takes away a label's palette when its parent changes.
        self._paint(self.text(), wrap=self.wordWrap())

    def _paint(self, text: str, *, wrap: bool) -> None:
        painter = QPainter(self)
        color: QColor = getattr(self._appearance.theme, self._color)
        painter.setPen(color)
        painter.setFont(self.font())
        flags = QStyle.visualAlignment(self.layoutDirection(), self.alignment())
        if wrap:
            flags |= Qt.TextFlag.TextWordWrap
        painter.drawText(self.contentsRect(), flags, text)
