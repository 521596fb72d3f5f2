"""llama.cpp's shared library: loading it, its log, its assertions, its devices.

Everything here is global to the process, as it is in llama.cpp.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import logging
import os
import re
import sys
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chatapp.domain.model import Device
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.errors import EngineMissing

_LEVELS = {1: logging.DEBUG, 2: logging.INFO, 3: logging.WARNING, 4: logging.ERROR}
_CONTINUED = 5
_BUFFER = re.compile(r"(?P<kind>KV|RS|compute|output) buffer size = +(?P<size>[\d.]+) MiB")
_MIB = 2**20  # bytes
_GGUF_STRING = 8
_DEVICE_KINDS = {0: "cpu", 1: "gpu", 2: "igpu", 3: "accelerator"}


class Library:
    """The loaded library. `log` gets every line of llama.cpp (level, text), from any thread.

    What it says of a computation that was interrupted is left out: that is no error. Raises
    `EngineMissing`. `recent_errors` are the last lines of that kind, for finding out
    why something failed: llama.cpp has no error codes. `buffers` are the bytes that it said it
    took for keys and values ("KV"), recurrent states ("RS"), "compute" and "output"; nothing else
    tells them.
    """

    def __init__(self, log: Callable[[int, str], None], interrupt: Interrupt) -> None:
        os.environ["GGML_NO_BACKTRACE"] = "1"  # else ggml runs a debugger before it aborts
        self.recent_errors: deque[str] = deque(maxlen=50)
        self.buffers: Counter[str] = Counter()
        self._log = log
        self._interrupt = interrupt
        self._level = logging.INFO
        self._partial_line = ""
        try:
            folder = _prepare_package()
            api: Any = importlib.import_module("llama_cpp.llama_cpp")
            self._ggml = _open_beside(folder, "ggml")
            self._base = _open_beside(folder, "ggml-base")
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise EngineMissing(str(error)) from error
        # These objects must live as long as the library may call them.
        self._log_callback = api.llama_log_callback(self._on_log)
        self._assert_callback = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(self._on_assert)
        api.llama_log_set(self._log_callback, None)
        self._base.ggml_set_abort_callback.restype = ctypes.c_void_p
        self._base.ggml_set_abort_callback(self._assert_callback)
        # A no-op unless the processor back ends were built as modules. The form without an
        # argument would search the current folder for code to load.
        self._ggml.ggml_backend_load_all_from_path(os.fsencode(folder))
        api.llama_backend_init()
        commit = _function(self._base, "ggml_commit", ctypes.c_char_p)
        self.build = f"{api.llama_version().decode()} {commit().decode()}"

    def _on_log(self, level: int, text: bytes, _data: object) -> None:
        if level != _CONTINUED:
            self._level = _LEVELS.get(level, logging.INFO)
        *lines, self._partial_line = (self._partial_line + text.decode(errors="replace")).split(
            "\n"
        )
        for line in lines:
            if line.strip(". ") and not self._interrupt:
                if self._level >= logging.ERROR:
                    self.recent_errors.append(line)
                if self._level > logging.DEBUG:  # some of those come with every token
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

    def base_function(self, name: str, result: Any, *arguments: Any) -> Any:
        """A function of ggml itself, with the types of what it gives and takes."""
        return _function(self._base, name, result, *arguments)

    def lacks_vocabulary(self, path: str) -> bool:
        """Whether a GGUF file says that it has none.

        llama.cpp makes a list of the size that such a file names, however large, before it fails.
        """
        base = self._base
        pointer, key = ctypes.c_void_p, ctypes.c_char_p
        parameters = _GgufParameters(no_alloc=True, context=None)
        read = _function(base, "gguf_init_from_file", pointer, key, _GgufParameters)
        header = read(os.fsencode(path), parameters)
        if not header:
            return False  # loading it tells why
        try:
            find = _function(base, "gguf_find_key", ctypes.c_int64, pointer, key)
            kind = _function(base, "gguf_get_kv_type", ctypes.c_int, pointer, ctypes.c_int64)
            text = _function(base, "gguf_get_val_str", key, pointer, ctypes.c_int64)
            place = find(header, b"tokenizer.ggml.model")
            is_text = place >= 0 and kind(header, place) == _GGUF_STRING
            return is_text and text(header, place) in {b"none", b"no_vocab"}
        finally:
            _function(base, "gguf_free", None, pointer)(header)

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


class _GgufParameters(ctypes.Structure):
    """`gguf_init_params`."""

    _fields_ = (("no_alloc", ctypes.c_bool), ("context", ctypes.c_void_p))


def _prepare_package() -> Path:
    """Make `llama_cpp.llama_cpp` importable without the package's own start; its library folder.

    `llama_cpp/__init__.py` imports the high-level class with numpy: 0.3 s of 0.4 s.
    """
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("llama_cpp")
    sys.modules.setdefault("llama_cpp", importlib.util.module_from_spec(spec))
    return Path(
        os.environ.get("LLAMA_CPP_LIB_PATH") or Path(spec.submodule_search_locations[0], "lib")
    )


def _open_beside(folder: Path, name: str) -> ctypes.CDLL:
    """The library `name` that llama.cpp itself uses."""
    for file in (f"lib{name}.so", f"lib{name}.dylib", f"{name}.dll", f"lib{name}.dll"):
        if (folder / file).exists():
            return ctypes.CDLL(str(folder / file))
    raise ImportError(name)


def _function(library: ctypes.CDLL, name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(library, name)
    function.restype = result
    function.argtypes = arguments
    return function
