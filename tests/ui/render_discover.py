"""Renders Discover, a model's page and the connection's settings in their main states.

python -m tests.ui.render_discover OUT [THEME …] [--language zh_CN] [--only STATE …]
    [--width PIXELS …]

The models come from a local Hub that has what the catalogue names, in about their real sizes. A
language other than English is that of the compiled translations: see packaging/translations.py.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from chatapp.app import create_application
from chatapp.domain.download import DownloadItem, DownloadState, Order
from chatapp.domain.hub import Reference, RepoFile
from chatapp.domain.model import ModelFile
from chatapp.hub.catalog import CatalogEntry, for_language, read_catalog
from chatapp.hub.token import TokenStore
from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.bridge import MainThread
from chatapp.ui.connection_settings import ConnectionDialog, ConnectionSettings
from chatapp.ui.i18n import install_translations
from chatapp.ui.models_page.discover_tab import DiscoverTab
from chatapp.ui.models_page.model_view import ModelView
from chatapp.ui.theme import Appearance, ThemeChoice
from tests.hub.discovering import MACHINE, MACHINE_WITH_GPU, Finding
from tests.local_hub import Fault

SIDEBAR = 264
BAR = 48
GATED = "ggml-org/gemma-3-4b-it-GGUF"
HERE = "unsloth/Qwen3-4B-Instruct-2507-GGUF"
COMING = "Qwen/Qwen3-8B-GGUF"
CARD = """# Qwen3 4B Instruct

An updated version of the **non-thinking mode** of Qwen3 4B, with clear gains in following
instructions, reasoning, mathematics, coding and the use of tools, better coverage of rare knowledge
in many languages, and a longer context.

<p align="center"><img src="https://example.org/banner.png" width="400"/></p>

## Sizes

| Type | Bits | Size | For |
|---|---:|---:|---|
| Q4_K_M | 4.8 | 2.50 GB | most computers |
| Q8_0 | 8.5 | 4.28 GB | those with memory to spare |

- Works with <a href="https://github.com/ggml-org/llama.cpp">llama.cpp</a> from build 5401 on.
- Temperature `0.7`, top-p `0.8`.

