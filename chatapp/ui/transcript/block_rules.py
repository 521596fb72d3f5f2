"""How lines make blocks where that differs from CommonMark, or has to be faster or bounded.

Formulas on lines of their own, footnote definitions, tables as one token, and paragraphs: those
with a limit on what can still become something else, so that a text that grows can be read in
parts (see `markdown_stream`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from markdown_it import rules_block
from mdit_py_plugins.footnote.index import footnote_def

from chatapp.ui.transcript.pieces import SHORTEST

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.parser_block import RuleFuncBlockType
    from markdown_it.rules_block import StateBlock

FORMULA: Final = "formula_block"
TABLE: Final = "table"

# What CommonMark strips: Python calls more than that white space.
WHITE_SPACE: Final = " \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
# A line that begins with anything else goes on with the paragraph before it.
_MARKERS: Final = frozenset("#>-+*_=~`|:[$\\0123456789")
_CLOSINGS: Final = {"$$": re.compile(r"\$\$"), r"\[": re.compile(r"(?<!\\)\\\]")}
_FORMULA_LIMIT: Final = SHORTEST
# Cells that rows leave out are filled in; not more, or two kilobytes become a million cells.
_MOST_FILLED_CELLS: Final = 65_536
_DELIMITERS: Final = re.compile(r"[-|:][-|: \t]*")
_DELIMITER: Final = re.compile(r":?-+:?")
_CELL_END: Final = re.compile(r"(?<!\\)\|")
_NOTE: Final = re.compile(r"\[\^[^\s\[\]^]{1,80}\]:")


def add_block_rules(parser: MarkdownIt) -> None:
    """Teach `parser` to make these tokens."""
    ruler = parser.block.ruler
    interrupting = ["paragraph", "reference", "blockquote"]
    ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    ruler.at("heading", _heading, {"alt": interrupting})
    ruler.at("reference", _reference)
    ruler.at("lheading", _prose)
    ruler.before("fence", FORMULA, _formula, {"alt": [*interrupting, "list"]})
    ruler.before("reference", "footnote", _footnote, {"alt": interrupting[:2]})
    ruler.disable(["html_block", "paragraph"])


def _prose(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A paragraph, or a heading with a line under it unless that is long."""
    src = state.src
    terminators = state.md.block.ruler.getRules("paragraph")
    outer, state.parentType = state.parentType, "paragraph"
    limit = 0 if start == 0 and state.env.get("joins") else state.bMarks[start] + SHORTEST
    level = 0
    line = start + 1
    while line < state.lineMax:
        position = state.bMarks[line] + state.tShift[line]
        if position >= state.eMarks[line]:
            break
        indent = state.sCount[line]
        # Deeper ones are continuations, whatever is in them, and so are those that a quote claims.
        if indent - state.blkIndent <= 3 and indent >= 0:
            first = src[position]
            if first in "-=" and indent >= state.blkIndent and state.bMarks[line] <= limit:
                rest = src[position : state.eMarks[line]].rstrip(" \t")
                if line < end and rest == first * len(rest):
                    level = 1 if first == "=" else 2
                    break
            if (first in _MARKERS or _may_be_delimiters(state, line + 1)) and _ends(
                state, line, state.lineMax, terminators
            ):
                break
        line += 1
    state.parentType = outer
    kind, tag = ("heading", f"h{level}") if level else ("paragraph", "p")
    state.line = line + 1 if level else line
    state.push(f"{kind}_open", tag, 1).map = [start, state.line]
    token = state.push("inline", "", 0)
    token.content = _trim(state.getLines(start, line, state.blkIndent, keepLastLF=False))
    token.map = [start, line]
    state.push(f"{kind}_close", tag, -1)
    return True


def _ends(state: StateBlock, line: int, end: int, rules: list[RuleFuncBlockType]) -> bool:
    """Whether something else begins at a line."""
    return any(rule(state, line, end, True) for rule in rules)  # noqa: FBT003


def _may_be_delimiters(state: StateBlock, line: int) -> bool:
    if line >= state.lineMax:
        return False
    position = state.bMarks[line] + state.tShift[line]
    return state.src[position : position + 1] in {"|", "-", ":"}


def _trim(text: str) -> str:
    return text.strip(WHITE_SPACE)


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A heading, unless it is as long as a long paragraph."""
    if state.eMarks[start] - state.bMarks[start] > SHORTEST:
        return False
    return rules_block.heading(state, start, end, silent)


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A link definition, within the length of a short paragraph."""
    position = state.bMarks[start] + state.tShift[start]
    if state.src[position : position + 1] != "[":
        return False
    whole = state.lineMax
    state.lineMax = min(whole, bisect_right(state.eMarks, state.bMarks[start] + SHORTEST))
    try:
        return state.lineMax > start and rules_block.reference(state, start, end, silent)
    finally:
        state.lineMax = whole


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """The definition of a footnote, by the rule of the plugin but for very long labels."""
    position = state.bMarks[start] + state.tShift[start]
    if _NOTE.match(state.src, position, state.eMarks[start]) is None:
        return False
    return footnote_def(state, start, end, silent)


