"""Trying a model's chat template in a process that may be lost.

That process has two seconds and little memory; it imports neither numpy nor llama_cpp.
"""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from chatapp.domain.conversation import Role
from chatapp.engine.messages import Turn
from chatapp.engine.worker.template import (
    ChatTemplate,
    SpecialTokens,
    TemplateFailed,
)

SECONDS = 2
MEMORY = 256 * 2**20  # bytes on top of what the interpreter needs
START_SECONDS = 30.0

SYSTEM_MARK = "be-brief-7391"
_CONVERSATION = (
    Turn(Role.USER, "Hello."),
    Turn(Role.ASSISTANT, "Hello. How can I help?"),
    Turn(Role.USER, "Name three colours."),
)


@dataclass(frozen=True, slots=True)
class TrialResult:
    """`problem` is empty when the template can be used."""

    problem: str
    takes_system: bool = False


class TemplateTrial:
    """The disposable process. It starts at once, so that it is ready when the template is read."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs,), name="chatapp-template")
        self._process.start()
        theirs.close()

    def begin(self, source: str, tokens: SpecialTokens) -> None:
        """Send the template without waiting."""
        with contextlib.suppress(OSError):  # it is dead: `result` will say so
            self._connection.send((source, tokens))

    def result(self) -> TrialResult:
        """Wait for the result; the process is gone afterwards."""
        try:
            if not self._connection.poll(START_SECONDS):
                return TrialResult("not tried in time")
            self._connection.recv()  # it has started to render
            if not self._connection.poll(SECONDS + 1):
                return TrialResult("too slow")
            result: TrialResult = self._connection.recv()
        except (EOFError, OSError):
            self._process.join(SECONDS)
            return TrialResult("too slow or too large")
        else:
            return result
        finally:
            self.close()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._connection.close()


def _run(connection: Connection) -> None:
    try:
        source, tokens = connection.recv()
    except EOFError:  # the worker is gone or has no template to try
        os._exit(0)
    threading.Thread(target=_end_with_worker, args=(connection,), daemon=True).start()
    connection.send(None)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        # Its thread is C: it ends a loop in C code too.
        faulthandler.dump_traceback_later(SECONDS, exit=True, file=nowhere)
        _limit_resources()
        connection.send(_try(source, tokens))
        os._exit(0)


def _end_with_worker(connection: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        connection.recv()
    os._exit(0)


def _limit_resources() -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the limit is not kept
        used = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))


def _try(source: str, tokens: SpecialTokens) -> TrialResult:
    system = Turn(Role.SYSTEM, SYSTEM_MARK)
    try:
        template = ChatTemplate(source, tokens)
        try:
            takes_system = SYSTEM_MARK in template.render((system, *_CONVERSATION))
        except TemplateFailed:
            takes_system = False
        if _CONVERSATION[-1].text not in template.render(_CONVERSATION):
            return TrialResult("the message is missing in its text")
    except TemplateFailed as error:
        return TrialResult(str(error))
    return TrialResult("", takes_system=takes_system)
