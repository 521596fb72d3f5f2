"""The piece of a text that shows why it was found.

FTS5 has a function for this, but it needs a copy of every text in the index, marks matches with
characters that a text may contain itself, stops at NUL and reads all of a text of any length.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from chatapp.domain.conversation import SnippetPart
from chatapp.storage.database import Token, Tokenise

_CHUNK_CHARACTERS = 50_000
_OVERLAP_CHARACTERS = 2_000
_BYTES_BEFORE = 40
_BYTES_SHOWN = 240
_MATCHES_CONSIDERED = 1_000  # of each phrase

# Start and end in bytes, and the number of the phrase.
Match = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other. The last may be only the beginning of one."""

    words: tuple[str, ...]
    is_prefix: bool

    def find_in(self, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
        """Start and end of every occurrence, in bytes."""
        *exact, last = self.words
        for index in range(len(exact), len(tokens)):
            _, end, word = tokens[index]
            if word.startswith(last) if self.is_prefix else word == last:
                before = tokens[index - len(exact) : index]
                if [token[2] for token in before] == exact:
                    yield tokens[index - len(exact)][0], end


def snippet(text: str, phrases: Sequence[Phrase], tokenise: Tokenise) -> tuple[SnippetPart, ...]:
    """About two lines around the densest matches; white space is reduced to single blanks.

    Without a match (the text was changed a moment ago) it is the beginning of the text.
    """
    for offset in range(0, len(text), _CHUNK_CHARACTERS):
        chunk = text[offset : offset + _CHUNK_CHARACTERS + _OVERLAP_CHARACTERS]
        utf8 = chunk.encode()
        tokens = tokenise(utf8)
        matches = sorted(
            (start, end, number)
            for number, phrase in enumerate(phrases)
            for start, end in islice(phrase.find_in(tokens), _MATCHES_CONSIDERED)
        )
        if matches:
            begin = _begin(utf8, matches)
            return _parts(
                utf8[begin : begin + _BYTES_SHOWN],
                [(start - begin, end - begin) for start, end, _ in matches if start >= begin],
                cut_before=offset + begin > 0,
                cut_after=begin + _BYTES_SHOWN < len(utf8) or offset + len(chunk) < len(text),
            )
    utf8 = text[:_BYTES_SHOWN].encode()
    return _parts(
        utf8[:_BYTES_SHOWN],
        [],
        cut_before=False,
        cut_after=len(utf8) > _BYTES_SHOWN or len(text) > _BYTES_SHOWN,
    )


def _begin(utf8: bytes, matches: Sequence[Match]) -> int:
    """Where the piece begins: it shows most of what was searched for, rare words above all."""
    frequency = Counter(number for _, _, number in matches)
    shown: Counter[int] = Counter()
    window: deque[Match] = deque()
    best_score, best_start = 0.0, 0
    for match in matches:
        window.append(match)
        shown[match[2]] += 1
        while len(window) > 1 and match[1] - window[0][0] > _BYTES_SHOWN - _BYTES_BEFORE:
            shown[window.popleft()[2]] -= 1
        if shown[match[2]] == 1:
            score = sum(1 / frequency[number] for number in frequency if shown[number])
            if score > best_score:
                best_score, best_start = score, window[0][0]
    begin = max(best_start - _BYTES_BEFORE, 0)
    # Rather a whole word than the rest of one.
    return begin if begin == 0 else max(begin, utf8.find(b" ", begin, best_start) + 1)


def _parts(
    utf8: bytes, matches: Sequence[tuple[int, int]], *, cut_before: bool, cut_after: bool
) -> tuple[SnippetPart, ...]:
    pieces: list[tuple[bytes, bool]] = []
    position = 0
    for start, end in matches:
        # The matches of two phrases may overlap.
        if end > position and start < len(utf8):
            pieces.append((utf8[position:start], False))
            pieces.append((utf8[max(position, start) : end], True))
            position = end
    pieces.append((utf8[position:], False))
    # A character that was cut in two is left out.
    parts = [(re.sub(r"\s+", " ", piece.decode(errors="ignore")), hit) for piece, hit in pieces]
    if cut_before:
        text, is_match = parts[0]  # never a match: what comes before the first one, or nothing
        parts[0] = ("…" + text, is_match)
    if cut_after:
        text, is_match = parts[-1]
        parts[-1] = (text + "…", is_match)
    return tuple(SnippetPart(text, is_match=hit) for text, hit in parts if text)
