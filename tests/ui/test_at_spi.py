"""Another process reads the window over a real AT-SPI bus, and the window lives on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ui.at_spi_walk import MANY, QUESTION, READY, TITLES

NEEDED = ("xvfb-run", "dbus-run-session")
# Qt's own parts, which have neither words nor anything to do.
SILENT = {"filler", "panel", "scroll pane", "separator", "split pane", "scroll bar", "layered pane"}

pytestmark = pytest.mark.skipif(
    not all(shutil.which(program) for program in NEEDED)
    or not Path("/usr/libexec/at-spi-bus-launcher").exists(),
    reason="needs the packages at-spi2-core, dbus, xauth and xvfb",
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a screen reader was told."""
    home = tmp_path_factory.mktemp("home")
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "LANG": "C.UTF-8", "LANGUAGE": ""}
    for name in ("DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "WAYLAND_DISPLAY", "DISPLAY"):
        environment.pop(name, None)
    result = subprocess.run(
        [
            *("xvfb-run", "--auto-servernum", "dbus-run-session", "--"),
            *(sys.executable, "-m", "tests.ui.at_spi_walk", home / "data"),
        ],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return told


def names(found: dict[str, Any], state: str, role: str) -> list[str]:
    return [one["name"] for one in found[state] if one["role"] == role and one["is_showing"]]


def test_the_window_is_alive_afterwards(found: dict[str, Any]) -> None:
    assert found["is_alive"]
    assert (found["code"], found["printed"], found["alarms"]) == (0, "", [])


@pytest.mark.parametrize("state", ["begun", "answered", "parameters", "palette", "settings"])
def test_everything_that_can_be_pressed_has_a_name(found: dict[str, Any], state: str) -> None:
    pressable = [one for one in found[state] if one["actions"] and not one["name"]]
    assert [one for one in pressable if one["role"] not in SILENT] == []
    assert "New conversation" in names(found, state, "push button")


def test_model_and_welcome_agree(found: dict[str, Any]) -> None:
    assert READY in names(found, "begun", "push button")
    told = [name for name in names(found, "begun", "label") if name.startswith("SmolLM2")]
    assert [" is ready: " in name for name in told] == [True]


def test_what_is_on_or_off_opens_by_the_first_action(found: dict[str, Any]) -> None:
    (button,) = [one for one in found["answered"] if one["name"] == "Parameters"]
    assert (button["role"], button["actions"][0]) == ("check box", "Toggle")
    shown = [one for one in found["parameters"] if one["role"] in {"slider", "text"}]
    assert {"Creativity", "Length", "Instructions"} <= {one["name"] for one in shown}


def test_the_commands_are_read(found: dict[str, Any]) -> None:
    assert "Search commands" in names(found, "palette", "text")
    assert "Commands" in names(found, "palette", "list")
    commands = names(found, "palette", "list item")
    assert any(name.startswith("New conversation, ") for name in commands)


def test_the_settings_are_read(found: dict[str, Any]) -> None:
    (window,) = names(found, "settings", "dialog")
    assert window.startswith("Settings")
    assert "Search settings" in names(found, "settings", "text")
    assert len(names(found, "settings", "combo box")) > 1


def test_a_long_conversation_opens_from_the_list_and_is_read(found: dict[str, Any]) -> None:
    said = [one["text"] for one in found["long"]["messages"]]
    assert said == [f"Message {turn} of {TITLES[-1]}" for turn in (0, MANY // 2, MANY - 1)]
    assert {one["role"] for one in found["long"]["messages"]} == {"list item"}
    assert found["long"]["count"] >= MANY


def test_the_conversation_is_read(found: dict[str, Any]) -> None:
    (conversation,) = [one for one in found["answered"] if one["name"] == "Conversation"]
    assert conversation["role"] == "list"
    texts = [one["text"] for one in found["answered"] if one["role"] == "list item"]
    assert any(QUESTION in text for text in texts)
    assert set(TITLES) <= set(names(found, "begun", "list item"))
    assert "Copy answer" in names(found, "answered", "push button")


def test_a_streamed_answer_is_announced_and_not_word_by_word(found: dict[str, Any]) -> None:
    said = found["announcements"]
    assert said[0] == ["The answer begins", 1]  # polite
    assert said[-1][0].startswith("Answer finished")
    assert len(said) == 2
