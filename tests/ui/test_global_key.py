"""The global key: on a real X server, with keys that are really pressed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from chatapp.ui.global_key import XKey, global_key
from tests.ui.x_keyboard import ALT, CAPS_LOCK, CONTROL, LETTER_K, SHIFT, SPACE, Keyboard


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[None]:
    """An X server of this test alone."""
    read, write = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    process = subprocess.Popen(arguments, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        monkeypatch.setenv("DISPLAY", f":{pipe.readline().strip()}")
    yield
    process.terminate()
    process.wait(10)


@pytest.fixture
def keyboard(server: None) -> Iterator[Keyboard]:
    keyboard = Keyboard()
    yield keyboard
    keyboard.close()


@pytest.fixture
def key(server: None) -> Iterator[XKey]:
    owner = QObject()
    key = XKey.open(owner)
    assert key is not None
    yield key
    key.close()


def pressed(key: XKey) -> list[bool]:
    """Grows with each press."""
    found: list[bool] = []
    key.pressed.connect(lambda: found.append(True))
    return found


def test_a_key_that_is_pressed_anywhere(key: XKey, keyboard: Keyboard, qtbot: QtBot) -> None:
    count = pressed(key)
    assert key.grab(QKeySequence("Ctrl+Alt+Space"))
    keyboard.press(CONTROL, ALT, SPACE)
    qtbot.waitUntil(lambda: len(count) == 1)
    keyboard.press(CONTROL, SPACE)  # another combination
    keyboard.press(CAPS_LOCK)
    keyboard.press(CONTROL, ALT, SPACE)
    qtbot.waitUntil(lambda: len(count) == 2)
    keyboard.press(CAPS_LOCK)


def test_another_key_takes_its_place(key: XKey, keyboard: Keyboard, qtbot: QtBot) -> None:
    count = pressed(key)
    assert key.grab(QKeySequence("Ctrl+Alt+Space"))
    assert key.grab(QKeySequence("Ctrl+Shift+K"))
    keyboard.press(CONTROL, ALT, SPACE)
    keyboard.press(CONTROL, SHIFT, LETTER_K)
    qtbot.waitUntil(lambda: len(count) == 1)
    key.release()
    keyboard.press(CONTROL, SHIFT, LETTER_K)
    assert key.grab(QKeySequence("Ctrl+Alt+Space"))
    keyboard.press(CONTROL, ALT, SPACE)
    qtbot.waitUntil(lambda: len(count) == 2)


def test_a_key_that_another_program_has(key: XKey, qtbot: QtBot) -> None:
    owner = QObject()
    other = XKey.open(owner)
    assert other is not None
    assert other.grab(QKeySequence("Ctrl+Alt+Space"))
    assert not key.grab(QKeySequence("Ctrl+Alt+Space"))
    assert key.grab(QKeySequence("Ctrl+Alt+K"))
    other.release()
    assert key.grab(QKeySequence("Ctrl+Alt+Space"))
    other.close()


@pytest.mark.parametrize("keys", ["", "K", "Shift+K", "Ctrl+K, Ctrl+K", "Ctrl+Left", "Ctrl+Ä"])
def test_what_can_not_be_grabbed(key: XKey, keys: str) -> None:
    assert not key.grab(QKeySequence(keys))


def test_after_the_end(key: XKey) -> None:
    assert key.grab(QKeySequence("Ctrl+Alt+Space"))
    key.close()
    key.release()
    key.close()
    assert not key.grab(QKeySequence("Ctrl+Alt+Space"))


def test_without_a_display(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    assert XKey.open(QObject()) is None


def test_other_platforms_leave_it_to_the_person(qtbot: QtBot) -> None:
    assert global_key(QObject()) is None  # the tests' own platform is one of them
