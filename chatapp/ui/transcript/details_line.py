"""One line of facts below an answer: what made it, how long and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from chatapp.chat.events import AnswerProgress
    from chatapp.domain.generation import Origin
    from chatapp.ui.theme import Appearance


class DetailsLine(QWidget):
    """Small and faint; what does not fit is in the tooltip."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._text = ""

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def set_origin(self, origin: Origin | None) -> None:
        """Tell what made the answer, as far as it is known."""
        parts = []
        if origin is not None:
            parts.append(f"{origin.model_name} {origin.quantization}".strip())
            parts += self._figures(origin.usage.completion_tokens, origin.usage.tokens_per_second)
            if origin.usage.first_token_ms:
                seconds = QLocale().toString(origin.usage.first_token_ms / 1000, "f", 1)
                parts.append(self.tr("first token {seconds} s").format(seconds=seconds))
            if origin.usage.cached_tokens:
                reused = self.tr("{count} of {total} prompt tokens reused").format(
                    count=QLocale().toString(origin.usage.cached_tokens),
                    total=QLocale().toString(origin.usage.prompt_tokens),
                )
                parts.append(reused)
            if origin.seed is not None:
                parts.append(self.tr("seed {seed}").format(seed=origin.seed))
        self._show(parts)

    def set_writing(self, progress: AnswerProgress) -> None:
        """Tell how the writing goes."""
        speed_first = reversed(self._figures(progress.tokens, progress.tokens_per_second))
        self._show([self.tr("Writing"), *speed_first])

    def clear(self) -> None:
        """Tell nothing, at the same height."""
        self._show([])

    def height_needed(self) -> int:
        """In logical pixels."""
        return self._appearance.line_height("small")

    def paintEvent(self, event: QPaintEvent) -> None:
        font = self._appearance.font("small", tabular=True)
        shown = QFontMetrics(font).elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self._text if shown != self._text else "")
        painter = QPainter(self)
        painter.setFont(font)
        painter.setPen(self._appearance.theme.text_faint)
        alignment = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(self.rect(), alignment, shown)

    def _figures(self, tokens: int, speed: float) -> list[str]:
        locale = QLocale()
        figures = []
        if tokens == 1:
            figures.append(self.tr("1 token"))
        elif tokens:
            figures.append(self.tr("{count} tokens").format(count=locale.toString(tokens)))
        if speed:
            figures.append(self.tr("{speed} tokens/s").format(speed=locale.toString(speed, "f", 1)))
        return figures

    def _show(self, parts: list[str]) -> None:
        text = " · ".join(parts)
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()
