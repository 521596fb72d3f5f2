"""The application's engine as the benchmarks use it: ask, wait, and note when what arrived."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from chatapp.domain.generation import (
    FinishReason,
    GenerationParameters,
    Priority,
    TokenProbabilities,
    Usage,
)
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Delta,
    Failed,
    Finished,
    GenerationEvent,
    LoadOptions,
    PromptProgress,
    StateFolder,
    Turn,
)
from chatapp.engine.process import StartWorker
from chatapp.engine.request import Generation
from chatapp.engine.state import EngineStatus
from chatapp.errors import ErrorRecord
from tests.bench.prompts import starter_model

GREEDY = GenerationParameters(temperature=0.0, repeat_penalty=1.0, seed=1)
_BUDGET = 4 * 2**30  # bytes
_LOAD_SECONDS = 120.0


@dataclass
class Asked:
    """An answer on its way or done. Times are those at which its events arrived, in seconds."""

    begin: float = field(default_factory=time.perf_counter)
    reading: threading.Event = field(default_factory=threading.Event)
    writing: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    first: float = 0.0
    end: float = 0.0
    text: str = ""
    written: int = 0  # tokens
    probabilities: list[TokenProbabilities] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    reason: FinishReason = FinishReason.FAILED
    error: ErrorRecord | None = None

    def on_event(self, event: GenerationEvent) -> None:
        now = time.perf_counter()
        match event:
            case PromptProgress():
                self.reading.set()
            case Delta():
                self.first = self.first or now
                self.text += event.text
                self.written = event.completion_tokens
                self.probabilities.extend(event.probabilities)
                self.writing.set()
            case Finished() | Failed():
                self.end = now
                if isinstance(event, Finished):
                    self.usage, self.reason = event.usage, event.reason
                else:
                    self.error = event.error
                self.reading.set()
                self.writing.set()
                self.done.set()

    def wait(self) -> Self:
        self.done.wait()
        assert self.reason is not FinishReason.FAILED, self.error
        return self

    @property
    def tokens(self) -> list[int]:
        """Only there when log-probabilities were asked for."""
        return [each.chosen.token for each in self.probabilities]

    @property
    def speed(self) -> float:
        """Tokens per second after the first, as they arrived here."""
        return (self.usage.completion_tokens - 1) / (self.end - self.first)

    @property
    def first_ms(self) -> float:
        return (self.first - self.begin) * 1000

    @property
    def evaluated(self) -> int:
        """Tokens of the prompt that were read."""
        return self.usage.prompt_tokens - self.usage.cached_tokens


class Application:
    """An engine with the starter model, or another one, ready.

    `folder` takes its logs and the states of conversations; without one nothing is kept on disk.
    """

    def __init__(
        self,
        options: LoadOptions,
        folder: Path | None = None,
        start_worker: Callable[[Path], StartWorker] | None = None,
        model: ModelFile | None = None,
    ) -> None:
        self._own = tempfile.TemporaryDirectory() if folder is None else None
        logs = Path(self._own.name) if self._own is not None else folder
        assert logs is not None
        states = StateFolder(str(folder / "states"), _BUDGET) if folder is not None else None
        self.model = model or starter_model()
        self.engine = Engine(
            logs=logs,
            default_options=options,
            states=states,
            start_worker=start_worker(logs) if start_worker is not None else None,
        )

    def __enter__(self) -> Self:
        ready = threading.Event()
        unsubscribe = self.engine.subscribe(
            lambda state: (
                ready.set() if state.status in {EngineStatus.READY, EngineStatus.FAILED} else None
            )
        )
        self.engine.load(self.model)
        assert ready.wait(_LOAD_SECONDS), "the model was not loaded in time"
        unsubscribe()
        assert self.engine.state.status is EngineStatus.READY, self.engine.state.error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.engine.close()
        if self._own is not None:
            self._own.cleanup()

    def begin(
        self,
        turns: Iterable[Turn],
        parameters: GenerationParameters = GREEDY,
        *,
        prefill: str = "",
        conversation: str = "",
        priority: Priority = Priority.INTERACTIVE,
    ) -> tuple[Asked, Generation]:
        """Ask; `Asked` fills while the answer is made."""
        asked = Asked()
        generation = self.engine.generate(
            self.model,
            turns,
            parameters,
            prefill=prefill,
            conversation=conversation,
            priority=priority,
            on_event=asked.on_event,
        )
        return asked, generation

    def ask(
        self,
        turns: Iterable[Turn],
        parameters: GenerationParameters = GREEDY,
        *,
        prefill: str = "",
        conversation: str = "",
    ) -> Asked:
        """Ask and wait for the whole answer."""
        asked, _ = self.begin(turns, parameters, prefill=prefill, conversation=conversation)
        return asked.wait()

    def count(self, turns: Iterable[Turn]) -> int:
        """The tokens of a prompt."""
        return self.engine.count_tokens(self.model, tuple(turns)).result(60)
