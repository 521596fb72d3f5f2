"""What was painted bit by bit is what would be painted at once: pixels are moved, not painted."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import MessageStatus
from tests.ui.transcript.driving import LEFT
from tests.ui.transcript.samples import EVERYTHING, conversation, message

if TYPE_CHECKING:
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.transcript.view import TranscriptView

STEPS = 150
WHOLE = message(2, EVERYTHING)
TOLERANCE = 24  # of 255: what lies between pixels is rounded in another way in another clip


class Reader:
    """Scrolls, points, selects, resizes and gets answers, at random."""

    def __init__(self, view: TranscriptView, model: TranscriptModel, seed: int) -> None:
        self._view = view
        self._model = model
        self._random = random.Random(seed)
        self._number = 1000
        self._length = 0
        self._is_running = False

    def step(self) -> str:
        action = self._random.choice(
            (
                *(self.scroll, self.scroll, self.scroll, self.grow, self.grow, self.point),
                *(self.select, self.resize, self.jump, self.go_to_the_end),
            )
        )
        action()
        for _ in range(3):
            QApplication.processEvents()
        return action.__name__

    def scroll(self) -> None:
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + self._random.choice((24, 72, 120, 300, -24, -72, -120, -300)))

    def point(self) -> None:
        QTest.mouseMove(self._view.viewport(), self._place())

    def select(self) -> None:
        viewport = self._view.viewport()
        QTest.mousePress(viewport, LEFT, Qt.KeyboardModifier.NoModifier, self._place())
        QTest.mouseMove(viewport, self._place())
        QTest.mouseRelease(viewport, LEFT, Qt.KeyboardModifier.NoModifier, self._place())

    def grow(self) -> None:
        if not self._is_running:
            self._number += 2
            self._model.append(message(self._number - 1))
            self._model.append(message(self._number, "", status=MessageStatus.GENERATING))
            self._is_running, self._length = True, 0
            return
        thought = WHOLE.reasoning
        if self._length < len(thought):
            piece = thought[self._length : self._length + 60]
            self._model.think_from(self._number, piece, self._length)
        else:
            begin = self._length - len(thought)
            self._model.grow(self._number, WHOLE.text[begin : begin + 60])
        self._length += 60
        if self._length - 60 < len(thought) < self._length:
            self._length = len(thought)
        progress = AnswerProgress(AnswerPhase.WRITING, tokens=self._length, tokens_per_second=9.0)
        self._model.set_progress(self._number, progress)
        self._view.flush()
        if self._length > 900:
            grown = self._model.message(self._number)
            assert grown is not None
            self._model.replace(replace(grown, status=MessageStatus.COMPLETE))
            self._is_running = False

    def resize(self) -> None:
        self._view.resize(self._random.choice((800, 720, 640)), 600)

    def jump(self) -> None:
        bar = self._view.verticalScrollBar()
        bar.setValue(self._random.randrange(bar.maximum() + 1))

    def go_to_the_end(self) -> None:
        self._view.jump_to_latest()

    def _place(self) -> QPoint:
        viewport = self._view.viewport()
        return QPoint(
            self._random.randrange(viewport.width()), self._random.randrange(viewport.height())
        )


def difference(view: TranscriptView) -> int:
    """How far any pixel on the screen is from what would be painted now."""
    seen, anew = (
        pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
        for pixmap in (view.screen().grabWindow(view.winId()), view.grab())
    )
    if seen == anew:
        return 0
    pairs = zip(bytes(seen.constBits()), bytes(anew.constBits()), strict=True)
    return max(abs(one - other) for one, other in pairs if one != other)


@pytest.mark.parametrize("seed", range(3))
def test_the_screen_is_never_stale(view: TranscriptView, model: TranscriptModel, seed: int) -> None:
    model.set_messages(conversation(40))
    reader = Reader(view, model, seed)
    done = []
    for _ in range(STEPS):
        done.append(reader.step())
        assert difference(view) <= TOLERANCE, done[-5:]
