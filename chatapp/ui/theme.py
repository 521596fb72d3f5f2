"""Colours by role and sizes by step: the only place where the look is put into figures.

Widgets ask for `appearance.theme.text_muted` or `appearance.font("small")` when they paint, and
repaint on `appearance.changed`. No other module writes a colour or a font
size of its own.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF

from chatapp.ui.accent import read_accents, with_accent
from chatapp.ui.fonts import code_families, interface_font
from chatapp.ui.icons import IconSet
from chatapp.ui.style_sheet import palette, style_sheet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

RADIUS_SMALL: Final = 4  # badges, key caps, inline code, bars
RADIUS_CONTROL: Final = 6  # buttons, fields, rows, tooltips
RADIUS_CARD: Final = 8  # cards, code blocks, tables, banners, Send
RADIUS_LARGE: Final = 12  # bubble, composer, dialogs

TextStyle = Literal[
    "caption",
    "small",
    "body",
    "reading",
    "code",
    "card_title",
    "heading_3",
    "heading_2",
    "heading_1",
    "page_title",
    "display",
]


@dataclass(frozen=True, slots=True)
class _Step:
    """A factor of the system font's size, and the line's height where that size is 13 px."""

    factor: float
    line: int
    bold: bool = False


_STEPS: Final[dict[TextStyle, _Step]] = {
    "caption": _Step(0.85, 16),
    "small": _Step(0.92, 16),
    "body": _Step(1.0, 18),
    "reading": _Step(1.15, 24),
    "code": _Step(1.0, 20),
    "card_title": _Step(1.15, 22, bold=True),
    "heading_3": _Step(1.15, 24, bold=True),
    "heading_2": _Step(1.30, 24, bold=True),
    "heading_1": _Step(1.50, 28, bold=True),
    "page_title": _Step(1.54, 28, bold=True),
    "display": _Step(2.0, 34, bold=True),
}
_DESIGN_SIZE: Final = 13

_Widget = TypeVar("_Widget", bound="QWidget")

LEAST_ZOOM: Final = 50  # percent of the size of the system's text
MOST_ZOOM: Final = 300


class ThemeError(Exception):
    """A theme file that can't be used: a bug, because themes ship with Chatapp."""


