"""What can be seen of a model file without llama.cpp."""

from __future__ import annotations

import stat
from hashlib import blake2b
from pathlib import Path

from chatapp.errors import (
    ModelFileEmpty,
    ModelFileIsFolder,
    ModelFileMissing,
    ModelFileUnreadable,
    NotGguf,
)

_FINGERPRINT_BYTES = 2**20


def check_model_file(path: str) -> None:
    """Raise the `InputError` that says why this can't be a model file, if that is plain to see."""
    try:
        found = Path(path).stat()
        if stat.S_ISDIR(found.st_mode):
            raise ModelFileIsFolder(path)
        if not stat.S_ISREG(found.st_mode):  # opening a named pipe would wait for ever
            raise ModelFileUnreadable(path)
        if found.st_size == 0:
            raise ModelFileEmpty(path)
        with Path(path).open("rb") as file:
            magic = file.read(4)
    except (FileNotFoundError, NotADirectoryError):
        raise ModelFileMissing(path) from None
    except (OSError, ValueError):  # ValueError: a NUL in the path
        raise ModelFileUnreadable(path) from None
    if magic != b"GGUF":
        raise NotGguf(path)


def fingerprint(path: str) -> str:
    """What tells this file from another one, without reading all of it; its bytes come first.

    Raises `OSError`.
    """
    found = Path(path).stat()
    with Path(path).open("rb") as file:
        digest = blake2b(file.read(_FINGERPRINT_BYTES), digest_size=16)
        file.seek(max(0, found.st_size - _FINGERPRINT_BYTES))
        digest.update(file.read(_FINGERPRINT_BYTES))
    return f"{found.st_size} {found.st_mtime_ns} {digest.hexdigest()}"
