"""What is selected in a conversation, from a position in one message to one in another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from PySide6.QtCore import QTextBoundaryFinder

from chatapp.ui.transcript.blocks import Block, visible_text
from chatapp.ui.transcript.paragraph import NO_MARKS, Marks, has_ideographs
from chatapp.ui.transcript.units import Units

_WORD: Final = re.compile(r"\w+")
_NEAR: Final = 500  # characters around a place in which a word is looked for


class Position(NamedTuple):
    """A place in the text: the message's row, its block, the character in that."""

    row: int
    block: int
    offset: int


@dataclass(slots=True)
class Selection:
    """From `start`, where it was begun, to `end`, where it follows the pointer."""

    start: Position
    end: Position

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return self.start == self.end

    @property
    def range(self) -> tuple[Position, Position]:
        """From the earlier to the later one."""
        return (self.start, self.end) if self.start <= self.end else (self.end, self.start)

    def within(self, row: int, block: int, length: int) -> tuple[int, int] | None:
        """What of a block is selected."""
        first, last = self.range
        begin = 0 if first < Position(row, block, 0) else first.offset
        if first[:2] > (row, block) or last[:2] < (row, block):
            return None
        end = length if last[:2] > (row, block) else last.offset
        return (begin, end) if begin < end or (begin == end == 0 == length) else None


@dataclass(frozen=True, slots=True)
class Match:
    """A place where what is looked for stands."""

    row: int
    block: int
    begin: int
    end: int


def marks_of(
    row: int,
    blocks: Sequence[Block],
    selection: Selection | None,
    matches: Sequence[Match],
    current: Match | None,
) -> list[Marks] | None:
    """What is marked in each block of a message; none at all is the usual case."""
    is_selected = False
    if selection is not None and not selection.is_empty:
        first, last = selection.range
        is_selected = first.row <= row <= last.row
    if not is_selected and not matches:
        return None
    found: list[Marks] = []
    by_block: dict[int, list[Match]] = {}
    for match in matches:
        by_block.setdefault(match.block, []).append(match)
    for index, block in enumerate(blocks):
        here = by_block.get(index, ())
        selected = None
        if is_selected and selection is not None:
            selected = selection.within(row, index, len(visible_text(block)))
        if not here and selected is None:
            found.append(NO_MARKS)
            continue
        found.append(
            Marks(
                selected,
                tuple((match.begin, match.end) for match in here if match != current),
                (current.begin, current.end)
                if current is not None and current.row == row and current.block == index
                else None,
            )
        )
    return found


def word_around(text: str, offset: int) -> tuple[int, int]:
    """The word, the white space or the sign at a place in a text."""
    start = max(0, offset - _NEAR)
    found = _WORD.match(text, offset)
    if found is not None and has_ideographs(found.group()):
        # Words of Chinese have no ends that could be seen: what has no sign in it is taken.
        begin = offset
        while begin > start and text[begin - 1].isalnum():
            begin -= 1
        return begin, found.end()
    return _segment(QTextBoundaryFinder.BoundaryType.Word, text, offset)


def next_letter(text: str, offset: int) -> int:
    """Where what a reader takes for one letter ends."""
    if text[offset : offset + 2].isascii():
        return min(offset + 1, len(text))
    return max(offset + 1, _segment(QTextBoundaryFinder.BoundaryType.Grapheme, text, offset)[1])


def previous_letter(text: str, offset: int) -> int:
    """Where the letter before begins."""
    if text[max(0, offset - 1) : offset + 1].isascii():
        return max(offset - 1, 0)
    return _segment(QTextBoundaryFinder.BoundaryType.Grapheme, text, max(0, offset - 1))[0]


def _segment(kind: QTextBoundaryFinder.BoundaryType, text: str, offset: int) -> tuple[int, int]:
    """The part of a text between two boundaries that a character belongs to."""
    if offset >= len(text):
        return offset, offset
    start = max(0, offset - _NEAR)
    window = text[start : offset + _NEAR].encode("utf-16-le", "replace").decode("utf-16-le")
    units = Units(window)
    finder = QTextBoundaryFinder(kind, window)
    finder.setPosition(units.to_qt(offset - start + 1))
    if not finder.isAtBoundary():
        finder.toNextBoundary()
    end = start + units.from_qt(finder.position())
    finder.toPreviousBoundary()
    return start + units.from_qt(finder.position()), end


def next_word(text: str, offset: int) -> int:
    """Where the next word begins."""
    found = re.compile(r"\s*\S+?\b|\s*\S+|\s+").match(text, offset)
    return found.end() if found else len(text)


def previous_word(text: str, offset: int) -> int:
    """Where the word before begins."""
    start = max(0, offset - 4000)
    words = [m.start() for m in re.finditer(r"\w+|[^\w\s]+", text[start:offset])]
    return start + words[-1] if words else 0
