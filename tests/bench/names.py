"""Which benchmarks there are, in the order in which they run, and how long they take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Seconds:
    """On a quiet machine with two processors, as a first look and in full."""

    quick: float
    full: float


NAMES = {
    "start": Seconds(8, 25),
    "program": Seconds(8, 25),
    "memory": Seconds(25, 25),
    "storage": Seconds(8, 12),
    "library": Seconds(10, 15),
    "header": Seconds(5, 12),
    "download": Seconds(8, 15),
    "download_while_answering": Seconds(45, 260),
    "speed": Seconds(120, 480),
    "window": Seconds(25, 120),
    "adapters": Seconds(10, 30),
    "probe": Seconds(20, 20),
    "embedding": Seconds(20, 20),
    "reuse": Seconds(90, 330),
    "stopping": Seconds(25, 140),
    "extras": Seconds(90, 270),
    "composer": Seconds(15, 40),
    "conversations": Seconds(40, 150),
    "palettes": Seconds(25, 25),
    "finding": Seconds(25, 50),
    "transcript": Seconds(60, 120),
}
# Only when asked for by name or by --long.
LONG = {
    "long_answers": Seconds(240, 2400),
    "speculation": Seconds(300, 1600),
    "identity": Seconds(600, 600),
    "quantize": Seconds(300, 900),
    "tuning": Seconds(180, 300),
}
