"""The assembled window: first start, models, look, size, keyboard, the end."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QListView,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from chatapp.domain.conversation import MessageStatus
from chatapp.domain.model import TemplateOrigin
from chatapp.engine.messages import SAFE_OPTIONS
from chatapp.engine.state import EngineStatus
from chatapp.errors import (
    ChatappError,
    DiskFull,
    ModelFileDamaged,
    NotGguf,
    OutOfMemory,
)
from chatapp.hub import library
from chatapp.paths import Paths
from chatapp.ui.error_dialog import QuitDialog
from chatapp.ui.model_picker import ModelPicker
from chatapp.ui.theme import ThemeChoice
from tests.fakes import DIE, LOADED, WAIT, Fails
from tests.ui.conftest import OpenWindow
from tests.window import Window, add_model, words_of

CONTROL = Qt.KeyboardModifier.ControlModifier


def popup() -> ModelPicker:
    found = QApplication.activePopupWidget()
    assert isinstance(found, ModelPicker)
    return found


def pick(window: Window, name: str) -> None:
    """A model from the list that is open."""
    picker = popup()
    row = picker.model_names().index(name)
    picker._on_item_chosen(picker._list.item(row))
    assert window.pane.model is not None
    assert window.pane.model.name == name
    come_back(window)


def come_back(window: Window) -> None:
    """The keyboard is in the window again, which a window manager would see to."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()
    window.activate()


def choose(window: Window, name: str) -> None:
    """Ctrl+L, and a model from the list."""
    window.key(Qt.Key.Key_L, CONTROL)
    pick(window, name)


def loaded(window: Window) -> list[str]:
    """The models that were loaded, by name, in order."""
    return [Path(load.path).stem for load in window.workers.loads]


# The first start


def test_the_first_message_just_works(open_window: OpenWindow) -> None:
    window = open_window()
    window.workers.script_load(WAIT)
    window.show()
    assert QApplication.focusWidget() is window.composer.focusProxy()
    assert window.is_welcoming
    assert len([w for w in QApplication.topLevelWidgets() if w.isVisible()]) == 1, "no wizard"
    window.type("Hello")
    window.key(Qt.Key.Key_Return)
    window.wait(lambda: window.workers.loads)
    window.workers.wait_for_pause()
    window.wait(window.pane.transcript.isVisible)
    assert not window.is_welcoming
    window.wait(lambda: "Loading the model, 50%" in words_of(window.main.status_line))
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["Hello", "Hello there."]
    window.wait(lambda: window.listed == ["Hello"])
    assert window.title == "Hello"
    assert window.main.windowTitle() == "Hello – Chatapp"
    assert window.notices == []
    assert len(window.workers.started) == 1


def test_a_message_before_it_is_known_which_models_there_are(open_window: OpenWindow) -> None:
    window = open_window()
    window.composer.send_requested.emit("Hello", ())  # nothing was looked for yet
    assert window.composer.is_running
    window.start()
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["Hello", "Hello there."]


def test_an_early_message_that_is_stopped_comes_back(open_window: OpenWindow) -> None:
    window = open_window()
    window.composer.send_requested.emit("Hello", ())
    window.composer.set_text("and more")
    assert window.composer.is_running
    window.pane.stop()
    assert window.composer.text() == "Hello\n\nand more"
    assert not window.composer.is_running
    window.start()
    assert window.messages == []


