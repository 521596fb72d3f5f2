"""Paragraphs, headings, rules and what people wrote, laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from chatapp.ui.transcript.block_layout import BlockLayout
from chatapp.ui.transcript.blocks import Block, Quote, RuleBlock, TextBlock
from chatapp.ui.transcript.paragraph import Marks, Paragraph

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from chatapp.ui.theme import TextStyle


class TextLayout(BlockLayout):
    """A paragraph or a heading."""

    _paragraph: Paragraph

    def show(self, block: Block, *, is_growing: bool) -> bool:
        if not isinstance(block, TextBlock):
            return False
        self._paragraph = Paragraph(
            self.stage.appearance,
            block.spans,
            style=style_of(block, is_quiet=self.is_quiet),
            bold=block.level > 0,
            muted=self.is_quiet or any(isinstance(step, Quote) for step in block.path),
            drawings=self.stage.drawings,
        )
        self.height = self._paragraph.lay_out(self.width)
        return True

    @property
    def natural_width(self) -> float:
        """What the longest line takes."""
        return self._paragraph.natural_width

    def paint(self, painter: QPainter, marks: Marks, clip: QRectF) -> None:
        self._paragraph.paint(painter, 0, 0, marks, clip)

    def position_at(self, x: float, y: float) -> int:
        return self._paragraph.position_at(x, y)

    def rects(self, begin: int, end: int) -> list[QRectF]:
        return self._paragraph.rects(begin, end)

    def line_range(self, position: int) -> tuple[int, int]:
        return self._paragraph.line_range(position)

    def link_at(self, x: float, y: float) -> str:
        return self._paragraph.link_at(x, y)

    @property
    def first_baseline(self) -> float:
        return self._paragraph.first_baseline

    @property
    def is_right_to_left(self) -> bool:
        return self._paragraph.is_right_to_left

    def waits_for(self, names: frozenset[object]) -> bool:
        return self._paragraph.waits


class RuleLayout(BlockLayout):
    """A line across."""

    def show(self, block: Block, *, is_growing: bool) -> bool:
        self.height = 1
        return isinstance(block, RuleBlock)

    def paint(self, painter: QPainter, marks: Marks, clip: QRectF) -> None:
        painter.fillRect(QRectF(0, 0, self.width, 1), self.stage.appearance.theme.border)

    def position_at(self, x: float, y: float) -> int:
        return 0

    def rects(self, begin: int, end: int) -> list[QRectF]:
        return []


def style_of(block: Block, *, is_quiet: bool = False) -> TextStyle:
    """The step of the type scale that a block is written in."""
    if is_quiet:
        return "body"
    if isinstance(block, TextBlock) and block.level:
        return ("heading_1", "heading_2", "heading_3")[min(block.level, 3) - 1]
    return "reading"
