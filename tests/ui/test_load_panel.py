"""The load panel: what is chosen, what it would take, how the last load went."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from chatapp.domain.model import (
    Adapter,
    Device,
    LoadedModel,
    LoadNote,
    LoadNoteKind,
    MemoryNeed,
    TemplateOrigin,
)
from chatapp.domain.tuning import Tuning
from chatapp.engine.messages import Probed
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import OutOfMemory
from chatapp.hub.hardware import Machine
from chatapp.models.load_settings import AUTOMATIC, LoadChoice
from chatapp.ui.load_panel import LoadPanel
from chatapp.ui.load_words import facts_text, note_sentence, notes_text, result_text, where_words
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton
from tests.ui.models_page.library_samples import header, model

GB = 10**9
LAYERS = 36
HEADER = replace(
    header(4.02, 32_768),
    layers=LAYERS,
    embedding_length=2560,
    vocabulary=151_936,
    heads=(32,) * LAYERS,
    kv_heads=(8,) * LAYERS,
    key_length=128,
    value_length=128,
    sliding=(False,) * LAYERS,
    recurrent=(False,) * LAYERS,
    has_experts=(False,) * LAYERS,
    feed_forward=(9728,) * LAYERS,
)
QWEN = model("Qwen3 4B", "Q4_K_M", 2.5, header=HEADER)
SMALL = model("Qwen3 0.6B", "Q4_0", 0.4, header=replace(HEADER, layers=28))
MACHINE = Machine(16 * GB, 12 * GB, (), 7)
WITH_GPU = replace(MACHINE, devices=(Device("CUDA0", "RTX 4060", "gpu", 7 * GB, 8 * GB),))
LOADED = LoadedModel(
    8192,
    32_768,
    "qwen3",
    "",
    4_000_000_000,
    TemplateOrigin.MODEL,
    threads=7,
    gpu_layers=12,
    layers=37,
    notes=(LoadNote(LoadNoteKind.LAYERS_ON_GPU, 12, 37),),
)


@pytest.fixture
def panel(appearance: Appearance, qtbot: QtBot) -> LoadPanel:
    QLocale.setDefault(QLocale("en_US"))
    panel = LoadPanel(appearance)
    qtbot.addWidget(panel)
    panel.show_model(QWEN, AUTOMATIC, (SMALL,), context_length=8192)
    panel.set_machine(MACHINE, 0)
    panel.resize(panel.sizeHint())
    panel.show()
    return panel


def chosen(panel: LoadPanel) -> list[LoadChoice]:
    found: list[LoadChoice] = []
    panel.changed.connect(found.append)
    return found


def need(panel: LoadPanel) -> int:
    (bar,) = panel.memory.bars[:1]
    return bar.pool.need


def test_everything_is_automatic_at_first(panel: LoadPanel) -> None:
    assert panel.rows.context.value is None
    assert panel.rows.context.field.placeholderText() == "Auto 8,192"
    assert panel.rows.threads.field.placeholderText() == "Auto 7"
    assert not panel.rows.reset.isEnabled()
    assert panel.memory.sentence == "It runs on the processor."


def test_the_estimate_moves_at_every_step_of_a_drag(panel: LoadPanel, qtbot: QtBot) -> None:
    choices, before = chosen(panel), need(panel)
    slider = panel.rows.context.slider
    start, end = QPoint(slider.width() // 3, 5), QPoint(slider.width() - 2, 5)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(slider, QPoint(slider.width() // 2, 5))
    qtbot.mouseMove(slider, end)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)
    assert len(choices) >= 2
    assert choices[-1].context_length == 32_768
    assert panel.rows.context.field.text() == "32,768"
    assert need(panel) > before


def test_what_is_typed_is_brought_into_range(panel: LoadPanel, qtbot: QtBot) -> None:
    choices = chosen(panel)
    field = panel.rows.context.field
    qtbot.keyClicks(field, "999,999")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert choices[-1].context_length == 32_768
    assert field.text() == "32,768"
    field.clear()
    qtbot.keyClicks(field, "x")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert choices[-1].context_length is None


def test_what_is_being_typed_stays(panel: LoadPanel, qtbot: QtBot) -> None:
    choices, field = chosen(panel), panel.rows.context.field
    qtbot.keyClicks(field, "40")
    panel.set_machine(WITH_GPU, 0)
    panel.set_tuning(None)
    qtbot.keyClicks(field, "96")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert choices[-1].context_length == 4096
    assert field.text() == "4,096"


def test_the_keyboard_stays_at_the_button(panel: LoadPanel, qtbot: QtBot) -> None:
    panel.set_state(EngineState(), is_stale=False)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.load.setFocus()
    panel.set_state(EngineState(EngineStatus.LOADING, QWEN), is_stale=False)
    assert panel.cancel.hasFocus()
    panel.set_state(
        EngineState(EngineStatus.FAILED, QWEN, error=OutOfMemory("", "")), is_stale=False
    )
    assert panel.load.hasFocus()


def test_the_arrow_goes_back_to_automatic(panel: LoadPanel, qtbot: QtBot) -> None:
    panel.show_model(QWEN, LoadChoice(threads=2), context_length=8192)
    choices = chosen(panel)
    assert panel.rows.threads.reset.isVisible()
    qtbot.mouseClick(panel.rows.threads.reset, Qt.MouseButton.LeftButton)
    assert choices == [AUTOMATIC]
    assert not panel.rows.threads.reset.isVisible()


def test_fewer_bits_take_less_memory(panel: LoadPanel) -> None:
    choices, before = chosen(panel), need(panel)
    panel.rows.cache.chosen.emit("q8_0")
    assert choices[-1].cache_type == "q8_0"
    assert need(panel) < before
    panel.rows.cache.chosen.emit("")
    assert choices[-1] == AUTOMATIC


def test_words_of_the_combos_become_choices(panel: LoadPanel) -> None:
    choices = chosen(panel)
    panel.rows.flash.chosen.emit("off")
    assert choices[-1].flash_attention is False
    panel.rows.draft.chosen.emit(SMALL.path)
    assert choices[-1].draft_model == SMALL.path
    panel.rows.draft.chosen.emit("-")
    assert (choices[-1].draft_model, choices[-1].speculation) == ("", False)


def test_layers_are_there_only_with_a_gpu(panel: LoadPanel) -> None:
    assert not panel.rows.layers.isVisible()
    panel.set_machine(WITH_GPU, 0)
    assert panel.rows.layers.isVisible()
    assert panel.memory.sentence == "All layers run on the GPU."
    panel.rows.layers.changed.emit(12)
    assert panel.memory.sentence == "12 of 37 layers run on the GPU."
    panel.rows.layers.changed.emit(0)
    assert panel.memory.sentence == "It runs on the processor."


def test_more_layers_than_fit_are_not_promised(panel: LoadPanel) -> None:
    small = replace(WITH_GPU.devices[0], memory_free=3 * GB)
    panel.set_machine(replace(WITH_GPU, devices=(small,)), 0)
    panel.rows.layers.changed.emit(37)
    assert panel.memory.sentence.startswith("About ")
    assert panel.memory.sentence.endswith(" of 37 layers fit on the GPU.")


def test_what_was_measured_is_what_automatic_means(panel: LoadPanel) -> None:
    panel.set_tuning(Tuning(3, flash_attention=False, batch=64, measured=(), at=1.0))
    assert panel.rows.threads.field.placeholderText() == "Auto 3"
    assert panel.rows.batch.field.placeholderText() == "Auto 64"


def test_adapters_have_scales(panel: LoadPanel, qtbot: QtBot, tmp_path: Path) -> None:
    choices = chosen(panel)
    panel.rows.adapters.add_file(str(tmp_path / "poet.gguf"))
    panel.rows.adapters.add_file(str(tmp_path / "pirate.gguf"))
    (first, _) = panel.rows.adapters.fields
    first.selectAll()
    qtbot.keyClicks(first, "0.5")
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert choices[-1].adapters == (
        Adapter(str(tmp_path / "poet.gguf"), 0.5),
        Adapter(str(tmp_path / "pirate.gguf")),
    )
    assert "poet" in first.accessibleName()


def test_an_adapter_that_is_gone_is_told(panel: LoadPanel, tmp_path: Path) -> None:
    there, gone = tmp_path / "poet.gguf", tmp_path / "pirate.gguf"
    there.write_bytes(b"GGUF")
    panel.rows.adapters.set_adapters((Adapter(str(there)), Adapter(str(gone))))
    names = [label.text() for label in panel.rows.adapters.findChildren(ElidedLabel)]
    assert names == ["poet", "pirate: the file is gone"]


def test_an_adapter_is_taken_away(panel: LoadPanel, qtbot: QtBot, tmp_path: Path) -> None:
    choices = chosen(panel)
    for name in ("poet", "pirate"):
        panel.rows.adapters.add_file(str(tmp_path / f"{name}.gguf"))

    def removers() -> list[IconButton]:
        buttons = panel.rows.adapters.findChildren(IconButton)
        return [button for button in buttons if button.isVisible()]

    qtbot.waitUntil(lambda: len(removers()) == 2)
    assert removers()[0].accessibleName() == "Remove poet"
    qtbot.mouseClick(removers()[0], Qt.MouseButton.LeftButton)
    assert choices[-1].adapters == (Adapter(str(tmp_path / "pirate.gguf")),)


def test_two_gpus_share_the_layers(panel: LoadPanel) -> None:
    choices = chosen(panel)
    other = Device("CUDA1", "RTX 3060", "gpu", 3 * GB, 8 * GB)
    panel.set_machine(replace(WITH_GPU, devices=(*WITH_GPU.devices, other)), 0)
    split = panel.rows.split
    assert split.isVisible()
    assert [row.field.placeholderText() for row in split.rows] == ["Auto 70", "Auto 30"]
    split.rows[0].changed.emit(80)
    assert choices[-1].split == (80.0, 20.0)
    assert [row.value for row in split.rows] == [80, 20]
    split.rows[1].changed.emit(None)
    assert choices[-1].split == ()
    panel.set_machine(WITH_GPU, 0)
    assert not split.isVisible()


def test_the_advanced_ones_are_folded_away(panel: LoadPanel, qtbot: QtBot) -> None:
    choices, rows = chosen(panel), panel.rows
    assert not rows.base.isVisible()
    qtbot.keyClick(rows.fold, Qt.Key.Key_Return)
    qtbot.keyClicks(rows.base, "500,000")
    qtbot.keyClick(rows.base, Qt.Key.Key_Return)
    qtbot.keyClicks(rows.scale, "0.5")
    qtbot.keyClick(rows.scale, Qt.Key.Key_Return)
    rows.map.click()
    rows.lock.click()
    expected = LoadChoice(memory_map=False, memory_lock=True, rope_base=500_000.0, rope_scale=0.5)
    assert choices[-1] == expected
    panel.show_model(QWEN, expected, context_length=8192)
    assert (rows.base.text(), rows.scale.text()) == ("500,000", "0.5")
    assert not rows.map.isChecked()
    assert rows.lock.isChecked()
    qtbot.mouseClick(rows.reset, Qt.MouseButton.LeftButton)
    assert choices[-1] == AUTOMATIC
    assert rows.base.text() == ""


def test_fewer_bits_without_flash_attention_are_warned_of(panel: LoadPanel) -> None:
    panel.rows.cache.chosen.emit("q8_0")
    panel.rows.flash.chosen.emit("off")
    assert panel.rows.cache_note == "Fewer bits need flash attention."
    panel.rows.flash.chosen.emit("on")
    assert panel.rows.cache_note == ""


def test_what_llama_cpp_counts_takes_the_place_of_the_estimate(panel: LoadPanel) -> None:
    panel.show_model(QWEN, AUTOMATIC, context_length=0)
    assert panel.total.text().startswith("about ")
    panel.set_probed(Probed(1, MemoryNeed(2 * GB, GB, 0), 37, 0, 12_288))
    assert panel.total.text() == "3.00 GB"
    assert panel.rows.context.field.placeholderText() == "Auto 12,288"
    panel.rows.threads.changed.emit(2)
    assert panel.total.text().startswith("about ")
    assert panel.rows.context.field.placeholderText() == "Auto 12,288"


def test_a_model_whose_file_was_not_read(panel: LoadPanel) -> None:
    panel.show_model(replace(QWEN, header=None), AUTOMATIC, context_length=8192)
    assert panel.memory.sentence == "What it takes is known once its file was read."
    assert not any(bar.isVisible() for bar in panel.memory.bars)


def test_the_result_of_the_last_load(panel: LoadPanel) -> None:
    panel.set_state(EngineState(EngineStatus.READY, QWEN, loaded=LOADED), is_stale=False)
    assert panel.result.text() == "12 of 37 layers on the GPU: the rest did not fit."
    assert panel.facts.text() == "Context 8,192 · 7 threads"
    assert not panel.notes.isVisible()
    assert not panel.load.isEnabled()
    panel.set_state(EngineState(EngineStatus.READY, QWEN, loaded=LOADED), is_stale=True)
    assert panel.load.isEnabled()
    assert panel.load.text() == "Load again"
    panel.set_state(EngineState(EngineStatus.READY, SMALL, loaded=LOADED), is_stale=False)
    assert panel.result.text() == "It is not loaded."
    error = OutOfMemory(QWEN.path, "")
    panel.set_state(EngineState(EngineStatus.FAILED, QWEN, error=error), is_stale=False)
    assert "memory" in panel.result.text()
    assert panel.load.isEnabled()


def test_a_load_can_be_cancelled(panel: LoadPanel, qtbot: QtBot) -> None:
    panel.set_state(EngineState(EngineStatus.LOADING, QWEN, 0.42), is_stale=False)
    assert panel.progress.isVisible()
    assert panel.result.text() == "Loading the model, 42%"
    with qtbot.waitSignal(panel.cancel_requested):
        qtbot.mouseClick(panel.cancel, Qt.MouseButton.LeftButton)


def test_every_control_has_a_name(panel: LoadPanel) -> None:
    panel.set_machine(WITH_GPU, 0)
    panel.rows.adapters.add_file("/a/poet.gguf")
    focusable = [
        widget
        for widget in panel.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert focusable
    unnamed = [w for w in focusable if not (w.accessibleName() or getattr(w, "text", str)())]
    assert [type(w).__name__ for w in unnamed if not hasattr(w, "viewport")] == []


@pytest.mark.parametrize("kind", list(LoadNoteKind))
def test_every_note_is_a_sentence(kind: LoadNoteKind) -> None:
    sentence = note_sentence(LoadNote(kind, 12, 33))
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_where_it_runs_in_a_few_words() -> None:
    QLocale.setDefault(QLocale("en_US"))
    assert where_words(LOADED) == "12 of 37 layers on the GPU"
    assert where_words(replace(LOADED, gpu_layers=37)) == "On the GPU"
    assert where_words(replace(LOADED, gpu_layers=0, notes=())) == ""
    nothing = (LoadNote(LoadNoteKind.NO_GPU_MEMORY),)
    assert where_words(replace(LOADED, gpu_layers=0, notes=nothing)) == "On the processor only"
    assert notes_text(replace(LOADED, notes=())) == ""
    alone = replace(LOADED, gpu_layers=0, notes=(), threads=1)
    assert (result_text(alone), facts_text(alone)) == (
        "On the processor",
        "Context 8,192 · 1 thread",
    )
    assert facts_text(replace(LOADED, gpu_layers=37)) == "Context 8,192"
