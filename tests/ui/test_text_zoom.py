"""The size of the text is changed while a window is open, and all of it goes along."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from chatapp.paths import Paths
from chatapp.ui.theme import Appearance
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.combo import Combo
from chatapp.ui.widgets.details_block import DetailsBlock
from chatapp.ui.widgets.growing_field import GrowingField
from chatapp.ui.widgets.icon_label import IconLabel
from tests.ui.every_window import SCENES, Around, Scene, clipped, shown


@pytest.fixture
def around(qapp: QApplication, appearance: Appearance, tmp_path: Path) -> Iterator[Around]:
    around = Around(qapp, appearance, Paths.default().resources, tmp_path)
    yield around
    around.close()


def sizes(window: QWidget) -> dict[QWidget, tuple[int, int, int]]:
    """The font and the limits of the height of all that has words of its own."""
    return {
        widget: (
            QFontInfo(widget.font()).pixelSize(),
            widget.minimumHeight(),
            widget.maximumHeight(),
        )
        for widget in window.findChildren(QWidget)
        if widget.isVisibleTo(window)
        and isinstance(widget, QLabel | QAbstractButton | QLineEdit | QPlainTextEdit | QComboBox)
    }


def zoom(window: QWidget, scene: Scene, around: Around, percent: int) -> None:
    around.looks[-1].set_text(zoom=percent)
    around.settle()  # else the window is kept as wide as it had to be before
    if scene.size is not None and not scene.has_look:
        window.resize(*(round(one * percent / 100) for one in scene.size))
    elif scene.size is None:
        window.resize(window.sizeHint())
    around.settle()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_window_grows_with_its_text(around: Around, scene: Scene) -> None:
    with shown(scene, around) as window:
        if window.windowType() is Qt.WindowType.Popup:
            return  # closed before anything else can be done
        before = sizes(window)
        zoom(window, scene, around, 200)
        fields = [one for one in window.findChildren(QPlainTextEdit) if one.placeholderText()]
        assert all(one.viewport().font() == one.font() for one in fields)
        stuck = [
            f"{type(widget).__name__} {size}"
            for widget, (size, _, _) in sizes(window).items()
            if widget in before and size < 1.8 * before[widget][0]
        ]
        assert stuck == []
        assert clipped(window) == []
        zoom(window, scene, around, 100)
        changed = [
            f"{type(widget).__name__} {before[widget]} became {now}"
            for widget, now in sizes(window).items()
            if widget in before and now != before[widget]
        ]
        assert changed == []
        if scene.has_look:
            for percent in (50, 300):
                zoom(window, scene, around, percent)
                assert not window.grab().isNull()


def test_what_has_a_size_of_its_own_follows(appearance: Appearance, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field = GrowingField(appearance, 4, parent=window)
    field.setPlainText("One\nTwo\nThree")
    details = DetailsBlock(appearance, "Line\n" * 5, window)
    combo: Combo[int] = Combo(appearance, "Number", [(1, "One")], parent=window)
    button = Button(appearance, "Press", parent=window)
    field.resize(200, 40)
    window.show()
    icon = IconLabel(appearance, "chip", beside=18, parent=window)
    widgets = (field, details, combo, button, icon)

    def heights() -> list[int]:
        QApplication.processEvents()  # layouts in layouts hear of it late
        return [widget.sizeHint().height() + widget.minimumHeight() for widget in widgets]

    small = heights()
    appearance.set_text(zoom=300)
    assert all(new > 1.4 * old for new, old in zip(heights(), small, strict=True))
    appearance.set_text()
    assert heights() == small


def test_a_fitted_widget_is_left_alone_once_it_is_gone(appearance: Appearance) -> None:
    calls: list[int] = []
    widget = QWidget()
    appearance.fit(widget, lambda _: calls.append(appearance.size))
    assert len(calls) == 1
    appearance.set_text(zoom=150)
    assert len(calls) == 2
    del widget
    appearance.set_text()
    assert len(calls) == 2
