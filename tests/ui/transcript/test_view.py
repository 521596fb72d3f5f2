"""The transcript shows what the model says, follows the end, and never jumps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextDocument
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import MessageStatus
from chatapp.domain.generation import FinishReason
from chatapp.errors import ChatappError, ContextFull, DiskFull, to_record
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.transcript.code_view import CodeView
from chatapp.ui.transcript.details_line import DetailsLine
from chatapp.ui.transcript.jump_pill import JumpPill
from chatapp.ui.transcript.markdown import MarkdownParser
from chatapp.ui.transcript.message_view import FIRST_PIECE, MessageView
from chatapp.ui.transcript.progress_line import ProgressLine
from chatapp.ui.transcript.question_view import QuestionView
from chatapp.ui.transcript.text_pane import TextPane
from chatapp.ui.transcript.view import WINDOW, TranscriptView
from tests.ui.transcript.samples import ORIGIN, QUESTION, RICH, conversation, message

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

GENERATING = MessageStatus.GENERATING
WRITING = AnswerProgress(AnswerPhase.WRITING, tokens=84, tokens_per_second=23.1)


def describe(error: ChatappError) -> str:
    return f"It went wrong: {error}"


@pytest.fixture
def model() -> TranscriptModel:
    return TranscriptModel()


@pytest.fixture
def view(qtbot: QtBot, appearance: Appearance, model: TranscriptModel) -> TranscriptView:
    appearance.set_reduced_motion(reduced=True)
    view = TranscriptView(model, appearance, describe)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    qtbot.waitExposed(view)
    return view


def messages_in(view: TranscriptView) -> list[MessageView]:
    return [shown for shown in view.findChildren(MessageView) if not shown.isHidden()]


def last_in(view: TranscriptView) -> MessageView:
    return max(messages_in(view), key=lambda shown: shown.y())


def text_of(shown: QWidget) -> str:
    panes = [pane for pane in shown.findChildren(TextPane) if not pane.isHidden()]
    panes.sort(key=lambda pane: pane.mapTo(shown, QPoint()).y())
    return "\n".join(pane.document.toPlainText() for pane in panes)


def button(shown: QWidget, name: str) -> QAbstractButton:
    found = [
        one
        for one in shown.findChildren(QAbstractButton)
        if name in (one.text(), one.accessibleName()) and one.isVisible()
    ]
    assert len(found) == 1, f"{len(found)} buttons {name}"
    return found[0]


def has_button(shown: QWidget, name: str) -> bool:
    return any(
        name in (one.text(), one.accessibleName()) and one.isVisible()
        for one in shown.findChildren(QAbstractButton)
    )


def labels(shown: QWidget) -> list[str]:
    return [label.text() for label in shown.findChildren(QLabel) if label.isVisible()]


def delete_discarded() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


# Showing


def test_opening_shows_the_end(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(200))
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    assert view.follows
    assert text_of(last_in(view)).startswith("Answer 200.")
    assert len(messages_in(view)) <= WINDOW


def test_what_a_person_typed_is_shown_as_typed(
    view: TranscriptView, model: TranscriptModel
) -> None:
    typed = "  **not bold** <b>\n\n\ttab  \n<script> [x](y) &amp;\u200b\n"
    model.set_messages([message(1, typed)])
    assert text_of(last_in(view)) == typed


def test_a_bubble_is_as_wide_as_its_text(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1, "Hi")])
    shown = last_in(view)
    assert isinstance(shown, QuestionView)
    assert shown.pane.width() < 100
    model.set_messages([message(1, "x" * 1000)])
    shown = last_in(view)
    assert isinstance(shown, QuestionView)
    assert 500 < shown.pane.width() <= 600
    assert shown.height() > 24 * 10


@pytest.mark.parametrize("width", [120, 320, 640, 1100, 2400])
def test_everything_fits_in_any_width(
    view: TranscriptView, model: TranscriptModel, width: int
) -> None:
    model.set_messages([message(1, QUESTION), message(2, RICH), message(3, "y" * 500)])
    view.resize(width, 600)
    view.grab()
    for shown in messages_in(view):
        for pane in shown.findChildren(TextPane):
            assert pane.height() > 0
            parent = pane.parentWidget()
            assert parent is not None
            if parent is shown:
                assert pane.geometry().right() <= shown.width()


def test_right_to_left(view: TranscriptView, model: TranscriptModel) -> None:
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    model.set_messages([message(1, "مرحبا"), message(2, RICH, status=MessageStatus.STOPPED)])
    view.grab()
    question, answer = sorted(messages_in(view), key=lambda shown: shown.y())
    assert isinstance(question, QuestionView)
    assert question.pane.geometry().center().x() < question.width() / 2
    copy = button(answer, "Copy answer")
    assert copy.mapTo(answer, copy.rect().center()).x() > answer.width() / 2


def test_lone_surrogates_and_nul(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1, "a\ud800b\0c"), message(2, "`a\udfff` \0 ```")])
    view.grab()
    assert text_of(messages_in(view)[0])[0] == "a"


# Growing


def test_deltas_are_drawn_together(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1, QUESTION), message(2, "", status=GENERATING)])
    for word in ["one", "two", "three", "four"]:
        model.grow(2, word + " ")
    assert text_of(last_in(view)) == ""
    qtbot.waitUntil(lambda: text_of(last_in(view)).strip() == "one two three four")


def test_follows_the_end_while_the_reader_is_there(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([*conversation(20), message(21), message(22, "", status=GENERATING)])
    bar = view.verticalScrollBar()
    for _ in range(30):
        model.grow(22, "A line of text.\n\n")
        view.flush()
        assert bar.value() == bar.maximum()


def test_a_reader_who_scrolled_up_is_left_alone(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([*conversation(20), message(21), message(22, "", status=GENERATING)])
    bar = view.verticalScrollBar()
    bar.setValue(bar.value() - 1)
    assert not view.follows
    value = bar.value()
    for _ in range(30):
        model.grow(22, "A line of text.\n\n```\ncode\n```\n")
        view.flush()
    model.replace(message(22, model.message_at(21).text))
    assert bar.value() == value
    bar.setValue(bar.maximum())
    assert view.follows


@pytest.mark.parametrize("status", [MessageStatus.COMPLETE, MessageStatus.STOPPED])
@pytest.mark.parametrize("text", ["A word", "```py\nx = 1", "|a|\n|-|\n|b|", "# Head"])
def test_nothing_moves_when_the_answer_ends(
    view: TranscriptView, model: TranscriptModel, status: MessageStatus, text: str
) -> None:
    model.set_messages([*conversation(20), message(21), message(22, text, status=GENERATING)])
    model.set_progress(22, WRITING)
    view.flush()
    before = last_in(view).geometry()
    value = view.verticalScrollBar().value()
    model.replace(message(22, text, status=status))
    assert last_in(view).geometry() == before
    assert view.verticalScrollBar().value() == value


def test_a_new_question_is_shown_and_followed(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(300))
    bar = view.verticalScrollBar()
    for _ in range(60):
        bar.setValue(0)
    model.append(message(301, "My question"))
    model.append(message(302, "", status=GENERATING))
    assert view.follows
    assert bar.value() == bar.maximum()
    shown = sorted(messages_in(view), key=lambda one: one.y())
    assert text_of(shown[-2]) == "My question"


def test_the_pill_counts_and_leads_back(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(30))
    pill = view.findChild(JumpPill)
    assert isinstance(pill, JumpPill)
    assert pill.isHidden()
    bar = view.verticalScrollBar()
    bar.setValue(bar.value() - 500)
    assert not pill.isHidden()
    assert pill.count == 0
    model.append(message(32, "An answer that nobody asked for."))
    assert pill.count == 1
    qtbot.mouseClick(pill, Qt.MouseButton.LeftButton)
    assert pill.isHidden()
    assert view.follows
    assert bar.value() == bar.maximum()


def test_the_jump_is_smooth_with_motion(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, appearance: Appearance
) -> None:
    appearance.set_reduced_motion(reduced=False)
    model.set_messages(conversation(30))
    bar = view.verticalScrollBar()
    bar.setValue(bar.value() - 500)
    view.jump_to_latest()
    assert bar.value() < bar.maximum()
    qtbot.waitUntil(lambda: view.follows and bar.value() == bar.maximum())


PARSED = MarkdownParser().parse(RICH)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, len(RICH)), max_size=25))
def test_a_grown_answer_looks_like_one_shown_at_once(
    view: TranscriptView, model: TranscriptModel, cuts: list[int]
) -> None:
    model.set_messages([message(2, RICH)])
    whole = last_in(view)
    expected = (text_of(whole), whole.height(), whole.grab().toImage())
    model.set_messages([message(2, "", status=GENERATING)])
    cuts = sorted(cuts)
    for start, end in zip([0, *cuts], [*cuts, len(RICH)], strict=True):
        model.grow(2, RICH[start:end])
        view.flush()
    model.replace(message(2, RICH))
    grown = last_in(view)
    assert (text_of(grown), grown.height(), grown.grab().toImage()) == expected


def test_a_continued_answer_goes_on_where_it_stopped(
    view: TranscriptView, model: TranscriptModel
) -> None:
    stopped = message(2, "One [a]\n\ntw", status=MessageStatus.STOPPED)
    model.set_messages([message(1), stopped])
    model.replace(replace(stopped, status=GENERATING))
    model.grow(2, "o\n\n[a]: https://example.com\n\nend")
    view.flush()
    text = model.message_at(1).text
    model.replace(message(2, text))
    assert text_of(last_in(view)) == "One a\ntwo\nend"


# Scrolling through


def test_scrolling_through_never_jumps(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(150))
    bar = view.verticalScrollBar()
    while bar.value():
        watched = next(
            one
            for one in sorted(messages_in(view), key=lambda one: one.y())
            if one.y() + one.height() > bar.value()
        )
        step = min(400, bar.value())
        before = watched.y() - bar.value()
        bar.setValue(bar.value() - step)
        assert watched.y() - bar.value() == before + step
        assert len(messages_in(view)) <= WINDOW
    first = min(messages_in(view), key=lambda one: one.y())
    assert text_of(first).startswith("Question 1.")
    while not view.follows:
        bar.setValue(bar.maximum())
        assert len(messages_in(view)) <= WINDOW
    assert text_of(last_in(view)).startswith("Answer 150.")


@pytest.mark.parametrize("number", [1, 150, 395, 400])
def test_a_message_can_be_shown(view: TranscriptView, model: TranscriptModel, number: int) -> None:
    model.set_messages(conversation(400))
    view.show_message(number)
    beginning = f"{'Question' if number % 2 else 'Answer'} {number}."
    (found,) = [one for one in messages_in(view) if text_of(one).startswith(beginning)]
    top = found.y() - view.verticalScrollBar().value()
    assert 0 <= top < view.viewport().height()
    view.show_message(99999)


def test_resizing_keeps_the_place(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(100))
    view.show_message(81)
    (watched,) = [one for one in messages_in(view) if text_of(one).startswith("Question 81.")]
    for width in (700, 500, 1000):
        view.resize(width, 600)
        assert watched.y() - view.verticalScrollBar().value() == 24


def test_removing_and_clearing(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(50))
    model.remove_from(41)
    assert text_of(last_in(view)).startswith("Answer 40.")
    assert has_button(last_in(view), "Try again")
    model.remove_from(1)
    assert messages_in(view) == []
    model.append(message(1, "again"))
    assert text_of(last_in(view)) == "again"
    model.clear()
    assert messages_in(view) == []


def test_opening_and_closing_leaves_nothing_behind(
    view: TranscriptView, model: TranscriptModel
) -> None:
    def widgets_after(times: int) -> int:
        for _ in range(times):
            model.set_messages(conversation(2))
            model.grow(2, "more")
            view.flush()
            model.clear()
            delete_discarded()
        return len(view.findChildren(QObject))

    few = widgets_after(2)
    assert widgets_after(200) == few


# States


def test_waiting_loading_reading_writing(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1), message(2, "", status=GENERATING)])
    shown = last_in(view)

    def words() -> str:
        delete_discarded()
        lines = [*shown.findChildren(ProgressLine), *shown.findChildren(DetailsLine)]
        return " ".join(line.accessibleName() for line in lines if not line.isHidden()).strip()

    assert words() == ""
    model.set_progress(2, AnswerProgress(AnswerPhase.WAITING))
    view.flush()
    assert words() == "Waiting for another answer"
    model.set_progress(2, AnswerProgress(AnswerPhase.LOADING, fraction=0.42))
    view.flush()
    assert words() == "Loading the model 42%"
    model.set_progress(2, AnswerProgress(AnswerPhase.READING, fraction=0.43, done=26, total=61))
    view.flush()
    assert words() == "Reading the prompt 43% · 26 of 61 tokens"
    reused = AnswerProgress(AnswerPhase.READING, 0.5, done=294, total=300, cached=288)
    model.set_progress(2, reused)
    view.flush()
    assert words() == "Reading the prompt 50% · 6 of 12 tokens · 288 reused"
    model.grow(2, "With")
    model.set_progress(2, WRITING)
    view.flush()
    assert words() == "Writing · 23.1 tokens/s · 84 tokens"
    model.replace(message(2, "With"))
    assert words() == (
        "Qwen3 4B Instruct Q4_K_M · 412 tokens · 23.4 tokens/s · first token 0.4 s · seed 42"
    )
    usage = replace(ORIGIN.usage, prompt_tokens=300, cached_tokens=288)
    model.replace(message(2, "With", origin=replace(ORIGIN, usage=usage)))
    assert "first token 0.4 s · 288 of 300 prompt tokens reused · seed 42" in words()


def test_a_finished_answer_can_be_copied_and_tried_again(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, RICH)])
    shown = last_in(view)
    button(shown, "Copy answer").click()
    assert QGuiApplication.clipboard().text() == RICH
    assert has_button(shown, "Copied")
    qtbot.waitUntil(lambda: has_button(shown, "Copy answer"), timeout=4000)
    with qtbot.waitSignal(view.retry_requested) as asked:
        button(shown, "Try again").click()
    assert asked.args == [2]
    assert not has_button(shown, "Continue")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (MessageStatus.STOPPED, "You stopped this answer."),
        (MessageStatus.INTERRUPTED, "Chatapp closed while this was being written."),
    ],
)
def test_an_unfinished_answer_can_be_continued(
    qtbot: QtBot,
    view: TranscriptView,
    model: TranscriptModel,
    status: MessageStatus,
    sentence: str,
) -> None:
    model.set_messages([message(1), message(2, "Half", status=status)])
    assert labels(last_in(view)) == [sentence]
    with qtbot.waitSignal(view.continue_requested) as asked:
        button(last_in(view), "Continue").click()
    assert asked.args == [2]
    with qtbot.waitSignal(view.retry_requested):
        button(last_in(view), "Try again").click()
    model.set_messages([message(1), message(2, "", status=status)])
    assert not has_button(last_in(view), "Continue")
    assert has_button(last_in(view), "Try again")


def test_an_answer_that_ran_into_a_limit_says_so(
    view: TranscriptView, model: TranscriptModel
) -> None:
    for reason, can_continue in ((FinishReason.LENGTH, True), (FinishReason.CONTEXT, False)):
        origin = replace(ORIGIN, finish_reason=reason)
        model.set_messages([message(1), message(2, "Half", origin=origin)])
        assert len(labels(last_in(view))) == 1
        assert has_button(last_in(view), "Continue") is can_continue


def test_a_failure_stands_where_it_happened(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    error = ContextFull(needed=9310, available=8192)
    failed = message(2, "Half", status=MessageStatus.FAILED, error=to_record(error))
    model.set_messages([message(1), failed])
    shown = last_in(view)
    said = " ".join(labels(shown))
    assert describe(error) in said
    assert "What was written is saved." in said
    with qtbot.waitSignal(view.retry_requested) as asked:
        button(shown, "Try again").click()
    assert asked.args == [2]
    with qtbot.waitSignal(view.continue_requested):
        button(shown, "Continue").click()
    before = shown.height()
    button(shown, "Details").click()
    qtbot.waitUntil(lambda: shown.height() > before)
    with qtbot.waitSignal(view.open_logs_requested):
        button(shown, "Open log folder").click()
    model.set_messages([message(1), replace(failed, text="")])
    assert not has_button(last_in(view), "Continue")


def test_nothing_can_be_started_while_an_answer_is_written(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, "text")])
    first = last_in(view)
    assert has_button(first, "Try again")
    model.append(message(3))
    model.append(message(4, "", status=GENERATING))
    assert not has_button(first, "Try again")
    assert not has_button(last_in(view), "Try again")
    model.replace(message(4, "done"))
    assert not has_button(first, "Try again")
    assert button(last_in(view), "Try again").isEnabled()


def test_only_the_last_answer_offers_to_go_on(view: TranscriptView, model: TranscriptModel) -> None:
    stopped = message(2, "Half", status=MessageStatus.STOPPED)
    model.set_messages([message(1), stopped])
    shown = last_in(view)
    assert has_button(shown, "Continue")
    model.append(message(3))
    assert not has_button(shown, "Continue")
    assert not has_button(shown, "Try again")


# Code, links, selection


def test_code_can_be_copied(qtbot: QtBot, view: TranscriptView, model: TranscriptModel) -> None:
    code = "def f():\n\treturn '  é'\n\n\n# end"
    model.set_messages([message(2, f"Look:\n\n```python\n{code}\n```\n")])
    block = view.findChild(CodeView)
    assert isinstance(block, CodeView)
    button(block, "Copy code").click()
    assert QGuiApplication.clipboard().text() == code
    assert has_button(block, "Copied")
    qtbot.waitUntil(lambda: has_button(block, "Copy"), timeout=4000)
    block.pane.select_all()
    block.pane.copy()
    assert QGuiApplication.clipboard().text() == code


def test_streamed_code_has_the_colours_of_whole_code(
    view: TranscriptView, model: TranscriptModel
) -> None:
    code = '"""A text\nover lines."""\n' + "def f(a: int) -> str:\n    return f'{a}'\n" * 100

    def colors() -> list[tuple[str, str]]:
        view.grab()
        block = view.findChildren(CodeView)[-1]
        runs = []
        text_block = block.pane.document.begin()
        while text_block.isValid():
            for piece in text_block.textFormats():
                text = text_block.text()[piece.start : piece.start + piece.length]
                runs.append((text, piece.format.foreground().color().name()))
            text_block = text_block.next()
        return runs

    model.set_messages([message(2, f"```python\n{code}```\n")])
    whole = colors()
    assert len({color for _, color in whole}) >= 4
    model.set_messages([message(2, "```python\n", status=GENERATING)])
    for line in code.splitlines(keepends=True):
        model.grow(2, line)
        view.flush()
    model.grow(2, "```\n")
    model.replace(message(2, model.message_at(0).text))
    delete_discarded()
    assert colors() == whole


def test_a_theme_change_recolours_what_is_there(
    view: TranscriptView, model: TranscriptModel, appearance: Appearance
) -> None:
    model.set_messages([message(1, QUESTION), message(2, RICH)])
    shown = messages_in(view)
    geometry = [one.geometry() for one in shown]
    appearance.set_choice(ThemeChoice.DARK)
    dark = view.grab().toImage()
    assert messages_in(view) == shown
    assert [one.geometry() for one in shown] == geometry
    model.set_messages([message(1, QUESTION), message(2, RICH)])
    assert view.grab().toImage() == dark


class Browser(QObject):
    """Takes the place of the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    for scheme in ("https", "file", "javascript"):
        QDesktopServices.setUrlHandler(scheme, browser, "open")
    yield browser
    for scheme in ("https", "file", "javascript"):
        QDesktopServices.unsetUrlHandler(scheme)


