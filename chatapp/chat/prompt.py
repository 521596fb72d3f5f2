"""From the branch that is shown to the turns that the model reads. A pure function."""

from __future__ import annotations

from collections.abc import Sequence

from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.engine.messages import Turn


def build_turns(branch: Sequence[Message], system_prompt: str = "") -> tuple[Turn, ...]:
    """The turns up to the last question.

    Left out are answers without text, and a question that was too long to be read, which would make
    every later one too long as well. Two questions in a row become one turn, because most templates
    insist on alternating roles.
    """
    turns: list[Turn] = []
    if system_prompt.strip():
        turns.append(Turn(Role.SYSTEM, system_prompt))
    for message in _readable(branch):
        if turns and turns[-1].role is message.role:
            turns[-1] = Turn(message.role, f"{turns[-1].text}\n\n{message.text}")
        else:
            turns.append(Turn(message.role, message.text))
    return tuple(turns)


def _readable(branch: Sequence[Message]) -> list[Message]:
    kept: list[Message] = []
    for message in branch:
        if message.error is not None and message.error.kind == "ContextFull" and not message.text:
            if kept and kept[-1].id == message.parent_id:
                kept.pop()
        elif message.status is not MessageStatus.GENERATING and message.text.strip():
            kept.append(message)
    return kept
