from __future__ import annotations

from pathlib import Path

import pytest

from chatapp.chat.events import (
    AnswerEnded,
    AnswerGrew,
    AnswerPhase,
    AnswerProgressed,
    AnswerStarted,
    ConversationChanged,
    SendFailed,
)
from chatapp.domain.conversation import MessageStatus, Role, TitleSource
from chatapp.domain.generation import FinishReason, GenerationParameters, Origin, Usage
from chatapp.errors import ContextFull, DiskFull, MessageEmpty, from_record
from chatapp.paths import Paths
from tests.chat.sessions import TIMEOUT, Chat
from tests.fakes import DIE, WAIT, Fails

PARAMETERS = GenerationParameters()


def test_a_question_is_answered_and_stored_with_what_made_the_answer(chat: Chat) -> None:
    chat.session.send(
        "Name a colour.", model=chat.model, parameters=GenerationParameters(seed=5, temperature=0.1)
    )
    ended = chat.events.wait_for(AnswerEnded)
    chat.events.wait_for(ConversationChanged, 2)
    question, answer = chat.branch(ended.conversation_id)
    assert (question.role, question.text) == (Role.USER, "Name a colour.")
    assert (answer.text, answer.status) == ("Hello there.", MessageStatus.COMPLETE)
    assert answer.parent_id == question.id
    origin = answer.origin
    assert origin is not None
    assert (origin.model_name, origin.model_path) == ("fake", chat.model.path)
    assert (origin.seed, origin.parameters.temperature) == (5, 0.1)
    assert (origin.finish_reason, origin.usage.completion_tokens) == (FinishReason.END, 3)
    assert origin.llama_build == "fake"


def test_what_was_read_before_is_told(chat: Chat) -> None:
    chat.workers.cached = 6
    chat.workers.script_answer("Red", DIE)
    ended = chat.ask("colours")
    assert chat.workers.requests[0].conversation == str(ended.conversation_id)
    progress = [event.progress for event in chat.events.of(AnswerProgressed)]
    reading = next(p for p in progress if p.phase is AnswerPhase.READING)
    assert (reading.done, reading.total, reading.cached, reading.fraction) == (6, 10, 6, 0.0)
    assert ended.message.origin is not None
    assert ended.message.origin.usage == Usage(10, 6, 1)


def test_the_models_hash_is_stored_with_the_answer(chat: Chat) -> None:
    ended = chat.ask("hi")
    digest = chat.services.library.content_hash(chat.model).result(TIMEOUT)
    chat.read(lambda: None)
    _, answer = chat.branch(ended.conversation_id)
    assert answer.origin is not None
    assert answer.origin.model_sha256 == digest


def test_the_question_is_stored_before_the_model_is_asked(chat: Chat) -> None:
    chat.workers.script_load(WAIT)
    chat.session.send("Remember me.", model=chat.model)
    started = chat.events.wait_for(AnswerStarted)
    assert chat.workers.requests == []
    question, answer = chat.branch(started.conversation.id)
    assert question.text == "Remember me."
    assert answer.status is MessageStatus.GENERATING
    chat.workers.release()
    chat.events.wait_for(AnswerEnded)


def test_deltas_come_in_order_and_tell_where_they_belong(chat: Chat) -> None:
    ended = chat.ask("hi")
    text = ""
    for event in chat.events.of(AnswerGrew):
        assert event.offset == len(text)
        text += event.text
    assert text == ended.message.text
    phases = [e.progress.phase for e in chat.events.of(AnswerProgressed)]
    assert phases[0] is AnswerPhase.WAITING
    assert AnswerPhase.READING in phases
    assert phases[-1] is AnswerPhase.WRITING


def test_history_goes_along_with_the_next_question(chat: Chat) -> None:
    first = chat.ask("one")
    chat.ask("two", first.conversation_id)
    turns = [(turn.role, turn.text) for turn in chat.workers.requests[1].turns]
    assert turns == [(Role.USER, "one"), (Role.ASSISTANT, "Hello there."), (Role.USER, "two")]


def test_stop_keeps_what_is_written(chat: Chat) -> None:
    chat.workers.script_answer("Red", WAIT, ", green")
    chat.session.send("colours", model=chat.model)
    started = chat.events.wait_for(AnswerStarted)
    chat.workers.wait_for_pause()
    assert chat.session.running(started.conversation.id) == started.answer.id
    assert chat.session.unfinished(started.answer.id) is not None
    chat.session.stop(started.answer.id)
    ended = chat.events.wait_for(AnswerEnded)
    assert (ended.message.text, ended.message.status) == ("Red", MessageStatus.STOPPED)
    assert chat.session.running(started.conversation.id) is None
    stored = chat.branch(started.conversation.id)[1]
    assert (stored.text, stored.status) == ("Red", MessageStatus.STOPPED)


