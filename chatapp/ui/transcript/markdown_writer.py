"""Writes blocks as the Markdown that gives them again."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chatapp.ui.transcript.blocks import (
    Alignment,
    Block,
    CodeBlock,
    FormulaBlock,
    ImageBlock,
    Item,
    Path,
    Quote,
    ReasoningBlock,
    RuleBlock,
    Span,
    TableBlock,
    Task,
    TextBlock,
    ToolCallBlock,
)
from chatapp.ui.transcript.call_words import call_words
from chatapp.ui.transcript.line_writer import write_line, write_paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BULLETS: Final = "-*+"
_DELIMITERS: Final = {
    Alignment.START: "---",
    Alignment.CENTER: ":-:",
    Alignment.END: "--:",
}
_TASKS: Final = {Task.NONE: "", Task.OPEN: "[ ] ", Task.DONE: "[x] "}
_LOOKS_LIKE_TASK: Final = re.compile(r"\[[ xX]\]\s")


def write_markdown(blocks: Iterable[Block]) -> str:
    """The Markdown of `blocks`, without a line break at its end."""
    writer = _Writer()
    for block in joined(blocks):
        writer.add(block)
    return "".join(writer.parts)


def joined(blocks: Iterable[Block]) -> list[Block]:
    """`blocks` with the pieces of each long paragraph as one block."""
    whole: list[Block] = []
    for block in blocks:
        last = whole[-1] if whole else None
        if isinstance(block, TextBlock) and block.joins and isinstance(last, TextBlock):
            whole[-1] = replace(last, spans=last.spans + block.spans)
        else:
            whole.append(block)
    return whole


class _Writer:
    """Puts each block into the containers that are open, and opens those that it needs."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._open: list[Quote | Item] = []
        self._indents: list[str] = []  # what stands before each line in these
        self._last: Block | None = None

    def add(self, block: Block) -> None:
        """Write a block after the others."""
        if isinstance(block, ReasoningBlock):
            text = write_markdown(block.blocks)
            self.parts.append(f"<think>\n{text}\n</think>" if text else "<think>\n</think>")
            self._last = block
            return
        kept, new = self._containers(block.path)
        del self._open[kept:], self._indents[kept:]
        outside = "".join(self._indents)
        if self._last is not None:
            is_tight = self._is_tight(block, new)
            self.parts.append("\n" if is_tight else f"\n{outside.rstrip()}\n")
        first = outside
        bullets = 0
        for step in new:
            opening, indent = _opening(step, bullets)
            bullets += opening[:1] in _BULLETS and not isinstance(step, Quote)
            if opening[:2] == "[^" and (step is not new[-1] or not isinstance(block, TextBlock)):
                # The parser would count the blank to the indentation of what follows.
                opening = opening.rstrip(" ")
            first += opening
            self._open.append(step)
            self._indents.append(indent)
        indent = "".join(self._indents)
        head, *rest = _content(block, new).split("\n")
        self.parts.append(first + head if head else first.rstrip(" "))
        self.parts += ["\n" + (indent + line if line else indent.rstrip(" ")) for line in rest]
        self._last = block

    def _containers(self, path: Path) -> tuple[int, list[Quote | Item]]:
        """How many of the open containers a block stays in, and which are new."""
        kept = 0
        for step, outer in zip(path, self._open, strict=False):
            is_same = step == outer if isinstance(step, Quote) else not step.is_first
            if not is_same or type(step) is not type(outer):
                break
            kept += 1
        # An item whose beginning isn't here has no marker.
        new = [step for step in path[kept:] if isinstance(step, Quote) or step.is_first]
        return kept, new

    def _is_tight(self, block: Block, new: Sequence[Quote | Item]) -> bool:
        """Whether a list's item can follow the one before it without an empty line."""
        last = self._last
        if not isinstance(last, TextBlock) or not isinstance(block, TextBlock):
            return False
        if not new or not isinstance(new[0], Item) or new[0].note or last.level or block.level:
            return False
        if not last.spans or not block.spans or not last.path:
            return False
        depth = len(self._open)
        is_sibling = len(last.path) > depth and isinstance(last.path[depth], Item)
        is_child = len(last.path) == depth and new[0].marker in {"•", "1.", "1)"}
        return is_sibling or is_child


def _opening(step: Quote | Item, bullets: int) -> tuple[str, str]:
    """What stands before the first line in a container, and before the others."""
    if isinstance(step, Quote):
        return "> ", "> "
    if step.note:
        return f"[^{step.marker[:-1]}]: ", "    "
    # Three dashes in one line would be a rule.
    marker = _BULLETS[bullets % 3] if step.marker == "•" else step.marker
    return f"{marker} ", " " * (len(marker) + 1)


def _content(block: Block, new: Sequence[Quote | Item]) -> str:
    item = new[-1] if new and isinstance(new[-1], Item) else None
    task = _TASKS[item.task] if item else ""
    match block:
        case TextBlock():
            text = write_line(block.spans) if block.level else write_paragraph(block.spans)
            if item and not task and _LOOKS_LIKE_TASK.match(text):
                text = "&#91;" + text[1:]
            mark = "#" * block.level
            return f"{mark} {task}{text}".rstrip() if mark else task + text
        case ToolCallBlock():
            return f"{write_line([Span(call_words(block))])}\n{_code(block)}"
        case CodeBlock():
            return _code(block)
        case TableBlock():
            return _table(block)
        case RuleBlock():
            # Dashes could be the underline of a heading, or a list's.
            return "***"
        case FormulaBlock():
            return task + block.source
        case ImageBlock():
            return task + _image(block)
        case ReasoningBlock():
            return write_markdown([block])


def _code(block: CodeBlock) -> str:
    char = "~" if "`" in block.language else "`"
    longest = max(map(len, re.findall(f"{char}+", block.text)), default=0)
    fence = char * max(3, longest + 1)
    language = re.sub(r"[\\&]", r"\\\g<0>", block.language)
    body = f"{block.text}\n" if block.text else ""
    return f"{fence}{language}\n{body}{fence}"


def _table(block: TableBlock) -> str:
    rows = [[write_line(cell, in_cell=True) for cell in row] for row in block.rows]
    rows.insert(1, [_DELIMITERS[alignment] for alignment in block.alignments])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _image(block: ImageBlock) -> str:
    description = write_line([Span(block.description, link="x")]) if block.description else ""
    text = f"!{description[: description.rindex(']') + 1] if description else '[]'}"
    source = re.sub(r"[\\<>&]", r"\\\g<0>", block.source)
    text += f"(<{source}>)" if not block.source.startswith("data:") else f"({block.source})"
    return f"[{text}](<{block.link}>)" if block.link else text
