"""Plays the desktop around the window: its tray, its keyboard and its notifications are real.

    xvfb-run dbus-run-session -- python -m tests.ui.desktop_walk HOME

starts the application on the folders under HOME, uses it as a person does who has closed its
window, and prints what was seen as JSON.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, MessageType, Properties, new_method_call, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from jeepney.low_level import HeaderFields, Message

from tests.ui.x_keyboard import (
    ALT,
    CONTROL,
    ESCAPE,
    LETTER_H,
    LETTER_I,
    RETURN,
    SPACE,
    Keyboard,
)

ANSWER = ("The ship ", "sails ", "on.")
MAIN, SMALL = "Chatapp", "Quick ask"
_TIMEOUT = 30.0  # seconds; only ever waited for by a test that fails
_WATCHER = "org.kde.StatusNotifierWatcher"
_ITEM = "org.kde.StatusNotifierItem"
_MENU = "com.canonical.dbusmenu"
_INTROSPECTION = f"""<node><interface name="{_WATCHER}">
<method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
</interface></node>"""


class Panel:
    """What has a place for icons: it hears of them, shows their menus and clicks on them."""

    def __init__(self) -> None:
        self._icons: queue.Queue[str] = queue.Queue()
        self._calls = open_dbus_connection(bus="SESSION")
        self._answers = open_dbus_connection(bus="SESSION")
        self._answers.send_and_get_reply(message_bus.RequestName(_WATCHER), timeout=_TIMEOUT)
        threading.Thread(target=self._serve, daemon=True).start()

    def icon(self) -> str:
        """The next program that has one, by its name on the bus."""
        return self._icons.get(timeout=_TIMEOUT)

    def read(self, icon: str, name: str) -> Any:
        """A property of an icon."""
        address = DBusAddress("/StatusNotifierItem", icon, _ITEM)
        return self._ask(Properties(address).get(name))[0][1]

    def click(self, icon: str) -> None:
        """With the left button."""
        address = DBusAddress("/StatusNotifierItem", icon, _ITEM)
        self._ask(new_method_call(address, "Activate", "ii", (0, 0)))

    def menu(self, icon: str) -> dict[str, int]:
        """The entries of its menu, with their numbers."""
        address = DBusAddress(self.read(icon, "Menu"), icon, _MENU)
        body = self._ask(new_method_call(address, "GetLayout", "iias", (0, -1, [])))
        _, _, children = body[1]
        entries = [child for _, child in children]
        return {
            values["label"][1].replace("_", ""): number
            for number, values, _ in entries
            if "label" in values
        }

    def choose(self, icon: str, words: str) -> None:
        """An entry of its menu."""
        address = DBusAddress(self.read(icon, "Menu"), icon, _MENU)
        values = (self.menu(icon)[words], "clicked", ("s", ""), 0)
        self._ask(new_method_call(address, "Event", "isvu", values))

    def _ask(self, message: Message) -> Any:
        reply = self._calls.send_and_get_reply(message, timeout=_TIMEOUT)
        if reply.header.message_type is MessageType.error:
            raise SystemExit(f"{message.header.fields}: {reply.body}")
        return reply.body

    def _serve(self) -> None:
        while True:
            message = self._answers.receive()
            if message.header.message_type is MessageType.method_call:
                self._answers.send(self._answer(message))

    def _answer(self, message: Message) -> Message:
        match message.header.fields[HeaderFields.member]:
            case "Introspect":
                return new_method_return(message, "s", (_INTROSPECTION,))
            case "Get":
                values = {
                    "IsStatusNotifierHostRegistered": ("b", True),
                    "ProtocolVersion": ("i", 0),
                    "RegisteredStatusNotifierItems": ("as", []),
                }
                return new_method_return(message, "v", (values[message.body[1]],))
            case "RegisterStatusNotifierItem":
                self._icons.put(message.header.fields[HeaderFields.sender])
        return new_method_return(message)


class Application:
    """The window in a process of its own, which says what is shown and does what it is told."""

    def __init__(self, home: Path) -> None:
        programs = home / "bin"
        programs.mkdir(parents=True)
        self._told = home / "told"
        program = programs / "notify-send"
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {self._told}\necho default\n')
        program.chmod(0o755)
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self.process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", __spec__.name, "--window", str(home)],
            env={**os.environ, "QT_QPA_PLATFORM": "xcb", "PATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def notification(self) -> list[str]:
        """The words of the last notification, as its program was called."""
        return self._told.read_text().splitlines()

    def tell(self, words: str) -> None:
        """Have something done that a person does in the window."""
        assert self.process.stdin is not None
        print(words, file=self.process.stdin, flush=True)

    def wait_for(self, words: str) -> list[str]:
        """Until it is said. Returns what was said before."""
        before = []
        while (said := self._said.get(timeout=_TIMEOUT)) != words:
            if not said:
                raise SystemExit(f"the window ended before {words!r}: {before}")
            before.append(said)
        return before

    def end(self) -> int:
        """Wait for its end."""
        return self.process.wait(_TIMEOUT)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line.strip())
        self._said.put("")


def walk(home: Path) -> dict[str, Any]:
    """What a person does who leaves Chatapp in the tray; what was seen."""
    panel, keyboard = Panel(), Keyboard()
    application = Application(home)
    try:
        icon = panel.icon()
        application.wait_for("ready")
        seen: dict[str, Any] = {
            "tooltip": panel.read(icon, "ToolTip")[2],
            "has_picture": bool(panel.read(icon, "IconPixmap")),
            "menu": list(panel.menu(icon)),
        }
        # The window goes behind the icon, and a click on that brings it back.
        application.tell("close")
        application.wait_for(f"hidden {MAIN}")
        panel.click(icon)
        application.wait_for(f"shown {MAIN}")
        application.tell("close")
        application.wait_for(f"hidden {MAIN}")
        # The key opens the small window alone; what is typed then arrives in it.
        keyboard.press(CONTROL, ALT, SPACE)
        seen["before_small"] = application.wait_for(f"shown {SMALL}")
        application.wait_for(f"active {SMALL}")
        for key in (LETTER_H, LETTER_I, RETURN):
            keyboard.press(key)
        application.wait_for("answered hi: The ship sails on.")
        keyboard.press(ESCAPE)
        application.wait_for(f"hidden {SMALL}")
        panel.choose(icon, "Quick ask")
        application.wait_for(f"shown {SMALL}")
        application.wait_for(f"active {SMALL}")
        keyboard.press(ESCAPE)
        application.wait_for(f"hidden {SMALL}")
        # An answer ends in the background, and a click on what is told of it shows it.
        application.tell("ask Where is the ship?")
        application.wait_for(f"shown {MAIN}")
        seen["notification"] = application.notification
        panel.choose(icon, "Quit")
        seen["code"] = application.end()
        return seen
    finally:
        application.process.kill()
        application.end()


def show_window(home: Path) -> int:
    """Be the application, with a model that answers as it is told."""
    from PySide6.QtCore import QEvent, QObject, QSocketNotifier
    from PySide6.QtWidgets import QApplication, QWidget

    from chatapp import app
    from chatapp.chat.events import AnswerEnded
    from chatapp.engine.state import EngineStatus
    from chatapp.paths import Paths
    from chatapp.settings import SettingsFile
    from tests.fakes import FakeWorkers, fake_model

    kinds = {
        QEvent.Type.Show: "shown",
        QEvent.Type.Hide: "hidden",
        QEvent.Type.WindowActivate: "active",
    }

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if isinstance(watched, QWidget) and watched.isWindow() and event.type() in kinds:
                say(f"{kinds[event.type()]} {watched.windowTitle().split(' – ')[-1]}")
            return False

    paths = Paths.under(home)
    paths.create()
    fake_model(paths.models, "alpha")
    SettingsFile(paths.settings).change(
        tray=True, close_to_tray=True, quick_ask_keys="Ctrl+Alt+Space"
    )
    workers = FakeWorkers()
    workers.script_answer(*ANSWER)
    workers.script_answer(*ANSWER)
    begun = app.Desktop.show
    watch = Watch()

    def show(desktop: app.Desktop) -> None:
        begun(desktop)
        QApplication.instance().installEventFilter(watch)  # type: ignore[union-attr]
        session, pane = desktop.services.session, desktop.window.pane
        desktop.around.notifications._at_least = 0.0  # every answer is a long one
        session.subscribe(lambda event: desktop._bridge.post(lambda: on_event(desktop, event)))
        desktop.services.engine.subscribe(
            lambda state: desktop._bridge.post(
                lambda: say("ready") if state.status is EngineStatus.READY else None
            )
        )
        commands = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, desktop.window)

        def obey() -> None:
            command, _, words = sys.stdin.readline().strip().partition(" ")
            if command == "close":
                desktop.window.close()
            elif command == "ask":
                pane.composer.send_requested.emit(words, ())

        commands.activated.connect(obey)

    def on_event(desktop: app.Desktop, event: object) -> None:
        if isinstance(event, AnswerEnded):
            small = desktop.around.quick_ask
            say(f"answered {small.field.toPlainText()}: {event.message.text}")

    app.Desktop.show = show  # type: ignore[method-assign]
    app.Desktop = partial(app.Desktop, start_worker=workers)  # type: ignore[misc,assignment]
    return app.run_window(paths)


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - for the other process


def main(arguments: list[str]) -> int:
    if arguments[0] == "--window":
        return show_window(Path(arguments[1]))
    say(json.dumps(walk(Path(arguments[0]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
