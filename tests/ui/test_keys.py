"""Keys of actions: what they are, other ones, and where they are told."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.paths import Paths
from chatapp.ui.keys import fixed_keys, is_usable, key_caps
from chatapp.ui.settings.keyboard_page import KeyboardPage
from chatapp.ui.shortcut_sheet import ShortcutSheet
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.badge import Badge
from tests.ui.conftest import OpenWindow
from tests.window import Window, words_of

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def page(window: Window, appearance: Appearance, qtbot: QtBot) -> KeyboardPage:
    page = KeyboardPage(
        window.desktop.appearance,
        window.services.settings,
        window.actions,
        window.main.keys,
        window.desktop.around.key,
    )
    qtbot.addWidget(page)
    page.row(window.actions.quit)  # the last: all are there
    page.resize(700, page.sizeHint().height())
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    return page


def record(
    qtbot: QtBot, page: KeyboardPage, window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    """Other keys for Pin, as they are chosen on the page."""
    field = page.row(window.actions.pin).field
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.is_listening
    qtbot.keyClick(field, key, modifiers)
    assert not field.is_listening


def test_no_two_actions_have_the_same_keys(window: Window) -> None:
    for one, other in combinations(window.actions.all(), 2):
        shared = set(map(str, one.shortcuts())) & set(map(str, other.shortcuts()))
        assert not [s for s in one.shortcuts() if s in other.shortcuts()], (
            one.id,
            other.id,
            shared,
        )
    fixed = [keys for entry in fixed_keys() for keys in entry.sequences]
    for action in window.actions.all():
        assert not [keys for keys in action.shortcuts() if keys in fixed], action.id
        assert all(is_usable(keys) for keys in action.shortcuts()), action.id


def test_every_action_has_a_name_and_words(window: Window) -> None:
    actions = window.actions.all()
    assert len({action.id for action in actions}) == len(actions)
    assert all(action.text() and action.objectName() == action.id for action in actions)
    assert all(window.actions.group_name(action.group) for action in actions)


@pytest.mark.parametrize(
    ("keys", "caps"),
    [
        ("Ctrl+Shift+E", ["Ctrl", "Shift", "E"]),
        ("Ctrl++", ["Ctrl", "+"]),
        ("F3", ["F3"]),
        ("Ctrl+/", ["Ctrl", "/"]),
        ("Alt+Left", ["Alt", "←"]),
    ],
)
def test_how_keys_are_drawn(keys: str, caps: list[str]) -> None:
    assert key_caps(QKeySequence(keys)) == caps


@pytest.mark.parametrize("keys", ["A", "Shift+A", "Return", "Shift+Return", "Tab", "Up", ""])
def test_keys_that_one_types_with_mean_no_action(keys: str) -> None:
    assert not is_usable(QKeySequence(keys))


def test_other_keys_are_taken_and_kept(
    page: KeyboardPage, window: Window, qtbot: QtBot, paths: Paths
) -> None:
    record(qtbot, page, window, Qt.Key.Key_J, CONTROL)
    assert window.actions.pin.shortcuts() == [QKeySequence("Ctrl+J")]
    stored = json.loads(paths.settings.read_text(encoding="utf-8"))
    assert stored["shortcuts"] == {"conversation.pin": "Ctrl+J"}
    row = page.row(window.actions.pin)
    assert row.back.isVisible()
    row.back.click()
    assert window.actions.pin.shortcuts() == []
    assert "shortcuts" not in json.loads(paths.settings.read_text(encoding="utf-8"))


def test_taken_keys_are_told_and_given_on_request(
    page: KeyboardPage, window: Window, qtbot: QtBot
) -> None:
    row = page.row(window.actions.pin)
    record(qtbot, page, window, Qt.Key.Key_N, CONTROL)
    assert "New conversation" in row.note
    assert window.actions.pin.shortcuts() == [], "nothing is taken without a word"
    row.take.click()
    assert window.actions.pin.shortcuts() == [QKeySequence("Ctrl+N")]
    assert window.actions.new_conversation.shortcuts() == [QKeySequence("Ctrl+Shift+O")]
    page.reset()
    assert window.actions.new_conversation.shortcut() == QKeySequence("Ctrl+N")
    assert window.actions.pin.shortcuts() == []


def test_keys_of_text_fields_are_never_given(
    page: KeyboardPage, window: Window, qtbot: QtBot
) -> None:
    row = page.row(window.actions.pin)
    record(qtbot, page, window, Qt.Key.Key_C, CONTROL)
    assert "Copy" in row.note
    assert not row.take.isVisible()
    record(qtbot, page, window, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    assert row.note
    assert window.actions.pin.shortcuts() == []


def test_escape_changes_nothing_and_backspace_takes_keys_away(
    page: KeyboardPage, window: Window, qtbot: QtBot
) -> None:
    none = Qt.KeyboardModifier.NoModifier
    record(qtbot, page, window, Qt.Key.Key_J, CONTROL)
    record(qtbot, page, window, Qt.Key.Key_Escape, none)
    assert window.actions.pin.shortcuts() == [QKeySequence("Ctrl+J")]
    record(qtbot, page, window, Qt.Key.Key_Backspace, none)
    assert window.actions.pin.shortcuts() == []


def test_keys_are_there_after_a_restart_and_nonsense_does_no_harm(
    open_window: OpenWindow, paths: Paths
) -> None:
    paths.settings.parent.mkdir(parents=True, exist_ok=True)
    chosen = {
        "conversation.pin": "Ctrl+J",
        "conversation.new": "A",
        "conversation.trash": "",
        "nobody": "Ctrl+U",
    }
    paths.settings.write_text(json.dumps({"shortcuts": chosen}), encoding="utf-8")
    window = open_window()
    actions = window.actions
    assert actions.pin.shortcuts() == [QKeySequence("Ctrl+J")]
    assert actions.new_conversation.shortcut() == QKeySequence("Ctrl+N")
    assert actions.trash.shortcuts() == []


def test_tooltips_tell_the_keys_of_now(window: Window) -> None:
    button = window.main.top_bar.find_button
    assert "Ctrl+F" in button.toolTip()
    window.main.keys.assign(window.actions.find, [QKeySequence("Ctrl+G")])
    assert "Ctrl+G" in button.toolTip()


def test_the_sheet_tells_all_keys(window: Window) -> None:
    window.key(Qt.Key.Key_Slash, CONTROL)
    (sheet,) = window.main.findChildren(ShortcutSheet)
    assert sheet.isVisible()
    words = words_of(sheet)
    for action in window.actions.all():
        if action.shortcuts():
            assert action.text() in words
    with_keys: list[bool] = []
    sheet.keys_requested.connect(lambda: with_keys.append(True))
    sheet.change_button.click()
    assert with_keys
    assert not sheet.isVisible()


def test_copying(window: Window) -> None:
    window.workers.script_answer("Look:\n\n```python\nprint(1)\n```\n")
    window.ask("Code?")
    clipboard = QGuiApplication.clipboard()
    window.key(Qt.Key.Key_C, CONTROL | SHIFT)
    assert clipboard.text().startswith("Look:")
    window.key(Qt.Key.Key_Semicolon, CONTROL | SHIFT)
    window.wait(lambda: clipboard.text() == "print(1)")
    clipboard.clear()


def test_sections(window: Window) -> None:
    window.key(Qt.Key.Key_2, CONTROL)
    assert window.main.models_page.isVisible()
    window.key(Qt.Key.Key_3, CONTROL)
    assert window.desktop.assistants.page.isVisible()
    window.key(Qt.Key.Key_Escape)
    assert window.pane.isVisible()
    window.key(Qt.Key.Key_2, CONTROL)
    window.key(Qt.Key.Key_1, CONTROL)
    assert window.pane.isVisible()
    assert QApplication.focusWidget() is window.composer.focusProxy()


def test_a_temporary_conversation_says_so(window: Window) -> None:
    window.key(Qt.Key.Key_Apostrophe, CONTROL | SHIFT)
    window.wait(lambda: window.pane.conversation is not None)
    assert window.pane.conversation is not None
    assert window.pane.conversation.is_temporary
    badge = window.main.top_bar.findChild(Badge)
    assert badge.isVisible()
    assert badge.text == "Temporary"
    assert window.is_welcoming
    assert "Nothing of it is written to disk" in words_of(window.pane.welcome)
    window.ask("A secret")
    assert badge.isVisible()
    assert window.stored() == []
    window.new()
    assert not badge.isVisible()
    assert "Nothing of it" not in words_of(window.pane.welcome)


def test_text_gets_larger_and_smaller(window: Window) -> None:
    settings = window.services.settings
    window.key(Qt.Key.Key_Plus, CONTROL)
    assert settings.current.text_zoom == 110
    window.key(Qt.Key.Key_0, CONTROL)
    window.key(Qt.Key.Key_Minus, CONTROL)
    assert settings.current.text_zoom == 90
    window.key(Qt.Key.Key_0, CONTROL)
    assert settings.current.text_zoom == 100


def test_enter_and_control_enter_can_be_swapped(window: Window) -> None:
    window.services.settings.change(enter_sends=False)
    window.composer.focus()
    window.type("one")
    window.key(Qt.Key.Key_Return)
    window.type("two")
    assert window.texts == []
    window.key(Qt.Key.Key_Return, CONTROL)
    window.wait(lambda: window.texts[:1] == ["one\ntwo"])
    window.wait(lambda: not window.composer.is_running)
    window.settle()


def test_the_settings_open(window: Window) -> None:
    window.key(Qt.Key.Key_Comma, CONTROL)
    settings = window.desktop.settings.pages.window
    assert settings.isVisible()
    window.main.palettes.keys_requested.emit()
    assert settings.current == "keyboard"
    settings.close()
