"""The tray, the global key, the small window and a notification, on a real server and bus."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NEEDED = ("xvfb-run", "dbus-run-session")


@pytest.mark.skipif(
    not all(shutil.which(program) for program in NEEDED),
    reason="needs the packages dbus, xauth and xvfb",
)
def test_chatapp_in_the_tray(tmp_path: Path) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "LANG": "C.UTF-8", "LANGUAGE": ""}
    for name in ("DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "DISPLAY"):
        environment.pop(name, None)
    result = subprocess.run(
        [
            *("xvfb-run", "--auto-servernum", "dbus-run-session", "--"),
            *(sys.executable, "-m", "tests.ui.desktop_walk", tmp_path / "home"),
        ],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout.splitlines()[-1])
    assert seen["tooltip"] == "Chatapp"
    assert seen["has_picture"]
    assert seen["menu"] == ["Show Chatapp", "New conversation", "Quick ask", "Quit"]
    assert not any(words.startswith("shown") for words in seen["before_small"])
    words = seen["notification"]
    assert words[words.index("--") + 1 :] == ["Where is the ship?", "The answer is complete."]
    assert seen["code"] == 0
