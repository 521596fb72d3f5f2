"""One measured figure, and how figures of several runs become one."""

from __future__ import annotations

import math
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psutil

QUICK = bool(os.environ.get("CHATAPP_BENCH_QUICK"))  # a first look: few runs, no patience
PAIRS = int(os.environ.get("CHATAPP_BENCH_PAIRS", "3" if QUICK else "15"))
_QUIET_PERCENT = 15.0  # of all processors
_PATIENCE = 1.0 if QUICK else 20.0  # seconds at a time, and
_PATIENCE_IN_ALL = 10.0 if QUICK else 120.0  # in a benchmark
_waits: list[float] = []
_MORE_IS_BETTER = frozenset({"tokens/s", "MB/s", "texts", "x"})
_BAR = re.compile(r"(≤|<|at most|under|≥)? ?(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Measure:
    """One figure; `bar` says in words what it has to keep to.

    `better` is "less", "more" or "neither", where bar and unit don't tell which it is.
    """

    name: str
    value: float
    unit: str
    runs: int = 1
    bar: str = ""
    better: str = ""

    @property
    def direction(self) -> str:
        """Which way is better: "less", "more" or "neither"."""
        if self.better:
            return self.better
        if self.bar and not self.bar[0].isdigit():
            return "more" if self.bar.startswith("≥") else "less"
        return "more" if self.unit in _MORE_IS_BETTER else "less"

    @property
    def keeps_bar(self) -> bool:
        """Whether it is as good as it has to be; True where that is not said."""
        found = _BAR.fullmatch(self.bar)
        if found is None:
            return True
        sign, bar = found[1], float(found[2])
        if sign == "≥":
            return self.value >= bar
        return self.value <= bar if sign else self.value == bar


def runs(number: int, quick: int = 2) -> int:
    """How often something is done: `number` times, or fewer for a first look."""
    return quick if QUICK else number


def median(
    name: str, values: Sequence[float], unit: str, bar: str = "", better: str = ""
) -> Measure:
    """The median of several runs."""
    return Measure(name, statistics.median(values), unit, len(values), bar, better)


def percentile(
    name: str, values: Sequence[float], percent: float, unit: str, bar: str = ""
) -> Measure:
    """The value that `percent` of the runs don't exceed (nearest rank)."""
    rank = max(1, math.ceil(len(values) * percent / 100))
    return Measure(name, sorted(values)[rank - 1], unit, len(values), bar)


def ratio(name: str, values: Sequence[float], bar: str, bound_bar: str) -> list[Measure]:
    """The median of ratios of pairs and the lower bound of it."""
    return [
        median(f"{name}, ratio", values, "x", bar),
        Measure(f"{name}, lower 95 % bound", lower_bound(values), "x", len(values), bound_bar),
    ]


def lower_bound(values: Sequence[float]) -> float:
    """What the true median exceeds with 95 % certainty, from order statistics (one-sided).

    With less than five values there is no such bound: the smallest is returned.
    """
    count = len(values)
    below, rank = 0.0, 0
    while rank < count:
        below += math.comb(count, rank) / 2**count  # at most `rank` values below the median
        if below > 0.05:
            break
        rank += 1
    return sorted(values)[max(0, rank - 1)]


def in_turn(
    sides: Mapping[str, Callable[[int], float]], rounds: int = PAIRS
) -> dict[str, list[float]]:
    """Call all sides with the number of the round, each round beginning with another one.

    The first round, number 0, warms up and is not counted.
    """
    names = list(sides)
    figures: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        wait_until_quiet()
        first = number % len(names)
        for name in names[first:] + names[:first]:
            figure = sides[name](number)
            if number:
                figures[name].append(figure)
    return figures


def wait_until_quiet() -> None:
    """Wait for other processes to be done with the processors, but not for ever."""
    begin = time.monotonic()
    patience = min(_PATIENCE, _PATIENCE_IN_ALL - sum(_waits))
    while patience > 0 and psutil.cpu_percent(0.2) > _QUIET_PERCENT:
        if time.monotonic() - begin > patience:
            note("the machine is busy with something else")
            break
    _waits.append(time.monotonic() - begin)


def note(line: str) -> None:
    """Tell something that is no figure."""
    print(line, file=sys.stderr, flush=True)
