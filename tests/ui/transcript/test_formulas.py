"""TeX becomes outlines, or is refused rather than drawn wrongly."""

from __future__ import annotations

import struct
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.ui.transcript.chemistry import chemistry_to_tex
from chatapp.ui.transcript.formula_outlines import outline
from chatapp.ui.transcript.formulas import EM, Outline, Text
from chatapp.ui.transcript.outlining import CannotDraw

DRAWN = [
    r"\frac{-b \pm \sqrt{b^2-4ac}}{2a}",
    r"\sum_{i=1}^{n} i^2 = \frac{n(n+1)(2n+1)}{6}",
    r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix} \begin{vmatrix} 1 \\ 2 \end{vmatrix}",
    r"\begin{aligned}[t] f(x) &= (x+1)^2 \\ &= x^2 + 2x + 1 \end{aligned}",
    r"\begin{alignat*}{2} a &= b & c &= d \end{alignat*}",
    r"f(x) = \begin{cases} x^2 & \text{if } x \ge 0 \\ -x & \text{otherwise} \end{cases}",
    r"\alpha\beta\gamma\epsilon\varepsilon\theta\lambda\pi\phi\varphi\omega\Gamma\Delta\Omega",
    r"E = mc^2 \tag{1} \label{eq:one} \nonumber",
    r"\left\{ \begin{array}{l} x + y = 1 \\ x - y = 2 \\ z = 3 \\ w = 4 \end{array} \right.",
    r"\lim_{x \to 0} \frac{\sin x}{x} \quad \operatorname*{arg\,max}_x f(x)",
    r"\binom{n}{k^{2}} \quad {n \choose k} \quad \dfrac{1}{2}\tfrac{1}{2}\cfrac{1}{2}",
    r"\vec{v}\hat{n}\bar{x}\tilde{y}\dot{z}\ddot{z}\widehat{abc}\overline{AB}\overrightarrow{AB}",
    r"\underbrace{a+b+\cdots+z}_{26} \overbrace{x}^{y} A \xrightarrow{f} B \overset{!}{=} C",
    r"\mathbb{R}\mathcal{L}\mathfrak{g}\mathscr{F}\mathrm{d}\mathbf{x}\boldsymbol{x}\bm{y}",
    r"\boxed{E = mc^2} \cancel{x} \color{red}{x} \phantom{x} \textcolor{blue}{y}",
    r"\text{value $x_1$ is} \quad \textbf{bold} \quad \text{если naïve}",
    r"a = b \\ c = d",
    r"f'(x) \quad 90^\circ \quad 50\% \quad \$5 \quad x<y>z",
    r"\Huge x \rule{1em}{2em} \hspace{10pt} y",
    r"\displaystyle \forall \epsilon > 0\ \exists \delta : |x-a|<\delta \implies A \subset B",
]


@pytest.mark.parametrize("tex", DRAWN)
@pytest.mark.parametrize("display", [True, False])
def test_what_models_write_is_drawn(tex: str, display: bool) -> None:
    drawn = outline(tex, display)
    assert 0.4 * EM < drawn.width < 40 * EM
    assert 0.4 * EM < drawn.ascent + drawn.descent < 10 * EM
    count, *_ = struct.unpack_from(">i", drawn.path)
    assert count > 20
    assert len(drawn.path) == 4 + 20 * count + 8


@pytest.mark.parametrize(
    "tex",
    [
        "",
        " ",
        "x" * 2001,
        "{" * 51 + "x" + "}" * 51,
        r"\nosuchcommand{x} + 1",
        r"\text{\nosuchcommand}",
        r"\begin{tikzpicture} a \end{tikzpicture}",
        r"\begin{cases} a",
        r"\frac{a",
        r"\left( x",
        "x^a^b",
        "&",
        r"\input{/etc/passwd}",
        r"\includegraphics{x.png}",
        r"\def\x{xx} \x",
        r"\newcommand{\x}{y} \x",
        r"\begin{array}{|c} a \\ \hline b \\ \hline \end{array}",
        r"\ce{[weird] @ $x$}",
        r"\hspace{1000em} x",
        "\ud800",
        "x \0 y",
        "🎂",
        "العربية",
    ],
)
def test_what_is_refused(tex: str) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - those libraries raise what they like
        outline(tex, True)
    outline("x", True)


def test_what_is_long_but_not_deep_is_drawn() -> None:
    assert outline(r"\frac{a}{b}" * 180, True).width > 100 * EM
    assert outline("x+" * 999 + "x", False).width > 1000 * EM


def test_the_baseline() -> None:
    plain = outline("x", False)
    assert plain.descent < 0.05 * EM
    assert 0.4 * EM < plain.ascent < 0.6 * EM
    low = outline("x_g", False)
    assert low.descent > 0.15 * EM
    # A fraction is centred on the height of a minus sign.
    fraction = outline(r"\frac{a}{b}", True)
    assert (fraction.ascent - fraction.descent) / 2 == pytest.approx(0.26 * EM, abs=0.1 * EM)


def test_inline_formulas_are_lower() -> None:
    tex = r"\sum_{i=1}^n \frac{1}{i}"
    assert height(outline(tex, False)) < 0.8 * height(outline(tex, True))


def height(drawn: Outline) -> float:
    return drawn.ascent + drawn.descent


def test_characters_that_the_font_lacks() -> None:
    drawn = outline(r"\text{速度} = x", False)
    assert drawn.texts == (Text(0.0, 0.0, EM, "速"), Text(EM, 0.0, EM, "度"))
    small = outline(r"x_{\text{速}}", False).texts[0]
    assert small.size < EM
    assert small.y > 0


