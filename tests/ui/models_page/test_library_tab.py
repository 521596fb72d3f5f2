"""The library on the screen: what each row says, what pointer, keys and menu do with a model."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QAbstractItemModel, QLocale, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from chatapp.domain.header import ModelKind
from chatapp.domain.model import ModelSource
from chatapp.ui.models_page.library_list import LibraryModel, LibrarySorting
from chatapp.ui.models_page.library_tab import LibraryTab
from chatapp.ui.models_page.library_words import LibraryEntry, Removal, abilities, face, facts
from chatapp.ui.models_page.model_facts import ModelFacts
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.text_label import TextLabel
from tests.ui.models_page.library_samples import THINKS, entries, header, model

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def tab(appearance: Appearance, qtbot: QtBot) -> LibraryTab:
    QLocale.setDefault(QLocale("en_US"))
    tab = LibraryTab(appearance)
    qtbot.addWidget(tab)
    tab.resize(1100, 800)
    tab.show()
    tab.activateWindow()
    qtbot.waitUntil(tab.isActiveWindow)
    return tab


@pytest.fixture
def filled(tab: LibraryTab) -> LibraryTab:
    tab.set_entries(entries(), ["/media/models"])
    return tab


def entry_of(name: str) -> LibraryEntry:
    return next(entry for entry in entries() if entry.model.name == name)


def names(tab: LibraryTab) -> list[str]:
    listed: QAbstractItemModel = tab.model
    return [listed.index(row, 0).data() for row in range(listed.rowCount())]


def point(tab: LibraryTab, name: str, part: str) -> QPoint:
    """The middle of a part of a row."""
    row = tab.list.visualRect(tab.model.index(names(tab).index(name)))
    if part == "row":
        return row.topLeft() + QPoint(60, row.height() // 2)
    delegate = tab.list._delegate
    return delegate._button(row, part).center()


def click(tab: LibraryTab, qtbot: QtBot, name: str, part: str) -> None:
    qtbot.mouseClick(tab.list.viewport(), Qt.MouseButton.LeftButton, pos=point(tab, name, part))


def menu_of() -> dict[str, QAction]:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return {action.text(): action for action in menu.actions() if action.text()}


def close_popup() -> None:
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


# Words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "Qwen3 4B Instruct",
            [
                "Q4_K_M",
                "2.50 GB",
                "4-bit, good quality · 262,144 context · Chat, tools",
                "23.4 tokens/s",
                "Apache-2.0",
            ],
        ),
        ("Qwen3 8B", ["4-bit, good quality · 40,960 context · Chat, reasoning, tools"]),
        (
            "Gemma 3 4B it",
            ["vision (not yet usable here)", "Gemma terms · In LM Studio"],
        ),
        (
            "Qwen3 Embedding 0.6B",
            ["0.64 GB", "Embeddings", "8-bit, practically lossless", "In Ollama"],
        ),
        ("gpt oss 20b", ["Incomplete: 1 of 3 files are missing"]),
        ("SmolLM2 135M Instruct", ["98 MB", "310 tokens/s", "Comes with Chatapp"]),
    ],
)
def test_a_row_says_what_a_person_asks(tab: LibraryTab, name: str, words: list[str]) -> None:
    shown = face(entry_of(name))
    text = f"{shown.spoken} | {shown.type} | {shown.size} | {shown.speed}"
    assert [word for word in words if word not in text] == []


def test_the_moment_of_the_check_is_told(tab: LibraryTab) -> None:
    now = time.time()
    one = entry_of("Qwen3 4B Instruct")
    told = {
        days: face(replace(one, model=replace(one.model, verified_at=now - days * 86_400))).verified
        for days in (0, 1, 200)
    }
    assert told[0].startswith("Verified today ")
    assert told[1].startswith("Verified yesterday ")
    assert any(
        month in told[200]
        for month in (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        )
    )
    assert face(replace(one, model=replace(one.model, verified_at=0.0))).verified == ""


@pytest.mark.parametrize(
    ("template", "kind", "words"),
    [
        ("", ModelKind.CHAT, "Chat"),
        (THINKS, ModelKind.CHAT, "Chat, reasoning, tools"),
        ("{{ message.tooltip }}", ModelKind.CHAT, "Chat"),
        (THINKS, ModelKind.EMBEDDING, "Embeddings"),
        ("", ModelKind.OTHER, "Not for chatting"),
    ],
)
def test_abilities_come_from_the_template(
    qapp: QApplication, template: str, kind: ModelKind, words: str
) -> None:
    known = header(4, 8192, template=template, kind=kind)
    assert abilities(model("One", "Q8_0", 4, header=known, kind=kind)) == words


def test_only_what_can_chat_is_offered_to(tab: LibraryTab) -> None:
    can_chat = [entry.model.name for entry in entries() if face(entry).can_chat]
    assert "Qwen3 Embedding 0.6B" not in can_chat
    assert "gpt oss 20b" not in can_chat
    assert len(can_chat) == 5


def test_the_card_has_estimated_and_measured_memory(tab: LibraryTab) -> None:
    told = dict(facts(entry_of("Qwen3 4B Instruct")))
    assert told["Memory"] == "3.90 GB, estimated 4.20 GB"
    assert told["Speed measured here"] == "writes 23.4 tokens/s, reads 512 tokens/s"
    assert told["On this computer"] == "Fits: needs 4.20 GB, 7.10 GB free now"
    assert told["Parameters"] == "4.02 billion"
    assert len(told["SHA-256"]) == 64


# The list


def test_every_model_is_listed_and_summed_up(filled: LibraryTab) -> None:
    assert len(names(filled)) == 7
    assert filled.summary.text() == "7 models · 38.7 GB"


def test_searching_and_sorting(filled: LibraryTab, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.search.query_changed):
        qtbot.keyClicks(filled.search, "qwen 4b")
    assert names(filled) == ["Qwen3 4B Instruct"]
    filled.search.setText("llama")
    qtbot.keyClick(filled.search, Qt.Key.Key_Return)
    words = [label.text() for label in filled.findChildren(TextLabel) if label.isVisible()]
    assert "Nothing found for “llama”." in words
    clear = next(b for b in filled.findChildren(Button) if b.text() == "Clear the search")
    clear.click()
    assert len(names(filled)) == 7
    filled.sort_by_size()
    assert names(filled)[0] == "Qwen3 32B"
    filled.model.set_sorting(LibrarySorting.SPEED)
    assert names(filled)[:2] == ["SmolLM2 135M Instruct", "Qwen3 4B Instruct"]


def test_the_keyboard_goes_from_the_search_into_the_list(filled: LibraryTab, qtbot: QtBot) -> None:
    filled.focus_search()
    qtbot.keyClick(filled.search, Qt.Key.Key_Down)
    assert filled.list.hasFocus()
    assert filled.list.shows_keyboard
    with qtbot.waitSignal(filled.chat_requested) as told:
        qtbot.keyClick(filled.list, Qt.Key.Key_Return)
    assert told.args[0].name == "Qwen3 4B Instruct"


def test_the_row_that_the_keyboard_is_on_stays_when_others_come(
    filled: LibraryTab, qtbot: QtBot
) -> None:
    filled.show_model(entry_of("Qwen3 8B").model.path)
    filled.set_entries([LibraryEntry(model("A new one", "Q8_0", 1)), *entries()])
    assert filled.list.currentIndex().data() == "Qwen3 8B"


def test_five_hundred_models_are_painted_a_screenful_at_a_time(
    tab: LibraryTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [
        LibraryEntry(model(f"Model {number:03}", "Q4_K_M", 2.5, header=header(4, 8192)))
        for number in range(500)
    ]
    tab.set_entries(many)
    painted: list[int] = []
    paint = tab.list._delegate.paint
    monkeypatch.setattr(
        tab.list._delegate,
        "paint",
        lambda painter, option, index: (
            painted.append(index.row()),
            paint(painter, option, index),
        )[1],
    )
    tab.list.viewport().repaint()
    assert 0 < len(painted) < 15
    bar = tab.list.verticalScrollBar()
    bar.setValue(bar.maximum())
    painted.clear()
    tab.list.viewport().repaint()
    assert 499 in painted
    assert len(painted) < 15


def test_an_update_of_one_row_does_not_reset_the_list(filled: LibraryTab, qtbot: QtBot) -> None:
    listed: LibraryModel = filled.model
    changed = entries()
    first = changed[0]
    changed[0] = replace(first, model=replace(first.model, write_speed=50.0))
    with qtbot.assertNotEmitted(listed.modelReset), qtbot.waitSignal(listed.dataChanged) as told:
        filled.set_entries(changed)
    assert told.args[0].row() == 0
    assert face(changed[0]).speed == "50.0 tokens/s"


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.HIGH_CONTRAST])
@pytest.mark.parametrize("width", [376, 592, 1400])
@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_it_can_be_drawn_in_every_width_and_direction(
    filled: LibraryTab,
    appearance: Appearance,
    qtlog,
    choice: ThemeChoice,
    width: int,
    direction: Qt.LayoutDirection,
) -> None:
    appearance.set_choice(choice)
    filled.setLayoutDirection(direction)
    filled.resize(width, 700)
    assert not filled.grab().isNull()
    at = filled.list._delegate._places()
    assert at.left < at.name_right < at.size_right < at.badge_left < at.more[0] < at.right
    assert at.name_right - at.left > 80


# Pointer


def test_a_press_on_chat_uses_the_model(filled: LibraryTab, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.chat_requested) as told:
        click(filled, qtbot, "Qwen3 8B", "chat")
    assert told.args[0].name == "Qwen3 8B"
    with qtbot.assertNotEmitted(filled.chat_requested):
        click(filled, qtbot, "Qwen3 Embedding 0.6B", "chat")
        click(filled, qtbot, "Qwen3 8B", "row")


def test_the_menu_offers_what_can_be_done(filled: LibraryTab, qtbot: QtBot) -> None:
    click(filled, qtbot, "Qwen3 8B", "more")
    actions = menu_of()
    assert list(actions) == [
        "Chat",
        "Details",
        "How it is loaded…",
        "Show in folder",
        "Compare with the original",
        "Make smaller…",
        "Move to Trash…",
    ]
    for words, signal in (
        ("Chat", filled.chat_requested),
        ("Show in folder", filled.show_requested),
        ("Compare with the original", filled.verify_requested),
        ("Make smaller…", filled.quantize_requested),
    ):
        with qtbot.waitSignal(signal) as told:
            actions[words].trigger()
        assert told.args[0].name == "Qwen3 8B"
    close_popup()


@pytest.mark.parametrize(
    ("name", "words", "reason"),
    [
        ("Gemma 3 4B it", "Move to Trash…", "It belongs to LM Studio. Delete it there."),
        ("SmolLM2 135M Instruct", "Move to Trash…", "It comes with Chatapp."),
        ("Qwen3 Embedding 0.6B", "Chat", "This model can't write answers."),
        ("gpt oss 20b", "Make smaller…", "This file can't be read as a complete model."),
    ],
)
def test_what_can_not_be_done_says_why(
    filled: LibraryTab, qtbot: QtBot, name: str, words: str, reason: str
) -> None:
    click(filled, qtbot, name, "more")
    action = menu_of()[words]
    assert not action.isEnabled()
    assert action.toolTip() == reason
    close_popup()


def test_removal_says_what_will_happen(filled: LibraryTab, qtbot: QtBot) -> None:
    removed: list[object] = []
    filled.remove_requested.connect(removed.append)
    wanted = entry_of("Qwen3 4B Instruct").model
    filled.show_model(wanted.path)
    for answer, expected in (("Keep it", []), ("Move to Trash", [wanted.path])):
        qtbot.keyClick(filled.list, Qt.Key.Key_Backspace, CONTROL_SHIFT)
        dialog = next(d for d in filled.findChildren(Dialog) if d.isVisible())
        words = " ".join(label.text() for label in dialog.findChildren(TextLabel))
        assert "2.50 GB" in words
        assert "It is loaded now" in words
        next(b for b in dialog.findChildren(Button) if b.text() == answer).click()
        assert [one.path for one in removed] == expected


def test_what_was_added_is_only_taken_off_the_list(tab: LibraryTab, qtbot: QtBot) -> None:
    added = LibraryEntry(model("One", "Q8_0", 1, source=ModelSource.ADDED), removal=Removal.LIST)
    tab.set_entries([added])
    click(tab, qtbot, "One", "more")
    with qtbot.waitSignal(tab.remove_requested):
        menu_of()["Take off the list"].trigger()
    close_popup()
    assert not [d for d in tab.findChildren(Dialog) if d.isVisible()]


def test_details_can_be_read_and_copied(filled: LibraryTab, qtbot: QtBot) -> None:
    qtbot.mouseDClick(
        filled.list.viewport(),
        Qt.MouseButton.LeftButton,
        pos=point(filled, "Qwen3 4B Instruct", "row"),
    )
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, ModelFacts)
    text = "\n".join(label.text() for label in popup.values)
    assert "262,144 tokens" in text
    copy = next(b for b in popup.findChildren(Button) if b.text() == "Copy")
    copy.click()
    assert "Context: 262,144 tokens" in QApplication.clipboard().text()
    page = next(b for b in popup.findChildren(Button) if b.text() == "Model page")
    with qtbot.waitSignal(filled.model_requested) as told:
        page.click()
    assert told.args == ["unsloth/Qwen3-4B-Instruct-2507-GGUF"]
    QApplication.clipboard().clear()


# States


def test_an_empty_library_says_how_to_begin(tab: LibraryTab, qtbot: QtBot) -> None:
    tab.set_entries([])
    buttons = {b.text(): b for b in tab.findChildren(Button) if b.isVisible()}
    assert set(buttons) == {"Discover models", "Add from file…"}
    with qtbot.waitSignals([tab.discover_requested, tab.file_requested]):
        for button in buttons.values():
            button.click()


def test_a_long_search_is_told_and_the_rest_is_usable(filled: LibraryTab, qtbot: QtBot) -> None:
    before = filled.list.geometry()
    filled.set_scanning(scanning=True)
    assert filled.summary.text() == "7 models · 38.7 GB", "most searches end before one can read"
    qtbot.waitUntil(lambda: filled.summary.text() == "Looking for models")
    assert filled.list.isVisible()
    assert filled.list.geometry() == before
    filled.set_scanning(scanning=False)
    assert filled.summary.text() == "7 models · 38.7 GB"


def test_grey_bars_wait_a_moment(tab: LibraryTab, qtbot: QtBot, appearance: Appearance) -> None:
    assert not tab.list.isVisible()
    waiting = tab._waiting
    blank = waiting.grab().toImage()
    qtbot.waitUntil(lambda: waiting.grab().toImage() != blank)


def test_a_folder_that_does_not_answer_has_a_banner(filled: LibraryTab, qtbot: QtBot) -> None:
    tries: list[bool] = []
    for _ in range(2):  # telling it twice changes nothing
        filled.set_problem(
            "Not all folders were searched",
            "One is silent.",
            "Try again",
            lambda: tries.append(True),
        )
    buttons = [b for b in filled.findChildren(Button) if b.text() == "Try again"]
    assert len(buttons) == 1
    qtbot.waitUntil(buttons[0].isVisible)
    buttons[0].click()
    assert tries == [True]
    filled.set_problem("", "")
    assert not buttons[0].isVisible()


def test_folders_are_added_and_left(filled: LibraryTab, qtbot: QtBot) -> None:
    filled.folders.click()
    actions = menu_of()
    assert list(actions) == [
        "Open models folder",
        "Move models folder…",
        "Search another folder…",
        "Stop searching /media/models",
    ]
    with qtbot.waitSignal(filled.forget_requested) as told:
        actions["Stop searching /media/models"].trigger()
    assert told.args == ["/media/models"]
    close_popup()
