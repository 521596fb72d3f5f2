"""The tuning table: what was measured, how far it is, how it ends."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, Qt
from pytestqt.qtbot import QtBot

from chatapp.domain.tuning import Tuning, TuningRow
from chatapp.ui.theme import Appearance
from chatapp.ui.tuning_dialog import TuningDialog
from tests.ui.models_page.library_samples import model

ROWS = (
    TuningRow(1, flash_attention=True, write_speed=56.6, deep_write_speed=19.1),
    TuningRow(1, flash_attention=False, write_speed=48.3, deep_write_speed=30.9),
    TuningRow(1, flash_attention=False, batch=128, read_speed=229.0),
)
TUNING = Tuning(1, flash_attention=False, batch=128, measured=ROWS, at=1_700_000_000.0)


@pytest.fixture
def dialog(appearance: Appearance, qtbot: QtBot) -> TuningDialog:
    QLocale.setDefault(QLocale("en_US"))
    dialog = TuningDialog(appearance, model("Qwen3 4B", "Q4_K_M", 2.5))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_nothing_was_measured(dialog: TuningDialog) -> None:
    assert dialog.state.text().startswith("Not measured yet")
    assert dialog.measure.text() == "Measure"
    assert dialog.table.rows == ()
    assert not dialog.progress.isVisible()


def test_the_table_has_the_speeds_and_the_best_is_marked(
    dialog: TuningDialog, qtbot: QtBot
) -> None:
    dialog.show_tuning(TUNING)
    qtbot.waitUntil(lambda: dialog.table.visibleRegion().boundingRect() == dialog.table.rect())
    assert dialog.table.cells(0)[:3] == ["Threads", "Flash attention", "Batch"]
    assert dialog.table.cells(1) == ["1", "On", "Automatic", "56.6", "19.1", "–", ""]
    assert dialog.table.cells(2) == ["1", "Off", "Automatic", "48.3", "30.9", "–", "Best"]
    assert dialog.table.cells(3) == ["1", "Off", "128", "–", "–", "229", "Best"]
    assert dialog.table.best == {1, 2}
    assert ", without flash attention" in dialog.state.text()
    assert dialog.measure.text() == "Measure again"


def test_it_grows_while_it_is_measured_and_can_be_stopped(
    dialog: TuningDialog, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(dialog.start_requested):
        qtbot.mouseClick(dialog.measure, Qt.MouseButton.LeftButton)
    assert dialog.progress.isVisible()
    dialog.show_progress(0.4, ROWS[:1])
    assert dialog.state.text() == "Measuring, 40%"
    assert len(dialog.table.rows) == 1
    dialog.show_progress(0.5, ROWS[:1], 32.0)
    assert dialog.state.text() == "Measuring, 50% · about 32 s left"
    with qtbot.waitSignal(dialog.stop_requested):
        qtbot.mouseClick(dialog.measure, Qt.MouseButton.LeftButton)
    dialog.show_tuning(TUNING)
    assert not dialog.progress.isVisible()


def test_what_went_wrong_is_said(dialog: TuningDialog, qtbot: QtBot) -> None:
    dialog.show_progress(0.1, ())
    dialog.show_failure("There is not enough memory.")
    assert dialog.state.text() == "There is not enough memory."
    assert dialog.measure.text() == "Try again"
    with qtbot.waitSignal(dialog.start_requested):
        qtbot.mouseClick(dialog.measure, Qt.MouseButton.LeftButton)
