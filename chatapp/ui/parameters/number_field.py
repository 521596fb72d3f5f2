"""A number that is typed, or left as it would be by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from chatapp.ui.i18n import Translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatapp.domain.parameter_limits import Limits
    from chatapp.ui.theme import Appearance

_WIDTH: Final = 76
_HEIGHT: Final = 28
_LONGEST: Final = 16
_SHORTEST: Final = QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value


class NumberField(Translated, QLineEdit):
    """Shows the automatic value faintly until something is typed; empty is automatic again.

    Some values may have `words`: “Off” for 0. What is typed is brought into the limits.

    Signals: `chosen(object)` with a number, or None for automatic.
    """

    chosen = Signal(object)

    def __init__(
        self, appearance: Appearance, limits: Limits, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._limits = limits
        self._words: Mapping[float, str] = {}
        self._value: float | None = None
        self._automatic: float | None = None
        self._nothing = ""  # says what no value at all is, as with a random seed
        appearance.fit_field(self, _WIDTH, _HEIGHT)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaxLength(_LONGEST)
        self.editingFinished.connect(self._on_typed)
        self._show()

    @property
    def value(self) -> float | None:
        """What is chosen."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show a choice without a signal."""
        self._value = value
        self._show()

    def set_automatic(self, value: float | None) -> None:
        """What it would be by itself."""
        self._automatic = value
        self._show()

    def set_words(self, words: Mapping[float, str], nothing: str = "") -> None:
        """Say these in the place of numbers, and `nothing` in the place of none."""
        self._words, self._nothing = words, nothing
        self._show()

    def say(self, value: float | None) -> str:
        """A value as people read it."""
        if value is None:
            return self._nothing
        if value in self._words:
            return self._words[value]
        locale = QLocale()
        if self._limits.decimals == 0:
            return locale.toString(int(value))
        if value == round(value, self._limits.decimals):
            return locale.toString(value, "f", self._limits.decimals)
        return locale.toString(value, "f", _SHORTEST)

    def _translate(self) -> None:
        self._show()  # the owner says what words stand for numbers

    def _show(self) -> None:
        automatic = self.say(self._automatic)
        self.setPlaceholderText(automatic)
        if automatic:
            automatic = self.tr("Automatic: {value}").format(value=automatic)
        self.setToolTip(automatic)
        if not self.isModified():  # else somebody is typing
            self.setText("" if self._value is None else self.say(self._value))

    def _on_typed(self) -> None:
        if not self.isModified():
            return
        self.setModified(False)
        value = self._read(self.text().strip())
        if value != self._value:
            self._value = value
            self._show()
            self.chosen.emit(value)
        else:
            self._show()  # what was typed may have been out of range, or no number

    def _read(self, text: str) -> float | None:
        for value, word in self._words.items():
            if text.casefold() == word.casefold():
                return value
        number, is_number = QLocale().toDouble(text)
        if not is_number:
            number, is_number = QLocale.c().toDouble(text)
        if not is_number or number != number:  # noqa: PLR0124 - not a number
            return None if not text else self._value
        number = min(max(number, self._limits.least), self._limits.most)
        return round(number) if self._limits.decimals == 0 else number
