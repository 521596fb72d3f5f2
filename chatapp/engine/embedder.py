"""Vectors and scores from models beside the one that answers, each in a process of its own.

So indexing never unloads the model of a conversation. A process is started when something is asked
of its model, and ends when nothing was asked for a while.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path
from typing import Any

from chatapp.domain.generation import Priority
from chatapp.domain.model import ModelFile, Pooling
from chatapp.engine.embedding import run_embedding
from chatapp.engine.files import check_model_file
from chatapp.engine.heartbeat import Heartbeat
from chatapp.engine.messages import (
    Embed,
    Embedded,
    Failed,
    Load,
    Loaded,
    LoadFailed,
    LoadOptions,
    LogLines,
    Ping,
    Pong,
    Ranked,
    Reply,
    Rerank,
    StartFailed,
    Stop,
)
from chatapp.engine.process import StartWorker, Worker, WorkerEnd, WorkerProcess
from chatapp.engine.text_job import TEXTS_AT_ONCE, OnProgress, TextJob
from chatapp.errors import ChatappError, WorkerDied, WorkerUnresponsive, from_record

logger = logging.getLogger(__name__)
llama_logger = logging.getLogger("chatapp.llama")

MOST_MODELS = 2  # that stay loaded: one for vectors and one for scores
MAX_DEATHS = 2  # for one and the same texts
_OPTIONS = LoadOptions(context_length=2048, parallel=TEXTS_AT_ONCE)

Vector = tuple[float, ...]
Replies = queue.SimpleQueue[Reply | WorkerEnd | None]  # None is there to wake it up
Job = TextJob[Any]


class Embedder:
    """Turns texts into vectors and ranks them.

    Every method but `close` returns at once and may be called in any thread. `on_progress` gets the
    texts that are done, and all, in a thread of the embedder. `logs` is a folder for what the
    processes print. One ends after `idle_seconds`, and when another model needs its place.
    """

    def __init__(
        self,
        logs: Path,
        *,
        options: LoadOptions = _OPTIONS,
        idle_seconds: float = 300.0,
        start_worker: StartWorker | None = None,
    ) -> None:
        self._start_worker = start_worker or partial(WorkerProcess, logs, run=run_embedding)
        self._options = options
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()  # of what follows
        self._lines: dict[str, _Line] = {}  # by path of the model; the last used comes last
        self._ending: list[_Line] = []
        self._is_closed = False

    def embed(
        self,
        model: ModelFile,
        texts: Iterable[str],
        *,
        pooling: Pooling = Pooling.MODEL,
        normalise: bool = True,
        priority: Priority = Priority.INTERACTIVE,
        on_progress: OnProgress | None = None,
    ) -> TextJob[Vector]:
        """One vector for each text; all zeros for one that has no token."""

        def ask(request_id: int, part: tuple[str, ...]) -> Embed:
            return Embed(request_id, part, pooling, normalise)

        job = TextJob[Vector](texts, ask, priority, on_progress)
        self._begin(model, job)
        return job

    def rerank(
        self,
        model: ModelFile,
        query: str,
        texts: Iterable[str],
        *,
        priority: Priority = Priority.INTERACTIVE,
        on_progress: OnProgress | None = None,
    ) -> TextJob[float]:
        """One score for each text, higher for what answers the query better.

        Scores of different models can't be compared, and they have no common range.
        """

        def ask(request_id: int, part: tuple[str, ...]) -> Rerank:
            return Rerank(request_id, query, part)

        job = TextJob[float](texts, ask, priority, on_progress)
        self._begin(model, job)
        return job

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """The ids of the processes that run."""
        with self._lock:
            return tuple(line.pid for line in self._lines.values() if line.pid)

    def unload(self) -> None:
        """End every process that has nothing to do; the memory is given back."""
        with self._lock:
            for path in list(self._lines):
                self._end_if_idle(path)

    def close(self) -> None:
        """Cancel everything and end all processes; wait for that."""
        with self._lock:
            self._is_closed = True
            lines = [*self._lines.values(), *self._ending]
            for line in lines:
                line.close()
        for line in lines:
            line.join()

    def _begin(self, model: ModelFile, job: Job) -> None:
        with self._lock:
            is_closed = self._is_closed
            if not is_closed:
                self._ending = [one for one in self._ending if one.is_alive]
                line = self._lines.pop(model.path, None)
                if line is None or not line.add(job):
                    self._ending += [line] if line is not None else []
                    line = _Line(model, self._start_worker, self._options, self._idle_seconds)
                    line.add(job)
                self._lines[model.path] = line
                for path in list(self._lines)[:-MOST_MODELS]:
                    self._end_if_idle(path)
        if is_closed:
            job.fail(CancelledError())

    def _end_if_idle(self, path: str) -> None:
        if self._lines[path].close(only_if_idle=True):
            self._ending.append(self._lines.pop(path))


class _Line:
    """The jobs of one model, its process, and the thread that hands it one part after the other.

    A person's jobs come first; otherwise each job has one part done in turn.
    """

    def __init__(
        self,
        model: ModelFile,
        start_worker: StartWorker,
        options: LoadOptions,
        idle_seconds: float,
    ) -> None:
        self._model = model
        self._start_worker = start_worker
        self._options = options
        self._idle_seconds = idle_seconds
        self._ids = itertools.count(1)
        self._worker: Worker | None = None
        self._replies: Replies = queue.SimpleQueue()
        self._heartbeat = Heartbeat()
        self._changed = threading.Condition()  # of what follows
        self._jobs: deque[Job] = deque()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="embedder", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """The process's id, 0 without one."""
        worker = self._worker
        return worker.pid if worker is not None else 0

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def add(self, job: Job) -> bool:
        """Have it done; False when this one has ended."""
        with self._changed:
            if not self._is_closed:
                job.wake = self._wake
                self._jobs.append(job)
                self._changed.notify_all()
            return not self._is_closed

    def close(self, *, only_if_idle: bool = False) -> bool:
        """Cancel everything and end; False when it has something to do and must not."""
        with self._changed:
            if only_if_idle and self._jobs:
                return False
            self._is_closed = True
            for job in self._jobs:
                job.is_cancelled = True
        self._wake()
        return True

    def join(self) -> None:
        """Wait until the process and the thread are gone."""
        self._thread.join()

    def _wake(self) -> None:
        self._replies.put(None)
        with self._changed:
            self._changed.notify_all()

    # Its thread

    def _run(self) -> None:
        while (job := self._next_job()) is not None:
            try:
                is_done = self._do_part(job)
            except WorkerDied as error:
                job.deaths += 1
                is_done = job.deaths >= MAX_DEATHS
                if is_done:
                    job.fail(error)
            except (ChatappError, CancelledError) as error:
                is_done = True
                job.fail(error)
            except Exception as error:
                logger.exception("unexpected error while asking for vectors")
                is_done = True
                job.fail(error)
            with self._changed:
                if is_done:
                    self._jobs.remove(job)
                else:
                    self._jobs.rotate(-1)
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _next_job(self) -> Job | None:
        """What comes next; None when it is time to end."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: self._jobs or self._is_closed, self._idle_seconds
            ):
                self._is_closed = True
            if not self._jobs:
                return None
            comes_first = (j for j in self._jobs if j.is_cancelled or j.is_interactive)
            first = next(comes_first, self._jobs[0])
            self._jobs.remove(first)  # so that what is put back goes behind the others
            self._jobs.appendleft(first)
            return first

    def _do_part(self, job: Job) -> bool:
        """Have the next texts of a job done; whether those were the last."""
        if job.is_cancelled:
            raise CancelledError
        if not job.is_done:
            worker = self._worker or self._load(job)
            command = job.command(next(self._ids))
            worker.send(command)
            match self._wait_for(job, worker, command.request_id):
                case Embedded(vectors=found) | Ranked(scores=found):
                    job.go_on(found)
        if job.is_done:
            job.finish()
        return job.is_done

    def _load(self, job: Job) -> Worker:
        check_model_file(self._model.path)
        replies: Replies = queue.SimpleQueue()
        self._replies = replies
        self._heartbeat = Heartbeat()
        try:
            worker = self._start_worker(replies.put, replies.put)
        except OSError as error:  # no more processes, memory or space for its log
            raise WorkerDied(error.errno or 1, str(error)) from error
        self._worker = worker
        worker.send(Load(self._model.path, self._options))
        try:
            self._wait_for(job, worker)
        except (ChatappError, CancelledError):
            self._worker = None
            worker.close()
            raise
        return worker

    def _wait_for(self, job: Job, worker: Worker, request_id: int = 0) -> Reply:
        """The worker's answer to a request, or that the model is loaded.

        Raises what ended it, or `CancelledError`.
        """
        heartbeat = self._heartbeat
        heartbeat.watch(time.monotonic(), busy=False, computing=False)
        while not job.is_cancelled:
            heartbeat.watch(time.monotonic(), busy=True, computing=bool(request_id))
            due = heartbeat.due or 0.0
            try:
                reply = self._replies.get(timeout=max(0.0, due - time.monotonic()))
            except queue.Empty:
                if silence := heartbeat.silence():
                    self._worker = None
                    worker.kill()
                    raise WorkerUnresponsive(round(silence)) from None
                worker.send(Ping())
                heartbeat.pinged(time.monotonic())
                continue
            if reply is None:
                continue
            heartbeat.heard()
            match reply:
                case WorkerEnd():
                    self._worker = None
                    raise WorkerDied(reply.exit_code, reply.detail)
                case LoadFailed() | StartFailed():
                    raise from_record(reply.error)
                case Failed() if reply.request_id == request_id:
                    raise from_record(reply.error)
                case Loaded() if not request_id:
                    return reply
                case Embedded() | Ranked() if reply.request_id == request_id:
                    return reply
                case Pong():
                    heartbeat.answered(reply.steps)
                case LogLines():
                    level = logging.INFO if reply.level >= logging.WARNING else logging.DEBUG
                    llama_logger.log(level, "%s", reply.text)
                case _:
                    pass  # about another request
        if request_id:
            worker.send(Stop(request_id))
        raise CancelledError
