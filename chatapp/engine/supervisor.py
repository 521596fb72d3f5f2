"""Keeps a worker with the wanted model, hands it the requests, and replaces it when it is lost."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

from chatapp.domain.generation import Priority
from chatapp.domain.model import Device, LoadedModel, ModelFile
from chatapp.engine.activity import Activity
from chatapp.engine.files import check_model_file
from chatapp.engine.heartbeat import Heartbeat
from chatapp.engine.messages import (
    Benchmark,
    Benchmarked,
    BenchmarkRun,
    CountTokens,
    Delta,
    Devices,
    Failed,
    Finished,
    Forget,
    Generate,
    ListDevices,
    Load,
    Loaded,
    LoadFailed,
    LoadOptions,
    LoadProgress,
    LogLines,
    Ping,
    Pong,
    PromptProgress,
    Reply,
    StartFailed,
    StateFolder,
    Stop,
    TokenCount,
)
from chatapp.engine.process import StartWorker, Worker, WorkerEnd
from chatapp.engine.request import Request, RequestEvent
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.engine.state_files import StateFiles
from chatapp.engine.waiting import WaitingLine
from chatapp.errors import (
    ChatappError,
    DiskFull,
    ModelNotLoaded,
    WorkerDied,
    WorkerKeepsDying,
    WorkerUnresponsive,
    from_record,
)

logger = logging.getLogger(__name__)
llama_logger = logging.getLogger("chatapp.llama")

STOP_SECONDS = 5.0  # a worker that does not stop in this time is killed
MAX_DEATHS = 3  # in a row, without a finished answer between them
MAX_DEATHS_LOADING = 2  # in a row, without the model being ready between them

Step = Callable[[], None]

_WITH_MODEL = frozenset({EngineStatus.LOADING, EngineStatus.READY})


class Supervisor:
    """The engine's thread owns this: every method is called there, and `go_on` after each.

    `post` has a step taken in that thread; `on_state` is called in it with every new state.
    `fall_back` is asked, with the last words of a worker, for another engine than the one that
    workers keep dying with; it says whether there is one.
    """

    def __init__(
        self,
        start_worker: StartWorker,
        post: Callable[[Step], None],
        on_state: Callable[[EngineState], None],
        default_options: LoadOptions,
        states: StateFolder | None,
        options_for: Callable[[ModelFile], LoadOptions] | None = None,
        fall_back: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._start_worker = start_worker
        self._post = post
        self._on_state = on_state
        self._usual_options = options_for or (lambda _: default_options)
        self._fall_back = fall_back
        self.activity = Activity()
        self._states = states
        self.state = EngineState()
        self.worker: Worker | None = None
        self._worker_number = 0  # replies of earlier workers are dropped
        self._heartbeat = Heartbeat()  # of the present worker
        self._options: dict[str, LoadOptions] = {}  # by path of the model
        self._options_in_use = default_options
        self._wanted: ModelFile | None = None  # to be loaded when no request waits
        self._waiting = WaitingLine()
        self._active: dict[int, Request] = {}  # what the worker has, by id
        self._deaths = 0
        self._deaths_loading = 0
        self._counts: dict[int, Future[int]] = {}  # by id
        self._unsent_counts: list[CountTokens] = []  # while the model is being loaded
        self._device_requests: list[Future[tuple[Device, ...]]] = []

    # What callers ask for

    def load(self, model: ModelFile, options: LoadOptions | None) -> None:
        """See `Engine.load`."""
        if options is not None and options == self._usual_options(model):
            self._options.pop(model.path, None)  # and follow what is usual from now on
        elif options is not None:
            self._options[model.path] = options
        self._deaths = self._deaths_loading = 0
        self._wanted = model

    def unload(self) -> None:
        """See `Engine.unload`."""
        self._wanted = None
        requests = (*self._active.values(), *self._waiting.take())
        self._active = {}
        for request in requests:
            request.end_stopped()
        self._close_worker()
        self._publish(EngineState())

    def cancel_load(self) -> None:
        """See `Engine.cancel_load`."""
        self._wanted = None
        if self.state.status is not EngineStatus.LOADING:
            return
        requests = self._waiting.take(lambda other: self._is_in_use(other.model, other))
        self._close_worker()
        self._publish(EngineState())
        for request in requests:
            request.end_stopped()
        if self._device_requests:
            self._ask_for_devices()

    def unload_idle(self, seconds: float) -> None:
        """See `Engine.unload_idle`."""
        is_ready = self.state.status is EngineStatus.READY
        if is_ready and not self._is_busy() and self.activity.idle_seconds() >= seconds:
            logger.info("unloaded: nothing was asked for a while, or memory is short")
            self.unload()

    def begin(self, request: Request) -> None:
        """Put it in the line."""
        if self.state.status is EngineStatus.FAILED:
            self._deaths = self._deaths_loading = 0
        if self._wanted is not None and self._wanted.path != request.model.path:
            self._wanted = None  # the later wish counts
        self._waiting.add(request)

    def stop(self, request: Request) -> None:
        """End it now, or have the worker end it."""
        if self._waiting.remove(request):
            request.end_stopped()
        elif (
            self.worker is not None
            and request.request_id in self._active
            and request.stop_by is None
        ):
            request.stop_by = time.monotonic() + STOP_SECONDS
            self.worker.send(Stop(request.request_id))

    def count_tokens(self, model: ModelFile, command: CountTokens, future: Future[int]) -> None:
        """See `Engine.count_tokens`."""
        self.activity.touch()
        status, present = self.state.status, self.state.model
        if (
            self.worker is None
            or status not in _WITH_MODEL
            or present is None
            or present.path != model.path
        ):
            future.set_exception(ModelNotLoaded(model.path))
            return
        self._counts[command.request_id] = future
        if status is EngineStatus.READY:
            self.worker.send(command)
        else:
            self._unsent_counts.append(command)

    def forget(self, conversation: str) -> None:
        """See `Engine.forget`."""
        if self.worker is not None:
            self.worker.send(Forget(conversation))
        if self._states is None:
            return
        try:
            StateFiles(Path(self._states.path), self._states.budget).forget(conversation)
        except OSError as error:
            logger.warning("what was read of a conversation was not deleted: %s", error)

    def list_devices(self, future: Future[tuple[Device, ...]]) -> None:
        """See `Engine.devices`."""
        self._device_requests.append(future)
        self._ask_for_devices()

    def _ask_for_devices(self) -> None:
        try:
            worker = self.worker or self._launch()
        except ChatappError as error:
            self._fail_device_requests(error)
        else:
            worker.send(ListDevices())

    def fail(self, error: ChatappError) -> None:
        """Tell all who wait that nothing comes any more; `close` has to follow."""
        requests = (*self._active.values(), *self._waiting.take())
        self._active = {}
        for request in requests:
            request.fail(error)

    def close(self, error: ChatappError) -> None:
        """As `unload`; what else was asked fails with `error`."""
        self.unload()
        self._fail_device_requests(error)

    # What comes next

    def timeout(self) -> float | None:
        """Seconds until `go_on` is due; None while nothing is, for then no timer may run."""
        due = [request.stop_by for request in self._active.values() if request.stop_by is not None]
        if self._heartbeat.due is not None:
            due.append(self._heartbeat.due)
        return max(0.0, min(due) - time.monotonic()) if due else None

    def go_on(self) -> None:
        """After every step and every timeout: do what is due and begin what can begin."""
        self._look_at_the_clock()
        self._advance()
        self.activity.update(is_busy=self._is_busy())
        loading = self.state.status is EngineStatus.LOADING
        self._heartbeat.watch(
            time.monotonic(),
            busy=self.worker is not None and bool(loading or self._active or self._counts),
            computing=bool(self._active),
        )

    def _is_busy(self) -> bool:
        return (
            self.state.status is EngineStatus.LOADING
            or bool(self._active)
            or self._waiting.first() is not None
        )

    def _look_at_the_clock(self) -> None:
        now = time.monotonic()
        if any(r.stop_by is not None and r.stop_by <= now for r in self._active.values()):
            # A request that takes long to stop is no death, however often that happens.
            self._kill_worker(WorkerUnresponsive(round(STOP_SECONDS)), is_death=False)
        elif self.worker is not None and self._heartbeat.due and self._heartbeat.due <= now:
            if silence := self._heartbeat.silence():
                self._kill_worker(WorkerUnresponsive(round(silence)))
            else:
                self.worker.send(Ping())
                self._heartbeat.pinged(now)

    def _advance(self) -> None:
        """Begin what can begin now: requests, or a load."""
        while True:
            request = self._waiting.first()
            model = request.model if request is not None else self._wanted
            if model is None:
                return
            worker = self.worker if self.state.status in _WITH_MODEL else None
            if worker is None or not self._is_in_use(model, request):
                if self._active:
                    return
                # When that fails at once, the request and the wish are forgotten.
                self._begin_load(model, self._options_for(model, request))
            elif self.state.status is EngineStatus.LOADING:
                return
            elif request is None:
                self._wanted = None
            elif self._has_room_for(request):
                self._waiting.remove(request)
                self._active[request.request_id] = request
                worker.send(self._with_adapters(request))
            else:
                return

    def _options_for(self, model: ModelFile, request: Request | None) -> LoadOptions:
        if request is not None and request.options is not None:
            return request.options
        return self._options.get(model.path) or self._usual_options(model)

    def _is_in_use(self, model: ModelFile, request: Request | None = None) -> bool:
        """Whether this is the present model, with the options that are asked for.

        Other adapters need no other load.
        """
        present = self.state.model
        wanted = replace(self._options_for(model, request), adapters=self._options_in_use.adapters)
        return present is not None and present.path == model.path and self._options_in_use == wanted

    def _with_adapters(self, request: Request) -> Generate | Benchmark:
        """What to ask of the worker, for the adapters that are wanted now."""
        command = request.command
        wanted = self._options_for(request.model, request).adapters
        is_usual = wanted == self._options_in_use.adapters
        if isinstance(command, Generate) and command.adapters is None and not is_usual:
            return replace(command, adapters=wanted)
        return command

    def _has_room_for(self, request: Request) -> bool:
        active = self._active.values()
        if request.alone or any(other.alone for other in active):
            return not active
        if request.priority is Priority.INTERACTIVE:
            return True
        # Few at a time, so that a worker's death costs few.
        background = sum(other.priority is Priority.BACKGROUND for other in active)
        return background < max(1, self._options_in_use.parallel)

    def _begin_load(self, model: ModelFile, options: LoadOptions) -> None:
        self._close_worker()
        self._options_in_use = options
        self._publish(EngineState(EngineStatus.LOADING, model))
        try:
            check_model_file(model.path)
            worker = self._launch()
        except ChatappError as error:
            self._give_up(model, error)
            return
        worker.send(Load(model.path, options, self._states))
        if self._device_requests:
            worker.send(ListDevices())

    def _launch(self) -> Worker:
        self._worker_number += 1
        number = self._worker_number
        try:
            self.worker = self._start_worker(
                lambda reply: self._post(partial(self._on_reply, number, reply)),
                lambda end: self._post(partial(self._on_end, number, end)),
            )
        except OSError as error:  # no more processes, memory or space for its log
            if error.errno == errno.ENOSPC:
                raise DiskFull(str(error.filename)) from error
            raise WorkerDied(error.errno or 1, str(error)) from error
        return self.worker

    def _close_worker(self) -> None:
        """End the worker, when nothing is asked of it any longer."""
        self._worker_number += 1
        worker, self.worker = self.worker, None
        self._heartbeat = Heartbeat()
        model = self.state.model
        self._fail_counts(ModelNotLoaded(model.path if model is not None else ""))
        if worker is None:
            pass
        elif self.state.status is EngineStatus.LOADING:
            worker.kill()  # it has nothing to keep, and may not even listen yet
        else:
            worker.close()

    def _give_up(self, model: ModelFile, error: ChatappError) -> None:
        """The model can't be loaded: nobody waits for it any longer."""
        logger.info("model not loaded: %s", error)
        if self._wanted is not None and self._is_in_use(self._wanted):
            self._wanted = None
        self._publish(EngineState(EngineStatus.FAILED, model, error=error))
        for request in self._waiting.take(lambda other: self._is_in_use(other.model, other)):
            request.fail(error)

    def _publish(self, state: EngineState) -> None:
        if state != self.state:
            self.state = state
            self._on_state(state)

    # What the worker does

    def _on_reply(self, number: int, reply: Reply) -> None:
        if number != self._worker_number:
            return
        self._heartbeat.heard()
        model = self.state.model
        match reply:
            case LogLines():
                _log_llama(reply)
            case Pong():
                self._heartbeat.answered(reply.steps)
            case LoadProgress() if model is not None:
                self._publish(EngineState(EngineStatus.LOADING, model, progress=reply.fraction))
            case Loaded() if model is not None:
                self._on_loaded(model, reply.model)
            case LoadFailed() | StartFailed():
                self._close_worker()
                error = from_record(reply.error)
                self._fail_device_requests(error)
                if model is not None:
                    self._give_up(model, error)
            case Devices():
                self._on_devices_listed(reply.devices)
            case TokenCount():
                if (future := self._counts.pop(reply.request_id, None)) is not None:
                    future.set_result(reply.count)
            case Failed() if reply.request_id in self._counts:
                self._counts.pop(reply.request_id).set_exception(from_record(reply.error))
            case (
                PromptProgress() | Delta() | Finished() | Failed() | BenchmarkRun() | Benchmarked()
            ):
                self._on_event(reply)
            case _:
                pass  # Started

    def _on_loaded(self, model: ModelFile, loaded: LoadedModel) -> None:
        self._deaths_loading = 0
        logger.info("model ready: %s: %s", model.path, loaded)
        self._publish(
            EngineState(
                EngineStatus.READY,
                model,
                progress=1.0,
                loaded=loaded,
                options=self._options_in_use,
            )
        )
        counts, self._unsent_counts = self._unsent_counts, []
        for command in counts:
            if self.worker is not None:
                self.worker.send(command)

    def _on_event(self, event: RequestEvent) -> None:
        request = self._active.get(event.request_id)
        if request is None:
            return
        if isinstance(event, Finished | Benchmarked):
            self._deaths = 0
        if isinstance(event, Finished | Failed | Benchmarked):
            del self._active[event.request_id]
        request.deliver(event)

    def _on_devices_listed(self, devices: tuple[Device, ...]) -> None:
        futures, self._device_requests = self._device_requests, []
        if self.state.status not in _WITH_MODEL:
            self._close_worker()  # it was started for this
        for future in futures:
            future.set_result(devices)

    def _fail_device_requests(self, error: ChatappError) -> None:
        futures, self._device_requests = self._device_requests, []
        for future in futures:
            future.set_exception(error)

    def _fail_counts(self, error: ChatappError) -> None:
        futures, self._counts = self._counts, {}
        self._unsent_counts = []
        for future in futures.values():
            future.set_exception(error)

    # When the worker is lost

    def _on_end(self, number: int, end: WorkerEnd) -> None:
        """The worker died without being asked to."""
        if number == self._worker_number:
            self._lose_worker(WorkerDied(end.exit_code, end.detail), detail=end.detail)

    def _kill_worker(self, error: ChatappError, *, is_death: bool = True) -> None:
        worker = self.worker
        self._worker_number += 1
        if worker is not None:
            worker.kill()
        self._lose_worker(error, is_death=is_death)

    def _lose_worker(self, error: ChatappError, *, detail: str = "", is_death: bool = True) -> None:
        """Tell all that it worked for, and have the model loaded again unless it keeps dying."""
        logger.info("%s", error)
        self.worker = None
        self._heartbeat = Heartbeat()
        self._fail_device_requests(error)
        self._fail_counts(error)
        model, status = self.state.model, self.state.status
        if model is None or status not in _WITH_MODEL:
            return
        victims = list(self._active.values())
        self._active = {}
        first = self._waiting.first()
        if status is EngineStatus.LOADING and is_death and self._fall_back(detail or str(error)):
            is_death = False  # nobody lost anything yet: it is loaded with the other engine
        elif status is EngineStatus.LOADING:
            self._deaths_loading += is_death
            if first is not None and self._is_in_use(first.model, first):
                self._waiting.remove(first)
                victims.append(first)
        self._deaths += is_death
        is_over = self._deaths >= MAX_DEATHS or self._deaths_loading >= MAX_DEATHS_LOADING
        if is_over and self._fall_back(detail or str(error)):
            self._deaths = self._deaths_loading = 0
            is_over = False
        if is_over:
            self._give_up(model, WorkerKeepsDying(self._deaths, detail))
        elif self._waiting.first() is None:
            self._wanted = self._wanted or model
        for request in victims:
            if request.stop_by is not None:
                request.end_stopped()
            else:
                request.fail(error)


def _log_llama(line: LogLines) -> None:
    """llama.cpp's warnings are about its own business; what matters comes as an error of ours."""
    if line.level >= logging.ERROR:
        llama_logger.info("error: %s", line.text)
    elif line.level >= logging.WARNING:
        llama_logger.info("%s", line.text)
    else:
        llama_logger.debug("%s", line.text)
