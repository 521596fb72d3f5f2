"""Tune for this computer: which settings make a model fastest here, measured and remembered.

A model that is new here is measured once by itself, shortly, as soon as nothing is asked and the
computer has little else to do. Whatever is measured stops at once when something is asked, and goes
on when that is done.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from chatapp.domain.header import ModelHeader
from chatapp.domain.model import LoadedModel, ModelFile
from chatapp.domain.tuning import Tuning, TuningRow, choose
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions
from chatapp.engine.process import StartWorker
from chatapp.engine.request import Measurement
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import ChatappError, GenerationFailed
from chatapp.hub.gguf_header import read_header
from chatapp.hub.hardware import this_machine
from chatapp.models.tunings import Tunings

if TYPE_CHECKING:
    from chatapp.models.tuning_search import Effort, Setting, SpeedTest

logger = logging.getLogger(__name__)

_IDLE_SECONDS = 3.0  # without a question, before a model is measured by itself
_BUSY = 0.4  # of all processors, with other things: what is measured would tell little
_SPARE_MEMORY = 512 << 20  # bytes beside a second copy of the model
_UNLOAD_SECONDS = 10.0  # that an unloading may take


@dataclass(frozen=True, slots=True)
class TuningProgress:
    """How much of it is done, from 0 to 1, and the table so far."""

    fraction: float = 0.0
    rows: tuple[TuningRow, ...] = ()


OnProgress = Callable[[TuningProgress], None]


class TuningJob:
    """A measurement that was asked for.

    `result` raises `CancelledError` when it was cancelled, or the `ChatappError` that says why the
    model can't be measured.
    """

    def __init__(
        self, model: ModelFile, on_progress: OnProgress = lambda _: None, *, is_automatic: bool
    ) -> None:
        self.model = model
        self.is_automatic = is_automatic
        self.result: Future[Tuning] = Future()
        self.result.set_running_or_notify_cancel()
        self.progress = TuningProgress()
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._measurement: Measurement | None = None
        self._wake: Callable[[], None] = lambda: None
        self.is_cancelled = False

    def cancel(self) -> None:
        """End it. Returns at once; nothing is kept."""
        self.is_cancelled = True
        self.give_way()
        self._wake()

    def give_way(self) -> None:
        """Stop what is measured at this moment. Returns at once."""
        with self._lock:
            if self._measurement is not None:
                self._measurement.stop()

    def measures(self, measurement: Measurement) -> None:
        """For the tuner: this is measured now."""
        with self._lock:
            self._measurement = measurement
        if self.is_cancelled:
            measurement.stop()

    def on_wake(self, wake: Callable[[], None]) -> None:
        """For the tuner: have `wake` called when it was cancelled."""
        self._wake = wake

    def tell(self, progress: TuningProgress) -> None:
        """For the tuner: hand the progress on."""
        self.progress = progress
        try:
            self._on_progress(progress)
        except Exception:
            logger.exception("a listener failed")


@dataclass(frozen=True, slots=True)
class ProcessorTimes:
    """Seconds that all processors have worked and existed."""

    worked: float
    total: float

    @classmethod
    def now(cls) -> ProcessorTimes:
        """Until now."""
        times = psutil.cpu_times()
        total = sum(times)
        return cls(total - times.idle - getattr(times, "iowait", 0.0), total)

    def load_since(self) -> float:
        """The share of their time that they have worked since, from 0 to 1."""
        now = ProcessorTimes.now()
        return (now.worked - self.worked) / max(0.01, now.total - self.total)


class Tuner:
    """Measures one model after the other, in a worker of its own beside that of `engine`.

    `options` tells how a model is loaded, with what is in `tunings`; what a job finds is kept there
    and used at once, by loading the model anew when nothing is asked. `is_automatic` says whether a
    model is measured without being asked for that, `load_since` how busy the computer was before.
    Every model takes the same `effort`, if one is given. Listeners are called in the tuner's
    thread.
    """

    def __init__(
        self,
        engine: Engine,
        tunings: Tunings,
        logs: Path,
        options: Callable[[ModelFile], LoadOptions],
        *,
        is_automatic: Callable[[], bool] = lambda: False,
        start_worker: StartWorker | None = None,
        idle_seconds: float = _IDLE_SECONDS,
        load_since: Callable[[ProcessorTimes], float] | None = None,
        effort: Effort | None = None,
    ) -> None:
        self._engine = engine
        self._tunings = tunings
        self._logs = logs
        self._options = options
        self._is_automatic = is_automatic
        self._start_worker = start_worker
        self._idle_seconds = idle_seconds
        self._effort = effort
        self._load_since = load_since or ProcessorTimes.load_since
        self._changed = threading.Condition()  # of what follows
        self._jobs: deque[TuningJob] = deque()  # the first is at work
        self._is_busy = False
        self._idle_since = time.monotonic()
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self._failed: set[str] = set()  # paths that are not tried again by themselves
        engine.watch(self._on_activity)
        self._unsubscribe = engine.subscribe(self._on_engine)

    def start(self, model: ModelFile, on_progress: OnProgress = lambda _: None) -> TuningJob:
        """Measure it thoroughly, for about a minute, after those that were asked for before."""
        return self._start(TuningJob(model, on_progress, is_automatic=False))

    @property
    def jobs(self) -> tuple[TuningJob, ...]:
        """Those that are not over, in their order."""
        with self._changed:
            return tuple(self._jobs)

    def close(self) -> None:
        """Cancel everything and wait until its processes are gone."""
        self._unsubscribe()
        with self._changed:
            self._is_closed = True
            jobs, thread = tuple(self._jobs), self._thread
            self._changed.notify_all()
        for job in jobs:
            job.cancel()
        if thread is not None:
            thread.join()

    def _start(self, job: TuningJob) -> TuningJob:
        job.on_wake(self._wake)
        with self._changed:
            automatic = [one for one in self._jobs if one.is_automatic]
            if self._is_closed:
                job.result.set_exception(CancelledError())
                return job
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tuner", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        for one in automatic:  # a person comes first, and one model at a time is chatted with
            one.cancel()
        return job

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    # The engine's thread

    def _on_activity(self, is_busy: bool) -> None:  # noqa: FBT001
        with self._changed:
            self._is_busy = is_busy
            self._idle_since = time.monotonic()
            job = self._jobs[0] if self._jobs else None
            self._changed.notify_all()
        if is_busy and job is not None:
            job.give_way()

    def _on_engine(self, state: EngineState) -> None:
        self._wake()
        model = state.model
        for job in self.jobs:
            if job.is_automatic and (model is None or model.path != job.model.path):
                job.cancel()
        if model is not None and self._is_wanted(model, state.loaded, state.options):
            self._start(TuningJob(model, is_automatic=True))

    def _is_wanted(
        self, model: ModelFile, loaded: LoadedModel | None, options: LoadOptions | None
    ) -> bool:
        """Whether to measure it by itself: it is computed here as usual, and new."""
        return (
            self._is_automatic()
            and loaded is not None
            and not loaded.gpu_layers  # threads matter little then, and its memory is taken
            and options is not None
            and (options.threads, options.flash_attention) == (None, None)
            and model.path not in self._failed
            and not any(job.model.path == model.path for job in self.jobs if not job.is_cancelled)
            and self._tunings.find(model) is None
            and not _is_tight(model)
        )

    # The tuner's thread

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                tuning = self._carry_out(job)
            except (CancelledError, ChatappError) as error:
                if isinstance(error, ChatappError):
                    logger.info("%s can't be measured: %r", job.model.path, error)
                    self._failed.add(job.model.path)
                result: Tuning | Exception = error
            else:
                result = tuning
            with self._changed:
                self._jobs.remove(job)
            if isinstance(result, Exception):
                job.result.set_exception(result)
            else:
                job.result.set_result(result)

    def _next(self) -> TuningJob | None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._jobs)
            return self._jobs[0] if self._jobs else None

    def _carry_out(self, job: TuningJob) -> Tuning:
        from chatapp.models.tuning_search import QUICK, THOROUGH

        model = job.model
        self._wait_until_quiet(job)
        was_loaded = self._loaded_path() == model.path
        if not job.is_automatic and (self._is_on_gpu() or _is_tight(model)):
            self._free_memory(job)
        usual = QUICK if job.is_automatic else THOROUGH
        with_worker = Engine(logs=self._logs, start_worker=self._start_worker)
        try:
            session = _Session(job, with_worker, self._options(model), self._wait_until_idle)
            rows = session.run(self._effort or usual)
        finally:
            with_worker.close()
        tuning = choose(rows, time.time(), can_switch=_can_switch(model))
        logger.info("%s: measured: %s", model.path, tuning)
        self._wait_until_idle(job)  # for the next question would wait until it is loaded anew
        self._tunings.keep(model, tuning)
        if was_loaded and self._loaded_path() in {model.path, None}:
            self._engine.load(model, self._options(model))
        return tuning

    def _wait_until_quiet(self, job: TuningJob) -> None:
        begin = ProcessorTimes.now()
        self._wait_until_idle(job)
        while job.is_automatic and self._load_since(begin) > _BUSY:
            begin = ProcessorTimes.now()
            with self._changed:
                self._changed.wait_for(lambda: job.is_cancelled, self._idle_seconds)
            self._wait_until_idle(job)

    def _free_memory(self, job: TuningJob) -> None:
        """Unload the engine's model, unless something is asked of it."""
        self._engine.unload_idle()
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._engine.state.status is not EngineStatus.READY
                    or self._is_busy
                    or job.is_cancelled
                ),
                _UNLOAD_SECONDS,
            )

    def _wait_until_idle(self, job: TuningJob, start: Callable[[], None] = lambda: None) -> None:
        """Wait until nothing is asked, then call `start`. Raises `CancelledError`."""
        patience = self._idle_seconds if job.is_automatic else 0.0
        with self._changed:
            while not job.is_cancelled and (self._is_automatic() or not job.is_automatic):
                left = self._idle_since + patience - time.monotonic()
                if not self._is_busy and left <= 0:
                    start()
                    return
                self._changed.wait(None if self._is_busy else left)
        raise CancelledError

    def _loaded_path(self) -> str | None:
        model = self._engine.state.model
        return model.path if model is not None else None

    def _is_on_gpu(self) -> bool:
        loaded = self._engine.state.loaded
        return loaded is not None and loaded.gpu_layers > 0


