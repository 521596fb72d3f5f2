"""The blocks of a text that is still being written, read again only where they can change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from chatapp.ui.transcript.blocks import (
    Block,
    CodeBlock,
    count_same,
    language_of,
)

if TYPE_CHECKING:
    from chatapp.ui.transcript.markdown import MarkdownParser, Part

_FENCE: Final = re.compile(r"(`{3,}|~{3,})([^\n]*)\n")


class MarkdownStream:
    """The blocks of a text that grows at its end.

    `blocks` is at every moment what the whole text so far would give, except that a link definition
    has no effect on what stands before it until `finish`. Only the last top-level construct is read
    again for each addition, and an open code fence not even that.
    """

    def __init__(self, parser: MarkdownParser) -> None:
        self.blocks: list[Block] = []
        self._parser = parser
        self._references: dict[str, Any] = {}
        self._whole: list[str] = []
        self._closed = 0  # blocks that can't change any more
        self._tail = ""  # the text of those that can
        self._fence: _OpenFence | None = None
        self._carry = ""

    def feed(self, text: str) -> int:
        """Add `text`. Returns how many leading blocks are the same as before."""
        text = self._carry + text
        self._carry = "\r" if text.endswith("\r") else ""
        text = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
        text = text.replace("\0", "\ufffd")
        return self._add(text)

    def finish(self) -> int:
        """Say that the text is complete. Returns how many leading blocks are the same as before."""
        carry, self._carry = self._carry, ""
        kept = self._add("\n" if carry else "")
        references = dict(self._references)
        if "]:" in self._tail:
            self._parser.parse(self._tail, references)
        if references:
            blocks = list(self._parser.parse("".join(self._whole)))
            kept = min(kept, count_same(self.blocks, blocks))
            self.blocks = blocks
        return kept

    def _add(self, text: str) -> int:
        if not text:
            return len(self.blocks)
        self._whole.append(text)
        self._tail += text
        if self._fence is not None and self._fence.feed(text):
            self.blocks[-1] = CodeBlock(self._fence.language, self._fence.text)
            return len(self.blocks) - 1
        self._fence = None
        parts = self._parser.parts(self._tail, dict(self._references))
        closed, start = self._close(parts)
        fresh = [block for part in parts for block in part.blocks]
        same = count_same(self.blocks[self._closed :], fresh)
        kept = self._closed + same
        self.blocks[self._closed :] = fresh
        self._closed += closed
        self._tail = self._tail[start:]
        if len(self.blocks) == self._closed + 1:
            self._fence = _OpenFence.at_start_of(self._tail)
        return kept

    def _close(self, parts: list[Part]) -> tuple[int, int]:
        """How many of the blocks in `parts` are final, and where in the tail the others begin.

        A construct is final when a complete line has begun the next one: an incomplete line can
        still turn into the underline of a heading or the second line of a table.
        """
        complete = self._tail[: self._tail.rfind("\n") + 1]
        if len(parts) < 2 or not complete:
            return 0, 0
        if len(complete) < len(self._tail):
            parts = self._parser.parts(complete, dict(self._references))
            if len(parts) < 2:
                return 0, 0
        start = _offset_of_line(complete, parts[-1].line)
        # For its link definitions; those in the open part are not final.
        self._parser.parts(complete[:start], self._references)
        return sum(len(part.blocks) for part in parts[:-1]), start


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


def _offset_of_line(text: str, line: int) -> int:
    offset = 0
    for _ in range(line):
        offset = text.index("\n", offset) + 1
    return offset
