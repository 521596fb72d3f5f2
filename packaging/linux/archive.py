"""The archive for every other Linux: unpack it anywhere and start `chatapp` in it."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

from linux import tree

from chatapp import __version__

_READ_ME = f"""\
Chatapp {__version__}

Start it with ./chatapp. To have it in the menu, and models and links open with it, copy what is in
share/ to ~/.local/share/ and put a link to ./chatapp into a folder where commands are found.
Licences are in share/doc/chatapp/.
"""


def make_archive(usr: Path, artefact: Path) -> None:
    """Write the archive `artefact` of a folder `usr`."""
    name = artefact.name.removesuffix(".tar.gz")
    moment = tree.timestamp()

    def settled(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = moment
        return entry

    with (
        artefact.open("wb") as file,
        gzip.GzipFile("", "wb", 9, file, mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        link = settled(tarfile.TarInfo(f"{name}/chatapp"))
        link.type, link.linkname = tarfile.SYMTYPE, "lib/chatapp/chatapp"
        archive.addfile(link)
        read_me = settled(tarfile.TarInfo(f"{name}/README"))
        read_me.size = len(_READ_ME.encode())
        archive.addfile(read_me, io.BytesIO(_READ_ME.encode()))
        for path in sorted(usr.rglob("*")):
            where = f"{name}/{path.relative_to(usr)}"
            archive.add(path, where, recursive=False, filter=settled)
