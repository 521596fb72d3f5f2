"""Titles and excerpts without the marks of Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.domain.plain_line import excerpt, plain_line


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        (
            "The **first** answer with a [link](https://example.org/a_(b)).",
            "The first answer with a link.",
        ),
        ("## `code` and ~~old~~ words", "code and old words"),
        ("> - 1. nested", "nested"),
        ("![A ship](file:///ship.png) at sea", "A ship at sea"),
        ("| After | Paid in |", "After Paid in"),
        ("|---|:---:|", ""),
        ("a | b", "a | b"),
        ("```python", ""),
        ("~~~", ""),
        ("---", ""),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("snake_case_name", "snake_case_name"),
        ("[brackets] alone", "[brackets] alone"),
        ("一　二\t三\x00四", "一 二 三 四"),
        ("", ""),
    ],
)
def test_a_line_in_words(line: str, plain: str) -> None:
    assert plain_line(line) == plain


def test_an_excerpt_is_one_line() -> None:
    text = (
        "# Title\n\nSome **bold** words:\n\n```py\nprint(1)\n```\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    assert excerpt(text, 100) == "Title Some bold words: print(1) a b 1 2"
    assert excerpt(text, 10) == "Title Some"
    assert excerpt("x" * 1000, 160) == "x" * 160


@pytest.mark.parametrize(
    "part", ["*", "*a ", "**a", "`", "[", "[]()", "![a](", "((", "|", "~~", "> "]
)
def test_hostile_lines_take_no_time(part: str) -> None:
    """It hangs when one of the patterns goes back over and over."""
    excerpt(part * 100_000, 160)


@given(st.text())
def test_an_excerpt_of_anything(text: str) -> None:
    found = excerpt(text, 40)
    assert len(found) <= 40
    assert found == found.strip()
    assert "\n" not in found
