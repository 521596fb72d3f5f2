"""Model cards as Markdown alone: makers mix it with HTML, which the page shows as the text it is.

Nothing of it is ever run or fetched; what is left is what a person would read.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

LONGEST: Final = 200_000  # characters; what comes after is left out

_FENCE: Final = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_TICKS_OR_END: Final = re.compile(r"`+|\n")
_MARK: Final = re.compile(r"`+|<!--|<(?=/?[a-z])", re.IGNORECASE)
_TAG: Final = re.compile(
    r"</?(?P<name>a|abbr|b|big|blockquote|body|br|caption|center|cite|code|col|colgroup|dd|del|"
    r"details|div|dl|dt|em|figcaption|figure|font|footer|h[1-6]|head|header|hr|html|i|iframe|img|"
    r"ins|kbd|li|link|mark|meta|nav|ol|p|picture|pre|q|s|samp|script|section|small|source|span|"
    r"strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|video)"
    r"(?P<rest>(?:\s[^<>]{0,4000})?)/?>",
    re.IGNORECASE,
)
_ENDS_HIDDEN: Final = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE)
    for name in ("iframe", "script", "style", "svg")
}
_HREF: Final = re.compile(
    r"""\bhref\s*=\s*["']?(?P<address>https?://[^\s"'<>()]{1,1000})""", re.IGNORECASE
)
_LINK_WITHOUT_TEXT: Final = re.compile(r"\[\s*\]\([^()\s]{0,1000}\)")
_BLANK_LINES: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_PARAGRAPHS: Final = frozenset(
    {"p", "div", "center", "table", "ul", "ol", "dl", "section", "figure", "details", "header"}
)
_MARKS: Final = {"b": "**", "strong": "**", "em": "*", "i": "*", "code": "`", "tt": "`", "s": "~~"}


def without_html(text: str) -> str:
    """The card with its tags turned into Markdown or left out. Code stays as it is."""
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    parts = [part if is_code else _cleaned(part) for is_code, part in _split(text)]
    return _BLANK_LINES.sub("\n\n", "\n".join(parts)).strip("\n")


def _split(text: str) -> list[tuple[bool, str]]:
    """Whether it is a block of code, and its lines."""
    parts: list[tuple[bool, list[str]]] = [(False, [])]
    mark = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if not mark and found is not None:
            mark = found[1]
            parts.append((True, [line]))
            continue
        parts[-1][1].append(line)
        if mark and found is not None and found[1].startswith(mark) and not line.strip(" `~"):
            mark = ""
            parts.append((False, []))
    return [(is_code, "\n".join(lines)) for is_code, lines in parts if lines]


def _cleaned(text: str) -> str:
    """One pass: nothing in a card can make it look at the same characters again and again."""
    if "<" not in text:
        return text
    writer = _Writer()
    spans = _code_spans(text)
    hopeless: set[str] = set()  # what begins and has no end further on
    position = 0
    while found := _MARK.search(text, position):
        begin, end = found.span()
        tag = _TAG.match(text, begin) if found[0] == "<" else None
        if found[0].startswith("`"):
            end = spans.get(begin, end)
            writer.write(text[position:end])
        elif found[0] == "<!--":
            writer.write(text[position:begin])
            close = -1 if "-->" in hopeless else text.find("-->", end)
            if close < 0:
                hopeless.add("-->")
                writer.write(found[0])
            else:
                end = close + 3
        elif tag is None:
            writer.write(text[position:end])
        else:
            writer.write(text[position:begin])
            writer.write_tag(tag)
            end = tag.end()
            name = tag["name"].casefold()
            if name in _ENDS_HIDDEN and not tag[0].startswith("</") and name not in hopeless:
                closing = _ENDS_HIDDEN[name].search(text, end)
                end = closing.end() if closing is not None else end
                hopeless |= {name} if closing is None else set()
        position = end
    writer.write(text[position:])
    return _LINK_WITHOUT_TEXT.sub("", writer.text)


def _code_spans(text: str) -> dict[int, int]:
    """Where inline code begins and ends: between two runs of as many backticks on one line."""
    following: dict[int, int] = {}
    spans = {}
    for found in reversed(list(_TICKS_OR_END.finditer(text))):
        if found[0] == "\n":
            following.clear()
            continue
        count = len(found[0])
        if count in following:
            spans[found.start()] = following[count]
        following[count] = found.end()
    return spans


class _Writer:
    """Writes Markdown for the tags it is given; addresses wait for the end of their link."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._addresses: list[str] = []

    @property
    def text(self) -> str:
        while self._addresses:
            self._close_link()
        return "".join(self._parts)

    def write(self, text: str) -> None:
        self._parts.append(text)

    def write_tag(self, tag: re.Match[str]) -> None:
        name, is_end = tag["name"].casefold(), tag[0].startswith("</")
        if name != "a":
            self._parts.append(_mark(name, is_end=is_end))
        elif is_end:
            self._close_link()
        else:
            self._open_link(tag["rest"])

    def _open_link(self, attributes: str) -> None:
        address = _HREF.search(attributes)
        self._addresses.append(unescape(address["address"]) if address is not None else "")
        if self._addresses[-1]:
            self._parts.append("[")

    def _close_link(self) -> None:
        address = self._addresses.pop() if self._addresses else ""
        if address:
            self._parts.append(f"]({address})")


def _mark(name: str, *, is_end: bool) -> str:
    if name in _MARKS:
        return _MARKS[name]
    if len(name) == 2 and name[0] == "h" and name[1].isdigit():
        return "\n\n" if is_end else f"\n\n{'#' * int(name[1])} "
    match name:
        case "br":
            return "\n"
        case "hr":
            return "\n\n---\n\n"
        case "li" if not is_end:
            return "\n- "
        case "summary":
            return "**\n\n" if is_end else "\n\n**"
        case "tr" if is_end:
            return "\n"
        case "td" | "th" if is_end:
            return " "
        case _ if name in _PARAGRAPHS:
            return "\n\n"
    return ""
