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
_NO_CHAT = "CLIP cannot be used as main model"
_MEMORY = re.compile(
    "failed to allocate|unable to allocate|out of memory|failed to reserve|insufficient memory"
    "|bad_alloc|cannot allocate memory",
    re.IGNORECASE,
)
_DAMAGED = re.compile(
    r"gguf_init_from|GGUF file version|invalid magic|failed to read|read error|unexpectedly reached"
    r"|unknown model architecture: ''|corrupt|not within the file bounds|is duplicated|check_tensor"
    r"|key not found|missing tensor|wrong shape|wrong number of tensors|exceeds maximum"
)


def classify(path: str, errors: Iterable[str]) -> EngineError:
    """The error that llama.cpp's error lines tell of; the first of them is the nearest reason."""
    lines = [line.strip() for line in errors]
    text = "\n".join(lines)
    detail = lines[0] if lines else ""
    if (match := _UNKNOWN_ARCHITECTURE.search(text)) and match[1]:
        return ArchitectureUnknown(path, match[1])
    if _NO_CHAT in text:
        return ModelCannotChat(path)
    if is_about_memory(lines):
        return OutOfMemory(path, detail)
    if _DAMAGED.search(text):
        return ModelFileDamaged(path, detail)
    return ModelLoadFailed(path, detail)


def is_about_memory(errors: Iterable[str]) -> bool:
    """Whether llama.cpp's error lines tell that there was too little memory."""
    return any(map(_MEMORY.search, errors))
