"""Writes blocks as HTML for other applications: escaped, and without anything to fetch or run."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from chatapp.ui.transcript.blocks import (
    Alignment,
    Block,
    CodeBlock,
    FormulaBlock,
    ImageBlock,
    Item,
    Line,
    Quote,
    ReasoningBlock,
    RuleBlock,
    TableBlock,
    Task,
    TextBlock,
    ToolCallBlock,
    is_safe_address,
)
from chatapp.ui.transcript.call_words import call_words
from chatapp.ui.transcript.image_sources import image_bytes
from chatapp.ui.transcript.markdown_writer import joined

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALIGNED: Final = {
    Alignment.START: "",
    Alignment.CENTER: ' style="text-align:center"',
    Alignment.END: ' style="text-align:right"',
}
_BOXES: Final = {Task.NONE: "", Task.OPEN: "☐ ", Task.DONE: "☑ "}


def write_html(blocks: Iterable[Block]) -> str:
    """The HTML of `blocks`, as a fragment."""
    writer = _Writer()
    for block in joined(blocks):
        writer.add(block)
    return writer.finish()


class _Writer:
    """Opens and closes lists and quotes as blocks need them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[tuple[Quote | Item, str, str]] = []  # its list's tag, its own

    def add(self, block: Block) -> None:
        path = () if isinstance(block, ReasoningBlock) else block.path
        kept = 0
        for step, (outer, _, _) in zip(path, self._open, strict=False):
            goes_on = isinstance(step, Quote) or not step.is_first
            if type(step) is not type(outer) or not goes_on:
                break
            kept += 1
        new = [step for step in path[kept:] if isinstance(step, Quote) or step.is_first]
        # The next item of the same list stays in that.
        is_next = kept < len(self._open) and bool(new) and _list_tag(new[0]) == self._open[kept][1]
        self._close(kept, keeps_list=is_next)
        for step in new:
            tag = _list_tag(step)
            if not is_next:
                self._parts.append(_list_opening(step, tag))
            is_next = False
            self._parts.append("<li>" if tag in {"ul", "ol"} else "")
            self._open.append((step, tag, "li" if tag in {"ul", "ol"} else ""))
        box = _BOXES[new[-1].task] if new and isinstance(new[-1], Item) else ""
        note = new[-1].marker if new and isinstance(new[-1], Item) and new[-1].note else ""
        self._parts.append(_content(block, box, note))

    def finish(self) -> str:
        self._close(0, keeps_list=False)
        return "".join(self._parts)

    def _close(self, kept: int, *, keeps_list: bool) -> None:
        while len(self._open) > kept:
            _, tag, inner = self._open.pop()
            self._parts.append(f"</{inner}>" if inner else "")
            if not (keeps_list and len(self._open) == kept):
                self._parts.append(f"</{tag}>")


def _list_tag(step: Quote | Item) -> str:
    if isinstance(step, Quote):
        return "blockquote"
    if step.note:
        return "div"
    return "ul" if step.marker == "•" else "ol"


def _list_opening(step: Quote | Item, tag: str) -> str:
    if tag == "ol" and isinstance(step, Item) and step.marker[:-1] != "1":
        return f'<ol start="{escape(step.marker[:-1])}">'
    return f"<{tag}>"


def _content(block: Block, box: str, note: str) -> str:
    before = (f"<sup>{escape(note[:-1])}</sup> " if note else "") + box
    match block:
        case TextBlock():
            tag = f"h{block.level}" if block.level else "p"
            return f"<{tag}>{before}{_line(block.spans)}</{tag}>"
        case ToolCallBlock():
            code = f"<pre><code>{escape(block.text)}</code></pre>"
            return f"<p>{escape(call_words(block))}</p>{code}"
        case CodeBlock():
            return f"<pre><code>{escape(block.text)}</code></pre>"
        case TableBlock():
            return _table(block)
        case RuleBlock():
            return "<hr>"
        case FormulaBlock():
            return f"<p>{before}<code>{escape(block.source)}</code></p>"
        case ImageBlock():
            text = escape(block.description)
            if image_bytes(block.source):
                return f'<p>{before}<img src="{escape(block.source)}" alt="{text}"></p>'
            return f"<p>{before}{text}</p>"
        case ReasoningBlock():
            return f"<blockquote>{write_html(block.blocks)}</blockquote>"


def _table(block: TableBlock) -> str:
    rows = []
    for position, row in enumerate(block.rows):
        tag = "th" if position == 0 else "td"
        cells = (
            f"<{tag}{_ALIGNED[alignment]}>{_line(cell)}</{tag}>"
            for alignment, cell in zip(block.alignments, row, strict=True)
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>"


def _line(spans: Line) -> str:
    parts = []
    for span in spans:
        text = escape(span.text).replace("\n", "<br>")
        if span.code or span.formula:
            text = f"<code>{text}</code>"
        if span.note:
            text = f"<sup>{text}</sup>"
        for is_on, tag in ((span.strike, "s"), (span.italic, "em"), (span.bold, "strong")):
            text = f"<{tag}>{text}</{tag}>" if is_on else text
        if span.link and is_safe_address(span.link):
            text = f'<a href="{escape(span.link)}">{text}</a>'
        parts.append(text)
    return "".join(parts)
