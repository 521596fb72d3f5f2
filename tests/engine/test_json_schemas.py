"""JSON Schemas are read, and refused where nothing can be made of them."""

from __future__ import annotations

import json

import pytest

from chatapp.engine.json_schemas import MAX_CHARACTERS, MAX_COUNT, read_schema
from chatapp.errors import GrammarInvalid


def deep(levels: int) -> str:
    return '{"items": ' * levels + "{}" + "}" * levels


def test_a_schema_is_read() -> None:
    schema = {"$defs": {"a": {"type": "string"}}, "items": {"$ref": "#/$defs/a"}}
    assert read_schema(json.dumps(schema)) == schema


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{\n"type": }', "line 2"),
        ("[]", "not an object"),
        ("", "not JSON"),
        ("[" * 100_000, "too long"),
        (" " * (MAX_CHARACTERS + 1), "too long"),
        (deep(200), "nested too deeply"),
        ('{"$ref": "#/gone"}', "leads nowhere"),
        ('{"$ref": "file:///etc/passwd"}', "leads out"),
        (json.dumps({"minItems": MAX_COUNT + 1}), "minItems"),
        (json.dumps({str(i): 1 for i in range(400)}), "too many properties"),
    ],
)
def test_what_can_not_be_used_is_refused(text: str, words: str) -> None:
    with pytest.raises(GrammarInvalid) as refused:
        read_schema(text)
    assert words in refused.value.detail
