"""A load that is no longer wanted."""

from __future__ import annotations

from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path
from typing import ClassVar

import psutil
import pytest

from chatapp.domain.generation import FinishReason
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta
from chatapp.engine.process import OnEnd, OnReply, WorkerProcess
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import ModelNotLoaded
from tests.engine.conftest import Asker, eventually
from tests.engine.targets import ignore_everything
from tests.fakes import DEVICE, WAIT, FakeWorkers, fake_model


def test_what_waits_for_it_ends(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(WAIT)
    _, recorder = fake.ask()
    measurement = fake.engine.benchmark(fake.model)
    workers.wait_for_pause()
    count = fake.engine.count_tokens(fake.model, "x")
    fake.engine.cancel_load()
    assert recorder.finished().reason is FinishReason.STOPPED
    assert isinstance(measurement.result.exception(10), CancelledError)
    assert isinstance(count.exception(10), ModelNotLoaded)
    assert fake.engine.state == EngineState()
    assert fake.engine.worker_pid is None
    assert fake.ask()[1].finished().reason is FinishReason.END
    assert len(workers.started) == 2


def test_other_models_are_not_meant(fake: Asker, workers: FakeWorkers, tmp_path: Path) -> None:
    other = fake_model(tmp_path, "other")
    workers.script_load(WAIT)
    _, first = fake.ask()
    _, second = fake.ask(model=other)
    workers.wait_for_pause()
    fake.engine.cancel_load()
    assert first.finished().reason is FinishReason.STOPPED
    assert second.finished().reason is FinishReason.END
    assert fake.engine.state.model == other


def test_a_load_that_has_not_begun(fake: Asker, workers: FakeWorkers, tmp_path: Path) -> None:
    workers.script_answer("one", WAIT, "two")
    _, recorder = fake.ask()
    workers.wait_for_pause()
    fake.engine.load(fake_model(tmp_path, "other"))
    fake.engine.cancel_load()
    workers.release()
    assert recorder.finished().reason is FinishReason.END
    assert recorder.text == "onetwo"
    assert fake.ask()[1].finished()
    assert [Path(load.path).stem for load in workers.loads] == ["fake"]


def test_nothing_is_loaded(fake: Asker, workers: FakeWorkers) -> None:
    fake.engine.cancel_load()
    workers.script_answer("one", WAIT)
    _, recorder = fake.ask()
    recorder.wait_for(Delta)
    fake.engine.cancel_load()
    workers.release()
    assert recorder.finished().reason is FinishReason.END
    assert fake.engine.state.status is EngineStatus.READY


def test_devices_are_told_nevertheless(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(WAIT)
    fake.engine.load(fake.model)
    workers.wait_for_pause()
    future = fake.engine.devices()
    fake.engine.cancel_load()
    assert future.result(10) == (DEVICE,)


class Deaf(WorkerProcess):
    """Does not listen yet: waiting for its good end would take seconds."""

    pids: ClassVar[list[int]] = []

    def __init__(self, logs: Path, on_reply: OnReply, on_end: OnEnd) -> None:
        super().__init__(logs, on_reply, on_end, run=ignore_everything)
        self.pids.append(self.pid)

    def close(self) -> None:
        raise AssertionError("the engine waits")


def test_a_worker_that_loads_is_not_waited_for(tmp_path: Path) -> None:
    one, other = (fake_model(tmp_path, name) for name in ("one", "other"))
    engine = Engine(logs=tmp_path, start_worker=partial(Deaf, tmp_path))
    asker = Asker(engine, one)
    engine.load(one)
    engine.load(other)
    engine.cancel_load()
    engine.load(one)
    engine.unload()
    engine.load(other)
    eventually(lambda: len(Deaf.pids) == 4)
    engine.close()
    assert not any(map(psutil.pid_exists, Deaf.pids))
    assert asker.states[-1] == EngineState()


@pytest.mark.model
def test_a_real_load(real: Asker) -> None:
    pids: list[int] = []

    def cancel(state: EngineState) -> None:
        pid = real.engine.worker_pid
        if state.status is EngineStatus.LOADING and state.progress > 0 and pid and not pids:
            pids.append(pid)
            real.engine.cancel_load()

    real.engine.subscribe(cancel)
    _, recorder = real.ask()
    assert recorder.finished().reason is FinishReason.STOPPED
    real.wait_for_status(EngineStatus.UNLOADED)
    assert EngineStatus.READY not in [state.status for state in real.states]
    eventually(lambda: not psutil.pid_exists(pids[0]))
    assert real.ask()[1].finished().reason is FinishReason.LENGTH