def test_a_link_opens_on_a_click_only(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, browser: Browser
) -> None:
    model.set_messages([message(2, "[label](https://example.com/a) [file](file:///etc/passwd)")])
    view.grab()
    (pane,) = last_in(view).findChildren(TextPane)
    at = QPoint(20, 12)
    assert pane.link_at(at.toPointF()) == "https://example.com/a"
    assert browser.opened == []
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=at)
    assert browser.opened == ["https://example.com/a"]
    qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(pane, QPoint(40, 12))
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=QPoint(40, 12))
    for x in range(60, 110, 5):
        qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(x, 12))
    assert browser.opened == ["https://example.com/a"]


def test_nothing_is_loaded_because_an_answer_says_so(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(
        [message(2, "![a](file:///etc/passwd) ![b](https://example.com/b.png) <img src='c.png'>")]
    )
    view.grab()
    for pane in last_in(view).findChildren(TextPane):
        for address in ("file:///etc/passwd", "https://example.com/b.png", ":/qt-project.org/x"):
            for kind in (
                QTextDocument.ResourceType.ImageResource,
                QTextDocument.ResourceType.StyleSheetResource,
                QTextDocument.ResourceType.HtmlResource,
            ):
                assert pane.document.resource(kind.value, QUrl(address)) is None
        assert "\ufffc" not in pane.document.toPlainText()


def test_selecting_with_the_mouse(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1, "first question"), message(2, "alpha beta\n\ngamma delta")])
    view.grab()
    question, answer = (
        one.findChildren(TextPane)[0] for one in sorted(messages_in(view), key=lambda one: one.y())
    )
    qtbot.mouseDClick(answer, Qt.MouseButton.LeftButton, pos=QPoint(20, 12))
    assert answer.selected_text() == "alpha"
    qtbot.mouseClick(answer, Qt.MouseButton.LeftButton, pos=QPoint(20, 12))
    assert answer.selected_text() == "alpha beta"
    qtbot.mouseDClick(answer, Qt.MouseButton.LeftButton, pos=QPoint(20, 12))
    answer.copy()
    assert QGuiApplication.clipboard().text() == "alpha"
    question.setFocus()
    question.select_all()
    assert question.selected_text() == "first question"
    assert not answer.has_selection()
    qtbot.keyClick(answer, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert answer.selected_text() == "alpha beta\ngamma delta"
    assert not question.has_selection()


def test_added_breaks_are_not_copied(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1, "x" * 5000)])
    (pane,) = last_in(view).findChildren(TextPane)
    pane.select_all()
    assert pane.selected_text() == "x" * 5000


