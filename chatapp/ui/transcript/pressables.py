"""Links in the text of a message as things to press, for keyboard and screen readers.

For the pointer links are text, which can be selected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF

from chatapp.ui.transcript.blocks import (
    Block,
    CodeBlock,
    ImageBlock,
    ReasoningBlock,
    Span,
    TableBlock,
    TextBlock,
    is_safe_address,
    visible_text,
)
from chatapp.ui.transcript.stage import Spot

if TYPE_CHECKING:
    from chatapp.ui.transcript.message_item import MessageItem

_MOST_LINKS: Final = 100  # in one message; the others are reached with the pointer


def lay_out_pressables(item: MessageItem, *, shows_reasoning: bool) -> bool:
    """Lay out all blocks in which something can be pressed. Whether a height is another one now."""
    column, has_changed = item.column, False
    links = islice(_links(column.blocks, shows_reasoning=shows_reasoning), _MOST_LINKS)
    with_links = {block for block, _, _ in links}
    for index, block in enumerate(column.blocks):
        is_wanted = index in with_links or isinstance(block, CodeBlock | ReasoningBlock)
        if is_wanted and not column.is_measured(index):
            has_changed = column.measure(index, index) or has_changed
    return has_changed


def link_spots(
    item: MessageItem, open_address: Callable[[str], None], *, shows_reasoning: bool
) -> list[tuple[Spot, QRectF]]:
    """The links of a message, from its beginning on."""
    return [
        (_spot(item, block, begin, span, open_address), rect)
        for block, begin, span in islice(
            _links(item.column.blocks, shows_reasoning=shows_reasoning), _MOST_LINKS
        )
        if not (rect := _place(item, block, begin, len(span.text))).isNull()
    ]


def _spot(
    item: MessageItem, block: int, begin: int, span: Span, open_address: Callable[[str], None]
) -> Spot:
    key = (item.message.id, block, begin, "link")
    spot = Spot(key, span.text, lambda: open_address(span.link), look="plain")
    spot.kind = "link"
    return spot


def _place(item: MessageItem, block: int, begin: int, length: int) -> QRectF:
    rect = QRectF()
    for part in item.rects(block, begin, begin + length):
        rect = rect.united(part)
    return rect


def _links(blocks: Sequence[Block], *, shows_reasoning: bool) -> Iterator[tuple[int, int, Span]]:
    """The block, the position in its visible text, and the span; one for each address in a row."""
    for index, block in enumerate(blocks):
        if isinstance(block, ReasoningBlock) and not shows_reasoning:
            continue
        for begin, span in _links_in(block):
            yield index, begin, span


def _links_in(block: Block) -> Iterator[tuple[int, Span]]:
    match block:
        case TextBlock():
            yield from _links_of(block.spans, 0)
        case TableBlock():
            position = 0
            for row in block.rows:
                for cell in row:
                    yield from _links_of(cell, position)
                    position += sum(len(span.text) for span in cell) + 1
        case ReasoningBlock():
            position = 0
            for part in block.blocks:
                yield from ((position + begin, span) for begin, span in _links_in(part))
                position += len(visible_text(part)) + 2
        case ImageBlock() if is_safe_address(block.link):
            yield 0, Span(block.description or block.link, link=block.link)


def _links_of(spans: Sequence[Span], position: int) -> Iterator[tuple[int, Span]]:
    before, begin, text = "", position, ""
    for span in (*spans, Span("")):
        if span.link != before:
            if text and is_safe_address(before):
                yield begin, Span(text, link=before)
            before, begin, text = span.link, position, ""
        text += span.text if span.link else ""
        position += len(span.text)
