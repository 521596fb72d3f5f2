"""Folders, tags, archive and temporary conversations in the assembled window, with its storage."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from chatapp.domain.conversation import Draft
from chatapp.ui.filing_wishes import (
    DeleteFolder,
    MoveFolders,
    NewFolder,
    PutInto,
    RenameFolder,
    SetArchived,
    SetPinned,
    SetTag,
    Trash,
)
from chatapp.ui.widgets.badge import Badge
from tests.ui.conftest import OpenWindow
from tests.window import Window


def ask(window: Window, *questions: str) -> list[int]:
    """A conversation for each."""
    ids = []
    for question in questions:
        window.new()
        ids.append(window.ask(question).id)
    return ids


def do(window: Window, wish: object) -> None:
    """As a menu would, until the list shows it."""
    window.sidebar.wished.emit(wish)
    window.settle()
    window.settle()


def folder_named(window: Window, name: str) -> int:
    return next(folder.id for folder in window.list.folders if folder.name == name)


def new_folder(window: Window, name: str, wish: NewFolder | None = None) -> int:
    """Make one and name it in place."""
    do(window, wish or NewFolder())
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "New folder"
    editor.setText(name)
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: name in {folder.name for folder in window.list.folders})
    return folder_named(window, name)


# Folders


def test_folders_in_folders_and_back(window: Window) -> None:
    one, two, three = ask(window, "one", "two", "three")
    outer = new_folder(window, "Outer", NewFolder(None, (one, two)))
    inner = new_folder(window, "Inner", NewFolder(outer))
    assert window.list.opened >= {outer}
    do(window, PutInto((one,), inner))
    assert window.toast == "1 conversation moved"
    window.click(window.main.toast.button)
    window.settle()
    assert window.read(lambda: window.services.conversations.get(one)).folder_id == outer
    do(window, PutInto((one,), inner))
    do(window, MoveFolders((outer,), inner))  # not into itself
    do(window, RenameFolder(inner, "Innermost"))
    assert [(f.name, f.parent_id) for f in window.list.folders] == [
        ("Outer", None),
        ("Innermost", outer),
    ]
    do(window, DeleteFolder(outer))
    assert [(f.name, f.parent_id) for f in window.list.folders] == [("Innermost", None)]
    homes = {c.id: c.folder_id for c in window.stored()}
    assert homes == {one: inner, two: None, three: None}
    assert outer not in window.list.opened


def test_opened_folders_are_open_again_after_a_restart(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    (one,) = ask(window, "one")
    outer = new_folder(window, "Outer")
    inner = new_folder(window, "Inner", NewFolder(outer, (one,)))
    new_folder(window, "Closed")
    window.list.set_opened({outer, inner})
    window.close()
    window = open_window()
    window.start()
    assert window.list.opened == {outer, inner}
    assert window.listed == ["one"]


def test_folders_as_deep_as_anybody_may_nest_them(window: Window) -> None:
    (one,) = ask(window, "one")

    ids = range(1, 1201)
    window.read(
        lambda: window.services.database.execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 1200)
            INSERT INTO folders (id, name, parent_id, position)
            SELECT n, 'Folder ' || n, nullif(n - 1, 0), 0 FROM numbers
            """
        )
    )
    do(window, PutInto((one,), ids[-1]))
    window.wait(lambda: len(window.list.folders) == len(ids))
    assert window.list.rows[1].count == 1
    window.list.set_opened(set(ids))
    assert window.listed == ["one"]
    window.sidebar.view.scrollToBottom()
    window.sidebar.grab()
    menu = window.sidebar.menus.folders([one], window.sidebar)
    assert len([action for action in menu.actions() if action.text().startswith("Folder")]) == 1200


def test_a_folder_in_itself_hides_nothing(window: Window) -> None:
    (one,) = ask(window, "one")
    outer = new_folder(window, "Outer")
    inner = new_folder(window, "Inner", NewFolder(outer, (one,)))
    window.read(
        lambda: window.services.database.execute(
            "UPDATE folders SET parent_id = ? WHERE id = ?", (inner, outer)
        )
    )
    window.panel.reload()
    window.settle()
    window.list.set_opened({outer, inner})
    assert window.listed == ["one"]


# Many at once


