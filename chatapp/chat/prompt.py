"""From the branch that is shown to the turns that the model reads. A pure function."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatapp.domain.conversation import Attachment, Message, MessageStatus, Role
from chatapp.engine.messages import Turn

_BACKTICKS = re.compile("`+")
_LONGEST_NAME = 200


def build_turns(branch: Sequence[Message], system_prompt: str = "") -> tuple[Turn, ...]:
    """The turns up to the last question, each with its attachments before its text.

    Left out are answers without text, and a question that was too long to be read, which would make
    every later one too long as well. Most templates insist on a question at the beginning and on
    alternating roles: two questions in a row become one turn, and an answer whose question was
    deleted follows an empty one.
    """
    turns: list[Turn] = []
    if system_prompt.strip():
        turns.append(Turn(Role.SYSTEM, system_prompt))
    for message, text in _readable(branch):
        if turns and turns[-1].role is message.role:
            turns[-1] = Turn(message.role, f"{turns[-1].text}\n\n{text}")
            continue
        if message.role is Role.ASSISTANT and (not turns or turns[-1].role is Role.SYSTEM):
            turns.append(Turn(Role.USER, ""))
        turns.append(Turn(message.role, text))
    return tuple(turns)


def with_attachments(text: str, attachments: Sequence[Attachment]) -> str:
    """What the model reads of a question: every attachment as a fenced block, then the text."""
    blocks = [_block(attachment) for attachment in attachments]
    return "\n\n".join([*blocks, text] if text or not blocks else blocks)


def _readable(branch: Sequence[Message]) -> list[tuple[Message, str]]:
    kept: list[tuple[Message, str]] = []
    for message in branch:
        text = with_attachments(message.text, message.attachments)
        if message.error is not None and message.error.kind == "ContextFull" and not message.text:
            if kept and kept[-1][0].id == message.parent_id:
                kept.pop()
        elif message.status is not MessageStatus.GENERATING and text.strip():
            kept.append((message, text))
    return kept


def _block(attachment: Attachment) -> str:
    longest = max(map(len, _BACKTICKS.findall(attachment.text)), default=0)
    fence = "`" * max(3, longest + 1)
    end = "" if attachment.text.endswith("\n") else "\n"
    return f"{_name(attachment)}\n{fence}\n{attachment.text}{end}{fence}"


def _name(attachment: Attachment) -> str:
    """On one line, and without what could open a block of its own."""
    printable = "".join(c if c.isprintable() else " " for c in attachment.name)
    return " ".join(printable.replace("`", "'").replace("~", "-").split())[:_LONGEST_NAME] or "file"
