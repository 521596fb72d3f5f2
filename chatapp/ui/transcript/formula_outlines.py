"""TeX to outlines, by latex2mathml and ziamath. Without Qt; only the drawing process imports this.

What would be drawn wrongly is refused, since the source says more than a wrong picture. What those
libraries get wrong and can be put right cheaply is put right here: commands are respelled before,
MathML is corrected in between. Only commands that stand for characters and their arrangement are
known, so TeX can't reach a file or the network.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final
from xml.etree import ElementTree as ET

from ziafont.fonttypes import BBox
from ziafont.glyph import SimpleGlyph
from ziamath.config import config
from ziamath.drawable import HLine, VLine
from ziamath.nodes.mrow import Mrow
from ziamath.nodes.mtable import Mtable
from ziamath.tex import tex2mml
from ziamath.zmath import Math, loadedfonts

from chatapp.ui.transcript.chemistry import chemistry_to_tex
from chatapp.ui.transcript.formulas import EM, LONGEST_TEX, Outline
from chatapp.ui.transcript.outlining import CannotDraw, Drawing

_DEEPEST: Final = 50  # levels; people stop at ten, and the time grows with the square
_WIDEST: Final = 3000 * EM
_HIGHEST: Final = 1000 * EM
_LARGEST: Final = 40.0  # em; what is larger is a joke
_POINTS: Final = 10.0  # in an em
_UNITS: Final = {"em": 1.0, "ex": 0.45, "pt": 1 / _POINTS, "px": 0.1, "mu": 1 / 18}

# How each environment is spelled so that it is drawn rightly; those that are missing are not drawn.
_ENVIRONMENTS: Final = {
    "align": "align*",
    "align*": "align*",
    "alignat": "align*",
    "alignat*": "align*",
    "aligned": "align*",
    "alignedat": "align*",
    "array": "array",
    "bmatrix": "bmatrix",
    "Bmatrix": "Bmatrix",
    "cases": "cases",
    "dcases": "cases",
    "displaymath": "equation",
    "equation": "equation",
    "equation*": "equation*",
    "gather": "matrix",
    "gather*": "matrix",
    "gathered": "matrix",
    "math": "equation",
    "matrix": "matrix",
    "pmatrix": "pmatrix",
    "smallmatrix": "smallmatrix",
    "split": "split",
    "vmatrix": "vmatrix",
    "Vmatrix": "Vmatrix",
}
_ENVIRONMENT: Final = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}(\s*\[[tcb]\])?")
_LEVEL: Final = re.compile(r"\\[a-zA-Z]+|\\.|[{}]", re.DOTALL)
_DOWN: Final = frozenset(("{", r"\left", r"\begin"))
_UP: Final = frozenset(("}", r"\right", r"\end"))
_COLUMN_COUNT: Final = re.compile(r"(\\begin\{align\*\})\s*\{\d+\}")
_REFUSED: Final = re.compile(
    r"\\(def|let|newcommand|renewcommand|providecommand|DeclareMathOperator|verb|char)(?![a-zA-Z])"
)
_RESPELLED: Final = (
    (re.compile(r"\\(label|eqref|ref)\s*\{[^{}]*\}|\\(nonumber|notag)(?![a-zA-Z])"), ""),
    (re.compile(r"\\tag(?=\s*\*?\s*\{)"), r"\\qquad\\tag"),
    (re.compile(r"\\binom\s*\{"), r"\\binom {"),
    (re.compile(r"\\not\s*="), r"\\neq "),
    (re.compile(r"\\not\s*<"), r"\\nless "),
    (re.compile(r"\\not\s*>"), r"\\ngtr "),
)
_MATH_IN_TEXT: Final = re.compile(r"\\text\s*\{([^{}$]*)\$([^{}$]*)\$")
_CHEMISTRY: Final = re.compile(r"\\ce\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_OPERATOR: Final = re.compile(r"\\operatorname\s*\*?\s*\{[^{}]*\}")
_SPACE: Final = re.compile(r"\\[,;: !]|~")
_LENGTH: Final = re.compile(r"([+-]?[\d.]+)(em|ex|pt|px|mu)")
_LENGTHS: Final = ("width", "height", "depth", "lspace", "voffset", "rowspacing", "columnspacing")
_ELEMENTS: Final = re.compile(
    "math|mrow|mi|mn|mo|mtext|mspace|mfrac|msqrt|mroot|msub|msup|msubsup|munder|mover|munderover|"
    "mmultiscripts|mprescripts|none|mtable|mtr|mtd|menclose|mphantom|mpadded|mstyle"
)
# Between what these stand for there is space, which ziamath's table of operators lacks.
_RELATIONS: Final = frozenset("⊂⊄⊧⟂⟶⟵⟷⟹⟸⟺∼")
_BINARY: Final = frozenset("×∪∩∧∨∘⧵÷⊓⊔⊎")
_UNSTRETCHED: Final = frozenset("⌊⌋⌈⌉")
_BINOMIAL: Final = "2.047em"  # the height of its brackets, also within a line
_IGNORED: Final = ("mathcolor", "mathbackground", "href", "style", "class", "id")


def outline(tex: str, display: bool) -> Outline:  # noqa: FBT001 - they come from a message
    """Raises `CannotDraw`, or whatever those libraries raise for TeX that they don't understand."""
    element = ET.fromstring(tex2mml(_respelled(tex), inline=not display))  # noqa: S314 - it is ours
    _correct(element, display=display)
    loadedfonts["default"].language("math", "")  # type: ignore[no-untyped-call]  # errors leave it
    node = Math(element, size=EM).node
    svg = ET.Element("svg")
    node.draw(max(0.0, -node.bbox.xmin), 0, svg)
    drawing = Drawing()
    drawing.add(svg)
    box = node.bbox
    width = max(drawing.right, box.xmax - min(0.0, box.xmin))
    ascent = max(-drawing.top, box.ymax)
    descent = max(drawing.bottom, -box.ymin)
    if drawing.is_empty or not 0 < width < _WIDEST or ascent + descent > _HIGHEST:
        raise CannotDraw("nothing, or too large")
    return Outline(width, ascent, descent, drawing.data(), tuple(drawing.texts))


