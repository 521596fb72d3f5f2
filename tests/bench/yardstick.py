"""How fast this computer is at this moment: the same small piece of work, again and again.

A figure that took twice as long while the yardstick did too is no slower than before.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import time

_TIMES = 9


def milliseconds() -> float:
    """The median of nine."""
    return statistics.median(_once() for _ in range(_TIMES))


def _once() -> float:
    begin = time.perf_counter()
    numbers = [number * number % 97 for number in range(100_000)]
    text = json.dumps(numbers)
    digest = hashlib.sha256(text.encode() * 10).digest()
    names = {f"{number}:{digest[number % 32]}": number for number in json.loads(text)}
    sorted(names, reverse=True)
    return (time.perf_counter() - begin) * 1000
