"""Calls of tools that are written as JSON, alone or after a name.

Each reader begins behind the marker that opened it and returns what came instead if that was no
call after all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatapp.engine.worker.formats.output import Call, OfferedTools, Output, read_json, write_json
from chatapp.engine.worker.formats.source import Reading, Source

_NAMES = ("name", "tool_name", "function", "function_name", "recipient_name")
_ARGUMENTS = ("arguments", "parameters", "args", "input")
_IDS = ("id", "tool_call_id", "call_id")
_FENCES = ("```",)


@dataclass(frozen=True, slots=True)
class JsonCalls:
    """Objects or lists of them between markers.

    With `name_is_key` a call is `{name: arguments}`. `opens_list`: the opening marker has the
    bracket of the list in it.
    """

    openings: tuple[str, ...]
    closings: tuple[str, ...] = ()
    name_is_key: bool = False
    opens_list: bool = False

    @property
    def markers(self) -> tuple[str, ...]:
        """What begins a call in the middle of text."""
        return self.openings

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that it looks for and that may be control tokens."""
        return (*self.openings, *self.closings)

    def read(
        self, source: Source, output: Output, opening: str, tools: OfferedTools
    ) -> Reading[str]:
        """Read calls up to their closing marker."""
        del tools
        source.record(opening)
        blanks = yield from source.blanks()
        if not self.opens_list and (yield from source.peek()) not in ("{", "["):
            if not source.is_control(opening) and (yield from source.peek()):
                source.recorded()
                return opening + blanks
            call = output.call()
            yield from self._give_up(source, call)
            return ""
        yield from self.read_list(source, output, is_list=self.opens_list)
        return ""

    def read_list(self, source: Source, output: Output, *, is_list: bool = False) -> Reading[None]:
        """Read one object, or what follows in a list of them."""
        while True:
            yield from source.blanks()
            char = yield from source.peek()
            if char == "[" and not is_list:
                is_list = True
                source.skip()
            elif char == "{":
                call = output.call()
                is_whole = yield from self._read_object(source, call)
                if not is_whole:
                    yield from self._give_up(source, call)
                    return
                call.end(source.recorded)
                source.record("")
            elif char and char in ",;":
                source.skip()
            elif char == "]" and is_list:
                is_list = False
                source.skip()
            else:
                break
        if (yield from source.literal(*self.closings)) or not is_list:
            source.recorded()
        elif (yield from source.peek()):
            yield from self._give_up(source, output.call())

    def _read_object(self, source: Source, call: Call) -> Reading[bool]:
        source.skip()
        return (yield from self.read_members(source, call))

    def read_members(self, source: Source, call: Call) -> Reading[bool]:
        """Read the rest of an object. Returns whether it is a call that can be made."""
        while True:
            yield from source.blanks()
            char = yield from source.peek()
            if char == ",":
                source.skip()
                continue
            if char == "}":
                source.skip()
                return call.can_be_made
            key = yield from read_key(source)
            if key is None:
                # Brackets at the end are what small models forget.
                is_over = not char or bool((yield from source.literal(*self.closings)))
                return is_over and bool(char) and call.can_be_made
            if not (yield from self._read_member(source, call, key)):
                return False

    def _read_member(self, source: Source, call: Call, key: str) -> Reading[bool]:
        char = yield from source.peek()
        if self.name_is_key and not call.name:
            call.begin(key)
            return char == "{" and (yield from source.json_value(call.write))
        if key in _ARGUMENTS and char == "{":
            return (yield from source.json_value(call.write))
        chunks: list[str] = []
        if not (yield from source.json_value(chunks.append)):
            return False
        value = read_json("".join(chunks))
        if key in _NAMES and isinstance(value, str):
            call.begin(value)
        elif key in _NAMES and isinstance(value, dict):  # {"function": {"name": …}}
            for name in filter(value.get, _NAMES):
                call.begin(str(value[name]))
            for name in filter(value.get, _ARGUMENTS):
                _write_arguments(call, value[name])
        elif key in _ARGUMENTS and isinstance(value, str | list):
            _write_arguments(call, value)
        elif key in _IDS:
            call.identify(value)
        return True

    def _give_up(self, source: Source, call: Call) -> Reading[None]:
        yield from source.until(self.closings, _nowhere)
        call.end(source.recorded, is_whole=False)


