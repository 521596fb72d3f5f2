"""Where a file of the Hub may lie: its names come from strangers.

A name must be usable on every system, so that a models folder can be moved between them, and must
never lead out of that folder, nor onto a file that Chatapp keeps beside a model.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path, PurePosixPath

from chatapp.errors import NameUnsafe

_SUFFIX = ".gguf"
_LONGEST_NAME = 220  # of the 255 that file systems take: endings of our own must fit behind it
_LONGEST_PATH = 225  # Windows takes 259 characters, less the same
_DEEPEST = 8
_FORBIDDEN = frozenset('<>:"/\\|?*')
# Control and format characters (the latter can make a name read backwards), surrogates, private
# ones, line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)


def relative_path(repo: str, file: str) -> PurePosixPath:
    """Where a model file of a repository lies below the models folder. Raises `NameUnsafe`."""
    for name, deepest in ((repo, 2), (file, _DEEPEST)):
        parts = name.split("/")
        if len(parts) > deepest or not all(map(_is_safe, parts)):
            raise NameUnsafe(_shown(name))
    if not file.casefold().endswith(_SUFFIX):
        raise NameUnsafe(_shown(file))
    return PurePosixPath(*repo.split("/"), *file.split("/"))


def model_path(folder: Path, repo: str, file: str) -> Path:
    """`relative_path` below `folder`. Raises `NameUnsafe`."""
    path = folder / relative_path(repo, file)
    if sys.platform == "win32" and len(str(path)) > _LONGEST_PATH:
        raise NameUnsafe(_shown(file))
    return path


def _is_safe(part: str) -> bool:
    """Whether this can be the name of a file or folder on every system."""
    if not part or len(part) > _LONGEST_NAME or part != part.strip() or part.endswith("."):
        return False
    if any(c in _FORBIDDEN or unicodedata.category(c) in _INVISIBLE for c in part):
        return False
    if len(part.encode()) > _LONGEST_NAME:
        return False
    # Windows takes a device's name with any ending for the device.
    return _DEVICE.fullmatch(part.partition(".")[0].rstrip()) is None


def _shown(name: str) -> str:
    """The name as it can be printed: it may be as long and as strange as it likes."""
    return ascii(name[:100])[1:-1] if not name.isprintable() else name[:100]
