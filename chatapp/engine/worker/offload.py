"""How much of a model goes to the GPUs: what to try first, and what next when that fails.

Nothing in here knows llama.cpp, so that it can be tried out with made-up devices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from chatapp.domain.model import LoadNote, LoadNoteKind
from chatapp.engine.messages import LoadOptions
from chatapp.errors import EngineError, ModelLoadFailed, OutOfMemory

T = TypeVar("T")

AUTOMATIC_LENGTH = 32768  # tokens, at most, of a context that nobody chose a length for
AUTOMATIC_LENGTH_ON_CPU = 8192  # where the processor computes any of the layers
USABLE_LENGTH = 4096  # tokens that such a context has at least
SHORTEST_LENGTH = 2048  # with less a model is of little use
_STEP = 256  # tokens: llama.cpp rounds up to it
_PARTS = (0.75, 0.5, 0.25)  # of the layers that did not fit


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model goes.

    The last `layers` of its layers lie on the GPUs; the output, which is the last, counts as one.
    `split` is each GPU's share of them; without it llama.cpp goes by their free memory.
    """

    layers: int
    context_length: int
    split: tuple[float, ...] = ()


Measure = Callable[[Placement], Sequence[int]]


def choose(
    measure: Measure, rooms: Sequence[int], layers: int, options: LoadOptions, trained: int
) -> Placement:
    """The most layers and then the longest context that fit. Without any: all on the processor.

    `measure` tells the bytes that each GPU would hold, `rooms` what it can. Of `layers` there are
    so many; `trained` is the length that the model knows, or 0. A length that was chosen is kept:
    then fewer layers go to the GPUs.
    """
    wanted = wanted_length(options, trained)
    wanted_in_part = wanted_length(options, trained, in_part=True)
    shortest = wanted if options.context_length else min(wanted, USABLE_LENGTH)
    split = options.split
    fits = partial(_fits, measure, rooms)
    if not any(room > 0 for room in rooms):
        return Placement(0, wanted_in_part)
    whole = Placement(layers, wanted, split)
    if fits(whole):
        return whole
    short = Placement(layers, shortest, split)
    if shortest < wanted and fits(short):
        return longest(measure, rooms, whole, shortest)
    if split or len(rooms) == 1:
        number = _largest(lambda count: fits(replace(short, layers=count)), layers - 1)
        found = replace(short, layers=number)
    else:
        found = _fill(measure, rooms, short)
        while found.layers and not fits(found):  # what is computed with grew on an earlier one
            found = _with_counts(found, _one_less(found.split))
    if not found.layers:
        return Placement(0, wanted_in_part)
    most = wanted if found.layers == layers else wanted_in_part
    return longest(measure, rooms, replace(found, context_length=most), shortest)


def longest(
    measure: Measure, rooms: Sequence[int], placement: Placement, shortest: int
) -> Placement:
    """The same with the longest context up to its own that fits; `shortest` when none does."""
    if _fits(measure, rooms, placement):
        return placement
    most = placement.context_length
    shortest = min(shortest, most)
    lengths = reversed(range(most - _STEP, shortest, -_STEP))
    tried = [replace(placement, context_length=length) for length in (shortest, *lengths)]
    number = _largest(lambda number: _fits(measure, rooms, tried[number]), len(tried) - 1)
    return tried[number]


def _fits(measure: Measure, rooms: Sequence[int], placement: Placement) -> bool:
    needs = measure(placement)
    return all(need <= room for need, room in zip(needs, rooms, strict=True))


def _largest(fits: Callable[[int], bool], most: int) -> int:
    """The largest number from 1 to `most` that fits, if all below fit too; 0 without any."""
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        if fits(middle):
            low = middle
        else:
            most = middle - 1
    return low


def _fill(measure: Measure, rooms: Sequence[int], whole: Placement) -> Placement:
    """Fill one GPU after the other, the last one first: the output lies there."""
    counts = [0.0] * len(rooms)
    for gpu in reversed(range(len(rooms))):

        def fits(count: int, gpu: int = gpu) -> bool:
            tried = [*counts[:gpu], float(count), *counts[gpu + 1 :]]
            return measure(_with_counts(whole, tried))[gpu] <= rooms[gpu]

        counts[gpu] = _largest(fits, whole.layers - int(sum(counts)))
    return _with_counts(whole, counts)


