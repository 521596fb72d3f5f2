"""The whole window, and everything that opens in one: see `every_window`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtWidgets import QApplication, QWidget

from chatapp.app import Desktop
from chatapp.domain.conversation import MessageStatus
from chatapp.domain.hub import Reference
from chatapp.engine.state import EngineStatus
from chatapp.errors import NotGguf
from chatapp.settings import SettingsFile
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.settings.about_page import AboutPage
from chatapp.ui.shortcut_sheet import ShortcutSheet
from chatapp.ui.token_meter import TokenMeter
from tests.fakes import Fails, FakeWorkers, fake_model
from tests.ui.piece_scenes import ANSWER
from tests.ui.scene import Around, Scene, spoken

_COMPLETE = MessageStatus.COMPLETE
WIDE, NARROW = (1200, 800), (640, 720)


def open_desktop(around: Around, workers: FakeWorkers | None = None) -> Desktop:
    """The application in the language and size of text of `around`, with a model that is ready."""
    workers = workers or FakeWorkers()
    fake_model(around.paths.models, "alpha")
    SettingsFile(around.paths.settings).change(
        language=spoken(around.language), text_zoom=around.zoom, reduced_motion=True, offline=True
    )
    around.appearance.set_text()  # the window has its own, on the font of the application
    font = around.application.font()
    around.at_end(lambda: around.application.setFont(font))
    desktop = Desktop(around.application, around.paths, start_worker=workers)
    around.looks.append(desktop.appearance)
    around.at_end(desktop.close)
    change = desktop.services.settings.change
    around.speak_by(lambda language: change(language=language))
    desktop.show()
    engine = desktop.services.engine
    around.wait(lambda: engine.state.status in {EngineStatus.READY, EngineStatus.FAILED})
    around.wait(lambda: desktop.window.pane.model is not None)
    return desktop


def ask(around: Around, desktop: Desktop, question: str) -> None:
    """Send a question, and wait for the end of the answer."""
    pane = desktop.window.pane
    pane.composer.send_requested.emit(question, ())
    around.wait(lambda: [one.status for one in pane.transcript_model.messages][1:] == [_COMPLETE])
    around.wait(lambda: not pane.composer.is_running)


# Windows of their own


def welcome(around: Around) -> QWidget:
    return open_desktop(around).window


def chat(around: Around) -> QWidget:
    workers = FakeWorkers()
    workers.script_answer(ANSWER)
    desktop = open_desktop(around, workers)
    ask(around, desktop, "What do I have after ten years?")
    composer = desktop.window.pane.composer
    composer.set_text("Now the same with a yearly fee of 0.5%.")
    around.wait(lambda: composer.findChild(TokenMeter)._pending)
    return desktop.window


def failed(around: Around) -> QWidget:
    workers = FakeWorkers()
    workers.script_load(Fails(NotGguf("/home/ana/models/notes.gguf")))
    return open_desktop(around, workers).window


WINDOWS: tuple[Scene, ...] = (
    Scene("welcome", welcome, WIDE, has_look=True),
    Scene("chat", chat, WIDE, has_look=True),
    Scene("chat-narrow", chat, NARROW, has_look=True),
    Scene("model-failed", failed, (960, 700), has_look=True),
)


# Everything else that one window opens, one after the other


@dataclass(frozen=True, slots=True)
class Stage:
    """One application for many scenes: to make one takes long."""

    around: Around
    desktop: Desktop

    @property
    def window(self) -> QWidget:
        """The main window."""
        return self.desktop.window

    def set_zoom(self, zoom: int) -> None:
        """Change the size of the text as the settings do."""
        self.around.zoom = zoom
        self.desktop.services.settings.change(text_zoom=zoom)
        self.resize(WIDE)

    def resize(self, size: tuple[int, int]) -> None:
        """Give the window this size, which does not grow with the text."""
        self.window.resize(*size)
        self.around.settle()


def open_stage(around: Around) -> Stage:
    """An application with a conversation of two versions, of which one is shown."""
    workers = FakeWorkers()
    workers.script_answer(ANSWER)
    stage = Stage(around, open_desktop(around, workers))
    stage.resize(WIDE)
    ask(around, stage.desktop, "What do I have after ten years?")
    around.wait(lambda: stage.desktop.window.pane.transcript_model.rowCount() == 2)
    stage.desktop.window._status._look_at_memory()  # else it comes at any time
    around.wait(stage.desktop.window.status_line._memory.text)
    return stage


Opening = Callable[[Stage], Iterator[QWidget]]


@dataclass(frozen=True, slots=True)
class InWindow:
    """Something that a window opens, until the scene ends.

    Unless `is_compared` it says something else in another language: because it is passing, because
    a conversation keeps what it began with, or because it is made anew as another one is.
    """

    name: str
    opening: Opening
    is_compared: bool = True

    @contextmanager
    def open(self, stage: Stage) -> Iterator[QWidget]:
        """What is to be looked at."""
        opening = self.opening(stage)
        widget = next(opening)
        stage.around.settle()
        yield widget
        for _ in opening:
            raise AssertionError("a scene has one widget")
        stage.around.settle()


def conversation(stage: Stage) -> Iterator[QWidget]:
    yield stage.window


def drawer(stage: Stage) -> Iterator[QWidget]:
    """The conversations over the page of a narrow window."""
    stage.resize(NARROW)
    stage.around.settle()
    stage.desktop.window.top_bar.sidebar_requested.emit()
    yield stage.window
    stage.desktop.window.parts.layout.drawer.close_drawer()
    stage.resize(WIDE)


def find_bar(stage: Stage) -> Iterator[QWidget]:
    bar = stage.desktop.window.pane.find_bar
    bar.open()
    bar._field.setText("years")
    stage.around.wait(lambda: bar.count_text and bar.conversation_text.is_exact)
    yield stage.window
    bar._field.clear()
    bar.close_bar()


def toast(stage: Stage) -> Iterator[QWidget]:
    toast = stage.desktop.window.toast
    toast.show_text("The conversation was moved to the Trash.", "Undo", lambda: None)
    yield stage.window
    toast.dismiss()


def parameters(stage: Stage) -> Iterator[QWidget]:
    stage.desktop.parameters.open()
    yield stage.window
    stage.desktop.parameters.close()


def load_settings(stage: Stage) -> Iterator[QWidget]:
    stage.desktop.window.actions_of_window.load_settings.trigger()
    yield stage.window
    stage.desktop.window.loading.close()


def branches(stage: Stage) -> Iterator[QWidget]:
    stage.desktop.around.branches.open()
    stage.around.wait(stage.desktop.around.branches.panel.model.rowCount)  # read in the background
    yield stage.window
    stage.desktop.around.branches.close()


def _models(tab: Tab) -> Opening:
    def opening(stage: Stage) -> Iterator[QWidget]:
        pages = stage.desktop.window.parts.pages
        pages.show_tab(tab)
        page = stage.desktop.window.models_page
        if tab is Tab.LIBRARY:
            stage.around.wait(lambda: page.library.tab.count)
        elif tab is Tab.DISCOVER:
            grid, computer = page.discover.grid, page.discover._head._computer
            stage.around.wait(lambda: grid.shown and not any(f.is_waiting for f in grid._faces))
            stage.around.wait(computer.text)  # looked at in the background
        yield stage.window
        pages.show_chat()

    return opening


def model_page(stage: Stage) -> Iterator[QWidget]:
    """Of a model that nothing is known of, because connections are off."""
    window = stage.desktop.window
    window.open_model(Reference("bartowski/Qwen_Qwen3-4B-GGUF"))
    view = window.models_page.model_view
    stage.around.wait(lambda: view.problem is not None)
    yield window
    window.models_page.go_back()
    window.parts.pages.show_chat()


def assistants(stage: Stage) -> Iterator[QWidget]:
    stage.desktop.assistants.show_page(of_assistants=True)
    tab = stage.desktop.assistants.page.assistants
    stage.around.wait(lambda: tab.list.count() > 0)
    yield stage.window
    stage.desktop.window.parts.pages.show_chat()


def commands(stage: Stage) -> Iterator[QWidget]:
    palettes = stage.desktop.window.palettes
    palettes.open_commands()
    yield stage.window
    palettes.commands.dismiss()


def search(stage: Stage) -> Iterator[QWidget]:
    palettes = stage.desktop.window.palettes
    palettes.open_search()
    palettes.search.field.setText("years")
    yield stage.window
    palettes.search.dismiss()


def shortcuts(stage: Stage) -> Iterator[QWidget]:
    window = stage.desktop.window
    window.palettes.open_shortcuts()
    (sheet,) = window.findChildren(ShortcutSheet)
    yield sheet
    sheet.close()
    QApplication.sendPostedEvents(sheet)


def quick_ask(stage: Stage) -> Iterator[QWidget]:
    stage.desktop.around.ask_quickly()
    small = stage.desktop.around.quick_ask
    yield small
    small.close()


def _settings(page: str) -> Opening:
    def opening(stage: Stage) -> Iterator[QWidget]:
        stage.desktop.settings.open(page)
        window = stage.desktop.settings.pages.window
        for about in window.findChildren(AboutPage):
            if about.isVisible():  # its rows come bit by bit
                stage.around.wait(lambda about=about: not about._licences.isHidden())
        yield window
        window.close()

    return opening


SETTINGS_PAGES = (
    *("general", "models", "engine", "generation", "hub", "appearance"),
    *("keyboard", "privacy", "storage", "advanced", "about"),
)

IN_WINDOW: tuple[InWindow, ...] = (
    InWindow("conversation", conversation),
    InWindow("drawer", drawer),
    InWindow("find-bar", find_bar),
    InWindow("toast", toast, is_compared=False),
    InWindow("parameters-panel", parameters, is_compared=False),
    InWindow("load-settings", load_settings),
    InWindow("branch-panel", branches),
    InWindow("discover", _models(Tab.DISCOVER)),
    InWindow("library-page", _models(Tab.LIBRARY)),
    InWindow("downloads-page", _models(Tab.DOWNLOADS)),
    InWindow("model-page", model_page),
    InWindow("assistants-page", assistants),
    InWindow("commands", commands, is_compared=False),
    InWindow("search", search, is_compared=False),
    InWindow("shortcuts", shortcuts),
    InWindow("quick-ask", quick_ask),
    *(
        InWindow(f"settings-{page}", _settings(page), is_compared=page == "privacy")
        for page in SETTINGS_PAGES
    ),
)
