"""The look, shared by all tests of the interface, and the whole window for those that want it."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")  # nobody's secrets

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.bridge import MainThread
from chatapp.ui.composer import Composer
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.theme import Appearance, ThemeChoice
from tests.fakes import FakeWorkers
from tests.window import Window, add_model

OpenWindow = Callable[..., Window]


@pytest.fixture(autouse=True)
def _collect_garbage() -> Iterator[None]:
    """Widgets die on the main thread: later the collector would run in any other."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def _appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp, Paths.default().resources, ThemeChoice.LIGHT)


@pytest.fixture
def appearance(_appearance: Appearance) -> Iterator[Appearance]:
    yield _appearance
    _appearance.set_choice(ThemeChoice.LIGHT)
    _appearance.set_reduced_motion(reduced=False)


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication, paths: Paths) -> Iterator[OpenWindow]:
    """Makes windows on the same folders, one after the other; they are closed afterwards.

    They find the models "alpha", the first, and "beta", and the starter model.
    """
    add_model(paths, "alpha")
    add_model(paths, "beta")
    windows: list[Window] = []

    def open_one(workers: FakeWorkers | None = None) -> Window:
        windows.append(Window(qtbot, qapp, paths, workers))
        QLocale.setDefault(QLocale("en_US"))
        return windows[-1]

    yield open_one
    for window in windows:
        window.close()
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == []


@pytest.fixture
def window(open_window: OpenWindow) -> Window:
    """A window that is shown and whose model is ready."""
    window = open_window()
    window.start()
    return window


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[Jobs]:
    """Background work whose results come to the main thread."""
    main_thread = MainThread()
    jobs = Jobs(main_thread.post)
    yield jobs
    jobs.close()
    main_thread.close()


@pytest.fixture
def composer(appearance: Appearance, jobs: Jobs, paths: Paths, qtbot: QtBot) -> Iterator[Composer]:
    """A composer that has the keyboard."""
    QLocale.setDefault(QLocale("en_US"))
    composer = Composer(appearance, jobs, SettingsFile(paths.settings))
    qtbot.addWidget(composer)
    composer.resize(768, 120)
    composer.show()
    composer.activateWindow()
    qtbot.waitUntil(composer.isActiveWindow)
    composer.focus()
    yield composer
    # What Python made for the clipboard must not outlive the interpreter.
    QApplication.clipboard().clear()


@pytest.fixture
def field(composer: Composer) -> PromptInput:
    """Where it is written."""
    (field,) = composer.findChildren(PromptInput)
    return field
