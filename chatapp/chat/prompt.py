"""From the branch that is shown to the turns that the model reads. A pure function."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatapp.domain.conversation import Attachment, Message, MessageStatus, Role
from chatapp.engine.messages import Turn
from chatapp.engine.parts import ToolCall

_BACKTICKS = re.compile("`+")
_LONGEST_NAME = 200
_SUMMARY = "What was said before, in short:"


def build_turns(
    branch: Sequence[Message], system_prompt: str = "", summary: str = ""
) -> tuple[Turn, ...]:
    """The turns up to the last question, each with its attachments before its text.

    A `summary` of what came before follows the system prompt. Answers come with their thoughts and
    calls: the template decides what of these stays.

    Left out are answers with nothing in them, and a question that was too long to be read, which
    would make every later one too long as well. Most templates insist on a question at the
    beginning and on alternating roles: two questions in a row become one turn, and an answer whose
    question was deleted follows an empty one.
    """
    turns: list[Turn] = []
    before = [system_prompt] if system_prompt.strip() else []
    if summary.strip():
        before.append(f"{_SUMMARY}\n{summary}")
    if before:
        turns.append(Turn(Role.SYSTEM, "\n\n".join(before)))
    for message in readable(branch):
        text = with_attachments(message.text, message.attachments)
        turn = Turn(message.role, text, message.reasoning, _calls(message))
        if turns and turns[-1].role is message.role:
            turns[-1] = _joined(turns[-1], turn)
            continue
        if message.role is Role.ASSISTANT and (not turns or turns[-1].role is Role.SYSTEM):
            turns.append(Turn(Role.USER, ""))
        turns.append(turn)
    return tuple(turns)


def _joined(first: Turn, second: Turn) -> Turn:
    return Turn(
        first.role,
        "\n\n".join(text for text in (first.text, second.text) if text),
        "\n\n".join(text for text in (first.reasoning, second.reasoning) if text),
        first.calls + second.calls,
    )


def _calls(message: Message) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(c.name, c.arguments, c.id) for c in message.calls if c.is_complete)


def readable(branch: Sequence[Message]) -> list[Message]:
    """The messages that go to a model; see `build_turns` for the others."""
    kept: list[Message] = []
    for message in branch:
        has_words = bool(message.text.strip() or message.reasoning.strip())
        if _is_refusal(message):
            if kept and kept[-1].id == message.parent_id:
                kept.pop()
        elif (
            message.role is not Role.SUMMARY
            and message.status is not MessageStatus.GENERATING
            and (has_words or message.calls or message.attachments)
        ):
            kept.append(message)
    return kept


def _is_refusal(message: Message) -> bool:
    """Whether the question could not be read at all."""
    is_full = message.error is not None and message.error.kind == "ContextFull"
    return is_full and not (message.text or message.reasoning)


def with_attachments(text: str, attachments: Sequence[Attachment]) -> str:
    """What the model reads of a question: every attachment as a fenced block, then the text."""
    blocks = [_block(attachment) for attachment in attachments]
    return "\n\n".join([*blocks, text] if text or not blocks else blocks)


def _block(attachment: Attachment) -> str:
    longest = max(map(len, _BACKTICKS.findall(attachment.text)), default=0)
    fence = "`" * max(3, longest + 1)
    end = "" if attachment.text.endswith("\n") else "\n"
    return f"{_name(attachment)}\n{fence}\n{attachment.text}{end}{fence}"


def _name(attachment: Attachment) -> str:
    """On one line, and without what could open a block of its own."""
    printable = "".join(c if c.isprintable() else " " for c in attachment.name)
    return " ".join(printable.replace("`", "'").replace("~", "-").split())[:_LONGEST_NAME] or "file"
