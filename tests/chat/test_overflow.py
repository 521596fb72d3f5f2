"""What happens at the borders of the window, with a model that reads everything at once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from chatapp.chat.events import (
    AnswerEnded,
    AnswerPhase,
    AnswerProgressed,
    AnswerStarted,
    SessionEvent,
    WindowChanged,
    WindowFull,
)
from chatapp.domain.conversation import Attachment, Message, MessageStatus, OverflowPolicy, Role
from chatapp.domain.generation import FinishReason
from chatapp.domain.model import ModelFile
from chatapp.paths import Paths
from chatapp.services import Services
from tests.chat.sessions import Chat
from tests.chat.talks import (
    DROP,
    LONG,
    SHORT_ANSWER,
    STOP,
    SUMMARISE,
    Stage,
    Talk,
    on_stage,
    tiny_model,
    used,
)
from tests.fakes import WAIT

CONTEXT = 1024  # tokens: bytes, but a blank has three
TURNS = 10  # three times as many
POLICIES = pytest.mark.parametrize("policy", OverflowPolicy)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("home")
    paths = Paths.under(folder)
    paths.create()
    with on_stage(paths, tiny_model(folder, CONTEXT), CONTEXT) as stage:
        yield stage


@pytest.fixture
def talk(stage: Stage) -> Iterator[Talk]:
    talk = Talk(stage)
    yield talk
    talk.close()


def is_refused(message: Message) -> bool:
    return message.error is not None and message.error.kind == "ContextFull"


# In the middle of an answer


@POLICIES
def test_window_fills_in_the_middle_of_an_answer(talk: Talk, policy: OverflowPolicy) -> None:
    talk.fill(policy, 2)
    answer = talk.ask("Tell a long story.", replace(SHORT_ANSWER, max_tokens=500))
    assert answer.status is MessageStatus.COMPLETE
    origin = answer.origin
    assert origin is not None
    if policy is STOP:
        assert origin.finish_reason is FinishReason.CONTEXT
        assert talk.wait_for(WindowFull).can_make_room
        assert talk.left() == []
        begun = answer.text
        assert begun
        talk.session.make_room(answer.id, policy=DROP, model=talk.model)
        answer = talk.ended()
        assert answer.text.startswith(begun)
        assert len(answer.text) > len(begun)
    else:
        assert origin.finish_reason is FinishReason.LENGTH
        assert origin.usage.completion_tokens == 500
        assert used(answer) <= CONTEXT
        assert len(answer.text) == 500
    assert talk.left()
    assert bool(talk.summaries()) is (policy is SUMMARISE)
    assert answer.text == talk.branch()[-1].text


@POLICIES
def test_answer_that_fills_the_window_alone_ends(talk: Talk, policy: OverflowPolicy) -> None:
    talk.fill(policy, 1)
    answer = talk.ask("Tell a story without an end.", replace(SHORT_ANSWER, max_tokens=None))
    assert answer.status is MessageStatus.COMPLETE
    assert answer.origin is not None
    assert answer.origin.finish_reason is FinishReason.CONTEXT
    if policy is not STOP:
        assert not talk.wait_for(WindowFull).can_make_room
        assert len(answer.text) > CONTEXT * 0.6
    assert not is_refused(talk.ask("Are you there?")) or policy is STOP


# What is too long alone


@POLICIES
def test_question_that_is_too_long_alone_is_refused(talk: Talk, policy: OverflowPolicy) -> None:
    talk.fill(policy, 2)
    assert is_refused(talk.ask("word " * 4000))
    assert not talk.wait_for(WindowFull).can_make_room
    # Nothing had to leave for it, and it stands in nobody's way.
    assert (talk.left(), talk.summaries()) == ([], [])
    assert talk.ask("Are you there?").status is MessageStatus.COMPLETE
    assert talk.left() == []
    assert len(talk.prompts[-1]) == 6


@pytest.mark.parametrize("policy", [DROP, SUMMARISE])
def test_question_that_is_a_little_too_long_leaves_all_as_it_was(
    talk: Talk, policy: OverflowPolicy
) -> None:
    talk.fill(policy, 2)
    assert is_refused(talk.ask("words" * (CONTEXT // 5)))
    assert not talk.wait_for(WindowFull).can_make_room
    assert (talk.left(), talk.summaries()) == ([], [])


def test_question_that_leaves_no_room_for_a_summary_is_answered(talk: Talk) -> None:
    branch = talk.fill(SUMMARISE, 2)
    answer = talk.ask("words" * (CONTEXT * 9 // 50))
    assert answer.status is MessageStatus.COMPLETE
    assert talk.summaries() == []
    assert talk.left() == [replace(message, left_window=True) for message in branch]
    # It left only because of that question.
    assert talk.ask("And now?").status is MessageStatus.COMPLETE


@POLICIES
def test_pinned_messages_that_are_too_long_alone(talk: Talk, policy: OverflowPolicy) -> None:
    branch = talk.fill(policy, TURNS)
    for message in branch[:-2]:
        talk.session.pin_message(message.id, pinned=True)
    assert is_refused(talk.ask())
    if policy is not STOP:
        assert not talk.wait_for(WindowFull).can_make_room
    assert (talk.left(), talk.summaries()) == ([], [])
    for message in branch[:-2]:
        talk.session.pin_message(message.id, pinned=False)
    talk.session.set_overflow(talk.id, DROP)
    assert talk.ask().status is MessageStatus.COMPLETE


@POLICIES
def test_system_prompt_that_is_too_long_alone(talk: Talk, policy: OverflowPolicy) -> None:
    talk.fill(policy, 2, system_prompt="You are brief. " * 100)
    answer = talk.ask()
    assert is_refused(answer)
    if policy is not STOP:
        assert not talk.wait_for(WindowFull).can_make_room
    assert (talk.left(), talk.summaries()) == ([], [])


def test_attachment_leaves_with_its_question(talk: Talk) -> None:
    talk.fill(DROP, 1)
    book = Attachment("book.txt", "text/plain", 500, "lorem" * 100)
    talk.session.send(
        "Read this.",
        model=talk.model,
        conversation_id=talk.id,
        parameters=SHORT_ANSWER,
        attachments=[book],
    )
    assert talk.ended().status is MessageStatus.COMPLETE
    assert talk.left() == []
    assert talk.ask("long!" * 100).status is MessageStatus.COMPLETE
    assert "lorem" not in talk.prompts[-1][1].text
    assert [m.text for m in talk.left()[2::2]] == ["Read this."]


# Summaries


def test_summaries_follow_each_other_and_stay_short(talk: Talk) -> None:
    talk.fill(SUMMARISE, TURNS)
    for number in range(1, 5):
        assert talk.ask("words" * 90 + f"({number})").status is MessageStatus.COMPLETE
    summaries = talk.summaries()
    assert len(summaries) > 2
    assert [summary.left_window for summary in summaries] == [True] * (len(summaries) - 1) + [False]
    assert max(len(summary.text) for summary in summaries) <= CONTEXT // 6
    assert "".join(turn.text for turn in talk.prompts[-1]).count("in short:") == 1
    assert summaries[-1].text in talk.prompts[-1][0].text


def test_summary_that_a_person_made_too_long_is_made_short_again(talk: Talk) -> None:
    talk.fill(SUMMARISE, TURNS)
    talk.ask()
    (summary,) = talk.summaries()
    talk.session.edit_answer(summary.id, "A very long story. " * 60)
    answer = talk.ask()
    assert answer.status is MessageStatus.COMPLETE
    first, second = talk.summaries()
    assert len(first.text) > CONTEXT
    assert len(second.text) <= CONTEXT // 6
    assert any("A very long story." in turn.text for prompt in talk.prompts for turn in prompt)


def test_pinned_messages_are_not_summarised(talk: Talk) -> None:
    branch = talk.fill(SUMMARISE, TURNS)
    pinned = branch[2:10:7]
    for message in pinned:
        talk.session.pin_message(message.id, pinned=True)
    assert talk.ask().status is MessageStatus.COMPLETE
    (summary,) = talk.summaries()
    asked, answered = talk.prompts[1:-1], talk.prompts[-1]
    for message in pinned:
        assert not any(message.text in turn.text for prompt in asked for turn in prompt)
        assert sum(message.text in turn.text for turn in answered) == 1
    before = {message.id for message in branch if message.id <= (summary.parent_id or 0)}
    assert {message.id for message in talk.left()} == before - {m.id for m in pinned}


def summarises(event: SessionEvent) -> bool:
    """Whether the model is at it, and has read a part."""
    if not isinstance(event, AnswerProgressed):
        return False
    return event.progress.phase is AnswerPhase.SUMMARISING and event.progress.fraction > 0


def test_stop_while_it_is_summarised(talk: Talk) -> None:
    talk.fill(SUMMARISE, TURNS)

    def listen(event: SessionEvent) -> None:
        if isinstance(event, AnswerProgressed) and summarises(event):
            talk.session.stop(event.message_id)
        talk.events.add(event)

    talk.stage.listener = listen
    answer = talk.ask()
    assert answer.status is MessageStatus.STOPPED
    assert (talk.left(), talk.summaries()) == ([], [])
    talk.stage.listener = talk.events.add
    talk.session.continue_answer(answer.id, model=talk.model)
    assert talk.ended().status is MessageStatus.COMPLETE
    assert len(talk.summaries()) == 1


# Branches, versions and what is deleted


def test_earlier_question_in_other_words_has_its_own_window(talk: Talk) -> None:
    branch = talk.fill(SUMMARISE, TURNS)
    first = talk.ask()
    (summary,) = talk.summaries()
    assert talk.left()
    talk.session.edit_question(branch[4].id, "Another river?", (), talk.model, SHORT_ANSWER)
    other = talk.ended()
    assert other.window_start is None
    assert (talk.left(), talk.summaries()) == ([], [])
    assert len(talk.prompts[-1]) == 6
    shown = talk.shown_after(lambda: talk.session.show_version(first.id))
    assert summary in shown
    # Another version of the answer has the same window, without another summary.
    talk.session.retry(first.id, model=talk.model, parameters=SHORT_ANSWER)
    again = talk.ended()
    assert again.version == 2
    assert again.window_start == first.window_start
    assert talk.summaries() == [summary]


@pytest.mark.parametrize("policy", [DROP, SUMMARISE])
def test_what_is_deleted_around_the_beginning_of_the_window(
    talk: Talk, policy: OverflowPolicy
) -> None:
    talk.fill(policy, TURNS)
    start = talk.ask().window_start or 0
    left = talk.left()
    for id_ in (left[-1].id, start):
        talk.session.delete_message(id_)
    assert talk.ask().status is MessageStatus.COMPLETE
    assert [m.id for m in talk.left()] == [m.id for m in left[:-1]]
    for id_ in (left[-1].id, start):
        talk.session.restore_message(id_)
    assert talk.ask().status is MessageStatus.COMPLETE
    assert {m.id for m in left} <= {m.id for m in talk.left()}
    texts = [turn.text for turn in talk.prompts[-1]]
    assert not any(message.text in texts for message in left)


# Other windows


def test_larger_window_is_used_and_smaller_one_is_kept(paths: Paths, tmp_path: Path) -> None:
    small, large = tiny_model(tmp_path, CONTEXT // 2), tiny_model(tmp_path, CONTEXT)
    with on_stage(paths, small, CONTEXT) as stage:
        talk = Talk(stage)
        talk.fill(DROP, TURNS)
        little = used(talk.ask())
        assert little <= CONTEXT // 2
        few = len(talk.prompts[-1])
        talk.model = large
        # The first answer finds out that there is room, the next one uses it.
        talk.ask()
        answer = talk.ask()
        assert len(talk.prompts[-1]) > few
        assert used(answer) > little
        assert talk.events.of(WindowChanged)[-1].start_id == answer.window_start
        talk.model = small
        assert used(talk.ask()) <= CONTEXT // 2
        talk.close()


# Around it


def test_two_clicks_make_room_once(talk: Talk) -> None:
    talk.fill(STOP, TURNS)
    answer = talk.ask()
    for _ in range(2):
        talk.session.make_room(answer.id, policy=DROP, model=talk.model)
    assert talk.ended().status is MessageStatus.COMPLETE
    assert len(talk.events.of(AnswerStarted)) == 2


def test_queue_waits_for_the_person_when_the_window_is_full(chat: Chat) -> None:
    chat.workers.script_answer("Red", WAIT, FinishReason.CONTEXT)
    chat.session.send("colours", model=chat.model)
    chat.workers.wait_for_pause()
    id_ = chat.events.wait_for(AnswerStarted).conversation.id
    chat.session.enqueue(id_, "more", (), chat.model)
    chat.workers.release()
    full = chat.events.wait_for(WindowFull)
    assert not full.can_make_room
    chat.read(lambda: None)
    assert chat.session.is_queue_held(id_)
    chat.session.send_queued(id_)
    assert chat.events.wait_for(AnswerEnded, 2).message.status is MessageStatus.COMPLETE


def stay_in_summary(home: Path, model: ModelFile, told: Connection) -> None:
    """A process that never gets on from where it begins to summarise."""
    paths = Paths.under(home)
    services = Services(paths)
    stage = Stage(services, model)
    services.engine.load(model)
    talk = Talk(stage)
    talk.fill(SUMMARISE, TURNS)

    def listen(event: SessionEvent) -> None:
        if summarises(event):
            told.send(talk.id)
            threading.Event().wait()

    stage.listener = listen
    talk.ask()


def test_kill_while_it_is_summarised(paths: Paths, tmp_path: Path) -> None:
    model = tiny_model(tmp_path, CONTEXT)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=stay_in_summary, args=(paths.data.parent, model, theirs))
    process.start()
    assert ours.poll(LONG)
    id_ = ours.recv()
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join(LONG)
    with on_stage(paths, model, CONTEXT) as stage:
        talk = Talk(stage)
        talk.id = id_
        talk.read(talk.session.recover)
        branch = talk.branch()
        assert len(branch) == 2 * TURNS + 2
        assert branch[-1].status is MessageStatus.INTERRUPTED
        assert not any(m.left_window or m.role is Role.SUMMARY for m in branch)
        talk.session.continue_answer(branch[-1].id, model=model)
        assert talk.ended().status is MessageStatus.COMPLETE
        assert len(talk.summaries()) == 1
        talk.close()
