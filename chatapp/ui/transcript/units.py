"""Positions count characters; Qt counts units of UTF-16, of which emoji and rare letters take two.

Clusters are what a reader takes for one letter: a family of emoji, a letter with its accents.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

_WIDE: Final = re.compile("[\U00010000-\U0010ffff]")


class Units:
    """Between positions in one text and Qt's. For most texts they are the same."""

    __slots__ = ("_begins", "_wide")

    def __init__(self, text: str) -> None:
        wide = [] if text.isascii() else [found.start() for found in _WIDE.finditer(text)]
        self._wide = wide  # the positions of the characters that take two
        self._begins = [position + number for number, position in enumerate(wide)]

    def __bool__(self) -> bool:
        return bool(self._wide)

    def to_qt(self, position: int) -> int:
        """Where a position is in Qt's count."""
        return position + bisect_left(self._wide, position) if self._wide else position

    def from_qt(self, place: int) -> int:
        """The position of a place in Qt's count; the middle of a character is its beginning."""
        return place - bisect_left(self._begins, place) if self._wide else place
