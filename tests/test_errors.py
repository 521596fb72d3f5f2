from __future__ import annotations

import dataclasses
import json
import pickle
import string

import pytest

from chatapp import errors, sentences
from chatapp.errors import ChatappError, ErrorRecord, from_record, to_record

FAMILIES = {
    ChatappError,
    errors.EnvironmentProblem,
    errors.InputError,
    errors.EngineError,
    errors.ModelError,
    errors.HubError,
    errors.StorageError,
    errors.HubError,
}
KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ChatappError) and kind not in FAMILIES
]


def example(kind: type[ChatappError]) -> ChatappError:
    values = {"str": "place", "int": 7, "float": 1.5}
    return kind(
        **{f.name: values[str(f.type).removesuffix(" | None")] for f in dataclasses.fields(kind)}
    )


@pytest.mark.parametrize("kind", KINDS)
def test_survives_pipe_and_storage(kind: type[ChatappError]) -> None:
    error = example(kind)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own pickle
    assert type(copy) is kind
    assert str(copy) == str(error)
    record = to_record(error)
    stored = ErrorRecord(record.kind, json.loads(json.dumps(record.values)))
    assert str(from_record(stored)) == str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_a_sentence_with_its_values(kind: type[ChatappError]) -> None:
    text = sentences.sentence(example(kind))
    assert text.endswith(".")
    assert "{" not in text
    names = {f.name for f in dataclasses.fields(kind)}
    template = sentences._SENTENCES[kind]
    assert {name for _, name, _, _ in string.Formatter().parse(template) if name} <= names


def test_sentences_speak_as_the_style_asks() -> None:
    for text in sentences._SENTENCES.values():
        lowered = text.casefold()
        for word in ("please", "oops", "successfully", "!", "retry"):
            assert word not in lowered


def test_record_of_a_newer_version_is_not_an_exception() -> None:
    error = from_record(ErrorRecord("SomethingNew", {"x": 1}))
    assert isinstance(error, errors.GenerationFailed)
    assert isinstance(from_record(ErrorRecord("WorkerDied", {"other": 1})), errors.GenerationFailed)


def test_a_value_with_braces_stays_as_it_is() -> None:
    assert "{x}" in sentences.sentence(errors.NotGguf("/models/{x}.gguf"))
