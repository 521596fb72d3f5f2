"""Calls whose arguments are written in a notation of their own: Python's, or Gemma's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatapp.engine.worker.formats.output import Call, OfferedTools, Output, read_json, write_json
from chatapp.engine.worker.formats.source import Reading, Source

MAX_DEPTH = 50
_WORDS = {"True": True, "False": False, "None": None, "true": True, "false": False, "null": None}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0", "\n": ""}
_escape = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_blanks = re.compile(r"\s*")
_name = re.compile(r"[^\W\d][\w.\-]*")
_number = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_strings = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)


class _NotWritten(Exception):
    """The text is not in this notation."""


class _Literals:
    """Reads values from a whole text. `quote` stands around strings that need no escapes."""

    def __init__(self, text: str, quote: str = "") -> None:
        self.text = text
        self.at = 0
        self._quote = quote

    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        """`[name(key=value, …), …]`."""
        found = []
        self.need("[")
        while not self.take("]"):
            name = self.name()
            self.need("(")
            found.append((name, self.members("=", ")", 0)))
            if not self.take(","):
                self.need("]")
                break
        self.end()
        return found

    def members(self, sign: str, closing: str, depth: int) -> dict[str, Any]:
        """Names with values, up to the closing bracket."""
        if depth > MAX_DEPTH:
            raise _NotWritten
        found: dict[str, Any] = {}
        while not self.take(closing):
            is_quoted = self._comes(self._quote, '"', "'")
            key = self.value(depth) if is_quoted else self.name()
            self.need(sign)
            found[str(key)] = self.value(depth + 1)
            if not self.take(","):
                self.need(closing)
                break
        return found

    def value(self, depth: int) -> Any:
        """Any value."""
        if depth > MAX_DEPTH:
            raise _NotWritten
        if self._quote and self.take(self._quote):
            end = self.text.find(self._quote, self.at)
            if end < 0:
                raise _NotWritten
            text, self.at = self.text[self.at : end], end + len(self._quote)
            return text
        if self.take("{"):
            return self.members(":", "}", depth + 1)
        if self.take("["):
            items = []
            while not self.take("]"):
                items.append(self.value(depth + 1))
                if not self.take(","):
                    self.need("]")
                    break
            return items
        string = _strings.match(self.text, self.at)
        if string is not None:
            self.at = string.end()
            inside = string[1] if string[1] is not None else string[2]
            return _escape.sub(_unescaped, inside)
        number = _number.match(self.text, self.at)
        if number is not None:
            self.at = number.end()
            value = read_json(number[0])
            return value if value is not None else number[0]
        word = self.name()
        if word not in _WORDS:
            raise _NotWritten
        return _WORDS[word]

    def name(self) -> str:
        self._skip()
        found = _name.match(self.text, self.at)
        if found is None:
            raise _NotWritten
        self.at = found.end()
        return found[0]

    def take(self, sign: str) -> bool:
        self._skip()
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise _NotWritten

    def end(self) -> None:
        self._skip()
        if self.at < len(self.text):
            raise _NotWritten

    def _comes(self, *signs: str) -> bool:
        self._skip()
        return any(sign and self.text.startswith(sign, self.at) for sign in signs)

    def _skip(self) -> None:
        self.at = _blanks.match(self.text, self.at).end()  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class PythonCalls:
    """A list of Python calls between markers: `[name(key=value), …]`."""

    openings: tuple[str, ...]
    closings: tuple[str, ...]

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
        """Read the calls up to their closing marker."""
        del tools
        text: list[str] = []
        source.record(opening)
        yield from source.until(self.closings, text.append)
        try:
            found = _Literals("".join(text)).calls()
        except _NotWritten:
            output.call().end(source.recorded, is_whole=False)
            return ""
        for name, arguments in found:
            _make(output.call(), name, arguments)
        source.recorded()
        return ""


@dataclass(frozen=True, slots=True)
class GemmaCalls:
    """`call:name{key:value, …}` between markers, with strings in a quote of their own."""

    openings: tuple[str, ...]
    closings: tuple[str, ...]
    quote: str

    @property
    def markers(self) -> tuple[str, ...]:
        """What begins a call in the middle of text."""
        return self.openings

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that it looks for and that may be control tokens."""
        return (*self.openings, *self.closings, self.quote)

    def read(
        self, source: Source, output: Output, opening: str, tools: OfferedTools
    ) -> Reading[str]:
        """Read one call."""
        del tools
        text: list[str] = []
        source.record(opening)
        call = output.call()
        yield from source.until(self.closings, text.append, is_spelt=False)
        literals = _Literals("".join(text), source.encode(self.quote))
        try:
            literals.need("call:")
            name = literals.name()
            literals.need("{")
            arguments = literals.members(":", "}", 0)
            literals.end()
        except _NotWritten:
            call.end(source.recorded, is_whole=False)
        else:
            _make(call, name, arguments)
            source.recorded()
        return ""


@dataclass(frozen=True, slots=True)
class PythonCode:
    """What follows Llama's marker: a call as JSON, `name.call(key=value)`, or code to run."""

    openings: tuple[str, ...]
    json: Callable[..., Reading[str]]

    @property
    def markers(self) -> tuple[str, ...]:
        """What begins a call in the middle of text."""
        return self.openings

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that it looks for and that may be control tokens."""
        return self.openings

    def read(
        self, source: Source, output: Output, opening: str, tools: OfferedTools
    ) -> Reading[str]:
        """Read to the end of the answer."""
        blanks = yield from source.blanks()
        if (yield from source.peek()) in ("{", "["):
            return (yield from self.json(source, output, opening, tools))
        text: list[str] = [blanks]
        yield from source.until((), text.append)
        code = "".join(text).strip()
        literals = _Literals(code)
        try:
            name = literals.name()
            literals.need("(")
            arguments = literals.members("=", ")", 0)
            literals.end()
        except _NotWritten:
            _make(output.call(), "python", {"code": code})
        else:
            if name.endswith(".call"):
                _make(output.call(), name.removesuffix(".call"), arguments)
            else:
                _make(output.call(), "python", {"code": code})
        return ""


def _make(call: Call, name: str, arguments: dict[str, Any]) -> None:
    call.begin(name)
    call.write(write_json(arguments))
    call.end(str)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _ESCAPES.get(found[3], found[3])
