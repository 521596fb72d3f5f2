"""Which settings are measured for a model, in which order and how long each.

Not all combinations: first the counts of threads, shortly, then flash attention for the best of
them, at the beginning of a conversation and deep in it, then how many tokens are read in one go.

Other programs slow a computer down for seconds at a time, and nothing makes it faster than it is.
So what is compared is measured in rounds of everything, until the best ones of each agree.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import psutil

from chatapp.domain.tuning import DEPTH, TuningRow, choose, speed_at

_FIRST_TOKENS = 8  # tell how long the others take
_LEAST_TOKENS, _MOST_TOKENS = 8, 96  # written in one test
_FIRST_READ, _MOST_READ = 128, 512  # read in one test
_LEAST_DEPTH = 256
_PROMISING = 0.85  # of the fastest: a count of threads whose order may turn with the depth
_FINALISTS = 2  # counts
_FOR_THREADS = 0.3  # of the time, and the share after which no other round is begun:
_FOR_ROUNDS = 0.7  # the rest must do for batches
_SLOWEST = 3.0  # times as long as it should a test may take: it is stopped then
_SAME = 0.97  # of another run: what says the same
_MOST_ROUNDS = 12

# What a test may need, in tokens.
LONGEST = DEPTH + _MOST_READ + _MOST_TOKENS


@dataclass(frozen=True, slots=True)
class Setting:
    """What a model is measured with. Only another batch means loading it anew."""

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
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """How much time is spent, in seconds: in all, on one test, and on reading up to the depth.

    There are more than so many `rounds` where they disagree.
    """

    seconds: float
    test_seconds: float
    read_seconds: float
    rounds: int
    batches: tuple[int, ...] = ()


THOROUGH = Effort(60.0, 0.4, 6.0, rounds=6, batches=(64, 256, 512))
QUICK = Effort(25.0, 0.3, 5.0, rounds=5)

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


class _Rounds:
    """Speeds of several things that were measured in turn."""

    def __init__(self) -> None:
        self._runs: defaultdict[Setting, list[float]] = defaultdict(list)  # the fastest first

    def add(self, speeds: dict[Setting, float]) -> None:
        """Note a round; what was not measured in it is missing or 0."""
        for setting, speed in speeds.items():
            if speed:
                self._runs[setting] = sorted((*self._runs[setting], speed), reverse=True)

    def speeds(self) -> dict[Setting, float]:
        """The second best of each, so that it is no accident; of one or two the best."""
        return {key: runs[1 if len(runs) > 2 else 0] for key, runs in self._runs.items()}

    def agree(self) -> bool:
        """Whether the two best of each say the same."""
        return all(runs[1] >= _SAME * runs[0] for runs in self._runs.values() if len(runs) > 1)


class Search:
    """One measurement of a model that was trained on `context_length` tokens, 0 for unknown.

    `flash_attention` are the kinds that may be tried; with `can_switch` each may be used where it
    is the faster one. `clock` tells the seconds that are spent. `run` gives the rows, without any
    if no test could be done; what `measure` raises ends it.
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
        can_switch: bool = False,
        context_length: int = 0,
    ) -> None:
        self._measure = measure
        self._effort = effort
        self._on_rows = on_rows
        self._counts = counts
        self._clock = clock
        self._begin = clock()
        self._longest = _SLOWEST * effort.test_seconds
        self._kinds = flash_attention
        self._can_switch = can_switch
        room = (context_length or LONGEST) - _MOST_READ - _MOST_TOKENS
        self._deepest = min(DEPTH, max(0, room))
        self._rows: dict[Setting, TuningRow] = {}
        self._fraction = 0.0
        self._tokens = _MOST_TOKENS
        self._depth = 0
        self._read_speed = 0.0

    def run(self) -> tuple[TuningRow, ...]:
        """All of it; takes about as long as the effort says."""
        first = self._find_first()
        if first is not None:
            self._compare_writing(self._compare_threads(first))
            self._compare_batches()
        self._tell(1.0)
        return self._table()

    @property
    def _spent(self) -> float:
        """The share of the time."""
        return (self._clock() - self._begin) / self._effort.seconds

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
        """The promising counts, the fastest first. A disturbed one has another chance."""
        if len(self._counts) <= _FINALISTS:
            return self._counts
        best: dict[int, float] = {}
        test = SpeedTest(generated_tokens=self._tokens, seconds=self._longest)
        for number in range(2):
            for count in self._counts:
                if (number or count != first.threads) and self._spent > _FOR_THREADS:
                    continue
                setting = replace(first, threads=count)
                speed = self._speed(setting, test)
                if speed:
                    best[count] = max(speed, best.get(count, 0.0))
                    self._note(setting, replace(self._row(setting), write_speed=best[count]))
        counts = sorted(best, key=lambda count: -best[count])
        promising = [count for count in counts if best[count] >= _PROMISING * best[counts[0]]]
        return tuple(promising[:_FINALISTS])

    def _compare_writing(self, counts: tuple[int, ...]) -> None:
        """Rounds of all that is left, until enough of them agree."""
        shallow, deep = _Rounds(), _Rounds()
        for number in range(_MOST_ROUNDS):
            if number >= self._effort.rounds and shallow.agree() and deep.agree():
                return
            if number and self._spent > _FOR_ROUNDS:
                return
            for rounds, depth in ((shallow, 0), (deep, self._depth)):
                if rounds is shallow or depth:
                    rounds.add(self._round(counts, depth))
            self._note_speeds(shallow.speeds(), deep.speeds())

    def _round(self, counts: tuple[int, ...], depth: int) -> dict[Setting, float]:
        test = SpeedTest(generated_tokens=self._tokens, depth=depth, seconds=self._longest)
        kinds = self._kinds[::-1] if depth else self._kinds  # no more new contexts than needed
        settings = [Setting(count, kind) for kind in kinds for count in counts]
        return {setting: self._speed(setting, test) for setting in settings}

    def _note_speeds(self, shallow: dict[Setting, float], deep: dict[Setting, float]) -> None:
        for setting, speed in shallow.items():
            found = 0.0
            if setting in deep:
                found = speed_at(DEPTH, speed, deep[setting], self._depth)
            row = replace(self._row(setting), write_speed=speed, deep_write_speed=found)
            self._note(setting, row)

    def _compare_batches(self) -> None:
        """One after the other for the best setting so far, the worker's own first."""
        rows = self._table()
        if not self._effort.batches or not any(row.write_speed for row in rows):
            return
        best = choose(rows, 0.0, can_switch=self._can_switch)
        if best.threads == 1:  # the worker's own makes the same text every time
            return
        setting = Setting(best.threads, best.flash_attention)
        is_slow = 2 * self._effort.test_seconds * self._read_speed < _MOST_READ
        test = SpeedTest(prompt_tokens=_MOST_READ, repetitions=1 if is_slow else 3)
        for batch in (None, *self._effort.batches):
            if self._spent > 1:
                return
            one = replace(setting, batch=batch)
            self._note(one, replace(self._row(one), read_speed=self._speed(one, test)))

    def _speed(self, setting: Setting, test: SpeedTest) -> float:
        """The median of the repetitions; 0 where it can't be had."""
        runs = self._measure(setting, test)
        self._tell(min(0.99, self._spent))
        return _median(runs) if runs else 0.0

    def _row(self, setting: Setting) -> TuningRow:
        new = TuningRow(setting.threads, setting.flash_attention, setting.batch)
        return self._rows.get(setting, new)

    def _note(self, setting: Setting, row: TuningRow) -> None:
        self._rows[setting] = row
        self._tell(self._fraction)

    def _tell(self, fraction: float) -> None:
        self._fraction = max(self._fraction, fraction)
        self._on_rows(self._fraction, self._table())

    def _table(self) -> tuple[TuningRow, ...]:
        return tuple(self._rows.values())


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0
