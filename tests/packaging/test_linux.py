"""The .deb, the archive and the AppDir, made of a small program in place of the frozen one."""

from __future__ import annotations

import configparser
import gzip
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import PySide6
import pytest
import shiboken6

from chatapp import __version__

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("objdump") is None,
    reason="made on Linux, with objdump of binutils",
)
FILES = Path(__file__).parent.parent.parent / "packaging" / "linux"


@pytest.fixture
def usr(tool: Callable[[str], ModuleType], tmp_path: Path) -> Path:
    frozen = tmp_path / "frozen"
    inside = frozen / "_internal"
    inside.mkdir(parents=True)
    (frozen / "chatapp").write_text('#!/bin/sh\necho "chatapp: $1"\n', encoding="utf-8")
    (library,) = Path(shiboken6.__file__).parent.glob("libshiboken6.*")
    shutil.copy(library, inside)
    (inside / "link").symlink_to(library.name)
    notices = tmp_path / "THIRD-PARTY-LICENCES.txt"
    notices.write_text("licences\n", encoding="utf-8")
    target = tmp_path / "usr"
    tool("linux.tree").make_usr(frozen, notices, target)
    return target


def test_what_a_desktop_looks_for_is_there(usr: Path) -> None:
    assert (usr / "bin" / "chatapp").resolve() == usr / "lib" / "chatapp" / "chatapp"
    for size in (16, 48, 256, 512):
        icon = usr / "share" / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "chatapp.png"
        assert icon.read_bytes()[16:24] == size.to_bytes(4, "big") * 2
    metainfo = (usr / "share" / "metainfo" / "chatapp.metainfo.xml").read_text(encoding="utf-8")
    release = ET.fromstring(metainfo).find("releases/release")  # noqa: S314 - our own
    assert release is not None
    assert release.get("version") == __version__
    for name in (
        "chatapp/copyright",
        "chatapp/changelog.gz",
        "chatapp/THIRD-PARTY-LICENCES.txt.gz",
    ):
        assert (usr / "share" / "doc" / name).is_file()


def test_the_desktop_entry_opens_models_and_links() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(FILES / "chatapp.desktop", encoding="utf-8")
    main = entry["Desktop Entry"]
    assert main["Exec"] == "chatapp %U"
    kinds = ET.parse(FILES / "chatapp.xml").getroot()  # noqa: S314 - our own
    (kind,) = kinds
    assert set(main["MimeType"].rstrip(";").split(";")) == {
        "x-scheme-handler/chatapp",
        kind.get("type"),
    }
    for action in main["Actions"].rstrip(";").split(";"):
        assert entry[f"Desktop Action {action}"]["Exec"].startswith("chatapp ")


@pytest.mark.skipif(
    shutil.which("desktop-file-validate") is None, reason="needs the package desktop-file-utils"
)
def test_the_desktop_entry_is_valid() -> None:
    command = ["desktop-file-validate", str(FILES / "chatapp.desktop")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="needs the package appstream")
def test_the_metadata_are_valid(usr: Path) -> None:
    path = usr / "share" / "metainfo" / "chatapp.metainfo.xml"
    command = ["appstreamcli", "validate", "--no-net", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_a_library_that_nobody_brings_is_noticed(
    tool: Callable[[str], ModuleType], usr: Path, tmp_path: Path
) -> None:
    tree = tool("linux.tree")
    program = usr / "lib" / "chatapp"
    shutil.copy(Path(PySide6.__file__).parent / "Qt" / "lib" / "libQt6Svg.so.6", program)
    with pytest.raises(Exception, match=r"libQt6Gui\.so\.6 \(for libQt6Svg\.so\.6\)"):
        tree.check_libraries(program)


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg")
def test_the_package(tool: Callable[[str], ModuleType], usr: Path, tmp_path: Path) -> None:
    artefact = tmp_path / "chatapp.deb"
    tool("linux.deb").make_deb(usr, artefact, "vulkan")

    def field(name: str) -> str:
        command = ["dpkg-deb", "--field", str(artefact), name]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert field("Package") == "chatapp"
    assert field("Version") == __version__
    depends = field("Depends").split(", ")
    assert any(line.startswith("libc6 (>= 2.") for line in depends)
    assert any(line.startswith("libstdc++6") for line in depends)
    assert "xkb-data" in depends
    assert "libvulkan1" in field("Recommends").split(", ")
    assert int(field("Installed-Size")) > 100  # kB
    out = tmp_path / "out"
    subprocess.run(["dpkg-deb", "-R", str(artefact), str(out)], check=True, capture_output=True)
    sums = subprocess.run(
        ["md5sum", "--check", "--strict", "DEBIAN/md5sums"],
        cwd=out,
        capture_output=True,
        check=False,
    )
    assert sums.returncode == 0
    result = subprocess.run([out / "usr/bin/chatapp", "ask"], capture_output=True, check=True)
    assert result.stdout == b"chatapp: ask\n"


def test_versions_of_the_c_and_c_plus_plus_libraries(tool: Callable[[str], ModuleType]) -> None:
    deb = tool("linux.deb")
    symbols = ["GLIBC_2.34", "GLIBC_2.4", "GLIBC_PRIVATE", "GLIBCXX_3.4.9", "GLIBCXX_3.4.30"]
    assert deb.minimum_versions(symbols) == {"libc6": "2.34", "libstdc++6": "12"}
    assert deb.minimum_versions(["GLIBCXX_3.4.21", "LIBFFI_BASE_8.0"]) == {}
    with pytest.raises(Exception, match=r"GLIBCXX_3\.4\.99"):
        deb.minimum_versions(["GLIBCXX_3.4.99"])


@pytest.mark.parametrize(
    ("version", "debian"),
    [("1.2.0", "1.2.0"), ("1.2.0rc1", "1.2.0~rc1"), ("1.2.0.dev3", "1.2.0~dev3")],
)
def test_versions_before_a_release_are_older(
    tool: Callable[[str], ModuleType], version: str, debian: str
) -> None:
    assert tool("linux.deb").debian_version(version) == debian


def test_the_archive_is_the_same_each_time(
    tool: Callable[[str], ModuleType], usr: Path, tmp_path: Path
) -> None:
    archive = tool("linux.archive")
    first, second = tmp_path / "1" / "chatapp-1.tar.gz", tmp_path / "2" / "chatapp-1.tar.gz"
    for artefact in (first, second):
        artefact.parent.mkdir()
        archive.make_archive(usr, artefact)
    assert gzip.decompress(first.read_bytes()) == gzip.decompress(second.read_bytes())
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as read:
        read.extractall(tmp_path / "out", filter="data")
    program = tmp_path / "out" / "chatapp-1" / "chatapp"
    assert subprocess.run([program, "x"], capture_output=True, check=True).stdout == b"chatapp: x\n"


def test_the_appdir_starts(
    tool: Callable[[str], ModuleType],
    usr: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    appimage = tool("linux.appimage")
    appdir = tmp_path / "Chatapp.AppDir"
    appimage.make_appdir(usr, appdir)
    started = subprocess.run([appdir / "AppRun", "x"], capture_output=True, check=True)
    assert started.stdout == b"chatapp: x\n"
    for name in (".DirIcon", "chatapp.desktop", "chatapp.svg"):
        assert (appdir / name).is_file()
    monkeypatch.delenv("APPIMAGE_RUNTIME", raising=False)
    with pytest.raises(Exception, match="APPIMAGE_RUNTIME"):
        appimage.make_appimage(appdir, tmp_path / "Chatapp.AppImage")
