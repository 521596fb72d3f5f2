"""What makes a model fastest here is found, kept, used, and never in anybody's way."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile
from chatapp.domain.tuning import DEPTH, Tuning, TuningRow, choose, crossing, speed_at
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Delta, Finished, GenerationEvent, LoadOptions, Turn
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import ChatappError
from chatapp.models.tuning import ProcessorTimes, Tuner, TuningJob, TuningProgress
from chatapp.models.tuning_search import (
    QUICK,
    THOROUGH,
    Effort,
    Search,
    Setting,
    SpeedTest,
    thread_counts,
)
from chatapp.models.tunings import Tunings
from tests.engine.conftest import eventually
from tests.engine.gguf_files import write_tiny_architecture

TIMEOUT = 120.0
TUNING = Tuning(
    2, flash_attention=True, batch=256, measured=(TuningRow(2, True, None, 50.0, 20.0),), at=1.0
)


# Which one is best


def test_the_setting_that_loses_least_at_any_depth_is_chosen() -> None:
    rows = (
        TuningRow(2, True, None, 87.0, 19.0),
        TuningRow(2, False, None, 80.0, 31.0),
        TuningRow(1, False, None, 48.0, 30.0),
    )
    assert choose(rows, 7.0) == Tuning(2, False, None, rows, 7.0)


def test_flash_attention_may_be_used_in_short_conversations_only() -> None:
    on, off = TuningRow(2, True, None, 144.0, 46.0), TuningRow(2, False, None, 132.0, 70.0)
    rows = (on, off, TuningRow(1, False, None, 90.0, 50.0))
    tuning = choose(rows, 0.0, can_switch=True)
    assert (tuning.threads, tuning.flash_attention) == (2, True)
    assert tuning.flash_attention_until == crossing(on, off)
    assert choose(rows, 0.0).flash_attention_until is None
    even = (on, replace(off, write_speed=141.0))
    assert choose(even, 0.0, can_switch=True) == choose(even, 0.0), "it would not pay"
    alone = tuple(replace(row, threads=1) for row in rows[:2])
    assert choose(alone, 0.0, can_switch=True).flash_attention_until is None


def test_where_the_times_of_a_token_are_the_same() -> None:
    on, off = TuningRow(2, True, None, 100.0, 40.0), TuningRow(2, False, None, 80.0, 50.0)
    assert crossing(on, off) == 833  # 10 + 0.006 x = 12.5 + 0.003 x milliseconds
    assert crossing(off, on) is None
    assert crossing(on, replace(off, deep_write_speed=39.0)) is None
    assert crossing(on, replace(off, deep_write_speed=0.0)) is None


def test_of_equals_the_one_with_fewer_threads_is_chosen() -> None:
    rows = (TuningRow(8, True, None, 100.0, 50.0), TuningRow(4, True, None, 99.0, 50.0))
    assert choose(rows, 0.0).threads == 4
    slower = replace(rows[1], write_speed=95.0)
    assert choose((rows[0], slower), 0.0).threads == 8
    off = replace(rows[1], flash_attention=False, deep_write_speed=51.0)
    assert choose((off, rows[1]), 0.0).flash_attention


def test_of_equals_the_one_that_writes_several_answers_at_once_is_chosen() -> None:
    alone = TuningRow(1, False, None, 100.0, 50.0)
    together = TuningRow(2, False, None, 98.0, 50.0)
    assert choose((alone, together), 0.0).threads == 2
    assert choose((alone, replace(together, write_speed=90.0)), 0.0).threads == 1


def test_what_was_not_measured_deep_is_not_compared_with_what_was() -> None:
    rows = (TuningRow(3, True, None, 100.0), TuningRow(2, True, None, 95.0, 50.0))
    assert choose(rows, 0.0).threads == 2
    assert choose((rows[0], replace(rows[1], deep_write_speed=0.0)), 0.0).threads == 3


@pytest.mark.parametrize(
    ("speeds", "batch"),
    [
        ({None: 100.0, 256: 101.0, 512: 103.0}, None),
        ({None: 100.0, 256: 120.0, 512: 123.0}, 256),
        ({None: 100.0, 256: 120.0, 512: 130.0}, 512),
        ({None: 0.0, 256: 0.0}, None),
        ({}, None),
    ],
)
def test_more_is_read_in_one_go_only_where_that_pays(
    speeds: dict[int | None, float], batch: int | None
) -> None:
    rows = [TuningRow(2, True, size, 0.0, 0.0, speed) for size, speed in speeds.items()]
    rows = [row if row.batch else replace(row, write_speed=50.0) for row in rows]
    if None not in speeds:
        rows.append(TuningRow(2, True, None, 50.0))
    rows.append(TuningRow(1, True, None, 20.0, 0.0, 900.0))
    assert choose(tuple(rows), 0.0).batch == batch


def test_nothing_measured_is_no_tuning() -> None:
    with pytest.raises(ValueError, match="empty"):
        choose((), 0.0)


def test_the_time_of_a_token_grows_evenly_with_what_lies_before() -> None:
    assert speed_at(2500, 100.0, 50.0, 1250) == pytest.approx(1 / 0.03)
    assert speed_at(2500, 100.0, 50.0, 2500) == pytest.approx(50.0)
    assert speed_at(2500, 100.0, 110.0, 500) == pytest.approx(100.0), "noise"


# The search, on machines that are told


class Told:
    """A machine: seconds of a token by setting, and more for each token that lies before it."""

    def __init__(
        self,
        token: Callable[[Setting], float],
        growth: Callable[[Setting], float] = lambda _: 0.0,
        read: Callable[[Setting], float] = lambda _: 200.0,
        load_seconds: float = 0.5,
    ) -> None:
        self._token, self._growth, self._read = token, growth, read
        self._load_seconds = load_seconds
        self.now = 0.0
        self._loaded: list[int | None] = []
        self._depth = 0
        self.fractions: list[float] = []

    def measure(self, setting: Setting, test: SpeedTest) -> list[float]:
        if self._loaded != [setting.batch]:
            self._loaded = [setting.batch]
            self._depth = 0
            self.now += self._load_seconds
        token = self._token(setting) + self._growth(setting) * test.depth
        if not token:
            return []
        seconds = test.generated_tokens * token + test.prompt_tokens / self._read(setting)
        if test.depth > self._depth:  # what was read is kept
            self._depth = test.depth
            self.now += test.depth / self._read(setting)
        self.now += 0.1 + test.repetitions * seconds
        return [(test.generated_tokens + test.prompt_tokens) / seconds] * test.repetitions

    def search(
        self,
        effort: Effort,
        counts: tuple[int, ...],
        *,
        context_length: int = 0,
        can_switch: bool = False,
    ) -> Tuning:
        rows = Search(
            self.measure,
            effort,
            lambda fraction, _rows: self.fractions.append(fraction),
            counts=counts,
            clock=lambda: self.now,
            context_length=context_length,
            can_switch=can_switch,
        ).run()
        return choose(rows, 0.0, can_switch=can_switch)

    def worst(self, tuning: Tuning, counts: tuple[int, ...]) -> float:
        """Its speed to the best of all, at the beginning or deep, whichever is less."""
        until = tuning.flash_attention_until
        every = [Setting(count, kind) for count in counts for kind in (True, False)]
        ratios = []
        for depth in (0, DEPTH):
            seconds = [self._token(s) + self._growth(s) * depth for s in every if self._token(s)]
            kind = tuning.flash_attention if until is None else depth <= until
            chosen = Setting(tuning.threads, kind)
            own = self._token(chosen) + self._growth(chosen) * depth
            ratios.append(min(seconds) / own)
        return min(ratios)


def two_cores(setting: Setting) -> float:
    return 0.012 if setting.threads == 2 else 0.021


@pytest.mark.parametrize("effort", [QUICK, THOROUGH], ids=["quick", "thorough"])
@pytest.mark.parametrize(
    ("token", "growth", "counts"),
    [
        (two_cores, lambda s: 4e-6 if s.flash_attention else 0.4e-6, (1, 2)),
        (two_cores, lambda s: 0.4e-6 if s.flash_attention else 4e-6, (1, 2)),
        (lambda s: 0.1 / s.threads**0.9, lambda _: 1e-6, (7, 8, 6, 4, 16)),
        # half of the cores are slow ones
        (lambda s: 0.05 / min(s.threads, 8) * (1.5 if s.threads > 8 else 1), None, (15, 16, 12, 8)),
        (lambda s: 0.02 + 0.001 * s.threads, None, (3, 4, 2)),
    ],
)
def test_it_finds_what_all_combinations_would_have_found(
    effort: Effort,
    token: Callable[[Setting], float],
    growth: Callable[[Setting], float] | None,
    counts: tuple[int, ...],
) -> None:
    told = Told(token, growth or (lambda _: 0.0))
    tuning = told.search(effort, counts)
    assert told.worst(tuning, counts) >= 0.95
    assert told.now < effort.seconds * 1.2
    assert told.fractions == sorted(told.fractions)
    assert told.fractions[-1] == 1.0


def test_a_slow_model_is_measured_in_the_same_time_nearly() -> None:
    told = Told(
        lambda s: 0.4 / s.threads, lambda _: 1e-5, lambda s: 6.0 * s.threads, load_seconds=4.0
    )
    tuning = told.search(THOROUGH, (7, 8, 6, 4))
    assert tuning.threads in {7, 8}
    assert told.now < THOROUGH.seconds * 2.5


def test_what_cannot_be_loaded_is_left_out() -> None:
    told = Told(lambda s: 0.0 if s.flash_attention else 0.01)
    tuning = told.search(THOROUGH, (1, 2))
    assert not tuning.flash_attention
    told = Told(lambda s: 0.0 if s.threads == 2 else 0.01)
    assert told.search(THOROUGH, (1, 2)).threads == 1
    with pytest.raises(ValueError, match="empty"):
        Told(lambda _: 0.0).search(THOROUGH, (1, 2))


@pytest.mark.parametrize("effort", [QUICK, THOROUGH], ids=["quick", "thorough"])
@pytest.mark.parametrize("seed", range(8))
def test_a_computer_that_is_slower_at_times_is_measured_right(effort: Effort, seed: int) -> None:
    """Another program takes a half of it, or less, every few seconds."""
    chance = random.Random(seed)

    class Disturbed(Told):
        slowness = 1.0
        until = 0.0

        def measure(self, setting: Setting, test: SpeedTest) -> list[float]:
            if self.now >= self.until:
                self.until = self.now + chance.uniform(3, 12)
                self.slowness = chance.choice((1.0, 1.0, 1.0, 1.0, 1.4, 2.0))
            before = self.now
            speeds = super().measure(setting, test)
            self.now = before + (self.now - before) * self.slowness
            return [speed / self.slowness * chance.uniform(0.99, 1.01) for speed in speeds]

    told = Disturbed(
        lambda s: (0.0062 if s.flash_attention else 0.0075) * (1 if s.threads == 2 else 1.7),
        lambda s: 6e-6 if s.flash_attention else 2.7e-6,
        lambda _: 600.0,
    )
    tuning = told.search(effort, (1, 2), can_switch=True)
    assert told.worst(tuning, (1, 2)) >= 0.95
    assert tuning.flash_attention_until is not None
    assert 200 < tuning.flash_attention_until < 700  # (0.0075 - 0.0062) / (6e-6 - 2.7e-6) = 394


def test_a_model_with_a_short_context_is_never_asked_for_more() -> None:
    deepest = 0

    class Short(Told):
        def measure(self, setting: Setting, test: SpeedTest) -> list[float]:
            nonlocal deepest
            deepest = max(deepest, test.depth + test.prompt_tokens + test.generated_tokens)
            return super().measure(setting, test)

    Short(two_cores).search(THOROUGH, (1, 2), context_length=2048)
    assert 512 < deepest <= 2048


def test_all_counts_are_possible_here() -> None:
    counts = thread_counts()
    assert len(set(counts)) == len(counts)
    assert min(counts) >= 1


# What is kept


@pytest.fixture
def model(tmp_path: Path) -> ModelFile:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", "llama", trained_context=8192)
    return ModelFile(str(path), "tiny", size=path.stat().st_size)


def test_it_is_found_again_wherever_the_file_lies(tmp_path: Path, model: ModelFile) -> None:
    Tunings(tmp_path / "tuning").keep(model, TUNING)
    moved = tmp_path / "moved.gguf"
    shutil.copyfile(model.path, moved)
    tunings = Tunings(tmp_path / "tuning")
    assert tunings.find(model) == TUNING
    assert tunings.find(replace(model, path=str(moved))) == TUNING
    with moved.open("r+b") as file:
        file.seek(200)
        file.write(b"other")
    assert tunings.find(replace(model, path=str(moved))) is None
    assert tunings.find(replace(model, path=str(tmp_path / "gone.gguf"))) is None


def test_another_machine_has_its_own(tmp_path: Path, model: ModelFile) -> None:
    here = Tunings(tmp_path / "tuning", lambda: "a")
    there = Tunings(tmp_path / "tuning", lambda: "b")
    here.keep(model, TUNING)
    assert there.find(model) is None
    there.keep(model, replace(TUNING, threads=7))
    assert Tunings(tmp_path / "tuning", lambda: "a").find(model) == TUNING


@pytest.mark.parametrize(
    "change",
    [
        {"threads": 0},
        {"threads": True},
        {"threads": 10**9},
        {"threads": "2"},
        {"flash_attention": 1},
        {"batch": -1},
        {"batch": 1.5},
        {"at": "NaN"},
        {"flash_attention_until": 0},
        {"flash_attention_until": "all"},
        {"at": None},
        {"measured": None},
        {"measured": [[]]},
        {"measured": [{"threads": 1}]},
        {"measured": [{}] * 1000},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_not_found(
    tmp_path: Path, model: ModelFile, change: dict[str, object]
) -> None:
    Tunings(tmp_path / "tuning").keep(model, TUNING)
    (file,) = (tmp_path / "tuning").iterdir()
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    assert Tunings(tmp_path / "tuning").find(model) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"{", b"[" * 100_000, b"\xff\xfe"])
def test_a_damaged_file_is_not_found(tmp_path: Path, model: ModelFile, content: bytes) -> None:
    Tunings(tmp_path / "tuning").keep(model, TUNING)
    (file,) = (tmp_path / "tuning").iterdir()
    file.write_bytes(content)
    tunings = Tunings(tmp_path / "tuning")
    assert tunings.find(model) is None
    tunings.keep(model, TUNING)
    assert Tunings(tmp_path / "tuning").find(model) == TUNING


def test_what_cannot_be_written_holds_all_the_same(tmp_path: Path, model: ModelFile) -> None:
    (tmp_path / "tuning").write_text("a file where the folder should be")
    tunings = Tunings(tmp_path / "tuning")
    tunings.keep(model, TUNING)
    assert tunings.find(model) == TUNING


# With real workers


class Place:
    """An engine, a tuner, and a way to wait for what they do."""

    def __init__(self, folder: Path, model: ModelFile, *, is_automatic: bool) -> None:
        self.model = model
        self.is_automatic = is_automatic
        self.loads = [0.0]  # told one after the other, the last one for ever
        self.changed = threading.Condition()
        self.states: list[EngineState] = []
        self.events: list[GenerationEvent] = []
        self.tunings = Tunings(folder / "tuning")
        self.engine = Engine(logs=folder, options_for=self.options)
        self.engine.subscribe(self._note_state)
        self.tuner = Tuner(
            self.engine,
            self.tunings,
            folder,
            self.options,
            is_automatic=lambda: self.is_automatic,
            idle_seconds=0.0,
            load_since=self.load_since,
            effort=Effort(5.0, 0.05, 0.5, rounds=2, batches=(64,)),
        )

    def options(self, model: ModelFile) -> LoadOptions:
        found = self.tunings.find(model)
        options = LoadOptions(context_length=4096)
        if found is None:
            return options
        return replace(
            options, threads=found.threads, flash_attention=found.flash_attention, batch=found.batch
        )

    def load_since(self, _begin: ProcessorTimes) -> float:
        return self.loads.pop(0) if len(self.loads) > 1 else self.loads[0]

    def ask(self, tokens: int) -> None:
        parameters = GenerationParameters(temperature=0.0, max_tokens=tokens)
        turns = (Turn(Role.USER, "Tell me a very long story."),)
        self.engine.generate(self.model, turns, parameters, on_event=self._note_event)

    def wait(self, condition: Callable[[], object]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, TIMEOUT), self.states[-1:]

    def notify(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def is_ready_with(self, tuning: Tuning) -> bool:
        state = self.engine.state
        return (
            state.status is EngineStatus.READY
            and state.options is not None
            and state.options.threads == tuning.threads
            and state.options.flash_attention == tuning.flash_attention
        )

    def _note_state(self, state: EngineState) -> None:
        with self.changed:
            self.states.append(state)
            self.changed.notify_all()

    def _note_event(self, event: GenerationEvent) -> None:
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    def begin_measuring(self) -> TuningJob:
        """Until the first figures are there."""
        self.engine.load(self.model)
        eventually(lambda: bool(self.tuner.jobs))
        (job,) = self.tuner.jobs
        eventually(lambda: job.progress.fraction > 0)
        return job

    def workers(self) -> int:
        """The processes with a model, this one's or that of a measurement."""
        count = 0
        for process in psutil.Process().children():
            with contextlib.suppress(psutil.Error):
                count += process.status() != psutil.STATUS_ZOMBIE and any(
                    "spawn_main" in part for part in process.cmdline()
                )
        return count

    def close(self) -> None:
        self.tuner.close()
        self.engine.close()


