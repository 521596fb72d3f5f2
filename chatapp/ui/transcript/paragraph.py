"""Text in lines of a fixed height, laid out by Qt's text engine without a document around it.

A document for each paragraph would take 57 KB and four times as long. Positions count characters
of the text as it is in its block: a drawn formula keeps the length of its source.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL, TextStyle
from chatapp.ui.transcript.blocks import Alignment, Line, Span, plain_text
from chatapp.ui.transcript.units import Units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.drawings import Drawings, Formula

LINE_SEPARATOR: Final = "\u2028"
CODE_PADDING: Final = 4  # beside inline code

_WORD_JOINER: Final = "\u2060"  # takes no room and lets no line end beside it
_NO_BREAK_SPACE: Final = "\xa0"
_INLINE_FORMULA: Final = 1.07  # of the text's size
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
_NOT_PLAIN: Final = re.compile("[\ud800-\udfff\u2029\ufffc\0-\x08\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in a block's text, as ranges of positions."""

    selection: tuple[int, int] | None = None
    matches: tuple[tuple[int, int], ...] = ()
    current: tuple[int, int] | None = None

    @property
    def selected_beside_current(self) -> list[tuple[int, int]]:
        """What is selected, without the current match: that is seen before all."""
        if self.selection is None:
            return []
        if self.current is None:
            return [self.selection]
        begin, end = self.selection
        parts = ((begin, min(end, self.current[0])), (max(begin, self.current[1]), end))
        return [(first, last) for first, last in parts if first < last]

    def within(self, begin: int, end: int) -> Marks:
        """The same for a part of the text, counted from its beginning."""
        if self is NO_MARKS:
            return self
        return Marks(
            _clipped(self.selection, begin, end),
            tuple(found for m in self.matches if (found := _clipped(m, begin, end)) is not None),
            _clipped(self.current, begin, end),
        )


NO_MARKS: Final = Marks()


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of text: its place and its baseline, from the paragraph's top."""

    line: QTextLine
    top: float
    height: float
    start: int
    end: int


