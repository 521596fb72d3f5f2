"""A model that nobody needs gives its memory back, and is there again for the next question."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Delta,
    Finished,
    GenerationEvent,
    LoadOptions,
    StateFolder,
    Turn,
)
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.hub.hardware import Machine
from chatapp.models.idle import IdleUnloading, is_short

pytestmark = pytest.mark.model

TIMEOUT = 60.0
GIB = 1 << 30
ROOMY = Machine(memory_total=16 * GIB, memory_free=8 * GIB)
TIGHT = Machine(memory_total=16 * GIB, memory_free=GIB // 4)


class Desk:
    """An engine with the starter model, and what happens to it."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.model = ModelFile(str(model), "SmolLM2", size=model.stat().st_size)
        self.states: list[EngineStatus] = []
        self.events: list[GenerationEvent] = []
        self.machine = ROOMY
        self._changed = threading.Condition()
        states = StateFolder(str(folder / "kv"), 1 << 30)
        self.engine = Engine(
            logs=folder, default_options=LoadOptions(2048, threads=1), states=states
        )
        self.engine.subscribe(self._on_engine)
        self._unloading: IdleUnloading | None = None

    def unload_after(self, minutes: float, *, pressure_seconds: float = 0.0) -> None:
        self._unloading = IdleUnloading(
            self.engine,
            lambda: minutes,
            machine=lambda: self.machine,
            check_seconds=0.02,
            pressure_seconds=pressure_seconds,
        )

    def load(self) -> psutil.Process:
        self.engine.load(self.model)
        self.wait(lambda: self.engine.state.status is EngineStatus.READY)
        return self.process()

    def process(self) -> psutil.Process:
        assert self.engine.worker_pid is not None
        return psutil.Process(self.engine.worker_pid)

    def ask(self, text: str, tokens: int) -> None:
        parameters = GenerationParameters(temperature=0.0, max_tokens=tokens)
        self.engine.generate(
            self.model,
            (Turn(Role.USER, text),),
            parameters,
            conversation="one",
            on_event=self._on_event,
        )

    def answered(self) -> Finished:
        self.wait(lambda: self.events and not isinstance(self.events[-1], Delta))
        self.wait(lambda: isinstance(self.events[-1], Finished))
        end = self.events[-1]
        assert isinstance(end, Finished)
        return end

    def wait(self, condition: Callable[[], object]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, TIMEOUT), (self.states, self.events[-1:])

    def wait_for_unload(self) -> None:
        self.wait(lambda: self.engine.state.status is EngineStatus.UNLOADED)

    def _on_engine(self, state: EngineState) -> None:
        with self._changed:
            if self.states[-1:] != [state.status]:
                self.states.append(state.status)
            self._changed.notify_all()

    def _on_event(self, event: GenerationEvent) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def close(self) -> None:
        if self._unloading is not None:
            self._unloading.close()
        self.engine.close()


def own_memory() -> int:
    """Bytes that only this process and its children use."""
    total = 0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        with contextlib.suppress(psutil.Error):  # it ended meanwhile
            total += process.memory_full_info().uss
    return total


@pytest.fixture
def desk(tmp_path: Path, starter_model: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path, starter_model)
    yield opened
    opened.close()


def test_the_process_ends_and_the_next_question_loads_again(desk: Desk) -> None:
    worker = desk.load()
    desk.ask("Name three colours.", 16)
    first = desk.answered()
    used, of_worker = own_memory(), worker.memory_full_info().uss
    assert of_worker > 50 << 20
    desk.unload_after(0.001)
    desk.wait_for_unload()
    assert not worker.is_running()
    assert own_memory() < used - 0.9 * of_worker
    desk.events.clear()
    desk.ask("Name three colours.", 16)
    again = desk.answered()
    assert again.usage.completion_tokens == first.usage.completion_tokens
    assert again.usage.cached_tokens > 0, "what was read of the conversation was kept"


def test_an_answer_is_never_cut_off(desk: Desk) -> None:
    desk.load()
    desk.machine = TIGHT
    desk.ask("Tell me a very long story.", 200)
    desk.unload_after(1e-9)
    assert desk.answered().usage.completion_tokens > 1
    desk.wait_for_unload()
    assert not any(status is EngineStatus.FAILED for status in desk.states)


def test_nothing_is_unloaded_without_a_reason(desk: Desk) -> None:
    worker = desk.load()
    checked = threading.Semaphore(0)

    def minutes() -> float:
        checked.release()
        return 0.0

    unloading = IdleUnloading(
        desk.engine, minutes, machine=lambda: desk.machine, check_seconds=0.01, pressure_seconds=0.0
    )
    for _ in range(5):
        assert checked.acquire(timeout=TIMEOUT)
    unloading.close()
    assert worker.is_running()
    assert desk.engine.state.status is EngineStatus.READY


def test_short_memory_unloads_what_nobody_uses(desk: Desk) -> None:
    worker = desk.load()
    desk.unload_after(0.0)
    desk.machine = TIGHT
    desk.wait_for_unload()
    assert not worker.is_running()


def test_a_wish_to_unload_comes_too_late_for_a_question(desk: Desk) -> None:
    desk.load()
    desk.ask("Name three colours.", 8)
    desk.engine.unload_idle()
    assert desk.answered().usage.completion_tokens > 0
    assert EngineStatus.UNLOADED not in desk.states


def test_another_model_takes_the_place_of_the_first(desk: Desk, tmp_path: Path) -> None:
    worker = desk.load()
    other = tmp_path / "other.gguf"
    other.symlink_to(desk.model.path)
    desk.model = replace(desk.model, path=str(other))
    desk.engine.load(desk.model)
    desk.wait(lambda: desk.engine.state.model == desk.model)
    desk.wait(lambda: desk.engine.state.status is EngineStatus.READY)
    assert not worker.is_running()


@pytest.mark.parametrize(
    ("total", "free", "short"),
    [
        (4 * GIB, 200 << 20, True),
        (4 * GIB, 300 << 20, False),
        (16 * GIB, 500 << 20, True),
        (16 * GIB, 800 << 20, False),
        (256 * GIB, GIB - 1, True),
        (256 * GIB, GIB + 1, False),
    ],
)
def test_memory_is_short_when_the_system_is_near_to_swapping(
    total: int, free: int, *, short: bool
) -> None:
    assert is_short(Machine(memory_total=total, memory_free=free)) is short
