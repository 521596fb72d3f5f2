from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chatapp.engine.worker.text import AnswerText


def _feed(pieces: list[bytes], stop: tuple[str, ...] = ()) -> tuple[list[str], AnswerText]:
    text = AnswerText(stop)
    parts = []
    for piece in pieces:
        parts.append(text.add(piece))
        if text.stopped:
            break
    parts.append(text.finish())
    return parts, text


def test_characters_are_never_split() -> None:
    fox = "🦊".encode()
    parts, _ = _feed([b"a", fox[:1], fox[1:3], fox[3:] + b"b"])
    assert parts == ["a", "", "", "🦊b", ""]


def test_what_is_no_text_is_replaced() -> None:
    parts, _ = _feed([b"a\xff", b"b"])
    assert "".join(parts) == "a\ufffdb"


def test_half_a_character_at_the_end_is_left_out() -> None:
    parts, _ = _feed(["aé".encode()[:2]])
    assert "".join(parts) == "a"


def test_stop_strings_cross_tokens() -> None:
    parts, text = _feed([b"one\nUs", b"er", b": two"], ("\nUser:",))
    assert parts == ["one", "", "", ""]
    assert text.stopped


def test_what_only_looked_like_a_stop_string_is_kept() -> None:
    parts, text = _feed([b"one\nUs", b"age", b"\nUser"], ("\nUser:",))
    assert parts == ["one", "\nUsage", "", "\nUser"]
    assert not text.stopped


def test_empty_stop_strings_are_ignored() -> None:
    parts, _ = _feed([b"one"], ("",))
    assert parts == ["one", ""]


@given(
    text=st.text(alphabet="abé🦊\n", max_size=40),
    stop=st.text(alphabet="abé🦊\n", min_size=1, max_size=4),
    cuts=st.lists(st.integers(0, 120), max_size=20),
)
def test_any_cut_gives_the_text_before_the_stop_string(
    text: str, stop: str, cuts: list[int]
) -> None:
    data = text.encode()
    borders = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    pieces = [data[a:b] for a, b in pairwise(borders)]
    parts, result = _feed(pieces, (stop,))
    assert "".join(parts) == text.partition(stop)[0]
    assert result.stopped == (stop in text)


@given(
    parts=st.lists(
        st.text(alphabet="aé汉🦊\n", max_size=4).map(str.encode) | st.binary(max_size=4),
        max_size=12,
    ),
    cuts=st.lists(st.integers(0, 120), max_size=20),
    stop=st.sampled_from([(), ("a\n",), ("\ufffd\ufffd", "é")]),
)
def test_any_bytes_become_what_python_makes_of_the_whole(
    parts: list[bytes], cuts: list[int], stop: tuple[str, ...]
) -> None:
    data = b"".join(parts) + b"."  # ends half a character
    borders = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    shown, result = _feed([data[a:b] for a, b in pairwise(borders)], stop)
    whole = data.decode(errors="replace")
    ends = [at for at in map(whole.find, stop) if at >= 0]
    if not ends:
        assert "".join(shown) == whole
        assert not result.stopped
    else:
        # Of two stop strings the one that is complete first counts.
        assert result.stopped
        assert "".join(shown) in {whole[:at] for at in ends}
