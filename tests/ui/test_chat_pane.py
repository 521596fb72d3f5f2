"""One conversation in the assembled window: what is sent, shown, stopped and told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt

from chatapp.chat.events import AnswerEnded, AnswerGrew, AnswerPhase, AnswerProgress
from chatapp.chat.parameters import parameters_for
from chatapp.domain.conversation import MessageStatus, Opinion, Rating
from chatapp.domain.generation import Origin
from chatapp.errors import ContextFull, ConversationMissing, DatabaseBusy, DiskFull
from chatapp.settings import Settings
from tests.fakes import DIE, WAIT, Fails
from tests.window import Window, words_of

STORY = "The ship sails on."


def run_out_of_space(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DiskFull(str(window.paths.database))

    for name in ("begin_exchange", "save_waiting"):
        monkeypatch.setattr(window.services.conversations, name, refuse)


# Sending


def test_the_composer_is_empty_and_keeps_the_keyboard(window: Window) -> None:
    window.ask("Hello")
    assert window.composer.text() == ""
    window.type("and")
    assert window.composer.text() == "and"
    assert window.texts == ["Hello", "Hello there."]


def test_a_question_goes_to_the_conversation_that_was_clicked_last(window: Window) -> None:
    first = window.ask("one").id
    window.new()
    second = window.ask("two").id
    # Before the first conversation is read and shown.
    window.sidebar.conversation_selected.emit(first)
    window.say("three")
    window.wait(lambda: window.texts[-2:] == ["three", "Hello there."])
    window.settle()
    assert window.shown_id == first
    assert window.texts == ["one", "Hello there.", "three", "Hello there."]
    assert window.stored_texts(first) == window.texts
    assert window.stored_texts(second) == ["two", "Hello there."]


def test_two_new_conversations_in_a_moment(window: Window) -> None:
    for text in ("same", "same", "other"):
        window.new()
        window.say(text)
    window.wait(lambda: window.texts == ["other", "Hello there."])
    window.wait(lambda: not window.session.running_conversations())
    window.settle()
    assert window.texts == ["other", "Hello there."]
    assert sorted(window.stored_texts(c.id)[0] for c in window.stored()) == [
        "other",
        "same",
        "same",
    ]
    assert sorted(window.listed) == ["other", "same", "same"]


def test_what_is_sent_while_another_is_opened_stays_in_the_background(window: Window) -> None:
    first = window.ask("one").id
    window.new()
    window.say("two")
    window.open(first)
    window.wait(lambda: len(window.stored()) == 2)
    window.wait(lambda: not window.session.running_conversations())
    window.settle()
    assert window.shown_id == first
    assert window.texts == ["one", "Hello there."]
    assert window.title == "one"
    assert not window.composer.is_running


@pytest.mark.parametrize("text", ["a\0b", "lone \ud83d surrogate", "one\u2028two", "x" * 20_000])
def test_strange_first_messages_are_shown(window: Window, text: str) -> None:
    window.pane.composer.send_requested.emit(text, ())
    window.wait(lambda: len(window.messages) == 2 and not window.composer.is_running)
    window.settle()
    assert window.shown_id is not None
    assert window.stored_texts(window.shown_id) == window.texts


def test_return_while_an_answer_is_written_asks_ahead(window: Window) -> None:
    window.begin_story()
    window.say("And then?")
    assert window.composer.text() == ""
    window.wait(lambda: window.queued == ["Next: And then?"])
    assert len(window.messages) == 2
    window.workers.release()
    window.wait(lambda: len(window.messages) == 4)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["Tell me a story.", STORY, "And then?", "Hello there."]
    assert window.queued == []


def test_return_before_the_answer_began_does_not_send_twice(window: Window) -> None:
    window.say("one")
    window.say("two")
    assert window.composer.text() == "two", "there is no conversation yet in which it could wait"
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["one", "Hello there."]
    assert window.composer.text() == "two"


def test_a_starter_keeps_what_was_typed(window: Window) -> None:
    window.composer.set_text("Dear landlord")
    window.pane.welcome.starter_chosen.emit("Rewrite this:\n\n")
    assert window.composer.text() == "Rewrite this:\n\nDear landlord"


# Failing to send


def test_a_message_that_can_not_wait_safely_comes_back(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.begin_story()
    with monkeypatch.context() as patch:
        run_out_of_space(window, patch)
        window.say("And then?")
        window.wait(lambda: window.composer.text() == "And then?")
    assert window.queued == []
    assert "The message was not sent" in words_of(window.pane)
    assert window.composer.is_running
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["Tell me a story.", STORY]
    assert window.composer.text() == "And then?"


def test_a_message_that_can_not_be_stored_comes_back(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        run_out_of_space(window, patch)
        window.say("Precious words")
        assert window.composer.is_running
        window.wait(lambda: window.notices)
    assert window.composer.text() == "Precious words"
    assert not window.composer.is_running
    assert len(window.notices) == 1
    assert "The message was not sent" in window.notices[0]
    assert "disk is full" in window.notices[0]
    assert window.is_welcoming
    assert window.stored() == []

    window.key(Qt.Key.Key_Return)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["Precious words", "Hello there."]
    assert window.notices == []


def test_nothing_that_was_typed_meanwhile_is_lost(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask("First")
    run_out_of_space(window, monkeypatch)
    window.say("Precious words")
    window.composer.set_text("typed meanwhile")
    window.wait(lambda: window.notices)
    assert window.composer.text() == "Precious words\n\ntyped meanwhile"
    assert window.texts == ["First", "Hello there."]


def test_the_failure_is_told_even_when_the_model_gets_ready_now(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_out_of_space(window, monkeypatch)
    window.say("Precious words")
    window.wait(lambda: window.notices)
    window.main.models.choose(window.services.library.find("beta"))
    window.wait_until_ready()
    assert "not sent" in window.notices[0]


def test_an_answer_that_can_not_begin_is_told(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask("First")

    def refuse(*_: object, **__: object) -> None:
        raise DiskFull("here")

    monkeypatch.setattr(window.services.conversations, "begin_answer", refuse)
    window.composer.set_text("unsent")
    window.actions.retry.trigger()
    window.wait(lambda: window.notices)
    assert "The answer was not begun" in window.notices[0]
    assert not window.composer.is_running
    assert window.composer.text() == "unsent"
    assert window.texts == ["First", "Hello there."]


# Stop


def test_escape_stops_and_keeps_what_is_written(window: Window) -> None:
    window.begin_story()
    window.key(Qt.Key.Key_Escape)
    window.wait_for_status(MessageStatus.STOPPED)
    assert window.last.text == "The ship "
    assert not window.composer.is_running
    window.settle()
    stored = window.branch(window.last.conversation_id)[-1]
    assert (stored.status, stored.text) == (MessageStatus.STOPPED, "The ship ")


def test_escape_stops_from_the_list_too(window: Window) -> None:
    window.begin_story()
    window.sidebar.view.step_in()
    window.key(Qt.Key.Key_Escape)
    window.wait_for_status(MessageStatus.STOPPED)


def test_stop_in_the_moment_after_sending_is_not_forgotten(window: Window) -> None:
    window.workers.script_answer("Hm", WAIT, "never")
    window.say("Something")
    window.key(Qt.Key.Key_Escape)
    window.wait_for_status(MessageStatus.STOPPED)
    assert "never" not in window.last.text


def test_escape_without_an_answer_changes_nothing(window: Window) -> None:
    window.key(Qt.Key.Key_Escape)
    window.ask("Hello")
    window.composer.set_text("unsent")
    window.key(Qt.Key.Key_Escape)
    window.settle()
    assert window.composer.text() == "unsent"
    assert window.last.status is MessageStatus.COMPLETE


# Going on


def test_alt_return_continues_a_stopped_answer(window: Window) -> None:
    window.begin_story()
    window.key(Qt.Key.Key_Escape)
    window.wait_for_status(MessageStatus.STOPPED)
    window.workers.script_answer("sails on.")
    window.composer.set_text("unsent")
    window.key(Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["Tell me a story.", STORY]
    assert window.workers.requests[-1].prefill == "The ship "
    assert window.composer.text() == "unsent"
    # A complete answer too can go on, and the key sends nothing.
    window.workers.script_answer(" Far.")
    window.key(Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    window.wait(lambda: window.last.text == f"{STORY} Far.")
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.composer.text() == "unsent"


@pytest.mark.parametrize("words", ["Continue", "Try again"])
def test_the_buttons_of_a_stopped_answer(window: Window, words: str) -> None:
    window.begin_story()
    window.pane.stop()
    window.wait_for_status(MessageStatus.STOPPED)
    stopped = window.last
    window.workers.script_answer("calmly.")
    window.press(words)
    window.wait_for_status(MessageStatus.COMPLETE)
    if words == "Continue":
        assert (window.last.id, window.last.text) == (stopped.id, "The ship calmly.")
    else:
        assert window.last.id != stopped.id
        assert window.texts == ["Tell me a story.", "calmly."]


def test_the_answer_fails_and_is_tried_again(window: Window) -> None:
    window.workers.script_answer("The ", Fails(ContextFull(9000, 4096)))
    window.say("A long one")
    window.wait_for_status(MessageStatus.FAILED)
    assert window.notices == []
    (failure,) = window.failures
    assert "9,000" in failure
    assert window.last.text == "The "
    failed = window.last
    window.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.last.id != failed.id
    assert window.texts == ["A long one", "Hello there."]
    assert window.failures == []


def test_a_failed_answer_can_be_continued(window: Window) -> None:
    window.workers.script_answer("The ", "ship ", DIE)
    window.say("A story")
    window.wait_for_status(MessageStatus.FAILED)
    window.workers.script_answer("sails.")
    window.key(Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["A story", "The ship sails."]


def test_trying_again_twice_in_a_moment_begins_one_answer(window: Window) -> None:
    window.ask("Hello")
    window.workers.script_answer("Once", WAIT)
    for _ in range(3):
        window.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    window.workers.wait_for_pause()
    window.workers.release()
    window.wait(lambda: window.texts == ["Hello", "Once"])
    window.wait(lambda: not window.composer.is_running)
    window.settle()
    assert len(window.workers.requests) == 2
    assert window.shown_id is not None
    question = window.messages[0].id
    versions = window.read(
        lambda: window.services.conversations.children(question, window.last.conversation_id)
    )
    assert [message.text for message in versions] == ["Hello there.", "Once"]


def test_an_earlier_answer_is_tried_again_on_a_branch_of_its_own(window: Window) -> None:
    window.ask("one")
    first = window.last
    window.ask("two")
    window.workers.script_answer("Otherwise.")
    window.pane.transcript.retry_requested.emit(first.id)
    window.wait(lambda: window.texts == ["one", "Otherwise."])
    window.settle()
    assert window.stored_texts(first.conversation_id) == ["one", "Otherwise."]


# Coming back


@pytest.mark.parametrize("leave", ["new", "other"])
def test_switching_back_in_the_middle_neither_doubles_nor_loses_text(
    window: Window, leave: str
) -> None:
    other = window.ask("Other").id
    window.new()
    story = window.begin_story()
    if leave == "new":
        window.new()
        assert window.is_welcoming
    else:
        window.open(other)
    assert not window.composer.is_running
    window.open(story)
    assert window.texts == ["Tell me a story.", "The ship "]
    assert window.composer.is_running
    # What was told before is told again, with what is new behind it.
    answer = window.last.id
    window.pane.on_session_event(AnswerGrew(story, answer, "ship sa", len("The ")))
    assert window.last.text == "The ship sa"
    window.pane.on_session_event(AnswerGrew(story, answer, "The ", 0))
    assert window.last.text == "The ship sa"
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.last.text == STORY
    window.settle()
    assert window.stored_texts(story)[-1] == STORY


def test_fast_switching_while_an_answer_streams(window: Window) -> None:
    other = window.ask("Other").id
    window.new()
    pieces = [f"{number} " for number in range(200)]
    whole = "Now: " + "".join(pieces)
    window.workers.script_answer("Now: ", WAIT, *pieces)
    window.say("Count")
    window.workers.wait_for_pause()
    window.wait(lambda: window.shown_id not in (None, other))
    counting = window.shown_id
    assert counting is not None
    window.workers.release()
    for _ in range(20):
        window.open(other)
        window.open(counting)
        assert whole.startswith(window.last.text)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.last.text == whole


def test_an_answer_that_ends_between_reading_and_showing(window: Window) -> None:
    """Its end is told before the older state that was read is shown."""
    story = window.begin_story()
    unfinished = window.branch(story)
    assert unfinished[-1].status is MessageStatus.GENERATING
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    conversation = window.pane.conversation
    assert conversation is not None
    window.new()
    window.pane._show(conversation, unfinished, None)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.last.text == STORY


def test_the_status_line_follows_the_conversation_that_is_shown(window: Window) -> None:
    other = window.ask("Other").id
    window.new()
    story = window.begin_story()
    window.wait(lambda: "Writing" in words_of(window.main.status_line))
    window.open(other)
    window.wait(lambda: "Ready" in words_of(window.main.status_line))
    window.open(story)
    window.wait(lambda: "Writing" in words_of(window.main.status_line))
    window.pane.stop()
    window.wait(lambda: "Ready" in words_of(window.main.status_line))


def test_the_context_is_counted(window: Window) -> None:
    window.ask("Hello")
    assert window.pane.context.used == 13  # 10 of the prompt, 3 of the answer
    window.new()
    assert window.pane.context.used == 0


def test_figures_follow_a_fast_answer_at_a_readable_pace(window: Window) -> None:
    window.workers.script_answer(*("word " for _ in range(500)), WAIT, "end.")
    told: list[AnswerProgress | None] = []
    window.pane.progressed.connect(told.append)
    window.say("Tell me a story")
    window.workers.wait_for_pause()
    window.wait(lambda: window.pane.context.used == 510)  # 10 of the prompt
    writing = [one for one in told if one is not None and one.phase is AnswerPhase.WRITING]
    assert len(writing) < 100
    assert writing[-1].tokens == 500
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    window.wait(lambda: told[-1] is None)
    assert window.pane.context.used == 511
    window.settle()
    assert told[-1] is None


def test_up_recalls_the_questions_of_this_conversation(window: Window) -> None:
    window.ask("one")
    first = window.ask("two").id
    window.new()
    window.key(Qt.Key.Key_Up)
    assert window.composer.text() == ""
    window.open(first)
    window.key(Qt.Key.Key_Up)
    window.key(Qt.Key.Key_Up)
    assert window.composer.text() == "one"


# Failing to read


@pytest.mark.parametrize("from_new", [True, False])
def test_a_conversation_that_can_not_be_read(
    window: Window, monkeypatch: pytest.MonkeyPatch, *, from_new: bool
) -> None:
    first = window.ask("one").id
    window.new()
    second = window.ask("two").id
    if from_new:
        window.new()
    window.composer.set_text("unsent")

    def refuse(_: int) -> None:
        raise DatabaseBusy("here")

    with monkeypatch.context() as patch:
        patch.setattr(window.services.conversations, "branch", refuse)
        window.sidebar.conversation_selected.emit(first)
        window.wait(lambda: window.notices)
    assert "can't be opened" in window.notices[0]
    # Everything stays with the conversation before.
    assert window.pane.conversation_id == (None if from_new else second)
    assert window.sidebar.view.current_id == window.pane.conversation_id
    assert window.title == ("New conversation" if from_new else "two")
    assert window.composer.text() == "unsent"
    window.ask("three")
    assert window.notices == []
    assert window.texts[-2:] == ["three", "Hello there."]
    window.open(first)


def test_a_conversation_that_was_deleted_for_good_meanwhile(window: Window) -> None:
    first = window.ask("one").id
    window.new()
    window.read(lambda: window.services.conversations.delete(first))
    window.sidebar.conversation_selected.emit(first)
    window.wait(lambda: window.notices)
    assert "deleted meanwhile" in window.notices[0]
    window.wait(lambda: window.listed == [])


def test_sending_into_a_conversation_that_was_deleted_for_good(window: Window) -> None:
    first = window.ask("one").id
    window.read(lambda: window.services.conversations.delete(first))
    window.say("two")
    window.wait(lambda: window.notices)
    assert window.composer.text() == "two"
    assert "deleted meanwhile" in window.notices[0]


def test_an_answer_that_ends_on_a_full_disk_is_stored_later(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = window.begin_story()

    def refuse(*_: object, **__: object) -> None:
        raise DiskFull("here")

    with monkeypatch.context() as patch:
        patch.setattr(window.services.conversations, "end_answer", refuse)
        window.workers.release()
        window.wait_for_status(MessageStatus.FAILED)
    assert window.last.text == STORY
    assert not window.composer.is_running
    window.ask("Go on")
    assert window.stored_texts(story)[1] == STORY
    assert window.messages[1].status is MessageStatus.COMPLETE


def test_a_deleted_answer_does_not_keep_others_from_being_stored(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = window.begin_story()
    window.read(lambda: window.services.conversations.delete(story))
    window.workers.release()
    window.wait_for_status(MessageStatus.FAILED)
    window.new()
    second = window.begin_story()

    def refuse(*_: object, **__: object) -> None:
        raise DiskFull("here")

    with monkeypatch.context() as patch:
        patch.setattr(window.services.conversations, "end_answer", refuse)
        window.workers.release()
        window.wait_for_status(MessageStatus.FAILED)
    window.ask("Go on")
    assert window.stored_texts(second)[1] == STORY


# Nothing grows


def test_opening_conversations_again_and_again_leaves_nothing_behind(window: Window) -> None:
    # What is made when there is nothing else to do.
    assert window.main.models_page is not None
    window.main.loading.prepare()
    window.desktop.parameters.prepare()
    first = window.ask("one").id
    window.new()
    second = window.ask("two").id

    def count() -> int:
        window.settle()
        return len(window.main.findChildren(QObject))

    for number in (first, second) * 3:
        window.open(number)
    before = count()
    for _ in range(100):
        window.open(first)
        window.open(second)
    assert count() <= before + 5


def test_an_end_that_is_told_for_an_answer_elsewhere_changes_nothing_here(window: Window) -> None:
    window.ask("one")
    shown = window.messages
    gone = replace(window.last, id=99, conversation_id=98)
    window.pane.on_session_event(AnswerEnded(98, gone))
    assert window.messages == shown


def test_the_missing_conversation_of_a_retry(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask("one")

    def refuse(_: int) -> None:
        raise ConversationMissing(None)

    monkeypatch.setattr(window.services.conversations, "message", refuse)
    window.actions.retry.trigger()
    window.wait(lambda: window.notices)
    assert not window.composer.is_running


def test_origin_of_the_last_answer(window: Window) -> None:
    window.ask("one")
    origin = window.pane.context.last_origin
    assert isinstance(origin, Origin)
    assert origin.model_name == "alpha"
    assert window.pane.model is not None
    assert origin.parameters == parameters_for(window.pane.model, Settings())


def test_what_was_typed_stays_with_its_conversation(window: Window) -> None:
    first = window.ask("one").id
    window.type("for the first")
    window.new()
    assert window.composer.text() == ""
    window.type("for a new one")
    window.open(first)
    assert window.composer.text() == "for the first"
    window.new()
    assert window.composer.text() == "for a new one"


def test_a_message_that_failed_in_the_background_goes_back_to_its_conversation(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = window.ask("one").id
    run_out_of_space(window, monkeypatch)
    window.say("for the first")
    window.new()
    window.wait(lambda: window.notices)
    assert window.composer.text() == ""
    window.open(first)
    assert window.composer.text() == "for the first"


# Other versions


def test_another_version_in_the_middle_leaves_what_is_before_it(window: Window) -> None:
    for text in ("one", "two", "three"):
        window.ask(text)
    before = window.messages
    window.workers.script_answer("Otherwise.")
    window.pane.transcript.retry_requested.emit(before[3].id)
    window.wait(lambda: window.texts == ["one", "Hello there.", "two", "Otherwise."])
    window.wait_for_status(MessageStatus.COMPLETE)
    window.settle()
    assert (window.last.version, window.last.versions) == (2, 2)
    resets: list[bool] = []
    window.pane.transcript_model.modelReset.connect(lambda: resets.append(True))
    window.session.show_version(before[3].id)
    window.wait(lambda: len(window.messages) == 6)
    assert window.texts == [message.text for message in before]
    assert resets == []
    assert window.messages[3].versions == 2


def test_another_version_comes_where_the_reader_looks(window: Window) -> None:
    window.workers.script_answer("\n\n".join(f"Paragraph {number}." for number in range(60)))
    window.ask("one")
    first = window.last
    window.workers.script_answer("\n\n".join(f"Sentence {number}." for number in range(60)))
    window.pane.transcript.retry_requested.emit(first.id)
    window.wait(lambda: window.texts[-1].startswith("Sentence"))
    window.wait_for_status(MessageStatus.COMPLETE)
    for text in ("two", "three"):
        window.ask(text)
    view = window.pane.transcript
    window.session.show_version(first.id)
    window.wait(lambda: len(window.messages) == 2)
    # The arrows are at the foot of the answer: that is what must not move.
    foot = next(one.bottom for one in view.placed if one.row == 1)
    window.session.show_version(window.messages[0].id + 2)
    window.wait(lambda: len(window.messages) == 6)
    assert next(one.bottom for one in view.placed if one.row == 1) == foot


def test_a_branch_of_its_own_is_opened(window: Window) -> None:
    window.ask("one")
    middle = window.last
    window.ask("two")
    old = window.shown_id
    window.session.branch_off(middle.id)
    window.wait(lambda: window.shown_id not in (None, old))
    assert window.texts == ["one", "Hello there."]
    window.wait(lambda: len(window.listed) == 2)
    assert window.sidebar.view.current_id == window.shown_id


def test_a_rating_is_shown_and_takes_nothing_from_what_is_written(window: Window) -> None:
    story = window.begin_story()
    window.session.rate(window.last.id, Rating(Opinion.LIKED))
    window.wait(lambda: window.last.rating is not None)
    assert window.last.text == "The ship "
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    window.settle()
    assert window.last.text == STORY == window.stored_texts(story)[-1]


def test_what_could_not_be_done_is_told(window: Window) -> None:
    window.ask("one")
    window.session.run_again(10_000, window.pane.model)  # type: ignore[arg-type]
    window.wait(lambda: window.notices)
    assert "Nothing was changed" in window.notices[0]
    assert not window.composer.is_running


def test_the_first_question_in_other_words_is_no_new_conversation(window: Window) -> None:
    window.ask("one")
    question = window.messages[0]
    assert window.pane.model is not None
    window.session.edit_question(question.id, "One, please", (), window.pane.model)
    # In the same moment a new conversation is begun.
    window.new()
    window.say("other")
    window.wait(lambda: window.texts == ["other", "Hello there."])
    window.wait(lambda: not window.session.running_conversations())
    window.settle()
    assert window.texts == ["other", "Hello there."]
    window.open(question.conversation_id)
    assert window.texts == ["One, please", "Hello there."]


def test_the_question_is_pinned_when_the_settings_say_so(window: Window) -> None:
    assert not window.pane.transcript.pins_question
    window.services.settings.change(pin_question=True)
    assert window.pane.transcript.pins_question


def test_only_the_last_questions_are_recalled(window: Window) -> None:
    window.ask("one")
    conversation = window.pane.conversation
    assert conversation is not None
    many = [replace(window.messages[0], id=n, text=f"question {n}") for n in range(1000, 1500)]
    window.pane._show(conversation, many, None)
    assert window.composer._input._history == [f"question {n}" for n in range(1300, 1500)]