def test_many_are_archived_pinned_tagged_and_deleted(window: Window) -> None:
    ids = ask(window, "one", "two", "three")
    do(window, SetPinned((ids[0], ids[2])))
    assert window.listed == ["three", "one", "two"]
    assert window.actions.pin.isChecked()  # the third is shown
    do(window, SetPinned((ids[0], ids[2]), pinned=False))
    assert not window.actions.pin.isChecked()
    do(window, SetTag((ids[0], ids[1]), "work"))
    window.sidebar.search_field.setText("#wo")
    window.wait(lambda: window.listed == ["two", "one"])
    window.sidebar.clear_search()
    do(window, SetArchived((ids[1], ids[2])))
    assert window.listed == ["one"]
    assert window.toast == "2 conversations archived"
    window.click(window.main.toast.button)
    window.wait(lambda: window.listed == ["three", "two", "one"])
    do(window, Trash(tuple(ids)))
    assert window.listed == []
    assert window.is_welcoming
    window.click(window.main.toast.button)
    window.wait(lambda: window.listed == ["three", "two", "one"])


def test_a_search_finds_what_is_archived_or_in_a_folder(window: Window) -> None:
    ids = ask(window, "about walnuts", "about almonds", "about pecans")
    new_folder(window, "Nuts", NewFolder(None, (ids[0],)))
    do(window, SetArchived((ids[1],)))
    window.search("about")
    window.wait(lambda: sorted(window.listed) == ["about almonds", "about pecans", "about walnuts"])
    window.search("almonds")
    window.wait(lambda: window.listed == ["about almonds"])
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.shown_id == ids[1])
    assert window.texts[0] == "about almonds"
    window.wait(window.actions.archive.isChecked)
    # And out of the archive again, from where it is shown.
    window.sidebar.clear_search()
    window.wait(lambda: window.listed == ["about pecans"])
    window.trigger(window.actions.archive)
    window.wait(lambda: sorted(window.listed) == ["about almonds", "about pecans"])
    assert not window.actions.archive.isChecked()


# Temporary ones


def begin_temporary(window: Window) -> int:
    window.trigger(window.actions.new_temporary)
    window.wait(lambda: window.shown_id is not None and window.pane.conversation.is_temporary)
    assert window.shown_id is not None
    return window.shown_id


def test_a_temporary_conversation_says_so(window: Window) -> None:
    begin_temporary(window)
    badge = window.main.top_bar.findChild(Badge)
    assert badge is not None
    assert badge.isVisible()
    assert window.is_welcoming
    window.ask("A secret?")
    assert window.texts == ["A secret?", "Hello there."]
    assert badge.isVisible()
    assert not window.actions.archive.isEnabled()
    assert window.stored() == []
    window.new()
    assert not badge.isVisible()
    assert window.listed == ["A secret?"], "it can be gone back to"


def test_what_was_typed_goes_along_and_leaves_the_disk(window: Window) -> None:
    window.composer.set_text("half a secret")
    window.composer.flush_draft()
    window.settle()
    assert window.draft(None) == Draft("half a secret")
    number = begin_temporary(window)
    assert window.composer.text() == "half a secret"
    window.composer.flush_draft()
    window.settle()
    assert window.draft(None) == Draft()
    assert window.draft(number) == Draft("half a secret")


def test_a_draft_that_was_not_seen_stays_where_it_is(window: Window) -> None:
    window.composer.set_text("for later")
    window.composer.flush_draft()
    window.settle()
    ask(window, "one")  # sends what it writes in the composer itself
    window.new()
    window.composer.set_text("for later")
    window.composer.flush_draft()
    window.open(window.stored()[0].id)
    begin_temporary(window)
    assert window.composer.text() == ""
    assert window.draft(None) == Draft("for later")


def test_branches_pins_and_the_trash_of_a_temporary_one(window: Window) -> None:
    number = begin_temporary(window)
    window.ask("A secret?")
    branches = window.desktop.around.branches
    branches.open()
    window.settle()
    assert len(window.read(lambda: window.services.conversations.outline(number))) == 2
    branches.close()
    do(window, SetPinned((number,)))
    assert window.actions.pin.isChecked()
    do(window, Trash((number,)))
    assert window.is_welcoming
    window.click(window.main.toast.button)
    window.wait(lambda: window.shown_id == number)
    assert window.stored() == window.stored(deleted=True) == []


def test_temporary_ones_end_with_chatapp(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    begin_temporary(window)
    window.ask("A secret?")
    window.close()
    window = open_window()
    window.start()
    assert window.listed == []