def test_columns_are_aligned() -> None:
    """The equals signs stand below each other, so the longer side alone makes the width."""
    aligned = outline(r"\begin{aligned} aaaa &= b \\ a &= bbbb \end{aligned}", True)
    both = outline("aaaa = bbbb", True)
    assert aligned.width == pytest.approx(both.width, abs=0.5 * EM)


def test_the_lines_of_an_array() -> None:
    def pieces(columns: str, rule: str) -> int:
        tex = rf"\begin{{array}}{{{columns}}} {rule} a & b \\ {rule} c & d \\ {rule} \end{{array}}"
        return int(struct.unpack_from(">i", outline(tex, True).path)[0])

    line = 5  # points of a rectangle
    assert pieces("c|c", "") == pieces("cc", "") + line
    assert pieces("|c|c|", "") == pieces("cc", "") + 3 * line
    assert pieces("|c|c|", r"\hline") == pieces("cc", "") + 6 * line
    wide, narrow = (
        outline(rf"\begin{{array}}{{{columns}}} a & b \end{{array}}", True)
        for columns in ("|c|c|", "cc")
    )
    assert wide.width > narrow.width


def test_not_equal_is_one_character() -> None:
    assert outline(r"a \not= b", True) == outline(r"a \neq b", True)


@pytest.mark.parametrize("level", [r"\left(%s\right)", r"\frac{1}{1+%s}", r"\sqrt{%s}", "{%s}"])
def test_nesting_takes_little_time(level: str) -> None:
    """Under the time limit of the process; with ziamath alone each level doubled the time."""
    tex = "x"
    for _ in range(20):
        tex = level % tex
    assert outline(tex, True).width > 0.4 * EM


PIECES = r"""
    \frac \sqrt { } [ ] ( ) ^ _ & \\ x 1 + = \left( \right) \left. \right| \begin{matrix}
    \end{matrix} \begin{align} \end{align} \begin{array}{c|c} \end{array} \hline \text{ $ % ~
    \not \tag{ \ce{ \hspace{ 1em \limits \over \sum \color{ ' ! 中 🎂
"""


@settings(max_examples=150)
@given(st.lists(st.sampled_from(PIECES.split()), max_size=14).map(" ".join))
def test_any_tex_is_drawn_or_refused(tex: str) -> None:
    try:
        drawn = outline(tex, True)
    except Exception:  # noqa: BLE001 - the process answers with any of them
        return
    assert drawn.width > 0


@pytest.mark.parametrize(
    ("source", "tex"),
    [
        ("H2O", r"\mathrm{H}_{2}\mathrm{O}"),
        ("2H2", r"2\,\mathrm{H}_{2}"),
        ("SO4^2-", r"\mathrm{S}\mathrm{O}_{4}^{2-}"),
        ("Na+", r"\mathrm{Na}^{+}"),
        ("Ba^{2+}", r"\mathrm{Ba}^{2+}"),
        ("A + B", r"\mathrm{A} + \mathrm{B}"),
        ("A -> B", r"\mathrm{A}\;\longrightarrow\;\mathrm{B}"),
        ("A <=> B", r"\mathrm{A}\;\rightleftharpoons\;\mathrm{B}"),
        ("A ->[H2] B", r"\mathrm{A}\;\xrightarrow{\mathrm{H}_{2}}\;\mathrm{B}"),
        ("Ca(OH)2", r"\mathrm{Ca}(\mathrm{O}\mathrm{H})_{2}"),
        ("CuSO4*5H2O", r"\mathrm{Cu}\mathrm{S}\mathrm{O}_{4}\cdot 5\,\mathrm{H}_{2}\mathrm{O}"),
        ("NaCl(aq)", r"\mathrm{Na}\mathrm{Cl}\,\mathrm{(aq)}"),
        ("e^-", r"\mathrm{e}^{-}"),
        ("A @ B", None),
        (r"\bond{1}", None),
        ("A ->[@] B", None),
    ],
)
def test_chemistry(source: str, tex: str | None) -> None:
    assert chemistry_to_tex(source) == tex


def test_chemistry_is_drawn() -> None:
    assert outline(r"\ce{SO4^2- + Ba^{2+} -> BaSO4(s)}", True).width > 5 * EM


def test_tex_reaches_neither_files_nor_the_network() -> None:
    program = r"""
import sys
from chatapp.ui.transcript.formula_outlines import outline
from tests.ui.transcript.test_formulas import DRAWN
for tex in DRAWN:
    outline(tex, True)  # whatever is imported or read late
seen = []
sys.addaudithook(
    lambda event, _: seen.append(event)
    if event.startswith(("open", "os.", "socket.", "subprocess.", "import", "urllib."))
    else None
)
for tex in [*DRAWN, r"\input{/etc/passwd}", r"\include{x}", r"\includegraphics{http://localhost}",
            r"\href{http://localhost/}{x}", r"\url{file:///etc/passwd}", r"\write18{ls}",
            r"\openin5=/etc/passwd", r"\style{background:url(http://localhost)}{x}",
            r"\unicode{x41}[/etc/passwd]"]:
    try:
        outline(tex, True)
    except Exception:
        pass
print(seen)
"""
    output = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    assert output.strip() == "[]"


def test_the_reason_names_the_command() -> None:
    with pytest.raises(CannotDraw, match="nosuchcommand"):
        outline(r"\nosuchcommand", True)