def test_continue_goes_on_where_the_answer_stopped(chat: Chat) -> None:
    chat.workers.script_answer("Red", WAIT)
    chat.session.send("colours", model=chat.model)
    chat.workers.wait_for_pause()
    message_id = chat.events.wait_for(AnswerStarted).answer.id
    chat.session.stop(message_id)
    conversation_id = chat.events.wait_for(AnswerEnded).conversation_id
    chat.workers.script_answer(", green")
    chat.session.continue_answer(message_id, model=chat.model)
    ended = chat.events.wait_for(AnswerEnded, 2)
    assert ended.message.id == message_id
    assert ended.message.text == "Red, green"
    assert chat.workers.requests[1].prefill == "Red"
    assert [t.text for t in chat.workers.requests[1].turns] == ["colours"]
    assert len(chat.branch(conversation_id)) == 2


def test_try_again_keeps_the_earlier_answer_as_another_version(chat: Chat) -> None:
    first = chat.ask("colours")
    chat.workers.script_answer("Blue")
    chat.session.retry(first.message.id, model=chat.model)
    second = chat.events.wait_for(AnswerEnded, 2)
    assert second.message.parent_id == first.message.parent_id
    assert [m.text for m in chat.branch(first.conversation_id)] == ["colours", "Blue"]
    assert chat.read(lambda: chat.services.conversations.message(first.message.id)).text


def test_a_dead_worker_leaves_the_partial_text_and_try_again_works(chat: Chat) -> None:
    chat.workers.script_answer("Red", DIE)
    ended = chat.ask("colours")
    assert (ended.message.text, ended.message.status) == ("Red", MessageStatus.FAILED)
    assert ended.message.error is not None
    assert ended.message.error.kind == "WorkerDied"
    chat.session.retry(ended.message.id, model=chat.model)
    assert chat.events.wait_for(AnswerEnded, 2).message.status is MessageStatus.COMPLETE


def test_an_error_is_stored_with_the_answer(chat: Chat) -> None:
    chat.workers.script_answer(Fails(ContextFull(9000, 4096)))
    ended = chat.ask("long")
    stored = chat.branch(ended.conversation_id)[1]
    assert stored.error is not None
    error = from_record(stored.error)
    assert isinstance(error, ContextFull)
    assert (error.needed, error.available) == (9000, 4096)


def test_the_title_comes_with_the_first_question(chat: Chat) -> None:
    chat.workers.script_answer("Red", WAIT)
    chat.session.send("Name three colours.", model=chat.model)
    started = chat.events.wait_for(AnswerStarted).conversation
    assert (started.title, started.title_source) == ("Name three colours", TitleSource.AUTOMATIC)
    assert chat.events.wait_for(ConversationChanged).conversation.title == "Name three colours"
    chat.workers.release()
    ended = chat.events.wait_for(AnswerEnded)
    chat.ask("And three more?", ended.conversation_id)
    stored = chat.read(lambda: chat.services.conversations.get(ended.conversation_id))
    assert stored.title == "Name three colours"


def test_a_persons_title_is_never_overwritten(chat: Chat) -> None:
    chat.workers.script_answer("Red", WAIT)
    chat.session.send("colours", model=chat.model)
    conversation_id = chat.events.wait_for(AnswerStarted).conversation.id
    chat.workers.wait_for_pause()
    chat.read(lambda: chat.services.conversations.rename(conversation_id, "Mine"))
    chat.workers.release()
    chat.events.wait_for(AnswerEnded)
    stored = chat.read(lambda: chat.services.conversations.get(conversation_id))
    assert stored.title == "Mine"


def test_two_conversations_are_answered_one_after_the_other(chat: Chat) -> None:
    chat.workers.script_answer("First", WAIT)
    chat.session.send("one", model=chat.model)
    chat.workers.wait_for_pause()
    chat.session.send("two", model=chat.model)
    second = chat.events.wait_for(AnswerStarted, 2)
    assert len(chat.session.running_conversations()) == 2
    chat.session.stop(second.answer.id)
    assert chat.events.wait_for(AnswerEnded).message.id == second.answer.id
    chat.workers.release()
    assert chat.events.wait_for(AnswerEnded, 2).message.text == "First"


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_nothing_to_send(chat: Chat, text: str) -> None:
    chat.session.send(text, model=chat.model)
    failed = chat.events.wait_for(SendFailed)
    assert isinstance(failed.error, MessageEmpty)
    assert chat.read(chat.services.conversations.all) == []


