"""The prompts that a person keeps to use them again."""

from __future__ import annotations

from typing import Any, Final

from chatapp.chat.collection import LONGEST_NAME, Collection, Row
from chatapp.domain.prompt import PromptTemplate

LONGEST_TEXT: Final = 32_000  # characters


class Prompts(Collection[PromptTemplate]):
    """Those that come along, and the person's own."""

    kind = "chatapp-prompts"

    def _pack(self, entry: PromptTemplate) -> dict[str, Any]:
        return {"name": entry.name, "text": entry.text}

    def _unpack(self, row: Row, entry_id: str, *, is_shipped: bool) -> PromptTemplate:
        return PromptTemplate(
            id=entry_id,
            name=row.line("name", LONGEST_NAME, required=True),
            text=row.text("text", LONGEST_TEXT, required=True),
            is_shipped=is_shipped,
        )
