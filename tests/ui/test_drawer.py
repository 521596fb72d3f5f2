"""The sidebar beside the content and over it, as the window gets narrower and wider."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QSplitter
from pytestqt.qtbot import QtBot

from chatapp.ui.drawer import Drawer
from chatapp.ui.widgets.icon_button import IconButton
from tests.ui.conftest import OpenWindow
from tests.window import Window

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def drawer(window: Window) -> Drawer:
    return window.main.findChildren(Drawer)[0]


def splitter(window: Window) -> QSplitter:
    return window.main.findChildren(QSplitter)[0]


def narrow(window: Window) -> None:
    window.main.resize(700, 600)
    window.wait(lambda: drawer(window).is_active)


def wide(window: Window) -> None:
    window.main.resize(1300, 700)
    window.wait(lambda: not drawer(window).is_active)


@pytest.fixture
def small(window: Window) -> Window:
    """A narrow window with a conversation."""
    window.ask("one")
    narrow(window)
    return window


def open_button(window: Window) -> IconButton:
    return next(
        button
        for button in window.main.top_bar.findChildren(IconButton)
        if button.accessibleName() == "Show conversations"
    )


def test_it_opens_with_its_button_and_closes_on_the_scrim(small: Window, qtbot: QtBot) -> None:
    assert not small.sidebar.isVisible()
    small.click(open_button(small))
    assert drawer(small).isVisible()
    assert small.sidebar.isVisible()
    assert drawer(small).geometry() == splitter(small).geometry()
    qtbot.mouseClick(drawer(small), Qt.MouseButton.LeftButton, pos=QPoint(500, 300))
    assert not drawer(small).isVisible()
    assert QApplication.focusWidget() is small.composer.focusProxy()


def test_escape_closes_it(small: Window) -> None:
    small.key(Qt.Key.Key_B, CONTROL)
    assert drawer(small).isVisible()
    small.key(Qt.Key.Key_Escape)
    assert not drawer(small).isVisible()
    small.key(Qt.Key.Key_B, CONTROL)
    small.key(Qt.Key.Key_B, CONTROL)
    assert not drawer(small).isVisible()
    assert QApplication.focusWidget() is small.composer.focusProxy()


def test_its_key_opens_it_with_the_keyboard_in_the_search(small: Window) -> None:
    small.key(Qt.Key.Key_F, CONTROL | SHIFT)
    assert drawer(small).isVisible()
    assert QApplication.focusWidget() is small.sidebar.search_field
    # Again: it stays open.
    small.key(Qt.Key.Key_F, CONTROL | SHIFT)
    assert drawer(small).isVisible()


def test_opening_a_conversation_closes_it(small: Window) -> None:
    shown = small.shown_id
    assert shown is not None
    small.new()
    small.click(open_button(small))
    small.open(shown)
    assert not drawer(small).isVisible()
    small.click(open_button(small))
    small.new()
    assert not drawer(small).isVisible()
    assert QApplication.focusWidget() is small.composer.focusProxy()


def test_the_sidebar_comes_back_with_its_width(window: Window) -> None:
    wide(window)
    window.wait(lambda: window.sidebar.width() == 264)
    splitter(window).moveSplitter(310, 1)
    assert window.sidebar.width() == 310
    for _ in range(3):
        narrow(window)
        window.key(Qt.Key.Key_B, CONTROL)
        wide(window)
        window.wait(lambda: window.sidebar.isVisible() and window.sidebar.width() == 310)
    assert not drawer(window).isVisible()
    assert splitter(window).widget(0) is window.sidebar


def test_a_hidden_sidebar_stays_hidden(window: Window) -> None:
    wide(window)
    window.key(Qt.Key.Key_B, CONTROL)
    assert not window.sidebar.isVisible()
    narrow(window)
    window.key(Qt.Key.Key_B, CONTROL)
    assert window.sidebar.isVisible()
    wide(window)
    assert not window.sidebar.isVisible()
    window.key(Qt.Key.Key_F, CONTROL | SHIFT)
    assert window.sidebar.isVisible()
    assert QApplication.focusWidget() is window.sidebar.search_field


def test_it_follows_the_size_of_the_window(small: Window) -> None:
    small.click(open_button(small))
    small.main.resize(660, 520)
    small.wait(lambda: drawer(small).geometry() == splitter(small).geometry())
    assert small.sidebar.height() == drawer(small).height()


def test_the_width_is_kept_over_a_restart(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    wide(window)
    splitter(window).moveSplitter(333, 1)
    narrow(window)
    window.close()
    again = open_window()
    assert again.services.settings.current.sidebar_width == 333
    again.start()
    assert drawer(again).is_active, "the window is as narrow as it was"
    wide(again)
    again.wait(lambda: again.sidebar.width() == 333)


@pytest.mark.parametrize("saved", [-5, 0, 10_000])
def test_an_impossible_width_does_no_harm(open_window: OpenWindow, saved: int) -> None:
    window = open_window()
    window.services.settings.change(sidebar_width=saved)
    window.close()
    again = open_window()
    again.start()
    again.main.resize(1300, 700)
    again.wait(lambda: 200 <= again.sidebar.width() <= 400)
