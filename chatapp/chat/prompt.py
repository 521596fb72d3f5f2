"""From the branch that is shown to the turns that the model reads. A pure function."""

from __future__ import annotations

from collections.abc import Sequence

from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.engine.messages import Turn


def build_turns(branch: Sequence[Message], system_prompt: str = "") -> tuple[Turn, ...]:
    """The turns up to the last question.

    Answers without any text (failed at once) are left out together with nothing else; two questions
    in a row become one turn, because most templates insist on alternating roles.
    """
    turns: list[Turn] = []
    if system_prompt.strip():
        turns.append(Turn(Role.SYSTEM, system_prompt))
    for message in branch:
        if message.status is MessageStatus.GENERATING or not message.text.strip():
            continue
        if turns and turns[-1].role is message.role:
            turns[-1] = Turn(message.role, f"{turns[-1].text}\n\n{message.text}")
        else:
            turns.append(Turn(message.role, message.text))
    return tuple(turns)
