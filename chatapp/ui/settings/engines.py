"""What the page “Engine” needs of the engines, and their names in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.domain.engine_pack import EngineInfo, EnginePack, InstallProgress
    from chatapp.engine.choice import EngineChoice
    from chatapp.jobs import Jobs, Post
    from chatapp.models.engine_packs import EnginePacks
    from chatapp.network import Stop

_NAMES: Final = {
    "cuda": "CUDA",
    "hip": "HIP",
    "hip-radeon": "HIP (Radeon)",
    "metal": "Metal",
    "opencl": "OpenCL",
    "sycl": "SYCL",
    "vulkan": "Vulkan",
}
_VERSIONED: Final = re.compile(r"(?P<kind>cu|rocm)(?P<major>\d+)(?P<minor>\d)")
_KINDS: Final = {"cu": "CUDA", "rocm": "ROCm"}


class Download(Protocol):
    """Gets an engine of a build from the index; waits for the network."""

    def __call__(
        self, build: str, *, stop: Stop, on_progress: Callable[[InstallProgress], None]
    ) -> EnginePack:
        """Raises `ChatappError`, or `CancelledError` once `stop` is set."""


@dataclass(frozen=True, slots=True)
class Engines:
    """Which engines there are, and which one runs. `start` and `download` wait for others."""

    packs: EnginePacks
    choice: EngineChoice
    start: Callable[[], EngineInfo | None]
    download: Download
    jobs: Jobs
    post: Post


def build_name(build: str) -> str:
    """What a build computes on, as people call it: “CUDA 12.4” for “cu124”."""
    found = _VERSIONED.fullmatch(build)
    if found is not None:
        return f"{_KINDS[found['kind']]} {found['major']}.{found['minor']}"
    if build == "cpu":
        return QCoreApplication.translate("engines", "processor only")
    return _NAMES.get(build, build)
