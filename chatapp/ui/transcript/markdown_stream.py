"""The blocks of a text that is still being written, read again only where they can change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from chatapp.ui.transcript.blocks import (
    Block,
    CodeBlock,
    FormulaBlock,
    ReasoningBlock,
    TableBlock,
    ToolCallBlock,
    count_same,
    language_of,
)
from chatapp.ui.transcript.markdown import START
from chatapp.ui.transcript.pieces import SHORTEST

if TYPE_CHECKING:
    from chatapp.ui.transcript.markdown import MarkdownParser, Part, Reading

_FENCE: Final = re.compile(r"(`{3,}+|~{3,}+)([^\n]*+)\n")
# Without one of these, a line may still become a rule or the second line of a table.
_ORDINARY: Final = re.compile(r"[^-\s*_:|]")


class MarkdownStream:
    """The blocks of a message that grows at its end: a thought, the text, calls of tools.

    `blocks` is at every moment what the whole message so far would give, except that a link
    definition has no effect on what stands before it until `finish`. Only the last top-level
    construct is read again for each addition, or less: of a list the last item, of a table the last
    row, of a long paragraph the last pieces, of code what is new. A quote, a list item and an image
    that is in the text itself are read whole.

    What changes it returns how many leading blocks are the same as before.
    """

    def __init__(self, parser: MarkdownParser) -> None:
        self.blocks: list[Block] = []
        self._thought = _Growing(parser)
        self._answer = _Growing(parser)
        self._has_thought = False
        self._is_thinking = False
        self._reasoning: ReasoningBlock | None = None
        self._calls: tuple[ToolCallBlock, ...] = ()

    def think(self, text: str) -> int:
        """Add to the thought."""
        self._thought.feed(text)
        self._has_thought = self._has_thought or bool(text.strip())
        return self._put_together()

    def feed(self, text: str) -> int:
        """Add to the text."""
        kept = self._answer.feed(text)
        head = 0 if self._reasoning is None else 1
        self.blocks[head + kept :] = [*self._answer.blocks[kept:], *self._calls]
        return head + kept

    def set_state(self, calls: tuple[ToolCallBlock, ...], *, is_thinking: bool) -> int:
        """All calls, as far as they are written, and whether the thought goes on."""
        if (calls, is_thinking) == (self._calls, self._is_thinking):
            return len(self.blocks)
        self._calls, self._is_thinking = calls, is_thinking
        return self._put_together()

    def finish(self) -> int:
        """Say that the message is complete."""
        self._thought.finish()
        self._answer.finish()
        return self._put_together()

    def _put_together(self) -> int:
        before = self.blocks
        if self._has_thought:
            thought = ReasoningBlock(tuple(self._thought.blocks), self._is_thinking)
            if thought != self._reasoning:
                self._reasoning = thought
        head = [] if self._reasoning is None else [self._reasoning]
        self.blocks = [*head, *self._answer.blocks, *self._calls]
        return count_same(before, self.blocks)


def _normalised(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


class _Growing:
    """The blocks of a Markdown text that grows."""

    def __init__(self, parser: MarkdownParser) -> None:
        self.blocks: list[Block] = []
        self._parser = parser
        self._carry = ""  # half of a line break, perhaps
        self._references: dict[str, Any] = {}
        self._has_definitions = False
        self._whole: list[str] = []
        self._closed = 0  # blocks that can't change any more
        self._tail = ""  # the text of those that can
        self._added: list[str] = []  # what follows it
        self._resume = START  # how to read it
        self._fence: _OpenFence | None = None

    def feed(self, text: str) -> int:
        """Add `text`. Returns how many leading blocks are the same as before."""
        text = self._carry + text
        self._carry = "\r" if text.endswith("\r") else ""
        text = _normalised(text.removesuffix("\r"))
        if not text:
            return len(self.blocks)
        self._whole.append(text)
        self._added.append(text)
        if self._fence is not None and self._fence.feed(text):
            self.blocks[-1] = CodeBlock(self._fence.language, self._fence.text)
            return len(self.blocks) - 1
        self._tail += "".join(self._added)
        self._added = []
        reading = self._parser.read(self._tail, self._references, self._resume)
        fresh = [block for part in reading.parts for block in part.blocks]
        kept = self._closed + count_same(self.blocks[self._closed :], fresh)
        self.blocks[self._closed :] = fresh
        self._has_definitions = bool(reading.definitions)
        self._settle(reading)
        self._fence = None
        if len(self.blocks) == self._closed + 1 and self._resume == START:
            self._fence = _OpenFence.at_start_of(self._tail)
        return kept

    def finish(self) -> None:
        """Say that the text is complete."""
        if self._carry:
            self._carry = ""
            self.feed("\n")
        if self._references or self._has_definitions:
            self.blocks = list(self._parser.parse("".join(self._whole)))

    def _settle(self, reading: Reading) -> None:
        """Take what can't change any more out of the tail."""
        parts = reading.parts
        for index in range(len(parts) - 1, -1, -1):
            if self._is_certain(parts, index, reading.unsettled):
                part = parts[index]
                start, resume = part.start, part.resume
                if part.later is not None and part.later[0] <= reading.unsettled:
                    start, resume = part.later
                break
        else:
            if parts:
                return
            index, start, resume = 0, reading.last_definition, START
        for label, (place, definition) in reading.definitions.items():
            if place < start:
                self._references[label] = definition
        self._closed += sum(len(part.blocks) for part in parts[:index])
        self._tail = self._tail[start:]
        self._resume = resume

    def _is_certain(self, parts: list[Part], index: int, unsettled: int) -> bool:
        """Whether a part will always begin where it does, and so what stands before it is final.

        A part is certain when its first line is complete: what begins in an incomplete one may turn
        out to be the underline of a heading, the second line of a table or a paragraph's next line.
        """
        part = parts[index]
        start = part.start
        if index == 0 and start == 0:
            return True
        end = self._tail.find("\n", start)
        if part.resume.joins:
            # A piece that begins with a table's head would come out as the table, and the line
            # break before it would not be in the text.
            if start >= unsettled:
                return False
            return self._tail.find("\n", end + 1) > end >= 0 or self._is_in_long_line(start)
        first = part.blocks[0] if part.blocks else None
        if isinstance(first, TableBlock) and not first.path and part.later is None:
            return False
        if isinstance(first, FormulaBlock) and not first.path:
            # With more in its last line it is none, and goes on with a paragraph before it.
            end = self._tail.find("\n", self._tail.index(first.source, start) + len(first.source))
        return end >= 0 and start <= unsettled

    def _is_in_long_line(self, start: int) -> bool:
        """Whether the line at `start` can't become anything but a paragraph's."""
        begin = self._tail.rfind("\n", 0, start) + 1
        end = self._tail.find("\n", start)
        end = len(self._tail) if end < 0 else end
        if begin == 0 and self._resume.joins and not self._resume.prefix.endswith("\n"):
            return True
        return end - begin > SHORTEST and _ORDINARY.search(self._tail, begin, end) is not None


class _OpenFence:
    """Code that grows, read without the parser: lines of code are what it says, nothing else."""

    def __init__(self, mark: str, language: str) -> None:
        self.language = language
        self._end = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*\Z")
        self._lines: list[str] = []
        self._last = ""

    @classmethod
    def at_start_of(cls, text: str) -> _OpenFence | None:
        """The fence that `text` begins with, if it is still open."""
        text = text.lstrip("\n")
        opening = _FENCE.match(text)
        # With a bar in it, the line may turn out to be the head of a table.
        if opening is None or "|" in opening[2] or (opening[1][0] == "`" and "`" in opening[2]):
            return None
        fence = cls(opening[1], language_of(opening[2]))
        return fence if fence.feed(text[opening.end() :]) else None

    @property
    def text(self) -> str:
        """The code so far."""
        # The parser leaves out a last line of blanks.
        return "\n".join([*self._lines, self._last] if self._last.strip(" \t") else self._lines)

    def feed(self, text: str) -> bool:
        """Add to the code. False: the fence is closed and the parser has to look at it."""
        *complete, last = (self._last + text).split("\n")
        if any(self._end.match(line) for line in (*complete, last)):
            return False
        self._lines += complete
        self._last = last
        return True
