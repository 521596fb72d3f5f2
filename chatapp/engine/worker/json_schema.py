"""JSON Schema to GBNF, by llama-cpp-python's converter with what it gets wrong put right.

As it comes, its strings may hold line breaks, its constants and names lose quotes, backslashes and
emoji, references to parts of equal name are mixed up, and several schemas take it for ever.
What it doesn't know (`minimum`, `not`, …) it ignores, and so do we.
"""

from __future__ import annotations

import json
from typing import Any

from llama_cpp.llama_grammar import PRIMITIVE_RULES, SchemaConverter

from chatapp.engine.json_schemas import MAX_COUNT, read_schema, resolve
from chatapp.errors import GrammarInvalid

_MOST = ("maxLength", "maxItems")

# Control characters must be escaped in JSON.
_STRING_CHARACTER = r'[^"\\\x7F\x00-\x1F]'
_CHAR = PRIMITIVE_RULES["char"].content.replace(r'[^"\\]', _STRING_CHARACTER)


def to_gbnf(text: str) -> str:
    """The grammar of the values that fit the JSON Schema `text`. Raises `GrammarInvalid`.

    An upper limit over `MAX_COUNT` is not enforced.
    """
    schema = read_schema(text)
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
        """Give references names that rules may have, and drop limits that are too high."""
        names: dict[str, str] = {}
        nodes: list[Any] = [schema]
        while nodes:
            node = nodes.pop()
            if isinstance(node, list):
                nodes.extend(node)
            if not isinstance(node, dict):
                continue
            nodes.extend(node.values())
            _drop_counts(node)
            reference = node.get("$ref")
            if isinstance(reference, str):
                name = names.setdefault(reference, f"json-schema-reference-{len(names)}")
                self._refs[name] = resolve(schema, reference)
                node["$ref"] = name

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


def _drop_counts(node: dict[str, Any]) -> None:
    for keyword in _MOST:
        if isinstance(node.get(keyword), int | float) and node[keyword] > MAX_COUNT:
            del node[keyword]
