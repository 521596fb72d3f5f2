"""Which parts of a program text mean what, by Pygments. Without Qt.

Pygments is imported when the first lexer is looked for: it costs a tenth of a second. What is found
travels from the drawing process to the window as flat arrays: thousands of small objects would stop
the window while they are made.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from chatapp.ui.transcript.languages import is_plain, lexer_word

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# What comes after that many characters of a line stays plain: nobody reads that far.
_COLORED_COLUMNS: Final = 10_000
# A part has at most so many lines and took about so long, in seconds.
_PART_LINES: Final = 200
_PART_TIME: Final = 0.03
_LOOK_AT_CLOCK: Final = 200  # tokens
# A growing text is lexed anew from a point that is at least so far back, in characters.
_SEGMENT: Final = 800
# By the beginnings of Pygments' names.
_PAGES: Final = ("HTML", "Vue", "Svelte")


class Syntax(StrEnum):
    """The colour roles of code. The values are names of theme roles."""

    PLAIN = "text"
    KEYWORD = "syntax_keyword"
    STRING = "syntax_string"
    NUMBER = "syntax_number"
    COMMENT = "syntax_comment"
    FUNCTION = "syntax_function"
    TYPE = "syntax_type"


_ROLES: Final = tuple(Syntax)
_ROLE_BITS: Final = 3
_ROLE_MASK: Final = (1 << _ROLE_BITS) - 1


@dataclass(frozen=True, slots=True)
class Run:
    """Characters `begin` to `end` of a line."""

    begin: int
    end: int
    syntax: Syntax


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of some lines on end.

    `ends` has for each line the number of runs up to its end, `runs` for each run its begin and its
    end with the role in the lowest bits; both are arrays of unsigned ints. `safe_line` counts from
    the first of these lines: from there on a text that grew can be lexed alone.
    """

    name: str
    ends: bytes
    runs: bytes
    is_last: bool
    safe_line: int = 0


class Coloring:
    """The runs of the lines of one code, as far as they are known: `len()` lines.

    It changes while more becomes known. Lines before `changed_from` are as they were when a signal
    told of it last.
    """

    __slots__ = ("_ends", "_runs", "changed_from", "is_complete")

    def __init__(self) -> None:
        self._ends = array("I")
        self._runs = array("I")
        self.changed_from = 0
        self.is_complete = False

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, line: int) -> tuple[Run, ...]:
        """The runs of a line, without plain ones. A line that is not known yet has none."""
        if not 0 <= line < len(self._ends):
            return ()
        begin = self._ends[line - 1] if line else 0
        runs = self._runs[2 * begin : 2 * self._ends[line]]
        return tuple(
            Run(runs[at], runs[at + 1] >> _ROLE_BITS, _ROLES[runs[at + 1] & _ROLE_MASK])
            for at in range(0, len(runs), 2)
        )

    @property
    def size(self) -> int:
        """Bytes."""
        return self._ends.itemsize * (len(self._ends) + len(self._runs))

    def replace_from(self, line: int, colors: Colors, *, is_told: bool = True) -> None:
        """Put in `colors`, whose first line is `line`, and forget what was known after that.

        `is_told` says that whoever shows this knows of the changes before this one.
        """
        del self._ends[line:]
        known = self._ends[-1] if self._ends else 0
        del self._runs[2 * known :]
        self._runs.frombytes(colors.runs)
        ends = array("I")
        ends.frombytes(colors.ends)
        self._ends.extend(known + end for end in ends)
        self.changed_from = line if is_told else min(line, self.changed_from)
        self.is_complete = colors.is_last


class Highlighter:
    """Splits code of one language into runs. A language that is not known gives plain text."""

    def __init__(self, language: str) -> None:
        self._lexer = _find_lexer(language)
        self._known: dict[object, Syntax] = {}  # by Pygments' token type

    @property
    def name(self) -> str:
        """The language as people write it; empty when it is not known."""
        return "" if self._lexer is None else self._lexer.name

    def color(self, code: str, *, in_parts: bool = True) -> Iterator[Colors]:
        """The colours of all lines, the last part marked; only a line feed ends a line.

        A part that has no lines may come: it says that a line takes long.
        """
        part = _Part(self.name, in_parts=in_parts)
        line = 0  # where the line that is being filled begins
        stop = _line_end(code, 0)
        for number, (begin, end, syntax) in enumerate(self._tokens(code), 1):
            if number % _LOOK_AT_CLOCK == 0 and part.is_late:
                yield part.take()
            at = begin
            while at < end:
                while at > stop:
                    part.end_line()
                    line = stop + 1
                    stop = _line_end(code, line)
                    if part.is_full:
                        yield part.take()
                if syntax is Syntax.PLAIN:
                    break
                if at - line >= _COLORED_COLUMNS:
                    if stop == len(code):
                        break  # and no line comes after this one
                elif at < stop:
                    part.add(at - line, min(end, stop) - line, syntax)
                at = stop + 1
        for _ in range(code.count("\n", line) + 1):
            part.end_line()
        yield part.take(is_last=True)

    def color_growing(self, code: str) -> Colors:
        """The colours of all lines of `code`, which begins at a safe line of a text that grows."""
        colors = self._color_open(code)
        begin = _unindented_line(code, len(code) - _SEGMENT)
        if begin < _SEGMENT:
            return colors
        line = code.count("\n", 0, begin)
        # Whether a string, a comment or another language goes on there, only the lexer knows.
        tail = self._color_open(code[begin:])
        return replace(colors, safe_line=line) if _ends_with(colors, line, tail) else colors

    def _color_open(self, code: str) -> Colors:
        """What is in an open <script> or <style> of a page is coloured as if it were closed."""
        end = ""
        if self.name.startswith(_PAGES):
            opened = max((code.rfind(f"<{tag}"), tag) for tag in ("script", "style"))
            if opened[0] >= 0 and f"</{opened[1]}" not in code[opened[0] :]:
                end = f"\n</{opened[1]}>"
        (colors,) = self.color(code + end, in_parts=False)
        return _without_last_line(colors) if end else colors

    def _tokens(self, code: str) -> Iterator[tuple[int, int, Syntax]]:
        """Where tokens begin and end, in order, up to where the lexer lost its place."""
        if self._lexer is None:
            return
        place = 0
        # Unlike `get_tokens`, this neither strips nor adds line breaks.
        for begin, kind, text in self._lexer.get_tokens_unprocessed(code):
            if begin < place or not code.startswith(text, begin):
                return
            syntax = self._known.get(kind)
            if syntax is None:
                syntax = self._known[kind] = _syntax(str(kind))
            place = begin + len(text)
            yield begin, place, syntax


