"""Draws the transcript with everything on it.

python -m tests.ui.transcript.render FOLDER [--language zh_CN] [--only parts]

For looking at, beside the mock-ups, before a change to it is called done.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QElapsedTimer, QLocale, QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import (
    Attachment,
    Message,
    MessageStatus,
    Opinion,
    Rating,
    Role,
    ToolCallRecord,
)
from chatapp.domain.generation import FinishReason
from chatapp.errors import ContextFull, GenerationFailed, OutOfMemory, to_record
from chatapp.jobs import Jobs
from chatapp.paths import Paths
from chatapp.ui.bridge import MainThread
from chatapp.ui.i18n import error_sentence, install_translations
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.transcript.blocks import visible_text
from chatapp.ui.transcript.drawings import Drawings
from chatapp.ui.transcript.images import Images
from chatapp.ui.transcript.selection import Match, Position
from chatapp.ui.transcript.view import TranscriptView
from tests.ui.transcript.driving import Mouse
from tests.ui.transcript.samples import EVERYTHING, ORIGIN, QUESTION, conversation, message

PARTIAL = "With a fee of 0.5% the yearly rate falls to about 2.5%, so the total after ten years is"
THOUGHT = "<think>\nThe fee comes **off the rate**: 3% − 0.5%.\n"
OUT_OF_MEMORY = to_record(
    OutOfMemory(
        "/home/ann/models/qwen3-4b.gguf", "allocating 1152.00 MiB on device 0: out of memory"
    )
)
FULL = to_record(ContextFull(9310, 8192))
BROKEN = to_record(GenerationFailed("llama_decode returned 1"))
REUSED = replace(ORIGIN, usage=replace(ORIGIN.usage, prompt_tokens=3000, cached_tokens=2880))
THOUGHTFUL = replace(ORIGIN, usage=replace(ORIGIN.usage, reasoning_ms=8200.0))
_PATIENCE_MS = 500
GENERATING, FAILED = MessageStatus.GENERATING, MessageStatus.FAILED
FILES = (
    Attachment("interest-rates.csv", "text/csv", 48_211, "a,b"),
    Attachment(
        "a very long name of a text that somebody wrote about compound interest.md",
        "text/markdown",
        2_400_000,
        "x",
    ),
    Attachment("说明.txt", "text/plain", 312, "x"),
)


def waiting(progress: AnswerProgress, text: str = "") -> tuple[Message, AnswerProgress]:
    return message(2, text, status=GENERATING), progress


STATES: dict[str, tuple[Message, AnswerProgress | None]] = {
    "waiting": waiting(AnswerProgress(AnswerPhase.WAITING)),
    "loading": waiting(AnswerProgress(AnswerPhase.LOADING, fraction=0.42)),
    "reading": waiting(AnswerProgress(AnswerPhase.READING, 0.43, done=2640, total=6140)),
    "reading-reused": waiting(
        AnswerProgress(AnswerPhase.READING, 0.43, done=2932, total=3000, cached=2880)
    ),
    "thinking": waiting(
        AnswerProgress(
            AnswerPhase.THINKING, tokens=84, tokens_per_second=23.1, thinking_seconds=12.3
        ),
        THOUGHT,
    ),
    "thought": (message(2, f"{THOUGHT}</think>\n\n{PARTIAL} €27,210.", origin=THOUGHTFUL), None),
    "writing": waiting(
        AnswerProgress(AnswerPhase.WRITING, tokens=84, tokens_per_second=23.1), PARTIAL
    ),
    "versions": (
        message(
            2,
            PARTIAL,
            origin=REUSED,
            version=2,
            versions=3,
            rating=Rating(Opinion.LIKED),
            is_edited=True,
        ),
        None,
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
    "full": (message(2, "", status=FAILED, origin=None, error=FULL), None),
    "summarising": waiting(AnswerProgress(AnswerPhase.SUMMARISING, fraction=0.43)),
    "failed": (message(2, PARTIAL, status=FAILED, error=OUT_OF_MEMORY), None),
    "failed-empty": (message(2, "", status=FAILED, origin=None, error=BROKEN), None),
}


class Renderer:
    """One view, and pictures of it."""

    def __init__(self, application: QApplication, folder: Path, *, enlarged: int = 1) -> None:
        self._application = application
        self._folder = folder
        font = QFont(application.font())
        font.setPixelSize(13 * enlarged)
        application.setFont(font)
        self.appearance = Appearance(
            application, Paths.default().resources, ThemeChoice.LIGHT, reduced_motion=True
        )
        self._main_thread = MainThread()
        self._jobs = Jobs(self._main_thread.post)
        self._drawings = Drawings(self._main_thread.post)
        self.model = TranscriptModel()
        self.view = TranscriptView(
            self.model, self.appearance, error_sentence, self._drawings, Images(self._jobs)
        )
        self.view.show()
        while self._drawings.formula("x", display=False, size=15) is None:
            self._application.processEvents()  # until the drawing process is there

    def close(self) -> None:
        self.view.close()
        self._drawings.close()
        self._jobs.close()
        self._main_thread.close()

    def settle(self) -> None:
        """Wait until nothing was drawn for a while."""
        timer = QElapsedTimer()
        timer.start()
        self.view.text_moved.connect(timer.restart)
        while timer.elapsed() < _PATIENCE_MS:
            self._application.processEvents()
        self.view.text_moved.disconnect(timer.restart)

    def shoot(self, name: str, width: int, height: int) -> None:
        """A picture from the top of the conversation."""
        self.view.resize(width, height)
        self.settle()
        self.view.grab().save(str(self._folder / f"{name}.png"))

    def show_everything(self) -> None:
        self.model.set_messages(
            [
                message(1, QUESTION, attachments=FILES, version=2, versions=2),
                message(
                    2,
                    EVERYTHING,
                    origin=THOUGHTFUL,
                    version=2,
                    versions=3,
                    rating=Rating(Opinion.DISLIKED),
                ),
                message(3, "继续。"),
                message(4, "好的。"),
            ]
        )

    def show_states(self, names: list[str]) -> None:
        self.model.set_messages([])
        for number, name in enumerate(names):
            answer, progress = STATES[name]
            first = 2 * number + 1
            self.model.append(message(first, "Now the same with a yearly fee of 0.5%."))
            self.model.append(replace(answer, id=first + 1))
            if progress is not None:
                self.model.set_progress(first + 1, progress)
        self.view.flush()

    def show_parts(self) -> None:
        """A thought, calls of tools, whole and not."""
        call = ToolCallRecord("get_weather", '{"city":"Oslo","days":2,"units":"metric"}')
        mail = ToolCallRecord("send_mail", '{"to":"ana@example.com","subject":"Oslo"}')
        broken = ToolCallRecord("send_mail", "", is_complete=False, raw='{"to": "ana@exam')
        thought = "The person asks for the weather.\n\nA tool **knows** it: `get_weather`."
        self.model.set_messages(
            [
                message(1, "What is the weather in Oslo? Tell Ana."),
                message(
                    2,
                    "I ask for it.",
                    reasoning=thought,
                    origin=THOUGHTFUL,
                    calls=(call, mail),
                    status=MessageStatus.COMPLETE,
                ),
                message(3, "And once more?"),
                message(4, "", status=MessageStatus.STOPPED, calls=(broken,)),
                message(5, "And why?"),
                message(6, "", reasoning=thought, status=GENERATING),
            ]
        )
        thinking = STATES["thinking"][1]
        assert thinking is not None
        self.model.set_progress(6, thinking)

    def show_window(self) -> None:
        """What the model reads no more, what is kept, and what it has instead."""
        left = {"left_window": True}
        words = "They planned a trip to Oslo and chose May. Ana travels by train. " * 3
        self.model.set_messages(
            [
                message(1, "My name is Ana.", pinned=True),
                message(2, "Hello Ana.", **left),
                message(3, QUESTION, **left),
                message(4, "About **€27,948**, of which €3,948 is interest.", pinned=True),
                message(5, "And with a fee?", **left),
                message(6, f"{PARTIAL} €27,210.", **left),
                message(20, words.strip(), role=Role.SUMMARY),
                message(7, "When do we go?"),
                message(8, "In May."),
            ]
        )

    def show_full(self) -> None:
        """No room any more: before an answer, and in the middle of one."""
        self.view.set_longer_context(16_384)
        full, _ = STATES["full"]
        self.model.set_messages(
            [
                message(1, QUESTION),
                message(2, PARTIAL),
                message(3, "Now the same with a yearly fee of 0.5%."),
                replace(full, id=4),
            ]
        )

    def press(self, name: str) -> None:
        """Press everything of this name."""
        for one in self.view.placed:
            for spot, _ in list(one.item.spots()):
                if name in (spot.name, spot.text):
                    spot.act()

    def mark(self) -> None:
        """Select from the first list into the code, and mark what was looked for."""
        row = 1
        found = [
            Match(row, block, at, at + 4)
            for block, value in enumerate(self.view.item(row).column.blocks)
            for at in [visible_text(value).lower().find("year")]
            if at >= 0
        ]
        self.view.set_matches({row: found}, found[min(1, len(found) - 1)])
        self.view._set_selection(Position(0, 0, 30), Position(row, 9, 60))


def draw_all(renderer: Renderer, themes: list[ThemeChoice], widths: list[int], suffix: str) -> None:
    tall = 5200 if not suffix else 9000
    halves = list(STATES)[:8], list(STATES)[8:]
    for theme in themes:
        renderer.appearance.set_choice(theme)
        for width in widths:
            name = f"{theme}-{width}{suffix}"
            renderer.show_everything()
            renderer.shoot(f"everything-{name}", width, tall)
            renderer.press("Thought for 8 s")
            renderer.press("Wrap lines")
            renderer.mark()
            renderer.shoot(f"marked-{name}", width, tall)
            for number, half in enumerate(halves):
                renderer.show_states(half)
                renderer.press("Thinking 12 s")
                renderer.shoot(f"states-{number + 1}-{name}", width, 1400 if not suffix else 2600)


def draw_parts(renderer: Renderer, themes: list[ThemeChoice], widths: list[int]) -> None:
    """What comes apart from the text, and the model's window."""
    for theme in themes:
        renderer.appearance.set_choice(theme)
        for width in widths:
            name = f"{theme}-{width}"
            renderer.show_parts()
            renderer.shoot(f"parts-{name}", width, 900)
            for one in renderer.view.placed:
                for spot, _ in list(one.item.spots()):
                    if spot.kind == "opener":
                        spot.act()
            renderer.shoot(f"parts-open-{name}", width, 1000)
            renderer.show_window()
            renderer.shoot(f"window-{name}", width, 1000)
            renderer.show_full()
            renderer.shoot(f"full-{name}", width, 600)


