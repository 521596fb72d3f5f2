"""The switch that allows no connections, as the kernel sees it, in every process of ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chatapp.paths import Paths

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("is_offline", [True, False])
def test_the_switch_holds_in_all_processes(tmp_path: Path, *, is_offline: bool) -> None:
    probe = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("strace is not permitted to trace here")
    home, trace = tmp_path / "home", tmp_path / "trace"
    paths = Paths.under(home)
    paths.create()
    # Nobody listens there: it is tried, and that is what is looked for.
    values = {"offline": is_offline, "hub_endpoint": "http://127.0.0.1:9"}
    paths.settings.write_text(json.dumps(values))
    done = subprocess.run(
        [
            *("strace", "-f", "--seccomp-bpf", "-qq", "-s", "200", "-o", str(trace)),
            *("-e", "trace=socket,connect,sendto,execve,clone,clone3,vfork,fork"),
            *(sys.executable, "-m", "tests.offline_process", str(home)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    lines = trace.read_text().splitlines()
    programs = [line for line in lines if "execve(" in line and sys.executable in line]
    workers = [line for line in programs if "spawn_main" in line]
    assert len(workers) >= 4, "for models, vectors, making models smaller and for drawing"
    outside = [line for line in lines if re.search(r"AF_INET|AF_PACKET|AF_NETLINK", line)]
    if is_offline:
        assert outside == []
        assert done.stdout == "0 connections\n"
    else:
        assert any("connect(" in line and "htons(9)" in line for line in outside)
        assert done.stdout != "0 connections\n"
