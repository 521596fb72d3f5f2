"""The transcript shows what the model says, follows the end, and never jumps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolTip

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import MessageStatus, Opinion, Rating
from chatapp.domain.generation import FinishReason
from chatapp.errors import ContextFull, DiskFull, to_record
from chatapp.jobs import Jobs
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.transcript.answer_state import details, failure, notice, writing_words
from chatapp.ui.transcript.blocks import visible_text
from chatapp.ui.transcript.code_layout import CodeLayout
from chatapp.ui.transcript.images import Images
from chatapp.ui.transcript.jump_pill import JumpPill
from chatapp.ui.transcript.message_item import AnswerItem
from chatapp.ui.transcript.picture_layouts import FormulaLayout
from chatapp.ui.transcript.question_item import QuestionItem
from chatapp.ui.transcript.reasoning_layout import ReasoningLayout
from chatapp.ui.transcript.selection import Match
from chatapp.ui.transcript.text_layout import TextLayout
from chatapp.ui.transcript.view import TranscriptView
from tests.ui.transcript.driving import (
    Mouse,
    check_places,
    describe,
    image,
    names,
    pixels_of,
    place_of,
    placed_at,
    rects_of,
    spot,
    spot_rect,
    spots,
    text_of,
)
from tests.ui.transcript.samples import (
    EVERYTHING,
    ORIGIN,
    PICTURE,
    QUESTION,
    RICH,
    conversation,
    message,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from chatapp.ui.models.transcript_model import TranscriptModel

GENERATING = MessageStatus.GENERATING
WRITING = AnswerProgress(AnswerPhase.WRITING, tokens=84, tokens_per_second=23.1)
THINKING = AnswerProgress(AnswerPhase.THINKING, tokens=84, thinking_seconds=12.4)
THOUGHT = "<think>\nA **thought** with\n\n```py\nx = 1\n```\n</think>\n\nThe answer."
KEYS = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def at_end(view: TranscriptView) -> bool:
    bar = view.verticalScrollBar()
    return bar.value() == bar.maximum()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def pill_of(view: TranscriptView) -> JumpPill:
    pill = view.findChild(JumpPill)
    assert isinstance(pill, JumpPill)
    return pill


# Showing


def test_opening_shows_the_end(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(200))
    assert at_end(view)
    assert view.verticalScrollBar().value() > 0
    assert view.follows
    assert view.placed[-1].row == 199
    assert len(view.placed) < 20
    check_places(view, 200)


def test_ten_thousand_messages(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(10_000))
    for share in (100, 50, 0, 99):
        bar = view.verticalScrollBar()
        bar.setValue(bar.maximum() * share // 100)
        check_places(view, 10_000)
    assert len(view._items.known_items()) < 50
    view.show_message(5001)
    assert placed_at(view, 5000).top == pytest.approx(4)


@pytest.mark.parametrize("number", [1, 150, 395, 400])
def test_a_message_can_be_shown(view: TranscriptView, model: TranscriptModel, number: int) -> None:
    model.set_messages(conversation(400))
    view.show_message(number)
    assert 0 <= placed_at(view, number - 1).top < view.viewport().height()
    check_places(view, 400)
    view.show_message(99999)


def test_what_a_person_typed_is_shown_as_typed(
    view: TranscriptView, model: TranscriptModel
) -> None:
    typed = "  **not bold** <b>\n\n\ttab  \n<script> [x](y) &amp;\u200b\n"
    model.set_messages([message(1, typed)])
    image(view)
    assert text_of(view, 0) == typed
    view.select_all()
    assert view.selected().text == view.selected().markdown == typed


def test_a_bubble_is_as_wide_as_its_text(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1, "Hi")])
    (one,) = view.placed
    assert isinstance(one.item, QuestionItem)
    assert one.item.bubble.width() < 100
    assert one.item.bubble.right() == one.item.width
    model.set_messages([message(1, "x" * 1000)])
    (one,) = view.placed
    assert isinstance(one.item, QuestionItem)
    assert 500 < one.item.bubble.width() <= 600
    assert one.item.height > 24 * 10


@pytest.mark.parametrize("width", [120, 320, 640, 1100, 2400])
def test_everything_fits_in_any_width(
    view: TranscriptView, model: TranscriptModel, width: int
) -> None:
    model.set_messages([message(1, QUESTION), message(2, RICH), message(3, "y" * 500)])
    view.resize(width, 600)
    for value in range(0, view.verticalScrollBar().maximum(), 300):
        view.verticalScrollBar().setValue(value)
        image(view)
        check_places(view, 3)
        for one in view.placed:
            left, _ = one.item.content
            assert left >= 0
            for index, layout in one.item.column.layouts():
                assert layout.height > 0
                inner = one.item.column.left_of(index) + layout.width
                assert left + inner <= one.item.width or layout.width == 80


def test_an_empty_conversation(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    before = image(view)
    check_places(view, 0)
    mouse.drag(QPoint(100, 100), QPoint(300, 300))
    mouse.click(QPoint(100, 100), 3)
    mouse.wheel(QPoint(100, 100), down=100)
    for key in (KEYS.Key_End, KEYS.Key_Home, KEYS.Key_PageDown, KEYS.Key_Tab, KEYS.Key_Escape):
        qtbot.keyClick(view, key)
    qtbot.keyClick(view, KEYS.Key_A, CONTROL)
    qtbot.keyClick(view, KEYS.Key_C, CONTROL)
    qtbot.keyClick(view, KEYS.Key_Up, ALT)
    view.jump_to_latest()
    view.resize(500, 500)
    view.resize(800, 600)
    assert image(view) == before
    assert view.selected().text == ""


def test_messages_without_text(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(
        [message(1, ""), message(2, ""), message(3, ""), message(4, "", status=GENERATING)]
    )
    image(view)
    check_places(view, 4)
    view.select_all()
    assert view.selected().text == ""
    model.grow(4, "now")
    view.flush()
    view.select_all()
    assert view.selected().text == "now"


def test_removing_and_clearing(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(50))
    view.select_all()
    model.remove_from(41)
    assert not view.has_selection
    check_places(view, 40)
    assert view.placed[-1].row == 39
    assert not spot(view, "Try again").is_shy
    model.remove_from(1)
    check_places(view, 0)
    model.append(message(1, "again"))
    assert text_of(view, 0) == "again"
    model.clear()
    check_places(view, 0)


def test_removing_what_is_read(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(50))
    view.show_message(45)
    model.remove_from(31)
    check_places(view, 30)
    assert view.placed[-1].row == 29


def test_another_conversation_while_one_is_written(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, "", status=GENERATING)])
    model.grow(2, "Some text")
    model.set_messages(conversation(4))
    view.flush()
    model.grow(2, "unheard of")
    view.flush()
    check_places(view, 4)
    assert text_of(view, 3).startswith("Answer 4.")
    model.clear()
    view.flush()
    check_places(view, 0)


def test_opening_and_closing_leaves_nothing_behind(
    view: TranscriptView, model: TranscriptModel
) -> None:
    def things_after(times: int) -> tuple[int, int]:
        for _ in range(times):
            model.set_messages(conversation(2))
            model.grow(2, "more")
            view.flush()
            image(view)
            model.clear()
        return len(view.findChildren(QObject)), len(view._items.known_items())

    few = things_after(2)
    assert things_after(100) == few


def test_attachments_stand_above_the_question(view: TranscriptView, model: TranscriptModel) -> None:
    from chatapp.domain.conversation import Attachment

    files = tuple(
        Attachment(f"{'long name ' * (number * 3)}{number}.txt", "text/plain", 1200, "text")
        for number in range(5)
    )
    model.set_messages([message(1, "Hi", attachments=files)])
    view.resize(400, 600)
    (one,) = view.placed
    assert isinstance(one.item, QuestionItem)
    image(view)
    for rect, _, _ in one.item._chips:
        assert rect.left() >= 0
        assert rect.right() <= one.item.width
        assert rect.bottom() <= one.item.bubble.top()


# Growing


def test_deltas_are_drawn_together(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1, QUESTION), message(2, "", status=GENERATING)])
    for word in ["one", "two", "three", "four"]:
        model.grow(2, word + " ")
    assert text_of(view, 1) == ""
    qtbot.waitUntil(lambda: text_of(view, 1).strip() == "one two three four")


def test_follows_the_end_while_the_reader_is_there(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([*conversation(20), message(21), message(22, "", status=GENERATING)])
    for _ in range(30):
        model.grow(22, "A line of text.\n\n")
        view.flush()
        assert at_end(view)
        assert view.follows
        check_places(view, 22)


@pytest.mark.parametrize("how", ["bar", "wheel", "key", "by one"])
def test_a_reader_who_scrolled_up_is_left_alone(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse, how: str
) -> None:
    model.set_messages([*conversation(20), message(21), message(22, "", status=GENERATING)])
    bar = view.verticalScrollBar()
    match how:
        case "bar":
            bar.setValue(bar.value() - 100)
        case "wheel":
            mouse.wheel(QPoint(300, 300), down=-20)
        case "key":
            qtbot.keyClick(view, KEYS.Key_Up)
        case "by one":
            bar.setValue(bar.value() - 1)
    assert not view.follows
    before = {one.row: one.top for one in view.placed}
    value = bar.value()
    for _ in range(30):
        model.grow(22, "A line of text.\n\n```\ncode\n```\n")
        view.flush()
    model.replace(message(22, model.message_at(21).text))
    assert bar.value() == value
    assert {row: top for row, top in before.items() if row < 21} == {
        one.row: one.top for one in view.placed if one.row < 21
    }
    bar.setValue(bar.maximum())
    assert view.follows


def test_scrolling_down_to_the_end_follows_again(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([*conversation(20), message(21), message(22, "a\n\n", status=GENERATING)])
    mouse.wheel(QPoint(300, 300), down=-60)
    assert not view.follows
    mouse.wheel(QPoint(300, 300), down=30)
    assert not view.follows
    mouse.wheel(QPoint(300, 300), down=100)
    assert view.follows
    model.grow(22, "more\n\n" * 20)
    view.flush()
    assert at_end(view)


@pytest.mark.parametrize("scrolled_up", [0, 300])
@pytest.mark.parametrize("status", [MessageStatus.COMPLETE, MessageStatus.STOPPED])
@pytest.mark.parametrize("text", ["A word", "```py\nx = 1", "|a|\n|-|\n|b|", "# Head"])
def test_nothing_moves_when_the_answer_ends(
    view: TranscriptView,
    model: TranscriptModel,
    status: MessageStatus,
    text: str,
    scrolled_up: int,
) -> None:
    model.set_messages([*conversation(20), message(21), message(22, text, status=GENERATING)])
    model.set_progress(22, WRITING)
    view.flush()
    bar = view.verticalScrollBar()
    bar.setValue(bar.value() - scrolled_up)
    before = [(one.row, one.top, one.bottom) for one in view.placed]
    value = bar.value()
    model.replace(message(22, text, status=status))
    assert [(one.row, one.top, one.bottom) for one in view.placed] == before
    assert bar.value() == value


@pytest.mark.parametrize(
    ("text", "closing"),
    [
        ("Look:\n\n```py\nx = 1\n", "```"),
        ("Look:\n\n```py\nx = 1\n", "```\n"),
        ("Look:\n\n|a|b|\n|-|-|\n|c|d|\n", "\n"),
        ("Look: **bold", "**"),
        ("Look: `code", "`"),
        ("- a\n- b\n", "\n"),
    ],
)
def test_nothing_above_moves_when_something_closes(
    view: TranscriptView, model: TranscriptModel, text: str, closing: str
) -> None:
    model.set_messages([*conversation(20), message(21), message(22, text, status=GENERATING)])
    model.set_progress(22, WRITING)
    view.flush()
    before = {one.row: one.top for one in view.placed}
    first = rects_of(view, 21, 0, 0, 1)
    model.grow(22, closing)
    view.flush()
    assert {one.row: one.top for one in view.placed} == before
    assert rects_of(view, 21, 0, 0, 1) == first


def test_a_new_question_is_shown_and_followed(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(300))
    view.verticalScrollBar().setValue(0)
    model.append(message(301, "My question"))
    model.append(message(302, "", status=GENERATING))
    assert view.follows
    assert at_end(view)
    assert [text_of(view, one.row) for one in view.placed][-2:] == ["My question", ""]


def test_a_question_can_stay_at_the_top(view: TranscriptView, model: TranscriptModel) -> None:
    view.pins_question = True
    model.set_messages(conversation(30))
    model.append(message(31, "My question"))
    model.append(message(32, "", status=GENERATING))
    for _ in range(60):
        model.grow(32, "A line of text.\n\n")
        view.flush()
        check_places(view, 32)
        assert placed_at(view, 30).top == pytest.approx(0)
    assert not view.follows
    assert not pill_of(view).isHidden()
    view.jump_to_latest()
    assert view.follows
    assert at_end(view)
    model.append(message(33, "Another"))
    assert placed_at(view, 32).top == pytest.approx(0)


def test_the_pill_counts_and_leads_back(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(30))
    pill = pill_of(view)
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
    assert at_end(view)
    bar.setValue(bar.value() - 500)
    assert pill.count == 0


def test_the_jump_is_smooth_with_motion(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, appearance: Appearance
) -> None:
    appearance.set_reduced_motion(reduced=False)
    model.set_messages(conversation(300))
    bar = view.verticalScrollBar()
    bar.setValue(100)
    view.jump_to_latest()
    assert not at_end(view)
    qtbot.waitUntil(lambda: view.follows and at_end(view))
    check_places(view, 300)


def test_a_jump_ends_where_the_reader_takes_over(
    view: TranscriptView, model: TranscriptModel, appearance: Appearance, mouse: Mouse
) -> None:
    appearance.set_reduced_motion(reduced=False)
    model.set_messages(conversation(300))
    view.verticalScrollBar().setValue(100)
    view.jump_to_latest()
    mouse.wheel(QPoint(300, 300), down=-30)
    value = view.verticalScrollBar().value()
    QTimer.singleShot(300, QApplication.instance(), QApplication.instance().exit)  # type: ignore[union-attr]
    QApplication.exec()
    assert view.verticalScrollBar().value() == value
    assert not view.follows


def test_a_continued_answer_goes_on_where_it_stopped(
    view: TranscriptView, model: TranscriptModel
) -> None:
    stopped = message(2, "One [a]\n\ntw", status=MessageStatus.STOPPED)
    model.set_messages([message(1), stopped])
    model.replace(replace(stopped, status=GENERATING))
    model.grow(2, "o\n\n[a]: https://example.com\n\nend")
    view.flush()
    model.replace(message(2, model.message_at(1).text))
    assert text_of(view, 1) == "One a\ntwo\nend"


def test_pictures_come_without_moving_anything(
    qtbot: QtBot, appearance: Appearance, model: TranscriptModel, jobs: Jobs
) -> None:
    images = Images(jobs)
    view = TranscriptView(model, appearance, describe, None, images)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    qtbot.waitExposed(view)
    model.set_messages([*conversation(6), message(8, f"Look:\n\n![A square]({PICTURE})\n\nend")])
    (rect,) = rects_of(view, 6, 1, 0, 1)
    places = [(one.row, one.top, one.bottom) for one in view.placed]
    with qtbot.waitSignal(images.loaded):
        image(view)
    assert "#d03a2f" in pixels_of(image(view), rect)
    assert [(one.row, one.top, one.bottom) for one in view.placed] == places


def is_drawn(view: TranscriptView) -> bool:
    """Whether nothing on the screen waits for its formulas, colours or pictures."""
    image(view)
    for one in view.placed:
        for _, layout in one.item.column.layouts():
            if isinstance(layout, FormulaLayout) and layout._waits:
                return False
            if isinstance(layout, TextLayout) and layout._paragraph.waits:
                return False
            if isinstance(layout, CodeLayout) and (
                layout._coloring is None or not layout._coloring.is_complete
            ):
                return False
    return not view._stage.images._loading


@pytest.mark.parametrize("is_at_end", [True, False])
def test_what_is_drawn_later_moves_nothing_that_is_read(
    qtbot: QtBot, drawn_view: TranscriptView, model: TranscriptModel, is_at_end: bool
) -> None:
    view = drawn_view
    tall = "$$\n\\frac{\\frac{a}{b}}{\\frac{c}{\\frac{d}{e}}}\n$$\n\n"
    inline = "Words with $\\frac{a}{b}$ and $x^{2}$ in a line.\n\n"
    answers = [message(2 * n, (tall + inline) * 3 + f"End {n}") for n in range(1, 5)]
    model.set_messages(answers)
    if not is_at_end:
        bar = view.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
    watched = next(
        (one.row, block)
        for one in view.placed
        for block in range(len(one.item.column))
        if rects_of(view, one.row, block, 0, 1)[0].top() >= 0
    )
    row, block = watched
    before = placed_at(view, row).top + view.item(row).column.top_of(block)
    bottom = view.placed[-1].bottom
    qtbot.waitUntil(lambda: is_drawn(view), timeout=20_000)
    check_places(view, 4)
    if is_at_end:
        assert view.placed[-1].bottom == bottom
        assert view.follows
        return
    now = placed_at(view, row).top + view.item(row).column.top_of(block)
    assert abs(now - before) <= 1


def test_everything_streamed_and_drawn_is_the_same_as_whole(
    qtbot: QtBot, drawn_view: TranscriptView, model: TranscriptModel
) -> None:
    view = drawn_view
    view.resize(700, 3200)
    model.set_messages([message(2, EVERYTHING)])
    qtbot.waitUntil(lambda: is_drawn(view), timeout=20_000)
    whole = image(view)
    model.set_messages([message(2, "", status=GENERATING)])
    for begin in range(0, len(EVERYTHING), 40):
        model.grow(2, EVERYTHING[begin : begin + 40])
        view.flush()
        if begin % 400 == 0:
            image(view)
            QApplication.processEvents()
    model.replace(message(2, EVERYTHING))
    qtbot.waitUntil(lambda: is_drawn(view), timeout=20_000)
    assert image(view) == whole


@pytest.mark.parametrize(
    "source",
    [
        "/nowhere/at-all.png",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "/dev/zero",
        "/",
    ],
)
def test_what_is_no_picture_is_said_in_words(
    view: TranscriptView, model: TranscriptModel, source: str
) -> None:
    model.set_messages([message(2, f"![The cat]({source})\n\nend")])
    image(view)
    assert text_of(view, 0).splitlines()[0] == "The cat"
    check_places(view, 1)


# Scrolling through


def test_scrolling_through_never_jumps(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(150))
    bar = view.verticalScrollBar()
    while bar.value():
        watched = view.placed[0]
        step = min(400, bar.value())
        bar.setValue(bar.value() - step)
        now = [one.top for one in view.placed if one.row == watched.row]
        # The beginning may be nearer than it was estimated to be.
        assert not now or not bar.value() or abs(now[0] - watched.top - step) < 1
        check_places(view, 150)
    assert view.placed[0].row == 0
    assert view.placed[0].top == 0
    while not view.follows:
        bar.setValue(bar.value() + 500)
        check_places(view, 150)
    assert view.placed[-1].row == 149


def test_resizing_keeps_the_place(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(100))
    view.show_message(81)
    y = rects_of(view, 80, 0, 0, 1)[0].top()
    for width in (700, 500, 1000):
        view.resize(width, 600)
        assert rects_of(view, 80, 0, 0, 1)[0].top() == pytest.approx(y, abs=1)
        check_places(view, 100)


def test_resizing_keeps_the_line_in_a_long_paragraph(
    view: TranscriptView, model: TranscriptModel
) -> None:
    words = " ".join(f"word{number}" for number in range(2000))
    model.set_messages([*conversation(20), message(21), message(22, words)])
    view.show_range(21, 0, 6000, 6001)
    view.scroll_by(7)
    for width in (700, 400, 1000, 640):
        at = view.position_at(QPoint(view.column_left + 1, 0))
        (before,) = rects_of(view, at.row, at.block, at.offset, at.offset + 1)
        view.resize(width, 600)
        (now,) = rects_of(view, at.row, at.block, at.offset, at.offset + 1)
        assert now.top() == pytest.approx(before.top(), abs=1)
        check_places(view, 22)


@pytest.mark.parametrize("text", ["z" * 100_000, "word and " * 20_000, "```\n" + "code\n" * 9000])
def test_a_part_far_away_can_be_shown(
    view: TranscriptView, model: TranscriptModel, text: str
) -> None:
    model.set_messages([*conversation(50), message(51), message(52, text)])
    view.verticalScrollBar().setValue(0)
    item = view.item(51)
    item.read_to(10**9)
    block = len(item.column) - 1
    end = len(visible_text(item.column.blocks[block]))
    view.show_range(51, block, end - 5, end)
    (rect, *_) = rects_of(view, 51, block, end - 5, end)
    assert rect.top() >= 0
    assert rect.bottom() <= view.viewport().height()
    check_places(view, 52)
    value = view.verticalScrollBar().value()
    view.show_range(51, block, end - 4, end)
    assert view.verticalScrollBar().value() == value
    view.show_range(51, 10**6, 0, 1)


def test_a_part_that_is_not_read_yet_is_shown_when_it_is(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(6000))
    model.set_messages([*conversation(50), message(51), message(52, text)])

    def is_seen(block: int) -> bool:
        return any(
            one.row == 51
            and block < len(one.item.column)
            and 0 <= one.top + one.item.rects(block, 0, 1)[0].top() <= view.viewport().height()
            for one in view.placed
        )

    view.verticalScrollBar().setValue(0)
    view.show_range(51, 5900, 0, 3)
    assert not is_seen(5900)  # so nothing had to wait for it
    qtbot.waitUntil(lambda: is_seen(5900), timeout=20_000)
    check_places(view, 52)

    model.set_messages([*conversation(50), message(51), message(53, text)])
    view.verticalScrollBar().setValue(0)
    view.show_range(51, 5900, 0, 3)
    view.scroll_by(100)  # the reader wants to be somewhere else now
    value = view.verticalScrollBar().value()
    view.item(51).read_to(10**9)
    for _ in range(10):
        QApplication.processEvents()
    assert view.verticalScrollBar().value() == value


def test_a_part_of_a_closed_thought_is_opened(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([*conversation(10), message(12, THOUGHT)])
    begin = visible_text(view.item(10).column.blocks[0]).index("x = 1")
    view.show_range(10, 0, begin, begin + 5)
    (layout, *_) = (layout for _, layout in view.item(10).column.layouts())
    assert isinstance(layout, ReasoningLayout)
    assert layout.is_open
    (rect,) = rects_of(view, 10, 0, begin, begin + 5)
    assert 0 <= rect.top() < rect.bottom() <= view.viewport().height()


def test_matches_are_marked(
    view: TranscriptView, model: TranscriptModel, appearance: Appearance
) -> None:
    model.set_messages([message(2, "alpha beta alpha")])
    first, second = Match(0, 0, 0, 5), Match(0, 0, 11, 16)
    view.set_matches({0: [first, second]}, second)
    picture = image(view)
    theme = appearance.theme
    assert theme.find_match.name() in pixels_of(picture, rects_of(view, 0, 0, 0, 5)[0])
    assert theme.find_current.name() in pixels_of(picture, rects_of(view, 0, 0, 11, 16)[0])
    between = pixels_of(picture, rects_of(view, 0, 0, 6, 10)[0])
    assert not {theme.find_match.name(), theme.find_current.name()} & between


# States


def test_waiting_loading_reading_writing(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1), message(2, "", status=GENERATING)])
    pictures = [image(view)]
    for progress in (
        AnswerProgress(AnswerPhase.WAITING),
        AnswerProgress(AnswerPhase.LOADING, fraction=0.42),
        AnswerProgress(AnswerPhase.READING, fraction=0.43, done=26, total=61),
        AnswerProgress(AnswerPhase.READING, 0.5, done=294, total=300, cached=288),
    ):
        model.set_progress(2, progress)
        view.flush()
        item = view.item(1)
        assert isinstance(item, AnswerItem)
        assert item.footer.is_waiting
        pictures.append(image(view))
    model.grow(2, "With")
    model.set_progress(2, WRITING)
    view.flush()
    pictures.append(image(view))
    assert not item.footer.is_waiting
    assert writing_words(WRITING) == "Writing · 23.1 tokens/s · 84 tokens"
    model.replace(message(2, "With"))
    pictures.append(image(view))
    assert all(a != b for a, b in pairwise(pictures))
    assert details(model.message_at(1)) == (
        "Qwen3 4B Instruct Q4_K_M · 412 tokens · 23.4 tokens/s · first token 0.4 s · seed 42"
    )
    usage = replace(ORIGIN.usage, prompt_tokens=300, cached_tokens=288)
    said = details(message(2, origin=replace(ORIGIN, usage=usage)))
    assert "first token 0.4 s · 288 of 300 prompt tokens reused · seed 42" in said


def test_the_spinner_turns_only_while_something_is_waited_for(
    view: TranscriptView, model: TranscriptModel, appearance: Appearance
) -> None:
    appearance.set_reduced_motion(reduced=False)
    model.set_messages([message(1), message(2, "", status=GENERATING)])
    model.set_progress(2, AnswerProgress(AnswerPhase.READING, 0.5))
    view.flush()
    assert view._spin_timer.isActive()
    model.grow(2, "With")
    model.set_progress(2, WRITING)
    view.flush()
    assert not view._spin_timer.isActive()
    model.set_progress(2, AnswerProgress(AnswerPhase.READING, 0.6))
    view.flush()
    model.clear()
    assert not view._spin_timer.isActive()


def test_thinking_is_timed_and_folded(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(1), message(2, "", status=GENERATING)])
    model.set_progress(2, THINKING)
    model.think_from(2, "A thought", 0)
    view.flush()
    assert names(view)[0] == "Thinking 12 s"
    closed = placed_at(view, 1).item.height
    thought = "A thought\n\n" + "that goes on " * 100
    model.think_from(2, thought, 0)
    model.set_progress(2, replace(THINKING, thinking_seconds=13.2))
    view.flush()
    assert placed_at(view, 1).item.height == closed
    assert names(view)[0] == "Thinking 13 s"
    mouse.press_spot(view, "Thinking 13 s")
    opened = placed_at(view, 1).item.height
    assert opened > closed
    model.think_from(2, "\n\nmore", len(thought))
    view.flush()
    assert placed_at(view, 1).item.height > opened
    usage = replace(ORIGIN.usage, reasoning_ms=14_600.0)
    grown = model.message_at(1)
    model.replace(
        message(2, "Done.", reasoning=grown.reasoning, origin=replace(ORIGIN, usage=usage))
    )
    assert names(view)[0] == "Thought for 15 s"
    mouse.press_spot(view, "Thought for 15 s")
    assert placed_at(view, 1).item.height < opened


def test_a_finished_answer_can_be_copied_and_tried_again(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(1), message(2, RICH)])
    mouse.press_spot(view, "Copy answer")
    assert clipboard() == RICH.strip("\n")
    assert "Copied" in names(view)
    qtbot.waitUntil(lambda: "Copy answer" in names(view), timeout=4000)
    with qtbot.waitSignal(view.retry_requested) as asked:
        mouse.press_spot(view, "Try again")
    assert asked.args == [2]
    assert "Copied" not in names(view)
    model.set_messages([message(1), message(2, THOUGHT)])
    mouse.press_spot(view, "Copy answer")
    assert clipboard() == "The answer."


@pytest.mark.parametrize("name", ["Edit answer", "Branch into a new conversation", "More"])
def test_what_can_be_done_with_an_answer(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse, name: str
) -> None:
    model.set_messages([message(1), message(2, "text")])
    signal = {
        "Edit answer": view.edit_requested,
        "Branch into a new conversation": view.branch_requested,
        "More": view.menu_requested,
    }[name]
    with qtbot.waitSignal(signal) as asked:
        mouse.press_spot(view, name)
    assert asked.args[0] == 2


def test_versions_and_ratings(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    question = message(1, version=1, versions=2)
    model.set_messages([question, message(2, "text", version=2, versions=3)])
    with qtbot.waitSignal(view.version_requested) as asked:
        mouse.press_spot(view, "Earlier version")
    assert asked.args == [2, -1]
    with qtbot.waitSignal(view.version_requested) as asked:
        mouse.press_spot(view, "Later version", row=0)
    assert asked.args == [1, 1]
    assert not spot(view, "Earlier version", row=0).is_enabled
    with qtbot.waitSignal(view.rate_requested) as asked:
        mouse.press_spot(view, "Bad answer")
    assert asked.args == [2, False]
    model.replace(message(2, "text", rating=Rating(Opinion.LIKED)))
    assert spot(view, "Good answer").is_on
    assert not spot(view, "Bad answer").is_on
    assert "Later version" not in names(view)


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
    mouse: Mouse,
    status: MessageStatus,
    sentence: str,
) -> None:
    half = message(2, "Half", status=status)
    model.set_messages([message(1), half])
    assert notice(half) == sentence
    with qtbot.waitSignal(view.continue_requested) as asked:
        mouse.press_spot(view, "Continue")
    assert asked.args == [2]
    with qtbot.waitSignal(view.retry_requested):
        mouse.press_spot(view, "Try again")
    model.set_messages([message(1), message(2, "", status=status)])
    assert "Continue" not in names(view)
    assert "Try again" in names(view)


def test_an_answer_that_ran_into_a_limit_says_so(
    view: TranscriptView, model: TranscriptModel
) -> None:
    for reason, can_continue in ((FinishReason.LENGTH, True), (FinishReason.CONTEXT, False)):
        half = message(2, "Half", origin=replace(ORIGIN, finish_reason=reason))
        model.set_messages([message(1), half])
        assert notice(half)
        assert ("Continue" in names(view)) is can_continue


def test_a_failure_stands_where_it_happened(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    error = ContextFull(needed=9310, available=8192)
    failed = message(2, "Half", status=MessageStatus.FAILED, error=to_record(error))
    model.set_messages([message(1), failed])
    _, said = failure(failed, describe)
    assert describe(error) in said
    assert "What was written is saved." in said
    with qtbot.waitSignal(view.retry_requested) as asked:
        mouse.press_spot(view, "Try again")
    assert asked.args == [2]
    with qtbot.waitSignal(view.continue_requested):
        mouse.press_spot(view, "Continue")
    before = placed_at(view, 1).item.height
    mouse.press_spot(view, "Details")
    assert placed_at(view, 1).item.height > before
    mouse.press_spot(view, "Copy")
    assert clipboard().startswith("ContextFull\n")
    with qtbot.waitSignal(view.open_logs_requested):
        mouse.press_spot(view, "Open log folder")
    model.set_messages([message(1), replace(failed, text="")])
    assert "Continue" not in names(view)


def test_what_is_not_saved_is_not_called_saved() -> None:
    error = to_record(DiskFull("/home"))
    _, said = failure(message(2, "Half", status=MessageStatus.FAILED, error=error), describe)
    assert "What was written is saved" not in said
    assert "It is kept here" in said


def test_nothing_can_be_started_while_an_answer_is_written(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(1), message(2, "text")])
    assert spot(view, "Try again", row=1).is_enabled
    model.append(message(3))
    model.append(message(4, "", status=GENERATING))
    for name in ("Try again", "Edit answer"):
        assert not spot(view, name, row=1).is_enabled
    assert not spot(view, "Edit message", row=2).is_enabled
    with qtbot.assertNotEmitted(view.retry_requested):
        mouse.press_spot(view, "Try again", row=1)
    assert names(view, row=3) == []
    model.replace(message(4, "done"))
    assert spot(view, "Try again", row=1).is_enabled
    assert spot(view, "Try again", row=1).is_shy
    assert not spot(view, "Try again", row=3).is_shy


def test_only_the_last_answer_offers_to_go_on(view: TranscriptView, model: TranscriptModel) -> None:
    stopped = message(2, "Half", status=MessageStatus.STOPPED)
    model.set_messages([message(1), stopped])
    assert "Continue" in names(view)
    model.append(message(3))
    assert "Continue" not in names(view, row=1)


# Pointer


def test_a_spot_acts_where_it_was_pressed_and_released(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(1), message(2, "text")])
    at = spot_rect(view, "Try again").center().toPoint()
    plain = image(view)
    mouse.move(at)
    hovered = image(view)
    assert hovered != plain
    assert view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor
    mouse.press(at)
    assert image(view) != hovered
    with qtbot.assertNotEmitted(view.retry_requested):
        mouse.release(QPoint(5, 5))
        mouse.move(QPoint(5, 5))
    assert not view.has_selection
    with qtbot.assertNotEmitted(view.retry_requested):
        mouse.press(QPoint(5, 300))
        mouse.release(at)
    with qtbot.waitSignal(view.retry_requested):
        mouse.click(at)
    mouse.move(QPoint(1, 599))
    assert image(view) == plain


def test_what_is_cut_off_is_told_in_a_tooltip(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1), message(2, "text", version=1, versions=2)])

    def tip(at: QPoint) -> str:
        QToolTip.hideText()
        ask = QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at))
        QApplication.sendEvent(view.viewport(), ask)
        return QToolTip.text()

    def below(up: int) -> QPoint:
        return QPoint(view.column_left + 20, round(placed_at(view, 1).bottom) - up)

    assert tip(below(5)) == ""
    assert tip(spot_rect(view, "Try again").center().toPoint()) == "Try again"
    view.resize(300, 600)
    assert tip(below(5)) == details(model.message_at(1))
    QToolTip.hideText()


def test_hovering_never_changes_a_place(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(4))
    mouse = Mouse(view)
    before = [(one.row, one.top, one.bottom) for one in view.placed]
    for y in range(0, 600, 20):
        for x in (50, 300, 700):
            mouse.move(QPoint(x, y))
    assert [(one.row, one.top, one.bottom) for one in view.placed] == before


def test_the_pointer_tells_what_it_is_over(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(2, "words and a [link](https://example.com)")])
    shape = view.viewport().cursor
    mouse.move(place_of(view, 0, 0, 2))
    assert shape().shape() == Qt.CursorShape.IBeamCursor
    mouse.move(place_of(view, 0, 0, 14))
    assert shape().shape() == Qt.CursorShape.PointingHandCursor
    mouse.move(QPoint(400, 500))
    assert shape().shape() == Qt.CursorShape.ArrowCursor


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
    schemes = ("https", "http", "mailto", "file", "javascript", "data")
    for scheme in schemes:
        QDesktopServices.setUrlHandler(scheme, browser, "open")
    yield browser
    for scheme in schemes:
        QDesktopServices.unsetUrlHandler(scheme)


def test_a_link_opens_on_a_click_only(
    view: TranscriptView, model: TranscriptModel, browser: Browser, mouse: Mouse
) -> None:
    model.set_messages([message(2, "[label](https://example.com/a) and [other](https://b.c)")])
    at = place_of(view, 0, 0, 2)
    mouse.move(at)
    assert browser.opened == []
    mouse.click(at)
    assert browser.opened == ["https://example.com/a"]
    mouse.press(at)
    mouse.release(place_of(view, 0, 0, 11))
    mouse.drag(place_of(view, 0, 0, 1), place_of(view, 0, 0, 4))
    mouse.click(QPoint(view.width() - 50, at.y()))
    assert browser.opened == ["https://example.com/a"]


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:x", "//x/y"],
)
def test_other_addresses_never_open(
    view: TranscriptView,
    model: TranscriptModel,
    browser: Browser,
    mouse: Mouse,
    address: str,
) -> None:
    model.set_messages(
        [message(2, f"[l]({address}) <{address}> ![a]({address})\n\n|[b]({address})|\n|-|\n")]
    )
    for block, value in enumerate(view.item(0).column.blocks):
        for offset in range(len(visible_text(value))):
            mouse.click(place_of(view, 0, block, offset))
    assert browser.opened == []


def test_links_in_tables_lists_and_thoughts(
    view: TranscriptView, model: TranscriptModel, browser: Browser, mouse: Mouse
) -> None:
    model.set_messages(
        [
            message(
                2,
                "<think>\n- [one](https://a.b/1)\n</think>\n\n"
                "|[two](https://a.b/2)|x|\n|-|-|\n\n> - [three](https://a.b/3)",
            )
        ]
    )
    mouse.press_spot(view, "Thoughts")
    for block in range(3):
        mouse.click(place_of(view, 0, block, 1))
    assert browser.opened == [f"https://a.b/{number}" for number in (1, 2, 3)]


def test_selecting_with_the_mouse(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(1, "first question"), message(2, "alpha beta\n\ngamma delta")])
    at = place_of(view, 1, 0, 2)
    mouse.click(at, 2)
    assert view.selected().text == "alpha"
    mouse.click(at, 3)
    assert view.selected().text == "alpha beta"
    mouse.click(at)
    assert not view.has_selection
    mouse.drag(place_of(view, 0, 0, 6), place_of(view, 1, 1, 5))
    assert view.selected().text == "question\n\nalpha beta\n\ngamma"
    mouse.drag(place_of(view, 1, 1, 5), place_of(view, 0, 0, 6))
    assert view.selected().text == "question\n\nalpha beta\n\ngamma"
    mouse.click(place_of(view, 0, 0, 6))
    mouse.keys = SHIFT
    mouse.click(place_of(view, 1, 0, 5))
    assert view.selected().text == "question\n\nalpha"
    mouse.keys = Qt.KeyboardModifier.NoModifier
    mouse.press(place_of(view, 1, 0, 0))
    mouse.release(place_of(view, 1, 0, 0))


def test_a_double_click_selects_by_words(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(2, "one two three four")])
    at = place_of(view, 0, 0, 5)
    mouse.click(at)
    mouse.click(at, 2)
    mouse.press(at)
    mouse.release(at)
    mouse._buttons = Qt.MouseButton.LeftButton
    view._begin_selection(at, "word")
    mouse.move(place_of(view, 0, 0, 10))
    assert view.selected().text == "two three"
    mouse.move(place_of(view, 0, 0, 1))
    assert view.selected().text == "one two"
    mouse.release(at)


def test_dragging_beyond_the_edge_scrolls(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages(conversation(30))
    before = view.verticalScrollBar().value()
    start = QPoint(200, 300)
    mouse.press(start)
    mouse.move(QPoint(200, -40))
    qtbot.waitUntil(lambda: view.verticalScrollBar().value() < before - 300)
    mouse.move(QPoint(200, 100))
    assert not view._autoscroll.isActive()
    mouse.move(QPoint(200, -40))
    mouse.release(QPoint(200, -40))
    assert not view._autoscroll.isActive()
    selected = view.selected().text
    assert len(selected) > 200
    check_places(view, 30)


def test_the_menu(qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse) -> None:
    model.set_messages([message(1), message(2, "word [link](https://example.com)")])

    def ask(at: QPoint) -> None:
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at)
        )
        QApplication.sendEvent(view.viewport(), event)

    with qtbot.waitSignal(view.menu_requested) as asked:
        ask(place_of(view, 1, 0, 1))
    assert asked.args[0] == 2
    with qtbot.assertNotEmitted(view.menu_requested):
        ask(place_of(view, 1, 0, 6))
    (menu,) = view.findChildren(QMenu)
    entries = {action.text(): action for action in menu.actions()}
    entries["Copy link address"].trigger()
    assert clipboard() == "https://example.com"
    assert not entries["Copy"].isEnabled()
    menu.close()


def test_another_conversation_in_the_middle_of_a_drag(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages(conversation(20))
    mouse.press(QPoint(300, 300))
    mouse.move(QPoint(300, 100))
    assert view.has_selection
    model.set_messages([message(2, "short")])
    mouse.move(QPoint(300, -50))
    qtbot.waitUntil(view._autoscroll.isActive)
    view._on_autoscroll()
    model.clear()
    view._on_autoscroll()
    mouse.move(QPoint(300, 200))
    mouse.release(QPoint(300, 200))
    image(view)
    assert view.selected().text == ""
    model.set_messages([message(1), message(2, "text")])
    at = spot_rect(view, "Try again").center().toPoint()
    mouse.press(at)
    model.set_messages([message(3), message(4, "other")])
    with qtbot.assertNotEmitted(view.retry_requested):
        mouse.release(at)


def test_selecting_while_an_answer_is_written(
    view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(1), message(2, "alpha beta", status=GENERATING)])
    mouse.click(place_of(view, 1, 0, 1), 2)
    assert view.selected().text == "alpha"
    model.grow(2, " gamma\n\n```\ncode")
    view.flush()
    assert view.selected().text == "alpha"
    view.select_all()
    model.grow(2, "\nmore")
    view.flush()
    assert view.selected().text.endswith("code\nmore")
    model.replace(message(2, "# alpha"))
    assert view.selected().text.endswith("alpha")
    mouse.drag(place_of(view, 1, 0, 3), QPoint(400, 590))
    model.replace(message(2, ""))
    image(view)
    view.selected()


def test_another_version_in_the_middle(view: TranscriptView, model: TranscriptModel) -> None:
    messages = conversation(20)
    model.set_messages(messages)
    view.scroll_by(-200)
    view.select_all()
    other = [*messages[:13], message(114, "Another answer"), message(115, "and on")]
    model.merge(other)
    check_places(view, 15)
    image(view)
    view.show_message(114)
    assert text_of(view, 13) == "Another answer"
    model.merge(messages)
    check_places(view, 20)
    model.merge([replace(one, text="changed") for one in messages])
    check_places(view, 20)
    assert text_of(view, 19) == "changed"


# Keyboard


def test_selecting_with_the_keyboard(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, mouse: Mouse
) -> None:
    model.set_messages([message(1, "ask"), message(2, "alpha beta\n\ngamma `x`")])
    mouse.click(place_of(view, 1, 0, 0))

    def press(key: Qt.Key, keys: Qt.KeyboardModifier = SHIFT) -> str:
        qtbot.keyClick(view, key, keys)
        return view.selected().text

    assert press(KEYS.Key_Right) == "a"
    assert press(KEYS.Key_Right, SHIFT | CONTROL) == "alpha"
    assert press(KEYS.Key_End) == "alpha beta"
    assert press(KEYS.Key_Left) == "alpha bet"
    assert press(KEYS.Key_Home) == ""
    assert press(KEYS.Key_Down) == "alpha beta"
    assert press(KEYS.Key_Down).startswith("alpha beta")
    assert press(KEYS.Key_Escape, Qt.KeyboardModifier.NoModifier) == ""
    assert press(KEYS.Key_A, CONTROL) == "ask\n\nalpha beta\n\ngamma x"


def test_everything_is_copied_in_three_forms(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1, "*ask*"), message(2, "**bold** `x`\n\n- item")])
    qtbot.keyClick(view, KEYS.Key_A, CONTROL)
    qtbot.keyClick(view, KEYS.Key_C, CONTROL)
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "*ask*\n\nbold x\n\n• item"
    assert "<strong>bold</strong>" in data.html()
    assert "*ask*" in data.html()
    markdown = bytes(data.data("text/markdown").data()).decode()
    assert markdown == "*ask*\n\n**bold** `x`\n\n- item"
    qtbot.keyClick(view, KEYS.Key_C, CONTROL | SHIFT)
    assert clipboard() == markdown


def test_ten_thousand_messages_are_copied(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    messages = conversation(10_000)
    model.set_messages(messages)
    qtbot.keyClick(view, KEYS.Key_A, CONTROL)
    text = view.selected().text
    assert text.startswith("Question 1.")
    assert text.endswith(messages[-1].text.strip("\n"))
    assert text.count("Answer ") >= 5000


def test_messages_are_reached_by_keys(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(40))
    qtbot.keyClick(view, KEYS.Key_Up, ALT)
    assert view.focused_row == 39
    for row in range(38, -1, -1):
        qtbot.keyClick(view, KEYS.Key_Up, ALT)
        assert view.focused_row == row
        one = placed_at(view, row)
        assert one.top < view.viewport().height()
        assert one.bottom > 0
        check_places(view, 40)
    qtbot.keyClick(view, KEYS.Key_Up, ALT)
    assert view.focused_row == 0
    qtbot.keyClick(view, KEYS.Key_Down, ALT)
    assert view.focused_row == 1


def test_spots_are_reached_and_pressed_by_keys(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, "```py\nx = 1\n```")])
    other = QLabel("other", view.parentWidget())
    qtbot.addWidget(other)
    qtbot.keyClick(view, KEYS.Key_Up, ALT)
    enabled = [one for one in spots(view, 1) if one.is_enabled]
    pictures = []
    for one in enabled:
        qtbot.keyClick(view, KEYS.Key_Tab)
        assert view._focused_spot == one.key
        pictures.append(image(view))
        if one.name == "Copy code":
            qtbot.keyClick(view, KEYS.Key_Return)
            assert clipboard() == "x = 1"
    assert all(a != b for a, b in pairwise(pictures))
    qtbot.keyClick(view, KEYS.Key_Backtab, SHIFT)
    assert view._focused_spot == enabled[-2].key
    with qtbot.waitSignal(view.menu_requested):
        qtbot.keyClick(view, KEYS.Key_Tab)
        qtbot.keyClick(view, KEYS.Key_Space)
    qtbot.keyClick(view, KEYS.Key_Escape)
    assert view._focused_spot is None
    QGuiApplication.clipboard().clear()


def test_keys_scroll(qtbot: QtBot, view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(conversation(40))
    bar = view.verticalScrollBar()
    qtbot.keyClick(view, KEYS.Key_Home)
    assert bar.value() == 0
    qtbot.keyClick(view, KEYS.Key_PageDown)
    assert 400 < bar.value() < 600
    qtbot.keyClick(view, KEYS.Key_PageUp)
    assert bar.value() == 0
    qtbot.keyClick(view, KEYS.Key_Down)
    assert 0 < bar.value() < 100
    qtbot.keyClick(view, KEYS.Key_End)
    assert at_end(view)
    assert view.follows
    check_places(view, 40)


# Editing in place


def test_an_editor_stands_in_the_place_of_a_message(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(10))
    view.show_message(5)
    editor = QLabel("editor")
    editor.setMinimumHeight(200)
    editor.setFixedHeight(200)
    view.open_editor(5, editor)
    top = placed_at(view, 4).top
    assert editor.isVisible()
    assert editor.y() == round(top + placed_at(view, 4).item.gap)
    view.scroll_by(50)
    assert editor.y() == round(placed_at(view, 4).top + placed_at(view, 4).item.gap)
    check_places(view, 10)
    view.close_editor()
    check_places(view, 10)
    view.open_editor(5, QLabel("another"))
    model.clear()
    check_places(view, 0)


# Themes, sizes, directions


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST])
def test_a_theme_change_recolours_what_is_there(
    view: TranscriptView, model: TranscriptModel, appearance: Appearance, choice: ThemeChoice
) -> None:
    messages = [message(1, QUESTION), message(2, RICH)]
    model.set_messages(messages)
    view.verticalScrollBar().setValue(120)
    before = [(one.row, one.top, one.bottom) for one in view.placed]
    appearance.set_choice(choice)
    assert [(one.row, one.top, one.bottom) for one in view.placed] == before
    changed = image(view)
    model.set_messages(messages)
    view.verticalScrollBar().setValue(120)
    assert image(view) == changed


def test_right_to_left(
    qtbot: QtBot, qapp: QApplication, view: TranscriptView, model: TranscriptModel
) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        model.set_messages([message(1, "مرحبا"), message(2, RICH, status=MessageStatus.STOPPED)])
        image(view)
        view.verticalScrollBar().setValue(0)
        question = placed_at(view, 0).item
        assert isinstance(question, QuestionItem)
        assert question.bubble.left() == 0
        view.jump_to_latest()
        image(view)
        assert spot_rect(view, "Copy answer").center().x() > view.width() / 2
        check_places(view, 2)
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


# Much, and strange


def test_lone_surrogates_and_nul(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(
        [message(1, "a\ud800b\0c"), message(2, "`a\udfff` \0 ```\n\n```\na\ud800\n```")]
    )
    image(view)
    assert text_of(view, 0)[0] == "a"
    qtbot.keyClick(view, KEYS.Key_A, CONTROL)
    qtbot.keyClick(view, KEYS.Key_C, CONTROL)
    assert clipboard().startswith("a")


@pytest.mark.parametrize(
    "text",
    [
        "z" * 1_000_000,
        "word and " * 110_000,
        "```\n" + "code\n" * 200_000,
        "[" * 10**6,
        ("l" * 99 + "\n") * 10_000,
        "- item\n" * 20_000,
        "a\n\n" * 20_000,
        "`" + "x" * 1_000_000,
        "<think>\n" + "t" * 1_000_000 + "\n</think>\n\nYes",
        "中" * 330_000,
    ],
    ids=[
        "z",
        "words",
        "code",
        "brackets",
        "lines",
        "items",
        "paragraphs",
        "inline",
        "thought",
        "中",
    ],
)
def test_a_megabyte_comes_in_pieces_and_all_of_it(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, text: str
) -> None:
    model.set_messages([message(1, text), message(2, text)])
    image(view)
    check_places(view, 2)
    assert view.placed[-1].row == 1
    item = view.item(1)
    qtbot.waitUntil(lambda: not item.has_more, timeout=60_000)
    check_places(view, 2)
    view.jump_to_latest()
    image(view)
    check_places(view, 2)
    qtbot.keyClick(view, KEYS.Key_A, CONTROL)
    assert view.selected().markdown == f"{text}\n\n{text}"


def test_a_long_answer_that_goes_on_is_shown_to_its_end(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    text = ("y" * 99 + "\n\n") * 1500
    model.set_messages([message(1), message(2, text, status=MessageStatus.STOPPED)])
    model.replace(message(2, text, status=GENERATING))
    for _ in range(5):
        model.grow(2, "more ")
        view.flush()
    qtbot.waitUntil(lambda: text_of(view, 1).endswith("more more more"), timeout=20_000)
    assert at_end(view)


def test_what_is_laid_out_small_and_shown_large_follows_its_end(
    qtbot: QtBot, appearance: Appearance, model: TranscriptModel
) -> None:
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
    assert view.verticalScrollBar().maximum() > 0
    assert at_end(view)
    assert isinstance(view.placed[0].top, float)
    assert QPointF(0, view.placed[-1].bottom).y() <= view.viewport().height()