def tab(view: TranscriptView, times: int) -> None:
    for _ in range(times):
        view.focusNextPrevChild(True)


def draw_pointer(renderer: Renderer) -> None:
    """Hovered, pressed and focused things; open details; the pill."""
    view, model = renderer.view, renderer.model
    mouse = Mouse(view)
    for theme in (ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST):
        renderer.appearance.set_choice(theme)
        model.set_messages([message(1, QUESTION), replace(STATES["failed"][0])])
        view.resize(960, 520)
        renderer.press("Details")
        view.focus_message(-1)
        renderer.shoot(f"failed-{theme}", 960, 520)
        model.set_messages([message(1, QUESTION), message(2, EVERYTHING[-1600:])])
        view.resize(960, 600)
        renderer.settle()
        view.setFocus()
        actions: dict[str, Callable[[], None]] = {
            "hovered": lambda: mouse.move(QPoint(300, 200)),
            "focused": lambda: view.focus_message(-1),
            "tabbed": lambda: tab(view, 3),
        }
        for name, act in actions.items():
            act()
            renderer.shoot(f"{name}-{theme}", 960, 600)
        model.set_messages(conversation(40))
        renderer.settle()
        view.scroll_by(-900)
        model.append(message(42, "New."))
        renderer.shoot(f"scrolled-{theme}", 640, 700)


def main() -> None:
    """Write one picture for each theme, width and state."""
    parser = argparse.ArgumentParser(prog="python -m tests.ui.transcript.render")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en_US")
    parser.add_argument("--only", choices=("parts",))
    options = parser.parse_args()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    QLocale.setDefault(QLocale(options.language))
    install_translations(application, Paths.default().resources / "i18n", options.language)
    renderer = Renderer(application, folder)
    every = [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.HIGH_CONTRAST]
    draw_parts(renderer, every, [960, 640])
    if options.only:
        renderer.close()
        return
    draw_all(renderer, every, [960, 640], "")
    draw_pointer(renderer)
    application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    draw_all(renderer, [ThemeChoice.LIGHT], [960], "-right-to-left")
    application.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    renderer.close()
    renderer = Renderer(application, folder, enlarged=2)
    draw_all(renderer, [ThemeChoice.LIGHT], [960], "-enlarged")
    renderer.close()


if __name__ == "__main__":
    main()
