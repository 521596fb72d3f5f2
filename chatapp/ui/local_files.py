"""Which files somebody pastes or drops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData


def local_files(data: QMimeData) -> tuple[Path, ...]:
    """The files and folders that are meant; empty when it is something else."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


def are_models(files: Sequence[Path]) -> bool:
    """Whether they belong into the library and not into a message, as their names say."""
    return bool(files) and all(path.suffix.casefold() == ".gguf" for path in files)
