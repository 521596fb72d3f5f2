"""What a screen reader gets to read of a message, and where each character of it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from chatapp.ui.transcript.blocks import (
    Block,
    Item,
    ReasoningBlock,
    Task,
    TextBlock,
    ToolCallBlock,
    visible_text,
)
from chatapp.ui.transcript.call_words import call_words
from chatapp.ui.transcript.units import Units

if TYPE_CHECKING:
    from chatapp.domain.conversation import Message

_BOXES: Final = {Task.OPEN: "☐", Task.DONE: "☑"}


class _Part(NamedTuple):
    begin: int
    start: int  # where the block's own text begins, behind its marker
    block: int


class SpokenText:
    """The visible text of a message's blocks with the markers of its lists.

    Positions count UTF-16 units, as Qt's interfaces do. `message` is the state that was read.
    """

    def __init__(self, message: Message, blocks: Sequence[Block], *, shows_reasoning: bool) -> None:
        self.message = message
        self.shows_reasoning = shows_reasoning
        self._count = len(blocks)
        self._last = blocks[-1] if blocks else None
        self._parts: list[_Part] = []
        self._lengths: list[int] = []
        texts: list[str] = []
        position = 0
        for index, block in enumerate(blocks):
            if isinstance(block, ReasoningBlock) and not shows_reasoning:
                continue
            text = visible_text(block)
            if not text:
                continue
            lead = _marker(block)
            if texts and not (isinstance(block, TextBlock) and block.joins):
                texts.append("\n")
                position += 1
            self._parts.append(_Part(position, position + len(lead), index))
            self._lengths.append(len(text))
            texts += (lead, text)
            position += len(lead) + len(text)
        self.text = "".join(texts)
        self._units = Units(self.text)

    def is_of(self, blocks: Sequence[Block]) -> bool:
        """Whether these are still the blocks that it was made of; only the last ones change."""
        return len(blocks) == self._count and (not blocks or blocks[-1] is self._last)

    def __len__(self) -> int:
        return self._units.to_qt(len(self.text))

    def between(self, begin: int, end: int) -> str:
        """A piece of it; -1 is its end."""
        first = self._units.from_qt(max(0, begin))
        return self.text[first : self._units.from_qt(end) if end >= 0 else None]

    def place_of(self, offset: int) -> tuple[int, int]:
        """The block and the position in its visible text."""
        if not self._parts:
            return 0, 0
        position = self._units.from_qt(min(max(0, offset), len(self)))
        index = max(0, bisect_right(self._parts, position, key=lambda part: part.begin) - 1)
        part = self._parts[index]
        return part.block, min(max(0, position - part.start), self._lengths[index])

    def offset_of(self, block: int, position: int) -> int:
        """Where a position of a block is in this text."""
        index = bisect_right(self._parts, block, key=lambda part: part.block) - 1
        if index < 0:
            return 0
        part, length = self._parts[index], self._lengths[index]
        inside = min(max(0, position), length) if part.block == block else length
        return self._units.to_qt(part.start + inside)


def beginning(blocks: Sequence[Block], length: int) -> str:
    """The first words of some blocks in one line, without what a model thought."""
    words: list[str] = []
    left = length + 1
    for block in blocks:
        if isinstance(block, ReasoningBlock):
            continue
        text = " ".join((_marker(block) + visible_text(block)[: 4 * left]).split())
        if text:
            words.append(text[:left])
            left -= len(words[-1]) + 1
        if left <= 0:
            break
    line = " ".join(words)
    if len(line) <= length:
        return line
    cut = line.rfind(" ", length // 2, length)
    return line[: cut if cut > 0 else length].rstrip() + "…"


def _marker(block: Block) -> str:
    """What stands before the first block of a list item."""
    if isinstance(block, ReasoningBlock):
        return ""
    if isinstance(block, ToolCallBlock):
        return f"{call_words(block)} "
    markers = [
        _BOXES.get(step.task, step.marker)
        for step in block.path
        if isinstance(step, Item) and step.is_first
    ]
    return "".join(f"{marker} " for marker in markers)
