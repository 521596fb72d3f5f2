"""JSON Schemas as people and files bring them: read before anything is made of them."""

from __future__ import annotations

import json
from typing import Any

from chatapp.errors import GrammarInvalid

MAX_CHARACTERS = 2**16
MAX_NESTING = 100  # values in values
MAX_PROPERTY_WORK = 100_000  # a converter's grows with the square of an object's properties
MAX_COUNT = 500  # items or characters that can be asked for; the converter nests as deeply
_LEAST = ("minLength", "minItems")


def read_schema(text: str) -> dict[str, Any]:
    """The JSON Schema `text`. Raises `GrammarInvalid` for what no grammar is made of.

    Whether it is a valid JSON Schema otherwise is found out when it is converted.
    """
    if len(text) > MAX_CHARACTERS:
        raise GrammarInvalid("the JSON Schema is too long")
    try:
        schema = json.loads(text)
    except json.JSONDecodeError as error:
        raise GrammarInvalid(f"the JSON Schema is not JSON: line {error.lineno}") from error
    except (ValueError, RecursionError) as error:
        raise GrammarInvalid("the JSON Schema is not JSON") from error
    if not isinstance(schema, dict):
        raise GrammarInvalid("the JSON Schema is not an object")
    _check(schema)
    return schema


def resolve(schema: dict[str, Any], reference: str) -> Any:
    """The part of the schema that a reference means (RFC 6901). Raises `GrammarInvalid`."""
    if not reference.startswith("#"):
        raise GrammarInvalid("a reference leads out of the JSON Schema")
    node: Any = schema
    for part in reference.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            node = node[int(key)] if isinstance(node, list) else node[key]
        except (LookupError, TypeError, ValueError) as error:
            raise GrammarInvalid(f"the reference {reference[:80]} leads nowhere") from error
    return node


def _check(schema: dict[str, Any]) -> None:
    """Refuse what explodes, and references that can't be followed."""
    work = 0
    nodes: list[tuple[Any, int]] = [(schema, 0)]
    while nodes:
        node, depth = nodes.pop()
        if depth > MAX_NESTING:
            raise GrammarInvalid("the JSON Schema is nested too deeply")
        if isinstance(node, list):
            nodes.extend((value, depth + 1) for value in node)
        if not isinstance(node, dict):
            continue
        nodes.extend((value, depth + 1) for value in node.values())
        work += len(node) ** 2
        for keyword in _LEAST:
            if isinstance(node.get(keyword), int | float) and node[keyword] > MAX_COUNT:
                raise GrammarInvalid(f"{keyword} is over {MAX_COUNT}")
        reference = node.get("$ref")
        if isinstance(reference, str):
            resolve(schema, reference)
    if work > MAX_PROPERTY_WORK:
        raise GrammarInvalid("the JSON Schema has too many properties")
