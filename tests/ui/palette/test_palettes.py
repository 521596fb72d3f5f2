"""The palettes in the window: keys in, what is found, where it leads."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.ui.palette.command_palette import CommandPalette
from chatapp.ui.palette.entry import Entry, plain
from chatapp.ui.palette.search_palette import SearchPalette
from chatapp.ui.theme import ThemeChoice
from tests.ui.conftest import OpenWindow
from tests.window import Window

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def titles(palette: CommandPalette | SearchPalette) -> list[str]:
    return [entry.title for entry in palette.entries()]


@pytest.fixture
def commands(window: Window) -> CommandPalette:
    window.key(Qt.Key.Key_P, CONTROL | SHIFT)
    palette = window.main.palettes.commands
    assert palette.isVisible()
    assert QApplication.focusWidget() is palette.field
    return palette


@pytest.fixture
def search(window: Window) -> SearchPalette:
    """Two conversations, of which one speaks of ships in its second answer."""
    window.workers.script_answer("Bread rises.")
    window.ask("About bread")
    window.new()
    window.workers.script_answer("The harbour is full of ships.")
    window.ask("About the sea")
    window.new()
    window.key(Qt.Key.Key_K, CONTROL)
    palette = window.main.palettes.search
    assert palette.isVisible()
    return palette


def test_every_action_that_can_be_done_is_offered(window: Window, commands: CommandPalette) -> None:
    offered = {entry.id for entry in commands.entries()}
    actions = window.actions
    can_be_done = {a.id for a in actions.all() if a.isEnabled()}
    nothing_now = {actions.palette.id, actions.stop.id}
    assert can_be_done - offered == nothing_now
    assert actions.rename.id not in offered, "there is nothing to rename yet"


def test_typing_and_return_run_the_best(window: Window, commands: CommandPalette) -> None:
    window.type("dark")
    assert commands.current is not None
    assert commands.current.title == "Dark"
    assert commands.current.context == "Appearance"
    window.key(Qt.Key.Key_Return)
    assert not commands.isVisible()
    assert window.desktop.appearance.choice is ThemeChoice.DARK
    assert QApplication.focusWidget() is window.composer.focusProxy()


def test_keys_are_shown(window: Window, commands: CommandPalette) -> None:
    window.type("new conversation")
    assert commands.current is not None
    assert commands.current.caps == ("Ctrl", "N")


def test_a_model_is_chosen(window: Window, commands: CommandPalette) -> None:
    window.type("beta")
    window.key(Qt.Key.Key_Return)
    assert window.pane.model is not None
    assert window.pane.model.name == "beta"


def test_recent_commands_come_first(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    for words in ("downloads", "show or hide"):
        window.key(Qt.Key.Key_P, CONTROL | SHIFT)
        window.type(words)
        window.key(Qt.Key.Key_Return)
        window.key(Qt.Key.Key_Escape)
    window.close()
    again = open_window()
    again.start()
    again.key(Qt.Key.Key_P, CONTROL | SHIFT)
    palette = again.main.palettes.commands
    assert palette.rows.rows[0] == "Recent"
    assert palette.entries()[0].id == "view.sidebar"


def test_conversations_are_found_by_title(window: Window, qtbot: QtBot) -> None:
    conversation = window.ask("A walk in the woods")
    window.new()
    window.key(Qt.Key.Key_P, CONTROL | SHIFT)
    palette = window.main.palettes.commands
    window.type("woods")
    window.wait(lambda: "A walk in the woods" in titles(palette))
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.shown_id == conversation.id)


def test_nothing_found_says_so(window: Window, commands: CommandPalette) -> None:
    window.type("qqq")
    window.settle()
    assert commands.entries() == []
    assert "“qqq”" in commands._empty.text()
    window.key(Qt.Key.Key_Return)
    assert commands.isVisible()


def test_arrows_go_round_and_over_headings(window: Window, commands: CommandPalette) -> None:
    first = commands.current
    window.key(Qt.Key.Key_Up)
    last = commands.current
    assert last is commands.entries()[-1]
    window.key(Qt.Key.Key_Down)
    assert commands.current is first
    window.key(Qt.Key.Key_Tab)
    assert commands.current is commands.entries()[1]
    assert QApplication.focusWidget() is commands.field
    for _ in range(20):
        window.key(Qt.Key.Key_PageDown)
    assert commands.current is last


def test_escape_and_a_press_beside_it_close_it(
    window: Window, commands: CommandPalette, qtbot: QtBot
) -> None:
    window.key(Qt.Key.Key_Escape)
    assert not commands.isVisible()
    assert QApplication.focusWidget() is window.composer.focusProxy()
    window.key(Qt.Key.Key_P, CONTROL | SHIFT)
    qtbot.mouseClick(commands, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not commands.isVisible()


def test_a_source_of_somebody_else(window: Window, commands: CommandPalette) -> None:
    ran: list[str] = []
    window.main.palettes.add_source(
        lambda: "Places",
        lambda: [Entry(plain("Lighthouse"), lambda: ran.append("it"), id="place:1", words="sea")],
        prefix="=",
    )
    window.type("=")
    assert titles(commands) == ["Lighthouse"]
    window.type("sea")
    window.key(Qt.Key.Key_Return)
    assert ran == ["it"]


def test_settings_are_found_and_lead_to_their_row(window: Window, commands: CommandPalette) -> None:
    made = window.desktop.settings.pages.window
    # The pages are made while the person begins to type.
    window.wait(lambda: "reduced_motion" in {row.key for row in made.found()})
    window.type("reduce motion")
    assert commands.current is not None
    assert commands.current.context == "Appearance"
    window.key(Qt.Key.Key_Return)
    assert made.isVisible()
    assert made.current == "appearance"
    window.wait(made.isActiveWindow)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "reduced_motion"
    made.close()


def test_what_is_said_of_an_action_is_what_it_is_about(
    window: Window, commands: CommandPalette
) -> None:
    said = {entry.id: entry.context for entry in commands.entries()}
    assert said["theme.dark"] == "Appearance"
    assert said["conversation.new"] == "", "its name says it"


def test_the_search_begins_with_the_latest(search: SearchPalette) -> None:
    assert titles(search) == ["About the sea", "About bread"]


def test_a_word_of_an_answer_leads_to_it(window: Window, search: SearchPalette) -> None:
    window.type("ship")
    window.wait(lambda: titles(search) == ["About the sea"])
    (entry,) = search.entries()
    assert [part.text for part in entry.snippet if part.is_match] == ["ships"]
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.texts[-1:] == ["The harbour is full of ships."])
    assert not search.isVisible()


def test_return_means_what_is_typed(window: Window, search: SearchPalette) -> None:
    window.type("bread")
    window.key(Qt.Key.Key_Return)  # before anything can be found
    window.wait(lambda: window.texts[:1] == ["About bread"])


def test_nothing_is_found(window: Window, search: SearchPalette) -> None:
    window.type("lease")
    window.wait(lambda: "“lease”" in search._empty.text())
    assert search.entries() == []
