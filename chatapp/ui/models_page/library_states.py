"""What is shown in place of the list of the library: nothing yet, nothing found, not known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.models_page.library_row import MARGIN
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_SMALL
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatapp.ui.theme import Appearance
    from chatapp.ui.widgets.button import ButtonKind

_ABOVE = 12
_WAIT_MS = 150  # before grey bars say that there is something to wait for
_GREY_ROWS = 4


class Way(QWidget):
    """What belongs here, in a title and a sentence, and ways to begin."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._title = TextLabel(appearance, "", "page_title", wrap=True)
        self._sentence = TextLabel(appearance, "", color="text_muted", wrap=True)
        appearance.fit(self._sentence, lambda words: words.setMaximumWidth(appearance.width(560)))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        row = QHBoxLayout()
        row.addLayout(self._buttons)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, _ABOVE, MARGIN, MARGIN)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addSpacing(4)
        column.addWidget(self._sentence)
        column.addSpacing(16)
        column.addLayout(row)
        column.addStretch(1)

    def set_words(self, title: str, sentence: str) -> None:
        """What belongs here."""
        self._title.setText(title)
        self._sentence.setText(sentence)

    def add_button(
        self, on_click: Callable[[], object], *, kind: ButtonKind = "outlined"
    ) -> Button:
        """One more way."""
        button = Button(self._appearance, "", kind)
        button.clicked.connect(on_click)
        self._buttons.addWidget(button)
        return button


class Nothing(Translated, Way):
    """A search that found nothing."""

    def __init__(self, appearance: Appearance, on_clear: Callable[[], object]) -> None:
        super().__init__(appearance)
        self._query = ""
        self._clear = self.add_button(on_clear)
        self._translate()

    def set_query(self, query: str) -> None:
        """What was searched for."""
        self._query = query
        self._translate()

    def _translate(self) -> None:
        self.set_words(
            self.tr("Nothing found for “{query}”.").format(query=self._query),
            self.tr("No model on this computer has these words in its name."),
        )
        self._clear.setText(self.tr("Clear the search"))


class GreyRows(Translated, QWidget):
    """The shape of what is to come, after a moment in which nothing need be said."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._timer = QTimer(self, interval=_WAIT_MS, singleShot=True)
        self._timer.timeout.connect(self.update)
        self._translate()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Looking for models"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._timer.isActive():
            return
        theme = self._appearance.theme
        painter = QPainter(self)
        line = self._appearance.line_height
        row = line("body") + 2 * line("small") + 27
        top = self._appearance.height(32)
        for number in range(_GREY_ROWS):
            at = top + number * row
            for left, above, width in ((0, 14, 180), (0, 36, 320), (0, 52, 240)):
                bar = QRect(MARGIN + 8 + left, at + above, width, 8)
                if self.isRightToLeft():
                    bar.moveRight(self.width() - bar.left())
                paint_box(painter, bar, RADIUS_SMALL, fill=theme.pressed)
