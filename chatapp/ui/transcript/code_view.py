"""Code in an answer: a frame with the language, Copy, and coloured text that scrolls sideways."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QWidget

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.transcript.highlighting import Highlighter, Syntax
from chatapp.ui.transcript.side_scroller import SideScroller
from chatapp.ui.transcript.text_pane import OVERHANG, TextPane
from chatapp.ui.widgets.button import Button

if TYPE_CHECKING:
    from chatapp.ui.theme import Appearance

COPIED_MS: Final = 1500

# Whole texts up to this length are coloured at once, in less than 50 ms.
_COLOR_LIMIT: Final = 10_000
# A growing text is coloured anew from a point that is at most so far back.
_SEGMENT: Final = 800
_TEXT_LEFT: Final = 14
_TEXT_TOP: Final = 9  # and 11 below: Qt sets text low in lines of a fixed height
_TEXT_BOTTOM: Final = 11
_LABEL_LEFT: Final = 12
_TAB_COLUMNS: Final = 4


class CodePane(TextPane):
    """The code itself; a text that only grew is drawn and coloured from near its old end on."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self.text = ""
        self._highlighter = Highlighter("")
        self._settled = 0  # where the text begins that is still coloured anew when it grows
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        font = appearance.font("code")
        option.setTabStopDistance(_TAB_COLUMNS * QFontMetrics(font).horizontalAdvance(" "))
        self.document.setDefaultTextOption(option)
        self.document.setDefaultFont(font)
        shape = QTextBlockFormat()
        fixed = QTextBlockFormat.LineHeightTypes.FixedHeight.value
        shape.setLineHeight(appearance.line_height("code"), fixed)
        QTextCursor(self.document).setBlockFormat(shape)

    @property
    def content_width(self) -> int:
        """What the longest line needs, in logical pixels, overhang included."""
        return math.ceil(self.document.idealWidth()) + 2 * OVERHANG

    def lay_out(self, width: int) -> None:
        self.document.setTextWidth(-1)

    def set_highlighter(self, highlighter: Highlighter) -> None:
        """Colour by another language."""
        self._highlighter = highlighter
        self._settled = 0
        self._write_from(0, "")

    def set_text(self, text: str, *, is_growing: bool) -> None:
        """Show `text`. What is complete is coloured as a whole, if it isn't too long."""
        if not text.startswith(self.text):
            self._settled = 0
        elif text == self.text and is_growing:
            return
        if not is_growing and len(text) <= _COLOR_LIMIT:
            # Also corrects what was coloured wrongly because a string began before its segment.
            self._settled = 0
        self._write_from(self._settled, text)
        if is_growing:
            self._settle()

    def write_colors(self) -> None:
        self._write_from(0, self.text)

    def _settle(self) -> None:
        """Move the point from which the text is coloured anew to the start of a line near the end.

        At a line that isn't indented, a string or comment is least likely to go on.
        """
        while len(self.text) - self._settled > 2 * _SEGMENT:
            start = self._settled + _SEGMENT
            line = self.text.find("\n", start) + 1
            while line and self.text[line : line + 1].isspace():
                line = self.text.find("\n", line + 1) + 1
            if not line:
                line = self.text.rfind("\n") + 1
            if line <= self._settled:
                return
            self._settled = line

    def _write_from(self, start: int, text: str) -> None:
        cursor = QTextCursor(self.document)
        cursor.beginEditBlock()
        line = self.text.count("\n", 0, start)
        cursor.setPosition(self.document.findBlockByNumber(line).position() if start else 0)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        fresh = text[start:]
        if len(fresh) > _COLOR_LIMIT:
            runs = [(Syntax.PLAIN, fresh)]
        else:
            runs = self._highlighter.runs(fresh)
        for syntax, piece in runs:
            style = QTextCharFormat()
            color: QColor = getattr(self.appearance.theme, syntax)
            style.setForeground(color)
            cursor.insertText(piece, style)
        cursor.endEditBlock()
        self.text = text
        self.content_changed()


class CodeView(QWidget):
    """A code block with its header. `arrange` must follow every change."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._language: str | None = None
        self._label = ""
        self.pane = CodePane(appearance)
        self._scroller = SideScroller(appearance, self.pane, self)
        self._copy = Button(
            appearance, self.tr("Copy"), "quiet", icon="copy", designed_height=24, parent=self
        )
        self._copy.setAccessibleName(self.tr("Copy code"))
        self._copy.clicked.connect(self._on_copy)
        self._copied = QTimer(self, interval=COPIED_MS, singleShot=True)
        self._copied.timeout.connect(self._on_copied_over)

    def set_code(self, language: str, text: str, *, is_growing: bool) -> None:
        """Show `text`; `is_growing` while more of it may come."""
        if language != self._language:
            self._language = language
            highlighter = Highlighter(language)
            self._label = highlighter.name or language[:40] or self.tr("Text")
            self.pane.set_highlighter(highlighter)
            self.pane.setAccessibleName(self._label)
        self.pane.set_text(text, is_growing=is_growing)
        self.update()

    def complete(self) -> None:
        """No more code comes."""
        self.pane.set_text(self.pane.text, is_growing=False)

    def recolor(self) -> None:
        """Other colours are in force."""
        self.pane.recolor()
        self.update()

    def arrange(self, width: int) -> int:
        """Lay out for a width. Returns the height."""
        header = self._header_height()
        text_height = self.pane.arrange(width)
        left = _TEXT_LEFT - OVERHANG
        inner = width - 2 * left
        content = self.pane.content_width
        self._scroller.move(left, header + 1 + _TEXT_TOP)
        self._scroller.place(inner, content, text_height + _TEXT_BOTTOM)
        height = header + 1 + _TEXT_TOP + text_height + _TEXT_BOTTOM + 1
        self.resize(width, height)
        self._place_copy()
        return height

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        painter = QPainter(self)
        paint_box(
            painter, self.rect(), RADIUS_CARD, fill=theme.code_background, border=theme.code_border
        )
        header = self._header_height()
        painter.fillRect(1, header, self.width() - 2, 1, theme.code_border)
        painter.setFont(self._appearance.font("small"))
        painter.setPen(theme.text_muted)
        place = self.rect().adjusted(_LABEL_LEFT, 0, -_LABEL_LEFT, 0)
        place.setHeight(header)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._label)

    def _header_height(self) -> int:
        return self._appearance.height(32)

    def _place_copy(self) -> None:
        size = self._copy.sizeHint()
        left = 0 if self.isRightToLeft() else self.width() - size.width()
        top = (self._header_height() - size.height()) // 2
        self._copy.setGeometry(left, top, *size.toTuple())

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.pane.text)
        self._copy.setText(self.tr("Copied"))
        self._copy.set_icons("check")
        self._place_copy()
        self._copied.start()

    def _on_copied_over(self) -> None:
        self._copy.setText(self.tr("Copy"))
        self._copy.set_icons("copy")
        self._place_copy()
