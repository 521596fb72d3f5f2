"""How long what happens at random goes on, and how it is repeated.

In a usual run of the tests few rounds with seed 1 have to do; `python -m tests.faults` says
otherwise by these variables of the environment.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

SEED = "CHATAPP_TEST_SEED"
SECONDS = "CHATAPP_FAULTS_SECONDS"
REPORT = "CHATAPP_FAULTS_REPORT"
# Of one test in seconds; none where somebody said how long it shall go on.
LIMIT = 0 if os.environ.get(SECONDS) else 300


class Chance:
    """Rounds, each with dice of its own, and a report of what came of them."""

    def __init__(self) -> None:
        self.seed = int(os.environ.get(SEED, "1"))
        self.seconds = float(os.environ.get(SECONDS, "0"))
        self.is_long = self.seconds > 0

    def rounds(self, fewest: int) -> Iterator[tuple[int, random.Random]]:
        """So many, or as many as fit into the time."""
        end = time.monotonic() + self.seconds
        number = 0
        while number < fewest or time.monotonic() < end:
            yield number, random.Random(f"{self.seed} {number}")
            number += 1

    def report(self, part: str, **figures: float) -> None:
        """Note figures for whoever wants to read them."""
        path = os.environ.get(REPORT)
        if path:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"part": part, "seed": self.seed, **figures}) + "\n")
