"""An answer that is read while it is written.

What reads it are generators: they stop where the text ends and go on when there is more. None of
them decides anything that more text could change, so what they say does not depend on where the
text was cut; and none of them looks at the same text twice, so an answer of any length takes
linear time.

A marker that is a control token of the model can't be forged by text: here it becomes one
character, a lone surrogate, which no text contains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")
Reading = Generator[None, None, T]
Sink = Callable[[str], object]

_FIRST, _LAST = 0xD800, 0xDFFF
_CONTROL = "[\ud800-\udfff]"
_any_control = re.compile(_CONTROL)
_no_blank = re.compile(r"\S")
_no_name = re.compile(r"[^\w.\-]")
# What JSON has outside of strings, besides numbers and words; and what it can't have there.
_outside = re.compile(r'["{}\[\]]|[^\s0-9A-Za-z+\-.,:]')
_inside = re.compile(f'["\\\\\\x00-\\x1f]|{_CONTROL}')
_scalar_end = re.compile(r"[^0-9A-Za-z+\-.]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer: whole characters, or how the model's vocabulary spells a token."""

    text: str
    is_control: bool = False


class _Markers:
    """Looks for any of some texts. None of them may begin inside of another one."""

    def __init__(self, texts: Iterable[str]) -> None:
        longest_first = sorted(set(texts), key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest_first)))
        self._beginnings = frozenset(text[:end] for text in texts for end in range(1, len(text)))
        firsts = "".join(sorted({text[0] for text in longest_first}))
        self.may_hold = re.compile(f"[{re.escape(firsts)}]").search
        self._longest = max(map(len, longest_first)) - 1

    def held(self, text: str, start: int) -> int:
        """How many characters at the end may be the beginning of one."""
        for length in range(min(self._longest, len(text) - start), 0, -1):
            if text[-length:] in self._beginnings:
                return length
        return 0

    def may_begin(self, text: str) -> bool:
        return not text or text in self._beginnings


_markers = lru_cache(maxsize=512)(_Markers)


