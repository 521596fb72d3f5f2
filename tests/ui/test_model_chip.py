"""The chip says which model answers and how it is; the picker changes it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.domain.model import LoadedModel, LoadNote, LoadNoteKind, ModelFile, TemplateOrigin
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import OutOfMemory
from chatapp.ui.model_chip import ModelChip
from chatapp.ui.model_picker import ModelPicker
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.button import Button

QWEN = ModelFile("/m/qwen.gguf", "Qwen3 4B", "Q4_K_M", 2_500_000_000)
STARTER = ModelFile("/m/smol.gguf", "SmolLM2 135M", "Q4_1", 98_000_000, is_starter=True)
LOADED = LoadedModel(2048, 2048, "llama", "", 135_000_000, TemplateOrigin.MODEL)


@pytest.fixture
def chip(appearance: Appearance, qtbot: QtBot) -> ModelChip:
    chip = ModelChip(appearance)
    qtbot.addWidget(chip)
    chip.set_models([QWEN, STARTER], QWEN)
    chip.show()
    return chip


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (EngineState(EngineStatus.READY, QWEN, loaded=LOADED), "Qwen3 4B Q4_K_M is ready."),
        (EngineState(EngineStatus.LOADING, QWEN, 0.42), "is being loaded, 42%."),
        (
            EngineState(EngineStatus.FAILED, QWEN, error=OutOfMemory(QWEN.path, "")),
            "can't be used. There is not enough memory",
        ),
        (EngineState(EngineStatus.UNLOADED), "is loaded when the next message is sent."),
        (EngineState(EngineStatus.READY, STARTER), "is loaded when the next message is sent."),
    ],
)
def test_the_tooltip_says_the_state(chip: ModelChip, state: EngineState, words: str) -> None:
    chip.set_state(state)
    assert words in chip.toolTip()
    assert chip.accessibleName() == chip.toolTip()


def test_loading_shows_the_share_in_place_of_the_quantization(chip: ModelChip) -> None:
    assert chip._details() == "Q4_K_M"
    chip.set_state(EngineState(EngineStatus.LOADING, QWEN, 0.42))
    assert chip._details() == "42%"
    chip.set_details_visible(visible=False)
    assert chip._details() == "42%"
    chip.set_state(EngineState(EngineStatus.READY, QWEN))
    assert chip._details() == ""


def test_the_starter_is_called_so(chip: ModelChip) -> None:
    chip.set_models([STARTER], STARTER)
    assert chip._details() == "Starter"


def test_no_model_is_said(chip: ModelChip) -> None:
    chip.set_models([], None)
    assert chip._name() == "No model"
    assert "no model" in chip.toolTip()


def test_a_long_name_does_not_make_it_endless(chip: ModelChip) -> None:
    long = ModelFile("/m/l.gguf", "word " * 100, "Q8_0")
    chip.set_models([long], long)
    assert chip.sizeHint().width() < 420


def test_choosing_in_the_picker(chip: ModelChip, qtbot: QtBot) -> None:
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    picker = QApplication.activePopupWidget()
    assert isinstance(picker, ModelPicker)
    assert picker.model_names() == ["Qwen3 4B", "SmolLM2 135M"]
    qtbot.keyClick(picker._list, Qt.Key.Key_Down)
    with qtbot.waitSignal(chip.model_chosen) as signal:
        qtbot.keyClick(picker._list, Qt.Key.Key_Return)
    assert signal.args == [STARTER]
    assert QApplication.activePopupWidget() is None


def test_escape_closes_the_picker(chip: ModelChip, qtbot: QtBot) -> None:
    chip.open_picker()
    with qtbot.assertNotEmitted(chip.model_chosen):
        qtbot.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize("models", [[], [QWEN]])
def test_the_foot_of_the_picker_asks_for_more(
    chip: ModelChip, qtbot: QtBot, models: list[ModelFile]
) -> None:
    chip.set_models(models, None)
    for words, signal in (
        ("Get more models…", chip.more_requested),
        ("Add model from file…", chip.file_requested),
        ("Open models folder", chip.folder_requested),
    ):
        chip.open_picker()
        picker = QApplication.activePopupWidget()
        button = next(b for b in picker.findChildren(Button) if b.text() == words)
        with qtbot.waitSignal(signal):
            button.click()
        assert QApplication.activePopupWidget() is None


def test_a_load_is_cancelled_in_the_picker(chip: ModelChip, qtbot: QtBot) -> None:
    def ways() -> list[str]:
        chip.open_picker()
        picker = QApplication.activePopupWidget()
        return [button.text() for button in picker.findChildren(Button)]

    words = "Cancel loading"
    chip.set_models([QWEN], QWEN)
    assert words not in ways()
    QApplication.activePopupWidget().close()
    chip.set_state(EngineState(EngineStatus.LOADING, QWEN, 0.4))
    assert ways()[0] == words
    picker = QApplication.activePopupWidget()
    with qtbot.waitSignal(chip.cancel_requested):
        next(b for b in picker.findChildren(Button) if b.text() == words).click()


def test_a_model_in_part_on_the_processor_is_marked(chip: ModelChip) -> None:
    chip.set_models([QWEN], QWEN)
    notes = (LoadNote(LoadNoteKind.LAYERS_ON_GPU, 12, 33),)
    loaded = LoadedModel(4096, 4096, "qwen3", "", 0, TemplateOrigin.MODEL, notes=notes)
    chip.set_state(EngineState(EngineStatus.READY, QWEN, loaded=loaded))
    assert chip._dot_color() == chip._appearance.theme.warning
    assert "12 of 33 layers on the GPU: the rest did not fit." in chip.toolTip()


def test_the_picker_stays_on_the_screen(appearance: Appearance, qtbot: QtBot, chip) -> None:
    screen = QApplication.primaryScreen().availableGeometry()
    picker = ModelPicker(appearance, [QWEN] * 30, QWEN, chip)
    corner = screen.bottomRight() - QPoint(40, 30)
    picker.open_at(QRect(corner, corner + QPoint(30, 20)))
    assert screen.contains(picker.geometry())
    picker.close()
