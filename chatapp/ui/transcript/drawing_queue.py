"""What the window asks of the drawing process, and the thread that asks it. Without Qt.

The process starts with the first request and ends when none came for a while. When it dies it is
started again, and what was asked is asked again, except the request that it died of.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import IntEnum
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Final

from chatapp.ui.transcript import drawing_process
from chatapp.ui.transcript.drawing_process import ColorMore, Refused, Request
from chatapp.ui.transcript.formulas import Outline
from chatapp.ui.transcript.highlighting import Colors

logger = logging.getLogger(__name__)

_MOST_WAITING: Final = 300  # of each urgency; those who still want what was dropped ask again
_STARTS: Final = 4  # the first one, and three more, within `restart_span`
_SILENCE: Final = 60.0  # seconds; the process ends itself long before

Answer = Colors | Outline | Refused
Run = Callable[[Connection], None]


class Urgency(IntEnum):
    """What goes first. Within one urgency, what was asked last."""

    FORMULA = 0
    GROWING = 1
    CODE = 2


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to what was asked under `key`; `is_first` unless it goes on where one ended."""

    key: Hashable
    answer: Answer
    is_first: bool


class DrawingQueue:
    """Asks the drawing process one thing at a time.

    `on_answer` is called in the queue's thread. A code is answered part by part; formulas and
    growing texts are put in between.
    """

    def __init__(
        self,
        on_answer: Callable[[Answered], None],
        *,
        run: Run = drawing_process.run,
        restart_span: float = 60.0,
        idle_span: float = 60.0,
    ) -> None:
        self._on_answer = on_answer
        self._run = run
        self._restart_span = restart_span
        self._idle_span = idle_span
        self._changed = threading.Condition()
        self._waiting: dict[Urgency, dict[Hashable, Request]] = {u: {} for u in Urgency}
        self._current: Hashable = None  # the key of what is being answered
        self._going_on: tuple[Hashable, Request] | None = None  # a code that has more parts
        self._is_closed = False
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._starts: deque[float] = deque(maxlen=_STARTS)
        self._thread: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        process = self._process
        return None if process is None else process.pid

    def ask(self, key: Hashable, request: Request, urgency: Urgency) -> None:
        """Have `request` answered soon, before those that were asked earlier.

        What waits under the same key is replaced; what is being answered is not asked again.
        """
        with self._changed:
            if self._is_closed or key == self._current:
                return
            if self._going_on is not None and key == self._going_on[0]:
                return
            waiting = self._waiting[urgency]
            waiting.pop(key, None)
            waiting[key] = request
            if len(waiting) > _MOST_WAITING:
                del waiting[next(iter(waiting))]
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="drawings", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """End the process and the thread at once. Nothing is answered after that."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
            if self._process is not None:
                self._process.kill()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while self._wait() and (connection := self._connected()) is not None:
            key, request, is_first = self._take()
            answer = self._exchange(connection, request)
            with self._changed:
                if self._is_closed:
                    break
                if isinstance(answer, Colors) and not answer.is_last:
                    if is_first:
                        self._going_on = (key, request)
                elif not is_first:
                    self._going_on = None
            if isinstance(answer, Refused):
                logger.info("not drawn: %s", answer.reason)
            self._on_answer(Answered(key, answer, is_first))
        self._end_process()

    def _wait(self) -> bool:
        """Wait until there is something to do; false when the queue is closed.

        A process that nobody needs is ended: it has tens of megabytes.
        """
        with self._changed:
            self._current = None
            if not self._changed.wait_for(self._has_work, self._idle_span):
                self._end_process()
                self._changed.wait_for(self._has_work)
            return not self._is_closed

    def _has_work(self) -> bool:
        return self._is_closed or self._going_on is not None or any(self._waiting.values())

    def _take(self) -> tuple[Hashable, Request, bool]:
        """The key, what to ask, and whether that begins anew."""
        with self._changed:
            for urgency, waiting in self._waiting.items():
                if urgency is Urgency.CODE and self._going_on is not None:
                    self._current = self._going_on[0]
                    return self._current, ColorMore(), False
                if waiting:
                    self._current, request = waiting.popitem()
                    return self._current, request, True
        raise AssertionError("nothing waits")

    def _exchange(self, connection: Connection, request: Request) -> Answer:
        with contextlib.suppress(EOFError, OSError):
            connection.send(request)
            if connection.poll(_SILENCE):
                answer: Answer = connection.recv()
                return answer
        if isinstance(request, ColorMore):
            self._going_on = None  # it would end the next process too
        self._end_process()
        return Refused("the process ended")

    def _connected(self) -> Connection | None:
        """The pipe to a running process; none when the queue is closed."""
        if self._connection is not None and _has_ended(self._connection):
            self._end_process()
        while self._connection is None:
            with self._changed:
                if self._is_closed:
                    return None
                if len(self._starts) == _STARTS:
                    wait = self._starts[0] + self._restart_span - time.monotonic()
                    if wait > 0:
                        self._changed.wait(wait)
                        continue
            self._start()
        return self._connection

    def _start(self) -> None:
        self._starts.append(time.monotonic())
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=self._run, args=(theirs,), name="chatapp-drawings", daemon=True
        )
        try:
            process.start()
        except OSError as error:
            logger.warning("the drawing process did not start: %s", error)
            ours.close()
            return
        finally:
            theirs.close()  # else the end of the process would not be the end of the pipe
        self._connection = ours
        with self._changed:
            self._process = process
            if self._is_closed:
                process.kill()

    def _end_process(self) -> None:
        with self._changed:
            process, self._process = self._process, None
        if process is None or self._connection is None:
            return
        self._connection.close()
        self._connection = None
        process.kill()
        process.join()
        logger.info("the drawing process ended with %s", process.exitcode)
        with self._changed:  # its lexer is gone with it
            if self._going_on is not None:
                key, request = self._going_on
                self._waiting[Urgency.CODE].setdefault(key, request)
                self._going_on = None


def _has_ended(connection: Connection) -> bool:
    """Whether the process died while it had nothing to do: then the end is what can be read."""
    try:
        return connection.poll()
    except OSError:
        return True
