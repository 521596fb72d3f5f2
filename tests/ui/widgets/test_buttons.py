"""Buttons with words and with icons: names, keys, the ring of the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.icon_button import IconButton


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    QHBoxLayout(page)
    qtbot.addWidget(page)
    return page


def shown(page: QWidget, qtbot: QtBot, *widgets: QWidget) -> None:
    for widget in widgets:
        page.layout().addWidget(widget)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_press(appearance: Appearance, page: QWidget, qtbot: QtBot, key: Qt.Key) -> None:
    button, icon = Button(appearance, "Go"), IconButton(appearance, "check", "Go")
    shown(page, qtbot, button, icon)
    for target in (button, icon):
        with qtbot.waitSignal(target.clicked):
            qtbot.keyClick(target, key)


def test_the_ring_shows_for_the_keyboard_and_not_for_the_mouse(
    appearance: Appearance, page: QWidget, qtbot: QtBot
) -> None:
    field, button = QLineEdit(), Button(appearance, "Go")
    shown(page, qtbot, field, button)
    field.setFocus()
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not button._ring.is_shown
    field.setFocus()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button._ring.is_shown
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    assert not button._ring.is_shown


def test_the_ring_goes_with_its_button(appearance: Appearance, page: QWidget, qtbot: QtBot) -> None:
    button = Button(appearance, "Go")
    shown(page, qtbot, QLineEdit(), button)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    frame = button._ring._frame
    button.move(button.x() + 30, button.y())
    assert frame.geometry() == button.geometry().adjusted(-4, -4, 4, 4)
    button.hide()
    assert not button._ring.is_shown


def test_an_icon_button_says_what_it_does(appearance: Appearance, qtbot: QtBot) -> None:
    button = IconButton(appearance, "search", "Search", QKeySequence("Ctrl+K"))
    qtbot.addWidget(button)
    assert button.accessibleName() == "Search"
    assert button.toolTip() == "Search (Ctrl+K)"
    button.set_name("Find")
    assert button.toolTip() == "Find"


@pytest.mark.parametrize("size", [24, 28, 32])
def test_heights_are_those_of_the_design(appearance: Appearance, qtbot: QtBot, size: int) -> None:
    icon = IconButton(appearance, "copy", "Copy", designed_size=size)
    button = Button(appearance, "Copy", designed_height=size)
    for widget in (icon, button):
        qtbot.addWidget(widget)
        assert widget.sizeHint().height() == appearance.height(size)


def test_a_button_is_as_wide_as_its_words_and_icons(appearance: Appearance, qtbot: QtBot) -> None:
    plain, both = Button(appearance, "Go"), Button(appearance, "Go", trailing_icon="check")
    qtbot.addWidget(plain)
    qtbot.addWidget(both)
    assert both.sizeHint().width() == plain.sizeHint().width() + 14 + 8
