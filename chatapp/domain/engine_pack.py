"""Builds of llama.cpp to run models with: those that there are, and the one that runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chatapp.errors import ChatappError

CPU = "cpu"

_BACKENDS = ("cuda", "hip", "vulkan", "metal", "sycl", "opencl")
_LIBRARY = re.compile(r"(?:lib)?ggml-(?P<backend>[a-z]+)\.(?:so|dylib|dll)")


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """The engine that a worker process started with.

    `name` is that of a pack, empty for the built-in one; `version` is llama.cpp's own. `backend` is
    what it computes on besides the processor, or "cpu". `problem` is why it is not the pack that
    was chosen.
    """

    name: str = ""
    version: str = ""
    backend: str = CPU
    problem: ChatappError | None = None


BUILT_IN = EngineInfo()


@dataclass(frozen=True, slots=True)
class EnginePack:
    """An engine on this computer.

    `version` is that of llama-cpp-python, `path` its folder, `size` the bytes of the disk that it
    takes. `problem` is why it can't be used here.
    """

    name: str
    version: str
    backend: str
    path: str
    size: int
    is_builtin: bool = False
    problem: ChatappError | None = None


class InstallStage(StrEnum):
    """What is being done to get a pack."""

    DOWNLOADING = "downloading"
    RECONNECTING = "reconnecting"
    UNPACKING = "unpacking"


@dataclass(frozen=True, slots=True)
class InstallProgress:
    """How far one stage is, in bytes. `size` is 0 until it is known."""

    stage: InstallStage
    done: int
    size: int


def backend_of(files: Iterable[str]) -> str:
    """What an engine with library files of these names computes on."""
    found = {match["backend"] for file in files if (match := _LIBRARY.match(file))}
    return next((backend for backend in _BACKENDS if backend in found), CPU)
