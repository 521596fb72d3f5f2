"""The worker is lost in every state, in every way."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import FinishReason, Priority
from chatapp.engine import process, supervisor
from chatapp.engine.messages import SAFE_OPTIONS, PromptProgress, Turn
from chatapp.engine.state import EngineStatus
from chatapp.errors import (
    ChatappError,
    EngineError,
    WorkerDied,
    WorkerKeepsDying,
    WorkerUnresponsive,
)
from tests.engine.conftest import TIMEOUT, Recorder, user
from tests.faults import targets
from tests.faults.conftest import (
    ENDLESS,
    OPTIONS,
    SLOW_WORD,
    OpenScene,
    Scene,
    wait_for_event,
    wait_for_text,
    wait_until,
)

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
    scene.wait_for_worker(before + 1)
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
    wait_for_text(recorder)
    yield Pending([recorder])


@contextmanager
def several(scene: Scene) -> Iterator[Pending]:
    recorders = [
        scene.ask(f"{name}: {QUESTION}", ENDLESS, priority=Priority.BACKGROUND)[1] for name in "ab"
    ]
    recorders += [scene.ask(f"{name}: {QUESTION}", ENDLESS, conversation=name)[1] for name in "cd"]
    for recorder in recorders[2:]:
        wait_for_text(recorder)
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


def has_ended_or_hangs(error: ChatappError, state: object) -> bool:
    """A reader that waits in a pipe learns of its end when the worker is gone."""
    return has_ended(error, state) or hangs(error, state)


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
    Fault("pipe", Scene.cut_pipe, has_ended_or_hangs),
    Fault("hang", lambda scene: scene.signal(signal.SIGSTOP), hangs),
)


@pytest.mark.parametrize("state", STATES)
def test_the_worker_is_lost(
    open_scene: OpenScene,
    reference: Callable[[str], str],
    state: Callable[[Scene], AbstractContextManager[Pending]],
) -> None:
    """After every loss, the engine of the one before goes on: it must survive them all."""
    scene = open_scene(idle_seconds=0.05 if state is saving else 60.0)
    for fault in FAULTS:
        scene.engine.load(scene.model)
        scene.ready()
        with state(scene) as pending:
            lost = len(scene.workers)
            fault.happen(scene)
            if fault.name == "hang" and state in (idle, saving):
                # Nobody looks after a worker without work.
                pending.recorders.append(scene.ask("Are you there?")[1])
            for error in pending.errors():
                assert fault.is_told_by(error, state), (fault.name, error)
            if pending.closing:
                scene.wait_for_status(EngineStatus.UNLOADED)
            else:
                scene.wait_for_worker(lost + 1)
        if not pending.closing:
            scene.ready()
        _, recorder = scene.ask(QUESTION)
        recorder.finished()
        assert recorder.text == reference(QUESTION), fault.name


def test_lost_twice_while_loading(open_scene: OpenScene, reference: Callable[[str], str]) -> None:
    scene = open_scene()
    recorders = [scene.ask(QUESTION)[1] for _ in range(4)]
    for number in (1, 2):
        scene.wait_for_worker(number)
        scene.signal(signal.SIGKILL)
    # Each death costs one of those who wait; those who are left would only see the next one.
    error = scene.wait_for_status(EngineStatus.FAILED).error
    assert isinstance(error, WorkerKeepsDying)
    assert error.count == 2
    errors = [recorder.error() for recorder in recorders]
    assert isinstance(errors[0], WorkerDied)
    assert all(isinstance(error, EngineError) for error in errors)
    assert scene.engine.worker_pid is None
    scene.engine.load(scene.model, SAFE_OPTIONS)
    loaded = scene.ready().loaded
    assert loaded is not None
    assert (loaded.context_length, loaded.threads) == (2048, 1)
    scene.ask(QUESTION)[1].finished()
    assert len(scene.workers) == 3


@pytest.mark.parametrize("fault", [FAULTS[0], FAULTS[-1]], ids=lambda fault: fault.name)
def test_a_retry_goes_on_from_what_was_saved(open_scene: OpenScene, fault: Fault) -> None:
    scene = open_scene(idle_seconds=0.05)
    _, first = scene.ask(QUESTION, conversation="1")
    usage = first.finished().usage
    wait_until(lambda: len(scene.saved()) == 1)
    turns = (*user(QUESTION), Turn(Role.ASSISTANT, first.text), *user("And then? " * 20))
    _, whole = scene.ask(turns)
    whole.finished()
    _, lost = scene.ask(turns, ENDLESS, conversation="1")
    wait_for_text(lost)
    fault.happen(scene)
    assert fault.is_told_by(lost.error(), writing)
    assert whole.text.startswith(lost.text) or lost.text.startswith(whole.text)
    _, retry = scene.ask(turns, conversation="1")
    cached = retry.finished().usage.cached_tokens
    assert cached >= usage.prompt_tokens + usage.completion_tokens - 1
    assert retry.text == whole.text


def test_who_waits_is_not_lost(open_scene: OpenScene, reference: Callable[[str], str]) -> None:
    """Only what the worker had ends with it; its questions about lengths do, too."""
    scene = open_scene(options=replace(OPTIONS, parallel=2))
    background = [
        scene.ask(f"{number}: {QUESTION}", ENDLESS, priority=Priority.BACKGROUND)[1]
        for number in (1, 2)
    ]
    waiting = [scene.ask(QUESTION, priority=Priority.BACKGROUND)[1] for _ in range(3)]
    for recorder in background:
        wait_for_text(recorder)
    scene.signal(signal.SIGSTOP)
    count = scene.engine.count_tokens(scene.model, QUESTION)
    scene.signal(signal.SIGKILL)
    assert isinstance(count.exception(TIMEOUT), WorkerDied)
    for recorder in background:
        assert isinstance(recorder.error(), WorkerDied)
    for recorder in waiting:
        recorder.finished()
        assert recorder.text == reference(QUESTION)


def test_stopped_while_it_hangs(
    open_scene: OpenScene, reference: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop is answered; an engine whose worker hangs can be closed."""
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.3)
    monkeypatch.setattr(process, "_CLOSE_SECONDS", 0.3)
    scene = open_scene()
    generation, recorder = scene.ask(QUESTION, ENDLESS)
    wait_for_text(recorder)
    scene.signal(signal.SIGSTOP)
    generation.stop()
    assert recorder.finished().reason is FinishReason.STOPPED
    _, again = scene.ask(QUESTION, ENDLESS)
    wait_for_text(again)
    scene.signal(signal.SIGSTOP)
    scene.engine.close()
    assert again.finished().reason is FinishReason.STOPPED
    assert not scene.process_runs()


