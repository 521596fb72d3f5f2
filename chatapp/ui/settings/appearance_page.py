"""The page “Appearance”."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QKeySequence

from chatapp.ui.keys import key_caps
from chatapp.ui.settings.accent_choice import AccentChoice
from chatapp.ui.settings.font_combo import FontCombo
from chatapp.ui.settings.page import SettingsPage
from chatapp.ui.theme import LEAST_ZOOM, MOST_ZOOM, ThemeChoice
from chatapp.ui.widgets.slider import Slider
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance
    from chatapp.ui.widgets.settings_row import SettingsRow

_ZOOM_STEP = 5  # percent
_SLIDER = 152


class AppearancePage(SettingsPage):
    """Everything here is seen at once."""

    def __init__(
        self, appearance: Appearance, settings: SettingsFile, parent: QWidget | None = None
    ) -> None:
        super().__init__(appearance, settings, "", parent)
        self.title = self.tr("Appearance")
        self._add_group(self.tr("Theme"))
        self.theme = self._add_segmented(
            "theme",
            self.tr("Colours"),
            "",
            {
                str(ThemeChoice.SYSTEM): self.tr("System"),
                str(ThemeChoice.LIGHT): self.tr("Light"),
                str(ThemeChoice.DARK): self.tr("Dark"),
                str(ThemeChoice.HIGH_CONTRAST): self.tr("High contrast"),
            },
        )
        self._add_accent()
        self._add_group(self.tr("Text"))
        self.font_family = self._add_font(
            "font_family",
            self.tr("Font"),
            self.tr("Chinese and emoji come from the fallback fonts"),
        )
        self._add_font("code_font_family", self.tr("Code font"), "", monospaced=True)
        self._add_zoom()
        self._add_segmented(
            "column_width",
            self.tr("Column width"),
            self.tr("How wide conversations may grow"),
            {
                "narrow": self.tr("Narrow"),
                "medium": self.tr("Medium"),
                "full": self.tr("Full"),
            },
        )
        self._add_group(self.tr("Conversation"))
        self._add_switch(
            "answer_details",
            self.tr("Details under answers"),
            self.tr("Model, tokens and speed; always under an answer that broke off"),
        )
        self._add_switch("wrap_code", self.tr("Wrap long lines in code"))
        self._add_switch(
            "reduced_motion",
            self.tr("Reduce motion"),
            self.tr("Also when the system asks for it"),
        )

    # The accent

    def _add_accent(self) -> None:
        name = self.tr("Accent")
        self.accent = AccentChoice(self._appearance, name, self._accent)
        self._accent_row = row = self._add_row(
            name, self.tr("For buttons, selection and focus"), self.accent, key="accent"
        )
        self._bind("accent", row, self.accent, self.accent.set_value)
        self.accent.chosen.connect(self._on_accent)
        self._appearance.changed.connect(self._note_contrast)
        self._note_contrast()

    def _on_accent(self, accent: str) -> None:
        self._keep(self._accent_row, accent=accent)
        if not self._accent_row.note:
            self._note_contrast()

    def _note_contrast(self) -> None:
        has_own = self._appearance.theme.is_high_contrast
        words = self.tr("High contrast keeps its own colour; the other themes show this one.")
        self._accent_row.set_note(words if has_own else "", "text_muted")

    def _accent(self, name: str) -> str:
        names = {
            "": self.tr("Blue"),
            "teal": self.tr("Teal"),
            "green": self.tr("Green"),
            "orange": self.tr("Orange"),
            "red": self.tr("Red"),
            "purple": self.tr("Purple"),
            "grey": self.tr("Grey"),
        }
        return names.get(name, name)

    # Text

    def _add_font(
        self, field: str, name: str, explanation: str, *, monospaced: bool = False
    ) -> FontCombo:
        combo = FontCombo(self._appearance, name, monospaced=monospaced)
        row = self._add_row(name, explanation, combo, key=field)
        self._bind(field, row, combo, combo.show_value)
        combo.chosen.connect(lambda family: self._keep(row, **{field: family}))
        return combo

    def _add_zoom(self) -> None:
        appearance, name = self._appearance, self.tr("Text size")
        self.zoom = slider = Slider(appearance, name)
        slider.setRange(0, (MOST_ZOOM - LEAST_ZOOM) // _ZOOM_STEP)
        slider.setPageStep(5)
        slider.setFixedWidth(appearance.width(_SLIDER))
        self.percent = TextLabel(appearance, self._percent(MOST_ZOOM), tabular=True)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.percent.setFixedWidth(self.percent.sizeHint().width() + 8)
        standard = QKeySequence.StandardKey
        larger, smaller = (
            " ".join(key_caps(QKeySequence(keys))) for keys in (standard.ZoomIn, standard.ZoomOut)
        )
        words = self.tr("Also with {larger} and {smaller}").format(larger=larger, smaller=smaller)
        row = self._add_row(name, words, slider, self.percent, key="text_zoom")
        self._bind("text_zoom", row, slider, self._show_zoom)
        slider.valueChanged.connect(lambda: self._on_zoom(row))
        slider.sliderReleased.connect(lambda: self._on_zoom(row))

    def _show_zoom(self, zoom: int) -> None:
        self.zoom.blockSignals(True)  # noqa: FBT003 - Qt's own way
        self.zoom.setValue(round((zoom - LEAST_ZOOM) / _ZOOM_STEP))
        self.zoom.blockSignals(False)  # noqa: FBT003
        self.zoom.update()
        self._say_zoom(zoom)

    def _on_zoom(self, row: SettingsRow) -> None:
        """While it is dragged only the figure moves, or the knob would flee from the pointer."""
        zoom = LEAST_ZOOM + self.zoom.value() * _ZOOM_STEP
        self._say_zoom(zoom)
        if not self.zoom.isSliderDown() and zoom != self._rounded_zoom():
            self._keep(row, text_zoom=zoom)

    def _rounded_zoom(self) -> int:
        """The one that is set, as the slider shows it."""
        steps = round((self._settings.current.text_zoom - LEAST_ZOOM) / _ZOOM_STEP)
        return LEAST_ZOOM + steps * _ZOOM_STEP

    def _say_zoom(self, zoom: int) -> None:
        words = self._percent(zoom)
        self.percent.setText(words)
        self.zoom.set_words(words)

    def _percent(self, zoom: int) -> str:
        return self.tr("{count}%").format(count=QLocale().toString(zoom))
