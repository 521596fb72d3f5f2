"""Starts victims and ends them, in good order or not."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.faults.home import Said

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds
_GOODBYE = 10.0  # the worker gives itself 4 to write what it has read


class Harm:
    """One victim, see `tests.faults.victim`. `said` are its lines so far."""

    def __init__(self, home: Path, model: Path, what: str, seed: int = 1) -> None:
        self.said: Said = []
        self._changed = threading.Condition()
        self._is_over = False
        self._errors = home.with_name(f"{home.name}-{what}-{seed}.err").open("w+")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.faults.victim"),
                *(str(home), str(model), what, str(seed)),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self.kill()
        self._errors.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def errors(self) -> str:
        """What it said on standard error."""
        self._errors.seek(0)
        return self._errors.read()

    def wait_until_ready(self) -> None:
        self._wait(lambda: ["ready"] in self.said)

    def wait_for(self, lines: int) -> None:
        """Until it has said so many."""
        self._wait(lambda: len(self.said) >= lines)

    def go_on(self, seconds: float) -> None:
        """Let it do what it does for so long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        assert self._process.poll() is None, self.errors

    def kill(self) -> None:
        """At once, and wait until nothing of it runs."""
        family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill()
        self._bury(family)

    def end(self) -> int:
        """Let it end in good order; returns its exit code."""
        family = psutil.Process(self._process.pid).children(recursive=True)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._bury(family)
        return self._process.returncode

    def _bury(self, family: list[psutil.Process]) -> None:
        self._process.wait(PATIENCE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        _, left = psutil.wait_procs(family, timeout=_GOODBYE)
        left = [process for process in left if runs(process)]
        assert not left, f"left behind: {left}"
        self._reader.join(PATIENCE)
        self._process.stdout.close()

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            done = self._changed.wait_for(lambda: self._is_over or condition(), PATIENCE)
        assert done and condition(), f"it said only {self.said[-5:]}\n{self.errors}"  # noqa: PT018

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.endswith("\n"):
                break  # it was killed in the middle of it
            with self._changed:
                self.said.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self._is_over = True
            self._changed.notify_all()


def runs(process: psutil.Process) -> bool:
    """Whether it is more than an entry in the table that init has not cleared yet."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
