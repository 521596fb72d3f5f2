"""What the window's actions do, and when they mean something."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QApplication, QFileDialog
from shiboken6 import Shiboken

from chatapp.domain.conversation import MessageStatus
from chatapp.ui.message_menu import Command, MessageMenu
from chatapp.ui.tray import Tray
from chatapp.ui.widgets.icon_button import ActionButton
from tests.fakes import WAIT
from tests.window import Window, words_of

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def enabled(window: Window) -> set[str]:
    return {action.id for action in window.actions.all() if action.isEnabled()}


def test_what_is_kept_was_not_made_by_qt(window: Window) -> None:
    """PySide may lose what Qt made while it is still there: the wild monkey lost a menu's title."""
    kept = [one for one in vars(window.actions).values() if isinstance(one, QObject)]
    tray = Tray(QIcon(), window.services.settings, window.main)
    kept += [one for one in vars(tray.menu).values() if isinstance(one, QAction)]
    assert len(kept) > 50
    assert [one for one in kept if not Shiboken.createdByPython(one)] == []
    tray.stop()


def test_what_would_do_nothing_is_disabled(window: Window) -> None:
    of_conversation = {
        "conversation.rename",
        "conversation.pin",
        "conversation.duplicate",
        "conversation.archive",
        "conversation.trash",
        "conversation.find",
        "view.branches",
        "answer.copy",
    }
    of_answer = {"answer.retry", "answer.edit", "answer.like"}
    assert not enabled(window) & (of_conversation | of_answer)
    assert not window.actions.stop.is_offered
    window.workers.script_answer("Half", WAIT, " and half")
    window.say("one")
    window.workers.wait_for_pause()
    window.wait(lambda: window.messages and window.last.text == "Half")
    assert of_conversation <= enabled(window)
    assert not enabled(window) & of_answer, "it is being written"
    assert window.actions.stop.is_offered
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    window.wait(lambda: of_answer <= enabled(window))
    assert not window.actions.stop.is_offered
    assert not enabled(window) & {"answer.previous-version", "answer.next-version"}
    window.key(Qt.Key.Key_2, CONTROL)
    assert not enabled(window) & (of_conversation - {"conversation.find"})
    window.key(Qt.Key.Key_1, CONTROL)
    assert of_conversation <= enabled(window)


def test_a_copy_is_made_and_shown(window: Window) -> None:
    first = window.ask("one")
    window.trigger(window.actions.duplicate)
    window.wait(lambda: window.shown_id not in {None, first.id} and len(window.texts) == 2)
    assert window.texts == ["one", "Hello there."]
    window.wait(lambda: sorted(window.listed) == ["one", "one (copy)"])


def test_archived_and_back(window: Window) -> None:
    window.ask("one")
    window.trigger(window.actions.archive)
    window.wait(lambda: window.listed == [])
    window.wait(window.actions.archive.isChecked)
    window.trigger(window.actions.show_archive)
    window.wait(lambda: window.listed == ["one"])
    assert window.sidebar.is_archive_open
    window.trigger(window.actions.archive)
    window.wait(lambda: window.listed == [])
    window.sidebar.close_trash()
    window.wait(lambda: window.listed == ["one"])
    assert not window.actions.archive.isChecked()


def test_what_is_typed_goes_along_into_a_temporary_conversation(window: Window) -> None:
    window.type("A secret")
    window.composer.flush_draft()
    window.settle()
    assert window.draft(None).text == "A secret"
    window.key(Qt.Key.Key_Apostrophe, CONTROL | SHIFT)
    window.wait(lambda: window.shown_id is not None)
    window.settle()
    assert window.composer.text() == "A secret"
    assert window.draft(None).text == "", "nothing of it stays on the disk"
    assert not window.actions.archive.isEnabled()


def test_what_is_typed_elsewhere_stays_there(window: Window) -> None:
    window.ask("one")
    window.type("for this one")
    window.key(Qt.Key.Key_Apostrophe, CONTROL | SHIFT)
    window.wait(lambda: window.pane.conversation and window.pane.conversation.is_temporary)
    window.settle()
    assert window.composer.text() == ""


def test_the_button_of_the_branches(window: Window) -> None:
    (button,) = window.main.top_bar.findChildren(ActionButton)
    assert not button.isEnabled()
    window.ask("one")
    assert button.isEnabled()
    assert "Ctrl+Shift+G" in button.toolTip()
    window.click(button)
    branches = window.desktop.around.branches
    assert branches.panel.isVisible()
    assert button.isChecked()
    window.click(button)
    assert not branches.panel.isVisible()
    assert not button.isChecked()
    window.main.resize(700, 600)
    assert not button.isVisible(), "it is in the menu there"


def test_an_answer_is_read_aloud_from_its_menu(window: Window) -> None:
    window.ask("one")
    actions, reader = window.pane.message_actions, window.desktop.around.read_aloud

    def words() -> list[str]:
        actions.open_menu(window.last.id, QPoint(10, 10))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, MessageMenu)
        found = [a.text() for a in menu.actions() if a.data() == Command.READ_ALOUD]
        menu.close()
        return found

    actions.read_aloud = None
    assert words() == [], "nothing here can speak"
    actions.read_aloud = reader
    assert words() == ["Read aloud"]
    reader.message_id = window.last.id
    assert words() == ["Stop reading"]
    actions.act(Command.READ_ALOUD, window.last.id)
    assert reader.message_id is None


def test_choices_follow_the_settings(window: Window) -> None:
    window.services.settings.change(theme="dark")
    assert [a.data() for a in window.actions.themes.actions() if a.isChecked()] == ["dark"]
    window.services.settings.change(theme="light")


def test_the_status_line_says_that_connections_are_off(window: Window) -> None:
    assert "No connections since start" in words_of(window.main.status_line)
    window.services.settings.change(offline=True)
    assert "Connections are turned off" in words_of(window.main.status_line)


def test_escape_leads_back_from_the_assistants(window: Window) -> None:
    window.main.models_page.show_tab(window.main.models_page.tab)
    window.trigger(window.actions.show_assistants)
    window.key(Qt.Key.Key_F, CONTROL)
    assert window.desktop.assistants.page.isVisible(), "there is nothing to search"
    window.key(Qt.Key.Key_Escape)
    assert window.pane.isVisible()


def test_the_models_folder_is_moved_from_the_settings(window: Window) -> None:
    pages = window.desktop.settings.pages
    pages.move_models_requested.emit()
    assert window.main.models_page.isVisible()
    (dialog,) = window.main.findChildren(QFileDialog)
    dialog.reject()


def test_settings_are_at_the_foot_of_the_sidebar(window: Window) -> None:
    window.sidebar.settings_requested.emit()
    settings = window.desktop.settings.pages.window
    assert settings.isVisible()
    settings.close()
