"""Draws Chatapp's icon in the forms that the systems want: PNG, Windows' .ico and macOS' .icns.

Needs PySide6 and no display.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = Path(__file__).resolve().parent.parent / "resources" / "icons" / "chatapp.svg"

ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)  # what Windows shows at 100 to 200 %
# What macOS calls each size; 16 and 32 points at a single density have no form that holds a PNG
# everywhere, and are made smaller from the next one.
_ICNS_KINDS = {
    b"ic11": 32,
    b"ic12": 64,
    b"ic07": 128,
    b"ic13": 256,
    b"ic08": 256,
    b"ic14": 512,
    b"ic09": 512,
    b"ic10": 1024,
}
_MACOS_MARGIN = 0.07  # of the width, on each side, so that it is as large as its neighbours


def png(size: int, margin: float = 0.0) -> bytes:
    """The icon as a PNG, `size` pixels wide; `margin` is the part left free on each side."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # The name of the format as bytes is what PySide6 takes, whatever its annotations say.
    _image(size, margin).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def write_ico(path: Path) -> None:
    """Write an icon for Windows: bitmaps, as every program reads them, and the largest as PNG."""
    pictures = [png(size) if size == 256 else _bitmap(size) for size in ICO_SIZES]
    offset = 6 + 16 * len(pictures)
    head = struct.pack("<HHH", 0, 1, len(pictures))
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        # 256 is written as 0.
        head += struct.pack("<4BHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    path.write_bytes(head + b"".join(pictures))


def write_icns(path: Path) -> None:
    """Write an icon for macOS."""
    content = b""
    for kind, size in _ICNS_KINDS.items():
        picture = png(size, _MACOS_MARGIN)
        content += kind + struct.pack(">I", 8 + len(picture)) + picture
    path.write_bytes(b"icns" + struct.pack(">I", 8 + len(content)) + content)


@cache
def _image(size: int, margin: float = 0.0) -> QImage:
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    free = size * margin
    QSvgRenderer(str(SOURCE)).render(painter, QRectF(free, free, size - 2 * free, size - 2 * free))
    painter.end()
    return image


def _bitmap(size: int) -> bytes:
    """A picture of an .ico file: header, pixels from the lowest line on, and an empty mask."""
    # The height counts the mask's lines too.
    head = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0)
    pixels = bytes(_image(size).constBits())  # four bytes each, so that no line is padded
    lines = [pixels[start : start + 4 * size] for start in range(0, len(pixels), 4 * size)]
    mask_line = bytes((size + 31) // 32 * 4)
    return head + b"".join(reversed(lines)) + mask_line * size
