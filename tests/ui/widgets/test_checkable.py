"""What is on or off answers to a screen reader's first action as to a click."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

import chatapp.ui
from chatapp.ui.assistants.icon_choice import ICONS, IconChoice
from chatapp.ui.settings.accent_choice import AccentChoice
from chatapp.ui.theme import Appearance
from chatapp.ui.thinking_chip import ThinkingChip
from chatapp.ui.widgets.chip import Chip, MenuChip
from chatapp.ui.widgets.icon_button import ActionButton, IconButton
from chatapp.ui.widgets.segmented import Segmented

# Their owners listen to `toggled`, which every press is.
TOLD_BY_TOGGLED = {"Fold", "TypeRow"}


def press_first(widget: QWidget) -> None:
    """What a screen reader does with a button."""
    actions = QAccessible.queryAccessibleInterface(widget).actionInterface()
    actions.doAction(actions.actionNames()[0])
    QApplication.processEvents()


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[[QWidget], None]:
    def show(widget: QWidget) -> None:
        qtbot.addWidget(widget)
        widget.show()

    return show


@pytest.mark.parametrize("kind", [Chip, IconButton])
def test_a_press_is_one_click_whoever_presses(
    appearance: Appearance,
    shown: Callable[[QWidget], None],
    qtbot: QtBot,
    kind: type[Chip | IconButton],
) -> None:
    button: Chip | IconButton = Chip(appearance, "Fits")
    if kind is IconButton:
        button = IconButton(appearance, "code", "Go", checkable=True)
    shown(button)
    clicks: list[bool] = []
    button.clicked.connect(lambda: clicks.append(button.isChecked()))
    press_first(button)
    assert clicks == [True]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    button.click()
    QApplication.processEvents()
    assert clicks == [True, False, True, False]
    button.setChecked(True)
    button.setChecked(False)
    QApplication.processEvents()
    assert clicks == [True, False, True, False]


def test_choices_follow(appearance: Appearance, shown: Callable[[QWidget], None]) -> None:
    segments = Segmented(appearance, "Page", ["One", "Two", "Three"])
    shown(segments)
    numbers: list[int] = []
    segments.chosen.connect(numbers.append)
    press_first(segments.segments[2])
    press_first(segments.segments[2])
    assert (segments.current, numbers) == (2, [2])

    accents = AccentChoice(appearance, "Accent", str)
    shown(accents)
    colors: list[str] = []
    accents.chosen.connect(colors.append)
    name = list(accents.dots)[2]
    press_first(accents.dots[name])
    assert colors == [name]

    icons = IconChoice(appearance)
    shown(icons)
    chosen: list[str] = []
    icons.chosen.connect(lambda: chosen.append(icons.icon))
    press_first(icons._buttons[ICONS[3]])
    assert chosen == [ICONS[3]]


def test_the_thinking_chip_tells(appearance: Appearance, shown: Callable[[QWidget], None]) -> None:
    chip = ThinkingChip(appearance)
    chip.show_choice(thinking=False, effort=None)
    shown(chip)
    told: list[bool] = []
    chip.thinking_chosen.connect(told.append)
    press_first(chip.chip)
    assert told == [True]


def test_a_menu_opens_and_the_chip_stays_as_it_is(
    appearance: Appearance, shown: Callable[[QWidget], None]
) -> None:
    chip = MenuChip(appearance, "Size", [("", "Any"), ("small", "Small")])
    shown(chip)
    press_first(chip)
    (menu,) = chip.findChildren(QMenu)
    assert menu.isVisible()
    assert not chip.isChecked()
    menu.actions()[1].trigger()
    menu.close()
    assert chip.value == "small"


def test_an_action_is_done_once(appearance: Appearance, shown: Callable[[QWidget], None]) -> None:
    action = QAction("Branches", checkable=True)
    button = ActionButton(appearance, "branch", action)
    shown(button)
    done: list[bool] = []
    action.triggered.connect(lambda: done.append(action.isChecked()))
    press_first(button)
    assert (done, button.isChecked(), action.isChecked()) == ([True], True, True)
    action.setChecked(False)
    QApplication.processEvents()
    assert (done, button.isChecked()) == ([True], False)


def test_every_checkable_button_is_one() -> None:
    found = set()
    for path in Path(chatapp.ui.__path__[0]).rglob("*.py"):
        for part in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(part, ast.ClassDef) and "self.setCheckable(" in ast.unparse(part):
                bases = {ast.unparse(base) for base in part.bases}
                if "Checkable" not in bases:
                    found.add(part.name)
    assert found == TOLD_BY_TOGGLED
