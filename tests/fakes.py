"""A worker without a process and without a model, for tests of everything above it.

    workers = FakeWorkers()
    engine = Engine(logs=tmp_path, start_worker=workers)
    model = fake_model(tmp_path)

Without a script every model loads and every request is answered with "Hello there.". A script says
what happens at the next loads and requests, in order, one call for each:

    workers.script_answer("Red", ", green")             # two deltas, then the end of the answer
    workers.script_answer("Red", WAIT, ", green")       # goes on after `workers.release()`
    workers.script_answer("Red", FinishReason.CONTEXT)  # the context is full
    workers.script_answer(PartDelta(0, PartKind.REASONING, "Hm."), "Red")
    workers.script_answer("Red", DIE)                   # the process is killed after one delta
    workers.script_answer(Fails(ContextFull(9000, 8192)))
    workers.script_answer("Red", HANG)                  # does not even react to Stop
    workers.script_load(WAIT)
    workers.script_load(DIE)
    workers.script_load(Fails(OutOfMemory("m.gguf", "no")))

A benchmark takes its speeds from such a script: `workers.script_answer("100", WAIT, "120")`.

Requests are answered at the same time, one step of each in turn; who waits longest is released
first. `workers.wait_for_pause()` returns once a WAIT or HANG is reached, `workers.wait_for_stop()`
once the engine has passed on a Stop. `workers.kill()` ends the running worker at any moment, as
SIGKILL does. `workers.requests`, `benchmarks`, `loads`, `forgotten` and `started` tell what the
engine asked for. A text has as many tokens as words. Every ping is answered unless the worker
hangs; the steps that are told grow with every step of a script.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from chatapp.domain.generation import FinishReason, Usage
from chatapp.domain.model import Device, LoadedModel, ModelFile, TemplateOrigin
from chatapp.engine.messages import (
    Benchmark,
    Benchmarked,
    BenchmarkRun,
    Command,
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
    LoadProgress,
    Ping,
    Pong,
    PromptProgress,
    Shutdown,
    Started,
    StartFailed,
    Stop,
    TokenCount,
)
from chatapp.engine.parts import PartDelta, PartKind
from chatapp.engine.process import OnEnd, OnReply, WorkerEnd
from chatapp.errors import ChatappError, EngineMissing, to_record

TIMEOUT = 20.0  # seconds; only ever waited for by a test that fails
KILLED = -9
SEED = 4711


class Moment(Enum):
    """What can happen between two deltas."""

    WAIT = auto()
    HANG = auto()
    DIE = auto()


WAIT, HANG, DIE = Moment.WAIT, Moment.HANG, Moment.DIE


@dataclass(frozen=True, slots=True)
class Fails:
    """The load or the answer ends with this error."""

    error: ChatappError


Step = str | PartDelta | FinishReason | Moment | Fails

LOADED = LoadedModel(
    context_length=4096,
    trained_context_length=8192,
    architecture="llama",
    description="fake 1M Q4_0",
    parameters=1_000_000,
    template_origin=TemplateOrigin.MODEL,
    threads=1,
    llama_build="fake",
)
DEVICE = Device("CPU", "fake processor", "cpu")


def fake_model(folder: Path, name: str = "fake") -> ModelFile:
    """A file that passes for a model until llama.cpp sees it."""
    path = folder / f"{name}.gguf"
    path.write_bytes(b"GGUF")
    return ModelFile(str(path), name, size=4)


class FakeWorkers:
    """Starts fake workers as the engine asks for them, and knows the script."""

    def __init__(self) -> None:
        self.started: list[FakeWorker] = []
        self.loads: list[Load] = []
        self.requests: list[Generate] = []
        self.benchmarks: list[Benchmark] = []
        self.forgotten: list[str] = []
        self.loaded = LOADED
        self.cached = 0  # of the 10 tokens of every prompt
        self.devices: tuple[Device, ...] = (DEVICE,)
        self.start_error: OSError | None = None  # raised instead of starting a worker
        self.library_error: EngineMissing | None = None  # what a started worker ends with
        self._answers: deque[tuple[Step, ...]] = deque()
        self._loads: deque[tuple[Step, ...]] = deque()
        self._released = threading.Semaphore(0)
        self._paused = threading.Semaphore(0)
        self._told_to_stop = threading.Semaphore(0)
        self._pinged = threading.Semaphore(0)

    def __call__(self, on_reply: OnReply, on_end: OnEnd) -> FakeWorker:
        """Start a worker: this object is the engine's `start_worker`."""
        if self.start_error is not None:
            raise self.start_error
        worker = FakeWorker(self, on_reply, on_end)
        self.started.append(worker)
        return worker

    def script_answer(self, *steps: Step) -> None:
        """Say how the next request that has no script yet is answered."""
        self._answers.append(steps)

    def script_load(self, *steps: Step) -> None:
        """Say how the next load that has no script yet goes."""
        self._loads.append(steps)

    def release(self) -> None:
        """Let the worker go on that waits, or the next one that will."""
        self._released.release()

    def wait_for_pause(self) -> None:
        """Wait until a worker has reached a WAIT or HANG."""
        assert self._paused.acquire(timeout=TIMEOUT), "no worker waits"

    def wait_for_stop(self) -> None:
        """Wait until a worker was told to stop an answer."""
        assert self._told_to_stop.acquire(timeout=TIMEOUT), "nothing was stopped"

    def wait_for_ping(self) -> None:
        """Wait for one more answered ping."""
        assert self._pinged.acquire(timeout=TIMEOUT), "no ping"

    def kill(self) -> None:
        """Kill the latest worker."""
        self.started[-1].kill()

    # For the workers

    def next_answer(self, request: Generate) -> tuple[Step, ...]:
        self.requests.append(request)
        return self._answers.popleft() if self._answers else ("Hello", " there", ".")

    def next_benchmark(self, command: Benchmark) -> tuple[Step, ...]:
        self.benchmarks.append(command)
        return self._answers.popleft() if self._answers else ("100",) * command.repetitions

    def next_load(self, command: Load) -> tuple[Step, ...]:
        self.loads.append(command)
        return self._loads.popleft() if self._loads else ()

    def pause(self) -> None:
        self._paused.release()

    def told_to_stop(self) -> None:
        self._told_to_stop.release()

    def pinged(self) -> None:
        self._pinged.release()

    def try_go_on(self) -> bool:
        return self._released.acquire(blocking=False)


