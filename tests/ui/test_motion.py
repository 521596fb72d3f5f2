"""What the system says about movement."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from chatapp.ui.motion import system_reduces_motion

GNOME = "org.gnome.desktop.interface enable-animations"
KDE = "org.kde.kdeglobals.KDE AnimationDurationFactor"
ANY = "org.freedesktop.appearance reduced-motion"


@pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="needs the package dbus")
@pytest.mark.parametrize(
    ("settings", "is_reduced"),
    [
        ({GNOME: ("b", False)}, True),
        ({GNOME: ("b", True), ANY: ("u", 0), KDE: ("s", "1.0")}, False),
        ({ANY: ("u", 1)}, True),
        ({KDE: ("s", "0")}, True),
        ({GNOME: ("as", ["what", "is this"])}, False),
        ({}, False),
    ],
)
def test_the_desktop_is_asked(settings: dict[str, tuple[str, object]], is_reduced: bool) -> None:
    command = ["dbus-run-session", "--", sys.executable, "-m", "tests.ui.portal"]
    told = subprocess.run(
        [*command, json.dumps(settings)],
        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (json.loads(told.stdout), told.returncode) == (is_reduced, 0), told.stderr


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="these have no bus")
def test_a_desktop_without_a_bus_wants_movement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert not system_reduces_motion()
