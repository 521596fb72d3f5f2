"""Thoughts and tool calls that come apart from the text, and what left the model's window."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from chatapp.domain.conversation import MessageStatus, Role, ToolCallRecord
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.transcript.blocks import ReasoningBlock, TextBlock, ToolCallBlock, visible_text
from chatapp.ui.transcript.call_words import call_words
from chatapp.ui.transcript.markdown import MarkdownParser
from chatapp.ui.transcript.markdown_stream import MarkdownStream
from chatapp.ui.transcript.narration import description_of, name_of
from chatapp.ui.transcript.spoken_text import SpokenText
from chatapp.ui.transcript.summary_item import SummaryItem
from chatapp.ui.transcript.tool_call_layout import ToolCallLayout, call_block
from chatapp.ui.transcript.view import TranscriptView
from tests.ui.transcript.driving import check_places, names, spot
from tests.ui.transcript.samples import conversation, message

CALL = ToolCallRecord("get_weather", '{"city":"Oslo","days":2}')
UNFINISHED = ToolCallRecord("get_w", '{"ci', is_complete=False, raw='get_w{"ci')
GROWING = {"status": MessageStatus.GENERATING}


def kinds(view: TranscriptView, row: int) -> list[str]:
    return [type(block).__name__ for block in view.item(row).column.blocks]


def test_a_thought_is_a_block_before_the_text(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1), message(2, "It is 4.", reasoning="2 + 2\n\nis **4**.")])
    first, second = view.item(1).column.blocks
    assert isinstance(first, ReasoningBlock)
    assert visible_text(first) == "2 + 2\n\nis 4."
    assert not first.is_open
    assert visible_text(second) == "It is 4."


def test_marks_in_the_text_of_such_an_answer_are_text(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, "<think>no</think>", reasoning="yes")])
    assert kinds(view, 1).count("ReasoningBlock") == 1


def test_an_answer_grows_part_by_part(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1), message(2, "", **GROWING)])
    model.think_from(2, "Let me ", 0)
    model.think_from(2, "Let me see.", 0)
    view.flush()
    (thought,) = view.item(1).column.blocks
    assert isinstance(thought, ReasoningBlock)
    assert thought.is_open
    assert visible_text(thought) == "Let me see."
    model.grow_from(2, "It rains.", 0)
    view.flush()
    assert kinds(view, 1) == ["ReasoningBlock", "TextBlock"]
    model.set_parts(2, calls=(UNFINISHED,))
    view.flush()
    assert kinds(view, 1) == ["ReasoningBlock", "TextBlock", "ToolCallBlock"]
    model.set_parts(2, calls=(CALL, CALL))
    view.flush()
    thought, text, first, second = view.item(1).column.blocks
    assert isinstance(thought, ReasoningBlock)
    assert not thought.is_open
    assert isinstance(text, TextBlock)
    assert first == second == call_block(CALL)


def test_what_seemed_the_answer_may_turn_into_the_thought(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, "", **GROWING)])
    model.grow_from(2, "Thinking aloud", 0)
    view.flush()
    model.set_parts(2, reasoning="Thinking aloud", text="Yes.")
    view.flush()
    assert kinds(view, 1) == ["ReasoningBlock", "TextBlock"]
    assert model.message_at(1).text == "Yes."


def test_a_call_is_shown_with_its_arguments_in_lines(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, "", calls=(CALL, UNFINISHED))])
    column = view.item(1).column
    column.measure(0, 2)
    whole, broken = column.blocks
    assert isinstance(whole, ToolCallBlock)
    assert isinstance(broken, ToolCallBlock)
    assert whole.text == '{\n  "city": "Oslo",\n  "days": 2\n}'
    assert broken.text == 'get_w{"ci'
    labels = [column.layout(place) for place in range(2)]
    assert all(isinstance(layout, ToolCallLayout) for layout in labels)
    assert call_words(whole) == "Tool call: get_weather"
    assert call_words(broken) == "Tool call: get_w, unfinished"
    spoken = SpokenText(model.message_at(1), column.blocks, shows_reasoning=False).text
    assert "Tool call: get_weather {" in spoken
    assert "unfinished" in spoken


def test_arguments_that_are_no_json_are_shown_as_they_are() -> None:
    assert call_block(replace(CALL, arguments="[" * 100_000)).text == "[" * 100_000
    assert call_block(replace(CALL, arguments='{"a": "\\ud800"}')).text == '{\n  "a": "?"\n}'
    assert call_words(ToolCallBlock("json", "{}", name="a\n{b} " * 99)).startswith(
        "Tool call: a {b}"
    )
    assert call_words(ToolCallBlock("json", "{}")) == "Tool call"


PIECES = ["think ", "**a", "**", "\n\n", "- item\n", "`c`", "\r", "[x]: y\n\n", "[x] "]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(PIECES) | st.text(max_size=9))))
def test_in_pieces_it_is_the_same_as_whole(pieces: list[tuple[bool, str]]) -> None:
    parser = MarkdownParser()
    stream = MarkdownStream(parser)
    parts = {True: "", False: ""}
    for is_thought, piece in pieces:
        parts[is_thought] += piece
        before = list(stream.blocks)
        kept = (stream.think if is_thought else stream.feed)(piece)
        assert stream.blocks[:kept] == before[:kept]
    stream.set_state((call_block(CALL),), is_thinking=True)
    stream.set_state((call_block(CALL),), is_thinking=False)
    stream.finish()
    whole = MarkdownStream(parser)
    whole.set_state((call_block(CALL),), is_thinking=False)
    whole.feed(parts[False])
    whole.think(parts[True])
    whole.finish()
    assert stream.blocks == whole.blocks
    assert isinstance(whole.blocks[-1], ToolCallBlock)


def test_a_very_long_thought_is_read_in_pieces(
    view: TranscriptView, model: TranscriptModel, qtbot: QtBot
) -> None:
    thought = "some words\n\n" * 2000
    model.set_messages([message(1), message(2, "It is 4.", reasoning=thought)])
    item = view.item(1)
    assert item.has_more
    qtbot.waitUntil(lambda: not item.has_more)
    first, last = item.column.blocks
    assert isinstance(first, ReasoningBlock)
    assert len(first.blocks) == 2000
    assert visible_text(last) == "It is 4."


# The window


def test_the_line_stands_where_the_model_begins_to_read(
    view: TranscriptView, model: TranscriptModel, qtbot: QtBot
) -> None:
    messages = [message(number, left_window=number < 3) for number in range(1, 5)]
    model.set_messages(messages)
    boundaries = [view.item(row).is_boundary for row in range(4)]
    assert boundaries == [False, False, True, False]
    assert "Let the model read it again" in names(view, 2)
    assert "Let the model read it again" not in names(view, 3)
    with qtbot.waitSignal(view.restore_requested) as asked:
        spot(view, "Let the model read it again", 2).act()
    assert asked.args == [3]
    assert description_of(view, 0) == "Left the window"
    model.merge([replace(one, left_window=False) for one in messages])
    assert not any(view.item(row).is_boundary for row in range(4))


def test_what_is_kept_does_not_break_the_line_in_two(
    view: TranscriptView, model: TranscriptModel
) -> None:
    left = {"left_window": True}
    pinned = {"pinned": True}
    model.set_messages(
        [
            message(1, **pinned),
            message(2, **left),
            message(3, **pinned),
            message(4, **left),
            message(5, **pinned),
            message(6, **pinned),
            message(7),
            message(8),
        ]
    )
    assert [row for row in range(8) if view.item(row).is_boundary] == [6]


def test_a_message_that_is_kept_says_so(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1, pinned=True), message(2, left_window=True), message(3)])
    assert not view.item(0).is_boundary
    assert description_of(view, 0) == "Kept in the window"
    assert "Left the window" in description_of(view, 1)


def test_a_summary_has_its_own_frame(view: TranscriptView, model: TranscriptModel) -> None:
    summary = message(7, "They spoke about Oslo.", role=Role.SUMMARY)
    model.set_messages([message(1, left_window=True), summary, message(3)])
    item = view.item(1)
    assert isinstance(item, SummaryItem)
    assert item.is_boundary
    assert item.bubble.width() == item.width
    assert name_of(view, 1).startswith("Summary of what was said before: They spoke")
    assert {"Copy message", "Edit message", "More"} <= set(names(view, 1))


def test_a_summary_that_comes_moves_nothing_that_is_read(
    view: TranscriptView, model: TranscriptModel
) -> None:
    messages = conversation(30)
    model.set_messages(messages)
    view.show_message(21)
    before = {one.item.message.id: one.top for one in view.placed}
    view.focus_on(20)
    left = [replace(one, left_window=one.id <= 8) for one in messages]
    summary = message(100, "They spoke.", role=Role.SUMMARY, parent_id=8)
    with_summary = [*left[:8], summary, *left[8:]]
    model.merge(with_summary)
    assert model.messages == with_summary
    assert {one.item.message.id: one.top for one in view.placed} == before
    assert view.focused_row == 21
    check_places(view, 31)
    assert view.item(8).is_boundary
    model.merge(messages)
    assert model.messages == messages
    assert {one.item.message.id: one.top for one in view.placed} == before
    assert view.focused_row == 20
    check_places(view, 30)


def test_what_leaves_the_window_is_told_once(
    view: TranscriptView, model: TranscriptModel, qtbot: QtBot
) -> None:
    messages = conversation(40)
    model.set_messages(messages)
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.merge([replace(one, left_window=one.id < 30) for one in messages])
    assert told == [(0, 28)]
    assert [one.item.is_boundary for one in view.placed if one.row == 29] in ([], [True])


def test_what_is_copied_has_thought_and_calls(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1), message(2, "*It* is.", reasoning="Hm.", calls=(CALL,))])
    view.select_all()
    assert view.selected().markdown.endswith(
        "<think>\nHm.\n</think>\n\n*It* is.\n\nTool call: get_weather\n"
        '```json\n{\n  "city": "Oslo",\n  "days": 2\n}\n```'
    )
    assert "Tool call: get_weather\n{" in view.selected().text
    assert "<p>Tool call: get_weather</p><pre>" in view.selected().html


def test_a_call_that_is_being_written_is_not_unfinished(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, "", calls=(UNFINISHED,), **GROWING)])
    (block,) = view.item(1).column.blocks
    assert isinstance(block, ToolCallBlock)
    assert call_words(block) == "Tool call: get_w"
    assert name_of(view, 1).endswith('get_w{"ci')
