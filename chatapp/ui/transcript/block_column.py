"""Blocks one below the other, with the marks of the lists and quotes that they stand in.

Only those that are looked at are laid out; the others have an estimated height.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL
from chatapp.ui.transcript.block_layout import BlockLayout
from chatapp.ui.transcript.blocks import (
    Block,
    CodeBlock,
    FormulaBlock,
    ImageBlock,
    Item,
    Path,
    Quote,
    ReasoningBlock,
    RuleBlock,
    TableBlock,
    Task,
    TextBlock,
    ToolCallBlock,
    visible_text,
)
from chatapp.ui.transcript.code_layout import CodeLayout
from chatapp.ui.transcript.heights import Heights
from chatapp.ui.transcript.paragraph import NO_MARKS, Marks
from chatapp.ui.transcript.picture_layouts import FormulaLayout, ImageLayout
from chatapp.ui.transcript.table_layout import TableLayout
from chatapp.ui.transcript.text_layout import RuleLayout, TextLayout, style_of

if TYPE_CHECKING:
    from chatapp.ui.transcript.stage import Stage

_PARAGRAPH_GAP: Final = 10
_BOX_GAP: Final = 12  # around code and tables
_ITEM_GAP: Final = 4
_RULE_GAP: Final = 16
_ABOVE_HEADING: Final = {1: 20, 2: 16, 3: 12}
_BELOW_HEADING: Final = {1: 8, 2: 6, 3: 4}
_ITEM_INDENT: Final = 22
_DIGIT_INDENT: Final = 9  # more for each digit from the third on
_QUOTE_INDENT: Final = 14
_QUOTE_BAR: Final = 2
_MARKER_GAP: Final = 5
_BULLET: Final = 5.0
_BULLET_CENTER: Final = 7
_NARROWEST: Final = 80.0
_DESIGN_SIZE: Final = 13


class BlockColumn:
    """A column of blocks. Places are in logical pixels from its top left corner.

    Until a block is measured its height is an estimate: `measure` what will be seen before. One
    that `is_quiet` is written smaller and paler.
    """

    def __init__(
        self, stage: Stage, key: Hashable, width: float, *, is_quiet: bool = False
    ) -> None:
        self._stage = stage
        self._is_quiet = is_quiet
        self._key = key
        self.width = width
        self.blocks: list[Block] = []
        self.heights = Heights()  # each with the gap above it
        self.kept = 0  # blocks that the last change left as they were
        self._gaps: list[int] = []
        self._layouts: list[BlockLayout | None] = []
        self._is_growing = False
        self._scale = max(1.0, stage.appearance.size / _DESIGN_SIZE)

    @property
    def height(self) -> float:
        return self.heights.total

    def __len__(self) -> int:
        return len(self.blocks)

    # What is shown

    def set_blocks(self, kept: int, blocks: Sequence[Block], *, is_growing: bool = False) -> None:
        """The first `kept` are as before; the others are `blocks[kept:]` now."""
        spare = self._layouts[kept:]
        was_growing, self._is_growing = self._is_growing, is_growing
        if was_growing and not is_growing and kept == len(blocks) and blocks:
            kept -= 1  # the last one is complete now, which may change its colours
            spare = self._layouts[kept:]
        self.kept = kept
        del self.blocks[kept:], self._gaps[kept:], self._layouts[kept:]
        self.heights.truncate(kept)
        for index in range(kept, len(blocks)):
            block = blocks[index]
            gap = gap_between(blocks[index - 1], block) if index else 0
            self.blocks.append(block)
            self._gaps.append(gap)
            self._layouts.append(None)
            former = spare[index - kept] if index - kept < len(spare) else None
            fits = former is not None and former.width == self._width_of(block)
            if former and fits and former.show(block, is_growing=self._is_open(index)):
                former.key = (self._key, index)
                self._layouts[index] = former
                self.heights.append(gap + former.height)
            else:
                self.heights.append(gap + self._estimate(block))

    def set_width(self, width: float) -> None:
        """Another width: nothing is measured any more."""
        if width != self.width:
            self.width = width
            self.forget_layouts()

    def forget_layouts(self) -> None:
        """Lay everything out anew when it is looked at."""
        self._layouts = [None] * len(self.blocks)

    def _is_open(self, index: int) -> bool:
        return self._is_growing and index == len(self.blocks) - 1

    def measure(self, first: int, last: int) -> bool:
        """Lay out the blocks from `first` to `last`. Whether a height is another one now."""
        has_changed = False
        for index in range(max(0, first), min(last + 1, len(self.blocks))):
            if self._layouts[index] is None:
                height = self._gaps[index] + self.layout(index).height
                has_changed = has_changed or height != self.heights[index]
                self.heights.set(index, height)
        return has_changed

    def is_measured(self, index: int) -> bool:
        """Whether its height is no estimate."""
        return self._layouts[index] is not None

    def layout(self, index: int) -> BlockLayout:
        """A block, laid out."""
        found = self._layouts[index]
        if found is None:
            block = self.blocks[index]
            width = self._width_of(block)
            found = _layout_class(block)(self._stage, (self._key, index), width)
            found.is_quiet = self._is_quiet
            found.show(block, is_growing=self._is_open(index))
            self._layouts[index] = found
        return found

    def refresh(self, names: frozenset[object] | None = None) -> bool:
        """Show again what waits for one of these formulas, codes or pictures. Whether one did."""
        has_changed = False
        for index, layout in enumerate(self._layouts):
            if layout is not None and (names is None or layout.waits_for(names)):
                layout.show(self.blocks[index], is_growing=self._is_open(index))
                self.heights.set(index, self._gaps[index] + layout.height)
                has_changed = True
        return has_changed

    def relay(self, index: int) -> None:
        """Show a block again that a person has changed."""
        layout = self.layout(index)
        layout.show(self.blocks[index], is_growing=self._is_open(index))
        self.heights.set(index, self._gaps[index] + layout.height)

    # Places

    def top_of(self, index: int) -> float:
        """Where a block begins, below its gap."""
        return self.heights.before(index) + self._gaps[index]

    def left_of(self, index: int) -> float:
        """Where a block begins at the left."""
        block = self.blocks[index]
        if self._stands_right(index):
            return 0.0
        return self._indent_of(path_of(block))

    def _width_of(self, block: Block) -> float:
        return max(_NARROWEST, self.width - self._indent_of(path_of(block)))

    def _indent_of(self, path: Path) -> float:
        return sum(self._step_indent(step) for step in path)

    def _quote_bars(self, path: Path) -> list[float]:
        """Where the bars of the quotes stand, from the start of the column."""
        bars, offset = [], 0.0
        for step in path:
            if isinstance(step, Quote):
                bars.append(offset)
            offset += self._step_indent(step)
        return bars

    def _step_indent(self, step: Quote | Item) -> float:
        if isinstance(step, Quote):
            return _QUOTE_INDENT + _QUOTE_BAR
        more = _DIGIT_INDENT * max(0, len(step.marker) - 3)
        return float(round((_ITEM_INDENT + more) * self._scale))

    def index_at(self, y: float) -> int:
        """The block at a height."""
        return self.heights.at(y)

    def position_at(self, x: float, y: float) -> tuple[int, int]:
        """The block and the position in it that are nearest to a point."""
        if not self.blocks:
            return 0, 0
        index = self.index_at(y)
        top = self.top_of(index)
        if y < top and index and y < top - self._gaps[index] / 2:
            index -= 1
            top = self.top_of(index)
        layout = self.layout(index)
        if y < top:
            return index, 0
        return index, layout.position_at(x - self.left_of(index), y - top)

    def _stands_right(self, index: int) -> bool:
        layout = self._layouts[index]
        return layout is not None and layout.is_right_to_left

    # Painting

    def paint(self, painter: QPainter, marks: Sequence[Marks] | None, clip: QRectF) -> None:
        """Draw what lies in `clip`; the painter's origin is the column's."""
        if not self.blocks:
            return
        first = self.index_at(clip.top())
        for index in range(first, len(self.blocks)):
            top = self.top_of(index)
            if top - self._gaps[index] > clip.bottom():
                break
            layout = self.layout(index)
            left = self.left_of(index)
            self._paint_path(painter, index, layout, top)
            painter.translate(left, top)
            layout.paint(
                painter,
                marks[index] if marks is not None else NO_MARKS,
                clip.translated(-left, -top),
            )
            painter.translate(-left, -top)

    def _paint_path(self, painter: QPainter, index: int, layout: BlockLayout, top: float) -> None:
        path = path_of(self.blocks[index])
        if not path:
            return
        theme = self._stage.appearance.theme
        mirrored = layout.is_right_to_left
        before = self._quote_bars(path_of(self.blocks[index - 1])) if index else []
        for start in self._quote_bars(path):
            begin = top - self._gaps[index] if start in before else top
            left = self.width - start - _QUOTE_BAR if mirrored else start
            bar = QRectF(left, begin, _QUOTE_BAR, top + layout.height - begin)
            painter.fillRect(bar, theme.border_strong)
        offset = 0.0
        for step in path:
            offset += self._step_indent(step)
            if isinstance(step, Item) and step.is_first:
                edge = self.width - offset if mirrored else offset
                baseline = QPointF(edge, top + layout.first_baseline)
                self._paint_marker(painter, step, baseline, is_mirrored=mirrored)

    def _paint_marker(
        self, painter: QPainter, item: Item, edge: QPointF, *, is_mirrored: bool
    ) -> None:
        """`edge` is where the item's text begins, on the baseline of its first line."""
        appearance = self._stage.appearance
        color = appearance.theme.text_muted
        font = appearance.font("body" if self._is_quiet else "reading", tabular=True)
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(item.marker)
        if item.task is not Task.NONE:
            width = appearance.icon_size(14)
        left = edge.x() + _MARKER_GAP if is_mirrored else edge.x() - _MARKER_GAP - width
        if item.task is not Task.NONE:
            top = round(edge.y() - metrics.capHeight() / 2 - width / 2)
            self._paint_task(painter, QRectF(left, top, width, width), item.task)
        elif item.marker == "•":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            outwards = (_ITEM_INDENT - _BULLET_CENTER) * self._scale * (1 if is_mirrored else -1)
            center = QPointF(edge.x() + outwards, edge.y() - metrics.xHeight() / 2)
            radius = _BULLET / 2 * self._scale
            painter.drawEllipse(center, radius, radius)
        else:
            painter.setFont(font)
            painter.setPen(color)
            direction = Qt.LayoutDirection
            painter.setLayoutDirection(
                direction.RightToLeft if is_mirrored else direction.LeftToRight
            )
            painter.drawText(QPointF(left, edge.y()), item.marker)

    def _paint_task(self, painter: QPainter, box: QRectF, task: Task) -> None:
        theme = self._stage.appearance.theme
        if task is Task.OPEN:
            paint_box(painter, box, RADIUS_SMALL, border=theme.control_border)
            return
        paint_box(painter, box, RADIUS_SMALL, fill=theme.text_muted)
        pen = QPen(QColor(theme.surface), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y, unit = box.left(), box.top(), box.width() / 14
        points = ((3.5, 7.0), (6.0, 9.5), (10.5, 4.5))
        painter.drawPolyline([QPointF(x + dx * unit, y + dy * unit) for dx, dy in points])

    # What can be pressed

    def layouts(
        self, begin: float = 0.0, end: float = math.inf
    ) -> Iterator[tuple[int, BlockLayout]]:
        """The blocks that are laid out, of those between two heights."""
        first = self.index_at(begin) if self._layouts and begin > 0 else 0
        for index in range(first, len(self._layouts)):
            layout = self._layouts[index]
            if self.heights.before(index) > end:
                return
            if layout is not None:
                yield index, layout

    # Estimates

    def _estimate(self, block: Block) -> float:
        appearance = self._stage.appearance
        if isinstance(block, RuleBlock):
            return 1.0
        if isinstance(block, CodeBlock):
            lines = block.text.count("\n") + 1
            return float(appearance.height(32) + 22 + lines * appearance.line_height("code"))
        if isinstance(block, TableBlock):
            return 2.0 + len(block.rows) * 33.0
        if isinstance(block, ReasoningBlock):
            return float(appearance.height(28))
        if isinstance(block, ImageBlock | FormulaBlock):
            return 60.0
        style = style_of(block, is_quiet=self._is_quiet)
        width = self._width_of(block)
        # Whole pixels, like all true heights: else borders would lie between them.
        return estimated_lines(visible_text(block), width / (appearance.size * 0.55)) * float(
            appearance.line_height(style)
        )


def estimated_lines(text: str, columns: float) -> int:
    """How many lines a text takes where so many letters fit in one."""
    letters = len(text)
    if not text.isascii():
        letters = (letters + len(text.encode(errors="replace"))) // 2
    return max(1, text.count("\n") + 1, round(letters / columns + 0.4))


def gap_between(before: Block, after: Block) -> int:
    """The space between two neighbouring blocks, in logical pixels."""
    if isinstance(after, TextBlock) and after.joins:
        return 0
    if isinstance(before, RuleBlock) or isinstance(after, RuleBlock):
        return _RULE_GAP
    gap = _PARAGRAPH_GAP
    boxes = CodeBlock | TableBlock | ImageBlock
    is_box = isinstance(after, boxes)
    if is_box or isinstance(before, boxes | ReasoningBlock):
        gap = _BOX_GAP
    elif any(isinstance(step, Item) for step in path_of(before)) and _begins_item(after):
        gap = _ITEM_GAP
    if isinstance(before, TextBlock) and before.level:
        gap = _BELOW_HEADING[1 if is_box else min(before.level, 3)]
    if isinstance(after, TextBlock) and after.level and not isinstance(before, ReasoningBlock):
        gap = max(gap, _ABOVE_HEADING[min(after.level, 3)])
    return gap


def path_of(block: Block) -> Path:
    """The lists and quotes that a block stands in."""
    return () if isinstance(block, ReasoningBlock) else block.path


def _begins_item(block: Block) -> bool:
    return any(isinstance(step, Item) and step.is_first for step in path_of(block))


def _layout_class(block: Block) -> type[BlockLayout]:
    match block:
        case TextBlock():
            return TextLayout
        case ToolCallBlock():
            from chatapp.ui.transcript.tool_call_layout import ToolCallLayout

            return ToolCallLayout
        case CodeBlock():
            return CodeLayout
        case TableBlock():
            return TableLayout
        case FormulaBlock():
            return FormulaLayout
        case ImageBlock():
            return ImageLayout
        case RuleBlock():
            return RuleLayout
        case ReasoningBlock():
            from chatapp.ui.transcript.reasoning_layout import ReasoningLayout

            return ReasoningLayout
