"""The folder `usr` of a Linux installation: the program, its icon, and what the desktop is told.

The .deb, the archive and the AppImage are made of the same one.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import icons
from contents import SYSTEM_LIBRARIES
from elf import from_outside
from steps import ROOT, BuildError

from chatapp import __version__

FILES = Path(__file__).parent
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_RELEASED = re.compile(rf"^## \[{re.escape(__version__)}\] - (\d{{4}}-\d\d-\d\d)$", re.MULTILINE)
_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Chatapp
Comment: What Chatapp is made of, each part under its own licence, is in
 {notices}.gz beside this file. Qt and PySide6 are used under the
 LGPL-3: their libraries lie in lib/chatapp/_internal/PySide6 as files of their
 own and can be replaced.

Files: *
Copyright: The Chatapp project
License: Apache-2.0
 On Debian systems the text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
"""


def make_usr(frozen: Path, notices: Path, usr: Path) -> None:
    """Write `usr` anew. Raises `BuildError`, also when a library would be missing elsewhere."""
    shutil.rmtree(usr, ignore_errors=True)
    program = usr / "lib" / "chatapp"
    link_tree(frozen, program)
    check_libraries(program)
    (usr / "bin").mkdir()
    (usr / "bin" / "chatapp").symlink_to("../lib/chatapp/chatapp")
    share = usr / "share"
    _copy("chatapp.desktop", share / "applications" / "chatapp.desktop")
    _copy("chatapp.xml", share / "mime" / "packages" / "chatapp.xml")
    metainfo = (FILES / "chatapp.metainfo.xml").read_text(encoding="utf-8")
    metainfo = metainfo.replace("@VERSION@", __version__).replace("@DATE@", release_date())
    _write(share / "metainfo" / "chatapp.metainfo.xml", metainfo.encode())
    hicolor = share / "icons" / "hicolor"
    for size in ICON_SIZES:
        _write(hicolor / f"{size}x{size}" / "apps" / "chatapp.png", icons.png(size))
    _write(hicolor / "scalable" / "apps" / "chatapp.svg", icons.SOURCE.read_bytes())
    documents = share / "doc" / "chatapp"
    _write(documents / "copyright", _COPYRIGHT.format(notices=notices.name).encode())
    _write(documents / f"{notices.name}.gz", _compressed(notices))
    _write(documents / "changelog.gz", _compressed(ROOT / "CHANGELOG.md"))
    _settle(usr)


def check_libraries(program: Path) -> None:
    """Raise `BuildError` when a file needs a library that is neither here nor the system's."""
    unknown = {
        name: files for name, files in from_outside(program).items() if name not in SYSTEM_LIBRARIES
    }
    if unknown:
        lines = [f"{name} (for {files[0].name})" for name, files in sorted(unknown.items())]
        raise BuildError(f"libraries are missing in the frozen program: {', '.join(lines)}")


def link_tree(source: Path, target: Path) -> None:
    """Copy a folder that is only read from here on, as links where the disk has them."""
    shutil.copytree(source, target, symlinks=True, copy_function=_link)


def release_date() -> str:
    """When this version was or is made, as the changelog has it or else of now."""
    found = _RELEASED.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    if found is not None:
        return found[1]
    return datetime.fromtimestamp(timestamp(), UTC).date().isoformat()


def timestamp() -> int:
    """What files are dated with, in seconds since the epoch.

    That is the commit's date, so that the same sources make the same artefact.
    """
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not told.isdigit() and shutil.which("git"):
        command = ("git", "-C", ROOT, "log", "-1", "--format=%ct")
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return int(told) if told.isdigit() else int(time.time())


def _settle(folder: Path) -> None:
    """Give everything the permissions that the rest of a system has."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            is_program = path.name == "chatapp" and path.parent.parent.name == "lib"
            path.chmod(0o755 if path.is_dir() or is_program else 0o644)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _copy(name: str, target: Path) -> None:
    _write(target, (FILES / name).read_bytes())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