def test_everything_is_there_after_a_restart(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    window.ask("one")
    window.workers.script_answer("Half", WAIT, "more")
    window.say("two")
    window.workers.wait_for_pause()
    window.wait(lambda: window.last.text == "Half")
    window.close()
    again = open_window()
    again.start()
    again.wait(lambda: again.listed == ["one"])
    again.open(again.stored()[0].id)
    assert again.texts == ["one", "Hello there.", "two", "Half"]
    assert again.last.status is MessageStatus.STOPPED


def test_closing_in_the_moment_after_sending_loses_nothing(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    window.say("At the last moment")
    window.close()
    again = open_window()
    (conversation,) = again.stored()
    question, answer = again.branch(conversation.id)
    assert question.text == "At the last moment"
    assert answer.status in {MessageStatus.STOPPED, MessageStatus.COMPLETE}


def test_closing_at_once(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    window.desktop.show()
    window.close()
    window.close()
    qtbot.wait(1)  # what was due at once


# A model that can't be used


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotGguf("/m/notes.gguf"), "not a GGUF"),
        (ModelFileDamaged("/m/cut.gguf", "tensor data ends early"), "damaged"),
        (OutOfMemory("/m/large.gguf", "failed to allocate"), "memory"),
    ],
)
def test_a_model_that_can_not_be_loaded(
    open_window: OpenWindow, error: ChatappError, said: str
) -> None:
    window = open_window()
    window.workers.script_load(Fails(error))
    window.show()
    window.wait(lambda: window.notices)
    assert len(window.notices) == 1
    assert said in window.notices[0]
    assert window.main.chip.toolTip().startswith("alpha can't be used.")
    # It is said once, whatever happens to the window.
    window.new()
    window.main.resize(700, 600)
    window.settle()
    assert len(window.notices) == 1

    window.workers.script_load(WAIT)
    window.click(window.button("Try again"))
    window.workers.wait_for_pause()
    window.wait(lambda: window.notices == [])
    window.workers.release()
    window.wait_until_ready()
    assert window.notices == []
    assert loaded(window) == ["alpha", "alpha"]


def test_another_model_in_place_of_one_that_fails(open_window: OpenWindow) -> None:
    window = open_window()
    window.workers.script_load(Fails(NotGguf("/m/notes.gguf")))
    window.show()
    window.wait(lambda: window.notices)
    window.composer.set_text("unsent")
    window.click(window.button("Choose another model"))
    assert popup().model_names()[:2] == ["alpha", "beta"]
    pick(window, "beta")
    window.wait_until_ready()
    assert window.notices == []
    assert window.composer.text() == "unsent"
    assert loaded(window) == ["alpha", "beta"]
    assert window.services.settings.current.model_path.endswith("beta.gguf")


def test_a_model_that_fails_again_is_told_again(open_window: OpenWindow) -> None:
    window = open_window()
    for _ in range(2):
        window.workers.script_load(Fails(NotGguf("/m/notes.gguf")))
    window.show()
    window.wait(lambda: window.notices)
    window.click(window.button("Try again"))
    window.wait(lambda: len(window.workers.loads) == 2)
    window.wait(lambda: window.engine.state.status is EngineStatus.FAILED and window.notices)
    assert len(window.notices) == 1


def test_the_answer_that_needs_the_model_tells_why_there_is_none(open_window: OpenWindow) -> None:
    window = open_window()
    window.workers.script_load(WAIT, Fails(OutOfMemory("/m/alpha.gguf", "no")))
    window.show()
    window.say("Hello")
    window.wait(lambda: window.workers.loads)
    window.workers.wait_for_pause()
    window.wait(lambda: len(window.messages) == 2)
    window.workers.release()
    window.wait_for_status(MessageStatus.FAILED)
    window.settle()
    assert window.notices == []
    assert len(window.failures) == 1
    window.press("Try again")
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["Hello", "Hello there."]
    assert window.failures == []


def test_a_worker_that_keeps_dying(open_window: OpenWindow) -> None:
    window = open_window()
    window.workers.script_load(DIE)
    window.workers.script_load(DIE)
    window.show()
    window.wait(lambda: window.notices)
    assert len(window.notices) == 1
    assert "2 times" in window.notices[0]
    window.click(window.button("Try again"))
    window.wait_until_ready()
    assert window.notices == []


