"""Reads the text of a paragraph, a heading or a table's cell into spans."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from chatapp.ui.transcript import inline_rules
from chatapp.ui.transcript.blocks import (
    FormulaBlock,
    ImageBlock,
    Line,
    Span,
    is_safe_address,
    plain_text,
)
from chatapp.ui.transcript.image_sources import is_local_image
from chatapp.ui.transcript.pieces import LONGEST
from chatapp.ui.transcript.plain_inline import read_plain_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Segment = Line | FormulaBlock | ImageBlock

# A text with more brackets is left as it is, because the parser's time is quadratic in those that
# don't match.
_BRACKET_LIMIT: Final = 400
# An image's source is long only if the image is in it.
_SOURCE_LIMIT: Final = 200
# Without one of these, a text is what it says.
_SPECIAL: Final = re.compile(r"[\\`*_~\[<&$]")
_BREAK: Final = re.compile(r"(?<! ) *\n[ \t]*")
_BARE_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`|\u3000-\u303f\uff00-\uffef]+")
_AFTER_ADDRESS: Final = ".,;:!?*_~"
_DATA_IMAGE: Final = re.compile(
    r"!\[(?P<description>[^\[\]\\`*_<&$\n]{0,1000})\]\("
    r"(?P<source>data:image/[a-z]{1,10};base64,[A-Za-z0-9+/]++={0,2}+)(?P<end>\)?+)\Z",
    re.IGNORECASE,
)


class InlineReader:
    """Turns source text into spans, by `parser`'s inline rules."""

    def __init__(self, parser: MarkdownIt) -> None:
        self._parser = parser

    def line(self, content: str, env: dict[str, Any]) -> Line:
        """The spans of a text that stays in one: display formulas are among them."""
        if _is_plain(content):
            return _plain(content)
        return self._read(content, env, can_split=False).line()

    def paragraph(self, content: str, env: dict[str, Any]) -> list[Segment]:
        """The same for a paragraph: display formulas and a lone image stand for themselves."""
        if _is_plain(content):
            return [_plain(content)]
        if content.startswith(("![", "[![")):
            image = _lone_image(self._tokens(content, env))
            if image is not None:
                return [image]
        return self._read(content, env, can_split=True).segments()

    def _read(self, content: str, env: dict[str, Any], *, can_split: bool) -> _Reading:
        start = read_plain_start(
            content, self._parser.normalizeLink, has_references=bool(env["references"])
        )
        reading = _Reading(can_split=can_split)
        for span in start.spans:
            reading.add(span)
        if start.end < len(content):
            reading.read(self._tokens(content[start.end :], env))
        return reading

    def _tokens(self, content: str, env: dict[str, Any]) -> list[Token]:
        return self._parser.inline.parse(content, self._parser, env, [])


def long_image(content: str) -> Segment | None:
    """What a long paragraph is that is one image in `data:`, or the beginning of one."""
    found = _DATA_IMAGE.match(content)
    if found is None:
        return None
    if found["end"] and is_local_image(found["source"]):
        return ImageBlock(found["source"], found["description"])
    return (Span(found["description"] or _shortened(found["source"])),)


def with_bare_addresses(text: str) -> Iterator[Span]:
    """`text` with the web addresses in it as links."""
    position = 0
    for found in _BARE_ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER_ADDRESS)
        surplus = address.count(")") - address.count("(")
        while surplus > 0 and address.endswith(")"):
            address = address[:-1].rstrip(_AFTER_ADDRESS)
            surplus -= 1
        if not is_safe_address(address):
            continue
        yield Span(text[position : found.start()])
        yield Span(address, link=address)
        position = found.start() + len(address)
    yield Span(text[position:])


