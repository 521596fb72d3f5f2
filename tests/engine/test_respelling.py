from __future__ import annotations

import codecs

from hypothesis import given
from hypothesis import strategies as st

from chatapp.engine.worker.respelling import common_length, respell, unseen

# A vocabulary in which every text has many spellings; 9 is a control token.
PIECES = {
    1: b"a",
    2: b"b",
    3: b"ab",
    4: b"ba",
    5: b"aba",
    6: b"\xe6",
    7: b"\xb1\x89",
    8: b"\xe6\xb1",
    10: "\ufffd".encode(),
    11: b"\xef\xbf",
    12: b"\xbd",
}
CONTROL = 9

tokens = st.lists(st.sampled_from([*PIECES, CONTROL]), max_size=12)
written = st.lists(st.sampled_from([*PIECES, CONTROL, unseen(CONTROL)]), max_size=12)


def spelling(token: int) -> bytes | None:
    return b"" if token < 0 else PIECES.get(token)


def text(of: list[int]) -> str:
    """What is seen of it; a control token is `|`."""
    pieces = [b"|" if (piece := spelling(token)) is None else piece for token in of]
    return b"".join(pieces).decode("utf-8", "replace")


def as_read(token: int) -> int:
    """What lies in the context."""
    return max(token, unseen(token))


def test_the_longest_common_beginning() -> None:
    assert common_length([1, 2, 3], [1, 2, 4]) == 2
    assert common_length([], [1]) == common_length([1], [2]) == 0
    assert common_length([1, 2], [1, 2, 3]) == common_length([1, 2, 3], [1, 2]) == 2
    long = list(range(5000))
    for at in (0, 1, 2499, 4998, 4999):
        assert common_length(long, [*long[:at], -1, *long[at + 1 :]]) == at


def test_what_was_written_is_kept() -> None:
    # "aba" was written as a, ba; a prompt spells it as one token.
    assert respell([9, 1, 4], [9, 5, 9, 1], spelling) == ([9, 1, 4, 9, 1], 3)


def test_the_border_is_one_of_both() -> None:
    # After "ab" the kept tokens have no border, after "a" the wanted ones have none.
    assert respell([1, 4], [3, 2, 9], spelling) == ([3, 2, 9], 0)


def test_a_name_is_no_control_token() -> None:
    assert respell([CONTROL, 1], [2, 1], spelling) == ([2, 1], 0)


def test_what_was_written_unseen_is_kept() -> None:
    # The model wrote a, a control token, ba; the next prompt has "aba", and a control token after.
    kept = [CONTROL, 1, unseen(CONTROL), 4, CONTROL]
    assert respell(kept, [CONTROL, 5, CONTROL, 2], spelling) == ([*kept, 2], 5)


def test_a_marker_that_the_template_writes_too_is_kept() -> None:
    kept = [CONTROL, 1, unseen(CONTROL), 2, unseen(CONTROL)]
    wanted = [CONTROL, 1, CONTROL, 2, CONTROL, 4]
    assert respell(kept, wanted, spelling) == (wanted, 5)
    assert respell([1, unseen(CONTROL), 4], [1, CONTROL, 5], spelling) == ([1, CONTROL, 5], 2)
    # It is one of the two, in its place.
    assert respell([1, unseen(CONTROL)], [3, CONTROL], spelling) == ([3, CONTROL], 0)
    assert respell([6, unseen(CONTROL), 7], [6, CONTROL, 7], spelling) == ([6, CONTROL, 7], 1)


def test_a_control_token_that_was_read_is_not_spelled_away() -> None:
    assert respell([1, CONTROL, 4], [5], spelling) == ([5], 0)


def test_what_is_no_character_comes_back_as_a_replacement() -> None:
    # Half of a character, then b: the prompt has the replacement character there.
    assert respell([CONTROL, 6, 2, 1], [CONTROL, 10, 2, 1, CONTROL], spelling) == (
        [CONTROL, 6, 2, 1, CONTROL],
        4,
    )
    assert respell([1, 6, 6, 2], [1, 10, 11, 12, 2], spelling) == ([1, 6, 6, 2], 4)


def test_half_a_character_at_the_end_is_read_again() -> None:
    # Nobody saw it, so that the next prompt does not have it.
    assert respell([1, 2, 6, CONTROL], [3, CONTROL, 1], spelling) == ([1, 2, CONTROL, 1], 2)
    assert respell([1, 2, 6], [3, 10], spelling) == ([1, 2, 10], 2)


def test_a_character_that_both_begin_alike() -> None:
    assert respell([1, 6, 7, 2], [1, 6, 7, 4], spelling) == ([1, 6, 7, 4], 3)
    # 汉 in two ways, the first token of which is the same.
    assert respell([6, 7, 1, 2], [6, 7, 3], spelling) == ([6, 7, 1, 2], 4)


def test_another_answer_does_not_begin_with_what_was_written_unseen() -> None:
    assert respell([1, unseen(CONTROL), 2], [1], spelling) == ([1], 1)
    assert respell([1, unseen(CONTROL), 2], [1, 1], spelling) == ([1, 1], 1)


@given(written, tokens)
def test_the_text_stays(kept: list[int], wanted: list[int]) -> None:
    result, common = respell(kept, wanted, spelling)
    assert text(result) == text(wanted)
    assert [as_read(token) for token in result[:common]] == [as_read(t) for t in kept[:common]]
    assert common >= common_length(kept, wanted)
    assert result.count(CONTROL) == wanted.count(CONTROL)
    assert unseen(CONTROL) not in result[common:]


@given(tokens, tokens)
def test_all_of_it_is_kept_where_the_text_goes_on(kept: list[int], more: list[int]) -> None:
    wanted = [*kept, CONTROL, *more]
    assert respell(kept, wanted, spelling) == (wanted, len(kept))


@given(st.lists(st.sampled_from([*PIECES, unseen(CONTROL)]), max_size=12), tokens)
def test_what_was_seen_of_an_answer_is_not_read_again(answer: list[int], more: list[int]) -> None:
    def spelled(token: int) -> bytes | None:
        return chr(token - 100).encode() if token >= 100 else spelling(token)

    whole = max(n for n in range(len(answer) + 1) if is_whole(answer[:n]))
    seen = [100 + ord(character) for character in text(answer[:whole])]
    _, common = respell(answer, [*seen, CONTROL, *more], spelled)
    assert set(answer[common:whole]) <= {unseen(CONTROL)}


def is_whole(answer: list[int]) -> bool:
    """Whether it doesn't end within a character."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    decoder.decode(b"".join(spelling(token) or b"" for token in answer))
    return not decoder.getstate()[0]
