"""What the tests of the transcript's text have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatapp.ui.transcript.blocks import TextBlock, visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatapp.ui.transcript.blocks import Block


def shown(blocks: Iterable[Block]) -> str:
    """What a reader sees: block after block, the pieces of a long paragraph as one."""
    text = ""
    for block in blocks:
        joins = isinstance(block, TextBlock) and block.joins
        text += ("" if joins or not text else "\n") + visible_text(block)
    return text
