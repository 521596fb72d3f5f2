"""Reads the thoughts, the text and the calls of tools from what a model writes, as it comes.

Every family of models marks them in another way; `chatapp.engine.worker.formats` knows how. A
format is recognised by its markers in the model's own chat template. What has no format that is
known is text, all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from chatapp.engine.messages import Tool
from chatapp.engine.parts import PartDelta, PartKind
from chatapp.engine.worker.formats.calls import BareJson
from chatapp.engine.worker.formats.layouts import (
    CHANNEL_MARKERS,
    RECIPIENT_MARKER,
    read_channels,
    read_recipients,
)
from chatapp.engine.worker.formats.output import OfferedTools, Output
from chatapp.engine.worker.formats.source import Piece, Reading, Source


class CallReader(Protocol):
    """Reads calls of one notation, from behind one of its `markers` on."""

    @property
    def markers(self) -> tuple[str, ...]:
        """What begins a call in the middle of text."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that it looks for and that may be control tokens."""

    def read(
        self, source: Source, output: Output, opening: str, tools: OfferedTools
    ) -> Reading[str]:
        """Read one call, or several. Returns what was read in vain and is text."""


class Layout(Enum):
    """How the parts of an answer follow each other."""

    PLAIN = auto()
    CHANNELS = auto()
    RECIPIENTS = auto()


class Start(Enum):
    """What the text that a parser gets goes on from."""

    ANSWER = auto()  # the end of a prompt
    THOUGHT = auto()  # a prompt that ends in the marker that opens a thought
    MIDDLE_OF_THOUGHT = auto()  # the beginning of a thought, which was given to the model
    MIDDLE_OF_TEXT = auto()  # the beginning of the text, which was given to the model


