"""The transcript's costs for the interface: opening, scrolling, streaming, finding its way about.

Times are processor time of the main thread unless they say "wall": other work on the machine does
not count then. Memory is the proportional set size of this process and of its drawing process.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtWidgets import QApplication

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import MessageStatus
from chatapp.paths import Paths
from chatapp.ui.bridge import MainThread
from chatapp.ui.i18n import error_sentence
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.transcript.drawings import Drawings
from chatapp.ui.transcript.view import TranscriptView
from tests.bench.measure import Measure, median, runs
from tests.bench.transcript_texts import answer, conversation, message

_MANY = 10_000
_ROUNDS = runs(5)
_TOKENS_PER_REDRAW = 7  # 200 a second, 30 redraws a second


class _Window:
    """A transcript on a screen that nobody sees."""

    def __init__(self) -> None:
        existing = QApplication.instance()
        self.application = existing if isinstance(existing, QApplication) else QApplication([])
        resources = Paths.default().resources
        self.appearance = Appearance(self.application, resources, ThemeChoice.LIGHT)
        self.main_thread = MainThread()
        self.drawings = Drawings(self.main_thread.post)
        self.model = TranscriptModel()
        self.view = TranscriptView(self.model, self.appearance, error_sentence, self.drawings)
        self.view.resize(1100, 900)
        self.view.show()
        self.longest_wall = 0.0  # milliseconds
        self.settle()

    def settle(self, seconds: float = 0.0) -> None:
        """Let what waits happen."""
        end = time.monotonic() + seconds
        while True:
            self.application.processEvents()
            if time.monotonic() >= end:
                return
            time.sleep(0.005)

    def timed(self, action: Callable[[], object]) -> float:
        """What an action and the painting after it take, in milliseconds."""
        begin, clock = time.thread_time(), time.perf_counter()
        action()
        self.application.processEvents()
        self.longest_wall = max(self.longest_wall, (time.perf_counter() - clock) * 1000)
        return (time.thread_time() - begin) * 1000

    def memory(self) -> float:
        """In megabytes."""
        me = psutil.Process()
        processes = [me, *(child for child in me.children(recursive=True))]
        return sum(process.memory_full_info().pss for process in processes) / 1e6

    def close(self) -> None:
        self.view.close()
        self.drawings.close()
        self.view.deleteLater()
        self.settle()


def run() -> list[Measure]:
    """One window after the other; medians of five."""
    gc.collect()
    gc.freeze()
    window = _Window()
    # Fonts, the drawing process and what it imports for code and for formulas.
    window.model.set_messages([*conversation(20), message(21, "$$x^2$$\n\n```python\nx = 1\n```")])
    window.settle(3.0)
    window.model.clear()
    window.settle(0.2)
    measures = _many(window)
    measures += _streaming(window)
    measures += _extremes(window)
    measures += _no_leak(window)
    window.close()
    return measures


def _many(window: _Window) -> list[Measure]:
    window.settle(0.3)
    empty = window.memory()
    messages = conversation(_MANY)
    size = sum(len(message.text.encode()) for message in messages) / 1e6
    opened: list[float] = []
    for _ in range(_ROUNDS):
        window.model.clear()
        window.settle(0.1)
        opened.append(window.timed(lambda: window.model.set_messages(messages)))
    window.settle(1.0)
    with_many = window.memory()
    view, bar = window.view, window.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    window.settle(0.2)
    down_and_up = ([72] * 70 + [-72] * 30) * 3
    steps = [window.timed(lambda by=by: bar.setValue(bar.value() + by)) for by in down_and_up]
    generator = random.Random(5)
    jumps = [
        window.timed(lambda: bar.setValue(generator.randrange(bar.maximum()))) for _ in range(100)
    ]
    widths = (700, 1100) * 5
    resizes = [window.timed(lambda width=width: view.resize(width, 900)) for width in widths]
    themes = (ThemeChoice.DARK, ThemeChoice.LIGHT) * 5
    switches = [
        window.timed(lambda theme=theme: window.appearance.set_choice(theme)) for theme in themes
    ]
    wrong = _jumps_seen(window, 1000)
    after = window.memory()
    return [
        Measure("content", size, "MB", 1, better="neither"),
        median(f"open {_MANY} messages", opened, "ms", "≤ 200"),
        Measure("memory over the empty window", with_many - empty, "MB", 1, "≤ 25"),
        Measure("memory after scrolling", after - empty, "MB", 1, "≤ 60"),
        _at("wheel step, p95", steps, 0.95, "≤ 5"),
        Measure("random jump, max", max(jumps), "ms", len(jumps), "≤ 60"),
        median("resize", resizes, "ms", "≤ 40"),
        median("theme switch", switches, "ms", "≤ 30"),
        Measure("scroll jumps over 1 px", wrong, "steps", 1000, "0"),
    ]


def _jumps_seen(window: _Window, count: int) -> int:
    """How often a text that is on the screen does not move by what was scrolled."""
    view, bar = window.view, window.view.verticalScrollBar()
    generator = random.Random(11)
    wrong = 0
    bar.setValue(bar.maximum() // 3)
    window.settle()
    for _ in range(count):
        step = generator.choice((-300, -120, -72, 72, 120, 300))
        before = {one.row: one.top for one in view.placed}
        at_ends = bar.value() + step <= 0 or bar.value() + step >= bar.maximum()
        bar.setValue(bar.value() + step)
        window.settle()
        if at_ends:
            continue
        moved = [one.top - before[one.row] for one in view.placed if one.row in before]
        wrong += any(abs(shift + step) > 1 for shift in moved[:1])
    return wrong


def _streaming(window: _Window) -> list[Measure]:
    window.model.set_messages(conversation(1000))
    window.settle(0.5)
    window.longest_wall = 0.0
    usual = _stream(window, answer(2000))
    wall = window.longest_wall
    # The same text again and again: some texts cost more than others.
    long = "\n\n".join([answer(4000)] * 5)
    growth = [_growth(_stream(window, long)) for _ in range(_ROUNDS)]
    rows = "".join(f"| {i} years | €{i * 2400:,} | {i * 30} | text {i} |\n" for i in range(150))
    table = _stream(window, f"| After | Paid in | Interest | Note |\n|---|--:|--:|---|\n{rows}")
    words = " ".join(["interest", "month", "value", "every", "little"] * 700)[:20_000]
    paragraph = _stream(window, words)
    lines = "\n".join(f"value_{i} = compute({i}, 'text', scale=0.5)  # {i}" for i in range(600))
    code = _stream(window, f"```python\n{lines}\n```")
    return [
        _at("redraw at 200 tokens/s, p95", usual, 0.95, "≤ 5"),
        Measure("redraw at 200 tokens/s, max", max(usual), "ms", len(usual), "≤ 16"),
        Measure("the same, max, wall", wall, "ms", len(usual), "≤ 50"),
        median("the same, last fifth of 20,000 against first", growth, "x", "≤ 1.1"),
        Measure("streaming a table of 150 rows, max", max(table), "ms", len(table), "≤ 33"),
        Measure(
            "streaming a paragraph of 20 KB, max", max(paragraph), "ms", len(paragraph), "≤ 33"
        ),
        Measure("streaming 600 lines of code, max", max(code), "ms", len(code), "≤ 33"),
    ]


def _growth(times: list[float]) -> float:
    """How much more the last fifth of the redraws takes than the first."""
    fifth = len(times) // 5
    return statistics.median(times[-fifth:]) / statistics.median(times[:fifth])


def _stream(window: _Window, text: str) -> list[float]:
    """Milliseconds of each redraw while an answer is written."""
    number = 100_000
    window.model.append(message(number - 1, "And now?", is_answer=False))
    window.model.append(message(number, "", status=MessageStatus.GENERATING))
    window.settle()
    times = []
    step = _TOKENS_PER_REDRAW * 4
    for start in range(0, len(text), step):
        piece = text[start : start + step]
        progress = AnswerProgress(AnswerPhase.WRITING, tokens=start // 4, tokens_per_second=200.0)

        def redraw(piece: str = piece, progress: AnswerProgress = progress) -> None:
            window.model.grow(number, piece)
            window.model.set_progress(number, progress)
            window.view.flush()

        times.append(window.timed(redraw))
    times.append(window.timed(lambda: window.model.replace(message(number, text))))
    window.model.remove_from(number - 1)
    window.settle()
    return times


def _extremes(window: _Window) -> list[Measure]:
    lines = "\n".join(f"value_{i} = compute({i}, 'text', scale=0.5)" for i in range(5000))
    rows = "".join(f"| {i} years | €{i * 2400:,} | {i * 30} | text {i} |\n" for i in range(500))
    text = "\n".join(("interest month value every little paper " * 3)[:100] for _ in range(10_000))
    cases = (
        ("a code block of 5,000 lines", f"```python\n{lines}\n```", "≤ 50"),
        ("a table of 500 rows", f"| a | b | c | d |\n|---|--:|--:|---|\n{rows}", "≤ 100"),
        ("1 MB in lines of 100 characters", text, "≤ 300"),
        ("1 MB in one line", "x" * 1_000_000, "≤ 100"),
    )
    measures = []
    for name, content, bar in cases:
        times = []
        blocks = []
        for _ in range(_ROUNDS):
            window.model.clear()
            window.settle(0.1)
            messages = [message(1, "Show it.", is_answer=False), message(2, content)]
            times.append(window.timed(lambda m=messages: window.model.set_messages(m)))
            longest = 0.0
            end = time.monotonic() + 1.5
            while time.monotonic() < end:
                begin = time.thread_time()
                window.application.processEvents()
                longest = max(longest, (time.thread_time() - begin) * 1000)
            blocks.append(longest)
        measures.append(median(f"open {name}", times, "ms", bar))
        measures.append(Measure("… longest block after", max(blocks), "ms", _ROUNDS, "≤ 100"))
    return measures


def _no_leak(window: _Window) -> list[Measure]:
    few = [conversation(60, seed) for seed in range(10)]
    for messages in few * 2:
        window.model.set_messages(messages)
        window.settle(0.2)
    gc.collect()
    before = window.memory()
    for number in range(200):
        window.model.set_messages(few[number % 10])
        window.settle()
    window.settle(0.5)
    gc.collect()
    grown = window.memory() - before
    return [Measure("memory after opening 200 conversations", grown, "MB", 200, "≤ 20")]


def _at(name: str, values: list[float], share: float, bar: str) -> Measure:
    ordered = sorted(values)
    value = ordered[min(len(ordered) - 1, int(len(ordered) * share))]
    return Measure(name, value, "ms", len(values), bar)