class Source:
    """The answer. Markers named in `control` are seen only where they came as control tokens."""

    def __init__(self, control: Sequence[str] = ()) -> None:
        names = sorted(control, key=len, reverse=True)[: _LAST - _FIRST]
        self._characters = {name: chr(_FIRST + index) for index, name in enumerate(names)}
        self._names = {ord(char): name for name, char in self._characters.items()}
        self._encoded: dict[tuple[str, ...], _Markers] = {}
        self._text = ""
        self._at = 0
        self._raw: list[str] | None = None
        self.open: tuple[_Markers, Sink] | None = None  # what plain text would only pass through
        self.is_closed = False
        self.is_cut = False  # when closed: more would have come, perhaps the rest of a marker

    def feed(self, pieces: Iterable[Piece]) -> None:
        """Add to the end. Control tokens that are no marker say nothing."""
        new = [
            self._characters.get(piece.text, "")
            if piece.is_control
            else _any_control.sub("\ufffd", piece.text)
            for piece in pieces
        ]
        self._text = self._text[self._at :] + "".join(new)
        self._at = 0

    def spell(self, text: str) -> str:
        """The text with its control tokens as the vocabulary spells them."""
        return text.translate(self._names) if self._names else text

    def record(self, beginning: str) -> None:
        """From here on keep what is read; `beginning` was read already."""
        self._raw = [beginning]

    def recorded(self) -> str:
        """What was kept, which ends here."""
        raw, self._raw = self._raw, None
        return self.spell("".join(raw or ()))

    def until(self, markers: tuple[str, ...], sink: Sink, *, is_spelt: bool = True) -> Reading[str]:
        """Read up to the first of the markers, and that too. Returns it, or "" at the end.

        Control tokens among what is read come spelt, or as in `encode`.
        """
        search = self._search(markers)
        while True:
            text, at = self._text, self._at
            found = search.pattern.search(text, at)
            if found is not None:
                self._give(found.start(), sink, is_spelt=is_spelt)
                self._take(found.end())
                return self.spell(found.group())
            is_over = self.is_closed and not self.is_cut
            held = 0 if is_over else search.held(text, at)
            self._give(len(text) - held, sink, is_spelt=is_spelt)
            if self.is_closed:
                self._take(len(text))
                return ""
            if not held and self._raw is None:
                self.open = search, sink
            yield
            self.open = None

    def literal(self, *texts: str) -> Reading[str]:
        """Read one of these if it comes next. Returns it, or ""."""
        search = self._search(texts)
        while True:
            found = search.pattern.match(self._text, self._at)
            if found is not None:
                self._take(found.end())
                return self.spell(found.group())
            if not search.may_begin(self._text[self._at :]):
                return ""
            if self.is_closed:
                if self.is_cut:
                    self._take(len(self._text))
                return ""
            yield

    def blanks(self) -> Reading[str]:
        """Read white space. Returns it."""
        return (yield from self._run(_no_blank))

    def word(self) -> Reading[str]:
        """Read a name. Returns it."""
        return (yield from self._run(_no_name))

    def _run(self, end: re.Pattern[str]) -> Reading[str]:
        read: list[str] = []
        while True:
            found = end.search(self._text, self._at)
            self._give(len(self._text) if found is None else found.start(), read.append)
            if found is not None or self.is_closed:
                return "".join(read)
            yield

    def peek(self) -> Reading[str]:
        """The next character, or "" at the end."""
        while self._at == len(self._text):
            if self.is_closed:
                return ""
            yield
        return self._text[self._at]

    def skip(self) -> None:
        """Read the character that was peeked at."""
        self._take(self._at + 1)

    def is_control(self, marker: str) -> bool:
        """Whether this marker begins with a control token."""
        return bool(_any_control.match(self.encode(marker)))

    def json_value(self, sink: Sink) -> Reading[bool]:
        """Read one JSON value, as far as it can be one. Returns whether its end was found.

        Line breaks in its strings, which many models write as they are, come escaped.
        """
        first = yield from self.peek()
        if first not in '{["':
            return (yield from self._json_scalar(sink))
        depth, quoted, escaped = 0, False, False
        while True:
            text, at = self._text, self._at
            while at < len(text):
                if escaped:
                    at, escaped = at + 1, False
                    continue
                found = (_inside if quoted else _outside).search(text, at)
                if found is None:
                    at = len(text)
                    break
                char, at = found.group(), found.end()
                if char == '"':
                    quoted = not quoted
                elif char == "\\" and quoted:
                    escaped = True
                elif char in "{[" and not quoted:
                    depth += 1
                elif char in "}]" and not quoted:
                    depth -= 1
                elif quoted and char < " ":
                    self._give(found.start(), sink)
                    self._take(at)
                    sink(f"\\u{ord(char):04x}")
                else:
                    self._give(found.start(), sink)
                    return False
                if depth <= 0 and not quoted:
                    self._give(at, sink)
                    return True
            self._give(at, sink)
            if self.is_closed:
                return False
            yield

    def _json_scalar(self, sink: Sink) -> Reading[bool]:
        length = 0
        while True:
            found = _scalar_end.search(self._text, self._at)
            end = len(self._text) if found is None else found.start()
            length += end - self._at
            self._give(end, sink)
            if found is not None or self.is_closed:
                return length > 0
            yield

    def _search(self, markers: tuple[str, ...]) -> _Markers:
        found = self._encoded.get(markers)
        if found is None:
            found = _markers(tuple(map(self.encode, markers)) or ("\udfff",))
            self._encoded[markers] = found
        return found

    def encode(self, marker: str) -> str:
        """The marker as it stands in the text here."""
        for name, char in self._characters.items():
            marker = marker.replace(name, char)
        return marker

    def _give(self, end: int, sink: Sink, *, is_spelt: bool = True) -> None:
        if end > self._at:
            text = self._text[self._at : end]
            sink(self.spell(text) if is_spelt else text)
            self._take(end)

    def _take(self, end: int) -> None:
        if self._raw is not None:
            self._raw.append(self._text[self._at : end])
        self._at = end
