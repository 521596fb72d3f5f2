"""Whether a model fits into this computer, told before anything of it is loaded or downloaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from chatapp.domain.header import ModelHeader
from chatapp.domain.model import Device, MemoryNeed
from chatapp.hub.compute_buffer import Batch, compute_bytes
from chatapp.hub.hardware import Machine

MEMORY = "memory"  # what `Fit.limiting` and `Place.name` say of the main memory
MARGIN = 2**30  # bytes of each GPU that stay free: its driver, the screen, other programs
_COMFORTABLE = 0.9  # of what is available
BATCH = 512  # tokens that are computed at once on a GPU, unless another number is chosen
_CPU_STEP = 128
_ONE_THREAD_STEP = 63
_ROWS_ALONE = 3  # sequences when only one answer is written at a time
_CHECKED = 16  # rows of guesses
_PADDING = 256  # places for tokens
_FLOAT = 4  # bytes
_CACHE_TYPES = {"f16": (1, 2), "q8_0": (32, 34), "q4_0": (32, 18)}  # so many in so many bytes

# Tokens that are reckoned with where the engine is to find the length, as it does on a processor.
AUTOMATIC_CONTEXT = 8192


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How a model would be loaded, as `LoadOptions` have it; the defaults are those of a GPU.

    `batch` tokens are computed at once, None for as many as is usual. `sequences` is what the
    worker asks llama.cpp for: the answers written at the same time and six of its own. At most
    `gpu_layers`, the output among them, go to GPUs; None for as many as fit. With `guesses` a few
    tokens are checked at once.
    """

    context_length: int = AUTOMATIC_CONTEXT
    cache_type: str = "f16"
    flash_attention: bool | None = None
    batch: int | None = None
    sequences: int = 10
    gpu_layers: int | None = None
    guesses: bool = True


def for_processor(options: FitOptions, threads: int) -> FitOptions:
    """The options as they become when nothing runs on a GPU (see engine/worker/context.py)."""
    alone = threads == 1 and options.flash_attention is False
    step = options.batch or _CPU_STEP
    return replace(
        options,
        batch=min(step, _ONE_THREAD_STEP) if threads == 1 and not alone else step,
        sequences=min(options.sequences, _ROWS_ALONE) if alone else options.sequences,
        guesses=options.guesses and not alone,
    )


def memory_need(
    header: ModelHeader, size: int, options: FitOptions, projector: int = 0
) -> MemoryNeed:
    """What a model of `size` bytes, all its files together, needs; `projector` bytes beside.

    The formulas are those of llama.cpp (src/llama-kv-cache.cpp, src/llama-kv-cache-iswa.cpp,
    src/llama-memory-recurrent.cpp). A header without layers needs only its weights.
    """
    weights = max(0, size - header.header_bytes) + projector
    if not header.layers:
        return MemoryNeed(weights, 0, 0)
    length = options.context_length
    if header.context_length:
        length = min(length, header.context_length)
    tokens = min(max(options.batch or BATCH, options.sequences), length)
    cells = _padded(length, _PADDING)
    checked = _CHECKED if options.guesses and not any(header.recurrent) else 0
    batch = Batch(
        tokens=_padded(tokens, options.sequences),
        outputs=min(tokens, max(options.sequences, checked)),
        sequences=options.sequences,
        cells=cells,
        flash_attention=options.flash_attention is not False,
        is_quantized=options.cache_type != "f16",
    )
    logits = _FLOAT * header.vocabulary * options.sequences  # where they are read
    return MemoryNeed(
        weights,
        _keys_and_values(header, options, cells) + _states(header, options),
        compute_bytes(header, batch) + logits,
    )


