from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from chatapp.storage.writer import Writer


def test_this_process_is_alive() -> None:
    writer = Writer.this_process()
    assert writer.pid == os.getpid()
    assert writer.is_alive()


def test_later_process_of_the_same_number_is_another_one() -> None:
    writer = Writer.this_process()
    assert not Writer(writer.pid, writer.started - 60).is_alive()


def test_another_process_lives_until_it_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        writer = Writer(process.pid, psutil.Process(process.pid).create_time())
        assert writer.is_alive()
        process.kill()
        if sys.platform != "win32":
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
            assert not writer.is_alive()
    assert not writer.is_alive()


@pytest.mark.parametrize("pid", [-1, 2**22 + 1, 2**40, 2**70])
def test_number_that_no_process_has(pid: int) -> None:
    assert not Writer(pid, 0.0).is_alive()
