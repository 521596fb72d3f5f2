"""The worker process as the application sees it: a pipe, an end, and a way to end it."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import multiprocessing.connection
import os
import queue
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chatapp.engine.channel import Channel, open_channel
from chatapp.engine.messages import Command, LogLines, Reply, Shutdown
from chatapp.engine.quantizing import Task

PACK_VARIABLE = "CHATAPP_ENGINE_PACK"  # tells a worker process the folder of its engine

_DETAIL_HALF = 1000  # characters
_UNKNOWN_EXIT = -1
_CLOSE_SECONDS = 5.0  # for writing to disk what was read
_EXIT_SECONDS = 1.0  # from the end of the pipe to the end of the process, and after a kill


@dataclass(frozen=True, slots=True)
class WorkerEnd:
    """How the worker ended: its exit code and what it said last."""

    exit_code: int
    detail: str


class Worker(Protocol):
    """What the engine needs of a worker. Nothing here blocks for long."""

    @property
    def pid(self) -> int:
        """The process's id."""

    def send(self, command: Command) -> None:
        """Queue a command. A worker that is dead swallows it; its end is reported anyway."""

    def close(self) -> None:
        """Let the process write what is worth keeping and end; wait until it is gone."""

    def kill(self) -> None:
        """End a process that hangs, at once."""


OnReply = Callable[[Reply], None]
OnEnd = Callable[[WorkerEnd], None]
StartWorker = Callable[[OnReply, OnEnd], Worker]
Run = Callable[[Channel, str], None]


class WorkerProcess:
    """A running worker. Both callbacks are called in its reader thread; `on_end` once, at last.

    `logs` is a folder for the file that the process prints to while it lives, `pack` one with the
    package `llama_cpp` that it uses instead of the built-in one. Raises `OSError` when the system
    does not start another process.
    """

    def __init__(
        self,
        logs: Path,
        on_reply: OnReply,
        on_end: OnEnd,
        *,
        run: Run | None = None,
        pack: Path | None = None,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        file, path = tempfile.mkstemp(prefix=f"worker-{os.getpid()}-", suffix=".log", dir=logs)
        os.close(file)
        self._errors = Path(path)
        self._last_lines: deque[str] = deque(maxlen=5)
        self._on_reply = on_reply
        self._on_end = on_end
        self._outbox: queue.SimpleQueue[Command | Task | None] = queue.SimpleQueue()
        self._channel, theirs = open_channel(context)
        self._process = context.Process(
            target=_run, args=(theirs, path, run, pack), name="chatapp-worker"
        )
        try:
            self._process.start()
        except OSError:
            self._errors.unlink()
            self._channel.close()
            raise
        finally:
            theirs.close()  # else the end of the process would not be the end of the pipe
        # A program that ends without closing this must not wait for the worker.
        atexit.register(self._abandon)
        self._threads = [
            threading.Thread(target=work, name=f"worker-{name}", daemon=True)
            for name, work in (("reader", self._read), ("writer", self._write))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid or 0

    def send(self, command: Command | Task) -> None:
        """Queue a command for the writer thread: the pipe blocks while the worker hangs."""
        self._outbox.put(command)

    def close(self) -> None:
        """Ask, wait, kill. Afterwards the process is gone and `on_end` was called."""
        self.send(Shutdown())
        reader, _writer = self._threads
        reader.join(_CLOSE_SECONDS)
        if reader.is_alive():
            self.kill()

    def kill(self) -> None:
        """Kill. What hangs in a driver outlives that for a while, which is not waited for."""
        self._process.kill()
        reader, _writer = self._threads
        reader.join(_EXIT_SECONDS)

    def _read(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                reply: Reply = self._channel.recv()
                if isinstance(reply, LogLines):
                    self._last_lines.append(reply.text)
                self._on_reply(reply)
        if not self._is_gone(_EXIT_SECONDS):
            self._process.kill()
            self._is_gone(None)
        self._outbox.put(None)
        self._threads[1].join()
        self._channel.close()
        atexit.unregister(self._abandon)
        exit_code = self._process.exitcode
        self._on_end(WorkerEnd(_UNKNOWN_EXIT if exit_code is None else exit_code, self._detail()))

    def _is_gone(self, timeout: float | None) -> bool:
        """Wait for the process's end, for `timeout` seconds at most.

        The sentinel is a pipe that a child of the worker may have inherited: it alone won't do.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self._process.exitcode is None:
            if end is not None and time.monotonic() >= end:
                return False
            multiprocessing.connection.wait([self._process.sentinel], 0.01)
        return True

    def _write(self) -> None:
        with contextlib.suppress(OSError):  # the reader reports the end
            while (command := self._outbox.get()) is not None:
                self._channel.send(command)

    def _abandon(self) -> None:
        self._process.kill()
        with contextlib.suppress(OSError):
            self._errors.unlink()

    def _detail(self) -> str:
        """What the process printed, or else the last lines of its log."""
        try:
            printed = self._errors.read_text(encoding="utf-8", errors="replace").strip()
            self._errors.unlink()
        except FileNotFoundError:  # it ended in good order
            printed = ""
        if len(printed) > 2 * _DETAIL_HALF:  # a crash says what it is first, an exception last
            printed = f"{printed[:_DETAIL_HALF]}\n…\n{printed[-_DETAIL_HALF:]}"
        return printed or "\n".join(self._last_lines)


def _run(channel: Channel, error_path: str, run: Run | None, pack: Path | None) -> None:
    """In the child. The parent never imports what is imported here."""
    from chatapp.engine.worker import main
    from chatapp.engine.worker.library import prepare_package

    channel.keep_from_children()  # such as what a driver or a debugger starts
    main.redirect_output(error_path)
    try:
        os.environ.pop(PACK_VARIABLE, None)
        if pack is not None:
            os.environ[PACK_VARIABLE] = str(pack)
            os.environ.pop("LLAMA_CPP_LIB_PATH", None)  # where the built-in one may have its own
        with contextlib.suppress(ImportError):  # whoever opens the library tells it
            prepare_package()
        (run or main.run)(channel, error_path)
    except BaseException:  # noqa: BLE001 - by a mistake of ours, or of a pack
        traceback.print_exc()
        os._exit(1)
