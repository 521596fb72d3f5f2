"""The drawing process and what the window sees of it, with the real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial

import psutil
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from chatapp.ui.bridge import MainThread
from chatapp.ui.transcript.drawing_queue import DrawingQueue
from chatapp.ui.transcript.drawings import Drawings, Formula
from chatapp.ui.transcript.highlighting import Coloring, Highlighter
from tests.ui.transcript.drawing_targets import run_hurting

TIMEOUT = 20_000  # ms
CODE = "def f(a):\n    return 'x' + a  # note\n"

# A program that has its code coloured, says who does it, and then waits.
PROGRAM = """
import sys, threading
from chatapp.ui.transcript.drawing_process import ColorCode
from chatapp.ui.transcript.drawing_queue import DrawingQueue, Urgency
from tests.ui.transcript.drawing_targets import run_hurting

if __name__ == "__main__":
    answered = threading.Event()
    drawings = DrawingQueue(lambda answer: answered.set(), run=run_hurting)
    drawings.ask(1, ColorCode("python", "a = 1"), Urgency.CODE)
    answered.wait()
    for language in sys.argv[1:]:
        drawings.ask(2, ColorCode(language, "a = 1"), Urgency.CODE)
    print(drawings.pid, flush=True)
    threading.Event().wait()
"""

MakeDrawings = Callable[..., Drawings]


@pytest.fixture
def make_drawings(qapp: object) -> Iterator[MakeDrawings]:
    made = []

    def make(**options: object) -> Drawings:
        bridge = MainThread()
        drawings = Drawings(bridge.post, make_queue=partial(DrawingQueue, **options))
        made.append((drawings, bridge))
        return drawings

    yield make
    for drawings, bridge in made:
        drawings.close()
        bridge.close()


@pytest.fixture
def drawings(make_drawings: MakeDrawings) -> Drawings:
    return make_drawings()


def colored(qtbot: QtBot, drawings: Drawings, language: str, code: str) -> Coloring:
    def is_complete() -> bool:
        coloring = drawings.highlight(language, code)
        return coloring is not None and coloring.is_complete

    qtbot.waitUntil(is_complete, timeout=TIMEOUT)
    coloring = drawings.highlight(language, code)
    assert coloring is not None
    return coloring


def drawn(qtbot: QtBot, drawings: Drawings, tex: str, *, display: bool = False) -> Formula:
    def is_drawn() -> bool:
        return drawings.formula(tex, display=display, size=16) is not None

    qtbot.waitUntil(is_drawn, timeout=TIMEOUT)
    formula = drawings.formula(tex, display=display, size=16)
    assert formula is not None
    return formula


def expected(language: str, code: str) -> Coloring:
    coloring = Coloring()
    (colors,) = Highlighter(language).color(code, in_parts=False)
    coloring.replace_from(0, colors)
    return coloring


def same(one: Coloring, other: Coloring) -> bool:
    return [one[n] for n in range(len(one))] == [other[n] for n in range(len(other))]


# Code


def test_code_is_coloured_soon(qtbot: QtBot, drawings: Drawings) -> None:
    assert drawings.pid is None
    assert drawings.highlight("python", CODE) is None
    with qtbot.waitSignal(drawings.highlighted, timeout=TIMEOUT) as told:
        pass
    assert told.args == [frozenset({("python", CODE)})]
    coloring = drawings.highlight("python", CODE)
    assert coloring is not None
    assert coloring.is_complete
    assert same(coloring, expected("python", CODE))


def test_plain_text_needs_no_process(drawings: Drawings) -> None:
    coloring = drawings.highlight("text", "a = 1")
    assert coloring is not None
    assert coloring.is_complete
    assert coloring[0] == ()
    assert drawings.highlight_growing(1, "", "a = 1")[0] == ()
    assert drawings.pid is None


def test_the_first_lines_of_a_long_code_come_first(qtbot: QtBot, drawings: Drawings) -> None:
    code = CODE * 3000
    drawings.highlight("python", code)
    qtbot.waitUntil(lambda: drawings.highlight("python", code) is not None, timeout=TIMEOUT)
    coloring = drawings.highlight("python", code)
    assert coloring is not None
    assert 0 < len(coloring) < 6001
    assert not coloring.is_complete
    # A formula need not wait for the rest.
    assert not drawn(qtbot, drawings, "a^2").is_broken
    assert not coloring.is_complete
    assert same(colored(qtbot, drawings, "python", code), expected("python", code))


@pytest.mark.parametrize(
    "code", ["\0" * 100, "\ud800 = '\udfff'", "", "\n\n", "'" * 3000, "x = 'a' " * 130_000]
)
def test_hostile_code(qtbot: QtBot, drawings: Drawings, code: str) -> None:
    coloring = colored(qtbot, drawings, "python", code)
    assert len(coloring) == code.count("\n") + 1


def test_a_growing_code(qtbot: QtBot, drawings: Drawings) -> None:
    code = "".join(f"def f{n}(a):\n    return 'x{n}'\n\n\n" for n in range(200))
    for end in range(200, len(code), 200):
        with qtbot.waitSignal(drawings.grown, timeout=TIMEOUT) as told:

            def ask(end: int = end) -> bool:
                drawings.highlight_growing("key", "python", code[:end])
                return bool(told.args)

            qtbot.waitUntil(ask, timeout=TIMEOUT)
        assert told.args == [frozenset({"key"})]
        grown = drawings.highlight_growing("key", "python", code[:end])
        assert same(grown, expected("python", code[:end]))
    drawings.forget("key")
    assert len(drawings.highlight_growing("key", "python", "a")) == 0


def test_a_code_that_became_another_is_begun_again(qtbot: QtBot, drawings: Drawings) -> None:
    def shows(code: str) -> bool:
        return same(drawings.highlight_growing(1, "python", code), expected("python", code))

    qtbot.waitUntil(lambda: shows("return 1\n"), timeout=TIMEOUT)
    assert len(drawings.highlight_growing(1, "python", "'x' * 2")) == 0
    qtbot.waitUntil(lambda: shows("'x' * 2"), timeout=TIMEOUT)


def test_names_of_languages(qtbot: QtBot, drawings: Drawings) -> None:
    assert drawings.language_name("py") == "Python"
    assert drawings.language_name("text") == ""
    assert drawings.language_name("cobol") == "cobol"
    colored(qtbot, drawings, "cobol", "DISPLAY 'X'.")
    assert drawings.language_name("cobol") == "COBOL"


# The process


def test_a_process_that_died_is_started_again(qtbot: QtBot, drawings: Drawings) -> None:
    colored(qtbot, drawings, "python", CODE)
    assert drawings.pid is not None
    process = psutil.Process(drawings.pid)
    process.kill()
    process.wait(10)
    colored(qtbot, drawings, "python", CODE + CODE)
    assert drawings.pid not in {None, process.pid}


@pytest.mark.parametrize("language", ["die", "die-later", "hang"])
def test_what_kills_the_process_is_not_asked_again(
    qtbot: QtBot, make_drawings: MakeDrawings, language: str
) -> None:
    drawings = make_drawings(run=run_hurting)
    code = CODE * 1000
    for other in ("a", language, "b"):
        drawings.highlight(other, code)
    known = len(colored(qtbot, drawings, language, code))
    assert known == (0 if language != "die-later" else 200)
    for other in ("a", "b"):
        assert same(colored(qtbot, drawings, other, code), expected("python", code))


def test_a_code_goes_on_after_another_request_killed_the_process(
    qtbot: QtBot, make_drawings: MakeDrawings
) -> None:
    drawings = make_drawings(run=run_hurting)
    code = CODE * 3000
    drawings.highlight("python", code)
    qtbot.waitUntil(lambda: drawings.highlight("python", code) is not None, timeout=TIMEOUT)
    assert drawings.pid is not None
    psutil.Process(drawings.pid).kill()  # this may hit a part of it, which then stays plain
    colored(qtbot, drawings, "python", code)
    assert same(colored(qtbot, drawings, "a", CODE), expected("python", CODE))


def test_starts_are_limited_but_nothing_is_lost(qtbot: QtBot, make_drawings: MakeDrawings) -> None:
    drawings = make_drawings(run=run_hurting, restart_span=0.3)
    for number in range(6):
        drawings.highlight("die", str(number))
    for number in range(6):
        assert len(colored(qtbot, drawings, "die", str(number))) == 0
    assert same(colored(qtbot, drawings, "a", CODE), expected("python", CODE))


def test_a_process_without_work_ends(qtbot: QtBot, make_drawings: MakeDrawings) -> None:
    drawings = make_drawings(idle_span=0.2)
    colored(qtbot, drawings, "python", CODE)
    qtbot.waitUntil(lambda: drawings.pid is None, timeout=TIMEOUT)
    colored(qtbot, drawings, "python", CODE + CODE)


def test_closing_while_starts_wait(make_drawings: MakeDrawings, qtbot: QtBot) -> None:
    drawings = make_drawings(run=run_hurting, restart_span=1000.0)
    for number in range(4):
        colored(qtbot, drawings, "die", str(number))
    drawings.highlight("die", "more")
    drawings.close()


def test_closing_in_the_middle(make_drawings: MakeDrawings, qtbot: QtBot) -> None:
    drawings = make_drawings(run=run_hurting)
    colored(qtbot, drawings, "a", CODE)
    drawings.highlight("hang", CODE)
    drawings.close()
    assert drawings.pid is None
    assert drawings.highlight("b", CODE) is None


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("languages", [[], ["hang"]])
def test_the_process_ends_when_the_application_is_killed(languages: list[str]) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *languages], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    process = psutil.Process(int(program.stdout.readline()))
    assert process.is_running()
    os.kill(program.pid, signal.SIGKILL)
    program.communicate()
    process.wait(20)


@pytest.mark.parametrize("module", ["drawing_process", "drawing_queue", "highlighting", "formulas"])
def test_what_is_not_needed_is_not_imported(module: str) -> None:
    program = (
        f"import sys, chatapp.ui.transcript.{module}\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    names = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    for unwanted in ("PySide6", "pygments", "ziamath", "latex2mathml", "markdown_it"):
        assert f"'{unwanted}'" not in names


# Formulas


def test_a_formula_is_drawn_soon(qtbot: QtBot, drawings: Drawings) -> None:
    assert drawings.formula("x^2", display=False, size=16) is None
    with qtbot.waitSignal(drawings.drawn, timeout=TIMEOUT) as told:
        pass
    assert told.args == [frozenset({("x^2", False)})]
    small = drawings.formula("x^2", display=False, size=16)
    large = drawings.formula("x^2", display=False, size=32)
    assert small is not None
    assert large is not None
    assert not small.is_broken
    assert 10 < small.width < 25
    assert 8 < small.ascent < 20
    assert large.width == pytest.approx(2 * small.width)
    assert large.height == pytest.approx(2 * small.height)


@pytest.mark.parametrize("tex", ["x", r"\frac{a}{b}", r"\sqrt{\int_0^1 f}", r"\text{如果 } x_g"])
def test_ink_stays_inside(qtbot: QtBot, drawings: Drawings, tex: str) -> None:
    formula = drawn(qtbot, drawings, tex)
    image = QImage(300, 100, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setPen(QColor("red"))
    formula.paint(painter, 50, 60)
    assert painter.pen().color() == QColor("red")
    painter.end()
    inked = [(x, y) for x in range(300) for y in range(100) if image.pixelColor(x, y).green() < 200]
    assert inked
    assert min(x for x, _ in inked) >= 49
    assert max(x for x, _ in inked) <= 50 + formula.width
    assert min(y for _, y in inked) >= 59 - formula.ascent
    assert max(y for _, y in inked) <= 60 + formula.descent


@pytest.mark.parametrize(
    "tex", ["", " ", "x" * 2001, "{" * 51 + "}" * 51, r"\nosuchcommand", r"\frac{a", "\ud800\0"]
)
def test_broken_formulas(qtbot: QtBot, drawings: Drawings, tex: str) -> None:
    assert drawn(qtbot, drawings, tex).is_broken
    assert not drawn(qtbot, drawings, "x").is_broken
