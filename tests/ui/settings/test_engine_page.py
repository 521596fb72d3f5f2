"""Engines on the page “Engine”: which one runs and why, adding, choosing and removing them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from chatapp.domain.engine_pack import EngineInfo
from chatapp.errors import EnginePackFailed
from chatapp.settings import DEFAULTS
from chatapp.ui.settings.engine_page import EnginePage
from chatapp.ui.settings.engines import build_name
from chatapp.ui.widgets.dialog import Dialog
from chatapp.ui.widgets.settings_row import SettingsRow
from tests.models.wheels import ANYWHERE, VERSION, IndexDownload, LocalIndex, write_wheel
from tests.ui.settings.conftest import Opened

NAME = f"vulkan-{VERSION}"
WHEEL = f"llama_cpp_python-{VERSION}-{ANYWHERE}.whl"


@pytest.fixture
def page(opened: Opened) -> EnginePage:
    opened.pages.open("engine")
    found = opened.window.page("engine")
    assert isinstance(found, EnginePage)
    return found


@pytest.fixture
def index(page: EnginePage) -> Iterator[LocalIndex]:
    with LocalIndex() as found:
        assert isinstance(page._engines.download, IndexDownload)
        page._engines.download.address = found.address
        yield found


def row(page: EnginePage, name: str) -> SettingsRow | None:
    rows = page.findChildren(SettingsRow)
    return next((one for one in rows if one.name == name and one.isVisible()), None)


def test_it_says_which_one_runs_and_why(page: EnginePage) -> None:
    choice = page._engines.choice
    assert "the next time a model is loaded" in page.engine_row.words
    choice.note(EngineInfo("", "0.5.0 abc", "cpu"))
    page._show_state()
    assert "Runs now: llama.cpp 0.5.0 abc, processor only" in page.engine_row.words
    choice.choose(Path(NAME))
    choice.note(EngineInfo(NAME, "0.6.0", "vulkan"))
    page._show_state()
    assert "Runs now: llama.cpp 0.6.0, Vulkan" in page.engine_row.words
    choice.choose(None, EnginePackFailed(NAME, "no such library"))
    choice.note(EngineInfo())
    page._show_state()
    assert "The built-in one runs instead:" in page.engine_row.words
    assert "no such library" in page.engine_row.note


def test_from_a_file_into_use_and_away(
    page: EnginePage, opened: Opened, qtbot: QtBot, tmp_path: Path
) -> None:
    page.add_file(write_wheel(tmp_path / WHEEL))
    assert page.file.text() == "Cancel"
    assert not page.download.isEnabled()
    qtbot.waitUntil(lambda: page.file_row.note.startswith(f"{NAME} was added"))
    assert page.file.text() == "Add file…"
    assert page.download.isEnabled()
    qtbot.waitUntil(lambda: row(page, NAME) is not None)
    page.engine._on_picked(page.engine._values.index(NAME))
    assert opened.file.current.engine_pack == NAME
    page._ask_to_remove(page._packs[0])
    (dialog,) = opened.window.findChildren(Dialog)
    dialog.accept()
    qtbot.waitUntil(lambda: row(page, NAME) is None)
    assert opened.file.current == DEFAULTS
    assert page.engine._values == [""]
    assert not list(opened.parts.paths.engines.glob("vulkan*"))


def test_a_file_that_is_none(page: EnginePage, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "notes.whl"
    path.write_text("Buy milk.")
    page.add_file(path)
    qtbot.waitUntil(lambda: "can't be used as an engine (no wheel)" in page.file_row.note)
    assert page.file.text() == "Add file…"


def test_from_the_index(page: EnginePage, index: LocalIndex, qtbot: QtBot, tmp_path: Path) -> None:
    build = page.build.value
    index.add(build, WHEEL, write_wheel(tmp_path / WHEEL).read_bytes())
    page.download.click()
    qtbot.waitUntil(lambda: page.download_row.note.startswith(f"{build}-{VERSION} was added"))
    qtbot.waitUntil(lambda: row(page, f"{build}-{VERSION}") is not None)
    page.download.click()
    assert page.download.text() == "Cancel"
    page.download.click()
    qtbot.waitUntil(lambda: page.download.text() == "Download")


def test_what_the_index_does_not_have(page: EnginePage, index: LocalIndex, qtbot: QtBot) -> None:
    page.download.click()
    qtbot.waitUntil(lambda: "has no engine" in page.download_row.note)


def test_a_pack_that_can_not_be_used_says_why(
    page: EnginePage, opened: Opened, qtbot: QtBot
) -> None:
    (opened.parts.paths.engines / "cuda-1").mkdir(parents=True)
    opened.pages.open("general")
    opened.pages.open("engine")
    qtbot.waitUntil(lambda: row(page, "cuda-1") is not None)
    found = row(page, "cuda-1")
    assert found is not None
    assert "is damaged" in found.note


def test_what_was_chosen_and_is_gone_is_offered_still(page: EnginePage, opened: Opened) -> None:
    opened.file.change(engine_pack="cuda-2")
    assert page.engine.value == "cuda-2"


@pytest.mark.parametrize(
    ("build", "name"),
    [
        ("cu124", "CUDA 12.4"),
        ("cu118", "CUDA 11.8"),
        ("rocm72", "ROCm 7.2"),
        ("hip-radeon", "HIP (Radeon)"),
        ("vulkan", "Vulkan"),
        ("cuda", "CUDA"),
        ("cpu", "processor only"),
        ("other", "other"),
    ],
)
def test_builds_have_names(build: str, name: str) -> None:
    assert build_name(build) == name
