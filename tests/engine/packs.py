"""Engines other than the built-in one: copies of it, with something wrong in them."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

NAME = "vulkan-1.2.3"


def built_in_folder() -> Path:
    """Where the installed package lies; it is not imported."""
    spec = importlib.util.find_spec("llama_cpp")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


def make_pack(folder: Path, ending: str = "", *, has_library: bool = True) -> Path:
    """A pack in this folder; `ending` is what its module does at last."""
    pack = folder / NAME
    left_out = ["__pycache__", "server", "*mtmd*"]
    if not has_library:
        left_out.append("lib")
    package = pack / "llama_cpp"
    shutil.copytree(built_in_folder(), package, ignore=shutil.ignore_patterns(*left_out))
    with (package / "llama_cpp.py").open("a", encoding="utf-8") as file:
        file.write(f"\n{ending}\n")
    return pack
