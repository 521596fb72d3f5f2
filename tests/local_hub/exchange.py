"""A request as it was read, and an answer as it is to be written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from tests.local_hub.content import Content

_RANGE = re.compile(r"bytes=(?:(\d+)-(\d*)|-(\d+))")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `raw_path` is as it was sent, without the query; headers have lower-case names."""

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(self.raw_path)

    @property
    def target(self) -> str:
        """Decoded path and query, for faults to match."""
        return self.path + ("?" + unquote(self.query) if self.query else "")

    @property
    def segments(self) -> list[str]:
        """The decoded parts of the path: a revision may hold a slash."""
        return [unquote(part) for part in self.raw_path.split("/")[1:]]

    def values(self, name: str) -> list[str]:
        """All values of a parameter of the query."""
        return parse_qs(self.query, keep_blank_values=True).get(name, [])

    def value(self, name: str, default: str = "") -> str:
        return (self.values(name) or [default])[-1]

    def range_bounds(self) -> tuple[int | None, int | None]:
        """First and last byte as asked for; a negative first one counts from the end."""
        match = _RANGE.fullmatch(self.headers.get("range", ""))
        if match is None:
            return None, None
        first, last, suffix = match.groups()
        if suffix is not None:
            return -int(suffix), None
        return int(first), int(last) if last else None

    def range_of(self, size: int) -> tuple[int, int] | None:
        """First byte and the one after the last, of a file; None if no (single) range is asked for.

        An empty span is a range that can't be satisfied.
        """
        first, last = self.range_bounds()
        if first is None or (last is not None and last < first):
            return None
        if first < 0:
            return max(0, size + first), size
        return min(first, size), size if last is None else min(last + 1, size)


@dataclass(slots=True)
class Answer:
    """A status, headers and a body; `takes_ranges` if a part of it can be asked for."""

    status: int
    headers: dict[str, str]
    content: Content
    takes_ranges: bool = False


def json_answer(value: object, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(
        200,
        {"Content-Type": "application/json; charset=utf-8", **(headers or {})},
        Content(json.dumps(value)),
    )


def refusal(status: int, message: str, code: str = "", **headers: str) -> Answer:
    """An error as the Hub puts it: a code and a message in headers, the message in the body too."""
    answer = json_answer({"error": message}, {"X-Error-Message": message})
    if code:
        answer.headers["X-Error-Code"] = code
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    answer.status = status
    return answer