class _Reading:
    """Collects spans from tokens."""

    def __init__(self, *, can_split: bool) -> None:
        self._can_split = can_split
        self._done: list[Segment] = []
        self._spans: list[Span] = []
        self._texts: list[str] = []

    def add(self, span: Span) -> None:
        """Add a span in whose text line breaks and addresses are not read yet."""
        if not (span.code or span.formula or span.link):
            text = _BREAK.sub("\n", span.text) if "\n" in span.text else span.text
            if "://" in text:
                self._texts.append(text)
                self._end_text(span, is_linked=False)
                return
            span = span if text is span.text else _styled(span, text)
        self._add(span)

    def read(self, tokens: Sequence[Token]) -> None:
        style = Span("")
        strong = emphasised = struck = 0
        links: list[str] = []
        for token in tokens:
            match token.type:
                case "text" | "text_special":
                    self._texts.append(token.content)
                    continue
                case "softbreak" | "hardbreak":
                    self._texts.append("\n")
                    continue
            self._end_text(style, is_linked=bool(links))
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
                case "code_inline":
                    self._add(replace(style, text=token.content, code=True))
                case "image":
                    # Nothing is fetched: an image is its description, and a link to where it lies.
                    source = str(token.attrGet("src") or "")
                    link = style.link or (source if is_safe_address(source) else "")
                    text = _description(token) or _shortened(source)
                    self._add(replace(style, text=text, link=link))
                case inline_rules.NOTE:
                    self._add(replace(style, text=token.content, note=True))
                case inline_rules.DISPLAY_FORMULA if self._can_split and not links:
                    self._done += [tuple(self._spans), FormulaBlock(token.content, token.info)]
                    self._spans = []
                case inline_rules.FORMULA | inline_rules.DISPLAY_FORMULA:
                    self._add(replace(style, text=token.info, formula=token.content))
            if token.nesting:
                address = links[-1] if links else ""
                style = Span(
                    "",
                    bold=strong > 0,
                    italic=emphasised > 0,
                    strike=struck > 0,
                    link=address if is_safe_address(address) else "",
                )
        self._end_text(style, is_linked=bool(links))

    def line(self) -> Line:
        return tuple(self._spans)

    def segments(self) -> list[Segment]:
        if not self._done:
            return [self.line()]
        # White space beside a display formula only kept it apart.
        kept: list[Segment] = []
        lines = [*self._done, self.line()]
        for position, segment in enumerate(lines):
            if not isinstance(segment, tuple):
                kept.append(segment)
                continue
            is_last = position == len(lines) - 1
            line = _stripped(segment, at_start=position > 0, at_end=not is_last)
            if line:
                kept.append(line)
        return kept

    def _end_text(self, style: Span, *, is_linked: bool) -> None:
        if not self._texts:
            return
        text = "".join(self._texts)
        self._texts = []
        if is_linked or "://" not in text:
            self._add(_styled(style, text))
            return
        for piece in with_bare_addresses(text):
            self._add(_styled(style, piece.text, piece.link))

    def _add(self, span: Span) -> None:
        last = self._spans[-1] if self._spans else None
        if last and _is_same_style(last, span):
            self._spans[-1] = _styled(span, last.text + span.text)
        elif span.text:
            self._spans.append(span)


def _is_same_style(one: Span, other: Span) -> bool:
    return (
        one.code == other.code
        and one.bold == other.bold
        and one.link == other.link
        and one.italic == other.italic
        and one.strike == other.strike
        and one.note == other.note
        and not (one.formula or other.formula)
    )


def _styled(style: Span, text: str, link: str = "") -> Span:
    """`text` in a style. `dataclasses.replace` would take ten times as long."""
    return Span(
        text,
        style.bold,
        style.italic,
        style.strike,
        style.code,
        link or style.link,
        style.formula,
        style.note,
    )


def _is_plain(content: str) -> bool:
    is_too_long = len(content) > LONGEST or content.count("[") > _BRACKET_LIMIT
    return is_too_long or not _SPECIAL.search(content)


def _plain(content: str) -> Line:
    text = _BREAK.sub("\n", content) if "\n" in content else content
    if "://" in text:
        return tuple(span for span in with_bare_addresses(text) if span.text)
    return (Span(text),) if text else ()


def _stripped(line: Line, *, at_start: bool, at_end: bool) -> Line:
    spans = list(line)
    while at_start and spans and not spans[0].code:
        spans[0] = replace(spans[0], text=spans[0].text.lstrip(" \t\n"))
        if spans[0].text:
            break
        spans.pop(0)
    while at_end and spans and not spans[-1].code:
        spans[-1] = replace(spans[-1], text=spans[-1].text.rstrip(" \t\n"))
        if spans[-1].text:
            break
        spans.pop()
    return tuple(spans)


def _lone_image(tokens: Sequence[Token]) -> ImageBlock | None:
    """The image that all of a paragraph consists of, if it may be shown."""
    link = ""
    if len(tokens) == 3 and tokens[0].type == "link_open":
        address = str(tokens[0].attrGet("href") or "")
        link = address if is_safe_address(address) else ""
        tokens = tokens[1:2]
    if len(tokens) != 1 or tokens[0].type != "image":
        return None
    source = str(tokens[0].attrGet("src") or "")
    if not is_local_image(source):
        return None
    return ImageBlock(source, _description(tokens[0]), link=link)


def _description(image: Token) -> str:
    reading = _Reading(can_split=False)
    reading.read(image.children or [])
    return plain_text(reading.line())


def _shortened(source: str) -> str:
    return source if len(source) <= _SOURCE_LIMIT else source[:_SOURCE_LIMIT] + "…"
