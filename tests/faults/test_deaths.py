"""The worker is lost in every state, in every way."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from chatapp.domain.generation import Priority
from chatapp.engine.messages import SAFE_OPTIONS, Delta, GenerationEvent, PromptProgress
from chatapp.engine.state import EngineStatus
from chatapp.errors import (
    ChatappError,
    EngineError,
    WorkerDied,
    WorkerKeepsDying,
    WorkerUnresponsive,
)
from tests.engine.conftest import TIMEOUT, Recorder
from tests.faults import targets
from tests.faults.conftest import ENDLESS, SLOW_WORD, OpenScene, Scene, wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals"),
    pytest.mark.timeout(300),
]

QUESTION = "Tell me about the sea, the rivers and the rain that falls on them. " * 3


@dataclass
class Pending:
    """Who waits for the worker when it is lost."""

    recorders: list[Recorder] = field(default_factory=list)
    benchmark: Future[tuple[float, ...]] | None = None
    closing: bool = False

    def errors(self) -> list[ChatappError]:
        errors = [recorder.error() for recorder in self.recorders]
        if self.benchmark is not None:
            error = self.benchmark.exception(TIMEOUT)
            assert isinstance(error, EngineError)
            errors.append(error)
        return errors


# States


@contextmanager
def starting(scene: Scene) -> Iterator[Pending]:
    scene.unload()
    before = len(scene.workers)
    pending = Pending([scene.ask(QUESTION)[1]])
    wait_until(lambda: len(scene.workers) > before)
    yield pending


@contextmanager
def loading(scene: Scene) -> Iterator[Pending]:
    scene.unload()
    pending = Pending([scene.ask(QUESTION)[1]])
    scene.wait_for(lambda state: state.status is EngineStatus.LOADING and state.progress > 0)
    yield pending


@contextmanager
def idle(_scene: Scene) -> Iterator[Pending]:
    yield Pending()


@contextmanager
def preparing(scene: Scene) -> Iterator[Pending]:
    before = sum(scene.process.cpu_times()[:2])
    _, recorder = scene.ask(SLOW_WORD)
    wait_until(lambda: sum(scene.process.cpu_times()[:2]) > before + 0.1)
    assert not recorder.events
    yield Pending([recorder])


@contextmanager
def reading(scene: Scene) -> Iterator[Pending]:
    _, recorder = scene.ask(QUESTION * 30)
    wait_for_event(recorder, lambda event: isinstance(event, PromptProgress) and event.done > 300)
    yield Pending([recorder])


@contextmanager
def writing(scene: Scene) -> Iterator[Pending]:
    _, recorder = scene.ask(QUESTION, ENDLESS)
    recorder.wait_for(Delta)
    yield Pending([recorder])


@contextmanager
def several(scene: Scene) -> Iterator[Pending]:
    recorders = [
        scene.ask(f"{name}: {QUESTION}", ENDLESS, priority=Priority.BACKGROUND)[1] for name in "ab"
    ]
    recorders += [scene.ask(f"{name}: {QUESTION}", ENDLESS, conversation=name)[1] for name in "cd"]
    for recorder in recorders[2:]:
        recorder.wait_for(Delta)
    yield Pending(recorders)


@contextmanager
def saving(scene: Scene) -> Iterator[Pending]:
    scene.slow_disk(slow=True)
    scene.ask(QUESTION, conversation="saved")[1].finished()
    scene.wait_for_file(targets.WRITING)
    yield Pending()
    scene.slow_disk(slow=False)


@contextmanager
def restoring(scene: Scene) -> Iterator[Pending]:
    if not scene.saved():
        scene.ask(QUESTION, conversation="kept")[1].finished()
    scene.unload()
    assert scene.saved()
    scene.slow_disk(slow=True)
    _, recorder = scene.ask(QUESTION, conversation="kept")
    scene.wait_for_file(targets.READING)
    yield Pending([recorder])
    scene.slow_disk(slow=False)


@contextmanager
def benchmarking(scene: Scene) -> Iterator[Pending]:
    begun = threading.Event()
    benchmark = scene.engine.benchmark(
        scene.model, prompt_tokens=64, repetitions=100_000, on_run=lambda _: begun.set()
    )
    assert begun.wait(TIMEOUT)
    yield Pending(benchmark=benchmark.result)


@contextmanager
def shutting_down(scene: Scene) -> Iterator[Pending]:
    scene.ask(QUESTION, conversation="last")[1].finished()
    scene.slow_disk(slow=True)
    scene.engine.unload()
    scene.wait_for_file(targets.WRITING)
    yield Pending(closing=True)
    scene.slow_disk(slow=False)


def wait_for_event(recorder: Recorder, matches: Callable[[GenerationEvent], bool]) -> None:
    wait_until(lambda: any(map(matches, tuple(recorder.events))))


STATES = (
    starting,
    loading,
    idle,
    preparing,
    reading,
    writing,
    several,
    saving,
    restoring,
    benchmarking,
    shutting_down,
)

# Faults: each says how the worker's end is told


def is_killed(error: ChatappError, _state: object) -> bool:
    return isinstance(error, WorkerDied) and error.exit_code == -signal.SIGKILL


def has_crashed(error: ChatappError, state: object) -> bool:
    told = "Segmentation fault" if state is not starting else ""  # before anything is set up
    return (
        isinstance(error, WorkerDied)
        and error.exit_code == -signal.SIGSEGV
        and told in error.detail
    )


def has_failed_an_assertion(error: ChatappError, state: object) -> bool:
    if state is starting:
        return isinstance(error, WorkerDied) and error.exit_code < 0
    return (
        isinstance(error, WorkerDied)
        and error.exit_code == -signal.SIGABRT
        and error.detail.startswith(targets.ASSERTION)
    )


def has_ended(error: ChatappError, _state: object) -> bool:
    return isinstance(error, WorkerDied)


def hangs(error: ChatappError, _state: object) -> bool:
    return isinstance(error, WorkerUnresponsive)


@dataclass(frozen=True)
class Fault:
    name: str
    happen: Callable[[Scene], None]
    is_told_by: Callable[[ChatappError, object], bool]


FAULTS = (
    Fault("killed", lambda scene: scene.signal(signal.SIGKILL), is_killed),
    Fault("crash", lambda scene: scene.signal(signal.SIGSEGV), has_crashed),
    Fault("assertion", lambda scene: scene.signal(signal.SIGUSR1), has_failed_an_assertion),
    Fault("pipe", Scene.cut_pipe, has_ended),
    Fault("hang", lambda scene: scene.signal(signal.SIGSTOP), hangs),
)


@pytest.mark.parametrize("state", STATES)
def test_the_worker_is_lost(
    open_scene: OpenScene,
    reference: Callable[[str], str],
    state: Callable[[Scene], contextmanager[Pending]],  # type: ignore[valid-type]
) -> None:
    """After every loss, the engine of the one before goes on: it must survive them all."""
    scene = open_scene(idle_seconds=0.05 if state is saving else 60.0)
    for fault in FAULTS:
        scene.engine.load(scene.model)
        scene.ready()
        with state(scene) as pending:
            lost = len(scene.workers)
            fault.happen(scene)
            if not pending.recorders and fault.name == "hang" and not pending.closing:
                if pending.benchmark is None:  # nobody asks a worker without work
                    pending.recorders.append(scene.ask("Are you there?")[1])
            for error in pending.errors():
                assert fault.is_told_by(error, state), (fault.name, error)
            if pending.closing:
                scene.wait_for_status(EngineStatus.UNLOADED)
            else:
                wait_until(lambda: len(scene.workers) > lost, fault.name)
        if not pending.closing:
            scene.ready()
        _, recorder = scene.ask(QUESTION)
        recorder.finished()
        assert recorder.text == reference(QUESTION), fault.name
