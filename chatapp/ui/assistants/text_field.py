"""A framed field for plain text of several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL
from chatapp.ui.widgets.growing_field import GrowingField

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_PADDING: Final = 6
_SIDE: Final = 10


class TextField(QWidget):
    """Grows with its text up to `most_lines`, then scrolls.

    Signals: `changed()`; `height_changed()`.
    """

    changed = Signal()
    height_changed = Signal()

    def __init__(
        self, appearance: Appearance, most_lines: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.field = GrowingField(appearance, most_lines, style="body")
        self.field.focus_changed.connect(self.update)
        self.field.textChanged.connect(self.changed)
        self.field.height_changed.connect(self._on_height_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, _PADDING, _SIDE, _PADDING)
        column.addWidget(self.field)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.field)
        appearance.changed.connect(self.update)

    def set_name(self, name: str) -> None:
        """What is written here, for screen readers."""
        self.field.setAccessibleName(name)

    def text(self) -> str:
        """What is written."""
        return self.field.toPlainText()

    def set_text(self, text: str) -> None:
        """Show another text; Undo doesn't lead back."""
        self.field.choose_wrapping(text)
        self.field.setPlainText(text)

    def _on_height_changed(self) -> None:
        layout = self.layout()
        if layout is not None:  # None while it is being made
            layout.activate()  # whoever is told now measures at once
        self.height_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        has_focus = self.field.hasFocus()
        paint_box(
            QPainter(self),
            self.rect(),
            RADIUS_CONTROL,
            fill=theme.surface_raised,
            border=theme.accent if has_focus else theme.control_border,
            width=2 if has_focus else 1,
        )
