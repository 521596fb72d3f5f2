"""Through the whole application: from Enter in the window to the text on its screen.

A bare loop on llama.cpp with the same settings answers the same prompts by turns. Storage, the
session, the engine, the transcript and its painting are all in what the window takes; its own
greedy sampling passes the same filters as ever.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer

from chatapp.app import Desktop, create_application
from chatapp.domain.conversation import Message, MessageStatus
from chatapp.engine.messages import LoadOptions
from chatapp.engine.state import EngineStatus
from chatapp.paths import Paths
from tests.bench.bare import BareLoop
from tests.bench.measure import Measure, median, note, ratio, runs, wait_until_quiet
from tests.bench.prompts import QUESTIONS, Prompt, filler, starter_model

_OPTIONS = LoadOptions(context_length=4096, threads=2, flash_attention=True, speculation=False)
_SETTINGS = {"tune_automatically": False, "temperature": 0.0, "max_tokens": 128}
_WRITINGS = runs(15, 3)
_READINGS = runs(9, 3)
_WORDS = 900
_FEWEST = 16  # tokens, for a speed
_PATIENCE = 300.0  # seconds


class _Screen(QObject):
    """Notes when an answer is seen first and when its end is, in seconds of `perf_counter`."""

    def __init__(self, desktop: Desktop) -> None:
        super().__init__()
        self._pane = desktop.window.pane
        self._new = desktop.window.actions_of_window.new_conversation
        self._loop = QEventLoop()
        self._is_asked = self._stops = False
        self._before: set[int] = set()
        self.first = self.end = 0.0
        self._viewport = self._pane.transcript.viewport()
        self._viewport.installEventFilter(self)

    @property
    def last(self) -> Message:
        return self._pane.transcript_model.messages[-1]

    @property
    def system_prompt(self) -> str:
        assert self._pane.conversation is not None
        return self._pane.conversation.system_prompt

    def ask(self, text: str, *, stops: bool = False) -> float:
        """Ask in a new conversation; returns when, and the answer is on the screen.

        It is the whole answer, or its first words where it `stops` there.
        """
        self._before = {message.id for message in self._pane.transcript_model.messages}
        self._new.trigger()
        self.first = self.end = 0.0
        self._is_asked, self._stops = True, stops
        watch = QTimer(singleShot=True, interval=round(_PATIENCE * 1000))
        watch.timeout.connect(self._loop.quit)
        watch.start()
        begin = time.perf_counter()
        self._pane.composer.send_requested.emit(text, ())
        self._loop.exec()
        self._is_asked = False
        last = self.last
        assert self.end, f"{last.status} after {_PATIENCE:.0f} s, {len(last.text)} characters"
        assert last.status is not MessageStatus.FAILED, last.error
        return begin

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if self._is_asked and event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, self._look)  # when it is painted
        return False

    def _look(self) -> None:
        messages = self._pane.transcript_model.messages
        if not self._is_asked or not messages or messages[-1].id in self._before:
            return
        if self.last.text and not self.first:
            self.first = time.perf_counter()
            if self._stops:
                self._pane.composer.stop_requested.emit()
        if self.first and self.last.status is not MessageStatus.GENERATING:
            self.end = self.end or time.perf_counter()
            self._loop.quit()


def run() -> list[Measure]:
    """Tokens per second of answers, and the time to the first token of prompts nobody has read."""
    application = create_application()
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths.under(Path(folder))
        paths.create()
        paths.settings.write_text(json.dumps(_SETTINGS), encoding="utf-8")
        desktop = Desktop(application, paths)
        desktop.show()
        try:
            _until(lambda: desktop.window.pane.model is not None)
            model = starter_model()
            desktop.services.engine.load(model, _OPTIONS)
            _until(lambda: desktop.services.engine.state.status is EngineStatus.READY)
            with BareLoop(model.path, _OPTIONS) as bare:
                screen = _Screen(desktop)
                return _writing(screen, bare) + _reading(screen, bare)
        finally:
            desktop.close()


def _writing(screen: _Screen, bare: BareLoop) -> list[Measure]:
    ours, theirs = [], []
    for number in range(_WRITINGS + 1):
        question = QUESTIONS[number % len(QUESTIONS)]
        wait_until_quiet()
        screen.ask(question)
        origin = screen.last.origin
        assert origin is not None
        count = origin.usage.completion_tokens
        prompt = bare.tokenize(Prompt(question, system=screen.system_prompt).text)
        assert origin.usage.prompt_tokens == len(prompt), "another prompt"
        other = bare.ask(prompt, count)
        if min(count, other.count) < _FEWEST:
            note(f"{question!r} is answered with {count} tokens")
        elif number:  # the first one warms up
            ours.append((count - 1) / (screen.end - screen.first))
            theirs.append(other.speed)
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return [
        median("writing: window", ours, "tokens/s"),
        median("writing: bare loop", theirs, "tokens/s"),
        *ratio("writing: window to bare loop", ratios, "≥ 0.95", ""),
    ]


def _reading(screen: _Screen, bare: BareLoop) -> list[Measure]:
    ours, theirs = [], []
    for number in range(_READINGS + 1):
        question = f"{number} {filler(_WORDS, number)}\nWhat is this about?"
        wait_until_quiet()
        begin = screen.ask(question, stops=True)
        prompt = bare.tokenize(Prompt(question, system=screen.system_prompt).text)
        other = bare.ask(prompt, 2)
        if number:
            ours.append((screen.first - begin) * 1000)
            theirs.append(other.first_ms)
    ratios = [other / one for one, other in zip(ours, theirs, strict=True)]
    return [
        median("first token: window", ours, "ms"),
        median("first token: bare loop", theirs, "ms"),
        *ratio("first token: bare loop to window", ratios, "≥ 0.9", ""),
    ]


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        loop = QEventLoop()
        QTimer.singleShot(20, loop.quit)
        loop.exec()
