"""What stands around the window, in the whole application: links, quick ask, branches, news."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from chatapp import __version__
from chatapp.domain.assistant import GENERAL
from chatapp.domain.conversation import MessageStatus
from chatapp.errors import DiskFull
from chatapp.paths import Paths
from chatapp.ui.links import Wish
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.quick_ask import QuickAsk
from chatapp.ui.whats_new import WhatsNew, changes, is_updated
from chatapp.ui.widgets.text_label import TextLabel
from tests.fakes import WAIT
from tests.ui.conftest import OpenWindow
from tests.window import Window, words_of

LINK = "chatapp://models/Qwen/Qwen3-0.6B-GGUF?file=Qwen3-0.6B-Q8_0.gguf"


def untouched(window: Window) -> None:
    """Nothing was downloaded, sent or loaded."""
    window.settle()
    assert window.services.downloads.items == ()
    assert window.messages == []
    assert window.stored() == []
    assert [Path(load.path).stem for load in window.workers.loads] == ["alpha"]


# From outside


def test_a_link_shows_a_model_and_does_nothing_else(window: Window) -> None:
    window.services.settings.change(offline=True)
    window.desktop.open(Wish((LINK,)))
    page = window.main.models_page
    assert page.isVisible()
    assert page.shows_model
    untouched(window)


def test_a_bad_link_is_told(window: Window) -> None:
    window.desktop.open(Wish(("chatapp://models/../..?download=1",)))
    assert window.toast == "What was to be opened is no model file and no link to a model."
    assert not window.main.models_page.isVisible()
    untouched(window)


def test_a_model_file_is_taken_into_the_library(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "Delta-Q4_K_M.gguf"
    file.write_bytes(b"GGUF")
    window.desktop.open(Wish((str(file),)))
    page = window.main.models_page
    assert page.isVisible()
    assert page.tab is Tab.LIBRARY
    window.wait(lambda: "Delta" in words_of(page.library.tab))
    untouched(window)
    assert window.services.network.connections == ()


def test_a_wish_that_comes_too_late(window: Window) -> None:
    window.close()
    window.desktop.open(Wish((LINK,)))


# Drops


def drop(window: Window, data: QMimeData, target: QWidget | None = None) -> bool:
    """Let something go over a widget, or the window, as the system does: up to who takes it."""
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    at: QWidget | None = target or window.main
    while at is not None:
        middle = at.rect().center()
        enter = QDragEnterEvent(middle, copy, data, left, none)
        enter.ignore()
        if at.acceptDrops():
            QApplication.sendEvent(at, enter)
        if enter.isAccepted():
            move = QDragMoveEvent(middle, copy, data, left, none)
            QApplication.sendEvent(at, move)
            event = QDropEvent(QPointF(middle), copy, data, left, none)
            QApplication.sendEvent(at, event)
            return move.isAccepted() and event.isAccepted()
        at = at.parentWidget()
    return False


def places(window: Window) -> list[QWidget]:
    """All over the window."""
    window.ask("Hello")
    return [
        window.sidebar.view.viewport(),
        window.composer.field.viewport(),
        window.main.top_bar,
        window.pane.transcript.viewport(),
        window.main.status_line,
    ]


def test_a_model_that_is_dropped_anywhere(window: Window, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "missing.gguf"))])
    for target in places(window):
        assert drop(window, data, target), target
        assert window.main.models_page.isVisible(), target
        assert window.main.models_page.tab is Tab.LIBRARY, target
        window.actions.show_chat.trigger()
        assert not window.main.models_page.isVisible()


def test_text_that_is_dropped_anywhere(window: Window) -> None:
    data = QMimeData()
    data.setText("Dropped.")
    for target in places(window):
        window.composer.set_text("")
        assert drop(window, data, target), target
        assert window.composer.text() == "Dropped.", target
    assert len(window.messages) == 2


def test_a_file_that_is_dropped_anywhere(window: Window, tmp_path: Path) -> None:
    for number, target in enumerate(places(window)):
        file = tmp_path / f"notes{number}.txt"
        file.write_text(f"Some notes: {number}")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        assert drop(window, data, target), target
        window.wait(lambda count=number + 1: len(window.composer.attachments()) == count)
        assert file.exists()
    assert len(window.messages) == 2


def test_text_that_is_dropped_is_written_but_not_sent(window: Window) -> None:
    window.composer.set_text("Before. ")
    window.composer.focus()
    window.key(Qt.Key.Key_End)
    data = QMimeData()
    data.setText("Dropped.")
    assert drop(window, data)
    assert window.composer.text() == "Before. Dropped."
    untouched(window)


def test_a_long_text_that_is_dropped_is_attached(window: Window) -> None:
    data = QMimeData()
    data.setText("word " * 1000)
    assert drop(window, data)
    window.wait(lambda: window.composer.attachments)
    untouched(window)


def test_nothing_of_use_is_dropped(window: Window) -> None:
    blank, image = QMimeData(), QMimeData()
    blank.setText("  \n")
    image.setData("image/png", b"\x89PNG")
    assert not drop(window, blank)
    assert not drop(window, image)


def test_an_address_that_is_dropped_is_text(window: Window) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.gguf")])
    data.setText("https://example.org/a.gguf")
    assert drop(window, data)
    assert window.composer.text() == "https://example.org/a.gguf"
    untouched(window)


# Quick ask


@pytest.fixture
def small(window: Window) -> QuickAsk:
    """The small window, open."""
    window.main.actions_of_window.quick_ask.trigger()
    small = window.desktop.around.quick_ask
    window.wait(small.isActiveWindow)
    return small


def test_a_quick_question_and_its_answer(window: Window, small: QuickAsk) -> None:
    assert QApplication.focusWidget() is small.field
    window.workers.script_answer("Red", ", **green**")
    window.type("Two colours?")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: not small.is_running)
    assert small.answer_text == "Red, **green**"
    window.wait(lambda: small.answer.accessibleDescription() == "Red, green")
    assert window.messages == [], "the large window shows what it showed"
    (conversation,) = window.stored()
    window.click(small.more)
    window.wait(lambda: window.shown_id == conversation.id)
    assert not small.isVisible()
    assert window.texts == ["Two colours?", "Red, **green**"]


def test_escape_stops_and_then_closes(window: Window, small: QuickAsk) -> None:
    window.workers.script_answer("The ship ", WAIT, "sails on.")
    window.type("A story")
    window.key(Qt.Key.Key_Return)
    window.workers.wait_for_pause()
    window.wait(lambda: small.answer_text == "The ship ")
    window.key(Qt.Key.Key_Escape)
    window.wait(lambda: not small.is_running)
    assert small.isVisible()
    window.key(Qt.Key.Key_Escape)
    assert not small.isVisible()
    (conversation,) = window.stored()
    assert window.branch(conversation.id)[-1].status is MessageStatus.STOPPED


def test_a_quick_question_is_asked_as_in_a_new_conversation(window: Window) -> None:
    """Not as in the one that the large window shows."""
    window.ask("Hello")
    assistants = window.services.assistants
    writer = next(one for one in assistants.list() if one.id != GENERAL)
    window.desktop.assistants.in_use.choose(writer)
    window.settle()
    window.actions.quick_ask.trigger()
    small = window.desktop.around.quick_ask
    window.wait(small.isActiveWindow)
    window.type("Two colours?")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: small.answer_text and not small.is_running)
    (quick,) = (one for one in window.stored() if one.title.startswith("Two"))
    general = assistants.find(GENERAL)
    assert general is not None
    assert (quick.assistant, quick.system_prompt) == (GENERAL, general.system_prompt)
    assert window.shown_id != quick.id


def test_tags_in_a_quick_answer_are_shown(window: Window, small: QuickAsk) -> None:
    window.workers.script_answer("Use <b> or <script>alert(1)</script> there.")
    window.type("How?")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: "<b> or <script>" in small.answer.accessibleDescription())


def test_both_windows_ask_in_the_same_moment(window: Window, small: QuickAsk) -> None:
    """Neither takes the other's conversation for its own, even for the same words."""
    small.field.setPlainText("Same")
    window.composer.set_text("Same")
    window.composer.send_requested.emit("Same", ())
    small.field.submitted.emit()
    window.wait(lambda: not small.is_running and small.answer_text)
    window.wait(lambda: window.messages and not window.composer.is_running)
    window.settle()
    first, second = sorted(one.id for one in window.stored())
    assert window.shown_id == first
    window.click(small.more)
    window.wait(lambda: window.shown_id == second)


