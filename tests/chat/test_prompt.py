from __future__ import annotations

from dataclasses import replace

from chatapp.chat.prompt import build_turns
from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.engine.messages import Turn
from chatapp.errors import ContextFull, to_record


def message(
    role: Role, text: str, status: MessageStatus = MessageStatus.COMPLETE, number: int = 1
) -> Message:
    return Message(number, 1, None, role, text, status, 0.0)


def test_turns_in_order_with_the_system_prompt_first() -> None:
    branch = [message(Role.USER, "hi"), message(Role.ASSISTANT, "hello"), message(Role.USER, "so?")]
    assert build_turns(branch, "Be brief.") == (
        Turn(Role.SYSTEM, "Be brief."),
        Turn(Role.USER, "hi"),
        Turn(Role.ASSISTANT, "hello"),
        Turn(Role.USER, "so?"),
    )
    assert build_turns(branch)[0].role is Role.USER
    assert build_turns(branch, "  ")[0].role is Role.USER


def test_partial_answers_stay_and_empty_ones_go() -> None:
    branch = [
        message(Role.USER, "one"),
        message(Role.ASSISTANT, "", MessageStatus.FAILED),
        message(Role.USER, "two"),
        message(Role.ASSISTANT, "partial", MessageStatus.INTERRUPTED),
        message(Role.USER, "three"),
        message(Role.ASSISTANT, "growing", MessageStatus.GENERATING),
    ]
    assert build_turns(branch) == (
        Turn(Role.USER, "one\n\ntwo"),
        Turn(Role.ASSISTANT, "partial"),
        Turn(Role.USER, "three"),
    )


def test_text_is_passed_on_exactly() -> None:
    text = "  indented\n\n\tcode <|im_end|> \n"
    assert build_turns([message(Role.USER, text)]) == (Turn(Role.USER, text),)


def test_a_question_that_was_too_long_is_left_out() -> None:
    error = to_record(ContextFull(9000, 4096))
    branch = [
        message(Role.USER, "one", number=1),
        message(Role.ASSISTANT, "uno", number=2),
        message(Role.USER, "long " * 9000, number=3),
        replace(message(Role.ASSISTANT, "", MessageStatus.FAILED, 4), parent_id=3, error=error),
        message(Role.USER, "two", number=5),
    ]
    assert [turn.text for turn in build_turns(branch)] == ["one", "uno", "two"]
    assert [turn.text for turn in build_turns(branch[:3])][-1].startswith("long")
