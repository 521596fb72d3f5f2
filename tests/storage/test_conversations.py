from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatapp.domain.conversation import Message, MessageStatus, Role, TitleSource
from chatapp.domain.generation import FinishReason, GenerationParameters, Origin, Usage
from chatapp.errors import AnswerNotLast, ConversationMissing, ErrorRecord, MessageDeleted
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.search import Search

ORIGIN = Origin("small", "/models/small.gguf", GenerationParameters(stop=("x",)), seed=7)
DAY = 24 * 60 * 60


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the time."""

    def set_time(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: seconds)

    set_time(1000.0)
    return set_time


def exchange(conversations: Conversations, text: str = "Hello") -> tuple[Message, Message]:
    _, question, answer = conversations.begin_exchange(None, text, origin=ORIGIN, model_path=None)
    return question, answer


def finish(conversations: Conversations, answer: Message, text: str = "Hi") -> Message:
    return conversations.end_answer(
        answer.id, text=text, status=MessageStatus.COMPLETE, origin=ORIGIN
    )


def indexed(database: Database) -> tuple[set[int], set[int]]:
    """The ids of the titles and messages that the indexes contain."""
    titles = database.execute("SELECT rowid FROM title_index WHERE title_index MATCH 'all'")
    messages = database.execute("SELECT rowid FROM message_index WHERE message_index MATCH 'all'")
    return {row for (row,) in titles}, {row for (row,) in messages}


# Conversations


def test_new_conversation(conversations: Conversations, clock: Callable[[float], None]) -> None:
    conversation = conversations.create(
        title="T", title_source=TitleSource.USER, model_path="/m", system_prompt="S"
    )
    assert conversations.get(conversation.id) == conversation
    assert (conversation.title, conversation.title_source) == ("T", TitleSource.USER)
    assert (conversation.model_path, conversation.system_prompt) == ("/m", "S")
    assert conversation.created_at == conversation.updated_at == 1000.0
    assert conversation.tip_id is None
    assert conversation.deleted_at is None
    assert not conversation.pinned
    assert conversations.branch(conversation.id) == []


def test_pinned_ones_first_then_the_latest(
    conversations: Conversations, clock: Callable[[float], None]
) -> None:
    ids = []
    for second in (1.0, 2.0, 3.0, 3.0):
        clock(second)
        ids.append(conversations.create().id)
    conversations.pin(ids[1:2], pinned=True)
    conversations.move_to_trash(ids[2])
    assert [c.id for c in conversations.all()] == [ids[1], ids[3], ids[0]]
    assert [c.id for c in conversations.all(deleted=True)] == [ids[2]]
    clock(4.0)
    conversations.add_message(ids[0], role=Role.USER, text="", parent_id=None)
    conversations.pin(ids[1:2], pinned=False)
    assert [c.id for c in conversations.all()] == [ids[0], ids[3], ids[1]]


def test_changes_do_not_count_as_activity(
    conversations: Conversations, clock: Callable[[float], None]
) -> None:
    before = conversations.create()
    clock(2000.0)
    assert conversations.suggest_title(before.id, "Suggested")
    conversations.rename(before.id, "Mine")
    conversations.pin([before.id], pinned=True)
    conversations.set_model(before.id, "/m")
    after = conversations.set_system_prompt(before.id, "S")
    assert after == replace(
        before,
        title="Mine",
        title_source=TitleSource.USER,
        pinned=True,
        model_path="/m",
        system_prompt="S",
    )
    assert conversations.set_model(before.id, None).model_path is None


def test_suggested_title_never_replaces_one(conversations: Conversations) -> None:
    conversation = conversations.create()
    assert conversations.suggest_title(conversation.id, "First")
    assert not conversations.suggest_title(conversation.id, "Second")
    assert conversations.get(conversation.id).title == "First"
    assert conversations.get(conversation.id).title_source is TitleSource.AUTOMATIC
    conversations.rename(conversation.id, "")
    assert not conversations.suggest_title(conversation.id, "Third")
    assert conversations.get(conversation.id).title == ""


def test_trash_and_undo(conversations: Conversations, clock: Callable[[float], None]) -> None:
    conversation = conversations.create()
    assert conversations.move_to_trash(conversation.id).deleted_at == 1000.0
    clock(2000.0)
    assert conversations.move_to_trash(conversation.id).deleted_at == 1000.0
    assert conversations.restore(conversation.id) == conversation


def test_trash_empties_after_thirty_days(
    conversations: Conversations, clock: Callable[[float], None]
) -> None:
    kept = conversations.create().id
    old = conversations.create().id
    recent = conversations.create().id
    conversations.move_to_trash(old)
    clock(1000.0 + DAY)
    conversations.move_to_trash(recent)
    clock(1000.0 + 30 * DAY - 1)
    assert conversations.tidy_trash() == []
    clock(1000.0 + 30 * DAY)
    assert conversations.tidy_trash() == [old]
    assert [c.id for c in conversations.all(deleted=True)] == [recent]
    assert [c.id for c in conversations.all()] == [kept]
    assert conversations.empty_trash() == [recent]


# Of the starts, with what the clock says. The true time goes by a day.
CLOCKS = {
    "right": [1000, 1001, 1002],
    "ahead once": [1000, 2000, 1002],
    "ahead twice": [1000, 2000, 2001],
    "behind once": [1000, 10, 1002],
    "behind for a while": [1000, 10, 11],
    "behind at first": [10, 1001, 1002],
    "ahead at first": [2000, 1001, 1002],
}


@pytest.mark.parametrize("days", CLOCKS.values(), ids=CLOCKS)
def test_clock_that_is_wrong_does_not_empty_the_trash(
    conversations: Conversations, clock: Callable[[float], None], days: list[int]
) -> None:
    """What was deleted before the last start is there for two more weeks at least."""
    conversation = conversations.create()
    clock(DAY * days[0])
    assert conversations.tidy_trash() == []
    conversations.move_to_trash(conversation.id)
    for day in days[1:]:
        clock(DAY * day)
        assert conversations.tidy_trash() == []
    for day in range(14):
        clock(DAY * (days[-1] + day))
        assert conversations.tidy_trash() == []
    clock(DAY * (days[-1] + 15))
    for week in range(4):
        clock(DAY * (days[-1] + 22 + 7 * week))
        if conversations.tidy_trash() == [conversation.id]:
            return
    pytest.fail("it is still there")


def test_clock_that_is_set_while_it_runs_does_not_empty_the_trash(
    conversations: Conversations, clock: Callable[[float], None]
) -> None:
    """It was ahead, or behind, when something was deleted."""
    ahead, behind = conversations.create().id, conversations.create().id
    clock(DAY * 1000)
    assert conversations.tidy_trash() == []
    clock(DAY * 2000)
    conversations.move_to_trash(ahead)
    clock(DAY * 1001)
    assert conversations.tidy_trash() == []
    assert conversations.get(ahead).deleted_at == DAY * 1001
    clock(DAY * 10)
    assert conversations.tidy_trash() == []
    clock(DAY * 1003)
    conversations.move_to_trash(behind)
    clock(DAY * 1004)
    assert conversations.tidy_trash() == []
    assert {c.id for c in conversations.all(deleted=True)} == {ahead, behind}


def test_weeks_without_a_start_count_as_one(
    conversations: Conversations, clock: Callable[[float], None]
) -> None:
    conversation = conversations.create()
    clock(DAY * 1000)
    assert conversations.tidy_trash() == []
    conversations.move_to_trash(conversation.id)
    for month in range(1, 5):
        clock(DAY * (1000 + 30 * month))
        assert conversations.tidy_trash() == []
    clock(DAY * (1000 + 30 * 5))
    assert conversations.tidy_trash() == [conversation.id]


def test_deleted_for_good(conversations: Conversations, database: Database) -> None:
    _, kept = exchange(conversations, "all kept")
    question, answer = exchange(conversations, "all gone")
    finish(conversations, answer, "all gone")
    database.execute(
        "INSERT INTO attachments (message_id, name, media_type, size, sha256, created_at, content)"
        " VALUES (?, 'a.txt', 'text/plain', 1, '', 0, x'00')",
        (question.id,),
    )
    conversations.delete(question.conversation_id)
    conversations.delete(question.conversation_id)
    assert [c.id for c in conversations.all()] == [kept.conversation_id]
    assert database.execute("SELECT count(*) FROM messages") == [(2,)]
    assert database.execute("SELECT count(*) FROM attachments") == [(0,)]
    assert indexed(database) == (set(), {kept.id - 1})
    new = conversations.create()
    assert new.id > question.conversation_id


def test_nothing_of_what_was_deleted_stays_in_the_file(path: Path) -> None:
    database = Database(path)
    conversations = Conversations(database)
    for number in range(30):
        exchange(conversations, f"other words {number} " * 50)
    question, answer = exchange(conversations, "Xylophonquark " * 500)
    finish(conversations, answer, "Yttriumzebra " * 500)
    conversations.rename(question.conversation_id, "Zinnoberwal")
    database.close()
    words = [b"Xylophonquark", b"xylophonquark", b"Yttriumzebra", b"Zinnoberwal", b"zinnoberwal"]
    assert [word in path.read_bytes() for word in words] == [True] * 5
    database = Database(path)
    Conversations(database).delete(question.conversation_id)
    database.close()
    assert [word in path.read_bytes() for word in words] == [False] * 5


def test_deep_conversation_can_be_deleted(conversations: Conversations, database: Database) -> None:
    conversation = conversations.create()
    parent_id = None
    with database.transaction():
        for _ in range(3000):
            parent_id = conversations._append(conversation.id, parent_id, Role.USER, "all").id
    assert len(conversations.branch(conversation.id)) == 3000
    conversations.delete(conversation.id)
    assert database.execute("SELECT count(*) FROM messages") == [(0,)]
    assert indexed(database) == (set(), set())


# Messages


def test_question_and_answer_are_one_transaction(
    conversations: Conversations, clock: Callable[[float], None]
) -> None:
    conversation, question, answer = conversations.begin_exchange(
        None, "Hello", origin=ORIGIN, model_path="/m", system_prompt="S"
    )
    assert conversations.get(conversation.id) == conversation
    assert (conversation.model_path, conversation.system_prompt) == ("/m", "S")
    assert conversation.tip_id == answer.id
    assert question == Message(
        question.id, conversation.id, None, Role.USER, "Hello", MessageStatus.COMPLETE, 1000.0
    )
    assert answer == Message(
        answer.id,
        conversation.id,
        question.id,
        Role.ASSISTANT,
        "",
        MessageStatus.GENERATING,
        1000.0,
        ORIGIN,
    )
    assert conversations.branch(conversation.id) == [question, answer]

    clock(2000.0)
    later, question_2, answer_2 = conversations.begin_exchange(
        conversation.id, "More", origin=ORIGIN, model_path="/other", system_prompt="Other"
    )
    assert (later.model_path, later.system_prompt) == ("/m", "S")
    assert later.updated_at == 2000.0
    assert conversations.branch(conversation.id) == [question, answer, question_2, answer_2]


def test_exchange_that_fails_leaves_nothing(
    conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.storage.messages.Writer.this_process", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        exchange(conversations)
    assert conversations.all() == []


def test_life_of_an_answer(
    conversations: Conversations, database: Database, clock: Callable[[float], None]
) -> None:
    search = Search(database)
    _, answer = exchange(conversations)
    clock(1001.0)
    conversations.save_partial(answer.id, "Partly wri")
    assert conversations.message(answer.id) == replace(answer, text="Partly wri")
    assert conversations.get(answer.conversation_id).updated_at == 1000.0
    assert search.find("partly") == []

    clock(1002.0)
    ended = replace(
        ORIGIN, usage=Usage(5, 1, 4, 1.5, 2.5), finish_reason=FinishReason.STOPPED, model_sha256="a"
    )
    stopped = conversations.end_answer(
        answer.id, text="Partly written", status=MessageStatus.STOPPED, origin=ended
    )
    assert stopped == replace(
        answer, text="Partly written", status=MessageStatus.STOPPED, origin=ended
    )
    assert conversations.get(answer.conversation_id).updated_at == 1002.0
    assert len(search.find("partly")) == 1

    resumed = conversations.resume_answer(answer.id)
    assert resumed == replace(stopped, status=MessageStatus.GENERATING)
    assert search.find("partly") == []
    conversations.save_partial(answer.id, "Partly written, and")
    assert conversations.recover_interrupted() == []
    failed = conversations.end_answer(
        answer.id,
        text="Partly written, and",
        status=MessageStatus.FAILED,
        origin=None,
        error=ErrorRecord("WorkerDied", {"exit_code": -9, "detail": ""}),
    )
    assert failed.error == ErrorRecord("WorkerDied", {"exit_code": -9, "detail": ""})
    assert failed.origin is None
    assert conversations.resume_answer(answer.id).error is None
    assert finish(conversations, answer).text == "Hi"
    assert search.find("partly") == []
    assert len(search.find("hi")) == 1


def test_answer_that_was_taken_for_dead_still_ends_well(
    conversations: Conversations, database: Database
) -> None:
    # A system clock that is corrected makes a living writer look like another process.
    _, answer = exchange(conversations)
    conversations.save_partial(answer.id, "first")
    database.execute("UPDATE messages SET writer_started = writer_started - 100")
    assert [m.text for m in conversations.recover_interrupted()] == ["first"]
    conversations.save_partial(answer.id, "second")
    assert finish(conversations, answer, "third").status is MessageStatus.COMPLETE
    search = Search(database)
    assert [len(search.find(word)) for word in ("first", "second", "third")] == [0, 0, 1]


def test_branches(conversations: Conversations) -> None:
    question, first = exchange(conversations)
    id_ = question.conversation_id
    second = conversations.begin_answer(id_, parent_id=question.id, origin=ORIGIN)
    assert conversations.branch(id_) == [question, second]
    edited = conversations.add_message(id_, role=Role.USER, text="Hello!", parent_id=None)
    assert conversations.branch(id_) == [edited]
    first, question = conversations.message(first.id), conversations.message(question.id)
    assert (first.version, first.versions) == (1, 2)
    assert (second.version, second.versions) == (2, 2)
    assert conversations.children(question.id, id_) == [first, second]
    assert conversations.children(None, id_) == [question, edited]
    assert conversations.children(second.id, id_) == []


def test_parent_of_another_conversation_is_a_mistake(conversations: Conversations) -> None:
    question, _ = exchange(conversations)
    other = conversations.create()
    with pytest.raises(ValueError, match="another conversation"):
        conversations.begin_answer(other.id, parent_id=question.id, origin=ORIGIN)
    assert conversations.get(other.id) == other


def test_a_tip_that_damage_put_elsewhere_is_none(
    conversations: Conversations, database: Database
) -> None:
    first, second = conversations.create(title="one"), conversations.create(title="two")
    other = conversations.add_message(second.id, role=Role.USER, text="there", parent_id=None)
    for tip in (other.id, 99):
        database.execute("UPDATE conversations SET tip_id = ? WHERE id = ?", (tip, first.id))
        _, question, _ = conversations.begin_exchange(
            first.id, "here", origin=ORIGIN, model_path=None
        )
        assert question.parent_id is None


def test_circle_made_by_damage_ends(conversations: Conversations, database: Database) -> None:
    question, answer = exchange(conversations)
    database.execute("PRAGMA ignore_check_constraints = ON")
    database.execute("UPDATE messages SET parent_id = ? WHERE id = ?", (answer.id, question.id))
    assert len(conversations.branch(question.conversation_id)) == 2


def test_hash_of_the_model_comes_later(conversations: Conversations) -> None:
    question, answer = exchange(conversations)
    conversations.set_model_sha256(answer.id, "abc")
    assert conversations.message(answer.id).origin == replace(ORIGIN, model_sha256="abc")
    conversations.set_model_sha256(question.id, "abc")
    assert conversations.message(question.id).origin is None


def test_hash_keeps_what_a_newer_version_stored(
    conversations: Conversations, database: Database
) -> None:
    _, answer = exchange(conversations)
    database.execute("""UPDATE messages SET origin = '{"mood":"good"}'""")
    conversations.set_model_sha256(answer.id, "abc")
    assert database.execute("SELECT origin FROM messages WHERE id = ?", (answer.id,)) == [
        ('{"mood":"good","model_sha256":"abc"}',)
    ]


@pytest.mark.parametrize(
    "use",
    [
        lambda c: c.get(9),
        lambda c: c.rename(9, ""),
        lambda c: c.set_model(9, None),
        lambda c: c.set_system_prompt(9, ""),
        lambda c: c.move_to_trash(9),
        lambda c: c.restore(9),
        lambda c: c.add_message(9, role=Role.USER, text="", parent_id=None),
        lambda c: c.begin_answer(9, parent_id=9, origin=ORIGIN),
        lambda c: c.begin_exchange(9, "", origin=ORIGIN, model_path=None),
        lambda c: c.message(9),
        lambda c: c.resume_answer(9),
        lambda c: c.save_partial(9, ""),
        lambda c: c.end_answer(9, text="", status=MessageStatus.COMPLETE, origin=None),
        lambda c: c.set_model_sha256(9, ""),
        lambda c: c.edit_question(9, "", origin=ORIGIN),
        lambda c: c.edit_answer(9, ""),
        lambda c: c.branch_off(9),
        lambda c: c.bring_up(9),
        lambda c: c.delete_message(9),
        lambda c: c.restore_message(9),
        lambda c: c.rate(9, None),
        lambda c: c.save_draft(9, "text"),
    ],
)
def test_what_is_gone(
    conversations: Conversations, database: Database, use: Callable[[Conversations], object]
) -> None:
    with pytest.raises(ConversationMissing):
        use(conversations)
    assert database.execute("SELECT count(*) FROM messages") == [(0,)]


def test_text_of_a_megabyte(conversations: Conversations, database: Database) -> None:
    text = "学 naïve\0 word\r\n\t" * 70_000
    question, _ = exchange(conversations, text)
    assert conversations.message(question.id).text == text
    assert [hit.message_id for hit in Search(database).find("naive wor")] == [question.id]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(), title=st.text())
def test_what_was_typed_comes_back_exactly(
    conversations: Conversations, text: str, title: str
) -> None:
    question, answer = exchange(conversations, text)
    conversations.rename(question.conversation_id, title)
    conversations.save_partial(answer.id, text)
    assert [m.text for m in conversations.branch(question.conversation_id)] == [text, text]
    assert conversations.get(question.conversation_id).title == title


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "partial",
                    "end",
                    "fail",
                    "resume",
                    "delete",
                    "new",
                    "recover",
                    "remove",
                    "restore",
                    "empty",
                ]
            ),
            st.integers(0, 5),
        ),
        max_size=25,
    )
)
def test_index_contains_exactly_what_is_not_being_written(
    conversations: Conversations, database: Database, steps: list[tuple[str, int]]
) -> None:
    for step, number in steps:
        ids = [id_ for (id_,) in database.execute("SELECT id FROM messages")]
        if step == "new" or not ids:
            exchange(conversations, "all")
            continue
        message = conversations.message(ids[number % len(ids)])
        match step:
            case "partial":
                conversations.save_partial(message.id, f"all {number}")
            case "end":
                finish(conversations, message, f"all {number}")
            case "fail":
                conversations.end_answer(
                    message.id, text="all", status=MessageStatus.FAILED, origin=None
                )
            case "resume":
                with suppress(AnswerNotLast, MessageDeleted):
                    conversations.resume_answer(message.id)
            case "remove":
                conversations.delete_message(message.id)
            case "restore":
                conversations.restore_message(message.id)
            case "empty":
                conversations.empty_trash()
            case "delete":
                conversations.delete(message.conversation_id)
            case "recover":
                database.execute(
                    "UPDATE messages SET writer_pid = NULL WHERE id = ?", (message.id,)
                )
                conversations.recover_interrupted()
    expected = database.execute(
        "SELECT id FROM messages"
        " WHERE status <> 'generating' AND deleted_at IS NULL AND text LIKE 'all%'"
    )
    assert indexed(database)[1] == {id_ for (id_,) in expected}
    database.execute("INSERT INTO message_index (message_index) VALUES ('integrity-check')")


def test_bring_up_shows_the_branch_of_an_earlier_version(conversations: Conversations) -> None:
    conversation, question, first = conversations.begin_exchange(
        None, "Which colour?", origin=ORIGIN, model_path=None
    )
    conversations.end_answer(first.id, text="Red", status=MessageStatus.COMPLETE, origin=ORIGIN)
    follow_up = conversations.add_message(
        conversation.id, role=Role.USER, text="And?", parent_id=first.id
    )
    second = conversations.begin_answer(conversation.id, parent_id=question.id, origin=ORIGIN)
    assert conversations.bring_up(first.id).tip_id == follow_up.id
    assert conversations.bring_up(question.id).tip_id == follow_up.id, "it is shown already"
    assert conversations.bring_up(second.id).tip_id == second.id
    with pytest.raises(ConversationMissing):
        conversations.bring_up(12345)
