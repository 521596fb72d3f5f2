"""GGUF files of a few hundred bytes: a header and no weights."""

from __future__ import annotations

import struct
from pathlib import Path

_STRING, _UINT32 = 8, 4


def gguf_bytes(
    architecture: str = "llama",
    *,
    template: str = "",
    license_: str = "",
    file_type: int | None = None,
    layers: int = 2,
    context: int = 2048,
    mark: str = "",
) -> bytes:
    """A header; `mark` makes contents differ."""
    values: dict[str, str | int] = {"general.architecture": architecture, "general.name": mark}
    if license_:
        values["general.license"] = license_
    if file_type is not None:
        values["general.file_type"] = file_type
    values |= {
        f"{architecture}.block_count": layers,
        f"{architecture}.context_length": context,
        f"{architecture}.embedding_length": 64,
    }
    if template:
        values["tokenizer.chat_template"] = template
    data = b"GGUF" + struct.pack("<IQQ", 3, 0, len(values))
    for key, value in values.items():
        data += _text(key)
        if isinstance(value, str):
            data += struct.pack("<I", _STRING) + _text(value)
        else:
            data += struct.pack("<II", _UINT32, value)
    return data + bytes(-len(data) % 32)


def write_gguf(path: Path, architecture: str = "llama", **values: str | int) -> Path:
    """Such a file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf_bytes(architecture, **values))  # type: ignore[arg-type]
    return path


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data
