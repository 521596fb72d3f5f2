"""Reads Markdown into a flat sequence of blocks.

The text comes from a model, so it is untrusted: HTML is text, nothing is fetched, and only
addresses that are safe to open become links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chatapp.ui.transcript.blocks import (
    Alignment,
    Block,
    CodeBlock,
    Item,
    Line,
    Path,
    Quote,
    RuleBlock,
    Span,
    TableBlock,
    Task,
    TextBlock,
    is_safe_address,
    language_of,
    plain_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it.rules_core import StateCore

_NESTING_LIMIT: Final = 60
# A paragraph with more brackets is left as it is, because the parser's time is quadratic in those
# that don't match: 8,000 take a second.
_BRACKET_LIMIT: Final = 1000
_BARE_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`|\u3000-\u303f\uff00-\uffef]+")
_TASK: Final = re.compile(r"\[([ xX])\](?=\s)")


class MarkdownParser:
    """CommonMark with tables, strikethrough, task lists and bare web addresses.

    A single line break is kept, because models write verse and addresses without two spaces at the
    end of the line.
    """

    def __init__(self) -> None:
        options = {"html": False, "maxNesting": _NESTING_LIMIT}
        self._parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
        # What may be opened is decided by `is_safe_address`; here the syntax alone counts.
        self._parser.validateLink = lambda url: True  # type: ignore[method-assign]
        self._parser.core.ruler.at("inline", _parse_inline)

    def parse(self, text: str, references: dict[str, Any] | None = None) -> tuple[Block, ...]:
        """The blocks of `text`. Link definitions are read from and added to `references`."""
        return tuple(block for part in self.parts(text, references) for block in part.blocks)

    def parts(self, text: str, references: dict[str, Any] | None = None) -> list[Part]:
        """The same by top-level construct."""
        env = {"references": references if references is not None else {}}
        lines = text.split("\n")
        parts = []
        for tokens in _top_level(self._parser.parse(text, env)):
            first, last = tokens[0].map or (0, 0)
            if any(token.level >= _NESTING_LIMIT - 2 for token in tokens):
                source = "\n".join(lines[first:last])
                blocks: tuple[Block, ...] = (TextBlock((Span(source),)),)
            else:
                blocks = _Reader().read(tokens)
            parts.append(Part(first, blocks))
        return parts


@dataclass(frozen=True, slots=True)
class Part:
    """The blocks of one top-level construct and the line (from 0) where it begins."""

    line: int
    blocks: tuple[Block, ...]


class _Reader:
    """Turns the tokens of one top-level construct into blocks."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._path: list[Quote | Item] = []
        self._counters: list[int | None] = []

    def read(self, tokens: Sequence[Token]) -> tuple[Block, ...]:
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.type == "table_open":
                end = _closing(tokens, position)
                self._add_table(tokens[position:end])
                position = end
            else:
                self._take(token, tokens, position)
            position += 1
        return tuple(self._blocks)

    def _take(self, token: Token, tokens: Sequence[Token], position: int) -> None:
        match token.type:
            case "blockquote_open":
                self._path.append(Quote())
            case "bullet_list_open":
                self._counters.append(None)
            case "ordered_list_open":
                self._counters.append(int(token.attrGet("start") or 0) if token.attrs else 1)
            case "bullet_list_close" | "ordered_list_close":
                self._counters.pop()
            case "list_item_open":
                self._path.append(Item(self._next_marker(token.markup)))
            case "list_item_close":
                innermost = self._path[-1]
                if isinstance(innermost, Item) and innermost.is_first:
                    self._blocks.append(TextBlock((), self._take_path()))
                self._path.pop()
            case "blockquote_close":
                self._path.pop()
            case "inline":
                before = tokens[position - 1]
                level = int(before.tag[1]) if before.type == "heading_open" else 0
                self._add_text(token, level)
            case "fence":
                text = token.content.removesuffix("\n")
                self._blocks.append(CodeBlock(language_of(token.info), text, self._take_path()))
            case "code_block":
                self._blocks.append(CodeBlock("", token.content.rstrip("\n"), self._take_path()))
            case "hr":
                self._blocks.append(RuleBlock(self._take_path()))

    def _next_marker(self, markup: str) -> str:
        number = self._counters[-1]
        if number is None:
            return "•"
        self._counters[-1] = number + 1
        return f"{number}{markup}"

    def _take_path(self) -> Path:
        """Where the next block stands. Those after it are no longer the first in their items."""
        path = tuple(self._path)
        self._path = [
            replace(step, is_first=False) if isinstance(step, Item) else step for step in path
        ]
        return path

    def _add_text(self, token: Token, level: int) -> None:
        spans = _spans(token.children or [])
        innermost = self._path[-1] if self._path else None
        if isinstance(innermost, Item) and innermost.is_first and spans and not spans[0].code:
            task = _TASK.match(spans[0].text)
            if task is not None:
                state = Task.OPEN if task[1] == " " else Task.DONE
                self._path[-1] = replace(innermost, task=state)
                first = replace(spans[0], text=spans[0].text[task.end() :].lstrip())
                spans = (first, *spans[1:]) if first.text else spans[1:]
        self._blocks.append(TextBlock(spans, self._take_path(), level))

    def _add_table(self, tokens: Sequence[Token]) -> None:
        rows: list[tuple[Line, ...]] = []
        cells: list[Line] = []
        alignments: list[Alignment] = []
        for token in tokens:
            if token.type == "tr_open":
                cells = []
            elif token.type == "th_open":
                alignments.append(_alignment(str(token.attrGet("style") or "")))
            elif token.type == "inline":
                cells.append(_spans(token.children or []))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
        self._blocks.append(TableBlock(tuple(alignments), tuple(rows), self._take_path()))


