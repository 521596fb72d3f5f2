"""Which images may be shown: those that are on this computer or in the text itself.

Whatever a model wrote, looking at it must not talk to the network. A path that begins with two
slashes names another computer, and so does a file address with a host.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote

_MOST_CHARACTERS: Final = 10 * 1024 * 1024 * 4 // 3 + 4
_DATA: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp|bmp);base64,", re.IGNORECASE)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]++={0,2}+")
_FILE: Final = "file://"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_ABSOLUTE: Final = re.compile(r"/(?![/\\])|[A-Za-z]:[/\\](?![/\\])")
_DRIVE: Final = re.compile(r"/[A-Za-z]:[/\\]")


def is_local_image(source: str) -> bool:
    """Whether an image can be shown without the network. Its file may still not exist."""
    return bool(image_path(source)) or _is_data(source)


def image_path(source: str) -> str:
    """The path of the file that an image lies in; empty if it lies elsewhere.

    Whoever opens it has to make sure that it is a regular file.
    """
    if len(source) > 8192:
        return ""
    path = unquote(source)
    if path[: len(_FILE)].lower() == _FILE:
        path = path[len(_FILE) :]
        if not path.startswith("/"):
            return ""
        if _DRIVE.match(path):
            path = path[1:]
    if _CONTROL.search(path) or not _ABSOLUTE.match(path):
        return ""
    # A picture of that kind can refer to others.
    return "" if path.lower().endswith((".svg", ".svgz")) else path


def image_bytes(source: str) -> bytes:
    """The bytes of an image that is in the text itself; empty if it isn't or is damaged."""
    if not _is_data(source):
        return b""
    try:
        return base64.b64decode(source[source.index(",") + 1 :], validate=True)
    except binascii.Error:
        return b""


def _is_data(source: str) -> bool:
    start = _DATA.match(source)
    if start is None or len(source) - start.end() > _MOST_CHARACTERS:
        return False
    return _BASE64.fullmatch(source, start.end()) is not None
