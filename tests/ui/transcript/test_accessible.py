"""What screen readers are given of a conversation, asked through Qt's own interfaces."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt, QUrl, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleTextInsertEvent,
    QContextMenuEvent,
    QDesktopServices,
    QGuiApplication,
)
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import Attachment, MessageStatus, Opinion, Rating
from chatapp.errors import DiskFull, to_record
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.theme import Appearance
from chatapp.ui.transcript import narration
from chatapp.ui.transcript.accessible import AccessibleConversation, install_accessibility
from chatapp.ui.transcript.blocks import Item, Span, Task, TextBlock
from chatapp.ui.transcript.spoken_text import SpokenText, beginning
from chatapp.ui.transcript.view import TranscriptView
from tests.ui.transcript.driving import describe
from tests.ui.transcript.samples import ORIGIN, RICH, conversation, message

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

GENERATING = MessageStatus.GENERATING
ROLE = QAccessible.Role
NAME = QAccessible.Text.Name
PRESS = QAccessibleActionInterface.pressAction()
TOGGLE = QAccessibleActionInterface.toggleAction()
FOCUS = QAccessibleActionInterface.setFocusAction()
MENU = QAccessibleActionInterface.showMenuAction()
KEYS = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CODE = "Look:\n\n```py\nx = 1\n```\n\nand [here](https://example.com/a)."


@pytest.fixture(scope="module", autouse=True)
def _installed(qapp: QApplication) -> Iterator[None]:
    install_accessibility()
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[QAccessibleEvent]:
    """What readers are told."""
    events: list[QAccessibleEvent] = []

    class Listening(QAccessible):
        @staticmethod
        def updateAccessibility(event: QAccessibleEvent) -> None:  # noqa: N802 - Qt's name
            events.append(event)
            QAccessible.updateAccessibility(event)

    monkeypatch.setattr(narration, "QAccessible", Listening)
    return events


@pytest.fixture
def model() -> TranscriptModel:
    return TranscriptModel()


@pytest.fixture
def view(qtbot: QtBot, appearance: Appearance, model: TranscriptModel) -> Iterator[TranscriptView]:
    """A transcript between two fields."""
    appearance.set_reduced_motion(reduced=True)
    window = QWidget()
    qtbot.addWidget(window)
    view = TranscriptView(model, appearance, describe)
    column = QVBoxLayout(window)
    for widget in (QLineEdit(), view, QLineEdit()):
        column.addWidget(widget)
    window.resize(800, 700)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield view
    window.close()


def interface_of(view: TranscriptView) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(view)
    assert isinstance(found, AccessibleConversation)
    return found


def message_in(view: TranscriptView, row: int) -> QAccessibleInterface:
    return interface_of(view).child(row)


def parts(one: QAccessibleInterface) -> dict[str, QAccessibleInterface]:
    """The children of a message by name."""
    children = [one.child(index) for index in range(one.childCount())]
    return {child.text(NAME): child for child in children}


def said(one: QAccessibleInterface) -> str:
    text = one.textInterface()
    return text.text(0, text.characterCount())


def actions(one: QAccessibleInterface) -> list[str]:
    return one.actionInterface().actionNames()


# The tree


def test_the_conversation_is_a_list_of_all_messages(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(60))
    top = interface_of(view)
    assert (top.role(), top.text(NAME)) == (ROLE.List, "Conversation")
    for row in (0, 30, 59):
        one = top.child(row)
        assert one.role() == ROLE.ListItem
        assert one.isValid()
        assert one.parent() is top
        assert top.indexOfChild(one) == row
        assert one is top.child(row)
        assert f" {row + 1}." in one.text(NAME)
    assert top.child(0).text(NAME).startswith("You: Question 1.")
    assert top.child(59).text(NAME).startswith("Qwen3 4B Instruct: Answer 60.")
    assert [top.child(row).state().offscreen for row in (0, 59)] == [1, 0]
    assert top.child(-1) is None
    assert top.child(1000) is None


def test_ten_thousand_messages_become_interfaces_only_when_asked_for(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(10_000))
    top = interface_of(view)
    assert top.childCount() >= 10_000
    assert top._messages == {}
    asked = [top.child(row) for row in range(0, 10_000, 10)]
    assert all(one.text(NAME) for one in asked)
    assert len(top._messages) == 1000
    first = asked[0]
    top.forget_old_ones()
    assert len(top._messages) <= 256
    assert not Shiboken.isValid(first)
    assert top.child(0).text(NAME).startswith("You: Question 1.")
    assert len(view._items.known_items()) < 40
    assert len(top._texts) <= 8


def test_buttons_are_children(view: TranscriptView, model: TranscriptModel) -> None:
    liked = message(2, CODE, rating=Rating(Opinion.LIKED))
    model.set_messages([message(1), liked])
    question, answer = message_in(view, 0), message_in(view, 1)
    assert list(parts(question)) == ["Copy message", "Edit message", "More"]
    names = list(parts(answer))
    assert names[:4] == ["Wrap lines", "Save code as a file", "Copy code", "here"]
    assert {"Copy answer", "Try again", "Good answer", "More"} < set(names)
    link, wrap = parts(answer)["here"], parts(answer)["Wrap lines"]
    assert (link.role(), link.state().linked) == (ROLE.Link, 1)
    assert (wrap.state().checkable, wrap.state().checked) == (1, 0)
    good, bad = parts(answer)["Good answer"], parts(answer)["Bad answer"]
    assert (good.state().checked, bad.state().checked) == (1, 0)
    for index, child in enumerate(parts(answer).values()):
        assert child.parent() is answer
        assert answer.indexOfChild(child) == index
        assert child.role() in (ROLE.Button, ROLE.Link)
        assert FOCUS in actions(child)
    assert answer.child(100) is None


def test_reasoning_is_opened_and_then_read(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, "<think>\nTwo twos.\n</think>\n\nFour.")])
    answer = message_in(view, 1)
    assert answer.text(NAME) == "Qwen3 4B Instruct: Four."
    assert said(answer) == "Four."
    row = parts(answer)["Thoughts"]
    assert (row.state().expandable, row.state().expanded, row.state().collapsed) == (1, 0, 1)
    row.actionInterface().doAction(PRESS)
    qtbot.waitUntil(lambda: said(answer) == "Two twos.\nFour.")
    assert (row.state().expanded, row.state().collapsed) == (1, 0)


def test_buttons_are_pressed(qtbot: QtBot, view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([*conversation(60), message(61), message(62, CODE)])
    answer = message_in(view, 61)
    parts(answer)["Copy code"].actionInterface().doAction(PRESS)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "x = 1")
    wrap = parts(answer)["Wrap lines"]
    wrap.actionInterface().doAction(TOGGLE)
    qtbot.waitUntil(lambda: wrap.state().checked == 1)
    with qtbot.waitSignal(view.rate_requested) as rated:
        parts(answer)["Bad answer"].actionInterface().doAction(TOGGLE)
    assert rated.args == [62, False]
    with qtbot.waitSignal(view.menu_requested) as asked:
        answer.actionInterface().doAction(MENU)
    assert asked.args[0] == 62
    # Far away: it is brought to the screen.
    first = message_in(view, 0)
    with qtbot.waitSignal(view.edit_requested) as edited:
        parts(first)["Edit message"].actionInterface().doAction(PRESS)
    assert edited.args == [1]
    assert first.state().offscreen == 0
    QGuiApplication.clipboard().clear()


def test_disabled_buttons_can_not_be_pressed(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1), message(2), message(3), message(4, "", status=GENERATING)])
    edit = parts(message_in(view, 0))["Edit message"]
    assert edit.state().disabled == 1
    assert actions(edit) == []
    model.replace(message(4, "Done."))
    assert edit.state().disabled == 0
    assert PRESS in actions(edit)


def test_what_lies_over_the_text_belongs_to_the_list(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(40))
    top = interface_of(view)
    assert top.childCount() == 40
    view.verticalScrollBar().setValue(0)
    assert top.childCount() == 41
    over = top.child(40)
    assert top.indexOfChild(over) == 40
    assert over.parent() is top
    pill = over.child(0)
    assert pill.role() == ROLE.Button
    at = pill.rect().center()
    assert top.childAt(at.x(), at.y()) is pill
    assert top.childAt(at.x(), at.y() - 200).role() != ROLE.Button  # the message that lies there
    view.open_editor(1, QLineEdit("edited"))
    assert top.childCount() == 41
    texts = [over.child(n).text(QAccessible.Text.Value) for n in range(over.childCount())]
    assert "edited" in texts
    view.close_editor()


def test_places_are_those_on_the_screen(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([message(1), message(2, CODE)])
    top = interface_of(view)
    for row in (0, 1):
        one = top.child(row)
        at = one.rect().center()
        assert top.childAt(at.x(), at.y()) is one
        for child in parts(one).values():
            at = child.rect().center()
            assert one.rect().adjusted(-40, -40, 40, 40).contains(at)
            assert one.childAt(at.x(), at.y()) is child
    assert top.childAt(-1000, -1000) is None
    model.set_messages(conversation(100))
    tops = [top.child(row).rect().top() for row in range(100)]
    assert tops == sorted(tops)
    assert tops[0] < -1000


def test_what_is_gone_is_invalid_and_forgotten(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(20))
    kept, gone = message_in(view, 3), message_in(view, 19)
    button = gone.child(0)
    model.remove_from(10)
    assert kept.isValid()
    assert not gone.isValid()
    assert not button.isValid()
    assert (gone.text(NAME), said(gone), gone.childCount()) == ("", "", 0)
    assert gone.state().invalid == button.state().invalid == 1
    gone.actionInterface().doAction(FOCUS)
    qtbot.waitUntil(lambda: not Shiboken.isValid(gone))
    assert not Shiboken.isValid(button)
    assert Shiboken.isValid(kept)
    model.clear()
    assert interface_of(view).childCount() == 0


def test_everything_goes_with_the_view(
    qtbot: QtBot, appearance: Appearance, model: TranscriptModel
) -> None:
    view = TranscriptView(model, appearance, describe)
    model.set_messages([message(1), message(2, CODE)])
    top = interface_of(view)
    one = top.child(1)
    button = one.child(0)
    texts = one.textInterface()
    assert QAccessible.uniqueId(button)
    button.actionInterface().doAction(PRESS)
    Shiboken.delete(view)
    assert not any(Shiboken.isValid(gone) for gone in (top, one, button))
    assert texts.characterCount() == 0
    del top, one, button, texts, view
    gc.collect()
    model.clear()


# Text


def test_names_say_who_speaks_and_what(view: TranscriptView, model: TranscriptModel) -> None:
    file = Attachment("notes.txt", "text/plain", 12, "")
    stopped = message(4, "**Half** an", status=MessageStatus.STOPPED)
    failed = message(6, "", status=MessageStatus.FAILED, error=to_record(DiskFull("/home/ann")))
    model.set_messages(
        [
            message(1, "  <b>\n\nplain", attachments=(file,)),
            message(2, f"# Title\n\n{'word ' * 100}", origin=None),
            message(3, "?"),
            stopped,
            message(5, "?"),
            failed,
            message(7, "?"),
            message(8, "", status=GENERATING, origin=None),
        ]
    )
    model.set_progress(8, AnswerProgress(AnswerPhase.LOADING, fraction=0.42))
    names = [message_in(view, row).text(NAME) for row in range(8)]
    assert names[0] == "You, with notes.txt: <b> plain"
    assert names[1].startswith("Answer: Title word word")
    assert names[1].endswith(" word…")
    assert len(names[1]) < 220
    assert names[3] == "Qwen3 4B Instruct: Half an"
    assert names[5].endswith(": There is no answer") or "could not be saved" in names[5]
    assert names[7] == "Answer: Loading the model 42%"
    description = message_in(view, 3).text(QAccessible.Text.Description)
    assert description.startswith("You stopped this answer. · Qwen3 4B Instruct Q4_K_M · 412")
    assert "It went wrong" in message_in(view, 5).text(QAccessible.Text.Description)
    assert [message_in(view, row).state().busy for row in (6, 7)] == [0, 1]


def test_the_text_is_what_is_seen(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages([*conversation(40), message(41), message(42, RICH)])
    for row in (41, 1, 0):  # seen, far away, a question
        one = message_in(view, row)
        text = said(one)
        assert "**€" not in text
        assert text == one.textInterface().text(0, -1)
        units = text.encode("utf-16-le")
        assert one.textInterface().characterCount() == len(units) // 2
    text = said(message_in(view, 41))
    assert "you have €27,948. You paid in" in text
    assert "\n• Doubling the time" in text
    assert "\n1. First wrong right\n2. Then r = 0.03 / 12" in text
    assert "\n☑ Done\n☐ Still to do\n" in text
    assert "10 years\t€24,000\t€3,948\t€27,948\n" in text
    assert "😀 👩‍💻 🇳🇴" in text


def test_characters_lie_where_they_are_painted(
    view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1), message(2, "First 😀 line.\n\n- an item\n\n```\ncode\n```")])
    one = message_in(view, 1)
    texts, said_now = one.textInterface(), said(one)
    for word in ("First", "line", "item", "code"):
        begin = len(said_now[: said_now.index(word)].encode("utf-16-le")) // 2
        rect = texts.characterRect(begin)
        assert rect.width() > 0
        assert one.rect().contains(rect.center())
        at = QPoint(rect.left() + 1, rect.center().y())
        assert texts.offsetAtPoint(at) == begin
        assert texts.text(begin, begin + len(word)) == word
    assert texts.characterRect(10**6).isNull()
    assert message_in(view, 0).textInterface().offsetAtPoint(at) == -1


def test_text_is_selected_and_scrolled_to(view: TranscriptView, model: TranscriptModel) -> None:
    model.set_messages(
        [message(1), message(2, "One **two** three.\n\n- four"), *conversation(60)[2:]]
    )
    one = message_in(view, 1)
    texts = one.textInterface()
    texts.setSelection(0, 4, 11)
    assert view.selected().text == "two thr"
    assert texts.cursorPosition() == 11
    assert message_in(view, 0).textInterface().cursorPosition() == 0
    texts.addSelection(said(one).index("four"), said(one).index("four") + 4)
    assert view.selected().text == "• four"
    # PySide can't say where a selection is: none is reported rather than a wrong one.
    assert texts.selectionCount() == 0
    texts.removeSelection(0)
    assert not view.has_selection
    texts.setCursorPosition(3)
    assert texts.cursorPosition() == 3
    assert one.state().offscreen
    texts.scrollToSubstring(4, 7)
    assert not one.state().offscreen


BLOCKS = st.lists(
    st.builds(
        TextBlock,
        st.tuples(st.builds(Span, st.text(alphabet="ab é中😀\ud83d\n"))),
        st.sampled_from([(), (Item("•"),), (Item("1."), Item("2.", task=Task.DONE))]),
        joins=st.booleans(),
    )
)


@given(BLOCKS, st.data())
def test_every_position_has_its_place(blocks: list[TextBlock], data: st.DataObject) -> None:
    spoken = SpokenText(message(2), blocks, shows_reasoning=False)
    assert spoken.between(0, len(spoken)) == spoken.between(0, -1)
    assert len(spoken) == len(spoken.text.encode("utf-16-le", "surrogatepass")) // 2
    full = [index for index, block in enumerate(blocks) if block.spans[0].text]
    if not full:
        assert spoken.text == ""
        assert spoken.place_of(3) == (0, 0)
        return
    block = data.draw(st.sampled_from(full))
    text = blocks[block].spans[0].text
    position = data.draw(st.integers(0, len(text) - 1))
    offset = spoken.offset_of(block, position)
    width = len(text[position].encode("utf-16-le", "surrogatepass")) // 2
    assert spoken.between(offset, offset + width) == text[position]
    assert spoken.place_of(offset) == (block, position)


@given(BLOCKS, st.integers(1, 30))
def test_a_beginning_is_one_short_line(blocks: list[TextBlock], length: int) -> None:
    line = beginning(blocks, length)
    assert len(line) <= length + 1
    assert line.split() == line.split(" ") or not line


# What is told


def announcements(told: list[QAccessibleEvent]) -> list[str]:
    return [event.message() for event in told if isinstance(event, QAccessibleAnnouncementEvent)]


def test_an_answer_is_announced_when_it_begins_and_ends(
    view: TranscriptView, model: TranscriptModel, told: list[QAccessibleEvent]
) -> None:
    model.set_messages([message(1)])
    model.append(message(2, "", status=GENERATING))
    assert announcements(told) == []
    for word in ("One ", "two ", "three."):
        model.grow(2, word)
    assert announcements(told) == ["The answer begins"]
    model.replace(message(2, "One two three."))
    assert announcements(told) == ["The answer begins", "Answer finished, 412 tokens"]
    model.replace(message(2, "One two three.", is_edited=True))
    assert len(announcements(told)) == 2


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (message(2, "x", status=MessageStatus.STOPPED), "You stopped this answer."),
        (
            message(2, "x", status=MessageStatus.FAILED, error=to_record(DiskFull("/home/ann"))),
            "The answer could not be saved. It went wrong",
        ),
        (message(2, "x", origin=None), "Answer finished"),
        (
            message(
                2, "x", origin=replace(ORIGIN, usage=replace(ORIGIN.usage, completion_tokens=1))
            ),
            "Answer finished, 1 token",
        ),
    ],
)
def test_how_an_answer_ended_is_said(
    view: TranscriptView,
    model: TranscriptModel,
    told: list[QAccessibleEvent],
    end: object,
    words: str,
) -> None:
    model.set_messages([message(1), message(2, "x", status=GENERATING)])
    model.grow(2, "y")
    model.replace(end)  # type: ignore[arg-type]
    (said_now,) = announcements(told)
    assert said_now.startswith(words)


def test_what_is_written_is_told_now_and_then(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, told: list[QAccessibleEvent]
) -> None:
    model.set_messages([message(1)])
    interface_of(view)
    model.append(message(2, "", status=GENERATING))
    for number in range(50):
        model.grow(2, f"{number} ")
    view.flush()
    added: list[str] = []

    def inserted() -> list[QAccessibleEvent]:
        return [event for event in told if isinstance(event, QAccessibleTextInsertEvent)]

    assert inserted() == []
    qtbot.waitUntil(lambda: len(inserted()) == 1)
    model.grow(2, "😀 end")
    model.replace(message(2, "".join(f"{number} " for number in range(50)) + "😀 end"))
    assert len(inserted()) == 2
    for event in inserted():
        assert isinstance(event, QAccessibleTextInsertEvent)
        added.append(event.textInserted())
    assert "".join(added) == said(message_in(view, 1))


def test_nothing_is_told_when_nobody_listens(
    view: TranscriptView, model: TranscriptModel, told: list[QAccessibleEvent], qtbot: QtBot
) -> None:
    QAccessible.setActive(False)
    try:
        model.set_messages([message(1), message(2, "", status=GENERATING)])
        model.grow(2, "text")
        qtbot.keyClick(view, KEYS.Key_Up, ALT)
        model.replace(message(2, "text"))
        assert told == []
        assert not view.narration._text_timer.isActive()
    finally:
        QAccessible.setActive(True)


# Keyboard


def focused(told: list[QAccessibleEvent]) -> list[str]:
    """The names of what got the keyboard."""
    return [
        event.accessibleInterface().text(NAME)
        for event in told
        if event.type() is QAccessible.Event.Focus
    ]


def test_the_way_of_the_keyboard_is_told(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel, told: list[QAccessibleEvent]
) -> None:
    model.set_messages([message(1, "Q"), message(2, CODE)])
    above = view.parentWidget().findChildren(QLineEdit)[0]
    above.setFocus()
    qtbot.keyClick(above, KEYS.Key_Tab)
    assert view.hasFocus()
    wanted = ["Qwen3 4B Instruct: Look: x = 1 and here."]
    qtbot.waitUntil(lambda: focused(told) == wanted)
    steps = [(KEYS.Key_Up, ALT, "You: Q"), (KEYS.Key_Down, ALT, wanted[0])]
    steps += [
        (KEYS.Key_Tab, Qt.KeyboardModifier.NoModifier, name)
        for name in ("Wrap lines", "Save code as a file", "Copy code", "here", "Copy answer")
    ]
    steps += [(KEYS.Key_Backtab, SHIFT, "here")]
    for key, modifier, name in steps:
        qtbot.keyClick(view, key, modifier)
        wanted.append(name)
        qtbot.waitUntil(lambda: focused(told) == wanted)
        top = interface_of(view)
        assert top.focusChild().text(NAME) == name
        assert top.focusChild().state().focused == 1
    qtbot.keyClick(view, KEYS.Key_Escape)
    wanted.append(wanted[0])
    qtbot.waitUntil(lambda: focused(told) == wanted)


def test_a_reader_moves_the_keyboard(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(60))
    message_in(view, 4).actionInterface().doAction(FOCUS)
    qtbot.waitUntil(view.hasFocus)
    assert view.focused_row == 4
    assert message_in(view, 4).state().focused == 1
    assert message_in(view, 5).state().focused == 0
    button = message_in(view, 50).child(1)
    button.actionInterface().doAction(FOCUS)
    qtbot.waitUntil(lambda: view.focused_row == 50)
    assert button.state().focused == 1
    assert message_in(view, 50).state().focused == 0
    assert view.viewport().rect().contains(view.viewport().mapFromGlobal(button.rect().center()))


def test_every_button_and_link_is_reached_by_tab(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    code = "".join(f"[{n}](https://example.com/{n})\n\n```\ncode {n}\n```\n\n" for n in range(60))
    model.set_messages([message(1), message(2, code)])
    view.focus_on(1)
    qtbot.waitUntil(lambda: not view.item(1).has_more)  # it is read piece by piece
    names = []
    while True:
        qtbot.keyClick(view, KEYS.Key_Tab)
        if view.focused_spot is None:
            break
        found = {spot.key: (spot, rect) for spot, rect in view.spots_of(1)}
        spot, rect = found[view.focused_spot]
        names.append(spot.name)
        assert rect.top() >= 0
        assert rect.bottom() <= view.viewport().height()
    assert [name for name in names if name.isdigit()] == [str(n) for n in range(60)]
    assert names.count("Copy code") == 60
    assert names[-1] == "More"
    # It went on to what follows the transcript.
    assert not view.hasFocus()


def test_a_link_is_opened_by_a_key(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    table = "| a | b |\n|---|---|\n| x | [there](https://example.com/t) |"
    model.set_messages([message(1), message(2, f"{table}\n\n[not](javascript:alert(1))")])
    opened: list[str] = []

    class Browser(QLabel):
        @Slot(QUrl)
        def open(self, url: QUrl) -> None:
            opened.append(url.toString())

    browser = Browser()
    qtbot.addWidget(browser)
    QDesktopServices.setUrlHandler("https", browser, "open")
    try:
        view.focus_on(1)
        qtbot.keyClick(view, KEYS.Key_Tab)
        qtbot.keyClick(view, KEYS.Key_Return)
        assert opened == ["https://example.com/t"]
        assert "not" not in parts(message_in(view, 1))
    finally:
        QDesktopServices.unsetUrlHandler("https")


def test_selecting_begins_at_the_message_with_the_keyboard(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages([message(1, "Some words"), message(2, "**Others** here")])
    qtbot.keyClick(view, KEYS.Key_Right, SHIFT)
    assert not view.has_selection
    view.focus_on(1)
    for _ in range(3):
        qtbot.keyClick(view, KEYS.Key_Right, SHIFT)
    assert view.selected().text == "Oth"
    assert message_in(view, 1).textInterface().cursorPosition() == 3
    qtbot.keyClick(view, KEYS.Key_Escape)
    assert not view.has_selection


def test_the_menu_key_opens_the_menu_of_the_message(
    qtbot: QtBot, view: TranscriptView, model: TranscriptModel
) -> None:
    model.set_messages(conversation(40))
    view.focus_on(3)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    with qtbot.waitSignal(view.menu_requested) as asked:
        by_key = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(view, QContextMenuEvent(by_key, QPoint(), QPoint()))
    assert asked.args[0] == 4
    model.remove_from(3)
    assert view.focused_row == -1
