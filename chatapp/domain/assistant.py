"""Assistants: named ways to use a model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from chatapp.domain.generation import NO_CHOICE, ParameterChoice

GENERAL: Final = "general"  # answers where no other assistant was chosen


@dataclass(frozen=True, slots=True)
class Assistant:
    """What a model is told before a conversation, and how it answers in it.

    `description` says in a line what it is for. `model` is the name or path of the model that
    answers; empty is whatever is loaded. Of `grammar` (GBNF) and `json_schema` (text) at most one
    is given. `starters` are first messages of a line;
    what ends in a colon waits for a text of the person.

    `is_shipped` tells of one that came along, even if it was changed since. An empty id is one that
    was not saved yet.
    """

    id: str
    name: str
    icon: str = "chat"
    system_prompt: str = ""
    model: str = ""
    parameters: ParameterChoice = NO_CHOICE
    grammar: str = ""
    json_schema: str = ""
    starters: tuple[str, ...] = ()
    is_shipped: bool = False
    description: str = ""

    @property
    def choice(self) -> ParameterChoice:
        """What it changes of how an answer is made, the form of the answer included."""
        return replace(
            self.parameters,
            grammar=self.grammar or None,
            json_schema=self.json_schema or None,
        )
