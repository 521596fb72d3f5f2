"""The blocks that a Markdown text consists of: plain values, without a trace of HTML or Qt.

Nesting is flattened: each block knows the quotes and list items that it stands in. Neighbouring
blocks then lie in one text document, and a change at the end touches the last of them only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

_SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto"})


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `link` is an address that may be opened, or empty.

    With a `formula` (TeX), `text` is its source as written, with the delimiters. A `note` is a
    reference to a footnote and `text` its label.
    """

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    link: str = ""
    formula: str = ""
    note: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quote around a block."""


class Task(StrEnum):
    """Whether a list item is something to do."""

    NONE = "none"
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Item:
    """A list item around a block. `marker` ("•", "3.") is drawn beside the first of its blocks.

    With `note`, it is a footnote's definition and the marker its label with a full stop.
    """

    marker: str
    is_first: bool = True
    task: Task = Task.NONE
    note: bool = False


Path = tuple[Quote | Item, ...]
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, or a heading when `level` is 1 to 6.

    With `joins` it goes on where the block before it ended: a very long paragraph is cut in pieces.
    The line break at a cut, if there was one, stands at the end of the earlier piece.
    """

    spans: Line
    path: Path = ()
    level: int = 0
    joins: bool = False


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Code as written, without a line break at its end. `language` may be empty or anything."""

    language: str
    text: str
    path: Path = ()


@dataclass(frozen=True, slots=True)
class ToolCallBlock(CodeBlock):
    """A tool that the model wants to have called, `name`, with its arguments as code.

    What is not `is_complete` is shown as far as it was written; it can't be made.
    """

    name: str = ""
    is_complete: bool = True


class Alignment(StrEnum):
    """Where the text of a table's column stands."""

    START = "start"
    CENTER = "center"
    END = "end"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table. Every row has as many cells as `alignments`; the first row is the header."""

    alignments: tuple[Alignment, ...]
    rows: tuple[tuple[Line, ...], ...]
    path: Path = ()


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """A line across."""

    path: Path = ()


@dataclass(frozen=True, slots=True)
class FormulaBlock:
    """A display formula: its TeX, and its source as written, with the delimiters."""

    tex: str
    source: str
    path: Path = ()


@dataclass(frozen=True, slots=True)
class ImageBlock:
    """A paragraph that is one image. `source` is shown without the network: see `image_sources`."""

    source: str
    description: str
    path: Path = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class ReasoningBlock:
    """What a model thought before it answered: always the first block, if there is one."""

    blocks: tuple[Block, ...]
    is_open: bool


Block = TextBlock | CodeBlock | TableBlock | RuleBlock | FormulaBlock | ImageBlock | ReasoningBlock


def visible_text(block: Block) -> str:
    """What a reader sees of a block. Positions in a message count these characters."""
    match block:
        case TextBlock():
            return plain_text(block.spans)
        case CodeBlock():
            return block.text
        case TableBlock():
            return "\n".join("\t".join(map(plain_text, row)) for row in block.rows)
        case RuleBlock():
            return ""
        case FormulaBlock():
            return block.source
        case ImageBlock():
            return block.description
        case ReasoningBlock():
            return "\n\n".join(map(visible_text, block.blocks))


def is_safe_address(address: str) -> bool:
    """Whether an address may be opened on a click: web and mail only."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme not in _SAFE_SCHEMES:
        return False
    return bool(parts.netloc) or parts.scheme == "mailto"


def plain_text(spans: Iterable[Span]) -> str:
    """What the spans say."""
    return "".join(span.text for span in spans)


def count_same(before: Sequence[Block], after: Sequence[Block]) -> int:
    """How many blocks at the beginning are the same in both."""
    count = 0
    for old, new in zip(before, after, strict=False):
        if old is not new and old != new:
            break
        count += 1
    return count


def language_of(info: str) -> str:
    """The language that the words after a code fence name."""
    words = info.split(maxsplit=1)
    return words[0] if words else ""