@dataclass(frozen=True, slots=True)
class Thought:
    """The markers around a thought.

    The model is used to what stands `inside` of them, before and after the thought, and to
    `before_text` behind them.
    """

    opening: str
    closing: str
    inside: str = ""
    before_text: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFormat:
    """How one family writes. `control` are those of its markers that are control tokens.

    Markers that are nothing but text open a thought only at the beginning of an answer, and a call
    only when tools were offered: elsewhere the model talks about them. `ignored` ones say nothing;
    `text_heading` stands before the text of an answer.
    """

    name: str = "text"
    thoughts: tuple[Thought, ...] = ()
    calls: tuple[CallReader, ...] = ()
    bare: BareJson | None = None
    ignored: tuple[str, ...] = ()
    layout: Layout = Layout.PLAIN
    text_heading: str = ""
    control: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether all that it writes is text."""
        has_markers = self.thoughts or self.calls or self.bare or self.ignored
        return not has_markers and self.layout is Layout.PLAIN

    def start_of(self, prompt: str) -> Start:
        """What an answer to this prompt begins with."""
        ending = prompt[-200:].rstrip()
        is_open = any(ending.endswith(thought.opening) for thought in self.thoughts)
        return Start.THOUGHT if is_open else Start.ANSWER

    def beginning(
        self,
        prompt: str,
        thought: str,
        text: str,
        mask: Callable[[str], str],
        *,
        may_think: bool = True,
    ) -> tuple[str, Start]:
        """What to put behind a prompt for an answer that begins with this thought and this text.

        Also what the rest of the answer goes on from. Both go through `mask`, the markers around
        them don't. Without a `text` the thought stays open if the model `may_think`.
        """
        start = self.start_of(prompt)
        is_over = bool(text) or not may_think
        if not self.thoughts or not (thought or (is_over and start is Start.THOUGHT)):
            heading = self.text_heading if text else ""
            return heading + mask(text), Start.MIDDLE_OF_TEXT if text else start
        marks = self.thoughts[0]
        opening = "" if start is Start.THOUGHT else marks.opening + marks.inside
        if not is_over:
            return opening + mask(thought), Start.MIDDLE_OF_THOUGHT
        closing = (
            (marks.inside if thought else "")
            + marks.closing
            + (marks.before_text or self.text_heading)
        )
        return opening + mask(thought) + closing + mask(text), Start.MIDDLE_OF_TEXT


class AnswerParser:
    """Turns an answer, piece by piece, into its parts.

    What it says does not depend on where the answer was cut. Markers that are control tokens of
    the model can't be forged: they are seen only where the piece says that it is one. `tools` are
    those that were offered; None when that is not known.
    """

    def __init__(
        self,
        form: AnswerFormat,
        *,
        start: Start = Start.ANSWER,
        tools: Sequence[Tool] | None = None,
    ) -> None:
        self._form = form
        self._start = start
        self._tools = OfferedTools(tools)
        self._source = Source(form.control)
        self._output = Output()
        self._reading = self._read()
        self._passing: tuple[Callable[[str], object], PartKind] | None = None

    def feed(self, pieces: Iterable[Piece]) -> list[PartDelta]:
        """Add pieces. Returns what is new, one delta for each part."""
        self._source.feed(pieces)
        next(self._reading, None)
        self._passing = self._find_passing()
        return self._output.take()

    def passes(self, text: str) -> PartKind | None:
        """The kind of the last part if this text does nothing but go on there, else None.

        Then it need not be fed, which takes much longer. It is not empty.
        """
        passing = self._passing
        if passing is None or text[-1].isspace() or passing[0](text) is not None:
            return None
        return passing[1]

    @property
    def index(self) -> int:
        """The number of the last part."""
        return self._output.index

    def finish(self, *, is_cut: bool = False) -> list[PartDelta]:
        """Say that the answer is over. Returns the rest.

        Of one that `is_cut`, which can be continued, half a marker at the end is left out: it comes
        whole then.
        """
        self._source.is_closed = True
        self._source.is_cut = is_cut
        next(self._reading, None)
        self._output.finish()
        return self._output.take()

    def _find_passing(self) -> tuple[Callable[[str], object], PartKind] | None:
        if self._source.open is None:
            return None
        search, sink = self._source.open
        kind = self._output.is_open(sink)
        return None if kind is None else (search.may_hold, kind)

    def _read(self) -> Reading[None]:
        source, output, start = self._source, self._output, self._start
        if start is Start.THOUGHT:
            output.marker()
        if self._form.layout is Layout.CHANNELS:
            is_thought = start in {Start.THOUGHT, Start.MIDDLE_OF_THOUGHT}
            body = output.thought if is_thought else output.text
            yield from read_channels(source, output, None if start is Start.ANSWER else body)
        elif self._form.layout is Layout.RECIPIENTS:
            in_text = start is not Start.ANSWER
            yield from read_recipients(source, output, self._tools, in_text=in_text)
        else:
            yield from self._read_plain()

    def _read_plain(self) -> Reading[None]:
        source, output, form = self._source, self._output, self._form
        thoughts = {thought.opening: thought for thought in form.thoughts}
        readers = {
            marker: reader
            for reader in form.calls
            for marker in reader.markers
            if not self._tools.are_none or source.is_control(marker)
        }
        markers = (*filter(source.is_control, thoughts), *form.ignored, *readers)
        ending = tuple(filter(source.is_control, (*form.ignored, *readers)))
        marker = yield from self._read_start(tuple(thoughts))
        while True:
            if not marker:
                marker = yield from source.until(markers, output.text)
            if not marker:
                return
            if marker in thoughts:
                marker = yield from self._read_thought(thoughts[marker].closing, ending)
            elif marker in readers:
                rest = yield from readers[marker].read(source, output, marker, self._tools)
                marker = ""
                if rest:
                    output.text(rest)
                else:
                    output.marker()
            else:
                output.marker()
                marker = ""

    def _read_thought(self, closing: str, ending: tuple[str, ...]) -> Reading[str]:
        """Read a thought. Returns the marker that ended it, unless it is its own."""
        output = self._output
        marker = yield from self._source.until((closing, *ending), output.thought)
        if marker:
            output.marker()
        if marker == closing:
            yield from self._read_bare()
            return ""
        return marker

    def _read_start(self, openings: tuple[str, ...]) -> Reading[str]:
        """Read what can only stand at the beginning. Returns the marker that opens a thought."""
        source, output = self._source, self._output
        if self._start in {Start.THOUGHT, Start.MIDDLE_OF_THOUGHT} and openings:
            return openings[0]
        if self._start is Start.MIDDLE_OF_TEXT:
            return ""
        blanks = yield from source.blanks()
        opening = yield from source.literal(*openings)
        if opening:
            output.marker()
        else:
            output.text(blanks)
            yield from self._read_bare()
        return opening

    def _read_bare(self) -> Reading[None]:
        if self._form.bare is None or self._tools.are_none:
            return
        blanks = yield from self._source.blanks()
        if (yield from self._source.peek()) in ("{", "["):
            yield from self._form.bare.read(self._source, self._output, self._tools)
        else:
            self._output.text(blanks)


def control_markers(form: AnswerFormat, names: Iterable[str]) -> tuple[str, ...]:
    """Which of these names of control tokens stand in the markers of a format."""
    texts = list(form.ignored)
    for thought in form.thoughts:
        texts += thought.opening, thought.closing
    for reader in form.calls:
        texts += reader.texts
    if form.layout is Layout.CHANNELS:
        texts += CHANNEL_MARKERS
    if form.layout is Layout.RECIPIENTS:
        texts.append(RECIPIENT_MARKER)
    everything = "\n".join(texts)
    return tuple(sorted(name for name in set(names) if len(name) > 1 and name in everything))
