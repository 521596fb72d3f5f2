"""Whether what is typed means a title, how well, and which of its letters.

Every word that is typed has to be found: as a part of the title, as letters of it in their order
("nc" for "New conversation"), or as a part of what else is said about it. Accents and case make no
difference.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from chatapp.domain.conversation import SnippetPart

_AT_BEGINNING = 100
_AT_WORD = 80
_INSIDE = 50
_INITIALS = 40
_SCATTERED = 10
_ELSEWHERE = 20


@dataclass(frozen=True, slots=True)
class Match:
    """A higher `score` is better; `letters` are places in the title."""

    score: float
    letters: frozenset[int]


def match(query: str, title: str, elsewhere: str = "") -> Match | None:
    """How `query` means `title`, or None. An empty one means everything equally."""
    folded = _fold(title)
    other = _fold(elsewhere)
    score = 0.0
    letters: set[int] = set()
    words = _fold(query).split()
    for word in words:
        found = _find(word, folded)
        if found is not None:
            score += found.score
            letters |= found.letters
        elif word in other:
            score += _ELSEWHERE
        else:
            return None
    # Among equals the shorter title is closer to what was typed.
    return Match(score - len(title) / 1000 if words else 0.0, frozenset(letters))


def marked(title: str, letters: frozenset[int]) -> tuple[SnippetPart, ...]:
    """The title in pieces of matching and other letters."""
    parts: list[SnippetPart] = []
    for place, letter in enumerate(title):
        is_match = place in letters
        if parts and parts[-1].is_match is is_match:
            parts[-1] = SnippetPart(parts[-1].text + letter, is_match)
        else:
            parts.append(SnippetPart(letter, is_match))
    return tuple(parts)


@lru_cache(maxsize=4096)  # the same titles are asked for with every letter that is typed
def _fold(text: str) -> str:
    """Letter by letter, so that places stay what they are."""
    folded = (unicodedata.normalize("NFD", letter)[0].casefold() for letter in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(folded, text, strict=True))


def _find(word: str, title: str) -> Match | None:
    starts = [place for place in _places(word, title) if _begins_word(title, place)]
    place = starts[0] if starts else title.find(word)
    if place >= 0:
        score = _AT_BEGINNING if place == 0 else _AT_WORD if starts else _INSIDE
        return Match(score, frozenset(range(place, place + len(word))))
    if len(word) < 2:
        return None
    initials = _walk(word, title)
    if initials is not None:
        return Match(_INITIALS, frozenset(initials))
    scattered = _scatter(word, title)
    return Match(_SCATTERED, frozenset(scattered)) if scattered is not None else None


def _places(word: str, title: str) -> list[int]:
    places = []
    place = title.find(word)
    while place >= 0:
        places.append(place)
        place = title.find(word, place + 1)
    return places


def _begins_word(title: str, place: int) -> bool:
    return place == 0 or not title[place - 1].isalnum()


def _walk(word: str, title: str) -> tuple[int, ...] | None:
    """The letters of `word`, each next to the one before or at the beginning of a word."""
    dead_ends: set[tuple[int, int]] = set()

    def walk(at: int, last: int) -> tuple[int, ...] | None:
        if at == len(word):
            return ()
        if (at, last) in dead_ends:
            return None
        for place in range(last + 1, len(title)):
            is_next = at > 0 and place == last + 1
            if title[place] == word[at] and (is_next or _begins_word(title, place)):
                rest = walk(at + 1, place)
                if rest is not None:
                    return (place, *rest)
        dead_ends.add((at, last))
        return None

    return walk(0, -1) if len(word) <= len(title) else None


def _scatter(word: str, title: str) -> list[int] | None:
    """The letters of `word` in their order, the first at the beginning of a word."""
    places: list[int] = []
    for letter in word:
        place = title.find(letter, places[-1] + 1 if places else 0)
        while not places and place >= 0 and not _begins_word(title, place):
            place = title.find(letter, place + 1)
        if place < 0:
            return None
        places.append(place)
    return places
