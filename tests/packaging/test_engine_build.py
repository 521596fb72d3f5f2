"""The engine of an installer: for every computer, whatever built it, and that can be seen."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

_VARIANTS = ("x64", "sse42", "sandybridge", "haswell", "skylakex", "alderlake")
_ON_LINUX = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="the files have the names that they have on Linux, for x86-64",
)


@pytest.fixture
def engine_build(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("engine_build")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """What a wheel has in llama_cpp/lib, three copies of most."""
    names = ["libllama.so", "libggml.so", "libggml-base.so"]
    names += [f"libggml-cpu-{variant}.so" for variant in _VARIANTS]
    for name in names:
        for ending in ("", ".0", ".0.25.3"):
            (tmp_path / f"{name}{ending}").touch()
    return tmp_path


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_no_build_is_for_the_computer_that_makes_it(engine_build: ModuleType, system: str) -> None:
    for backend in engine_build.BACKENDS:
        if backend == "metal" and system != "darwin":
            with pytest.raises(Exception, match="Metal is a part of macOS"):
                engine_build.cmake_arguments(backend, system)
            continue
        arguments = engine_build.cmake_arguments(backend, system)
        assert "-DGGML_NATIVE=OFF" in arguments
        assert "-DGGML_CPU_ALL_VARIANTS=ON" in arguments
        assert ("-DGGML_OPENMP=OFF" in arguments) == (system != "linux")


def test_every_library_is_taken_once(engine_build: ModuleType, library: Path) -> None:
    assert [path.name for path in engine_build.taken_files(library)] == sorted(
        [
            "libllama.so",
            "libggml.so.0",
            "libggml-base.so.0",
            *(f"libggml-cpu-{variant}.so" for variant in _VARIANTS),
        ]
    )


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [
        ("libllama.dylib", True),
        ("libllama.0.dylib", False),
        ("libggml-base.0.dylib", True),
        ("libggml-base.0.25.3.dylib", False),
        ("libggml-metal.so", True),
        ("libggml-cpu-armv8.2_1.so", True),
        ("libggml-cpu-armv8.2_1.so.0", False),
        ("llama.dll", True),
        ("ggml-base.dll", True),
        ("ggml-cpu-haswell.dll", True),
        ("ggml-vulkan.dll", True),
        ("llama.lib", False),
    ],
)
def test_names_of_other_systems(
    engine_build: ModuleType, tmp_path: Path, name: str, is_taken: bool
) -> None:
    (tmp_path / name).touch()
    assert bool(engine_build.taken_files(tmp_path)) == is_taken


@_ON_LINUX
def test_what_was_built_otherwise_is_refused(engine_build: ModuleType, library: Path) -> None:
    (line,) = engine_build.problems(library, "cpu")
    assert "nothing tells how it was built" in line

    engine_build.write_record(library, "cpu")
    assert engine_build.problems(library, "cpu") == []
    assert any("other flags" in line for line in engine_build.problems(library, "vulkan"))
    assert "the back end for vulkan is missing" in engine_build.problems(library, "vulkan")

    (library / "libggml-cpu-x64.so").unlink()
    assert engine_build.problems(library, "cpu") == [
        "libggml-cpu-x64.so is missing",
        "there is no code for x64",
    ]

    record = library / engine_build.RECORD
    content = json.loads(record.read_text(encoding="utf-8"))
    content["cmake_arguments"][0] = "-DGGML_NATIVE=ON"
    record.write_text(json.dumps(content), encoding="utf-8")
    assert (
        "it was built with other flags: -DGGML_NATIVE=ON"
        in engine_build.problems(library, "cpu")[0]
    )
    record.write_text("{", encoding="utf-8")
    assert "nothing tells" in engine_build.problems(library, "cpu")[0]
