"""Start: command line, imports, first paint, memory at rest.

The rival of the first paint is an empty window of Qt, painted in a process of its own, too.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measure import Measure, median, runs

_RUNS = runs(7)
_FIRST_PAINT = """
import gc, sys, time
gc.disable()  # as chatapp.__main__ does
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from chatapp.app import Desktop, create_application
from chatapp.paths import Paths

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.report)
        return False
    def report(self):
        print(time.time() - float(sys.argv[2]), flush=True)
        QTimer.singleShot(1500 if len(sys.argv) > 3 else 0, self.rest)
    def rest(self):
        import psutil
        print(psutil.Process().memory_full_info().pss / 1e6, flush=True)
        application.quit()

application = create_application()
desktop = Desktop(application, Paths.under(Path(sys.argv[1])))
first_paint = FirstPaint()
desktop.window.pane.installEventFilter(first_paint)
desktop.show()
application.exec()
desktop.close()
"""
_EMPTY = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit

class Edit(QPlainTextEdit):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(time.time() - float(sys.argv[1]), flush=True)
        QTimer.singleShot(0, application.quit)

application = QApplication([])
window = QMainWindow()
window.setCentralWidget(Edit())
window.resize(1100, 800)
window.show()
application.exec()
"""
_IMPORT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def run() -> list[Measure]:
    """Medians of seven runs each on a warm disk, the two sides of a ratio in turn."""
    return [*_command_line(), *_imports(), *_first_paint()]


def _command_line() -> list[Measure]:
    version, empty = [], []
    for _ in range(_RUNS + 1):
        empty.append(_seconds("-c", "pass"))
        version.append(_seconds("-m", "chatapp", "--version"))
    added = [a - b for a, b in zip(version[1:], empty[1:], strict=True)]
    return [
        median("chatapp --version", version[1:], "s"),
        median("… more than python -c pass", added, "s", "at most 0.15"),
    ]


def _imports() -> list[Measure]:
    return [
        median(f"import {name}", [_printed(_IMPORT.format(name))[0] for _ in range(_RUNS)], "s")
        for name in ("chatapp.cli", "chatapp.services", "chatapp.app")
    ]


def _first_paint() -> list[Measure]:
    paints, empty, memory = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(_RUNS + 1):
            empty.append(_printed(_EMPTY, repr(time.time()))[0])
            arguments = (str(Path(folder)), repr(time.time()))
            at_rest = ("rest",) if number == _RUNS else ()
            figures = _printed(_FIRST_PAINT, *arguments, *at_rest)
            paints.append(figures[0])
            memory.append(figures[1])
    ratios = [ours / least for ours, least in zip(paints[1:], empty[1:], strict=True)]
    return [
        median("process start to first paint of the window", paints[1:], "s", "under 1"),
        median("first paint of an empty Qt window", empty[1:], "s"),
        median("first paint to that of an empty Qt window, ratio", ratios, "x", better="less"),
        Measure("memory (PSS) of the window process at rest", memory[-1], "MB"),
    ]


def _seconds(*arguments: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def _printed(code: str, *arguments: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True
    )
    return [float(line) for line in done.stdout.split()]
