"""Writes spans as the Markdown that gives them, with escapes only where they are needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, Final

from chatapp.ui.transcript.block_rules import WHITE_SPACE
from chatapp.ui.transcript.inline import with_bare_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chatapp.ui.transcript.blocks import Span

_MARKS: Final = {"link": "[", "bold": "**", "strike": "~~", "italic": "*"}
_ESCAPABLE: Final = re.compile(r"[\\`*_~<&\[\]!]")
_ASCII_PUNCTUATION: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\n")
_TAG: Final = re.compile(
    r"<(?:br[ \t]*/?>|[A-Za-z][A-Za-z0-9+.-]{1,31}:|[^\s<>]+@|\Z)", re.IGNORECASE
)
_ENTITY: Final = re.compile(r"&(?:#[xX]?[0-9A-Fa-f]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
_MONEY: Final = re.compile(r"\$(?=\d)")
# At the beginning of a line, these would make something else of it.
_LINE_START: Final = re.compile(
    r"\d{1,9}(?=[.)](?:[ \t]|\Z))|(?:#{1,6}|[-+*_])(?=[ \t]|\Z)|>|(?:=+|-+)[ \t]*\Z"
    r"|[-|:][-|: \t]*\Z"
)
_PLAIN_ADDRESS: Final = re.compile(r"[^\s<>()\\]+")
_CLOSING_HASHES: Final = re.compile(r"(?:(?<=[ \t])|\A)(?=#+\Z)")


# Stands for a line break in a formula, whose lines are written as they are. No text has it.
_FORMULA_BREAK: Final = "\0"


class _Kind(Enum):
    TEXT = auto()
    RAW = auto()
    OPEN = auto()
    CLOSE = auto()


@dataclass(slots=True)
class _Item:
    """A part of a line. The marks of one `group` belong together."""

    kind: _Kind
    text: str
    group: int = 0


def write_paragraph(spans: Sequence[Span]) -> str:
    """The Markdown of a paragraph. It may have several lines."""
    lines = _Writer(spans).write().split("\n")
    text = ""
    for position, line in enumerate(lines):
        # An empty line would end the paragraph, and one at its edge would be lost.
        is_inside = position > 0 and bool(line.strip()) and bool(lines[position - 1].strip())
        if position and not is_inside:
            text += "<br>"
        elif position:
            text += "\n"
        space = " \t" if position else WHITE_SPACE
        visible = _with_edges(line, space, at_start=True, at_end=True)
        text += _at_line_start(visible) if is_inside or position == 0 else visible
    return text.replace(_FORMULA_BREAK, "\n")


def write_line(spans: Sequence[Span], *, in_cell: bool = False) -> str:
    """The Markdown of a heading or a cell, in one line."""
    text = _Writer(spans, is_one_line=True).write().replace("\n", "<br>")
    text = _with_edges(text, WHITE_SPACE, at_start=True, at_end=True)
    if in_cell:
        return text.replace("|", r"\|")
    return _CLOSING_HASHES.sub(r"\\", text)


class _Writer:
    """Writes one line's spans: first as marks and texts, then with what their neighbours need."""

    def __init__(self, spans: Sequence[Span], *, is_one_line: bool = False) -> None:
        self._spans = [span for span in spans if span.text]
        self._is_one_line = is_one_line
        self._groups = 0
        plain = [s.text for s in self._spans if not (s.code or s.formula or s.note)]
        dollars = sum(text.count("$") for text in plain)
        has_formulas = any(span.formula for span in self._spans)
        is_money = dollars == sum(len(_MONEY.findall(text)) for text in plain)
        self._escapes_dollars = has_formulas or (dollars > 1 and not is_money)

    def write(self) -> str:
        return self._assembled(list(self._items(self._spans, tuple(_MARKS))))

    def _items(
        self, spans: Sequence[Span], marks: tuple[str, ...], *, in_link: bool = False
    ) -> Iterator[_Item]:
        """The items of `spans`. Of their `marks`, the one that goes on longest is outermost."""
        position = 0
        while position < len(spans):
            best, length = "", 0
            for mark in marks:
                value = getattr(spans[position], mark)
                if value:
                    same = takewhile(
                        lambda s, m=mark, v=value: getattr(s, m) == v,  # type: ignore[misc]
                        spans[position:],
                    )
                    reach = sum(1 for _ in same)
                    best, length = (mark, reach) if reach > length else (best, length)
            if not best:
                yield self._leaf(spans[position], in_link=in_link)
                position += 1
                continue
            run = spans[position : position + length]
            rest = tuple(mark for mark in marks if mark != best)
            if best == "link":
                yield from self._link(run, rest)
            else:
                yield from self._marked(list(self._items(run, rest, in_link=in_link)), best)
            position += length

    def _marked(self, items: list[_Item], mark: str) -> Iterator[_Item]:
        """Marks around items. White space at their edges has to be outside."""
        before = after = ""
        while items and items[0].kind is _Kind.TEXT:
            stripped = items[0].text.lstrip()
            before += items[0].text[: len(items[0].text) - len(stripped)]
            items[0].text = stripped
            if stripped:
                break
            items.pop(0)
        while items and items[-1].kind is _Kind.TEXT:
            stripped = items[-1].text.rstrip()
            after = items[-1].text[len(stripped) :] + after
            items[-1].text = stripped
            if stripped:
                break
            items.pop()
        if before:
            yield _Item(_Kind.TEXT, before)
        if items:
            self._groups += 1
            group = self._groups
            yield _Item(_Kind.OPEN, _MARKS[mark], group)
            yield from items
            yield _Item(_Kind.CLOSE, _MARKS[mark], group)
        if after:
            yield _Item(_Kind.TEXT, after)

    def _link(self, run: Sequence[Span], marks: tuple[str, ...]) -> Iterator[_Item]:
        address = run[0].link
        text = "".join(span.text for span in run)
        is_plain = len(run) == 1 and not (run[0].code or run[0].formula or run[0].note)
        if is_plain and text in {address, address.removeprefix("mailto:")}:
            style = [mark for mark in marks if getattr(run[0], mark)]
            if not style and not re.search(r"[\s<>]", text):
                yield _Item(_Kind.RAW, f"<{text}>")
                return
        yield _Item(_Kind.RAW, "[")
        yield from self._items(run, marks, in_link=True)
        target = address.replace("\\", "\\\\")
        target = _ENTITY.sub(r"\\\g<0>", target)
        if not _PLAIN_ADDRESS.fullmatch(address):
            target = "<" + re.sub("[<>]", r"\\\g<0>", target) + ">"
        yield _Item(_Kind.RAW, f"]({target})")

    def _leaf(self, span: Span, *, in_link: bool) -> _Item:
        if span.formula:
            line_break = " " if self._is_one_line else _FORMULA_BREAK
            return _Item(_Kind.RAW, span.text.replace("\n", line_break))
        if span.note:
            return _Item(_Kind.RAW, f"[^{span.text}]")
        if span.code:
            return _Item(_Kind.RAW, _code(span.text))
        text = _ESCAPABLE.sub(lambda found: _escaped(found, in_link=in_link), span.text)
        if self._escapes_dollars:
            text = text.replace("$", r"\$")
        return _Item(_Kind.TEXT, text)

    def _assembled(self, items: list[_Item]) -> str:
        _choose_marks(items)
        _keep_letters_from(items)
        text = ""
        for item, after in zip_longest(items, items[1:]):
            follower = after if after is not None and after.kind is _Kind.TEXT else None
            match item.kind:
                case _Kind.CLOSE:
                    needs_break = item.text == "_" or not _is_word(text[-1])
                    if follower and needs_break and _is_word(follower.text[0]):
                        _make_first_an_entity(follower)
                case _Kind.RAW:
                    # A footnote's mark is not the beginning of a link or of the footnote itself,
                    # and dollars are none beside a digit.
                    unwanted = "0123456789" if item.text[0] == "$" else ""
                    unwanted = "(:" if item.text.startswith("[^") else unwanted
                    if follower and follower.text[0] in unwanted:
                        _make_first_an_entity(follower)
                    text += self._address(item.text, text, after)
                    continue
            text += item.text
        return text

    def _address(self, source: str, before: str, after: _Item | None) -> str:
        """`source`; an address without brackets, where it is a link without them."""
        if not source.startswith("<http") or (before and not before[-1].isspace()):
            return source
        is_apart = after is None or (after.kind is _Kind.TEXT and after.text[0].isspace())
        address = source[1:-1]
        found = [span for span in with_bare_addresses(address) if span.text]
        is_link = is_apart and len(found) == 1 and found[0].link == address
        return address if is_link and not re.search(r"[*_~&\\$]", address) else source


