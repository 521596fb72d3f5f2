"""What a person does with messages, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.chat.events import (
    ActionFailed,
    AnswerEnded,
    AnswerGrew,
    AnswerPhase,
    AnswerProgressed,
    AnswerStarted,
    BranchChanged,
    ConversationBranched,
    ConversationChanged,
    MessageChanged,
    SendFailed,
)
from chatapp.domain.conversation import Attachment, MessageStatus, Opinion, Rating, Role
from chatapp.domain.generation import GenerationParameters
from chatapp.errors import (
    AnswerNotLast,
    ConversationMissing,
    DiskFull,
    MessageDeleted,
    MessageEmpty,
    OriginUnknown,
)
from chatapp.paths import Paths
from tests.chat.sessions import TIMEOUT, Chat
from tests.fakes import WAIT

NOTES = Attachment("notes.txt", "text/plain", 12, "Buy bread.")
COLD = GenerationParameters(temperature=0.1, top_k=7)


def texts(chat: Chat, conversation_id: int) -> list[str]:
    return [m.text for m in chat.branch(conversation_id)]


def shown(event: BranchChanged) -> list[str]:
    return [m.text for m in event.messages]


def know_hash(chat: Chat) -> None:
    """Then it is stored with every answer at once, and not some time later."""
    chat.services.library.content_hash(chat.model).result(TIMEOUT)


@pytest.fixture
def chat(chat: Chat) -> Chat:
    know_hash(chat)
    return chat


# Attachments


def test_attachments_are_stored_and_read_by_the_model(chat: Chat) -> None:
    chat.session.send("What shall I buy?", model=chat.model, attachments=[NOTES])
    ended = chat.events.wait_for(AnswerEnded)
    assert chat.branch(ended.conversation_id)[0].attachments == (NOTES,)
    question = chat.events.wait_for(AnswerStarted).question
    assert question is not None
    assert question.attachments == (NOTES,)
    (turn,) = chat.workers.requests[0].turns
    assert turn.text == "notes.txt\n```\nBuy bread.\n```\n\nWhat shall I buy?"


def test_attachment_alone_is_sent_and_names_the_conversation(chat: Chat) -> None:
    chat.session.send("", model=chat.model, attachments=[NOTES])
    ended = chat.events.wait_for(AnswerEnded)
    stored = chat.read(lambda: chat.services.conversations.get(ended.conversation_id))
    assert stored.title == "notes.txt"


def test_what_can_not_be_sent_is_given_back_with_its_attachments(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFull("here")

    monkeypatch.setattr(chat.services.conversations, "begin_exchange", full)
    chat.session.send("Keep this.", model=chat.model, attachments=[NOTES])
    failed = chat.events.wait_for(SendFailed)
    assert (failed.text, failed.attachments) == ("Keep this.", (NOTES,))


# Asking in another way


def test_edited_question_is_answered_beside_the_first(chat: Chat) -> None:
    first = chat.ask("colours")
    chat.ask("more", first.conversation_id)
    question_id = first.message.parent_id or 0
    chat.workers.script_answer("Blue")
    chat.session.edit_question(question_id, "one colour", [NOTES], chat.model, COLD)
    ended = chat.events.wait_for(AnswerEnded, 3)
    assert ended.message.text == "Blue"
    started = chat.events.wait_for(AnswerStarted, 3)
    assert started.question is not None
    assert (started.question.text, started.question.attachments) == ("one colour", (NOTES,))
    assert (started.question.version, started.question.versions) == (2, 2)
    assert started.answer.origin is not None
    assert started.answer.origin.parameters == COLD
    assert texts(chat, first.conversation_id) == ["one colour", "Blue"]
    assert len(chat.workers.requests[2].turns) == 1
    chat.session.show_version(question_id)
    assert shown(chat.events.wait_for(BranchChanged)) == [
        "colours",
        "Hello there.",
        "more",
        "Hello there.",
    ]


def test_nothing_to_ask(chat: Chat) -> None:
    first = chat.ask("colours")
    question_id = first.message.parent_id or 0
    chat.session.edit_question(question_id, " \n", [], chat.model)
    failed = chat.events.wait_for(ActionFailed)
    assert isinstance(failed.error, MessageEmpty)
    assert failed.conversation_id == first.conversation_id
    chat.session.edit_answer(first.message.id, "")
    assert isinstance(chat.events.wait_for(ActionFailed, 2).error, MessageEmpty)
    assert texts(chat, first.conversation_id) == ["colours", "Hello there."]


def test_question_without_an_answer_is_answered_again(chat: Chat) -> None:
    first = chat.ask("colours")
    chat.session.delete_message(first.message.id)
    assert shown(chat.events.wait_for(BranchChanged)) == ["colours"]
    chat.workers.script_answer("Blue")
    chat.session.retry(first.message.parent_id or 0, model=chat.model)
    chat.events.wait_for(AnswerEnded, 2)
    assert texts(chat, first.conversation_id) == ["colours", "Blue"]


def test_run_again_uses_the_stored_parameters_and_seed(chat: Chat) -> None:
    chat.session.send("colours", model=chat.model, parameters=COLD)
    first = chat.events.wait_for(AnswerEnded)
    chat.ask("more", first.conversation_id)
    chat.session.run_again(first.message.id, chat.model)
    again = chat.events.wait_for(AnswerEnded, 3).message
    assert first.message.origin is not None
    assert again.origin is not None
    assert again.origin.parameters == COLD
    assert again.origin.seed == first.message.origin.seed
    requests = chat.workers.requests
    assert requests[2].parameters == requests[0].parameters
    assert requests[2].turns == requests[0].turns
    assert (again.version, again.versions) == (2, 2)


def test_run_again_needs_to_know_how(chat: Chat) -> None:
    first = chat.ask("colours")
    chat.session.run_again(first.message.parent_id or 0, chat.model)
    assert isinstance(chat.events.wait_for(ActionFailed).error, OriginUnknown)
    chat.session.run_again(12345, chat.model)
    failed = chat.events.wait_for(ActionFailed, 2)
    assert isinstance(failed.error, ConversationMissing)
    assert failed.conversation_id is None
    assert len(chat.workers.requests) == 1


def test_answers_to_a_deleted_question_are_not_made(chat: Chat) -> None:
    first = chat.ask("colours")
    chat.session.delete_message(first.message.parent_id or 0)
    chat.session.run_again(first.message.id, chat.model)
    assert isinstance(chat.events.wait_for(ActionFailed).error, MessageDeleted)
    chat.session.retry(first.message.id, model=chat.model)
    assert isinstance(chat.events.wait_for(SendFailed).error, MessageDeleted)
    chat.session.continue_answer(first.message.id, model=chat.model)
    assert isinstance(chat.events.wait_for(SendFailed, 2).error, MessageDeleted)
    assert texts(chat, first.conversation_id) == ["Hello there."]


def test_only_the_last_answer_is_continued(chat: Chat) -> None:
    first = chat.ask("colours")
    second = chat.ask("more", first.conversation_id)
    chat.session.continue_answer(first.message.id, model=chat.model)
    assert isinstance(chat.events.wait_for(SendFailed).error, AnswerNotLast)
    chat.session.continue_answer(second.message.id, model=chat.model)
    chat.events.wait_for(AnswerEnded, 3)
    assert texts(chat, first.conversation_id)[1::2] == ["Hello there.", "Hello there.Hello there."]


# Changing what was said


def test_edited_answer_is_what_the_model_reads_from_now_on(chat: Chat) -> None:
    first = chat.ask("colours")
    chat.session.edit_answer(first.message.id, "Only blue.")
    branch = chat.events.wait_for(BranchChanged)
    edited = branch.messages[1]
    assert (edited.text, edited.is_edited, edited.version) == ("Only blue.", True, 2)
    assert edited.origin == first.message.origin
    chat.ask("more", first.conversation_id)
    assert [t.text for t in chat.workers.requests[1].turns] == ["colours", "Only blue.", "more"]


def test_deleted_message_comes_back(chat: Chat) -> None:
    first = chat.ask("colours")
    chat.ask("more", first.conversation_id)
    chat.session.delete_message(first.message.id)
    event = chat.events.wait_for(BranchChanged)
    assert event.conversation_id == first.conversation_id
    assert shown(event) == ["colours", "more", "Hello there."]
    chat.session.restore_message(first.message.id)
    event = chat.events.wait_for(BranchChanged, 2)
    assert list(event.messages) == chat.branch(first.conversation_id)
    assert len(event.messages) == 4


def test_answer_that_is_deleted_while_it_is_written_is_stopped(chat: Chat) -> None:
    chat.workers.script_answer("Red", WAIT, ", green")
    chat.session.send("colours", model=chat.model)
    started = chat.events.wait_for(AnswerStarted)
    chat.workers.wait_for_pause()
    chat.session.delete_message(started.answer.id)
    assert shown(chat.events.wait_for(BranchChanged)) == ["colours"]
    ended = chat.events.wait_for(AnswerEnded).message
    assert (ended.text, ended.status) == ("Red", MessageStatus.STOPPED)
    assert texts(chat, started.conversation.id) == ["colours"]
    chat.session.restore_message(started.answer.id)
    assert shown(chat.events.wait_for(BranchChanged, 2)) == ["colours", "Red"]


def test_actions_on_what_is_gone_are_told(chat: Chat) -> None:
    actions = [
        lambda: chat.session.edit_question(12345, "text", [], chat.model),
        lambda: chat.session.edit_answer(12345, "text"),
        lambda: chat.session.show_version(12345),
        lambda: chat.session.delete_message(12345),
        lambda: chat.session.restore_message(12345),
        lambda: chat.session.rate(12345, None),
        lambda: chat.session.branch_off(12345),
    ]
    for number, action in enumerate(actions, 1):
        action()
        failed = chat.events.wait_for(ActionFailed, number)
        assert failed.conversation_id is None
        assert isinstance(failed.error, ConversationMissing)


def test_action_that_can_not_be_stored_is_told(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    first = chat.ask("colours")

    def full(*_: object, **__: object) -> None:
        raise DiskFull("here")

    monkeypatch.setattr(chat.services.conversations, "rate", full)
    chat.session.rate(first.message.id, Rating(Opinion.LIKED))
    failed = chat.events.wait_for(ActionFailed)
    assert failed.conversation_id == first.conversation_id
    assert isinstance(failed.error, DiskFull)


def test_rating_is_told_and_kept(chat: Chat) -> None:
    first = chat.ask("colours")
    rating = Rating(Opinion.DISLIKED, "too short", "Red, green and blue.", 5.0)
    chat.session.rate(first.message.id, rating)
    changed = chat.events.wait_for(MessageChanged).message
    assert changed == chat.branch(first.conversation_id)[1]
    assert changed.rating == rating
    chat.session.rate(first.message.id, None)
    assert chat.events.wait_for(MessageChanged, 2).message.rating is None


def test_branching_off_makes_a_conversation_that_goes_its_own_way(chat: Chat) -> None:
    first = chat.ask("colours")
    chat.ask("more", first.conversation_id)
    chat.session.branch_off(first.message.id)
    branched = chat.events.wait_for(ConversationBranched).conversation
    assert branched in [e.conversation for e in chat.events.of(ConversationChanged)]
    assert branched.title == "colours"
    chat.ask("others", branched.id)
    assert texts(chat, branched.id) == ["colours", "Hello there.", "others", "Hello there."]
    assert texts(chat, first.conversation_id)[2] == "more"


def test_branching_off_a_growing_answer_takes_all_there_is(chat: Chat) -> None:
    chat.workers.script_answer("Red", WAIT, ", green")
    chat.session.send("colours", model=chat.model)
    started = chat.events.wait_for(AnswerStarted)
    chat.workers.wait_for_pause()
    chat.events.wait_for(AnswerGrew)
    chat.session.branch_off(started.answer.id)
    branched = chat.events.wait_for(ConversationBranched).conversation
    _, copy = chat.branch(branched.id)
    assert (copy.text, copy.status) == ("Red", MessageStatus.STOPPED)
    assert chat.session.running(branched.id) is None
    chat.workers.release()
    assert chat.events.wait_for(AnswerEnded).message.text == "Red, green"


# The trash


def test_what_was_read_of_deleted_messages_is_forgotten(chat: Chat) -> None:
    first = chat.ask("colours")
    chat.session.delete_message(first.message.id)
    chat.events.wait_for(BranchChanged)
    long_ago = "UPDATE messages SET deleted_at = 0 WHERE deleted_at IS NOT NULL"
    chat.read(lambda: chat.services.database.execute(long_ago))
    chat.read(chat.session.tidy_trash)
    chat.ask("three")
    assert chat.workers.forgotten == [str(first.conversation_id)]
    assert texts(chat, first.conversation_id) == ["colours"]


# Thinking


def test_thinking_is_told_and_its_time_is_kept(chat: Chat) -> None:
    chat.workers.script_answer("<think>", "Which?", WAIT, " Red.", "</think>", "Red", ".")
    chat.session.send("colours", model=chat.model)
    chat.workers.wait_for_pause()
    chat.workers.release()
    ended = chat.events.wait_for(AnswerEnded).message
    progress = [e.progress for e in chat.events.of(AnswerProgressed) if e.progress.tokens]
    phases = [p.phase for p in progress]
    assert phases == [AnswerPhase.THINKING] * 3 + [AnswerPhase.WRITING] * 3
    seconds = [p.thinking_seconds for p in progress]
    assert seconds == sorted(seconds)
    assert seconds[0] == 0.0
    assert len(set(seconds[3:])) == 1
    assert ended.origin is not None
    assert ended.origin.usage.reasoning_ms == pytest.approx(seconds[-1] * 1000)
    assert ended.origin.usage.reasoning_ms > 0
    assert chat.branch(ended.conversation_id)[1].origin == ended.origin


def test_times_of_a_thought_that_is_continued_add_up(chat: Chat) -> None:
    chat.workers.script_answer("<think>", "Which?", WAIT)
    chat.session.send("colours", model=chat.model)
    chat.workers.wait_for_pause()
    message_id = chat.events.wait_for(AnswerStarted).answer.id
    chat.session.stop(message_id)
    stopped = chat.events.wait_for(AnswerEnded).message
    assert stopped.origin is not None
    before = stopped.origin.usage.reasoning_ms
    assert before > 0
    chat.workers.script_answer(" Red.", "</think>", "Red")
    chat.session.continue_answer(message_id, model=chat.model)
    ended = chat.events.wait_for(AnswerEnded, 2).message
    last = chat.events.of(AnswerProgressed)[-1].progress
    assert ended.origin is not None
    after = ended.origin.usage.reasoning_ms - before
    assert after == pytest.approx(last.thinking_seconds * 1000)


def test_answer_without_a_thought_takes_none(chat: Chat) -> None:
    ended = chat.ask("colours").message
    assert ended.origin is not None
    assert ended.origin.usage.reasoning_ms == 0.0
    phases = {e.progress.phase for e in chat.events.of(AnswerProgressed)}
    assert AnswerPhase.THINKING not in phases


def test_rows_survive_a_restart(paths: Paths, tmp_path: Path) -> None:
    chat = Chat(paths, tmp_path)
    know_hash(chat)
    chat.session.send("colours", model=chat.model, attachments=[NOTES])
    ended = chat.events.wait_for(AnswerEnded)
    chat.session.rate(ended.message.id, Rating(Opinion.LIKED, created_at=1.0))
    chat.session.edit_answer(ended.message.id, "Blue")
    chat.events.wait_for(BranchChanged)
    before = chat.branch(ended.conversation_id)
    chat.services.close()
    again = Chat(paths, tmp_path)
    assert again.branch(ended.conversation_id) == before
    assert before[0].attachments == (NOTES,)
    assert before[1] == replace(before[1], text="Blue", role=Role.ASSISTANT, versions=2)
    again.services.close()
