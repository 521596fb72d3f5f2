"""The look, shared by all tests of the interface, and the whole window for those that want it."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.paths import Paths
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
