"""Prompts that are kept to be used again, with places for what differs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_VARIABLE = re.compile(r"\{\{([^{}\n]{1,60})\}\}")


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A text in which `{{name}}` is a variable.

    `is_shipped` tells of one that came along, even if it was changed since. An empty id is one that
    was not saved yet.
    """

    id: str
    name: str
    text: str
    is_shipped: bool = False

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its variables, each once, in the order of the text."""
        names = (match[1].strip() for match in _VARIABLE.finditer(self.text))
        return tuple(dict.fromkeys(name for name in names if name))

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with `values` in the places of the variables that they are for.

        What stands in a value stays as it is, double braces included.
        """
        return _VARIABLE.sub(lambda match: values.get(match[1].strip(), match[0]), self.text)
