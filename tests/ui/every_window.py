"""Every window, dialog and panel, once: for the tests of all of them, and for looking at.

    python -m tests.ui.every_window OUT [--only NAME …] [--scale 2]

draws each in every language, theme and size of text, and a sheet with all of them on it; says
which words are cut off and what Qt warns of, and ends with 1 if there was anything. Who makes a new
window adds it to `PIECES` if it can stand alone, or to `IN_WINDOW` if a window opens it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from chatapp.app import create_application
from chatapp.ui.theme import Appearance, ThemeChoice
from tests.ui.clipping import all_words, clipped
from tests.ui.piece_scenes import PIECES
from tests.ui.scene import (
    CHINESE,
    ENGLISH,
    LANGUAGES,
    PSEUDO,
    RIGHT_TO_LEFT,
    THEMES,
    ZOOMS,
    Around,
    Scene,
    make_resources,
    shown,
)
from tests.ui.window_scenes import IN_WINDOW, WINDOWS, open_stage

__all__ = [
    "CHINESE",
    "ENGLISH",
    "IN_WINDOW",
    "LANGUAGES",
    "PSEUDO",
    "RIGHT_TO_LEFT",
    "SCENES",
    "THEMES",
    "ZOOMS",
    "Around",
    "Scene",
    "all_words",
    "clipped",
    "make_resources",
    "shown",
]

SCENES: tuple[Scene, ...] = (*WINDOWS, *PIECES)
_TILE = 480  # pixels, the width of a picture on a sheet
_EXPECTED = "This plugin does not support"  # of the platform without a screen


class Gallery:
    """Draws scenes into a folder, and keeps what is wrong with them."""

    def __init__(self, application: QApplication, folder: Path, out: Path) -> None:
        self.findings: list[str] = []
        self._application = application
        self._folder = folder
        self._out = out
        self._resources = make_resources(folder)
        self._appearance = Appearance(application, self._resources, ThemeChoice.LIGHT)
        self._pictures: list[QImage] = []

    def draw(self, scene: Scene) -> None:
        """A window in every variant, made anew for each language and size of text."""
        for language, zoom in product(LANGUAGES, ZOOMS):
            around = self._around(scene.name, language, zoom)
            with shown(scene, around) as widget:
                self._take(widget, scene.name, around)
            around.close()
        self._end(scene.name)

    def draw_in_window(self, only: Callable[[str], bool]) -> None:
        """What a window opens, in one window for each language and size of text."""
        names = [scene.name for scene in IN_WINDOW if only(scene.name)]
        taken: dict[str, list[QImage]] = {name: [] for name in names}
        for language, zoom in product(LANGUAGES if names else (), ZOOMS):
            around = self._around("window", language, zoom)
            stage = open_stage(around)
            for scene in IN_WINDOW:
                if scene.name in taken:
                    with scene.open(stage) as widget:
                        self._take(widget, scene.name, around)
                    around.set_theme(ThemeChoice.LIGHT)
                    taken[scene.name] += self._pictures
                    self._pictures = []
            around.close()
        for name, self._pictures in taken.items():
            self._end(name)

    def _around(self, name: str, language: str, zoom: int) -> Around:
        place = self._folder / name / f"{language}{zoom}"
        return Around(self._application, self._appearance, self._resources, place, language, zoom)

    def _take(self, widget: QWidget, name: str, around: Around) -> None:
        for theme in THEMES:
            around.set_theme(theme)
            picture = widget.grab().toImage()
            variant = f"{name}-{around.language}-{theme}-{around.zoom}"
            picture.save(str(self._out / f"{variant}.png"))
            self._pictures.append(picture)
            self.findings += [f"{variant}: {finding}" for finding in clipped(widget)]

    def _end(self, name: str) -> None:
        _sheet(self._pictures).save(str(self._out / f"sheet-{name}.png"))
        self._pictures = []

    def note_warning(self, kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
        """What Qt says while it draws."""
        if kind not in {QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg} and _EXPECTED not in text:
            self.findings.append(f"Qt: {text}")


def draw(out: Path, only: list[str]) -> list[str]:
    """Pictures of everything, or of the scenes with these names. Returns what is wrong."""
    application = create_application()
    with tempfile.TemporaryDirectory() as name:
        gallery = Gallery(application, Path(name), out)
        qInstallMessageHandler(gallery.note_warning)
        for scene in SCENES:
            if not only or scene.name in only:
                gallery.draw(scene)
        gallery.draw_in_window(lambda name: not only or name in only)
        qInstallMessageHandler(None)
        return gallery.findings


def _sheet(pictures: list[QImage]) -> QImage:
    """All of them small, the themes of a language and size in a row of two."""
    mode = Qt.TransformationMode.SmoothTransformation
    tiles = [one.scaledToWidth(min(_TILE, one.width()), mode) for one in pictures]
    per_row = len(THEMES) * len(ZOOMS)
    height = max(tile.height() for tile in tiles)
    rows = -(-len(tiles) // per_row)
    sheet = QImage(_TILE * per_row, height * rows, QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.gray)
    painter = QPainter(sheet)
    for number, tile in enumerate(tiles):
        tile.setDevicePixelRatio(1)
        painter.drawImage(number % per_row * _TILE, number // per_row * height, tile)
    painter.end()
    return sheet


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.ui.every_window")
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="names of scenes")
    parser.add_argument("--scale", default="1", help="pixels of the screen for one of ours")
    options = parser.parse_args()
    os.environ["QT_SCALE_FACTOR"] = options.scale
    options.out.mkdir(parents=True, exist_ok=True)
    findings = draw(options.out, options.only)
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
