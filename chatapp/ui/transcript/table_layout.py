"""A table in an answer: a rounded frame, lines between the rows, moved sideways when it is wide.

The widths of the columns come from the first rows alone, so that a table may grow without end: a
row that is added lays out itself and nothing else.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.transcript.block_layout import BlockLayout
from chatapp.ui.transcript.blocks import Alignment, Block, Line, TableBlock, plain_text
from chatapp.ui.transcript.heights import Heights
from chatapp.ui.transcript.paragraph import Marks, Paragraph
from chatapp.ui.transcript.sideways import BAR, Sideways

if TYPE_CHECKING:
    from chatapp.ui.transcript.stage import Stage

_MEASURED_ROWS: Final = 40
_PADDING_SIDE: Final = 12
_PADDING: Final = 6
_NARROWEST_WRAPPED: Final = 160  # a column is not made narrower than this by wrapping its text
_WIDEST: Final = 480  # a column is not wider than this where a table does not fit
_NUMBER: Final = re.compile(r"[^\w\s]{0,3}\s?[\d][\d\s.,:/×x^%-]*\s?[^\s\d]{0,4}")
_CELLS_KEPT: Final = 2000


class TableLayout(BlockLayout):
    """Cells are laid out when they are painted; those of one line are only measured before."""

    def __init__(self, stage: Stage, key: Hashable, width: float) -> None:
        super().__init__(stage, key, width)
        appearance = stage.appearance
        self._line = float(max(appearance.line_height("body"), 20))
        self._metrics = QFontMetricsF(appearance.font("body", bold=True, tabular=True))
        self._rows: tuple[tuple[Line, ...], ...] = ()
        self._alignments: tuple[Alignment, ...] = ()
        self._columns: list[float] = []
        self._lefts: list[float] = []
        self._heights = Heights()
        self._starts: list[int] = []  # the position where each row begins
        self._length = 0
        self._cells: dict[tuple[int, int], Paragraph] = {}
        self._sideways = Sideways()
        self._waits = False

    # What is shown

    def show(self, block: Block, *, is_growing: bool) -> bool:
        if not isinstance(block, TableBlock):
            return False
        kept = 0
        for before, after in zip(self._rows, block.rows, strict=False):
            if before is not after and before != after:
                break
            kept += 1
        changed_measured = kept < _MEASURED_ROWS or not self._columns
        self._rows = block.rows
        if changed_measured:
            alignments = tuple(
                _column_alignment(block, column) for column in range(len(block.alignments))
            )
            columns = self._find_columns()
            if alignments != self._alignments or columns != self._columns:
                kept = 0
            self._alignments = alignments
            self._place_columns(columns)
        self._heights.truncate(kept)
        del self._starts[kept:]
        for cell in [cell for cell in self._cells if cell[0] >= kept]:
            del self._cells[cell]
        self._waits = False
        position = self._end_of_row(kept - 1)
        for row in range(kept, len(block.rows)):
            self._starts.append(position)
            position += sum(len(plain_text(cell)) + 1 for cell in block.rows[row])
            self._heights.append(self._row_height(row))
        self._length = max(0, position - 1)
        self.height = self._heights.total + 2
        return True

    def _end_of_row(self, row: int) -> int:
        """Where the row after it begins."""
        if row < 0:
            return 0
        return self._starts[row] + sum(len(plain_text(cell)) + 1 for cell in self._rows[row])

    def _find_columns(self) -> list[float]:
        """The widths of the columns, in logical pixels, paddings included."""
        natural: list[float] = []
        advance = self._metrics.horizontalAdvance
        for row in self._rows[:_MEASURED_ROWS]:
            for column, cell in enumerate(row):
                if column == len(natural):
                    natural.append(0.0)
                text = plain_text(cell)
                if len(text) * self._line > natural[column]:  # it may be the widest
                    longest = max(text.split("\n"), key=len)[:200]
                    width = round(advance(longest)) + 2 * _PADDING_SIDE + 2
                    natural[column] = max(natural[column], float(width))
        place = self.width - 2
        total = sum(natural)
        if total <= place:
            spare = (place - total) / max(1.0, total)
            return [round(width * (1 + spare), 1) for width in natural]
        least = [min(width, _NARROWEST_WRAPPED) for width in natural]
        room = place - sum(least)
        if room <= 0:
            return [
                min(width, _WIDEST) if width <= _WIDEST / 2 else low
                for width, low in zip(natural, least, strict=True)
            ]
        wish = sum(natural) - sum(least)
        return [
            round(low + (width - low) * room / wish, 1)
            for width, low in zip(natural, least, strict=True)
        ]

    def _place_columns(self, columns: list[float]) -> None:
        self._columns = columns
        self._lefts = []
        left = 0.0
        for width in columns:
            self._lefts.append(left)
            left += width
        self._sideways.fit(left, self.width - 2)

    def _row_height(self, row: int) -> float:
        most = self._line
        for column, cell in enumerate(self._rows[row]):
            if self._needs_layout(cell, self._columns[column] - 2 * _PADDING_SIDE):
                most = max(most, self._cell(row, column).height)
        return most + 2 * _PADDING + (1 if row < len(self._rows) else 0)

    def _needs_layout(self, cell: Line, room: float) -> bool:
        """Whether the cell may take more than a line."""
        if not cell:
            return False
        if any(span.formula for span in cell):
            return True
        text = plain_text(cell)
        if "\n" in text:
            return True
        if text.isascii() and len(text) * self._line * 0.5 < room:
            return False  # far too short
        return self._metrics.horizontalAdvance(text[:500]) > room - 1

    def _cell(self, row: int, column: int) -> Paragraph:
        cell = self._cells.get((row, column))
        if cell is None:
            cell = Paragraph(
                self.stage.appearance,
                self._rows[row][column],
                style="body",
                bold=row == 0,
                line_height=self._line,
                is_tabular=True,
                drawings=self.stage.drawings,
                alignment=self._alignments[column],
            )
            cell.lay_out(self._columns[column] - 2 * _PADDING_SIDE)
            self._waits = self._waits or cell.waits
            self._cells[row, column] = cell
            if len(self._cells) > _CELLS_KEPT:
                del self._cells[next(iter(self._cells))]
        return cell

    def waits_for(self, names: frozenset[object]) -> bool:
        return self._waits

    # Painting

    def paint(self, painter: QPainter, marks: Marks, clip: QRectF) -> None:
        theme = self.stage.appearance.theme
        frame = QRectF(0, 0, self.width, self.height)
        painter.save()
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS_CARD, RADIUS_CARD)
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        first = self._heights.at(clip.top() - 1)
        for row in range(first, len(self._rows)):
            top = 1 + self._heights.before(row)
            if top > clip.bottom():
                break
            if row == 0:
                head = QRectF(0, 0, self.width, 1 + self._heights[0])
                painter.fillRect(head, theme.window)
            else:
                painter.fillRect(QRectF(1, round(top) - 1, self.width - 2, 1), theme.border)
            self._paint_row(painter, row, top, marks, clip)
        painter.restore()
        paint_box(painter, frame, RADIUS_CARD, border=theme.border)
        edge = QRectF(0, RADIUS_CARD, 1, self.height - 2 * RADIUS_CARD)
        if self._sideways.offset > 0:
            painter.fillRect(edge, theme.border_strong)
        if self._sideways.offset < self._sideways.hidden:
            painter.fillRect(edge.translated(self.width - 1, 0), theme.border_strong)
        if self.stage.hovered == self.key:
            self._sideways.paint(painter, self.stage.appearance, self.bar_rect())

    def bar_rect(self) -> QRectF:
        """Where the bar of a wide table lies."""
        return QRectF(4, self.height - BAR - 3, self.width - 8, BAR)

    @property
    def sideways(self) -> Sideways:
        """How far a wide table is moved."""
        return self._sideways

    def _paint_row(
        self, painter: QPainter, row: int, top: float, marks: Marks, clip: QRectF
    ) -> None:
        position = self._starts[row]
        for column, cell in enumerate(self._rows[row]):
            length = len(plain_text(cell))
            left = 1 + self._lefts[column] - self._sideways.offset
            if left < clip.right() and left + self._columns[column] > clip.left() and cell:
                here = marks.within(position, position + length)
                place = left + _PADDING_SIDE
                self._cell(row, column).paint(painter, place, top + _PADDING, here, clip)
            position += length + 1

    # Places

    def position_at(self, x: float, y: float) -> int:
        if not self._rows:
            return 0
        row = self._heights.at(y - 1)
        x += self._sideways.offset - 1
        column = max(0, bisect_right(self._lefts, x) - 1)
        position = self._starts[row]
        cells = self._rows[row]
        for number in range(min(column, len(cells) - 1)):
            position += len(plain_text(cells[number])) + 1
        if y > self.height:
            return self._length
        cell = self._cell(row, min(column, len(cells) - 1))
        left = self._lefts[column] + _PADDING_SIDE
        return position + cell.position_at(x - left, y - 1 - self._heights.before(row) - _PADDING)

    def rects(self, begin: int, end: int) -> list[QRectF]:
        found: list[QRectF] = []
        row = max(0, bisect_right(self._starts, begin) - 1)
        for number in range(row, len(self._rows)):
            position = self._starts[number]
            if position >= end:
                break
            top = 1 + self._heights.before(number) + _PADDING
            for column, cell in enumerate(self._rows[number]):
                length = len(plain_text(cell))
                if position < end and position + length > begin:
                    left = 1 + self._lefts[column] - self._sideways.offset + _PADDING_SIDE
                    rects = self._cell(number, column).rects(
                        max(0, begin - position), min(length, end - position)
                    )
                    found += [rect.translated(left, top) for rect in rects]
                position += length + 1
        return found

    def line_range(self, position: int) -> tuple[int, int]:
        row = max(0, bisect_right(self._starts, position) - 1)
        start = self._starts[row] if self._starts else 0
        for cell in self._rows[row] if self._rows else ():
            length = len(plain_text(cell))
            if position <= start + length:
                return start, start + length
            start += length + 1
        return start, start

    def link_at(self, x: float, y: float) -> str:
        if not self._rows or not 0 <= y < self.height:
            return ""
        row = self._heights.at(y - 1)
        inner = x + self._sideways.offset - 1
        column = max(0, bisect_right(self._lefts, inner) - 1)
        if column >= len(self._rows[row]):
            return ""
        top = 1 + self._heights.before(row) + _PADDING
        return self._cell(row, column).link_at(inner - self._lefts[column] - _PADDING_SIDE, y - top)

    def scroll_sideways(self, by: float) -> bool:
        return self._sideways.move(by)

    def show_position(self, position: int) -> None:
        for rect in self.rects(position, position + 1):
            left = rect.left() + self._sideways.offset
            self._sideways.show(max(0.0, left - 40), left + 80)


def _column_alignment(block: TableBlock, column: int) -> Alignment:
    """As written; a column of numbers stands at the end, but not the first: it names the rows."""
    written = block.alignments[column]
    if written is not Alignment.START or column == 0:
        return written
    texts = [plain_text(row[column]).strip() for row in block.rows[1:_MEASURED_ROWS]]
    filled = [text for text in texts if text]
    if filled and all(_NUMBER.fullmatch(text) for text in filled):
        return Alignment.END
    return written
