from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from chatapp.domain.model import ModelFile
from chatapp.engine import heartbeat, process
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Delta,
    Failed,
    Finished,
    GenerationEvent,
    LoadOptions,
    StateFolder,
)
from chatapp.engine.process import OnEnd, OnReply, WorkerProcess
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.engine.state_files import StateFiles
from tests.engine.conftest import GREEDY, TIMEOUT, Asker, Recorder
from tests.engine.gguf_files import write_tiny_architecture
from tests.faults import targets
from tests.faults.chance import Chance

MEGABYTE = 1 << 20
BUDGET = 64 * MEGABYTE
OPTIONS = LoadOptions(context_length=8192, threads=1)
ENDLESS = replace(GREEDY, max_tokens=None)
SLOW_WORD = "take-your-time"
_LOOPS = "{% for i in range(99999) %}" * 3 + "{% endfor %}" * 3
TEMPLATE = (
    "{% for m in messages %}{% if '" + SLOW_WORD + "' in m.content %}" + _LOOPS + "{% endif %}"
    "{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: "
)


def wait_until(condition: Callable[[], bool], what: str = "") -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.001)


def wait_for_event(recorder: Recorder, matches: Callable[[GenerationEvent], bool]) -> None:
    """Wait for an event before the end."""

    def seen() -> bool:
        events = tuple(recorder.events)
        assert not any(isinstance(event, Finished | Failed) for event in events), events
        return any(map(matches, events))

    wait_until(seen)


def wait_for_text(recorder: Recorder) -> None:
    """Wait until it is being written."""
    wait_for_event(recorder, lambda event: isinstance(event, Delta))


class Scene(Asker):
    """An engine in a folder of its own, and ways to harm it.

    `logs` is for the workers' files, `kept` for what they keep on disk. `workers` are all that
    were started.
    """

    def __init__(
        self, model: ModelFile, options: LoadOptions, logs: Path, states: StateFolder
    ) -> None:
        self.logs = logs
        self.kept = Path(states.path)
        self.workers: list[WorkerProcess] = []
        engine = Engine(
            logs=logs, default_options=options, states=states, start_worker=self._start_worker
        )
        super().__init__(engine, model)

    def _start_worker(self, on_reply: OnReply, on_end: OnEnd) -> WorkerProcess:
        self.workers.append(WorkerProcess(self.logs, on_reply, on_end, run=targets.serve))
        return self.workers[-1]

    @property
    def process(self) -> psutil.Process:
        """The last worker."""
        return psutil.Process(self.workers[-1].pid)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def cut_pipe(self) -> None:
        """End the pipes between the engine and its worker."""
        channel = self.workers[-1]._channel
        with Path(os.devnull).open("r+b") as nowhere:
            for pipe in (channel.incoming, channel.outgoing):
                os.dup2(nowhere.fileno(), pipe.fileno())

    def wait_for_worker(self, number: int) -> None:
        """Wait until so many were started."""
        wait_until(lambda: len(self.workers) >= number, f"worker {number}")

    def process_runs(self) -> bool:
        """Whether the last worker lives."""
        return psutil.pid_exists(self.workers[-1].pid)

    def ready(self) -> EngineState:
        return self.wait_for_status(EngineStatus.READY)

    def unload(self) -> None:
        self.engine.unload()
        self.wait_for_status(EngineStatus.UNLOADED)

    def slow_disk(self, *, slow: bool) -> None:
        """Have states neither written nor read, or let that go on."""
        for name in (targets.WRITING, targets.READING):
            (self.logs / name).unlink(missing_ok=True)
        if slow:
            (self.logs / targets.SLOW_DISK).touch()
        else:
            (self.logs / targets.SLOW_DISK).unlink(missing_ok=True)

    def wait_for_file(self, name: str) -> None:
        wait_until((self.logs / name).exists, name)

    def saved(self) -> list[Path]:
        return sorted(self.kept.glob("*.state"))

    def nothing_is_left(self) -> None:
        """Check that the worker, which is gone, left nothing behind."""
        assert not list(self.logs.glob("worker-*")), "a worker's file stayed behind"
        StateFiles(self.kept, BUDGET)  # as the next worker does
        assert not list(self.kept.glob("*.part")), "a state that is half written stayed behind"


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "PING_SECONDS", 0.2)
    monkeypatch.setattr(heartbeat, "MAX_UNANSWERED_STARTING", 20)
    monkeypatch.setattr(process, "_CLOSE_SECONDS", 2.0)


@pytest.fixture
def chance() -> Chance:
    """How long it goes on, with which seed."""
    chance = Chance()
    print(f"CHATAPP_TEST_SEED={chance.seed} repeats this")  # noqa: T201 - pytest shows it on failure
    return chance


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    """A model that is loaded at once; `SLOW_WORD` keeps its template busy for ever."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    write_tiny_architecture(path, "llama", template=TEMPLATE, trained_context=8192)
    return ModelFile(str(path), "tiny")


OpenScene = Callable[..., Scene]


@pytest.fixture
def open_scene(tmp_path: Path, tiny: ModelFile) -> Iterator[OpenScene]:
    """Makes engines whose workers can be harmed; they are closed and looked over at the end."""
    scenes: list[Scene] = []

    def open_scene(
        model: ModelFile = tiny,
        *,
        options: LoadOptions = OPTIONS,
        idle_seconds: float = 60.0,
        budget: int = BUDGET,
        states: Path | None = None,
    ) -> Scene:
        logs = tmp_path / f"logs-{len(scenes)}"
        logs.mkdir()
        folder = states or tmp_path / "states"
        scenes.append(Scene(model, options, logs, StateFolder(str(folder), budget, idle_seconds)))
        return scenes[-1]

    yield open_scene
    for scene in scenes:
        scene.slow_disk(slow=False)
        scene.engine.close()
    for scene in scenes:
        scene.nothing_is_left()


@pytest.fixture(scope="session")
def reference(tiny: ModelFile, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The greedy answer of an engine that nothing has happened to."""
    folder = tmp_path_factory.mktemp("reference")
    known: dict[str, str] = {}

    def reference(question: str) -> str:
        if question not in known:
            engine = Engine(logs=folder, default_options=OPTIONS)
            _, recorder = Asker(engine, tiny).ask(question)
            recorder.finished()
            known[question] = recorder.text
            engine.close()
        return known[question]

    return reference
