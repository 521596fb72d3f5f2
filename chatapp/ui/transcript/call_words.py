"""What a reader is told of a tool that a model wants to have called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from chatapp.ui.transcript.blocks import ToolCallBlock

_LONGEST_NAME: Final = 80


def call_words(block: ToolCallBlock) -> str:
    """Its name, and whether the call came to its end; the arguments are the block's text."""
    name = " ".join(block.name.split())[:_LONGEST_NAME]
    if not name:
        pattern = QCoreApplication.translate("ToolCallLayout", "Tool call")
    else:
        pattern = QCoreApplication.translate("ToolCallLayout", "Tool call: {name}")
    words = pattern.format(name=name)
    if block.is_complete:
        return words
    return QCoreApplication.translate("ToolCallLayout", "{call}, unfinished").format(call=words)
