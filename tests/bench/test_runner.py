"""What becomes of a run in which something goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.bench import history

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a program without asking it")
@pytest.mark.timeout(300)
def test_what_was_measured_is_kept(tmp_path: Path) -> None:
    """The first one fails without curl, the second one is measured, the third is stopped."""
    path = tmp_path / "history.jsonl"
    names = ("download", "header", "conversations")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench", *names, "--quick", "--history", str(path)],
        cwd=ROOT,
        env={**os.environ, "PATH": ""},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = "begin"
        while line and not line.startswith("## header"):
            line = process.stdout.readline()
        while not (family := psutil.Process(process.pid).children(recursive=True)):
            assert process.poll() is None
        process.terminate()
        rest = process.stdout.read()
    assert process.returncode == 1
    assert "failed: download" in rest
    (record,) = history.read(path)
    assert record.is_quick
    assert {key.partition(":")[0] for key in record.figures} == {"header"}
    assert psutil.wait_procs(family, timeout=30)[1] == []