@dataclass(frozen=True, slots=True)
class BareJson:
    """Objects at the beginning of an answer, without any marker.

    Such a text is a call only if it begins with the name of a tool. `in_list`: they come in a list.
    """

    in_list: bool = False

    def read(self, source: Source, output: Output, tools: OfferedTools) -> Reading[bool]:
        """Read calls, or text that is none of them. Returns whether there was a call."""
        source.record("")
        if self.in_list:
            if not (yield from source.literal("[")):
                source.recorded()
                return False
            yield from source.blanks()
        if not (yield from source.literal("{")):
            output.text(source.recorded())
            return False
        while (key := (yield from read_key(source))) in (*_NAMES, "type"):
            if (yield from source.peek()) != '"':
                break
            chunks: list[str] = []
            yield from source.json_value(chunks.append)
            value = read_json("".join(chunks))
            if key != "type" and not tools.has(value):
                break
            if key != "type":
                call = output.call()
                call.begin(value)
                form = JsonCalls(())
                if (yield from form.read_members(source, call)):
                    call.end(source.recorded)
                    source.record("")
                    yield from form.read_list(source, output, is_list=self.in_list)
                else:
                    yield from source.until((), _nowhere)
                    call.end(source.recorded, is_whole=False)
                return True
            yield from source.blanks()
            yield from source.literal(",")
            yield from source.blanks()
        output.text(source.recorded())
        return False


@dataclass(frozen=True, slots=True)
class NamedCalls:
    """A name, a marker and an object, between markers.

    `header` finds the name, and perhaps the id, in what stands before the marker, where there can
    be the markers `in_header`. A name can stand behind the marker instead, on a line before a
    fence.
    """

    openings: tuple[str, ...]
    separators: tuple[str, ...]
    closings: tuple[str, ...] = ()
    header: str = r"\s*(?P<name>\S+)"
    in_header: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    is_list_too: bool = False

    @property
    def markers(self) -> tuple[str, ...]:
        """What begins a call in the middle of text."""
        return (*self.openings, *self.sections)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that it looks for and that may be control tokens."""
        return (*self.markers, *self.separators, *self.closings, *self.in_header)

    def read(
        self, source: Source, output: Output, opening: str, tools: OfferedTools
    ) -> Reading[str]:
        """Read one call."""
        del tools
        source.record(opening)
        if self.is_list_too:
            yield from source.blanks()
            if (yield from source.peek()) == "[":
                yield from JsonCalls((), self.closings).read_list(source, output)
                return ""
        if opening in self.sections:
            yield from source.blanks()
            is_empty = not (yield from source.literal(*self.openings))
            if is_empty and (yield from source.literal(*self.closings)):
                source.recorded()
                return ""
        call = output.call()
        is_whole = yield from self._read_call(source, call)
        call.end(source.recorded, is_whole=is_whole)
        yield from source.blanks()
        while (yield from source.literal(*self.closings)):
            yield from source.blanks()
        return ""

    def _read_call(self, source: Source, call: Call) -> Reading[bool]:
        header: list[str] = []
        marker = yield from source.until((*self.separators, *self.closings), header.append)
        if marker not in self.separators:
            return False
        name = "".join(header)
        yield from source.blanks()
        if (yield from source.peek()) != "{":
            line: list[str] = []
            marker = yield from source.until(("\n", *self.closings), line.append)
            if marker != "\n":
                return False
            name = "".join(line)
            yield from source.blanks()
            if (yield from source.literal(*_FENCES)):
                yield from source.literal("json")
                yield from source.blanks()
        found = re.match(self.header, name)
        if found is None or (yield from source.peek()) != "{":
            yield from source.until(self.closings, _nowhere)
            return False
        call.begin(found["name"])
        call.identify(found.groupdict().get("id") or "")
        is_whole = yield from source.json_value(call.write)
        yield from source.blanks()
        yield from source.literal(*_FENCES)
        if not is_whole or not call.can_be_made:
            yield from source.until(self.closings, _nowhere)
            return False
        return True


def read_key(source: Source) -> Reading[str | None]:
    """Read a key of an object, and the colon. Returns None where there is none."""
    yield from source.blanks()
    if (yield from source.peek()) != '"':
        return None
    chunks: list[str] = []
    yield from source.json_value(chunks.append)
    yield from source.blanks()
    key = read_json("".join(chunks))
    if not isinstance(key, str) or not (yield from source.literal(":")):
        return None
    yield from source.blanks()
    return key


def _write_arguments(call: Call, value: object) -> None:
    """Arguments that are an object in a string, or no object at all."""
    call.write(value if isinstance(value, str) else write_json(value))


def _nowhere(text: str) -> None:
    """What is read is only recorded."""
