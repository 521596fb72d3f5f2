"""Status line, welcome, and the dialogs for the unexpected."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from chatapp import __version__
from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.generation import GenerationParameters, Origin, Usage
from chatapp.domain.model import LoadedModel, ModelFile, TemplateOrigin
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import OutOfMemory
from chatapp.ui.error_dialog import ErrorDialog, QuitDialog
from chatapp.ui.status_line import StatusLine
from chatapp.ui.theme import Appearance
from chatapp.ui.welcome import Welcome
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

MODEL = ModelFile("/m/q.gguf", "Qwen3 4B", "Q4_K_M")
STARTER = ModelFile("/m/s.gguf", "SmolLM2 135M", is_starter=True)
LOADED = LoadedModel(8192, 8192, "qwen3", "", 4_000_000_000, TemplateOrigin.MODEL)
READY = EngineState(EngineStatus.READY, MODEL, loaded=LOADED)
ORIGIN = Origin(
    "Qwen3 4B", MODEL.path, GenerationParameters(), usage=Usage(900, 0, 412, 400.0, 17_564.0)
)


@pytest.fixture(autouse=True)
def _english_locale() -> None:
    QLocale.setDefault(QLocale("en_US"))


@pytest.fixture
def line(appearance: Appearance, qtbot: QtBot) -> StatusLine:
    line = StatusLine(appearance)
    qtbot.addWidget(line)
    line.resize(1000, 26)
    line.show()
    return line


def words(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(TextLabel) if label.isVisible()]


def test_what_is_not_known_is_not_there(line: StatusLine) -> None:
    assert [text for text in words(line) if text] == ["No model loaded"]


def test_the_figures_of_the_last_answer(line: StatusLine) -> None:
    line.set_engine_state(READY)
    line.set_last_answer(ORIGIN)
    line.set_context(1186)
    line.set_memory(3_900_000_000)
    line.set_network("No connections since start")
    assert words(line) == [
        "Ready",
        "23.4 tokens/s",
        "First token 0.4 s",
        "Context 1,186 of 8,192",
        "Memory 3.9 GB",
        "No connections since start",
    ]
    line.set_narrow(narrow=True, very_narrow=False)
    assert words(line) == ["Ready", "23.4 tokens/s", "Context 1,186 of 8,192"]
    line.set_narrow(narrow=True, very_narrow=True)
    assert words(line) == ["Ready"]
    line.set_narrow(narrow=False, very_narrow=False)
    assert len(words(line)) == 6
    line.set_last_answer(None)
    line.set_memory(None)
    assert words(line) == ["Ready", "Context 1,186 of 8,192", "No connections since start"]


@pytest.mark.parametrize(
    ("progress", "state"),
    [
        (AnswerProgress(AnswerPhase.WAITING), "Waiting for another answer"),
        (AnswerProgress(AnswerPhase.LOADING, 0.42), "Loading the model, 42%"),
        (AnswerProgress(AnswerPhase.READING, 0.43), "Reading the prompt, 43%"),
        (AnswerProgress(AnswerPhase.WRITING, tokens=5, tokens_per_second=9.96), "Writing"),
    ],
)
def test_the_work_is_said_in_words(line: StatusLine, progress: AnswerProgress, state: str) -> None:
    line.set_engine_state(READY)
    line.set_progress(progress)
    assert words(line)[0] == state
    assert line._mark.kind == "busy"
    assert ("10.0 tokens/s" in words(line)) == (progress.phase is AnswerPhase.WRITING)
    line.set_progress(None)
    assert words(line)[0] == "Ready"
    assert line._mark.kind == "ready"


@pytest.fixture
def welcome(appearance: Appearance, qtbot: QtBot) -> Welcome:
    welcome = Welcome(appearance)
    qtbot.addWidget(welcome)
    welcome.resize(900, 700)
    welcome.show()
    return welcome


@pytest.mark.parametrize(
    ("model", "state", "said"),
    [
        (None, EngineState(), "There is no model on this computer yet. Add one below."),
        (
            STARTER,
            EngineState(EngineStatus.READY, STARTER),
            "SmolLM2 135M is ready: a tiny model, good for trying things out.",
        ),
        (MODEL, READY, "Qwen3 4B is ready."),
        (MODEL, EngineState(EngineStatus.LOADING, MODEL, 0.42), "Qwen3 4B is being loaded, 42%."),
        (MODEL, EngineState(), "Qwen3 4B is loaded when you send a message."),
        (
            MODEL,
            EngineState(EngineStatus.FAILED, MODEL, error=OutOfMemory(MODEL.path, "")),
            "Qwen3 4B can't be used.",
        ),
    ],
)
def test_the_welcome_says_how_the_model_is(
    welcome: Welcome, model: ModelFile | None, state: EngineState, said: str
) -> None:
    welcome.set_model(model, state)
    assert welcome._state.text() == said


def test_a_starter_gives_a_text(welcome: Welcome, qtbot: QtBot) -> None:
    assert len(welcome._cards) == 4
    for press in (
        lambda card: qtbot.mouseClick(card, Qt.MouseButton.LeftButton),
        lambda card: qtbot.keyClick(card, Qt.Key.Key_Return),
    ):
        with qtbot.waitSignal(welcome.starter_chosen) as signal:
            press(welcome._cards[1])
        assert "Chinese" in signal.args[0]


def test_models_are_asked_for(welcome: Welcome, qtbot: QtBot) -> None:
    with qtbot.waitSignal(welcome.discover_requested):
        welcome._well.see_button.click()
    with qtbot.waitSignal(welcome.library_requested):
        welcome._well.have_button.click()


def test_a_small_window_has_one_column_and_scrolls(welcome: Welcome, qtbot: QtBot) -> None:
    first, second = welcome._cards[:2]
    assert first.y() == second.y()
    welcome.resize(400, 300)
    qtbot.waitUntil(lambda: first.x() == second.x())
    assert second.y() > first.y()
    assert welcome.verticalScrollBar().maximum() > 0
    assert welcome.horizontalScrollBar().maximum() == 0
    welcome.resize(270, 300)
    qtbot.waitUntil(lambda: welcome._well.have_button.y() > welcome._well.see_button.y())
    assert welcome.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("is_last_run", [False, True])
def test_the_error_dialog_has_all_that_helps(
    appearance: Appearance, qtbot: QtBot, *, is_last_run: bool
) -> None:
    dialog = ErrorDialog(
        appearance, "Traceback\nValueError: x", Path("logs"), is_last_run=is_last_run
    )
    dialog.open()
    text = dialog.details.text()
    assert __version__ in text
    assert "Qt 6" in text
    assert text.endswith("ValueError: x")
    assert ("last time" in dialog.windowTitle()) == is_last_run
    next(b for b in dialog.findChildren(Button) if b.text() == "Copy").click()
    assert QGuiApplication.clipboard().text() == text
    with qtbot.waitSignal(dialog.finished):
        next(b for b in dialog.findChildren(Button) if b.text() == "Close").click()


@pytest.mark.parametrize("quits", [False, True])
def test_quitting_is_asked(appearance: Appearance, *, quits: bool) -> None:
    dialog = QuitDialog(appearance)
    button = dialog.quit_button if quits else dialog.cancel_button
    QTimer.singleShot(0, button.click)
    assert dialog.ask() is quits
