from __future__ import annotations

from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from chatapp.domain.generation import FinishReason, GenerationParameters, Priority
from chatapp.domain.model import ModelFile
from chatapp.engine import heartbeat, supervisor
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    SAFE_OPTIONS,
    Delta,
    Finished,
    GenerationEvent,
    LoadOptions,
    StateFolder,
)
from chatapp.engine.state import EngineState, EngineStatus, RequestState
from chatapp.engine.state_files import SavedState, StateFiles
from chatapp.errors import (
    ContextFull,
    DiskFull,
    EngineMissing,
    GenerationFailed,
    ModelFileMissing,
    ModelNotLoaded,
    OutOfMemory,
    WorkerDied,
    WorkerKeepsDying,
    WorkerUnresponsive,
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


def test_what_the_model_is_asked_is_answered_together(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer("first", WAIT)
    workers.script_answer("second", WAIT)
    first, first_recorder = fake.ask("1", conversation="a")
    second, second_recorder = fake.ask("2")
    workers.wait_for_pause()
    workers.wait_for_pause()
    first_recorder.wait_for(Delta)
    second_recorder.wait_for(Delta)
    assert (first.state, second.state) == (RequestState.WRITING, RequestState.WRITING)
    second.stop()
    assert second_recorder.finished().reason is FinishReason.STOPPED
    workers.release()
    assert first_recorder.finished().reason is FinishReason.END
    assert (first_recorder.text, second_recorder.text) == ("first", "second")
    asked = [(r.turns[0].text, r.conversation, r.priority) for r in workers.requests]
    assert asked == [("1", "a", Priority.INTERACTIVE), ("2", "", Priority.INTERACTIVE)]


def test_the_background_gets_a_few_places_and_a_person_any(
    fake: Asker, workers: FakeWorkers
) -> None:
    workers.script_load(WAIT)
    fake.engine.load(fake.model, LoadOptions(parallel=2))
    for _ in range(6):
        workers.script_answer(WAIT)
    background = [fake.ask(name, priority=Priority.BACKGROUND)[1] for name in ("1", "2", "3")]
    persons = [fake.ask(name)[1] for name in ("4", "5", "6")]
    workers.wait_for_pause()
    workers.release()
    for _ in range(5):
        workers.wait_for_pause()
    assert [request.turns[0].text for request in workers.requests] == [*"45612"]
    for recorder in (*persons, background[0]):
        workers.release()
        recorder.finished()
    workers.wait_for_pause()
    assert workers.requests[-1].turns[0].text == "3"
    for recorder in background[1:]:
        workers.release()
        recorder.finished()


def test_a_person_comes_before_the_background_of_any_model(
    fake: Asker, workers: FakeWorkers, tmp_path: Path
) -> None:
    other = fake_model(tmp_path, "other")
    fake.engine.load(fake.model, LoadOptions(parallel=1))
    workers.script_answer(WAIT)
    background = [fake.ask(name, priority=Priority.BACKGROUND)[1] for name in ("1", "2")]
    workers.wait_for_pause()
    _, person = fake.ask("3", model=other)
    workers.release()
    person.finished()
    for recorder in background:
        recorder.finished()
    assert [request.turns[0].text for request in workers.requests] == [*"132"]
    assert [Path(load.path).stem for load in workers.loads] == ["fake", "other", "fake"]


def test_a_person_who_waits_for_another_model_is_not_overtaken(
    fake: Asker, workers: FakeWorkers, tmp_path: Path
) -> None:
    other = fake_model(tmp_path, "other")
    workers.script_answer(WAIT)
    _, first = fake.ask("1")
    workers.wait_for_pause()
    second, third = fake.ask("2", model=other)[1], fake.ask("3")[1]
    workers.release()
    for recorder in (first, second, third):
        recorder.finished()
    assert [request.turns[0].text for request in workers.requests] == [*"123"]


def test_a_mistake_in_the_engine_leaves_nobody_waiting(
    fake: Asker,
    workers: FakeWorkers,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As when the system does not tell something that has never been missing anywhere."""

    def mistake(*_arguments: object) -> None:
        raise FileNotFoundError("/proc/cpuinfo")

    workers.script_answer(WAIT)
    _, active = fake.ask("1")
    workers.wait_for_pause()
    monkeypatch.setattr(supervisor.Supervisor, "_options_for", mistake)
    caplog.set_level("ERROR")
    _, waiting = fake.ask("2", model=fake_model(tmp_path, "other"))
    workers.release()
    for recorder in (waiting, fake.ask("3")[1]):
        error = recorder.error()
        assert isinstance(error, WorkerDied)
        assert "/proc/cpuinfo" in error.detail
    active.end()
    assert [record.getMessage() for record in caplog.records if record.exc_info] == [
        "the engine's thread failed"
    ]


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
    fake: Asker, workers: FakeWorkers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.05)
    workers.script_answer("one", HANG)
    generation, recorder = fake.ask()
    workers.wait_for_pause()
    _, waiting = fake.ask("2", model=fake_model(tmp_path, "other"))
    generation.stop()
    end = recorder.finished()
    assert end.reason is FinishReason.STOPPED
    assert end.usage.completion_tokens == 1
    waiting.finished()
    assert len(workers.started) == 2


def test_one_that_does_not_stop_takes_the_others_with_it(
    fake: Asker, workers: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.05)
    workers.script_answer("one", WAIT)
    workers.script_answer("two", HANG)
    _, innocent = fake.ask("1")
    generation, recorder = fake.ask("2")
    workers.wait_for_pause()
    workers.wait_for_pause()
    generation.stop()
    assert recorder.finished().reason is FinishReason.STOPPED
    assert isinstance(innocent.error(), WorkerUnresponsive)
    fake.wait_for_status(EngineStatus.READY)
    fake.ask()[1].finished()
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


def test_unload_stops_everything(fake: Asker, workers: FakeWorkers, tmp_path: Path) -> None:
    workers.script_answer("one", WAIT)
    workers.script_answer("two", WAIT)
    recorders = [fake.ask("1")[1], fake.ask("2")[1]]
    recorders.append(fake.ask("3", model=fake_model(tmp_path, "other"))[1])
    workers.wait_for_pause()
    workers.wait_for_pause()
    fake.engine.unload()
    for recorder in recorders:
        assert recorder.finished().reason is FinishReason.STOPPED
    fake.wait_for_status(EngineStatus.UNLOADED)
    assert fake.engine.worker_memory() == 0
    fake.ask()[1].finished()


def test_death_while_writing(fake: Asker, workers: FakeWorkers, tmp_path: Path) -> None:
    workers.script_answer("Red", WAIT)
    workers.script_answer("Blue", WAIT)
    generations = [fake.ask("1"), fake.ask("2")]
    workers.wait_for_pause()
    workers.wait_for_pause()
    _, waiting = fake.ask("3", model=fake_model(tmp_path, "other"))
    workers.kill()
    for generation, recorder in generations:
        error = recorder.error()
        assert isinstance(error, WorkerDied)
        assert error.exit_code == -9
        assert error.detail
        assert generation.state is RequestState.FAILED
    assert [recorder.text for _, recorder in generations] == ["Red", "Blue"]
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
    _, waiting = asker.ask("2", model=fake_model(tmp_path, "other"))
    workers.wait_for_pause()
    measurement = engine.benchmark(asker.model)
    engine.close()
    assert active.finished().reason is FinishReason.STOPPED
    assert waiting.finished().reason is FinishReason.STOPPED
    assert isinstance(measurement.result.exception(1), CancelledError)
    generation, late = asker.ask("3")
    assert late.finished().reason is FinishReason.STOPPED
    generation.stop()
    assert isinstance(engine.devices().exception(1), WorkerDied)
    assert isinstance(engine.count_tokens(asker.model, "x").exception(1), WorkerDied)
    assert isinstance(engine.benchmark(asker.model).result.exception(1), CancelledError)
    engine.load(asker.model)
    engine.forget("1")
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


# Signs of life


@pytest.fixture
def fast_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "PING_SECONDS", 0.01)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a worker that answers late because the machine is slow."""
    monkeypatch.setattr(heartbeat, "MAX_UNANSWERED", 100_000)


@pytest.mark.usefixtures("fast_pings")
def test_a_worker_that_hangs_is_found(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer("one", WAIT)
    workers.script_answer("two", HANG)
    _, stopped = fake.ask("1")
    workers.wait_for_pause()
    _, recorder = fake.ask("2")
    error = recorder.error()
    assert isinstance(error, WorkerUnresponsive)
    assert isinstance(stopped.error(), WorkerUnresponsive)
    assert recorder.text == "two"
    fake.wait_for_status(EngineStatus.READY)
    assert len(workers.started) == 2


@pytest.mark.usefixtures("fast_pings")
def test_a_worker_that_hangs_at_every_load_is_given_up(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(HANG)
    workers.script_load(HANG)
    _, recorder = fake.ask()
    assert isinstance(recorder.error(), WorkerUnresponsive)
    assert isinstance(fake.wait_for_status(EngineStatus.FAILED).error, WorkerKeepsDying)
    fake.engine.load(fake.model, SAFE_OPTIONS)
    fake.wait_for_status(EngineStatus.READY)
    assert workers.loads[-1].options == SAFE_OPTIONS


@pytest.mark.usefixtures("fast_pings", "patience")
def test_a_worker_that_gets_nowhere_is_found(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer("one", WAIT)
    _, recorder = fake.ask()
    error = recorder.error()
    assert isinstance(error, WorkerUnresponsive)
    assert error.seconds == round(heartbeat.MAX_STANDSTILL * heartbeat.PING_SECONDS)
    fake.ask()[1].finished()


@pytest.mark.usefixtures("fast_pings", "patience")
def test_loading_may_take_its_time(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(WAIT)
    _, recorder = fake.ask()
    workers.wait_for_pause()
    for _ in range(2 * heartbeat.MAX_STANDSTILL):
        workers.wait_for_ping()
    workers.release()
    recorder.finished()


# Counting, forgetting, measuring


def test_tokens_are_counted_while_an_answer_is_written(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(WAIT)
    workers.script_answer("one", WAIT)
    _, recorder = fake.ask()
    workers.wait_for_pause()
    early = fake.engine.count_tokens(fake.model, "one two three")
    workers.release()
    workers.wait_for_pause()
    assert early.result(10) == 3
    assert fake.engine.count_tokens(fake.model, user("one two")).result(10) == 2
    workers.release()
    recorder.finished()


def test_only_the_loaded_model_counts(fake: Asker, workers: FakeWorkers, tmp_path: Path) -> None:
    assert isinstance(fake.engine.count_tokens(fake.model, "x").exception(10), ModelNotLoaded)
    workers.script_load(WAIT)
    fake.engine.load(fake.model)
    workers.wait_for_pause()
    other = fake_model(tmp_path, "other")
    assert isinstance(fake.engine.count_tokens(other, "x").exception(10), ModelNotLoaded)
    put_aside = fake.engine.count_tokens(fake.model, "x")
    fake.engine.load(other)
    assert isinstance(put_aside.exception(10), ModelNotLoaded)


def test_a_count_dies_with_the_worker(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_load(WAIT)
    fake.engine.load(fake.model)
    workers.wait_for_pause()
    future = fake.engine.count_tokens(fake.model, "x")
    workers.kill()
    assert isinstance(future.exception(10), WorkerDied)


def test_a_forgotten_conversation_leaves_nothing(workers: FakeWorkers, tmp_path: Path) -> None:
    states = StateFolder(str(tmp_path / "kv"), 1000)
    engine = Engine(logs=tmp_path, start_worker=workers, states=states)
    asker = Asker(engine, fake_model(tmp_path))
    files = StateFiles(Path(states.path), states.budget)
    for name in ("1", "2", "3"):
        assert files.write(name, "key", SavedState((1, 2), 2, b"state"))
    engine.forget("1")
    asker.ask()[1].finished()
    engine.forget("2")
    engine.close()
    assert workers.forgotten == ["2"]
    assert [files.tokens(name, "key") for name in ("1", "2", "3")] == [None, None, (1, 2)]
    assert workers.loads[0].states == states


def test_a_benchmark_is_computed_alone(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer(WAIT)
    workers.script_answer("100", WAIT, "120")
    _, before = fake.ask("1")
    workers.wait_for_pause()
    options = LoadOptions(threads=1)
    speeds: list[float] = []
    measurement = fake.engine.benchmark(
        fake.model, options, prompt_tokens=512, repetitions=2, on_run=speeds.append
    )
    _, after = fake.ask("2")
    assert not workers.benchmarks
    workers.release()
    before.finished()
    workers.wait_for_pause()
    assert len(workers.requests) == 1
    workers.release()
    assert measurement.result.result(10) == (100.0, 120.0)
    assert speeds == [100.0, 120.0]
    assert workers.benchmarks[0].prompt_tokens == 512
    after.finished()
    assert [load.options for load in workers.loads] == [LoadOptions(), options, LoadOptions()]


def test_a_benchmark_is_stopped_and_fails(fake: Asker, workers: FakeWorkers) -> None:
    workers.script_answer("100", WAIT)
    workers.script_answer(Fails(GenerationFailed("no")))
    workers.script_answer("100", DIE)
    first, second, third, last = (fake.engine.benchmark(fake.model) for _ in range(4))
    workers.wait_for_pause()
    first.stop()
    assert isinstance(first.result.exception(10), CancelledError)
    assert isinstance(second.result.exception(10), GenerationFailed)
    assert isinstance(third.result.exception(10), WorkerDied)
    assert last.result.result(10) == (100.0,) * 3
