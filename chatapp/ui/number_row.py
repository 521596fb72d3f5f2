"""A setting that is a number: chosen by dragging or typing, or left to the computer."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.name_label import NameLabel
from chatapp.ui.widgets.slider import Slider
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_FIELD = 112
_FIELD_HEIGHT = 28
_DIGITS = 9


class NumberRow(Translated, QWidget):
    """Name, way back to automatic, field; below a slider through `steps`, then a sentence.

    Signals: `changed(object)` with a number or None, at every step of a drag, too.
    """

    changed = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        steps: Sequence[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._steps = list(steps)
        self._value: int | None = None
        self._automatic = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.slider = Slider(appearance, "")
        self.slider.setRange(0, max(0, len(self._steps) - 1))
        self.field = QLineEdit()
        appearance.fit_field(self.field, _FIELD, _FIELD_HEIGHT)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setMaxLength(_DIGITS + 3)  # with what the locale puts between them
        self.reset = IconButton(appearance, "refresh", "", designed_size=24)
        head = QHBoxLayout()
        head.setSpacing(8)
        self._name = NameLabel(appearance, "")
        head.addWidget(self._name)
        head.addStretch()
        head.addWidget(self.reset)
        head.addWidget(self.field)
        self._explanation = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 9)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.slider)
        column.addWidget(self._explanation)
        self.slider.valueChanged.connect(self._on_dragged)
        self.field.editingFinished.connect(self._on_typed)
        self.reset.clicked.connect(lambda: self._choose(None))
        self._show()
        appearance.changed.connect(self.update)

    @property
    def value(self) -> int | None:
        """What is chosen; None for automatic."""
        return self._value

    @property
    def automatic(self) -> int:
        """What automatic comes to; 0 where that is not known."""
        return self._automatic

    def set_value(self, value: int | None) -> None:
        """Show a choice without a signal."""
        self._value = value
        self._show()

    def set_automatic(self, value: int) -> None:
        """What automatic comes to; 0 where that is not known."""
        self._automatic = value
        self._show()

    def set_steps(self, steps: Sequence[int]) -> None:
        """Offer others."""
        self._steps = list(steps)
        self._show()

    def set_words(self, name: str, explanation: str) -> None:
        """Call and explain it otherwise, as in another language."""
        self._name.setText(name)
        self.slider.setAccessibleName(name)
        self.field.setAccessibleName(name)
        self.reset.set_name(self.tr("{name}: back to automatic").format(name=name))
        self._explanation.setText(explanation)
        self.field.setAccessibleDescription(explanation)

    def paintEvent(self, event: QPaintEvent) -> None:
        border = self._appearance.theme.border
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, border)

    def _translate(self) -> None:
        self._show()  # the owner says name and explanation

    def _show(self) -> None:
        number = QLocale().toString
        automatic = self.tr("Automatic")
        words = automatic if self._value is None else number(self._value)
        self.field.setPlaceholderText(automatic)
        if not self.field.isModified():  # else somebody is typing
            self.field.setText("" if self._value is None else number(self._value))
        shown = self._automatic if self._value is None else self._value
        if self._value is None and self._automatic:
            words = self.tr("Automatic, {value}").format(value=number(self._automatic))
            self.field.setPlaceholderText(self.tr("Auto {value}").format(value=number(shown)))
        self.slider.blockSignals(True)  # noqa: FBT003 - Qt's own
        self.slider.setRange(0, max(0, len(self._steps) - 1))
        self.slider.setValue(min(bisect_left(self._steps, shown), max(0, len(self._steps) - 1)))
        self.slider.blockSignals(False)  # noqa: FBT003 - Qt's own
        self.slider.set_words(words)
        self.slider.update()
        self.reset.setVisible(self._value is not None)
        self._name.set_changed(changed=self._value is not None)

    def _choose(self, value: int | None) -> None:
        if value != self._value:
            self._value = value
            self._show()
            self.changed.emit(value)

    def _on_dragged(self, step: int) -> None:
        if step < len(self._steps):
            self._choose(self._steps[step])

    def _on_typed(self) -> None:
        digits = "".join(c for c in self.field.text() if c.isdecimal())
        if not self._steps or not self.field.isModified():
            return
        self.field.setModified(False)
        if not digits:
            self._choose(None)
            return
        value = min(max(int(digits[:_DIGITS]), self._steps[0]), self._steps[-1])
        self._choose(value)
        self._show()  # what was typed may have been out of range
