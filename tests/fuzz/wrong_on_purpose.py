"""Everything that the harness has to notice, for a test of itself."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator

from chatapp.errors import NoModel
from tests.fuzz.harness import Target


class WrongOnPurpose(Target[str]):
    """Each hard case does what it says."""

    seconds = 0.2

    def case(self, source: random.Random) -> str:
        return source.choice(("fine", "good"))

    def hard_cases(self) -> Iterator[str]:
        yield from ("mistake", "error", "end", "harmless end", "memory", "time")

    def check(self, case: str) -> str:
        match case:
            case "mistake":
                raise AssertionError("one is two")
            case "error":
                raise NoModel
            case "end" | "harmless end":
                os._exit(3)
            case "memory":
                bytes(4 * self.memory)
            case "time":
                end = time.process_time() + 2 * self.seconds
                while time.process_time() < end:
                    pass
        return case

    def prove(self, case: str) -> str:
        return "ended" if case.startswith("harmless") else super().prove(case)


TARGET = WrongOnPurpose
