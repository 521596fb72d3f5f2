"""Draws the transcript in all its states: `python -m tests.ui.transcript.render FOLDER`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import Message, MessageStatus
from chatapp.domain.generation import FinishReason
from chatapp.errors import GenerationFailed, OutOfMemory, to_record
from chatapp.paths import Paths
from chatapp.ui.i18n import error_sentence
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.transcript.view import TranscriptView
from chatapp.ui.widgets.button import Button
from tests.ui.transcript.samples import ORIGIN, QUESTION, RICH, conversation, message

PARTIAL = "With a fee of 0.5% the yearly rate falls to about 2.5%, so the total after ten years is"
OUT_OF_MEMORY = to_record(
    OutOfMemory(
        "/home/ann/models/qwen3-4b.gguf", "allocating 1152.00 MiB on device 0: out of memory"
    )
)
GENERATING = MessageStatus.GENERATING
STATES: dict[str, tuple[Message, AnswerProgress | None]] = {
    "waiting": (message(2, "", status=GENERATING), AnswerProgress(AnswerPhase.WAITING)),
    "loading": (
        message(2, "", status=GENERATING),
        AnswerProgress(AnswerPhase.LOADING, fraction=0.42),
    ),
    "reading": (
        message(2, "", status=GENERATING),
        AnswerProgress(AnswerPhase.READING, fraction=0.43, done=2640, total=6140),
    ),
    "reading-reused": (
        message(2, "", status=GENERATING),
        AnswerProgress(AnswerPhase.READING, fraction=0.43, done=2932, total=3000, cached=2880),
    ),
    "reused": (
        message(
            2,
            PARTIAL,
            origin=replace(
                ORIGIN, usage=replace(ORIGIN.usage, prompt_tokens=3000, cached_tokens=2880)
            ),
        ),
        None,
    ),
    "writing": (
        message(2, PARTIAL, status=GENERATING),
        AnswerProgress(AnswerPhase.WRITING, tokens=84, tokens_per_second=23.1),
    ),
    "stopped": (message(2, PARTIAL, status=MessageStatus.STOPPED), None),
    "stopped-empty": (message(2, "", status=MessageStatus.STOPPED, origin=None), None),
    "interrupted": (message(2, PARTIAL, status=MessageStatus.INTERRUPTED, origin=None), None),
    "length": (
        message(2, PARTIAL, origin=replace(ORIGIN, finish_reason=FinishReason.LENGTH)),
        None,
    ),
    "context": (
        message(2, PARTIAL, origin=replace(ORIGIN, finish_reason=FinishReason.CONTEXT)),
        None,
    ),
    "failed": (message(2, PARTIAL, status=MessageStatus.FAILED, error=OUT_OF_MEMORY), None),
    "failed-empty": (
        message(
            2,
            "",
            status=MessageStatus.FAILED,
            origin=None,
            error=to_record(GenerationFailed("llama_decode returned 1")),
        ),
        None,
    ),
}


def main(folder: Path) -> None:
    """Write one picture for each theme, width and state."""
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    QLocale.setDefault(QLocale("en_US"))
    appearance = Appearance(application, Paths.default().resources, reduced_motion=True)
    model = TranscriptModel()
    view = TranscriptView(model, appearance, error_sentence)
    view.show()

    def shoot(name: str, width: int, height: int) -> None:
        view.resize(width, height)
        application.processEvents()
        view.grab().save(str(folder / f"{name}.png"))

    for theme in (ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST):
        appearance.set_choice(theme)
        for width in (1100, 640):
            suffix = f"{theme}-{width}"
            model.set_messages(
                [message(1, QUESTION), message(2, RICH), message(3, "继续。"), message(4, "好的。")]
            )
            shoot(f"rich-{suffix}", width, 1700)
            model.set_messages([])
            for number, (answer, progress) in enumerate(STATES.values()):
                first = 2 * number + 1
                model.append(message(first, "Now the same with a yearly fee of 0.5%."))
                model.append(replace(answer, id=first + 1))
                if progress is not None:
                    model.set_progress(first + 1, progress)
            view.flush()
            shoot(f"states-{suffix}", width, 1900)
            for name in ("stopped", "length", "failed"):
                model.set_messages([message(1, QUESTION), STATES[name][0]])
                for button in view.findChildren(Button):
                    if button.isVisible() and button.text() == "Details":
                        button.click()
                shoot(f"last-{name}-{suffix}", width, 420)
            model.set_messages(conversation(40))
            application.processEvents()
            view.verticalScrollBar().setValue(view.verticalScrollBar().value() - 900)
            model.append(message(42, "New."))
            shoot(f"scrolled-{suffix}", width, 700)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
