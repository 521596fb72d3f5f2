"""Requests that need a model, as their callers hold them."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import replace

from chatapp.domain.generation import FinishReason, Priority, Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.messages import (
    Benchmark,
    Benchmarked,
    BenchmarkRun,
    Delta,
    Failed,
    Finished,
    Generate,
    GenerationEvent,
    LoadOptions,
    PromptProgress,
)
from chatapp.engine.parts import PartDelta, PartKind
from chatapp.engine.state import RequestState
from chatapp.errors import ChatappError, from_record, to_record

logger = logging.getLogger(__name__)

RequestEvent = GenerationEvent | BenchmarkRun | Benchmarked


class Request(ABC):
    """What waits for a model and then for its answer. Callers only stop it.

    `options` are those that the model must be loaded with, None for its usual ones. `alone` asks
    that nothing else is computed meanwhile. `stop_by` (`time.monotonic()`) is set once a worker was
    told to stop it.
    """

    def __init__(
        self,
        model: ModelFile,
        command: Generate | Benchmark,
        stop: Callable[[Request], None],
        *,
        options: LoadOptions | None = None,
        priority: Priority = Priority.INTERACTIVE,
        alone: bool = False,
    ) -> None:
        self.model = model
        self.command = command
        self.options = options
        self.priority = priority
        self.alone = alone
        self.stop_by: float | None = None
        self._stop = stop

    @property
    def request_id(self) -> int:
        """The id that its events carry."""
        return self.command.request_id

    def stop(self) -> None:
        """End it wherever it stands. Returns at once."""
        self._stop(self)

    @abstractmethod
    def deliver(self, event: RequestEvent) -> None:
        """For the engine: hand an event on."""

    @abstractmethod
    def fail(self, error: ChatappError) -> None:
        """For the engine: end it without the worker."""

    @abstractmethod
    def end_stopped(self) -> None:
        """For the engine: end it without the worker, because it was stopped."""


class Generation(Request):
    """An answer that was asked for. Its listener gets every event, one final one at last.

    Made by `Engine.generate`. `Finished` tells when stopping it is done.
    """

    def __init__(
        self,
        model: ModelFile,
        command: Generate,
        on_event: Callable[[GenerationEvent], None],
        stop: Callable[[Request], None],
    ) -> None:
        super().__init__(model, command, stop, priority=command.priority)
        self._seed = command.parameters.seed
        self._on_event = on_event
        self._state = RequestState.WAITING
        self._tokens = 0
        self._last = PartDelta(-1, PartKind.REASONING)  # of the parts

    @property
    def state(self) -> RequestState:
        """Where it stands; may be read in any thread."""
        return self._state

    def deliver(self, event: RequestEvent) -> None:
        """For the engine: hand an event on and keep the state in step with it."""
        match event:
            case PromptProgress():
                self._state = RequestState.READING
            case Delta():
                self._state = RequestState.WRITING
                self._tokens = event.completion_tokens
                event = self._with_parts(event)
            case Finished():
                self._state = RequestState.FINISHED
            case Failed():
                self._state = RequestState.FAILED
            case _:
                return  # about a benchmark
        try:
            self._on_event(event)
        except Exception:
            logger.exception("a listener failed")

    def _with_parts(self, event: Delta) -> Delta:
        """With the part that a worker leaves out."""
        if event.text and not event.parts:
            index = self._last.index + (self._last.kind is not PartKind.TEXT)
            event = replace(event, parts=(PartDelta(index, PartKind.TEXT, event.text),))
        if event.parts:
            self._last = event.parts[-1]
        return event

    def fail(self, error: ChatappError) -> None:
        """For the engine: end it without the worker."""
        self.deliver(Failed(self.request_id, to_record(error)))

    def end_stopped(self) -> None:
        """For the engine: end it without the worker, because it was stopped."""
        usage = Usage(completion_tokens=self._tokens)
        self.deliver(Finished(self.request_id, FinishReason.STOPPED, usage, seed=self._seed or 0))


class Measurement(Request):
    """A benchmark that was asked for. `result` is the speed of every repetition in tokens/s.

    Made by `Engine.benchmark`. The result raises `CancelledError` when it was stopped.
    """

    def __init__(
        self,
        model: ModelFile,
        command: Benchmark,
        on_run: Callable[[float], None] | None,
        stop: Callable[[Request], None],
        options: LoadOptions | None,
    ) -> None:
        super().__init__(model, command, stop, options=options, alone=True)
        self.result: Future[tuple[float, ...]] = Future()
        self.result.set_running_or_notify_cancel()
        self._on_run = on_run
        self._runs: list[float] = []

    def deliver(self, event: RequestEvent) -> None:
        """For the engine: keep what was measured."""
        match event:
            case BenchmarkRun():
                self._runs.append(event.tokens_per_second)
                self._tell(event.tokens_per_second)
            case Benchmarked() | Finished() | Failed() if self.stop_by is not None:
                self.end_stopped()
            case Benchmarked(error=None) | Finished():
                self.result.set_result(tuple(self._runs))
            case Benchmarked(error=error) | Failed(error=error) if error is not None:
                self.fail(from_record(error))
            case _:
                pass  # about an answer

    def fail(self, error: ChatappError) -> None:
        """For the engine: end it without the worker."""
        self.result.set_exception(error)

    def end_stopped(self) -> None:
        """For the engine: end it without the worker, because it was stopped."""
        self.result.set_exception(CancelledError())

    def _tell(self, speed: float) -> None:
        if self._on_run is None:
            return
        try:
            self._on_run(speed)
        except Exception:
            logger.exception("a listener failed")
