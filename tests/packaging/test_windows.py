"""The installer of Windows: the libraries that it must have, its script, its versions.

The libraries here are real ones without any code: what they need of others is all that counts.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = (ROOT / "packaging" / "windows" / "chatapp.iss").read_text(encoding="utf-8-sig")


@pytest.fixture
def installer(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("windows.installer")


@pytest.fixture
def libraries(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("windows.libraries")


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """The system's folder of a computer that builds."""
    folder = tmp_path / "System32"
    folder.mkdir()
    write_library(folder / "kernel32.dll", "ntdll.dll")
    write_library(folder / "ntdll.dll")
    write_library(folder / "msvcp140.dll", "VCRUNTIME140.dll", "KERNEL32.dll")
    write_library(folder / "vcruntime140.dll", "KERNEL32.dll")
    write_library(folder / "vcomp140.dll", "KERNEL32.dll", "USER32.dll")
    return folder


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A frozen Chatapp whose engine needs Visual C++'s libraries."""
    folder = tmp_path / "frozen"
    engine = folder / "_internal" / "llama_cpp" / "lib"
    engine.mkdir(parents=True)
    write_library(folder / "chatapp.exe", "KERNEL32.dll", "api-ms-win-crt-runtime-l1-1-0.dll")
    write_library(engine / "llama.dll", "ggml.dll", "MSVCP140.dll", "KERNEL32.dll")
    write_library(engine / "ggml.dll", "KERNEL32.dll")
    write_library(engine / "ggml-cpu-haswell.dll", "VCOMP140.DLL", "ggml.dll")
    write_library(engine / "ggml-vulkan.dll", "vulkan-1.dll", "ggml.dll")
    return folder


def write_library(path: Path, *names: str) -> None:
    """Write a library for 64 bits that needs one function of each of the `names`."""
    table_at = 0x1000  # in memory; the file has it from 0x200 on
    thunks_at = table_at + 20 * (len(names) + 1)
    names_at = thunks_at + 16
    # By number, and the end of the list; shared by all.
    thunks = struct.pack("<QQ", 1 << 63 | 1, 0)
    table, texts = b"", b""
    for name in names:
        table += struct.pack("<5I", thunks_at, 0, 0, names_at + len(texts), thunks_at)
        texts += name.encode() + b"\0"
    content = table + bytes(20) + thunks + texts
    content += bytes(-len(content) % 0x200)
    directories = bytearray(16 * 8)
    if names:
        struct.pack_into("<II", directories, 8, table_at, 20 * (len(names) + 1))
    optional = struct.pack(
        "<HBB5IQ2I6H4I2H4Q2I",
        *(0x20B, 14, 0, 0, len(content), 0, 0, table_at, 0x180000000, 0x1000, 0x200),
        *(6, 0, 0, 0, 6, 0, 0, table_at + max(0x1000, len(content)), 0x200, 0, 3, 0),
        *(0x100000, 0x1000, 0x100000, 0x1000, 0, 16),
    )
    optional += bytes(directories)
    section = struct.pack(
        "<8s6I2HI", b".rdata", len(content), table_at, len(content), 0x200, 0, 0, 0, 0, 0x40000040
    )
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0"
    head += struct.pack("<2H3I2H", 0x8664, 1, 0, 0, 0, len(optional), 0x2022)
    path.write_bytes((head + optional + section).ljust(0x200, b"\0") + content)


def test_imports_are_read(libraries: ModuleType, system: Path) -> None:
    assert libraries.imports(system / "vcomp140.dll") == {"kernel32.dll", "user32.dll"}
    assert libraries.imports(system / "ntdll.dll") == set()


def test_what_visual_c_brings_is_taken_along_with_what_that_needs(
    libraries: ModuleType, frozen: Path, system: Path
) -> None:
    engine = frozen / "_internal" / "llama_cpp" / "lib"
    taken = libraries.runtime_libraries(engine, system)
    assert [path.name for path in taken] == ["msvcp140.dll", "vcomp140.dll", "vcruntime140.dll"]
    for path in taken:
        (engine / path.name).write_bytes(path.read_bytes())
    assert libraries.runtime_libraries(engine, system) == []