def _formula(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    r"""A formula from `$$` or `\[` at the beginning of a line to its end on this or a later one.

    `env["open_formula"]` is set to the first line where one begins that the next lines may close.
    """
    begin = state.bMarks[start] + state.tShift[start]
    opening = state.src[begin : begin + 2]
    closing = _CLOSINGS.get(opening)
    indent = min(state.blkIndent, state.sCount[start])
    if closing is None or indent < 0 or state.is_code_block(start):
        return False
    if state.src.startswith("$$$", begin):
        return False
    last = min(end, state.lineMax)
    # Where the search from a line above stopped: there is no end before that.
    known = state.env.setdefault("searched", {}).get(opening, (0, 0))
    line = known[1] if known[0] <= start < known[1] else start
    found = None
    while line < last:
        position = begin + 2
        if line > start:
            position = state.bMarks[line] + state.tShift[line]
            is_over = state.isEmpty(line) or state.sCount[line] < indent
            if is_over or position - begin > _FORMULA_LIMIT:
                break
        found = closing.search(state.src, position, state.eMarks[line])
        if found is not None:
            break
        line += 1
    state.env["searched"][opening] = (start, line)
    if found is None:
        if line >= len(state.bMarks) - 1:
            state.env["open_formula"] = min(start, state.env.get("open_formula", start))
        return False
    if _trim(state.src[found.end() : state.eMarks[line]]):
        return False
    source = _trim(state.getLines(start, line + 1, indent, keepLastLF=False))
    tex = _trim(source[2:-2])
    if not tex:
        return False
    if not silent:
        state.line = line + 1
        token = state.push(FORMULA, "", 0)
        token.map = [start, state.line]
        token.content, token.info = tex, source
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A table as one token.

    `meta` has its alignments, its rows, and for each how many cells were `filled` in up to it.
    """
    line = start + 1
    is_joined = start == 0 and state.env.get("joins")
    if is_joined or line >= end or state.sCount[line] < state.blkIndent:
        return False
    if state.is_code_block(start) or state.is_code_block(line):
        return False
    alignments = _alignments(_line(state, line))
    head = _line(state, start)
    if not alignments or "|" not in head or len(head) > SHORTEST:
        return False
    rows = [_cells(head)]
    columns = len(rows[0])
    if columns != len(alignments):
        return False
    if silent:
        return True
    outer, state.parentType = state.parentType, "table"
    terminators = state.md.block.ruler.getRules("blockquote")
    filled = [state.env.get("filled", 0) if start == 0 else 0]
    line += 1
    while line < end and state.sCount[line] >= state.blkIndent and not state.isEmpty(line):
        position = state.bMarks[line] + state.tShift[line]
        if state.src[position] in _MARKERS and _ends(state, line, end, terminators):
            break
        text = _line(state, line)
        if not text or state.is_code_block(line):
            break
        cells = _cells(text)
        missing = columns - len(cells)
        if filled[-1] + missing > _MOST_FILLED_CELLS:
            break
        filled.append(filled[-1] + max(missing, 0))
        rows.append(cells[:columns] + [""] * missing)
        line += 1
    state.parentType = outer
    state.line = line
    token = state.push(TABLE, "", 0)
    token.map = [start, line]
    token.meta = {"alignments": alignments, "rows": rows, "filled": filled}
    return True


def _line(state: StateBlock, line: int) -> str:
    return _trim(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]])


def _alignments(text: str) -> list[str]:
    """For each column its delimiter row's mark: "", "left", "center" or "right"."""
    # A dash with a space after it begins a list.
    if len(text) < 2 or len(text) > SHORTEST or (text[0] == "-" and text[1] in " \t"):
        return []
    if not _DELIMITERS.fullmatch(text):
        return []
    columns = [column.strip(" \t") for column in text.split("|")]
    if not columns[0]:
        columns.pop(0)
    if columns and not columns[-1]:
        columns.pop()
    if not all(_DELIMITER.fullmatch(column) for column in columns):
        return []
    names = {(False, False): "", (True, False): "left", (False, True): "right"}
    return [names.get((c[0] == ":", c[-1] == ":"), "center") for c in columns]


def _cells(text: str) -> list[str]:
    cells = [_trim(cell.replace(r"\|", "|")) for cell in _CELL_END.split(text)]
    if text.startswith("|"):
        cells.pop(0)
    if cells and text.endswith("|") and not text.endswith(r"\|"):
        cells.pop()
    return cells
