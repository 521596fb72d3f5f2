"""One message of the transcript: its blocks, and what stands around them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale, QRectF
from PySide6.QtGui import QGuiApplication, QPainter

from chatapp.domain.conversation import MessageStatus
from chatapp.ui.transcript.answer_footer import AnswerFooter
from chatapp.ui.transcript.block_column import BlockColumn
from chatapp.ui.transcript.blocks import TextBlock, count_same, visible_text
from chatapp.ui.transcript.message_reader import SLICE, PartsReader
from chatapp.ui.transcript.stage import TEXT_INSET, Spot
from chatapp.ui.transcript.window_marks import boundary_middle

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

_MEASURED_AT_ONCE: Final = 40  # blocks
_ROW: Final = 28


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
    RESTORE = "restore"
    LEAVE_OUT = "leave out"
    SUMMARISE = "summarise"
    LONGER = "longer"
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
        self.is_boundary = False  # what the model reads begins here
        self.goes_on = False  # the message above left the model's window as well
        self._restore = self._action(MessageAction.RESTORE, "restore", "")
        self._restore.look, self._restore.icon = "text", None
        self.column = BlockColumn(stage, message.id, self._column_width(width))
        self.translate()

    # What is shown

    @abstractmethod
    def show(self, message: Message, progress: AnswerProgress | None) -> None:
        """Show another state of the message."""

    def translate(self) -> None:
        """Name what can be pressed in the language of now."""
        translate = QCoreApplication.translate
        self._restore.name = translate("MessageItem", "Let the model read it again")
        self._restore.text = translate("MessageItem", "Restore")

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
        if self.is_boundary and begin <= self.gap:
            width, height = self._restore.size(self.stage.appearance, _ROW)
            inset = TEXT_INSET
            x = -inset if QGuiApplication.isRightToLeft() else self.width - width + inset
            yield self._restore, QRectF(x, boundary_middle(self) - height / 2, width, height)
        left, top = self.content
        for index, layout in self.column.layouts(begin - top, end - top):
            dx, dy = left + self.column.left_of(index), top + self.column.top_of(index)
            for spot, x, y in layout.placed_spots():
                yield spot, spot.rect.translated(dx + x, dy + y)

    @property
    def restore_width(self) -> float:
        """How much room the way back takes at the end of the line above."""
        return self._restore.size(self.stage.appearance, _ROW)[0] - TEXT_INSET

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
        self._reader = PartsReader(parser)
        self._limit = 0  # of the characters, how far it is read
        self.footer = footer
        self.footer.bind(self._version_spots, self._action, lambda: self.version_text)

    def show(self, message: Message, progress: AnswerProgress | None) -> None:
        reader = self._reader
        if not reader.is_of(message):
            reader = self._reader = PartsReader(self._parser)
        is_growing = message.status is MessageStatus.GENERATING
        is_new = not reader.blocks
        most = max(0, self._limit - _length(message) + reader.left(message))
        if not reader.blocks:
            most = max(most, reader.next_slice(message))
        elif is_growing and not self.has_more:
            # What arrives is shown; what was long before follows piece by piece.
            most = max(most, 4 * SLICE)
        self.message = message
        self._read_on(most, is_new=is_new)
        self.footer.show(message, progress, self.column.width)

    @property
    def has_more(self) -> bool:
        return self._reader.left(self.message) > 0

    def read_more(self) -> None:
        self._read_on(self._reader.next_slice(self.message))

    def read_to(self, length: int) -> None:
        while self.has_more and _length(self.message) - self._reader.left(self.message) < length:
            self.read_more()

    def _read_on(self, most: int, *, is_new: bool = False) -> None:
        kept = self._reader.read(self.message, most)
        if is_new:
            kept = count_same(self.column.blocks, self._reader.blocks)
        self._limit = _length(self.message) - self._reader.left(self.message)
        is_growing = self.message.status is MessageStatus.GENERATING
        self.column.set_blocks(kept, self._reader.blocks, is_growing=is_growing)

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


def _length(message: Message) -> int:
    return len(message.reasoning) + len(message.text)