```bash
llama-cli -hf unsloth/Qwen3-4B-Instruct-2507-GGUF:Q4_K_M --jinja
```
"""


class Stage:
    """A window with the page in it, at the right of where the sidebar would be."""

    def __init__(
        self, application: QApplication, theme: str, language: str, width: int, *, gpu: bool = False
    ) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.paths = Paths.under(Path(self.folder.name))
        self.paths.create()
        resources = Paths.default().resources
        install_translations(application, resources / "i18n", language)
        self.appearance = Appearance(
            application, resources, ThemeChoice(theme), reduced_motion=True
        )
        self.main_thread = MainThread()
        self.jobs = Jobs(self.main_thread.post)
        entries = for_language(read_catalog(resources), language)
        machine = MACHINE_WITH_GPU if gpu else MACHINE
        self.finding = Finding(self.jobs, entries, machine=machine)
        for entry in entries:
            self.add(entry)
        self.discovery = self.finding.discovery
        self.width = width
        self.window = _Window(self.appearance)
        self.row = QHBoxLayout(self.window)
        self.row.setSpacing(0)
        aside = (SIDEBAR if width >= 1200 else 232) if width >= 900 else 0
        self.row.setContentsMargins(aside, BAR, 0, 0)
        self.shown: QWidget | None = None

    def add(self, entry: CatalogEntry) -> None:
        layers = 28 if entry.parameters < 3e9 else 36 if entry.parameters < 9e9 else 48
        shape = {"layers": layers, "width": 2560, "context": 40_960}
        facts: dict[str, object] = {
            "downloads": 184_203,
            "likes": 512,
            "card": CARD,
            "card_data": {"license": "apache-2.0"},
            "gated": "manual" if entry.repo == GATED else False,
            "shape": shape,
        }
        if entry.quantization not in {"Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16"}:
            facts["precisions"] = ("Q4_K_M",)
        self.finding.add(entry.repo, entry.parameters / 1e9, **facts)

    def show(self, widget: QWidget, height: int = 900) -> None:
        self.shown = widget
        self.row.addWidget(widget)
        self.window.resize(self.width, height)
        self.window.show()
        self.window.activateWindow()

    def discover(self) -> DiscoverTab:
        tab = DiscoverTab(self.appearance, self.discovery, lambda: "https://huggingface.co")
        self.show(tab)
        return tab

    def model(self, repo: str = HERE, quantization: str = "") -> ModelView:
        view = ModelView(self.appearance, self.discovery, lambda: "https://huggingface.co")
        self.show(view)
        view.show_model(Reference(repo, quantization))
        return view

    def wait(self, condition: Callable[[], object]) -> None:
        timer = QElapsedTimer()
        timer.start()
        while not condition() and timer.elapsed() < 10_000:
            self.settle(20)

    def settle(self, ms: int = 150) -> None:
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def save(self, out: Path, name: str) -> None:
        self.settle(400)
        is_dialog = self.shown is not None and self.shown.isWindow()
        grabbed = self.shown if is_dialog and self.shown is not None else self.window
        grabbed.grab().save(str(out / f"{name}.png"))

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self.finding.close()
        self.jobs.close()
        self.main_thread.close()
        self.settle(10)
        self.folder.cleanup()


class _Window(QWidget):
    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's own name
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        layout = self.layout()
        aside = layout.contentsMargins().left() if layout is not None else 0
        painter.fillRect(0, 0, aside, self.height(), theme.window)
        painter.fillRect(aside, BAR - 1, self.width() - aside, 1, theme.border)


def catalogue(stage: Stage) -> None:
    """The list by hand, with one model here, one on its way and one behind a gate."""
    tab = stage.discover()
    _mark(stage)
    stage.wait(lambda: not [c for c in _faces(tab) if c.is_waiting])


def catalogue_gpu(stage: Stage) -> None:
    """The same on a computer with a graphics card."""
    catalogue(stage)


def results(stage: Stage) -> None:
    """A search that found something."""
    tab = stage.discover()
    tab.search("qwen3")
    stage.wait(lambda: tab.grid.shown and not stage.discovery.listing.is_searching)
    stage.wait(lambda: _faces(tab) and not [c for c in _faces(tab) if c.is_waiting])


def searching(stage: Stage) -> None:
    """A search that takes long."""
    tab = stage.discover()
    stage.finding.hub.fault(Fault(kind="stall", where="metadata", match="search=", after=-1))
    tab.search("a model that nobody has")
    stage.settle(1300)


def no_result(stage: Stage) -> None:
    """A search that found nothing, with a filter on."""
    tab = stage.discover()
    tab.filters._kinds[list(tab.filters._kinds)[3]].click()
    tab.search("lease")
    stage.wait(lambda: not stage.discovery.listing.is_searching)


def offline(stage: Stage) -> None:
    """Connections are turned off."""
    stage.finding.go_offline()
    stage.discover()
    stage.wait(lambda: stage.discovery.listing.error)


def lost(stage: Stage) -> None:
    """The Hub can't be reached."""
    stage.finding.lose_connection()
    stage.discover()
    stage.wait(lambda: stage.discovery.listing.error)


def focus(stage: Stage) -> None:
    """The keyboard on a card, a filter on."""
    tab = stage.discover()
    stage.wait(lambda: not [c for c in _faces(tab) if c.is_waiting])
    tab.filters._fits.click()
    stage.settle(300)
    stage.wait(stage.window.isActiveWindow)
    tab.grid.focus_first()


def model_page(stage: Stage) -> None:
    """A model that is here, with all of its files."""
    _mark(stage)
    view = stage.model()
    stage.wait(lambda: view.files.isVisible() and view.card.isVisible())
    view.files.open_all()


def model_page_gpu(stage: Stage) -> None:
    """The same on a computer with a graphics card, another file chosen."""
    view = stage.model(COMING, "Q8_0")
    stage.wait(lambda: view.files.isVisible() and view.card.isVisible())


def model_too_large(stage: Stage) -> None:
    """A model that does not fit."""
    stage.finding.machine = replace(MACHINE, memory_free=4_000_000_000)
    view = stage.model(COMING)
    stage.wait(view.files.isVisible)


