"""The worker process: what its threads do and how it ends.

One thread receives, so that Stop and the end of the application are noticed at any moment; the main
thread computes. The process always ends at once, without cleaning up: the system does that faster
and for certain.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import queue
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from chatapp.engine.messages import (
    Command,
    Devices,
    Failed,
    Generate,
    ListDevices,
    Load,
    Loaded,
    LoadFailed,
    LoadProgress,
    LogLines,
    Reply,
    Shutdown,
    Started,
    StartFailed,
    Stop,
)
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.stop import StopFlag
from chatapp.errors import ChatappError, EngineMissing, GenerationFailed, to_record

if TYPE_CHECKING:
    from chatapp.engine.worker.generation import Generator


def run(connection: Connection, error_path: str) -> NoReturn:
    """The process's whole life."""
    redirect_output(error_path)
    try:
        _Worker(connection, error_path).serve()
    finally:  # by a mistake of ours: serving never ends in good order
        traceback.print_exc()
        os._exit(1)


def redirect_output(error_path: str) -> None:
    """Send what anything here prints, and a crash's traceback, to this file."""
    # Ctrl+C in a terminal reaches the whole group; it is the application that decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    file = os.open(error_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    sys.stdout = sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1)
    faulthandler.enable(sys.stderr)


class _Worker:
    def __init__(self, connection: Connection, error_path: str) -> None:
        self._connection = connection
        self._error_path = error_path
        self._send_lock = threading.Lock()
        self._commands: queue.SimpleQueue[tuple[Command, float]] = queue.SimpleQueue()
        self._stop = StopFlag()
        self._generator: Generator | None = None

    def serve(self) -> NoReturn:
        """Do what is asked for, until the process ends."""
        threading.Thread(target=self._receive, name="receiver", daemon=True).start()
        try:
            self._library = Library(lambda level, text: self._send(LogLines(level, text)))
        except EngineMissing as error:
            self._send(StartFailed(to_record(error)))
            self._leave()
        self._send(Started(os.getpid(), self._library.build))
        while True:
            command, received = self._commands.get()
            match command:
                case Load():
                    self._load(command)
                case Generate():
                    self._generate(command, received)
                case ListDevices():
                    self._send(Devices(self._library.devices()))

    def _load(self, command: Load) -> None:
        from chatapp.engine.worker.generation import Generator
        from chatapp.engine.worker.model import Model

        try:
            model = Model(
                self._library,
                command.path,
                command.options,
                lambda fraction: self._send(LoadProgress(fraction)),
            )
        except ChatappError as error:
            self._send(LoadFailed(to_record(error)))
        else:
            self._generator = Generator(model, self._stop, self._send)
            self._send(Loaded(model.facts))

    def _generate(self, command: Generate, received: float) -> None:
        if self._generator is None:
            error = GenerationFailed("no model is loaded")
            self._send(Failed(command.request_id, to_record(error)))
        else:
            self._generator.answer(command, received)

    def _receive(self) -> None:
        while True:
            try:
                command: Command = self._connection.recv()
            except (EOFError, OSError):
                self._leave()
            match command:
                case Shutdown():
                    self._leave()
                case Stop():
                    self._stop.stop(command.request_id)
                case Generate():
                    self._stop.expect(command.request_id)
                    self._commands.put((command, time.perf_counter()))
                case _:
                    self._commands.put((command, time.perf_counter()))

    def _send(self, reply: Reply) -> None:
        try:
            with self._send_lock:
                self._connection.send(reply)
        except OSError:  # the application is gone
            self._leave()

    def _leave(self) -> NoReturn:
        with contextlib.suppress(OSError):
            Path(self._error_path).unlink()
        os._exit(0)