# Much


def show_all(shown: MessageView, is_complete: Callable[[], bool]) -> int:
    pieces = 0
    while not is_complete():
        button(shown, "Show more").click()
        pieces += 1
        assert pieces < 100
    return pieces


@pytest.mark.parametrize("number", [1, 2])
def test_a_long_message_comes_in_pieces(
    view: TranscriptView, model: TranscriptModel, number: int
) -> None:
    line = "y" * 99 + "\n"
    text = line * 2000
    model.set_messages([message(number, text)])
    shown = last_in(view)
    assert len(text_of(shown)) <= FIRST_PIECE + 200
    assert show_all(shown, lambda: not has_button(shown, "Show more")) > 1
    assert text_of(shown).count("y") == text.count("y")


def test_a_megabyte_arrives(view: TranscriptView, model: TranscriptModel) -> None:
    for text in ("z" * 1_000_000, "word and " * 110_000, "```\n" + "code\n" * 200_000, "[" * 10**6):
        model.set_messages([message(1, text), message(2, text)])
        view.grab()
        assert len(messages_in(view)) == 2


def test_a_long_answer_that_goes_on_is_shown_to_its_end(
    view: TranscriptView, model: TranscriptModel
) -> None:
    text = ("y" * 99 + "\n\n") * 1500
    model.set_messages([message(1), message(2, text, status=MessageStatus.STOPPED)])
    model.replace(message(2, text, status=GENERATING))
    for _ in range(5):
        model.grow(2, "more ")
        view.flush()
    assert text_of(last_in(view)).endswith("more more more")


def test_what_is_laid_out_small_and_shown_large_follows_its_end(
    qtbot: QtBot, appearance: Appearance
) -> None:
    model = TranscriptModel()
    view = TranscriptView(model, appearance, describe)
    qtbot.addWidget(view)
    view.resize(100, 100)
    model.set_messages([message(1), message(2, "", status=GENERATING)])
    view.resize(800, 500)
    view.show()
    qtbot.waitExposed(view)
    model.grow(2, "line\n\n" * 100)
    view.flush()
    assert view.follows
    bar = view.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == bar.maximum()


def test_what_is_not_saved_is_not_called_saved(
    view: TranscriptView, model: TranscriptModel
) -> None:
    error = to_record(DiskFull("/home"))
    model.set_messages([message(1), message(2, "Half", status=MessageStatus.FAILED, error=error)])
    said = " ".join(labels(last_in(view)))
    assert "What was written is saved" not in said
    assert "It is kept here" in said
