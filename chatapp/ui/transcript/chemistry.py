r"""The usual part of mhchem's `\ce{…}` as plain TeX: formulas, charges, states and arrows."""

from __future__ import annotations

import re
from typing import Final

_ARROWS: Final = {
    "<=>": r"\rightleftharpoons",
    "<->": r"\leftrightarrow",
    "->": r"\longrightarrow",
    "<-": r"\longleftarrow",
}
# What may stand at each place, in this order.
_PIECES: Final = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<arrow><=>|<->|->|<-)(?:\[(?P<over>[^\[\]{}]*)\])?
    | (?P<state>\((?:aq|s|l|g|cr)\))
    | (?P<element>[A-Z][a-z]?|e(?=\^?-))
    | (?P<count>\d+(?:\.\d+)?|\d+/\d+)
    | \^(?:\{(?P<charge>[0-9+-]+)\}|(?P<bare>\d*[+-]))
    | _(?:\{(?P<below>[0-9a-z+-]+)\}|(?P<digit>[0-9a-z]))
    | (?P<sign>[+-])
    | (?P<dot>[*.])
    | (?P<bracket>[()\[\]])
    """,
    re.VERBOSE,
)


def chemistry_to_tex(source: str) -> str | None:
    r"""TeX for what stands in the braces of `\ce`; none when it is more than this knows."""
    tex: list[str] = []
    at = 0
    sticks = False  # to an element or a closing bracket before it
    while at < len(source):
        found = _PIECES.match(source, at)
        if found is None:
            return None
        piece, stuck, sticks = found[0], sticks, False
        at = found.end()
        match found.lastgroup:
            case "space":
                pass
            case "arrow" | "over":
                over = chemistry_to_tex(found["over"] or "")
                arrow = _ARROWS[found["arrow"]]
                if over is None or (over and found["arrow"] != "->"):
                    return None
                tex.append(rf"\;\xrightarrow{{{over}}}\;" if over else rf"\;{arrow}\;")
            case "element":
                tex.append(rf"\mathrm{{{piece}}}")
                sticks = True
            case "count":
                tex.append(f"_{{{piece}}}" if stuck else rf"{piece}\,")
                sticks = stuck
            case "charge" | "bare":
                tex.append(f"^{{{found['charge'] or found['bare']}}}")
                sticks = True
            case "below" | "digit":
                tex.append(f"_{{{found['below'] or found['digit']}}}")
                sticks = True
            case "sign":
                is_charge = stuck and not source[at : at + 1].isalnum()
                tex.append(f"^{{{piece}}}" if is_charge else f" {piece} ")
            case "dot":
                tex.append(r"\cdot ")
            case "state":
                tex.append(rf"\,\mathrm{{{piece}}}")
            case _:
                tex.append(piece)
                sticks = piece in ")]"
    return "".join(tex)
