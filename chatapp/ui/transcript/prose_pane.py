"""Paragraphs, headings, lists and quotes of an answer in one selectable text."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLine,
)

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL, TextStyle
from chatapp.ui.transcript.blocks import (
    Block,
    CodeBlock,
    Item,
    Path,
    Quote,
    RuleBlock,
    Span,
    TableBlock,
    Task,
    TextBlock,
)
from chatapp.ui.transcript.text_pane import TextPane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from chatapp.ui.theme import Appearance

ProseBlock = TextBlock | RuleBlock

LINE_SEPARATOR: Final = "\u2028"

_PARAGRAPH_GAP: Final = 10
_BOX_GAP: Final = 12  # around code and tables
_ITEM_GAP: Final = 4
_RULE_GAP: Final = 16
_ABOVE_HEADING: Final = {1: 20, 2: 16, 3: 12}
_BELOW_HEADING: Final = {1: 8, 2: 6, 3: 4}
_ITEM_INDENT: Final = 22
_DIGIT_INDENT: Final = 9  # more for each digit from the third on
_QUOTE_INDENT: Final = 14
QUOTE_BAR: Final = 2
_MARKER_GAP: Final = 5
_BULLET: Final = 5.0
_BULLET_CENTER: Final = 7
_CODE_PADDING: Final = 4


def gap_between(before: Block, after: Block) -> int:
    """The space between two neighbouring blocks, in logical pixels."""
    if isinstance(before, RuleBlock) or isinstance(after, RuleBlock):
        return _RULE_GAP
    gap = _PARAGRAPH_GAP
    is_box = isinstance(after, CodeBlock | TableBlock)
    if is_box or isinstance(before, CodeBlock | TableBlock):
        gap = _BOX_GAP
    elif any(isinstance(step, Item) for step in before.path) and _begins_item(after):
        gap = _ITEM_GAP
    if isinstance(before, TextBlock) and before.level:
        gap = _BELOW_HEADING[1 if is_box else min(before.level, 3)]
    if isinstance(after, TextBlock) and after.level:
        gap = max(gap, _ABOVE_HEADING[min(after.level, 3)])
    return gap


def indent_of(path: Path) -> int:
    """How far a block in these quotes and items is moved in, in logical pixels."""
    return sum(_step_indent(step) for step in path)


def quote_bars(path: Path) -> list[int]:
    """Where the bars of the quotes stand, in logical pixels from the start of the column."""
    bars, offset = [], 0
    for step in path:
        if isinstance(step, Quote):
            bars.append(offset)
        offset += _step_indent(step)
    return bars


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is written from right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


class ProsePane(TextPane):
    """Text blocks and rules, one block of the document for each."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self._blocks: list[ProseBlock] = []
        self._code_runs: list[list[tuple[int, int]]] = []  # positions within each block
        self.document.setDefaultFont(appearance.font("reading"))

    def set_blocks(self, kept: int, blocks: Sequence[ProseBlock]) -> None:
        """Keep the first `kept` blocks as they are and put `blocks` after them."""
        cursor = QTextCursor(self.document)
        cursor.beginEditBlock()
        self._cut(cursor, kept)
        for block in blocks:
            self._write(cursor, block)
        cursor.endEditBlock()
        self.content_changed()

    def write_colors(self) -> None:
        blocks = list(self._blocks)
        anchor, position = self._selection.anchor(), self._selection.position()
        self.set_blocks(0, blocks)
        self._selection.setPosition(anchor)
        self._selection.setPosition(position, QTextCursor.MoveMode.KeepAnchor)

    # Writing

    def _cut(self, cursor: QTextCursor, kept: int) -> None:
        if kept < len(self._blocks):
            last = self.document.findBlockByNumber(max(0, kept - 1))
            shape, style = last.blockFormat(), last.charFormat()
            cursor.setPosition(last.position() + (last.length() - 1 if kept else 0))
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            # An empty block, as a rule is one, has taken over the format of the next.
            cursor.setBlockFormat(shape)
            cursor.setBlockCharFormat(style)
        del self._blocks[kept:], self._code_runs[kept:]
        cursor.movePosition(QTextCursor.MoveOperation.End)

    def _write(self, cursor: QTextCursor, block: ProseBlock) -> None:
        shape = self._block_format(block)
        style = QTextCharFormat()
        style.setFont(self.appearance.font(_style_of(block)))
        if self._blocks:
            cursor.insertBlock(shape, style)
        else:
            cursor.setBlockFormat(shape)
            cursor.setBlockCharFormat(style)
        self._blocks.append(block)
        runs: list[tuple[int, int]] = []
        if isinstance(block, TextBlock):
            start = cursor.position()
            for position, span in enumerate(block.spans):
                begin = cursor.position() - start
                following = block.spans[position + 1] if position + 1 < len(block.spans) else None
                self._write_span(cursor, block, span, before_code=_is_code(following))
                if span.code:
                    runs.append((begin, cursor.position() - start))
        self._code_runs.append(runs)

    def _write_span(
        self, cursor: QTextCursor, block: TextBlock, span: Span, *, before_code: bool
    ) -> None:
        style = self._char_format(block, span)
        text = self.breakable(span.text.replace("\n", LINE_SEPARATOR))
        if (before_code or span.code) and _can_stand_apart(text[-1]):
            # The frame of inline code needs room, which the last letter before it gives.
            cursor.insertText(text[:-1], style)
            style.setFontLetterSpacingType(QFont.SpacingType.AbsoluteSpacing)
            style.setFontLetterSpacing(_CODE_PADDING)
            text = text[-1:]
        cursor.insertText(text, style)

    def _char_format(self, block: TextBlock, span: Span) -> QTextCharFormat:
        theme = self.appearance.theme
        style = QTextCharFormat()
        if span.code:
            style.setFont(self.appearance.font("code", bold=span.bold))
        else:
            bold = span.bold or block.level > 0
            style.setFont(self.appearance.font(_style_of(block), bold=bold))
            # Chinese and the like have no slanted letters: emphasis is bold there.
            if span.italic and _has_ideographs(span.text):
                style.setFontWeight(QFont.Weight.DemiBold)
            else:
                style.setFontItalic(span.italic)
        if span.strike:
            style.setFontStrikeOut(True)
        if any(isinstance(step, Quote) for step in block.path):
            style.setForeground(theme.text_muted)
        if span.link:
            style.setAnchor(True)
            style.setAnchorHref(span.link)
            style.setForeground(theme.accent_text)
            style.setFontUnderline(True)
        return style

    def _block_format(self, block: ProseBlock) -> QTextBlockFormat:
        shape = QTextBlockFormat()
        if self._blocks:
            shape.setTopMargin(gap_between(self._blocks[-1], block))
        fixed = QTextBlockFormat.LineHeightTypes.FixedHeight.value
        if isinstance(block, RuleBlock):
            shape.setLineHeight(1, fixed)
        else:
            shape.setLineHeight(self.appearance.line_height(_style_of(block)), fixed)
        indent = indent_of(block.path)
        if isinstance(block, TextBlock) and is_right_to_left("".join(s.text for s in block.spans)):
            shape.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            shape.setRightMargin(indent)
        else:
            shape.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            shape.setLeftMargin(indent)
        return shape

    # Painting

    def paint_below(self, painter: QPainter, clip: QRectF) -> None:
        layout = self.document.documentLayout()
        text_block = self.document.begin()
        for number, block in enumerate(self._blocks):
            area = layout.blockBoundingRect(text_block)
            if area.top() > clip.bottom():
                return
            if area.bottom() >= clip.top():
                self._paint_block(painter, number, block, text_block, area)
            text_block = text_block.next()

    def _paint_block(
        self,
        painter: QPainter,
        number: int,
        block: ProseBlock,
        text_block: QTextBlock,
        area: QRectF,
    ) -> None:
        theme = self.appearance.theme
        mirrored = text_block.blockFormat().layoutDirection() == Qt.LayoutDirection.RightToLeft
        width = self.document.textWidth()
        top = text_block.layout().position().y()  # unlike the area's, without the margin
        for start in quote_bars(block.path):
            joined = number and start in quote_bars(self._blocks[number - 1].path)
            left = width - start - QUOTE_BAR if mirrored else start
            begin = top
            if joined:
                before = text_block.previous()
                begin = self.document.documentLayout().blockBoundingRect(before).bottom()
            bar = QRectF(left, begin, QUOTE_BAR, area.bottom() - begin)
            painter.fillRect(bar, theme.border_strong)
        if isinstance(block, RuleBlock):
            left = indent_of(block.path)
            painter.fillRect(QRectF(left, round(top), width - left, 1), theme.border)
            return
        line = text_block.layout().lineAt(0)
        baseline = top + line.y() + line.ascent()
        offset = 0
        for step in block.path:
            offset += _step_indent(step)
            if isinstance(step, Item) and step.is_first:
                edge = QPointF(width - offset if mirrored else offset, baseline)
                self._paint_marker(painter, step, edge, is_mirrored=mirrored)
        frame_height = self.appearance.line_height("code")
        for begin, end in self._code_runs[number]:
            for frame in _run_frames(text_block, begin, end, frame_height):
                frame.translate(text_block.layout().position())
                paint_box(
                    painter,
                    frame,
                    RADIUS_SMALL,
                    fill=theme.code_background,
                    border=theme.code_border,
                )

    def _paint_marker(
        self, painter: QPainter, item: Item, edge: QPointF, *, is_mirrored: bool
    ) -> None:
        """`edge` is where the item's text begins, on the baseline of its first line."""
        color = self.appearance.theme.text_muted
        font = self.appearance.font("reading", tabular=True)
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(item.marker)
        if item.task is not Task.NONE:
            width = self.appearance.icon_size(14)
        left = edge.x() + _MARKER_GAP if is_mirrored else edge.x() - _MARKER_GAP - width
        if item.task is not Task.NONE:
            top = round(edge.y() - metrics.capHeight() / 2 - width / 2)
            self._paint_task(painter, QRectF(left, top, width, width), item.task)
        elif item.marker == "•":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            outwards = (_ITEM_INDENT - _BULLET_CENTER) * (1 if is_mirrored else -1)
            center = QPointF(edge.x() + outwards, edge.y() - metrics.xHeight() / 2)
            painter.drawEllipse(center, _BULLET / 2, _BULLET / 2)
        else:
            painter.setFont(font)
            painter.setPen(color)
            painter.drawText(QPointF(left, edge.y()), item.marker)

    def _paint_task(self, painter: QPainter, box: QRectF, task: Task) -> None:
        theme = self.appearance.theme
        if task is Task.OPEN:
            paint_box(painter, box, RADIUS_SMALL, border=theme.control_border)
            return
        paint_box(painter, box, RADIUS_SMALL, fill=theme.text_muted)
        pen = QPen(QColor(theme.surface), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y, unit = box.left(), box.top(), box.width() / 14
        painter.drawPolyline(
            [
                QPointF(x + 3.5 * unit, y + 7 * unit),
                QPointF(x + 6 * unit, y + 9.5 * unit),
                QPointF(x + 10.5 * unit, y + 4.5 * unit),
            ]
        )


def _run_frames(block: QTextBlock, begin: int, end: int, height: int) -> list[QRectF]:
    """The frames around a run of inline code, one for each line, in the block's coordinates."""
    layout = block.layout()
    frames = []
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        first = max(begin, line.textStart())
        last = min(end, line.textStart() + line.textLength())
        if first >= last:
            continue
        left, right = sorted((_x_of(line, first), _x_of(line, last)))
        if last == end:
            right -= _CODE_PADDING  # the room after the last letter belongs to the line
        baseline = line.y() + line.ascent()
        top = round(baseline + line.descent() / 2 - height * 0.75)
        width = right - left + 2 * _CODE_PADDING
        frames.append(QRectF(left - _CODE_PADDING, top, width, height))
    return frames


def _x_of(line: QTextLine, position: int) -> float:
    # PySide6 returns the position that was used as well, which its type hints don't say.
    found: Any = line.cursorToX(position)
    return float(found[0])


def _style_of(block: ProseBlock) -> TextStyle:
    if isinstance(block, TextBlock) and block.level:
        return ("heading_1", "heading_2", "heading_3")[min(block.level, 3) - 1]
    return "reading"


def _step_indent(step: Quote | Item) -> int:
    if isinstance(step, Quote):
        return _QUOTE_INDENT + QUOTE_BAR
    return _ITEM_INDENT + _DIGIT_INDENT * max(0, len(step.marker) - 3)


def _begins_item(block: Block) -> bool:
    return any(isinstance(step, Item) and step.is_first for step in block.path)


def _is_code(span: Span | None) -> bool:
    return span is not None and span.code


def _can_stand_apart(character: str) -> bool:
    """Whether a letter may be set by itself without breaking what it is joined to."""
    return character.isascii() or character.isspace() or _has_ideographs(character)


def _has_ideographs(text: str) -> bool:
    return any(
        "\u3040" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"
        for character in text
    )
