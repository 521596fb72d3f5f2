"""Which settings are measured for a model, in which order and how long each.

Not all combinations: first the counts of threads, once each, then flash attention for the best of
them, at the beginning of a conversation and deep in it, then how many tokens are read in one go.
What loads the model anew is done together.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import psutil

from chatapp.domain.tuning import DEPTH, TuningRow, choose, speed_at

_FIRST_TOKENS = 8  # tell how long the others take
_LEAST_TOKENS, _MOST_TOKENS = 8, 96  # written in one test
_FIRST_READ, _MOST_READ = 128, 512  # read in one test
_LEAST_DEPTH = 256
_PROMISING = 0.85  # of the fastest: a count of threads whose order may turn with the depth
_FOR_THREADS = 0.4  # of the time: the rest must do for flash attention and batches
_NOISE = 1.2  # the best of several runs to the worst: more is disturbed by something else
_MORE_OFTEN = 2  # tests of the same kind, when they are disturbed

# What a test may need, in tokens.
LONGEST = DEPTH + _MOST_READ + _MOST_TOKENS


@dataclass(frozen=True, slots=True)
class Setting:
    """What a model is loaded with to be measured."""

    threads: int
    flash_attention: bool
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class SpeedTest:
    """As in `Benchmark`."""

    prompt_tokens: int = 0
    generated_tokens: int = 0
    depth: int = 0
    repetitions: int = 1


@dataclass(frozen=True, slots=True)
class Effort:
    """How much time is spent, in seconds: in all, on one test, and on reading up to the depth."""

    seconds: float
    test_seconds: float
    read_seconds: float
    repetitions: int
    batches: tuple[int, ...] = ()


THOROUGH = Effort(60.0, 1.0, 4.0, repetitions=3, batches=(64, 256, 512))
QUICK = Effort(25.0, 0.5, 2.5, repetitions=3)

# Tokens a second of every repetition; none where that can't be had.
Measure = Callable[[Setting, SpeedTest], Sequence[float]]
OnRows = Callable[[float, tuple[TuningRow, ...]], None]  # from 0 to 1


def thread_counts() -> tuple[int, ...]:
    """The counts worth measuring, beginning with one core less than there are."""
    usable = psutil.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        usable = len(os.sched_getaffinity(0))
    cores = min(psutil.cpu_count(logical=False) or usable, usable)
    # A half is often best where half of the cores are slow ones.
    counts = (cores - 1, cores, cores * 3 // 4, cores // 2, usable)
    return tuple(dict.fromkeys(max(1, count) for count in counts))


class Search:
    """One measurement of a model that was trained on `context_length` tokens, 0 for unknown.

    `flash_attention` are the kinds that may be tried. `clock` tells the seconds that are
    spent. `run` gives the rows, without any if no test could be done; what `measure` raises ends
    it.
    """

    def __init__(
        self,
        measure: Measure,
        effort: Effort,
        on_rows: OnRows,
        *,
        counts: tuple[int, ...],
        clock: Callable[[], float] = time.monotonic,
        flash_attention: tuple[bool, ...] = (True, False),
        context_length: int = 0,
    ) -> None:
        self._measure = measure
        self._effort = effort
        self._on_rows = on_rows
        self._counts = counts
        self._clock = clock
        self._kinds = flash_attention
        room = (context_length or LONGEST) - _MOST_READ - _MOST_TOKENS
        self._deepest = min(DEPTH, max(0, room))
        self._rows: dict[Setting, TuningRow] = {}
        self._spent = 0.0
        self._done = 0
        self._planned = len(counts) + 6 + len(effort.batches)
        self._tokens = _MOST_TOKENS
        self._depth = 0
        self._read_speed = 0.0

    def run(self) -> tuple[TuningRow, ...]:
        """All of it; takes about as long as the effort says."""
        first = self._find_first()
        if first is not None:
            counts = self._compare_threads(first)
            self._compare_flash_attention(counts)
            self._compare_batches()
        self._on_rows(1.0, self._table())
        return self._table()

    def _find_first(self) -> Setting | None:
        """A setting that can be loaded; it tells how long the tests take."""
        for kind in self._kinds:
            setting = Setting(self._counts[0], kind)
            speed = self._speed(setting, SpeedTest(generated_tokens=_FIRST_TOKENS))
            if not speed:
                continue
            tokens = round(speed * self._effort.test_seconds)
            self._tokens = min(_MOST_TOKENS, max(_LEAST_TOKENS, tokens))
            self._read_speed = self._speed(setting, SpeedTest(prompt_tokens=_FIRST_READ))
            self._depth = self._affordable_depth()
            return setting
        return None

    def _affordable_depth(self) -> int:
        """What is read in the time for that; a slow model may take six times as long."""
        depth = round(self._read_speed * self._effort.read_seconds)
        if depth * 6 < _LEAST_DEPTH:
            return 0
        depth = min(self._deepest, max(_LEAST_DEPTH, depth))
        return depth if depth >= _LEAST_DEPTH else 0

    def _compare_threads(self, first: Setting) -> tuple[int, ...]:
        """The promising counts, the fastest first."""
        for count in self._counts:
            if count != first.threads and self._spent > _FOR_THREADS * self._effort.seconds:
                continue
            self._write(replace(first, threads=count), repetitions=1)
        speeds = {row.threads: row.write_speed for row in self._table() if row.write_speed}
        counts = sorted(speeds, key=lambda count: -speeds[count])
        return tuple(c for c in counts if speeds[c] >= _PROMISING * speeds[counts[0]])[:2]

    def _compare_flash_attention(self, counts: tuple[int, ...]) -> None:
        for number, count in enumerate(counts):
            for kind in self._kinds:
                if number and self._spent > self._effort.seconds:
                    return
                setting = Setting(count, kind)
                self._write(setting, self._effort.repetitions)
                if self._depth:
                    self._write_deep(setting)

    def _compare_batches(self) -> None:
        """One after the other for the best setting so far, the worker's own first."""
        rows = self._table()
        if not self._effort.batches or not any(row.write_speed for row in rows):
            return
        best = choose(rows, 0.0)
        if best.threads == 1:  # the worker's own makes the same text every time
            return
        setting = Setting(best.threads, best.flash_attention)
        is_slow = 2 * self._effort.test_seconds * self._read_speed < _MOST_READ
        test = SpeedTest(prompt_tokens=_MOST_READ, repetitions=1 if is_slow else 2)
        for batch in (None, *self._effort.batches):
            if self._spent > self._effort.seconds:
                return
            one = replace(setting, batch=batch)
            self._note(one, replace(self._row(one), read_speed=self._speed(one, test)))

    def _write(self, setting: Setting, repetitions: int) -> None:
        test = SpeedTest(generated_tokens=self._tokens, repetitions=repetitions)
        speed = self._speed(setting, test)
        self._note(setting, replace(self._row(setting), write_speed=speed))

    def _write_deep(self, setting: Setting) -> None:
        row = self._row(setting)
        test = SpeedTest(0, self._tokens, self._depth, self._effort.repetitions)
        speed = self._speed(setting, test)
        if speed and row.write_speed:
            speed = speed_at(DEPTH, row.write_speed, speed, self._depth)
            self._note(setting, replace(row, deep_write_speed=speed))

    def _speed(self, setting: Setting, test: SpeedTest) -> float:
        """The median; where the runs differ much, of more of them."""
        begin = self._clock()
        runs: list[float] = []
        for _ in range(1 + _MORE_OFTEN):
            runs += self._measure(setting, test)
            spent = self._spent + self._clock() - begin
            if not runs or max(runs) <= _NOISE * min(runs) or spent > self._effort.seconds:
                break
        self._spent = spent
        return sorted(runs)[len(runs) // 2] if runs else 0.0

    def _row(self, setting: Setting) -> TuningRow:
        new = TuningRow(setting.threads, setting.flash_attention, setting.batch)
        return self._rows.get(setting, new)

    def _note(self, setting: Setting, row: TuningRow) -> None:
        self._rows[setting] = row
        self._done += 1
        by_count = self._done / self._planned
        by_time = self._spent / self._effort.seconds
        self._on_rows(min(0.99, max(by_count, by_time)), self._table())

    def _table(self) -> tuple[TuningRow, ...]:
        return tuple(self._rows.values())
