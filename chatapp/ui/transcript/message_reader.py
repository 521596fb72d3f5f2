"""Reads what an answer says, in pieces that are short enough for a pause."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from chatapp.domain.conversation import MessageStatus
from chatapp.ui.transcript.blocks import visible_text
from chatapp.ui.transcript.finding import fold, has_accents
from chatapp.ui.transcript.tool_call_layout import call_block

if TYPE_CHECKING:
    from chatapp.domain.conversation import Message
    from chatapp.ui.transcript.blocks import Block
    from chatapp.ui.transcript.markdown import MarkdownParser

FOLDED_AT_ONCE: Final = 20_000  # characters
SLICE: Final = 16_000  # characters that are read at once

_SLICE_LINES: Final = 200  # at most: each may be a block of its own
_PIECE: Final = 4000  # characters of Markdown that are read at once


class PartsReader:
    """Puts the parts of a message into a stream: the thought, the text, the calls of tools."""

    def __init__(self, parser: MarkdownParser) -> None:
        # The transcript imports it when it is first needed, for the sake of the start.
        from chatapp.ui.transcript.markdown_stream import MarkdownStream

        self._stream = MarkdownStream(parser)
        self._thought = ""  # as far as it is read
        self._text = ""
        self._is_finished = False

    @property
    def blocks(self) -> list[Block]:
        """What was read."""
        return self._stream.blocks

    def is_of(self, message: Message) -> bool:
        """Whether a message goes on where this one is."""
        if self._is_finished:
            return (message.reasoning, message.text) == (self._thought, self._text)
        return message.reasoning.startswith(self._thought) and message.text.startswith(self._text)

    def left(self, message: Message) -> int:
        """How many characters are not read yet."""
        return len(message.reasoning) + len(message.text) - len(self._thought) - len(self._text)

    def next_slice(self, message: Message) -> int:
        """How many characters can be read on in a short pause."""
        of_thought = _slice(message.reasoning, len(self._thought), SLICE)
        if len(self._thought) + of_thought < len(message.reasoning):
            return of_thought
        return of_thought + _slice(message.text, len(self._text), SLICE - of_thought)

    def read(self, message: Message, most: int) -> int:
        """Read at most so many characters on.

        Returns how many leading blocks are the same as before.
        """
        stream = self._stream
        is_growing = message.status is MessageStatus.GENERATING
        is_thinking = is_growing and not (message.text or message.calls)
        calls = tuple(call_block(call, is_growing=is_growing) for call in message.calls)
        kept = stream.set_state(calls, is_thinking=is_thinking)
        end = min(len(message.reasoning), len(self._thought) + most)
        if end > len(self._thought):
            most -= end - len(self._thought)
            kept = min(kept, stream.think(message.reasoning[len(self._thought) : end]))
            self._thought = message.reasoning[:end]
        end = min(len(message.text), len(self._text) + most)
        if end > len(self._text):
            kept = min(kept, stream.feed(message.text[len(self._text) : end]))
            self._text = message.text[:end]
        if not is_growing and not self._is_finished and not self.left(message):
            kept = min(kept, stream.finish())
            self._is_finished = True
        return kept


class MessageReader:
    """Reads the Markdown of one message, piece by piece, exactly as it is shown."""

    def __init__(self, parser: MarkdownParser) -> None:
        self.parts: list[str] = []
        self.accents = False
        self._part = ""  # what is to be folded next
        self._begun: list[str] = []  # as far as it is folded
        self._reader = PartsReader(parser)

    def is_of(self, message: Message) -> bool:
        """Whether a message goes on where this one is."""
        return self._reader.is_of(message)

    def read(self, message: Message, end: float) -> bool:
        """Read on until the clock shows `end`. Returns whether all is read."""
        while True:
            kept = self._reader.read(message, _PIECE)
            if kept < len(self._reader.blocks):
                self._keep(kept)
            if not self._reader.left(message):
                break
            if time.perf_counter() > end:
                return False
        blocks = self._reader.blocks
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


def _slice(text: str, start: int, most: int) -> int:
    end = min(len(text), start + most)
    lines = text[start:end].split("\n", _SLICE_LINES)
    return end - start - (len(lines[-1]) if len(lines) > _SLICE_LINES else 0)
