"""Code in a frame: its language, what can be done with it, coloured lines that scroll sideways.

Lines have one height, so nothing is laid out but what is painted.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.transcript.block_layout import BlockLayout
from chatapp.ui.transcript.blocks import Block, CodeBlock
from chatapp.ui.transcript.paragraph import Marks
from chatapp.ui.transcript.sideways import BAR, Sideways
from chatapp.ui.transcript.stage import Spot, Stage
from chatapp.ui.transcript.units import Units

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from chatapp.ui.transcript.highlighting import Coloring

_HEADER: Final = 32
_BUTTON: Final = 24
_LABEL_LEFT: Final = 14
_TEXT_LEFT: Final = 14
_TEXT_TOP: Final = 10
_TEXT_BOTTOM: Final = 10
_BUTTON_RIGHT: Final = 4
_TAB_COLUMNS: Final = 4
_PIECE: Final = 1000  # characters of a line that are laid out at once
_LONG: Final = 20  # lines that are measured to know the widest
# What Qt would end a line at, or can't write at all.
_NOT_PLAIN: Final = re.compile("[\ud800-\udfff\u2028\u2029\ufffc\0-\x08\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a line: where it begins in the line, and how far right."""

    layout: QTextLayout
    start: int
    left: float
    end: int
    units: Units

    def to_qt(self, position: int) -> int:
        """A position in the line as Qt counts it in the piece; those outside are its ends."""
        return self.units.to_qt(min(max(position, self.start), self.end) - self.start)