def _choose_marks(items: list[_Item]) -> None:
    """Two marks with nothing between them have to differ where they don't belong together."""
    closings = {
        item.group: position for position, item in enumerate(items) if item.kind is _Kind.CLOSE
    }
    for position, item in enumerate(items):
        if item.kind is not _Kind.OPEN:
            continue
        end = closings[item.group]
        closes_before = position > 0 and items[position - 1].kind is _Kind.CLOSE
        opens_after = end + 1 < len(items) and items[end + 1].kind is _Kind.OPEN
        differing = [item] if closes_before or opens_after else []
        inner = items[position + 1]
        if inner.kind is _Kind.OPEN:
            # Of three asterisks, a mark further on in the outer pair could end the wrong ones.
            rest = items[closings[inner.group] + 1 : end]
            differing += [item, inner] if any(one.kind is _Kind.OPEN for one in rest) else []
        for one in differing:
            if one.text == "*":
                one.text = items[closings[one.group]].text = "_"


def _keep_letters_from(items: list[_Item]) -> None:
    """Write letters as entities before marks and dollars that would be none beside them.

    From the end on: an entity is no letter to the mark before it.
    """
    for position in range(len(items) - 1, 0, -1):
        before, item = items[position - 1 : position + 1]
        if before.kind is not _Kind.TEXT or not _is_word(before.text[-1]):
            continue
        is_meant = False
        if item.kind is _Kind.OPEN:
            inside = items[position + 1].text[0]
            is_meant = item.text == "_" or not _is_word(inside)
        elif item.kind is _Kind.RAW:
            is_meant = item.text[0] == "$"
        if is_meant:
            before.text = _with_last_as_entity(before.text)


