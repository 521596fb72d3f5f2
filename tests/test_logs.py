from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.logs import Logs


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    logs = Logs(tmp_path)
    yield logs
    logs.close()


def test_a_clean_run_leaves_a_private_log_and_no_crash(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    logging.getLogger("chatapp.test").info("hello")
    logs.close()
    log = tmp_path / "chatapp.log"
    assert "hello" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("crash-*")) == []


def test_a_hard_crash_is_told_once_at_the_next_start(tmp_path: Path) -> None:
    code = f"""
import ctypes
from pathlib import Path
from chatapp.logs import Logs
logs = Logs(Path({str(tmp_path)!r}))
ctypes.string_at(0)
"""
    crashed = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert crashed.returncode != 0
    first = Logs(tmp_path)
    assert "egmentation" in first.crash_of_last_run or "access violation" in first.crash_of_last_run
    first.close()
    second = Logs(tmp_path)
    assert second.crash_of_last_run == ""
    second.close()


def test_a_kill_is_not_told_as_a_crash(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from chatapp.logs import Logs
logs = Logs(Path({str(tmp_path)!r}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    logs = Logs(tmp_path)
    assert logs.crash_of_last_run == ""
    logs.close()


def test_the_crash_file_of_a_running_process_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / f"crash-{os.getppid()}.txt"
    other.write_text("still running")
    logs = Logs(tmp_path)
    assert logs.crash_of_last_run == ""
    assert other.exists()
    logs.close()


def test_unexpected_errors_of_all_threads_are_reported(
    logs: Logs, caplog: pytest.LogCaptureFixture
) -> None:
    reports: list[str] = []
    logs.install_hooks(reports.append)
    with caplog.at_level(logging.CRITICAL, "chatapp.logs"):
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
        try:
            raise ValueError("boom")
        except ValueError:
            sys.excepthook(*sys.exc_info())
    assert "ZeroDivisionError" in reports[0]
    assert "boom" in reports[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_full_disk_costs_the_log_and_nothing_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chatapp.log").symlink_to("/dev/full")
    logs = Logs(tmp_path)
    logging.getLogger("chatapp.test").info("hello")
    logs.close()
    assert capfd.readouterr().err == ""
    assert list(tmp_path.glob("crash-*")) == []


def test_no_room_for_the_crash_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        logs = Logs(tmp_path)
    logs.close()
    assert list(tmp_path.glob("crash-*")) == []


def test_the_log_is_emptied_and_goes_on(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    try:
        (tmp_path / "chatapp.log.1").write_text("earlier")
        assert (tmp_path / "chatapp.log").read_text()
        logs.clear()
        assert (tmp_path / "chatapp.log").read_text() == ""
        assert not (tmp_path / "chatapp.log.1").exists()
        logging.getLogger("chatapp").info("later")
        assert "later" in (tmp_path / "chatapp.log").read_text()
    finally:
        logs.close()