def model_gated(stage: Stage) -> None:
    """A model whose maker wants its terms accepted."""
    view = stage.model(GATED)
    stage.wait(lambda: view.files.isVisible() and not view._card_state.isHidden())


def model_loading(stage: Stage) -> None:
    """Nothing is known yet."""
    stage.finding.hub.fault(Fault(kind="stall", where="metadata", match="", after=-1, times=0))
    stage.model()


def model_failed(stage: Stage) -> None:
    """There is no such model."""
    view = stage.model("someone/that-was-deleted-GGUF")
    stage.wait(lambda: view.problem is not None)


def card(stage: Stage) -> None:
    """The end of the page: what the maker says."""
    view = stage.model()
    stage.wait(lambda: view.files.isVisible() and view.card.blocks)
    stage.settle(300)
    bar = view._scroll.verticalScrollBar()
    bar.setValue(bar.maximum())


def connection(stage: Stage) -> None:
    """The settings, after a test that failed at the data."""
    file = SettingsFile(stage.paths.settings)
    file.change(hub_endpoint=stage.finding.hub.endpoint)
    stage.finding.hub.fault(Fault(kind="status", where="data", match="", value=503, times=0))
    rows = ConnectionSettings(
        stage.appearance, file, TokenStore(_NoKeyring()), stage.finding.client, stage.jobs
    )
    stage.show(QWidget())
    dialog = ConnectionDialog(stage.appearance, lambda: rows, stage.window)
    dialog.open()
    stage.shown = dialog
    rows.token.setText("hf_example")
    rows._on_save_token()
    stage.settle(200)
    rows.begin_test()
    stage.wait(rows.test.isEnabled)


STATES = {
    state.__name__: state
    for state in (
        *(catalogue, catalogue_gpu, results, searching, no_result, offline, lost, focus),
        *(model_page, model_page_gpu, model_too_large, model_gated, model_loading, model_failed),
        *(card, connection),
    )
}
AT_EVERY_WIDTH = {"catalogue", "model_page", "lost", "connection"}


class _NoKeyring:
    """A back end that keeps nothing."""

    def get_password(self, _service: str, _username: str) -> str | None:
        return None

    def set_password(self, _service: str, _username: str, _password: str) -> None:
        return

    def delete_password(self, _service: str, _username: str) -> None:
        return


def _faces(tab: DiscoverTab) -> list:  # type: ignore[type-arg]
    return [card.face for card in tab.grid._cards.values()]


def _mark(stage: Stage) -> None:
    name = HERE.partition("/")[2].removesuffix("-GGUF")
    here = ModelFile(
        "/models/a.gguf",
        "Qwen3 4B Instruct",
        "Q4_K_M",
        repo=HERE,
        repo_file=f"{name}-Q4_K_M.gguf",
        write_speed=23.4,
        read_speed=512.0,
        memory_estimated=4_200_000_000,
        memory_used=3_900_000_000,
        verified_at=1_760_000_000.0,
    )
    stage.discovery.set_models([here])
    order = Order(COMING, (RepoFile("Qwen3-8B-Q4_K_M.gguf", 5_030_000_000),))
    size = 5_030_000_000
    item = DownloadItem(
        "1", order, DownloadState.RUNNING, (), (), "", round(0.43 * size), size, 11e6, 480
    )
    stage.discovery.set_downloads([item])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.ui.render_discover")
    parser.add_argument("out", type=Path)
    parser.add_argument("theme", nargs="*", default=["light", "dark"])
    parser.add_argument("--language", default="en_US")
    parser.add_argument("--only", nargs="*", default=list(STATES))
    parser.add_argument("--width", nargs="*", type=int, default=[1440, 960, 640])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    application = create_application()
    for theme in options.theme:
        for name in options.only:
            for width in options.width:
                if width != 1440 and name not in AT_EVERY_WIDTH:
                    continue
                stage = Stage(application, theme, options.language, width, gpu="gpu" in name)
                STATES[name](stage)
                suffix = "" if width == 1440 else f"-{width}"
                stage.save(options.out, f"discover-{name}{suffix}-{theme}")
                stage.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
