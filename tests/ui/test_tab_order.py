"""Tab goes once through everything that takes the keyboard, and back; where it is can be seen.

And all of it has a name and a role for screen readers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QWidget
from pytestqt.qtbot import QtBot

from chatapp.paths import Paths
from chatapp.ui.theme import Appearance
from chatapp.ui.transcript.accessible import install_accessibility
from chatapp.ui.widgets.icon_button import IconButton
from tests.ui.every_window import ENGLISH, RIGHT_TO_LEFT, SCENES, Around, Scene, shown

MOST = 300
AROUND = 6  # pixels around a widget, for the ring
KEYS = Qt.Key
# What Qt calls a widget that says nothing of itself.
NO_ROLES = {QAccessible.Role.NoRole, QAccessible.Role.Client}


@pytest.fixture(scope="module", autouse=True)
def _installed(qapp: QApplication) -> None:
    install_accessibility()


@pytest.fixture(params=[ENGLISH, RIGHT_TO_LEFT])
def around(
    qapp: QApplication, appearance: Appearance, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Around]:
    around = Around(qapp, appearance, Paths.default().resources, tmp_path, request.param)
    yield around
    around.close()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_keyboard_reaches_everything(around: Around, qtbot: QtBot, scene: Scene) -> None:
    with shown(scene, around) as window:
        assert nameless(window) == []
        places = wanted(window)
        if not places:
            return
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        if QApplication.focusWidget() is None:
            qtbot.keyClick(window, KEYS.Key_Tab)
        look = around.looks[-1] if around.language == ENGLISH else None
        if len(places) == 1:
            assert places == {QApplication.focusWidget()}
            return
        order = stops(window, qtbot, KEYS.Key_Tab)
        assert [told(widget) for widget in places - set(order)] == []
        assert len(order) == len(set(order))
        back = stops(window, qtbot, KEYS.Key_Backtab, look)
        assert set(back) == set(order)


def stops(
    window: QWidget, qtbot: QtBot, key: Qt.Key, look: Appearance | None = None
) -> list[QWidget]:
    """Where the keyboard goes, until it is where it began. Places in a list count as the list.

    With a look, each must be marked in its accent while the keyboard is there.
    """
    first = QApplication.focusWidget()
    assert first is not None
    found = [first]
    for _ in range(MOST):
        before = found[-1]
        marked = accented(window, before, look)
        qtbot.keyClick(QApplication.focusWidget(), key)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert window.isAncestorOf(focused)
        if focused is before:
            continue
        QApplication.processEvents()  # what scrolls to it
        assert is_inside(focused, window), f"not to be seen: {told(focused)}"
        if look is not None and len(found) > 1:  # how the first got the keyboard is unknown
            assert marked > accented(window, before, look), f"not marked: {told(before)}"
        if focused is first:
            return found
        found.append(focused)
    raise AssertionError(f"the keyboard never comes back from {told(found[-1])}")


def accented(window: QWidget, widget: QWidget, look: Appearance | None) -> int:
    """How many pixels at and around a widget have the colour of the accent."""
    if look is None:
        return 0
    corner = widget.mapTo(window, QPoint(0, 0))
    area = widget.rect().translated(corner).adjusted(-AROUND, -AROUND, AROUND, AROUND)
    image = window.grab(area).toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(image.constBits()).cast("I").tolist()
    return pixels.count(look.theme.accent.rgb())


def wanted(window: QWidget) -> set[QWidget]:
    """All that takes the keyboard by Tab."""
    return {
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not is_another_choice(widget)
    }


def is_another_choice(widget: QWidget) -> bool:
    """Whether the arrow keys lead to it, from the one of its group that is chosen."""
    if not isinstance(widget, QAbstractButton) or widget.isChecked():
        return False
    group = widget.group()
    return widget.autoExclusive() or (group is not None and group.exclusive())


def nameless(window: QWidget) -> list[str]:
    """What can be used but says not what it is, or what for."""
    found = []
    for widget in window.findChildren(QWidget):
        is_used = widget.focusPolicy() & Qt.FocusPolicy.TabFocus or isinstance(
            widget, QAbstractButton
        )
        if not is_used or not widget.isVisible() or widget.focusProxy() is not None:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        name = interface.text(QAccessible.Text.Name)
        if not name or interface.role() in NO_ROLES:
            found.append(f"{type(widget).__name__} {name!r} {interface.role().name}")
        elif isinstance(widget, IconButton) and not widget.toolTip():
            found.append(f"{type(widget).__name__} {name!r} without a tooltip")
    return found


def is_inside(widget: QWidget, window: QWidget) -> bool:
    if isinstance(widget, QAbstractScrollArea):
        widget = widget.viewport()
    return not widget.visibleRegion().isEmpty() and window.rect().contains(
        widget.mapTo(window, widget.visibleRegion().boundingRect().center())
    )


def told(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()!r}"
