"""Making a model smaller and trying it, in a process that does only that and ends.

What the application tells such a process and hears from it. As everywhere, llama.cpp may abort or
run out of memory in there, and what it uses is given back for certain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from chatapp.domain.quantization import QuantizePlan, QuantType
from chatapp.engine.channel import Channel
from chatapp.errors import ErrorRecord, ModelFileMissing, ShardsMissing

_SHARD = re.compile(r"(?P<name>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})")

# What it is asked for, one after the other


@dataclass(frozen=True, slots=True)
class Survey:
    """Tell what a model would become; if `timed`, also how long that takes about.

    Answered by `Planned` for each type, and `Surveyed`.
    """

    source: str
    kinds: tuple[QuantType, ...]
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Quantize:
    """Write a smaller model to `part`, which is there and empty, after a `Survey` of the source.

    Answered by `QuantizeProgress`… and `Quantized`. `requantize` allows a source that is quantised
    already.
    """

    source: str
    part: str
    kind: QuantType
    requantize: bool


@dataclass(frozen=True, slots=True)
class TryModel:
    """Have a model write a few tokens, always the likeliest. Answered by `Tried`.

    With `forced` tokens it chooses at the same places, but goes on with those instead of its own.
    """

    path: str
    forced: tuple[int, ...] = ()


# What it answers


@dataclass(frozen=True, slots=True)
class Planned:
    """What will become of the model."""

    plan: QuantizePlan


@dataclass(frozen=True, slots=True)
class Surveyed:
    """All plans were sent."""


@dataclass(frozen=True, slots=True)
class QuantizeProgress:
    """The part of the source, from 0 to 1, that is done."""

    fraction: float


@dataclass(frozen=True, slots=True)
class Quantized:
    """The file is complete."""

    llama_build: str


@dataclass(frozen=True, slots=True)
class Tried:
    """The model could be loaded and computed.

    `tokens` are its choices; an embedding model has none. `is_finite`: all that it computed are
    numbers. `only_ends`: every choice would end the text.
    """

    tokens: tuple[int, ...] = ()
    is_finite: bool = True
    only_ends: bool = False


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """It can't be done."""

    error: ErrorRecord


Task = Survey | Quantize | TryModel
TaskReply = Planned | Surveyed | QuantizeProgress | Quantized | Tried | TaskFailed


def run_tasks(channel: Channel, error_path: str, *, part: str = "") -> None:
    """In the child: the process's whole life.

    It deletes the file `part` when the application dies, which leaves nobody else to do it.
    """
    from chatapp.engine.worker import quantizing  # in here, so that the parent never imports it

    quantizing.run(channel, error_path, part)


def all_shards(path: Path) -> tuple[Path, ...]:
    """The files of the model that `path` belongs to, in order. Raises `ShardsMissing`."""
    found = _SHARD.fullmatch(path.stem)
    if found is None:
        return (path,)
    name, count = found["name"], int(found["count"])
    shards = tuple(
        path.with_name(f"{name}-{number:05}-of-{count:05}{path.suffix}")
        for number in range(1, count + 1)
    )
    if missing := sum(not shard.is_file() for shard in shards):
        raise ShardsMissing(str(path), missing)
    return shards or (path,)


def name_without_shard(path: Path) -> str:
    """The file's name without its end and without the number of a shard."""
    found = _SHARD.fullmatch(path.stem)
    return path.stem if found is None else found["name"]


def total_size(path: Path) -> int:
    """Bytes of all files of a model. Raises `ShardsMissing` or `ModelFileMissing`."""
    try:
        return sum(shard.stat().st_size for shard in all_shards(path))
    except OSError:
        raise ModelFileMissing(str(path)) from None
