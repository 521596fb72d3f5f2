"""What can be seen of a model file without llama.cpp."""

from __future__ import annotations

import stat
from pathlib import Path

from chatapp.errors import (
    ModelFileEmpty,
    ModelFileIsFolder,
    ModelFileMissing,
    ModelFileUnreadable,
    NotGguf,
)


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
