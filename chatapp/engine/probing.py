"""Asking what a model would take, in a process that is not the one with the model that answers."""

from __future__ import annotations

import itertools
import queue
import threading
from concurrent.futures import Future

from chatapp.engine.channel import Channel
from chatapp.engine.messages import Failed, LoadOptions, Probe, Probed, Reply, StartFailed
from chatapp.engine.process import StartWorker, Worker, WorkerEnd
from chatapp.errors import ChatappError, WorkerDied, WorkerUnresponsive, from_record

IDLE_SECONDS = 15.0  # that the process is kept for the next question
PROBE_SECONDS = 60.0  # for one answer

_Question = tuple[Probe, Future[Probed]]


def run_probes(channel: Channel, error_path: str) -> None:
    """In the child: the process's whole life."""
    from chatapp.engine.worker import probe  # in here, so that the parent never imports it

    probe.run(channel, error_path)


class Probing:
    """Hands questions to a process one after the other; it lives while there are some.

    Usable in every thread. A future that is cancelled before its turn costs nothing, so that only
    the last of many wishes needs to be answered.
    """

    def __init__(self, start_worker: StartWorker, idle_seconds: float = IDLE_SECONDS) -> None:
        self._start_worker = start_worker
        self._idle_seconds = idle_seconds
        self._ids = itertools.count(1)
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()  # None: closed
        self._replies: queue.SimpleQueue[Reply | WorkerEnd | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # of what follows
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._worker: Worker | None = None  # of the thread

    def ask(self, path: str, options: LoadOptions) -> Future[Probed]:
        """What loading this file would take. The future raises the `ChatappError` that says why.

        That is `WorkerDied` when the process is lost or closed, `WorkerUnresponsive` when it hangs.
        """
        future: Future[Probed] = Future()
        with self._lock:
            if self._is_closed:
                future.set_exception(_closed_error())
                return future
            self._questions.put((Probe(next(self._ids), path, options), future))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="probing", daemon=True)
                self._thread.start()
        return future

    def close(self) -> None:
        """End the process; what was not answered fails."""
        with self._lock:
            self._is_closed = True
            thread = self._thread
            self._questions.put(None)
            self._replies.put(None)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while (question := self._next()) is not None:
            command, future = question
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(self._answer(command))
            except ChatappError as error:
                future.set_exception(error)
        self._end_worker()
        self._fail_the_rest()

    def _next(self) -> _Question | None:
        """The next question; None when there will be no more."""
        if self._worker is not None:
            try:
                return self._questions.get(timeout=self._idle_seconds)
            except queue.Empty:
                self._end_worker()
        return self._questions.get()

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    def _answer(self, command: Probe) -> Probed:
        if self._worker is None or self._has_ended():
            self._worker = self._launch()
        self._worker.send(command)
        while True:
            try:
                reply = self._replies.get(timeout=PROBE_SECONDS)
            except queue.Empty:
                self._lose(is_alive=True)
                raise WorkerUnresponsive(round(PROBE_SECONDS)) from None
            match reply:
                case None:
                    self._lose(is_alive=True)  # what it computes is not worth waiting for
                    raise _closed_error()
                case WorkerEnd():
                    self._lose(is_alive=False)
                    raise WorkerDied(reply.exit_code, reply.detail)
                case StartFailed():
                    self._lose(is_alive=True)
                    raise from_record(reply.error)
                case Probed() if reply.request_id == command.request_id:
                    return reply
                case Failed() if reply.request_id == command.request_id:
                    raise from_record(reply.error)
                case _:
                    pass  # its log

    def _has_ended(self) -> bool:
        """Whether the process ended by itself while nothing was asked."""
        while not self._replies.empty():  # nobody else takes from it
            match self._replies.get():
                case None:
                    self._lose(is_alive=True)
                    raise _closed_error()
                case WorkerEnd():
                    return True
                case _:
                    pass  # late
        return False

    def _launch(self) -> Worker:
        with self._lock:
            if self._is_closed:
                raise _closed_error()
            self._replies = queue.SimpleQueue()  # nothing of an earlier process
            replies = self._replies
        try:
            return self._start_worker(replies.put, replies.put)
        except OSError as error:
            raise WorkerDied(error.errno or 1, str(error)) from error

    def _lose(self, *, is_alive: bool) -> None:
        worker, self._worker = self._worker, None
        if worker is not None and is_alive:
            worker.kill()

    def _fail_the_rest(self) -> None:
        while True:
            try:
                question = self._questions.get_nowait()
            except queue.Empty:
                return
            if question is not None and question[1].set_running_or_notify_cancel():
                question[1].set_exception(_closed_error())


def _closed_error() -> WorkerDied:
    return WorkerDied(0, "closed")
