"""The local Hub in a process of its own that gets out of the way of what is measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_PATIENT = 10  # nice; with more it starves beside two busy processors


class HubProcess:
    """Serves the folders `org/name` in `folder` while the context lasts."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.local_hub", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.endpoint = str(self._answer()["endpoint"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def be_patient(self) -> None:
        """Let everything else on the machine go first."""
        if sys.platform != "win32":
            psutil.Process(self._process.pid).nice(_PATIENT)

    def limit(self, rate: float | None) -> None:
        """Send no faster than this many bytes a second, to all together."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"limit": rate}) + "\n")
        self._process.stdin.flush()
        assert self._answer() == {"done": True}

    def _answer(self) -> dict[str, object]:
        assert self._process.stdout is not None
        answer = json.loads(self._process.stdout.readline())
        assert isinstance(answer, dict)
        return answer
