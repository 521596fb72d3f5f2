"""One line for something that takes a while: what it is, how far, and how to end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.elided_label import ElidedLabel
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.spinner import Spinner

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_BAR = 160


class WorkStrip(Translated, QWidget):
    """Hidden while there is nothing to tell.

    Signals: `cancelled()`.
    """

    cancelled = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spinner = Spinner(appearance)
        self._words = ElidedLabel(appearance, "small", "text_muted", tabular=True)
        self._bar = ProgressBar(appearance, "")
        self._bar.setFixedWidth(_BAR)
        self.cancel = Button(appearance, "", "text", designed_height=28)
        self.cancel.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._spinner)
        row.addWidget(self._words)
        row.addWidget(self._bar)
        row.addWidget(self.cancel)
        row.addStretch(1)
        self._translate()
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def show_work(self, words: str, fraction: float | None = None) -> None:
        """Say what is going on; `fraction` (0 to 1) fills the bar, which else isn't there."""
        self._words.setText(words)
        self._bar.setVisible(fraction is not None)
        if fraction is not None:
            self._bar.set_fraction(fraction)
        self.show()

    def end(self) -> None:
        """It is over."""
        self.hide()

    def _translate(self) -> None:
        self._bar.setAccessibleName(self.tr("Progress"))
        self.cancel.setText(self.tr("Cancel"))
