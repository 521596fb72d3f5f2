"""What an answer waits for, in words and figures, with a bar where the share is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.spinner import Spinner

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_ICON: Final = 14
_GAP: Final = 8
_BAR_WIDTH: Final = 200
_BAR_HEIGHT: Final = 4


class ProgressLine(QWidget):
    """Waiting, loading or reading. Its height is the same for all three."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._progress = AnswerProgress(AnswerPhase.WAITING)
        self._spinner = Spinner(appearance, size=_ICON, parent=self)
        self._bar = ProgressBar(appearance, self.tr("Progress of the answer"), parent=self)
        self.set_progress(self._progress)

    def set_progress(self, progress: AnswerProgress) -> None:
        """Say what the answer waits for now."""
        self._progress = progress
        waits = progress.phase is AnswerPhase.WAITING
        self._spinner.setVisible(not waits)
        self._bar.setVisible(not waits)
        self._bar.set_fraction(progress.fraction)
        words, figures = self._words()
        self.setAccessibleName(f"{words} {figures}".strip())
        self.update()

    def arrange(self, width: int) -> int:
        """Lay out for a width. Returns the height."""
        row = self._row_height()
        edge = self._spinner.sizeHint().width()
        mirrored = self.isRightToLeft()
        self._spinner.setGeometry(width - edge if mirrored else 0, (row - edge) // 2, edge, edge)
        left = edge + _GAP
        bar = min(_BAR_WIDTH, width - left)
        self._bar.setGeometry(width - left - bar if mirrored else left, row, bar, _BAR_HEIGHT)
        height = row + _BAR_HEIGHT + 4
        self.resize(width, height)
        return height

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._appearance.theme
        row = self._row_height()
        edge = self._spinner.sizeHint().width()
        if self._progress.phase is AnswerPhase.WAITING:
            left = self.width() - edge if self.isRightToLeft() else 0
            at = QPoint(left, (row - edge) // 2)
            self._appearance.icons.paint(painter, "clock", at, edge, theme.text)
        font = self._appearance.font("body", tabular=True)
        painter.setFont(font)
        words, figures = self._words()
        offset = edge + _GAP
        advance = QFontMetrics(font).horizontalAdvance(words)
        for text, color in ((words, theme.text), (figures, theme.text_muted)):
            painter.setPen(color)
            area = QRect(offset, 0, self.width() - offset, row)
            if self.isRightToLeft():
                area = QRect(0, 0, self.width() - offset, row)
            painter.drawText(
                area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, text
            )
            offset += advance + _GAP

    def _row_height(self) -> int:
        return self._appearance.height(24)

    def _words(self) -> tuple[str, str]:
        """What is going on, and how far it is."""
        locale = QLocale()
        progress = self._progress
        percent = self.tr("{percent}%").format(
            percent=locale.toString(int(progress.fraction * 100))
        )
        if progress.phase is AnswerPhase.LOADING:
            return self.tr("Loading the model"), percent
        if progress.phase is AnswerPhase.READING:
            figures = percent
            if progress.total:
                counts = self.tr("{done} of {total} tokens").format(
                    done=locale.toString(progress.done - progress.cached),
                    total=locale.toString(progress.total - progress.cached),
                )
                figures = f"{percent} · {counts}"
            if progress.cached:
                reused = self.tr("{count} reused").format(count=locale.toString(progress.cached))
                figures = f"{figures} · {reused}"
            return self.tr("Reading the prompt"), figures
        return self.tr("Waiting for another answer"), ""