@pytest.fixture
def asked(tmp_path: Path, model: ModelFile) -> Iterator[Place]:
    """Measures only what it is asked for."""
    place = Place(tmp_path, model, is_automatic=False)
    yield place
    place.close()
    assert not list(tmp_path.glob("worker-*")), "a worker's file stayed behind"


@pytest.fixture
def automatic(tmp_path: Path, model: ModelFile) -> Iterator[Place]:
    place = Place(tmp_path, model, is_automatic=True)
    yield place
    place.close()
    assert not list(tmp_path.glob("worker-*")), "a worker's file stayed behind"


def test_it_is_measured_with_progress_kept_and_used_at_once(asked: Place) -> None:
    asked.engine.load(asked.model)
    asked.wait(lambda: asked.engine.state.status is EngineStatus.READY)
    told: list[TuningProgress] = []
    tuning = asked.tuner.start(asked.model, told.append).result.result(TIMEOUT)
    assert asked.tunings.find(asked.model) == tuning
    assert told[-1] == TuningProgress(1.0, tuning.measured)
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert len(fractions) > 5
    both = {row.flash_attention for row in tuning.measured if row.deep_write_speed}
    assert both == {True, False}
    assert not asked.tuner.jobs
    asked.wait(lambda: asked.is_ready_with(tuning))


