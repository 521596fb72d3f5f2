"""One line of text of which parts are marked, as what a search found is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
)

from chatapp.domain.conversation import SnippetPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QRect
    from PySide6.QtGui import QColor, QPainter

_ENDLESS = 1e6
_BEFORE_MATCH = 0.4  # the share of the line that may come before the first match


def paint_marked(
    painter: QPainter,
    rect: QRect,
    parts: Sequence[SnippetPart],
    font: QFont,
    color: QColor,
    match_color: QColor,
    *,
    keeps_beginning: bool = False,
) -> float:
    """Matches are bold and in their own colour. Returns the width of what was painted.

    Where there is too little room the end gives way, and before that what comes before the first
    match, unless the line `keeps_beginning`.
    """
    is_mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
    shown = [SnippetPart(part.text.replace("\n", " "), part.is_match) for part in parts]
    plain = QFontMetrics(font)
    if shown and not shown[0].is_match and not keeps_beginning:
        # The match must be seen: what comes before it gives way.
        room = round(rect.width() * _BEFORE_MATCH)
        before = plain.elidedText(shown[0].text, Qt.TextElideMode.ElideLeft, room)
        shown[0] = SnippetPart(before, is_match=False)
    layout = _lay_out(shown, font, match_color)
    if layout.lineAt(0).naturalTextWidth() > rect.width():
        room = rect.width() - plain.horizontalAdvance("…")
        end = layout.lineAt(0).xToCursor(room, QTextLine.CursorPosition.CursorOnCharacter)
        shown = [*_cut(shown, end), SnippetPart("…", is_match=False)]
        layout = _lay_out(shown, font, match_color)
    width = layout.lineAt(0).naturalTextWidth()
    left = rect.right() + 1 - width if is_mirrored else rect.left()
    above = (rect.height() - layout.lineAt(0).height()) / 2
    painter.setPen(color)
    layout.draw(painter, QPointF(left, rect.top() + above))
    return width


def _lay_out(parts: Sequence[SnippetPart], font: QFont, match_color: QColor) -> QTextLayout:
    """One line of text, so that scripts of both directions come out right."""
    layout = QTextLayout("".join(part.text for part in parts), font)
    formats = []
    start = 0
    for part in parts:
        length = _utf16_length(part.text)
        if part.is_match:
            piece = QTextLayout.FormatRange()
            piece.start, piece.length = start, length
            match = QTextCharFormat()
            match.setFontWeight(QFont.Weight.DemiBold)
            match.setForeground(match_color)
            piece.format = match
            formats.append(piece)
        start += length
    layout.setFormats(formats)
    layout.beginLayout()
    layout.createLine().setLineWidth(_ENDLESS)
    layout.endLayout()
    return layout


def _cut(parts: Sequence[SnippetPart], end: int) -> list[SnippetPart]:
    """The parts up to a position that Qt counts in UTF-16 units."""
    kept = []
    for part in parts:
        units = part.text.encode("utf-16-le", "surrogatepass")[: 2 * max(0, end)]
        kept.append(SnippetPart(units.decode("utf-16-le", "ignore"), part.is_match))
        end -= _utf16_length(part.text)
    return kept


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
