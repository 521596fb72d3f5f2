"""The computer is kept awake as long as somebody holds it, and never by what is left of us."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest

from chatapp.hub.awake import Awake

if sys.platform == "linux":

    @pytest.fixture
    def inhibitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A stand-in for systemd's own, which runs what it is given and notes how."""
        log = tmp_path / "log"
        program = tmp_path / "systemd-inhibit"
        program.write_text(
            f'#!/bin/sh\necho "$*" > "{log}"\nwhile [ $# -gt 1 ]; do shift; done\n"$1"\n'
        )
        program.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return log

    def test_holds_and_releases(inhibitor: Path) -> None:
        before = psutil.Process().children()  # Python's resource tracker, say
        awake = Awake()
        awake.hold()
        awake.hold()
        (process,) = (p for p in psutil.Process().children() if p not in before)
        awake.release()
        assert not process.is_running()
        awake.release()
        assert "--what=idle" in inhibitor.read_text()

    def test_again(inhibitor: Path) -> None:
        awake = Awake()
        for _ in range(2):
            awake.hold()
            awake.release()
        assert inhibitor.exists()

    def test_without_the_system_s_help(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        before = psutil.Process().children()
        awake = Awake()
        awake.hold()
        assert psutil.Process().children() == before
        awake.release()
