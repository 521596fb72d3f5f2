"""The composer: a megabyte pasted, written in, taken back; time of the main thread."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from chatapp.app import create_application
from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.bridge import MainThread
from chatapp.ui.composer import Composer
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.theme import Appearance, ThemeChoice
from tests.bench.measure import Measure, median, runs

_RUNS = runs(7)
_LINE = "The ship sails on, and nobody on board knows how far it is to the next harbour.\n"
_CHINESE = "船继续航行，船上没有人知道下一个港口有多远，也没有人知道什么时候能到那里。\n"
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def run() -> list[Measure]:
    """Medians of seven runs, each in a new composer, after one that warms up."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = create_application()
    QLocale.setDefault(QLocale("en_US"))
    appearance = Appearance(application, Paths.default().resources, ThemeChoice.LIGHT)
    post = MainThread()
    jobs = Jobs(post.post)
    with tempfile.TemporaryDirectory() as folder:
        settings = SettingsFile(Path(folder) / "settings.json")
        stage = _Stage(appearance, jobs, settings)
        try:
            return stage.measures()
        finally:
            jobs.close()
            post.close()
            stage.close()


class _Stage:
    def __init__(self, appearance: Appearance, jobs: Jobs, settings: SettingsFile) -> None:
        self._appearance = appearance
        self._jobs = jobs
        self._settings = settings
        self._composer: Composer | None = None
        self._field: PromptInput

    def measures(self) -> list[Measure]:
        text = _LINE * (1_000_000 // len(_LINE))
        chinese = _CHINESE * (1_000_000 // len(_CHINESE))
        one_line = text.replace("\n", " ")
        inline, chip = _CONTROL | _SHIFT, _CONTROL
        figures = [
            *self._paste("paste 1 MB inline (lines of 80)", text, inline, "at most 100"),
            *self._paste("paste 1,000,000 Chinese characters inline", chinese, inline),
            *self._paste("paste 1 MB inline (one line)", one_line, inline),
            *self._paste("paste 1 MB to a chip (lines of 80)", text, chip),
            *self._paste("paste 1 MB to a chip (one line)", one_line, chip),
        ]

        def pasted(modifiers: Qt.KeyboardModifier) -> Callable[[], None]:
            def prepare() -> None:
                self._new(text)
                self._key(Qt.Key.Key_V, modifiers)

            return prepare

        steps: list[tuple[str, Callable[[], None], Callable[[], None]]] = [
            ("a key in 1 MB", pasted(inline), lambda: self._key(Qt.Key.Key_A)),
            (
                "undo of a paste of 1 MB",
                pasted(inline),
                lambda: self._key(Qt.Key.Key_Z, _CONTROL),
            ),
            (
                "undo of a chip of 1 MB: its text comes inline",
                pasted(chip),
                lambda: self._key(Qt.Key.Key_Z, _CONTROL),
            ),
            ("send 1 MB", pasted(inline), lambda: self._key(Qt.Key.Key_Return)),
        ]
        for name, prepare, act in steps:
            figures += self._measure(name, prepare, act)
        return figures

    def close(self) -> None:
        if self._composer is not None:
            self._composer.close()
            self._composer.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _paste(
        self, name: str, text: str, modifiers: Qt.KeyboardModifier, bar: str = ""
    ) -> list[Measure]:
        return self._measure(
            name, lambda: self._new(text), lambda: self._key(Qt.Key.Key_V, modifiers), bar
        )

    def _measure(
        self, name: str, prepare: Callable[[], None], act: Callable[[], None], bar: str = ""
    ) -> list[Measure]:
        cpu, wall = [], []
        for number in range(_RUNS + 1):
            prepare()
            begin, begin_cpu = time.perf_counter(), time.thread_time()
            act()
            if number:
                cpu.append((time.thread_time() - begin_cpu) * 1000)
                wall.append((time.perf_counter() - begin) * 1000)
        return [median(f"{name}, CPU", cpu, "ms", bar), median(f"{name}, wall", wall, "ms")]

    def _new(self, clipboard: str) -> None:
        self.close()
        QApplication.clipboard().setText(clipboard)
        self._composer = Composer(self._appearance, self._jobs, self._settings)
        self._composer.resize(768, 120)
        self._composer.show()
        self._composer.activateWindow()
        self._composer.focus()
        QApplication.processEvents()
        (self._field,) = self._composer.findChildren(PromptInput)

    def _key(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """From the key to what it paints."""
        text = "a" if modifiers == Qt.KeyboardModifier.NoModifier and key == Qt.Key.Key_A else ""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self._field, QKeyEvent(kind, key, modifiers, text))
        QApplication.processEvents()
