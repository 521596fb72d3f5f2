"""One measured figure, and how figures of several runs become one."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One figure; `bar` says in words what it has to keep to."""

    name: str
    value: float
    unit: str
    runs: int = 1
    bar: str = ""


def median(name: str, values: Sequence[float], unit: str, bar: str = "") -> Measure:
    """The median of several runs."""
    return Measure(name, statistics.median(values), unit, len(values), bar)