class CodeLayout(BlockLayout):
    """A code block. Where it is wrapped, each line has as many rows as it needs."""

    kind: ClassVar[type[CodeBlock]] = CodeBlock

    def __init__(self, stage: Stage, key: Hashable, width: float) -> None:
        super().__init__(stage, key, width)
        appearance = stage.appearance
        self._font = appearance.font("code")
        metrics = QFontMetricsF(self._font)
        self._letter = metrics.horizontalAdvance("0")
        self._row_height = appearance.line_height("code")
        self._above = (self._row_height - metrics.ascent() - metrics.descent()) / 2
        self._header = float(appearance.height(_HEADER))
        self._block = CodeBlock("", "")
        self._lines: list[str] = [""]
        self._starts: list[int] = [0]
        self._rows: list[int] = []  # of wrapped lines: the row where each begins
        self._row_count = 0
        self._coloring: Coloring | None = None
        self._is_growing = False
        self._was_wrapped = False
        self._pieces: dict[int, list[_Piece]] = {}
        self._widest = 0.0
        self._sideways = Sideways()
        self._copy = Spot(
            (key, "copy"),
            QCoreApplication.translate("CodeLayout", "Copy code"),
            self._on_copy,
            look="quiet",
        )
        self._save = Spot(
            (key, "save"),
            QCoreApplication.translate("CodeLayout", "Save code as a file"),
            self._on_save,
        )
        self._save.icon = "download"
        self._wrap = Spot(
            (key, "wrap"),
            QCoreApplication.translate("CodeLayout", "Wrap lines"),
            lambda: stage.toggle((key, "wrap")),
        )
        self._wrap.icon, self._wrap.kind = "wrap", "toggle"
        self.spots = [self._wrap, self._save, self._copy]

    # What is shown

    def show(self, block: Block, *, is_growing: bool) -> bool:
        if not isinstance(block, CodeBlock) or type(block) is not self.kind:
            return False
        before = self._block
        self._block = block
        if before.language == block.language and block.text.startswith(before.text):
            self._extend(before.text, block.text)
        else:
            self._set_lines(block.text)
        self._is_growing = is_growing
        self._color()
        self._lay_out()
        return True

    def _set_lines(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines[:-1]:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._pieces.clear()
        self._rows.clear()
        self._coloring = None
        self._widest = self._width_of_widest(self._lines)

    def _extend(self, before: str, text: str) -> None:
        last = len(self._lines) - 1
        fresh = text[len(before) :].split("\n")
        if not (fresh[0] or len(fresh) > 1):
            return
        self._lines[last] += fresh[0]
        for line in fresh[1:]:
            self._starts.append(self._starts[-1] + len(self._lines[-1]) + 1)
            self._lines.append(line)
        self._pieces.pop(last, None)
        del self._rows[last + 1 :]
        self._widest = max(self._widest, self._width_of_widest(self._lines[last:]))

    def _width_of_widest(self, lines: list[str]) -> float:
        longest = sorted(lines, key=len, reverse=True)[:_LONG]
        return max((self._width_of(line) for line in longest), default=0.0)

    def _width_of(self, line: str) -> float:
        if line.isascii() and "\t" not in line:
            return len(line) * self._letter
        if len(line) > _PIECE:
            wide = len(line) if not line.isascii() else line.count("\t") * (_TAB_COLUMNS - 1)
            return (len(line) + wide) * self._letter
        return QFontMetricsF(self._font).horizontalAdvance(line.expandtabs(_TAB_COLUMNS))

    def _color(self) -> None:
        drawings = self.stage.drawings
        if drawings is None:
            return
        block = self._block
        if self._is_growing:
            coloring: Coloring | None = drawings.highlight_growing(
                self.key, block.language, block.text
            )
        else:
            coloring = drawings.highlight(block.language, block.text)
            if coloring is not None and not coloring.is_complete and self._coloring is not None:
                coloring = self._coloring  # it knows more as yet
            elif coloring is not None:
                drawings.forget(self.key)
        if coloring is not None and coloring is not self._coloring:
            self._coloring = coloring
            self._pieces.clear()
        elif coloring is not None:
            for line in [line for line in self._pieces if line >= coloring.changed_from]:
                del self._pieces[line]

    def waits_for(self, names: frozenset[object]) -> bool:
        if self.key in names or (self._block.language, self._block.text) in names:
            self._color()
            return True
        return False

    # Layout

    @property
    def is_wrapped(self) -> bool:
        """Whether long lines go on below."""
        return ((self.key, "wrap") in self.stage.toggled) is not self.stage.wraps_code

    @property
    def _inner_width(self) -> float:
        return max(self._letter, self.width - 2 * _TEXT_LEFT)

    @property
    def _text_top(self) -> float:
        return self._header + 1 + _TEXT_TOP

    def _lay_out(self) -> None:
        if self.is_wrapped != self._was_wrapped:
            self._was_wrapped = self.is_wrapped
            self._pieces.clear()
            self._rows.clear()
        if self.is_wrapped:
            row = self._rows[-1] + self._rows_of(len(self._rows) - 1) if self._rows else 0
            for line in range(len(self._rows), len(self._lines)):
                self._rows.append(row)
                row += self._rows_of(line)
            self._row_count = row
            self._sideways.fit(0, self._inner_width)
        else:
            self._row_count = len(self._lines)
            self._sideways.fit(math.ceil(self._widest), self._inner_width)
        text = self._row_count * self._row_height
        self.height = self._text_top + text + _TEXT_BOTTOM + 1
        self._place_spots()

    def _rows_of(self, line: int) -> int:
        text = self._lines[line]
        if text.isascii() and "\t" not in text:
            columns = max(1, int(self._inner_width / self._letter))
            return max(1, -(-len(text) // columns))
        return sum(piece.layout.lineCount() for piece in self._line(line))

    def _place_spots(self) -> None:
        appearance = self.stage.appearance
        is_copied = self.stage.copied == self._copy.key
        self._copy.text = (
            QCoreApplication.translate("CodeLayout", "Copied")
            if is_copied
            else QCoreApplication.translate("CodeLayout", "Copy")
        )
        self._copy.icon = "check" if is_copied else "copy"
        self._wrap.is_on = self.is_wrapped
        x = self.width - _BUTTON_RIGHT
        for spot in reversed(self.spots):
            width, height = spot.size(appearance, _BUTTON)
            x -= width
            top = round((self._header - height) / 2)
            left = self.width - x - width if _is_mirrored() else x
            spot.rect = QRectF(left, top, width, height)

    @property
    def first_baseline(self) -> float:
        return self._header / 2 + 4

    def _line(self, number: int) -> list[_Piece]:
        pieces = self._pieces.get(number)
        if pieces is None:
            pieces = self._pieces[number] = self._make_pieces(number)
            if len(self._pieces) > 400:  # far more than a screen shows
                del self._pieces[next(iter(self._pieces))]
        return pieces

    def _make_pieces(self, number: int) -> list[_Piece]:
        text = self._lines[number]
        theme = self.stage.appearance.theme
        runs = self._coloring[number] if self._coloring is not None else ()
        option = QTextOption()
        wrap = QTextOption.WrapMode
        option.setWrapMode(wrap.WrapAnywhere if self.is_wrapped else wrap.NoWrap)
        option.setTabStopDistance(_TAB_COLUMNS * self._letter)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        width = self._inner_width + 0.01 if self.is_wrapped else 1e7
        columns = max(1, int(self._inner_width / self._letter))
        step = max(columns, _PIECE // columns * columns) if self.is_wrapped else _PIECE
        pieces: list[_Piece] = []
        left = 0.0
        top = 0
        for start in range(0, max(1, len(text)), step):
            end = min(len(text), start + step)
            written = _NOT_PLAIN.sub("\ufffd", text[start:end].replace("\r", " "))
            units = Units(written)
            layout = QTextLayout(written, self._font)
            layout.setTextOption(option)
            formats = []
            for run in runs:
                if run.begin < end and run.end > start:
                    color: QColor = getattr(theme, run.syntax)
                    first = units.to_qt(max(run.begin, start) - start)
                    last = units.to_qt(min(run.end, end) - start)
                    formats.append(_colored(first, last, color))
            layout.setFormats(formats)
            layout.setCacheEnabled(True)
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(width)
                line.setPosition(QPointF(left, top * self._row_height + self._above))
                top += 1
                if not self.is_wrapped:
                    break
            layout.endLayout()
            pieces.append(_Piece(layout, start, left, end, units))
            if not self.is_wrapped:
                left += layout.lineAt(0).naturalTextWidth()
                top = 0
        return pieces

    # Painting

    def paint(self, painter: QPainter, marks: Marks, clip: QRectF) -> None:
        theme = self.stage.appearance.theme
        frame = QRectF(0, 0, self.width, self.height)
        paint_box(painter, frame, RADIUS_CARD, fill=theme.code_background, border=theme.code_border)
        if clip.top() <= self._header + 1:
            painter.fillRect(QRectF(1, self._header, self.width - 2, 1), theme.code_border)
            self._paint_label(painter)
        area = QRectF(1, self._header + 1, self.width - 2, self.height - self._header - 2)
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        first = self._line_at_row(int((clip.top() - self._text_top) // self._row_height))
        left = _TEXT_LEFT - self._sideways.offset
        for number in range(first, len(self._lines)):
            top = self._text_top + self._row_of(number) * self._row_height
            if top > clip.bottom():
                break
            self._paint_line(painter, number, left, top, marks, clip)
        painter.restore()
        if self.stage.hovered == self.key:
            self._sideways.paint(painter, self.stage.appearance, self.bar_rect())

    def bar_rect(self) -> QRectF:
        """Where the bar of wide code lies."""
        return QRectF(4, self.height - BAR - 3, self.width - 8, BAR)

    @property
    def sideways(self) -> Sideways:
        """How far wide code is moved."""
        return self._sideways

    def _paint_label(self, painter: QPainter) -> None:
        appearance = self.stage.appearance
        painter.setFont(appearance.font("small"))
        painter.setPen(appearance.theme.text_muted)
        right = min((spot.rect.left() for spot in self.spots), default=self.width) - 8
        area = QRectF(_LABEL_LEFT, 0, max(0.0, right - _LABEL_LEFT), self._header)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if _is_mirrored():
            end = max((spot.rect.right() for spot in self.spots), default=0) + 8
            area = QRectF(end, 0, self.width - _LABEL_LEFT - end, self._header)
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        metrics = QFontMetricsF(painter.font())
        label = metrics.elidedText(self.label, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, align | Qt.AlignmentFlag.AlignAbsolute, label)

    @property
    def label(self) -> str:
        """The language in words."""
        drawings, language = self.stage.drawings, self._block.language
        name = drawings.language_name(language) if drawings is not None else language
        return name[:40] or QCoreApplication.translate("CodeLayout", "Text")

    def _paint_line(
        self,
        painter: QPainter,
        number: int,
        left: float,
        top: float,
        marks: Marks,
        clip: QRectF,
    ) -> None:
        theme = self.stage.appearance.theme
        start = self._starts[number]
        here = marks.within(start, start + len(self._lines[number]) + 1)
        pieces = self._line(number)
        for found in here.matches:
            self._fill(painter, number, found, left, top, theme.find_match)
        overrides: list[tuple[int, int, QColor]] = []
        for selected in here.selected_beside_current:
            self._fill(painter, number, selected, left, top, theme.selection)
            overrides.append((*selected, theme.selection_text))
        if here.current is not None:
            self._fill(painter, number, here.current, left, top, theme.find_current)
            overrides.append((*here.current, theme.find_current_text))
        painter.setPen(theme.text)
        for piece in pieces:
            if left + piece.left > clip.right() and not self.is_wrapped:
                break
            formats = [
                _colored(piece.to_qt(begin), piece.to_qt(end), c)
                for begin, end, c in overrides
                if begin < piece.end and end > piece.start
            ]
            piece.layout.draw(painter, QPointF(left, top), formats, clip)

    def _fill(
        self,
        painter: QPainter,
        number: int,
        span: tuple[int, int],
        left: float,
        top: float,
        color: QColor,
    ) -> None:
        for rect in self._line_rects(number, *span):
            painter.fillRect(rect.translated(left, top), color)

    def _line_rects(self, number: int, begin: int, end: int) -> list[QRectF]:
        """From the left edge of the text and the top of the line."""
        found = []
        for piece in self._line(number):
            for at in range(piece.layout.lineCount()):
                line = piece.layout.lineAt(at)
                first = max(piece.to_qt(begin), line.textStart())
                last = min(piece.to_qt(end), line.textStart() + line.textLength())
                if first >= last:
                    continue
                edges = sorted((_x_of(line, first), _x_of(line, last)))
                top = line.y() - self._above
                found.append(QRectF(edges[0], top, edges[1] - edges[0], self._row_height))
        if not found and begin <= len(self._lines[number]) < end:
            found.append(QRectF(0, 0, self._letter / 2, self._row_height))  # an empty line
        return found

    # Places

    def _row_of(self, line: int) -> int:
        return self._rows[line] if self.is_wrapped else line

    def _line_at_row(self, row: int) -> int:
        if self.is_wrapped:
            return max(0, bisect_right(self._rows, row) - 1)
        return min(max(0, row), len(self._lines) - 1)

    def position_at(self, x: float, y: float) -> int:
        row = int((y - self._text_top) // self._row_height)
        if row < 0:
            return 0
        if row >= self._row_count:
            return len(self._block.text)
        number = self._line_at_row(row)
        x += self._sideways.offset - _TEXT_LEFT
        within = row - self._row_of(number)
        pieces = self._line(number)
        for piece in pieces:
            count = piece.layout.lineCount()
            is_last = piece is pieces[-1]
            if self.is_wrapped:
                if within < count or is_last:
                    line = piece.layout.lineAt(min(within, count - 1))
                    return self._starts[number] + _position(piece, line, x)
                within -= count
            elif is_last or x < piece.left + piece.layout.lineAt(0).naturalTextWidth():
                line = piece.layout.lineAt(0)
                return self._starts[number] + _position(piece, line, x)
        return self._starts[number]

    def rects(self, begin: int, end: int) -> list[QRectF]:
        found: list[QRectF] = []
        first = max(0, bisect_right(self._starts, begin) - 1)
        left = _TEXT_LEFT - self._sideways.offset
        for number in range(first, len(self._lines)):
            start = self._starts[number]
            if start >= end:
                break
            top = self._text_top + self._row_of(number) * self._row_height
            found += [
                rect.translated(left, top)
                for rect in self._line_rects(number, begin - start, end - start)
            ]
        return found

    def line_range(self, position: int) -> tuple[int, int]:
        number = max(0, bisect_right(self._starts, position) - 1)
        return self._starts[number], self._starts[number] + len(self._lines[number])

    def scroll_sideways(self, by: float) -> bool:
        return self._sideways.move(by)

    def show_position(self, position: int) -> None:
        for rect in self.rects(position, position + 1):
            left = rect.left() - _TEXT_LEFT + self._sideways.offset
            self._sideways.show(max(0.0, left - 40), left + 80)

    # Actions

    def _on_copy(self) -> None:
        self.stage.copy(self._block.text, self._copy.key)

    def _on_save(self) -> None:
        self.stage.save(self._block.language, self._block.text)


def _is_mirrored() -> bool:
    from PySide6.QtGui import QGuiApplication

    return QGuiApplication.isRightToLeft()


def _colored(begin: int, end: int, color: QColor) -> QTextLayout.FormatRange:
    style = QTextCharFormat()
    style.setForeground(QBrush(color))
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = begin, end - begin, style
    return found


def _x_of(line: Any, position: int) -> float:
    return float(line.cursorToX(position)[0])


def _position(piece: _Piece, line: Any, x: float) -> int:
    return piece.start + piece.units.from_qt(int(line.xToCursor(x)))
