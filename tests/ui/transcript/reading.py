"""What the tests of the transcript's text have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatapp.domain.reasoning import split_reasoning
from chatapp.ui.transcript.blocks import ReasoningBlock, TextBlock, visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatapp.ui.transcript.blocks import Block
    from chatapp.ui.transcript.markdown import MarkdownParser


def read_message(parser: MarkdownParser, text: str) -> tuple[Block, ...]:
    """The blocks of an answer with a thought in tags, as a person pastes it elsewhere."""
    message = split_reasoning(text, is_complete=True)
    blocks = parser.parse(message.answer)
    if not message.text.strip():
        return blocks
    return (ReasoningBlock(parser.parse(message.text), is_open=False), *blocks)


def shown(blocks: Iterable[Block]) -> str:
    """What a reader sees: block after block, the pieces of a long paragraph as one."""
    text = ""
    for block in blocks:
        joins = isinstance(block, TextBlock) and block.joins
        text += ("" if joins or not text else "\n") + visible_text(block)
    return text
