"""Icons from one SVG source each, tinted when they are drawn.

The files are drawn in black on a 16 grid; only their shape counts. That way one set serves every
theme, state and pixel density.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QPoint

IconName = Literal[
    "archive",
    "arrow-down",
    "arrow-up",
    "branch",
    "bulb",
    "chart",
    "chat",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "chip",
    "clock",
    "close",
    "code",
    "compose",
    "continue",
    "contrast",
    "copy",
    "disk",
    "dislike",
    "download",
    "external",
    "eye",
    "file",
    "folder",
    "gear",
    "globe",
    "grip",
    "headset",
    "info",
    "keyboard",
    "like",
    "list",
    "lock",
    "minus",
    "model",
    "more",
    "paperclip",
    "pause",
    "pencil",
    "person",
    "pin",
    "play",
    "plus",
    "refresh",
    "restore",
    "search",
    "shield",
    "sidebar",
    "slash",
    "sliders",
    "sort",
    "stop",
    "tag",
    "translate",
    "trash",
    "upload",
    "verified",
    "warning",
    "wrap",
    "wrench",
]


class IconSet:
    """Draws the icons of one folder and remembers what it drew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._renderers: dict[IconName, QSvgRenderer] = {}
        self._pixmaps: dict[tuple[IconName, int, int, float], QPixmap] = {}

    def pixmap(self, name: IconName, size: int, color: QColor, ratio: float) -> QPixmap:
        """The icon `size` logical pixels wide in one colour, for a device pixel ratio."""
        key = (name, size, color.rgba(), ratio)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._draw(name, size, color, ratio)
        return self._pixmaps[key]

    def paint(
        self, painter: QPainter, name: IconName, top_left: QPoint, size: int, color: QColor
    ) -> None:
        """Draw the icon with its top left corner at `top_left`, `size` logical pixels wide."""
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(top_left, self.pixmap(name, size, color, ratio))

    def icon(self, name: IconName, size: int, color: QColor, disabled: QColor) -> QIcon:
        """The icon for what Qt paints itself, menus above all."""
        icon = QIcon()
        for ratio in (1.0, 2.0, 3.0):
            icon.addPixmap(self.pixmap(name, size, color, ratio), QIcon.Mode.Normal)
            icon.addPixmap(self.pixmap(name, size, disabled, ratio), QIcon.Mode.Disabled)
        return icon

    def application_icon(self) -> QIcon:
        """Chatapp's own icon, the only one with colours of its own."""
        return QIcon(str(self._folder / "chatapp.svg"))

    def _draw(self, name: IconName, size: int, color: QColor, ratio: float) -> QPixmap:
        if name not in self._renderers:
            source = (self._folder / f"{name}.svg").read_bytes()
            self._renderers[name] = QSvgRenderer(QByteArray(source))
        pixels = round(size * ratio)
        pixmap = QPixmap(pixels, pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderers[name].render(painter, QRectF(0, 0, pixels, pixels))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(pixmap.rect(), color)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
