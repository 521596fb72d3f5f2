"""One setting: its name and an explanation at the left, its control at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.widgets.name_label import NameLabel
from chatapp.ui.widgets.text_label import TextColor, TextLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.ui.theme import Appearance

_LEAST = 52
_PADDING = 8
_GAP = 24


class SettingsRow(QWidget):
    """At least 52 high, above a 1 px line. `note` is what a change of it led to."""

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        explanation: str,
        controls: Sequence[QWidget],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setMinimumHeight(appearance.height(_LEAST, lines=2))
        self._explanation = TextLabel(appearance, explanation, "small", "text_muted", wrap=True)
        self._explanation.setVisible(bool(explanation))
        self._note = TextLabel(appearance, "", "small", wrap=True)
        self._note.hide()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        self._name = NameLabel(appearance, name)
        words.addWidget(self._name)
        words.addWidget(self._explanation)
        words.addWidget(self._note)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, _PADDING, 0, _PADDING + 1)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addSpacing(_GAP - 8)
        for control in controls:
            row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
            control.setAccessibleDescription(explanation)
            control.installEventFilter(self)
        self._controls = tuple(controls)
        appearance.changed.connect(self.update)

    @property
    def note(self) -> str:
        """What stands below the explanation, or empty."""
        return self._note.text() if not self._note.isHidden() else ""

    def set_explanation(self, text: str) -> None:
        """Explain it otherwise."""
        self._explanation.setText(text)
        self._explanation.setVisible(bool(text))
        for control in self._controls:
            control.setAccessibleDescription(text)

    def set_changed(self, *, changed: bool) -> None:
        """Whether it is not what it would be by itself."""
        self._name.set_changed(changed=changed)

    def set_note(self, text: str, color: TextColor = "danger") -> None:
        """Say what a change led to; empty takes it away."""
        self._note.setText(text)
        self._note.set_color(color)
        self._note.setVisible(bool(text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Show, QEvent.Type.Hide}:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        border = self._appearance.theme.border
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, border)
