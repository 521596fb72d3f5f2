"""What a window needs around it to be looked at alone: languages, look, background work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, Qt
from PySide6.QtWidgets import QApplication, QWidget

from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.bridge import MainThread
from chatapp.ui.i18n import install_translations
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.widgets.dialog import Dialog

ROOT = Path(__file__).resolve().parent.parent.parent
# Qt knows no pseudo-language: Esperanto, which Chatapp does not speak, stands for it.
ENGLISH, CHINESE, PSEUDO, RIGHT_TO_LEFT = "en_US", "zh_CN", "eo", "rtl"
LANGUAGES = (ENGLISH, CHINESE, PSEUDO, RIGHT_TO_LEFT)
THEMES = (ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST)
ZOOMS = (100, 200)  # percent
WAIT_MS = 10_000  # only ever waited for when something is wrong


def make_resources(folder: Path) -> Path:
    """The resources with all translations, the pseudo-language too."""
    resources = folder / "resources"
    shutil.copytree(Paths.default().resources, resources, ignore=shutil.ignore_patterns("*.qm"))
    for ts in (resources / "i18n").glob("*.ts"):
        tool = Path(sys.executable).with_name("pyside6-lrelease")
        subprocess.run([tool, "-silent", ts, "-qm", ts.with_suffix(".qm")], check=True)
    command = [sys.executable, ROOT / "packaging" / "translations.py", "pseudo", folder]
    subprocess.run(command, check=True)
    (folder / "chatapp_pseudo.qm").rename(resources / "i18n" / "chatapp_eo.qm")
    shutil.copy(ROOT / "CHANGELOG.md", resources)  # as the build does
    return resources


def spoken(language: str) -> str:
    """The language of the words: right to left stands English."""
    return ENGLISH if language == RIGHT_TO_LEFT else language


class Around:
    """What a window needs around it: the look, background work, folders. Ended by `close`."""

    def __init__(
        self,
        application: QApplication,
        appearance: Appearance,
        resources: Path,
        folder: Path,
        language: str = ENGLISH,
        zoom: int = 100,
    ) -> None:
        self.application = application
        self.appearance = appearance
        self.language = language
        self.zoom = zoom
        self.paths = replace(Paths.under(folder / "home"), resources=resources)
        self.paths.create()
        self.settings = SettingsFile(self.paths.settings)
        self._main_thread = MainThread()
        self.post = self._main_thread.post
        self.jobs = Jobs(self.post)
        self._endings: list[Callable[[], object]] = []
        self.looks = [appearance]  # all that follow `set_theme`
        self._speak = self._install
        appearance.set_reduced_motion(reduced=True)
        appearance.set_text(zoom=zoom)
        self.speak(language)

    def speak(self, language: str) -> None:
        """Switch the language while everything is there."""
        self.language = language
        self._speak(spoken(language))
        direction = Qt.LayoutDirection
        self.application.setLayoutDirection(
            direction.RightToLeft if language == RIGHT_TO_LEFT else direction.LeftToRight
        )
        self.settle()

    def speak_by(self, speak: Callable[[str], object]) -> None:
        """Have the language switched in this way, as by the settings of a window."""
        self._speak = speak
        self.at_end(lambda: setattr(self, "_speak", self._install))

    def _install(self, language: str) -> None:
        install_translations(self.application, self.paths.resources / "i18n", language)

    def set_theme(self, theme: ThemeChoice) -> None:
        """Switch the theme while everything is there."""
        for look in self.looks:
            look.set_choice(theme)
        self.settle()

    def set_zoom(self, zoom: int) -> None:
        """Change the size of the text while everything is there."""
        self.zoom = zoom
        self.looks[-1].set_text(zoom=zoom)
        self.settle()

    def at_end(self, ending: Callable[[], object]) -> None:
        """Call it when the window is no longer needed."""
        self._endings.append(ending)

    def settle(self) -> None:
        """Let everything be done that is waiting; a change of height goes up step by step."""
        for _ in range(8):
            self.application.processEvents()

    def wait(self, condition: Callable[[], object], wait_ms: int = WAIT_MS) -> None:
        """Until something has happened in the background."""
        clock = QElapsedTimer()
        clock.start()
        while not condition():
            assert clock.elapsed() < wait_ms, "the window did not get ready"
            self.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def close(self) -> None:
        """End everything and put the look back."""
        while self._endings:
            self._endings.pop()()
        self.jobs.close()
        self._main_thread.close()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.speak(ENGLISH)
        self.appearance.set_text()
        self.appearance.set_choice(ThemeChoice.LIGHT)
        self.appearance.set_reduced_motion(reduced=False)


@dataclass(frozen=True, slots=True)
class Scene:
    """A window in one of its states. `size` at 100 %; without one it gets what it asks for.

    `has_look`: the window has an `Appearance` of its own, and grows no larger with its text.
    `is_passing`: it closes before anybody comes to another language.
    """

    name: str
    make: Callable[[Around], QWidget]
    size: tuple[int, int] | None = None
    has_look: bool = False
    is_passing: bool = False

    def resize(self, widget: QWidget, zoom: int) -> None:
        """Give the window the size that it has with text of this size."""
        if self.size is not None:
            factor = 1 if self.has_look else zoom / 100
            widget.resize(round(self.size[0] * factor), round(self.size[1] * factor))
        else:
            widget.resize(widget.sizeHint())  # adjustSize() stays within the small screen of tests


@contextmanager
def shown(scene: Scene, around: Around) -> Iterator[QWidget]:
    """The window on the screen."""
    widget = scene.make(around)
    widget.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    if scene.size is not None or not widget.isVisible():
        scene.resize(widget, around.zoom)
    widget.show()
    around.settle()
    try:
        yield widget
    finally:
        if not scene.has_look:
            widget.close()
            widget.deleteLater()


def behind(around: Around) -> QWidget:
    """A window for something that opens over one."""
    widget = QWidget()
    widget.resize(1200, 800)
    around.at_end(widget.deleteLater)
    return widget


def is_passing(widget: QWidget) -> bool:
    """Whether it has to be answered or closes before anybody comes to another language."""
    return type(widget) is Dialog or widget.windowType() == Qt.WindowType.Popup
