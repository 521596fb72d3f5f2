"""Typed parts of an answer: as they arrive, as they are stored and as they are read again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.chat.events import AnswerEnded, AnswerGrew, AnswerStarted, CallsChanged, ThoughtGrew
from chatapp.chat.running_answer import AnswerParts
from chatapp.domain.conversation import Message, MessageStatus, Role, ToolCallRecord
from chatapp.domain.reasoning import split_reasoning
from chatapp.engine.parts import PartDelta, PartKind, ToolCall
from tests.chat.sessions import Chat
from tests.fakes import DIE, WAIT

THOUGHT, TEXT, CALL = PartKind
EMPTY = Message(1, 1, None, Role.ASSISTANT, "", MessageStatus.GENERATING, 0.0)


def parts_of(*deltas: PartDelta, message: Message = EMPTY) -> AnswerParts:
    parts = AnswerParts(message)
    for second, delta in enumerate(deltas):
        list(parts.add([delta], float(second)))
    list(parts.finish(float(len(deltas))))
    return parts


def test_parts_of_a_kind_become_one() -> None:
    parts = parts_of(
        PartDelta(0, THOUGHT, "Let me"),
        PartDelta(0, THOUGHT, " see.", is_complete=True),
        PartDelta(1, TEXT, "First"),
        PartDelta(2, THOUGHT, "More.", is_complete=True),
        PartDelta(3, TEXT, "then."),
    )
    assert parts.thought.text == "Let me see.\n\nMore."
    assert parts.text.text == "First\n\nthen."
    assert parts.clock.seconds(9.0) == 1.0


def test_calls_grow() -> None:
    parts = parts_of(
        PartDelta(0, CALL, "", name="add", call_id="x"),
        PartDelta(0, CALL, '{"a":'),
        PartDelta(0, CALL, "1}", is_complete=True),
        PartDelta(1, CALL, "", name="sub", raw="<call>sub"),
    )
    assert parts.calls == [
        ToolCallRecord("add", '{"a":1}', "x"),
        ToolCallRecord("sub", "", is_complete=False, raw="<call>sub"),
    ]


def test_what_is_continued_goes_on_where_it_ended() -> None:
    before = Message(
        1, 1, None, Role.ASSISTANT, "Red", MessageStatus.GENERATING, 0.0, reasoning="Hm."
    )
    parts = parts_of(PartDelta(0, TEXT, ", <think>"), message=before)
    assert (parts.thought.text, parts.text.text) == ("Hm.", "Red, <think>")
    before = Message(1, 1, None, Role.ASSISTANT, "", MessageStatus.GENERATING, 0.0, reasoning="Hm")
    parts = parts_of(PartDelta(0, THOUGHT, "m."), PartDelta(1, TEXT, "Red"), message=before)
    assert (parts.thought.text, parts.text.text) == ("Hmm.", "Red")


def test_what_was_held_back_is_kept_when_the_answer_goes_on_in_another_request() -> None:
    parts = AnswerParts(EMPTY)
    list(parts.add([PartDelta(0, TEXT, "Red\n</thi")], 0.0))
    assert parts.text.text == "Red\n"
    list(parts.begin_again(1.0))
    assert parts.text.text == "Red\n</thi"
    list(parts.add([PartDelta(0, TEXT, "nk>")], 2.0))
    assert (parts.thought.text, parts.text.text) == ("", "Red\n</think>")


def test_thought_of_an_unknown_format_grows_when_it_goes_on() -> None:
    parts = AnswerParts(EMPTY)
    list(parts.add([PartDelta(0, TEXT, "<think>Hm")], 0.0))
    list(parts.begin_again(1.0))
    list(parts.add([PartDelta(0, TEXT, "m.\n</think>\nRed")], 2.0))
    list(parts.finish(3.0))
    assert (parts.thought.text, parts.text.text) == ("Hmm.\n", "Red")


PIECES = st.lists(
    st.sampled_from(["<think>", "</think>", "<thi", "nk>", "a", "```\n", "\n", "[THINK]", "</"])
)


@given(PIECES)
def test_thought_that_is_marked_in_the_text_is_told_apart(pieces: list[str]) -> None:
    parts = parts_of(*(PartDelta(0, TEXT, piece) for piece in pieces))
    whole = split_reasoning("".join(pieces), is_complete=True)
    assert (parts.thought.text, parts.text.text) == (whole.text, whole.answer)


# Through the session


def test_parts_are_told_stored_and_sent_again(chat: Chat) -> None:
    chat.workers.script_answer(
        PartDelta(0, THOUGHT, "A colour", is_complete=False),
        PartDelta(0, THOUGHT, "?", is_complete=True),
        PartDelta(1, TEXT, "Red."),
        PartDelta(2, CALL, '{"c": 1}', name="paint", is_complete=True),
    )
    ended = chat.ask("colours")
    message = ended.message
    call = ToolCallRecord("paint", '{"c": 1}')
    assert (message.reasoning, message.text, message.calls) == ("A colour?", "Red.", (call,))
    stored = chat.branch(ended.conversation_id)[1]
    assert stored == replace(message, origin=stored.origin)  # the model's hash may come later
    assert "".join(e.text for e in chat.events.of(ThoughtGrew)) == "A colour?"
    assert [e.offset for e in chat.events.of(ThoughtGrew)] == [0, 8]
    assert "".join(e.text for e in chat.events.of(AnswerGrew)) == "Red."
    assert chat.events.of(CallsChanged)[-1].calls == (call,)
    found = chat.read(lambda: chat.services.search.find("colour"))
    assert [hit.message_id for hit in found] == [None]  # the title
    chat.ask("more", ended.conversation_id)
    turn = chat.workers.requests[1].turns[1]
    assert (turn.reasoning, turn.text) == ("A colour?", "Red.")
    assert turn.calls == (ToolCall("paint", '{"c": 1}'),)


def test_thought_that_was_stopped_goes_on(chat: Chat) -> None:
    chat.workers.script_answer(PartDelta(0, THOUGHT, "Hm"), WAIT)
    chat.session.send("colours", model=chat.model)
    chat.workers.wait_for_pause()
    answer = chat.events.wait_for(AnswerStarted).answer
    chat.events.wait_for(ThoughtGrew)
    unfinished = chat.session.unfinished(answer.id)
    assert unfinished is not None
    assert (unfinished[0].reasoning, unfinished[0].text) == ("Hm", "")
    chat.session.stop(answer.id)
    stopped = chat.events.wait_for(AnswerEnded).message
    assert (stopped.reasoning, stopped.text) == ("Hm", "")
    chat.workers.script_answer(
        PartDelta(0, THOUGHT, "m.", is_complete=True), PartDelta(1, TEXT, "Red")
    )
    chat.session.continue_answer(answer.id, model=chat.model)
    ended = chat.events.wait_for(AnswerEnded, 2).message
    assert (ended.reasoning, ended.text) == ("Hmm.", "Red")
    request = chat.workers.requests[1]
    assert (request.thought, request.prefill) == ("Hm", "")


@pytest.mark.parametrize("text", ["Only blue.", "<b>"])
def test_edited_answer_keeps_its_thought(chat: Chat, text: str) -> None:
    chat.workers.script_answer(
        PartDelta(0, THOUGHT, "Hm.", is_complete=True), PartDelta(1, TEXT, "Red"), DIE
    )
    ended = chat.ask("colours")
    chat.session.edit_answer(ended.message.id, text)
    chat.read(lambda: None)
    edited = chat.branch(ended.conversation_id)[1]
    assert (edited.reasoning, edited.text, edited.is_edited) == ("Hm.", text, True)
