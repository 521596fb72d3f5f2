"""Versions, edits, copies, judgements and deletion: the tree of messages as a person uses it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatapp.domain.conversation import (
    Attachment,
    Conversation,
    Message,
    MessageStatus,
    Opinion,
    Rating,
    Role,
    TitleSource,
)
from chatapp.domain.generation import GenerationParameters, Origin
from chatapp.errors import AnswerNotLast, MessageDeleted
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.search import Search

ORIGIN = Origin("small", "/models/small.gguf", GenerationParameters(stop=("x",)), seed=7)
NOTES = Attachment("notes.txt", "text/plain", 12, "größer\nals")
CODE = Attachment("a.py", "text/x-python", 9, "print(1)\n")
LIKED = Rating(Opinion.LIKED, "good", "better", 1000.0)
DAY = 24 * 60 * 60


def ask(
    conversations: Conversations,
    text: str,
    answer: str,
    conversation_id: int | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> tuple[Message, Message]:
    """A question and its finished answer, at the end of what is shown."""
    _, question, begun = conversations.begin_exchange(
        conversation_id, text, origin=ORIGIN, model_path="/m", attachments=attachments
    )
    return question, finish(conversations, begun, answer)


def finish(conversations: Conversations, answer: Message, text: str) -> Message:
    return conversations.end_answer(
        answer.id, text=text, status=MessageStatus.COMPLETE, origin=ORIGIN
    )


def texts(conversations: Conversations, conversation_id: int) -> list[str]:
    return [m.text for m in conversations.branch(conversation_id)]


def places(conversations: Conversations, conversation_id: int) -> list[tuple[str, int, int]]:
    return [(m.text, m.version, m.versions) for m in conversations.branch(conversation_id)]


def in_trash_since(database: Database, message_id: int, moment: float) -> None:
    database.execute("UPDATE messages SET deleted_at = ? WHERE id = ?", (moment, message_id))


# Attachments, ratings


def test_attachments_come_back_with_their_message(conversations: Conversations) -> None:
    question, answer = ask(conversations, "See", "Yes", attachments=(NOTES, CODE, NOTES))
    assert question.attachments == (NOTES, CODE, NOTES)
    assert conversations.branch(question.conversation_id) == [question, answer]
    assert answer.attachments == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(), text=st.text())
def test_any_attachment_comes_back_exactly(
    conversations: Conversations, name: str, text: str
) -> None:
    attachment = Attachment(name, "text/plain", len(text), text)
    question, _ = ask(conversations, "", "Yes", attachments=(attachment,))
    assert conversations.message(question.id).attachments == (attachment,)


def test_what_is_no_unicode_does_not_stand_in_the_way(conversations: Conversations) -> None:
    broken = Attachment("a\udcff", "text/plain", 1, "b\udcff")
    question, _ = ask(conversations, "", "Yes", attachments=(broken,))
    assert question.attachments == (replace(broken, name="a\ufffd", text="b\ufffd"),)


def test_rating_is_kept_changed_and_taken_back(
    conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 500.0)
    question, answer = ask(conversations, "Q", "A")
    assert conversations.rate(answer.id, LIKED) == replace(answer, rating=LIKED)
    assert conversations.branch(question.conversation_id)[1].rating == LIKED
    disliked = conversations.rate(answer.id, Rating(Opinion.DISLIKED)).rating
    assert disliked == Rating(Opinion.DISLIKED, created_at=500.0)
    assert conversations.rate(answer.id, None) == answer
    assert conversations.rate(answer.id, None) == answer


def test_opinion_of_a_newer_version_hides_nothing(
    conversations: Conversations, database: Database
) -> None:
    _, answer = ask(conversations, "Q", "A")
    conversations.rate(answer.id, LIKED)
    database.execute("UPDATE ratings SET opinion = 'amused'")
    assert conversations.message(answer.id).rating == replace(LIKED, opinion=Opinion.DISLIKED)


# Versions


def test_versions_are_counted_by_place_and_role(conversations: Conversations) -> None:
    question, first = ask(conversations, "Q", "A1")
    id_ = question.conversation_id
    assert places(conversations, id_) == [("Q", 1, 1), ("A1", 1, 1)]
    finish(
        conversations, conversations.begin_answer(id_, parent_id=question.id, origin=ORIGIN), "A2"
    )
    conversations.add_message(id_, role=Role.SYSTEM, text="S", parent_id=question.id)
    assert places(conversations, id_) == [("Q", 1, 1), ("S", 1, 1)]
    conversations.bring_up(first.id)
    assert places(conversations, id_) == [("Q", 1, 1), ("A1", 1, 2)]
    ask(conversations, "another conversation", "A")
    assert places(conversations, id_) == [("Q", 1, 1), ("A1", 1, 2)]


def test_edited_question_is_another_version_with_an_answer_to_come(
    conversations: Conversations,
) -> None:
    ask_1, answer_1 = ask(conversations, "Q1", "A1")
    id_ = ask_1.conversation_id
    ask_2, _ = ask(conversations, "Q2", "A2", id_, (NOTES,))
    conversation, question, answer = conversations.edit_question(
        ask_2.id, "Q2!", (CODE,), origin=ORIGIN
    )
    assert conversations.get(id_) == conversation
    assert (question.parent_id, question.text) == (answer_1.id, "Q2!")
    assert question.attachments == (CODE,)
    assert not question.is_edited
    assert (answer.parent_id, answer.status) == (question.id, MessageStatus.GENERATING)
    assert places(conversations, id_) == [
        ("Q1", 1, 1),
        ("A1", 1, 1),
        ("Q2!", 2, 2),
        ("", 1, 1),
    ]
    conversations.bring_up(ask_2.id)
    assert texts(conversations, id_) == ["Q1", "A1", "Q2", "A2"]
    first = conversations.edit_question(ask_1.id, "Q0", origin=ORIGIN)[1]
    assert (first.parent_id, first.version, first.versions) == (None, 2, 2)


def test_edited_answer_stands_beside_the_first(
    conversations: Conversations, search: Search
) -> None:
    question, answer = ask(conversations, "Q", "wrong")
    conversations.rate(answer.id, LIKED)
    edited = conversations.edit_answer(answer.id, "corrected")
    assert edited == replace(
        answer,
        id=edited.id,
        text="corrected",
        created_at=edited.created_at,
        version=2,
        versions=2,
        is_edited=True,
    )
    assert conversations.branch(question.conversation_id)[1] == edited
    assert conversations.get(question.conversation_id).tip_id == edited.id
    first = conversations.message(answer.id)
    assert (first.text, first.rating, first.is_edited) == ("wrong", LIKED, False)
    assert [h.message_id for h in search.find("corrected")] == [edited.id]


def test_newest_continuation_of_what_is_not_shown(conversations: Conversations) -> None:
    question, first = ask(conversations, "Q", "A1")
    id_ = question.conversation_id
    follow_1, _ = ask(conversations, "F1", "B1", id_)
    _, _, begun = conversations.edit_question(follow_1.id, "F2", origin=ORIGIN)
    newest = finish(conversations, begun, "B2")
    other = conversations.begin_answer(id_, parent_id=question.id, origin=ORIGIN)
    finish(conversations, other, "A2")
    assert texts(conversations, id_) == ["Q", "A2"]
    assert conversations.bring_up(first.id).tip_id == newest.id
    assert texts(conversations, id_) == ["Q", "A1", "F2", "B2"]
    # Its newest continuation was deleted, but not the other one.
    conversations.bring_up(other.id)
    for message in (newest, conversations.message(newest.parent_id or 0)):
        conversations.delete_message(message.id)
    conversations.bring_up(first.id)
    assert texts(conversations, id_) == ["Q", "A1", "F1", "B1"]


# Continuing


def test_only_the_last_answer_can_be_continued(conversations: Conversations) -> None:
    question, answer = ask(conversations, "Q", "A")
    follow, last = ask(conversations, "F", "B", question.conversation_id)
    for message in (question, answer, follow):
        with pytest.raises(AnswerNotLast):
            conversations.resume_answer(message.id)
    assert conversations.message(answer.id) == answer
    for message in (last, follow):
        conversations.delete_message(message.id)
    with pytest.raises(MessageDeleted):
        conversations.resume_answer(last.id)
    assert conversations.resume_answer(answer.id).status is MessageStatus.GENERATING


def test_deleted_question_is_not_answered(conversations: Conversations) -> None:
    question, answer = ask(conversations, "Q", "A")
    conversations.delete_message(question.id)
    with pytest.raises(MessageDeleted):
        conversations.resume_answer(answer.id)
    with pytest.raises(MessageDeleted):
        conversations.begin_answer(answer.conversation_id, parent_id=question.id, origin=ORIGIN)
    assert texts(conversations, answer.conversation_id) == ["A"]


# Deleting


def test_deleted_message_is_skipped_and_comes_back(
    conversations: Conversations, search: Search
) -> None:
    question, answer = ask(conversations, "Q", "remarkable")
    id_ = question.conversation_id
    ask(conversations, "F", "B", id_)
    before = conversations.branch(id_)
    conversation = conversations.delete_message(answer.id)
    assert conversation == conversations.get(id_)
    assert texts(conversations, id_) == ["Q", "F", "B"]
    assert conversations.children(question.id, id_) == []
    assert search.find("remarkable") == []
    assert conversations.message(answer.id).text == "remarkable"
    conversations.delete_message(answer.id)
    conversations.restore_message(answer.id)
    assert conversations.branch(id_) == before
    assert len(search.find("remarkable")) == 1


def test_what_is_sent_after_a_deleted_end_stays_in_its_place(conversations: Conversations) -> None:
    question, answer = ask(conversations, "Q", "A")
    id_ = question.conversation_id
    conversations.delete_message(answer.id)
    assert texts(conversations, id_) == ["Q"]
    ask(conversations, "F", "B", id_)
    assert texts(conversations, id_) == ["Q", "F", "B"]
    conversations.restore_message(answer.id)
    assert texts(conversations, id_) == ["Q", "A", "F", "B"]


def test_deleting_the_last_version_shows_another(conversations: Conversations) -> None:
    question, first = ask(conversations, "Q", "A1")
    id_ = question.conversation_id
    ask(conversations, "F", "B", id_)
    second = conversations.begin_answer(id_, parent_id=question.id, origin=ORIGIN)
    finish(conversations, second, "A2")
    conversations.delete_message(second.id)
    assert places(conversations, id_) == [("Q", 1, 1), ("A1", 1, 1), ("F", 1, 1), ("B", 1, 1)]
    conversations.restore_message(second.id)
    assert places(conversations, id_) == [("Q", 1, 1), ("A2", 2, 2)]
    assert conversations.message(first.id).versions == 2


def test_deleting_the_whole_branch_shows_another(conversations: Conversations) -> None:
    question, _ = ask(conversations, "Q1", "A1")
    id_ = question.conversation_id
    _, edited, begun = conversations.edit_question(question.id, "Q2", origin=ORIGIN)
    answer = finish(conversations, begun, "A2")
    conversations.delete_message(edited.id)
    assert texts(conversations, id_) == ["A2"]
    conversations.delete_message(answer.id)
    assert texts(conversations, id_) == ["Q1", "A1"]


def test_everything_deleted_is_an_empty_conversation(conversations: Conversations) -> None:
    question, answer = ask(conversations, "Q", "A")
    id_ = question.conversation_id
    for message in (question, answer):
        conversations.delete_message(message.id)
    assert conversations.branch(id_) == []
    conversations.empty_trash()
    assert conversations.get(id_).tip_id is None
    ask(conversations, "New", "B", id_)
    assert texts(conversations, id_) == ["New", "B"]


def test_deleting_what_is_not_shown_changes_nothing_that_is(conversations: Conversations) -> None:
    question, first = ask(conversations, "Q", "A1")
    id_ = question.conversation_id
    second = conversations.begin_answer(id_, parent_id=question.id, origin=ORIGIN)
    finish(conversations, second, "A2")
    conversations.delete_message(first.id)
    assert places(conversations, id_) == [("Q", 1, 1), ("A2", 1, 1)]


def test_answer_that_is_deleted_while_it_is_written(
    conversations: Conversations, search: Search
) -> None:
    _, _, answer = conversations.begin_exchange(None, "Q", origin=ORIGIN, model_path=None)
    conversations.delete_message(answer.id)
    conversations.save_partial(answer.id, "remarkable")
    ended = finish(conversations, answer, "remarkable thing")
    assert ended.text == "remarkable thing"
    assert texts(conversations, answer.conversation_id) == ["Q"]
    assert search.find("remarkable") == []
    conversations.restore_message(answer.id)
    assert texts(conversations, answer.conversation_id) == ["Q", "remarkable thing"]
    assert len(search.find("remarkable")) == 1


# The trash


def test_deleted_messages_go_for_good_after_thirty_days(
    conversations: Conversations, database: Database
) -> None:
    question, answer = ask(conversations, "Q", "secret", attachments=(NOTES,))
    id_ = question.conversation_id
    last, _ = ask(conversations, "F", "B", id_)
    conversations.rate(answer.id, LIKED)
    now = time.time()
    for message in (question, answer):
        conversations.delete_message(message.id)
        in_trash_since(database, message.id, now - 30 * DAY + 60)
    assert conversations.tidy_trash() == []
    assert conversations.message(answer.id).text == "secret"
    for message in (question, answer):
        in_trash_since(database, message.id, now - 30 * DAY)
    assert conversations.tidy_trash() == [id_]
    assert conversations.tidy_trash() == []
    blank = conversations.message(answer.id)
    assert (blank.text, blank.origin, blank.rating) == ("", None, None)
    assert database.execute("SELECT count(*) FROM attachments") == [(0,)]
    assert texts(conversations, id_) == ["F", "B"]
    assert conversations.message(last.id).parent_id == answer.id


def test_deleted_messages_that_nothing_follows_go_altogether(
    conversations: Conversations, database: Database
) -> None:
    question, answer = ask(conversations, "Q", "A")
    id_ = question.conversation_id
    follow, last = ask(conversations, "F", "B", id_)
    for message in (answer, follow, last):
        conversations.delete_message(message.id)
    assert conversations.empty_trash() == [id_]
    assert database.execute("SELECT id FROM messages") == [(question.id,)]
    assert conversations.get(id_).tip_id == question.id
    assert database.execute("PRAGMA foreign_key_check") == []


def test_nothing_of_deleted_messages_stays_in_the_file(
    conversations: Conversations, database: Database
) -> None:
    for number in range(30):
        ask(conversations, f"other words {number} " * 20, "A")
    attached = Attachment("Wolframit.txt", "text/plain", 1, "Quetzalcoatl " * 500)
    question, answer = ask(
        conversations, "Xylophonquark " * 500, "Yttriumzebra " * 500, attachments=(attached,)
    )
    ask(conversations, "F", "B", question.conversation_id)
    words = [b"Xylophonquark", b"yttriumzebra", b"Quetzalcoatl", b"Wolframit"]

    def in_file() -> list[bool]:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = database._path.read_bytes()
        return [word in content for word in words]

    assert in_file() == [True] * 4
    for message in (question, answer):
        conversations.delete_message(message.id)
    conversations.empty_trash()
    assert in_file() == [False] * 4


def test_clock_that_is_wrong_does_not_empty_early(
    conversations: Conversations, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    question, answer = ask(conversations, "Q", "A")
    conversations.delete_message(answer.id)
    in_trash_since(database, answer.id, 1000.0 * DAY)
    for day in (1000.0, 2000.0, 10.0, 1000.0, 1007.0):  # two jumps ahead: two weeks
        monkeypatch.setattr(time, "time", lambda day=day: day * DAY)
        assert conversations.tidy_trash() == []
    for day in (1014.0, 1021.0):
        monkeypatch.setattr(time, "time", lambda day=day: day * DAY)
        emptied = conversations.tidy_trash()
    assert emptied == [question.conversation_id]


# Copies


def test_branching_off_copies_what_leads_there(
    conversations: Conversations, database: Database
) -> None:
    question, answer = ask(conversations, "Q", "A", attachments=(NOTES, CODE))
    id_ = question.conversation_id
    conversations.rename(id_, "Mine")
    conversations.set_system_prompt(id_, "Be brief.")
    database.execute("""UPDATE messages SET origin = '{"mood":"good"}' WHERE role = 'assistant'""")
    conversations.rate(answer.id, LIKED)
    edited = conversations.edit_answer(answer.id, "A!")
    conversations.rate(edited.id, Rating(Opinion.DISLIKED, created_at=5.0))
    skipped, kept = ask(conversations, "F", "B", id_)
    conversations.delete_message(skipped.id)
    ask(conversations, "not", "copied", id_)
    before = conversations.branch(id_)

    copy = conversations.branch_off(kept.id)
    assert copy == conversations.get(copy.id)
    assert (copy.title, copy.title_source) == ("Mine", TitleSource.USER)
    assert (copy.system_prompt, copy.model_path) == ("Be brief.", "/m")
    copied = conversations.branch(copy.id)
    assert [m.text for m in copied] == ["Q", "A!", "B"]
    assert [m.parent_id for m in copied] == [None, copied[0].id, copied[1].id]
    for original, duplicate in zip(before, copied, strict=False):
        assert duplicate == replace(
            original,
            id=duplicate.id,
            conversation_id=copy.id,
            parent_id=duplicate.parent_id,
            version=1,
            versions=1,
        )
    assert conversations.branch(id_) == before
    assert database.execute("SELECT origin FROM messages WHERE id = ?", (copied[1].id,)) == [
        ('{"mood":"good"}',)
    ]
    conversations.delete(id_)
    assert conversations.branch(copy.id) == copied
    assert len(Search(database).find("A!")) == 1


def test_answer_that_is_being_written_is_copied_as_stopped(conversations: Conversations) -> None:
    _, _, answer = conversations.begin_exchange(None, "Q", origin=ORIGIN, model_path=None)
    conversations.save_partial(answer.id, "so far")
    copy = conversations.branch(conversations.branch_off(answer.id).id)[1]
    assert (copy.text, copy.status) == ("so far", MessageStatus.STOPPED)
    assert conversations.message(answer.id).status is MessageStatus.GENERATING
    assert conversations.recover_interrupted() == []


def test_deleted_message_is_not_branched_off(conversations: Conversations) -> None:
    _, answer = ask(conversations, "Q", "A")
    conversations.delete_message(answer.id)
    with pytest.raises(MessageDeleted):
        conversations.branch_off(answer.id)
    assert len(conversations.all()) == 1


# Everything together


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["ask", "again", "edit", "correct", "show", "delete", "restore", "empty", "copy"]
        ),
        st.integers(0, 30),
    ),
    max_size=30,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(STEPS)
def test_branch_is_always_sound(
    conversations: Conversations, database: Database, steps: list[tuple[str, int]]
) -> None:
    """Whatever a person does, in any order: what is shown hangs together and is counted rightly."""
    conversation = conversations.get(ask(conversations, "Q", "A")[0].conversation_id)
    for step, number in steps:
        _do(conversations, database, conversation, step, number)
        branch = conversations.branch(conversation.id)
        ids = [m.id for m in branch]
        assert ids == sorted(ids)
        assert branch == [conversations.message(id_) for id_ in ids]
        for message in branch:
            siblings = [
                m
                for m in conversations.children(message.parent_id, conversation.id)
                if m.role is message.role
            ]
            assert message.versions == len(siblings)
            assert siblings[message.version - 1] == message
        if not branch:
            rows = database.execute(
                "SELECT 1 FROM messages WHERE conversation_id = ? AND deleted_at IS NULL",
                (conversation.id,),
            )
            assert rows == [], "something could be shown"
    assert database.execute("PRAGMA foreign_key_check") == []


def _do(
    conversations: Conversations,
    database: Database,
    conversation: Conversation,
    step: str,
    number: int,
) -> None:
    rows = database.execute("SELECT id FROM messages WHERE conversation_id = ?", (conversation.id,))
    if step == "ask" or not rows:
        ask(conversations, "Q", "A", conversation.id)
        return
    message = conversations.message(rows[number % len(rows)][0])
    try:
        match step:
            case "again":
                begun = conversations.begin_answer(
                    conversation.id, parent_id=message.parent_id or message.id, origin=ORIGIN
                )
                finish(conversations, begun, "A")
            case "edit":
                finish(
                    conversations,
                    conversations.edit_question(message.id, "Q", origin=ORIGIN)[2],
                    "A",
                )
            case "correct":
                conversations.edit_answer(message.id, "A")
            case "show":
                conversations.bring_up(message.id)
            case "delete":
                conversations.delete_message(message.id)
            case "restore":
                conversations.restore_message(message.id)
                assert message.id in [m.id for m in conversations.branch(conversation.id)]
            case "empty":
                conversations.empty_trash()
            case "copy":
                copy = conversations.branch_off(message.id)
                assert conversations.branch(copy.id)[-1].text == message.text
    except MessageDeleted:
        assert step in ("again", "copy", "show")
