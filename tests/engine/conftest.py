from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters, Priority
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, Failed, Finished, GenerationEvent, Turn
from chatapp.engine.request import Generation
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import ChatappError, from_record
from tests.fakes import FakeWorkers, fake_model

TIMEOUT = 60.0
GREEDY = GenerationParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=24)


def eventually(condition: Callable[[], bool]) -> None:
    """Wait for what another process or thread does at its own time."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def user(text: str) -> tuple[Turn, ...]:
    return (Turn(Role.USER, text),)


class Recorder:
    """Collects the events of one request."""

    def __init__(self) -> None:
        self.events: list[GenerationEvent] = []
        self._changed = threading.Condition()

    def __call__(self, event: GenerationEvent) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, kind: type[GenerationEvent] | tuple[type[GenerationEvent], ...]) -> None:
        with self._changed:
            found = self._changed.wait_for(
                lambda: any(isinstance(event, kind) for event in self.events), TIMEOUT
            )
        assert found, f"no {kind} in {self.events}"

    def end(self) -> Finished | Failed:
        self.wait_for((Finished, Failed))
        finals = [event for event in self.events if isinstance(event, Finished | Failed)]
        assert finals == self.events[-1:]
        return finals[0]

    def finished(self) -> Finished:
        end = self.end()
        assert isinstance(end, Finished), end
        return end

    def error(self) -> ChatappError:
        end = self.end()
        assert isinstance(end, Failed), end
        return from_record(end.error)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Delta))

    @property
    def tokens(self) -> list[int]:
        """Only there when log-probabilities were asked for."""
        deltas = (event for event in self.events if isinstance(event, Delta))
        return [each.chosen.token for delta in deltas for each in delta.probabilities]


class Asker:
    """An engine with short ways to ask it and to wait for it."""

    def __init__(self, engine: Engine, model: ModelFile) -> None:
        self.engine = engine
        self.model = model
        self.states: list[EngineState] = []
        self._changed = threading.Condition()
        engine.subscribe(self._on_state)

    def _on_state(self, state: EngineState) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[EngineState], bool]) -> EngineState:
        with self._changed:
            found = self._changed.wait_for(lambda: condition(self.engine.state), TIMEOUT)
        assert found, self.engine.state
        return self.engine.state

    def wait_for_status(self, status: EngineStatus) -> EngineState:
        return self.wait_for(lambda state: state.status is status)

    def ask(
        self,
        question: str | tuple[Turn, ...] = "Name three colours.",
        parameters: GenerationParameters = GREEDY,
        *,
        prefill: str = "",
        conversation: str = "",
        priority: Priority = Priority.INTERACTIVE,
        model: ModelFile | None = None,
    ) -> tuple[Generation, Recorder]:
        recorder = Recorder()
        turns = user(question) if isinstance(question, str) else question
        generation = self.engine.generate(
            model or self.model,
            turns,
            parameters,
            prefill=prefill,
            conversation=conversation,
            priority=priority,
            on_event=recorder,
        )
        return generation, recorder


@pytest.fixture
def workers() -> FakeWorkers:
    return FakeWorkers()


@pytest.fixture
def fake(tmp_path: Path, workers: FakeWorkers) -> Iterator[Asker]:
    """An engine with fake workers."""
    engine = Engine(logs=tmp_path, start_worker=workers)
    yield Asker(engine, fake_model(tmp_path))
    engine.close()


@pytest.fixture
def real(tmp_path: Path, starter_model: Path) -> Iterator[Asker]:
    """An engine with real workers and the starter model. One thread: the same text every time."""
    engine = Engine(logs=tmp_path)
    yield Asker(engine, ModelFile(str(starter_model), "SmolLM2"))
    engine.close()
    assert not list(tmp_path.glob("worker-*")), "a worker's file stayed behind"
