"""Why llama.cpp could not load a model.

It has no error codes: the log is the only place that tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from chatapp.errors import (
    ArchitectureUnknown,
    EngineError,
    ModelCannotChat,
    ModelFileDamaged,
    ModelLoadFailed,
    OutOfMemory,
)

_UNKNOWN_ARCHITECTURE = re.compile(r"unknown model architecture: '(.*)'")
_NO_CHAT = re.compile(r"CLIP cannot be used as main model|cannot be used as a main model")
_MEMORY = re.compile(
    r"failed to allocate|unable to allocate|out of memory|OutOfMemory|failed to reserve"
    r"|insufficient memory|std::bad_alloc|cannot allocate memory",
    re.IGNORECASE,
)
_DAMAGED = re.compile(
    r"unknown model architecture: ''|corrupted or incomplete|not within the file bounds|failed to read|unexpectedly reached end"
    r"|invalid magic|gguf_init_from|GGUF file version|duplicate(d)? (key|tensor)|missing tensor"
    r"|wrong number of tensors|check_tensor_dims|key not found|wrong shape|has invalid|read error"
    r"|bad GGUF|invalid data|wrong type|cannot find tokenizer"
)


def classify(path: str, errors: Iterable[str]) -> EngineError:
    """The error that llama.cpp's error lines tell of; the first of them is the nearest reason."""
    lines = [line.strip() for line in errors]
    text = "\n".join(lines)
    detail = lines[0] if lines else ""
    if (match := _UNKNOWN_ARCHITECTURE.search(text)) and match[1]:
        return ArchitectureUnknown(path, match[1])
    if _NO_CHAT.search(text):
        return ModelCannotChat(path)
    if _MEMORY.search(text):
        return OutOfMemory(path, detail)
    if _DAMAGED.search(text):
        return ModelFileDamaged(path, detail)
    return ModelLoadFailed(path, detail)
