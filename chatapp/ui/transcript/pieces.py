"""Where a very long paragraph is cut, so that no block takes long to read or to lay out.

Whether there is a cut depends only on the text from the cut before it to a little behind it. A
paragraph that grows is thus cut as the whole one is.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# A paragraph of this many characters is cut at its next line break.
SHORTEST: Final = 4000
# And without a line break for this many, somewhere in the line.
LONGEST: Final = 8000
# So many line breaks are tried for one that stands outside of all marks.
_TRIES: Final = 8
_MARKS: Final = ("`", "**", "~~", "$")
_BRACKETS: Final = (("[", "]"), (r"\(", r"\)"), (r"\[", r"\]"))
_SPACES: Final = " \t\u3000\u3002\uff01\uff0c\uff1b\uff1f"
_JOINER: Final = "\u200d"


def cuts(text: str) -> list[int]:
    """Where the pieces of a paragraph begin: 0 first."""
    starts = [0]
    while position := _next_cut(text, starts[-1]):
        starts.append(position)
    return starts


def _next_cut(text: str, start: int) -> int:
    if len(text) - start <= SHORTEST:
        return 0
    is_long = len(text) - start > LONGEST
    first = 0
    position = start + SHORTEST - 1
    for _ in range(_TRIES):
        position = text.find("\n", position, min(start + LONGEST, len(text) - 1)) + 1
        if not position:
            break
        if _is_outside_marks(text[start:position]):
            return position
        first = first or position
    else:
        return first
    if not is_long:
        return 0
    return first or _cut_in_line(text, start)


def _is_outside_marks(text: str) -> bool:
    if any(text.count(mark) % 2 for mark in _MARKS):
        return False
    return all(text.count(opening) == text.count(closing) for opening, closing in _BRACKETS)


def _cut_in_line(text: str, start: int) -> int:
    end = start + LONGEST
    space = max(text.rfind(mark, start + SHORTEST, end) for mark in _SPACES)
    if space >= 0:
        return space + 1
    # Not between a letter and its accent, or in the middle of an emoji or an escape.
    for position in range(end, end - 16, -1):
        before, after = text[position - 1], text[position]
        is_joined = unicodedata.combining(after) or after in "\ufe0e\ufe0f" + _JOINER
        if not is_joined and before not in "\\" + _JOINER:
            return position
    return end
