"""A tool that a model wants to have called: its name above its arguments, written as code."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from chatapp.ui.transcript.blocks import ToolCallBlock
from chatapp.ui.transcript.call_words import call_words
from chatapp.ui.transcript.code_layout import CodeLayout

if TYPE_CHECKING:
    from chatapp.domain.conversation import ToolCallRecord

_LONGEST_PRETTY: Final = 50_000  # characters of arguments that are written anew


class ToolCallLayout(CodeLayout):
    """Says in its header what is called, and whether the call came to its end."""

    kind = ToolCallBlock

    @property
    def label(self) -> str:
        """The name of the tool, and where it stands."""
        block = self._block
        return call_words(block) if isinstance(block, ToolCallBlock) else super().label


@lru_cache(maxsize=16)  # an answer that grows asks for the same ones again and again
def call_block(call: ToolCallRecord, *, is_growing: bool = False) -> ToolCallBlock:
    """A call as it is shown: arguments with line breaks, or what the model wrote of it.

    One that is still being written is not unfinished.
    """
    if call.is_complete:
        return ToolCallBlock("json", _pretty(call.arguments), name=call.name)
    written = call.raw or call.arguments
    return ToolCallBlock("", written, name=call.name, is_complete=is_growing)


def _pretty(arguments: str) -> str:
    if len(arguments) > _LONGEST_PRETTY:
        return arguments
    try:
        pretty = json.dumps(json.loads(arguments), indent=2, ensure_ascii=False)
        return pretty.encode(errors="replace").decode()  # half characters can't be copied
    except (ValueError, RecursionError):
        return arguments
