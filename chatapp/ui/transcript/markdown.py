"""Reads Markdown into a flat sequence of blocks.

The text comes from a model, so it is untrusted: HTML is text, nothing is fetched, and only
addresses that are safe to open become links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from chatapp.ui.transcript import block_rules
from chatapp.ui.transcript.block_reader import BlockReader, first_number, unread
from chatapp.ui.transcript.blocks import Block, Line
from chatapp.ui.transcript.image_sources import is_local_image
from chatapp.ui.transcript.inline import InlineReader
from chatapp.ui.transcript.inline_rules import add_inline_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it.token import Token

_NESTING_LIMIT: Final = 60
# What stands before a piece of a paragraph when that is read alone: it ends with the line break at
# which the paragraph was cut, if it was cut at one.
_LINE_BEFORE: Final = "x\n"
_WORD_BEFORE: Final = "x"


@dataclass(frozen=True, slots=True)
class Resume:
    """How to go on reading in the middle of a construct.

    `prefix` is put before the text, so that the parser is where it would be. `number` is that of
    the list item with which the text begins. `rows` are a table's so far, and `filled` how many of
    their cells weren't written. With `joins`, the text goes on with a paragraph.
    """

    prefix: str = ""
    number: int | None = None
    rows: tuple[tuple[Line, ...], ...] = ()
    filled: int = 0
    joins: bool = False


START: Final = Resume()


@dataclass(frozen=True, slots=True)
class Part:
    """What can be read alone: a top-level construct, a list's item or a piece of a paragraph.

    It begins at `start` in the text and is read from there with `resume`. `later` is a place in it
    from which it can be read to its end and comes out whole.
    """

    start: int
    blocks: tuple[Block, ...]
    resume: Resume = START
    later: tuple[int, Resume] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts of a text, and the link definitions in it, each with the place where it stands.

    What stands at or after `unsettled` may come to be the inside of a formula. `last_definition`
    is the place of the last definition, 0 if there is none.
    """

    parts: list[Part]
    unsettled: int
    definitions: dict[str, tuple[int, Any]]
    last_definition: int


class MarkdownParser:
    """CommonMark with tables, strikethrough, task lists, formulas, footnotes and bare addresses.

    A single line break is kept, because models write verse and addresses without two spaces at the
    end of the line.
    """

    def __init__(self) -> None:
        options = {"html": False, "maxNesting": _NESTING_LIMIT}
        self._parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
        # What may be opened is decided by `is_safe_address`; here the syntax alone counts.
        self._parser.validateLink = lambda url: True  # type: ignore[method-assign]
        normalize = self._parser.normalizeLink
        self._parser.normalizeLink = (  # type: ignore[method-assign]
            lambda url: url if is_local_image(url) else normalize(url)
        )
        block_rules.add_block_rules(self._parser)
        add_inline_rules(self._parser)
        self._inline = InlineReader(self._parser)

    def parse(self, text: str) -> tuple[Block, ...]:
        """The blocks of `text`."""
        return tuple(block for part in self.read(normalised(text)).parts for block in part.blocks)

    def read(
        self, text: str, references: dict[str, Any] | None = None, resume: Resume = START
    ) -> Reading:
        """The parts of a `normalised` text. The link definitions `references` hold in it as well.

        `resume` says how to go on, when a part before `text` was read earlier.
        """
        known = references or {}
        env: dict[str, Any] = {
            "references": dict(known),
            "joins": resume.joins,
            "filled": resume.filled,
        }
        tokens: list[Token] = []
        state = StateBlock(resume.prefix + text, self._parser, env, tokens)
        self._parser.block.tokenize(state, 0, state.lineMax)
        reader = _PartReader(state, env, self._inline, resume)
        parts = [part for group in _top_level(tokens) for part in reader.read(group)]
        unsettled = env.get("open_formula")
        definitions = {
            label: (reader.place(reference["map"][0]), reference)
            for label, reference in env["references"].items()
            if label not in known
        }
        place = len(text) + 1 if unsettled is None else reader.place(unsettled)
        repeated = env.get("duplicate_refs", [])
        lines = [reference["map"][0] for _, reference in definitions.values()]
        lines += [reference["map"][0] for reference in repeated]
        return Reading(parts, place, definitions, reader.place(max(lines)) if lines else 0)


