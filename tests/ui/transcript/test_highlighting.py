"""Code comes back in coloured pieces, whole; by lines, in parts, and while it grows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.ui.transcript import highlighting
from chatapp.ui.transcript.highlighting import Coloring, Highlighter, Run, Syntax
from chatapp.ui.transcript.languages import (
    is_plain,
    language_word,
    name_as_written,
    well_known_name,
)

PYTHON = Path(highlighting.__file__).read_text(encoding="utf-8")
C = "/* one\n   two */\n" + "int f(int a) {\n    // note\n    return a * 2;\n}\n\n" * 90
PHP = "<?php\n" + "function f($a) {\n    return $a . 'x';\n}\n\n" * 60
HTML = "<p class='a'>x</p>\n<script>\n" + "let a = 1;\nfunction f() {}\n" * 60 + "</script>\n"


def color(language: str, code: str, *, in_parts: bool = True) -> Coloring:
    coloring = Coloring()
    for part in Highlighter(language).color(code, in_parts=in_parts):
        coloring.replace_from(len(coloring), part)
    return coloring


def lines_of(coloring: Coloring) -> list[tuple[Run, ...]]:
    return [coloring[line] for line in range(len(coloring))]


def test_python() -> None:
    assert Highlighter("py").name == "Python"
    coloring = color("py", "def f(a: int):\n    return 'x' + 1  # note")
    assert Run(0, 3, Syntax.KEYWORD) in coloring[0]
    assert Run(4, 5, Syntax.FUNCTION) in coloring[0]
    assert Run(11, 14, Syntax.STRING) in coloring[1]
    assert Run(17, 18, Syntax.NUMBER) in coloring[1]
    assert Run(20, 26, Syntax.COMMENT) in coloring[1]


def test_the_runs_of_lines() -> None:
    coloring = color("python", 'def f():\n    """One\n    two"""\n\n    return 1')
    assert coloring.is_complete
    assert lines_of(coloring) == [
        (Run(0, 3, Syntax.KEYWORD), Run(4, 5, Syntax.FUNCTION)),
        (Run(4, 10, Syntax.STRING),),
        (Run(0, 10, Syntax.STRING),),
        (),
        (Run(4, 10, Syntax.KEYWORD), Run(11, 12, Syntax.NUMBER)),
    ]
    assert coloring[5] == ()


@pytest.mark.parametrize("language", ["", "no-such-language", "../../etc/passwd", "x" * 10_000])
def test_an_unknown_language_is_plain(language: str) -> None:
    assert Highlighter(language).name == ""
    assert lines_of(color(language, "a = 1\n2")) == [(), ()]


@pytest.mark.parametrize("language", ["python", "html", "json", "bash", "c", "php", "yaml", "rb"])
@given(
    code=st.text(
        st.characters() | st.sampled_from("ab1 \t\n\r'\"/*#<>{}=&\0\ud800é😀"), max_size=80
    )
)
def test_runs_lie_in_their_lines(language: str, code: str) -> None:
    coloring = color(language, code)
    assert len(coloring) == code.count("\n") + 1
    for number, line in enumerate(code.split("\n")):
        last = 0
        for run in coloring[number]:
            assert last <= run.begin < run.end <= len(line)
            last = run.end


def test_a_long_code_comes_in_parts() -> None:
    code = PYTHON * 5
    parts = list(Highlighter("python").color(code))
    assert len(parts) > 3
    assert [part.is_last for part in parts] == [False] * (len(parts) - 1) + [True]
    assert lines_of(color("python", code)) == lines_of(color("python", code, in_parts=False))


def grow(language: str, code: str, step: int) -> tuple[Coloring, int]:
    """The colours of a code that came in steps, and how many characters were lexed for it."""
    highlighter = Highlighter(language)
    coloring = Coloring()
    lexed = place = line = 0
    for end in (*range(step, len(code), step), len(code)):
        colors = highlighter.color_growing(code[place:end])
        lexed += end - place
        coloring.replace_from(line, colors)
        line += colors.safe_line
        for _ in range(colors.safe_line):
            place = code.index("\n", place) + 1
    return coloring, lexed


@pytest.mark.parametrize(
    ("language", "code"), [("python", PYTHON), ("c", C), ("php", PHP), ("html", HTML)]
)
def test_a_growing_code_ends_as_the_whole(language: str, code: str) -> None:
    grown, _ = grow(language, code, 97)
    assert lines_of(grown) == lines_of(color(language, code))


@pytest.mark.parametrize(("language", "code"), [("python", PYTHON * 4), ("c", C * 5)])
def test_the_cost_of_growing_does_not_grow(language: str, code: str) -> None:
    step = 100
    _, lexed = grow(language, code, step)
    assert lexed < 40 * len(code)  # at most 4,000 characters for each step


def test_what_is_far_to_the_right_stays_plain() -> None:
    coloring = color("python", "x = 1; " * 150_000)
    assert len(coloring) == 1
    assert 1_000 < len(coloring[0]) < 2_000


LANGUAGES = """
    py python3 Python js ts tsx jsx c++ cpp c# cs sh bash zsh shell console yml yaml dockerfile json
    jsonc json5 html css scss sql mysql postgresql sqlite go golang rust rs kt kotlin swift java
    scala rb php pl lua r julia matlab m hs ex erl clj toml ini xml svg md markdown tex latex
    makefile cmake diff patch http nginx graphql proto ps1 powershell bat cmd asm vb f90 dart zig
    vue objc node mjs hpp h tf terraform python:main.py rust,ignore {.python language-js
"""


@pytest.mark.parametrize("written", LANGUAGES.split())
def test_languages_as_people_and_models_write_them(written: str) -> None:
    assert Highlighter(written).name


@pytest.mark.parametrize("written", ["", "text", "plaintext", "TXT", "output", " "])
def test_plain_text(written: str) -> None:
    assert is_plain(written)
    assert Highlighter(written).name == ""
    assert name_as_written(written) == ""


def test_names() -> None:
    assert well_known_name("Py") == well_known_name("{.python}") == "Python"
    assert well_known_name("brainfuck") == ""
    assert Highlighter("brainfuck").name == "Brainfuck"
    assert name_as_written("Klingon") == "Klingon"
    assert len(name_as_written("x" * 10_000)) == 40
    assert language_word("rust,ignore") == "rust"
    assert language_word("x" * 1_000_000) == "x" * 40
