"""The sidebar says what the person wants, by pointer and by keys, and shows what it is given."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from chatapp.domain.conversation import Conversation, SearchHit, SnippetPart, TitleSource
from chatapp.ui.filing_wishes import Duplicate, Restore, SetArchived, SetPinned, Trash
from chatapp.ui.models.conversation_list_model import ConversationListModel
from chatapp.ui.sidebar import Sidebar
from chatapp.ui.sidebar_foot import Shelf
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.dialog import Dialog

NOW = datetime.fromisoformat("2025-03-14 10:30")


def made(number: int, **fields) -> Conversation:
    moment = (NOW - timedelta(minutes=number)).timestamp()
    return Conversation(number, f"Title {number}", TitleSource.NONE, moment, moment, **fields)


@pytest.fixture
def model(qapp) -> ConversationListModel:
    return ConversationListModel(lambda: NOW)


@pytest.fixture
def sidebar(appearance: Appearance, model: ConversationListModel, qtbot: QtBot) -> Sidebar:
    sidebar = Sidebar(appearance, model)
    qtbot.addWidget(sidebar)
    sidebar.resize(264, 600)
    sidebar.show()
    sidebar.activateWindow()
    qtbot.waitUntil(sidebar.isActiveWindow)
    return sidebar


@pytest.fixture
def filled(sidebar: Sidebar, model: ConversationListModel) -> Sidebar:
    model.set_conversations([made(1), made(2), made(3, pinned=True)])
    return sidebar


def point(sidebar: Sidebar, number: int, *, at_more: bool = False) -> QPoint:
    """The middle of a conversation's row, or its three dots."""
    model = sidebar.view.model()
    rect = sidebar.view.visualRect(model.index(model.row_of(number)))
    return QPoint(rect.right() - 20, rect.center().y()) if at_more else rect.center()


