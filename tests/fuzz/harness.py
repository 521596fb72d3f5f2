"""Tries cases by the million in a process of their own, and keeps what is wrong with them.

A target says what a case is and what must hold for it. Each case has few bytes more than the
process needs to live, and little time. One that takes longer, ends the process or raises what
nobody foresaw is a finding, which its number and the seed bring back.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import random
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from chatapp.errors import ChatappError

TARGETS = ("gguf_header", "template", "database", "settings", "imports", "links")

C = TypeVar("C")

_PATIENCE = 60.0  # seconds without a result
_BATCH = 50  # cases
_ERRORS = "errors.txt"
_LONGEST_WORDS = 2000


class Target(ABC, Generic[C]):
    """What is tried. Made in the process where the cases run, in a folder of its own."""

    memory: ClassVar[int] = 64 << 20  # bytes on top of what the process needs
    seconds: ClassVar[float] = 2.0  # of one processor

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def case(self, source: random.Random) -> C:
        """One case; everything in it comes from `source`."""

    def hard_cases(self) -> Iterator[C]:
        """Cases that cost as much as possible of something. Their numbers are -1, -2 and so on."""
        yield from ()

    @abstractmethod
    def check(self, case: C) -> str:
        """Use the case; the kind of what came of it. Raises at a mistake."""

    def prove(self, case: C) -> str:
        """For a case that ended the process: why that does no harm, or raise at a mistake.

        It is called in the process that started the other one.
        """
        raise AssertionError("the process ended")


@dataclass(frozen=True, slots=True)
class Tried:
    """One case: the kind of what came of it, processor seconds, what is wrong (empty: nothing)."""

    case: int
    kind: str
    seconds: float = 0.0
    wrong: str = ""


@dataclass
class Found:
    """The result of a run. `wrong` has a line for each finding."""

    name: str
    seed: int
    cases: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_case: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, tried: Tried) -> None:
        self.cases += 1
        self.kinds[tried.kind or "wrong"] += 1
        if tried.seconds > self.slowest:
            self.slowest, self.slowest_case = tried.seconds, tried.case
        if tried.wrong:
            self.wrong.append(f"case {tried.case}: {tried.wrong}")

    def report(self) -> str:
        kinds = ", ".join(f"{kind} {number}" for kind, number in self.kinds.most_common())
        lines = (
            f"{self.name}, seed {self.seed}: {self.cases} cases in {self.seconds:.0f} s",
            f"came to: {kinds}",
            f"slowest: {self.slowest * 1000:.0f} ms (case {self.slowest_case})",
            f"wrong: {len(self.wrong)}",
            *self.wrong,
        )
        return "\n".join(lines) + "\n"


def make_target(name: str, folder: Path) -> Target[Any]:
    """The one that `tests.fuzz.NAME` calls `TARGET`."""
    target: type[Target[Any]] = importlib.import_module(f"tests.fuzz.{name}").TARGET
    return target(folder)


def run(name: str, seed: int, *, seconds: float = 0.0, cases: int | None = None) -> Found:
    """The hard cases, then others until the time or their number is used up."""
    found = Found(name, seed)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        runner = _Runner(name, seed, Path(folder))
        try:
            for tried in runner.try_all(range(-1, -1 - runner.hard_cases, -1)):
                found.add(tried)
            for first in count(0, _BATCH):
                if time.monotonic() - begin >= seconds if cases is None else first >= cases:
                    break
                last = first + _BATCH if cases is None else min(first + _BATCH, cases)
                for tried in runner.try_all(range(first, last)):
                    found.add(tried)
        finally:
            runner.close()
    found.seconds = time.monotonic() - begin
    return found


def _memory() -> Path | None:
    """A folder where files are quickly on the disk, because there is none."""
    folder = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
    return folder if os.access(folder, os.W_OK) else None


class _Runner:
    """Hands cases to the process, and starts another one when it is gone."""

    def __init__(self, name: str, seed: int, folder: Path) -> None:
        self._name = name
        self._seed = seed
        self._folder = folder
        self._target: Target[Any] | None = None  # of this process
        self._child: _Child | None = _Child(name, seed, folder)
        self.hard_cases = self._child.hard_cases

    def try_all(self, cases: range) -> Iterator[Tried]:
        """The result of each, in order."""
        left = list(cases)
        while left:
            if self._child is None:
                self._child = _Child(self._name, self._seed, self._folder)
            self._child.ask(left)
            while left:
                tried = self._child.receive()
                if tried is None:
                    yield self._bury(left.pop(0))
                    break
                del left[0]
                yield tried

    def _bury(self, case: int) -> Tried:
        """It died of this case, or hangs with it."""
        assert self._child is not None
        words = self._child.close()
        self._child = None
        if self._target is None:
            folder = self._folder / "here"
            folder.mkdir()
            self._target = make_target(self._name, folder)
        try:
            ((_, content),) = cases_of(self._target, [case], self._seed)
            kind = self._target.prove(content)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            return Tried(case, "", wrong=f"{_words(error)} {words}".strip())
        return Tried(case, kind)

    def close(self) -> None:
        if self._child is not None:
            self._child.close()


class _Child:
    """The process in which the cases run."""

    def __init__(self, name: str, seed: int, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        own = Path(tempfile.mkdtemp(dir=folder))
        self._errors = own / _ERRORS
        self._process = context.Process(target=_serve, args=(theirs, name, seed, own))
        self._process.start()
        theirs.close()
        try:
            self.hard_cases: int = self._connection.recv()
        except EOFError:
            raise RuntimeError(f"no process for {name}: {self.close()}") from None

    def ask(self, cases: list[int]) -> None:
        with contextlib.suppress(OSError):  # it is dead: nothing will be received
            self._connection.send(cases)

    def receive(self) -> Tried | None:
        """None when it died or hangs."""
        try:
            if not self._connection.poll(_PATIENCE):
                return None
            tried: Tried = self._connection.recv()
        except (EOFError, OSError):
            return None
        return tried

    def close(self) -> str:
        """End it. Returns the last of what it had to say."""
        self._process.kill()
        self._process.join()
        self._connection.close()
        try:
            return self._errors.read_text(errors="replace")[-_LONGEST_WORDS:]
        except OSError:
            return ""


def _serve(connection: Connection, name: str, seed: int, folder: Path) -> None:
    """Try the cases that come in, and send what came of each."""
    # What C code says, and the traceback of whoever ends the process.
    errors = os.open(folder / _ERRORS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(errors, 2)
    target = make_target(name, folder)
    connection.send(sum(1 for _ in target.hard_cases()))
    while True:
        try:
            cases = connection.recv()
        except (EOFError, OSError):
            return
        for number, case in cases_of(target, cases, seed):
            connection.send(_try(target, number, case))


def _try(target: Target[Any], number: int, case: Any) -> Tried:
    begin = time.process_time()
    kind, wrong = "", ""
    limit_memory(target.memory)
    try:
        kind = target.check(case)
    except ChatappError as error:
        wrong = f"an error that is not foreseen: {_words(error)}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        wrong = _words(error)
    limit_memory(None)
    seconds = time.process_time() - begin
    if seconds > target.seconds:
        wrong = wrong or f"{seconds:.1f} s"
    return Tried(number, kind, seconds, wrong)


def cases_of(target: Target[C], numbers: list[int], seed: int) -> Iterator[tuple[int, C]]:
    """These cases with their numbers: either hard ones that follow each other, or others."""
    if numbers and numbers[0] < 0:
        # One after the other, because all of them together take much room.
        yield from zip(numbers, islice(target.hard_cases(), -1 - numbers[0], None), strict=False)
    else:
        yield from ((one, target.case(random.Random(f"{seed} {one}"))) for one in numbers)


def _words(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    return f"{type(error).__name__}: {error}{place}"


def limit_memory(extra: int | None) -> None:
    """Let this process have so many bytes more than it has; None: as many as there are."""
    if sys.platform == "linux":
        import resource

        unlimited = resource.RLIM_INFINITY
        limit = unlimited
        if extra is not None:
            used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
            limit = used * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (limit, unlimited))
