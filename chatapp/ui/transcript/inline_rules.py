r"""What a line of text knows beyond CommonMark: formulas, footnote references, `<br>`.

`$5 and $6` is no formula: there is no space inside the dollars and no digit after the closing one.
`\(` and `\[` are formulas although CommonMark reads them as escaped brackets, because that is how
most models write them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

FORMULA: Final = "formula"
DISPLAY_FORMULA: Final = "display_formula"
NOTE: Final = "note"

# Longer ones are text. A limit keeps the search for the end cheap.
_MOST_CHARACTERS: Final = 4000
# Each stops where the formula can only end or be none, so that no part is searched twice.
_IN_DOLLARS: Final = re.compile(r"(?:[^\\$`]|\\[\s\S])*")
_IN_TWO_DOLLARS: Final = re.compile(r"(?:[^\\$]|\\[\s\S]|\$(?!\$))*")
_IN_BRACKETS: Final = re.compile(r"(?:[^\\]|\\[^()\[\]])*")
_WORD: Final = re.compile(r"[^\W_]")
_NOTE: Final = re.compile(r"\[\^([^\s\[\]^]{1,80})\](?!\()")
_LINE_BREAK: Final = re.compile(r"<br[ \t]*/?>[ \t]*", re.IGNORECASE)


def add_inline_rules(parser: MarkdownIt) -> None:
    """Teach `parser` to make these tokens."""
    ruler = parser.inline.ruler
    ruler.before("escape", "dollars", _dollars)
    ruler.before("escape", "brackets", _brackets)
    ruler.before("link", "note", _note)
    ruler.before("autolink", "line_break", _line_break)


def _dollars(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    start = state.pos
    if state.src[start] != "$":
        return False
    if not state.src.startswith("$$", start):
        end = end_of_formula(state.src, start, state.posMax)
        return end > 0 and _take(state, FORMULA, 1, end, silent=silent)
    opening_end = start + 2
    if not state.src.startswith("$", opening_end):
        limit = min(state.posMax, start + _MOST_CHARACTERS)
        inside = _IN_TWO_DOLLARS.match(state.src, opening_end, limit)
        end = inside.end() if inside else 0
        if state.src.startswith("$$", end, state.posMax) and state.src[opening_end:end].strip():
            return _take(state, DISPLAY_FORMULA, 2, end + 2, silent=silent)
    while opening_end < state.posMax and state.src[opening_end] == "$":
        opening_end += 1
    if not silent:
        state.append_pending(state.src[start:opening_end])
    state.pos = opening_end
    return True


def end_of_formula(text: str, start: int, limit: int) -> int:
    """Where a formula in single dollars from `start` ends, before `limit`; 0 if it is none."""
    before = text[start - 1 : start]
    if before == "$" or (before.isascii() and before.isalnum()):
        return 0
    inside = _IN_DOLLARS.match(text, start + 1, min(limit, start + _MOST_CHARACTERS))
    end = inside.end() if inside else 0
    if end <= start + 1 or end >= limit or text[end] != "$":
        return 0
    if text[start + 1].isspace() or text[end - 1].isspace():
        return 0
    after = text[end + 1 : min(end + 2, limit)]
    return 0 if after == "$" or after.isdigit() else end + 1


def _brackets(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    start = state.pos
    opening = state.src[start : start + 2]
    if opening not in {r"\(", r"\["}:
        return False
    limit = min(state.posMax, start + _MOST_CHARACTERS)
    inside = _IN_BRACKETS.match(state.src, start + 2, limit)
    end = inside.end() if inside else 0
    closing = r"\)" if opening == r"\(" else r"\]"
    if not state.src.startswith(closing, end, state.posMax):
        return False
    # Escaped brackets around nothing but signs are just those.
    if not _WORD.search(state.src, start + 2, end):
        return False
    kind = FORMULA if opening == r"\(" else DISPLAY_FORMULA
    return _take(state, kind, 2, end + 2, silent=silent)


def _take(state: StateInline, kind: str, mark: int, end: int, *, silent: bool) -> bool:
    if not silent:
        token = state.push(kind, "", 0)
        token.info = state.src[state.pos : end]
        token.content = token.info[mark:-mark].strip()
    state.pos = end
    return True


def _note(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    found = _NOTE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push(NOTE, "", 0).content = found[1]
    state.pos = found.end()
    return True


def _line_break(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    found = _LINE_BREAK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ")
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True
