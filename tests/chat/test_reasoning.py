"""Reasoning is told from the answer, wherever the text is cut."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatapp.domain.reasoning import Reasoning, ReasoningSplitter, split_reasoning

CHANNEL = "<|channel|>analysis<|message|>"
FINAL = "<|start|>assistant<|channel|>final<|message|>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Reasoning("", is_open=False, answer="")),
        ("Hello", Reasoning("", is_open=False, answer="Hello")),
        ("<think>a</think>\n\nb", Reasoning("a", is_open=False, answer="b")),
        (" \n<think>\na\n</think>b", Reasoning("\na\n", is_open=False, answer="b")),
        ("<thinking>a</thinking>b", Reasoning("a", is_open=False, answer="b")),
        ("<reasoning>a</reasoning>b", Reasoning("a", is_open=False, answer="b")),
        ("[THINK]a[/THINK]b", Reasoning("a", is_open=False, answer="b")),
        (f"{CHANNEL}a<|end|>{FINAL}b", Reasoning("a", is_open=False, answer="b")),
        (f"{CHANNEL}a<|end|><|channel|>final<|message|>b", Reasoning("a", False, "b")),
        (f"{CHANNEL}a<|end|>b", Reasoning("a", is_open=False, answer="b")),
        ("<think>a", Reasoning("a", is_open=True, answer="")),
        ("<think>a </think> b </think>", Reasoning("a ", is_open=False, answer=" b </think>")),
        # The template wrote the opening tag.
        ("a\nb\n</think>\n\nc", Reasoning("a\nb\n", is_open=False, answer="c")),
        ("</think>\nc", Reasoning("", is_open=False, answer="c")),
    ],
)
def test_reasoning_stands_at_the_beginning(text: str, expected: Reasoning) -> None:
    assert split_reasoning(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Models write <think>a</think> first.",
        "Models end it with </think> then.",
        "A </think>\nb",
        "So:\n\n```\n<think>\na\n</think>\n```\nb",
        "So:\n\n```\na\n</think>\n```\nb",
        "So:\n\n~~~~ html\n```\n</think>\n~~~\n</think>\n~~~~\nb",
        "So:\n<think>\na\n</think>\nb",
        "    </think>\nb",
        "</thinking>\nb",
    ],
)
def test_an_answer_may_talk_about_tags(text: str) -> None:
    assert split_reasoning(text) == Reasoning("", is_open=False, answer=text)


@pytest.mark.parametrize("rest", ["<", "<thi", "<|channel|>ana", "[THI", " \n <reason"])
def test_a_cut_opening_tag_is_not_shown(rest: str) -> None:
    assert split_reasoning(rest) == Reasoning("", is_open=False, answer="")
    assert split_reasoning(rest, is_complete=True) == Reasoning("", is_open=False, answer=rest)


@pytest.mark.parametrize("rest", ["<", "</thin", "</think"])
def test_a_cut_closing_tag_is_not_shown(rest: str) -> None:
    assert split_reasoning(f"<think>a{rest}") == Reasoning("a", is_open=True, answer="")
    assert split_reasoning(f"a\n{rest}") == Reasoning("", is_open=False, answer="a\n")
    complete = split_reasoning(f"<think>a{rest}", is_complete=True)
    assert complete == Reasoning(f"a{rest}", is_open=False, answer="")


def test_what_only_looked_like_a_tag_is_shown() -> None:
    assert split_reasoning("<thing>").answer == "<thing>"
    assert split_reasoning("a\n</thing").answer == "a\n</thing"
    assert split_reasoning("a\n</think> b").answer == "a\n</think> b"


def test_a_lone_closing_tag_at_the_end_counts() -> None:
    assert split_reasoning("a\n</think>") == Reasoning("", is_open=False, answer="a\n")
    complete = split_reasoning("a\n</think>", is_complete=True)
    assert complete == Reasoning("a\n", is_open=False, answer="")


PIECES = st.sampled_from(
    [
        "<think>",
        "</think>",
        "<thinking>",
        "</thinking>",
        "[THINK]",
        "[/THINK]",
        CHANNEL,
        "<|end|>",
        FINAL,
        "<|channel|>final<|message|>",
        "a",
        " ",
        "\n",
        "\n\n",
        "```\n",
        "~~~",
        "<",
        "`",
        "    ",
    ]
)


@settings(max_examples=600)
@given(st.lists(PIECES, max_size=12).map("".join), st.data())
@example("a\n</think>\nb", None)
def test_where_the_text_is_cut_makes_no_difference(text: str, data: st.DataObject | None) -> None:
    cuts = list(range(1, len(text)))
    if data is not None:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    splitter = ReasoningSplitter()
    thought = answer = ""
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        new_thought, new_answer = splitter.feed(text[start:end])
        if splitter.turned:
            thought, answer = answer, ""
        thought += new_thought
        answer += new_answer
        assert Reasoning(thought, splitter.is_open, answer) == split_reasoning(text[:end])
        assert splitter.has_thought == bool(thought.strip())
    new_thought, new_answer = splitter.finish()
    if splitter.turned:
        thought, answer = answer, ""
    complete = Reasoning(thought + new_thought, splitter.is_open, answer + new_answer)
    assert complete == split_reasoning(text, is_complete=True)
    assert not complete.is_open


@settings(max_examples=500)
@given(st.lists(PIECES | st.just("Q"), max_size=12).map("".join))
def test_no_text_is_lost(text: str) -> None:
    whole = split_reasoning(text, is_complete=True)
    assert (whole.text + whole.answer).count("Q") == text.count("Q")
    assert whole.text in text
    assert text.endswith(whole.answer)
