"""Notifications of answers that end in the background, with a script in place of notify-send."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from pytestqt.qtbot import QtBot

from chatapp.chat.events import AnswerEnded, AnswerStarted, ConversationChanged
from chatapp.domain.conversation import (
    FIRST_TEMPORARY_ID,
    Conversation,
    Message,
    MessageStatus,
    Role,
    TitleSource,
)
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.ui.notifications import Notifications
from chatapp.ui.tray import Tray


def conversation(title: str = "Ships", *, is_temporary: bool = False) -> Conversation:
    id_ = FIRST_TEMPORARY_ID if is_temporary else 7
    return Conversation(id_, title, TitleSource.AUTOMATIC, 0.0, 0.0)


def answer(status: MessageStatus) -> Message:
    return Message(3, 7, 2, Role.ASSISTANT, "A secret.", status, 0.0)


class Desktop:
    """Notifications with everything they need. `is_in_front` says what is seen."""

    def __init__(self, paths: Paths, *, at_least: float = 0.0) -> None:
        self.is_in_front = False
        self.owner = QObject()
        self.settings = SettingsFile(paths.settings)
        self.tray = Tray(QIcon(), self.settings, self.owner)
        self.notifications = Notifications(
            self.settings, self.tray, lambda: self.is_in_front, self.owner, at_least=at_least
        )

    def answer(
        self, status: MessageStatus = MessageStatus.COMPLETE, about: Conversation | None = None
    ) -> None:
        about = about or conversation()
        tell = self.notifications.on_session_event
        begun = replace(about, title="Untitled")
        tell(AnswerStarted(begun, None, answer(MessageStatus.GENERATING)))
        tell(ConversationChanged(about))
        tell(AnswerEnded(about.id, answer(status)))


@pytest.fixture
def desktop(paths: Paths, qtbot: QtBot) -> Iterator[Desktop]:
    desktop = Desktop(paths)
    yield desktop
    desktop.notifications.stop()
    desktop.tray.stop()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a program in the place of notify-send; returns where it writes what it is told."""

    def put(script: str = "") -> Path:
        told = tmp_path / "told"
        file = tmp_path / "notify-send"
        file.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" END >> {told}\n{script}\n')
        file.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return told

    return put


def ended(told: Path) -> bool:
    return told.exists() and told.read_text().endswith("END\n")


def test_a_click_opens_the_conversation(
    desktop: Desktop, program: Callable[[str], Path], qtbot: QtBot
) -> None:
    told = program("echo default")
    with qtbot.waitSignal(desktop.notifications.opened, timeout=5000) as opened:
        desktop.answer()
    assert opened.args == [7]
    words = told.read_text().splitlines()
    assert words[words.index("--") + 1 :] == ["Ships", "The answer is complete.", "END"]
    assert "secret" not in told.read_text()


def test_closing_it_opens_nothing(
    desktop: Desktop, program: Callable[[], Path], qtbot: QtBot
) -> None:
    told = program()
    opened: list[int] = []
    desktop.notifications.opened.connect(opened.append)
    desktop.answer(MessageStatus.FAILED)
    qtbot.waitUntil(lambda: ended(told), timeout=5000)
    qtbot.waitUntil(lambda: not desktop.notifications._senders, timeout=5000)
    assert opened == []
    assert "The answer could not be completed." in told.read_text()


def test_an_old_one_can_not_wait_for_a_click(
    desktop: Desktop, program: Callable[[str], Path], qtbot: QtBot
) -> None:
    told = program('case "$*" in *--action*) exit 1;; esac')
    desktop.answer()
    qtbot.waitUntil(lambda: not desktop.notifications._senders, timeout=5000)
    first, second = told.read_text().strip().removesuffix("END").split("END\n")
    assert "--action" in first
    assert "--action" not in second


def test_a_title_is_no_option(desktop: Desktop, program: Callable[[], Path], qtbot: QtBot) -> None:
    told = program()
    desktop.answer(about=conversation("--urgency=critical\nand more " + "x" * 500))
    qtbot.waitUntil(lambda: ended(told), timeout=5000)
    words = told.read_text().splitlines()
    title = words[words.index("--") + 1]
    assert title.startswith("--urgency=critical and more xxx")
    assert len(title) == 80


def test_nobody_hears_of_a_temporary_conversation(
    desktop: Desktop, program: Callable[[], Path], qtbot: QtBot
) -> None:
    told = program()
    desktop.answer(about=conversation("Something private", is_temporary=True))
    qtbot.waitUntil(lambda: ended(told), timeout=5000)
    assert "private" not in told.read_text()


@pytest.mark.parametrize("reason", ["in front", "off", "stopped", "short"])
def test_when_there_is_nothing_to_tell(
    paths: Paths, program: Callable[[], Path], qtbot: QtBot, reason: str
) -> None:
    program()
    desktop = Desktop(paths, at_least=3600.0 if reason == "short" else 0.0)
    desktop.is_in_front = reason == "in front"
    desktop.settings.change(notify=reason != "off")
    desktop.answer(MessageStatus.STOPPED if reason == "stopped" else MessageStatus.COMPLETE)
    assert not desktop.notifications._senders
    desktop.tray.stop()


def test_what_waits_for_a_click_ends_with_the_application(
    desktop: Desktop, program: Callable[[str], Path], qtbot: QtBot
) -> None:
    told = program("exec sleep 60")
    desktop.answer()
    qtbot.waitUntil(lambda: ended(told), timeout=5000)
    desktop.notifications.stop()
    assert not desktop.notifications._senders


def test_where_nothing_can_tell(
    desktop: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    desktop.answer()
    assert not desktop.notifications._senders
