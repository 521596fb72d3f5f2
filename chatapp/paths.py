"""Where everything lies: one value that every service gets handed."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from chatapp.errors import FolderNotWritable


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one installation. None is created before `create()`."""

    data: Path
    config: Path
    cache: Path
    logs: Path
    models: Path
    resources: Path

    @classmethod
    def default(cls) -> Paths:
        """The platform's usual folders of this user."""
        from platformdirs import PlatformDirs

        folders = PlatformDirs("chatapp", appauthor=False)
        data = Path(folders.user_data_dir)
        return cls(
            data=data,
            config=Path(folders.user_config_dir),
            cache=Path(folders.user_cache_dir),
            logs=Path(folders.user_log_dir),
            models=data / "models",
            resources=_resources(),
        )

    @classmethod
    def under(cls, folder: Path) -> Paths:
        """Everything below one folder: portable use, tests, bug reports."""
        folder = folder.absolute()
        return cls(
            data=folder / "data",
            config=folder / "config",
            cache=folder / "cache",
            logs=folder / "logs",
            models=folder / "data" / "models",
            resources=_resources(),
        )

    @property
    def database(self) -> Path:
        """The conversations."""
        return self.data / "chatapp.db"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.json"

    @property
    def kv_cache(self) -> Path:
        """What models have read of conversations. Made when there is something to keep."""
        return self.cache / "kv"

    @property
    def engines(self) -> Path:
        """Engines other than the built-in one. Made with the first of them."""
        return self.data / "engines"

    @property
    def connections(self) -> Path:
        """Which connections were made. Made with the first of them."""
        return self.logs / "connections"

    def create(self) -> None:
        """Make the folders, private to this user. Raises `FolderNotWritable`."""
        for folder in (self.data, self.config, self.cache, self.logs, self.models):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError:
                raise FolderNotWritable(str(folder)) from None
            if not os.access(folder, os.W_OK | os.X_OK):
                raise FolderNotWritable(str(folder))


def _resources() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "resources"
    package = Path(__file__).parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def is_file(path: Path) -> bool:
    """Whether a file is there, as far as this user may know; for any path that others name."""
    try:
        return path.is_file()
    except OSError:  # Python before 3.13 raises for long names, and where nobody may look
        return False


def is_folder(path: Path) -> bool:
    """Whether a folder is there, in the same way."""
    try:
        return path.is_dir()
    except OSError:
        return False
