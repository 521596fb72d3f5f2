"""What Chatapp keeps on this computer: how much it takes, and how to get rid of it.

Sizes are of the files themselves, which on most file systems take a little more.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from chatapp.engine.state_files import StateFiles
from chatapp.logs import Logs
from chatapp.paths import Paths


@dataclass(frozen=True, slots=True)
class SpaceTaken:
    """Bytes. `models` are those in our folder; `other` are lists, measurements and settings."""

    conversations: int = 0
    kept: int = 0
    models: int = 0
    cache: int = 0
    logs: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        """All together."""
        return self.conversations + self.kept + self.models + self.cache + self.logs + self.other


class DiskSpace:
    """Measures and clears. Every method reads or changes files: in the background only."""

    def __init__(self, paths: Paths, models_folder: Callable[[], Path], logs: Logs) -> None:
        self._paths = paths
        self._models_folder = models_folder
        self._logs = logs

    def measure(self) -> SpaceTaken:
        """What is there at this moment; what can't be read counts for nothing."""
        paths, models = self._paths, self._models_folder()
        database = paths.database
        conversations = _size_of(
            path for path in _entries(database.parent) if path.name.startswith(database.name)
        )
        data = _size_of([paths.data], leave_out={models, paths.models, paths.cache, paths.logs})
        kept = _size_of([paths.kv_cache])
        config = 0 if paths.config.is_relative_to(paths.data) else _size_of([paths.config])
        return SpaceTaken(
            conversations=conversations,
            kept=kept,
            models=_size_of([models]),
            cache=_size_of([paths.cache], leave_out={paths.kv_cache}),
            logs=_size_of([paths.logs]),
            other=max(0, data - conversations) + config,
        )

    def clear_kept(self) -> None:
        """Forget what models have read of conversations: they read it again when it is needed.

        Raises `OSError` if a part of it is still there.
        """
        StateFiles(self._paths.kv_cache, 0).forget_all()

    def clear_cache(self) -> None:
        """Delete what can be fetched or made again. Raises `OSError` if a part is still there."""
        for path in _entries(self._paths.cache):
            if path == self._paths.kv_cache:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def clear_logs(self) -> None:
        """Empty the log. Raises `OSError` if a part of it is still there."""
        self._logs.clear()


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _size_of(paths: Iterable[Path], leave_out: set[Path] | None = None) -> int:
    """The bytes of files, and of all files in folders; links are not followed."""
    total = 0
    for path in paths:
        if leave_out is not None and path in leave_out:
            continue
        try:
            if path.is_dir() and not path.is_symlink():
                with os.scandir(path) as entries:
                    inside = [Path(entry.path) for entry in entries]
                total += _size_of(inside, leave_out)
            else:
                total += path.lstat().st_size
        except OSError:
            continue
    return total
