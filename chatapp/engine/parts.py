"""What an answer is made of: thoughts, text and calls of tools, whole or as they arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """What a part of an answer is."""

    REASONING = "reasoning"
    TEXT = "text"
    TOOL_CALL = "tool_call"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call as the history has it: `arguments` is a JSON object, as text.

    `id` is empty when the model gave none.
    """

    name: str
    arguments: str = "{}"
    id: str = ""


@dataclass(frozen=True, slots=True)
class PartDelta:
    """What is new in the `index`-th part of an answer, from 0.

    `text` goes on where the part ended: a thought, text, or the arguments of a call as JSON. A
    call has `name` in its first delta, and `call_id` in any of them if the model gave one.
    `is_complete` comes with the last delta of a thought that was closed and of a call that can be
    made. A call that can't be made has in its last delta what the model wrote of it, `raw`.
    """

    index: int
    kind: PartKind
    text: str = ""
    name: str = ""
    call_id: str = ""
    is_complete: bool = False
    raw: str = ""

    def __reduce__(self) -> tuple[type[PartDelta], tuple[object, ...]]:
        # What dataclasses with slots do instead is slow, and this is sent all the time.
        return PartDelta, (
            self.index,
            self.kind,
            self.text,
            self.name,
            self.call_id,
            self.is_complete,
            self.raw,
        )


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A part of an answer, as far as it is known. See `PartDelta`."""

    kind: PartKind
    text: str = ""
    name: str = ""
    call_id: str = ""
    is_complete: bool = False
    raw: str = ""


def join_parts(deltas: Iterable[PartDelta]) -> tuple[AnswerPart, ...]:
    """The parts that the deltas of one answer make."""
    found: dict[int, list[PartDelta]] = {}
    for delta in deltas:
        found.setdefault(delta.index, []).append(delta)
    return tuple(_joined(found[index]) for index in sorted(found))


def join_deltas(deltas: Iterable[PartDelta]) -> list[PartDelta]:
    """The same with one delta for each part."""
    found: dict[int, list[PartDelta]] = {}
    for delta in deltas:
        found.setdefault(delta.index, []).append(delta)
    result = []
    for index, some in found.items():
        if len(some) == 1:
            result += some
            continue
        part = _joined(some)
        result.append(
            PartDelta(
                index, part.kind, part.text, part.name, part.call_id, part.is_complete, part.raw
            )
        )
    return result


def _joined(deltas: list[PartDelta]) -> AnswerPart:
    return AnswerPart(
        kind=deltas[0].kind,
        text="".join(delta.text for delta in deltas),
        name=next((delta.name for delta in deltas if delta.name), ""),
        call_id=next((delta.call_id for delta in deltas if delta.call_id), ""),
        is_complete=deltas[-1].is_complete,
        raw=deltas[-1].raw,
    )