def test_a_worker_that_keeps_dying_gets_safe_settings(open_window: OpenWindow) -> None:
    window = open_window()
    window.workers.script_load(WAIT, DIE)
    window.workers.script_load(WAIT, DIE)
    window.show()
    window.say("Hello")
    window.wait(lambda: len(window.messages) == 2 and window.workers.loads)
    for _ in range(2):
        window.workers.wait_for_pause()
        window.workers.release()
    window.wait(lambda: window.notices)
    window.wait_for_status(MessageStatus.FAILED)
    window.click(window.button("Load with safe settings"))
    window.wait_until_ready()
    assert window.notices == []
    assert window.workers.loads[-1].options == SAFE_OPTIONS
    window.press("Try again")
    window.wait_for_status(MessageStatus.COMPLETE)
    assert len(window.workers.loads) == 3


def test_a_failure_in_the_background_is_not_told_to_another_conversation(window: Window) -> None:
    alpha = window.ask("one").id
    window.new()
    choose(window, "beta")
    window.wait_until_ready()
    beta = window.ask("two").id
    window.open(alpha)
    window.ask("three")  # loads alpha
    window.open(beta)
    window.workers.script_load(WAIT, Fails(OutOfMemory("/m/beta.gguf", "no")))
    window.say("four")
    window.workers.wait_for_pause()
    window.open(alpha)
    window.workers.release()
    window.wait(lambda: not window.session.running_conversations())
    window.settle()
    assert window.notices == window.failures == []
    window.open(beta)
    assert window.last.status is MessageStatus.FAILED
    assert len(window.notices) + len(window.failures) >= 1


def test_there_is_no_model_at_all(
    open_window: OpenWindow, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "find_starter_model", lambda _: None)
    window = open_window()
    for file in paths.models.glob("*.gguf"):
        file.unlink()
    window.show()
    window.wait(lambda: window.notices)
    assert "no model on this computer" in window.notices[0]
    assert window.main.chip.toolTip().startswith("There is no model")
    window.say("Hello")
    assert window.composer.text() == "Hello"
    assert popup().model_names() == []
    come_back(window)
    window.click(window.button("Try again"))
    window.wait(lambda: window.notices)
    assert len(window.notices) == 1
    # A file is put into the folder, and the person comes back to the window.
    add_model(paths, "gamma")
    window.click(window.button("Try again"))
    window.wait_until_ready()
    assert window.notices == []
    assert loaded(window) == ["gamma"]
    window.key(Qt.Key.Key_Return)
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["Hello", "Hello there."]


def test_an_early_message_without_any_model_comes_back(
    open_window: OpenWindow, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "find_starter_model", lambda _: None)
    window = open_window()
    for file in paths.models.glob("*.gguf"):
        file.unlink()
    window.composer.send_requested.emit("Hello", ())
    window.show()
    window.wait(lambda: window.notices)
    assert window.composer.text() == "Hello"
    come_back(window)


@pytest.mark.parametrize("origin", [TemplateOrigin.MISSING, TemplateOrigin.FAILED])
def test_a_template_that_is_not_the_models_own_is_told(
    open_window: OpenWindow, origin: TemplateOrigin
) -> None:
    window = open_window()
    window.workers.loaded = replace(
        LOADED, template_origin=origin, template_problem="line 3: unexpected end"
    )
    window.start()
    (notice,) = window.notices
    assert "Answers may be poor" in notice
    window.ask("Hello")
    assert window.notices == [], "whoever goes on has read it"


# Choosing a model


def test_another_model_during_an_answer_is_for_the_next_question(window: Window) -> None:
    window.workers.script_answer("The ship ", WAIT, "sails on.")
    window.say("A story")
    window.workers.wait_for_pause()
    window.wait(lambda: window.messages and window.last.text == "The ship ")
    choose(window, "beta")
    window.settle()
    assert loaded(window) == ["alpha"]
    window.workers.release()
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.last.text == "The ship sails on."
    assert window.last.origin is not None
    assert window.last.origin.model_name == "alpha"
    window.ask("And now?")
    assert loaded(window) == ["alpha", "beta"]
    assert window.last.origin is not None
    assert window.last.origin.model_name == "beta"


