"""Text is found as a person means it, at the right place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatapp.ui.transcript.finding import find_all


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("", "a", []),
        ("abc", "", []),
        ("banana", "AN", ["an", "an"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("Café CAFE", "cafe", ["Café", "CAFE"]),
        ("cafe\u0301s", "cafés", ["cafe\u0301s"]),
        ("cafe", "café", ["cafe"]),
        ("No. １２３", "123", ["１２３"]),
        ("我们学习机器学习。", "学习", ["学习", "学习"]),
        ("Straße", "STRASSE", []),
        ("Straße", "straße", ["Straße"]),
        ("İstanbul", "istanbul", ["İstanbul"]),
        ("a.b a+b", "a.b", ["a.b"]),
    ],
)
def test_what_is_found(text: str, query: str, found: list[str]) -> None:
    assert [text[begin:end] for begin, end in find_all(text, query)] == found


@example("", "\x1f", "\x80")
@given(st.text(), st.text(min_size=1, max_size=4), st.text())
def test_what_stands_there_is_found(before: str, query: str, after: str) -> None:
    text = before + query + after
    matches = find_all(text, query)
    assert matches
    assert all(0 <= begin < end <= len(text) for begin, end in matches)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(matches))