class _Died(Exception):
    """The process is gone."""


class FakeWorker:
    """One scripted worker; a thread stands in for its process."""

    def __init__(self, workers: FakeWorkers, on_reply: OnReply, on_end: OnEnd) -> None:
        self._workers = workers
        self._on_reply = on_reply
        self._on_end = on_end
        self._inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._running: list[Iterator[bool]] = []  # each tells whether it got on
        self._stopped: set[int] = set()
        self._killed = threading.Event()
        self._asked_to_end = False
        self._steps = 0
        self._thread = threading.Thread(target=self._run, name="fake-worker", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return os.getpid()

    def send(self, command: Command) -> None:
        if isinstance(command, Stop):
            self._stopped.add(command.request_id)
            self._workers.told_to_stop()
        self._inbox.put(command)

    def close(self) -> None:
        self._asked_to_end = True
        self.kill()

    def kill(self) -> None:
        """End as if by SIGKILL."""
        self._killed.set()
        self._inbox.put(Shutdown())
        self._thread.join()

    def _run(self) -> None:
        error = self._workers.library_error
        self._on_reply(StartFailed(to_record(error)) if error else Started(self.pid, "fake"))
        try:
            got_on = False
            while not self._killed.is_set():
                self._receive(wait=not got_on)
                got_on = self._take_steps()
        except _Died:
            pass
        self._on_end(WorkerEnd(0 if self._asked_to_end else KILLED, "the fake worker died"))

    def _receive(self, *, wait: bool) -> None:
        """Take what was sent; `wait` for it, a moment only while something runs."""
        try:
            while not self._killed.is_set():
                self._obey(self._inbox.get(wait, 0.005 if self._running else None))
                wait = False
        except queue.Empty:
            pass

    def _obey(self, command: Command) -> None:
        match command:
            case Load():
                self._running.append(self._load(command))
            case Generate():
                self._running.append(self._generate(command))
            case Benchmark():
                self._running.append(self._benchmark(command))
            case CountTokens(request_id, text):
                texts = [text] if isinstance(text, str) else [turn.text for turn in text]
                self._on_reply(TokenCount(request_id, sum(len(t.split()) for t in texts)))
            case Forget(conversation):
                self._workers.forgotten.append(conversation)
            case Ping():
                self._on_reply(Pong(self._steps))
                self._workers.pinged()
            case ListDevices():
                self._on_reply(Devices(self._workers.devices))

    def _take_steps(self) -> bool:
        """One step of everything that runs. Returns whether anything got on."""
        got_on = False
        for work in tuple(self._running):
            moved = next(work, None)
            if moved is None:
                self._running.remove(work)
            elif moved:
                self._steps += 1
                got_on = True
        return got_on

    def _load(self, command: Load) -> Iterator[bool]:
        self._on_reply(LoadProgress(0.5))
        for step in self._workers.next_load(command):
            if isinstance(step, Fails):
                self._on_reply(LoadFailed(to_record(step.error)))
                return
            if isinstance(step, Moment):
                yield from self._live_through(step, None)
        self._on_reply(Loaded(self._workers.loaded))

    def _generate(self, command: Generate) -> Iterator[bool]:
        request_id = command.request_id
        reason = FinishReason.END
        tokens = 0
        cached = self._workers.cached
        self._on_reply(PromptProgress(request_id, cached, 10, cached))
        for step in self._workers.next_answer(command):
            if request_id in self._stopped:
                break
            match step:
                case FinishReason():
                    reason = step
                case str():
                    tokens += 1
                    self._on_reply(Delta(request_id, step, tokens))
                    yield True
                case PartDelta():
                    tokens += 1
                    text = step.text if step.kind is PartKind.TEXT else ""
                    self._on_reply(Delta(request_id, text, tokens, parts=(step,)))
                    yield True
                case Fails():
                    self._on_reply(Failed(request_id, to_record(step.error)))
                    return
                case Moment():
                    yield from self._live_through(step, request_id)
        if request_id in self._stopped:
            reason = FinishReason.STOPPED
        seed = command.parameters.seed
        usage = Usage(10, cached, tokens, first_token_ms=5.0, generation_ms=tokens * 10.0)
        self._on_reply(Finished(request_id, reason, usage, SEED if seed is None else seed))

    def _benchmark(self, command: Benchmark) -> Iterator[bool]:
        request_id = command.request_id
        for step in self._workers.next_benchmark(command):
            if request_id in self._stopped:
                break
            match step:
                case str():
                    self._on_reply(BenchmarkRun(request_id, float(step)))
                    yield True
                case Fails():
                    self._on_reply(Benchmarked(request_id, to_record(step.error)))
                    return
                case Moment():
                    yield from self._live_through(step, request_id)
        self._on_reply(Benchmarked(request_id))

    def _live_through(self, moment: Moment, request_id: int | None) -> Iterator[bool]:
        """Wait, hang or die. Raises `_Died`."""
        if moment is DIE:
            raise _Died
        self._workers.pause()
        if moment is HANG:
            self._killed.wait(TIMEOUT)
            raise _Died
        while request_id not in self._stopped and not self._workers.try_go_on():
            yield False
