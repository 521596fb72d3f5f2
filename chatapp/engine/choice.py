"""Which engine worker processes start with: the built-in one, or a pack that was chosen.

A pack is the whole package `llama_cpp` in a folder of its own, for what it says of llama.cpp's
structures holds for its own library only.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import replace
from pathlib import Path

from chatapp.domain.engine_pack import EngineInfo
from chatapp.errors import ChatappError, EnginePackFailed

logger = logging.getLogger(__name__)

_LONGEST_DETAIL = 200  # characters


class EngineChoice:
    """What was chosen and what came of it. Thread-safe.

    A pack that could not be used is not tried again until something is chosen again.
    """

    def __init__(self, pack: Path | None = None) -> None:
        self._lock = threading.Lock()  # of what follows
        self._pack = pack
        self._problem: ChatappError | None = None
        self._started: EngineInfo | None = None

    @property
    def pack(self) -> Path | None:
        """The folder of the pack that the next worker starts with; None for the built-in engine."""
        with self._lock:
            return self._pack if self._problem is None else None

    @property
    def problem(self) -> ChatappError | None:
        """Why the next worker does not start with what was chosen."""
        with self._lock:
            return self._problem

    @property
    def info(self) -> EngineInfo | None:
        """The engine that started last. None before one has, since something was chosen."""
        with self._lock:
            if self._started is None:
                return None
            return replace(self._started, problem=self._problem)

    def choose(self, pack: Path | None, problem: ChatappError | None = None) -> None:
        """Have the next workers start with this pack, or with the built-in engine."""
        with self._lock:
            self._pack, self._problem, self._started = pack, problem, None

    def note(self, started: EngineInfo) -> None:
        """For workers: llama.cpp runs."""
        with self._lock:
            self._started = started

    def reject(self, pack: Path, detail: str) -> None:
        """For workers: this pack can't be used, so the built-in engine takes its place."""
        with self._lock:
            if pack != self._pack or self._problem is not None:
                return
            words = _one_line(detail).replace(f"{pack}{os.sep}", "")[:_LONGEST_DETAIL]
            self._problem = problem = EnginePackFailed(pack.name, words.rstrip("."))
        logger.info("the built-in engine is used: %s", problem)

    def give_up(self, detail: str) -> bool:
        """Put aside a pack whose workers keep dying. Whether the next one has another engine."""
        with self._lock:
            pack, started = self._pack, self._started
            if pack is None or self._problem is not None:
                return False
            if started is not None and started.name != pack.name:
                return False
        self.reject(pack, detail)
        return True


def _one_line(text: str) -> str:
    """What a process said at its end, without the way there: an exception is named last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "no reason given"
    is_exception = any(line.startswith("Traceback") for line in lines)
    line = lines[-1] if is_exception else lines[0].removeprefix("Fatal Python error: ")
    return "".join(c for c in line if c.isprintable())
