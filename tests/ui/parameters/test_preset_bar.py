"""Presets: which is in force, and what can be done with them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from chatapp.chat.presets import Preset
from chatapp.domain.generation import NO_CHOICE, ParameterChoice
from chatapp.ui.parameters.preset_bar import PresetBar
from chatapp.ui.theme import Appearance

PRECISE = Preset("precise", "Precise", ParameterChoice(temperature=0.2), is_shipped=True)
MINE = Preset("mine", "Mine", ParameterChoice(top_p=0.5))
IN_PRECISE = PRECISE.applied_to(NO_CHOICE)


@pytest.fixture
def bar(appearance: Appearance, qtbot: QtBot) -> PresetBar:
    bar = PresetBar(appearance)
    qtbot.addWidget(bar)
    bar.set_presets((PRECISE, MINE))
    bar.set_choice(NO_CHOICE)
    bar.show()
    return bar


def words(bar: PresetBar) -> list[str]:
    return [bar.combo.itemText(place) for place in range(bar.combo.count())]


def test_nothing_chosen_is_automatic(bar: PresetBar) -> None:
    assert bar.combo.currentText() == "Automatic"
    assert words(bar) == ["Automatic", "Precise", "Mine"]
    assert not bar.save.isEnabled()


def test_a_preset_that_was_changed_is_edited(bar: PresetBar) -> None:
    bar.set_choice(IN_PRECISE)
    assert bar.combo.currentText() == "Precise"
    bar.set_choice(replace(IN_PRECISE, top_k=3))
    assert bar.combo.currentText() == "Precise, edited"
    assert words(bar)[1:] == ["Automatic", "Precise", "Mine"]
    bar.set_choice(replace(IN_PRECISE, top_k=3, preset=""))
    assert bar.combo.currentText() == "Your own"
    bar.set_choice(replace(IN_PRECISE, stop=("END",)))
    assert bar.combo.currentText() == "Precise"


def test_a_preset_that_is_gone(bar: PresetBar) -> None:
    bar.set_choice(ParameterChoice(top_p=0.1, preset="gone"))
    assert bar.combo.currentText() == "Your own"


def test_a_preset_is_chosen(bar: PresetBar, qtbot: QtBot) -> None:
    bar.set_choice(replace(IN_PRECISE, top_k=3, seed=4, keep_seed=True))
    with qtbot.waitSignal(bar.chosen) as told:
        bar.combo.chosen.emit("mine")
    assert told.args == [ParameterChoice(top_p=0.5, seed=4, keep_seed=True, preset="mine")]
    with qtbot.waitSignal(bar.chosen) as told:
        bar.combo.chosen.emit("")
    assert told.args == [ParameterChoice(seed=4, keep_seed=True)]


def test_a_choice_is_saved_under_a_name(bar: PresetBar, qtbot: QtBot) -> None:
    bar.set_choice(replace(IN_PRECISE, top_k=3))
    bar.save.click()
    assert bar.popup is not None
    assert not bar.popup.save.isEnabled()
    qtbot.keyClicks(bar.popup.field, "  Short   answers ")
    with qtbot.waitSignal(bar.save_requested) as told:
        qtbot.keyClick(bar.popup.field, Qt.Key.Key_Return)
    assert told.args == ["Short answers"]


def test_ones_own_preset_is_saved_again(bar: PresetBar) -> None:
    bar.set_choice(replace(MINE.applied_to(NO_CHOICE), top_k=3))
    bar.save.click()
    assert bar.popup is not None
    assert bar.popup.field.text() == "Mine"
    bar.popup.close()


def test_only_ones_own_is_renamed_and_deleted(bar: PresetBar, qtbot: QtBot) -> None:
    bar.set_choice(IN_PRECISE)
    assert not any(action.isEnabled() for action in bar.menu().actions())
    bar.set_choice(MINE.applied_to(NO_CHOICE))
    rename, delete = bar.menu().actions()
    with qtbot.waitSignal(bar.delete_requested) as told:
        delete.trigger()
    assert told.args == ["mine"]
    rename.trigger()
    assert bar.popup is not None
    bar.popup.field.setText("Ours")
    with qtbot.waitSignal(bar.rename_requested) as told:
        bar.popup.save.click()
    assert told.args == ["mine", "Ours"]