def test_a_benchmark_is_stopped(open_scene: OpenScene, reference: Callable[[str], str]) -> None:
    scene = open_scene()
    for repetitions in (1, 100_000):
        begun = threading.Event()
        measurement = scene.engine.benchmark(
            scene.model,
            prompt_tokens=1000,
            repetitions=100_000,
            on_run=lambda _speed, begun=begun: begun.set(),  # type: ignore[misc]
        )
        if repetitions > 1:
            assert begun.wait(TIMEOUT)
        measurement.stop()
        with pytest.raises(CancelledError):
            measurement.result.result(TIMEOUT)
    _, recorder = scene.ask(QUESTION)
    recorder.finished()
    assert recorder.text == reference(QUESTION)
    assert len(scene.workers) == 1


def test_lost_again_and_again_without_an_end(open_scene: OpenScene) -> None:
    """A prompt that ends the worker is not tried for ever, and others are answered afterwards."""
    scene = open_scene()
    for _ in range(3):
        _, recorder = scene.ask(QUESTION, ENDLESS)
        wait_for_text(recorder)
        scene.signal(signal.SIGUSR1)
        error = recorder.error()
        assert isinstance(error, WorkerDied)
    error = scene.wait_for_status(EngineStatus.FAILED).error
    assert isinstance(error, WorkerKeepsDying)
    assert error.detail.startswith(targets.ASSERTION)
    scene.ask(QUESTION)[1].finished()
