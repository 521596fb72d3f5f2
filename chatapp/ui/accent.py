"""Another colour in the place of a theme's blue, fitted so that everything stays readable."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QColor

if TYPE_CHECKING:
    from pathlib import Path

    from chatapp.ui.theme import Theme

READABLE: Final = 4.5  # the least contrast of text, after WCAG 2
VISIBLE: Final = 3.0  # and of what is no text
# How much of the accent is in a tint and in a selected row: in light themes, in dark ones.
_TINT: Final = (0.09, 0.16)
_SELECTED: Final = (0.13, 0.28)
_STEP: Final = 0.01


def read_accents(path: Path) -> dict[str, QColor]:
    """The shipped colours by name."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: QColor.fromString(str(text)) for name, text in content.items()}


def contrast(one: QColor, other: QColor) -> float:
    """The ratio of WCAG 2, from 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def with_accent(theme: Theme, color: QColor) -> Theme:
    """`theme` with another accent. High contrast keeps its own, which is chosen to stand out."""
    if theme.is_high_contrast:
        return theme
    accent = QColor(color.red(), color.green(), color.blue())
    if theme.is_dark:  # first up from the paper, then not too near to white
        papers = (theme.window, theme.surface, theme.surface_raised)
        accent = _fitted(accent, papers, VISIBLE, lighter=True)
    accent = _fitted(accent, (theme.on_accent,), READABLE, lighter=False)
    tint = _mixed(theme.surface, accent, _TINT[theme.is_dark])
    selected = _mixed(theme.surface, accent, _SELECTED[theme.is_dark])
    behind = (
        theme.window,
        theme.surface,
        theme.surface_raised,
        theme.surface_sunken,
        theme.hover,
        theme.pressed,
        theme.user_bubble,
        theme.code_background,
        tint,
        selected,
    )
    return replace(
        theme,
        accent=accent,
        accent_hover=_darker(accent, 0.12),
        accent_pressed=_darker(accent, 0.24),
        accent_text=_fitted(accent, behind, READABLE, lighter=theme.is_dark),
        accent_tint=tint,
        selected=selected,
    )


def _fitted(color: QColor, others: tuple[QColor, ...], least: float, *, lighter: bool) -> QColor:
    """The nearest lighter or darker colour that contrasts enough with all the others."""
    hue, saturation, lightness = color.hslHueF(), color.hslSaturationF(), color.lightnessF()
    fitted = color
    end = 1.0 if lighter else 0.0
    while min(contrast(fitted, other) for other in others) < least and lightness != end:
        lightness = min(1.0, max(0.0, lightness + (_STEP if lighter else -_STEP)))
        fitted = QColor.fromHslF(max(0.0, hue), saturation, lightness)
    return fitted


def _darker(color: QColor, share: float) -> QColor:
    return _mixed(color, QColor(0, 0, 0), share)


def _mixed(paper: QColor, ink: QColor, share: float) -> QColor:
    def between(low: int, high: int) -> int:
        return round(low + (high - low) * share)

    return QColor(
        between(paper.red(), ink.red()),
        between(paper.green(), ink.green()),
        between(paper.blue(), ink.blue()),
    )


def _luminance(color: QColor) -> float:
    channels = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