def test_another_model_in_the_moment_after_sending(window: Window) -> None:
    window.say("Hello")
    choose(window, "beta")
    window.wait_for_status(MessageStatus.COMPLETE)
    window.settle()
    assert window.pane.model is not None
    assert window.pane.model.name == "beta"
    assert window.last.origin is not None
    assert window.last.origin.model_name == "alpha"
    (conversation,) = window.stored()
    assert str(conversation.model_path).endswith("beta.gguf")


def test_a_conversation_remembers_its_model(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    first = window.ask("one").id
    window.new()
    choose(window, "beta")
    window.wait_until_ready()
    second = window.ask("two").id
    for conversation, name in ((first, "alpha"), (second, "beta"), (first, "alpha")):
        window.open(conversation)
        assert window.pane.model is not None
        assert window.pane.model.name == name
        assert window.main.chip.accessibleName().startswith(name)
    # New ones get the model that was chosen last.
    window.new()
    assert window.pane.model.name == "beta"
    window.close()
    again = open_window()
    again.start()
    assert again.pane.model is not None
    assert again.pane.model.name == "beta"
    again.open(first)
    again.wait(lambda: again.pane.model and again.pane.model.name == "alpha")
    again.ask("three")
    assert loaded(again) == ["beta", "alpha"]


def test_a_conversation_whose_model_is_gone(window: Window, paths: Paths) -> None:
    choose(window, "beta")
    window.wait_until_ready()
    conversation = window.ask("one")
    window.new()
    choose(window, "alpha")
    window.wait_until_ready()
    (paths.models / "beta.gguf").unlink()
    window.open(conversation.id)
    window.say("two")
    window.wait_for_status(MessageStatus.FAILED)
    (failure,) = window.failures
    assert "is not there" in failure
    assert "beta.gguf" in failure
    assert window.notices == []
    choose(window, "alpha")
    window.wait_until_ready()
    window.press("Try again")
    window.wait_for_status(MessageStatus.COMPLETE)
    assert window.texts == ["one", "Hello there.", "two", "Hello there."]
    assert str(window.stored()[0].model_path).endswith("alpha.gguf")
    assert window.failures == []


def test_a_model_from_any_file(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "Other place" / "Delta-Q4_K_M.gguf"
    file.parent.mkdir()
    file.write_bytes(b"GGUF")
    window.key(Qt.Key.Key_L, CONTROL)
    popup().file_requested.emit()
    come_back(window)
    (dialog,) = window.main.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    window.wait(lambda: loaded(window)[-1] == "Delta-Q4_K_M")
    window.wait_until_ready()
    assert window.pane.model is not None
    assert (window.pane.model.name, window.pane.model.quantization) == ("Delta", "Q4_K_M")
    window.wait(lambda: not window.main.findChildren(QFileDialog))
    # It can be chosen again later.
    choose(window, "alpha")
    window.key(Qt.Key.Key_L, CONTROL)
    assert "Delta" in popup().model_names()
    come_back(window)


def test_a_file_dialog_that_is_cancelled(window: Window) -> None:
    window.main.chip.file_requested.emit()
    (dialog,) = window.main.findChildren(QFileDialog)
    dialog.reject()
    window.wait(lambda: not window.main.findChildren(QFileDialog))
    assert window.pane.model is not None
    assert window.pane.model.name == "alpha"


def test_new_files_in_the_models_folder_are_found(window: Window, paths: Paths) -> None:
    add_model(paths, "gamma")
    other = QWidget()
    other.show()
    other.activateWindow()
    window.wait(other.isActiveWindow)
    other.close()
    window.activate()
    window.wait(lambda: "gamma" in [model.name for model in window.main.models._models])
    window.key(Qt.Key.Key_L, CONTROL)
    assert "gamma" in popup().model_names()
    come_back(window)
    assert loaded(window) == ["alpha"]


def test_a_choice_that_can_not_be_saved_holds_all_the_same(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_disk(monkeypatch)
    choose(window, "beta")
    window.wait_until_ready()
    assert "disk is full" in window.toast
    window.ask("Hello")
    assert window.last.origin is not None
    assert window.last.origin.model_name == "beta"


def fill_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings can't be saved any more."""

    def refuse(*_: object) -> None:
        raise DiskFull("here")

    monkeypatch.setattr("chatapp.settings.write_atomically", refuse)


# The look


def test_the_theme_changes_at_once_and_is_kept(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    themes = {ThemeChoice(str(a.data())): a for a in window.actions.themes.actions()}
    assert [choice for choice, action in themes.items() if action.isChecked()] == ["system"]
    window.ask("Hello")
    themes[ThemeChoice.DARK].trigger()
    assert window.desktop.appearance.theme.is_dark
    assert window.main.grab().toImage().pixelColor(5, 300).lightness() < 60
    assert [choice for choice, action in themes.items() if action.isChecked()] == ["dark"]
    window.close()
    again = open_window()
    again.start()
    assert again.desktop.appearance.theme.is_dark
    checked = [a.data() for a in again.actions.themes.actions() if a.isChecked()]
    assert checked == ["dark"]
    again.actions.themes.actions()[0].trigger()


def test_a_theme_that_can_not_be_saved(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_disk(monkeypatch)
    window.actions.themes.actions()[2].trigger()
    assert window.desktop.appearance.theme.is_dark
    assert "disk is full" in window.toast


def test_an_unknown_theme_is_that_of_the_system(open_window: OpenWindow) -> None:
    window = open_window()
    window.services.settings.change(theme="sepia")
    window.close()
    again = open_window()
    again.start()
    checked = [a.data() for a in again.actions.themes.actions() if a.isChecked()]
    assert checked == ["system"]


def test_damaged_settings_are_told(open_window: OpenWindow, paths: Paths) -> None:
    paths.settings.write_text("{not json")
    window = open_window()
    window.start()
    assert "settings.damaged.json" in window.toast
    assert paths.settings.with_suffix(".damaged.json").read_text() == "{not json"


# The size


def test_the_size_is_kept(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    window.main.setGeometry(QRect(30, 40, 710, 555))
    window.close()
    again = open_window()
    again.start()
    assert again.main.size().toTuple() == (710, 555)


def test_a_place_on_a_screen_that_is_gone(open_window: OpenWindow) -> None:
    window = open_window()
    window.show()
    window.main.setGeometry(QRect(5000, 4000, 700, 500))
    window.close()
    again = open_window()
    again.show()
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert screen.intersects(again.main.geometry())
    assert screen.contains(again.main.geometry().topLeft())


@pytest.mark.parametrize("saved", ["garbage", "é", base64.b64encode(b"garbage").decode(), "===="])
def test_a_damaged_geometry_does_no_harm(open_window: OpenWindow, paths: Paths, saved: str) -> None:
    open_window().close()
    stored = json.loads(paths.settings.read_text(encoding="utf-8"))
    paths.settings.write_text(json.dumps({**stored, "window_geometry": saved}), encoding="utf-8")
    again = open_window()
    again.show()
    assert again.main.width() >= 640


def test_the_smallest_window_has_room_for_everything(window: Window) -> None:
    window.ask("Hello")
    window.main.resize(100, 100)
    window.wait(lambda: window.main.size().toTuple() == (640, 480))
    for widget in (window.composer, window.main.chip, window.pane.transcript):
        area = QRect(widget.mapTo(window.main, QPoint(0, 0)), widget.size())
        assert window.main.rect().contains(area)
        assert area.height() > 20


def test_resizing_through_all_layouts(window: Window) -> None:
    window.workers.script_answer("# Heading\n\n" + "Words and words. " * 80)
    window.ask("Hello")
    for width in (*range(640, 1400, 90), *range(1400, 640, -70)):
        window.main.resize(width, 500 + width % 130)
        QApplication.sendPostedEvents()
        assert window.main.width() == width


# Keyboard and accessibility


def test_everything_that_takes_the_keyboard_has_a_name(window: Window) -> None:
    window.workers.script_answer(
        "Text\n\n```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    window.ask("Hello")
    window.panel.move_to_trash(window.ask("Again").id)
    window.wait(lambda: window.is_welcoming)
    window.workers.script_answer("Half", Fails(OutOfMemory("m", "no")))
    window.say("Fail")
    window.wait_for_status(MessageStatus.FAILED)
    unnamed = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in window.main.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and not getattr(widget, "text", str)()
        and not isinstance(widget, QMenu | QListView)  # of a combo, in whose place a menu opens
        and not (isinstance(widget, QAbstractButton) and widget.isHidden())  # until it has words
    ]
    assert unnamed == []


def test_tab_goes_through_all_of_the_window(window: Window) -> None:
    window.ask("Hello")
    window.composer.set_text("unsent")
    window.composer.focus()
    names = []
    for _ in range(40):
        focus = QApplication.focusWidget()
        assert focus is not None
        names.append(focus.accessibleName() or getattr(focus, "text", str)())
        window.key(Qt.Key.Key_Tab)
        if QApplication.focusWidget() is window.composer.focusProxy():
            break
    else:
        pytest.fail(f"Tab does not come back: {names}")
    assert names[:4] == ["Message", "Attach files", "Assistant: General", "Prompts"]
    assert names[4].endswith("tokens of the context are used.")
    assert names[5] == "Send"
    for expected in (
        "Search",
        "New conversation",
        "Models",
        "Assistants",
        "Conversations",
        "Settings",
        "Branches",
        "Parameters",
        "More",
    ):
        assert expected in names
    assert any(name.startswith("alpha") for name in names)


@pytest.mark.parametrize("where", ["composer", "list", "search", "chip"])
def test_shift_escape_leads_to_the_composer(window: Window, where: str) -> None:
    window.ask("Hello")
    {
        "composer": window.composer.focus,
        "list": window.sidebar.view.step_in,
        "search": window.sidebar.focus_search,
        "chip": window.main.chip.setFocus,
    }[where]()
    window.key(Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is window.composer.focusProxy()


def test_no_shortcut_is_used_twice(window: Window) -> None:
    keys = [key.toString() for action in window.main.actions() for key in action.shortcuts()]
    assert len(keys) == len(set(keys)) >= 10


# Quitting


def test_quitting_without_an_answer_asks_nothing(window: Window, qtbot: QtBot) -> None:
    window.ask("Hello")
    with qtbot.waitSignal(window.main.closed):
        window.key(Qt.Key.Key_Q, CONTROL)
    assert not window.main.isVisible()


def test_quitting_during_an_answer_asks(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window = open_window()
    window.start()
    window.workers.script_answer("Half", WAIT, " and half")
    window.say("Hello")
    window.workers.wait_for_pause()
    window.wait(lambda: window.messages and window.last.text == "Half")
    window.new()  # wherever the answer is being written
    answers = [False, True]
    monkeypatch.setattr(QuitDialog, "ask", lambda _: answers.pop(0))
    with qtbot.assertNotEmitted(window.main.closed):
        window.key(Qt.Key.Key_Q, CONTROL)
    assert window.main.isVisible()
    with qtbot.waitSignal(window.main.closed):
        window.key(Qt.Key.Key_Q, CONTROL)
    window.close()
    again = open_window()
    (conversation,) = again.stored()
    assert again.stored_texts(conversation.id) == ["Hello", "Half"]


def test_a_new_conversation_is_not_begun_in_the_trash(window: Window) -> None:
    window.ask("one")
    window.trigger(window.actions.trash)
    window.wait(lambda: window.is_welcoming)
    window.sidebar.open_trash()
    window.wait(lambda: window.sidebar.is_trash_open)
    window.new()
    assert not window.sidebar.is_trash_open
    window.ask("two")
    window.wait(lambda: window.listed == ["two"])
