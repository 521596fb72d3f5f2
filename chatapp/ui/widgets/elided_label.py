"""One line of text for a place that may be too narrow for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from chatapp.ui.widgets.text_label import TextColor, TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance, TextStyle


class ElidedLabel(TextLabel):
    """Ends in … where the text doesn't fit; then the tooltip has all of it."""

    def __init__(
        self,
        appearance: Appearance,
        style: TextStyle = "body",
        color: TextColor = "text",
        *,
        text: str = "",
        bold: bool = False,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, text, style, color, bold=bold, tabular=tabular, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def is_elided(self) -> bool:
        """Whether a part of the text can't be seen."""
        return self._words_width() > self.width()

    def sizeHint(self) -> QSize:
        return QSize(self._words_width(), self._line_height())

    def minimumSizeHint(self) -> QSize:
        least = QFontMetrics(self.font()).horizontalAdvance("…")
        return QSize(min(least, self._words_width()), self._line_height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self._words() if self.is_elided else "")
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = QFontMetrics(self.font()).elidedText(
            self._words(), Qt.TextElideMode.ElideRight, self.width()
        )
        self._paint(shown, wrap=False)

    def _words(self) -> str:
        return " ".join(self.text().split())

    def _words_width(self) -> int:
        return QFontMetrics(self.font()).horizontalAdvance(self._words()) + 1

    def _line_height(self) -> int:
        return self._appearance.line_height(self._style)
