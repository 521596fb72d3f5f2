"""Where the messages lie: the ones to be seen are laid out, all others have an estimated height.

What is on the screen is placed from an anchor, a block that keeps its place there. Heights that
turn out to be others than estimated therefore never move what the reader looks at; only the scroll
bar corrects itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chatapp.domain.conversation import Role
from chatapp.ui.transcript.estimates import Estimates
from chatapp.ui.transcript.heights import Heights
from chatapp.ui.transcript.message_item import (
    ANSWER_GAP,
    TURN_GAP,
    MessageItem,
)
from chatapp.ui.transcript.window_marks import BOUNDARY

if TYPE_CHECKING:
    from chatapp.domain.conversation import Message
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.transcript.stage import Stage

BOTTOM: Final = 16

_KEPT: Final = 16  # items that are laid out


@dataclass(frozen=True, slots=True)
class Anchor:
    """A block of a message that keeps its place: `y` is where it begins, from the window's top.

    Block -1 is the beginning of the message itself.
    """

    row: int
    block: int
    y: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A message on the screen; `top` is from the window's top and may be above it."""

    row: int
    item: MessageItem
    top: float

    @property
    def bottom(self) -> float:
        return self.top + self.item.height


class ItemList:
    """All messages of a model in a column `width` wide. All in logical pixels."""

    def __init__(
        self,
        model: TranscriptModel,
        stage: Stage,
        make_item: Callable[[int, float, int], MessageItem],
    ) -> None:
        self._model = model
        self._stage = stage
        self._make_item = make_item
        self._items: OrderedDict[int, MessageItem] = OrderedDict()  # by the message's id
        self._estimates = Estimates()
        self.width = 0.0
        self.heights = Heights()
        self.pinned: int | None = None  # the row that may stand at the top with nothing below

    def __len__(self) -> int:
        return len(self.heights)

    @property
    def total(self) -> float:
        """The height of everything, as far as it is known."""
        return self.heights.total + BOTTOM if len(self.heights) else 0.0

    def spare(self, height: float) -> float:
        """How much room below the last message stays empty in a window so high."""
        if self.pinned is None or self.pinned >= len(self.heights):
            return 0.0
        below = self.heights.total - self.heights.before(self.pinned)
        return max(0.0, height - BOTTOM - below)

    # Changes

    def reset(self, width: float) -> None:
        """Another width, or other messages; `clear` comes before then."""
        if width != self.width:
            self.width = width
            for item in self._items.values():
                item.set_width(width)
        self.heights.reset(self._estimates.heights(*self._measures()))

    def clear(self) -> None:
        """Other messages: forget those that were there."""
        self._items.clear()
        self._estimates.truncate(0)
        for row in range(self._model.rowCount()):
            self._count(row)

    def forget_layouts(self) -> None:
        """Everything looks different: lay it out anew when it is looked at."""
        for item in self._items.values():
            item.column.forget_layouts()
            item.set_width(self.width)

    def translate(self) -> None:
        """The language is another one now."""
        for item in self._items.values():
            item.translate()
        self.forget_layouts()

    def insert(self, first: int, last: int) -> None:
        """Messages came."""
        rest = self._estimates.cut(first)
        for row in range(first, last + 1):
            self._count(row)
        measures = self._measures()
        if not rest:
            for row in range(first, last + 1):
                self.heights.append(self._estimates.height(row, *measures))
            return
        self._estimates.extend(rest)
        known = self.heights.values
        fresh = [self._estimates.height(row, *measures) for row in range(first, last + 1)]
        self.heights.reset([*known[:first], *fresh, *known[first:]])

    def remove(self, first: int, last: int) -> None:
        """Messages went."""
        rest = self._estimates.cut(last + 1)
        self._estimates.truncate(first)
        self._estimates.extend(rest)
        if rest:
            known = self.heights.values
            self.heights.reset([*known[:first], *known[last + 1 :]])
        else:
            self.heights.truncate(first)
        for number in [one for one in self._items if self._model.row_of(one) is None]:
            del self._items[number]

    def item(self, row: int) -> MessageItem:
        """A message, ready to be measured and painted."""
        number = self._model.message_at(row).id
        item = self._items.get(number)
        if item is None:
            item = self._make_item(row, self.width, self._gap(row))
            self._items[number] = item
        else:
            self._items.move_to_end(number)
            item.set_gap(self._gap(row))
        item.is_boundary = self._is_boundary(row)
        item.goes_on = row > 0 and self._model.bare_message_at(row - 1).left_window
        return item

    def known(self, row: int) -> MessageItem | None:
        """The same, but only if it is there already."""
        return self._items.get(self._model.message_at(row).id)

    def known_items(self) -> list[MessageItem]:
        """All that are laid out."""
        return list(self._items.values())

    def forget_far_ones(self, placed: list[Placed]) -> None:
        """Keep what is on the screen and a few more."""
        seen = {one.item.message.id for one in placed}
        while len(self._items) > max(_KEPT, len(seen) + 8):
            number = next(iter(self._items))
            if number in seen:
                self._items.move_to_end(number)
            else:
                del self._items[number]

    def _gap(self, row: int) -> int:
        if row == 0:
            return TURN_GAP
        is_answer = self._model.bare_message_at(row).role is Role.ASSISTANT
        asked = self._model.bare_message_at(row - 1).role is not Role.ASSISTANT
        gap = ANSWER_GAP if is_answer and asked else TURN_GAP
        return gap + BOUNDARY if self._is_boundary(row) else gap

    def _is_boundary(self, row: int) -> bool:
        """Whether what the model reads begins here; what is kept may stand anywhere before."""
        message = self._model.bare_message_at(row)
        if row == 0 or message.left_window or message.pinned:
            return False
        before = row - 1
        while before > 0 and self._model.bare_message_at(before).pinned:
            before -= 1
        return self._model.bare_message_at(before).left_window

    def _measures(self) -> tuple[float, float]:
        """The letters in a line, and its height."""
        appearance = self._stage.appearance
        columns = max(10.0, self.width / (appearance.size * 0.56))
        return columns, float(appearance.line_height("reading"))

    def _count(self, row: int) -> None:
        message: Message = self._model.bare_message_at(row)
        self._estimates.append(message.text, is_answer=message.role is Role.ASSISTANT)

    # Placing

    def place_at_end(self, height: float) -> list[Placed]:
        """What is to be seen when the end is at the window's end. Nothing is below it."""
        placed: list[Placed] = []
        bottom = height - BOTTOM - self.spare(height)
        row = len(self.heights) - 1
        while row >= 0 and bottom > 0:
            item = self.item(row)
            item.measure(item.height - bottom, item.height)
            item.measure(item.height - bottom, item.height)  # its own height may have changed
            self.heights.set(row, item.height)
            bottom -= item.height
            placed.append(Placed(row, item, bottom))
            row -= 1
        placed.reverse()
        if placed and placed[0].row == 0 and placed[0].top > 0:
            placed = _moved(placed, -placed[0].top)
        self.forget_far_ones(placed)
        return placed

    def place(self, anchor: Anchor, height: float) -> list[Placed]:
        """What is to be seen around an anchor, but never space beyond both ends."""
        if not len(self.heights):
            return []
        row = min(anchor.row, len(self.heights) - 1)
        item = self.item(row)
        top = anchor.y - self._offset(item, anchor.block if row == anchor.row else -1)
        for _ in range(4):  # measuring what is above the anchor moves the message's own top
            before = item.height
            item.measure(-top, height - top)
            top = anchor.y - self._offset(item, anchor.block if row == anchor.row else -1)
            if item.height == before:
                break
        self.heights.set(row, item.height)
        placed = [Placed(row, item, top)]
        bottom = top + item.height
        below = row + 1
        while below < len(self.heights) and bottom < height:
            item = self.item(below)
            item.measure(-bottom, height - bottom)
            self.heights.set(below, item.height)
            placed.append(Placed(below, item, bottom))
            bottom += item.height
            below += 1
        above = row - 1
        while above >= 0 and top > 0:
            item = self.item(above)
            item.measure(item.height - top, item.height)
            item.measure(item.height - top, item.height)
            self.heights.set(above, item.height)
            top -= item.height
            placed.insert(0, Placed(above, item, top))
            above -= 1
        if placed[0].row == 0 and top > 0:
            return self.place(Anchor(0, -1, 0.0), height)
        if placed[-1].row == len(self.heights) - 1 and bottom < (
            height - BOTTOM - self.spare(height)
        ):
            return self.place_at_end(height)
        # The anchor's own message may turn out to lie outside.
        seen = [one for one in placed if one.bottom > 0 and one.top < height]
        self.forget_far_ones(seen)
        return seen

    def _offset(self, item: MessageItem, block: int) -> float:
        if block < 0 or block >= len(item.column):
            return 0.0
        return item.content[1] + item.column.top_of(block)

    def value_of(self, placed: list[Placed]) -> float:
        """How far down the window is in everything."""
        if not placed:
            return 0.0
        return self.heights.before(placed[0].row) - placed[0].top

    def anchor_at(self, value: float) -> Anchor:
        """The message at a height of everything."""
        row = self.heights.at(value)
        return Anchor(row, -1, self.heights.before(row) - value)

    def anchor_in(self, placed: list[Placed], height: float) -> Anchor:
        """What the reader looks at: the first block that begins on the screen, or fills it."""
        fallback = Anchor(placed[0].row, -1, placed[0].top)
        for one in placed:
            column = one.item.column
            start = one.top + one.item.content[1]
            if not column.blocks:
                continue
            for block in range(column.index_at(-start), len(column)):
                y = start + column.top_of(block)
                if y >= height:
                    break
                if y >= 0 and column.is_measured(block):
                    return Anchor(one.row, block, y)
                if column.is_measured(block):
                    fallback = Anchor(one.row, block, y)
        return fallback


def _moved(placed: list[Placed], by: float) -> list[Placed]:
    return [Placed(one.row, one.item, one.top + by) for one in placed]