def test_a_quick_question_that_could_not_be_asked(window: Window, small: QuickAsk) -> None:
    """It is told where it was asked, and nowhere else."""

    def fail(*_: object, **__: object) -> None:
        raise DiskFull("here")

    window.services.conversations.begin_exchange = fail  # type: ignore[method-assign]
    window.type("Hello?")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: not small.is_running)
    assert "disk is full" in small.state.text().casefold()
    assert small.field.toPlainText() == "Hello?"
    window.settle()
    assert window.notices == []
    assert window.composer.text() == ""


def test_without_a_model_the_question_goes_to_the_large_window(
    window: Window, small: QuickAsk
) -> None:
    window.composer.set_text("Half a thought")
    window.pane.set_model(None)
    window.type("Hello?")
    window.key(Qt.Key.Key_Return)
    assert not small.isVisible()
    assert window.composer.text() == "Hello?\n\nHalf a thought"


def test_a_second_quick_question_is_another_conversation(window: Window, small: QuickAsk) -> None:
    for text in ("one", "two"):
        small.field.setPlainText(text)
        window.key(Qt.Key.Key_Return)
        window.wait(lambda: not small.is_running and small.answer_text)
        window.settle()
    assert len(window.stored()) == 2


def test_the_small_window_from_a_second_instance(window: Window) -> None:
    window.desktop.open(Wish(quick_ask=True))
    window.wait(window.desktop.around.quick_ask.isActiveWindow)
    untouched(window)


