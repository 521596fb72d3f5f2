from __future__ import annotations

from pathlib import Path

import pytest

from chatapp.domain.generation import FinishReason, GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.engine import engine as engine_module
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, Finished, GenerationEvent, LoadOptions
from chatapp.engine.state import EngineState, EngineStatus, RequestState
from chatapp.errors import (
    ContextFull,
    DiskFull,
    EngineMissing,
    ModelFileMissing,
    OutOfMemory,
    WorkerDied,
    WorkerKeepsDying,
)
from tests.engine.conftest import Asker, Recorder, user
from tests.fakes import DEVICE, DIE, HANG, LOADED, SEED, WAIT, Fails, FakeWorkers, fake_model


def test_a_model_is_loaded_and_answers(fake: Asker, workers: FakeWorkers) -> None:
    assert fake.engine.state == EngineState()
    generation, recorder = fake.ask()
    end = recorder.finished()
    assert (end.reason, end.seed) == (FinishReason.END, SEED)
    assert recorder.text == "Hello there."
    assert generation.state is RequestState.FINISHED
    assert [state.status for state in fake.states] == ["loading", "loading", "ready"]
    assert fake.states[1].progress == 0.5
    assert fake.engine.state.loaded == LOADED
    assert fake.engine.worker_memory() > 0
    assert len(workers.started) == 1


