"""What a `Session` tells its listeners.

Events arrive in background threads, in order for each answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chatapp.domain.conversation import Attachment, Conversation, Message, ToolCallRecord
from chatapp.errors import ChatappError


class AnswerPhase(StrEnum):
    """What an unfinished answer is waiting for or doing."""

    WAITING = "waiting"  # another answer comes first
    LOADING = "loading"  # the model
    SUMMARISING = "summarising"  # the model, what was said, to make room for the answer
    READING = "reading"  # the prompt
    THINKING = "thinking"  # the model, aloud, before it answers
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class AnswerProgress:
    """How far an unfinished answer is.

    `done` of `total` prompt tokens are read, `cached` of them were known from before; `fraction`
    (0 to 1) is set while loading and reading, there of what must be read; `tokens` and
    `tokens_per_second` while thinking or writing, and `thinking_seconds` from the beginning of the
    thought on. While summarising, `fraction` is of what has to be summarised.
    """

    phase: AnswerPhase
    fraction: float = 0.0
    done: int = 0
    total: int = 0
    cached: int = 0
    tokens: int = 0
    tokens_per_second: float = 0.0
    thinking_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    """The question is stored and the (still empty) answer waits for the engine.

    `question` is None when an earlier question is answered again or an answer continued. `ticket`
    is what `Session.send` returned, 0 for all else.
    """

    conversation: Conversation
    question: Message | None
    answer: Message
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class AnswerProgressed:
    """The state of an unfinished answer changed."""

    conversation_id: int
    message_id: int
    progress: AnswerProgress


@dataclass(frozen=True, slots=True)
class AnswerGrew:
    """`text` was added at the end of the answer, which was `offset` characters long before.

    Who joins in the middle knows from the offset what is already in the text that was read.
    """

    conversation_id: int
    message_id: int
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class ThoughtGrew:
    """The same of what the model thinks before it answers: `Message.reasoning`."""

    conversation_id: int
    message_id: int
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class AnswerTurned:
    """What arrived as the answer turned out to be the thought: both are now as here."""

    conversation_id: int
    message_id: int
    reasoning: str
    text: str


@dataclass(frozen=True, slots=True)
class CallsChanged:
    """The calls of tools in an answer, all as far as they are written."""

    conversation_id: int
    message_id: int
    calls: tuple[ToolCallRecord, ...]


@dataclass(frozen=True, slots=True)
class WindowChanged:
    """An answer is made without what is older than `start_id`, or with all for None.

    Pinned messages and the system prompt stay. `BranchChanged` follows, with a summary if there is
    one.
    """

    conversation_id: int
    message_id: int
    start_id: int | None


@dataclass(frozen=True, slots=True)
class WindowFull:
    """An answer ended, or did not begin, because the model can't read more. Figures in tokens.

    `can_make_room`: `Session.make_room` would go on with it.
    """

    conversation_id: int
    message_id: int
    needed: int
    available: int
    can_make_room: bool


@dataclass(frozen=True, slots=True)
class AnswerEnded:
    """The answer is finished, stopped or failed, and stored as `message` says."""

    conversation_id: int
    message: Message


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """Its title, pin, model, overflow policy or time changed, or it is new."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class ConversationBranched:
    """A person made it as a copy of another one or of its beginning."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class TemporaryStarted:
    """A person began a conversation that is in memory only."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class BranchChanged:
    """Other messages are shown than before: `messages` is the branch as it is now.

    An answer that is being written may be a second old; `Session.unfinished` has it all.
    """

    conversation_id: int
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """The rating of a message changed, or its pin; its text and its place did not."""

    message: Message


@dataclass(frozen=True, slots=True)
class SendFailed:
    """Nothing was stored and nothing sent; `text` and `attachments` are what the person gave.

    `ticket` is what `Session.send` returned, 0 for all else.
    """

    conversation_id: int | None
    text: str
    error: ChatappError
    attachments: tuple[Attachment, ...] = ()
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """What a person wanted to do with a message was not done, and nothing changed.

    `conversation_id` is None when not even that is known any more.
    """

    conversation_id: int | None
    error: ChatappError


@dataclass(frozen=True, slots=True)
class Queued:
    """A question that is sent when the answer before it has ended; `ticket` is its number."""

    ticket: int
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """What waits to be sent in a conversation, the next one first.

    `is_held` when an answer did not end well: then it waits until the person goes on.
    """

    conversation_id: int
    queued: tuple[Queued, ...]
    is_held: bool = False


SessionEvent = (
    AnswerStarted
    | AnswerProgressed
    | AnswerGrew
    | ThoughtGrew
    | AnswerTurned
    | CallsChanged
    | AnswerEnded
    | WindowChanged
    | WindowFull
    | ConversationChanged
    | ConversationBranched
    | TemporaryStarted
    | BranchChanged
    | MessageChanged
    | SendFailed
    | ActionFailed
    | QueueChanged
)
