"""What a model would take of each device, found out without taking it.

llama.cpp can go through all of loading without allocating anything. What it would have allocated
stands in its log only; the weights' sizes stand in the file.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import llama_cpp.llama_cpp as llama
import psutil

from chatapp.domain.model import MemoryNeed
from chatapp.engine.channel import Channel
from chatapp.engine.files import check_model_file
from chatapp.engine.messages import (
    Failed,
    LoadOptions,
    Ping,
    Pong,
    Probe,
    Probed,
    Shutdown,
    Started,
    StartFailed,
)
from chatapp.engine.quantizing import all_shards
from chatapp.engine.worker.context import Context, ContextRefused
from chatapp.engine.worker.devices import MARGIN, has_gpu, holds, is_shared, rooms
from chatapp.engine.worker.failures import classify
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library, Outline
from chatapp.engine.worker.offload import (
    SHORTEST_LENGTH,
    USABLE_LENGTH,
    Placement,
    choose,
    longest,
    wanted_length,
)
from chatapp.errors import ChatappError, EngineMissing, ModelCannotChat, ModelFileMissing, to_record

MEMORY = ""  # the main memory among the names of devices
_ALL_LAYERS = 10_000
_LONGEST_KEY = 127  # bytes of an override
_MIB = 2**20  # bytes
_USED = re.compile(r"using device (?P<device>\S+) \(")
_ASSIGNED = re.compile(r"layer +(?P<layer>\d+) assigned to device (?P<device>\S+?),")
_KEEPING = re.compile(r"llama_kv\w+: layer +\d+: dev = (?P<device>\S+)")
_KEPT = re.compile(r"llama_kv\w+: size = +(?P<size>[\d.]+) MiB")
_BUFFER = re.compile(
    r"(?P<name>\S+) +(?P<kind>RS|compute|output) buffer size = +(?P<size>[\d.]+) MiB"
)
_BLOCK = re.compile(r"blk\.(?P<layer>\d+)\.")
_OUTPUT = ("output", "cls")  # how the names of the tensors after all layers begin


@dataclass(frozen=True, slots=True)
class Needs:
    """What each of `devices`, in llama.cpp's order, and the main memory would hold."""

    devices: tuple[str, ...]
    on_devices: tuple[MemoryNeed, ...]
    in_memory: MemoryNeed

    @property
    def total(self) -> MemoryNeed:
        """All together."""
        places = (*self.on_devices, self.in_memory)
        return MemoryNeed(
            sum(need.weights for need in places),
            sum(need.cache for need in places),
            sum(need.compute for need in places),
        )


