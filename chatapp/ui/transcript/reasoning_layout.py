"""What a model thought before it answered: one row, which opens to show it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale, QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter

from chatapp.ui.transcript.block_column import BlockColumn
from chatapp.ui.transcript.block_layout import BlockLayout
from chatapp.ui.transcript.blocks import Block, ReasoningBlock, visible_text
from chatapp.ui.transcript.paragraph import NO_MARKS, Marks
from chatapp.ui.transcript.stage import Spot

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName
    from chatapp.ui.transcript.stage import Stage

_ROW: Final = 28
_ICON: Final = 14
_GAP: Final = 8
_BAR: Final = 2
_INDENT: Final = 14
_BELOW: Final = 4
_SEPARATOR: Final = 2  # characters between its blocks


class ReasoningLayout(BlockLayout):
    """Closed unless a person opened it. `seconds` it took are told by the stage's message."""

    def __init__(self, stage: Stage, key: Hashable, width: float) -> None:
        super().__init__(stage, key, width)
        self._row = float(stage.appearance.height(_ROW))
        self._column = BlockColumn(stage, key, width - _BAR - _INDENT, is_quiet=True)
        self._starts: list[int] = []
        self._length = 0
        self._is_thinking = False
        self._toggle = Spot((key, "open"), "", lambda: stage.toggle((key, "open")), look="plain")
        self._toggle.kind = "opener"
        self.spots = [self._toggle]

    @property
    def is_open(self) -> bool:
        """Whether the thought is shown."""
        return (self.key, "open") in self.stage.toggled

    def show(self, block: Block, *, is_growing: bool) -> bool:
        if not isinstance(block, ReasoningBlock):
            return False
        kept = 0
        for before, after in zip(self._column.blocks, block.blocks, strict=False):
            if before is not after and before != after:
                break
            kept += 1
        self._is_thinking = block.is_open
        if kept == len(block.blocks) == len(self._column):
            self._column.refresh()  # something in it was opened or wrapped
        self._column.set_blocks(kept, block.blocks, is_growing=block.is_open)
        self._starts = []
        position = 0
        for part in block.blocks:
            self._starts.append(position)
            position += len(visible_text(part)) + _SEPARATOR
        self._length = max(0, position - _SEPARATOR)
        self.height = self._row
        if self.is_open:
            self._column.measure(0, len(self._column))
            self.height += self._column.height + _BELOW
        words, figures = self.words
        metrics = QFontMetricsF(self.stage.appearance.font("body", tabular=True))
        width = metrics.horizontalAdvance(f"{words} {figures}") + _ICON + 2 * _GAP + 4
        self._toggle.name = f"{words} {figures}".strip()
        length = min(self.width + _GAP, width + _GAP)
        left = self.width + _GAP - length if QGuiApplication.isRightToLeft() else -float(_GAP)
        self._toggle.rect = QRectF(left, 0, length, self._row)
        return True

    def placed_spots(self) -> Iterator[tuple[Spot, float, float]]:
        yield self._toggle, 0.0, 0.0
        if self.is_open:
            for index, layout in self._column.layouts():
                left = _BAR + _INDENT + self._column.left_of(index)
                top = self._row + self._column.top_of(index)
                for spot, dx, dy in layout.placed_spots():
                    yield spot, left + dx, top + dy

    @property
    def words(self) -> tuple[str, str]:
        """What goes on, and for how long."""
        seconds = self.stage.thinking_seconds(self.key)
        if self._is_thinking:
            figures = QCoreApplication.translate("ReasoningLayout", "{seconds} s").format(
                seconds=QLocale().toString(int(seconds))
            )
            return QCoreApplication.translate(
                "ReasoningLayout", "Thinking"
            ), figures if seconds >= 1 else ""
        if seconds <= 0:
            return QCoreApplication.translate("ReasoningLayout", "Thoughts"), ""
        whole = QLocale().toString(max(1, round(seconds)))
        return QCoreApplication.translate("ReasoningLayout", "Thought for {seconds} s").format(
            seconds=whole
        ), ""

    @property
    def first_baseline(self) -> float:
        return self._row / 2

    def paint(self, painter: QPainter, marks: Marks, clip: QRectF) -> None:
        appearance = self.stage.appearance
        theme = appearance.theme
        edge = appearance.icon_size(_ICON)
        color = theme.text if self._is_thinking else theme.text_muted
        mirrored = QGuiApplication.isRightToLeft()
        icon: IconName = "chevron-left" if mirrored else "chevron-right"
        icon = "chevron-down" if self.is_open else icon
        at = QPoint(round(self.width - edge + 1) if mirrored else -1, round((self._row - edge) / 2))
        appearance.icons.paint(painter, icon, at, edge, color)
        painter.setFont(appearance.font("body", tabular=True))
        left = float(edge + _GAP - 1)
        words, figures = self.words
        advance = QFontMetricsF(painter.font()).horizontalAdvance(words)
        has_hidden_mark = not self.is_open and (marks.matches or marks.current)
        if has_hidden_mark:
            fill = theme.find_current if marks.current else theme.find_match
            begin = self.width - left - advance if mirrored else left
            painter.fillRect(QRectF(begin - 2, 4, advance + 4, self._row - 8), fill)
            color = theme.find_current_text if marks.current else theme.text
        for text, shade in ((words, color), (figures, theme.text_muted)):
            painter.setPen(shade)
            area = QRectF(0 if mirrored else left, 0, self.width - left, self._row)
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
            painter.drawText(area, align, text)
            left += advance + _GAP
        if not self.is_open:
            return
        top, indent = self._row, _BAR + _INDENT
        painter.fillRect(QRectF(0, top, _BAR, self._column.height), theme.border_strong)
        painter.translate(indent, top)
        self._column.paint(painter, self._inner_marks(marks), clip.translated(-indent, -top))
        painter.translate(-indent, -top)

    def _inner_marks(self, marks: Marks) -> Sequence[Marks] | None:
        if marks is NO_MARKS:
            return None
        ends = [*(start - _SEPARATOR for start in self._starts[1:]), self._length]
        return [marks.within(start, end) for start, end in zip(self._starts, ends, strict=True)]

    def position_at(self, x: float, y: float) -> int:
        if not self.is_open or not self._starts:
            return 0 if y < self._row / 2 else self._length
        index, offset = self._column.position_at(x - _BAR - _INDENT, y - self._row)
        return self._starts[index] + offset

    def rects(self, begin: int, end: int) -> list[QRectF]:
        if not self.is_open:
            return [QRectF(0, 0, self.width, self._row)]
        found: list[QRectF] = []
        for index, start in enumerate(self._starts):
            length = len(visible_text(self._column.blocks[index]))
            if start < end and start + length > begin:
                left = _BAR + _INDENT + self._column.left_of(index)
                top = self._row + self._column.top_of(index)
                rects = self._column.layout(index).rects(
                    max(0, begin - start), min(length, end - start)
                )
                found += [rect.translated(left, top) for rect in rects]
        return found

    def show_position(self, position: int) -> None:
        if not self.is_open:
            self.stage.toggle((self.key, "open"))
        if not self._starts:
            return
        index = max(0, bisect_right(self._starts, position) - 1)
        self._column.layout(index).show_position(position - self._starts[index])

    def line_range(self, position: int) -> tuple[int, int]:
        if not self._starts:
            return 0, 0
        index = max(0, bisect_right(self._starts, position) - 1)
        begin, end = self._column.layout(index).line_range(position - self._starts[index])
        return self._starts[index] + begin, self._starts[index] + end

    def link_at(self, x: float, y: float) -> str:
        if not self.is_open or y < self._row or not self._starts:
            return ""
        inner = y - self._row
        index = self._column.index_at(inner)
        return self._column.layout(index).link_at(
            x - _BAR - _INDENT - self._column.left_of(index), inner - self._column.top_of(index)
        )

    def waits_for(self, names: frozenset[object]) -> bool:
        return self._column.refresh(names)
