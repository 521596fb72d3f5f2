"""A number that is dragged between two words, or typed."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.parameters.number_field import NumberField
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.name_label import NameLabel
from chatapp.ui.widgets.slider import Slider
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.domain.parameter_limits import Limits
    from chatapp.ui.theme import Appearance


class SliderRow(QWidget):
    """Name, way back, field; a slider through `steps`; what its ends mean; a sentence.

    A last step of 0 is no limit, which is more than any other.

    Signals: `chosen(object)` with a number, or None for automatic.
    """

    chosen = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        limits: Limits,
        steps: Sequence[float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._steps = list(steps)
        self._ends_open = self._steps[-1] == 0
        self._automatic = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.field = NumberField(appearance, limits)
        self.slider = Slider(appearance, "")
        self.slider.setRange(0, len(self._steps) - 1)
        self.reset = IconButton(appearance, "refresh", "", designed_size=24)
        self._name = NameLabel(appearance, "")
        self._low = TextLabel(appearance, "", "small", "text_muted")
        self._high = TextLabel(appearance, "", "small", "text_muted")
        self._sentence = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addStretch()
        head.addWidget(self.reset)
        head.addWidget(self.field)
        ends = QHBoxLayout()
        ends.addWidget(self._low)
        ends.addStretch()
        ends.addWidget(self._high)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.slider)
        column.addLayout(ends)
        column.addWidget(self._sentence)
        self._sentence.hide()
        self.field.chosen.connect(self._on_chosen)
        self.slider.valueChanged.connect(self._on_dragged)
        self.reset.clicked.connect(self._on_reset)
        self._show()

    @property
    def sentence(self) -> str:
        """What stands below."""
        return self._sentence.text()

    def set_words(self, name: str, low: str, high: str) -> None:
        """Call it and its ends so."""
        self._name.setText(name)
        self._low.setText(low)
        self._high.setText(high)
        self.field.setAccessibleName(name)
        self.slider.setAccessibleName(name)
        self.reset.set_name(self.tr("{name}: back to automatic").format(name=name))
        self._show()

    def set_sentence(self, text: str) -> None:
        """Say something below."""
        self._sentence.setText(text)
        self._sentence.setVisible(bool(text))
        self.field.setAccessibleDescription(text)

    def set_value(self, value: float | None) -> None:
        """Show a choice without a signal."""
        self.field.set_value(value)
        self._show()

    def set_automatic(self, value: float | None) -> None:
        """What it would be by itself."""
        self._automatic = 0.0 if value is None else value
        self.field.set_automatic(self._automatic)
        self._show()

    def _show(self) -> None:
        chosen = self.field.value
        value = self._automatic if chosen is None else chosen
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._place(value))
        self.slider.set_words(self.field.say(value))
        self.slider.update()
        self.reset.setVisible(chosen is not None)
        self._name.set_changed(changed=chosen is not None)

    def _place(self, value: float) -> int:
        if self._ends_open and value == 0:
            return len(self._steps) - 1
        steps = self._steps[:-1] if self._ends_open else self._steps
        return min(bisect_left(steps, value - 1e-9), len(steps) - 1)

    def _on_dragged(self, place: int) -> None:
        self.field.setModified(False)  # the hand has left it
        self.field.set_value(self._steps[place])
        self._on_chosen(self._steps[place])

    def _on_chosen(self, value: float | None) -> None:
        self._show()
        self.chosen.emit(value)

    def _on_reset(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)  # the button goes
        self.field.set_value(None)
        self._on_chosen(None)
