"""What of all that PyInstaller finds goes into the frozen program."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import PySide6
import pytest

from chatapp import doctor

_NEEDS_BINUTILS = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("objdump") is None,
    reason="reads files of Linux with objdump, of binutils",
)
_QT = Path(PySide6.__file__).parent / "Qt"


@pytest.fixture
def contents(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("contents")


@pytest.mark.parametrize(
    ("where", "is_kept"),
    [
        ("PySide6/Qt/lib/libQt6Core.so.6", True),
        ("PySide6/Qt/lib/libQt6Qml.so.6", False),
        ("PySide6/Qt/lib/libQt6VirtualKeyboard.so.6", False),
        ("PySide6/Qt/lib/libicudata.so.73", True),
        ("PySide6\\Qt6Core.dll", True),
        ("PySide6\\Qt6Quick.dll", False),
        ("PySide6\\opengl32sw.dll", False),
        ("PySide6/Qt/lib/QtGui.framework/Versions/A/QtGui", True),
        ("PySide6/Qt/lib/QtPdf.framework/Versions/A/QtPdf", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", True),
        ("PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlite.so", False),
        ("libX11.so.6", False),
        ("libstdc++.so.6", False),
        # A wheel's own llama.cpp would find ours there.
        ("libggml-base.so.0", False),
        ("llama_cpp/lib/libggml-base.so.0", True),
    ],
)
def test_what_is_kept(contents: ModuleType, where: str, is_kept: bool) -> None:
    entry = (where, "/nowhere", "BINARY")
    assert contents.kept_binaries([entry]) == ([entry] if is_kept else [])


def test_modules_of_qt_are_kept_and_links_go_with_their_files(contents: ModuleType) -> None:
    module = ("PySide6/QtCore.abi3.so", "/nowhere", "EXTENSION")
    core = ("PySide6/Qt/lib/libQt6Core.so.6", "/nowhere", "BINARY")
    link = ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK")
    dangling = ("libQt6Qml.so.6", "PySide6/Qt/lib/libQt6Qml.so.6", "SYMLINK")
    assert contents.kept_binaries([module, core, link, dangling]) == [module, core, link]


@_NEEDS_BINUTILS
def test_libraries_of_the_system_are_kept_while_something_needs_them(contents: ModuleType) -> None:
    library = _QT / "lib" / "libQt6XcbQpa.so.6"
    printed = subprocess.run(["ldd", library], capture_output=True, text=True, check=True).stdout
    cursor, c = (
        (name, re.search(rf"{re.escape(name)} => (\S+)", printed)[1], "BINARY")  # type: ignore[index]
        for name in ("libxcb-cursor.so.0", "libc.so.6")
    )
    root = ("PySide6/Qt/lib/libQt6XcbQpa.so.6", str(library), "BINARY")
    unneeded = ("libnothing.so.1", c[1], "BINARY")  # any file will do
    assert contents.kept_binaries([root, cursor, unneeded, c]) == [root, cursor]
    assert contents.from_system([root, cursor]) == [Path(cursor[1]).resolve()]


def test_of_qts_words_only_those_of_windows_are_kept(contents: ModuleType) -> None:
    folder = "PySide6/Qt/translations"
    entries = [
        (f"{folder}/qtbase_zh_CN.qm", "/nowhere", "DATA"),
        (f"{folder}/qtdeclarative_zh_CN.qm", "/nowhere", "DATA"),
        ("resources/i18n/chatapp_zh_CN.qm", "/nowhere", "DATA"),
    ]
    assert contents.kept_data(entries) == [entries[0], entries[2]]


def test_the_doctor_finds_the_versions_of_all_its_packages(contents: ModuleType) -> None:
    def plain(names: tuple[str, ...]) -> set[str]:
        return {name.lower() for name in names}

    assert plain(doctor._PACKAGES) <= plain(contents.METADATA)


@_NEEDS_BINUTILS
def test_needs_of_a_real_library(tool: Callable[[str], ModuleType]) -> None:
    elf = tool("elf")
    needs = elf.needs(_QT / "lib" / "libQt6Core.so.6")
    assert "libglib-2.0.so.0" in needs.libraries
    assert any(library == "libc.so.6" for library, _version in needs.versions)
    assert all(version for _library, version in needs.versions)
    assert not elf.is_elf(Path(__file__))


@_NEEDS_BINUTILS
def test_missing_libraries_are_found(tool: Callable[[str], ModuleType], tmp_path: Path) -> None:
    elf = tool("elf")
    for name in ("libQt6Svg.so.6", "libQt6Core.so.6"):
        shutil.copy(_QT / "lib" / name, tmp_path)
    found = elf.from_outside(tmp_path)
    assert found["libQt6Gui.so.6"] == [tmp_path / "libQt6Svg.so.6"]
    assert "libQt6Core.so.6" not in found


def test_the_spec_can_be_read() -> None:
    spec = Path(__file__).parent.parent.parent / "packaging" / "chatapp.spec"
    compile(spec.read_text(encoding="utf-8"), str(spec), "exec")
