"""LoRA adapters: small files that change what a model says, put on and taken off while it runs."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as llama

from chatapp.domain.model import Adapter
from chatapp.engine.files import check_model_file, fingerprint
from chatapp.engine.worker.failures import is_about_memory
from chatapp.engine.worker.library import GgufParameters, Library
from chatapp.errors import (
    AdapterDamaged,
    AdapterMissing,
    AdapterUnsuitable,
    ModelFileEmpty,
    ModelFileIsFolder,
    ModelFileMissing,
    ModelFileUnreadable,
    NotAnAdapter,
    NotGguf,
    OutOfMemory,
)

MOST_KEPT = 8  # adapters that stay in memory although nobody uses them,
MOST_BYTES_KEPT = 256 * 2**20  # and what their files have together
LARGEST_SCALE = 1000.0
_WRONG_MODEL = re.compile(r"wrong base model|arch mismatch")
_FAILED = re.compile(r"^\w+: failed to apply lora adapter: ")
_STRING, _FLOAT = 8, 6  # gguf_type
_TYPES = frozenset({0, 1, 8, 30})  # ggml_type: F32, F16, Q8_0, BF16, what converters write
_TOKENS = "token_embd.weight"


@dataclass(frozen=True, slots=True)
class AdapterSet:
    """Adapters that are used together, each by what tells its file from others, and their scales.

    `key` tells what is read with them from what is read with others; it is empty for none.
    """

    members: tuple[tuple[str, float], ...] = ()

    @property
    def key(self) -> str:
        """The same for the same files and scales, at any time."""
        return "\n".join(f"{identity} {scale!r}" for identity, scale in self.members)


NO_ADAPTERS = AdapterSet()


class Adapters:
    """The adapters of a loaded model that are in memory, and those that its context uses.

    `usual` are for answers that ask for none of their own.
    """

    def __init__(self, library: Library, model: Any, architecture: str) -> None:
        self._library = library
        self._model = model
        self._architecture = architecture
        self._known: dict[tuple[str, int, int, int], str] = {}  # identities
        self._loaded: dict[str, Any] = {}  # llama.cpp's, by identity; the last used comes last
        self._in_use = NO_ADAPTERS
        self.usual = NO_ADAPTERS

    def load(self, adapters: Iterable[Adapter], needed: Iterable[AdapterSet] = ()) -> AdapterSet:
        """Have these in memory, and not too many others besides the `needed` ones.

        An adapter that comes twice has both scales, added. Raises `AdapterMissing`,
        `NotAnAdapter`, `AdapterUnsuitable`, `AdapterDamaged` or `OutOfMemory`.
        """
        scales: dict[str, float] = {}
        for adapter in adapters:
            identity = self._identity(adapter.path)
            scales[identity] = scales.get(identity, 0.0) + adapter.scale
            if not abs(scales[identity]) <= LARGEST_SCALE:  # what is not a number, too
                raise AdapterUnsuitable(adapter.path, f"scale {adapter.scale}")
            loaded = self._loaded.pop(identity, None)
            if loaded is None and adapter.scale:
                loaded = self._read(adapter.path)
            if loaded is not None:
                self._loaded[identity] = loaded
        found = AdapterSet(tuple(sorted((i, scale) for i, scale in scales.items() if scale)))
        self._free_others((found, self._in_use, self.usual, *needed))
        return found

    def use(self, context: Any, adapters: AdapterSet) -> None:
        """Have what `context` computes next changed by these, which are in memory, and no others.

        What it has read stays as it was read.
        """
        if adapters == self._in_use:
            return
        count = len(adapters.members)
        pointers = (self._loaded[identity] for identity, _ in adapters.members)
        llama.llama_set_adapters_lora(
            context,
            (llama.llama_adapter_lora_p_ctypes * count)(*pointers),
            count,
            (ctypes.c_float * count)(*(scale for _, scale in adapters.members)),
        )
        self._in_use = adapters

    def forget_use(self) -> None:
        """The context was made anew and uses none."""
        self._in_use = NO_ADAPTERS

    def _identity(self, path: str) -> str:
        """What tells this file from another one, and from an earlier one at this path."""
        try:
            check_model_file(path)
            found = Path(path).stat()
            name = (path, found.st_ino, found.st_size, found.st_mtime_ns)
            if name not in self._known:
                self._known[name] = fingerprint(path)
        except (ModelFileMissing, ModelFileUnreadable, OSError):
            raise AdapterMissing(path) from None
        except (ModelFileIsFolder, ModelFileEmpty, NotGguf):
            raise NotAnAdapter(path) from None
        return self._known[name]

    def _read(self, path: str) -> Any:
        errors = self._library.recent_errors
        errors.clear()
        _check(self._library, path, self._architecture)
        adapter = llama.llama_adapter_lora_init(self._model, os.fsencode(path))
        if adapter:
            return adapter
        detail = _FAILED.sub("", errors[0]) if errors else ""
        if _WRONG_MODEL.search("\n".join(errors)):
            raise AdapterUnsuitable(path, detail)
        if is_about_memory(errors):
            raise OutOfMemory(path, detail)
        raise AdapterDamaged(path, detail)

    def _free_others(self, needed: Iterable[AdapterSet]) -> None:
        names = {identity for one in needed for identity, _ in one.members}
        others = {name: int(name.split()[0]) for name in self._loaded if name not in names}
        while len(others) > MOST_KEPT or sum(others.values()) > MOST_BYTES_KEPT:
            oldest = next(iter(others))
            del others[oldest]
            llama.llama_adapter_lora_free(self._loaded.pop(oldest))


def _check(library: Library, path: str, architecture: str) -> None:
    """Raise the error that says why this is no adapter for such a model, if that is plain to see.

    llama.cpp aborts at keys of another type than it expects, and later at shapes that can't be
    multiplied.
    """
    base, pointer, number = library.base_function, ctypes.c_void_p, ctypes.c_int64
    tensors = pointer()
    parameters = GgufParameters(no_alloc=True, context=ctypes.addressof(tensors))
    read = base("gguf_init_from_file", pointer, ctypes.c_char_p, GgufParameters)
    header = read(os.fsencode(path), parameters)
    if not header:
        errors = library.recent_errors
        raise AdapterDamaged(path, errors[0] if errors else "")
    try:
        find = base("gguf_find_key", number, pointer, ctypes.c_char_p)
        kind = base("gguf_get_kv_type", ctypes.c_int, pointer, number)
        value = base("gguf_get_val_str", ctypes.c_char_p, pointer, number)

        def text(key: bytes) -> str:
            place = find(header, key)
            is_text = place >= 0 and kind(header, place) == _STRING
            return value(header, place).decode(errors="replace") if is_text else ""

        if text(b"general.type") != "adapter" or text(b"adapter.type") != "lora":
            raise NotAnAdapter(path)
        if (found := text(b"general.architecture")) != architecture:
            raise AdapterUnsuitable(path, f"made for {found or 'nothing'}, not for {architecture}")
        if find(header, b"adapter.alora.invocation_tokens") >= 0:  # for a part of a text only
            raise AdapterUnsuitable(path, "it has to be invoked")
        alpha = find(header, b"adapter.lora.alpha")
        if alpha >= 0 and kind(header, alpha) != _FLOAT:
            raise AdapterDamaged(path, "adapter.lora.alpha is no number")
        if problem := _problem_of_shapes(library, header, tensors):
            raise AdapterDamaged(path, problem)
    finally:
        base("gguf_free", None, pointer)(header)
        base("ggml_free", None, pointer)(tensors)


def _problem_of_shapes(library: Library, header: Any, tensors: Any) -> str:
    """Why ggml could not compute with these tensors; empty when it can, as far as is seen here."""
    base, pointer, number = library.base_function, ctypes.c_void_p, ctypes.c_int64
    following = base("ggml_get_next_tensor", pointer, pointer, pointer)
    name_of = base("ggml_get_name", ctypes.c_char_p, pointer)
    dimensions = base("ggml_n_dims", ctypes.c_int, pointer)
    rows = base("ggml_nrows", number, pointer)
    elements = base("ggml_nelements", number, pointer)
    kind = base("gguf_get_tensor_type", ctypes.c_int, pointer, number)
    columns: dict[str, int] = {}
    tensor = base("ggml_get_first_tensor", pointer, pointer)(tensors)
    while tensor:
        name = name_of(tensor).decode(errors="replace")
        if kind(header, len(columns)) not in _TYPES:
            return f"{name} has an unusual type"
        if not elements(tensor) or (dimensions(tensor) > 2 and "_exps." not in name):
            return f"{name} has an unusual shape"
        columns[name] = elements(tensor) // rows(tensor)
        tensor = following(tensors, tensor)
    if not columns:
        return "there are no weights"
    if columns.get(f"{_TOKENS}.lora_a") != columns.get(f"{_TOKENS}.lora_b"):
        return f"the parts of {_TOKENS} don't fit"
    return ""
