"""The package for Debian, Ubuntu and what is made of them.

What it depends on is read from the files: the packages of the libraries that they need and that
don't come along, and the versions of the C and C++ libraries that they were built with.
"""

from __future__ import annotations

import hashlib
import platform
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from contents import SYSTEM_LIBRARIES
from elf import code_files, from_outside, needs
from linux import tree
from steps import BuildError, run

from chatapp import __version__

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# Used without being linked with: keyboard layouts, letters, and certificates for downloads.
_USED = (
    "ca-certificates",
    "fonts-dejavu-core | fonts-freefont-ttf | fonts-liberation | fonts-noto-core",
    "xkb-data",
)
_RECOMMENDED = ("fonts-noto-cjk", "libnotify-bin", "xdg-desktop-portal", "xdg-utils")
_SUGGESTED = ("fonts-noto-color-emoji", "speech-dispatcher")
_FOR_BACKEND = {"vulkan": ("libvulkan1", "mesa-vulkan-drivers")}
# The GCC whose C++ library is the first with GLIBCXX_3.4.n. An older symbol is in every one.
_GCC = {26: 9, 27: 9, 28: 9, 29: 11, 30: 12, 31: 13, 32: 13, 33: 14, 34: 15}
_SYMBOL = re.compile(r"(GLIBC|GLIBCXX)_([\d.]+)")

_CONTROL = """\
Package: chatapp
Version: {version}
Architecture: {architecture}
Maintainer: The Chatapp project <chatapp@localhost>
Installed-Size: {size}
Depends: {depends}
Recommends: {recommends}
Suggests: {suggests}
Section: utils
Priority: optional
Description: talk to language models that run on your own computer
 Chatapp is a desktop application for talking to language models: private,
 offline, free. It needs no account and, once a model is there, no network.
 .
 It finds models on the Hugging Face Hub and says which of them fit this
 computer before anything is downloaded, uses GGUF files that are there
 already, and keeps conversations where they are found again. The same works in
 a terminal: chatapp ask "Name three colours."
 .
 llama.cpp comes along with code for every processor of this architecture, of
 which the best is chosen when it starts.
"""


def make_deb(usr: Path, artefact: Path, backend: str) -> None:
    """Write the package `artefact` of a folder `usr`. Raises `BuildError`."""
    root = usr.parent / "deb"
    shutil.rmtree(root, ignore_errors=True)
    tree.link_tree(usr, root / "usr")
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(control_text(root, backend), encoding="utf-8")
    (control / "md5sums").write_text("".join(_sums(root)), encoding="utf-8")
    for path, mode in ((root, 0o755), (control, 0o755), *((p, 0o644) for p in control.iterdir())):
        path.chmod(mode)
    artefact.unlink(missing_ok=True)
    run(
        *("dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, artefact),
        doing="Packing the .deb",
        environment={"SOURCE_DATE_EPOCH": str(tree.timestamp())},
    )
    shutil.rmtree(root)


def control_text(root: Path, backend: str) -> str:
    """The file DEBIAN/control for what lies below `root`."""
    size = sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir())
    return _CONTROL.format(
        version=debian_version(__version__),
        architecture=architecture(),
        size=-(-size // 1024),
        depends=", ".join(dependencies(root / "usr" / "lib" / "chatapp")),
        recommends=", ".join(sorted((*_RECOMMENDED, *_FOR_BACKEND.get(backend, ())))),
        suggests=", ".join(_SUGGESTED),
    )


def dependencies(program: Path) -> list[str]:
    """What a package with the files of `program` depends on."""
    packages = {SYSTEM_LIBRARIES[name] for name in from_outside(program)} - {""}
    oldest = minimum_versions(
        symbol for path in code_files(program) for _library, symbol in needs(path).versions
    )
    found = [
        f"{package} (>= {oldest[package]})" if package in oldest else package
        for package in packages
    ]
    return sorted((*found, *_USED))


def minimum_versions(symbols: Iterable[str]) -> dict[str, str]:
    """The oldest C and C++ libraries that have all these symbols' versions, by package."""
    newest: dict[str, tuple[int, ...]] = {}
    for symbol in symbols:
        if found := _SYMBOL.fullmatch(symbol):
            version = tuple(map(int, found[2].split(".")))
            newest[found[1]] = max(version, newest.get(found[1], ()))
    oldest = {}
    if "GLIBC" in newest:
        oldest["libc6"] = ".".join(map(str, newest["GLIBC"]))
    patch = newest.get("GLIBCXX", ())[2:3]
    if patch and patch[0] >= min(_GCC):
        if patch[0] not in _GCC:
            raise BuildError(f"which GCC brought GLIBCXX_3.4.{patch[0]} is not known: add it here")
        oldest["libstdc++6"] = str(_GCC[patch[0]])
    return oldest


def debian_version(version: str) -> str:
    """1.2.0rc1 as Debian sorts it, before 1.2.0."""
    return re.sub(r"(\d)[-.]?(dev|alpha|a|beta|b|rc)", r"\1~\2", version)


def architecture() -> str:
    """Debian's name for this computer's kind."""
    try:
        return ARCHITECTURES[platform.machine()]
    except KeyError:
        raise BuildError(f"{platform.machine()} is no architecture of Chatapp's") from None


def _sums(root: Path) -> list[str]:
    lines = []
    for path in sorted((root / "usr").rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "md5").hexdigest()
            lines.append(f"{digest}  {path.relative_to(root)}\n")
    return lines
