"""Turns the parser's tokens for one construct into blocks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from chatapp.ui.transcript import block_rules
from chatapp.ui.transcript.blocks import (
    Alignment,
    Block,
    CodeBlock,
    FormulaBlock,
    Item,
    Line,
    Path,
    Quote,
    RuleBlock,
    Span,
    TableBlock,
    Task,
    TextBlock,
    language_of,
)
from chatapp.ui.transcript.inline import InlineReader, Segment, long_image
from chatapp.ui.transcript.pieces import SHORTEST, cuts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_TASK: Final = re.compile(r"\[([ xX])\](?=\s)")
_ALIGNMENTS: Final = {"center": Alignment.CENTER, "right": Alignment.END}


class BlockReader:
    """Reads tokens. `number` is that of the list item that they begin with, if they do."""

    def __init__(
        self, inline: InlineReader, env: dict[str, Any], *, number: int | None = None
    ) -> None:
        self._inline = inline
        self._env = env
        self._blocks: list[Block] = []
        self._path: list[Quote | Item] = []
        self._numbers: list[int | None] = [number]

    def read(self, tokens: Sequence[Token]) -> tuple[Block, ...]:
        """The blocks of a construct."""
        for position, token in enumerate(tokens):
            match token.type:
                case "blockquote_open":
                    self._path.append(Quote())
                case "blockquote_close":
                    self._path.pop()
                case "bullet_list_open":
                    self._numbers.append(None)
                case "ordered_list_open":
                    self._numbers.append(first_number(token))
                case "bullet_list_close" | "ordered_list_close":
                    self._numbers.pop()
                case "list_item_open":
                    self._path.append(Item(self._next_marker(token.markup)))
                case "footnote_reference_open":
                    self._path.append(Item(f"{token.meta['label']}.", note=True))
                case "list_item_close" | "footnote_reference_close":
                    innermost = self._path[-1]
                    if isinstance(innermost, Item) and innermost.is_first:
                        self._blocks.append(TextBlock((), self._take_path()))
                    self._path.pop()
                case "inline":
                    before = tokens[position - 1]
                    level = int(before.tag[1]) if before.type == "heading_open" else 0
                    self._add_text(token.content, level)
                case "fence":
                    text = token.content.removesuffix("\n")
                    self._blocks.append(CodeBlock(language_of(token.info), text, self._take_path()))
                case "code_block":
                    text = token.content.rstrip("\n")
                    self._blocks.append(CodeBlock("", text, self._take_path()))
                case "hr":
                    self._blocks.append(RuleBlock(self._take_path()))
                case block_rules.FORMULA:
                    formula = FormulaBlock(token.content, token.info, self._take_path())
                    self._blocks.append(formula)
                case block_rules.TABLE:
                    table = self.table(token.meta)
                    self._blocks.append(replace(table, path=self._take_path()))
        return tuple(self._blocks)

    def pieces(self, content: str, *, joins: bool) -> Iterator[tuple[int, tuple[Block, ...]]]:
        """The pieces of a paragraph: where each begins, and its blocks.

        With `joins`, the first goes on with a paragraph that was read before.
        """
        if len(content) > SHORTEST and not joins:
            image = long_image(content)
            if image is not None:
                yield 0, (self._placed(image),)
                return
        starts = cuts(content)
        for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
            is_later = start > 0 or joins
            piece = content[start:end]
            if start == 0 or content[start - 1] == "\n":
                piece = piece.lstrip(" \t")
            blocks: list[Block] = []
            for segment in self._inline.paragraph(piece, self._env):
                joins_before = is_later and not blocks
                blocks.append(self._placed(segment, joins=joins_before))
            yield start, tuple(blocks)

    def table(self, meta: dict[str, Any], rows: tuple[tuple[Line, ...], ...] = ()) -> TableBlock:
        """A table, whose first `rows` (the header among them) may have been read before."""
        alignments = tuple(_ALIGNMENTS.get(name, Alignment.START) for name in meta["alignments"])
        new = tuple(
            tuple(self._inline.line(cell, self._env) for cell in row)
            for row in meta["rows"][1 if rows else 0 :]
        )
        return TableBlock(alignments, rows + new)

    def _next_marker(self, markup: str) -> str:
        number = self._numbers[-1]
        if number is None:
            return "•"
        self._numbers[-1] = number + 1
        return f"{number}{markup}"

    def _take_path(self) -> Path:
        """Where the next block stands. Those after it are no longer the first in their items."""
        path = tuple(self._path)
        self._path = [
            replace(step, is_first=False) if isinstance(step, Item) else step for step in path
        ]
        return path

    def _placed(self, segment: Segment, *, joins: bool = False, level: int = 0) -> Block:
        if isinstance(segment, tuple):
            return TextBlock(segment, self._take_path(), level, joins)
        return replace(segment, path=self._take_path())

    def _add_text(self, content: str, level: int) -> None:
        innermost = self._path[-1] if self._path else None
        if isinstance(innermost, Item) and innermost.is_first and not innermost.note:
            task = _TASK.match(content)
            if task is not None:
                state = Task.OPEN if task[1] == " " else Task.DONE
                self._path[-1] = replace(innermost, task=state)
                content = content[task.end() :].lstrip()
        if level:
            self._blocks.append(self._placed(self._inline.line(content, self._env), level=level))
            return
        for _, blocks in self.pieces(content, joins=False):
            self._blocks += blocks


def first_number(token: Token) -> int:
    """The number of an ordered list's first item."""
    return int(token.attrGet("start") or 0) if token.attrs else 1


def unread(source: str) -> tuple[Block, ...]:
    """`source` as it is, for what is nested too deeply to be read."""
    starts = cuts(source)
    return tuple(
        TextBlock((Span(source[start:end]),), joins=start > 0)
        for start, end in zip(starts, [*starts[1:], len(source)], strict=True)
    )