def test_a_file_and_the_small_window_at_once(window: Window, tmp_path: Path) -> None:
    window.desktop.open(Wish((str(tmp_path / "missing.gguf"),), quick_ask=True))
    window.wait(window.desktop.around.quick_ask.isActiveWindow)
    assert window.main.models_page.tab is Tab.LIBRARY


def test_without_a_tray_the_window_closes_for_good(window: Window, qtbot: QtBot) -> None:
    window.services.settings.change(tray=True, close_to_tray=True)
    assert not window.desktop.around.tray.is_shown, "the platform has none"
    with qtbot.waitSignal(window.main.closed):
        window.main.close()


# Branches


def test_the_tree_of_branches_and_a_jump(window: Window) -> None:
    window.ask("one")
    first = window.last.id
    window.ask("two")
    window.workers.script_answer("Another answer.")
    window.session.retry(first, model=window.pane.model, parameters=None)  # type: ignore[arg-type]
    window.wait(lambda: window.texts == ["one", "Another answer."])
    window.wait_for_status(MessageStatus.COMPLETE)
    branches = window.desktop.around.branches
    window.actions.branches.trigger()
    tree, model = branches.panel.tree, branches.panel.model
    window.wait(lambda: model.rowCount() == 3)
    assert branches.panel.isVisible()
    assert QApplication.focusWidget() is tree
    spoken = tree.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Answer, version 2 of 2: Another answer."
    window.key(Qt.Key.Key_Up)
    window.key(Qt.Key.Key_Up)
    assert tree.currentIndex().data() == "two"
    spoken = tree.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "You: two (not shown)"
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.texts == ["one", "Hello there.", "two", "Hello there."])
    window.key(Qt.Key.Key_Escape)
    assert not branches.panel.isVisible()


def test_the_tree_follows_what_is_shown(window: Window) -> None:
    branches = window.desktop.around.branches
    first = window.ask("one")
    window.trigger(window.actions.branches)
    window.wait(lambda: branches.panel.model.rowCount() == 2)
    window.new()
    window.wait(lambda: branches.panel.model.rowCount() == 0)
    window.ask("two")
    window.wait(lambda: branches.panel.model.rowCount() == 2)
    window.ask("three")
    window.wait(lambda: branches.panel.model.rowCount() == 4)
    window.open(first.id)
    window.wait(lambda: branches.panel.model.rowCount() == 2)
    window.trigger(window.actions.branches)
    assert not branches.panel.isVisible()


