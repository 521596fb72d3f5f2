"""JSON Schema to GBNF, by llama-cpp-python's converter with what it gets wrong put right.

As it comes, its strings may hold line breaks, its constants and names lose quotes, backslashes and
emoji, references to parts of equal name are mixed up, and several schemas take it for ever.
What it doesn't know (`minimum`, `not`, …) it ignores, and so do we.
"""

from __future__ import annotations

import json
from typing import Any

from llama_cpp.llama_grammar import PRIMITIVE_RULES, SchemaConverter

from chatapp.errors import GrammarInvalid

MAX_CHARACTERS = 2**16
MAX_NESTING = 100  # values in values
MAX_COUNT = 500  # items or characters that can be asked for; the converter nests as deeply
MAX_PROPERTY_WORK = 100_000  # the converter's grows with the square of an object's properties
_LEAST = ("minLength", "minItems")
_MOST = ("maxLength", "maxItems")

# Control characters must be escaped in JSON.
_STRING_CHARACTER = r'[^"\\\x7F\x00-\x1F]'
_CHAR = PRIMITIVE_RULES["char"].content.replace(r'[^"\\]', _STRING_CHARACTER)


def to_gbnf(text: str) -> str:
    """The grammar of the values that fit the JSON Schema `text`. Raises `GrammarInvalid`.

    An upper limit over `MAX_COUNT` is not enforced.
    """
    if len(text) > MAX_CHARACTERS:
        raise GrammarInvalid("the JSON Schema is too long")
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GrammarInvalid("the JSON Schema is not JSON") from error
    if not isinstance(schema, dict):
        raise GrammarInvalid("the JSON Schema is not an object")
    converter = _Converter()
    try:
        converter.prepare(schema)
        converter.visit(schema, "")
        grammar: str = converter.format_grammar()
        grammar.encode()
    except _CONVERTER_ERRORS as error:
        raise GrammarInvalid("the JSON Schema can't be converted") from error
    return grammar


# It checks nothing, it just fails.
_CONVERTER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class _Converter(SchemaConverter):  # type: ignore[misc]
    """The converter, which can't fetch anything, for one schema."""

    def __init__(self) -> None:
        super().__init__(prop_order={}, allow_fetch=False, dotall=False, raw_pattern=False)

    def prepare(self, schema: dict[str, Any]) -> None:
        """Give references names that make valid names of rules, and refuse what explodes."""
        names: dict[str, str] = {}
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
            _check_counts(node)
            reference = node.get("$ref")
            if isinstance(reference, str):
                name = names.setdefault(reference, f"json-schema-reference-{len(names)}")
                self._refs[name] = _resolve(schema, reference)
                node["$ref"] = name
        if work > MAX_PROPERTY_WORK:
            raise GrammarInvalid("the JSON Schema has too many properties")

    def _format_literal(self, literal: str) -> str:
        # `literal` is JSON in ASCII; models write other characters as they are.
        value = json.dumps(json.loads(literal), ensure_ascii=False, allow_nan=False)
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    def _add_rule(self, name: str, rule: str) -> str:
        if rule == PRIMITIVE_RULES["char"].content:
            rule = _CHAR
        key: str = super()._add_rule(name, rule)
        return key

    def _visit_pattern(self, pattern: str, name: str) -> str:
        raise GrammarInvalid("regular expressions are not supported")


def _check_counts(node: dict[str, Any]) -> None:
    for keyword in _LEAST:
        if isinstance(node.get(keyword), int | float) and node[keyword] > MAX_COUNT:
            raise GrammarInvalid(f"{keyword} is over {MAX_COUNT}")
    for keyword in _MOST:
        if isinstance(node.get(keyword), int | float) and node[keyword] > MAX_COUNT:
            del node[keyword]


def _resolve(schema: dict[str, Any], reference: str) -> Any:
    """The part of the schema that a reference means (RFC 6901)."""
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
