"""The AppDir, a folder that starts from anywhere, and the AppImage: one file that holds it.

An AppImage is a small program, its runtime, with a squashfs image of the AppDir behind it. The
runtime is AppImage's own; its path is in the environment as APPIMAGE_RUNTIME.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import icons
from linux import tree
from steps import BuildError, run

_RUNTIME = "APPIMAGE_RUNTIME"


def make_appdir(usr: Path, appdir: Path) -> None:
    """Write the AppDir of a folder `usr`, which becomes a part of it."""
    shutil.rmtree(appdir, ignore_errors=True)
    appdir.mkdir(parents=True)
    tree.link_tree(usr, appdir / "usr")
    # The program finds its files beside itself, through links too.
    (appdir / "AppRun").symlink_to("usr/bin/chatapp")
    (appdir / "chatapp.desktop").symlink_to("usr/share/applications/chatapp.desktop")
    (appdir / "chatapp.svg").symlink_to("usr/share/icons/hicolor/scalable/apps/chatapp.svg")
    (appdir / ".DirIcon").write_bytes(icons.png(256))


def make_appimage(appdir: Path, artefact: Path) -> None:
    """Write the AppImage `artefact`. Raises `BuildError`."""
    runtime = Path(os.environ.get(_RUNTIME, ""))
    if not runtime.is_file():
        raise BuildError(
            f"the AppDir is {appdir}; for the file, set {_RUNTIME} to AppImage's type 2 runtime"
        )
    image = artefact.with_suffix(".squashfs")
    image.unlink(missing_ok=True)
    run(
        *("mksquashfs", appdir, image, "-root-owned", "-noappend", "-no-progress", "-comp", "zstd"),
        *("-Xcompression-level", "19", "-mkfs-time", str(tree.timestamp())),
        doing="Packing the AppImage",
    )
    with artefact.open("wb") as file:
        for part in (runtime, image):
            with part.open("rb") as source:
                shutil.copyfileobj(source, file, 2**20)
    artefact.chmod(0o755)
    image.unlink()