def click(sidebar: Sidebar, qtbot: QtBot, number: int, *, at_more: bool = False) -> None:
    where = point(sidebar, number, at_more=at_more)
    qtbot.mouseClick(sidebar.view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def menu_of(sidebar: Sidebar) -> dict[str, QMenu]:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return {action.text(): action for action in menu.actions() if action.text()}


def close_popup() -> None:
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def test_a_click_opens_a_conversation(filled: Sidebar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.conversation_selected) as signal:
        click(filled, qtbot, 2)
    assert signal.args == [2]


def test_a_click_on_a_heading_does_nothing(filled: Sidebar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(filled.conversation_selected):
        rect = filled.view.visualRect(filled.view.model().index(0))
        qtbot.mouseClick(filled.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_arrows_pass_over_headings_and_return_opens(filled: Sidebar, qtbot: QtBot) -> None:
    filled.view.step_in()
    assert filled.selected_id() == 3
    with qtbot.assertNotEmitted(filled.conversation_selected):
        qtbot.keyClick(filled.view, Qt.Key.Key_Down)
    assert filled.selected_id() == 1
    with qtbot.waitSignal(filled.conversation_selected) as signal:
        qtbot.keyClick(filled.view, Qt.Key.Key_Return)
    assert signal.args == [1]
    qtbot.keyClick(filled.view, Qt.Key.Key_Up)
    assert filled.selected_id() == 3


def test_f2_renames_in_place(filled: Sidebar, qtbot: QtBot) -> None:
    filled.select(2)
    qtbot.keyClick(filled.view, Qt.Key.Key_F2)
    editor = filled.view.findChild(QLineEdit)
    assert editor.text() == "Title 2"
    editor.setText("  Two \n words ")
    with qtbot.waitSignal(filled.rename_requested) as signal:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert signal.args == [2, "Two words"]


@pytest.mark.parametrize("text", ["", "   ", "Title 2"])
def test_an_empty_or_equal_name_changes_nothing(filled: Sidebar, qtbot: QtBot, text: str) -> None:
    filled.select(2)
    qtbot.keyClick(filled.view, Qt.Key.Key_F2)
    editor = filled.view.findChild(QLineEdit)
    editor.setText(text)
    with qtbot.assertNotEmitted(filled.rename_requested):
        qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_renaming_goes_on_while_another_row_changes(
    filled: Sidebar, model: ConversationListModel, qtbot: QtBot
) -> None:
    filled.select(2)
    qtbot.keyClick(filled.view, Qt.Key.Key_F2)
    editor = filled.view.findChild(QLineEdit)
    editor.setText("Half a na")
    model.upsert(made(9))
    model.set_busy({9})
    assert editor.isVisible()
    assert editor.text() == "Half a na"


def test_only_the_long_shortcut_deletes(filled: Sidebar, qtbot: QtBot) -> None:
    filled.select(2)
    with qtbot.assertNotEmitted(filled.wished):
        qtbot.keyClick(filled.view, Qt.Key.Key_Delete)
        qtbot.keyClick(filled.view, Qt.Key.Key_Backspace)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(filled.wished) as signal:
        qtbot.keyClick(filled.view, Qt.Key.Key_Backspace, both)
    assert signal.args == [Trash((2,))]


def test_a_menu_that_was_closed_leaves_nothing_selected(filled: Sidebar, qtbot: QtBot) -> None:
    click(filled, qtbot, 2)
    filled.select(2)
    click(filled, qtbot, 3, at_more=True)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(filled.wished) as signal:
        qtbot.keyClick(filled.view, Qt.Key.Key_Backspace, both)
    assert signal.args == [Trash((2,))]  # the one that is shown


def test_the_three_dots_open_the_menu(filled: Sidebar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(filled.conversation_selected):
        click(filled, qtbot, 3, at_more=True)
    actions = menu_of(filled)
    assert list(actions) == [
        *("Rename", "Unpin", "Move to folder", "Tags", "Duplicate", "Archive", "Move to Trash")
    ]
    for words, wish in (
        ("Unpin", SetPinned((3,), pinned=False)),
        ("Duplicate", Duplicate(3, "Title 3 (copy)")),
        ("Archive", SetArchived((3,))),
        ("Move to Trash", Trash((3,))),
    ):
        with qtbot.waitSignal(filled.wished) as signal:
            actions[words].trigger()
        assert signal.args == [wish]
    close_popup()


def test_the_menu_renames_in_place(filled: Sidebar, qtbot: QtBot) -> None:
    click(filled, qtbot, 1, at_more=True)
    menu_of(filled)["Rename"].trigger()
    close_popup()
    assert filled.view.findChild(QLineEdit).text() == "Title 1"


def test_the_open_conversation_stays_marked_through_a_reset(
    filled: Sidebar, model: ConversationListModel
) -> None:
    filled.select(2)
    model.set_conversations([made(2), made(5)])
    assert filled.view.current_id == 2
    assert filled.selected_id() == 2
    filled.select(None)
    assert filled.view.current_id is None


def test_typing_searches_and_a_hit_opens_at_its_message(
    filled: Sidebar, model: ConversationListModel, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(filled.search_requested) as signal:
        qtbot.keyClicks(filled.search_field, "lease")
    assert signal.args == ["lease"]
    snippet = (
        SnippetPart("the 🎂 ", False),
        SnippetPart("lease", True),
        SnippetPart(" x" * 90, False),
    )
    model.set_hits([SearchHit(made(2), 77, snippet), SearchHit(made(3), None, ())])
    filled.grab()
    qtbot.keyClick(filled.search_field, Qt.Key.Key_Down)
    assert filled.has_list_focus()
    with qtbot.waitSignal(filled.hit_selected) as signal:
        qtbot.keyClick(filled.view, Qt.Key.Key_Return)
    assert signal.args == [2, 77]
    with qtbot.waitSignal(filled.search_requested) as signal:
        filled.clear_search()
    assert signal.args == [""]


def texts(sidebar: Sidebar) -> str:
    return sidebar._empty.text() if sidebar._empty.isVisible() else ""


def test_empty_states_say_what_belongs_here(
    sidebar: Sidebar, model: ConversationListModel, qtbot: QtBot
) -> None:
    assert texts(sidebar) == "No conversations yet. Write a message to start one."
    sidebar.search_field.setText("lease")
    model.set_hits([])
    assert texts(sidebar) == "Nothing found for “lease”."
    model.set_conversations([made(1)])
    assert texts(sidebar) == ""
    model.remove(1)
    sidebar.clear_search()
    assert texts(sidebar) == "No conversations yet. Write a message to start one."


def test_the_settings_are_always_there(sidebar: Sidebar, qtbot: QtBot) -> None:
    assert sidebar.foot.settings.isVisible()
    with qtbot.waitSignal(sidebar.settings_requested):
        qtbot.mouseClick(sidebar.foot.settings, Qt.MouseButton.LeftButton)
    sidebar.open_trash()
    assert sidebar.foot.settings.isVisible()


def test_the_list_follows_other_keys(filled: Sidebar, qtbot: QtBot) -> None:
    new, search, rename, trash = (QAction(filled) for _ in range(4))
    rename.setShortcut("F4")
    trash.setShortcuts([QKeySequence("Ctrl+D"), QKeySequence("Delete")])
    filled.show_keys_of(new=new, search=search, rename=rename, trash=trash)
    filled.select(2)
    with qtbot.assertNotEmitted(filled.wished):
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        qtbot.keyClick(filled.view, Qt.Key.Key_Backspace, both)
    for key, modifier in (
        (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
    ):
        with qtbot.waitSignal(filled.wished) as signal:
            qtbot.keyClick(filled.view, key, modifier)
        assert signal.args == [Trash((2,))]
    click(filled, qtbot, 2, at_more=True)
    assert menu_of(filled)["Rename"].shortcut() == QKeySequence("F4")
    close_popup()
    qtbot.keyClick(filled.view, Qt.Key.Key_F2)
    assert filled.view.findChild(QLineEdit) is None
    qtbot.keyClick(filled.view, Qt.Key.Key_F4)
    assert filled.view.findChild(QLineEdit) is not None


def test_the_keyboard_stays_when_a_shelf_opens_and_closes(
    filled: Sidebar, model: ConversationListModel, qtbot: QtBot
) -> None:
    filled.set_archive_count(1)
    filled.foot.archive.setFocus()
    qtbot.keyClick(filled.foot.archive, Qt.Key.Key_Return)
    back = QApplication.focusWidget()
    assert isinstance(back, Button)
    assert back.accessibleName() == "Back to the conversations"
    qtbot.keyClick(back, Qt.Key.Key_Space)
    assert filled.has_list_focus()


def test_a_hit_in_the_archive_says_so(filled: Sidebar, model: ConversationListModel) -> None:
    model.set_hits([SearchHit(made(2, archived_at=1.0), None, (SnippetPart("two", True),))])
    filled.grab()
    told = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == "Title 2, two, in the archive"


def test_the_trash_is_there_only_when_something_is_in_it(filled: Sidebar) -> None:
    assert not filled.foot.trash.isVisible()
    filled.set_trash_count(3)
    assert filled.foot.trash.isVisible()
    assert "3" in filled.foot.trash.accessibleName()


def open_trash(sidebar: Sidebar, model: ConversationListModel, qtbot: QtBot) -> None:
    sidebar.set_trash_count(1)
    with qtbot.waitSignal(sidebar.shelf_opened) as signal:
        sidebar.foot.trash.click()
    assert signal.args == [Shelf.TRASH]
    model.set_conversations([made(7, deleted_at=NOW.timestamp())])


def test_the_trash_restores(filled: Sidebar, model: ConversationListModel, qtbot: QtBot) -> None:
    open_trash(filled, model, qtbot)
    click(filled, qtbot, 7)
    actions = menu_of(filled)
    assert list(actions) == ["Restore", "Delete for good…"]
    with qtbot.waitSignal(filled.wished) as signal:
        actions["Restore"].trigger()
    assert signal.args == [Restore((7,))]
    close_popup()
    back = next(b for b in filled.findChildren(Button) if b.text() == "Trash")
    with qtbot.waitSignal(filled.shelf_opened) as signal:
        qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert signal.args == [Shelf.LIST]


def test_deleting_for_good_is_confirmed(
    filled: Sidebar, model: ConversationListModel, qtbot: QtBot
) -> None:
    open_trash(filled, model, qtbot)
    for answer, deletes in (("Cancel", False), ("Delete for good", True)):
        click(filled, qtbot, 7)
        menu_of(filled)["Delete for good…"].trigger()
        close_popup()
        dialog = next(d for d in filled.findChildren(Dialog) if d.isVisible())
        button = next(b for b in dialog.findChildren(Button) if b.text() == answer)
        deleted: list[int] = []
        filled.delete_requested.connect(deleted.append)
        button.click()
        assert deleted == ([7] if deletes else [])
        filled.delete_requested.disconnect(deleted.append)


def test_a_search_leaves_the_trash(
    filled: Sidebar, model: ConversationListModel, qtbot: QtBot
) -> None:
    open_trash(filled, model, qtbot)
    with qtbot.waitSignals([filled.shelf_opened, filled.search_requested], order="strict"):
        qtbot.keyClicks(filled.search_field, "x")
    assert not filled.is_trash_open


def test_spinners_turn_only_while_seen(
    filled: Sidebar, model: ConversationListModel, appearance: Appearance
) -> None:
    assert not filled.view.is_turning
    model.set_busy({2})
    assert filled.view.is_turning
    filled.view._on_turn()
    appearance.set_reduced_motion(reduced=True)
    assert not filled.view.is_turning
    appearance.set_reduced_motion(reduced=False)
    filled.hide()
    assert not filled.view.is_turning
    filled.show()
    model.set_busy(set())
    assert not filled.view.is_turning


def test_a_new_conversation_is_asked_for(sidebar: Sidebar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sidebar.new_conversation_requested):
        qtbot.mouseClick(sidebar._compose, Qt.MouseButton.LeftButton)
    sidebar.focus_search()
    assert sidebar.search_field.hasFocus()


def test_a_screen_reader_opens_a_conversation(filled: Sidebar, qtbot: QtBot) -> None:
    opened: list[int] = []
    filled.conversation_selected.connect(opened.append)
    model = filled.view.model()
    QAccessible.setActive(True)
    try:
        listed = QAccessible.queryAccessibleInterface(filled.view)
        for number in (2, 1, 2, 2):
            row = listed.child(model.row_of(number)).actionInterface()
            row.doAction(row.actionNames()[0])
            QApplication.processEvents()
            filled.select(number)
        assert opened == [2, 1, 2, 2]
        assert filled.view.selected_ids() == [2]
        # What the program, the keys and the pointer select is not opened by that.
        filled.select(1)
        qtbot.keyClick(filled.view, Qt.Key.Key_Down)
        qtbot.mouseClick(
            filled.view.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ControlModifier,
            point(filled, 3),
        )
        model.remove(2)
        model.set_conversations([made(1), made(3)])
        QApplication.processEvents()
        assert opened == [2, 1, 2, 2]
    finally:
        QAccessible.setActive(False)
