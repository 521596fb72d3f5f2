from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.storage.database import Token
from chatapp.storage.snippet import Phrase, snippet


def tokenise(utf8: bytes) -> list[Token]:
    return [(m.start(), m.end(), m[0].decode().lower()) for m in re.finditer(rb"[A-Za-z]+", utf8)]


def marked(text: str, *phrases: str) -> str:
    """The snippet with matches in brackets; a star makes a prefix."""
    parts = snippet(
        text,
        [Phrase(tuple(p.rstrip("*").split()), is_prefix=p.endswith("*")) for p in phrases],
        tokenise,
    )
    return "".join(f"[{part.text}]" if part.is_match else part.text for part in parts)


def test_matches_are_parts_of_their_own() -> None:
    assert marked("One two THREE", "two") == "One [two] THREE"
    assert marked("One two THREE", "one", "thr*") == "[One] two [THREE]"
    assert marked("two", "two") == "[two]"


def test_phrase_needs_all_its_words_in_order() -> None:
    assert marked("a b, b a. a b", "a b") == "[a b], b a. [a b]"
    assert marked("a b, a c", "a c*") == "a b, [a c]"


def test_matches_that_overlap_are_shown_once() -> None:
    assert marked("one two three", "one two", "two three") == "[one two][ three]"
    assert marked("one", "one", "o*") == "[one]"


def test_white_space_is_reduced() -> None:
    assert marked("One\n\n\ttwo  \r\n three", "two") == "One [two] three"


def test_nothing_matches() -> None:
    assert marked("One two", "five") == "One two"
    assert marked("", "five") == ""
    assert marked("x" * 1000, "five") == "x" * 240 + "…"


def test_long_text_is_cut_on_both_sides() -> None:
    text = "before " * 100 + "needle " + "after " * 100
    result = marked(text, "needle")
    assert result.startswith("…before ")
    assert result.endswith("…")
    assert "before [needle] after" in result
    assert len(result) < 250


def test_densest_place_is_shown() -> None:
    text = "bread " + "x " * 300 + "banana bread " + "y " * 300
    assert "[banana] [bread]" in marked(text, "banana", "bread")


def test_rare_word_is_shown_rather_than_a_common_one() -> None:
    text = "the hay " * 500 + "x " * 300 + "needle"
    assert "[needle]" in marked(text, "the", "needle")


def test_match_that_is_longer_than_a_snippet() -> None:
    words = " ".join(["word"] * 100)
    result = marked(words, words)
    assert result.startswith("[word word")
    assert result.endswith("]…")


def test_match_far_in_a_long_text() -> None:
    text = "hay " * 50_000 + "needle"
    assert marked(text, "needle").endswith("hay [needle]")


def test_many_matches_are_quick() -> None:
    assert marked("a " * 500_000, *["a"] * 30).startswith("[a] [a]")


@settings(deadline=None)
@given(st.text(), st.text(), st.text(alphabet="学ä😀 ", max_size=400))
def test_a_snippet_is_a_piece_of_the_text(before: str, after: str, filler: str) -> None:
    text = before + filler + " needle " + filler + after
    parts = snippet(text, [Phrase(("needle",), is_prefix=True)], tokenise)
    assert any(part.is_match for part in parts)
    assert all(part.text for part in parts)
    shown = "".join(part.text for part in parts).removeprefix("…").removesuffix("…")
    assert shown in re.sub(r"\s+", " ", text)
