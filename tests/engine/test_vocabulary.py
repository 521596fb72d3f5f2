from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.vocabulary_files import (
    ALWAYS,
    CONTROL,
    write_byte_pairs,
    write_sentence_pieces,
)
from tests.engine.vocabulary_targets import Child

pytestmark = pytest.mark.model
KINDS = ("starter", "qwen2", "deepseek-llm", "prefix", "phi-3")
NAME_PIECES = (
    *CONTROL,
    *ALWAYS,
    "<|im_",
    "end|>",
    "[a",
    "b]",
    "a",
    " ",
    "\n",
    "<",
    "é",
    "🦊",
    "汉",
)
fewer = hypothesis.settings(max_examples=40)


@pytest.fixture(scope="module", params=KINDS)
def child(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    starter_model: Path,
) -> Iterator[Child]:
    path = tmp_path_factory.mktemp("vocabulary") / "tiny.gguf"
    makers: dict[str, Callable[[], Path]] = {
        "starter": lambda: starter_model,
        "sentence": lambda: write_sentence_pieces(path, space_prefix=False),
        "prefix": lambda: write_sentence_pieces(path, space_prefix=True),
        "phi-3": lambda: write_sentence_pieces(path, space_prefix=True, name="phi-3-tiny"),
    }
    make = makers.get(request.param, lambda: write_byte_pairs(path, request.param))
    child = Child(make())
    yield child
    child.close()


@fewer
@given(st.lists(st.sampled_from(NAME_PIECES), max_size=12).map("".join))
def test_we_find_the_names_that_llama_cpp_finds(child: Child, text: str) -> None:
    tokens = child.ask("at_once", text, True)
    assert child.ask("around", text) == tokens
    names = child.ask("special_names")
    found = [name for name, _ in child.ask("spell", tokens) if name]
    assert child.ask("find_special", text) == found
    plain = child.ask("at_once", text, False)
    assert not {*plain} & {*names.values()}


def test_the_longest_name_comes_first_wherever_it_is(child: Child) -> None:
    names = child.ask("special_names")
    if "[ab]" not in names:
        return
    assert child.ask("find_special", "x<|im_end|>!<|im_end|>") == ["<|im_end|>!", "<|im_end|>"]
    assert child.ask("find_special", "[ab][") == ["[ab]"]


def test_texts_in_parts_have_the_same_tokens(child: Child) -> None:
    line = "It's 12345 words, isn't it? </think>\n  <think>\n\n\n* and汉字，汉字 more. <|im_end|>"
    for text in (line * 500, ("word, " * 10 + "\n") * 500, "</think>" * 5000, "a,bc." * 9000):
        for special in (True, False):
            assert child.ask("tokenize", text, special) == child.ask("at_once", text, special)


@fewer
@given(
    st.text(st.characters(exclude_categories=("Cn", "Co", "Cs")), max_size=60)
    | st.text(alphabet="\u200d👩🚀🦊汉字éẹ́\u0301\ufeff\0\r\n\t ", max_size=60)
    | st.lists(st.sampled_from([" ", "\t", "\n", "  ", "x"]), max_size=200).map("".join)
)
def test_any_text_comes_back(request: pytest.FixtureRequest, child: Child, text: str) -> None:
    hypothesis.assume({*text.encode()} <= child.ask("known_bytes"))
    shown = child.ask("round_trip", text)
    prefixed = request.node.callspec.params["child"] in ("prefix", "phi-3") and text
    if prefixed and not text.startswith(ALWAYS):
        shown = shown.removeprefix(" ")
    if not any(name in text for name in ALWAYS):  # beside those the prefix comes again
        assert shown == text


@fewer
@given(data=st.data())
def test_tokens_that_are_no_text(child: Child, data: st.DataObject) -> None:
    byte_tokens = st.integers(0, 255)
    shown, decoded = child.ask("answer", data.draw(st.lists(byte_tokens, max_size=30)))
    left_out = decoded.removeprefix(shown)
    assert decoded.startswith(shown)
    assert left_out in ("", "\ufffd")  # half a character


def test_threads_share_it(child: Child) -> None:
    assert child.ask("pieces_from_threads", "One text, 🦊 <|im_end|> and " + " " * 90 + "x" * 500)


@pytest.mark.parametrize("expression", ["deepseek-llm", "gpt-4o", "bloom"])
def test_long_runs_need_no_more_than_the_stack(tmp_path: Path, expression: str) -> None:
    child = Child(write_byte_pairs(tmp_path / "tiny.gguf", expression))
    try:
        for unit in ("b", " ", "\n", "汉", "!"):
            for count in (19_999, 70_000):
                assert len(child.ask("tokenize", unit * count, False)) >= count // 3
    finally:
        child.close()
