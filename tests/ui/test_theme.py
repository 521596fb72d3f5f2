"""The theme files are complete and readable by eye, and switching reaches the application."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.paths import Paths
from chatapp.ui.fonts import families
from chatapp.ui.theme import Appearance, Theme, ThemeChoice, ThemeError
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

FOLDER = Paths.default().resources / "themes"


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (lambda text: text.replace('hover = "#ECECE8"\n', ""), "no colour for hover"),
        (lambda text: text + 'sparkle = "#FFFFFF"\n', "unknown role sparkle"),
        (lambda text: text.replace("#ECECE8", "grassy"), "hover is not a colour: 'grassy'"),
        (lambda text: text.replace("[colors]", "[colours]"), r"no table \[colors\]"),
        (lambda text: text.replace("is_dark = false", "is_dark = 1"), "is_dark is not true"),
        (lambda text: text + "=", "Invalid"),
    ],
)
def test_a_faulty_theme_says_what_is_wrong(tmp_path: Path, edit, complaint: str) -> None:
    path = tmp_path / "light.toml"
    path.write_text(edit((FOLDER / "light.toml").read_text("utf-8")), "utf-8")
    with pytest.raises(ThemeError, match=complaint):
        Theme.read(path)


def test_a_missing_theme_is_a_theme_error(tmp_path: Path) -> None:
    with pytest.raises(ThemeError):
        Theme.read(tmp_path / "none.toml")


def test_choosing_a_theme_reaches_the_application(
    appearance: Appearance, qapp: QApplication, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(appearance.changed):
        appearance.set_choice(ThemeChoice.DARK)
    assert appearance.theme.is_dark
    assert qapp.palette().window().color() == appearance.theme.window
    assert "rgba(58, 59, 66" in qapp.styleSheet()
    appearance.set_choice(ThemeChoice.HIGH_CONTRAST)
    assert appearance.theme.is_high_contrast


def test_it_follows_the_system(
    appearance: Appearance, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    appearance.set_choice(ThemeChoice.SYSTEM)
    hints = qapp.styleHints()
    monkeypatch.setattr(type(hints), "colorScheme", lambda _: Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert appearance.theme.is_dark
    monkeypatch.setattr(type(hints), "colorScheme", lambda _: Qt.ColorScheme.Light)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not appearance.theme.is_dark


def test_a_chosen_theme_stays_when_the_system_changes(
    appearance: Appearance, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = qapp.styleHints()
    monkeypatch.setattr(type(hints), "colorScheme", lambda _: Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not appearance.theme.is_dark


def test_sizes_are_multiples_of_the_system_font(appearance: Appearance) -> None:
    body = appearance.font("body")
    assert appearance.font("display").pointSizeF() == pytest.approx(body.pointSizeF() * 2)
    assert appearance.font("reading").pointSizeF() == pytest.approx(body.pointSizeF() * 1.15)
    assert appearance.line_height("reading") > appearance.line_height("body")
    assert appearance.font("code").fixedPitch()


def test_chinese_comes_in_its_own_face(appearance: Appearance) -> None:
    known = [f for f in ("Noto Sans CJK SC", "PingFang SC") if QFontDatabase.hasFamily(f)]
    if not known:
        pytest.skip("no Chinese font is installed")
    used = appearance.font("body").families()
    assert QFontDatabase.hasFamily(used[0])
    assert known[0] in used[1:]


def test_another_accent_takes_the_place_of_blue(appearance: Appearance, qapp: QApplication) -> None:
    blue = appearance.theme.accent
    appearance.set_accent("teal")
    assert appearance.theme.accent == appearance.accents["teal"]
    assert qapp.palette().accent().color() == appearance.theme.accent
    appearance.set_accent("#8a3fa0")
    assert appearance.theme.accent.name() == "#8a3fa0"
    for unknown in ("no such colour", "#12", "red; color: lime", ""):
        appearance.set_accent(unknown)
        assert appearance.theme.accent == blue


def test_everything_grows_with_the_text(appearance: Appearance, qtbot: QtBot) -> None:
    size, line = appearance.size, appearance.line_height("reading")
    points = appearance.font("body").pointSizeF()
    label = TextLabel(appearance, "Some words", "small")
    button = Button(appearance, "Press")
    for widget in (label, button):
        qtbot.addWidget(widget)
    before = [widget.sizeHint().height() for widget in (label, button)]
    with qtbot.waitSignals([appearance.resized, appearance.changed]):
        appearance.set_text(zoom=200)
    assert appearance.size == pytest.approx(2 * size, abs=1)
    assert appearance.line_height("reading") == pytest.approx(2 * line, abs=2)
    assert appearance.font("body").pointSizeF() == pytest.approx(2 * points)
    after = [widget.sizeHint().height() for widget in (label, button)]
    assert all(new > old for new, old in zip(after, before, strict=True))
    appearance.set_text(zoom=5000)
    assert appearance.font("body").pointSizeF() == pytest.approx(3 * points)
    appearance.set_text()
    assert [widget.sizeHint().height() for widget in (label, button)] == before


def test_a_chosen_font_comes_first_and_others_stay_behind_it(appearance: Appearance) -> None:
    offered = families(monospaced=False)
    aliases = ["Sans Serif", "Serif", "Monospace"]  # of fontconfig; none of them is a family
    for chosen in (*offered[:5], *offered[-5:], *(name for name in aliases if name in offered)):
        appearance.set_text(family=chosen, code_family=chosen)
        assert appearance.font("body").families()[0] == chosen
        assert appearance.font("code").families()[0] == chosen
    system = appearance.font("body").families()[1:]
    appearance.set_text(family="No Such Font")
    assert QFontDatabase.hasFamily(appearance.font("body").families()[0])
    assert set(system) <= set(appearance.font("body").families()) | {chosen}
    appearance.set_text()
