"""Pictures of the models' page: library, downloads, sidebar, in all themes, widths and languages.

    python -m tests.ui.render_models OUT [THEME …] [--language zh_CN] [--width 1440 …]

For looking at, beside the mock-ups. Another language than English is that of the compiled
translations: see packaging/translations.py.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from chatapp.app import create_application
from chatapp.domain.download import DownloadState
from chatapp.engine.state import EngineState
from chatapp.errors import HubUnreachable, RepoGated
from chatapp.paths import Paths
from chatapp.ui.i18n import install_translations
from chatapp.ui.models.conversation_list_model import ConversationListModel
from chatapp.ui.models_page.downloads_tab import DownloadsTab
from chatapp.ui.models_page.library_tab import LibraryTab
from chatapp.ui.models_page.library_words import LibraryEntry
from chatapp.ui.models_page.page import Head
from chatapp.ui.models_page.tab import Tab
from chatapp.ui.sidebar import Sidebar
from chatapp.ui.status_line import StatusLine
from chatapp.ui.theme import Appearance, ThemeChoice
from tests.ui.models_page.library_samples import entries, header, item, items, model
from tests.ui.render import NOW, conversations

FREE = 38_200_000_000
_VERY_NARROW = 900


class Scene(QWidget):
    """A window as the application puts it together, with example data in place of services."""

    def __init__(self, appearance: Appearance, tab: Tab, width: int, height: int) -> None:
        super().__init__()
        is_narrow = width < _VERY_NARROW
        listed = ConversationListModel(lambda: NOW, self)
        self.sidebar = Sidebar(appearance, listed)
        listed.set_conversations(conversations())
        self.sidebar.set_trash_count(3)
        self.sidebar.set_models_open(is_open=True)
        self.sidebar.set_downloads(items())
        self.sidebar.setFixedWidth(264)
        self.sidebar.setVisible(not is_narrow)
        self.head = Head(appearance)
        self.head.set_narrow(very_narrow=is_narrow)
        self.head.show_tab(tab)
        self.head.set_count(Tab.LIBRARY, 7)
        self.head.set_count(Tab.DOWNLOADS, 6)
        self.library = LibraryTab(appearance)
        self.downloads = DownloadsTab(appearance)
        self.downloads.set_items(items(), FREE)
        status = StatusLine(appearance)
        status.set_engine_state(EngineState())
        status.set_network("No connections since start")
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.library if tab is Tab.LIBRARY else self.downloads, 1)
        column.addWidget(status)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(right, 1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.resize(width, height)


def library(scene: Scene) -> None:
    """One model of each kind; the pointer is on the second."""
    scene.library.set_entries(entries(), ["/media/ana/models"])
    QTest.qWait(10)
    shown = scene.library.list
    row = shown.visualRect(scene.library.model.index(1))
    QTest.mouseMove(shown.viewport(), row.topLeft() + QPoint(120, 30))


def library_keyboard(scene: Scene) -> None:
    """The keyboard is on the third row, folders are searched, one of them is silent."""
    scene.library.set_entries(entries())
    scene.library.set_scanning(scanning=True)
    scene.library.set_problem(
        "Not all folders were searched",
        "One of them does not answer. What is in the others is shown.",
        "Try again",
        lambda: None,
    )
    scene.library.show_model(entries()[2].model.path)


def library_work(scene: Scene) -> None:
    """A file is compared; another could not be added."""
    scene.library.set_entries(entries())
    scene.library.work.show_work("Comparing Qwen3 8B with the original, 2.16 of 5.03 GB", 0.43)
    scene.library.show_failure(
        "The model can't be added",
        "This file is not a GGUF model: /home/ana/notes.gguf. Choose another file.",
    )


def library_full(scene: Scene) -> None:
    """Five hundred models."""
    many = [
        LibraryEntry(model(f"Model {n:03}", "Q4_K_M", 0.5 + n / 40, header=header(4, 8192)))
        for n in range(500)
    ]
    scene.library.set_entries([*entries(), *many])


def library_long(scene: Scene) -> None:
    """Names and words that are longer than any place for them; the keyboard is on one."""
    name = "DeepSeek R1 0528 Qwen3 8B abliterated imatrix Multilingual Instruct v2 1 Heretic"
    long = [replace(e, model=replace(e.model, name=f"{name} {e.model.name}")) for e in entries()]
    scene.library.set_entries(long, ["/media/ana/a very long name of a drive/models/of/all/kinds"])
    scene.library.show_model(long[0].model.path)


def library_failed(scene: Scene) -> None:
    """A move was stopped halfway, and the sentence is long."""
    scene.library.set_entries(entries())
    scene.library.show_failure(
        "The models folder was moved only in part",
        "All models can be used from where they are now.",
        (("Go on", lambda: None), ("Bring them back", lambda: None)),
    )


def library_empty(scene: Scene) -> None:
    """Nothing yet."""
    scene.library.set_entries([])


def library_waiting(scene: Scene) -> None:
    """Nothing is known yet."""
    scene.library.set_scanning(scanning=True)


def library_nothing(scene: Scene) -> None:
    """A search without a result."""
    scene.library.set_entries(entries())
    scene.library.search.setText("llama")


def library_details(scene: Scene) -> None:
    """The card of a model; a popup is a window of its own."""
    scene.library.set_entries(entries())
    QTest.qWait(10)
    scene.library.show_details(entries()[0])


def downloads(scene: Scene) -> None:
    """One in each state."""


def downloads_failed(scene: Scene) -> None:
    """What can go wrong, the keyboard on a button."""
    state = DownloadState.FAILED
    gated = RepoGated("google/gemma-3-4b-it-qat-q4_0-gguf")
    away = HubUnreachable("cas-bridge.xethub.hf.co", "no route to host")
    scene.downloads.set_items(
        (
            items()[0],
            item("Gemma 3 4B", "Q4_0", state, 0, 3.16, files=2, error=gated),
            item("Phi-4 mini", "Q4_K_M", state, 1.2, 2.49, error=away),
            items()[2],
        ),
        90_000_000,
    )
    QTest.qWait(10)
    scene.downloads.rows[0].act.setFocus(Qt.FocusReason.TabFocusReason)


def downloads_long(scene: Scene) -> None:
    """Names that are longer than any place for them."""
    name = "DeepSeek R1 0528 Qwen3 8B abliterated imatrix Multilingual Instruct v2 1 Heretic"
    long = [
        replace(one, order=replace(one.order, name=f"{name} {n}")) for n, one in enumerate(items())
    ]
    scene.downloads.set_items(tuple(long), FREE)
    scene.sidebar.set_downloads(tuple(long))


def downloads_empty(scene: Scene) -> None:
    """Nothing is being downloaded."""
    scene.downloads.set_items((), FREE)
    scene.sidebar.set_downloads(())


SCENES: tuple[tuple[Tab, Callable[[Scene], None]], ...] = (
    (Tab.LIBRARY, library),
    (Tab.LIBRARY, library_keyboard),
    (Tab.LIBRARY, library_work),
    (Tab.LIBRARY, library_full),
    (Tab.LIBRARY, library_long),
    (Tab.LIBRARY, library_failed),
    (Tab.LIBRARY, library_empty),
    (Tab.LIBRARY, library_waiting),
    (Tab.LIBRARY, library_nothing),
    (Tab.LIBRARY, library_details),
    (Tab.DOWNLOADS, downloads),
    (Tab.DOWNLOADS, downloads_failed),
    (Tab.DOWNLOADS, downloads_long),
    (Tab.DOWNLOADS, downloads_empty),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.ui.render_models")
    parser.add_argument("out", type=Path)
    parser.add_argument("theme", nargs="*", default=["light", "dark"])
    parser.add_argument("--language", default="en_US")
    parser.add_argument("--width", type=int, nargs="*", default=[1440, 960, 640])
    parser.add_argument("--only", default="", help="scenes whose names begin so")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    application = create_application()
    resources = Paths.default().resources
    install_translations(application, resources / "i18n", options.language)
    appearance = Appearance(application, resources)
    for theme in options.theme:
        appearance.set_choice(ThemeChoice(theme))
        for tab, prepare in SCENES:
            if not prepare.__name__.startswith(options.only):
                continue
            for width in options.width:
                scene = Scene(appearance, tab, width, 900 if width == 1440 else 760)
                scene.show()
                scene.activateWindow()
                _settle(50)
                scene.setFocus()
                prepare(scene)
                _settle(300)
                popup = application.activePopupWidget()
                picture = (popup or scene).grab()
                picture.save(str(options.out / f"{prepare.__name__}-{width}-{theme}.png"))
                if popup is not None:
                    popup.close()
                scene.close()
                scene.deleteLater()
                _settle(10)
    return 0


def _settle(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
