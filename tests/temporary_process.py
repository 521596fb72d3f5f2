"""Two conversations with everything in them, and the real model: HOME FILE FILE.

The first is kept, the second is temporary. The name of the file is in all that is asked, attached,
drawn, left unsent and told to the model. "done" is printed when all of it is over; then the process
waits to be killed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer

from chatapp.app import Desktop, create_application
from chatapp.domain.conversation import MessageStatus
from chatapp.engine.state import EngineStatus
from chatapp.paths import Paths

Step = Callable[[], object]


class Person:
    """Does one thing after the other, each when what it waits for is there."""

    def __init__(self, desktop: Desktop, kept: Path, temporary: Path) -> None:
        self._desktop = desktop
        self._window = desktop.window
        self._pane = desktop.window.pane
        self._steps = self._script(kept, temporary)
        self._waits_for: Step = lambda: True
        self._timer = QTimer(desktop.window, interval=20)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if not self._waits_for():
            return
        try:
            self._waits_for = next(self._steps)
        except StopIteration:
            self._timer.stop()
            sys.stdout.write("done\n")
            sys.stdout.flush()

    def _script(self, kept: Path, temporary: Path) -> Iterator[Step]:
        self._desktop.services.settings.change(max_tokens=8)
        yield lambda: self._pane.model is not None and self._status() is EngineStatus.READY
        yield from self._talk(kept, times=1)
        shown = self._pane.conversation
        self._window.actions_of_window.new_temporary.trigger()
        yield lambda: self._pane.conversation not in (None, shown)
        yield from self._talk(temporary, times=2)
        # What was read of them is kept now, if anything is.
        self._desktop.services.engine.unload()
        yield lambda: self._status() is EngineStatus.UNLOADED

    def _talk(self, file: Path, *, times: int) -> Iterator[Step]:
        pane, session, secret = self._pane, self._desktop.services.session, file.stem
        conversations = self._desktop.services.conversations
        pane.composer.add_files([file])
        yield pane.composer.attachments
        pane.composer.set_text(f"What is {secret}?")
        pane.composer.send_requested.emit(pane.composer.text(), pane.composer.attachments())
        yield self._is_answered
        assert pane.conversation is not None
        number, answer = pane.conversation.id, pane.transcript_model.messages[-1].id
        session.edit_answer(answer, _drawn(file))
        yield lambda: self._refused() == times
        self._later(lambda: conversations.set_system_prompt(number, f"You are {secret}."))
        self._later(lambda: conversations.rename(number, f"On {secret}"))
        session.retry(answer, model=pane.model)  # type: ignore[arg-type]
        yield self._storage()
        yield self._is_answered
        session.duplicate(number, f"More {secret}")
        yield lambda: pane.conversation is not None and pane.conversation.id != number
        session.branch_off(pane.transcript_model.messages[-1].id)
        pane.composer.set_text(f"Unsent {secret}")
        pane.composer.flush_draft()
        yield self._storage()

    def _refused(self) -> int:
        """How many formulas could not be drawn."""
        log = self._desktop.services.paths.logs / "chatapp.log"
        return log.read_text(encoding="utf-8").count("not drawn")

    def _is_answered(self) -> bool:
        messages = self._pane.transcript_model.messages
        is_written = bool(messages) and messages[-1].status is not MessageStatus.GENERATING
        return is_written and not self._pane.composer.is_running

    def _status(self) -> EngineStatus:
        return self._desktop.services.engine.state.status

    def _later(self, function: Step) -> None:
        self._desktop.services.jobs.database.run(function)

    def _storage(self) -> Step:
        """Until everything is done that storage was asked for by now."""
        return self._desktop.services.jobs.database.submit(lambda: None).done


def _drawn(file: Path) -> str:
    """Formulas, one of which can't be drawn, code in colours, and a picture."""
    name, picture = file.stem, file.with_suffix(".png")
    return (
        f"The formula $\\text{{{name}}}^2$ and\n\n$$\\{name}{{x$$\n\n"
        f"```python\n{name} = 1\n```\n\n![{name}]({picture.as_uri()})\n"
    )


def main(home: Path, kept: Path, temporary: Path) -> int:
    application = create_application()
    desktop = Desktop(application, Paths.under(home))
    desktop.show()
    person = Person(desktop, kept, temporary)
    try:
        return application.exec()
    finally:
        del person


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
