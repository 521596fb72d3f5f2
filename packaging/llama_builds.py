"""Which builds of llama.cpp suit this machine, and where to get them.

`bootstrap.py` imports this before anything is installed, so it uses the standard library alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import threading
import urllib.request
from http.client import HTTPException
from typing import NamedTuple

from chatapp.system_parts import is_loadable

LLAMA = "llama-cpp-python"
WHEEL_INDEX = "https://abetlen.github.io/llama-cpp-python/whl"
CUDA_VARIANTS = ("cu132", "cu130", "cu125", "cu124", "cu123", "cu122", "cu121", "cu118")
PROBE_SECONDS = 3.0


class Build(NamedTuple):
    """One way to get llama.cpp."""

    name: str
    wheels: str = ""  # an index of prebuilt ones; without it llama.cpp is compiled
    cmake_args: str = ""
    on_gpu: bool = False

    def pip_options(self) -> list[str]:
        """What `pip install` needs to be told to get this build and no other."""
        if self.wheels:
            return ["--only-binary", LLAMA, "--extra-index-url", self.wheels]
        # pip would hand out a wheel that it has kept, whatever CMAKE_ARGS made it.
        return ["--no-cache-dir", "--no-binary", LLAMA] if self.cmake_args else []

    def environment(self) -> dict[str, str]:
        """The environment variables that pip needs for it."""
        environment = {"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1), **os.environ}
        return environment | ({"CMAKE_ARGS": self.cmake_args} if self.cmake_args else {})


def cuda_version() -> tuple[int, int] | None:
    """The newest CUDA that the NVIDIA driver here supports; None without driver or card."""
    try:
        nvml = ctypes.CDLL("nvml.dll" if os.name == "nt" else "libnvidia-ml.so.1")
        version, cards = ctypes.c_int(), ctypes.c_uint()
        failed = (
            nvml.nvmlInit_v2()
            or nvml.nvmlSystemGetCudaDriverVersion_v2(ctypes.byref(version))
            or nvml.nvmlDeviceGetCount_v2(ctypes.byref(cards))
        )
    except (OSError, AttributeError):  # no such library, or one without these functions
        return None
    if failed or not cards.value:
        return None
    return version.value // 1000, version.value % 1000 // 10


def has_cuda_libraries(major: int) -> bool:
    """Whether CUDA's own libraries, which no wheel of llama.cpp contains, are on this system."""
    runtime = "11.0" if major == 11 else str(major)
    names = [f"libcudart.so.{runtime}", f"libcublas.so.{major}"]
    if os.name == "nt":
        names = [f"cudart64_{runtime.replace('.', '')}.dll", f"cublas64_{major}.dll"]
    return all(map(is_loadable, names))


def cuda_variants(driver: tuple[int, int], majors: set[int]) -> list[str]:
    """The variants that a driver can run and whose CUDA libraries are here, the newest first."""
    versions = [(int(variant[2:4]), int(variant[4:])) for variant in CUDA_VARIANTS]
    return [
        variant
        for variant, version in zip(CUDA_VARIANTS, versions, strict=True)
        if version <= driver and version[0] in majors
    ]


def llama_builds(variants: list[str], cmake_args: str, *, indexed: bool, nvcc: bool) -> list[Build]:
    """The ways to get llama.cpp, in the order in which to try them.

    `variants` are the wheel index's for the graphics card, `indexed` says whether the index
    answers, `nvcc` whether CUDA can be compiled for the driver that is there.
    """
    if cmake_args:
        return [Build("compiled with CMAKE_ARGS (about ten minutes)", cmake_args=cmake_args)]
    builds = []
    if indexed:
        builds += [
            Build(f"prebuilt for {name}", wheels=f"{WHEEL_INDEX}/{name}", on_gpu=True)
            for name in variants
        ]
    if nvcc:
        name = "compiled for CUDA (half an hour or more)"
        builds += [Build(name, cmake_args="-DGGML_CUDA=on", on_gpu=True)]
    if indexed and variants != ["metal"]:
        builds += [Build("prebuilt for the processor", wheels=f"{WHEEL_INDEX}/cpu")]
    return [*builds, Build("compiled here (about ten minutes, or kept by pip)")]


def plan_llama() -> list[Build]:
    """Looks at the graphics card, the network and CMAKE_ARGS."""
    cmake_args = os.environ.get("CMAKE_ARGS", "")
    if cmake_args:
        return llama_builds([], cmake_args, indexed=False, nvcc=False)
    variants: list[str] = []
    driver = cuda_version()
    nvcc = driver is not None and shutil.which("nvcc") is not None
    if driver is not None:
        variants = cuda_variants(driver, set(filter(has_cuda_libraries, (11, 12, 13))))
        if not (variants or nvcc):
            print(
                "There is an NVIDIA card, but not the CUDA toolkit that llama.cpp needs for it: "
                "the processor will be used (install the toolkit and delete .venv to change that).",
                flush=True,
            )
    elif (platform.system(), platform.machine()) == ("Darwin", "arm64"):
        variants = ["metal"]
    indexed = is_reachable(f"{WHEEL_INDEX}/cpu/{LLAMA}/", PROBE_SECONDS)
    return llama_builds(variants, cmake_args, indexed=indexed, nvcc=nvcc)


def is_reachable(url: str, seconds: float) -> bool:
    """Whether `url` answers in time; the thread is there because name look-ups have no limit."""
    answers: list[int] = []

    def probe() -> None:
        try:
            with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310 - a constant
                answers.append(answer.status)
        except (OSError, HTTPException):
            answers.append(0)

    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(seconds)
    return answers == [200]
