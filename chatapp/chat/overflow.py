"""What of a conversation the model reads when it can't read all of it. Pure functions.

How many tokens a message has is told from what the model said of the whole prompt: a share of its
bytes. That is enough to take out the right number of turns, because the model has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatapp.chat.prompt import build_turns
from chatapp.domain.conversation import Message, Role
from chatapp.engine.messages import Turn

# Of the window, after room was made: often enough the next answers find room, and so the beginning
# of the prompt stays the same and is not read again.
DROPPED_SHARE = 0.75
SUMMARISED_SHARE = 0.5  # the summary comes to it
_FAR = 3  # times as long: then it is certain, whatever kind of text it is
_AROUND = 24  # bytes, about, that a template writes around each message


@dataclass(frozen=True, slots=True)
class Window:
    """What the model reads: `messages` in a row up to the question, and `pinned` older ones.

    Unless it is all, older messages exist that are not read, or that the `summary` stands for.
    """

    messages: tuple[Message, ...] = ()
    pinned: tuple[Message, ...] = ()
    summary: Message | None = None
    is_all: bool = True

    @property
    def start_id(self) -> int | None:
        """The oldest message that is read though it isn't pinned; None when all are."""
        return None if self.is_all or not self.messages else self.messages[0].id

    @property
    def last_turn(self) -> Window:
        """The least that can be read: the last turn, with what is pinned but without a summary."""
        start = turn_starts(self.messages)[-1]
        pinned = tuple(message for message in self.messages[:start] if message.pinned)
        return Window(self.messages[start:], (*self.pinned, *pinned), is_all=False)

    @property
    def size(self) -> int:
        """In bytes."""
        summary = 0 if self.summary is None else size_of([self.summary])
        return summary + size_of(self.pinned) + size_of(self.messages)

    def turns(self, system_prompt: str) -> tuple[Turn, ...]:
        """What goes to the model."""
        summary = "" if self.summary is None else self.summary.text
        return build_turns([*self.pinned, *self.messages], system_prompt, summary)


def bytes_of(text: str) -> int:
    """How long it is in UTF-8."""
    return len(text.encode(errors="replace"))


def size_of(messages: Iterable[Message]) -> int:
    """In bytes, with their attachments but without thoughts, which few templates keep."""
    return sum(
        _AROUND + bytes_of(message.text) + sum(bytes_of(a.text) for a in message.attachments)
        for message in messages
    )


def turn_starts(messages: Sequence[Message]) -> list[int]:
    """Where turns begin: at a question, with all that follows it up to the next one."""
    return [0] + [
        place for place, message in enumerate(messages) if place and message.role is Role.USER
    ]


def shrunk(
    window: Window,
    *,
    fixed: int,
    needed: int,
    available: int,
    share: float,
    keeps_summary: bool = True,
) -> tuple[Window, tuple[Message, ...]] | None:
    """The window without its oldest turns, and what came before the rest of it.

    All of it, with `fixed` bytes besides, needs so many tokens; in the end it shall need that
    `share` of what is `available`. None when there is nothing but the last turn, or when that and
    what stays are far too long alone.
    """
    messages = window.messages
    starts = turn_starts(messages)
    if len(starts) < 2:
        return None
    tokens_per_byte = needed / max(1, fixed + window.size)
    always = fixed + size_of(window.pinned)
    if window.summary is not None and keeps_summary:
        always += size_of([window.summary])
    last = always + size_of(m for m in messages if m.pinned or m.id >= messages[starts[-1]].id)
    if last * tokens_per_byte > _FAR * available:
        return None
    for start in starts[1:]:
        pinned = [message for message in messages[:start] if message.pinned]
        size = always + size_of(pinned) + size_of(messages[start:])
        if start == starts[-1] or size * tokens_per_byte <= share * available:
            break
    smaller = Window(
        messages[start:], (*window.pinned, *pinned), summary=window.summary, is_all=False
    )
    return smaller, messages[:start]


def newest(messages: Sequence[Message], limit: float) -> tuple[Message, ...]:
    """The newest whole turns that have at most so many bytes together, but at least one."""
    starts = turn_starts(messages)
    size, chosen = 0, starts[-1]
    end = len(messages)
    for start in reversed(starts):
        size += size_of(messages[start:end])
        if size > limit:
            break
        chosen = end = start
    return tuple(messages[chosen:])