def _padded(number: int, to: int) -> int:
    return -(-number // to) * to


def _keys_and_values(header: ModelHeader, options: FitOptions, cells: int) -> int:
    """A layer with a sliding window keeps all: else no conversation could be gone back in."""
    block, size = _CACHE_TYPES.get(options.cache_type, _CACHE_TYPES["f16"])

    def row(length: int) -> int:
        return _padded(length, block) // block * size

    keeping = [
        (
            heads * (header.sliding_key_length if is_sliding else header.key_length),
            heads * (header.sliding_value_length if is_sliding else header.value_length),
        )
        for heads, is_sliding in zip(header.kv_heads, header.sliding, strict=True)
        if heads
    ]
    longest = max((values for _, values in keeping), default=0)
    total = 0
    for keys, values in keeping:
        # Without flash attention they lie across and have to be of the same length in all layers.
        kept = longest if options.flash_attention is False else values
        kept = 0 if header.is_latent else kept
        total += cells * (row(keys) + row(kept) + row(header.indexer_length))
    return total


def _states(header: ModelHeader, options: FitOptions) -> int:
    """What recurrent layers remember of each sequence (n_embd_r and n_embd_s in llama.cpp)."""
    sizes, length = header.recurrence, header.embedding_length
    heads = max(header.heads[:1], default=0)
    if sizes.wkv_head_size:
        elements = length * (sizes.token_shift_count + sizes.wkv_head_size)
    elif sizes.short_kernel:
        elements = length * (sizes.short_kernel - 1)
    elif sizes.delta_head_size:
        inner = heads * sizes.delta_head_size
        kernel = sizes.conv_kernel or 4
        elements = inner * (3 * (kernel - 1) + sizes.delta_head_size)
    elif header.architecture == "minimax-01":
        elements = heads * header.key_length**2
    else:
        mixed = sizes.inner_size + 2 * sizes.group_count * sizes.state_size
        elements = max(0, sizes.conv_kernel - 1) * mixed + sizes.state_size * sizes.inner_size
    return _FLOAT * elements * options.sequences * sum(header.recurrent)


class Verdict(StrEnum):
    """How a model fits."""

    FITS = "fits"
    TIGHT = "tight"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Place:
    """What one device, or the main memory, would hold. Bytes."""

    name: str
    layers: int
    need: int
    available: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model fits. `available` in bytes, of all places together.

    `gpu_layers` is what llama.cpp calls so: the output counts as one. `limiting` is the place that
    would have to be larger: a device that not all layers go into although the model fits, or that
    all of them go into; else `MEMORY`. `places` are the devices in use and the main memory.
    """

    verdict: Verdict
    need: MemoryNeed
    available: int
    gpu_layers: int
    limiting: str
    places: tuple[Place, ...] = ()


def judge(
    header: ModelHeader, size: int, options: FitOptions, machine: Machine, freed: int = 0
) -> Fit:
    """How a model of `size` bytes (all its files) fits when `freed` bytes are given back first."""
    gpus, shared = _gpus(machine)
    if not shared:
        gpus, freed = _give_back(gpus, freed)
    memory = max(0, min(machine.memory_total, machine.memory_free + freed))
    need = memory_need(header, size, options if gpus else for_processor(options, machine.threads))
    layers = _Layers(header, need)
    wanted = layers.count if options.gpu_layers is None else max(0, options.gpu_layers - 1)
    places = _offload(gpus, layers, memory if shared else None, wanted)
    moved = sum(place.layers for place in places)
    if gpus and not places:
        need = memory_need(header, size, for_processor(options, machine.threads))
    in_memory = need.total
    available = memory
    if places and not shared:
        in_memory = need.weights + need.cache - moved * layers.bytes_each
        in_memory += need.compute if moved < header.layers else 0
        available += sum(max(0, gpu.memory_free - MARGIN) for gpu in gpus)
    verdict = max(_verdict(need.total, available), _verdict(in_memory, memory), key=_ORDER.index)
    everything = moved == header.layers
    on_device = bool(places) and (everything or verdict is Verdict.FITS)
    return Fit(
        verdict=verdict,
        need=need,
        available=available,
        gpu_layers=moved + 1 if places else 0,
        limiting=max(places, key=_fullness).name if on_device else MEMORY,
        places=(*places, Place(MEMORY, header.layers - moved, in_memory, memory)),
    )


_ORDER = tuple(Verdict)


def _verdict(need: int, available: int) -> Verdict:
    if need <= available * _COMFORTABLE:
        return Verdict.FITS
    return Verdict.TIGHT if need <= available else Verdict.TOO_LARGE


def _fullness(place: Place) -> float:
    return place.need / max(1, place.available)


def _gpus(machine: Machine) -> tuple[tuple[Device, ...], bool]:
    """The GPUs that llama.cpp takes, and whether they use the main memory."""
    known = [device for device in machine.devices if device.memory_total]
    own = tuple(device for device in known if device.kind == "gpu")
    if own:
        return own, machine.is_unified
    return tuple(device for device in known if device.kind == "igpu"), True


def _give_back(gpus: tuple[Device, ...], freed: int) -> tuple[tuple[Device, ...], int]:
    """The GPUs once `freed` bytes of theirs are, and what of these must have been elsewhere."""
    after = []
    for gpu in gpus:
        share = min(freed, max(0, gpu.memory_total - gpu.memory_free))
        after.append(replace(gpu, memory_free=gpu.memory_free + share))
        freed -= share
    return tuple(after), freed


class _Layers:
    """What goes to a GPU with each layer, in bytes, and with the output, which goes first.

    The embedding stays in the main memory; the output is as large, and often the same.
    """

    def __init__(self, header: ModelHeader, need: MemoryNeed) -> None:
        self.count = header.layers
        self.compute = need.compute
        embedding = header.vocabulary * header.embedding_length
        share = min(0.5, embedding / header.parameters) if header.parameters else 0.0
        self.output = int(need.weights * share)
        self.bytes_each = (need.weights - self.output + need.cache) // max(1, self.count)


def _offload(
    gpus: tuple[Device, ...], layers: _Layers, memory: int | None, wanted: int
) -> tuple[Place, ...]:
    """The layers that each GPU takes; `memory` is what all of them share, if they do."""
    places: list[Place] = []
    left = min(layers.count, wanted)
    for gpu in gpus:
        room = gpu.memory_free - MARGIN if memory is None else min(gpu.memory_free, memory)
        fixed = layers.compute + (0 if places else layers.output)
        taken = max(0, min(left, (room - fixed) // max(1, layers.bytes_each)))
        if taken:
            places.append(Place(gpu.name, taken, fixed + taken * layers.bytes_each, room))
            left -= taken
    return tuple(places)
