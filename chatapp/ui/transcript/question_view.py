"""What the person wrote: a bubble at the end of the line, the text exactly as typed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QTextBlockFormat, QTextCursor

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_LARGE
from chatapp.ui.transcript.message_view import FIRST_PIECE, NEXT_PIECE, MessageView
from chatapp.ui.transcript.text_pane import OVERHANG, TextPane
from chatapp.ui.widgets.button import Button

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from chatapp.chat.events import AnswerProgress
    from chatapp.domain.conversation import Message
    from chatapp.ui.theme import Appearance

_PADDING_SIDE: Final = 16
_PADDING_TOP: Final = 9  # and 11 below: Qt sets text low in lines of a fixed height
_PADDING_BOTTOM: Final = 11
_WIDEST: Final = 600
_SHARE: Final = 0.88


class QuestionView(MessageView):
    """A bubble as wide as its text needs."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._text = ""
        self._shown = 0
        self._bubble = QRect()
        self.pane = TextPane(appearance, self)
        self.pane.document.setDefaultFont(appearance.font("reading"))
        self.pane.selection_started.connect(self.selection_started)
        self._more = Button(
            appearance, self.tr("Show more"), "text", designed_height=28, parent=self
        )
        self._more.clicked.connect(self._show_more)
        self.setAccessibleName(self.tr("Your message"))

    def set_message(self, message: Message, progress: AnswerProgress | None) -> None:
        if message.text == self._text and self._shown:
            return
        self._text = message.text
        self._show(FIRST_PIECE)

    def recolor(self) -> None:
        self.pane.recolor()
        self.update()

    def arrange(self, width: int) -> int:
        column = width - 2 * OVERHANG
        widest = min(_WIDEST, round(_SHARE * column))
        inner = widest - 2 * _PADDING_SIDE
        self.pane.arrange(inner + 2 * OVERHANG)
        needed = math.ceil(self.pane.document.idealWidth())
        inner = min(inner, max(needed, 1))
        text_height = self.pane.arrange(inner + 2 * OVERHANG)
        bubble_width = inner + 2 * _PADDING_SIDE
        has_more = self._shown < len(self._text)
        self._more.setVisible(has_more)
        height = text_height + _PADDING_TOP + _PADDING_BOTTOM
        if has_more:
            more = self._more.sizeHint()
            bubble_width = max(bubble_width, more.width() + 8)
            height += more.height()
        left = OVERHANG if self.isRightToLeft() else width - OVERHANG - bubble_width
        self._bubble = QRect(left, 0, bubble_width, height)
        text_left = left + _PADDING_SIDE - OVERHANG
        self.pane.setGeometry(text_left, _PADDING_TOP, inner + 2 * OVERHANG, text_height)
        if has_more:
            self._more.setGeometry(
                left + 4, height - more.height() - 6, more.width(), more.height()
            )
        self.resize(width, height)
        return height

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._appearance.theme
        border = theme.border if theme.is_high_contrast else None
        paint_box(QPainter(self), self._bubble, RADIUS_LARGE, fill=theme.user_bubble, border=border)

    def _show_more(self) -> None:
        self._show(self._shown + NEXT_PIECE)
        self.resized.emit()

    def _show(self, length: int) -> None:
        self._shown = max(1, min(length, len(self._text)))
        shown = self._text[: self._shown]
        document = self.pane.document
        document.setPlainText(self.pane.breakable(shown))
        shape = QTextBlockFormat()
        shape.setLineHeight(
            self._appearance.line_height("reading"),
            QTextBlockFormat.LineHeightTypes.FixedHeight.value,
        )
        cursor = QTextCursor(document)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(shape)
        self.pane.content_changed()
        self.pane.setAccessibleName(shown)
