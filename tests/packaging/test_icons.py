"""The icon in the forms of the systems, read back."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtGui import QImage, QImageReader


@pytest.fixture
def icons(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("icons")


def test_an_icon_for_windows_has_every_size(icons: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "chatapp.ico"
    icons.write_ico(path)
    reader = QImageReader(str(path))
    assert reader.imageCount() == len(icons.ICO_SIZES)
    for index, size in enumerate(icons.ICO_SIZES):
        assert reader.jumpToImage(index)
        image = reader.read()
        assert (image.width(), image.height()) == (size, size), reader.errorString()
        drawn = QImage.fromData(icons.png(size))
        # A corner that nothing is drawn in, the ground, and the bubble: the right way up.
        for x, y in ((0, 0), (size // 2, size // 8), (size // 2, size // 2)):
            assert image.pixel(x, y) == drawn.pixel(x, y)
        assert drawn.pixelColor(0, 0).alpha() == 0
        assert drawn.pixelColor(size // 2, size // 8).alpha() == 255


def test_an_icon_for_macos_has_what_its_names_promise(icons: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "chatapp.icns"
    icons.write_icns(path)
    content = path.read_bytes()
    assert content[:4] == b"icns"
    assert struct.unpack(">I", content[4:8]) == (len(content),)
    sizes = {}
    position = 8
    while position < len(content):
        kind, length = content[position : position + 4], content[position + 4 : position + 8]
        end = position + int.from_bytes(length)
        sizes[kind] = QImage.fromData(content[position + 8 : end]).width()
        position = end
    assert sizes == {
        b"ic11": 32,
        b"ic12": 64,
        b"ic07": 128,
        b"ic13": 256,
        b"ic08": 256,
        b"ic14": 512,
        b"ic09": 512,
        b"ic10": 1024,
    }
