"""Everything can be read: each text on each of its backgrounds, in every theme and accent.

Which those are is not written down: they are found in the pictures of all windows. What the look
promises besides is in `LEAST`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from chatapp.paths import Paths
from chatapp.ui.accent import READABLE, VISIBLE, contrast, read_accents, with_accent
from chatapp.ui.theme import Appearance, Theme, ThemeChoice
from chatapp.ui.widgets.text_label import TextLabel
from tests.ui.every_window import SCENES, Around, Scene, shown
from tests.ui.painted import ROLES, make_resources, painted, point_everywhere

FOLDER = Paths.default().resources / "themes"
THEMES = {
    path.stem: Theme.read(path) for path in sorted(FOLDER.glob("*.toml")) if path.stem != "accents"
}
ACCENTS = read_accents(FOLDER / "accents.toml")
# What anybody may choose: too light, too dark, too loud, no colour at all.
ANY = [
    QColor.fromHsl(hue, saturation, lightness)
    for hue, saturation in ((0, 0), *product(range(0, 360, 45), (120, 255)))
    for lightness in (0, 60, 100, 128, 160, 210, 255)
]
EVERY = [
    *THEMES.items(),
    *(
        (f"{name} with {color.name()}", with_accent(theme, color))
        for name, theme in THEMES.items()
        if not theme.is_high_contrast
        for color in (*ACCENTS.values(), *ANY)
    ),
]

# Every role is of one kind.
WORDS = [
    "text_muted",
    "text_faint",
    "on_accent",
    "accent_text",
    "selection_text",
    "on_danger",
    "find_current_text",
    "tooltip_text",
    "syntax_keyword",
    "syntax_string",
    "syntax_number",
    "syntax_comment",
    "syntax_function",
    "syntax_type",
]
WORDS_AND_FILLS = ["text", "success", "warning", "danger"]
DISABLED = ["text_disabled"]  # needs no contrast, after WCAG 2
MARKS = ["accent", "control_border", *(f"chart_{number}" for number in range(1, 7))]
PAPER = [
    "window",
    "surface",
    "surface_raised",
    "surface_sunken",
    "hover",
    "pressed",
    "selected",
    "border",
    "border_strong",
    "accent_hover",
    "accent_pressed",
    "accent_tint",
    "selection",
    "user_bubble",
    "code_background",
    "code_border",
    "success_tint",
    "warning_tint",
    "danger_tint",
    "find_match",
    "find_current",
    "scrim",
    "chart_grid",
    "tooltip_background",
    "tooltip_border",
    "shadow",
]

PLAIN = "window surface surface_raised surface_sunken hover"
LEAST = {
    "text": f"{PLAIN} pressed selected user_bubble code_background accent_tint success_tint "
    "warning_tint danger_tint find_match",
    "text_muted": f"{PLAIN} pressed selected user_bubble code_background accent_tint success_tint "
    "warning_tint danger_tint",
    "text_faint": f"{PLAIN} code_background",
    "selection_text": "selection",
    "on_accent": "accent accent_hover accent_pressed",
    "accent_text": f"{PLAIN} pressed selected accent_tint user_bubble code_background",
    "success": "window surface surface_raised success_tint",
    "warning": "window surface surface_raised warning_tint selected",
    "danger": "window surface surface_raised danger_tint selected",
    "find_current_text": "find_current",
    "on_danger": "danger",
    "tooltip_text": "tooltip_background",
    **{role: "code_background" for role in WORDS if role.startswith("syntax_")},
}
LEAST_OF_MARKS = {
    "control_border": "window surface surface_raised",
    "accent": "window surface surface_raised",
    **{role: "surface" for role in MARKS if role.startswith("chart_")},
}


@pytest.fixture(scope="module")
def probe(
    qapp: QApplication, _appearance: Appearance, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Appearance, Path]]:
    """A look in which every role can be told from every other, and the resources it is from."""
    resources = make_resources(tmp_path_factory.mktemp("probe"))
    look = Appearance(qapp, resources, ThemeChoice.LIGHT)
    yield look, resources
    look.deleteLater()
    _appearance._apply()


@pytest.fixture
def around(qapp: QApplication, probe: tuple[Appearance, Path], tmp_path: Path) -> Iterator[Around]:
    around = Around(qapp, *probe, tmp_path)
    yield around
    around.close()


def pairs_of(table: dict[str, str]) -> set[tuple[str, str]]:
    return {(front, back) for front, backs in table.items() for back in backs.split()}


def weak(pairs: set[tuple[str, str]], least: float) -> dict[str, float]:
    """The worst of each pair that has too little contrast in some theme."""
    found: dict[str, float] = {}
    for name, theme in EVERY:
        for front, back in pairs:
            ratio = contrast(getattr(theme, front), getattr(theme, back))
            if ratio < least:
                found.setdefault(f"{front} on {back} in {name}", round(ratio, 2))
    return found


def seen(window: QWidget, *looks: Appearance, by_qt: bool = False) -> set[tuple[str, str]]:
    """The pairs of a window, at rest and under the pointer."""
    groups = (WORDS, WORDS_AND_FILLS)
    at_rest = painted(window, looks, groups, by_qt=by_qt)
    point_everywhere(window)
    return set(at_rest) | set(painted(window, looks, groups, by_qt=by_qt))


def test_black_on_white_is_21() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


def test_there_are_three_themes_and_the_accents_of_the_look() -> None:
    assert set(THEMES) == {"light", "dark", "high-contrast"}
    assert list(ACCENTS) == ["teal", "green", "orange", "red", "purple", "grey"]


def test_every_role_is_of_one_kind() -> None:
    assert sorted([*WORDS, *WORDS_AND_FILLS, *DISABLED, *MARKS, *PAPER]) == sorted(ROLES)
    assert set(LEAST) == {*WORDS, *WORDS_AND_FILLS}
    assert set(LEAST_OF_MARKS) == set(MARKS)


def test_what_the_look_promises_can_be_read() -> None:
    assert weak(pairs_of(LEAST), READABLE) == {}


def test_shapes_can_be_seen() -> None:
    assert weak(pairs_of(LEAST_OF_MARKS), VISIBLE - 0.005) == {}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_what_a_window_shows_can_be_read(around: Around, scene: Scene) -> None:
    with shown(scene, around) as window:
        pairs = seen(window, *around.looks)
    assert pairs
    assert weak(pairs - pairs_of(LEAST), READABLE) == {}


def test_what_qt_paints_can_be_read(probe: tuple[Appearance, Path], qtbot: QtBot) -> None:
    look, _ = probe
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(QLineEdit("Typed"))
    empty = QLineEdit()
    empty.setPlaceholderText("Nothing yet")
    selected = QLineEdit("Selected")
    selected.selectAll()
    field = QPlainTextEdit("Many lines")
    field.setObjectName("field")
    for widget in (empty, selected, field):
        column.addWidget(widget)
    window.show()
    window.activateWindow()
    selected.setFocus()
    qtbot.waitUntil(selected.hasFocus)
    pairs = seen(window, look, by_qt=True)
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("One")
    menu.setActiveAction(menu.addAction("Another"))
    menu.show()
    pairs |= seen(menu, look, by_qt=True)
    menu.close()
    assert weak(pairs, READABLE) == {}
    assert {
        ("text", "surface_raised"),
        ("text", "hover"),
        ("text", "code_background"),
        ("text_faint", "surface_raised"),
        ("selection_text", "selection"),
    } <= pairs


def test_words_on_a_strange_background_are_found(
    probe: tuple[Appearance, Path], qtbot: QtBot
) -> None:
    look, _ = probe
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(TextLabel(look, "Small words", "caption", "text_faint"))
    palette = window.palette()
    palette.setColor(palette.ColorRole.Window, look.theme.chart_1)
    window.setPalette(palette)
    window.show()
    pairs = seen(window, look)
    assert ("text_faint", "chart_1") in pairs
    assert any(found.startswith("text_faint on chart_1 in dark") for found in weak(pairs, READABLE))


@pytest.mark.parametrize("accent", ACCENTS)
def test_a_shipped_accent_is_as_it_is_written_where_it_can_be(accent: str) -> None:
    assert with_accent(THEMES["light"], ACCENTS[accent]).accent == ACCENTS[accent]


def test_high_contrast_keeps_its_own() -> None:
    theme = THEMES["high-contrast"]
    assert with_accent(theme, ACCENTS["red"]) is theme
