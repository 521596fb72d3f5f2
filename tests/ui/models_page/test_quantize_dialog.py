"""Making a model smaller in the window: the choice, the strip that tells, what becomes of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from pytestqt.qtbot import QtBot

from chatapp.domain.model import ModelFile
from chatapp.domain.quantization import QuantizePlan, QuantType
from chatapp.hub.fit import Verdict
from chatapp.paths import Paths
from chatapp.ui.models_page.library_panel import LibraryPanel
from chatapp.ui.models_page.quantize_panel import QuantizePanel
from chatapp.ui.quantize_dialog import OFFERED, QuantizeDialog, TypeRow
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.text_label import TextLabel
from tests.models.sources import write_f16, write_wide
from tests.ui.conftest import OpenWindow
from tests.ui.models_page.library_samples import model
from tests.window import Window

SOURCE = model("Qwen3 8B", "F16", 16.4)
BITS = (8.5, 6.56, 5.7, 4.9, 4.46, 4.0, 3.16)


def plans(source: ModelFile = SOURCE) -> list[QuantizePlan]:
    sizes = [round(8.19e9 * bits / 8) for bits in BITS]
    return [
        QuantizePlan(kind, size, source.size, 0, is_requantized=False, seconds=100 + number)
        for number, (kind, size) in enumerate(zip(OFFERED, sizes, strict=True))
    ]


def verdicts() -> dict[QuantType, Verdict]:
    fits = dict.fromkeys(OFFERED, Verdict.FITS)
    return fits | {QuantType.Q8_0: Verdict.TOO_LARGE, QuantType.Q6_K: Verdict.TIGHT}


def texts(dialog: QuantizeDialog) -> str:
    return "\n".join(
        label.text() for label in dialog.findChildren(TextLabel) if label.isVisibleTo(dialog)
    )


@pytest.fixture
def dialog(appearance: Appearance, qtbot: QtBot) -> QuantizeDialog:
    QLocale.setDefault(QLocale("en_US"))
    dialog = QuantizeDialog(appearance, SOURCE, is_quantized=False)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def row(dialog: QuantizeDialog, kind: QuantType) -> TypeRow:
    return dialog.rows[OFFERED.index(kind)]


def test_each_type_says_what_it_would_be(dialog: QuantizeDialog) -> None:
    assert "Now: F16 · 16.4 GB · 16-bit, original" in texts(dialog)
    assert row(dialog, QuantType.Q6_K).accessibleName() == "Q6_K, 6-bit, excellent quality"
    dialog.set_plans(plans(), verdicts(), QuantType.Q4_K_M)
    assert [one.accessibleName() for one in dialog.rows[:4]] == [
        "Q8_0, 8-bit, practically lossless, 8.70 GB, 2 min, Too large",
        "Q6_K, 6-bit, excellent quality, 6.72 GB, 2 min, Tight",
        "Q5_K_M, 5-bit, very good quality, 5.84 GB, 2 min, Fits",
        "Q4_K_M, 4-bit, good quality, 5.02 GB, 2 min, Fits, Recommended",
    ]


def test_the_recommended_type_is_chosen(dialog: QuantizeDialog, qtbot: QtBot) -> None:
    assert dialog.kind is None
    assert not dialog.make.isEnabled()
    dialog.set_plans(plans(), verdicts(), QuantType.Q4_K_M)
    assert dialog.kind is QuantType.Q4_K_M
    with qtbot.waitSignal(dialog.chosen) as chosen:
        qtbot.mouseClick(dialog.make, Qt.MouseButton.LeftButton)
    assert chosen.args == [QuantType.Q4_K_M]
    assert not dialog.isVisible()


def test_who_chooses_early_keeps_the_choice(dialog: QuantizeDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(row(dialog, QuantType.Q6_K), Qt.MouseButton.LeftButton)
    assert not dialog.make.isEnabled()
    dialog.set_plans(plans(), verdicts(), QuantType.Q4_K_M)
    assert dialog.kind is QuantType.Q6_K
    assert dialog.make.isEnabled()


def test_by_keyboard(dialog: QuantizeDialog, qtbot: QtBot) -> None:
    dialog.set_plans(plans(), verdicts(), QuantType.Q4_K_M)
    row(dialog, QuantType.Q4_K_M).setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(row(dialog, QuantType.Q4_K_M), Qt.Key.Key_Up)
    assert dialog.kind is QuantType.Q5_K_M
    assert row(dialog, QuantType.Q5_K_M).hasFocus()
    with qtbot.assertNotEmitted(dialog.chosen), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_what_would_not_be_smaller_can_not_be_chosen(appearance: Appearance, qtbot: QtBot) -> None:
    source = model("Qwen3 8B", "Q4_K_M", 5.0)
    dialog = QuantizeDialog(appearance, source, is_quantized=True)
    qtbot.addWidget(dialog)
    dialog.open()
    assert "This model was made smaller before" in texts(dialog)
    assert dialog.make.text() == "Make smaller anyway"
    dialog.set_plans(plans(source), verdicts(), QuantType.IQ4_XS)
    assert [one.kind for one in dialog.rows if one.isEnabled()] == list(OFFERED[4:])
    assert row(dialog, QuantType.Q8_0).toolTip() == "Not smaller than it is now"
    assert dialog.kind is QuantType.IQ4_XS


def test_what_only_the_weights_tell(dialog: QuantizeDialog) -> None:
    """Its name says F16."""
    found = [replace(plan, is_requantized=True) for plan in plans()]
    dialog.set_plans(found, verdicts(), QuantType.Q4_K_M)
    assert dialog.is_quantized
    assert "This model was made smaller before" in texts(dialog)
    assert dialog.make.text() == "Make smaller anyway"


def test_an_early_choice_that_is_no_good(appearance: Appearance, qtbot: QtBot) -> None:
    source = model("Qwen3 8B", "Q4_K_M", 5.0)
    dialog = QuantizeDialog(appearance, source, is_quantized=True)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.mouseClick(row(dialog, QuantType.Q8_0), Qt.MouseButton.LeftButton)
    dialog.set_plans(plans(source), verdicts(), QuantType.IQ4_XS)
    assert dialog.kind is QuantType.IQ4_XS


def test_nothing_would_be_smaller(appearance: Appearance, qtbot: QtBot) -> None:
    source = model("Qwen3 8B", "Q2_K", 1.0)
    dialog = QuantizeDialog(appearance, source, is_quantized=True)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.mouseClick(row(dialog, QuantType.Q8_0), Qt.MouseButton.LeftButton)
    dialog.set_plans(plans(source), verdicts(), None)
    assert "It is as small as it can be made here." in texts(dialog)
    assert not dialog.make.isEnabled()


def test_a_model_that_can_not_be_read(dialog: QuantizeDialog, qtbot: QtBot) -> None:
    dialog.show_failure("The file is damaged.")
    (banner,) = dialog.findChildren(Banner)
    qtbot.waitUntil(banner.isVisible)
    assert "The file is damaged." in texts(dialog)
    assert not dialog.make.isVisible()
    assert dialog.cancel.text() == "Close"


# In the window, with real processes


class Workshop:
    """The library of a window with a model that can be made smaller."""

    def __init__(self, window: Window, source: Path) -> None:
        self._window = window
        self.wait = window.wait
        page = window.main.models_page
        self.library: LibraryPanel = page.library
        self.panel: QuantizePanel = page.smaller
        self.source = source
        self.quantizer = window.services.quantizer
        self.library.search()
        self.wait(lambda: self._known(source))

    def _known(self, path: Path) -> ModelFile | None:
        found = [m for m in self.library.models if m.path == str(path) and m.header is not None]
        return found[0] if found else None

    def made_from(self, path: Path) -> str:
        """What the library says of a file."""
        found = [m.made_from for m in self.library.models if m.path == str(path)]
        return found[0] if found else ""

    def ask(self) -> QuantizeDialog:
        """What a person gets who wants the model smaller, when all figures are there."""
        found = self._known(self.source)
        self.library.quantize_requested.emit(found)
        dialog = self.panel.dialog
        assert dialog is not None
        return dialog

    def begin(self, kind: QuantType) -> None:
        dialog = self.ask()
        self.wait(lambda: dialog.kind is not None)
        row(dialog, kind).click()
        dialog.make.click()

    def failures(self) -> list[str]:
        banners = self.library.tab.findChildren(Banner)
        return [label.text() for one in banners for label in one.findChildren(TextLabel)[:1]]

    def wait_until_over(self) -> None:
        self.wait(lambda: not self.quantizer.jobs and not self.library.tab.smaller.isVisible())


@pytest.fixture
def workshop(open_window: OpenWindow, paths: Paths) -> Iterator[Workshop]:
    folder = paths.models / "org" / "repo"
    folder.mkdir(parents=True)
    f32 = write_wide(paths.data / "wide.gguf")
    source = write_f16(f32, folder / "Wide-F16.gguf")
    window = open_window()
    window.start()
    return Workshop(window, source)


def test_from_the_wish_to_the_result(workshop: Workshop) -> None:
    workshop.begin(QuantType.Q6_K)
    strip = workshop.library.tab.smaller
    assert strip.isVisibleTo(workshop.library.tab)
    assert "Q6_K" in strip.text
    made = workshop.source.with_name("Wide-Q6_K.gguf")
    workshop.wait(made.exists)
    workshop.wait(lambda: workshop.made_from(made) == str(workshop.source))
    workshop.wait_until_over()
    shown = workshop.library.tab.list
    entries = workshop.library.tab.model.entries
    assert entries[shown.currentIndex().row()].model.path == str(made)
    known = json.loads(Path(f"{made}.json").read_text(encoding="utf-8"))
    assert known["made_from"] == str(workshop.source)
    assert known["made_type"] == "Q6_K"
    digest = hashlib.sha256(workshop.source.read_bytes()).hexdigest()
    assert known["made_from_sha256"] == digest
    assert known["made_with"]
    assert known["made_at"] > 0


def test_cancelled_in_the_strip(workshop: Workshop) -> None:
    workshop.begin(QuantType.Q8_0)
    workshop.library.tab.smaller.cancel.click()
    workshop.wait_until_over()
    assert {path.suffix for path in workshop.source.parent.iterdir()} <= {".gguf", ".json"}
    assert not workshop.source.with_name("Wide-Q8_0.gguf").exists()
    assert workshop.failures() == []


def test_a_source_that_vanished(workshop: Workshop) -> None:
    dialog = workshop.ask()
    workshop.wait(lambda: dialog.kind is not None)
    workshop.source.unlink()
    dialog.make.click()
    workshop.wait(workshop.failures)
    assert workshop.failures() == ["Wide was not made smaller"]


def test_what_can_not_be_read_is_said_in_the_dialog(workshop: Workshop) -> None:
    content = workshop.source.read_bytes()
    workshop.source.write_bytes(content[: len(content) // 2])
    dialog = workshop.ask()
    workshop.wait(lambda: not dialog.make.isVisible())
    assert "damaged" in texts(dialog)
    dialog.cancel.click()
    workshop.wait(lambda: workshop.panel.dialog is None)


def test_the_window_is_closed_meanwhile(workshop: Workshop) -> None:
    """The fixtures see to it that no process, thread or part is left."""
    workshop.begin(QuantType.Q8_0)
    workshop._window.close()
    assert not list(workshop.source.parent.glob("*.part"))