def test_without_flash_attention_several_threads_write_several_answers_at_once(
    asked: Place,
) -> None:
    asked.tunings.keep(asked.model, replace(TUNING, flash_attention=False))
    for _ in range(2):
        asked.ask(100)
    asked.wait(lambda: sum(isinstance(event, Finished) for event in asked.events) == 2)
    written = [event.request_id for event in asked.events if isinstance(event, Delta)]
    turns = sum(one != next_one for one, next_one in itertools.pairwise(written))
    assert turns > 10, "one after the other"


def test_a_measuring_worker_that_dies_is_one_figure_less(asked: Place) -> None:
    job = asked.tuner.start(asked.model)
    eventually(lambda: job.progress.fraction > 0)
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "spawn_main" in process.cmdline()[-2]:
                process.kill()
    assert job.result.result(TIMEOUT).measured


def test_it_can_be_cancelled_at_any_moment(asked: Place) -> None:
    first = asked.tuner.start(asked.model, lambda _: asked.notify())
    second = asked.tuner.start(asked.model)
    second.cancel()
    asked.wait(lambda: first.progress.fraction)
    first.cancel()
    for job in (first, second):
        with pytest.raises(CancelledError):
            job.result.result(TIMEOUT)
    assert asked.tunings.find(asked.model) is None


