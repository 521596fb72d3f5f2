"""Values that templates of all kinds can use, although they don't agree on what they get."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chatapp.engine.worker.untrusted import Untrusted

MAX_DEPTH = 100


class NoText(str):
    """The text of an answer that has none: some templates want it to be None, others to be empty.

    For those that ask it is None; for those that print it or look for something in it, it is "".
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other is None or str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class Arguments(dict[Any, Any]):
    """The arguments of a call: some templates go through them, others print them as JSON."""

    @classmethod
    def read(cls, text: str, mask: Callable[[str], str]) -> Arguments:
        """From JSON, each string of it masked. What is no object has no members."""
        try:
            value = json.loads(text or "{}")
            return cls(_masked(value, mask) if isinstance(value, dict) else {})
        except (ValueError, RecursionError):
            return cls()

    def __str__(self) -> str:
        return to_json(self)

    def __add__(self, other: str) -> str:
        return str(self) + other

    def __radd__(self, other: str) -> str:
        return other + str(self)


def is_none(value: object) -> bool:
    """Jinja's test."""
    return value is None or isinstance(value, NoText)


def to_json(
    value: object,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,  # noqa: FBT001, FBT002 - as templates call it
    **_options: Any,
) -> str:
    """As templates expect it: without Jinja's escaping for web pages."""
    return json.dumps(
        _for_json(value),
        ensure_ascii=False,
        indent=indent,
        separators=tuple(separators) if separators else None,  # type: ignore[arg-type]
        sort_keys=bool(sort_keys),
    )


def from_json(text: str) -> Any:
    """The other way round, for arguments that could be text: here they never are."""
    return text if isinstance(text, Mapping) else json.loads(text)


def _masked(value: Any, mask: Callable[[str], str], depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {mask(key): _masked(item, mask, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, mask, depth + 1) for item in value]
    return value


def _for_json(value: Any) -> Any:
    if isinstance(value, NoText):
        return ""
    if isinstance(value, Untrusted):
        return value.as_json()
    if isinstance(value, dict):
        return {_for_json(key): _for_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | Iterator):
        return [_for_json(item) for item in value]
    return value
