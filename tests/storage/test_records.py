from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.domain.conversation import MessageStatus, OverflowPolicy, Role, TitleSource
from chatapp.domain.generation import (
    FinishReason,
    GenerationParameters,
    Origin,
    ParameterChoice,
    SamplerStep,
    Usage,
)
from chatapp.errors import ErrorRecord
from chatapp.storage.records import from_error, from_origin, to_conversation, to_message

ORIGIN = Origin(
    model_name="small",
    model_path="/models/small \udcff.gguf",
    parameters=GenerationParameters(temperature=0.1, max_tokens=9, stop=("a", "\n")),
    model_sha256="ab",
    quantization="Q4_1",
    seed=2**32 - 1,
    usage=Usage(1, 2, 3, 4.5, 5.5),
    finish_reason=FinishReason.LENGTH,
    llama_build="b1",
)
DEFAULTS = Origin("", "", GenerationParameters())


def message_row(
    *,
    role: str = "user",
    status: str = "complete",
    origin: object = None,
    kind: str | None = None,
    values: object = None,
) -> tuple[object, ...]:
    return (1, 2, None, role, "text", status, 0.0, origin, kind, values, 0, "", None, 0, None)


def test_origin_comes_back() -> None:
    assert to_message(message_row(origin=from_origin(ORIGIN))).origin == ORIGIN
    assert to_message(message_row(origin=from_origin(None))).origin is None


NUMBERS = st.floats(allow_nan=False)
ANY_PARAMETERS = st.builds(
    GenerationParameters,
    temperature=NUMBERS,
    max_tokens=st.none() | st.integers(1),
    stop=st.lists(st.text()).map(tuple),
    typical_p=NUMBERS,
    top_n_sigma=NUMBERS,
    dry_last_n=st.integers(),
    dry_sequence_breakers=st.lists(st.text()).map(tuple),
    mirostat=st.sampled_from((0, 1, 2)),
    logit_bias=st.lists(st.tuples(st.integers(0), NUMBERS)).map(tuple),
    grammar=st.text(),
    logprobs=st.integers(0, 20),
    samplers=st.permutations(list(SamplerStep)).map(tuple),
)


@given(ANY_PARAMETERS)
def test_parameters_come_back(parameters: GenerationParameters) -> None:
    origin = replace(ORIGIN, parameters=parameters)
    assert to_message(message_row(origin=from_origin(origin))).origin == origin


def test_only_what_is_on_takes_room() -> None:
    def stored(parameters: GenerationParameters) -> set[str]:
        return set(
            json.loads(from_origin(replace(ORIGIN, parameters=parameters)) or "")["parameters"]
        )

    always = {
        "temperature",
        "top_k",
        "top_p",
        "min_p",
        "repeat_penalty",
        "max_tokens",
        "seed",
        "stop",
    }
    assert stored(GenerationParameters()) == always
    assert stored(GenerationParameters(mirostat=2, top_k=1)) == always | {"mirostat"}


def test_error_comes_back() -> None:
    error = ErrorRecord("ContextFull", {"needed": 1, "share": 0.5, "path": "\udcff"})
    kind, values = from_error(error)
    assert to_message(message_row(kind=kind, values=values)).error == error
    assert from_error(None) == (None, None)


def test_keys_of_a_newer_version_are_ignored() -> None:
    data = asdict(ORIGIN) | {"mood": "good"}
    data["parameters"]["charm"] = 2
    data["parameters"]["samplers"] = ["charm", *data["parameters"]["samplers"], {"a": 1}]
    data["usage"]["joules"] = 3
    assert to_message(message_row(origin=json.dumps(data))).origin == ORIGIN


@pytest.mark.parametrize(
    "origin",
    [
        '{"seed": null}',
        '{"mood": "good"}',
        '{"parameters": null, "usage": [], "finish_reason": ["?"]}',
        '{"parameters": {"stop": null}, "usage": {}, "finish_reason": "bored"}',
    ],
)
def test_what_is_missing_or_unknown_in_an_origin_has_a_default(origin: str) -> None:
    assert to_message(message_row(origin=origin)).origin == DEFAULTS


@pytest.mark.parametrize("origin", ["", "{", "[1]", "null", "{}", 5, b"{}"])
def test_what_is_no_origin_hides_nothing(origin: object) -> None:
    message = to_message(message_row(origin=origin, kind="Strange", values=origin))
    assert message.text == "text"
    assert message.origin is None
    assert message.error == ErrorRecord("Strange", {})


def test_unknown_words_hide_nothing() -> None:
    message = to_message(message_row(role="narrator", status="queued"))
    assert (message.role, message.status) == (Role.ASSISTANT, MessageStatus.COMPLETE)
    row = (1, "Title", "dream", 0.0, 0.0, None, 1, None, "", None, "shrug")
    row += (None, None, "", '{"samplers": ["mood"], "stop": 5}', "[]")
    assert to_conversation(row).title_source is TitleSource.USER
    assert to_conversation(row).overflow is OverflowPolicy.STOP
    assert to_conversation(row).parameters == ParameterChoice(samplers=())
