"""A worker process that starts with the chosen engine, or else with the built-in one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from chatapp.engine.choice import EngineChoice
from chatapp.engine.messages import Command, Reply, Started, StartFailed
from chatapp.engine.process import (
    OnEnd,
    OnReply,
    Run,
    StartWorker,
    Worker,
    WorkerEnd,
    WorkerProcess,
)

# The pack comes first.
StartProcess = Callable[[Path | None, OnReply, OnEnd], Worker]


class PackWorker:
    """One worker to whoever asked for it, in one process or in two.

    The first starts with the chosen pack. Where it ends before llama.cpp runs in it, a second one
    takes its place, with the built-in engine and with all that was asked meanwhile.
    """

    def __init__(
        self, choice: EngineChoice, start: StartProcess, on_reply: OnReply, on_end: OnEnd
    ) -> None:
        self._choice = choice
        self._start = start
        self._on_reply = on_reply
        self._on_end = on_end
        self._lock = threading.Lock()  # of what follows
        self._pack = choice.pack  # None once it is known that it runs, or not
        self._asked: list[Command] = []  # until then
        self._problem = ""
        self._is_wanted = True
        with self._lock:  # its first reply waits until it is known here
            self._worker = start(self._pack, self._hear, self._hear_end)

    @property
    def pid(self) -> int:
        """The present process's id."""
        return self._worker.pid

    def send(self, command: Command) -> None:
        """See `Worker`."""
        with self._lock:
            if self._pack is not None:
                self._asked.append(command)
            self._worker.send(command)

    def close(self) -> None:
        """See `Worker`."""
        self._last().close()

    def kill(self) -> None:
        """See `Worker`."""
        self._last().kill()

    def _last(self) -> Worker:
        """The present process; no other will follow."""
        with self._lock:
            self._is_wanted = False
            return self._worker

    # The reader threads

    def _hear(self, reply: Reply) -> None:
        if isinstance(reply, Started):
            with self._lock:
                self._pack, self._asked = None, []
            self._choice.note(reply.engine)
        elif isinstance(reply, StartFailed):
            with self._lock:
                if self._pack is not None and self._is_wanted:
                    self._problem = str(reply.error.values.get("detail", reply.error.kind))
                    return  # it ends now
        self._on_reply(reply)

    def _hear_end(self, end: WorkerEnd) -> None:
        with self._lock:
            pack, self._pack = self._pack, None
            if pack is not None and self._is_wanted:
                detail = self._problem or end.detail or f"exit code {end.exit_code}"
                self._choice.reject(pack, detail)
                try:
                    self._worker = self._start(None, self._hear, self._hear_end)
                except OSError as error:
                    end = WorkerEnd(end.exit_code, str(error))
                else:
                    for command in self._asked:
                        self._worker.send(command)
                    self._asked = []
                    return
        self._on_end(end)


def with_packs(choice: EngineChoice, logs: Path, run: Run | None = None) -> StartWorker:
    """What starts worker processes with the chosen engine; `logs` and `run` as they take them."""

    def start(pack: Path | None, on_reply: OnReply, on_end: OnEnd) -> Worker:
        return WorkerProcess(logs, on_reply, on_end, run=run, pack=pack)

    return partial(PackWorker, choice, start)
