"""Where a window comes back: on its screen, and where it can be seen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from chatapp.ui.window_geometry import describe, restore, visible
from tests.ui.conftest import OpenWindow

ROOT = Path(__file__).parent.parent.parent
AREA = QRect(0, 0, 1920, 1080)
LEAST = QSize(640, 480)

# Two screens side by side, as the offscreen platform takes them.
SCREENS = """
{"synchronousWindowSystemEvents": true, "screens": [
 {"name": "left", "x": 0, "y": 0, "width": 1000, "height": 800, "logicalDpi": 96,
  "logicalBaseDpi": 96, "dpr": 1},
 {"name": "right", "x": 1000, "y": 0, "width": 1600, "height": 900, "logicalDpi": 96,
  "logicalBaseDpi": 96, "dpr": 1}]}
"""
SMALLER = '"x": -800, "y": 0, "width": 800, "height": 600'
FRAME = 2  # pixels, of the platform without a screen
PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
from chatapp.ui.window_geometry import describe, restore
application = QApplication(sys.argv[:1])
for described in sys.argv[1:]:
    window = QWidget()
    window.setMinimumSize(640, 480)
    assert restore(window, described)
    window.show()
    place = window.normalGeometry()
    print(window.screen().name(), place.x(), place.y(), place.width(), place.height(),
          int(window.isMaximized()), describe(window) == described)
"""


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        (QRect(100, 100, 900, 700), QRect(100, 100, 900, 700)),
        (QRect(-3000, 100, 900, 700), QRect(0, 100, 900, 700)),
        (QRect(5000, 5000, 900, 700), QRect(1020, 380, 900, 700)),
        (QRect(100, 0, 900, 700), QRect(100, 30, 900, 700)),
        (QRect(0, 30, 4000, 3000), QRect(0, 30, 1920, 1050)),
        (QRect(100, 100, 10, 10), QRect(100, 100, 640, 480)),
    ],
)
def test_a_place_that_can_be_seen(place: QRect, seen: QRect) -> None:
    assert visible(place, AREA, LEAST, 30) == seen


def test_a_screen_that_is_too_small() -> None:
    seen = visible(QRect(50, 50, 900, 700), QRect(0, 0, 600, 400), LEAST, 30)
    assert seen == QRect(0, 30, 640, 480), "its title bar can be reached"


def test_there_and_back(qtbot: QtBot) -> None:
    first, second = QWidget(), QWidget()
    for widget in (first, second):
        qtbot.addWidget(widget)
    first.setGeometry(40, 60, 500, 400)
    first.show()
    assert restore(second, describe(first))
    assert second.geometry() == first.geometry()
    first.showMaximized()
    assert restore(second, describe(first))
    second.show()
    assert second.windowState() & Qt.WindowState.WindowMaximized
    second.showNormal()
    assert second.size() == QSize(500, 400)


@pytest.mark.parametrize(
    "described",
    [
        "",
        "AdnQywADAAAAAAAA",
        "normal",
        "normal 1 2 3",
        "normal a b c d left",
        "tiled 1 2 3 4 left",
        "normal 999999 1 1 1 left",
        "normal 1 2 3 -4 left",
        "normal 1 2 3 4 " + "x" * 300,
    ],
)
def test_what_is_no_place(qtbot: QtBot, described: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(10, 20, 300, 200)
    assert not restore(window, described)
    assert window.geometry() == QRect(10, 20, 300, 200)


def places_on(screens: str, folder: Path, *described: str) -> list[str]:
    """Where windows that were there come back."""
    file = folder / "screens.json"
    file.write_text(screens)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *described],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={file}"},
        text=True,
        capture_output=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_on_the_screen_where_it_was(tmp_path: Path) -> None:
    right, left, large, gone = places_on(
        SCREENS,
        tmp_path,
        "normal 120 130 800 600 right",
        "normal 20 130 800 600 left",
        "maximized 120 130 800 600 right",
        "normal 700 500 800 600 gone",
    )
    assert right == "right 1120 130 800 600 0 True"
    assert left == "left 20 130 800 600 0 True"
    assert large == "right 1120 130 800 600 1 True"
    assert gone == "left 200 200 800 600 0 False"


def test_a_screen_that_is_smaller_or_scaled_now(tmp_path: Path) -> None:
    """The right one lies elsewhere, has half of its logical width, and twice the pixels."""
    screens = SCREENS.replace('"x": 1000, "y": 0, "width": 1600, "height": 900', SMALLER)
    inside, outside, large = places_on(
        screens.replace('"dpr": 1}]', '"dpr": 2}]'),
        tmp_path,
        "normal 20 60 700 500 right",
        "normal 900 700 1200 800 right",
        "maximized 900 700 1200 800 right",
    )
    name, x, *rest = inside.split()[:5]
    assert (name, rest) == ("right", ["60", "700", "500"])
    assert abs(int(x) + 780) <= FRAME
    for line in (outside, large):
        name, *numbers = line.split()[:5]
        seen = QRect(*map(int, numbers))
        assert name == "right"
        assert QRect(-800, 0, 800 + FRAME, 600).contains(seen), line
    assert large.split()[5] == "1"


def test_the_window_and_its_sidebar_come_back(open_window: OpenWindow) -> None:
    window = open_window()
    window.start()
    window.main.setGeometry(30, 60, 1240, 700)
    window.main.parts.layout._splitter.setSizes([310, 930])
    place = window.main.geometry()
    assert window.sidebar.width() == 310
    window.close()
    again = open_window()
    again.start()
    room = again.main.screen().availableGeometry()
    assert again.main.size() == place.size().boundedTo(room.size())
    assert room.adjusted(0, 0, FRAME, 0).contains(again.main.geometry())
