"""The one door to the model: keeps a worker with the wanted model and hands it the requests.

Everything that changes happens in one thread, which takes one step after the other from an inbox:
what callers ask for, what the worker replies, and the worker's end. So the state needs no locks,
and listeners may call back into the engine.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import psutil

from chatapp.domain.generation import GenerationParameters, Priority
from chatapp.domain.model import Adapter, Device, ModelFile
from chatapp.engine.activity import Watcher
from chatapp.engine.choice import EngineChoice
from chatapp.engine.messages import (
    NOTHING_ELSE,
    Benchmark,
    CountTokens,
    Generate,
    GenerationEvent,
    LoadOptions,
    Probed,
    StateFolder,
    TemplateOptions,
    Turn,
)
from chatapp.engine.pack_worker import with_packs
from chatapp.engine.probing import Probing, run_probes
from chatapp.engine.process import StartWorker
from chatapp.engine.request import Generation, Measurement, Request
from chatapp.engine.state import EngineState
from chatapp.engine.supervisor import Step, Supervisor
from chatapp.errors import WorkerDied

logger = logging.getLogger(__name__)

Listener = Callable[[EngineState], None]

_DEFAULT_OPTIONS = LoadOptions()


class Engine:
    """Loads models and answers requests, in a worker process that may die.

    One model is loaded at a time, and everything that waits for it is answered together: a person's
    requests at once, those of the background a few at a time. Another model is loaded when the
    requests that the worker has are done; a person's request for it comes before everything that
    waits in the background.

    Every method returns at once and may be called in any thread. Events and states are delivered
    in the engine's thread, in order. `logs` is a folder for what a running worker prints;
    `default_options` hold for every model that is loaded without options of its own, unless
    `options_for` tells those of each model; what was read of conversations is kept in `states`.
    `choice` says with which build of llama.cpp the processes start.
    """

    def __init__(
        self,
        *,
        logs: Path,
        default_options: LoadOptions = _DEFAULT_OPTIONS,
        states: StateFolder | None = None,
        start_worker: StartWorker | None = None,
        options_for: Callable[[ModelFile], LoadOptions] | None = None,
        start_prober: StartWorker | None = None,
        choice: EngineChoice | None = None,
    ) -> None:
        self.choice = choice = choice or EngineChoice()
        self._listeners: tuple[Listener, ...] = ()
        self._ids = itertools.count(1)
        self._inbox: queue.SimpleQueue[Step | None] = queue.SimpleQueue()  # None ends the thread
        self._lock = threading.Lock()  # of _listeners and _closed
        self._closed = False
        self._mistake: WorkerDied | None = None
        self._supervisor = Supervisor(
            start_worker or with_packs(choice, logs),
            self._inbox.put,
            self._tell,
            default_options,
            states,
            options_for,
            choice.give_up,
        )
        self._probing = Probing(start_prober or with_packs(choice, logs, run_probes))
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    @property
    def state(self) -> EngineState:
        """The present state."""
        return self._supervisor.state

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have every new state handed to `listener`. Returns what ends that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(other for other in self._listeners if other != listener)

        return unsubscribe

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` whether anything is loaded or asked, now and whenever that changes.

        It is called in the engine's thread and must return at once.
        """
        self._post(partial(self._supervisor.activity.watch, watcher))

    def load(self, model: ModelFile, options: LoadOptions | None = None) -> None:
        """Load `model` in place of another one; requests that were made before come first.

        Nothing happens when it is loaded already, unless `options` are new.
        """
        self._post(partial(self._supervisor.load, model, options))

    def cancel_load(self) -> None:
        """End the load that is going on or was asked for, and the requests that wait for it.

        The worker ends: llama.cpp itself could be told to stop only between two tensors.
        """
        self._post(self._supervisor.cancel_load)

    def unload(self) -> None:
        """Stop all requests and end the worker: that gives all memory back."""
        self._post(self._supervisor.unload)

    def unload_idle(self, seconds: float = 0.0) -> None:
        """As `unload`, but only if nothing was asked for so many seconds. Nothing is stopped."""
        self._post(partial(self._supervisor.unload_idle, seconds))

    def generate(
        self,
        model: ModelFile,
        turns: Iterable[Turn],
        parameters: GenerationParameters,
        *,
        prefill: str = "",
        thought: str = "",
        options: TemplateOptions = NOTHING_ELSE,
        adapters: tuple[Adapter, ...] | None = None,
        conversation: str = "",
        priority: Priority = Priority.INTERACTIVE,
        on_event: Callable[[GenerationEvent], None],
    ) -> Generation:
        """Have `model` answer the last turn; see `Generate` for how it begins and what it gets.

        The model is loaded when it is not. `on_event` gets exactly one `Finished` or `Failed`, at
        last, whatever happens; it is called in the engine's thread (in this one when the engine is
        closed already).
        """
        command = Generate(
            next(self._ids),
            tuple(turns),
            parameters,
            prefill,
            conversation,
            priority,
            options,
            thought,
            adapters,
        )
        generation = Generation(model, command, on_event, self._stop)
        self._submit(generation)
        return generation

    def benchmark(
        self,
        model: ModelFile,
        options: LoadOptions | None = None,
        *,
        prompt_tokens: int = 0,
        generated_tokens: int = 0,
        depth: int = 0,
        repetitions: int = 3,
        threads: int | None = None,
        flash_attention: bool | None = None,
        seconds: float | None = None,
        on_run: Callable[[float], None] | None = None,
    ) -> Measurement:
        """Measure the speed of `model`, loaded with `options`, while nothing else is computed.

        See `Benchmark` for the figures. `on_run` gets the tokens per second of every repetition, in
        the engine's thread. The options hold for this benchmark only.
        """
        command = Benchmark(
            next(self._ids),
            prompt_tokens,
            generated_tokens,
            depth,
            repetitions,
            threads,
            flash_attention,
            seconds,
        )
        measurement = Measurement(model, command, on_run, self._stop, options)
        self._submit(measurement)
        return measurement

    def count_tokens(
        self,
        model: ModelFile,
        text: str | Iterable[Turn],
        options: TemplateOptions = NOTHING_ELSE,
    ) -> Future[int]:
        """Count the tokens of a text, or of the whole prompt of turns with these options.

        Waits for a model that is being loaded. The future raises `ModelNotLoaded` when the model is
        not there or is put aside meanwhile, `WorkerDied` or `WorkerUnresponsive` when it is lost.
        """
        future: Future[int] = Future()
        future.set_running_or_notify_cancel()
        asked = text if isinstance(text, str) else tuple(text)
        command = CountTokens(next(self._ids), asked, options)
        if not self._post(partial(self._supervisor.count_tokens, model, command, future)):
            future.set_exception(_closed_error())
        return future

    def forget(self, conversation: str) -> None:
        """Delete what is kept of what was read of this conversation, on disk too."""
        self._post(partial(self._supervisor.forget, conversation))

    def devices(self) -> Future[tuple[Device, ...]]:
        """What the model can be computed on. The future raises `EngineError` or `EngineMissing`."""
        future: Future[tuple[Device, ...]] = Future()
        future.set_running_or_notify_cancel()
        if not self._post(partial(self._supervisor.list_devices, future)):
            future.set_exception(_closed_error())
        return future

    def probe(self, path: str, options: LoadOptions) -> Future[Probed]:
        """What loading this file would take, found out in another process than the worker's.

        The future raises the `ChatappError` that says why that can't be told. Cancel those whose
        answer is not wanted any more: they cost nothing before their turn.
        """
        return self._probing.ask(path, options)

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id; None without a worker."""
        worker = self._supervisor.worker
        return worker.pid if worker is not None else None

    def memory_given_back(self) -> int:
        """Bytes that unloading gives back: not the model's file, whose pages count as free.

        Only Linux tells them apart; elsewhere it is all that the worker uses.
        """
        try:
            info = psutil.Process(self.worker_pid).memory_info() if self.worker_pid else None
        except psutil.Error:
            return 0
        return info.rss - getattr(info, "shared", 0) if info is not None else 0

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
                self._inbox.put(None)
        self._probing.close()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _submit(self, request: Request) -> None:
        if self._post(partial(self._supervisor.begin, request)):
            return
        if self._mistake is not None:
            request.fail(self._mistake)
        else:
            request.end_stopped()

    def _stop(self, request: Request) -> None:
        self._post(partial(self._supervisor.stop, request))

    def _post(self, step: Step) -> bool:
        with self._lock:
            if not self._closed:
                self._inbox.put(step)
            return not self._closed

    # The engine's thread

    def _run(self) -> None:
        try:
            while (step := self._next_step()) is not None:
                step()
                self._supervisor.go_on()
        except Exception as error:  # a mistake of ours, for which nobody shall wait for ever
            logger.exception("the engine's thread failed")
            with self._lock:
                self._closed, self._mistake = True, WorkerDied(0, repr(error))
            while not self._inbox.empty():
                if (step := self._inbox.get()) is not None:
                    step()
            self._supervisor.fail(self._mistake)
        self._supervisor.close(_closed_error())

    def _next_step(self) -> Step | None:
        try:
            return self._inbox.get(timeout=self._supervisor.timeout())
        except queue.Empty:
            return _nothing

    def _tell(self, state: EngineState) -> None:
        for listener in self._listeners:
            try:
                listener(state)
            except Exception:
                logger.exception("a listener failed")


def _nothing() -> None:
    """The step when only time has passed."""


def _closed_error() -> WorkerDied:
    return WorkerDied(0, "closed")
