"""The summary that stands for what left the model's window: a frame over the whole column."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.transcript.message_item import MessageItem
from chatapp.ui.transcript.question_item import QuestionItem
from chatapp.ui.transcript.stage import Spot

if TYPE_CHECKING:
    from chatapp.ui.transcript.paragraph import Marks

_HEADING: Final = 36
_EDGE: Final = 28
_SIDE: Final = 16
_BELOW: Final = 12


class SummaryItem(QuestionItem):
    """Its text exactly as the model or a person wrote it, below a heading with its actions."""

    def _column_width(self, width: float) -> float:
        return max(80.0, width - 2 * _SIDE)

    @property
    def _heading(self) -> float:
        return float(self.stage.appearance.height(_HEADING))

    @property
    def content(self) -> tuple[float, float]:
        return float(_SIDE), self.gap + self._heading

    @property
    def bubble(self) -> QRectF:
        height = self._heading + self.column.height + _BELOW
        return QRectF(0, self.gap, self.width, height)

    @property
    def _height(self) -> float:
        return self.gap + self.bubble.height()

    def spots(self, begin: float = 0.0, end: float = math.inf) -> Iterator[tuple[Spot, QRectF]]:
        yield from MessageItem.spots(self, begin, end)
        edge = float(self.stage.appearance.height(_EDGE))
        is_copied = self.stage.copied == self._copy.key
        self._copy.icon = "check" if is_copied else "copy"
        self._edit.is_enabled = not self._is_busy
        actions = (self._copy, self._edit, self._more)
        mirrored = QGuiApplication.isRightToLeft()
        x = 4.0 if mirrored else self.width - 4 - len(actions) * edge
        top = self.gap + (self._heading - edge) / 2
        for place, spot in enumerate(actions):
            yield spot, QRectF(round(x + place * edge), round(top), edge, edge)

    def paint(self, painter: QPainter, marks: Sequence[Marks] | None, clip: QRectF) -> None:
        appearance = self.stage.appearance
        theme = appearance.theme
        box = self.bubble
        paint_box(painter, box, RADIUS_CARD, fill=theme.surface_sunken, border=theme.border)
        painter.setFont(appearance.font("small"))
        painter.setPen(theme.text_muted)
        area = QRectF(_SIDE, box.top(), self.width - 2 * _SIDE, self._heading)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.drawText(area, align, heading())
        self._paint_column(painter, marks, clip)


def heading() -> str:
    """What a summary is."""
    return QCoreApplication.translate("SummaryItem", "Summary of what was said before")
