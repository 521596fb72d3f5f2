"""Banner with its details, toast, dialog."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.details_block import DetailsBlock
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.toast import Toast


def test_a_banner_has_buttons_and_opens_its_details(appearance: Appearance, qtbot: QtBot) -> None:
    pressed: list[str] = []
    banner = Banner(appearance, "danger", "It stopped", "Nothing is lost.", details="signal 6")
    qtbot.addWidget(banner)
    button = banner.add_button("Try again", lambda: pressed.append("again"), kind="primary")
    banner.resize(600, 200)
    banner.show()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == ["again"]
    details = banner.findChild(DetailsBlock)
    assert not details.isVisible()
    closed = banner.sizeHint().height()
    toggle = next(b for b in banner.findChildren(Button) if b.text() == "Details")
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert details.isVisible()
    assert details.text() == "signal 6"
    assert banner.sizeHint().height() > closed
    with qtbot.waitSignal(banner.open_logs_requested):
        details.open_logs_requested.emit()
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert not details.isVisible()


def test_a_banner_without_details_offers_none(appearance: Appearance, qtbot: QtBot) -> None:
    banner = Banner(appearance, "info", "Title", "Sentence.")
    qtbot.addWidget(banner)
    assert not banner.findChildren(Button)


def test_copy_takes_all_of_the_details(appearance: Appearance, qtbot: QtBot) -> None:
    block = DetailsBlock(appearance, "one\ntwo")
    qtbot.addWidget(block)
    copy = next(b for b in block.findChildren(Button) if b.text() == "Copy")
    copy.click()
    assert QGuiApplication.clipboard().text() == "one\ntwo"
    assert copy.text() == "Copied"
    block._copied.timeout.emit()
    assert copy.text() == "Copy"


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.addStretch()
    foot = QWidget(objectName="foot")
    foot.setFixedHeight(60)
    layout.addWidget(foot)
    page.resize(600, 300)
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def toast(appearance: Appearance, page: QWidget) -> Toast:
    return Toast(appearance, page, page.findChild(QWidget, "foot"))


def test_a_toast_floats_above_its_anchor_and_offers_undo(
    toast: Toast, page: QWidget, qtbot: QtBot
) -> None:
    undone: list[int] = []
    toast.show_text("Moved to Trash", "Undo", lambda: undone.append(1))
    foot = page.findChild(QWidget, "foot")
    assert toast.isVisible()
    assert toast._box().translated(toast.pos()).bottom() == foot.y() - 16 - 1
    page.resize(400, 260)
    assert toast._box().translated(toast.pos()).bottom() == foot.y() - 16 - 1
    qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert undone == [1]
    assert not toast.isVisible()


def test_a_toast_goes_by_itself_unless_it_has_the_focus(
    toast: Toast, page: QWidget, qtbot: QtBot
) -> None:
    toast.show_text("Moved to Trash", "Undo", lambda: None)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    toast.button.setFocus(Qt.FocusReason.TabFocusReason)
    toast._timer.timeout.emit()
    assert toast.isVisible()
    toast.button.clearFocus()
    toast._timer.timeout.emit()
    assert not toast.isVisible()


def test_one_toast_at_a_time(toast: Toast) -> None:
    undone: list[str] = []
    toast.show_text("First", "Undo", lambda: undone.append("first"))
    toast.show_text("Second")
    assert toast.text == "Second"
    assert not toast.button.isVisible()
    toast.button.click()
    assert undone == []


def test_a_very_long_toast_stays_inside(toast: Toast, page: QWidget) -> None:
    toast.show_text("word " * 200, "Undo", lambda: None)
    assert page.rect().contains(toast._box().translated(toast.pos()))


def test_a_dialog_focuses_the_safe_button_and_escape_is_safe(
    appearance: Appearance, qtbot: QtBot
) -> None:
    dialog = Dialog(appearance, "Delete it?", "It can't be undone.")
    safe = dialog.add_button("Cancel", safe=True)
    dialog.add_button("Delete", "danger")
    dialog.open()
    qtbot.waitUntil(lambda: dialog.focusWidget() is safe)
    assert dialog.width() == 440
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    again = Dialog(appearance, "Delete it?", "It can't be undone.")
    dangerous = again.add_button("Delete", "danger")
    again.open()
    with qtbot.waitSignal(again.accepted):
        dangerous.click()
