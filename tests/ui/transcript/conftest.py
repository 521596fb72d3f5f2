"""A transcript to test with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from chatapp.jobs import Jobs
from chatapp.ui.bridge import MainThread
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.theme import Appearance
from chatapp.ui.transcript.drawings import Drawings
from chatapp.ui.transcript.images import Images
from chatapp.ui.transcript.view import TranscriptView
from tests.ui.transcript.driving import Mouse, describe


@pytest.fixture
def model() -> TranscriptModel:
    return TranscriptModel()


@pytest.fixture
def view(qtbot: QtBot, appearance: Appearance, model: TranscriptModel) -> Iterator[TranscriptView]:
    """A view 800 wide and 600 high that is shown and has the keyboard; without drawings."""
    QLocale.setDefault(QLocale("en_US"))
    appearance.set_reduced_motion(reduced=True)
    view = TranscriptView(model, appearance, describe)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    view.setFocus()
    yield view
    # What Python made for the clipboard must not outlive the interpreter.
    QGuiApplication.clipboard().clear()


@pytest.fixture
def drawn_view(
    qtbot: QtBot, appearance: Appearance, model: TranscriptModel, jobs: Jobs
) -> Iterator[TranscriptView]:
    """The same with the real drawing process and pictures."""
    QLocale.setDefault(QLocale("en_US"))
    appearance.set_reduced_motion(reduced=True)
    main_thread = MainThread()
    drawings = Drawings(main_thread.post)
    view = TranscriptView(model, appearance, describe, drawings, Images(jobs))
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    qtbot.waitExposed(view)
    yield view
    drawings.close()
    main_thread.close()


@pytest.fixture
def mouse(view: TranscriptView) -> Mouse:
    return Mouse(view)