def _with_counts(placement: Placement, counts: Sequence[float]) -> Placement:
    return replace(placement, layers=int(sum(counts)), split=tuple(counts))


def _one_less(counts: Sequence[float]) -> list[float]:
    first = next(index for index, count in enumerate(counts) if count)
    return [count - (index == first) for index, count in enumerate(counts)]


def steps_down(first: Placement) -> Iterator[Placement]:
    """What to try in turn when `first`, and each one after it, could not be had after all.

    Fewer layers on the GPUs, then a shorter context, then none on the GPUs.
    """
    last = first
    for part in _PARTS:
        fewer = replace(first, layers=int(first.layers * part))
        if 0 < fewer.layers < last.layers:
            last = fewer
            yield fewer
    if first.layers:
        yield from _shorter(last)
        last = Placement(0, first.context_length)
        yield last
    yield from _shorter(last)


def _shorter(placement: Placement) -> Iterator[Placement]:
    """Half of the context, and a quarter."""
    lengths = [placement.context_length // part for part in (2, 4)]
    for length in dict.fromkeys(max(SHORTEST_LENGTH, length) for length in lengths):
        if length < placement.context_length:
            yield replace(placement, context_length=length)


def wanted_length(options: LoadOptions, trained: int, *, in_part: bool = False) -> int:
    """The tokens of context to begin with; `trained` is 0 where the model does not say.

    `in_part`: the processor computes some of the layers, or all.
    """
    most = AUTOMATIC_LENGTH_ON_CPU if in_part else AUTOMATIC_LENGTH
    wanted = options.context_length or most
    return min(wanted, trained) if trained > 0 else wanted


def notes(
    options: LoadOptions,
    placement: Placement,
    *,
    layers: int,
    trained: int,
    without_gpu: LoadNoteKind | None,
    has_gpu: bool,
) -> tuple[LoadNote, ...]:
    """What came out otherwise than was wanted; `without_gpu` is what to say when there is none.

    `layers` and `trained` are as in `choose`.
    """
    found = []
    asked = layers if options.gpu_layers is None else min(options.gpu_layers, layers)
    if asked > 0 and not has_gpu and without_gpu is not None:
        found.append(LoadNote(without_gpu))
    elif asked > 0 and has_gpu and not placement.layers:
        found.append(LoadNote(LoadNoteKind.NO_GPU_MEMORY))
    elif has_gpu and placement.layers < asked:
        found.append(LoadNote(LoadNoteKind.LAYERS_ON_GPU, placement.layers, layers))
    wanted = wanted_length(options, trained, in_part=placement.layers < layers)
    if placement.context_length < wanted:
        found.append(LoadNote(LoadNoteKind.CONTEXT_SHORTENED, placement.context_length, wanted))
    return tuple(found)


class Refused(Exception):
    """A placement could not be had: for want of room for the weights, or only for the context."""

    def __init__(self, error: EngineError, *, by_context: bool) -> None:
        super().__init__(error)
        self.error = error
        self.by_context = by_context


def first_that_loads(first: Placement, load: Callable[[Placement], T]) -> tuple[Placement, T]:
    """Load `first`, or else the first of the steps down that can be loaded.

    `load` raises `Refused`. For want of memory the next step is tried; when llama.cpp gives no
    reason, only those without a GPU. Raises the last error when nothing works.
    """
    error: EngineError = OutOfMemory("", "")
    hopeless: set[int] = set()  # numbers of layers whose weights found no room
    for placement in (first, *steps_down(first)):
        if placement.layers in hopeless:
            continue
        try:
            return placement, load(placement)
        except Refused as refused:
            error = refused.error
            has_reason = isinstance(error, OutOfMemory)
            if not has_reason and not (placement.layers and type(error) is ModelLoadFailed):
                break
            if not has_reason:
                hopeless |= set(range(1, first.layers + 1))
            elif not refused.by_context:
                hopeless.add(placement.layers)
    raise error
