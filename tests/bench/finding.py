"""Find in a conversation of 10,000 messages: main thread's time, from the key to the paint."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from chatapp.app import create_application
from chatapp.paths import Paths
from chatapp.ui.find_bar import FindBar
from chatapp.ui.garbage import GarbageCollector
from chatapp.ui.i18n import error_sentence
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.transcript.view import TranscriptView
from tests.bench.measure import Measure, median, percentile, runs
from tests.bench.transcript_texts import conversation

_RUNS = runs(7)
_MESSAGES = 10_000
_BAR = "at most 30"


def run() -> list[Measure]:
    """Medians of seven runs."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = create_application()
    QLocale.setDefault(QLocale("en_US"))
    appearance = Appearance(application, Paths.default().resources, ThemeChoice.LIGHT)
    appearance.set_reduced_motion(reduced=True)
    garbage = GarbageCollector(lambda: False)  # as the program has it
    stage = _Stage(appearance)
    try:
        return stage.measures()
    finally:
        stage.close()
        garbage.close()


class _Stage:
    def __init__(self, appearance: Appearance) -> None:
        self.model = TranscriptModel()
        self.view = TranscriptView(self.model, appearance, error_sentence)
        self.bar = FindBar(appearance, self.view, self.model)
        self.view.resize(900, 800)
        self.view.show()
        messages = conversation(_MESSAGES)
        self._size = sum(len(message.text.encode()) for message in messages)
        self.model.set_messages(messages)
        (self.field,) = self.bar.findChildren(QLineEdit)
        QApplication.processEvents()

    def close(self) -> None:
        self.view.close()
        self.view.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def measures(self) -> list[Measure]:
        figures = [Measure("characters searched", self._size / 1e6, "MB", better="neither")]
        about, opening, looking, reading, slices = [], [], [], [], []
        for number in range(_RUNS + 1):
            self.bar.close_bar()
            self.field.clear()
            QApplication.processEvents()
            opened = self._time(self.bar.open)
            begin = time.perf_counter()
            while not self.bar.conversation_text.is_counted:
                QApplication.processEvents()
            looked = (time.perf_counter() - begin) * 1000
            first = self._time(lambda: self.field.setText("interest"))
            longest = 0.0
            while not self.bar.conversation_text.is_exact:
                longest = max(longest, self._time(lambda: None))
            if number:
                opening.append(opened)
                about.append(first)
                looking.append(looked)
                slices.append(longest)
                reading.append((time.perf_counter() - begin) * 1000)
        figures += [
            median("open the bar", opening, "ms"),
            median("a word while it is read: about how many, first shown", about, "ms", _BAR),
            median("until the count is exact, wall", reading, "ms"),
            percentile("longest pause taken meanwhile", slices, 100, "ms", "at most 16"),
            median("until the count is about right, wall", looking, "ms"),
        ]
        for word, name in (
            ("interest", "a word that is in every second message"),
            ("9847", "a number that is there once"),
            ("e", "a letter"),
            ("利息", "a Chinese word"),
            ("nowhere", "a word that is nowhere"),
        ):
            figures.append(self._typed(word, f"{name}: all counted, first shown"))
        figures.append(self._keys())
        self.field.setText("interest")
        figures.append(self._repeated("next match", lambda: self._key(Qt.Key.Key_Return)))
        return figures

    def _typed(self, word: str, name: str) -> Measure:
        times = []
        for number in range(_RUNS + 1):
            self.field.clear()
            QApplication.processEvents()
            self.view.verticalScrollBar().setValue(0)
            QApplication.processEvents()
            spent = self._time(lambda: self.field.setText(word))
            if number:
                times.append(spent)
        return median(name, times, "ms", _BAR)

    def _keys(self) -> Measure:
        """The slowest key of a word that is typed."""
        times = []
        for _ in range(_RUNS):
            self.field.clear()
            QApplication.processEvents()
            times.append(
                max(
                    self._time(lambda letter=letter: self.field.insert(letter))  # type: ignore[misc]
                    for letter in "interest"
                )
            )
        return median("the slowest key of a word", times, "ms", _BAR)

    def _repeated(self, name: str, act: Callable[[], None]) -> Measure:
        times = [self._time(act) for _ in range(5 * _RUNS)]
        return percentile(f"{name}, 95 %", times, 95, "ms", _BAR)

    def _key(self, key: Qt.Key) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.field, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))

    def _time(self, act: Callable[[], None]) -> float:
        """Milliseconds of this thread, until all is painted."""
        begin = time.thread_time()
        act()
        QApplication.processEvents()
        return (time.thread_time() - begin) * 1000
