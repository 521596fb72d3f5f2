"""Calls of tools whose parameters are written one by one in tags, with strings as they are."""

from __future__ import annotations

from dataclasses import dataclass

from chatapp.engine.worker.formats.output import Call, OfferedTools, Output, write_json
from chatapp.engine.worker.formats.source import Reading, Source


@dataclass(frozen=True, slots=True)
class TaggedCalls:
    """A tag with the name, then for each parameter a tag with its name and one with its value.

    Of tags that hold something, beginning and end are given: `("<parameter=", ">")`. The name of
    the call ends with `name_end`, or else where its parameters begin. `sections` stand around
    calls; unless `needs_section`, they can be left out. `text_flag` in a parameter's tag says that
    its value is text. With `has_lines` the value stands on lines of its own.
    """

    openings: tuple[str, ...]
    parameter: tuple[str, str]
    value: tuple[str, str] = ("", "")
    name_end: str = ""
    closings: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    section_closings: tuple[str, ...] = ()
    needs_section: bool = False
    has_lines: bool = False
    text_flag: str = ""

    @property
    def markers(self) -> tuple[str, ...]:
        """What begins a call in the middle of text."""
        return self.sections if self.needs_section else (*self.openings, *self.sections)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that it looks for and that may be control tokens."""
        return (
            *(*self.openings, *self.closings, *self.sections, *self.section_closings),
            *(*self.parameter, *self.value, self.name_end),
        )

    def read(
        self, source: Source, output: Output, opening: str, tools: OfferedTools
    ) -> Reading[str]:
        """Read the calls of one section, or one call."""
        source.record(opening)
        if opening in self.sections:
            blanks = yield from source.blanks()
            if not (yield from source.literal(*self.openings)):
                if (yield from source.literal(*self.section_closings)):
                    source.recorded()
                    return ""
                if not source.is_control(opening) and (yield from source.peek()):
                    source.recorded()
                    return opening + blanks
                yield from source.until(self.section_closings, _nowhere)
                output.call().end(source.recorded, is_whole=False)
                return ""
        while True:
            call = output.call()
            if not (yield from self._read_call(source, call, tools)):
                yield from source.until((*self.section_closings, *self.closings), _nowhere)
                call.end(source.recorded, is_whole=False)
                yield from self._close(source)
                return ""
            call.end(source.recorded)
            source.record("")
            yield from source.blanks()
            opening = yield from source.literal(*self.openings)
            if not opening:
                source.recorded()
                yield from self._close(source)
                return ""
            source.record(opening)

    def _close(self, source: Source) -> Reading[None]:
        yield from source.blanks()
        yield from source.literal(*self.section_closings)

    def _read_call(self, source: Source, call: Call, tools: OfferedTools) -> Reading[bool]:
        name: list[str] = []
        begins = self.parameter[0]
        ends = (self.name_end or begins, *self.closings)
        marker = yield from source.until(ends, name.append)
        call.begin(_unquoted("".join(name)))
        if not marker or not call.name or (self.name_end and marker in self.closings):
            return False
        if self.name_end:
            yield from source.blanks()
            marker = yield from source.literal(begins, *self.closings)
        count = 0
        while marker == begins:
            if not (yield from self._read_parameter(source, call, tools, count)):
                return False
            count += 1
            yield from source.blanks()
            marker = yield from source.literal(begins, *self.closings)
        if count:
            call.write("}")
        return bool(marker)

    def _read_parameter(
        self, source: Source, call: Call, tools: OfferedTools, count: int
    ) -> Reading[bool]:
        chunks: list[str] = []
        if not (yield from source.until((self.parameter[1],), chunks.append)):
            return False
        name, _, flags = "".join(chunks).strip().partition('"')
        name = name.strip()
        if self.value[0]:
            yield from source.blanks()
            if not (yield from source.literal(self.value[0])):
                return False
        chunks = []
        if not (yield from source.until((self.value[1],), chunks.append)):
            return False
        text = "".join(chunks)
        if self.has_lines:
            text = text.removeprefix("\n").removesuffix("\n")
        is_text = bool(self.text_flag) and self.text_flag in flags
        value = text if is_text else tools.value(call.name, name, text)
        call.write(f"{', ' if count else '{'}{write_json(name)}: {write_json(value)}")
        return True


def _unquoted(name: str) -> str:
    return name.strip().strip('"').strip()


def _nowhere(text: str) -> None:
    """What is read is only recorded."""
