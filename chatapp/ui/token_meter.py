"""How much of the context is used, and how much would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from chatapp.ui.i18n import paragraph
from chatapp.ui.widgets.progress_bar import ProgressBar
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

_NEARLY_FULL: Final = 0.85


class TokenMeter(QWidget):
    """“2,940 of 8,192” beside a short bar; the tooltip says it in words."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._used = self._total = self._pending = 0
        self._bar = ProgressBar(appearance, self.tr("Context"), "text_muted")
        self._bar.setFixedWidth(48)
        self._words = TextLabel(appearance, "", "small", "text_muted", tabular=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self._bar)
        row.addWidget(self._words)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._show()

    def set_context(self, used: int, total: int) -> None:
        """Tokens in the context and how many fit; a total of 0 hides the meter."""
        self._used, self._total = used, total
        self._show()

    def set_pending(self, tokens: int) -> None:
        """What the message that is being written would add."""
        if tokens != self._pending:
            self._pending = tokens
            self._show()

    def set_compact(self, *, compact: bool) -> None:
        """In a narrow window the meter is a bar only."""
        self._words.setVisible(not compact)

    def _show(self) -> None:
        self.setVisible(self._total > 0)
        needed = self._used + self._pending
        share = needed / self._total if self._total > 0 else 0.0
        self._bar.set_fraction(share)
        warning = ""
        if share >= 1:
            self._bar.set_color("danger")
            self._words.set_color("danger")
            warning = self.tr("This is more than the model can read.")
        elif share >= _NEARLY_FULL:
            self._bar.set_color("warning")
            self._words.set_color("warning")
            warning = self.tr("The context is nearly full.")
        else:
            self._bar.set_color("text_muted")
            self._words.set_color("text_muted")
        locale = QLocale()
        figures = {
            "used": locale.toString(needed),
            "total": locale.toString(self._total),
            "before": locale.toString(self._used),
            "added": locale.toString(self._pending),
        }
        self._words.setText(self.tr("{used} of {total}").format(**figures))
        if self._pending:
            words = self.tr(
                "{used} of {total} tokens of the context: {before} so far and {added} of this "
                "message."
            )
        else:
            words = self.tr("{used} of {total} tokens of the context are used.")
        words = words.format(**figures)
        words = paragraph(words, warning) if warning else words
        self.setToolTip(words)
        self.setAccessibleName(words)
