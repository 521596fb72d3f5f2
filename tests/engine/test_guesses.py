"""What is guessed, how much of it, and when it is left."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from chatapp.engine.worker.speculation import (
    CANDIDATES,
    LENGTHS,
    NGRAMS,
    PromptLookup,
    Speculation,
    _Trial,
)

SHORTEST = NGRAMS[-1]
_FREE = 1000  # tokens of room


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(1, CANDIDATES))
def test_a_guess_is_what_followed_the_same_tokens(tokens: list[int], count: int) -> None:
    lookup = PromptLookup(ends={3})
    growing: list[int] = []
    for token in tokens:
        growing.append(token)
        confidence = lookup.confidence(growing)
        assert 0 <= confidence <= 1
        places = [at for at in range(1, len(growing)) if growing[at - 1] == token]
        if any(growing[at - SHORTEST : at] == growing[-SHORTEST:] for at in places):
            assert confidence > 0
        if confidence:  # something may have been replaced on the way
            assert {token, *growing}.issuperset(lookup.guess(growing, count))
        if found := guess(PromptLookup(ends={3}), growing, count):
            assert found in [_continued(growing, at, count) for at in places]


def _continued(tokens: list[int], place: int, count: int) -> list[int]:
    """What follows `place`, and once more where that is not enough, up to an end."""
    follows = [tokens[place:][index % (len(tokens) - place)] for index in range(count)]
    return follows[: follows.index(3)] if 3 in follows else follows


def guess(lookup: PromptLookup, tokens: list[int], count: int) -> list[int]:
    return lookup.guess(tokens, count) if lookup.confidence(tokens) else []


def test_a_copy_goes_on_where_it_was() -> None:
    """The last tokens may have come again since, with something else behind them."""
    source = [1, 2, 3, 10, 11, 1, 2, 3, 20, 21, 22]
    tokens = [*source, 99, 1, 2, 3]
    lookup = PromptLookup(ends=())
    assert guess(lookup, tokens, 2) == [20, 21]  # the latest
    tokens += [10, 11, 1]
    assert guess(lookup, tokens, 2) == [2, 3]
    tokens += [2, 3]
    assert guess(lookup, tokens, 2) == [20, 21]


def test_the_place_after_the_longer_passage_is_taken() -> None:
    passage = [*range(20, 20 + NGRAMS[0])]
    tokens = [*passage, 1, 2, *passage[-SHORTEST:], 3, 4, 5, *passage]
    assert guess(PromptLookup(ends=()), tokens, 2) == [1, 2]


def test_confidence_grows_with_what_is_copied_and_outlives_a_change() -> None:
    text = list(range(100, 160))
    lookup = PromptLookup(ends=())
    tokens = list(text)
    grown = []
    for token in text[:20]:
        tokens.append(token)
        grown.append(lookup.confidence(tokens))
    assert grown == sorted(grown)
    assert grown[SHORTEST - 1] < 0.7
    assert grown[-1] > 0.99
    tokens.append(7)
    assert not lookup.confidence(tokens)
    tokens.append(text[21])  # in the place of another
    assert guess(lookup, tokens, 2) == text[22:24]
    tokens += [8, 9, *text[22:24]]  # and two that are new
    assert guess(lookup, tokens, 2) == text[24:26]
    assert lookup.confidence(tokens) > 0.6


def test_what_was_replaced_once_is_replaced_again() -> None:
    text = [1, 2, 3, 4, 5, 60, 61, 6, 7, 8, 9, 60, 61, 10, 11, 60, 12, 60, 61, 13, 14]
    lookup = PromptLookup(ends=())
    tokens = [*text, 99, *text[:5]]
    assert guess(lookup, tokens, 3) == [60, 61, 6]
    tokens += [70, 71, 72, 6, 7]
    assert guess(lookup, tokens, 7) == [8, 9, 70, 71, 72, 10, 11]
    tokens += [8, 9, 70]
    assert guess(lookup, tokens, 9) == [71, 72, 10, 11, 60, 12, 70, 71, 72]
    tokens += [71, 72, 10, 11, 60, 12, 60, 61, 13]  # not always
    assert guess(lookup, tokens, 1) == [14]


def test_another_answer_has_another_text() -> None:
    lookup = PromptLookup(ends=())
    assert guess(lookup, [1, 2, 3, 4, 1, 2, 3], 1) == [4]
    assert guess(lookup, [1, 2, 3, 5, 1, 2, 3], 1) == [5]
    assert guess(lookup, [1, 2, 3], 1) == []


def test_nothing_unseen_and_no_end_is_guessed() -> None:
    lookup = PromptLookup(ends={7})
    assert guess(lookup, [1, 2, 3, 4, ~5, 6, 1, 2, 3], 4) == [4]
    assert guess(lookup, [1, 2, 3, 4, 5, 7, 1, 2, 3], 4) == [4, 5]


class Parrot:
    """Is always sure, and notes how much it was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def confidence(self, _tokens: list[int]) -> float:
        return 0.99

    def guess(self, _tokens: list[int], count: int) -> list[int]:
        self.asked.append(count)
        return [0] * count

    def learn(self, guessed: int, right: int) -> None:
        pass


