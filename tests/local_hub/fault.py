"""What goes wrong, where, how often, and at which byte."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.local_hub.content import Hollow
from tests.local_hub.exchange import Asked

Kind = Literal[
    "status", "cut", "reset", "stall", "rate", "delay", "corrupt", "norange", "content_range",
    "drop_header", "expire", "swap",
]  # fmt: skip

# What `value` may be for each kind.
_VALUES: dict[str, tuple[type, ...]] = {
    "status": (int,),
    "cut": (type(None),),
    "reset": (type(None),),
    "stall": (type(None), int, float),
    "rate": (int, float),
    "delay": (int, float),
    "corrupt": (type(None),),
    "norange": (type(None),),
    "content_range": (int, str),
    "drop_header": (str,),
    "expire": (type(None),),
    "swap": (bytes, Path, Hollow),
}
_WITH_AFTER = ("cut", "reset", "stall", "rate", "corrupt")
_BEFORE_THE_ANSWER = ("cut", "reset", "stall")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong with some of the requests.

    A request matches if it goes to the origin `where`, contains `match` in its decoded
    `path?query`, has the `method` (empty: any), and if `kind` can do something to it. Of those that
    match, the first `skip` are spared and the next `times` (0: all) are hit. Every fault counts for
    itself, and several can hit one request.

    - `status`: answers with status `value` and with `headers`, such as `Retry-After`. A 429
      without headers says that the quota is used up for one more second.
    - `cut`, `reset`: ends the connection, in order (FIN) or not (RST), when exactly `after` bytes
      of the body have been sent; needs a body that is longer. A reset first waits until the
      client's system has all of them. With `after=-1` there is no answer at all.
    - `stall`: sends nothing for `value` seconds (None: until it is cleared, the hub closed or the
      client has gone) when `after` bytes of the body have been sent (-1: before the head).
    - `rate`: sends at most `value` bytes per second on this connection, from byte `after` on.
    - `delay`: waits `value` seconds before the answer.
    - `corrupt`: one byte is wrong, the one at `after`, which counts from the file's beginning;
      matches only if that byte is in the answer.
    - `norange`: 200 and the whole file in answer to a Range request; matches only these.
    - `content_range`: a Range is answered with one that begins `value` bytes further on, and
      Content-Range says so; or, if `value` is a text, with that text as Content-Range.
    - `drop_header`: the header `value` is missing.
    - `expire`: the signature is refused (403). Only the data origin has signatures.
    - `swap`: from this request on, the file that it names is another one, with the bytes `value`.
    """

    kind: Kind
    where: Literal["data", "metadata"] = "data"
    match: str = ""
    value: float | str | bytes | Path | Hollow | None = None
    times: int = 1
    skip: int = 0
    after: int = 0
    method: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in _VALUES or not isinstance(self.value, _VALUES[self.kind]):
            raise ValueError(f"{self.kind} with the value {self.value!r}")
        if self.after and self.kind not in _WITH_AFTER:
            raise ValueError(f"{self.kind} knows no `after`")
        if self.after < 0 and self.kind not in _BEFORE_THE_ANSWER:
            raise ValueError(f"{self.kind} before the answer")
        if self.kind == "expire" and self.where != "data":
            raise ValueError("only the data origin has signatures")
        if self.headers and self.kind != "status":
            raise ValueError(f"{self.kind} knows no `headers`")

    @property
    def is_early(self) -> bool:
        """Whether it happens before the answer is known."""
        return self.after < 0 or self.kind in {"status", "delay", "expire", "swap"}

    @property
    def number(self) -> float:
        assert isinstance(self.value, int | float)
        return self.value

    def fits(self, where: str, asked: Asked) -> bool:
        return (
            where == self.where and self.method in {"", asked.method} and self.match in asked.target
        )


@dataclass(slots=True)
class Standing:
    """A fault that was asked for: how many requests matched, and whether it was cleared."""

    fault: Fault
    matched: int = 0
    cleared: threading.Event = field(default_factory=threading.Event)


class Faults:
    """The faults of one hub. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing: list[Standing] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._standing.append(Standing(fault))

    def clear(self) -> None:
        """Forget all, and end the ones at work."""
        with self._lock:
            for standing in self._standing:
                standing.cleared.set()
            self._standing = []

    def take(self, where: str, asked: Asked, can_hit: Callable[[Fault], bool]) -> list[Standing]:
        """Those that hit this request, of those that `can_hit` it; each counts it."""
        hits = []
        with self._lock:
            for standing in self._standing:
                fault = standing.fault
                if fault.fits(where, asked) and can_hit(fault):
                    place = standing.matched - fault.skip
                    standing.matched += 1
                    if place >= 0 and (not fault.times or place < fault.times):
                        hits.append(standing)
        return hits
