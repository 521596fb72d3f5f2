"""What a person wrote: a bubble, with the files above it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale, QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter

from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL, RADIUS_LARGE
from chatapp.ui.transcript.blocks import Block, Span, TextBlock
from chatapp.ui.transcript.message_item import Act, MessageAction, MessageItem
from chatapp.ui.transcript.stage import Spot
from chatapp.ui.transcript.text_layout import TextLayout

if TYPE_CHECKING:
    from chatapp.chat.events import AnswerProgress
    from chatapp.domain.conversation import Message
    from chatapp.ui.transcript.paragraph import Marks
    from chatapp.ui.transcript.stage import Stage

_ROW: Final = 28
_PADDING_SIDE: Final = 16
_PADDING: Final = 10
_WIDEST_BUBBLE: Final = 600
_ACTIONS: Final = 3  # beside a bubble
_ACTION_GAP: Final = 8
_CHIP: Final = 32
_CHIP_GAP: Final = 6
_CHIP_PADDING: Final = 12
_PIECE: Final = 2000  # characters of a question that are laid out at once
_LONGEST_PIECE: Final = 8000
_ARROW: Final = 24


class QuestionItem(MessageItem):
    """A bubble as wide as its text needs, at the end of the line; its text exactly as typed."""

    def __init__(self, stage: Stage, act: Act, message: Message, width: float, gap: int) -> None:
        super().__init__(stage, act, message, width, gap)
        self._bubble = QRectF()
        self._chips: list[tuple[QRectF, str, str]] = []
        self._is_busy = False
        self.show(message, None)

    def translate(self) -> None:
        super().translate()
        translate = QCoreApplication.translate
        self._copy = self._action(
            MessageAction.COPY, "copy", translate("MessageItem", "Copy message")
        )
        self._edit = self._action(
            MessageAction.EDIT, "pencil", translate("MessageItem", "Edit message")
        )
        self._more = self._action(MessageAction.MORE, "more", translate("MessageItem", "More"))
        self._arrows = self._version_spots()

    def show(self, message: Message, progress: AnswerProgress | None) -> None:
        if message.text != self.message.text or not self.column.blocks:
            self.column.set_blocks(0, plain_blocks(message.text))
        self.message = message
        self._arrows = self._version_spots()

    def set_place(self, *, is_last: bool, is_busy: bool) -> None:
        self._is_busy = is_busy

    def _column_width(self, width: float) -> float:
        beside = _ACTIONS * self.stage.appearance.height(_ROW) + _ACTION_GAP
        return max(80.0, min(float(_WIDEST_BUBBLE), width - beside) - 2 * _PADDING_SIDE)

    @property
    def _text_width(self) -> float:
        if len(self.column) != 1 or not self.column.is_measured(0):
            if len(self.column) == 1 and len(self.message.text) < _PIECE:
                self.column.measure(0, 0)
            else:
                return self.column.width
        layout = self.column.layout(0)
        if isinstance(layout, TextLayout):
            return min(self.column.width, max(8.0, layout.natural_width))
        return self.column.width

    @property
    def _chips_height(self) -> float:
        count = len(self.message.attachments)
        if not count:
            return 0.0
        self._place_chips()
        return max(rect.bottom() for rect, _, _ in self._chips) - self.gap + _CHIP_GAP

    @property
    def content(self) -> tuple[float, float]:
        bubble = self._text_width + 2 * _PADDING_SIDE
        left = 0.0 if QGuiApplication.isRightToLeft() else self.width - bubble
        return left + _PADDING_SIDE, self.gap + self._chips_height + _PADDING

    @property
    def bubble(self) -> QRectF:
        """The box around the text."""
        left, top = self.content
        return QRectF(
            left - _PADDING_SIDE,
            top - _PADDING,
            self._text_width + 2 * _PADDING_SIDE,
            self.column.height + 2 * _PADDING,
        )

    @property
    def _height(self) -> float:
        height = self.gap + self._chips_height + self.column.height + 2 * _PADDING
        if self._arrows:
            height += 4 + self.stage.appearance.height(_ROW)
        return height

    def spots(self, begin: float = 0.0, end: float = math.inf) -> Iterator[tuple[Spot, QRectF]]:
        yield from super().spots(begin, end)
        edge = float(self.stage.appearance.height(_ROW))
        bubble = self.bubble
        mirrored = QGuiApplication.isRightToLeft()
        x = bubble.right() + _ACTION_GAP if mirrored else bubble.left() - _ACTION_GAP - 3 * edge
        top = (
            bubble.bottom() - edge - 4
            if bubble.height() > edge + 8
            else bubble.center().y() - (edge / 2)
        )
        is_copied = self.stage.copied == self._copy.key
        self._copy.icon = "check" if is_copied else "copy"
        self._edit.is_enabled = not self._is_busy
        for number, spot in enumerate((self._copy, self._edit, self._more)):
            spot.is_shy = True
            yield spot, QRectF(round(x + number * edge), round(top), edge, edge)
        if self._arrows:
            back, forth = self._arrows
            arrow = float(self.stage.appearance.height(_ARROW))
            words = self._version_width()
            right = self.width if not mirrored else 2 * arrow + words
            y = round(bubble.bottom() + 4 + (edge - arrow) / 2)
            for spot, left in ((back, right - 2 * arrow - words), (forth, right - arrow)):
                spot.is_enabled = spot.is_enabled and not self._is_busy
                yield spot, QRectF(left, y, arrow, arrow)

    def _version_width(self) -> float:
        font = self.stage.appearance.font("small", tabular=True)
        return QFontMetricsF(font).horizontalAdvance(self.version_text) + 8

    def paint(self, painter: QPainter, marks: Sequence[Marks] | None, clip: QRectF) -> None:
        appearance = self.stage.appearance
        theme = appearance.theme
        border = theme.border if theme.is_high_contrast else None
        bubble = self.bubble
        paint_box(painter, bubble, RADIUS_LARGE, fill=theme.user_bubble, border=border)
        self._paint_column(painter, marks, clip)
        if self.message.attachments:
            self._paint_chips(painter)
        if self._arrows:
            edge = appearance.height(_ROW)
            arrow, words = appearance.height(_ARROW), self._version_width()
            right = self.width - arrow
            if QGuiApplication.isRightToLeft():
                right = arrow + words
            area = QRectF(right - words, bubble.bottom() + 4, words, edge)
            painter.setFont(appearance.font("small", tabular=True))
            painter.setPen(theme.text_muted)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.version_text)

    # Attachments

    def _place_chips(self) -> None:
        appearance = self.stage.appearance
        height = float(appearance.height(_CHIP))
        name_font = QFontMetricsF(appearance.font("body"))
        size_font = QFontMetricsF(appearance.font("small"))
        widest = self.column.width + 2 * _PADDING_SIDE
        self._chips = []
        x, y = 0.0, float(self.gap)
        rows: list[list[tuple[QRectF, str, str]]] = [[]]
        for attachment in self.message.attachments:
            size = QLocale().formattedDataSize(attachment.size, 1)
            around = _CHIP_PADDING + appearance.icon_size(14) + 2 * 8 + _CHIP_PADDING
            room = widest - around - size_font.horizontalAdvance(size)
            name = name_font.elidedText(attachment.name, Qt.TextElideMode.ElideMiddle, room)
            words = name_font.horizontalAdvance(name) + size_font.horizontalAdvance(size)
            width = float(round(words + around))
            if x and x + width > widest:
                x, y = 0.0, y + height + _CHIP_GAP
                rows.append([])
            rows[-1].append((QRectF(x, y, width, height), name, size))
            x += width + _CHIP_GAP
        for row in rows:
            used = row[-1][0].right() if row else 0.0
            shift = 0.0 if QGuiApplication.isRightToLeft() else self.width - used
            self._chips += [(rect.translated(shift, 0), name, size) for rect, name, size in row]

    def _paint_chips(self, painter: QPainter) -> None:
        appearance = self.stage.appearance
        theme = appearance.theme
        self._place_chips()
        for rect, name, size in self._chips:
            paint_box(
                painter, rect, RADIUS_CONTROL, fill=theme.surface_raised, border=theme.border_strong
            )
            edge = appearance.icon_size(14)
            mirrored = QGuiApplication.isRightToLeft()
            begin = rect.right() - _CHIP_PADDING - edge if mirrored else rect.left() + _CHIP_PADDING
            at = QPoint(round(begin), round(rect.center().y() - edge / 2))
            appearance.icons.paint(painter, "file", at, edge, theme.text_muted)
            used = float(_CHIP_PADDING + edge + 8)
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
            for text, style, color in (
                (name, "body", theme.text),
                (size, "small", theme.text_faint),
            ):
                font = appearance.font(style)  # type: ignore[arg-type]
                painter.setFont(font)
                painter.setPen(color)
                left = rect.left() if mirrored else rect.left() + used
                area = QRectF(left, rect.top(), rect.width() - used, rect.height())
                painter.drawText(area, align, text)
                used += QFontMetricsF(font).horizontalAdvance(text) + 8


def plain_blocks(text: str) -> list[Block]:
    """A text exactly as it is, in pieces that are laid out one by one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks: list[Block] = []
    start = 0
    while start < len(text) or not blocks:
        end = text.find("\n", start + _PIECE) + 1
        if not end or end - start > _LONGEST_PIECE:
            end = start + _LONGEST_PIECE
            if end < len(text):
                space = text.rfind(" ", start + _PIECE, end) + 1
                end = space or end
        end = min(end, len(text))
        piece = text[start:end]
        blocks.append(TextBlock((Span(piece),) if piece else (), joins=bool(blocks)))
        start = end
        if not text:
            break
    return blocks
