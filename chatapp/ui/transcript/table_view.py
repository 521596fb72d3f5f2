"""A table in an answer: a rounded frame, lines between the rows, scrolled sideways when wide."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLength,
    QTextOption,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)
from PySide6.QtWidgets import QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.transcript.blocks import Alignment, Line, TableBlock, plain_text
from chatapp.ui.transcript.prose_pane import LINE_SEPARATOR, is_right_to_left
from chatapp.ui.transcript.side_scroller import SideScroller
from chatapp.ui.transcript.text_pane import OVERHANG, TextPane

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_PADDING_SIDE: Final = 12
_ROW_HEIGHT: Final = 32
_ROW_LINE: Final = 20
_RISE: Final = 1  # Qt sets text low in lines of a fixed height
_NARROWEST_WRAPPED: Final = 160  # a column is not made narrower than this by wrapping its text
_NUMBER: Final = re.compile(r"[^\w\s]{0,3}\s?[\d][\d\s.,:/×x^%-]*\s?[^\s\d]{0,4}")


class TablePane(TextPane):
    """The cells, in one selectable text. Markdown's tables have a column and a header at least."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self._block = TableBlock((), ())
        self._table: QTextTable | None = None
        self._alignments: list[Alignment] = []
        self._natural_widths: list[float] = []
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        self.document.setDefaultTextOption(option)
        self.document.setDefaultFont(appearance.font("reading"))

    @property
    def content_width(self) -> int:
        """What the table takes after `arrange`, in logical pixels, overhang included."""
        given, taken = self.document.textWidth(), self.document.size().width()
        return math.ceil(taken if taken > given + 1 else given) + 2 * OVERHANG

    def set_table(self, block: TableBlock) -> None:
        """Show another table. One that only grew is written from where it differs."""
        alignments = [_column_alignment(block, place) for place in range(len(block.alignments))]
        kept = 0
        if alignments == self._alignments:
            for before, after in zip(self._block.rows, block.rows, strict=False):
                if before != after:
                    break
                kept += 1
        self._alignments = alignments
        self._block = block
        self._write(kept)
        self._width = -1

    def write_colors(self) -> None:
        self._write(0)
        self.lay_out(self._width - 2 * OVERHANG)

    def lay_out(self, width: int) -> None:
        wanted = sum(min(column, _NARROWEST_WRAPPED) for column in self._natural_widths)
        self.document.setTextWidth(max(width, wanted))

    def row_tops(self) -> list[float]:
        """Where each row begins, and the table's end, in logical pixels."""
        if self._table is None:
            return []
        layout = self.document.documentLayout()
        padding = self._padding()
        tops = [
            min(
                layout.blockBoundingRect(
                    self._table.cellAt(row, column).firstCursorPosition().block()
                ).top()
                for column in range(self._table.columns())
            )
            - (padding - _RISE)
            for row in range(self._table.rows())
        ]
        return [*tops, self.document.size().height()]

    def _padding(self) -> float:
        return (self.appearance.height(_ROW_HEIGHT) - self._line()) / 2

    def _line(self) -> int:
        return max(_ROW_LINE, self.appearance.line_height("body") + 2)

    def _write(self, kept: int) -> None:
        """Write the rows after the first `kept`, which are there already."""
        columns = len(self._alignments)
        rows = self._block.rows
        cursor = QTextCursor(self.document)
        cursor.beginEditBlock()
        if kept == 0 or self._table is None:
            kept = 0
            self.document.clear()
            self._table = cursor.insertTable(1, columns, _table_format())
            self._natural_widths = [0.0] * columns
        self._table.resize(max(kept, 1), columns)
        self._table.resize(len(rows), columns)
        metrics = QFontMetricsF(self.appearance.font("body", bold=True))
        for row in range(kept, len(rows)):
            for column, cell in enumerate(rows[row]):
                self._write_cell(self._table, row, column, cell)
                width = metrics.horizontalAdvance(plain_text(cell)) + 2 * _PADDING_SIDE
                self._natural_widths[column] = max(self._natural_widths[column], width)
        cursor.endEditBlock()
        self.content_changed()

    def _write_cell(self, table: QTextTable, row: int, column: int, line: Line) -> None:
        place = QTextTableCellFormat()
        padding = self._padding()
        place.setTopPadding(padding - _RISE)
        place.setBottomPadding(padding + _RISE)
        place.setLeftPadding(_PADDING_SIDE)
        place.setRightPadding(_PADDING_SIDE)
        cell = table.cellAt(row, column)
        cell.setFormat(place)
        cursor = cell.firstCursorPosition()
        shape = QTextBlockFormat()
        shape.setLineHeight(self._line(), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        shape.setAlignment(_ALIGNMENTS[self._alignments[column]])
        if is_right_to_left(plain_text(line)):
            shape.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        cursor.setBlockFormat(shape)
        theme = self.appearance.theme
        for span in line:
            style = QTextCharFormat()
            bold = span.bold or row == 0
            style.setFont(
                self.appearance.font("code" if span.code else "body", bold=bold, tabular=True)
            )
            style.setFontItalic(span.italic)
            style.setFontStrikeOut(span.strike)
            if span.code:
                style.setBackground(theme.code_background)
            if span.link:
                style.setAnchor(True)
                style.setAnchorHref(span.link)
                style.setForeground(theme.accent_text)
                style.setFontUnderline(True)
            cursor.insertText(span.text.replace("\n", LINE_SEPARATOR), style)


class TableView(QWidget):
    """The table in its frame."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.pane = TablePane(appearance)
        self._scroller = SideScroller(appearance, self.pane, self)
        self._scroller.scrolled.connect(self.update)
        self.pane.setAccessibleName(self.tr("Table"))

    def set_table(self, block: TableBlock) -> None:
        """Show another table, or the same with more rows."""
        self.pane.set_table(block)
        self.update()

    def recolor(self) -> None:
        """Other colours are in force."""
        self.pane.recolor()
        self.update()

    def arrange(self, width: int) -> int:
        """Lay out for a width. Returns the height."""
        inner = width - 2
        height = self.pane.arrange(inner + 2 * OVERHANG)
        # The pane's overhang would show as a gap here: it lies outside the scroller.
        self._scroller.move(1, 1)
        self._scroller.place(inner, self.pane.content_width - 2 * OVERHANG, height, OVERHANG)
        self.resize(width, height + 2)
        return height + 2

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        tops = self.pane.row_tops()
        if len(tops) > 1:
            outline = QPainterPath()
            frame = QRectF(self.rect())
            outline.addRoundedRect(frame, RADIUS_CARD, RADIUS_CARD)
            painter.setClipPath(outline)
            painter.fillRect(QRectF(0, 0, self.width(), 1 + tops[1]), theme.window)
            for top in tops[1:-1]:
                painter.fillRect(QRectF(1, round(1 + top), self.width() - 2, 1), theme.border)
            painter.setClipping(False)
        paint_box(painter, self.rect(), RADIUS_CARD, border=theme.border)
        if self._scroller.offset > 0:
            painter.fillRect(
                0, RADIUS_CARD, 1, self.height() - 2 * RADIUS_CARD, theme.border_strong
            )
        if self._scroller.offset < self._scroller.hidden_width:
            edge = self.width() - 1
            painter.fillRect(
                edge, RADIUS_CARD, 1, self.height() - 2 * RADIUS_CARD, theme.border_strong
            )


_ALIGNMENTS: Final = {
    Alignment.START: Qt.AlignmentFlag.AlignLeading,
    Alignment.CENTER: Qt.AlignmentFlag.AlignHCenter,
    Alignment.END: Qt.AlignmentFlag.AlignTrailing,
}


def _table_format() -> QTextTableFormat:
    shape = QTextTableFormat()
    shape.setBorder(0)
    shape.setCellSpacing(0)
    shape.setCellPadding(0)
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    return shape


def _column_alignment(block: TableBlock, column: int) -> Alignment:
    """As written; a column of numbers stands at the end, but not the first: it names the rows."""
    written = block.alignments[column]
    if written is not Alignment.START or column == 0:
        return written
    texts = [plain_text(row[column]).strip() for row in block.rows[1:]]
    filled = [text for text in texts if text]
    if filled and all(_NUMBER.fullmatch(text) for text in filled):
        return Alignment.END
    return written