class _Part:
    """Lines that are being coloured."""

    def __init__(self, name: str, *, in_parts: bool) -> None:
        self._name = name
        self._in_parts = in_parts
        self._begin_again()
        self._open: list[int] = []

    @property
    def is_full(self) -> bool:
        return self.is_late or (self._in_parts and len(self._ends) >= _PART_LINES)

    @property
    def is_late(self) -> bool:
        return self._in_parts and time.monotonic() > self._until

    def add(self, begin: int, end: int, syntax: Syntax) -> None:
        """A run of the line that is being filled; one that goes on is made longer."""
        last = end << _ROLE_BITS | _ROLES.index(syntax)
        if self._open and self._open[-1] == begin << _ROLE_BITS | last & _ROLE_MASK:
            self._open[-1] = last
        else:
            self._open += (begin, last)

    def end_line(self) -> None:
        self._runs.extend(self._open)
        self._open.clear()
        self._ends.append(len(self._runs) // 2)

    def take(self, *, is_last: bool = False) -> Colors:
        """The lines that ended since the last time."""
        colors = Colors(self._name, self._ends.tobytes(), self._runs.tobytes(), is_last)
        self._begin_again()
        return colors

    def _begin_again(self) -> None:
        self._ends = array("I")
        self._runs = array("I")
        self._until = time.monotonic() + _PART_TIME


def _line_end(code: str, begin: int) -> int:
    end = code.find("\n", begin)
    return len(code) if end < 0 else end


def _unindented_line(code: str, limit: int) -> int:
    """Where the last line begins that starts before `limit` with a letter; 0 if none does."""
    begin = code.rfind("\n", 0, max(limit, 0)) + 1
    while begin and not (code[begin].isalpha() or code[begin] in "#@_<$\\"):
        begin = code.rfind("\n", 0, begin - 1) + 1
    return begin


def _without_last_line(colors: Colors) -> Colors:
    ends = array("I", colors.ends)[:-1]
    runs = colors.runs[: 2 * ends[-1] * ends.itemsize]
    return replace(colors, ends=ends.tobytes(), runs=runs)


def _ends_with(colors: Colors, line: int, tail: Colors) -> bool:
    """Whether the lines from `line` on are coloured as `tail` says."""
    ends = array("I", colors.ends)
    known = ends[line - 1]
    begin = 2 * known * ends.itemsize
    return colors.runs[begin:] == tail.runs and array("I", tail.ends) == array(
        "I", [end - known for end in ends[line:]]
    )


def _find_lexer(language: str) -> Lexer | None:
    if is_plain(language):
        return None
    from pygments.lexers import get_all_lexers, get_lexer_by_name

    word = lexer_word(language)
    # Not by asking for any name: that would look for plug-ins.
    by_ending = ""
    for _, aliases, endings, _ in get_all_lexers(plugins=False):
        if word in aliases:
            return get_lexer_by_name(word)
        if not by_ending and aliases and f"*.{word}" in endings:
            by_ending = aliases[0]
    return get_lexer_by_name(by_ending) if by_ending else None


# By the beginnings of Pygments' token names; the first that fits counts.
_BY_TOKEN = (
    ("Token.Comment.Preproc", Syntax.KEYWORD),
    ("Token.Comment", Syntax.COMMENT),
    ("Token.Keyword.Type", Syntax.TYPE),
    ("Token.Keyword.Constant", Syntax.NUMBER),
    ("Token.Keyword", Syntax.KEYWORD),
    ("Token.Operator.Word", Syntax.KEYWORD),
    ("Token.Literal.String.Interpol", Syntax.PLAIN),
    ("Token.Literal.String", Syntax.STRING),
    ("Token.Literal.Number", Syntax.NUMBER),
    ("Token.Name.Function", Syntax.FUNCTION),
    ("Token.Name.Decorator", Syntax.FUNCTION),
    ("Token.Name.Builtin", Syntax.TYPE),
    ("Token.Name.Class", Syntax.TYPE),
    ("Token.Name.Namespace", Syntax.TYPE),
    ("Token.Name.Exception", Syntax.TYPE),
    ("Token.Name.Tag", Syntax.KEYWORD),
    ("Token.Name.Attribute", Syntax.FUNCTION),
    ("Token.Generic.Deleted", Syntax.NUMBER),
    ("Token.Generic.Inserted", Syntax.STRING),
    ("Token.Generic.Heading", Syntax.FUNCTION),
    ("Token.Generic.Subheading", Syntax.FUNCTION),
)


def _syntax(token: str) -> Syntax:
    for beginning, syntax in _BY_TOKEN:
        if token.startswith(beginning):
            return syntax
    return Syntax.PLAIN
