"""The worker process: what its threads do and how it ends.

The main thread computes. One thread receives, so that Stop and the end of the application are
noticed at any moment; one sends, and one makes prompts and counts tokens meanwhile. The process
ends at once, without cleaning up: the system does that faster and for certain.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import queue
import secrets
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from chatapp.domain.generation import FinishReason, Priority, Usage
from chatapp.engine.channel import Channel
from chatapp.engine.messages import (
    AdaptersSet,
    Benchmark,
    Benchmarked,
    Command,
    CountTokens,
    Devices,
    Failed,
    Finished,
    Forget,
    Generate,
    ListDevices,
    Load,
    Loaded,
    LoadFailed,
    LoadProgress,
    LogLines,
    Ping,
    Pong,
    Reply,
    SetAdapters,
    Shutdown,
    Started,
    StartFailed,
    Stop,
    TokenCount,
)
from chatapp.engine.worker.inbox import Inbox
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.outbox import Outbox
from chatapp.errors import (
    ChatappError,
    EngineMissing,
    ErrorRecord,
    GenerationFailed,
    OutOfMemory,
    to_record,
)

if TYPE_CHECKING:
    from chatapp.engine.worker.benchmark import Bench
    from chatapp.engine.worker.model import Model
    from chatapp.engine.worker.prompt import Prompt
    from chatapp.engine.worker.scheduler import Scheduler

RANDOM_SEED = 2**32 - 1  # llama.cpp's number for "choose one"
STATES_IN_MEMORY = 128 * 2**20  # bytes; the others wait on disk
SEND_SECONDS = 1.0  # for the last replies
LEAVE_SECONDS = 4.0  # for writing to disk what was read
PREPARE_SECONDS = 0.1  # that background work waits for the prompt of a person's request


def run(channel: Channel, error_path: str) -> NoReturn:
    """The process's whole life."""
    _Worker(channel, error_path).serve()


def redirect_output(error_path: str) -> None:
    """Send what anything here prints, and a crash's traceback, to this file."""
    if sys.platform != "win32":
        import resource

        # Writing gigabytes of memory to disk would keep a crash from being noticed.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl+C in a terminal reaches the whole group; it is the application that decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    file = os.open(error_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    sys.stdout = sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1)
    # Of the thread that crashed alone: the others run on, and reading their stacks crashes again.
    faulthandler.enable(sys.stderr, all_threads=False)


def _start_thread(work: Callable[[], NoReturn], name: str, stack: int = 0) -> None:
    """Start a thread without which the process is of no use; `stack` is in bytes."""

    def run_to_the_end() -> None:
        try:
            work()
        finally:  # by a mistake of ours, or for want of memory
            traceback.print_exc()
            os._exit(1)

    usual = threading.stack_size(stack)
    threading.Thread(target=run_to_the_end, name=name, daemon=True).start()
    threading.stack_size(usual)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A request whose prompt is made, or can't be."""

    request: Generate
    received: float  # time.perf_counter()
    result: Prompt | ErrorRecord