def test_a_question_that_cant_be_stored_is_given_back(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFull("here")

    monkeypatch.setattr(chat.services.conversations, "begin_exchange", full)
    chat.session.send("Keep this.", model=chat.model)
    failed = chat.events.wait_for(SendFailed)
    assert failed.text == "Keep this."
    assert isinstance(failed.error, DiskFull)
    assert chat.workers.requests == []


def test_an_answer_that_cant_be_stored_stays_in_memory_and_is_stored_later(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFull("here")

    with monkeypatch.context() as patch:
        patch.setattr(chat.services.conversations, "end_answer", full)
        ended = chat.ask("colours")
        assert ended.message.text == "Hello there."
        assert ended.message.error is not None
        assert ended.message.error.kind == "DiskFull"
    chat.ask("more", ended.conversation_id)
    stored = chat.branch(ended.conversation_id)[1]
    assert (stored.text, stored.status) == ("Hello there.", MessageStatus.COMPLETE)


def test_closing_while_an_answer_is_written_keeps_it(paths: Paths, tmp_path: Path) -> None:
    chat = Chat(paths, tmp_path)
    chat.workers.script_answer("Red", WAIT, ", green")
    chat.session.send("colours", model=chat.model)
    conversation_id = chat.events.wait_for(AnswerStarted).conversation.id
    chat.workers.wait_for_pause()
    chat.services.close()
    again = Chat(paths, tmp_path)
    answer = again.branch(conversation_id)[1]
    assert (answer.text, answer.status) == ("Red", MessageStatus.STOPPED)
    again.services.close()


def test_a_message_of_a_deleted_conversation_is_an_error_not_a_crash(chat: Chat) -> None:
    chat.session.retry(12345, model=chat.model)
    assert chat.events.wait_for(SendFailed).error is not None
    chat.session.continue_answer(12345, model=chat.model)
    assert chat.events.wait_for(SendFailed, 2).error is not None


def test_deleting_a_conversation_for_good_while_it_is_answered(chat: Chat) -> None:
    chat.workers.script_answer("Red", WAIT, ", green")
    chat.session.send("colours", model=chat.model)
    conversation_id = chat.events.wait_for(AnswerStarted).conversation.id
    chat.workers.wait_for_pause()
    chat.read(lambda: chat.session.delete(conversation_id))
    chat.workers.release()
    ended = chat.events.wait_for(AnswerEnded)
    assert ended.message.error is not None
    assert ended.message.error.kind == "ConversationMissing"
    assert chat.ask("something else").message.status is MessageStatus.COMPLETE
    assert chat.workers.forgotten == [str(conversation_id)] * 2  # it was read after the first


def test_what_is_emptied_from_the_trash_is_forgotten(chat: Chat) -> None:
    old, kept = chat.ask("one").conversation_id, chat.ask("two").conversation_id
    chat.read(lambda: chat.services.conversations.move_to_trash(old))
    chat.read(lambda: chat.services.conversations.move_to_trash(kept))
    long_ago = "UPDATE conversations SET deleted_at = 0 WHERE id = ?"
    chat.read(lambda: chat.services.database.execute(long_ago, (old,)))
    chat.read(chat.session.tidy_trash)
    chat.ask("three")
    assert chat.workers.forgotten == [str(old)]


def test_the_seed_is_known_from_the_beginning_and_the_same_for_the_model(chat: Chat) -> None:
    chat.workers.script_answer("Red", DIE)
    ended = chat.ask("colours")
    started = chat.events.wait_for(AnswerStarted)
    assert started.answer.origin is not None
    assert ended.message.origin is not None
    seed = started.answer.origin.seed
    assert seed is not None
    assert ended.message.origin.seed == seed == chat.workers.requests[0].parameters.seed
    assert ended.message.origin.finish_reason is FinishReason.FAILED
    assert ended.message.origin.usage.completion_tokens == 1


def test_the_counts_of_a_continued_answer_add_up(chat: Chat) -> None:
    chat.workers.script_answer("Red", ",", WAIT)
    chat.session.send("colours", model=chat.model)
    chat.workers.wait_for_pause()
    message_id = chat.events.wait_for(AnswerStarted).answer.id
    chat.session.stop(message_id)
    chat.events.wait_for(AnswerEnded)
    chat.workers.script_answer(" green", ".")
    chat.session.continue_answer(message_id, model=chat.model)
    origin = chat.events.wait_for(AnswerEnded, 2).message.origin
    assert origin is not None
    assert origin.usage.completion_tokens == 4
    assert origin.usage.generation_ms == pytest.approx(40)
    assert origin.usage.first_token_ms == pytest.approx(5)


def test_an_interrupted_first_answer_gets_a_title_at_the_next_start(
    paths: Paths, tmp_path: Path
) -> None:
    chat = Chat(paths, tmp_path)

    def leave_behind() -> int:
        conversations, database = chat.services.conversations, chat.services.database
        created, _, answer = conversations.begin_exchange(
            None, "Name three colours.", origin=Origin("m", "/m", PARAMETERS), model_path=None
        )
        database.execute(
            "UPDATE messages SET writer_pid = 1, writer_started = 0 WHERE id = ?", (answer.id,)
        )
        return created.id

    conversation_id = chat.read(leave_behind)
    chat.services.close()
    again = Chat(paths, tmp_path)
    assert again.read(lambda: again.services.conversations.get(conversation_id)).title
    assert again.branch(conversation_id)[1].status is MessageStatus.INTERRUPTED
    again.services.close()
