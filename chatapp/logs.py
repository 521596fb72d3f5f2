"""The log file, the record of hard crashes, and the hooks for what nobody expected.

Prompts, answers and document texts are never logged. Nothing is sent anywhere.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

import psutil

from chatapp import __version__

logger = logging.getLogger(__name__)

Report = Callable[[str], None]


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log that can't be written, on a full disk say, is no reason to stop or to complain."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        del record

    def clear(self) -> None:
        """Begin again with an empty file, and delete the earlier ones."""
        self.acquire()
        try:
            if self.stream is not None:
                self.stream.seek(0)
                self.stream.truncate()
            path = Path(self.baseFilename)
            for earlier in path.parent.glob(f"{path.name}.*"):
                earlier.unlink(missing_ok=True)
        finally:
            self.release()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            super().close()


class Logs:
    """Owns the log file `chatapp.log` and the crash file of this process.

    `crash_of_last_run` is the text of a hard crash (a segmentation fault, say) that an earlier run
    left behind; it is handed out once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._handler = _open_log(folder / "chatapp.log")
        logging.getLogger().addHandler(self._handler)
        logging.getLogger("chatapp").setLevel(logging.INFO)
        # Its own words are what explains a failure to load, so all of them are kept.
        logging.getLogger("chatapp.llama").setLevel(logging.DEBUG)
        self.crash_of_last_run = _take_crashes(folder)
        self._crash_path = folder / f"crash-{os.getpid()}.txt"
        self._crash_file: IO[str] | None = None
        with contextlib.suppress(OSError):
            self._crash_path.touch(mode=0o600)
            self._crash_file = self._crash_path.open("w", encoding="utf-8")
            faulthandler.enable(self._crash_file)
        logger.info("chatapp %s, Python %s", __version__, platform.python_version())

    def install_hooks(self, report: Report) -> None:
        """Send every unexpected exception, of any thread, to the log and to `report`."""

        def on_exception(
            kind: type[BaseException], error: BaseException, trace: TracebackType | None
        ) -> None:
            if issubclass(kind, KeyboardInterrupt):
                sys.__excepthook__(kind, error, trace)
                return
            text = "".join(traceback.format_exception(kind, error, trace))
            logger.critical("unexpected error\n%s", text)
            report(text)

        def on_thread_exception(arguments: threading.ExceptHookArgs) -> None:
            if arguments.exc_value is not None:
                on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

        sys.excepthook = on_exception
        threading.excepthook = on_thread_exception

    def clear(self) -> None:
        """Empty the log, from any thread. Raises `OSError` if a part of it is still there."""
        if isinstance(self._handler, _LogFile):
            self._handler.clear()

    def close(self) -> None:
        """The run ended well: forget the crash file and close the log."""
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()
            self._crash_file = None
        with contextlib.suppress(OSError):
            self._crash_path.unlink(missing_ok=True)
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__


def _open_log(path: Path) -> logging.Handler:
    try:
        path.touch(mode=0o600)
        handler: logging.Handler = _LogFile(
            path, maxBytes=2_000_000, backupCount=4, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        # A program that can't write its log still works.
        return logging.NullHandler()
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")
    )
    return handler


def _take_crashes(folder: Path) -> str:
    """The crash texts of processes that are gone; what these left behind is removed."""
    found = []
    for path in sorted((*folder.glob("crash-*.txt"), *folder.glob("worker-*.log"))):
        pid = path.stem.split("-")[1]
        if pid.isdigit() and int(pid) != os.getpid() and psutil.pid_exists(int(pid)):
            continue
        try:
            if path.suffix == ".txt":
                found.append(path.read_text(encoding="utf-8", errors="replace").strip())
            path.unlink()
        except OSError:
            continue
    return "\n\n".join(text for text in found if text)