def write(
    speculation: Speculation, tokens: list[int], steps: int, cost: float, *, right: bool
) -> int:
    """Take steps of one second, and `cost` for each guess; how many of them were with guesses."""
    tries = 0
    for _ in range(steps):
        guesses = speculation.guess(tokens, _FREE)
        count = len(guesses) if right else 0
        speculation.learn(len(guesses), count, 1 + cost * len(guesses))
        tokens.extend([0] * (1 + count))
        tries += bool(guesses)
    return tries


def test_guesses_that_are_wrong_end_soon_and_are_tried_again() -> None:
    speculation = Speculation([Parrot()])
    tokens = [0]
    assert 0 < write(speculation, tokens, 40, 0.5, right=False) <= 8
    assert 0 < write(speculation, tokens, 960, 0.5, right=False) < 20
    assert write(speculation, tokens, 2000, 0.4, right=True) > 1000


def test_what_takes_as_long_as_single_steps_is_not_tried_again() -> None:
    speculation = Speculation([Parrot()])
    assert write(speculation, [0], 200, 1.0, right=True) < 10


def test_the_surer_the_longer() -> None:
    trial = _Trial(Parrot())
    lengths = [trial.length(percent / 100) for percent in range(101)]
    assert lengths == sorted(lengths)
    assert {*lengths} == {0, *LENGTHS}
    trial.row = 0.1
    assert trial.length(0.7) > lengths[70]


def test_a_guesser_that_takes_its_time_for_nothing_is_left_alone() -> None:
    class Slow(Parrot):
        def guess(self, tokens: list[int], count: int) -> list[int]:
            super().guess(tokens, count)
            end = time.perf_counter() + 0.002
            while time.perf_counter() < end:
                pass
            return []

    slow = Slow()
    speculation, tokens = Speculation([slow]), [0]
    for _ in range(100):
        speculation.guess(tokens, _FREE)
        speculation.learn(0, 0, 0.001)
    assert len(slow.asked) < 20


def test_a_new_answer_begins_anew() -> None:
    speculation = Speculation([Parrot()])
    write(speculation, [0], 50, 0.9, right=False)
    assert write(speculation, [1], 1, 0.1, right=True) == 1


def test_without_room_nothing_is_guessed() -> None:
    speculation = Speculation([Parrot()])
    tokens = [0]
    write(speculation, tokens, 10, 0.4, right=True)
    assert speculation.guess(tokens, 0) == []
    assert len(speculation.guess(tokens, 2)) == 2
    speculation.give_up()
    assert speculation.guess(tokens, _FREE) == []
