"""Title and model above the conversation, in the assembled window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from chatapp.domain.conversation import TitleSource
from chatapp.errors import DiskFull
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton
from tests.fakes import WAIT
from tests.window import Window


def edit(window: Window, text: str) -> QLineEdit:
    """F2 and another title that is not confirmed yet."""
    window.key(Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.isVisible()
    window.type(text)
    return editor


def label(window: Window) -> ElidedLabel:
    return window.main.top_bar.findChildren(ElidedLabel)[0]


def test_the_title_comes_with_the_answer(window: Window) -> None:
    assert window.title == "New conversation"
    assert window.main.windowTitle() == "Chatapp"
    window.ask("Why is the sky blue?")
    window.wait(lambda: window.listed == ["Why is the sky blue?"])
    assert window.title == "Why is the sky blue?"
    assert window.main.windowTitle() == "Why is the sky blue? – Chatapp"
    window.new()
    assert window.title == "New conversation"
    assert window.main.windowTitle() == "Chatapp"


@pytest.mark.parametrize("way", ["key", "click"])
def test_a_title_is_given(window: Window, way: str) -> None:
    conversation = window.ask("one")
    if way == "click":
        window.click(label(window))
        window.type("  My   title ")
    else:
        edit(window, "  My   title ")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.title == "My title")
    assert window.listed == ["My title"]
    assert QApplication.focusWidget() is window.composer.focusProxy()
    stored = window.read(lambda: window.services.conversations.get(conversation.id))
    assert (stored.title, stored.title_source) == ("My title", TitleSource.USER)
    # No later answer names it otherwise.
    window.ask("two")
    assert window.title == "My title"


def test_escape_keeps_the_title_and_the_answer(window: Window) -> None:
    window.ask("one")
    window.workers.script_answer("A", WAIT, "B")
    window.say("two")
    window.workers.wait_for_pause()
    editor = edit(window, "Nonsense")
    window.key(Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert label(window).isVisible()
    assert window.title == "one"
    assert window.composer.is_running
    assert QApplication.focusWidget() is window.composer.focusProxy()
    window.workers.release()
    window.wait(lambda: window.last.text == "AB" and not window.composer.is_running)


def test_leaving_the_field_keeps_the_new_title(window: Window) -> None:
    window.ask("one")
    editor = edit(window, "Renamed")
    window.composer.focus()
    assert not editor.isVisible()
    window.wait(lambda: window.listed == ["Renamed"])


def test_f2_in_the_field_keeps_what_is_typed(window: Window) -> None:
    window.ask("one")
    editor = edit(window, "Half")
    window.key(Qt.Key.Key_F2)
    window.trigger(window.actions.rename)
    assert editor.text() == "Half"


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_title_is_none(window: Window, text: str) -> None:
    window.ask("one")
    editor = edit(window, "x")
    editor.setText(text)
    window.key(Qt.Key.Key_Return)
    window.settle()
    assert window.title == "one"
    assert window.stored()[0].title_source is TitleSource.AUTOMATIC


@pytest.mark.parametrize("way", ["open", "new"])
def test_the_title_goes_to_the_conversation_that_it_was_typed_for(window: Window, way: str) -> None:
    first = window.ask("one").id
    window.new()
    second = window.ask("two").id
    edit(window, "Second")
    if way == "open":
        window.sidebar.conversation_selected.emit(first)
    else:
        window.actions.new_conversation.trigger()
    window.settle()
    window.settle()
    titles = {c.id: c.title for c in window.stored()}
    assert titles == {first: "one", second: "Second"}
    assert window.title == ("one" if way == "open" else "New conversation")


def test_a_new_conversation_can_not_be_renamed(window: Window) -> None:
    assert not window.actions.rename.isEnabled()
    assert not window.actions.pin.isEnabled()
    assert not window.actions.trash.isEnabled()
    window.main.top_bar.start_renaming()
    window.click(label(window))
    assert all(not editor.isVisible() for editor in window.main.top_bar.findChildren(QLineEdit))
    window.ask("one")
    assert window.actions.rename.isEnabled()


def test_a_title_that_can_not_be_stored_is_told(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.ask("one")

    def refuse(*_: object) -> None:
        raise DiskFull("here")

    monkeypatch.setattr(window.services.conversations, "rename", refuse)
    edit(window, "Renamed")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: "disk is full" in window.toast)
    assert window.title == "one"


def test_a_long_title_leaves_room_for_the_model(window: Window) -> None:
    window.ask("one")
    edit(window, "A title of many words " * 20)
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.title.startswith("A title"))
    assert label(window).width() <= 340
    assert window.main.chip.isVisible()


def test_there_is_no_title_in_a_very_narrow_window(window: Window) -> None:
    window.ask("one")
    window.main.resize(700, 600)
    window.wait(lambda: not label(window).isVisible())
    # It can be changed all the same.
    editor = edit(window, "Renamed")
    window.key(Qt.Key.Key_Return)
    assert not editor.isVisible()
    assert not label(window).isVisible()
    window.main.resize(1300, 700)
    window.wait(lambda: label(window).isVisible() and window.title == "Renamed")


def test_the_menu_has_the_actions(window: Window) -> None:
    button = next(
        b for b in window.main.top_bar.findChildren(IconButton) if b.accessibleName() == "More"
    )
    window.click(button)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert window.actions.rename in menu.actions()
    assert window.actions.toggle_sidebar in menu.actions()
    menu.close()


def test_the_button_opens_find(window: Window) -> None:
    (button,) = (
        button
        for button in window.main.top_bar.findChildren(IconButton)
        if button.accessibleName() == "Find in conversation"
    )
    assert button.isVisible()
    assert not button.isEnabled()  # there is nothing to be found yet
    window.ask("Why is the sky blue?")
    window.wait(button.isEnabled)
    window.click(button)
    assert window.main.pane.find_bar.is_open
    window.new()
    assert not button.isEnabled()
