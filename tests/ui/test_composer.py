"""Writing, sending, stopping, recalling."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent, QTextOption
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.ui.composer import Composer
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.theme import Appearance


@pytest.fixture
def composer(appearance: Appearance, qtbot: QtBot) -> Composer:
    composer = Composer(appearance)
    qtbot.addWidget(composer)
    composer.resize(768, 120)
    composer.show()
    composer.activateWindow()
    qtbot.waitUntil(composer.isActiveWindow)
    composer.focus()
    return composer


@pytest.fixture
def field(composer: Composer) -> PromptInput:
    return composer._input


def test_return_sends_and_empties_the_field(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    qtbot.keyClicks(field, "Hello")
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == ["Hello"]
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
    QApplication.sendEvent(field, QInputMethodEvent("xue xi", []))
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    commit = QInputMethodEvent()
    commit.setCommitString("学习")
    QApplication.sendEvent(field, commit)
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == ["学习"]


def test_while_an_answer_is_written_return_keeps_the_text_and_the_button_stops(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    composer.set_running(running=True)
    qtbot.keyClicks(field, "Next")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert composer.text() == "Next"
    assert composer._button.accessibleName() == "Stop"
    for stop in (
        lambda: qtbot.mouseClick(composer._button, Qt.MouseButton.LeftButton),
        lambda: qtbot.keyClick(field, Qt.Key.Key_Escape),
    ):
        with (
            qtbot.waitSignal(composer.stop_requested),
            qtbot.assertNotEmitted(composer.send_requested),
        ):
            stop()
    composer.set_running(running=False)
    with qtbot.assertNotEmitted(composer.stop_requested):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    with qtbot.waitSignal(composer.send_requested):
        qtbot.mouseClick(composer._button, Qt.MouseButton.LeftButton)


def test_send_and_stop_are_in_one_place(composer: Composer) -> None:
    before = composer._button.geometry()
    composer.set_running(running=True)
    assert composer._button.geometry() == before


def test_the_button_is_ready_only_with_a_text(composer: Composer) -> None:
    assert not composer._button.isEnabled()
    composer.set_text("x")
    assert composer._button.isEnabled()
    assert "Send" in composer._button.toolTip()


def test_the_placeholder_names_the_model_or_the_reason(composer: Composer) -> None:
    field = composer._input
    assert field.placeholderText() == "Message"
    composer.set_model_name("SmolLM2")
    assert field.placeholderText() == "Message SmolLM2"
    composer.set_running(running=True)
    assert "being written" in field.placeholderText()


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


def test_paste_is_plain_text(composer: Composer, field: PromptInput) -> None:
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("bold")
    field.insertFromMimeData(data)
    assert composer.text() == "bold"


def test_a_megabyte_without_a_space_is_taken(
    composer: Composer, field: PromptInput, qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setText("x" * 1_000_000)
    field.insertFromMimeData(data)
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
