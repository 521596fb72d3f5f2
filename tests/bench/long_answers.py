"""As `speed`, with answers of 1,000 tokens."""

from __future__ import annotations

from tests.bench.measure import Measure
from tests.bench.speed import writing


def run() -> list[Measure]:
    """Pairs of greedy answers to prompts that are read before."""
    return writing(1000)