def _respelled(tex: str) -> str:
    if len(tex) > LONGEST_TEX or _depth(tex) > _DEEPEST or _REFUSED.search(tex):
        raise CannotDraw("too long, too deep, or a command that is not known")
    tex = _ENVIRONMENT.sub(_respelled_environment, tex)
    tex = _COLUMN_COUNT.sub(r"\1", tex)
    for pattern, spelling in _RESPELLED:
        tex = pattern.sub(spelling, tex)
    tex = _CHEMISTRY.sub(_respelled_chemistry, tex)
    tex = _OPERATOR.sub(lambda found: _SPACE.sub("\u2009", found[0]), tex)
    while (better := _MATH_IN_TEXT.sub(r"\\text{\1}{\2}\\text{", tex)) != tex:
        tex = better
    return tex


def _depth(tex: str) -> int:
    depth = deepest = 0
    for found in _LEVEL.finditer(tex):
        depth += 1 if found[0] in _DOWN else -1 if found[0] in _UP else 0
        deepest = max(deepest, depth)
    return deepest


def _respelled_environment(found: re.Match[str]) -> str:
    name = _ENVIRONMENTS.get(found[2].strip())
    if name is None:
        raise CannotDraw(found[0])
    return f"\\{found[1]}{{{name}}}"


def _respelled_chemistry(found: re.Match[str]) -> str:
    tex = chemistry_to_tex(found[1])
    if tex is None:
        raise CannotDraw(found[0])
    return f"{{{tex}}}"


def _correct(math: ET.Element, *, display: bool) -> None:
    """Put right what ziamath would draw wrongly."""
    for element in math.iter():
        element.tag = element.tag.rpartition("}")[2]
        text = element.text or ""
        if not _ELEMENTS.fullmatch(element.tag):
            raise CannotDraw(element.tag)
        if text.lstrip().startswith("\\") and len(text.strip()) > 1:
            raise CannotDraw(text)  # a command that is not known
        if "$" in text and element.tag == "mtext":
            raise CannotDraw(text)
        for name in _IGNORED:
            element.attrib.pop(name, None)
        if element.tag in {"math", "mrow", "mtd"} and len(element) > 1:
            for child in element:
                _correct_operator(child)
        if element.tag == "mo" and not display and element.get("minsize") == _BINOMIAL:
            element.attrib.update(minsize="1.3em", maxsize="1.3em")
        if element.tag == "mstyle" and not element.attrib:
            element.tag = "mrow"  # it would be taken for an opening without an end
        if element.tag == "mtable":
            _correct_table(element)
        for name in _LENGTHS:
            if name in element.attrib:
                element.set(name, _LENGTH.sub(_in_em, element.get(name, "")))


def _correct_operator(element: ET.Element) -> None:
    """Of an operator between others; in a script it stands without space."""
    if element.text == "~":
        element.text = "∼"
    text = element.text or " "
    if text in _RELATIONS or text in _BINARY:
        space = "thickmathspace" if text in _RELATIONS else "mediummathspace"
        element.tag = "mo"
        element.attrib.update(form="infix", lspace=space, rspace=space)
    elif text in _UNSTRETCHED:
        element.attrib.setdefault("stretchy", "false")