class _Worker:
    def __init__(self, channel: Channel, error_path: str) -> None:
        self._channel = channel
        self._error_path = error_path
        self._outbox = Outbox(channel)
        self._interrupt = Interrupt()
        self._inbox: Inbox[Command | _Prepared] = Inbox(self._interrupt.set, self._interrupt.clear)
        self._to_prepare: queue.SimpleQueue[tuple[Generate | CountTokens, float]] = (
            queue.SimpleQueue()
        )
        self._preparing: dict[int, Generate] = {}
        self._steps = 0  # grows with every prompt that is made
        self._scheduler: Scheduler | None = None
        self._idle_seconds = 60.0
        self._benchmark: Benchmark | None = None
        self._bench: Bench | None = None

    # The main thread

    def serve(self) -> NoReturn:
        """Do what is asked for, until the process ends."""
        _start_thread(self._send_all, "sender")
        _start_thread(self._receive, "receiver")
        try:
            self._library = Library(
                lambda level, text: self._send(LogLines(level, text)), self._interrupt
            )
        except EngineMissing as error:
            self._send(StartFailed(to_record(error)))
            self._exit()
        self._send(Started(os.getpid(), self._library.build, self._library.engine))
        while True:
            items = self._inbox.take(self._patience())
            for item, received in items:
                self._handle(item, received)
            if self._benchmark is not None:
                self._run_benchmark(self._benchmark)
            scheduler = self._scheduler
            if scheduler is not None and scheduler.has_work and not (items and self._gives_way()):
                scheduler.step()

    def _patience(self) -> float | None:
        """How many seconds to wait for something that comes in; None for ever."""
        if self._scheduler is None:
            return None
        if self._scheduler.has_work:
            return PREPARE_SECONDS if self._gives_way() else 0.0
        return self._scheduler.rest(self._idle_seconds)

    def _gives_way(self) -> bool:
        """Whether there is only background work while a person's prompt is being made."""
        if self._scheduler is None or self._scheduler.is_interactive:
            return False
        return any(one.priority is Priority.INTERACTIVE for one in self._preparing.values())

    def _handle(self, item: Command | _Prepared, received: float) -> None:
        match item:
            case Load():
                self._load(item)
            case Generate() if self._scheduler is None:
                self._send(Failed(item.request_id, to_record(GenerationFailed("no model"))))
            case Generate():
                self._preparing[item.request_id] = item
                self._to_prepare.put((item, received))
            case _Prepared():
                self._begin(item)
            case Stop():
                self._stop(item.request_id)
            case Forget():
                if self._scheduler is not None:
                    self._scheduler.sequences.forget(item.conversation)
            case SetAdapters():
                self._set_adapters(item)
            case Benchmark():
                self._benchmark = item
            case ListDevices():
                self._send(Devices(self._library.devices()))
            case Shutdown():
                self._leave()

    def _load(self, command: Load) -> None:
        from chatapp.engine.state_files import StateFiles
        from chatapp.engine.state_store import StateStore
        from chatapp.engine.worker.model import Model
        from chatapp.engine.worker.scheduler import Scheduler
        from chatapp.engine.worker.sequences import Sequences
        from chatapp.engine.worker.speculation import make_speculation
        from chatapp.engine.worker.vocabulary import STACK

        try:
            model = Model(
                self._library,
                command.path,
                command.options,
                self._interrupt,
                lambda fraction: self._send(LoadProgress(fraction)),
            )
            speculation = make_speculation(model, command.options, self._library, self._interrupt)
        except ChatappError as error:
            self._send(LoadFailed(to_record(error)))
            return
        store = None
        if command.states is not None and command.states.budget > 0:
            files = StateFiles(Path(command.states.path), command.states.budget)
            store = StateStore(files, self._library.note)
            self._idle_seconds = command.states.idle_seconds
        sequences = Sequences(
            model.context, model.vocabulary, store, model.state_key, memory=STATES_IN_MEMORY
        )
        self._scheduler = Scheduler(
            model,
            sequences,
            command.options.parallel,
            self._send,
            self._outbox.flush,
            speculation,
        )
        try:
            _start_thread(partial(self._prepare, model), "preparer", stack=STACK)
        except RuntimeError as error:  # no room for its stack
            self._send(LoadFailed(to_record(OutOfMemory(command.path, str(error)))))
            return
        self._send(Loaded(model.facts))

    def _begin(self, prepared: _Prepared) -> None:
        from chatapp.engine.worker.answer import Answer
        from chatapp.engine.worker.sampler import Sampler

        request, result = prepared.request, prepared.result
        if self._preparing.pop(request.request_id, None) is None or self._scheduler is None:
            return  # it was stopped
        if isinstance(result, ErrorRecord):
            self._send(Failed(request.request_id, result))
            return
        seed = request.parameters.seed
        seed = secrets.randbelow(RANDOM_SEED) if seed is None else seed % RANDOM_SEED
        model, wanted = self._scheduler.model, request.adapters
        try:
            adapters = model.adapters.usual
            if wanted is not None:
                adapters = model.adapters.load(wanted, self._scheduler.adapters)
            sampler = Sampler(
                model.vocabulary,
                request.parameters,
                seed,
                result.tokens,
                context_length=model.context.length,
            )
        except ChatappError as error:
            self._send(Failed(request.request_id, to_record(error)))
            return
        self._bench = None  # which keeps what it has read
        answer = Answer(request, result, sampler, seed, prepared.received, self._send, adapters)
        self._scheduler.add(answer)

    def _set_adapters(self, command: SetAdapters) -> None:
        try:
            if self._scheduler is None:
                raise GenerationFailed("no model")
            adapters = self._scheduler.model.adapters
            adapters.usual = adapters.load(command.adapters, self._scheduler.adapters)
        except ChatappError as error:
            self._send(Failed(command.request_id, to_record(error)))
        else:
            self._send(AdaptersSet(command.request_id))

    def _stop(self, request_id: int) -> None:
        request = self._preparing.pop(request_id, None)
        if self._benchmark is not None and self._benchmark.request_id == request_id:
            self._benchmark = None
            self._send(Benchmarked(request_id))
        elif request is not None:
            seed = request.parameters.seed or 0
            self._send(Finished(request_id, FinishReason.STOPPED, Usage(), seed))
        elif self._scheduler is not None:
            self._scheduler.stop(request_id)

    def _run_benchmark(self, test: Benchmark) -> None:
        from chatapp.engine.worker.benchmark import Bench

        if (scheduler := self._scheduler) is not None:
            model = scheduler.model
            self._bench = self._bench or Bench(model)
            scheduler.prepare(test)
            model.adapters.use(model.context.pointer, model.adapters.usual)
            for reply in self._bench.run(test):
                self._send(reply)
            model.context.set_threads(None)
        self._benchmark = None

    def _leave(self) -> NoReturn:
        """Write to disk what was read, and end."""
        if self._scheduler is not None:
            self._scheduler.sequences.save_all()
            self._scheduler.sequences.flush(LEAVE_SECONDS)
        self._exit()

    # The preparing thread

    def _prepare(self, model: Model) -> NoReturn:
        while True:
            command, received = self._to_prepare.get()
            if isinstance(command, CountTokens):
                count = model.prompts.count(command.text, command.options)
                self._send(TokenCount(command.request_id, count))
            else:
                try:
                    prompt = model.prompts.prompt(
                        command.turns,
                        command.prefill,
                        command.options,
                        command.thought,
                        may_think=not command.parameters.json_schema,
                    )
                    item = _Prepared(command, received, prompt)
                except ChatappError as error:
                    item = _Prepared(command, received, to_record(error))
                self._inbox.put(item, interrupt=self._comes_first(command))
            self._steps += 1

    # The receiving thread

    def _receive(self) -> NoReturn:
        while True:
            try:
                command: Command = self._channel.recv()
            except (EOFError, OSError):
                command = Shutdown()
            match command:
                case Ping():
                    scheduler = self._scheduler
                    computed = scheduler.model.context.decodes if scheduler is not None else 0
                    self._send(Pong(self._steps + computed))
                case CountTokens() if self._scheduler is None:
                    error = to_record(GenerationFailed("no model"))
                    self._send(Failed(command.request_id, error))
                case CountTokens():
                    self._to_prepare.put((command, time.perf_counter()))
                case Generate():
                    self._inbox.put(command, interrupt=self._comes_first(command))
                case Stop():
                    self._inbox.put(command, interrupt=True)
                case Shutdown():
                    self._inbox.put(command, interrupt=True)
                    if self._scheduler is not None:
                        time.sleep(LEAVE_SECONDS)  # the main thread leaves earlier unless it hangs
                    self._exit()
                case _:
                    self._inbox.put(command)

    # The sending thread, so that computing never waits for the pipe

    def _send_all(self) -> NoReturn:
        self._outbox.send_all()
        while True:  # the end of the process is near
            time.sleep(SEND_SECONDS)

    # Any thread

    def _comes_first(self, request: Generate) -> bool:
        """Whether what is computed now is interrupted for this request."""
        return (
            request.priority is Priority.INTERACTIVE
            and self._scheduler is not None
            and not self._scheduler.is_interactive
            and self._benchmark is None
        )

    def _send(self, reply: Reply) -> None:
        self._outbox.put(reply)

    def _exit(self) -> NoReturn:
        self._outbox.close(SEND_SECONDS)
        with contextlib.suppress(OSError):
            Path(self._error_path).unlink()
        os._exit(0)
