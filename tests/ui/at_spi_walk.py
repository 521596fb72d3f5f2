"""Reads the window as a screen reader does: another process on the AT-SPI bus.

    xvfb-run dbus-run-session -- python -m tests.ui.at_spi_walk HOME

puts conversations into the folders under HOME, starts the application on them with the starter
model, reads what it tells, asks a question, listens to what is announced, opens panels and windows,
and prints what it found as JSON.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, MatchRule, MessageType, Properties, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from chatapp.domain.conversation import Role
from chatapp.paths import Paths
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from tests.ui.x_keyboard import CONTROL, ESCAPE, LETTER_P, SHIFT, Keyboard

QUESTION = "What is the capital of France? Answer in one word."
TITLES = ("Where ships go", "A lease and its end", "Ten thousand messages")
MANY = 10_000
READY = "SmolLM2 135M Instruct Q4_1 is ready."
NAME = "chatapp"
_TIMEOUT = 30.0  # seconds; only ever waited for by a test that fails
_SPI = "org.a11y.atspi"
_ROOT = "/org/a11y/atspi/accessible/root"
_EVENTS = f"{_SPI}.Event.Object"
_SHOWING = 25  # the bit of ATSPI_STATE_SHOWING
_ALARM = re.compile(r" (WARNING|ERROR|CRITICAL) ")
_GONE = "Could not find accessible on path"  # Qt, about what went while it was being read
_MOST = 2000  # nodes
_LONG, _ENDS = 200, 4  # a list is read as a whole up to there, or else at its ends


@dataclass(frozen=True, slots=True)
class Node:
    """Something in the window."""

    bus: str
    path: str
    role: str
    name: str
    description: str
    text: str
    actions: tuple[str, ...]
    is_showing: bool


class Reader:
    """Asks the application over the bus."""

    def __init__(self) -> None:
        session = open_dbus_connection(bus="SESSION")
        status = DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Status")
        for name in ("IsEnabled", "ScreenReaderEnabled"):
            session.send_and_get_reply(Properties(status).set(name, "b", True), timeout=_TIMEOUT)
        bus = DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus")
        address = session.send_and_get_reply(new_method_call(bus, "GetAddress"), timeout=_TIMEOUT)
        session.close()
        self.connection: DBusConnection = open_dbus_connection(bus=address.body[0])
        self._announced: deque[Any] = deque()
        self._listen()

    def _listen(self) -> None:
        rule = MatchRule(type="signal", interface=_EVENTS, member="Announcement")
        self.connection.send_and_get_reply(message_bus.AddMatch(rule), timeout=_TIMEOUT)
        self._filter = self.connection.filter(rule, queue=self._announced)
        self._filter.__enter__()
        registry = DBusAddress(
            f"/{_SPI.replace('.', '/')}/registry", f"{_SPI}.Registry", f"{_SPI}.Registry"
        )
        self.connection.send_and_get_reply(
            new_method_call(registry, "RegisterEvent", "s", ("object:announcement",)),
            timeout=_TIMEOUT,
        )

    def call(self, bus: str, path: str, interface: str, method: str, *body: Any) -> Any:
        """The answer's body; None where there is no such thing any more."""
        signature = "".join("i" if isinstance(one, int) else "s" for one in body) or None
        address = DBusAddress(path, bus, f"{_SPI}.{interface}")
        message = new_method_call(address, method, signature, body)
        reply = self.connection.send_and_get_reply(message, timeout=_TIMEOUT)
        return None if reply.header.message_type is MessageType.error else reply.body

    def read(self, bus: str, path: str, interface: str, name: str) -> Any:
        """A property; None where there is none."""
        address = DBusAddress(path, bus, f"{_SPI}.{interface}")
        reply = self.connection.send_and_get_reply(Properties(address).get(name), timeout=_TIMEOUT)
        return None if reply.header.message_type is MessageType.error else reply.body[0][1]

    def application(self) -> str:
        """The application's name on the bus, as soon as it has a window."""
        deadline = time.monotonic() + _TIMEOUT
        while time.monotonic() < deadline:
            listed = self.call(f"{_SPI}.Registry", _ROOT, "Accessible", "GetChildren")
            for bus, path in listed[0] if listed else ():
                if self.read(bus, path, "Accessible", "Name") in (NAME, "Chatapp") and self.call(
                    bus, path, "Accessible", "GetChildren"
                ):
                    return str(bus)
            time.sleep(0.1)
        raise SystemExit("the window did not come")

    def walk(self, bus: str, path: str = _ROOT, *, shown: bool = False) -> Iterator[Node]:
        """Everything there is, from the top; `shown`: only what is to be seen."""
        waiting = [((bus, path), True)]
        seen: set[tuple[str, str]] = set()
        while waiting and len(seen) < _MOST:
            one, is_seen = waiting.pop(0)
            if one in seen:
                continue
            seen.add(one)
            node = self.node(*one)
            if node is None:
                continue
            # What is in a list that is closed says that it is shown.
            node = replace(node, is_showing=node.is_showing and is_seen)
            if shown and not node.is_showing and one != (bus, path):
                continue
            yield node
            waiting += [(child, node.is_showing) for child in self.children(*one)]

    def children(self, bus: str, path: str) -> list[tuple[str, str]]:
        """What is in something; of very many only the first and the last ones."""
        count = self.read(bus, path, "Accessible", "ChildCount") or 0
        if count <= _LONG:
            found = self.call(bus, path, "Accessible", "GetChildren")
            return [tuple(child) for child in found[0]] if found else []
        places = (*range(_ENDS), *range(count - _ENDS, count))
        some = (self.call(bus, path, "Accessible", "GetChildAtIndex", place) for place in places)
        return [tuple(child[0]) for child in some if child]

    def node(self, bus: str, path: str) -> Node | None:
        """What is told of one thing."""
        role = self.call(bus, path, "Accessible", "GetRoleName")
        interfaces = self.call(bus, path, "Accessible", "GetInterfaces")
        states = self.call(bus, path, "Accessible", "GetState")
        if role is None or interfaces is None or states is None:
            return None
        text = actions = None
        if f"{_SPI}.Text" in interfaces[0]:
            text = self.call(bus, path, "Text", "GetText", 0, -1)
        if f"{_SPI}.Action" in interfaces[0]:
            actions = self.call(bus, path, "Action", "GetActions")
        return Node(
            bus,
            path,
            role[0],
            self.read(bus, path, "Accessible", "Name") or "",
            self.read(bus, path, "Accessible", "Description") or "",
            text[0] if text else "",
            tuple(action[0] for action in actions[0]) if actions else (),
            is_showing=bool(states[0][0] & 1 << _SHOWING),
        )

    def find(self, bus: str, role: str, name: str, *, exactly: bool = False) -> Node:
        """The one with this role and (beginning of its) name, as soon as it is there."""
        deadline = time.monotonic() + _TIMEOUT
        while time.monotonic() < deadline:
            for node in self.walk(bus, shown=True):
                is_named = node.name == name if exactly else node.name.startswith(name)
                if node.role == role and is_named:
                    return node
        raise SystemExit(f"there is no {role} {name!r}")

    def press(self, node: Node) -> None:
        """Do the first of what can be done with it."""
        self.call(node.bus, node.path, "Action", "DoAction", 0)

    def count(self, node: Node) -> int:
        """How many things are in it."""
        return int(self.read(node.bus, node.path, "Accessible", "ChildCount"))

    def child(self, node: Node, place: int) -> Node | None:
        """One of the things in it."""
        found = self.call(node.bus, node.path, "Accessible", "GetChildAtIndex", place)
        return self.node(*found[0]) if found else None

    def announcements(self, last: str) -> list[tuple[str, int]]:
        """What was said and how urgently, up to what begins with `last`."""
        said: list[tuple[str, int]] = []
        while not said or not said[-1][0].startswith(last):
            event = self.connection.recv_until_filtered(self._announced, timeout=_TIMEOUT)
            said.append((str(event.body[3][1]), int(event.body[1])))
        return said


