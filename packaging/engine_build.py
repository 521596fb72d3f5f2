"""The llama.cpp of an installer: built for every computer, with what the newer ones have.

All variants of the code for processors are modules of their own, of which llama.cpp loads the best
one that the computer can run (`ggml_backend_load_all_from_path` in the worker); so are the back
ends for graphics cards, which are left aside where there is no driver.

pip hands out a wheel that it has kept whatever CMAKE_ARGS are, hence `--no-cache-dir`. Wheels are
kept here, each under the flags that made it, and the flags are written beside the library, where
`problems` looks: an engine built for the computer that made it must never leave it.

    python packaging/engine_build.py cpu|vulkan|cuda|metal    # build the wheel, print its path
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bootstrap import compiler_advice, llama_requirement
from llama_builds import LLAMA
from steps import BUILD, BuildError, run

from chatapp.system_parts import missing_for_llama

RECORD = "chatapp-build.json"
BACKENDS = ("cpu", "vulkan", "cuda", "metal")

_PORTABLE = (
    "-DGGML_NATIVE=OFF",
    "-DGGML_BACKEND_DL=ON",
    "-DGGML_CPU_ALL_VARIANTS=ON",
    # Where llama.cpp installs its modules; the package looks for libraries there.
    "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib",
    "-DCMAKE_INSTALL_LIBDIR=llama_cpp/lib",
    # The part for pictures and sound, which Chatapp does not use.
    "-DLLAVA_BUILD=OFF",
)
_FOR_BACKEND = {
    "cpu": (),
    "vulkan": ("-DGGML_VULKAN=ON",),
    "cuda": ("-DGGML_CUDA=ON",),
    "metal": ("-DGGML_METAL=ON", "-DGGML_METAL_EMBED_LIBRARY=ON"),
}
# A runtime of its own for OpenMP comes along on Linux. On the others it would be Visual C++'s or
# Homebrew's: llama.cpp's own threads do there.
_WITHOUT_OPENMP = ("-DGGML_OPENMP=OFF",)
# Some that every build of llama.cpp has, the one for the oldest processors among them.
_VARIANTS = {
    "x86": ("x64", "sse42", "sandybridge", "haswell", "skylakex", "alderlake"),
    "linux arm": ("armv8.0_1", "armv8.2_1"),
    "darwin arm": ("apple_m1",),
}
# Of the names that a wheel has each library under: the one that Python opens, those that libraries
# are linked with, and the modules. Each is a copy of the whole file.
_TAKEN = re.compile(
    r"(lib)?llama\.(so|dylib|dll)"
    r"|libggml(-base)?(\.so\.\d+|\.\d+\.dylib)"
    r"|ggml(-base)?\.dll"
    r"|(lib)?ggml-(?!base\.)[\w.-]+\.(so|dll)"
)
_CPU_MODULE = re.compile(r"(?:lib)?ggml-cpu-([\w.]+)\.(?:so|dll)")


def cmake_arguments(backend: str, system: str = sys.platform) -> tuple[str, ...]:
    """What llama.cpp is configured with."""
    if backend == "metal" and system != "darwin":
        raise BuildError("Metal is a part of macOS: build there, or choose another back end")
    openmp = () if system == "linux" else _WITHOUT_OPENMP
    return (*_PORTABLE, *openmp, *_FOR_BACKEND[backend])


def build_wheel(python: Path, backend: str) -> Path:
    """The wheel, made with the pip of `python` unless the same flags have made it before."""
    arguments = cmake_arguments(backend)
    requirement = llama_requirement()
    origin = [requirement, *arguments, sys.platform, platform.machine()]
    digest = hashlib.sha256(json.dumps(origin).encode()).hexdigest()
    folder = BUILD / "engine" / f"{backend}-{digest[:16]}"
    for made in folder.glob("*.whl"):
        return made
    if missing_for_llama(compiled=True):
        raise BuildError(compiler_advice())
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as unfinished:
        run(
            python,
            *("-m", "pip", "wheel", "--no-cache-dir", "--no-deps", "--no-binary", LLAMA),
            *("--wheel-dir", unfinished, requirement),
            doing=f"Compiling llama.cpp for {backend}, which takes a while",
            environment={
                "CMAKE_ARGS": " ".join(arguments),
                "CMAKE_BUILD_PARALLEL_LEVEL": os.environ.get(
                    "CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1)
                ),
            },
        )
        (made,) = Path(unfinished).glob("*.whl")
        return made.replace(folder / made.name)


def library_folder(prefix: Path) -> Path:
    """Where an environment has llama.cpp's libraries."""
    places = {"base": str(prefix), "platbase": str(prefix)}
    return Path(sysconfig.get_path("purelib", "venv", places), "llama_cpp", "lib")


def taken_files(folder: Path) -> list[Path]:
    """What of a wheel's library folder goes along: each library once."""
    return sorted(path for path in folder.iterdir() if _TAKEN.fullmatch(path.name))


def write_record(folder: Path, backend: str) -> None:
    """Write beside the libraries how they were built."""
    content = {
        "package": llama_requirement(),
        "backend": backend,
        "cmake_arguments": cmake_arguments(backend),
        "files": [path.name for path in taken_files(folder)],
    }
    (folder / RECORD).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def problems(folder: Path, backend: str) -> list[str]:
    """Why what lies in `folder` must not be given to others; empty when it may."""
    try:
        content = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        flags, files = content["cmake_arguments"], set(content["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return [f"nothing tells how it was built: {folder / RECORD} is missing or damaged"]
    there = {path.name for path in folder.iterdir()}
    found = []
    if flags != list(cmake_arguments(backend)):
        found.append(f"it was built with other flags: {' '.join(map(str, flags))}")
    found += [f"{name} is missing" for name in sorted(files - there)]
    found += [f"there is no code for {name}" for name in _missing_variants(there)]
    if backend != "cpu" and not any(f"ggml-{backend}." in name for name in there):
        found.append(f"the back end for {backend} is missing")
    return found


def _missing_variants(names: Iterable[str]) -> list[str]:
    there = {found[1] for name in names if (found := _CPU_MODULE.fullmatch(name))}
    machine = platform.machine().lower()
    kind = "x86" if machine in {"x86_64", "amd64", "i686"} else f"{sys.platform} arm"
    return [name for name in _VARIANTS.get(kind, ()) if name not in there]


def main(arguments: list[str]) -> int:
    """Build one wheel with this Python and print where it is."""
    if len(arguments) != 1 or arguments[0] not in BACKENDS:
        print(f"Usage: python packaging/engine_build.py {'|'.join(BACKENDS)}", file=sys.stderr)
        return 2
    try:
        print(build_wheel(Path(sys.executable), arguments[0]))
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
