"""What of a conversation the model reads, as it is stored."""

from __future__ import annotations

import pytest

from chatapp.domain.conversation import (
    Conversation,
    Message,
    MessageStatus,
    OverflowPolicy,
    Role,
    ToolCallRecord,
)
from chatapp.domain.generation import GenerationParameters, Origin
from chatapp.errors import ConversationMissing
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.search import Search

ORIGIN = Origin("small", "/models/small.gguf", GenerationParameters(), seed=7)
CALL = ToolCallRecord("lookup", '{"word": 1}', "a", is_complete=False, raw="<call>")


def talk(conversations: Conversations, turns: int = 3) -> list[Message]:
    id_ = conversations.create().id
    parent: int | None = None
    for number in range(turns):
        for role, text in ((Role.USER, f"Q{number}"), (Role.ASSISTANT, f"A{number}")):
            parent = conversations.add_message(id_, role=role, text=text, parent_id=parent).id
    return conversations.branch(id_)


def left(conversations: Conversations, conversation: Conversation | int) -> list[str]:
    id_ = conversation if isinstance(conversation, int) else conversation.id
    return [message.text for message in conversations.branch(id_) if message.left_window]


# Parts of answers


def test_parts_of_an_answer_come_back(conversations: Conversations, database: Database) -> None:
    _, _, answer = conversations.begin_exchange(None, "Q", origin=ORIGIN, model_path=None)
    conversations.save_partial(answer.id, "", "Let me")
    partly = conversations.message(answer.id)
    assert (partly.reasoning, partly.text, partly.calls) == ("Let me", "", ())
    ended = conversations.end_answer(
        answer.id,
        text="Red",
        reasoning="Let me see",
        calls=(CALL,),
        status=MessageStatus.COMPLETE,
        origin=ORIGIN,
    )
    assert (ended.reasoning, ended.text, ended.calls) == ("Let me see", "Red", (CALL,))
    assert conversations.branch(answer.conversation_id)[1] == ended
    assert Search(database).find("see") == []
    assert len(Search(database).find("red")) == 1
    (copy,) = conversations.branch(conversations.branch_off(answer.id).id)[1:]
    assert (copy.reasoning, copy.calls) == ("Let me see", (CALL,))


def test_thought_in_the_text_of_an_old_answer_is_told_apart(conversations: Conversations) -> None:
    text = "<think>\nLet me see\n</think>\n\nRed"
    question, answer = talk(conversations, 1)
    assert conversations.edit_answer(answer.id, text).text == "Red"
    old = conversations.branch(answer.conversation_id)[1]
    assert (old.reasoning.strip(), old.text) == ("Let me see", "Red")
    edited = conversations.edit_answer(old.id, "Blue")
    assert (edited.reasoning.strip(), edited.text) == ("Let me see", "Blue")
    asked = conversations.edit_question(question.id, text, origin=ORIGIN)[1]
    assert (asked.text, asked.reasoning) == (text, "")


@pytest.mark.parametrize("calls", ["", "[", "{}", '[1, {"name": 2}, {}]', "null"])
def test_what_are_no_calls_hides_nothing(
    conversations: Conversations, database: Database, calls: str
) -> None:
    _, answer = talk(conversations, 1)
    database.execute("UPDATE messages SET calls = ? WHERE id = ?", (calls, answer.id))
    assert conversations.message(answer.id) == answer


# Windows


def test_what_is_older_than_the_window_of_the_last_answer_has_left(
    conversations: Conversations,
) -> None:
    branch = talk(conversations)
    id_ = branch[0].conversation_id
    assert left(conversations, id_) == []
    conversations.set_window(branch[3].id, branch[2].id)
    assert left(conversations, id_) == []  # the last one saw all again
    conversations.set_window(branch[5].id, branch[4].id)
    assert left(conversations, id_) == ["Q0", "A0", "Q1", "A1"]
    assert conversations.message(branch[5].id).window_start == branch[4].id
    conversations.pin_message(branch[1].id, pinned=True)
    assert left(conversations, id_) == ["Q0", "Q1", "A1"]
    conversations.pin_message(branch[1].id, pinned=False)
    copy = conversations.branch_off(branch[5].id)
    assert left(conversations, copy) == ["Q0", "A0", "Q1", "A1"]
    edited = conversations.edit_answer(branch[5].id, "A!")
    assert edited.window_start == branch[4].id
    conversations.restore_window(id_)
    assert left(conversations, id_) == []


def test_path_reads_no_more_than_is_asked(conversations: Conversations) -> None:
    branch = talk(conversations, 4)
    last = branch[-1].id
    assert conversations.path(last) == (branch, True)
    assert conversations.path(last, most=3) == (branch[-3:], False)
    assert conversations.path(last, first_id=branch[5].id) == (branch[5:], True)
    assert conversations.path(last, first_id=branch[5].id, most=2) == (branch[6:], False)
    conversations.delete_message(branch[6].id)
    assert [m.text for m in conversations.path(last, most=3)[0]] == ["A2", "A3"]


def test_pinned_messages_of_the_branch(conversations: Conversations) -> None:
    branch = talk(conversations)
    other = conversations.edit_question(branch[2].id, "other", origin=ORIGIN)[2]
    for message in (branch[1], branch[3]):
        conversations.pin_message(message.id, pinned=True)
    before = conversations.pinned_before
    assert [m.text for m in before(branch[4].id, branch[4].id)] == ["A0", "A1"]
    assert [m.text for m in before(branch[4].id, branch[3].id)] == ["A0"]
    assert [m.text for m in before(other.id, other.id)] == ["A0"]
    conversations.delete_message(branch[1].id)
    assert before(other.id, other.id) == []


# Summaries