def read_window(home: Path) -> dict[str, Any]:
    """Start the application, read it, talk with it; what was found."""
    fill(Paths.under(home))
    reader = Reader()
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    command = [sys.executable, "-X", "faulthandler", "-m", __spec__.name, "--window", str(home)]
    output = home / "output.txt"
    with output.open("wb") as printed:
        window = subprocess.Popen(command, env=environment, stdout=printed, stderr=printed)
    try:
        found = _read(reader)
        found["is_alive"] = window.poll() is None
    finally:
        window.terminate()
        code = window.wait(_TIMEOUT)
    logs = [path.read_text("utf-8") for path in Paths.under(home).logs.glob("*.log")]
    alarms = [line for log in logs for line in log.splitlines() if _ALARM.search(line)]
    alarms = [line for line in alarms if _GONE not in line]
    return {**found, "code": code, "printed": output.read_text("utf-8"), "alarms": alarms}


def _read(reader: Reader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    bus = reader.application()

    def walked(name: str) -> None:
        found[name] = [_told(node) for node in reader.walk(bus, shown=True)]

    reader.find(bus, "push button", "Send")
    reader.find(bus, "list item", TITLES[0])
    reader.find(bus, "push button", READY, exactly=True)
    walked("begun")
    field = reader.find(bus, "text", "Message")
    reader.call(bus, field.path, "EditableText", "SetTextContents", QUESTION)
    reader.press(reader.find(bus, "push button", "Send"))
    found["announcements"] = reader.announcements("Answer finished")
    walked("answered")

    reader.press(reader.find(bus, "check box", "Parameters"))
    reader.find(bus, "slider", "Creativity")
    walked("parameters")

    keyboard = Keyboard()
    keyboard.take()
    keyboard.press(CONTROL, SHIFT, LETTER_P)
    reader.find(bus, "text", "Search commands")
    walked("palette")
    keyboard.press(ESCAPE)
    keyboard.close()

    reader.press(reader.find(bus, "list item", TITLES[-1]))
    found["long"] = _read_long(reader, bus)

    reader.press(reader.find(bus, "push button", "Settings"))
    reader.find(bus, "dialog", "Settings")
    walked("settings")
    return found


def _read_long(reader: Reader, bus: str) -> dict[str, Any]:
    """What is at the beginning, in the middle and at the end of the long conversation."""
    # It is shown at its end.
    reader.find(bus, "list item", f"Answer: Message {MANY - 1}")
    conversation = reader.find(bus, "list", "Conversation", exactly=True)
    ends = (reader.child(conversation, place) for place in (0, MANY // 2, MANY - 1))
    return {
        "count": reader.count(conversation),
        "messages": [_told(node) for node in ends if node is not None],
    }


def _told(node: Node) -> dict[str, Any]:
    return {
        "role": node.role,
        "name": node.name,
        "description": node.description,
        "text": node.text,
        "actions": node.actions,
        "is_showing": node.is_showing,
    }


def fill(paths: Paths) -> None:
    """Conversations, the last of them very long."""
    paths.create()
    database = Database(paths.database)
    conversations = Conversations(database)
    for title in TITLES:
        number = conversations.create(title=title).id
        parent: int | None = None
        with database.transaction():  # one for all: ten thousand take time
            for turn in range(MANY if title is TITLES[-1] else 2):
                role = Role.ASSISTANT if turn % 2 else Role.USER
                text = f"Message {turn} of {title}"
                parent = conversations._append(number, parent, role, text).id
    database.close()


def show_window(home: Path) -> int:
    """Be the application."""
    from chatapp import app

    return app.run_window(Paths.under(home))


def main(arguments: list[str]) -> int:
    if arguments[0] == "--window":
        return show_window(Path(arguments[1]))
    print(json.dumps(read_window(Path(arguments[0]))))  # noqa: T201 - for the test
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