class ThemeChoice(StrEnum):
    """What the person chose. The values of all but `SYSTEM` are names of theme files."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"


@dataclass(frozen=True, slots=True)
class Theme:
    """A colour for every role."""

    is_dark: bool
    is_high_contrast: bool
    window: QColor
    surface: QColor
    surface_raised: QColor
    surface_sunken: QColor
    hover: QColor
    pressed: QColor
    selected: QColor
    border: QColor
    border_strong: QColor
    text: QColor
    text_muted: QColor
    text_faint: QColor
    text_disabled: QColor
    accent: QColor
    accent_hover: QColor
    accent_pressed: QColor
    on_accent: QColor
    accent_text: QColor
    accent_tint: QColor
    selection: QColor
    selection_text: QColor
    control_border: QColor
    user_bubble: QColor
    code_background: QColor
    code_border: QColor
    success: QColor
    success_tint: QColor
    warning: QColor
    warning_tint: QColor
    danger: QColor
    danger_tint: QColor
    on_danger: QColor
    find_match: QColor
    find_current: QColor
    find_current_text: QColor
    scrim: QColor
    chart_grid: QColor
    chart_1: QColor
    chart_2: QColor
    chart_3: QColor
    chart_4: QColor
    chart_5: QColor
    chart_6: QColor
    syntax_keyword: QColor
    syntax_string: QColor
    syntax_number: QColor
    syntax_comment: QColor
    syntax_function: QColor
    syntax_type: QColor
    tooltip_text: QColor
    tooltip_background: QColor
    tooltip_border: QColor
    shadow: QColor

    @classmethod
    def read(cls, path: Path) -> Theme:
        """The theme in a TOML file. Raises `ThemeError` naming what is wrong in it."""
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            raise ThemeError(f"{path}: {problem}") from problem
        flags = ("is_dark", "is_high_contrast")
        for name in flags:
            if not isinstance(content.get(name), bool):
                raise ThemeError(f"{path}: {name} is not true or false")
        colors = content.get("colors")
        if not isinstance(colors, dict):
            raise ThemeError(f"{path}: there is no table [colors]")
        roles = {field.name for field in fields(cls)} - set(flags)
        if missing := roles - set(colors):
            raise ThemeError(f"{path}: no colour for {', '.join(sorted(missing))}")
        if unknown := set(colors) - roles:
            raise ThemeError(f"{path}: unknown role {', '.join(sorted(unknown))}")
        values: dict[str, Any] = {name: content[name] for name in flags}
        for role, text in colors.items():
            values[role] = QColor.fromString(str(text))
            if not values[role].isValid():
                raise ThemeError(f"{path}: {role} is not a colour: {text!r}")
        return cls(**values)


def set_field_font(field: QAbstractScrollArea, font: QFont) -> None:
    """Of what is typed, and of what stands there when nothing is: Qt leaves that as it was."""
    field.setFont(font)
    field.viewport().setFont(font)


class Appearance(QObject):
    """Owns the current theme and the sizes, and puts them on the application.

    Signals: `changed()` after colours, fonts or the reduced motion changed: paint again.
    `resized()` just before it when sizes changed: set anew what was set from a font or a height.
    """

    changed = Signal()
    resized = Signal()

    def __init__(
        self,
        application: QApplication,
        resources: Path,
        choice: ThemeChoice = ThemeChoice.SYSTEM,
        *,
        reduced_motion: bool = False,
    ) -> None:
        super().__init__(application)
        self.icons = IconSet(resources / "icons")
        self._application = application
        self._folder = resources / "themes"
        self._choice = choice
        self._reduced_motion = reduced_motion
        self.accents = read_accents(self._folder / "accents.toml")
        self._accent = ""
        self._system_font = application.font()
        self._family = self._code_family = ""
        self._zoom = 100
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._on_system_changed)
        application.setStyle("Fusion")
        self._set_fonts()
        self._tell_system()
        self._theme = self._read_theme()
        self._apply()

    @property
    def theme(self) -> Theme:
        """The colours in force."""
        return self._theme

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose."""
        return self._choice

    @property
    def size(self) -> int:
        """The height of the text in logical pixels, of which all sizes are multiples."""
        return self._size

    @property
    def reduced_motion(self) -> bool:
        """Whether nothing may move that does not have to."""
        return self._reduced_motion

    def set_choice(self, choice: ThemeChoice) -> None:
        """Switch to another theme, or follow the system."""
        if choice == self._choice:
            return
        self._choice = choice
        self._tell_system()
        self._reload()

    def set_reduced_motion(self, *, reduced: bool) -> None:
        """Stop or allow movement."""
        if reduced != self._reduced_motion:
            self._reduced_motion = reduced
            self.changed.emit()

    def set_accent(self, accent: str) -> None:
        """Use another colour in the place of blue: a name in `accents` or #RRGGBB; empty: blue."""
        if accent != self._accent:
            self._accent = accent
            self._reload()

    def set_text(self, *, family: str = "", code_family: str = "", zoom: int = 100) -> None:
        """Choose the fonts, empty: the system's, and their size in percent of the system's."""
        zoom = min(MOST_ZOOM, max(LEAST_ZOOM, zoom))
        if (family, code_family, zoom) == (self._family, self._code_family, self._zoom):
            return
        self._family, self._code_family, self._zoom = family, code_family, zoom
        self._set_fonts()
        self._apply()
        self.resized.emit()
        self.changed.emit()

    def font(self, style: TextStyle, *, bold: bool = False, tabular: bool = False) -> QFont:
        """A font of the type scale. `tabular`: digits of equal width, for numbers that change."""
        key = (style, bold, tabular)
        if key not in self._fonts:
            self._fonts[key] = self._make_font(style, bold=bold, tabular=tabular)
        return QFont(self._fonts[key])

    def line_height(self, style: TextStyle) -> int:
        """The height of one line in logical pixels."""
        designed = round(_STEPS[style].line * self._size / _DESIGN_SIZE)
        # A family with far longer ascenders and descenders than usual gets the room that it needs.
        return max(designed, round(QFontMetricsF(self.font(style)).height() * 0.9))

    def height(self, designed: int, *, lines: int = 1) -> int:
        """A control's height in logical pixels, given its height where the text is 13 px high.

        It grows with its `lines` of text while the padding stays.
        """
        return designed + lines * (self.line_height("body") - _STEPS["body"].line)

    def width(self, designed: int) -> int:
        """The width in logical pixels of what holds text, given it where the text is 13 px high.

        It never gets smaller.
        """
        return round(designed * max(1.0, self._size / _DESIGN_SIZE))

    def designed(self, width: int) -> int:
        """As much text is in so many logical pixels as in this width where it is 13 px high."""
        return round(width / max(1.0, self._size / _DESIGN_SIZE))

    def fit(self, widget: _Widget, set_sizes: Callable[[_Widget], object]) -> None:
        """Have the widget's fonts and sizes set, now and whenever they change."""
        _Fit(self, widget, set_sizes)

    def fit_field(self, field: QWidget, width: int, height: int) -> None:
        """The same for a field of a number, given its designed size."""

        def set_sizes(field: QWidget) -> None:
            field.setFont(self.font("body", tabular=True))
            field.setFixedSize(self.width(width), self.height(height))

        self.fit(field, set_sizes)

    def fit_text(self, field: QAbstractScrollArea, style: TextStyle, lines: int) -> None:
        """The same for a field of several lines with a border."""

        def set_sizes(field: QAbstractScrollArea) -> None:
            set_field_font(field, self.font(style))
            field.setFixedHeight(lines * self.line_height(style) + 18)

        self.fit(field, set_sizes)

    def icon_size(self, designed: int) -> int:
        """The edge of an icon in logical pixels, given its edge where the text is 13 px high.

        It never gets smaller, and grows only with text that is at least half as large again,
        because an icon is crisp on its grid and blurred beside it.
        """
        scale = self._size / _DESIGN_SIZE
        return round(designed * scale) if scale >= 1.5 else designed

    def _make_font(self, style: TextStyle, *, bold: bool, tabular: bool) -> QFont:
        step = _STEPS[style]
        font = QFont(self._base_font)
        if style == "code":
            font.setFamilies(code_families(self._code_family))
            font.setStyleHint(QFont.StyleHint.Monospace)
            font.setFixedPitch(True)
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * step.factor)
        else:
            font.setPixelSize(round(font.pixelSize() * step.factor))
        if bold or step.bold:
            font.setWeight(QFont.Weight.DemiBold)
        if tabular:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _set_fonts(self) -> None:
        self._base_font = interface_font(self._system_font, self._family, self._zoom)
        self._size = QFontInfo(self._base_font).pixelSize()
        self._fonts: dict[tuple[TextStyle, bool, bool], QFont] = {}
        self._application.setFont(self._base_font)

    def _on_system_changed(self) -> None:
        if self._choice is ThemeChoice.SYSTEM:
            self._reload()

    def _reload(self) -> None:
        theme = self._read_theme()
        if theme != self._theme:
            self._theme = theme
            self._apply()
            self.changed.emit()

    def _tell_system(self) -> None:
        # So that title bars and the system's own dialogs go along.
        hints = self._application.styleHints()
        if self._choice is ThemeChoice.SYSTEM:
            hints.unsetColorScheme()
        elif self._choice is ThemeChoice.LIGHT:
            hints.setColorScheme(Qt.ColorScheme.Light)
        else:
            hints.setColorScheme(Qt.ColorScheme.Dark)

    def _read_theme(self) -> Theme:
        choice = self._choice
        if choice is ThemeChoice.SYSTEM:
            hints = self._application.styleHints()
            if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
                choice = ThemeChoice.HIGH_CONTRAST
            elif hints.colorScheme() == Qt.ColorScheme.Dark:
                choice = ThemeChoice.DARK
            else:
                choice = ThemeChoice.LIGHT
        theme = Theme.read(self._folder / f"{choice}.toml")
        self.own_accent = theme.accent  # in the place of which another may stand
        color = self.accents.get(self._accent)
        if color is None and self._accent.startswith("#"):
            color = QColor.fromString(self._accent)
        return with_accent(theme, color) if color is not None and color.isValid() else theme

    def _apply(self) -> None:
        self._application.setPalette(palette(self._theme))
        self._application.setStyleSheet(style_sheet(self._theme, self.font("small")))


class _Fit(QObject):
    """Belongs to the widget, and goes with it."""

    def __init__(
        self, appearance: Appearance, widget: _Widget, set_sizes: Callable[[_Widget], object]
    ) -> None:
        super().__init__(widget)
        self._set_sizes = set_sizes
        set_sizes(widget)
        appearance.resized.connect(self._on_resized)

    def _on_resized(self) -> None:
        self._set_sizes(self.parent())  # type: ignore[arg-type]
