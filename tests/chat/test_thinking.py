from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatapp.chat.reasoning import split_reasoning
from chatapp.chat.thinking import ThinkingClock


def tell(clock: ThinkingClock, pieces: list[str]) -> list[bool]:
    """One piece a second. Returns when it was open."""
    opened = []
    for second, piece in enumerate(pieces):
        clock.add(piece, float(second))
        opened.append(clock.is_open)
    return opened


def test_time_between_the_tags() -> None:
    clock = ThinkingClock()
    pieces = ["<think>", "Let", " me see", "</think>", "Red", " and green"]
    assert tell(clock, pieces) == [True, True, True, False, False, False]
    assert clock.seconds(100.0) == 3.0


def test_time_runs_while_it_is_open() -> None:
    clock = ThinkingClock()
    tell(clock, ["<thi", "nk>", "Let"])
    assert clock.is_open
    assert clock.seconds(7.5) == 6.5


def test_thought_in_one_piece_takes_no_time() -> None:
    clock = ThinkingClock()
    assert tell(clock, ["<think>\n\n</think>Red", " and", " green"]) == [False] * 3
    assert clock.seconds(100.0) == 0.0


def test_answer_without_reasoning() -> None:
    clock = ThinkingClock()
    assert not any(tell(clock, ["I think", " that <b>", "this", " `<think>` is a tag"]))
    assert clock.seconds(100.0) == 0.0


def test_reasoning_that_the_template_opened_counts_from_the_beginning() -> None:
    clock = ThinkingClock()
    tell(clock, ["Let", " me see", "\n</thi", "nk>", "\nRed", " and green"])
    assert clock.seconds(100.0) == 4.0


def test_answer_that_is_continued_in_its_reasoning() -> None:
    clock = ThinkingClock("<think>Let me")
    assert clock.is_open
    assert clock.seconds(100.0) == 0.0
    assert tell(clock, [" see", "", "</think>Red"]) == [True, True, False]
    assert clock.seconds(100.0) == 2.0


def test_answer_that_is_continued_after_its_reasoning() -> None:
    clock = ThinkingClock("<think>Let me see</think>Red")
    assert not any(tell(clock, [" and", " green\n</think>\n"]))
    assert clock.seconds(100.0) == 0.0


PIECES = st.lists(
    st.sampled_from(["<think>", "</think>", "<thi", "nk>", "a", "``", "```\n", "\n", "[THINK]"])
)


@given(PIECES)
def test_pieces_tell_what_the_whole_tells(pieces: list[str]) -> None:
    clock = ThinkingClock()
    tell(clock, pieces)
    assert clock.is_open == split_reasoning("".join(pieces)).is_open
    assert 0.0 <= clock.seconds(float(len(pieces))) <= len(pieces)
