"""The way of the keyboard, and of screen readers, through messages and all that can be pressed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFocusEvent, QPainter
from PySide6.QtWidgets import QWidget

from chatapp.domain.conversation import MessageStatus, Role
from chatapp.ui.transcript.blocks import Block, is_safe_address, visible_text
from chatapp.ui.transcript.canvas import TranscriptCanvas
from chatapp.ui.transcript.message_reader import PartsReader
from chatapp.ui.transcript.pressables import lay_out_pressables, link_spots
from chatapp.ui.transcript.question_item import plain_blocks
from chatapp.ui.transcript.selection import Position

if TYPE_CHECKING:
    from chatapp.chat.events import AnswerProgress
    from chatapp.domain.conversation import Message
    from chatapp.ui.transcript.answer_state import DescribeError
    from chatapp.ui.transcript.item_list import Placed
    from chatapp.ui.transcript.message_item import MessageItem
    from chatapp.ui.transcript.stage import Spot

_MARGIN: Final = 16  # around what the keyboard comes to
_LONG: Final = 64_000  # characters that are read for a screen reader at once


class WalkableTranscript(TranscriptCanvas):
    """Knows which message, and what in it, the keyboard is at.

    Signals, besides those of `TranscriptCanvas`: `keyboard_moved()` when it went on.
    """

    keyboard_moved = Signal()

    # Where the keyboard is

    @property
    def focused_row(self) -> int:
        """The message that the keyboard is at, or -1."""
        return self._focused_row

    @property
    def focused_spot(self) -> Hashable:
        """The key of what would be pressed; None when the keyboard is at the message itself."""
        return self._focused_spot

    @property
    def caret(self) -> Position | None:
        """Where the selection follows the keyboard or the pointer; None without one."""
        return self._real(self._selection.end) if self._selection is not None else None

    def focus_message(self, step: int) -> None:
        """Bring the keyboard to the next message, or to the one before with -1."""
        count = self._model.rowCount()
        if not count:
            return
        row = self._focused_row
        if row < 0 or not self.is_on_screen(row):
            row = self._placed[-1].row if step < 0 else self._placed[0].row
        else:
            row = min(max(row + step, 0), count - 1)
        self._move_keyboard(row, None)

    def focus_on(self, row: int, key: Hashable = None) -> None:
        """Bring the keyboard to a message or to something in it, from wherever it is."""
        self._move_keyboard(row, key)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_row(self, row: int) -> None:
        """Scroll to a message if it is not on the screen."""
        if not self.is_on_screen(row):
            self.show_message(self.message_id(row))

    def open_menu(self, row: int) -> None:
        """Ask for a message's menu."""
        number = self.message_id(row)
        self.menu_requested.emit(number, self.menu_place(number))

    def _move_keyboard(self, row: int, key: Hashable) -> None:
        self._focused_row, self._focused_spot = row, key
        one = self._place_of(row)
        height = self.viewport().height()
        is_cut = one is None or one.top < 0 or (one.bottom > height and one.top > height / 2)
        if one is None or (is_cut and key is None):
            self.show_message(self.message_id(row))
        if key is not None:
            self._show_spot(row, key)
        self.viewport().update()
        self.keyboard_moved.emit()

    def _show_spot(self, row: int, key: Hashable) -> None:
        """Scroll until something to press is seen; sideways, too, if it is a link in a table."""
        if isinstance(key, tuple) and key[-1] == "link":
            self._items.item(row).column.layout(key[1]).show_position(key[2])
        rect = next((rect for spot, rect in self.spots_of(row) if spot.key == key), None)
        if rect is None:
            return
        above = rect.top() - _MARGIN - self.covered_above
        below = rect.bottom() + _MARGIN - self.viewport().height()
        if above < 0:
            self.scroll_by(above)
        elif below > 0:
            self.scroll_by(min(below, above))

    def _press_focused(self) -> bool:
        for spot in self._focused_spots():
            if spot.key == self._focused_spot:
                if spot.is_enabled:
                    spot.act()
                    self.viewport().update()
                    self.keyboard_moved.emit()  # its state may be another one now
                return True
        return False

    def _focused_spots(self) -> list[Spot]:
        if not self.is_on_screen(self._focused_row):
            return []
        return [spot for spot, _ in self.spots_of(self._focused_row)]

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001 - Qt's name
        if self._focused_row >= 0 and self._placed and not self.is_on_screen(self._focused_row):
            self._focused_row, self._focused_spot = self._placed[0].row, None
        keys = [spot.key for spot in self._focused_spots() if spot.is_enabled]
        place = keys.index(self._focused_spot) if self._focused_spot in keys else -1
        after = place + (1 if next else -1)
        if -1 <= after < len(keys):
            self._move_keyboard(self._focused_row, keys[after] if after >= 0 else None)
            return True
        self._focused_spot = None
        self.viewport().update()
        return super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() in by_keys and self._placed:
            if not self.is_on_screen(self._focused_row):
                self._focused_row = self._placed[-1].row
        elif event.reason() == Qt.FocusReason.MouseFocusReason:
            self._focused_row, self._focused_spot = -1, None
        self.viewport().update()
        self.keyboard_moved.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _paint_spots(self, painter: QPainter, one: Placed, clip: QRectF) -> None:
        super()._paint_spots(painter, one, clip)
        key = self._focused_spot
        is_link = isinstance(key, tuple) and key[-1] == "link"
        if not is_link or one.row != self._focused_row or not self.hasFocus():
            return
        for spot, rect in self.spots_of(one.row):
            if spot.key == key:
                spot.paint(
                    painter,
                    self._appearance,
                    rect.translated(-self.column_left, -one.top),
                    is_hovered=False,
                    is_pressed=False,
                    is_focused=True,
                )

    # What there is

    @property
    def message_count(self) -> int:
        """How many messages are shown."""
        return self._model.rowCount()

    @property
    def describe_error(self) -> DescribeError:
        """Turns an error into a sentence."""
        return self._describe_error

    def message_id(self, row: int) -> int:
        """The id of a message."""
        return self._model.bare_message_at(row).id

    def row_of(self, message_id: int) -> int | None:
        """Where a message is; None when it isn't shown."""
        return self._model.row_of(message_id)

    def progress_of(self, row: int) -> AnswerProgress | None:
        """What an unfinished answer is doing."""
        return self._model.progress_at(row)

    def is_being_written(self, row: int) -> bool:
        """Whether an answer is unfinished."""
        return self._model.bare_message_at(row).status is MessageStatus.GENERATING

    def is_on_screen(self, row: int) -> bool:
        """Whether a part of a message is seen."""
        return self._place_of(row) is not None

    def is_toggled(self, key: Hashable) -> bool:
        """Whether a person opened or wrapped something."""
        return key in self._stage.toggled

    def shows_reasoning(self, message_id: int) -> bool:
        """Whether the thought before an answer is open."""
        return self.is_toggled(((message_id, 0), "open"))

    def widgets_inside(self) -> list[QWidget]:
        """The widgets with those that lie over the text and are seen."""
        has_any = self._editor is not None or not self._pill.isHidden()
        return [self.viewport()] if has_any else []

    def message_rect(self, row: int) -> QRectF:
        """Where a message lies in the viewport; about, when it isn't on the screen."""
        one = self._place_of(row)
        if one is not None:
            top, height, gap = one.top, one.item.height, one.item.gap
            return QRectF(self.column_left, top + gap, self._items.width, height - gap)
        heights = self._items.heights
        top = heights.before(row) - self._value
        return QRectF(self.column_left, top, self._items.width, heights[row])

    def spots_of(self, row: int) -> list[tuple[Spot, QRectF]]:
        """What can be pressed in a message, in the order of the keyboard, and where it lies."""
        one = self._place_of(row)
        item = self._items.item(row)
        shows_reasoning = self.shows_reasoning(item.message.id)
        if lay_out_pressables(item, shows_reasoning=shows_reasoning) and one is not None:
            self._note_height(row, item)
            self._place()
            one = self._place_of(row)
        if one is None:
            self._items.forget_far_ones(self._placed)
        found = list(item.spots())
        for link in link_spots(item, open_address, shows_reasoning=shows_reasoning):
            top = link[1].top()
            place = next(
                (index for index, (_, rect) in enumerate(found) if rect.top() > top), len(found)
            )
            found.insert(place, link)
        top = one.top if one is not None else self.message_rect(row).top()
        return [(spot, rect.translated(self.column_left, top)) for spot, rect in found]

    def character_rect(self, at: Position) -> QRectF | None:
        """Where a character lies in the viewport; None when its message isn't on the screen."""
        one = self._place_of(at.row)
        if one is None or at.block >= len(one.item.column):
            return None
        rects = one.item.rects(at.block, at.offset, at.offset + 1)
        return rects[0].translated(self.column_left, one.top) if rects else None

    def shown_message(self, row: int) -> tuple[Message, MessageItem | None]:
        """A message as it is laid out; without an item when not enough of it is.

        A very long one is read piece by piece while it is on the screen: then it has an item with
        what was read so far.
        """
        item = self._items.known(row)
        message = item.message if item is not None else self._model.message_at(row)
        is_long = len(message.text) > _LONG
        if item is None and is_long:
            item = self._items.item(row)
            item.read_to(_LONG)
        if item is not None and item.column.blocks and (is_long or not item.has_more):
            return item.message, item
        return self._model.message_at(row), None

    def first_blocks(self, row: int, length: int) -> tuple[Message, Sequence[Block]]:
        """A message, and blocks with about the first characters of what it says."""
        message, item = self.shown_message(row)
        if item is not None or not length:
            return message, item.column.blocks if item is not None else ()
        if message.role is not Role.ASSISTANT:
            return message, plain_blocks(message.text[: 4 * length])
        reader = PartsReader(self._parser)
        reader.read(replace(message, reasoning=""), 4 * length)
        return message, reader.blocks

    def blocks_of(self, row: int) -> Sequence[Block]:
        """All blocks of a message; a long one is read for that."""
        item = self._items.known(row)
        if item is None or item.has_more:
            item = self._make_item(row, self._items.width, 0)
        item.read_to(10**9)
        return item.column.blocks

    def _place_of(self, row: int) -> Placed | None:
        if row >= self._model.rowCount():
            return None  # what was placed is gone: a widget in it may just be giving the focus back
        return next((one for one in self._placed if one.row == row), None)

    def _real(self, position: Position) -> Position:
        """A position that exists: all that is selected reaches beyond."""
        row = min(position.row, self._model.rowCount() - 1)
        blocks = self._items.item(row).column.blocks
        if not blocks:
            return Position(row, 0, 0)
        block = min(position.block, len(blocks) - 1)
        offset = min(position.offset, len(visible_text(blocks[block])))
        return Position(row, block, offset)


def open_address(address: str) -> None:
    """Hand an address to the system's browser or mail program."""
    if is_safe_address(address):
        QDesktopServices.openUrl(QUrl(address))
