"""One setting in a narrow panel: name and control in a line, a sentence below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.name_label import NameLabel
from chatapp.ui.widgets.text_label import TextColor, TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_PADDING = 8
_LINE = 28


class FieldRow(QWidget):
    """Above a 1 px line. `note` is what a change of it led to.

    A control that `is_below` stands under the sentence, over the whole width. A row that
    `has_reset` offers a way back beside the control while it is changed.

    Signals: `reset_requested()`.
    """

    reset_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        explanation: str,
        control: QWidget,
        parent: QWidget | None = None,
        *,
        is_below: bool = False,
        has_reset: bool = False,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._control = control
        self._has_reset = has_reset
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._name = NameLabel(appearance, name)
        self._explanation = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self._note = TextLabel(appearance, "", "small", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addStretch()
        self.reset = IconButton(appearance, "refresh", "", designed_size=24)
        self.reset.clicked.connect(self._on_reset)
        self.reset.hide()
        head.addWidget(self.reset)
        if not is_below:
            head.addWidget(control)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, _PADDING, 0, _PADDING + 1)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._explanation)
        if is_below:
            column.addSpacing(4)
            column.addWidget(control)
        column.addWidget(self._note)
        appearance.fit(self._name, lambda name: name.setMinimumHeight(appearance.height(_LINE)))
        self.set_words(name, explanation)
        self.set_note("")
        appearance.changed.connect(self.update)

    @property
    def note(self) -> str:
        """What stands below the explanation, or empty."""
        return self._note.text()

    def set_words(self, name: str, explanation: str) -> None:
        """Call and explain it otherwise, as in another language."""
        self._name.setText(name)
        self.reset.set_name(self.tr("{name}: back to automatic").format(name=name))
        self.set_explanation(explanation)

    def set_explanation(self, text: str) -> None:
        """Explain it otherwise."""
        self._explanation.setText(text)
        self._explanation.setVisible(bool(text))
        self._control.setAccessibleDescription(text)

    def set_note(self, text: str, color: TextColor = "danger") -> None:
        """Say what a change led to; empty takes it away."""
        self._note.setText(text)
        self._note.set_color(color)
        self._note.setVisible(bool(text))

    def set_changed(self, *, changed: bool) -> None:
        """Whether it is not what it would be by itself."""
        self._name.set_changed(changed=changed)
        self.reset.setVisible(changed and self._has_reset)

    def paintEvent(self, event: QPaintEvent) -> None:
        border = self._appearance.theme.border
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, border)

    def _on_reset(self) -> None:
        # The button goes, and the keyboard would go anywhere with it.
        self._control.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reset_requested.emit()
