"""How long typing in the palettes keeps the interface from answering, with 5,000 conversations.

    python -m tests.bench palettes

Each figure is the longest time, in milliseconds, that one turn of the event loop took from the key
until all that it led to was there, in the whole window on real storage.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from chatapp.app import Desktop, create_application
from chatapp.domain.conversation import Role
from chatapp.paths import Paths
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.ui.palette.palette import Palette
from tests.bench.measure import Measure
from tests.fakes import FakeWorkers, fake_model

_CONVERSATIONS = 5_000
_REST = 0.25  # seconds without anything to do, after which all is there
_PATIENCE = 60.0  # seconds
_TYPED = ("conversation 12", "s", "dark", "how the", "zzzz", "@wri")
_BAR = "at most 50"


def run() -> list[Measure]:
    """One run: the longest block is what counts."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = create_application()
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths.under(Path(folder))
        paths.create()
        _fill(paths)
        for number in range(20):
            fake_model(paths.models, f"model-{number}")
        desktop = Desktop(application, paths, start_worker=FakeWorkers())
        try:
            return _measures(application, desktop)
        finally:
            desktop.close()


def _fill(paths: Paths) -> None:
    database = Database(paths.database)
    database.execute("PRAGMA synchronous = OFF")  # only while it is filled
    conversations = Conversations(database)
    for number in range(1, _CONVERSATIONS + 1):
        made = conversations.create(title=f"Conversation {number} about something")
        text = f"How do ships of kind {number} float?"
        conversations.add_message(made.id, role=Role.USER, text=text, parent_id=None)
    database.close()


def _measures(application: QApplication, desktop: Desktop) -> list[Measure]:
    longest: dict[str, float] = {}

    def turn(name: str, function: Callable[[], object]) -> float:
        began = time.perf_counter()
        function()
        took = (time.perf_counter() - began) * 1000
        longest[name] = max(longest.get(name, 0.0), took)
        return took

    def settle(name: str) -> None:
        """Until nothing has happened for a while."""
        quiet_since = time.perf_counter()
        while time.perf_counter() - quiet_since < _REST:
            if turn(name, application.processEvents) > 1.0:
                quiet_since = time.perf_counter()
            time.sleep(0.001)

    desktop.show()
    panel = desktop.window.panel
    end = time.monotonic() + _PATIENCE
    while len(panel.model.conversations) < _CONVERSATIONS and time.monotonic() < end:
        application.processEvents()
    settle("until the window is at rest")
    palettes = desktop.window.palettes
    for kind, show in (("commands", palettes.open_commands), ("search", palettes.open_search)):
        turn(f"{kind}: open", show)
        settle(f"{kind}: open")
        palette: Palette = palettes.commands if kind == "commands" else palettes.search
        for words in _TYPED:
            palette.field.clear()
            settle(f"{kind}: empty again")
            for letter in words:
                turn(f"{kind}: type", partial(_press, palette, letter))
                settle(f"{kind}: type")
        palette.field.clear()
        settle(f"{kind}: empty again")
        palette.dismiss()
    return [
        Measure(name, value, "ms", 1, "" if name.startswith("until") else _BAR)
        for name, value in longest.items()
    ]


def _press(palette: Palette, letter: str) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
        QCoreApplication.sendEvent(palette.field, event)
