from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.chat.prompt import build_turns, with_attachments
from chatapp.domain.conversation import Attachment, Message, MessageStatus, Role
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


def test_answer_that_had_no_more_room_is_no_refusal() -> None:
    error = to_record(ContextFull(9000, 4096))
    thought = replace(
        message(Role.ASSISTANT, "", MessageStatus.FAILED, 2),
        parent_id=1,
        reasoning="Hm",
        error=error,
    )
    branch = [message(Role.USER, "one", number=1), thought, message(Role.USER, "two", number=3)]
    assert [turn.text for turn in build_turns(branch)] == ["one", "", "two"]


def attached(name: str, text: str) -> Attachment:
    return Attachment(name, "text/plain", len(text), text)


def test_attachments_come_before_the_question() -> None:
    question = replace(
        message(Role.USER, "What is wrong?"),
        attachments=(attached("a.py", "print(1)\n"), attached("b.txt", "two")),
    )
    (turn,) = build_turns([question])
    assert turn.text == "a.py\n```\nprint(1)\n```\n\nb.txt\n```\ntwo\n```\n\nWhat is wrong?"


def test_attachment_alone_is_a_question() -> None:
    question = replace(message(Role.USER, ""), attachments=(attached("a.txt", "text"),))
    assert build_turns([question]) == (Turn(Role.USER, "a.txt\n```\ntext\n```"),)
    assert build_turns([message(Role.USER, "")]) == ()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a\nb\r\n\u2028c", "a b c"),
        ("```", "'''"),
        ("~~~sh", "---sh"),
        ("\0\t \x7f", "file"),
        ("", "file"),
        ("x" * 500, "x" * 200),
        ("\u202eabc", "abc"),
        ("报告 1.txt", "报告 1.txt"),
    ],
)
def test_hostile_name_stays_on_its_line(name: str, line: str) -> None:
    assert with_attachments("Q", [attached(name, "t")]) == f"{line}\n```\nt\n```\n\nQ"


@given(
    st.text(),
    st.lists(
        st.builds(
            attached,
            st.text(),
            st.lists(st.sampled_from(["`", "```", "\n", "~~~", "a", "\r"])).map("".join)
            | st.text(),
        ),
        max_size=3,
    ),
)
def test_nothing_in_an_attachment_ends_its_block(text: str, attachments: list[Attachment]) -> None:
    rest = with_attachments(text, attachments)
    for attachment in attachments:
        name, fence, rest = rest.split("\n", 2)
        assert name
        assert set(fence) == {"`"}
        assert len(fence) >= 3
        assert fence not in attachment.text
        inside, rest = rest[: len(attachment.text)], rest[len(attachment.text) :]
        assert inside == attachment.text
        closing = fence if inside.endswith("\n") else f"\n{fence}"
        assert rest.startswith(closing)
        rest = rest[len(closing) :].removeprefix("\n\n")
    assert rest == text


def test_answer_whose_question_was_deleted_follows_an_empty_one() -> None:
    branch = [message(Role.ASSISTANT, "hello"), message(Role.USER, "so?")]
    turns = (Turn(Role.USER, ""), Turn(Role.ASSISTANT, "hello"), Turn(Role.USER, "so?"))
    assert build_turns(branch) == turns
    assert build_turns(branch, "Be brief.") == (Turn(Role.SYSTEM, "Be brief."), *turns)


def test_two_answers_in_a_row_become_one() -> None:
    branch = [
        message(Role.USER, "hi"),
        message(Role.ASSISTANT, "hello"),
        message(Role.ASSISTANT, "again"),
    ]
    assert build_turns(branch)[1] == Turn(Role.ASSISTANT, "hello\n\nagain")
