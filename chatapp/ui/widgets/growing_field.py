"""A field for plain text of several lines that grows with it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from chatapp.ui.theme import set_field_font
from chatapp.ui.widgets.keys import claims_escape

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance, TextStyle

_ENDLESS: Final = 2500  # letters; a word with so many is broken anywhere


class GrowingField(QPlainTextEdit):
    """Is as high as its text, up to `most_lines`; then it scrolls.

    Escape is the field's own while `takes_escape`, except when an input method composes.

    Signals: `escaped()`; `focus_changed()`; `height_changed()`.
    """

    escaped = Signal()
    focus_changed = Signal()
    height_changed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        most_lines: int,
        parent: QWidget | None = None,
        *,
        style: TextStyle = "reading",
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._most_lines = most_lines
        self._style: TextStyle = style
        self._is_fitting = False
        self.takes_escape = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setCursorWidth(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.textChanged.connect(self._on_text_changed)
        self._set_sizes()
        appearance.resized.connect(self._set_sizes)

    @property
    def is_composing(self) -> bool:
        """Whether an input method has text that is not chosen yet."""
        return bool(self.textCursor().block().layout().preeditAreaText())

    def choose_wrapping(self, added: str) -> None:
        """Get ready for text that will be put in here."""
        # Breaking at words and then anywhere takes time that grows with the square of a word's
        # length: a minute for a pasted megabyte without a space. To look at every other stretch
        # is enough to find the words of twice its length.
        endless = re.compile(rf"\S{{{_ENDLESS}}}")
        if any(endless.match(added, at) for at in range(0, len(added), _ENDLESS)):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)

    # Qt

    def event(self, event: QEvent) -> bool:
        if self.takes_escape and claims_escape(event):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.takes_escape and not self.is_composing:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    # Inside

    def _set_sizes(self) -> None:
        set_field_font(self, self._appearance.font(self._style))
        self._fit()

    def _on_text_changed(self) -> None:
        if self.document().isEmpty():
            self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._fit()  # a change of the mode goes untold

    def _fit(self) -> None:
        if self._is_fitting:
            return
        self._is_fitting = True
        # What is not laid out counts as one line, and Qt doesn't tell of all that it lays out. A
        # look at the beginning costs nothing, even in a text of a megabyte.
        lines = 0
        block = self.document().firstBlock()
        while block.isValid() and lines <= self._most_lines:
            self.blockBoundingRect(block)  # which lays it out
            lines += block.lineCount()
            block = block.next()
        # The layout gives each line a whole number of pixels.
        spacing = math.ceil(QFontMetricsF(self.font()).lineSpacing())
        room = max(0, self._appearance.line_height(self._style) - spacing)
        height = min(max(lines, 1), self._most_lines) * spacing + room
        self.setViewportMargins(0, room // 2, 0, 0)
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if lines > self._most_lines
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)
            self.height_changed.emit()
        self._is_fitting = False
