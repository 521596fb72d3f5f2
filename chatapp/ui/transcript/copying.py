"""What the clipboard gets of a selection: Markdown, plain text and HTML.

The HTML stands for itself: nothing in it is fetched or run by what it is pasted into.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from chatapp.ui.transcript.blocks import (
    Block,
    CodeBlock,
    Line,
    Path,
    Quote,
    ReasoningBlock,
    RuleBlock,
    Span,
    TableBlock,
    Task,
    TextBlock,
    ToolCallBlock,
    plain_text,
    visible_text,
)
from chatapp.ui.transcript.call_words import call_words
from chatapp.ui.transcript.html_writer import write_html
from chatapp.ui.transcript.markdown_writer import joined, write_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BOXES: Final = {Task.NONE: "", Task.OPEN: "☐ ", Task.DONE: "☑ "}


@dataclass(frozen=True, slots=True)
class Copied:
    """A selection as `markdown` that would give it again, as plain `text` and as `html`."""

    markdown: str
    text: str
    html: str


def copy_blocks(blocks: Sequence[Block], begin: tuple[int, int], end: tuple[int, int]) -> Copied:
    """What stands from `begin` to `end`: each a block's index and an offset in its visible text."""
    chosen = select_blocks(blocks, begin, end)
    return Copied(write_markdown(chosen), write_text(chosen), write_html(chosen))


def whole_markdown(thought: str, text: str, blocks: Sequence[Block]) -> str:
    """All of an answer as the model wrote it, with the calls among its blocks."""
    if thought.strip():
        thought = f"<think>\n{thought.strip()}\n</think>"
    calls = [block for block in blocks if isinstance(block, ToolCallBlock)]
    return "\n\n".join(part for part in (thought, text, write_markdown(calls)) if part.strip())


def select_blocks(
    blocks: Sequence[Block], begin: tuple[int, int], end: tuple[int, int]
) -> list[Block]:
    """The blocks between two positions. Those that are cut keep the styles in them.

    A block whose beginning is missing has lost its marker, and a heading that is alone and cut its
    level.
    """
    if begin >= end:
        return []
    if begin[0] == end[0]:
        return _part(blocks[begin[0]], begin[1], end[1], is_alone=True)
    whole = list(blocks[begin[0] + 1 : end[0]])
    first = _part(blocks[begin[0]], begin[1], None, is_alone=False)
    last = _part(blocks[end[0]], 0, end[1], is_alone=False) if end[0] < len(blocks) else []
    return [*first, *whole, *last]


def _part(block: Block, begin: int, end: int | None, *, is_alone: bool) -> list[Block]:
    length = len(visible_text(block))
    stop = length if end is None else min(end, length)
    if begin <= 0 and stop >= length:
        return [block] if end is None or end >= length or length == 0 else []
    if begin >= stop:
        return []
    if isinstance(block, ReasoningBlock):
        return _part_of_reasoning(block, begin, stop)
    is_cut = is_alone or begin > 0
    path = () if is_cut else block.path
    match block:
        case TextBlock():
            level = 0 if is_cut else block.level
            return [TextBlock(_part_of_line(block.spans, begin, stop), path, level)]
        case CodeBlock():
            text = block.text[begin:stop]
            if is_alone and "\n" not in text:
                return [TextBlock((Span(text, code=bool(text.strip())),))]
            return [replace(block, text=text.strip("\n"), path=path)]
        case TableBlock():
            return _part_of_table(block, begin, stop, path, is_alone=is_alone)
        case _:
            # A formula or an image is chosen whole.
            return [block if isinstance(block, RuleBlock) else replace(block, path=path)]


def _part_of_reasoning(block: ReasoningBlock, begin: int, end: int) -> list[Block]:
    """The blocks of a thought, for themselves."""
    starts = []
    offset = 0
    for inner in block.blocks:
        starts.append(offset)
        offset += len(visible_text(inner)) + 2
    chosen: list[Block] = []
    is_alone = sum(1 for s in starts if begin <= s < end) + any(s < begin for s in starts) < 2
    for inner, start in zip(block.blocks, starts, strict=True):
        stop = start + len(visible_text(inner))
        if start < end and stop > begin:
            chosen += _part(inner, max(begin - start, 0), min(end, stop) - start, is_alone=is_alone)
    return chosen


def _part_of_line(spans: Line, begin: int, end: int) -> Line:
    chosen = []
    offset = 0
    for span in spans:
        text = span.text[max(begin - offset, 0) : max(end - offset, 0)]
        offset += len(span.text)
        if text:
            # Half a formula is only its source.
            is_whole = len(text) == len(span.text)
            chosen.append(
                replace(
                    span,
                    text=text,
                    formula=span.formula if is_whole else "",
                    note=span.note and is_whole,
                )
            )
    return tuple(chosen)


def _part_of_table(
    block: TableBlock, begin: int, end: int, path: Path, *, is_alone: bool
) -> list[Block]:
    """A table of the rows that are chosen; of a single cell, its text."""
    rows: list[tuple[Line, ...]] = []
    offset = 0
    touched = 0
    for row in block.rows:
        cells: list[Line] = []
        has_part = False
        for cell in row:
            length = len(plain_text(cell))
            is_in = offset < end and offset + length >= begin and length > 0
            part = _part_of_line(cell, begin - offset, end - offset) if is_in else ()
            touched += bool(part)
            has_part = has_part or bool(part)
            cells.append(part)
            offset += length + 1
        if has_part:
            rows.append(tuple(cells))
    if not rows:
        return []
    if is_alone and touched == 1:
        return [TextBlock(next(cell for row in rows for cell in row if cell))]
    return [replace(block, rows=tuple(rows), path=path)]


def write_text(blocks: Iterable[Block]) -> str:
    """The plain text of `blocks`: markers of lists, tabs between the cells of a table."""
    parts: list[str] = []
    was_item = False
    for block in joined(blocks):
        if isinstance(block, ReasoningBlock):
            text, marker, indent = write_text(block.blocks), "", ""
        else:
            text = visible_text(block) if not isinstance(block, RuleBlock) else "———"
            if isinstance(block, ToolCallBlock):
                text = f"{call_words(block)}\n{text}"
            marker, indent = _markers(block.path)
        text = text.replace("\n", "\n" + indent) if indent else text
        is_item = bool(marker)
        if parts:
            parts.append("\n" if is_item and was_item else "\n\n")
        parts.append((marker or indent) + text)
        was_item = is_item or (was_item and bool(indent))
    return "".join(parts)


def _markers(path: Path) -> tuple[str, str]:
    """What stands before the first line of a block in a list, and before the others."""
    marker = indent = ""
    has_marker = False
    for step in path:
        if isinstance(step, Quote):
            continue
        own = f"{step.marker} "
        if step.is_first:
            marker += own + _BOXES[step.task]
            has_marker = True
        else:
            marker += " " * len(own)
        indent += " " * len(own)
    return (marker if has_marker else ""), indent
