"""Several conversations at once, folders, tags and the archive, by pointer and by keys."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from chatapp.domain.conversation import FIRST_TEMPORARY_ID, Conversation, TitleSource
from chatapp.domain.folder import Folder
from chatapp.ui.conversation_drag import mime_of
from chatapp.ui.filing_wishes import (
    DeleteFolder,
    MoveFolders,
    NewFolder,
    PutInto,
    RenameFolder,
    SetArchived,
    SetTag,
    Trash,
)
from chatapp.ui.models.conversation_list_model import ConversationListModel
from chatapp.ui.sidebar import Sidebar
from chatapp.ui.sidebar_foot import Shelf
from chatapp.ui.tag_popup import TagPopup
from chatapp.ui.theme import Appearance

NOW = datetime.fromisoformat("2025-03-14 10:30")
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
FOLDERS = (Folder(1, "Work"), Folder(2, "Home", None, 1), Folder(3, "Clients", 1))


def made(number: int, **fields) -> Conversation:
    moment = (NOW - timedelta(minutes=number % 1000)).timestamp()
    return Conversation(number, f"Title {number}", TitleSource.NONE, moment, moment, **fields)


@pytest.fixture
def model(qapp) -> ConversationListModel:
    return ConversationListModel(lambda: NOW)


@pytest.fixture
def sidebar(appearance: Appearance, model: ConversationListModel, qtbot: QtBot) -> Sidebar:
    sidebar = Sidebar(appearance, model)
    qtbot.addWidget(sidebar)
    sidebar.resize(264, 900)
    sidebar.folder_open_requested.connect(lambda id_, is_open: model.set_open(id_, is_open=is_open))
    sidebar.show()
    sidebar.activateWindow()
    qtbot.waitUntil(sidebar.isActiveWindow)
    model.set_conversations(
        [made(1), made(2), made(3), made(4, folder_id=1), made(5, folder_id=3, tags=("law",))],
        FOLDERS,
    )
    sidebar.view.doItemsLayout()
    return sidebar


def middle(sidebar: Sidebar, row: int | None) -> QPoint:
    return sidebar.view.visualRect(sidebar.view.model().index(row)).center()


def click(sidebar: Sidebar, number: int, keys: Qt.KeyboardModifier) -> None:
    from PySide6.QtTest import QTest

    where = middle(sidebar, sidebar.view.model().row_of(number))
    QTest.mouseClick(sidebar.view.viewport(), Qt.MouseButton.LeftButton, keys, where)


def menu() -> dict[str, QMenu]:
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QMenu)
    return {action.text(): action for action in popup.actions() if action.text()}


def close_popups() -> None:
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()


# Several at once


def test_control_and_shift_select_and_open_nothing(sidebar: Sidebar, qtbot: QtBot) -> None:
    click(sidebar, 1, Qt.KeyboardModifier.NoModifier)
    with qtbot.assertNotEmitted(sidebar.conversation_selected):
        click(sidebar, 3, CONTROL)
    assert sidebar.view.selected_ids() == [1, 3]
    assert sidebar.selection.isVisible()
    with qtbot.assertNotEmitted(sidebar.conversation_selected):
        click(sidebar, 2, SHIFT)
    assert sidebar.view.selected_ids() == [1, 2, 3]
    sidebar.grab()
    with qtbot.waitSignal(sidebar.conversation_selected):
        click(sidebar, 1, Qt.KeyboardModifier.NoModifier)
    assert not sidebar.selection.isVisible()


def test_keys_select_all_and_escape_selects_one(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.view.step_in()
    qtbot.keyClick(sidebar.view, Qt.Key.Key_A, CONTROL)
    assert sidebar.view.selected_ids() == [1, 2, 3]
    qtbot.keyClick(sidebar.view, Qt.Key.Key_Escape)
    assert not sidebar.view.is_selecting


def test_several_are_moved_tagged_archived_and_thrown_away(sidebar: Sidebar, qtbot: QtBot) -> None:
    click(sidebar, 1, Qt.KeyboardModifier.NoModifier)
    click(sidebar, 2, CONTROL)
    bar = sidebar.selection
    assert "2 selected" in bar._label.text()
    for button, wish in (
        (bar.archive_button, SetArchived((1, 2))),
        (bar.trash_button, Trash((1, 2))),
    ):
        with qtbot.waitSignal(sidebar.wished) as signal:
            button.click()
        assert signal.args == [wish]
    bar.move_button.click()
    assert list(menu()) == ["New folder", "Work", "Work › Clients", "Home"]
    with qtbot.waitSignal(sidebar.wished) as signal:
        menu()["Work › Clients"].trigger()
    assert signal.args == [PutInto((1, 2), 3)]
    close_popups()
    bar.tag_button.click()
    with qtbot.waitSignal(sidebar.wished) as signal:
        menu()["law"].trigger()
    assert signal.args == [SetTag((1, 2), "law")]
    close_popups()
    with qtbot.waitSignal(sidebar.wished) as signal:
        qtbot.keyClick(sidebar.view, Qt.Key.Key_Backspace, CONTROL | SHIFT)
    assert signal.args == [Trash((1, 2))]
    bar.clear_button.click()
    assert not sidebar.view.is_selecting


def test_the_menu_is_about_all_that_are_selected(sidebar: Sidebar, qtbot: QtBot) -> None:
    click(sidebar, 1, Qt.KeyboardModifier.NoModifier)
    click(sidebar, 2, CONTROL)
    row = sidebar.view.model().rows[sidebar.view.model().row_of(2)]
    sidebar._open_menu(row, QPoint(10, 10))
    actions = menu()
    assert list(actions) == ["Pin", "Move to folder", "Tags", "Archive", "Move to Trash"]
    with qtbot.waitSignal(sidebar.wished) as signal:
        actions["Archive"].trigger()
    assert signal.args == [SetArchived((1, 2))]
    close_popups()


def test_temporary_ones_are_not_filed(
    sidebar: Sidebar, model: ConversationListModel, qtbot: QtBot
) -> None:
    model.set_conversations([made(FIRST_TEMPORARY_ID), made(1)], FOLDERS)
    row = model.rows[model.row_of(FIRST_TEMPORARY_ID)]
    sidebar.view.choose(model.index(model.row_of(FIRST_TEMPORARY_ID)))
    sidebar._open_menu(row, QPoint(10, 10))
    assert list(menu()) == ["Rename", "Pin", "Duplicate", "Move to Trash"]
    close_popups()
    assert sidebar.view.carried().conversations == ()


# Folders


def test_folders_open_by_click_and_by_keys(sidebar: Sidebar, qtbot: QtBot) -> None:
    model = sidebar.view.model()
    where = middle(sidebar, model.row_of_folder(1))
    qtbot.mouseClick(sidebar.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert model.opened == {1}
    sidebar.view.choose(model.index(model.row_of_folder(3)))
    qtbot.keyClick(sidebar.view, Qt.Key.Key_Right)
    assert model.opened == {1, 3}
    sidebar.grab()
    qtbot.keyClick(sidebar.view, Qt.Key.Key_Left)
    assert model.opened == {1}
    qtbot.keyClick(sidebar.view, Qt.Key.Key_Return)
    assert model.opened == {1, 3}
    sidebar.view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qtbot.keyClick(sidebar.view, Qt.Key.Key_Right)
    assert model.opened == {1}
    sidebar.grab()


def test_a_folder_is_renamed_in_place(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.rename_folder(2)
    editor = sidebar.view.findChild(QLineEdit)
    assert editor.text() == "Home"
    editor.setText(" My \n home ")
    with qtbot.waitSignal(sidebar.wished) as signal:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert signal.args == [RenameFolder(2, "My home")]


def test_the_menu_of_a_folder(sidebar: Sidebar, qtbot: QtBot) -> None:
    model = sidebar.view.model()
    row = model.row_of_folder(1)
    sidebar.view.choose(model.index(row))
    sidebar._open_menu(model.rows[row], QPoint(10, 10))
    actions = menu()
    for words, wish in (
        ("New folder inside", NewFolder(1)),
        ("Delete the folder, keep what is in it", DeleteFolder(1)),
    ):
        with qtbot.waitSignal(sidebar.wished) as signal:
            actions[words].trigger()
        assert signal.args == [wish]
    moves = {a.text(): a for a in actions["Move to folder"].menu().actions() if a.text()}
    assert list(moves) == ["No folder", "Home"]  # not into itself
    with qtbot.waitSignal(sidebar.wished) as signal:
        moves["Home"].trigger()
    assert signal.args == [MoveFolders((1,), 2)]
    close_popups()


def test_a_new_tag(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.menus._ask_for_tag([1])
    popup = sidebar.findChild(TagPopup)
    popup.field.setText(" #to  do ")
    with qtbot.waitSignal(sidebar.wished) as signal:
        qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert signal.args == [SetTag((1,), "to do")]


# Dragging


def drop(sidebar: Sidebar, at: QPoint) -> bool:
    """What is selected, dragged there. Returns whether it was taken."""
    view = sidebar.view
    data = mime_of(view.carried())
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    move = Qt.DropAction.MoveAction
    enter = QDragEnterEvent(at, move, data, buttons, keys)
    view.dragEnterEvent(enter)
    view.dragMoveEvent(QDragMoveEvent(at, move, data, buttons, keys))
    view.viewport().grab()
    event = QDropEvent(QPointF(at), move, data, buttons, keys)
    view.dropEvent(event)
    assert view.target is None
    return event.isAccepted()


def test_conversations_are_dropped_into_folders(sidebar: Sidebar, qtbot: QtBot) -> None:
    model = sidebar.view.model()
    click(sidebar, 1, Qt.KeyboardModifier.NoModifier)
    click(sidebar, 2, CONTROL)
    with qtbot.waitSignal(sidebar.wished) as signal:
        assert drop(sidebar, middle(sidebar, model.row_of_folder(2)))
    assert signal.args == [PutInto((1, 2), 2)]
    model.set_open(1, is_open=True)
    sidebar.view.doItemsLayout()
    with qtbot.waitSignal(sidebar.wished) as signal:  # onto one that is in a folder
        drop(sidebar, middle(sidebar, model.row_of(4)))
    assert signal.args == [PutInto((1, 2), 1)]
    with qtbot.assertNotEmitted(sidebar.wished):  # they are in no folder already
        assert not drop(sidebar, middle(sidebar, model.row_of(3)))
    sidebar.view.choose(model.index(model.row_of(4)))
    with qtbot.waitSignal(sidebar.wished) as signal:
        drop(sidebar, middle(sidebar, model.row_of(3)))
    assert signal.args == [PutInto((4,), None)]


def test_a_drag_may_begin_over_its_own_place(sidebar: Sidebar) -> None:
    view, model = sidebar.view, sidebar.view.model()
    click(sidebar, 1, Qt.KeyboardModifier.NoModifier)
    data = mime_of(view.carried())
    enter = QDragEnterEvent(
        middle(sidebar, model.row_of(1)),
        Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    view.dragEnterEvent(enter)
    assert view.target is None  # there is nothing to do here
    assert enter.isAccepted()  # but Qt tells no moves to who refuses this


def test_folders_are_dropped_into_and_between_folders(sidebar: Sidebar, qtbot: QtBot) -> None:
    model = sidebar.view.model()
    home, work = model.row_of_folder(2), model.row_of_folder(1)
    sidebar.view.choose(model.index(home))
    rect = sidebar.view.visualRect(model.index(work))
    for at, wish in (
        (rect.center(), MoveFolders((2,), 1)),
        (QPoint(rect.center().x(), rect.top() + 2), MoveFolders((2,), None, 0)),
        (QPoint(rect.center().x(), rect.bottom() - 2), MoveFolders((2,), None, 1)),
    ):
        with qtbot.waitSignal(sidebar.wished) as signal:
            assert drop(sidebar, at)
        assert signal.args == [wish]
    model.set_open(1, is_open=True)
    sidebar.view.doItemsLayout()
    sidebar.view.choose(model.index(model.row_of_folder(1)))
    with qtbot.assertNotEmitted(sidebar.wished):  # not into itself
        assert not drop(sidebar, middle(sidebar, model.row_of_folder(3)))


def test_a_closed_folder_opens_under_what_is_dragged(sidebar: Sidebar, qtbot: QtBot) -> None:
    view, model = sidebar.view, sidebar.view.model()
    click(sidebar, 1, Qt.KeyboardModifier.NoModifier)
    at = middle(sidebar, model.row_of_folder(1))
    data = mime_of(view.carried())
    view.dragEnterEvent(
        QDragEnterEvent(
            at,
            Qt.DropAction.MoveAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    assert view._opening.isActive()
    view._opening.timeout.emit()
    assert model.opened == {1}
    view._opening.stop()


def test_what_hangs_at_the_pointer(sidebar: Sidebar) -> None:
    view: QWidget = sidebar.view
    click(sidebar, 1, Qt.KeyboardModifier.NoModifier)
    assert not view._picture(view.carried()).isNull()
    click(sidebar, 2, CONTROL)
    assert not view._picture(view.carried()).isNull()


# The archive


def test_the_archive_opens_and_closes(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.set_archive_count(2)
    with qtbot.waitSignal(sidebar.shelf_opened) as signal:
        sidebar.foot.archive.click()
    assert signal.args == [Shelf.ARCHIVE]
    assert sidebar.is_archive_open
    with qtbot.waitSignal(sidebar.shelf_opened) as signal:
        sidebar.open_trash()
    assert signal.args == [Shelf.TRASH]
    assert (sidebar.is_archive_open, sidebar.is_trash_open) == (False, True)
    sidebar.close_trash()
    assert not sidebar.is_trash_open