class Prober:
    """Goes through loading one model again and again. Nothing of it stays after `close`.

    `layers` counts the output as one; `trained` is the length of context that the model knows.
    Raises the `ChatappError` that loading would raise, as far as can be seen.
    """

    def __init__(self, library: Library, path: str, options: LoadOptions, threads: int) -> None:
        self._library = library
        self._path = path
        self._options = options
        self._threads = threads
        self._interrupt = Interrupt()  # never set
        self._model: Any = None
        self._placed: tuple[int, tuple[float, ...]] | None = None
        self._places = Places(())
        self._cached: dict[Placement, Needs] = {}
        try:
            outlines = [library.outline(str(shard)) for shard in all_shards(Path(path))]
            self._weights = _Weights([outline.tensors for outline in outlines])
            self._without_vocabulary = _without_vocabulary(outlines[0])
            self._gpus = library.devices()
            self._memory = psutil.virtual_memory().available
            uses_gpu = has_gpu(self._gpus) and options.gpu_layers != 0
            self._load(Placement(_ALL_LAYERS if uses_gpu else 0, 0))
        except OSError:
            raise ModelFileMissing(path) from None
        self.layers = len(self._places.layers)
        self.trained = int(llama.llama_model_n_ctx_train(self._model))

    def close(self) -> None:
        """Give everything back."""
        if self._model is not None:
            llama.llama_model_free(self._model)
            self._model = self._placed = None

    def needs(self, placement: Placement) -> Needs:
        """What the model would take there."""
        if placement not in self._cached:
            self._cached[placement] = self._needs(placement)
        return self._cached[placement]

    def place(self) -> Placement:
        """Where it goes, as far as the options leave that open."""
        found = self._place_on_gpus()
        if self._options.context_length:
            return found
        room = self._memory - MARGIN
        return longest(self._in_memory, (room,), found, SHORTEST_LENGTH)

    def _place_on_gpus(self) -> Placement:
        options, asked = self._options, self._options.gpu_layers
        if not self._places.devices or asked == 0:
            return Placement(0, wanted_length(options, self.trained, in_part=True))
        allowed = rooms(self._places.devices, self._gpus, self._memory)
        if asked is None:
            return choose(self._on_devices, allowed, self.layers, options, self.trained)
        length = wanted_length(options, self.trained, in_part=asked < self.layers)
        found = Placement(min(asked, self.layers), length, options.split)
        if options.context_length:
            return found
        return longest(self._on_devices, allowed, found, USABLE_LENGTH)

    def _on_devices(self, placement: Placement) -> tuple[int, ...]:
        return tuple(need.total for need in self.needs(placement).on_devices)

    def _in_memory(self, placement: Placement) -> tuple[int, ...]:
        needs = self.needs(placement)
        shared = {device.name for device in self._gpus if is_shared(device)}
        beside = zip(needs.devices, needs.on_devices, strict=True)
        return (needs.in_memory.total + sum(n.total for name, n in beside if name in shared),)

    def _load(self, placement: Placement) -> None:
        if self._placed == (placement.layers, placement.split):
            return
        self.close()
        self._library.recent_errors.clear()
        parameters, _split = model_parameters(self._options, placement)
        parameters.no_alloc = True
        parameters.load_mode = llama.LLAMA_LOAD_MODE_NONE
        parameters.kv_overrides = self._without_vocabulary
        with self._library.overheard(is_silent=True) as lines:
            self._model = llama.llama_model_load_from_file(os.fsencode(self._path), parameters)
        if not self._model:
            self._model = None
            raise classify(self._path, self._library.recent_errors)
        self._places = Places(lines)
        self._placed = min(placement.layers, len(self._places.layers)), placement.split

    def _needs(self, placement: Placement) -> Needs:
        self._load(placement)
        options = replace(self._options, context_length=placement.context_length)
        with self._library.overheard(is_silent=True) as lines:
            try:
                context = Context(
                    self._model,
                    options,
                    self._interrupt,
                    threads=self._threads,
                    on_cpu=not placement.layers,
                )
            except ContextRefused:
                if self._library.recent_errors:
                    raise classify(self._path, self._library.recent_errors) from None
                raise ModelCannotChat(self._path) from None
            llama.llama_free(context.pointer)
        return _needs(self._places, self._weights, lines)


def _without_vocabulary(outline: Outline) -> Any:
    """What makes llama.cpp believe that a model has no tokens, only so many numbers.

    To go through those of a large vocabulary takes longer than all the rest of probing.
    """
    if not outline.tokens or not outline.architecture:
        return None
    size, model, _end = overrides = (llama.llama_model_kv_override * 3)()  # the last one is empty
    size.tag = llama.LLAMA_KV_OVERRIDE_TYPE_INT
    size.key = f"{outline.architecture}.vocab_size".encode()[:_LONGEST_KEY]
    size.value.val_i64 = outline.tokens
    model.tag = llama.LLAMA_KV_OVERRIDE_TYPE_STR
    model.key = b"tokenizer.ggml.model"
    model.value.val_str = b"none"
    return overrides


class _Weights:
    """The bytes of each layer, of the output, and of what stays in the main memory."""

    def __init__(self, sizes: Iterable[dict[str, int]]) -> None:
        self.layers: Counter[int] = Counter()
        self.output = self.input = 0
        names = {name: size for part in sizes for name, size in part.items()}
        for name, size in names.items():
            if found := _BLOCK.match(name):
                self.layers[int(found["layer"])] += size
            elif name.startswith(_OUTPUT):
                self.output += size
            else:
                self.input += size
        # Without one of its own the output is the embedding, and on a GPU a second copy of it.
        has_own = any(name.startswith("output.weight") for name in names)
        self.copied = 0 if has_own else names.get("token_embd.weight", 0)


