r"""Reads the usual marks in a text, many times as fast as the parser does.

Most text has nothing but words, `code`, **bold** and *italic* words, plain links and formulas, one
beside the other. What is here gives for those what the parser would give, and stops before anything
else: marks in marks, escapes, references. The parser reads on from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace

from chatapp.ui.transcript.blocks import Span, is_safe_address
from chatapp.ui.transcript.inline_rules import end_of_formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LETTERS: Final = r"[^\\`*_~\[<&$!]++"
_CODE: Final = r"(?<!`)`(?!`)[^`]++`(?!`)"
# Underscores in a word are never marks.
_WORDS: Final = rf"{_LETTERS}|!(?!\[)|(?<=[^\W_])_++(?=[^\W_])"
_INSIDE: Final = rf"(?:{_WORDS}|{_CODE})++"
_LABEL: Final = r"[^\\`*_~\[\]<&$!\n]++"
_ENTITY: Final = r"&(?!\#?\w++;)"
_ADDRESS: Final = rf"https?://(?:[^\s\x00-\x1f\x7f()<>\\&]|{_ENTITY})++"
_TOKEN: Final = re.compile(
    rf"(?P<words>(?:{_WORDS}|{_ENTITY}|(?<!~)~(?!~)|<(?=[ \n=])|(?<![^ \n])\*(?=[ \n]))++)"
    rf"|(?P<code>{_CODE})"
    rf"|(?P<bold>(?<!\*)\*\*(?!\*){_INSIDE}\*\*(?!\*))"
    rf"|(?P<italic>(?<!\*)\*(?!\*){_INSIDE}\*(?!\*))"
    r"|(?P<dollar>(?<!\$)\$(?!\$))"
    rf"|(?<!!)\[(?P<label>{_LABEL})\]\((?P<address>{_ADDRESS})\)"
    rf"|(?P<brackets>(?<!!)\[(?!\^){_LABEL}\](?![(\[:]))"
)
_PART: Final = re.compile(rf"(?P<code>{_CODE})|[^`]++")


@dataclass(frozen=True, slots=True)
class PlainStart:
    """The beginning of a text up to `end`, in spans. Line breaks and addresses are not read yet."""

    spans: list[Span]
    end: int


def read_plain_start(
    content: str, normalize: Callable[[str], str], *, has_references: bool
) -> PlainStart:
    """Read `content` as far as it is usual.

    `normalize` gives the address of a link. With `has_references`, words in brackets may be links.
    """
    spans: list[Span] = []
    text = ""
    position = 0
    # Before the last white space outside of all marks: how many spans, what text, where.
    safe = (0, "", 0)
    while position < len(content):
        token = _TOKEN.match(content, position)
        if token is None:
            break
        end = token.end()
        kind = token.lastgroup
        if kind == "words":
            words = token[0]
            space = max(words.rfind(" "), words.rfind("\n"))
            if space >= 0:
                before = words[:space].rstrip(" \n")
                safe = (len(spans), text + before, position + len(before))
            text += words
            position = end
            continue
        if kind == "brackets":
            if has_references:
                break
            text += token[0]
            position = end
            continue
        if kind == "dollar":
            end = end_of_formula(content, position, len(content))
            if not end:
                text += "$"
                position += 1
                continue
            source = content[position:end]
            new = [Span(source, formula=source[1:-1].strip())]
        elif kind == "code":
            new = [Span(_code(token[0]), code=True)]
        elif kind == "address":
            address = normalize(token["address"])
            if not is_safe_address(address):
                break
            new = [Span(token["label"], link=address)]
        else:
            mark = 2 if kind == "bold" else 1
            if not _is_marked(content, position, end, mark):
                break
            new = list(_inside(token[0][mark:-mark], is_bold=kind == "bold"))
        if text:
            spans.append(Span(text))
            text = ""
        spans += new
        position = end
    if position < len(content):
        count, text, position = safe
        del spans[count:]
    if text:
        spans.append(Span(text))
    return PlainStart(spans, position)


def _inside(content: str, *, is_bold: bool) -> Iterator[Span]:
    for part in _PART.finditer(content):
        is_code = part.lastgroup == "code"
        text = _code(part[0]) if is_code else part[0]
        yield Span(text, bold=is_bold, italic=not is_bold, code=is_code)


def _code(source: str) -> str:
    text = source[1:-1].replace("\n", " ")
    if text[0] == text[-1] == " " and text.strip(" "):
        return text[1:-1]
    return text


def _is_marked(content: str, begin: int, end: int, mark: int) -> bool:
    """Whether marks of this length may open and close here, after CommonMark's flanking rules."""
    before, after = content[begin - 1 : begin] or " ", content[end : end + 1] or " "
    return _flanks(before, content[begin + mark]) and _flanks(after, content[end - mark - 1])


def _flanks(outside: str, inside: str) -> bool:
    if isWhiteSpace(ord(inside)):
        return False
    return not _is_punctuation(inside) or isWhiteSpace(ord(outside)) or _is_punctuation(outside)


def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)
