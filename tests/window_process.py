"""The window in a process of its own, with fake workers: python -m tests.window_process HOME.

It prints "shown", then "writing" in the middle of an answer if there is a question after HOME, and
"front" whenever another instance was started. With CHATAPP_TEST_COPY it copies the answer so far
before it says "writing". With CHATAPP_TEST_OPEN it is started with that link; it prints "model" and
the name in place of showing a model, for which the Hub would be asked.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer

from chatapp import app
from chatapp.paths import Paths
from chatapp.ui.links import Wish
from chatapp.ui.main_window import MainWindow
from tests.fakes import WAIT, FakeWorkers


def main(home: Path, question: str) -> int:
    workers = FakeWorkers()
    workers.script_answer("The ship ", WAIT, "sails on.")
    begun = app.Desktop.show

    def show(desktop: app.Desktop) -> None:
        begun(desktop)
        pane = desktop.window.pane

        def look() -> None:
            messages = pane.transcript_model.messages
            if messages and messages[-1].text:
                timer.stop()
                if "CHATAPP_TEST_COPY" in os.environ:
                    pane.transcript.select_all()
                    pane.transcript.copy_selection()
                say("writing")

        timer = QTimer(desktop.window, interval=10)
        timer.timeout.connect(look)
        QTimer.singleShot(0, lambda: say("shown"))
        if question:
            QTimer.singleShot(0, lambda: pane.composer.send_requested.emit(question, ()))
            timer.start()

    app.Desktop.show = show  # type: ignore[method-assign]
    app.Desktop = partial(app.Desktop, start_worker=workers)  # type: ignore[misc,assignment]
    MainWindow.bring_to_front = lambda _: say("front")  # type: ignore[method-assign]
    MainWindow.open_model = lambda _, reference: say(f"model {reference.repo}")  # type: ignore[method-assign]
    link = os.environ.get("CHATAPP_TEST_OPEN")
    return app.run_window(Paths.under(home), Wish((link,)) if link else None)


def say(word: str) -> None:
    print(word, flush=True)  # noqa: T201 - what the test waits for


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), " ".join(sys.argv[2:])))
