"""The one door to the model: keeps a worker with the wanted model and hands it the requests.

Everything that changes happens in one thread, which takes one step after the other from an inbox:
what callers ask for, what the worker replies, and the worker's end. So the state needs no locks,
and listeners may call back into the engine.
"""

from __future__ import annotations

import errno
import itertools
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import psutil

from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import Device, LoadedModel, ModelFile
from chatapp.engine.files import check_model_file
from chatapp.engine.messages import (
    Delta,
    Devices,
    Failed,
    Finished,
    Generate,
    GenerationEvent,
    ListDevices,
    Load,
    Loaded,
    LoadFailed,
    LoadOptions,
    LoadProgress,
    LogLines,
    PromptProgress,
    Reply,
    StartFailed,
    Stop,
    Turn,
)
from chatapp.engine.process import StartWorker, Worker, WorkerEnd, WorkerProcess
from chatapp.engine.request import Generation
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import ChatappError, DiskFull, WorkerDied, WorkerKeepsDying, from_record

logger = logging.getLogger(__name__)
llama_logger = logging.getLogger("chatapp.llama")

STOP_SECONDS = 5.0  # a worker that does not stop in this time is killed
MAX_DEATHS = 3  # in a row, without a finished answer between them
MAX_DEATHS_LOADING = 2  # in a row, without the model being ready between them

Listener = Callable[[EngineState], None]

_DEFAULT_OPTIONS = LoadOptions()


