"""Memory of the window with a conversation of no, a thousand and ten thousand messages open.

Each in a process of its own, with fake workers: `python -m tests.bench.memory HOME COUNT` is one of
them. The window's helpers, which draw formulas and colour code, are counted; a model is not there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.measure import Measure

_COUNTS = (0, 1_000, 10_000)
_REST = 2.0  # seconds
_PATIENCE = 60.0
_STEPS = 20  # of a way through the conversation


def run() -> list[Measure]:
    """At the end of the conversation as it was opened, and after looking all over it."""
    measures = []
    for count in _COUNTS:
        with tempfile.TemporaryDirectory() as home:
            command = [sys.executable, "-m", "tests.bench.memory", home, str(count)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        opened, looked = map(float, done.stdout.split())
        measures.append(Measure(f"window with {count} messages", opened, "MB"))
        if count:
            measures.append(Measure("… after scrolling through them", looked, "MB"))
    return measures


def main(home: Path, count: int) -> None:
    """Print the memory before and after, in megabytes."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import psutil
    from PySide6.QtCore import QEventLoop, QTimer

    from chatapp.app import Desktop, create_application
    from chatapp.paths import Paths
    from tests.fakes import FakeWorkers, fake_model

    application = create_application()
    paths = Paths.under(home)
    paths.create()
    fake_model(paths.models, "alpha")
    number = _fill(paths.database, count)
    desktop = Desktop(application, paths, start_worker=FakeWorkers())
    pane = desktop.window.pane

    def rest(seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def until(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not condition():
            assert time.monotonic() < end, "it did not come about"
            rest(0.02)

    def memory() -> float:
        me = psutil.Process()
        family = (me, *me.children(recursive=True))
        return sum(process.memory_full_info().pss for process in family) / 1e6

    desktop.show()
    until(lambda: pane.model is not None)
    if count:
        desktop.window.panel.sidebar.conversation_selected.emit(number)
        until(lambda: len(pane.transcript_model.messages) == count)
    rest(_REST)
    opened = memory()
    bar = pane.transcript.verticalScrollBar()
    for step in range(_STEPS + 1):
        bar.setValue(bar.maximum() * step // _STEPS)
        rest(0.1)
    rest(_REST)
    sys.stdout.write(f"{opened} {memory()}\n")
    desktop.close()


def _fill(database_path: Path, count: int) -> int:
    from chatapp.storage.conversations import Conversations
    from chatapp.storage.database import Database
    from tests.bench.transcript_texts import conversation

    database = Database(database_path)
    database.execute("PRAGMA synchronous = OFF")  # only while it is filled
    conversations = Conversations(database)
    number = conversations.create(title="Long").id
    parent: int | None = None
    for message in conversation(count):
        parent = conversations.add_message(
            number, role=message.role, text=message.text, parent_id=parent
        ).id
    database.close()
    return number


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
