"""Questions that are typed ahead."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatapp.chat.events import AnswerEnded, AnswerStarted, QueueChanged, Queued, SendFailed
from chatapp.domain.conversation import Attachment, Draft
from chatapp.errors import DiskFull, GenerationFailed
from chatapp.paths import Paths
from tests.chat.sessions import Chat
from tests.fakes import WAIT, Fails

NOTES = Attachment("notes.txt", "text/plain", 12, "Buy bread.")


def begin(chat: Chat, *steps: object) -> int:
    """Ask something, whose answer pauses. Returns the conversation."""
    chat.workers.script_answer("Red", WAIT, *steps)  # type: ignore[arg-type]
    chat.session.send("colours", model=chat.model)
    chat.workers.wait_for_pause()
    return chat.events.wait_for(AnswerStarted).conversation.id


def questions(chat: Chat, conversation_id: int) -> list[str]:
    return [m.text for m in chat.branch(conversation_id)[::2]]


def test_what_is_typed_ahead_is_sent_in_order(chat: Chat) -> None:
    id_ = begin(chat)
    first = chat.session.enqueue(id_, "one", [NOTES], chat.model)
    second = chat.session.enqueue(id_, "two", [], chat.model)
    chat.read(lambda: None)
    assert questions(chat, id_) == ["colours"]
    assert chat.session.queued(id_) == (Queued(first, "one", (NOTES,)), Queued(second, "two"))
    chat.workers.release()
    chat.events.wait_for(AnswerEnded, 3)
    assert questions(chat, id_) == ["colours", "one", "two"]
    assert chat.branch(id_)[2].attachments == (NOTES,)
    told = [[q.text for q in e.queued] for e in chat.events.of(QueueChanged)]
    assert told == [["one"], ["one", "two"], ["two"], []]
    assert not any(e.is_held for e in chat.events.of(QueueChanged))
    assert len(chat.workers.requests[2].turns) == 5


def test_nothing_to_wait_for(chat: Chat) -> None:
    id_ = chat.ask("colours").conversation_id
    chat.session.enqueue(id_, "one", [], chat.model)
    chat.events.wait_for(AnswerEnded, 2)
    assert questions(chat, id_) == ["colours", "one"]


def test_conversations_wait_for_themselves_alone(chat: Chat) -> None:
    id_ = begin(chat)
    other = chat.ask("other").conversation_id
    chat.session.enqueue(id_, "one", [], chat.model)
    chat.session.enqueue(other, "two", [], chat.model)
    chat.events.wait_for(AnswerEnded, 2)
    assert questions(chat, other) == ["other", "two"]
    assert [q.text for q in chat.session.queued(id_)] == ["one"]
    chat.workers.release()
    chat.events.wait_for(AnswerEnded, 4)


def test_taking_back(chat: Chat) -> None:
    id_ = begin(chat)
    first = chat.session.enqueue(id_, "one", [NOTES], chat.model)
    chat.session.enqueue(id_, "two", [], chat.model)
    assert chat.session.take_back(first) == Queued(first, "one", (NOTES,))
    assert chat.session.take_back(first) is None
    assert [q.text for q in chat.events.of(QueueChanged)[-1].queued] == ["two"]
    chat.workers.release()
    chat.events.wait_for(AnswerEnded, 2)
    assert questions(chat, id_) == ["colours", "two"]


def test_stop_holds_the_queue_until_something_is_asked_again(chat: Chat) -> None:
    id_ = begin(chat)
    chat.session.enqueue(id_, "one", [], chat.model)
    chat.session.stop(chat.events.wait_for(AnswerStarted).answer.id)
    chat.events.wait_for(AnswerEnded)
    held = chat.events.wait_for(QueueChanged, 2)
    assert held.is_held
    assert [q.text for q in held.queued] == ["one"]
    chat.read(lambda: None)
    assert questions(chat, id_) == ["colours"]
    chat.ask("something else", id_)
    chat.events.wait_for(AnswerEnded, 3)
    assert questions(chat, id_) == ["colours", "something else", "one"]
    assert [e.is_held for e in chat.events.of(QueueChanged)] == [False, True, False, False]


def test_failure_holds_the_queue_until_it_is_told_to_go_on(chat: Chat) -> None:
    id_ = begin(chat, Fails(GenerationFailed("no")))
    chat.session.enqueue(id_, "one", [], chat.model)
    chat.workers.release()
    assert chat.events.wait_for(QueueChanged, 2).is_held
    chat.session.enqueue(id_, "two", [], chat.model)
    chat.read(lambda: None)
    assert questions(chat, id_) == ["colours"]
    chat.session.send_queued(id_)
    chat.events.wait_for(AnswerEnded, 3)
    assert questions(chat, id_) == ["colours", "one", "two"]


def test_question_that_can_not_be_stored_holds_the_others(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = begin(chat)
    chat.session.enqueue(id_, "one", [NOTES], chat.model)
    chat.session.enqueue(id_, "two", [], chat.model)

    def full(*_: object, **__: object) -> None:
        raise DiskFull("here")

    with monkeypatch.context() as patch:
        patch.setattr(chat.services.conversations, "begin_exchange", full)
        chat.workers.release()
        failed = chat.events.wait_for(SendFailed)
        assert (failed.text, failed.attachments) == ("one", (NOTES,))
        assert chat.events.wait_for(QueueChanged, 4).is_held
    assert [q.text for q in chat.session.queued(id_)] == ["two"]


def test_question_that_can_not_be_kept_is_given_back(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = begin(chat)
    chat.session.enqueue(id_, "one", [], chat.model)
    chat.read(lambda: None)

    def full(*_: object) -> None:
        raise DiskFull("here")

    with monkeypatch.context() as patch:
        patch.setattr(chat.services.conversations, "save_waiting", full)
        chat.session.enqueue(id_, "two", [NOTES], chat.model)
        failed = chat.events.wait_for(SendFailed)
    assert (failed.conversation_id, failed.text, failed.attachments) == (id_, "two", (NOTES,))
    assert [q.text for q in chat.session.queued(id_)] == ["one"]
    chat.workers.release()
    chat.events.wait_for(AnswerEnded, 2)
    assert questions(chat, id_) == ["colours", "one"]


def test_what_waits_is_kept_until_it_is_sent_or_taken_back(chat: Chat) -> None:
    def kept() -> list[str]:
        rows = chat.read(lambda: chat.services.database.execute("SELECT text FROM waiting"))
        return [text for (text,) in rows]

    id_ = begin(chat)
    tickets = [chat.session.enqueue(id_, text, [], chat.model) for text in ("one", "two", "three")]
    assert kept() == ["one", "two", "three"]
    chat.session.take_back(tickets[1])
    assert kept() == ["one", "three"]
    chat.workers.release()
    chat.events.wait_for(AnswerEnded, 3)
    assert kept() == []


def test_what_waits_at_the_end_becomes_the_draft(paths: Paths, tmp_path: Path) -> None:
    chat = Chat(paths, tmp_path)
    id_ = begin(chat)
    chat.session.enqueue(id_, "one", [NOTES], chat.model)
    chat.session.enqueue(id_, "two", [], chat.model)
    chat.read(lambda: chat.services.conversations.save_draft(id_, "thr", [NOTES]))
    chat.services.close()
    again = Chat(paths, tmp_path)
    draft = again.read(lambda: again.services.conversations.draft(id_))
    assert draft == Draft("one\n\ntwo\n\nthr", (NOTES, NOTES))
    assert questions(again, id_) == ["colours"]
    again.services.close()


def test_queue_goes_with_its_conversation(chat: Chat) -> None:
    id_ = begin(chat)
    chat.session.enqueue(id_, "one", [], chat.model)
    chat.read(lambda: chat.session.delete(id_))
    assert chat.session.queued(id_) == ()
    chat.workers.release()
    chat.events.wait_for(AnswerEnded)
    chat.read(lambda: None)
    assert chat.events.of(SendFailed) == []


def test_queue_of_a_conversation_that_is_deleted_meanwhile_ends_quietly(
    paths: Paths, tmp_path: Path
) -> None:
    chat = Chat(paths, tmp_path)
    id_ = begin(chat)
    chat.session.enqueue(id_, "one", [], chat.model)
    chat.read(lambda: chat.services.conversations.delete(id_))
    chat.services.close()


def test_a_retried_answer_that_ends_well_goes_on_with_the_queue(chat: Chat) -> None:
    id_ = begin(chat)
    chat.session.enqueue(id_, "one", [], chat.model)
    message_id = chat.events.wait_for(AnswerStarted).answer.id
    chat.session.stop(message_id)
    chat.events.wait_for(AnswerEnded)
    chat.session.retry(message_id, model=chat.model)
    chat.events.wait_for(AnswerEnded, 3)
    assert questions(chat, id_) == ["colours", "one"]
