"""Where a window was: kept for one screen by its name, and given back where it can be seen.

Qt's own way goes by the number of a screen, which changes when one is plugged in or out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStyle

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_STATES: Final = {
    "normal": Qt.WindowState.WindowNoState,
    "maximized": Qt.WindowState.WindowMaximized,
    "fullscreen": Qt.WindowState.WindowFullScreen,
}
_FORM: Final = re.compile(
    rf"({'|'.join(_STATES)}) (-?\d{{1,5}}) (-?\d{{1,5}}) (\d{{1,5}}) (\d{{1,5}}) (.{{0,200}})"
)


def describe(window: QWidget) -> str:
    """State, place on its screen and size of a window, and the name of the screen."""
    screen = window.screen()
    normal = window.normalGeometry()
    if not normal.isValid():  # it was never shown
        normal = window.geometry()
    at = normal.topLeft() - screen.geometry().topLeft()
    states = (name for name, state in _STATES.items() if state and window.windowState() & state)
    name = " ".join(screen.name().split())[:200]
    size = f"{normal.width()} {normal.height()}"
    return f"{next(states, 'normal')} {at.x()} {at.y()} {size} {name}"


def restore(window: QWidget, described: str) -> bool:
    """Put a window where it was; on its present screen if that one is gone.

    Returns False, and leaves the window alone, when nothing of the kind is described.
    """
    found = _FORM.fullmatch(described)
    if found is None:
        return False
    x, y, width, height = (int(found[number]) for number in range(2, 6))
    by_name = {" ".join(s.name().split())[:200]: s for s in QGuiApplication.screens()}
    screen = by_name.get(found[6], window.screen())
    place = QRect(screen.geometry().topLeft() + QPoint(x, y), QSize(width, height))
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    window.setGeometry(visible(place, screen.availableGeometry(), window.minimumSize(), title))
    window.setWindowState(_STATES[found[1]])
    return True


def visible(place: QRect, area: QRect, least: QSize, title: int) -> QRect:
    """A place like `place` that lies in `area`, with room for a title bar above it.

    It is made smaller than it was where it must be, but not smaller than `least`.
    """
    room = area.adjusted(0, title, 0, 0)
    size = place.size().boundedTo(room.size()).expandedTo(least)
    left = max(room.left(), min(place.left(), room.right() + 1 - size.width()))
    top = max(room.top(), min(place.top(), room.bottom() + 1 - size.height()))
    return QRect(QPoint(left, top), size)
