"""Walks the transcript as a screen reader does, through AT-SPI, while answers are written.

By hand, on Linux, with the packages at-spi2-core, dbus, gir1.2-atspi-2.0, python3-gi and xvfb, and
the system's Python, which sees them; the last argument is the Python that has Chatapp:

    xvfb-run dbus-run-session -- python3 -m tests.ui.transcript.atspi_walk .venv/bin/python
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

NAME = "atspi-walk"
ROUNDS = 1000


# The window


def show_window(count: int) -> None:
    """A transcript in which answers are written until nobody reads it any more."""
    from dataclasses import replace

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from chatapp.domain.conversation import MessageStatus
    from chatapp.paths import Paths
    from chatapp.ui.i18n import error_sentence
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.theme import Appearance, ThemeChoice
    from chatapp.ui.transcript.accessible import install_accessibility
    from chatapp.ui.transcript.view import TranscriptView
    from tests.ui.transcript.samples import RICH, conversation, message

    application = QApplication([NAME])
    application.setApplicationName(NAME)
    install_accessibility()
    appearance = Appearance(application, Paths.default().resources, ThemeChoice.LIGHT)
    model = TranscriptModel()
    view = TranscriptView(model, appearance, error_sentence)
    view.resize(960, 700)
    model.set_messages(conversation(count))
    view.show()
    view.activateWindow()
    view.setFocus()
    written = 0

    def write() -> None:
        nonlocal written
        last = model.message_at(model.rowCount() - 1)
        if last.status is not MessageStatus.GENERATING:
            number = last.id + 1 + last.id % 2
            model.append(message(number, "And then?"))
            model.append(message(number + 1, "", status=MessageStatus.GENERATING))
            written = 0
        elif written < len(RICH):
            model.grow(last.id, RICH[written : written + 60])
            written += 60
        else:
            model.replace(replace(last, status=MessageStatus.COMPLETE))
            if model.rowCount() > count + 40:
                model.remove_from(model.message_at(count).id)

    timer = QTimer(interval=30)
    timer.timeout.connect(write)
    timer.start()
    application.exec()


# The reader


class Reader:
    """Asks for everything that a screen reader may ask for."""

    def __init__(self, python: str, count: int) -> None:
        import gi

        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib

        self.atspi: Any = Atspi
        self.gone = GLib.Error
        Atspi.set_timeout(5000, 15000)
        environment = {**os.environ, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        environment["QT_QPA_PLATFORM"] = "xcb"
        self.window = subprocess.Popen(
            [python, "-X", "faulthandler", "-m", __spec__.name, "--window", str(count)],
            env=environment,
        )
        self.count = count
        self.conversation = self._find()

    def _find(self) -> Any:
        for _ in range(240):
            time.sleep(0.25)
            desktop = self.atspi.get_desktop(0)
            for index in range(desktop.get_child_count()):
                application = desktop.get_child_at_index(index)
                if application and application.get_name() == NAME and application.get_child_count():
                    return application.get_child_at_index(0)
        raise SystemExit("the window did not come")

    def message(self, index: int) -> Any:
        """A message; counted from the end when `index` is negative."""
        if index < 0:
            index += self.conversation.get_child_count()
        return self.conversation.get_child_at_index(index)

    def read(self, one: Any) -> str:
        """All that a message says, in all the ways there are to ask for it."""
        text = self.atspi.Text
        length = text.get_character_count(one)
        said: str = text.get_text(one, 0, -1)
        units = len(said.encode("utf-16-le", "surrogatepass")) // 2
        if not self.is_last(one):
            assert units == length, (units, length)
        if length:
            at = random.randrange(length)
            for granularity in (
                self.atspi.TextGranularity.CHAR,
                self.atspi.TextGranularity.WORD,
                self.atspi.TextGranularity.SENTENCE,
                self.atspi.TextGranularity.LINE,
                self.atspi.TextGranularity.PARAGRAPH,
            ):
                text.get_string_at_offset(one, at, granularity)
            text.get_character_extents(one, at, self.atspi.CoordType.SCREEN)
            text.get_attribute_run(one, at, False)
            text.get_n_selections(one)
            text.get_caret_offset(one)
        return said

    def is_last(self, one: Any) -> bool:
        """Whether it may be growing."""
        return bool(one.get_index_in_parent() >= self.count)

    def look_at(self, one: Any) -> None:
        """Everything about a message, and about what can be pressed in it."""
        if one.get_role() != self.atspi.Role.LIST_ITEM:
            assert one.get_role() == self.atspi.Role.PUSH_BUTTON, (
                one.get_role()
            )  # the way to the end
            return
        name = one.get_name()
        assert not name or ": " in name, name
        one.get_description()
        one.get_state_set().get_states()
        one.get_parent()
        one.get_extents(self.atspi.CoordType.SCREEN)
        self.read(one)
        for index in range(one.get_child_count()):
            button = one.get_child_at_index(index)
            if button is None:
                continue  # it went in the meantime
            button.get_name()
            button.get_role()
            button.get_state_set().get_states()
            button.get_extents(self.atspi.CoordType.SCREEN)
            button.get_n_actions()

    def press(self, name: str) -> bool:
        """Press a button of one of the last messages of the beginning."""
        for index in range(self.count - 1, max(-1, self.count - 6), -1):
            one = self.message(index)
            for place in range(one.get_child_count()):
                button = one.get_child_at_index(place)
                if button is not None and button.get_name() == name:
                    return bool(button.do_action(0))
        return False

    def memory(self) -> float:
        """What the window takes, in MB."""
        lines = Path(f"/proc/{self.window.pid}/smaps_rollup").read_text().splitlines()
        (pss,) = [line for line in lines if line.startswith("Pss:")]
        return int(pss.split()[1]) / 1024


def walk(python: str, count: int, rounds: int) -> None:
    """Walk through a conversation of `count` messages, then here and there in it."""
    reader = Reader(python, count)
    try:
        conversation = reader.conversation
        assert conversation.get_role() == reader.atspi.Role.LIST
        assert conversation.get_name() == "Conversation"
        assert conversation.get_child_count() >= count
        started = time.perf_counter()
        for index in range(min(count, 2000)):
            one = reader.message(index)
            assert one is not None, index
            assert one.get_name(), index
        spent = time.perf_counter() - started
        per_name = 1000 * spent / min(count, 2000)
        reader.look_at(reader.message(count - 1))
        assert reader.press("Copy answer")
        assert "Copied" in [
            reader.message(count - 1).get_child_at_index(place).get_name()
            for place in range(reader.message(count - 1).get_child_count())
        ]
        memory = []
        started = time.perf_counter()
        failed = 0
        for step in range(rounds):
            try:
                index = random.choice((random.randrange(count), -1, -2, -3))
                one = reader.message(index)
                if one is not None:
                    reader.look_at(one)
                if step % 10 == 0:
                    reader.press(random.choice(("Copy answer", "Wrap lines", "Good answer")))
                if step % 25 == 0:
                    one.grab_focus()
                    reader.atspi.Text.set_selection(one, 0, 0, 5)
            except reader.gone as error:
                failed += 1  # what was asked for went in the meantime
                if reader.window.poll() is not None:
                    raise SystemExit(f"the window died: {reader.window.returncode}") from error
            if (step + 1) % (rounds // 4) == 0:
                memory.append(f"{reader.memory():.1f}")
        spent = time.perf_counter() - started
        assert reader.window.poll() is None, "the window died"
        sys.stdout.write(
            f"{count} messages: name {per_name:.2f} ms; {rounds} rounds of everything "
            f"{1000 * spent / rounds:.1f} ms each, {failed} on what had gone; "
            f"memory after each quarter {', '.join(memory)} MB\n"
        )
    finally:
        reader.window.terminate()
        reader.window.wait()


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", nargs="?", default=sys.executable)
    parser.add_argument("--window", type=int, metavar="COUNT", help="be what is walked through")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--counts", type=int, nargs="+", default=[30, 10_000])
    arguments = parser.parse_args()
    if arguments.window is not None:
        show_window(arguments.window)
        return
    for count in arguments.counts:
        walk(arguments.python, count, arguments.rounds)


if __name__ == "__main__":
    main()