def test_the_tree_claims_nothing_before_it_was_read(window: Window) -> None:
    window.ask("one")
    window.actions.branches.trigger()
    panel = window.desktop.around.branches.panel

    def says_nothing_was_said() -> bool:
        labels = panel.findChildren(TextLabel)
        return any(one.isVisible() and one.text() == "Nothing was said yet." for one in labels)

    assert not says_nothing_was_said()
    window.wait(lambda: panel.model.rowCount() == 2)
    assert not says_nothing_was_said()
    window.new()
    window.wait(says_nothing_was_said)


def test_the_tree_of_a_temporary_conversation(window: Window) -> None:
    window.trigger(window.actions.new_temporary)
    window.wait(lambda: window.shown_id is not None)
    window.workers.script_answer("# Plain *words*")
    window.ask("secret")
    window.trigger(window.actions.branches)
    model = window.desktop.around.branches.panel.model
    window.wait(lambda: model.rowCount() == 2)
    texts = [model.index(row, 0).data() for row in range(2)]
    assert texts == ["secret", "Plain words"]


def test_a_narrow_window_shows_what_was_chosen_in_the_tree(window: Window) -> None:
    window.ask("one")
    window.main.resize(700, 600)
    window.trigger(window.actions.branches)
    branches = window.desktop.around.branches
    window.wait(lambda: branches.panel.model.rowCount() == 2)
    assert not window.pane.isVisible()
    window.key(Qt.Key.Key_Return)
    assert window.pane.isVisible()
    assert not branches.panel.isVisible()


def test_the_model_of_the_tree(window: Window, qtmodeltester: object) -> None:
    window.ask("one")
    window.session.retry(window.last.id, model=window.pane.model)  # type: ignore[arg-type]
    window.wait(lambda: window.last.version == 2)
    window.wait_for_status(MessageStatus.COMPLETE)
    window.actions.branches.trigger()
    model = window.desktop.around.branches.panel.model
    window.wait(lambda: model.rowCount() == 3)
    qtmodeltester.check(model)  # type: ignore[attr-defined]


# What's new


def test_whats_new_is_shown_once_after_an_update(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    assert window.main.findChildren(WhatsNew) == [], "nothing is new to a newcomer"
    assert window.services.settings.current.seen_version == __version__
    window.services.settings.change(seen_version="0.0.1")
    window.close()
    window = open_window()
    window.desktop.show()
    window.wait(lambda: window.main.findChildren(WhatsNew))
    (page,) = window.main.findChildren(WhatsNew)
    window.wait(lambda: page.page.blocks)
    assert page.isVisible()
    page.close_button.click()
    assert not page.isVisible()
    window.close()
    window = open_window()
    window.start()
    assert window.main.findChildren(WhatsNew) == []
    window.actions.whats_new.trigger()
    (page,) = window.main.findChildren(WhatsNew)
    page.close()


def test_the_changes_begin_with_a_version(paths: Paths, tmp_path: Path) -> None:
    english = changes(paths.resources)
    assert re.match(r"## \d+\.\d+\.\d+ - ", english)
    chinese = changes(paths.resources, "CHANGELOG.zh-CN.md")
    assert chinese.count("\n- ") == english.count("\n- ")
    assert chinese.count("\n## ") == english.count("\n## ")
    assert changes(paths.resources, "CHANGELOG.missing.md") == english
    assert changes(tmp_path / "resources") == ""
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\nWords.\n\n## [2]\n\n- two\n\n## [1]\n")
    assert changes(tmp_path / "resources") == "## 2\n\n- two\n\n## 1\n"


def test_an_update_is_told_once(window: Window) -> None:
    settings = window.services.settings
    settings.change(seen_version="0.0.1")
    assert is_updated(settings)
    assert not is_updated(settings)