def test_a_model_that_cannot_be_loaded_says_why(asked: Place, tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"GGUF" + b"\xff" * 100)
    job = asked.tuner.start(ModelFile(str(path), "bad", size=104))
    assert isinstance(job.result.exception(TIMEOUT), ChatappError)


def test_a_new_model_is_measured_by_itself_once_between_the_questions(automatic: Place) -> None:
    job = automatic.begin_measuring()
    eventually(lambda: automatic.workers() == 2)
    automatic.ask(1000)
    automatic.wait(lambda: any(isinstance(event, Delta) for event in automatic.events))
    meanwhile = [job.progress.fraction]
    eventually(lambda: automatic.workers() == 1)

    def has_ended() -> bool:
        fraction = job.progress.fraction
        if not isinstance(automatic.events[-1], Finished):  # so it was as far while it was written
            meanwhile.append(fraction)
            return False
        return True

    automatic.wait(has_ended)
    assert meanwhile[-1] - meanwhile[0] < 0.2, "it was measured beside the answer"
    tuning = job.result.result(TIMEOUT)
    assert tuning == automatic.tunings.find(automatic.model)
    automatic.wait(lambda: automatic.is_ready_with(tuning))
    first = next(state for state in automatic.states if state.status is EngineStatus.READY)
    assert first.options == LoadOptions(context_length=4096), "until then the usual ones hold"
    assert not automatic.tuner.jobs, "once"


