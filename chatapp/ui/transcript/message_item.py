"""One message of the transcript: its blocks, and what stands around them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale, QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QPainter

from chatapp.domain.conversation import MessageStatus
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CONTROL, RADIUS_LARGE
from chatapp.ui.transcript.answer_footer import AnswerFooter
from chatapp.ui.transcript.block_column import BlockColumn
from chatapp.ui.transcript.blocks import Block, Span, TextBlock, count_same, visible_text
from chatapp.ui.transcript.stage import Spot
from chatapp.ui.transcript.text_layout import TextLayout

if TYPE_CHECKING:
    from chatapp.chat.events import AnswerProgress
    from chatapp.domain.conversation import Message
    from chatapp.ui.icons import IconName
    from chatapp.ui.transcript.block_layout import BlockLayout
    from chatapp.ui.transcript.markdown import MarkdownParser
    from chatapp.ui.transcript.paragraph import Marks
    from chatapp.ui.transcript.stage import Stage

TURN_GAP: Final = 24
ANSWER_GAP: Final = 20

_SLICE: Final = 16_000  # characters that are read at once
_SLICE_LINES: Final = 200  # at most: each may be a block of its own
_MEASURED_AT_ONCE: Final = 40  # blocks
_ROW: Final = 28
_ARROW: Final = 24
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


class MessageAction(StrEnum):
    """What a person can do with a message."""

    COPY = "copy"
    EDIT = "edit"
    REGENERATE = "regenerate"
    CONTINUE = "continue"
    BRANCH = "branch"
    LIKE = "like"
    DISLIKE = "dislike"
    PREVIOUS = "previous"
    NEXT = "next"
    MORE = "more"
    OPEN_LOGS = "open logs"


Act = Callable[[MessageAction, "MessageItem"], None]


class MessageItem(ABC):
    """A message in a column of some width. Places are in logical pixels from its top left corner.

    Its height includes the `gap` above it.
    """

    def __init__(self, stage: Stage, act: Act, message: Message, width: float, gap: int) -> None:
        self.stage = stage
        self.message = message
        self.width = width
        self.gap = gap
        self._act = act
        self.replaced: float | None = None  # the height of the widget that stands in its place
        self.column = BlockColumn(stage, message.id, self._column_width(width))

    # What is shown

    @abstractmethod
    def show(self, message: Message, progress: AnswerProgress | None) -> None:
        """Show another state of the message."""

    @property
    def has_more(self) -> bool:
        """Whether some of the text is not read yet: `read_more` reads on."""
        return False

    def read_more(self) -> None:
        """Read another piece of a long text."""
        return

    def read_to(self, _length: int) -> None:
        """Read a text at least so far, in characters."""
        return

    @abstractmethod
    def _column_width(self, width: float) -> float: ...

    @property
    def height(self) -> float:
        """With the gap above."""
        return self._height if self.replaced is None else self.gap + self.replaced

    @property
    @abstractmethod
    def _height(self) -> float: ...

    @property
    @abstractmethod
    def content(self) -> tuple[float, float]:
        """Where the blocks begin: left and top."""

    def set_place(self, *, is_last: bool, is_busy: bool) -> None:
        """Whether it is the last message, and whether an answer is being written anywhere."""
        return

    def set_gap(self, gap: int) -> None:
        """Another message stands above now."""
        self.gap = gap

    def set_width(self, width: float) -> None:
        """Lay out for another width, when it is looked at."""
        self.width = width
        self.column.set_width(self._column_width(width))

    def measure(self, top: float, bottom: float) -> None:
        """Find the true heights of what lies between, and of everything in a short message."""
        if len(self.column) <= _MEASURED_AT_ONCE:
            self.column.measure(0, len(self.column))
            return
        start = self.content[1]
        first = self.column.index_at(top - start)
        last = first
        while last < len(self.column):
            self.column.measure(last, last)
            if start + self.column.top_of(last) > bottom:
                break
            last += 1

    # Places

    def position_at(self, x: float, y: float) -> tuple[int, int]:
        """The block and the position in it nearest to a point."""
        left, top = self.content
        if y < top:
            return 0, 0
        if y >= top + self.column.height and self.column.blocks:
            last = len(self.column) - 1
            return last, len(visible_text(self.column.blocks[last]))
        return self.column.position_at(x - left, y - top)

    def block_at(self, x: float, y: float) -> tuple[BlockLayout, float, float] | None:
        """The block under a point, and the point in its coordinates."""
        left, top = self.content
        x, y = x - left, y - top
        if not self.column.blocks or not 0 <= y < self.column.height:
            return None
        index = self.column.index_at(y)
        layout = self.column.layout(index)
        x, y = x - self.column.left_of(index), y - self.column.top_of(index)
        return (layout, x, y) if 0 <= y < layout.height and x <= layout.width else None

    def rects(self, block: int, begin: int, end: int) -> list[QRectF]:
        """Where a range of a block lies."""
        self.column.measure(block, block)
        left, top = self.content
        left, top = left + self.column.left_of(block), top + self.column.top_of(block)
        layout = self.column.layout(block)
        return [rect.translated(left, top) for rect in layout.rects(begin, end)]

    def spots(self, begin: float = 0.0, end: float = math.inf) -> Iterator[tuple[Spot, QRectF]]:
        """What can be pressed, in the order of the keyboard, and where; between two heights."""
        left, top = self.content
        for index, layout in self.column.layouts(begin - top, end - top):
            dx, dy = left + self.column.left_of(index), top + self.column.top_of(index)
            for spot, x, y in layout.placed_spots():
                yield spot, spot.rect.translated(dx + x, dy + y)

    def _action(self, action: MessageAction, icon: IconName, name: str) -> Spot:
        spot = Spot((self.message.id, action), name, lambda: self._act(action, self))
        spot.icon = icon
        return spot

    def _version_spots(self) -> list[Spot]:
        """The arrows between the versions of a message."""
        message = self.message
        if message.versions < 2:
            return []
        translate = QCoreApplication.translate
        back = self._action(
            MessageAction.PREVIOUS, "chevron-left", translate("MessageItem", "Earlier version")
        )
        back.is_enabled = message.version > 1
        forth = self._action(
            MessageAction.NEXT, "chevron-right", translate("MessageItem", "Later version")
        )
        forth.is_enabled = message.version < message.versions
        return [back, forth]

    @property
    def version_text(self) -> str:
        """Which version of how many."""
        locale = QLocale()
        now, all_ = self.message.version, self.message.versions
        return f"{locale.toString(now)}/{locale.toString(all_)}"

    # Painting

    @abstractmethod
    def paint(self, painter: QPainter, marks: Sequence[Marks] | None, clip: QRectF) -> None:
        """Draw it; the painter's origin is its top left corner. Spots are drawn by the view."""

    def _paint_column(self, painter: QPainter, marks: Sequence[Marks] | None, clip: QRectF) -> None:
        left, top = self.content
        painter.translate(left, top)
        self.column.paint(painter, marks, clip.translated(-left, -top))
        painter.translate(-left, -top)