def test_requests_wait_their_turn(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer("first", WAIT)
    first, first_recorder = fake.ask("1")
    workers.wait_for_pause()
    first_recorder.wait_for(Delta)
    second, second_recorder = fake.ask("2")
    assert (first.state, second.state) == (RequestState.WRITING, RequestState.WAITING)
    workers.release()
    assert second_recorder.finished().reason is FinishReason.END
    assert first_recorder.text == "first"
    assert [request.turns[0].text for request in workers.requests] == ["1", "2"]


def test_stop_while_writing(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer("one", WAIT, "two")
    generation, recorder = fake.ask()
    workers.wait_for_pause()
    generation.stop()
    generation.stop()
    assert recorder.finished().reason is FinishReason.STOPPED
    assert recorder.text == "one"
    assert len(workers.started) == 1


def test_stop_while_waiting_and_while_loading(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(WAIT)
    first, first_recorder = fake.ask("1")
    _, second_recorder = fake.ask("2")
    third, third_recorder = fake.ask("3")
    workers.wait_for_pause()
    first.stop()
    third.stop()
    assert first_recorder.finished().reason is FinishReason.STOPPED
    assert third_recorder.finished().reason is FinishReason.STOPPED
    workers.release()
    assert second_recorder.finished().reason is FinishReason.END
    assert len(workers.requests) == 1


def test_stop_after_the_end_changes_nothing(fake: Asker) -> None:
    generation, recorder = fake.ask()
    recorder.finished()
    generation.stop()
    _, second = fake.ask()
    second.finished()
    recorder.end()


def test_a_worker_that_does_not_stop_is_replaced(
    fake: Asker, workers: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "STOP_SECONDS", 0.05)
    workers.script_answer("one", HANG)
    generation, recorder = fake.ask()
    workers.wait_for_pause()
    _, waiting = fake.ask("2")
    generation.stop()
    end = recorder.finished()
    assert end.reason is FinishReason.STOPPED
    assert end.usage.completion_tokens == 1
    waiting.finished()
    assert len(workers.started) == 2


def test_another_model_takes_the_place_of_the_first(
    fake: Asker, workers: FakeWorkers, tmp_path: Path
) -> None:
    other = fake_model(tmp_path, "other")
    fake.ask()[1].finished()
    fake.ask(model=other)[1].finished()
    assert [Path(load.path).stem for load in workers.loads] == ["fake", "other"]
    assert fake.engine.state.model == other
    fake.engine.load(fake.model)
    fake.wait_for(lambda s: s.status is EngineStatus.READY and s.model == fake.model)
    assert len(workers.started) == 3


def test_a_load_waits_for_requests(fake: Asker, workers: FakeWorkers, tmp_path: Path) -> None:
    other = fake_model(tmp_path, "other")
    workers.script_answer(WAIT)
    _, first = fake.ask()
    workers.wait_for_pause()
    fake.engine.load(other)
    workers.release()
    first.finished()
    fake.wait_for(lambda s: s.status is EngineStatus.READY and s.model == other)


def test_loading_is_cancelled_by_another_load(
    fake: Asker, workers: FakeWorkers, tmp_path: Path
) -> None:
    other = fake_model(tmp_path, "other")
    workers.script_load(WAIT)
    fake.engine.load(fake.model)
    workers.wait_for_pause()
    fake.engine.load(other)
    fake.wait_for(lambda s: s.status is EngineStatus.READY and s.model == other)


def test_loading_again_does_nothing_unless_options_are_new(
    fake: Asker, workers: FakeWorkers
) -> None:
    fake.engine.load(fake.model)
    fake.wait_for_status(EngineStatus.READY)
    fake.engine.load(fake.model)
    fake.ask()[1].finished()
    assert len(workers.loads) == 1
    options = LoadOptions(context_length=512)
    fake.engine.load(fake.model, options)
    fake.ask()[1].finished()
    fake.engine.load(fake.model)
    fake.ask()[1].finished()
    assert [load.options for load in workers.loads] == [LoadOptions(), options]


def test_unload_stops_everything(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer("one", WAIT)
    _, active = fake.ask("1")
    _, waiting = fake.ask("2")
    workers.wait_for_pause()
    fake.engine.unload()
    assert active.finished().reason is FinishReason.STOPPED
    assert waiting.finished().reason is FinishReason.STOPPED
    fake.wait_for_status(EngineStatus.UNLOADED)
    assert fake.engine.worker_memory() == 0
    fake.ask()[1].finished()


def test_death_while_writing(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer("Red", DIE)
    generation, recorder = fake.ask("1")
    _, waiting = fake.ask("2")
    error = recorder.error()
    assert isinstance(error, WorkerDied)
    assert error.exit_code == -9
    assert error.detail
    assert recorder.text == "Red"
    assert generation.state is RequestState.FAILED
    assert waiting.finished().reason is FinishReason.END
    assert len(workers.loads) == 2


def test_the_model_is_loaded_again_after_a_death(fake: Asker, workers: FakeWorkers) -> None:
    fake.ask()[1].finished()
    workers.kill()
    fake.wait_for(lambda _: len(workers.loads) == 2)
    fake.wait_for_status(EngineStatus.READY)


def test_a_stopped_request_stays_stopped_when_the_worker_dies(
    fake: Asker, workers: FakeWorkers
) -> None:
    workers.script_answer("Red", HANG)
    generation, recorder = fake.ask()
    workers.wait_for_pause()
    generation.stop()
    workers.wait_for_stop()
    workers.kill()
    assert recorder.finished().reason is FinishReason.STOPPED


def test_one_death_while_loading_is_survived(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(DIE)
    _, first = fake.ask("1")
    _, second = fake.ask("2")
    assert isinstance(first.error(), WorkerDied)
    second.finished()


def test_two_deaths_while_loading_are_enough(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(DIE)
    workers.script_load(DIE)
    _, first = fake.ask("1")
    assert isinstance(first.error(), WorkerDied)
    error = fake.wait_for_status(EngineStatus.FAILED).error
    assert isinstance(error, WorkerKeepsDying)
    assert error.count == 2
    assert len(workers.started) == 2
    fake.ask()[1].finished()  # asking again is trying again


def test_three_deaths_in_a_row_are_enough(fake: Asker, workers: FakeWorkers) -> None:
    for _ in range(3):
        workers.script_answer("Red", DIE)
        assert isinstance(fake.ask()[1].error(), WorkerDied)
    assert isinstance(fake.wait_for_status(EngineStatus.FAILED).error, WorkerKeepsDying)
    assert len(workers.started) == 3
    fake.engine.load(fake.model)
    fake.wait_for_status(EngineStatus.READY)


def test_an_answer_between_deaths_counts(fake: Asker, workers: FakeWorkers) -> None:
    for _ in range(3):
        workers.script_answer(DIE)
        fake.ask()[1].error()
        fake.ask()[1].finished()
    assert fake.engine.state.status is EngineStatus.READY


def test_waiting_requests_fail_when_the_worker_keeps_dying(
    fake: Asker, workers: FakeWorkers
) -> None:
    workers.script_load(WAIT, DIE)
    workers.script_load(DIE)
    recorders = [fake.ask(str(number))[1] for number in range(4)]
    workers.wait_for_pause()
    workers.release()
    errors = [recorder.error() for recorder in recorders]
    assert [type(error) for error in errors] == [
        WorkerDied,
        WorkerDied,
        WorkerKeepsDying,
        WorkerKeepsDying,
    ]


def test_a_failed_load_fails_its_requests_only(
    fake: Asker, workers: FakeWorkers, tmp_path: Path
) -> None:
    other = fake_model(tmp_path, "other")
    workers.script_load(WAIT, Fails(OutOfMemory(fake.model.path, "no")))
    recorders = [fake.ask()[1], fake.ask(model=other)[1], fake.ask()[1]]
    workers.wait_for_pause()
    workers.release()
    assert isinstance(recorders[0].error(), OutOfMemory)
    assert isinstance(recorders[2].error(), OutOfMemory)
    recorders[1].finished()
    assert fake.engine.state.model == other


def test_a_file_that_is_plainly_no_model_starts_no_worker(
    fake: Asker, workers: FakeWorkers, tmp_path: Path
) -> None:
    missing = ModelFile(str(tmp_path / "missing.gguf"), "missing")
    first, second = fake.ask(model=missing)[1], fake.ask()[1]
    assert isinstance(first.error(), ModelFileMissing)
    second.finished()
    fake.engine.load(missing)
    error = fake.wait_for_status(EngineStatus.FAILED).error
    assert isinstance(error, ModelFileMissing)
    assert len(workers.started) == 1


def test_a_request_can_fail_without_harm(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer(Fails(ContextFull(9000, 8192)))
    assert isinstance(fake.ask()[1].error(), ContextFull)
    fake.ask()[1].finished()
    assert len(workers.started) == 1


def test_no_process_can_be_started(fake: Asker, workers: FakeWorkers) -> None:
    workers.start_error = BlockingIOError(11, "Resource temporarily unavailable")
    assert isinstance(fake.ask()[1].error(), WorkerDied)
    assert isinstance(fake.engine.devices().exception(10), WorkerDied)
    workers.start_error = None
    fake.ask()[1].finished()


def test_no_room_for_what_the_worker_prints(fake: Asker, workers: FakeWorkers) -> None:
    workers.start_error = OSError(28, "No space left on device", "/logs/worker.log")
    error = fake.ask()[1].error()
    assert isinstance(error, DiskFull)
    assert error.path == "/logs/worker.log"


def test_devices_without_a_model(fake: Asker, workers: FakeWorkers) -> None:
    assert fake.engine.devices().result(10) == (DEVICE,)
    assert fake.engine.state == EngineState()
    fake.ask()[1].finished()
    assert fake.engine.devices().result(10) == (DEVICE,)
    assert len(workers.started) == 2


def test_devices_are_told_when_a_load_comes_between(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(WAIT)
    fake.engine.load(fake.model)
    workers.wait_for_pause()
    future = fake.engine.devices()
    fake.engine.load(fake.model, LoadOptions(context_length=100))
    assert future.result(10) == (DEVICE,)


def test_devices_when_the_library_is_missing(fake: Asker, workers: FakeWorkers) -> None:
    workers.library_error = EngineMissing("no library")
    assert isinstance(fake.engine.devices().exception(10), EngineMissing)
    assert isinstance(fake.ask()[1].error(), EngineMissing)
    assert len(workers.started) == 2


def test_close_ends_every_request(tmp_path: Path, workers: FakeWorkers) -> None:
    engine = Engine(logs=tmp_path, start_worker=workers)
    asker = Asker(engine, fake_model(tmp_path))
    workers.script_answer("one", WAIT)
    _, active = asker.ask("1")
    _, waiting = asker.ask("2")
    workers.wait_for_pause()
    engine.close()
    assert active.finished().reason is FinishReason.STOPPED
    assert waiting.finished().reason is FinishReason.STOPPED
    generation, late = asker.ask("3")
    assert late.finished().reason is FinishReason.STOPPED
    generation.stop()
    assert isinstance(engine.devices().exception(1), WorkerDied)
    engine.load(asker.model)
    engine.close()
    assert engine.state == EngineState()


def test_listeners_may_call_back_and_may_fail(
    fake: Asker, caplog: pytest.LogCaptureFixture
) -> None:
    second = Recorder()

    def ask_again(event: GenerationEvent) -> None:
        if isinstance(event, Finished):
            fake.engine.generate(fake.model, user("2"), GenerationParameters(), on_event=second)
        raise LookupError("a listener's own mistake")

    with caplog.at_level("ERROR"):
        fake.engine.generate(fake.model, user("1"), GenerationParameters(), on_event=ask_again)
        second.finished()
    assert "a listener failed" in caplog.text


def test_unsubscribed_listeners_hear_nothing(fake: Asker) -> None:
    seen: list[EngineState] = []
    fake.engine.subscribe(seen.append)()
    fake.ask()[1].finished()
    assert not seen
    assert fake.states


def test_close_from_a_listener(tmp_path: Path, workers: FakeWorkers) -> None:
    engine = Engine(logs=tmp_path, start_worker=workers)
    engine.subscribe(lambda _: engine.close())
    asker = Asker(engine, fake_model(tmp_path))
    assert asker.ask()[1].end()
    engine.close()