def test_summary_stands_after_the_last_that_it_stands_for(
    conversations: Conversations, database: Database
) -> None:
    branch = talk(conversations)
    id_, last = branch[0].conversation_id, branch[5].id
    tip = conversations.get(id_).tip_id
    summary = conversations.add_summary(branch[1].id, "In short.", ORIGIN)
    assert (summary.role, summary.origin) == (Role.SUMMARY, ORIGIN)
    assert conversations.get(id_).tip_id == tip
    assert [m.text for m in conversations.branch(id_)] == [
        *("Q0", "A0", "In short.", "Q1", "A1", "Q2", "A2")
    ]
    assert left(conversations, id_) == ["Q0", "A0"]
    assert conversations.summary_before(last) == summary
    assert conversations.children(branch[1].id, id_) == [branch[2]]
    assert len(Search(database).find("short")) == 1

    edited = conversations.edit_answer(summary.id, "Shorter.")
    assert (edited.role, edited.is_edited, edited.versions) == (Role.SUMMARY, True, 1)
    assert conversations.summary_before(last) == edited
    second = conversations.add_summary(branch[3].id, "All.", None)
    assert left(conversations, id_) == ["Q0", "A0", "Shorter.", "Q1", "A1"]
    assert conversations.summary_before(last) == second
    assert conversations.summary_before(branch[2].id) == edited

    copy = conversations.branch_off(last)
    assert [m.text for m in conversations.branch(copy.id)][2::3] == ["Shorter.", "All."]
    conversations.delete_message(second.id)
    conversations.delete_message(edited.id)
    assert left(conversations, id_) == []
    assert conversations.summary_before(last) is None
    assert len(conversations.branch(id_)) == 6
    assert conversations.restore_message(edited.id).tip_id == tip
    assert left(conversations, id_) == ["Q0", "A0"]
    conversations.restore_window(id_)
    assert conversations.summary_before(last) is None


def test_summary_outlives_the_message_after_which_it_stands(
    conversations: Conversations,
) -> None:
    branch = talk(conversations)
    id_, last = branch[0].conversation_id, branch[5].id
    summary = conversations.add_summary(branch[3].id, "In short.", None)
    conversations.delete_message(branch[3].id)
    assert [m.text for m in conversations.branch(id_)] == [
        "Q0",
        "A0",
        "Q1",
        "In short.",
        "Q2",
        "A2",
    ]
    assert conversations.summary_before(last) == summary
    copy = conversations.branch_off(last)
    assert [m.text for m in conversations.branch(copy.id)][3] == "In short."
    assert left(conversations, copy) == ["Q0", "A0", "Q1"]
    # Nor does emptying the trash take it away.
    assert conversations.empty_trash() == [id_]
    assert conversations.summary_before(last) == summary
    assert left(conversations, id_) == ["Q0", "A0", "Q1"]
    conversations.delete_message(summary.id)
    conversations.empty_trash()
    with pytest.raises(ConversationMissing):
        conversations.message(summary.id)


def test_thought_and_calls_go_with_what_is_deleted_for_good(
    conversations: Conversations, database: Database
) -> None:
    _, _, answer = conversations.begin_exchange(None, "Q", origin=ORIGIN, model_path=None)
    conversations.end_answer(
        answer.id,
        text="",
        reasoning="secret",
        calls=(CALL,),
        status=MessageStatus.COMPLETE,
        origin=None,
    )
    id_ = answer.conversation_id
    conversations.add_message(id_, role=Role.USER, text="more", parent_id=answer.id)
    conversations.delete_message(answer.id)
    assert conversations.empty_trash() == [id_]
    assert conversations.empty_trash() == []
    gone = conversations.message(answer.id)
    assert (gone.reasoning, gone.calls) == ("", ())


def test_summary_belongs_to_its_branch(conversations: Conversations) -> None:
    branch = talk(conversations)
    id_ = branch[0].conversation_id
    conversations.add_summary(branch[3].id, "In short.", None)
    conversations.edit_question(branch[2].id, "other", origin=ORIGIN)
    assert left(conversations, id_) == []
    assert Role.SUMMARY not in [m.role for m in conversations.branch(id_)]
    conversations.bring_up(branch[2].id)
    assert conversations.get(id_).tip_id == branch[5].id
    assert left(conversations, id_) == ["Q0", "A0", "Q1", "A1"]


def test_showing_a_summary_shows_its_branch(conversations: Conversations) -> None:
    branch = talk(conversations)
    summary = conversations.add_summary(branch[5].id, "All.", None)
    assert conversations.bring_up(summary.id).tip_id == branch[5].id
    conversations.edit_question(branch[2].id, "other", origin=ORIGIN)
    assert conversations.bring_up(summary.id).tip_id == branch[5].id


def test_policy_is_kept(conversations: Conversations) -> None:
    conversation = conversations.create()
    assert conversation.overflow is OverflowPolicy.STOP
    for policy in OverflowPolicy:
        changed = conversations.set_overflow(conversation.id, policy)
        assert changed.overflow is policy
        assert conversations.get(conversation.id) == changed


def test_unknown_policy_of_a_newer_version_asks(
    conversations: Conversations, database: Database
) -> None:
    id_ = conversations.create().id
    database.execute("UPDATE conversations SET overflow = 'forget'")
    assert conversations.get(id_).overflow is OverflowPolicy.STOP


@pytest.mark.parametrize(
    "use",
    [
        lambda c: c.add_summary(9, "", None),
        lambda c: c.set_window(9, None),
        lambda c: c.pin_message(9, pinned=True),
        lambda c: c.set_overflow(9, OverflowPolicy.STOP),
        lambda c: c.summary_before(9),
    ],
)
def test_what_is_gone(conversations: Conversations, use: object) -> None:
    assert callable(use)
    with pytest.raises(ConversationMissing):
        use(conversations)
