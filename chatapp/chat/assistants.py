"""The assistants that a person can talk to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from chatapp.chat.choices import pack, unpack
from chatapp.chat.collection import LONGEST_NAME, Collection, Row
from chatapp.domain.assistant import Assistant
from chatapp.domain.generation import ParameterChoice
from chatapp.domain.parameter_limits import LONGEST_GRAMMAR, LONGEST_SCHEMA

# Characters
LONGEST_PROMPT: Final = 32_000
LONGEST_DESCRIPTION: Final = 120
LONGEST_STARTER: Final = 2_000
MOST_STARTERS: Final = 8
_LONGEST_MODEL: Final = 4096
_LONGEST_ICON: Final = 40


class Assistants(Collection[Assistant]):
    """Those that come along, and the person's own."""

    kind = "chatapp-assistants"

    def _pack(self, entry: Assistant) -> dict[str, Any]:
        data: dict[str, Any] = {
            "name": entry.name,
            "description": entry.description,
            "icon": entry.icon,
            "system_prompt": entry.system_prompt,
            "model": entry.model,
            "parameters": pack(_without_form(entry.parameters)),
            "grammar": entry.grammar,
            "json_schema": entry.json_schema,
            "starters": list(entry.starters),
        }
        return {name: value for name, value in data.items() if value or name == "name"}

    def _unpack(self, row: Row, entry_id: str, *, is_shipped: bool) -> Assistant:
        grammar = row.text("grammar", LONGEST_GRAMMAR)
        schema = row.text("json_schema", LONGEST_SCHEMA)
        if schema.strip() and (grammar.strip() or not _is_object(schema)):
            raise row.refuse("json_schema")
        return Assistant(
            id=entry_id,
            name=row.line("name", LONGEST_NAME, required=True),
            description=row.line("description", LONGEST_DESCRIPTION),
            icon=row.line("icon", _LONGEST_ICON) or "chat",
            system_prompt=row.text("system_prompt", LONGEST_PROMPT),
            model=row.line("model", _LONGEST_MODEL),
            parameters=_parameters(row),
            grammar=grammar,
            json_schema=schema,
            starters=tuple(
                " ".join(one.split())
                for one in row.texts("starters", MOST_STARTERS, LONGEST_STARTER)
            ),
            is_shipped=is_shipped,
        )


def _parameters(row: Row) -> ParameterChoice:
    """What is chosen; a value that makes no sense is refused, a name that nobody knows is not."""
    data = row.object("parameters")
    choice = unpack(data)
    for name, value in data.items():
        if value is not None and getattr(choice, name, value) is None:
            raise row.refuse(name)
    return _without_form(choice)


def _without_form(choice: ParameterChoice) -> ParameterChoice:
    """The form of an answer has fields of its own."""
    return replace(choice, grammar=None, json_schema=None)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
