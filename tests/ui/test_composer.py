"""Writing, sending, queueing, stopping, recalling, counting, drafts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QTextOption
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from chatapp.chat.events import Queued
from chatapp.domain.conversation import Attachment
from chatapp.ui.composer import Composer
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.queue_list import QueueList
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton

CONTROL = Qt.KeyboardModifier.ControlModifier
NOTES = Attachment("notes.txt", "text/plain", 11, "some notes\n")


def compose(field: PromptInput, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(field, event)


# Writing and sending


def test_return_sends_and_empties_the_field(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "Hello")
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == ["Hello", ()]
    assert composer.text() == ""


def test_shift_return_is_a_new_line(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "a")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(field, "b")
    assert composer.text() == "a\nb"


@pytest.mark.parametrize("text", ["", "  ", "\n\n\t"])
def test_nothing_is_not_sent(
    composer: Composer, field: PromptInput, qtbot: QtBot, text: str
) -> None:
    composer.set_text(text)
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_return_in_a_composition_chooses_and_does_not_send(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    compose(field, "xue xi")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    compose(field, "", "学习")
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == ["学习", ()]


def test_the_placeholder_makes_room_for_a_composition(
    composer: Composer, field: PromptInput
) -> None:
    def shown() -> object:
        return field.viewport().grab().toImage()

    field.setCursorWidth(0)
    with_placeholder = shown()
    compose(field, "xue xi")
    composing = shown()
    composer._input.set_placeholder("")
    assert shown() == composing
    compose(field, "")
    composer.set_model_name("")
    assert shown() == with_placeholder != composing


def test_a_composition_is_no_text_yet(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(composer.count_requested, wait=300):
        compose(field, "ni hao")
    assert composer.text() == ""
    with qtbot.waitSignal(composer.count_requested) as signal:
        compose(field, "", "你好")
    assert signal.args == ["你好"]
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert composer.text() == ""


def test_undo_and_redo_go_through_sending(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "Hello")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert composer.text() == "Hello"
    qtbot.keySequence(field, QKeySequence(QKeySequence.StandardKey.Redo))
    assert composer.text() == ""
    qtbot.keyClicks(field, "Next")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert composer.text() == "Next"


def test_undo_brings_back_what_a_recalled_text_replaced(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_history(["first"])
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert composer.text() == "first"
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert composer.text() == ""


# While an answer is written


def test_while_an_answer_is_written_return_queues_and_the_button_stops(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_running(running=True)
    qtbot.keyClicks(field, "Next")
    with (
        qtbot.waitSignal(composer.queue_requested) as signal,
        qtbot.assertNotEmitted(composer.send_requested),
    ):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == ["Next", ()]
    assert composer.text() == ""
    composer.set_text("After that")
    assert composer._button.accessibleName() == "Stop"
    for stop in (
        lambda: qtbot.mouseClick(composer._button, Qt.MouseButton.LeftButton),
        lambda: qtbot.keyClick(field, Qt.Key.Key_Escape),
    ):
        with (
            qtbot.waitSignal(composer.stop_requested),
            qtbot.assertNotEmitted(composer.send_requested),
            qtbot.assertNotEmitted(composer.queue_requested),
        ):
            stop()
    composer.set_running(running=False)
    with qtbot.assertNotEmitted(composer.stop_requested):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.mouseClick(composer._button, Qt.MouseButton.LeftButton)
    assert signal.args == ["After that", ()]


def queue_rows(composer: Composer) -> list[str]:
    (queue,) = composer.findChildren(QueueList)
    labels = queue.findChildren(ElidedLabel)
    return [label.text() for label in labels if label.isVisible()]


def queue_button(composer: Composer, name: str, row: int = 0) -> IconButton:
    (queue,) = composer.findChildren(QueueList)
    buttons = queue.findChildren(IconButton)
    return [b for b in buttons if b.accessibleName() == name and b.isVisible()][row]


def test_what_waits_is_listed_and_can_be_taken_back(composer: Composer, qtbot: QtBot) -> None:
    assert queue_rows(composer) == []
    before = composer.height()
    composer.set_queue((Queued(7, "How\nfar?"), Queued(9, "", (NOTES,)), Queued(11, "And?")))
    qtbot.waitUntil(lambda: len(queue_rows(composer)) == 3)
    assert queue_rows(composer) == ["Next: How far?", "Then: notes.txt", "Then: And?"]
    qtbot.waitUntil(lambda: composer.height() > before)
    with qtbot.waitSignal(composer.edit_queued) as signal:
        qtbot.mouseClick(queue_button(composer, "Edit", 2), Qt.MouseButton.LeftButton)
    assert signal.args == [11]
    with qtbot.waitSignal(composer.remove_queued) as signal:
        qtbot.keyClick(queue_button(composer, "Remove", 1), Qt.Key.Key_Return)
    assert signal.args == [9]
    composer.set_queue(())
    assert queue_rows(composer) == []


def test_a_queue_that_is_held_can_be_released(composer: Composer, qtbot: QtBot) -> None:
    composer.set_queue((Queued(1, "one"), Queued(2, "two")), is_held=True)
    qtbot.waitUntil(lambda: len(queue_rows(composer)) == 2)
    assert queue_rows(composer) == ["Not sent yet: one", "Then: two"]
    with qtbot.waitSignal(composer.queue_release_requested):
        qtbot.mouseClick(queue_button(composer, "Send now"), Qt.MouseButton.LeftButton)


def test_a_long_queue_leaves_room_for_the_text(composer: Composer, qtbot: QtBot) -> None:
    composer.set_queue([Queued(number, "again " * 100) for number in range(100)])
    qtbot.waitUntil(lambda: len(queue_rows(composer)) == 100)
    assert composer.sizeHint().height() < 300


def test_send_and_stop_are_in_one_place(composer: Composer) -> None:
    before = composer._button.geometry()
    composer.set_running(running=True)
    assert composer._button.geometry() == before


def test_the_button_is_ready_only_with_a_text(composer: Composer) -> None:
    assert not composer._button.isEnabled()
    composer.set_text("x")
    assert composer._button.isEnabled()
    assert "Send" in composer._button.toolTip()


def test_the_placeholder_names_the_model_or_what_happens(composer: Composer) -> None:
    field = composer._input
    assert field.placeholderText() == "Message"
    composer.set_model_name("SmolLM2")
    assert field.placeholderText() == "Message SmolLM2"
    composer.set_running(running=True)
    assert "when this answer ends" in field.placeholderText()


# Recalling


def test_up_recalls_and_down_comes_back(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_history(["first"])
    composer.set_text("second\nline")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert composer.text() == "second\nline"
    qtbot.keyClick(field, Qt.Key.Key_Up)  # within the text
    assert composer.text() == "second\nline"
    qtbot.keyClick(field, Qt.Key.Key_Home)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert composer.text() == "first"
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert composer.text() == "first"
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert composer.text() == "second\nline"
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert composer.text() == ""


def test_up_never_replaces_what_was_written(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_history(["first"])
    qtbot.keyClicks(field, "mine")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert composer.text() == "mine"
    composer.set_text("")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClicks(field, "!")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert composer.text() == "first!"


def test_up_without_a_history_does_nothing(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert composer.text() == ""


# The field


def test_it_grows_to_ten_lines_and_then_scrolls(composer: Composer, field: PromptInput) -> None:
    heights = []
    for lines in (1, 2, 10, 11, 500):
        composer.set_text("\n".join("line" for _ in range(lines)))
        heights.append(field.height())
    assert heights[0] < heights[1] < heights[2] == heights[3] == heights[4]
    composer.set_text("")
    assert field.height() == heights[0]


def test_a_growing_text_is_seen_from_its_first_line(composer: Composer, field: PromptInput) -> None:
    composer.set_text("one\ntwo\nthree")
    QApplication.processEvents()
    assert field.firstVisibleBlock().blockNumber() == 0


def test_a_wrapped_line_makes_it_grow(composer: Composer, field: PromptInput) -> None:
    before = field.height()
    composer.set_text("word " * 60)
    QApplication.processEvents()
    assert field.height() > 2 * before


def test_a_text_wraps_and_unwraps_with_the_window(composer: Composer, field: PromptInput) -> None:
    composer.set_draft("Some words that fit into one line, but not into half of it.")
    heights = []
    for width in (768, 300, 768):
        composer.resize(width, composer.height())
        QApplication.processEvents()
        heights.append(field.height())
    assert heights[0] == heights[2] < heights[1]
    assert field.firstVisibleBlock().blockNumber() == 0


def test_paste_is_plain_text(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("bold")
    QApplication.clipboard().setMimeData(data)
    qtbot.keyClick(field, Qt.Key.Key_V, CONTROL)
    assert composer.text() == "bold"


def test_a_megabyte_without_a_space_is_taken(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    QApplication.clipboard().setText("x" * 1_000_000)
    qtbot.keyClick(field, Qt.Key.Key_V, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    QApplication.processEvents()
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert len(signal.args[0]) == 1_000_000
    composer.set_text("short")
    assert field.wordWrapMode() == QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere


@pytest.mark.parametrize("text", ["a\x00b", "emoji 👩‍👩‍👧 🇩🇪", "عربي", "\u2028line"])
def test_unusual_text_comes_out_again(composer: Composer, text: str) -> None:
    composer.set_text(text)
    assert composer.text().replace("\u2028", "\n") == text.replace("\u2028", "\n")


# Counting


def test_the_meter_counts_and_warns(composer: Composer) -> None:
    meter = composer._meter
    assert not meter.isVisible()
    colors = {0: "text_muted", 6962: "text_muted", 6964: "warning", 9000: "danger"}
    for used, color in colors.items():
        composer.set_context(used, 8192)
        assert meter._words.color == color
    assert meter.isVisible()
    composer.set_compact(compact=True)
    assert not meter._words.isVisible()
    assert "tokens" in meter.toolTip()
    composer.set_context(0, 0)
    assert not meter.isVisible()


def test_the_text_is_counted_when_it_rests(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    asked = QSignalSpy(composer.count_requested)
    with qtbot.waitSignal(composer.count_requested):
        qtbot.keyClicks(field, "How far is it?")
    assert [asked.at(n) for n in range(asked.count())] == [["How far is it?"]]


def test_what_is_written_counts_against_the_context(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    meter = composer._meter
    composer.set_context(6000, 8192)
    qtbot.keyClicks(field, "word")
    composer.set_pending_tokens(200)
    assert meter._words.text() == "6,200 of 8,192"
    assert "6,000 so far and 200 of this message" in meter.toolTip()
    composer.set_pending_tokens(1200)
    assert meter._words.color == "warning"
    assert "nearly full" in meter.toolTip()
    composer.set_pending_tokens(3000)
    assert meter._words.color == "danger"
    assert "more than the model can read" in meter.toolTip()
    assert meter.accessibleName() == meter.toolTip()
    composer.set_pending_tokens(None)
    assert meter._words.text() == "6,000 of 8,192"


def test_an_empty_field_costs_nothing(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    meter = composer._meter
    composer.set_context(100, 8192)
    qtbot.keyClicks(field, "word")
    composer.set_pending_tokens(50)
    with qtbot.assertNotEmitted(composer.count_requested, wait=300):
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert meter._words.text() == "100 of 8,192"
    composer.set_pending_tokens(50)  # the answer comes too late
    assert meter._words.text() == "100 of 8,192"


def test_another_model_counts_anew(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(composer.count_requested):
        composer.set_draft("text", (NOTES,))
    with qtbot.waitSignals([composer.count_requested, composer.chip_count_requested]):
        composer.recount()


# Drafts


def test_changes_are_told_together(composer: Composer, field: PromptInput, qtbot: QtBot) -> None:
    told = QSignalSpy(composer.draft_changed)
    qtbot.keyClicks(field, "one")
    assert told.count() == 0
    told.wait(5000)
    assert told.count() == 1
    qtbot.keyClicks(field, "two")
    told.wait(5000)
    assert told.count() == 2


def test_a_draft_that_is_left_is_told_at_once(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    told = QSignalSpy(composer.draft_changed)
    qtbot.keyClicks(field, "one")
    composer._button.setFocus(Qt.FocusReason.TabFocusReason)
    assert told.count() == 1
    composer.flush_draft()  # nothing is new
    assert told.count() == 1
    composer.focus()
    qtbot.keyClicks(field, "two")
    composer.flush_draft()
    assert told.count() == 2
    qtbot.keyClicks(field, "three")
    composer.hide()
    assert told.count() == 3


def test_a_draft_that_is_sent_is_empty_at_once(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    drafts: list[str] = []
    composer.draft_changed.connect(lambda: drafts.append(composer.text()))
    qtbot.keyClicks(field, "one")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert drafts == [""]


def test_a_draft_that_is_shown_is_not_told(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "of another conversation")
    with qtbot.assertNotEmitted(composer.draft_changed, wait=700):
        composer.set_draft("kept", (NOTES,))
    assert (composer.text(), composer.attachments()) == ("kept", (NOTES,))
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert (composer.text(), composer.attachments()) == ("kept", (NOTES,))


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("one\n", "", "one\n"),
        ("one\n", "two", "one\n\ntwo"),
        ("one", " \n", "one"),
        ("", "two", "two"),
    ],
)
def test_what_was_not_sent_comes_before_what_was_written_meanwhile(
    composer: Composer, text: str, typed: str, expected: str
) -> None:
    composer.set_text(typed)
    composer.put_back(text, (NOTES,))
    assert composer.text() == expected
    assert composer.attachments() == (NOTES,)


def test_what_came_back_comes_back_once(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_draft("one", (NOTES,))
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    composer.put_back(*signal.args)
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert (composer.text(), composer.attachments()) == ("one", (NOTES,))
    assert len(composer._files.chips) == 1


# Keyboard and screen reader


def test_tab_goes_through_field_chips_attach_and_send(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_draft("text", (NOTES, Attachment("two.txt", "text/plain", 3, "two")))
    composer.set_queue((Queued(1, "one"), Queued(2, "two")))
    qtbot.waitUntil(lambda: len(queue_rows(composer)) == 2)
    names = []
    widget: QWidget | None = field
    for _ in range(10):
        assert widget is not None
        names.append(widget.accessibleName())
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
    assert names[:5] == ["Message", "notes.txt", "two.txt", "Attach files", "Send"]
    assert names[5:] == ["Edit", "Remove", "Edit", "Remove", "Message"]