def _spans(tokens: Sequence[Token]) -> Line:
    spans: list[Span] = []
    style = Span("")
    strong = emphasised = struck = 0
    links: list[str] = []
    for token in tokens:
        content = token.content
        match token.type:
            case "strong_open" | "strong_close":
                strong += token.nesting
            case "em_open" | "em_close":
                emphasised += token.nesting
            case "s_open" | "s_close":
                struck += token.nesting
            case "link_open":
                links.append(str(token.attrGet("href") or ""))
            case "link_close":
                links.pop()
        address = links[-1] if links else ""
        style = Span(
            "",
            bold=strong > 0,
            italic=emphasised > 0,
            strike=struck > 0,
            link=address if is_safe_address(address) else "",
        )
        match token.type:
            case "softbreak" | "hardbreak":
                _append(spans, replace(style, text="\n"))
            case "code_inline":
                _append(spans, replace(style, text=content, code=True))
            case "image":
                # Nothing is fetched: an image is its description, and a link to where it lies.
                source = str(token.attrGet("src") or "")
                link = style.link or (source if is_safe_address(source) else "")
                description = plain_text(_spans(token.children or [])) or source
                _append(spans, replace(style, text=description, link=link))
            case "text" if links:
                _append(spans, replace(style, text=content))
            case "text":
                for piece in _with_bare_addresses(content):
                    _append(spans, replace(style, text=piece.text, link=piece.link))
    return tuple(spans)


def _append(spans: list[Span], span: Span) -> None:
    if not span.text:
        return
    if spans and replace(spans[-1], text="") == replace(span, text=""):
        spans[-1] = replace(span, text=spans[-1].text + span.text)
    else:
        spans.append(span)


def _with_bare_addresses(text: str) -> Iterable[Span]:
    position = 0
    for found in _BARE_ADDRESS.finditer(text):
        address = found[0].rstrip(".,;:!?*_~")
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(".,;:!?*_~")
        if not is_safe_address(address):
            continue
        yield Span(text[position : found.start()])
        yield Span(address, link=address)
        position = found.start() + len(address)
    yield Span(text[position:])


def _parse_inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if token.content.count("[") > _BRACKET_LIMIT:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _top_level(tokens: Sequence[Token]) -> Iterable[Sequence[Token]]:
    start = 0
    for position, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0 and token.type != "inline":
            yield tokens[start : position + 1]
            start = position + 1


def _closing(tokens: Sequence[Token], position: int) -> int:
    level = tokens[position].level
    while tokens[position].nesting != -1 or tokens[position].level != level:
        position += 1
    return position


def _alignment(style: str) -> Alignment:
    if style.endswith("right"):
        return Alignment.END
    if style.endswith("center"):
        return Alignment.CENTER
    return Alignment.START
