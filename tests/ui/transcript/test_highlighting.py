"""Code comes back in coloured pieces, whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.ui.transcript.highlighting import Highlighter, Syntax


def test_python() -> None:
    highlighter = Highlighter("py")
    assert highlighter.name == "Python"
    runs = highlighter.runs("def f(a: int):\n    return 'x' + 1  # note")
    assert (Syntax.KEYWORD, "def ") in runs
    assert (Syntax.FUNCTION, "f") in runs
    assert (Syntax.STRING, "'x' ") in runs
    assert (Syntax.NUMBER, "1  ") in runs
    assert (Syntax.COMMENT, "# note") in runs


@pytest.mark.parametrize("language", ["", "no-such-language", "../../etc/passwd", "x" * 10_000])
def test_an_unknown_language_is_plain(language: str) -> None:
    highlighter = Highlighter(language)
    assert highlighter.name == ""
    assert highlighter.runs("a = 1") == [(Syntax.PLAIN, "a = 1")]


@pytest.mark.parametrize("language", ["python", "html", "json", "bash", "c++", "diff", "console"])
@given(code=st.text(max_size=60))
def test_nothing_is_added_or_lost(language: str, code: str) -> None:
    runs = Highlighter(language).runs(code)
    assert "".join(text for _, text in runs) == code
