"""The parts of an answer as they are found, and what the tools say about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from chatapp.engine.messages import Tool
from chatapp.engine.parts import PartDelta, PartKind, join_deltas

_WORDS = {"true": True, "false": False, "none": None, "null": None}


class Output:
    """Collects what is new in the parts.

    White space around a marker belongs to nobody, so it is given out only when text follows.
    """

    def __init__(self) -> None:
        self._deltas: list[PartDelta] = []
        self._count = 0
        self._kind: PartKind | None = None  # of the part that goes on
        self._is_shown = False  # whether anything of it was given out
        self._blanks: list[str] = []
        self._after_marker = False

    def take(self) -> list[PartDelta]:
        """What is new since the last call."""
        deltas, self._deltas = self._deltas, []
        return join_deltas(deltas)

    def text(self, text: str) -> None:
        """More text of the answer."""
        self._write(PartKind.TEXT, text)

    def thought(self, text: str) -> None:
        """More of what the model thinks."""
        self._write(PartKind.REASONING, text)

    def marker(self) -> None:
        """A marker was read: the part before it is over."""
        if self._kind is PartKind.REASONING and self._is_shown:
            self.tell(PartDelta(self._count - 1, PartKind.REASONING, is_complete=True))
        self._kind = None
        self._blanks = []
        self._after_marker = True

    def is_open(self, sink: Callable[[str], object]) -> PartKind | None:
        """The kind of the part that text for `sink` does nothing but go on; None for no such."""
        kind = self._kind if self._is_shown and not self._blanks else None
        mine = self.text if kind is PartKind.TEXT else self.thought
        return kind if sink == mine else None

    @property
    def index(self) -> int:
        """The number of the last part."""
        return self._count - 1

    def call(self) -> Call:
        """A call begins."""
        self.marker()
        self._count += 1
        return Call(self._count - 1, self.tell)

    def finish(self) -> None:
        """The answer is over. White space at its end belongs to it."""
        if self._kind is not None and self._blanks:
            self._show(self._kind, "")

    def tell(self, delta: PartDelta) -> None:
        """Give this out."""
        self._deltas.append(delta)

    def _write(self, kind: PartKind, text: str) -> None:
        if self._kind is not kind:
            if self._kind is not None:
                self.marker()
            if self._after_marker:
                text = text.lstrip()
            if not text:
                return
            self._kind = kind
            self._is_shown = False
        shown = text.rstrip()
        if shown:
            self._show(kind, shown)
        if len(shown) < len(text):
            self._blanks.append(text[len(shown) :])

    def _show(self, kind: PartKind, text: str) -> None:
        if not self._is_shown:
            self._is_shown = True
            self._count += 1
        self.tell(PartDelta(self._count - 1, kind, "".join((*self._blanks, text))))
        self._blanks = []


class Call:
    """A call that is being read. Its arguments are kept until its name is known."""

    def __init__(self, index: int, tell: Callable[[PartDelta], None]) -> None:
        self._index = index
        self._tell_delta = tell
        self._arguments: list[str] = []
        self.name = ""

    def begin(self, name: str) -> None:
        """Its name is known."""
        if name and not self.name:
            self.name = name = whole_characters(name)
            self._tell(text="".join(self._arguments), name=name)

    def identify(self, call_id: object) -> None:
        """It has an id."""
        if isinstance(call_id, str | int) and call_id != "":
            self._tell(call_id=whole_characters(str(call_id)))

    def write(self, text: str) -> None:
        """More of its arguments."""
        self._arguments.append(text)
        if self.name:
            self._tell(text=text)

    @property
    def can_be_made(self) -> bool:
        """Whether it has a name and its arguments are an object; without any it needs none."""
        if not self.name:
            return False
        if not "".join(self._arguments).strip():
            return True
        return isinstance(read_json("".join(self._arguments)), dict)

    def end(self, raw: Callable[[], str], *, is_whole: bool = True) -> None:
        """It is over; `raw` tells what was written if it can't be made."""
        if is_whole and self.can_be_made:
            empty = not "".join(self._arguments).strip()
            self._tell(text="{}" if empty else "", is_complete=True)
            raw()
        else:
            self._tell(raw=raw())

    def _tell(
        self,
        text: str = "",
        name: str = "",
        call_id: str = "",
        *,
        is_complete: bool = False,
        raw: str = "",
    ) -> None:
        self._tell_delta(
            PartDelta(self._index, PartKind.TOOL_CALL, text, name, call_id, is_complete, raw)
        )


class OfferedTools:
    """What the model may call. None: nobody knows, so whatever it calls may be right."""

    def __init__(self, tools: Sequence[Tool] | None) -> None:
        self._are_known = tools is not None
        self._properties = {tool.name: _properties(tool) for tool in tools or ()}
        self.are_none = tools is not None and not tools

    def has(self, name: object) -> bool:
        """Whether there may be a tool of this name."""
        return isinstance(name, str) and (name in self._properties or not self._are_known)

    def value(self, name: str, parameter: str, text: str) -> Any:
        """What `text` means as a value of this parameter, for formats that don't quote strings."""
        types = self._properties.get(name, {}).get(parameter)
        if types == {"string"}:
            return text
        if types and types <= {"boolean", "null"} and text.strip().lower() in _WORDS:
            return _WORDS[text.strip().lower()]
        return read_json(text, otherwise=text)


def read_json(text: str, *, otherwise: Any = None) -> Any:
    """What a JSON text of a model says."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return otherwise


def write_json(value: object) -> str:
    """As JSON."""
    return whole_characters(json.dumps(value, ensure_ascii=False))


def whole_characters(text: str) -> str:
    """The text without halves of characters, which escapes can make."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _properties(tool: Tool) -> dict[str, set[str]]:
    """The types of each parameter; empty when its schema doesn't say."""
    schema = read_json(tool.parameters)
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return {}
    return {name: _types(found) for name, found in properties.items()}


def _types(schema: object) -> set[str]:
    if not isinstance(schema, dict):
        return set()
    found = schema.get("type")
    if isinstance(found, str):
        return {found}
    if isinstance(found, list):
        return set(map(str, found))
    if isinstance(schema.get("enum"), list):
        return {"string"} if all(isinstance(item, str) for item in schema["enum"]) else set()
    parts = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(parts, list):
        return {name for part in parts for name in _types(part)}
    return set()


def _refuse(name: str) -> None:
    raise ValueError(name)
