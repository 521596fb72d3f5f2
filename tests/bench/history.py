"""What was measured before, one run in a line, and what has become worse since.

Runs are compared on the same machine only, and by ratios: of times and rates to the yardstick of
their own run, so that a busy hour is not taken for a slow program.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Self

from tests.bench.measure import Measure

PATH = Path(__file__).with_name("history.jsonl")
_LATEST = 5  # runs that are compared with
_TOLERANCE = 1.2  # times worse than usual, and
_BEYOND = 1.05  # times worse than the worst of them
_TIMES = frozenset({"s", "ms", "µs"})
_RATES = frozenset({"tokens/s", "MB/s"})
# Less than this is no difference that anybody would notice.
_UNNOTICED = {
    "s": 0.02,
    "ms": 0.5,
    "µs": 5.0,
    "MB": 3.0,
    "x": 0.03,
    "tokens/s": 1.0,
    "MB/s": 5.0,
    "%": 0.5,
    "% of range": 0.2,
    "millionths": 20.0,
    "tokens": 1.0,
    "logits": 0.2,
}
_DIGITS = 4


@dataclass(frozen=True)
class Figure:
    """One figure as it is kept. `ratio` is what it is compared by."""

    value: float
    unit: str
    ratio: float
    runs: int
    bar: str
    direction: str

    @classmethod
    def of(cls, measure: Measure, yardstick: float) -> Self:
        """With the yardstick of its run, in milliseconds."""
        ratio = measure.value
        if measure.unit in _TIMES:
            ratio /= yardstick
        elif measure.unit in _RATES:
            ratio *= yardstick
        return cls(
            _short(measure.value),
            measure.unit,
            _short(ratio),
            measure.runs,
            measure.bar,
            measure.direction,
        )


@dataclass(frozen=True)
class Record:
    """One run, of all benchmarks or of some."""

    date: str
    commit: str
    machine: str
    is_quick: bool
    figures: dict[str, Figure]


@dataclass(frozen=True)
class Change:
    """A figure that is not what it was; `factor` times as good or as bad.

    `before` is what it used to be, at the speed that the computer has in the later run.
    """

    key: str
    before: float
    now: float
    unit: str
    factor: float
    is_worse: bool


def keyed(benchmark: str, measures: Iterable[Measure]) -> Iterator[tuple[str, Measure]]:
    """Every measure under a name of its own. What begins with "…" goes on with the one before."""
    taken: set[str] = set()
    whole = ""
    for measure in measures:
        is_rest = measure.name.startswith("…")
        whole = whole if is_rest else measure.name
        key = f"{benchmark}: {whole}{measure.name[1:] if is_rest else ''}"
        while key in taken:
            key += " again"
        taken.add(key)
        yield key, measure


def read(path: Path) -> list[Record]:
    """All runs, the earliest first; none where there is no file."""
    if not path.exists():
        return []
    return [_unpack(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def add(path: Path, record: Record) -> None:
    """Put a run at the end."""
    row = {
        "date": record.date,
        "commit": record.commit,
        "machine": record.machine,
        "quick": record.is_quick,
        "figures": {key: astuple(figure) for key, figure in record.figures.items()},
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def compare(record: Record, earlier: Iterable[Record]) -> list[Change]:
    """What is worse or better than in the latest runs on the same machine, the worst first."""
    alike = [
        other
        for other in earlier
        if (other.machine, other.is_quick) == (record.machine, record.is_quick)
    ]
    changes = []
    for key, figure in record.figures.items():
        before = [other.figures[key] for other in alike if key in other.figures][-_LATEST:]
        change = _change(key, figure, before)
        if change is not None:
            changes.append(change)
    return sorted(changes, key=lambda change: (not change.is_worse, -change.factor))


def _change(key: str, figure: Figure, before: Sequence[Figure]) -> Change | None:
    if not before or figure.direction == "neither":
        return None
    ratios = sorted(other.ratio for other in before)
    middle = statistics.median(ratios)
    # What it was, at the speed that the computer has today.
    then = statistics.median(other.value for other in before)
    usual = figure.value * middle / figure.ratio if figure.ratio else then
    unnoticed = _UNNOTICED.get(figure.unit, 0.0) * (1 if min(usual, figure.value) > 0 else 4)
    if abs(figure.value - usual) < unnoticed:
        return None
    has_grown = figure.ratio > middle
    furthest = ratios[-1] if has_grown else ratios[0]
    is_further = figure.ratio > furthest if has_grown else figure.ratio < furthest
    factor = _factor(figure.ratio, middle)
    if not is_further or factor < _TOLERANCE or _factor(figure.ratio, furthest) < _BEYOND:
        return None
    is_worse = has_grown == (figure.direction == "less")
    return Change(key, usual, figure.value, figure.unit, factor, is_worse)


def _factor(one: float, other: float) -> float:
    """How many times the smaller the larger is; infinite where the smaller is nothing."""
    small, large = sorted((one, other))
    return large / small if small > 0 else math.inf


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _unpack(row: dict[str, object]) -> Record:
    figures = row["figures"]
    assert isinstance(figures, dict)
    return Record(
        str(row["date"]),
        str(row["commit"]),
        str(row["machine"]),
        bool(row["quick"]),
        {key: Figure(*values) for key, values in figures.items()},
    )
