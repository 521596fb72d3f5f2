"""llama.cpp's shared library: loading it, its log, its assertions, its devices.

Everything here is global to the process, as it is in llama.cpp.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.util
import logging
import os
import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from chatapp.domain.engine_pack import EngineInfo, backend_of
from chatapp.domain.model import Device
from chatapp.engine.process import PACK_VARIABLE
from chatapp.engine.worker.interface import lacking
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.errors import EngineMissing

_LEVELS = {1: logging.DEBUG, 2: logging.INFO, 3: logging.WARNING, 4: logging.ERROR}
_CONTINUED = 5
_BUFFER = re.compile(r"(?P<kind>KV|RS|compute|output) buffer size = +(?P<size>[\d.]+) MiB")
_MIB = 2**20  # bytes
_GGUF_STRING = 8
_GGUF_ARRAY = 9
_TOKENS = "tokenizer.ggml.tokens"
_DEVICE_KINDS = {0: "cpu", 1: "gpu", 2: "igpu", 3: "accelerator"}


class Library:
    """The loaded library. `log` gets every line of llama.cpp (level, text), from any thread.

    What it says of a computation that was interrupted is left out: that is no error. Raises
    `EngineMissing`. `recent_errors` are the last lines of that kind, for finding out
    why something failed: llama.cpp has no error codes. `buffers` are the bytes that it said it
    took for keys and values ("KV"), recurrent states ("RS"), "compute" and "output"; nothing else
    tells them. `folder` is where its files lie.
    """

    def __init__(self, log: Callable[[int, str], None], interrupt: Interrupt) -> None:
        os.environ["GGML_NO_BACKTRACE"] = "1"  # else ggml runs a debugger before it aborts
        self.recent_errors: deque[str] = deque(maxlen=50)
        self.buffers: Counter[str] = Counter()
        self._log = log
        self._interrupt = interrupt
        self._level = logging.INFO
        self._partial_line = ""
        self._overheard: list[str] | None = None
        self._is_silent = False
        try:
            self.folder = prepare_package()
            api: Any = importlib.import_module("llama_cpp.llama_cpp")
            if missing := lacking(api):
                raise ImportError(f"another version than Chatapp knows, without {missing}")
            self._ggml, self._base = _open_ggml(self.folder)
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise EngineMissing(str(_root(error))) from error
        # These objects must live as long as the library may call them.
        self._log_callback = api.llama_log_callback(self._on_log)
        self._assert_callback = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(self._on_assert)
        api.llama_log_set(self._log_callback, None)
        self._base.ggml_set_abort_callback.restype = ctypes.c_void_p
        self._base.ggml_set_abort_callback(self._assert_callback)
        # A no-op unless the processor back ends were built as modules. The form without an
        # argument would search the current folder for code to load.
        self._ggml.ggml_backend_load_all_from_path(os.fsencode(self.folder))
        api.llama_backend_init()
        commit = _function(self._base, "ggml_commit", ctypes.c_char_p)
        self.build = f"{api.llama_version().decode()} {commit().decode().removesuffix('-dirty')}"
        backend = backend_of(file.name for file in self.folder.iterdir())
        pack = Path(os.environ.get(PACK_VARIABLE, ""))
        self.engine = EngineInfo(pack.name, self.build, backend)

    def _on_log(self, level: int, text: bytes, _data: object) -> None:
        if level != _CONTINUED:
            self._level = _LEVELS.get(level, logging.INFO)
        *lines, self._partial_line = (self._partial_line + text.decode(errors="replace")).split(
            "\n"
        )
        for line in lines:
            if self._overheard is not None:
                self._overheard.append(line)
            if line.strip(". ") and not self._interrupt:
                if self._level >= logging.ERROR:
                    self.recent_errors.append(line)
                if (
                    self._level > logging.DEBUG and not self._is_silent
                ):  # some of those come with every token
                    self._log(self._level, line)
                    if found := _BUFFER.search(line):
                        self.buffers[found["kind"]] += round(float(found["size"]) * _MIB)

    def _on_assert(self, text: bytes) -> None:
        line = text.decode(errors="replace").strip()
        os.write(2, line.encode() + b"\n")
        self._log(logging.ERROR, line)

    def note(self, line: str) -> None:
        """Add a line of ours to the log."""
        self._log(logging.INFO, line)

    @contextlib.contextmanager
    def overheard(self, *, is_silent: bool = False) -> Iterator[list[str]]:
        """Every line that llama.cpp writes meanwhile, even those for finding its mistakes.

        With `is_silent` the log does not get them.
        """
        lines: list[str] = []
        self._overheard, self._is_silent = lines, is_silent
        try:
            yield lines
        finally:
            self._overheard, self._is_silent = None, False

    def base_function(self, name: str, result: Any, *arguments: Any) -> Any:
        """A function of ggml itself, with the types of what it gives and takes."""
        return _function(self._base, name, result, *arguments)

    def lacks_vocabulary(self, path: str) -> bool:
        """Whether a GGUF file says that it has none.

        llama.cpp makes a list of the size that such a file names, however large, before it fails.
        """
        with self._header(path) as read:
            return read.text("tokenizer.ggml.model") in {"none", "no_vocab"}

    def outline(self, path: str) -> Outline:
        """What a GGUF file has, as far as it can be read: loading it tells why not."""
        with self._header(path) as read:
            return Outline(
                read.text("general.architecture"), read.length(_TOKENS), read.tensor_sizes()
            )

    @contextlib.contextmanager
    def _header(self, path: str) -> Iterator[_Header]:
        pointer = ctypes.c_void_p
        read = _function(
            self._base, "gguf_init_from_file", pointer, ctypes.c_char_p, GgufParameters
        )
        header = read(os.fsencode(path), GgufParameters(no_alloc=True, context=None))
        try:
            yield _Header(self._base, header)
        finally:
            if header:
                _function(self._base, "gguf_free", None, pointer)(header)

    def devices(self) -> tuple[Device, ...]:
        """What ggml can compute on."""
        count = _function(self._ggml, "ggml_backend_dev_count", ctypes.c_size_t)
        get = _function(self._ggml, "ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
        name = _function(self._base, "ggml_backend_dev_name", ctypes.c_char_p, ctypes.c_void_p)
        description = _function(
            self._base, "ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p
        )
        kind = _function(self._base, "ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
        memory = _function(
            self._base,
            "ggml_backend_dev_memory",
            None,
            ctypes.c_void_p,
            ctypes.POINTER(ctypes.c_size_t),
            ctypes.POINTER(ctypes.c_size_t),
        )
        devices = []
        for index in range(count()):
            device = get(index)
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            memory(device, ctypes.byref(free), ctypes.byref(total))
            devices.append(
                Device(
                    name(device).decode(errors="replace"),
                    description(device).decode(errors="replace"),
                    _DEVICE_KINDS.get(kind(device), "accelerator"),
                    free.value,
                    total.value,
                )
            )
        return tuple(devices)


@dataclass(frozen=True, slots=True)
class Outline:
    """How many tokens a model knows, and the bytes of each of its tensors, by name."""

    architecture: str
    tokens: int
    tensors: dict[str, int]


class _Header:
    """What stands before the tensors of a GGUF file; nothing at all when it could not be read."""

    def __init__(self, base: ctypes.CDLL, pointer: int | None) -> None:
        self._base = base
        self._pointer = pointer

    def _call(self, name: str, result: Any, *arguments: int) -> Any:
        kinds = (ctypes.c_int64,) * len(arguments)
        return _function(self._base, name, result, ctypes.c_void_p, *kinds)(
            self._pointer, *arguments
        )

    def _find(self, key: str, kind: int) -> int | None:
        """The place of a key whose value is of this kind."""
        if not self._pointer:
            return None
        find = _function(
            self._base, "gguf_find_key", ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p
        )
        place = int(find(self._pointer, key.encode()))
        is_there = place >= 0 and self._call("gguf_get_kv_type", ctypes.c_int, place) == kind
        return place if is_there else None

    def text(self, key: str) -> str:
        place = self._find(key, _GGUF_STRING)
        if place is None:
            return ""
        value: bytes = self._call("gguf_get_val_str", ctypes.c_char_p, place)
        return value.decode(errors="replace")

    def length(self, key: str) -> int:
        place = self._find(key, _GGUF_ARRAY)
        return 0 if place is None else int(self._call("gguf_get_arr_n", ctypes.c_size_t, place))

    def tensor_sizes(self) -> dict[str, int]:
        if not self._pointer:
            return {}
        call, name, size = self._call, ctypes.c_char_p, ctypes.c_size_t
        return {
            call("gguf_get_tensor_name", name, index).decode(errors="replace"): call(
                "gguf_get_tensor_size", size, index
            )
            for index in range(call("gguf_get_n_tensors", ctypes.c_int64))
        }


class GgufParameters(ctypes.Structure):
    """`gguf_init_params`."""

    _fields_ = (("no_alloc", ctypes.c_bool), ("context", ctypes.c_void_p))


def prepare_package() -> Path:
    """Make `llama_cpp.llama_cpp` importable without the package's own start; its library folder.

    `llama_cpp/__init__.py` imports the high-level class with numpy: 0.3 s of 0.4 s. With an engine
    pack it is the pack's, whatever else could be found. Raises `ImportError`.
    """
    pack = os.environ.get(PACK_VARIABLE)
    if pack:
        spec = PathFinder.find_spec("llama_cpp", [pack])
    else:
        spec = importlib.util.find_spec("llama_cpp")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("there is no llama_cpp in its folder" if pack else "llama_cpp")
    sys.modules.setdefault("llama_cpp", importlib.util.module_from_spec(spec))
    return Path(
        os.environ.get("LLAMA_CPP_LIB_PATH") or Path(spec.submodule_search_locations[0], "lib")
    )


def _root(error: BaseException) -> BaseException:
    """What the system said, without what each layer says above it."""
    while isinstance(error.__context__, OSError):
        error = error.__context__
    return error


def _open_ggml(folder: Path) -> tuple[ctypes.CDLL, ctypes.CDLL]:
    """The two libraries below llama.cpp that it uses itself.

    Outside of Windows its own handle finds what is in them. Opening the files beside it would load
    a second ggml, without llama.cpp's devices: a wheel has a copy of each for each of its names.
    """
    if sys.platform == "win32":
        return ctypes.CDLL(str(folder / "ggml.dll")), ctypes.CDLL(str(folder / "ggml-base.dll"))
    files = (folder / "libllama.so", folder / "libllama.dylib")
    llama = ctypes.CDLL(str(next((file for file in files if file.exists()), files[0])))
    return llama, llama


def _function(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(library, name)
    function.restype = result
    function.argtypes = arguments
    return function
