"""The models' page in the window: the way there and back, what is dropped, what is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from chatapp.domain.download import Order
from chatapp.domain.hub import RepoFile
from chatapp.ui.connection_settings import ConnectionDialog
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.widgets.button import Button
from tests.hub.small_files import write_gguf
from tests.ui.conftest import OpenWindow
from tests.window import Window

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(open_window: OpenWindow) -> Window:
    """Ready, and sure not to ask the Hub anything."""
    window = open_window()
    window.services.settings.change(offline=True)
    window.start()
    return window


def drop(window: Window, target: QWidget, *paths: Path) -> bool:
    """Drop files on a widget as the system does, up to who takes them. Whether somebody did."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    arguments = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    at: QWidget | None = target
    while at is not None:
        middle = at.rect().center()
        enter = QDragEnterEvent(middle, *arguments, Qt.KeyboardModifier.NoModifier)
        enter.ignore()
        if at.acceptDrops():
            QApplication.sendEvent(at, enter)
        if enter.isAccepted():
            event = QDropEvent(QPointF(middle), *arguments, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(at, event)
            return event.isAccepted()
        at = at.parentWidget()
    return False


def listed(window: Window) -> list[str]:
    """The models of the library."""
    return [entry.model.name for entry in window.main.models_page.library.tab.model.entries]


def show_models(window: Window) -> None:
    window.click(window.sidebar._models)
    window.wait(window.main.models_page.isVisible)


def test_the_sidebar_leads_to_the_models_and_a_conversation_back(window: Window) -> None:
    conversation = window.ask("Hello")
    show_models(window)
    assert window.sidebar._models.is_current
    assert not window.main.top_bar.isVisible()
    assert window.sidebar.view.current_id is None, "two places at once would be marked"
    assert not window.actions.rename.isEnabled()
    window.sidebar.conversation_selected.emit(conversation.id)
    window.wait(lambda: not window.main.models_page.isVisible())
    assert not window.sidebar._models.is_current
    assert window.actions.rename.isEnabled()
    window.wait(lambda: window.sidebar.view.current_id == conversation.id)


def test_escape_leads_back_to_the_message(window: Window) -> None:
    window.composer.set_text("Half a thought")
    show_models(window)
    window.trigger(window.actions.stop)
    window.wait(window.composer.isVisible)
    assert window.composer.text() == "Half a thought"
    assert QApplication.focusWidget() is window.composer.focusProxy()


def test_find_means_the_models_while_they_are_shown(window: Window) -> None:
    show_models(window)
    page = window.main.models_page
    page.show_tab(Tab.LIBRARY)
    window.trigger(window.actions.find)
    assert QApplication.focusWidget() is page.library.tab.search
    assert not window.pane.find_bar.isVisible()


def test_an_answer_goes_on_behind_the_models(window: Window) -> None:
    conversation = window.begin_story()
    show_models(window)
    window.workers.release()
    window.wait(lambda: not window.session.running_conversations())
    window.settle()
    assert window.stored_texts(conversation)[-1] == "The ship sails on."


@pytest.mark.parametrize("name", ["transcript", "composer", "page"])
def test_a_model_that_is_dropped_anywhere_is_in_the_library(
    window: Window, tmp_path: Path, name: str
) -> None:
    path = write_gguf(tmp_path / "elsewhere" / "Dropped-Q8_0.gguf", template="{{ messages }}")
    if name == "page":
        show_models(window)
    targets = {
        "transcript": window.pane,
        "composer": window.composer,
        "page": window.main.models_page.library.tab.list.viewport(),
    }
    assert drop(window, targets[name], path)
    window.wait(lambda: "Dropped" in listed(window))
    assert window.main.models_page.isVisible()
    assert window.main.models_page.tab is Tab.LIBRARY
    assert window.composer.attachments() == ()
    assert path.is_file()


def test_a_folder_that_is_dropped_on_the_models_is_searched(window: Window, tmp_path: Path) -> None:
    write_gguf(tmp_path / "more" / "One-Q8_0.gguf")
    show_models(window)
    assert drop(window, window.main.models_page, tmp_path / "more")
    window.wait(lambda: "One" in listed(window))
    assert window.services.library.added_folders == (str(tmp_path / "more"),)


def test_what_is_no_model_is_attached_in_a_chat_and_refused_by_the_models(
    window: Window, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Some notes.")
    assert drop(window, window.composer, notes)
    window.wait(lambda: len(window.composer.attachments()) == 1)
    show_models(window)
    assert drop(window, window.main.models_page, notes)
    tab = window.main.models_page.library.tab
    window.wait(lambda: "Close" in [b.text() for b in tab.findChildren(Button) if b.isVisible()])
    assert len(window.composer.attachments()) == 1


def test_a_model_of_the_library_is_chatted_with(window: Window) -> None:
    window.ask("Hello")
    show_models(window)
    page = window.main.models_page
    page.show_tab(Tab.LIBRARY)
    window.wait(lambda: "beta" in listed(window))
    beta = next(e.model for e in page.library.tab.model.entries if e.model.name == "beta")
    page.library.chat_requested.emit(beta)
    assert window.is_welcoming
    assert window.pane.model is not None
    assert window.pane.model.name == "beta"
    window.wait(lambda: window.workers.loads[-1].path == beta.path)


def test_what_happened_is_told_on_the_models_page_too(window: Window) -> None:
    conversation = window.ask("Hello")
    show_models(window)
    window.panel.move_to_trash(conversation.id)
    window.wait(lambda: window.toast)
    box = window.main.toast.geometry()
    status = window.main.status_line
    assert box.bottom() <= status.geometry().top() + 16
    window.main.toast.button.click()
    window.wait(lambda: window.listed == ["Hello"])


def test_very_narrow_the_models_have_a_way_to_the_sidebar(window: Window) -> None:
    window.main.resize(700, 600)
    window.actions.show_models.trigger()
    button = window.main.models_page.head.sidebar
    window.wait(button.isVisible)
    window.click(button)
    window.wait(window.sidebar.isVisible)
    window.key(Qt.Key.Key_Escape)
    window.wait(lambda: not window.sidebar.isVisible())
    assert window.main.models_page.isVisible()


def test_how_fast_an_answer_came_is_shown_with_its_model(window: Window) -> None:
    window.workers.script_answer(*["word "] * 40)
    window.ask("Hello")
    tab = window.main.models_page.library.tab
    show_models(window)
    window.wait(lambda: "alpha" in listed(window))
    row = listed(window).index("alpha")
    window.wait(lambda: tab.model.entries[row].model.write_speed > 0)
    words = tab.model.face_at(tab.model.index(row))
    assert words is not None
    assert words.speed.endswith("tokens/s")


def test_downloads_are_seen_from_anywhere(window: Window) -> None:
    note = window.sidebar.foot.downloads
    assert not note.isVisible()
    window.services.downloads.add(Order("org/Tiny-GGUF", (RepoFile("Tiny-Q4_K_M.gguf"),), "Tiny"))
    window.wait(lambda: note.text() == "Tiny · Offline")
    assert note.isVisible()
    window.ask("Hello")
    window.click(note)
    page = window.main.models_page
    window.wait(page.isVisible)
    assert page.tab is Tab.DOWNLOADS
    (row,) = page.downloads.tab.rows
    assert row.words == "Offline Connections are turned off. Turn them on in the settings."
    (link,) = [b for b in row.findChildren(Button) if b.isVisible()]
    assert link.text() == "Connection settings"
    window.click(link)
    (dialog,) = [d for d in page.window().findChildren(ConnectionDialog) if d.isVisible()]
    assert dialog.settings.offline.isChecked()
    dialog.accept()
    window.click(row.cancel)
    window.wait(lambda: not note.isVisible())
