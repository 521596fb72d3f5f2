"""Conversations: trees of messages, of which one branch is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chatapp.domain.generation import NO_CHOICE, Origin, ParameterChoice
from chatapp.errors import ErrorRecord

# Conversations and messages from here on are never on disk. It fits into 32 bits, as signals need.
FIRST_TEMPORARY_ID = 2**30


class Role(StrEnum):
    """Who speaks, in the words that chat templates use."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"  # what a tool returned; only in prompts so far
    SUMMARY = "summary"  # stands for what was said before it; never in prompts as such


class MessageStatus(StrEnum):
    """Where an answer stands. What a person wrote is always complete."""

    COMPLETE = "complete"
    GENERATING = "generating"
    STOPPED = "stopped"  # by the person
    INTERRUPTED = "interrupted"  # Chatapp ended while it was written
    FAILED = "failed"  # see `Message.error`


class TitleSource(StrEnum):
    """Who named a conversation. A person's name is never overwritten."""

    NONE = "none"
    AUTOMATIC = "automatic"
    USER = "user"


class OverflowPolicy(StrEnum):
    """What happens when a conversation is longer than the model can read."""

    STOP = "stop"  # the person decides each time
    DROP_OLDEST = "drop-oldest"  # whole turns leave; system prompt and pinned messages stay
    SUMMARISE = "summarise"  # the same, but a summary that the model writes takes their place


@dataclass(frozen=True, slots=True)
class ToolCallRecord:
    """A call of a tool that a model wrote: `arguments` is a JSON object, as text.

    One that can't be made is not `is_complete`; `raw` is what was written of it.
    """

    name: str
    arguments: str = "{}"
    id: str = ""
    is_complete: bool = True
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that goes along with a question. `size` is that of the file, in bytes."""

    name: str
    media_type: str
    size: int
    text: str


class Opinion(StrEnum):
    """What a person thinks of a message."""

    LIKED = "liked"
    DISLIKED = "disliked"


@dataclass(frozen=True, slots=True)
class Rating:
    """A person's judgement of a message: why, and what would have been right.

    `created_at` is in seconds since the epoch.
    """

    opinion: Opinion
    note: str = ""
    correction: str = ""
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `created_at` is in seconds since the epoch.

    It is the `version`-th, from 1, of `versions` that follow the same message in the same role.
    `is_edited` tells of an answer that a person changed it; `origin` is that of the first version.

    An answer's `reasoning` is what the model thought before its `text`; its `calls` come after it.

    What is `pinned` stays in the model's window, whatever leaves it. `window_start` of an answer is
    the oldest message that was in the window when it was made, but for pinned ones; None for all.
    `left_window` is set on a branch: the last answer was made without this message.
    """

    id: int
    conversation_id: int
    parent_id: int | None
    role: Role
    text: str
    status: MessageStatus
    created_at: float
    origin: Origin | None = None
    error: ErrorRecord | None = None
    attachments: tuple[Attachment, ...] = ()
    rating: Rating | None = None
    version: int = 1
    versions: int = 1
    is_edited: bool = False
    reasoning: str = ""
    calls: tuple[ToolCallRecord, ...] = ()
    pinned: bool = False
    window_start: int | None = None
    left_window: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its messages. Times are in seconds since the epoch.

    `tip_id` is the last message of the branch that is shown. `model_path` is the model that answers
    in it, or None for the default. `assistant` is the id of one, or empty; `parameters` is what
    this conversation changes of how it answers.
    """

    id: int
    title: str
    title_source: TitleSource
    created_at: float
    updated_at: float
    tip_id: int | None = None
    pinned: bool = False
    deleted_at: float | None = None
    system_prompt: str = ""
    model_path: str | None = None
    overflow: OverflowPolicy = OverflowPolicy.STOP
    folder_id: int | None = None
    tags: tuple[str, ...] = ()
    archived_at: float | None = None
    assistant: str = ""
    parameters: ParameterChoice = NO_CHOICE

    @property
    def is_temporary(self) -> bool:
        """Whether it is in memory only, and gone when Chatapp ends."""
        return self.id >= FIRST_TEMPORARY_ID


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and chosen, but not sent."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """A piece of text around a search match."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A conversation that matches; `message_id` is None when its title does."""

    conversation: Conversation
    message_id: int | None
    snippet: tuple[SnippetPart, ...]
