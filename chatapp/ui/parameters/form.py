"""How an answer is made, with what it comes to when nobody chooses."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from chatapp.domain.generation import NO_CHOICE, GenerationParameters, ParameterChoice
from chatapp.domain.parameter_limits import LIMITS
from chatapp.ui.i18n import Translated
from chatapp.ui.parameters.advanced import AdvancedParameters
from chatapp.ui.parameters.slider_row import SliderRow
from chatapp.ui.parameters.words import length_sentence
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.fold import Fold

if TYPE_CHECKING:
    from chatapp.jobs import Jobs
    from chatapp.ui.theme import Appearance

_CREATIVITY: Final = tuple(step / 10 for step in range(21))
_LENGTHS: Final = (128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 0)


class ParameterForm(Translated, QWidget):
    """Shows a choice and changes it: two sliders first, everything under “Advanced”.

    `between` stands between the two.

    Signals: `changed(ParameterChoice)` at every step of a drag, too.
    """

    changed = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        jobs: Jobs,
        between: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.choice = NO_CHOICE
        self._automatic = GenerationParameters()
        self._last_seed: int | None = None
        self.creativity = SliderRow(
            appearance, replace(LIMITS["temperature"], decimals=1), _CREATIVITY
        )
        self.length = SliderRow(appearance, LIMITS["max_tokens"], _LENGTHS)
        self.creativity.chosen.connect(lambda value: self._on_chosen("temperature", value))
        self.length.chosen.connect(lambda value: self._on_chosen("max_tokens", value))
        self.reset = Button(appearance, "", "text", designed_height=24)
        self.reset.clicked.connect(self._on_reset)
        self.advanced = AdvancedParameters(appearance, jobs, self.reset)
        self.advanced.chosen.connect(self._on_chosen)
        self.advanced.kept.connect(self._on_keep)
        self.fold = Fold(appearance, "", self.advanced)
        self._lay_out(between)
        self._show()
        self._translate()

    # What the owner tells

    def set_choice(self, choice: ParameterChoice) -> None:
        """Show this without a signal."""
        self.choice = choice
        self._show()

    def set_automatic(self, parameters: GenerationParameters) -> None:
        """What holds where nothing is chosen."""
        self._automatic = parameters
        self._show()

    def set_thinking(self, *, is_known: bool, has_efforts: bool) -> None:
        """Offer what the model's template knows of thinking."""
        self.advanced.set_thinking(is_known=is_known, has_efforts=has_efforts)

    def set_last_seed(self, seed: int | None) -> None:
        """With which the last answer was made: keeping the seed keeps this one."""
        self._last_seed = seed
        self.advanced.set_last_seed(seed)

    def finish(self) -> None:
        """Take what is being typed now: the form is about to go."""
        self.advanced.finish()

    # Inside

    def _lay_out(self, between: QWidget | None) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.fold, 1)
        head.addWidget(self.reset)
        head.addSpacing(-12)  # its words end where the rows do
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.creativity)
        column.addSpacing(20)
        column.addWidget(self.length)
        column.addSpacing(20)
        if between is not None:
            column.addWidget(between)
            column.addSpacing(20)
        column.addLayout(head)
        column.addWidget(self.advanced)

    def _on_chosen(self, name: str, value: object) -> None:
        values: dict[str, object] = {name: value}
        if name == "seed":  # one that is typed is meant to hold
            values["keep_seed"] = value is not None
        self._change(**values)

    def _on_keep(self, is_on: bool) -> None:  # noqa: FBT001 - a slot
        seed = self.choice.seed
        if is_on and seed is None:
            seed = secrets.randbits(31) if self._last_seed is None else self._last_seed
        self._change(keep_seed=is_on, seed=seed if is_on else None)

    def _on_reset(self) -> None:
        self.fold.setFocus()  # the button is disabled in a moment
        self.set_choice(NO_CHOICE)
        self.changed.emit(NO_CHOICE)

    def _change(self, **values: Any) -> None:
        choice = replace(self.choice, **values)
        if choice != self.choice:
            self.choice = choice
            self._show()
            self.changed.emit(choice)

    def _show(self) -> None:
        choice, automatic = self.choice, self._automatic
        self.creativity.set_automatic(automatic.temperature)
        self.creativity.set_value(choice.temperature)
        self.length.set_automatic(automatic.max_tokens or 0)
        self.length.set_value(choice.max_tokens)
        self._show_length()
        self.reset.setEnabled(choice != NO_CHOICE)
        self.advanced.show_choice(choice, automatic)

    def _translate(self) -> None:
        self.creativity.set_words(self.tr("Creativity"), self.tr("Precise"), self.tr("Inventive"))
        self.length.set_words(self.tr("Length"), self.tr("Short"), self.tr("Long"))
        self.length.field.set_words({0.0: self.tr("No limit")})
        self.fold.setText(self.tr("Advanced"))
        self.reset.setText(self.tr("Reset all"))
        self._show_length()

    def _show_length(self) -> None:
        most = self.choice.over(self._automatic).max_tokens
        self.length.set_sentence(length_sentence(most or 0))