class Paragraph:
    """Spans in lines. `lay_out` must come before anything but `natural_width`.

    `muted` is for quotes, `bold` for headings and the heads of tables; a `line_height` of 0 is that
    of the style.
    """

    def __init__(
        self,
        appearance: Appearance,
        spans: Line,
        *,
        style: TextStyle = "reading",
        bold: bool = False,
        muted: bool = False,
        is_tabular: bool = False,
        line_height: float = 0.0,
        drawings: Drawings | None = None,
        alignment: Alignment = Alignment.START,
    ) -> None:
        self._appearance = appearance
        self._style: TextStyle = style
        self._bold = bold
        self._spans = spans
        self.text = plain_text(spans)
        self.is_right_to_left = is_right_to_left(self.text)
        self._is_mixed = _RIGHT_TO_LEFT.search(self.text) is not None
        self._line_height = line_height or float(appearance.line_height(style))
        self._font = appearance.font(style, bold=bold, tabular=is_tabular)
        self._code_runs: list[tuple[int, int]] = []
        self._formulas: list[tuple[int, int, Formula]] = []  # begin, end, drawing
        self._links: list[tuple[int, int, str]] = []
        self.waits = False  # for a formula that is not drawn yet
        self._rows: list[_Row] = []
        self._tops: list[float] = []
        self.height = 0.0
        self.width = 0.0
        color = appearance.theme.text_muted if muted else appearance.theme.text
        self._color = color
        self._layout = QTextLayout(self._written(drawings, color), self._font)
        option = QTextOption(_aligned(alignment, is_mirrored=self.is_right_to_left))
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        direction = Qt.LayoutDirection
        option.setTextDirection(
            direction.RightToLeft if self.is_right_to_left else direction.LeftToRight
        )
        self._layout.setTextOption(option)
        self._layout.setFormats(self._formats)
        self._layout.setCacheEnabled(True)

    # Layout

    @property
    def natural_width(self) -> float:
        """What the longest line takes; after `lay_out`."""
        return math.ceil(max((row.line.naturalTextWidth() for row in self._rows), default=0.0))

    @property
    def first_baseline(self) -> float:
        """From the top."""
        if not self._rows:
            return 0.0
        row = self._rows[0]
        return row.line.y() + row.line.ascent()

    def lay_out(self, width: float) -> float:
        """Break the text into lines of this width. Returns the height."""
        self.width = width
        metrics = QFontMetricsF(self._font)
        spare = self._line_height - metrics.ascent() - metrics.descent()
        above = spare / 2 + metrics.ascent()  # the baseline in a line
        rows: list[_Row] = []
        top = 0.0
        layout = self._layout
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            begins = line.textStart()
            start = self._units.from_qt(begins)
            length = self._units.from_qt(begins + line.textLength()) - start
            height, baseline = self._line_height, above
            for begin, end, formula in self._formulas:
                if begin < start + length and end > start:
                    more = max(0.0, math.ceil(formula.ascent + 2 - baseline))
                    baseline, height = baseline + more, height + more
                    height = max(height, math.ceil(baseline + formula.descent + 2))
            line.setPosition(QPointF(0, top + baseline - line.ascent()))
            rows.append(_Row(line, top, height, start, start + length))
            top += height
        layout.endLayout()
        if self.text.endswith("\n") and len(rows) > 1:
            top -= rows.pop().height  # a piece of a long text ends with its line break
        self._rows = rows
        self._tops = [row.top for row in rows]
        self.height = top
        return top

    # Places

    def position_at(self, x: float, y: float) -> int:
        """The position nearest to a point."""
        if not self._rows:
            return 0
        row = self._rows[max(0, bisect_right(self._tops, y) - 1)]
        found: Any = row.line.xToCursor(x)
        position = self._units.from_qt(int(found))
        if position >= row.end and row is not self._rows[-1] and row.end > row.start:
            position = row.end - 1  # the place behind a break belongs to the next line
        for begin, end, _ in self._formulas:
            if begin < position < end:
                return begin
        return min(position, len(self.text))

    def link_at(self, x: float, y: float) -> str:
        """The address under a point, or an empty string."""
        if not self._links:
            return ""
        for begin, end, address in self._links:
            if any(rect.contains(x, y) for rect in self.rects(begin, end)):
                return address
        return ""

    def rects(self, begin: int, end: int) -> list[QRectF]:
        """Where a range lies: for each line one rectangle as high as the line, or several."""
        found: list[QRectF] = []
        first = max(0, bisect_right([row.start for row in self._rows], begin) - 1)
        for row in self._rows[first:]:
            if row.start >= end:
                break
            for left, right in self._extents(row, max(begin, row.start), min(end, row.end)):
                found.append(QRectF(left, row.top, right - left, row.height))
        return found

    def line_range(self, position: int) -> tuple[int, int]:
        """The positions at the beginning and the end of a line."""
        for row in self._rows:
            if position < row.end or row is self._rows[-1]:
                return row.start, row.end
        return 0, 0

    def _extents(self, row: _Row, begin: int, end: int) -> Iterator[tuple[float, float]]:
        if begin >= end:
            return
        if not self._is_mixed:
            yield self._x_of(row, begin), self._x_of(row, end)
            return
        # The edges of single positions are ambiguous where the direction changes.
        first = self._units.to_qt(begin)
        runs = row.line.glyphRuns(first, self._units.to_qt(end) - first)
        boxes = sorted((run.boundingRect() for run in runs), key=QRectF.left)
        left = right = -1e9
        for box in boxes:
            if box.left() > right + 0.5:
                if right > left:
                    yield left, right
                left = box.left()
            right = max(right, box.right())
        if right > left:
            yield left, right

    def _edges(self, row: _Row, begin: int, end: int) -> tuple[float, float]:
        """The left and right edge of a part of a line."""
        extents = list(self._extents(row, begin, end))
        if not extents:
            return (self._x_of(row, begin),) * 2
        return min(left for left, _ in extents), max(right for _, right in extents)

    def _x_of(self, row: _Row, position: int) -> float:
        # PySide6 returns the position that was used as well, which its type hints don't say.
        found: Any = row.line.cursorToX(self._units.to_qt(position))
        return float(found[0])

    # Painting

    def paint(self, painter: QPainter, left: float, top: float, marks: Marks, clip: QRectF) -> None:
        """Draw at a place of the painter; `clip` is in its coordinates."""
        theme = self._appearance.theme
        self._paint_code_frames(painter, left, top, clip)
        overrides: list[QTextLayout.FormatRange] = []
        for begin, end in marks.matches:
            self._fill(painter, left, top, begin, end, theme.find_match)
        for begin, end in marks.selected_beside_current:
            self._fill(painter, left, top, begin, end, theme.selection)
            overrides.append(self._colored(begin, end, theme.selection_text))
        if marks.current is not None:
            begin, end = marks.current
            self._fill(painter, left, top, begin, end, theme.find_current)
            overrides.append(self._colored(begin, end, theme.find_current_text))
        painter.setPen(self._color)
        self._layout.draw(painter, QPointF(left, top), overrides, clip)
        for begin, end, formula in self._formulas:
            selected = (
                marks.selection is not None and marks.selection[0] <= begin < (marks.selection[1])
            )
            for row in self._rows:
                if row.start <= begin < row.end:
                    x, _ = self._edges(row, begin, end)
                    baseline = row.line.y() + row.line.ascent()
                    color = theme.selection_text if selected else self._color
                    painter.setPen(color)
                    formula.paint(painter, left + x, top + baseline)

    def _fill(
        self, painter: QPainter, left: float, top: float, begin: int, end: int, color: QColor
    ) -> None:
        for rect in self.rects(begin, end):
            painter.fillRect(rect.translated(left, top), color)

    def _colored(self, begin: int, end: int, color: QColor) -> QTextLayout.FormatRange:
        style = QTextCharFormat()
        style.setForeground(QBrush(color))
        return _range(self._units.to_qt(begin), self._units.to_qt(end), style)

    def _paint_code_frames(self, painter: QPainter, left: float, top: float, clip: QRectF) -> None:
        theme = self._appearance.theme
        height = self._appearance.line_height("code")
        for begin, end in self._code_runs:
            for row in self._rows:
                first, last = max(begin, row.start), min(end, row.end)
                if first >= last or not row.top + top <= clip.bottom():
                    continue
                edges = self._edges(row, first, last)
                # The room after the last letter belongs to the line.
                has_room = last == end and not self.is_right_to_left
                right = edges[1] - (CODE_PADDING if has_room else 0)
                baseline = row.line.y() + row.line.ascent()
                middle = baseline - QFontMetricsF(self._font).xHeight() / 2
                frame = QRectF(
                    left + edges[0] - CODE_PADDING,
                    top + round(middle - height / 2),
                    right - edges[0] + 2 * CODE_PADDING,
                    height,
                )
                paint_box(
                    painter,
                    frame,
                    RADIUS_SMALL,
                    fill=theme.code_background,
                    border=theme.code_border,
                )

    # Writing

    def _written(self, drawings: Drawings | None, color: QColor) -> str:
        """The text as Qt gets it, as long as it is; and the formats for its parts."""
        self._formats: list[QTextLayout.FormatRange] = []
        parts: list[str] = []
        position = 0
        for number, span in enumerate(self._spans):
            begin, position = position, position + len(span.text)
            formula = self._formula(span, drawings)
            if formula is not None:
                parts.append(_NO_BREAK_SPACE + _WORD_JOINER * (len(span.text) - 1))
                self._formulas.append((begin, position, formula))
                self._space(begin, begin + 1, self._font, formula.width, is_whole=True)
                continue
            parts.append(span.text)
            if not _is_plain(span):
                self._formats.append(_range(begin, position, self._format(span)))
            if span.link:
                self._links.append((begin, position, span.link))
            if span.code:
                self._code_runs.append((begin, position))
            # The frame of inline code needs room, which the letters at its edges give.
            before = number > 0 and self._spans[number - 1].code
            if before and self.is_right_to_left and _can_stand_apart(span.text[:1]):
                self._space(begin, begin + 1, self._span_font(span), CODE_PADDING)
            ends_code = span.code and not self.is_right_to_left
            following = self._spans[number + 1] if number + 1 < len(self._spans) else None
            is_beside_code = ends_code or (following is not None and following.code)
            if is_beside_code and _can_stand_apart(span.text[-1:]):
                self._space(position - 1, position, self._span_font(span), CODE_PADDING)
        text = "".join(parts).replace("\n", LINE_SEPARATOR)
        if _NOT_PLAIN.search(text) is not None:
            text = _NOT_PLAIN.sub("\ufffd", text)
        self._units = Units(text)
        if self._units:
            for run in self._formats:
                end = self._units.to_qt(run.start + run.length)
                run.start = self._units.to_qt(run.start)
                run.length = end - run.start
        return text

    def _formula(self, span: Span, drawings: Drawings | None) -> Formula | None:
        if not span.formula or drawings is None:
            return None
        size = QFontInfo(self._font).pixelSize() * _INLINE_FORMULA
        formula = drawings.formula(span.formula, display=False, size=size)
        if formula is None:
            self.waits = True
            return None
        return None if formula.is_broken else formula

    def _space(
        self, begin: int, end: int, font: QFont, amount: float, *, is_whole: bool = False
    ) -> None:
        """Widen a letter by `amount`, or make it so wide in all."""
        font = QFont(font)
        if is_whole:
            amount -= QFontMetricsF(font).horizontalAdvance(_NO_BREAK_SPACE)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, amount)
        style = QTextCharFormat()
        style.setFontLetterSpacingType(QFont.SpacingType.AbsoluteSpacing)
        style.setFontLetterSpacing(amount)
        self._formats.append(_range(begin, end, style))

    def _span_font(self, span: Span) -> QFont:
        if span.code:
            return self._appearance.font("code", bold=span.bold)
        return self._appearance.font(self._style, bold=span.bold or self._bold)

    def _format(self, span: Span) -> QTextCharFormat:
        theme = self._appearance.theme
        style = QTextCharFormat()
        if span.code or span.bold:
            style.setFont(self._span_font(span))
        if span.italic:
            # Chinese and the like have no slanted letters: emphasis is bold there.
            if has_ideographs(span.text):
                style.setFontWeight(QFont.Weight.DemiBold)
            else:
                style.setFontItalic(True)
        if span.strike:
            style.setFontStrikeOut(True)
        if span.note:
            style.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
            style.setForeground(theme.accent_text)
        if span.link:
            style.setForeground(theme.accent_text)
            style.setFontUnderline(True)
        return style


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is written from right to left."""
    if text.isascii():
        return False
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def has_ideographs(text: str) -> bool:
    """Whether there are Chinese, Japanese or Korean letters in it."""
    return not text.isascii() and any(
        "\u3040" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"
        for character in text
    )


def _aligned(alignment: Alignment, *, is_mirrored: bool) -> Qt.AlignmentFlag:
    if alignment is Alignment.CENTER:
        return Qt.AlignmentFlag.AlignHCenter
    is_right = (alignment is Alignment.END) != is_mirrored
    side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute


def _is_plain(span: Span) -> bool:
    return not (span.bold or span.italic or span.strike or span.code or span.link or span.note)


def _can_stand_apart(character: str) -> bool:
    """Whether a letter may be set by itself without breaking what it is joined to."""
    return bool(character) and (
        character.isascii() or character.isspace() or has_ideographs(character)
    )


def _range(begin: int, end: int, style: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = begin, end - begin, style
    return found


def _clipped(span: tuple[int, int] | None, begin: int, end: int) -> tuple[int, int] | None:
    if span is None or span[0] >= end or span[1] <= begin:
        return None
    return max(span[0], begin) - begin, min(span[1], end) - begin
