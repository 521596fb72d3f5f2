"""`chatapp --smoke-test`: tries the whole application once, in a temporary folder and off screen.

It runs on every build after installing it: a missing library, resource or tokeniser shows here.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from PySide6.QtCore import QTimer

from chatapp.app import Desktop, create_application
from chatapp.domain.conversation import MessageStatus
from chatapp.engine.state import EngineStatus
from chatapp.paths import Paths

_TIMEOUT = 120.0  # seconds for one step; a slow computer loads the model in a fraction of it
_TOKENS = 8


class _SmokeTestFailed(Exception):
    """A step did not come to its end; the text names it."""


def run_smoke_test() -> int:
    """Window, model, eight tokens, killed worker, search. Returns 0, or 1 with a line about why."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="chatapp-smoke-") as folder:
        try:
            _run(Paths.under(Path(folder)))
        except _SmokeTestFailed as failure:
            print(f"chatapp: the smoke test failed: {failure}")  # noqa: T201 - its result
            return 1
    print("smoke test passed")  # noqa: T201 - its result
    return 0


def _run(paths: Paths) -> None:
    application = create_application()
    desktop = Desktop(application, paths)
    desktop.services.settings.change(max_tokens=_TOKENS, temperature=0.0)
    failures: list[_SmokeTestFailed] = []
    steps = _steps(desktop)

    def advance() -> None:
        try:
            next(steps)
        except StopIteration:
            application.quit()
        except _SmokeTestFailed as failure:
            failures.append(failure)
            application.quit()
        except Exception as mistake:
            # Without this the steps would simply be over.
            failures.append(_SmokeTestFailed(repr(mistake)))
            application.quit()
            raise

    timer = QTimer()
    timer.timeout.connect(advance)
    timer.start(20)
    desktop.show()
    application.exec()
    timer.stop()
    desktop.close()
    if failures:
        raise failures[0]


def _steps(desktop: Desktop) -> Iterator[None]:
    """One step after the other; yields while it waits for something."""
    window, pane, engine = desktop.window, desktop.window.pane, desktop.services.engine

    def ready() -> bool:
        return engine.state.status is EngineStatus.READY

    def answered() -> bool:
        messages = pane.transcript_model.messages
        return bool(messages) and messages[-1].status is MessageStatus.COMPLETE

    yield from _wait("the window is shown", window.isVisible)
    yield from _wait("the starter model is loaded", ready)
    pane.composer.send_requested.emit("Name three colours.", ())
    yield from _wait("eight tokens are written", answered)
    worker = engine.worker_pid
    if worker is None:
        raise _SmokeTestFailed("there is no worker process")
    psutil.Process(worker).kill()
    yield from _wait("the killed worker is noticed", lambda: engine.worker_pid != worker)
    yield from _wait("the model is loaded again", ready)
    first = pane.transcript_model.messages[-1].id
    pane.retry_last()
    yield from _wait(
        "the question is answered again",
        lambda: answered() and pane.transcript_model.messages[-1].id != first,
    )
    search = desktop.services.jobs.database.submit(desktop.services.search.find, "colour")
    yield from _wait("the search is done", search.done)
    if not search.result():
        raise _SmokeTestFailed("the search does not find the question")


def _wait(what: str, condition: Callable[[], bool]) -> Iterator[None]:
    deadline = time.monotonic() + _TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            raise _SmokeTestFailed(f"timed out while waiting until {what}")
        yield