class _PartReader:
    """Turns the tokens of top-level constructs into parts."""

    def __init__(
        self, state: StateBlock, env: dict[str, Any], inline: InlineReader, resume: Resume
    ) -> None:
        self._state = state
        self._env = env
        self._inline = inline
        self._resume = resume

    def place(self, line: int) -> int:
        """Where a line begins in the text."""
        return max(self._state.bMarks[line] - len(self._resume.prefix), 0)

    def read(self, tokens: Sequence[Token]) -> Iterable[Part]:
        """The parts of one construct."""
        first = tokens[0]
        # Only the first construct goes on with what was read before.
        resume = self._resume if _lines(first)[0] == 0 else START
        match first.type:
            case "bullet_list_open":
                yield from self._items(tokens, None)
            case "ordered_list_open":
                number = first_number(first) if resume.number is None else resume.number
                yield from self._items(tokens, number)
            case "paragraph_open":
                yield from self._pieces(tokens[1], resume)
            case block_rules.TABLE:
                yield self._table(first, resume)
            case _:
                yield Part(self.place(_lines(first)[0]), self._blocks(tokens))

    def _blocks(self, tokens: Sequence[Token], number: int | None = None) -> tuple[Block, ...]:
        if any(token.level >= _NESTING_LIMIT - 2 for token in tokens):
            first, last = _lines(tokens[0])
            state = self._state
            return unread(state.src[state.bMarks[first] : state.eMarks[last - 1]])
        return BlockReader(self._inline, self._env, number=number).read(tokens)

    def _items(self, tokens: Sequence[Token], number: int | None) -> Iterable[Part]:
        start = 1
        for end, token in enumerate(tokens, 1):
            if token.type == "list_item_close" and token.level == 1:
                item = tokens[start:end]
                place = self.place(_lines(item[0])[0])
                yield Part(place, self._blocks(item, number), Resume(number=number))
                start = end
                number = None if number is None else number + 1

    def _pieces(self, token: Token, resume: Resume) -> Iterable[Part]:
        first = _lines(token)[0]
        skipped = len(resume.prefix)
        content = token.content[skipped:]
        begin = self._state.bMarks[first]
        while content and self._state.src[begin] in block_rules.WHITE_SPACE:
            begin += 1
        begin += skipped - len(self._resume.prefix)
        reader = BlockReader(self._inline, self._env)
        for start, blocks in reader.pieces(content, joins=resume.joins):
            if start == 0:
                yield Part(self.place(first), blocks, resume)
            else:
                prefix = _LINE_BEFORE if content[start - 1] == "\n" else _WORD_BEFORE
                yield Part(begin + start, blocks, Resume(prefix=prefix, joins=True))

    def _table(self, token: Token, resume: Resume) -> Part:
        first, last = _lines(token)
        source, ends = self._state.src, self._state.eMarks
        reader = BlockReader(self._inline, self._env)
        table = reader.table(token.meta, resume.rows)
        later = None
        if ends[first + 1] < len(source):
            # All rows but one that is still written are certain.
            is_open = last > first + 2 and ends[last - 1] >= len(source)
            complete = last - is_open
            head = source[self._state.bMarks[first] : ends[first + 1] + 1]
            rows = table.rows[: len(table.rows) - is_open]
            filled = token.meta["filled"][-2 if is_open else -1]
            place = ends[complete - 1] + 1 - len(self._resume.prefix)
            later = (place, Resume(prefix=head, rows=rows, filled=filled))
        return Part(self.place(first), (table,), resume, later)


def normalised(text: str) -> str:
    """`text` with line feeds only, and without NUL."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _lines(token: Token) -> tuple[int, int]:
    first, last = token.map or (0, 0)
    return first, last


def _top_level(tokens: Sequence[Token]) -> Iterable[Sequence[Token]]:
    start = 0
    for position, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0 and token.type != "inline":
            yield tokens[start : position + 1]
            start = position + 1