def _correct_table(table: ET.Element) -> None:
    if table.get("displaystyle") == "true":  # pairs of columns, aligned at what is between
        table.set("columnspacing", "0em 2em")
        table.set("rowspacing", "0.5em")
    else:
        table.attrib.setdefault("columnspacing", "0.9em")
        table.attrib.setdefault("rowspacing", "0.4em")


def _in_em(found: re.Match[str]) -> str:
    """Absolute lengths are meant for a text of ten points."""
    length = float(found[1]) * _UNITS[found[2]]
    if abs(length) > _LARGEST:
        raise CannotDraw(found[0])
    sign = "+" if found[1].startswith("+") else ""
    return f"{sign}{length:.4f}em"


class _RuledTable(Mtable, tag="mtable"):
    """An `mtable` that draws the lines between its columns and rows too."""

    def _setup(self, **kwargs: Any) -> None:
        super()._setup(**kwargs)
        shape = [len(row) for row in self.element]
        lines = self.element.get("columnlines", "").split()
        rules = self.element.get("rowlines", "").split()
        if not lines and not rules:
            return
        columns = max(shape)
        places = iter(zip(self.nodexy[:], self.nodes[:], strict=True))
        left, right = [float("inf")] * columns, [float("-inf")] * columns
        top, bottom = [float("inf")] * len(shape), [float("-inf")] * len(shape)
        for row, count in enumerate(shape):
            for column in range(count):
                (x, y), node = next(places)
                box = node.bbox
                left[column] = min(left[column], x + box.xmin)
                right[column] = max(right[column], x + box.xmax)
                top[row] = min(top[row], y - box.ymax)
                bottom[row] = max(bottom[row], y - box.ymin)
        pad = self.size_px("0.35em")
        xs = _between(left, right, lines, pad)
        ys = _between(top, bottom, rules, pad)
        box = BBox(
            min([self.bbox.xmin, *xs]),
            max([self.bbox.xmax, *xs]),
            min([self.bbox.ymin, *(-y for y in ys)]),
            max([self.bbox.ymax, *(-y for y in ys)]),
        )
        thickness = self.units_to_points(self.font.math.consts.fractionRuleThickness)
        for x in xs:
            self.nodes.append(VLine(box.ymax - box.ymin, thickness, style=self.style, **kwargs))
            self.nodexy.append((x, -box.ymax))
        for y in ys:
            self.nodes.append(HLine(box.xmax - box.xmin, thickness, style=self.style, **kwargs))
            self.nodexy.append((box.xmin, y - thickness / 2))
        self.bbox = box


def _between(begins: list[float], ends: list[float], lines: list[str], pad: float) -> list[float]:
    """Where the lines are: between all, or around them too if there are as many."""
    places = [(end + begin) / 2 for end, begin in zip(ends, begins[1:], strict=False)]
    if len(lines) == len(places) + 2:
        places = [begins[0] - pad, *places, ends[-1] + pad]
    elif len(lines) > len(places):
        raise CannotDraw("lines around one side")
    return [place for place, line in zip(places, lines, strict=False) if line != "none"]


class _Foreign(SimpleGlyph):
    """A character that the font lacks, as wide as high; the window draws it in its own font."""

    def __init__(self, character: str, font: Any) -> None:
        em = font.info.layout.unitsperem
        super().__init__(0, [], BBox(0, em, -0.12 * em, 0.88 * em), font)
        self._character = character

    def advance(self, nextchr: SimpleGlyph | None = None) -> int:
        width: int = self.font.info.layout.unitsperem
        return width

    def place(self, x: float, y: float, point_size: float) -> ET.Element:
        places = {"x": f"{x:.3f}", "y": f"{y:.3f}", "size": f"{point_size:.3f}"}
        element = ET.Element("text", places)
        element.text = self._character
        return element


def _prepare() -> None:
    config.svg2 = False  # whole outlines, not references to symbols
    config.precision = 2
    font = loadedfonts["default"]
    own_glyph = font.glyph

    def glyph(character: str) -> SimpleGlyph:
        if font.glyphindex(character):
            return own_glyph(character)
        if unicodedata.east_asian_width(character) not in "WF" or ord(character) >= 0x1F000:
            raise CannotDraw(f"the font lacks {character!r}")
        return _Foreign(character, font)

    font.glyph = glyph  # type: ignore[method-assign, assignment]

    # Each row measures its children before it makes them, those measure theirs before …: that
    # doubles the time with every level. What is only measured need not measure.
    measure = Mrow._get_height_nostretch  # noqa: SLF001 - there is no other way in

    def measure_once(row: Mrow, line: list[ET.Element], **kwargs: Any) -> tuple[float, float]:
        return (0.0, 0.0) if kwargs.get("nostretch") else measure(row, line, **kwargs)

    Mrow._get_height_nostretch = measure_once  # type: ignore[method-assign, assignment]  # noqa: SLF001


_prepare()
