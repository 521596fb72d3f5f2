from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.chat.titles import title_from


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Name three colours.", "Name three colours"),
        ("  \n\n# Heading with **bold**\nmore", "Heading with bold"),
        ("- a list item", "a list item"),
        ("1. first", "first"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("snake_case and 2 * 3 * 4", "snake_case and 2 * 3 * 4"),
        ("学习中文有什么好方法？", "学习中文有什么好方法？"),
        ("What is 0.3.36?", "What is 0.3.36?"),
        ("…!?", ""),
        ("", ""),
        ("a\x00b\tc", "a b c"),
    ],
)
def test_title(text: str, title: str) -> None:
    assert title_from(text) == title


def test_long_text_is_cut_between_words() -> None:
    title = title_from("Could you explain to me " + "how this works " * 20)
    assert len(title) <= 60
    assert title.endswith("…")
    assert title[:-1].split()[-1] in {"how", "this", "works", "me"}


def test_long_text_without_spaces_is_cut_anywhere() -> None:
    assert len(title_from("学" * 500)) == 60


@given(st.text())
def test_any_text_gives_one_short_line(text: str) -> None:
    title = title_from(text)
    assert len(title) <= 60
    assert "\n" not in title
    assert title == title.strip()
