"""What typed letters find, and what of several is meant."""

from __future__ import annotations

import pytest

from chatapp.ui.palette.matching import marked, match


@pytest.mark.parametrize(
    ("query", "title", "letters"),
    [
        ("exp", "Export conversation", "Exp"),
        ("conv", "New conversation", "conv"),
        ("nc", "New conversation", "Nc"),
        ("newcon", "New conversation", "Newcon"),
        ("con new", "New conversation", "Newcon"),
        ("resume", "Résumé of the year", "Résumé"),
        ("对话", "新对话", "对话"),
        ("strasse", "Die Straße", None),
        ("ort", "Export", "ort"),
        ("cpy", "Copy the last answer", "Cpy"),
        ("xyz", "New conversation", None),
        ("", "New conversation", ""),
    ],
)
def test_what_is_found(query: str, title: str, letters: str | None) -> None:
    found = match(query, title)
    if letters is None:
        assert found is None
    else:
        assert found is not None
        assert "".join(title[place] for place in sorted(found.letters)) == letters


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("exp", "Export conversation", "The new export"),
        ("exp", "The new export", "Unexpected"),
        ("con", "Continue", "Find in conversation"),
        ("pin", "Pin", "Pinned messages"),
        ("sto", "Stop", "Show the oldest"),
    ],
)
def test_which_is_meant(query: str, better: str, worse: str) -> None:
    first, second = match(query, better), match(query, worse)
    assert first is not None
    assert second is None or first.score > second.score


def test_what_else_is_said_counts_less() -> None:
    assert match("dark appear", "Dark", "Appearance") is not None
    by_title, elsewhere = match("dark", "Dark"), match("dark", "Colours", "Dark and light")
    assert by_title is not None
    assert elsewhere is not None
    assert by_title.score > elsewhere.score
    assert elsewhere.letters == frozenset()


def test_marked_pieces() -> None:
    parts = marked("New conversation", frozenset({0, 4, 5}))
    assert [(part.text, part.is_match) for part in parts] == [
        ("N", True),
        ("ew ", False),
        ("co", True),
        ("nversation", False),
    ]
    assert marked("", frozenset()) == ()


def test_letters_that_could_stand_anywhere_are_found_missing_at_once() -> None:
    assert match("a" * 40 + "b", "a " * 100) is None
    assert match("a" * 1000, "a" * 500) is None