def test_another_model_ends_what_nobody_asked_for(automatic: Place, tmp_path: Path) -> None:
    job = automatic.begin_measuring()
    automatic.engine.unload()
    with pytest.raises(CancelledError):
        job.result.result(TIMEOUT)
    assert automatic.tunings.find(automatic.model) is None


def test_nothing_is_measured_any_more_when_that_is_switched_off(automatic: Place) -> None:
    job = automatic.begin_measuring()
    automatic.is_automatic = False
    with pytest.raises(CancelledError):
        job.result.result(TIMEOUT)
    assert automatic.tunings.find(automatic.model) is None
    automatic.engine.load(automatic.model, LoadOptions(2048))  # ready once more
    automatic.wait(lambda: automatic.states[-1].options == LoadOptions(2048))
    assert not automatic.tuner.jobs


def test_a_busy_computer_is_not_measured_until_it_is_quiet(automatic: Place) -> None:
    automatic.loads = [1.0, 0.9, 0.5, 0.1]
    automatic.begin_measuring()
    assert automatic.loads == [0.1]


def test_how_busy_the_computer_is_can_be_told() -> None:
    begin = ProcessorTimes.now()
    assert 0 < begin.worked < begin.total
    assert 0 <= begin.load_since() <= 1
    assert ProcessorTimes(begin.worked - 5, begin.total - 10).load_since() > 0.4


def test_closing_ends_it_at_once(automatic: Place) -> None:
    job = automatic.begin_measuring()
    automatic.tuner.close()
    assert job.result.done()
    with pytest.raises(CancelledError):
        automatic.tuner.start(automatic.model).result.result(TIMEOUT)
