"""Sets of parameters with a name: those that come along, and the person's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from chatapp.chat.choices import pack, unpack
from chatapp.chat.collection import LONGEST_NAME, Collection, Row
from chatapp.domain.generation import NO_CHOICE, ParameterChoice

# What a preset leaves alone unless it says something of it.
_ITS_OWN: Final = (
    "max_tokens",
    "stop",
    "logit_bias",
    "grammar",
    "json_schema",
    "logprobs",
    "thinking",
    "reasoning_effort",
)


@dataclass(frozen=True, slots=True)
class Preset:
    """How words are chosen, and perhaps more; never a seed.

    `is_shipped` tells of one that came along. An empty id is one that was not saved yet.
    """

    id: str
    name: str
    parameters: ParameterChoice = NO_CHOICE
    is_shipped: bool = False

    def applied_to(self, choice: ParameterChoice) -> ParameterChoice:
        """The choice with this preset in the place of another."""
        kept: dict[str, Any] = {
            name: getattr(choice, name)
            for name in _ITS_OWN
            if getattr(self.parameters, name) is None
        }
        return replace(
            self.parameters,
            seed=choice.seed,
            keep_seed=choice.keep_seed,
            preset=self.id,
            **kept,
        )

    def is_in(self, choice: ParameterChoice) -> bool:
        """Whether it would change nothing."""
        return self.applied_to(choice) == replace(choice, preset=self.id)


AUTOMATIC: Final = Preset("", "")  # as the assistant and the model have it


class Presets(Collection[Preset]):
    """All presets. The lists are never long: they are read when they are first asked for."""

    kind = "chatapp-presets"

    def keep(self, name: str, choice: ParameterChoice) -> Preset:
        """Save a choice under a name; one's own preset of that name is replaced.

        Raises what `save` does.
        """
        wanted = " ".join(name.split())
        same = (one for one in self.list() if one.name == wanted and not one.is_shipped)
        known = next(same, None)
        return self.save(
            Preset(
                "" if known is None else known.id,
                wanted,
                replace(choice, seed=None, keep_seed=False, preset=""),
            )
        )

    def _pack(self, entry: Preset) -> dict[str, Any]:
        return {"name": entry.name, "parameters": pack(entry.parameters)}

    def _unpack(self, row: Row, entry_id: str, *, is_shipped: bool) -> Preset:
        choice = unpack(row.object("parameters"))
        return Preset(
            id=entry_id,
            name=row.line("name", LONGEST_NAME, required=True),
            parameters=replace(choice, seed=None, keep_seed=False, preset=""),
            is_shipped=is_shipped,
        )