class Places:
    """What the lines about a model say: the GPUs in use, and where each layer lies."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.devices = tuple(m["device"] for m in map(_USED.search, lines) if m)
        found = filter(None, map(_ASSIGNED.search, lines))
        self.layers = {int(m["layer"]): self.of(m["device"]) for m in found}  # the output is last
        self.on_gpus = sum(device != MEMORY for device in self.layers.values())

    def of(self, buffer: str) -> str:
        """The device that a buffer lies on."""
        return next((name for name in self.devices if holds(name, buffer)), MEMORY)


def _needs(places: Places, weights: _Weights, context: Iterable[str]) -> Needs:
    """What the lines about a context say, with the weights."""
    held: Counter[str] = Counter()
    rest = weights.layers.copy()
    output = max(places.layers, default=0)
    for layer, device in places.layers.items():
        if layer == output:
            held[device] += weights.output + (weights.copied if device != MEMORY else 0)
        else:
            held[device] += rest.pop(layer, 0)
    held[MEMORY] += weights.input + rest.total()
    kept: Counter[str] = Counter()
    used: Counter[str] = Counter()
    keeping: Counter[str] = Counter()  # layers of the cache that is being told about

    for line in context:
        if found := _KEEPING.search(line):
            keeping[places.of(found["device"])] += 1
        elif found := _KEPT.search(line):
            size, layers = _bytes(found["size"]), keeping.total()
            for device, count in keeping.items():
                kept[device] += round(size * count / layers)
            keeping.clear()
        elif found := _BUFFER.search(line):
            counter = kept if found["kind"] == "RS" else used
            counter[places.of(found["name"])] += round(_bytes(found["size"]))

    def need(device: str) -> MemoryNeed:
        return MemoryNeed(held[device], kept[device], used[device])

    return Needs(places.devices, tuple(map(need, places.devices)), need(MEMORY))


def _bytes(mebibytes: str) -> float:
    return float(mebibytes) * _MIB


def model_parameters(options: LoadOptions, placement: Placement) -> tuple[Any, Any]:
    """llama.cpp's parameters, and an array that has to live until the model is loaded."""
    parameters = llama.llama_model_default_params()
    parameters.n_gpu_layers = placement.layers
    if not placement.layers:  # else a GPU would still be given large products to compute
        parameters.split_mode = llama.LLAMA_SPLIT_MODE_NONE
        parameters.main_gpu = -1
    shares = None
    if placement.layers and placement.split:
        count = int(llama.llama_max_devices())
        shares = (ctypes.c_float * count)(*placement.split[:count])
        parameters.tensor_split = shares
    if options.memory_lock:
        both, lock = llama.LLAMA_LOAD_MODE_MMAP_MLOCK, llama.LLAMA_LOAD_MODE_MLOCK
        parameters.load_mode = both if options.memory_map else lock
    elif not options.memory_map:
        parameters.load_mode = llama.LLAMA_LOAD_MODE_NONE
    return parameters, shares


# The process that does only this


def run(channel: Channel, error_path: str) -> NoReturn:
    """The process's whole life."""
    _serve(channel)
    with contextlib.suppress(OSError):
        Path(error_path).unlink()
    os._exit(0)


def _serve(channel: Channel) -> None:
    with contextlib.suppress(EOFError, OSError):
        try:
            library = Library(lambda _level, _text: None, Interrupt())
        except EngineMissing as error:
            channel.send(StartFailed(to_record(error)))
            return
        channel.send(Started(os.getpid(), library.build, library.engine))
        while True:
            match channel.recv():
                case Probe() as command:
                    try:
                        channel.send(_probed(library, command))
                    except ChatappError as error:
                        channel.send(Failed(command.request_id, to_record(error)))
                case Ping():
                    channel.send(Pong(0))
                case Shutdown():
                    return


def _probed(library: Library, command: Probe) -> Probed:
    from chatapp.engine.worker.model import default_threads

    check_model_file(command.path)
    if library.lacks_vocabulary(command.path):
        raise ModelCannotChat(command.path)
    threads = command.options.threads or default_threads()
    prober = Prober(library, command.path, command.options, threads)
    try:
        placement = prober.place()
        needs = prober.needs(placement)
    finally:
        prober.close()
    return Probed(
        command.request_id,
        needs.total,
        prober.layers,
        placement.layers,
        placement.context_length,
    )
