"""Reading aloud: what is said, in which language, and that it stops; with a program in its place.

The program that speaks is a script of the same name which writes down what it is given: there is
no voice where tests run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QObject
from pytestqt.qtbot import QtBot

from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.jobs import Jobs
from chatapp.ui.read_aloud import ReadAloud, Speaker, find_speaker, language_of, spoken_lines

NAME = {"darwin": "say", "win32": "powershell"}.get(sys.platform, "spd-say")


def message(text: str, id_: int = 1, reasoning: str = "") -> Message:
    return Message(
        id_, 1, None, Role.ASSISTANT, text, MessageStatus.COMPLETE, 0.0, reasoning=reasoning
    )


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a program in place of the one that speaks; returns where it writes what it hears."""

    def put(script: str) -> Path:
        heard = tmp_path / "heard"
        file = tmp_path / NAME
        file.write_text(f"#!/bin/sh\n{script.format(heard=heard)}\n")
        file.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return heard

    return put


@pytest.fixture
def voice(jobs: Jobs, qtbot: QtBot) -> Iterator[ReadAloud]:
    owner = QObject()
    voice = ReadAloud(jobs, owner)
    yield voice
    voice.stop()


def test_markdown_is_not_spoken() -> None:
    text = (
        "# A *title*\n\nSome **bold** text with `code` and a [link](https://x.example).\n\n"
        "- one\n- two\n\n```python\nprint(1)\n```\n\n$$x^2$$\n\n---\n"
    )
    assert spoken_lines(message(text, reasoning="Hm.")) == [
        "A title",
        "Some bold text with code and a link.",
        "• one",
        "• two",
    ]


def test_code_alone_is_spoken() -> None:
    assert spoken_lines(message("```\nprint(1)\n```")) == ["print(1)"]


def test_long_paragraphs_can_be_stopped_between() -> None:
    assert spoken_lines(message("One. Two! Three? 一。二！三")) == [
        "One.",
        "Two!",
        "Three?",
        "一。",
        "二！",
        "三",
    ]
    pieces = spoken_lines(message("x" * 5000))
    assert [len(piece) for piece in pieces] == [2000, 2000, 1000]


@pytest.mark.parametrize(
    "text",
    ["!-!SET SELF VOLUME 100", "\\!-!QUIT", "a. !-!STOP ALL", "x" * 2000 + "!-!STOP ALL"],
)
def test_no_line_is_a_command(text: str) -> None:
    lines = spoken_lines(message(text))
    assert lines
    assert not any(line.startswith("!-!") for line in lines)
    assert max(len(line.encode()) for line in lines) < 16_000


def test_nothing_to_say() -> None:
    assert spoken_lines(message("")) == []
    assert spoken_lines(message("---\n\n***")) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ship sails on.", "en"),
        ("船继续航行。", "zh"),
        ("用 Python 写一个函数。", "zh"),
        ("船は進み続ける。", "ja"),
        ("배는 계속 항해한다.", "ko"),
        ("Корабль плывёт дальше.", "ru"),
        ("السفينة تبحر", "ar"),
        ("1 2 3", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    QLocale.setDefault(QLocale("en_US"))
    assert language_of(text) == language


def test_latin_letters_are_in_the_language_of_the_window() -> None:
    QLocale.setDefault(QLocale("de_DE"))
    assert language_of("Das Schiff") == "de"
    QLocale.setDefault(QLocale("zh_CN"))
    assert language_of("The ship") == "en"
    QLocale.setDefault(QLocale("en_US"))


@pytest.mark.parametrize("kind", ["say", "spd-say", "sapi"])
def test_the_text_is_never_an_argument(kind: str) -> None:
    speaker = Speaker("program", kind)
    arguments = speaker.arguments("zh")
    assert any("zh" in one or "Tingting" in one for one in arguments)
    assert "{" not in "".join(arguments).replace("{ $_", "").replace("{ $voice", "")


def test_it_speaks_and_ends(voice: ReadAloud, program: Callable[[str], Path], qtbot: QtBot) -> None:
    heard = program('echo "$@" > {heard}; cat >> {heard}')
    assert voice.is_available
    with qtbot.waitSignals([voice.changed, voice.changed], timeout=5000):
        voice.read(message("**Hello** there.\n\nAgain."))
    assert voice.message_id is None
    said = heard.read_text().splitlines()
    assert said[1:] == ["Hello there.", "Again."]
    assert "Hello" not in said[0]


def test_it_stops_at_once(voice: ReadAloud, program: Callable[[str], Path], qtbot: QtBot) -> None:
    heard = program('echo "$@" >> {heard}; [ "$1" = --stop ] || exec sleep 60')
    voice.toggle(message("Hello."))
    qtbot.waitUntil(heard.exists, timeout=5000)
    voice.toggle(message("Hello."))
    assert voice.message_id is None
    speaker = find_speaker()
    if speaker is not None and speaker.stop:
        qtbot.waitUntil(lambda: "--stop" in heard.read_text(), timeout=5000)


def test_another_message_takes_its_place(
    voice: ReadAloud, program: Callable[[str], Path], qtbot: QtBot
) -> None:
    heard = program('[ "$1" = --stop ] && exit; cat >> {heard}; exec sleep 60')
    voice.read(message("One.", 1))
    voice.read(message("Two.", 2))
    assert voice.message_id == 2
    qtbot.waitUntil(lambda: heard.exists() and "Two." in heard.read_text(), timeout=5000)
    assert "One." not in heard.read_text()


def test_a_program_that_fails(
    voice: ReadAloud, program: Callable[[str], Path], qtbot: QtBot
) -> None:
    program("exit 1")
    with qtbot.waitSignal(voice.failed, timeout=5000):
        voice.read(message("Hello."))
    assert voice.message_id is None


def test_where_nothing_speaks(
    voice: ReadAloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not voice.is_available
    voice.read(message("Hello."))
    assert voice.message_id is None
