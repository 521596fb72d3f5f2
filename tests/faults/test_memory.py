"""Too little memory, in the middle of things: an error instead of a hang, and then a new worker."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import psutil
import pytest

from chatapp.domain.model import ModelFile
from chatapp.engine import heartbeat
from chatapp.engine.engine import Engine
from chatapp.engine.process import WorkerProcess
from chatapp.engine.state import EngineStatus
from chatapp.errors import EngineError, OutOfMemory
from tests.engine import targets
from tests.engine.conftest import TIMEOUT, Asker, user
from tests.faults.conftest import ENDLESS, MEGABYTE, OpenScene, Scene, wait_for_text, wait_until
from tests.faults.test_deaths import STATES, Pending, saving, shutting_down

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")

QUESTION = "Tell me about the woods, the birds and the fungi in them. " * 3


@pytest.fixture(autouse=True)
def _less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "MAX_STANDSTILL", 10)


def leave(scene: Scene, size: int) -> None:
    """Let the worker have so many bytes more than it has now."""
    limit = scene.process.memory_info().data + size
    scene.process.rlimit(psutil.RLIMIT_DATA, (limit, limit))


def is_answered(scene: Scene, reference: Callable[[str], str]) -> None:
    _, recorder = scene.ask(QUESTION)
    recorder.finished()
    assert recorder.text == reference(QUESTION)


@pytest.mark.parametrize("size", [0, MEGABYTE, 30 * MEGABYTE])
def test_a_message_that_does_not_fit(
    open_scene: OpenScene, reference: Callable[[str], str], size: int
) -> None:
    scene = open_scene()
    scene.ask(QUESTION)[1].finished()
    leave(scene, size)
    _, recorder = scene.ask(user("word " * (20 * MEGABYTE // 5)))
    assert isinstance(recorder.error(), EngineError)
    is_answered(scene, reference)


@pytest.mark.parametrize("size", [0, MEGABYTE])
def test_a_prompt_that_can_not_be_made(
    open_scene: OpenScene, reference: Callable[[str], str], size: int
) -> None:
    """It is short enough to be tokenised."""
    scene = open_scene()
    scene.ask(QUESTION)[1].finished()
    leave(scene, size)
    _, recorder = scene.ask(user("word " * 300_000))
    assert isinstance(recorder.error(), EngineError)
    is_answered(scene, reference)


def test_a_text_that_can_not_be_counted(
    open_scene: OpenScene, reference: Callable[[str], str]
) -> None:
    scene = open_scene()
    scene.ask(QUESTION)[1].finished()
    leave(scene, 0)
    count = scene.engine.count_tokens(scene.model, "word " * (20 * MEGABYTE // 5))
    assert isinstance(count.exception(TIMEOUT), EngineError)
    is_answered(scene, reference)


def test_while_an_answer_is_written(open_scene: OpenScene, reference: Callable[[str], str]) -> None:
    """Nothing needs memory then; the next conversation does, and so does saving."""
    scene = open_scene(idle_seconds=0.01)
    generation, recorder = scene.ask(QUESTION, ENDLESS, conversation="1")
    wait_for_text(recorder)
    leave(scene, 0)
    others = [scene.ask(f"{n} {QUESTION * 8}", conversation=str(n))[1] for n in range(2, 5)]
    generation.stop()
    for one in (recorder, *others):
        one.end()
    scene.unload()
    is_answered(scene, reference)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("state", [state for state in STATES if state is not shutting_down])
def test_in_every_state(
    open_scene: OpenScene,
    reference: Callable[[str], str],
    state: Callable[[Scene], AbstractContextManager[Pending]],
) -> None:
    """Who asks for much gets an end, whatever else goes on, and what comes after is answered."""
    scene = open_scene(idle_seconds=0.05 if state is saving else 60.0)
    scene.engine.load(scene.model)
    scene.ready()
    with state(scene) as pending:
        leave(scene, 0)
        _, large = scene.ask(user("word " * 300_000))
    if pending.benchmark is None:  # nothing is answered beside that
        large.end()
    killed = scene.workers[-1].pid
    with contextlib.suppress(psutil.NoSuchProcess):  # what has no memory left may be gone already
        scene.signal(signal.SIGKILL)
    wait_until(lambda: scene.engine.worker_pid != killed, "its end is not noticed")
    for recorder in (*pending.recorders, large):
        recorder.end()
    if pending.benchmark is not None:
        assert isinstance(pending.benchmark.exception(TIMEOUT), EngineError)
    scene.engine.load(scene.model)
    scene.ready()
    is_answered(scene, reference)


def test_a_model_that_does_not_fit(tmp_path: Path, starter_model: Path, tiny: ModelFile) -> None:
    engine = Engine(
        logs=tmp_path,
        start_worker=partial(WorkerProcess, tmp_path, run=targets.have_little_memory),
    )
    asker = Asker(engine, ModelFile(str(starter_model), "SmolLM2"))
    try:
        assert isinstance(asker.ask()[1].error(), OutOfMemory)
        assert isinstance(asker.wait_for_status(EngineStatus.FAILED).error, OutOfMemory)
        assert asker.ask(model=tiny)[1].finished()
    finally:
        engine.close()
    assert not list(tmp_path.glob("worker-*"))
