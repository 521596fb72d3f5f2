"""Chosen parameters in files that anybody may have written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.chat.choices import pack, unpack
from chatapp.domain.generation import (
    NO_CHOICE,
    GenerationParameters,
    ParameterChoice,
    SamplerStep,
)
from chatapp.domain.parameter_limits import LIMITS, LONGEST_TEXT, MOST_TEXTS

EVERYTHING = ParameterChoice(
    temperature=0.4,
    top_k=0,
    max_tokens=0,
    seed=2**32 - 2,
    keep_seed=True,
    stop=("\n\n", "结束"),
    dry_sequence_breakers=(),
    logit_bias=((15, -3.5), (7, 2.0)),
    grammar='root ::= "a"',
    json_schema='{"type": "object"}',
    samplers=(SamplerStep.TOP_K, SamplerStep.TEMPERATURE),
    thinking=False,
    reasoning_effort="low",
    mirostat=2,
    preset="precise",
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_what_is_chosen_comes_back() -> None:
    assert unpack(json.loads(json.dumps(pack(EVERYTHING)))) == EVERYTHING
    assert pack(NO_CHOICE) == {}


def test_every_number_that_is_usual_is_allowed() -> None:
    usual = GenerationParameters()
    for name, limits in LIMITS.items():
        value = getattr(usual, name)
        assert value is None or limits.least <= value <= limits.most, name


@pytest.mark.parametrize(
    "row",
    [
        {"temperature": "hot"},
        {"temperature": float("nan")},
        {"temperature": True},
        {"temperature": 1e9},
        {"top_k": 1.5},
        {"seed": -1},
        {"stop": "END"},
        {"stop": ["x"] * (MOST_TEXTS + 1)},
        {"logit_bias": {"1": 2}},
        {"samplers": "top_k"},
        {"grammar": "a\0b"},
        {"json_schema": "\ud800"},
        {"thinking": "yes"},
        {"preset": "x" * 100},
    ],
)
def test_what_makes_no_sense_is_not_chosen(row: dict[str, Any]) -> None:
    assert unpack(row) == NO_CHOICE


def test_of_a_list_stays_what_makes_sense() -> None:
    found = unpack(
        {
            "stop": ["a", "", 5, "a", "b" * (LONGEST_TEXT + 1)],
            "samplers": ["top_k", "magic", "top_k"],
            "logit_bias": [[1, 2], [1], ["2", 3], [-1, 0], [2, float("nan")]],
        }
    )
    assert found.stop == ("a",)
    assert found.samplers == (SamplerStep.TOP_K,)
    assert found.logit_bias == ((1, 2.0),)


@given(data=VALUES | st.fixed_dictionaries({}, optional=dict.fromkeys(pack(EVERYTHING), VALUES)))
def test_nothing_that_is_read_breaks_anything(data: object) -> None:
    choice = unpack(data)
    choice.over(GenerationParameters())
    assert unpack(json.loads(json.dumps(pack(choice)))) == choice
