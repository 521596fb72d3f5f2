"""The process that colours code and draws formulas, and what is said to it.

It exists because both take longer than the window may stop, and a thread would share the
interpreter with it. One request is answered at a time, so that who killed the process is known.
Nothing here is imported by the window's libraries or imports them; Pygments and ziamath are
imported when they are first needed.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Final

from chatapp.ui.transcript.formulas import Outline
from chatapp.ui.transcript.highlighting import Colors, Highlighter

# What takes longer is given up, in seconds of the process's own processor time …
_SOFT_LIMIT: Final = 1.5
# … and what can't be interrupted, as a regular expression, ends the process.
_HARD_LIMIT: Final = 2.0
# Where that can't be measured, in seconds by the clock: a busy machine is no reason.
_CLOCK_LIMIT: Final = 10.0
_MEMORY_LIMIT: Final = 1 << 30  # bytes of address space
_STACK_LIMIT: Final = 6000  # calls; formulas are nested
_HIGHLIGHTERS: Final = 20


@dataclass(frozen=True, slots=True)
class ColorCode:
    """Answered with the first part of its colours."""

    language: str
    code: str


@dataclass(frozen=True, slots=True)
class ColorMore:
    """Answered with the next part of the last code."""


@dataclass(frozen=True, slots=True)
class ColorGrowing:
    """Answered with all colours of a text that begins at a safe line."""

    language: str
    code: str


@dataclass(frozen=True, slots=True)
class DrawFormula:
    """Answered with its outline."""

    tex: str
    display: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked can't be drawn."""

    reason: str


Request = ColorCode | ColorMore | ColorGrowing | DrawFormula


def run(connection: Connection) -> None:
    """Answer requests until the pipe ends."""
    _behave()
    answering = _Answering()
    with contextlib.suppress(EOFError, OSError), contextlib.closing(connection):
        while True:
            request: Request = connection.recv()
            connection.send(answering.answer(request))


class _Answering:
    def __init__(self) -> None:
        self._highlighters: dict[str, Highlighter] = {}
        self._parts: Iterator[Colors] = iter(())
        self._outline: Callable[[str, bool], Outline] | None = None

    def answer(self, request: Request) -> Colors | Outline | Refused:
        try:
            return self._answer(request)
        # Lexers and TeX come from strangers, so any error may come out; it is the answer.
        except Exception as error:  # noqa: BLE001
            # Without its words, which quote the text: that must not come into a log.
            return Refused(type(error).__name__)

    def _answer(self, request: Request) -> Colors | Outline | Refused:
        if isinstance(request, DrawFormula):
            if self._outline is None:
                from chatapp.ui.transcript.formula_outlines import outline

                self._outline = outline
            with _limited_time():
                return self._outline(request.tex, request.display)
        if isinstance(request, ColorCode | ColorGrowing):
            highlighter = self._highlighter(request.language)
            if isinstance(request, ColorGrowing):
                with _limited_time():
                    return highlighter.color_growing(request.code)
            self._parts = highlighter.color(request.code)
        with _limited_time():
            return next(self._parts, Refused("no more parts"))

    def _highlighter(self, language: str) -> Highlighter:
        highlighter = self._highlighters.pop(language, None) or Highlighter(language)
        self._highlighters[language] = highlighter
        if len(self._highlighters) > _HIGHLIGHTERS:
            del self._highlighters[next(iter(self._highlighters))]
        return highlighter


def _behave() -> None:
    """Take no more than is fair, and end when the others want it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the window's business; its end closes the pipe
    sys.setrecursionlimit(_STACK_LIMIT)
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(OSError, ValueError):  # some systems have no such limit
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
        signal.signal(signal.SIGVTALRM, _give_up)
        # A handler in Python would wait for a regular expression to end.
        signal.signal(signal.SIGPROF, signal.SIG_DFL)


class _TooSlow(Exception):
    """More time than anything worth waiting for takes."""


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise _TooSlow


@contextlib.contextmanager
def _limited_time() -> Iterator[None]:
    """Give up what takes too long, or end the process, without help from its parent."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, _HARD_LIMIT)
        signal.setitimer(signal.ITIMER_VIRTUAL, _SOFT_LIMIT)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)
    else:
        with Path(os.devnull).open("w") as nowhere:
            faulthandler.dump_traceback_later(_CLOCK_LIMIT, exit=True, file=nowhere)
            try:
                yield
            finally:
                faulthandler.cancel_dump_traceback_later()
