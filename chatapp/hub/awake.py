"""Keeps the computer from going to sleep by itself; a person can still send it to sleep.

Each system has its own way, and where there is none the computer sleeps: a download survives that.
Whatever is held ends with this process, however that ends.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys

logger = logging.getLogger(__name__)

_END_WITHIN = 0.5  # seconds

if sys.platform == "win32":
    _CONTINUOUS = 0x80000000
    _SYSTEM_REQUIRED = 0x00000001
elif sys.platform == "darwin":
    _COMMAND = ("caffeinate", "-i", "-w", str(os.getpid()))
else:
    # Idling only: holding off all sleep would break the lid and the menu of this user. What it runs
    # ends with its input, which is a pipe from here.
    _COMMAND = (
        "systemd-inhibit",
        "--what=idle",
        "--who=Chatapp",
        "--why=A download is running",
        "--mode=block",
        "cat",
    )


class Awake:
    """Holds the computer awake between `hold` and `release`. All calls from one thread."""

    def __init__(self) -> None:
        self._is_held = False
        self._process: subprocess.Popen[bytes] | None = None

    def hold(self) -> None:
        """Hold it awake, if it is not held already."""
        if self._is_held:
            return
        self._is_held = True
        if sys.platform == "win32":
            _tell_windows(_CONTINUOUS | _SYSTEM_REQUIRED)
            return
        try:
            self._process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            logger.debug("the computer can't be kept awake: %s", error)

    def release(self) -> None:
        """Let it sleep again."""
        if not self._is_held:
            return
        self._is_held = False
        if sys.platform == "win32":
            _tell_windows(_CONTINUOUS)
            return
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if sys.platform == "darwin":
            process.terminate()
        try:
            code = process.wait(_END_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        logger.debug("kept awake by %s, which ended with %d", _COMMAND[0], code)


def _tell_windows(state: int) -> None:
    import ctypes

    if sys.platform == "win32" and not ctypes.windll.kernel32.SetThreadExecutionState(state):
        logger.debug("the computer can't be kept awake")
