"""The whole program from outside: how long until its window is painted, frozen and from source.

CHATAPP_BENCH_FROZEN names the frozen program; without it only the source tree is measured. The
program says itself in its log when its window is painted.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.bench.measure import Measure, in_turn, median, runs

_FROZEN = "CHATAPP_BENCH_FROZEN"
_ROUNDS = runs(15, 3)
_PAINTED = "the window is painted"
_PATIENCE = 60.0  # seconds
_LOOK_EVERY = 0.002


def run() -> list[Measure]:
    """Medians, the two by turns on a warm disk."""
    programs = {"source": [sys.executable, "-m", "chatapp"]}
    frozen = os.environ.get(_FROZEN)
    if frozen:
        programs["frozen"] = [frozen]
    with tempfile.TemporaryDirectory() as folder:
        sides = {
            name: partial(_seconds, command, Path(folder, name))
            for name, command in programs.items()
        }
        found = in_turn(sides, _ROUNDS)
    measures = [median(f"first paint, {name}", times, "s") for name, times in found.items()]
    if frozen:
        ratios = [a / b for a, b in zip(found["frozen"], found["source"], strict=True)]
        measures.append(median("first paint, frozen to source, ratio", ratios, "x", "≤ 1.5"))
    return measures


def _seconds(command: list[str], home: Path, _number: int) -> float:
    """From the start of the process to the line in its log."""
    log = home / "logs" / "chatapp.log"
    log.unlink(missing_ok=True)
    begin = time.perf_counter()
    process = subprocess.Popen([*command, "--data-dir", str(home)], stderr=subprocess.DEVNULL)
    try:
        while not (log.exists() and _PAINTED in log.read_text(encoding="utf-8")):
            assert process.poll() is None, "it ended before it painted"
            assert time.perf_counter() - begin < _PATIENCE, "it does not paint"
            time.sleep(_LOOK_EVERY)
        return time.perf_counter() - begin
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
