"""The look, shared by all tests of the interface, and the whole window for those that want it."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")  # nobody's secrets

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.bridge import MainThread
from chatapp.ui.composer import Composer
from chatapp.ui.i18n import install_translations
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.theme import Appearance, ThemeChoice
from tests.fakes import FakeWorkers
from tests.window import Window, add_model

OpenWindow = Callable[..., Window]


@pytest.fixture(scope="session", autouse=True)
def _keep_what_is_loaded() -> None:
    """The modules of all tests: else the collector would look through them after each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _collect_garbage() -> Iterator[None]:
    """Widgets die on the main thread: later the collector would run in any other."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def _plurals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The English words with a number."""
    folder = tmp_path_factory.mktemp("plurals")
    source = Paths.default().resources / "i18n" / "chatapp_en.ts"
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    subprocess.run([tool, "-silent", source, "-qm", folder / "chatapp_en.qm"], check=True)
    return folder


@pytest.fixture(autouse=True)
def _english(qapp: QApplication, _plurals: Path) -> None:
    """As the application does before it shows anything."""
    if not qapp.findChildren(QTranslator):
        install_translations(qapp, _plurals, "en_US")


@pytest.fixture(scope="session")
def _appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp, Paths.default().resources, ThemeChoice.LIGHT)


@pytest.fixture
def appearance(_appearance: Appearance) -> Iterator[Appearance]:
    yield _appearance
    _appearance.set_choice(ThemeChoice.LIGHT)
    _appearance.set_accent("")
    _appearance.set_text()
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
