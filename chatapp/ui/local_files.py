"""Which files somebody pastes or drops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData


def local_files(data: QMimeData) -> tuple[Path, ...]:
    """The files and folders that are meant; empty when it is something else."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