def test_what_can_not_be_taken_along_is_said(
    installer: ModuleType, libraries: ModuleType, frozen: Path, system: Path
) -> None:
    (system / "vcomp140.dll").unlink()
    with pytest.raises(installer.BuildError, match=r"^vcomp140\.dll isn't in .*Redistributable$"):
        libraries.runtime_libraries(frozen, system)


def test_a_library_that_only_the_builder_has_is_missing(
    libraries: ModuleType, frozen: Path, system: Path
) -> None:
    engine = Path("_internal", "llama_cpp", "lib")
    assert libraries.missing(frozen, system) == [
        f"{engine / 'ggml-cpu-haswell.dll'} needs vcomp140.dll",
        f"{engine / 'llama.dll'} needs msvcp140.dll",
    ]
    for path in libraries.runtime_libraries(frozen, system):
        (frozen / engine / path.name).write_bytes(path.read_bytes())
    # One that nobody has thought of.
    assert libraries.missing(frozen, system) == [f"{engine / 'vcomp140.dll'} needs user32.dll"]
    write_library(system / "user32.dll")
    assert libraries.missing(frozen, system) == []


def test_nothing_is_packed_while_a_library_is_missing(
    installer: ModuleType, frozen: Path, tmp_path: Path
) -> None:
    with pytest.raises(installer.BuildError, match="libraries are missing"):
        installer.make_installer(frozen, tmp_path / "setup.exe", "1.2.3")


@pytest.mark.parametrize(
    ("version", "numbers"), [("1.2.3", (1, 2, 3, 0)), ("0.10.0rc1", (0, 10, 0, 0))]
)
def test_the_version_that_windows_shows(
    installer: ModuleType, version: str, numbers: tuple[int, ...]
) -> None:
    for name in installer.PROGRAMS:
        text = installer.version_resource(version, name)
        words = [
            node.value
            for node in ast.walk(ast.parse(text, mode="eval"))
            if isinstance(node, ast.Constant)
        ]
        assert words.count(version) == 2
        assert name in words
        assert text.count(str(numbers)) == 2


def test_what_is_no_version(installer: ModuleType) -> None:
    with pytest.raises(installer.BuildError, match=r"^next is no version"):
        installer.version_resource("next", "chatapp.exe")


def test_a_command_in_the_notation_of_inno_setup(installer: ModuleType) -> None:
    command = r"$qC:\Program Files\signtool.exe$q sign /fd sha256 $f"
    assert installer._words(command, Path("my folder", "chatapp.exe")) == [
        r"C:\Program Files\signtool.exe",
        *("sign", "/fd", "sha256", str(Path("my folder", "chatapp.exe"))),
    ]


def test_the_installer_asks_for_what_the_window_shows_it() -> None:
    """Else it would replace the files of a Chatapp that runs."""
    (mutex,) = re.findall(r"CreateMutexW\(None, False, \"([\w-]+)\"\)", app_source())
    assert f"\nAppMutex={mutex}\n" in SCRIPT


def test_nothing_of_a_link_is_taken_for_an_option() -> None:
    commands = re.findall(r"shell\\open\\command.*ValueData: \"(.*)\"$", SCRIPT, re.MULTILINE)
    assert len(commands) == 2
    assert all(command.endswith('"" -- ""%1""') for command in commands)


def test_the_installer_speaks_both_languages() -> None:
    own = set(re.findall(r"^en\.(\w+)=", SCRIPT, re.MULTILINE))
    assert own == set(re.findall(r"^zh\.(\w+)=", SCRIPT, re.MULTILINE))
    used = set(re.findall(r"\{cm:(\w+)", SCRIPT) + re.findall(r"CustomMessage\('(\w+)'", SCRIPT))
    assert used - own == {"CreateDesktopIcon", "LaunchProgram"}  # Inno Setup's
    assert own <= used


def app_source() -> str:
    return (ROOT / "chatapp" / "app.py").read_text(encoding="utf-8")