class _Session:
    """One job's tests, each done when `wait` allows it and again when it had to give way."""

    def __init__(
        self,
        job: TuningJob,
        engine: Engine,
        options: LoadOptions,
        wait: Callable[[TuningJob, Callable[[], None]], None],
    ) -> None:
        from chatapp.models.tuning_search import LONGEST, thread_counts

        self._job = job
        self._engine = engine
        self._options = replace(
            options,
            context_length=LONGEST,
            threads=max(thread_counts()),  # a test takes those that it wants
            flash_attention=None if options.cache_type == "f16" else True,
            flash_attention_until=None,
            parallel=1,
            adapters=(),
            draft_model="",
            speculation=False,
        )
        self._wait = wait
        self._waited = 0.0  # seconds
        self._error: ChatappError | None = None

    def run(self, effort: Effort) -> tuple[TuningRow, ...]:
        """The table. Raises `CancelledError`, or what keeps the model from being measured."""
        from chatapp.models.tuning_search import Search, thread_counts

        # Quantised keys and values can't do without it.
        kinds = (True, False) if self._options.cache_type == "f16" else (True,)
        header = _header(self._job.model)
        search = Search(
            self._speeds,
            effort,
            lambda fraction, rows: self._job.tell(TuningProgress(fraction, rows)),
            counts=thread_counts(),
            flash_attention=kinds,
            can_switch=_can_switch(self._job.model),
            context_length=header.context_length if header is not None else 0,
            clock=lambda: time.monotonic() - self._waited,
        )
        rows = search.run()
        if not any(row.write_speed for row in rows):
            raise self._error or GenerationFailed("nothing could be measured")
        return rows

    def _speeds(self, setting: Setting, test: SpeedTest) -> Sequence[float]:
        while True:
            measurement = self._begin(setting, test)
            try:
                return measurement.result.result()
            except CancelledError:  # it gave way, and so does its memory
                self._engine.unload()
            except ChatappError as error:
                logger.info("%s, %s: %r", setting, test, error)
                self._error = error
                return ()

    def _begin(self, setting: Setting, test: SpeedTest) -> Measurement:
        begun: list[Measurement] = []

        def begin() -> None:
            measurement = self._engine.benchmark(
                self._job.model,
                replace(self._options, batch=setting.batch),
                prompt_tokens=test.prompt_tokens,
                generated_tokens=test.generated_tokens,
                depth=test.depth,
                repetitions=test.repetitions,
                threads=setting.threads,
                flash_attention=setting.flash_attention,
                seconds=test.seconds,
            )
            self._job.measures(measurement)
            begun.append(measurement)

        asked = time.monotonic()
        self._wait(self._job, begin)
        self._waited += time.monotonic() - asked
        return begun[0]


def _header(model: ModelFile) -> ModelHeader | None:
    try:
        return model.header or read_header(Path(model.path))
    except ChatappError:
        return None


def _can_switch(model: ModelFile) -> bool:
    """Whether what was read with flash attention can be used without it."""
    header = _header(model)
    return (
        header is not None
        and not any(header.sliding)
        and not any(header.recurrent)
        and not header.is_latent
    )


def _is_tight(model: ModelFile) -> bool:
    """Whether there may be no room for a second copy of it."""
    return this_machine().memory_free < model.size + _SPARE_MEMORY