class Engine:
    """Loads models and answers requests, one at a time, in a worker process that may die.

    Every method returns at once and may be called in any thread. Events and states are delivered
    in the engine's thread, in order. `logs` is a folder for what a running worker prints;
    `default_options` hold for every model that is loaded without options of its own.
    """

    def __init__(
        self,
        *,
        logs: Path,
        default_options: LoadOptions = _DEFAULT_OPTIONS,
        start_worker: StartWorker | None = None,
    ) -> None:
        self._start_worker: StartWorker = start_worker or partial(WorkerProcess, logs)
        self._state = EngineState()
        self._listeners: tuple[Listener, ...] = ()
        self._ids = itertools.count(1)
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()  # of _listeners and _closed
        self._closed = False

        # What follows belongs to the engine's thread.
        self._running = True
        self._worker: Worker | None = None
        self._worker_number = 0  # replies of earlier workers are dropped
        self._options: dict[str, LoadOptions] = {}  # by path of the model
        self._default_options = default_options
        self._options_in_use = default_options
        self._wanted: ModelFile | None = None  # to be loaded when no request waits
        self._waiting: deque[Generation] = deque()
        self._active: Generation | None = None
        self._kill_at: float | None = None  # time.monotonic(), while the active one is stopped
        self._deaths = 0
        self._deaths_loading = 0
        self._device_requests: list[Future[tuple[Device, ...]]] = []
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    @property
    def state(self) -> EngineState:
        """The present state."""
        return self._state

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have every new state handed to `listener`. Returns what ends that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(other for other in self._listeners if other != listener)

        return unsubscribe

    def load(self, model: ModelFile, options: LoadOptions | None = None) -> None:
        """Load `model` in place of another one; requests that were made before come first.

        Nothing happens when it is loaded already, unless `options` are new.
        """
        self._post(partial(self._on_load, model, options))

    def unload(self) -> None:
        """Stop all requests and end the worker: that gives all memory back."""
        self._post(self._on_unload)

    def generate(
        self,
        model: ModelFile,
        turns: Iterable[Turn],
        parameters: GenerationParameters,
        *,
        prefill: str = "",
        on_event: Callable[[GenerationEvent], None],
    ) -> Generation:
        """Have `model` answer the last turn, after the requests that were made before.

        The model is loaded when it is not. `on_event` gets exactly one `Finished` or `Failed`, at
        last, whatever happens; it is called in the engine's thread (in this one when the engine is
        closed already).
        """
        request = Generate(next(self._ids), tuple(turns), parameters, prefill)
        generation = Generation(model, request, on_event, self._stop)
        if not self._post(partial(self._on_generate, generation)):
            generation.end_stopped()
        return generation

    def devices(self) -> Future[tuple[Device, ...]]:
        """What the model can be computed on. The future raises `EngineError` or `EngineMissing`.

        A worker that writes an answer tells when it has finished.
        """
        future: Future[tuple[Device, ...]] = Future()
        future.set_running_or_notify_cancel()
        if not self._post(partial(self._on_devices, future)):
            future.set_exception(_closed_error())
        return future

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id; None without a worker."""
        worker = self._worker
        return worker.pid if worker is not None else None

    def worker_memory(self) -> int:
        """Bytes of main memory that the worker uses; 0 without a worker."""
        pid = self.worker_pid
        if pid is None:
            return 0
        try:
            return psutil.Process(pid).memory_info().rss
        except psutil.Error:
            return 0

    def close(self) -> None:
        """Stop all requests, end the worker and the engine's thread; wait for that."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._inbox.put(self._on_close)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    # The engine's thread

    def _post(self, step: Callable[[], None]) -> bool:
        with self._lock:
            if not self._closed:
                self._inbox.put(step)
            return not self._closed

    def _run(self) -> None:
        while self._running:
            timeout = None if self._kill_at is None else self._kill_at - time.monotonic()
            try:
                step = self._inbox.get(timeout=None if timeout is None else max(0.0, timeout))
            except queue.Empty:
                self._kill_unresponsive()
            else:
                step()
            self._advance()

    def _advance(self) -> None:
        """Begin what can begin now: the next request, or a load."""
        while self._active is None and (model := self._next_model()) is not None:
            if not self._is_current(model):
                self._begin_load(model)  # it is forgotten when that fails at once
            elif self._state.status is EngineStatus.LOADING:
                return
            elif self._waiting and self._worker is not None:
                self._active = self._waiting.popleft()
                self._active.begin()
                self._worker.send(self._active.request)
            else:
                self._wanted = None

    def _next_model(self) -> ModelFile | None:
        return self._waiting[0].model if self._waiting else self._wanted

    def _is_current(self, model: ModelFile) -> bool:
        return (
            self._worker is not None
            and self._state.status in {EngineStatus.LOADING, EngineStatus.READY}
            and self._state.model is not None
            and self._state.model.path == model.path
            and self._options_in_use == self._options.get(model.path, self._default_options)
        )

    def _begin_load(self, model: ModelFile) -> None:
        self._end_worker()
        self._options_in_use = self._options.get(model.path, self._default_options)
        self._publish(EngineState(EngineStatus.LOADING, model))
        try:
            check_model_file(model.path)
            worker = self._launch()
        except ChatappError as error:
            self._give_up(model, error)
            return
        worker.send(Load(model.path, self._options_in_use))
        if self._device_requests:
            worker.send(ListDevices())

    def _launch(self) -> Worker:
        self._worker_number += 1
        number = self._worker_number
        try:
            self._worker = self._start_worker(
                lambda reply: self._inbox.put(partial(self._on_reply, number, reply)),
                lambda end: self._inbox.put(partial(self._on_end, number, end)),
            )
        except OSError as error:  # no more processes, memory or space for its log
            if error.errno == errno.ENOSPC:
                raise DiskFull(str(error.filename)) from error
            raise WorkerDied(error.errno or 1, str(error)) from error
        return self._worker

    def _end_worker(self) -> None:
        self._worker_number += 1
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    def _give_up(self, model: ModelFile, error: ChatappError) -> None:
        """The model can't be loaded: nobody waits for it any longer."""
        logger.info("model not loaded: %s", error)
        if self._wanted is not None and self._wanted.path == model.path:
            self._wanted = None
        self._publish(EngineState(EngineStatus.FAILED, model, error=error))
        victims = [other for other in self._waiting if other.model.path == model.path]
        self._waiting = deque(other for other in self._waiting if other not in victims)
        for generation in victims:
            generation.fail(error)

    def _publish(self, state: EngineState) -> None:
        if state == self._state:
            return
        self._state = state
        for listener in self._listeners:
            try:
                listener(state)
            except Exception:
                logger.exception("a listener failed")

    # What callers ask for

    def _on_load(self, model: ModelFile, options: LoadOptions | None) -> None:
        if options is not None:
            self._options[model.path] = options
        self._deaths = self._deaths_loading = 0
        self._wanted = model

    def _on_unload(self) -> None:
        self._wanted = None
        self._stop_all()
        self._end_worker()
        self._publish(EngineState())

    def _on_generate(self, generation: Generation) -> None:
        if self._state.status is EngineStatus.FAILED:
            self._deaths = self._deaths_loading = 0
        if self._wanted is not None and self._wanted.path != generation.model.path:
            self._wanted = None  # the later wish counts
        self._waiting.append(generation)

    def _stop(self, generation: Generation) -> None:
        self._post(partial(self._on_stop, generation))

    def _on_stop(self, generation: Generation) -> None:
        if generation is self._active:
            if self._kill_at is None and self._worker is not None:
                self._kill_at = time.monotonic() + STOP_SECONDS
                self._worker.send(Stop(generation.request_id))
        elif generation in self._waiting:
            self._waiting.remove(generation)
            generation.end_stopped()

    def _on_devices(self, future: Future[tuple[Device, ...]]) -> None:
        self._device_requests.append(future)
        try:
            worker = self._worker or self._launch()
        except ChatappError as error:
            self._fail_device_requests(error)
        else:
            worker.send(ListDevices())

    def _on_close(self) -> None:
        self._on_unload()
        self._fail_device_requests(_closed_error())
        self._running = False

    def _stop_all(self) -> None:
        active = self._take_active()
        waiting, self._waiting = self._waiting, deque()
        for generation in (*([active] if active else []), *waiting):
            generation.end_stopped()

    def _take_active(self) -> Generation | None:
        active, self._active = self._active, None
        self._kill_at = None
        return active

    def _kill_unresponsive(self) -> None:
        logger.info("the worker did not stop in %s s and is started again", STOP_SECONDS)
        active = self._take_active()
        self._end_worker()
        self._restart()
        if active is not None:
            active.end_stopped()

    def _restart(self) -> None:
        """Have the present model loaded again, unless a request decides what comes next."""
        if not self._waiting:
            self._wanted = self._wanted or self._state.model

    # What the worker does

    def _on_reply(self, number: int, reply: Reply) -> None:
        if number != self._worker_number:
            return
        model = self._state.model
        match reply:
            case LogLines():
                _log_llama(reply)
            case LoadProgress() if model is not None:
                self._publish(EngineState(EngineStatus.LOADING, model, progress=reply.fraction))
            case Loaded() if model is not None:
                self._on_loaded(model, reply.model)
            case LoadFailed() | StartFailed():
                self._end_worker()
                error = from_record(reply.error)
                self._fail_device_requests(error)
                if model is not None:
                    self._give_up(model, error)
            case Devices():
                self._on_devices_listed(reply.devices)
            case PromptProgress() | Delta() | Finished() | Failed():
                self._on_event(reply)
            case _:
                pass  # Started

    def _on_loaded(self, model: ModelFile, loaded: LoadedModel) -> None:
        self._deaths_loading = 0
        logger.info("model ready: %s: %s", model.path, loaded)
        self._publish(EngineState(EngineStatus.READY, model, progress=1.0, loaded=loaded))

    def _on_event(self, event: GenerationEvent) -> None:
        active = self._active
        if active is None or active.request_id != event.request_id:
            return
        if isinstance(event, Finished):
            self._deaths = 0
        if isinstance(event, Finished | Failed):
            self._take_active()
        active.deliver(event)

    def _on_devices_listed(self, devices: tuple[Device, ...]) -> None:
        futures, self._device_requests = self._device_requests, []
        if self._state.status in {EngineStatus.UNLOADED, EngineStatus.FAILED}:
            self._end_worker()  # it was started for this
        for future in futures:
            future.set_result(devices)

    def _fail_device_requests(self, error: ChatappError) -> None:
        futures, self._device_requests = self._device_requests, []
        for future in futures:
            future.set_exception(error)

    def _on_end(self, number: int, end: WorkerEnd) -> None:
        """The worker died without being asked to."""
        if number != self._worker_number:
            return
        self._worker = None
        error = WorkerDied(end.exit_code, end.detail)
        logger.info("%s", error)
        self._fail_device_requests(error)
        model, status = self._state.model, self._state.status
        if model is None or status not in {EngineStatus.LOADING, EngineStatus.READY}:
            return
        was_stopped = self._kill_at is not None
        victim = self._take_active()
        self._deaths += 1
        if status is EngineStatus.LOADING:
            self._deaths_loading += 1
            if self._waiting and self._waiting[0].model.path == model.path:
                victim = self._waiting.popleft()
        if self._deaths >= MAX_DEATHS or self._deaths_loading >= MAX_DEATHS_LOADING:
            self._give_up(model, WorkerKeepsDying(self._deaths, end.detail))
        else:
            self._restart()
        if victim is None:
            pass
        elif was_stopped:
            victim.end_stopped()
        else:
            victim.fail(error)


def _closed_error() -> WorkerDied:
    return WorkerDied(0, "closed")


def _log_llama(line: LogLines) -> None:
    """llama.cpp's warnings are about its own business; what matters comes as an error of ours."""
    if line.level >= logging.ERROR:
        llama_logger.info("error: %s", line.text)
    elif line.level >= logging.WARNING:
        llama_logger.info("%s", line.text)
    else:
        llama_logger.debug("%s", line.text)