class AnswerItem(MessageItem):
    """Blocks over the whole width, and the footer."""

    def __init__(
        self,
        stage: Stage,
        act: Act,
        message: Message,
        width: float,
        gap: int,
        parser: MarkdownParser,
        footer: AnswerFooter,
    ) -> None:
        super().__init__(stage, act, message, width, gap)
        self._parser = parser
        self._text = ""
        self._read = 0
        self._limit = 0
        self._is_finished = False
        self._begin_reading()
        self.footer = footer
        self.footer.bind(self._version_spots, self._action, lambda: self.version_text)

    def _begin_reading(self) -> None:
        from chatapp.ui.transcript.markdown_stream import MarkdownStream

        self._stream = MarkdownStream(self._parser)
        self._read = 0
        self._is_finished = False

    def show(self, message: Message, progress: AnswerProgress | None) -> None:
        is_growing = message.status is MessageStatus.GENERATING
        goes_on = message.text.startswith(self._text)
        self._limit = max(self._limit, _end_of_slice(message.text, 0))
        if not goes_on or (self._is_finished and message.text != self._text):
            self._begin_reading()
        elif is_growing and not self.has_more:
            # What arrives is shown; what was long before follows piece by piece.
            self._limit = max(self._limit, min(len(message.text), self._read + 4 * _SLICE))
        self.message = message
        self._text = message.text
        self._read_on(is_growing=is_growing)
        self.footer.show(message, progress, self.column.width)

    @property
    def has_more(self) -> bool:
        return self._read < len(self._text)

    def read_more(self) -> None:
        self._limit = _end_of_slice(self._text, self._read)
        self._read_on(is_growing=self.message.status is MessageStatus.GENERATING)

    def read_to(self, length: int) -> None:
        while self.has_more and self._read < length:
            self.read_more()

    def _read_on(self, *, is_growing: bool) -> None:
        is_new = self._read == 0
        kept = self._stream.feed(self._text[self._read : self._limit])
        self._read = min(len(self._text), max(self._limit, self._read))
        if not is_growing and not self.has_more and not self._is_finished:
            kept = min(kept, self._stream.finish())
            self._is_finished = True
        if is_new:
            kept = count_same(self.column.blocks, self._stream.blocks)
        self.column.set_blocks(kept, self._stream.blocks, is_growing=is_growing)

    def _column_width(self, width: float) -> float:
        return width

    def set_width(self, width: float) -> None:
        super().set_width(width)
        self.footer.lay_out(self.column.width)

    @property
    def content(self) -> tuple[float, float]:
        return 0.0, float(self.gap)

    @property
    def _height(self) -> float:
        below = (
            self.footer.gap_above(ends_with_text=self._ends_with_text) if self.column.blocks else 0
        )
        return self.gap + self.column.height + below + self.footer.height

    @property
    def _ends_with_text(self) -> bool:
        return bool(self.column.blocks) and isinstance(self.column.blocks[-1], TextBlock)

    @property
    def footer_top(self) -> float:
        """Where the footer begins."""
        return self._height - self.footer.height

    def set_place(self, *, is_last: bool, is_busy: bool) -> None:
        self.footer.set_place(is_last=is_last, is_busy=is_busy)

    def spots(self, begin: float = 0.0, end: float = math.inf) -> Iterator[tuple[Spot, QRectF]]:
        yield from super().spots(begin, end)
        top = self.footer_top
        for spot in self.footer.spots if top <= end else ():
            yield spot, spot.rect.translated(0, top)

    def paint(self, painter: QPainter, marks: Sequence[Marks] | None, clip: QRectF) -> None:
        self._paint_column(painter, marks, clip)
        top = self.footer_top
        if clip.bottom() >= top:
            painter.translate(0, top)
            self.footer.paint(painter)
            painter.translate(0, -top)


class QuestionItem(MessageItem):
    """A bubble as wide as its text needs, at the end of the line; its text exactly as typed."""

    def __init__(self, stage: Stage, act: Act, message: Message, width: float, gap: int) -> None:
        super().__init__(stage, act, message, width, gap)
        translate = QCoreApplication.translate
        self._copy = self._action(
            MessageAction.COPY, "copy", translate("MessageItem", "Copy message")
        )
        self._edit = self._action(
            MessageAction.EDIT, "pencil", translate("MessageItem", "Edit message")
        )
        self._more = self._action(MessageAction.MORE, "more", translate("MessageItem", "More"))
        self._bubble = QRectF()
        self._arrows: list[Spot] = []
        self._chips: list[tuple[QRectF, str, str]] = []
        self._is_busy = False
        self.show(message, None)

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


def _end_of_slice(text: str, start: int) -> int:
    """How far a text is read at once."""
    end = min(len(text), start + _SLICE)
    lines = text[start:end].split("\n", _SLICE_LINES)
    return end - len(lines[-1]) if len(lines) > _SLICE_LINES else end


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
