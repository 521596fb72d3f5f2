"""Finds text as a person means it: in any case, with or without accents, in any width.

White space is all the same, so that a line break in a paragraph is found as a blank.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ACCENTS: Final = "[\u0300-\u036f]*"
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_BLANKS: Final = str.maketrans(dict.fromkeys("\n\t\r\v\f\x1c\x1d\x1e\x1f", " "))


class _Folding(dict[int, str]):
    """What each character is compared as: always one character, so that offsets stay right."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = unicodedata.normalize("NFKD", char).casefold()
        base = _ACCENT.sub("", folded)
        # What folds to several letters (ß, ﬁ) is left as it is.
        result = base if len(base) == 1 else char.lower()
        result = result if len(result) == 1 else char
        self[code] = " " if result.isspace() else result
        return self[code]


_FOLDING: Final = _Folding()


def fold(text: str) -> str:
    """The text as it is compared: as long as before, and without line breaks."""
    return text.lower().translate(_BLANKS) if text.isascii() else text.translate(_FOLDING)


def fold_query(query: str) -> str:
    """What is looked for, as it is compared."""
    folded = fold(query)
    return _ACCENT.sub("", folded) or folded


def has_accents(folded: str) -> bool:
    """Whether accents that are characters of their own stand in a folded text."""
    return not folded.isascii() and _ACCENT.search(folded) is not None


def find_folded(folded: str, wanted: str, *, accents: bool) -> list[tuple[int, int]]:
    """Where a folded query stands in a folded text, without overlaps; see `has_accents`."""
    if not wanted:
        return []
    if accents:
        return [found.span() for found in _with_accents(wanted).finditer(folded)]
    matches = []
    position = folded.find(wanted)
    while position >= 0:
        end = position + len(wanted)
        matches.append((position, end))
        position = folded.find(wanted, end)
    return matches


def count_folded(folded: str, wanted: str, *, accents: bool) -> int:
    """How many places `find_folded` finds."""
    if not accents:
        return folded.count(wanted) if wanted else 0
    return len(_with_accents(wanted).findall(folded)) if wanted else 0


def find_all(text: str, query: str) -> list[tuple[int, int]]:
    """Where `query` stands in `text`, as (begin, end) in characters, without overlaps.

    An accent that is a character of its own belongs to the letter before it.
    """
    folded = fold(text)
    return find_folded(folded, fold_query(query), accents=has_accents(folded))


def _with_accents(wanted: str) -> re.Pattern[str]:
    return re.compile("".join(re.escape(char) + _ACCENTS for char in wanted))
