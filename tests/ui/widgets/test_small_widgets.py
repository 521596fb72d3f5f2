"""Spinner, labels, bar, mark and search field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from chatapp.ui.theme import Appearance, ThemeChoice
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.search_field import SearchField
from chatapp.ui.widgets.spinner import Spinner
from chatapp.ui.widgets.state_mark import StateMark
from chatapp.ui.widgets.text_label import TextLabel


def has_color(widget: QWidget, color: QColor) -> bool:
    image = widget.grab().toImage()
    return any(
        image.pixelColor(x, y) == color for x in range(image.width()) for y in range(image.height())
    )


def test_a_spinner_costs_nothing_unless_it_turns(appearance: Appearance, qtbot: QtBot) -> None:
    spinner = Spinner(appearance)
    qtbot.addWidget(spinner)
    assert not spinner.is_turning
    spinner.show()
    assert spinner.is_turning
    spinner.set_fraction(0.4)
    assert not spinner.is_turning
    spinner.set_fraction(None)
    assert spinner.is_turning
    spinner.hide()
    assert not spinner.is_turning


def test_reduced_motion_stands_still(appearance: Appearance, qtbot: QtBot) -> None:
    spinner = Spinner(appearance)
    qtbot.addWidget(spinner)
    spinner.show()
    appearance.set_reduced_motion(reduced=True)
    assert not spinner.is_turning
    assert spinner.grab().toImage() == spinner.grab().toImage()


def test_an_elided_label_tells_the_rest_in_its_tooltip(
    appearance: Appearance, qtbot: QtBot
) -> None:
    label = ElidedLabel(appearance, text="A title that is\nrather long")
    qtbot.addWidget(label)
    for width, tooltip in ((40, "A title that is rather long"), (500, "")):
        label.resize(width, 20)
        event = QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), label.mapToGlobal(QPoint(1, 1)))
        QApplication.sendEvent(label, event)
        assert label.toolTip() == tooltip
        assert label.is_elided == bool(tooltip)


def test_a_label_keeps_its_colour_when_it_moves_to_another_parent(
    appearance: Appearance, qtbot: QtBot
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    label = TextLabel(appearance, "████", color="text_muted")
    label.set_color("danger")
    label.setParent(parent)
    parent.show()
    assert has_color(label, appearance.theme.danger)
    appearance.set_choice(ThemeChoice.DARK)
    assert has_color(label, appearance.theme.danger)


def test_a_label_shows_markup_as_it_is(appearance: Appearance, qtbot: QtBot) -> None:
    plain, marked = TextLabel(appearance, "bold"), TextLabel(appearance, "<b>bold</b>")
    qtbot.addWidget(plain)
    qtbot.addWidget(marked)
    assert marked.sizeHint().width() > plain.sizeHint().width()


@pytest.mark.parametrize(("fraction", "value"), [(-1, 0), (0, 0), (0.5, 500), (1, 1000), (7, 1000)])
def test_a_bar_stays_within_its_ends(
    appearance: Appearance, qtbot: QtBot, fraction: float, value: int
) -> None:
    bar = ProgressBar(appearance, "Loading")
    qtbot.addWidget(bar)
    bar.set_fraction(fraction)
    assert bar.value() == value
    bar.resize(100, 4)
    assert has_color(bar, appearance.theme.accent) == (value > 0)


def test_a_mark_has_the_colour_of_its_state(appearance: Appearance, qtbot: QtBot) -> None:
    mark = StateMark(appearance)
    qtbot.addWidget(mark)
    for kind, color in (("ready", "success"), ("failed", "danger"), ("partial", "warning")):
        mark.set_kind(kind)
        mark.resize(mark.sizeHint())
        assert has_color(mark, getattr(appearance.theme, color))
    mark.set_kind("busy")
    mark.show()
    assert mark.is_turning


@pytest.fixture
def field(appearance: Appearance, qtbot: QtBot) -> SearchField:
    field = SearchField(appearance, "Search", QKeySequence("Ctrl+K"))
    qtbot.addWidget(field)
    field.resize(220, 32)
    field.show()
    return field


def test_typing_is_told_once_when_it_pauses(field: SearchField, qtbot: QtBot) -> None:
    told: list[str] = []
    field.query_changed.connect(told.append)
    with qtbot.waitSignal(field.query_changed):
        qtbot.keyClicks(field, " lease ")
    assert told == ["lease"]


def test_escape_clears_at_once_and_then_is_left_to_others(field: SearchField, qtbot: QtBot) -> None:
    field.setText("lease")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    told: list[str] = []
    field.query_changed.connect(told.append)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert told == [""]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert told == [""]


def test_down_goes_to_the_results(field: SearchField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.down_pressed):
        qtbot.keyClick(field, Qt.Key.Key_Down)