def _make_first_an_entity(item: _Item) -> None:
    item.text = _as_entities(item.text[0]) + item.text[1:]


def _escaped(found: re.Match[str], *, in_link: bool) -> str:
    """A character of a text, with a backslash if it would mean something."""
    char, text, position = found[0], found.string, found.start()
    before, after = text[position - 1 : position], text[position + 1 : position + 2]
    match char:
        case "\\":
            is_meant = not after or after in _ASCII_PUNCTUATION or after.isspace()
        case "`":
            is_meant = True
        case "*":
            is_meant = not (before.isspace() and after.isspace())
        case "_":
            in_word = before.isalnum() and after.isalnum()
            is_meant = not in_word and not (before.isspace() and after.isspace())
        case "~":
            is_meant = not before or not after or "~" in (before, after)
        case "<":
            is_meant = _TAG.match(text, position) is not None
        case "&":
            is_meant = _ENTITY.match(text, position) is not None
        case "[":
            is_meant = in_link or after == "^"
        case "]":
            is_meant = in_link or not after or after in "([:"
        case _:
            is_meant = not after or after == "["
    if not is_meant:
        return char
    # With a backslash, it would begin a formula.
    return "&#91;" if char == "[" else "\\" + char


def _code(text: str) -> str:
    runs = {len(run) for run in re.findall("`+", text)}
    length = 1
    while length in runs:
        length += 1
    fence = "`" * length
    is_padded = text[0] == text[-1] == " " and text.strip(" ")
    if is_padded or text[0] == "`" or text[-1] == "`":
        text = f" {text} "
    return f"{fence}{text}{fence}"


def _at_line_start(line: str) -> str:
    found = _LINE_START.match(line)
    if found is None:
        return line
    end = found.end() if found[0][0].isdigit() else 0
    return line[:end] + "\\" + line[end:]


def _with_edges(text: str, space: str, *, at_start: bool, at_end: bool) -> str:
    """`text` with white space at its edges written so that it isn't stripped."""
    if at_start:
        inner = text.lstrip(space)
        text = _as_entities(text[: len(text) - len(inner)]) + inner
    if at_end:
        inner = text.rstrip(space)
        text = inner + _as_entities(text[len(inner) :])
    return text


def _with_last_as_entity(text: str) -> str:
    before = text[:-1]
    backslashes = len(before) - len(before.rstrip("\\"))
    # What was a backslash before a letter would escape the entity.
    return before + "\\" * (backslashes % 2) + _as_entities(text[-1])


def _as_entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def _is_word(char: str) -> bool:
    return not char.isspace() and (char.isalnum() or not char.isprintable())
