"""The theme files are complete and readable by eye, and switching reaches the application."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.paths import Paths
from chatapp.ui.theme import Appearance, Theme, ThemeChoice, ThemeError

FOLDER = Paths.default().resources / "themes"
NAMES = ("light", "dark", "high-contrast")

TEXT_PAIRS = {
    "text": "window surface surface_raised hover selected user_bubble code_background "
    "success_tint warning_tint danger_tint find_match",
    "text_muted": "window surface surface_raised hover selected user_bubble accent_tint "
    "warning_tint danger_tint code_background",
    "text_faint": "window surface surface_raised hover code_background",
    "selection_text": "selection",
    "on_accent": "accent accent_hover accent_pressed",
    "accent_text": "window surface surface_raised selected accent_tint user_bubble",
    "success": "surface success_tint",
    "warning": "surface warning_tint selected",
    "danger": "surface danger_tint selected",
    "find_current_text": "find_current",
    "on_danger": "danger",
    "tooltip_text": "tooltip_background",
    "syntax_keyword": "code_background",
    "syntax_string": "code_background",
    "syntax_number": "code_background",
    "syntax_comment": "code_background",
    "syntax_function": "code_background",
    "syntax_type": "code_background",
}
GRAPHIC_PAIRS = {
    "control_border": "window surface",
    "accent": "window surface",
    **{f"chart_{number}": "surface" for number in range(1, 7)},
}


def contrast(one: QColor, other: QColor) -> float:
    """The ratio of WCAG 2."""

    def luminance(color: QColor) -> float:
        channels = [
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_PAIRS, 4.5), (GRAPHIC_PAIRS, 2.995)])
def test_everything_can_be_read(name: str, pairs: dict[str, str], least: float) -> None:
    theme = Theme.read(FOLDER / f"{name}.toml")
    weak = {
        f"{front} on {back}": round(ratio, 2)
        for front, backs in pairs.items()
        for back in backs.split()
        if (ratio := contrast(getattr(theme, front), getattr(theme, back))) < least
    }
    assert not weak


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
    families = appearance.font("body").families()
    assert QFontDatabase.hasFamily(families[0])
    assert known[0] in families[1:]
