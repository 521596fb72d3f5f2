"""In which order the steps narrow the choice of the next word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from chatapp.domain.generation import SamplerStep
from chatapp.ui.i18n import Translated
from chatapp.ui.parameters.words import step_name
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_HEIGHT: Final = 28


class SamplerOrder(Translated, QWidget):
    """A line for each step, with buttons that move it.

    Signals: `chosen(object)` with all steps as a tuple.
    """

    chosen = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[SamplerStep, ...] = tuple(SamplerStep)
        self._value: tuple[SamplerStep, ...] | None = None
        self._automatic = self._steps
        self._names: list[ElidedLabel] = []
        self.ups: list[IconButton] = []
        self.downs: list[IconButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for place in range(len(SamplerStep)):
            name = ElidedLabel(appearance, "body")
            up = IconButton(appearance, "arrow-up", "", designed_size=24)
            down = IconButton(appearance, "arrow-down", "", designed_size=24)
            up.clicked.connect(lambda _=False, place=place: self._move(place, -1))
            down.clicked.connect(lambda _=False, place=place: self._move(place, 1))
            row = QWidget()
            appearance.fit(row, lambda row: row.setFixedHeight(appearance.height(_HEIGHT)))
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(4)
            line.addWidget(name, 1)
            line.addWidget(up)
            line.addWidget(down)
            column.addWidget(row)
            self._names.append(name)
            self.ups.append(up)
            self.downs.append(down)
        self.ups[0].setEnabled(False)
        self.downs[-1].setEnabled(False)
        self._translate()

    def focusInEvent(self, event: QFocusEvent) -> None:
        # A proxy would be a stop of its own, at another place than its target.
        self.downs[0].setFocus(event.reason())

    @property
    def steps(self) -> tuple[SamplerStep, ...]:
        """What is shown."""
        return self._steps

    def set_value(self, value: Sequence[SamplerStep] | None) -> None:
        """Show these without a signal; None for the automatic ones."""
        before, self._value = self._value, None if value is None else tuple(value)
        if self._value != before:
            self._translate()

    def set_automatic(self, value: Sequence[SamplerStep]) -> None:
        """What it would be by itself."""
        before, self._automatic = self._automatic, tuple(value)
        if self._automatic != before:
            self._translate()

    def _translate(self) -> None:
        shown = self._automatic if self._value is None else self._value
        # Steps that a file leaves out are never made; moving another one brings them back.
        self._steps = (*shown, *(step for step in SamplerStep if step not in shown))
        rows = zip(self._steps, self._names, self.ups, self.downs, strict=True)
        for step, label, up, down in rows:
            name = step_name(step)
            label.setText(name)
            up.set_name(self.tr("{step}: earlier").format(step=name))
            down.set_name(self.tr("{step}: later").format(step=name))

    def _move(self, place: int, by: int) -> None:
        steps = list(self._steps)
        steps[place], steps[place + by] = steps[place + by], steps[place]
        self.set_value(steps)
        # The keyboard goes along with the step, as far as there is a way to go on.
        buttons = self.ups if by < 0 else self.downs
        target = buttons[place + by]
        if not target.isEnabled():
            target = (self.downs if by < 0 else self.ups)[place + by]
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self.chosen.emit(tuple(steps))
