"""Reads what an answer says, in pieces that are short enough for a pause."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from chatapp.domain.conversation import MessageStatus
from chatapp.ui.transcript.blocks import visible_text
from chatapp.ui.transcript.finding import fold, has_accents

if TYPE_CHECKING:
    from chatapp.domain.conversation import Message
    from chatapp.ui.transcript.markdown import MarkdownParser

FOLDED_AT_ONCE: Final = 20_000  # characters

_PIECE: Final = 4000  # characters of Markdown that are read at once


class MessageReader:
    """Reads the Markdown of one message, piece by piece, exactly as it is shown."""

    def __init__(self, parser: MarkdownParser) -> None:
        # The transcript imports it when it is first needed, for the sake of the start.
        from chatapp.ui.transcript.markdown_stream import MarkdownStream

        self.text = ""  # what was fed
        self.parts: list[str] = []
        self.accents = False
        self._part = ""  # what is to be folded next
        self._begun: list[str] = []  # as far as it is folded
        self._stream = MarkdownStream(parser)
        self._is_finished = False

    def read(self, message: Message, end: float) -> bool:
        """Read on until the clock shows `end`. Returns whether all is read."""
        text = message.text
        while len(self.text) < len(text):
            to = min(len(self.text) + _PIECE, len(text))
            self._keep(self._stream.feed(text[len(self.text) : to]))
            self.text = text[:to]
            if time.perf_counter() > end and to < len(text):
                return False
        if message.status is not MessageStatus.GENERATING and not self._is_finished:
            self._is_finished = True
            self._keep(self._stream.finish())
        blocks = self._stream.blocks
        while len(self.parts) < len(blocks):
            if not self._begun:
                self._part = visible_text(blocks[len(self.parts)])
            at = len(self._begun) * FOLDED_AT_ONCE
            folded = fold(self._part[at : at + FOLDED_AT_ONCE])
            self.accents = self.accents or has_accents(folded)
            self._begun.append(folded)
            if at + FOLDED_AT_ONCE < len(self._part):
                if time.perf_counter() > end:
                    return False
                continue
            self.parts.append("".join(self._begun))
            self._begun = []
            if time.perf_counter() > end and len(self.parts) % 100 == 0:
                return False
        return True

    def _keep(self, count: int) -> None:
        del self.parts[count:]
        self._begun = []
