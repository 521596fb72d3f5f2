"""GPUs that llama.cpp takes for real ones: they compute on the processor and have little memory.

They are a back end of ggml, made of its own structures (ggml-backend-impl.h). Used in a child.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chatapp.engine.channel import Channel
from chatapp.engine.worker.library import Library

_API_VERSION = 2
_KINDS = {"gpu": 1, "igpu": 2}
_POINTER = ctypes.c_void_p
_SIZE = ctypes.c_size_t
_SIZES = ctypes.POINTER(_SIZE)


@dataclass(frozen=True, slots=True)
class MadeUpGpu:
    """Bytes: what it says is free, and what it really gives; of all there is `total`.

    It refuses the first `refusals` times that it is asked for memory.
    """

    name: str
    free: int
    total: int
    gives: int | None = None
    kind: str = "gpu"
    refusals: int = 0


def serve(channel: Channel, error_path: str, *, gpus: Sequence[MadeUpGpu]) -> None:
    """The usual worker with these GPUs."""
    from chatapp.engine.worker import main

    vars(main)["Library"] = _with_gpus(gpus)
    main.run(channel, error_path)


def probe(channel: Channel, error_path: str, *, gpus: Sequence[MadeUpGpu]) -> None:
    """The usual process that probes, with these GPUs."""
    from chatapp.engine.worker import probe

    vars(probe)["Library"] = _with_gpus(gpus)
    probe.run(channel, error_path)


def _with_gpus(gpus: Sequence[MadeUpGpu]) -> Callable[..., Library]:
    def make(*arguments: Any) -> Library:
        library = Library(*arguments)
        register(library, gpus)
        return library

    return make


def register(library: Library, gpus: Sequence[MadeUpGpu]) -> list[Gpu]:
    """Let llama.cpp have these devices from now on."""
    backend = _Backend(library, gpus)
    _KEPT.append(backend)
    return backend.gpus


class Gpu:
    """One of them. `used` are the bytes that are allocated on it.

    Its `facts` may be changed between two loads, but for its name and its kind.
    """

    def __init__(self, backend: _Backend, facts: MadeUpGpu) -> None:
        self.facts = facts
        self.refused = self.used = 0
        self._backend = backend
        self._sizes: dict[int, tuple[int, int]] = {}  # of each buffer, and what frees it
        self._name = ctypes.create_string_buffer(facts.name.encode())
        name = ctypes.addressof(self._name)
        cpu = backend.cpu.contents
        self.device = _Device(reg=ctypes.addressof(backend.registry))
        self._kind = _BufferType(
            get_name=_kept(_POINTER, (_POINTER,), lambda _: name),
            alloc_buffer=_kept(_POINTER, (_POINTER, _SIZE), self._allocate),
            get_alignment=backend.cpu_kind.contents.get_alignment,
            device=ctypes.addressof(self.device),
        )
        self._free = _kept(None, (_POINTER,), self._give_back)
        device = self.device
        device.get_name = device.get_description = self._kind.get_name
        device.get_memory = _kept(None, (_POINTER, _SIZES, _SIZES), self._tell_memory)
        device.get_type = _kept(ctypes.c_int, (_POINTER,), lambda _: _KINDS[facts.kind])
        device.get_props = _kept(None, (_POINTER, ctypes.POINTER(_Properties)), self._tell)
        device.init_backend = _kept(_POINTER, (_POINTER, _POINTER), self._start)
        kind = ctypes.addressof(self._kind)
        device.get_buffer_type = _kept(_POINTER, (_POINTER,), lambda _: kind)
        device.supports_op = cpu.supports_op
        device.supports_buft = _kept(
            ctypes.c_bool, (_POINTER, _POINTER), lambda _, other: other == kind
        )

    def _allocate(self, _kind: int, size: int) -> int | None:
        most = self.facts.free if self.facts.gives is None else self.facts.gives
        if self.refused < self.facts.refusals or self.used + size > most:
            self.refused += 1
            return None
        pointer = self._backend.allocate(self._backend.cpu_kind, size)
        buffer = _Buffer.from_address(pointer)
        self._sizes[pointer] = size, buffer.free_buffer
        buffer.buft, buffer.free_buffer = ctypes.addressof(self._kind), self._free
        self.used += size
        return int(pointer)

    def _give_back(self, pointer: int) -> None:
        size, free = self._sizes.pop(pointer)
        self.used -= size
        ctypes.CFUNCTYPE(None, _POINTER)(free)(pointer)

    def _tell_memory(self, _device: int, free: Any, total: Any) -> None:
        free[0] = max(0, self.facts.free - self.used)
        total[0] = self.facts.total

    def _tell(self, _device: int, properties: Any) -> None:
        told = properties[0]
        told.name = told.description = ctypes.addressof(self._name)
        told.memory_free = max(0, self.facts.free - self.used)
        told.memory_total = self.facts.total
        told.type = _KINDS[self.facts.kind]
        told.mmap_support = True

    def _start(self, _device: int, _parameters: int) -> int:
        pointer = self._backend.start(self._backend.cpu, None)
        self._backend.set_threads(pointer, 1)
        stream = _Stream.from_address(pointer)
        stream.device = ctypes.addressof(self.device)
        stream.get_name = self._kind.get_name
        return int(pointer)


class _Backend:
    def __init__(self, library: Library, gpus: Sequence[MadeUpGpu]) -> None:
        ggml = library.base_function
        self.allocate = ggml("ggml_backend_buft_alloc_buffer", _POINTER, _POINTER, _SIZE)
        self.start = ggml("ggml_backend_dev_init", _POINTER, _POINTER, _POINTER)
        self.set_threads = ggml("ggml_backend_cpu_set_n_threads", None, _POINTER, ctypes.c_int)
        first = ggml("ggml_backend_dev_by_type", ctypes.POINTER(_Device), ctypes.c_int)
        kind = ggml("ggml_backend_cpu_buffer_type", ctypes.POINTER(_BufferType))
        self.cpu, self.cpu_kind = first(0), kind()
        self.registry = _Registry(api_version=_API_VERSION)
        self.gpus = [Gpu(self, facts) for facts in gpus]
        places = [ctypes.addressof(gpu.device) for gpu in self.gpus]
        name = ctypes.create_string_buffer(b"MadeUp")
        _KEPT.append(name)
        self.registry.get_name = _kept(_POINTER, (_POINTER,), lambda _: ctypes.addressof(name))
        self.registry.get_device_count = _kept(_SIZE, (_POINTER,), lambda _: len(places))
        self.registry.get_device = _kept(
            _POINTER, (_POINTER, _SIZE), lambda _, index: places[index]
        )
        ggml("ggml_backend_register", None, _POINTER)(ctypes.addressof(self.registry))


_KEPT: list[object] = []  # ggml calls them until the process ends


def _kept(result: Any, arguments: tuple[Any, ...], function: Callable[..., Any]) -> int | None:
    callback = ctypes.CFUNCTYPE(result, *arguments)(function)
    _KEPT.append(callback)
    return ctypes.cast(callback, _POINTER).value


def _fields(names: str) -> list[tuple[str, Any]]:
    return [(name, _POINTER) for name in names.split()]


class _BufferType(ctypes.Structure):
    _fields_ = _fields(
        "get_name alloc_buffer get_alignment get_max_size get_alloc_size is_host device context"
    )


class _Buffer(ctypes.Structure):
    _fields_ = _fields(
        "free_buffer get_base init_tensor memset_tensor set_tensor get_tensor set_tensor_2d"
        " get_tensor_2d cpy_tensor clear reset buft context"
    )


class _Stream(ctypes.Structure):
    """`ggml_backend`."""

    _fields_ = _fields(
        "guid get_name free set_tensor_async get_tensor_async set_tensor_2d_async"
        " get_tensor_2d_async cpy_tensor_async synchronize graph_plan_create graph_plan_free"
        " graph_plan_update graph_plan_compute graph_compute event_record event_wait"
        " graph_optimize device context"
    )


class _Device(ctypes.Structure):
    _fields_ = _fields(
        "get_name get_description get_memory get_type get_props init_backend get_buffer_type"
        " get_host_buffer_type buffer_from_host_ptr supports_op supports_buft offload_op event_new"
        " event_free event_synchronize reg context"
    )


class _Registry(ctypes.Structure):
    _fields_ = [
        ("api_version", ctypes.c_int),
        *_fields("get_name get_device_count get_device get_proc_address context"),
    ]


class _Properties(ctypes.Structure):
    _fields_ = [
        ("name", _POINTER),
        ("description", _POINTER),
        ("memory_free", _SIZE),
        ("memory_total", _SIZE),
        ("type", ctypes.c_int),
        ("device_id", _POINTER),
        *((name, ctypes.c_bool) for name in ("async", "host_buffer", "from_host_ptr", "events")),
        ("mmap_support", ctypes.c_bool),
    ]
