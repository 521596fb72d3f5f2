"""Keeps the reader's place among the messages, and finds those that are to be seen.

Whatever changes, what is looked at stays where it is, unless the reader is at the end and follows
what is written. The scroll bar only shows where that is: it is never the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractAnimation, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from chatapp.ui.transcript.item_list import BOTTOM, Anchor, ItemList, Placed
from chatapp.ui.transcript.jump_pill import SHADOW, JumpPill
from chatapp.ui.transcript.message_item import MessageItem
from chatapp.ui.transcript.selection import Position

if TYPE_CHECKING:
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.theme import Appearance

COLUMNS: Final = {"narrow": 640, "medium": 736, "full": 1 << 20}  # at most, in logical pixels
_NARROWEST_COLUMN: Final = 120
_PILL_GAP: Final = 8
_AT_END: Final = 2  # pixels from the end that still count as the end
_PILL_FROM: Final = 80  # pixels from the end at which the way back is offered
_JUMP_MS: Final = 200
_STEP: Final = 24


@dataclass(frozen=True, slots=True)
class Awaited:
    """A part of a message, named by its id, that shall be seen once it is read."""

    message: int
    block: int
    begin: int
    end: int


class ScrollingTranscript(QAbstractScrollArea):
    """Places the messages of a model, follows the end while the reader is there.

    With `pins_question` a new question goes to the top instead, and the answer is written below.

    Signals: `text_moved()` after what is seen changed its place.
    """

    text_moved = Signal()

    _items: ItemList  # made by whoever knows how messages look

    def __init__(
        self, model: TranscriptModel, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._appearance = appearance
        self._placed: list[Placed] = []
        self._anchor = Anchor(0, -1, 0.0)
        self._follows = True
        self.pins_question = False
        self._widest = COLUMNS["medium"]
        self.is_covered = False  # a widget lies in the text, so that pixels can't be moved
        self._is_moving = False  # the view itself is scrolling, not the reader
        self._value = 0.0
        self._new_messages = 0
        self._awaited: Awaited | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(_STEP)
        # In the viewport: beside it, it would keep Qt from moving pixels.
        self._pill = JumpPill(appearance, self.viewport())
        self._pill.hide()
        self._pill.clicked.connect(self.jump_to_latest)
        self._jump = QVariantAnimation(self)
        self._jump.setStartValue(0.0)
        self._jump.setEndValue(1.0)
        self._jump.setDuration(_JUMP_MS)
        self._jump.valueChanged.connect(self._on_jump_step)
        self._jump_from = 0
        self._is_jump_step = False
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    # What owners ask for

    @property
    def follows(self) -> bool:
        """Whether the view stays at the end when the conversation grows."""
        return self._follows

    @property
    def placed(self) -> list[Placed]:
        """The messages on the screen."""
        return self._placed

    @property
    def column_left(self) -> int:
        """Where the column begins in the viewport."""
        # Centred in the whole width, so that nothing moves when the scroll bar comes.
        return max(0, (self.width() - round(self._items.width)) // 2)

    def item(self, row: int) -> MessageItem:
        """A message, laid out as far as it is looked at."""
        return self._items.item(row)

    def show_message(self, message_id: int) -> None:
        """Scroll so that a message begins at the top; ignored when it isn't in the model."""
        row = self._model.row_of(message_id)
        if row is not None:
            self._jump.stop()
            self._new_messages = 0
            self._go_to(Anchor(row, -1, 0.0 if row == 0 else 4.0))

    def jump_to_latest(self) -> None:
        """Scroll to the end and stay there."""
        self._jump.stop()
        bar = self.verticalScrollBar()
        if self._appearance.reduced_motion:
            self._go_to_end()
            return
        near = 3 * self.viewport().height()
        if bar.maximum() - bar.value() > near:
            self._go_to(self._items.anchor_at(self._items.total - self.viewport().height() - near))
        self._jump_from = bar.value()
        self._jump.start()

    def _column_width(self) -> float:
        width = self.width()
        margin = 24 if width >= 668 else 16
        return float(max(_NARROWEST_COLUMN, min(self._widest, width - 2 * margin)))

    def _note_height(self, row: int, item: MessageItem) -> None:
        self._items.heights.set(row, item.height)

    # Placing

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self._column_width()
        if width != self._items.width:
            line = self._line_at_top()
            self._items.reset(width)
            if line is not None:
                self._anchor = self._anchor_of(*line)
        self._place()
        self._place_pill()

    def _line_at_top(self) -> tuple[Position, float] | None:
        """The first letter on the screen and its place, where no block begins near the top."""
        near = self.viewport().height() / 2
        if self._follows or not self._placed or 0 <= self._anchor.y < near:
            return None
        one = self._placed[0]
        block, offset = one.item.position_at(one.item.content[0] + 1, -one.top)
        rects = one.item.rects(block, offset, offset + 1)
        return (Position(one.row, block, offset), one.top + rects[0].top()) if rects else None

    def _anchor_of(self, position: Position, y: float) -> Anchor:
        """The anchor that brings a letter to a height of the window."""
        row, block, offset = position
        item = self._items.item(row)
        item.column.measure(block, block)
        rects = item.rects(block, offset, offset + 1)
        top = item.content[1] + item.column.top_of(block)
        return Anchor(row, block, y - (rects[0].top() - top if rects else 0.0))

    def _place(self, changed_rows: set[int | None] | None = None) -> None:
        """Find what is to be seen, and paint what is new of it."""
        before = {one.row: one.top for one in self._placed}
        height = float(self.viewport().height())
        if self._follows:
            placed = self._items.place_at_end(height)
        else:
            placed = self._items.place(self._anchor, height)
        self._placed = placed
        if placed:
            self._anchor = self._items.anchor_in(placed, height)
        self._update_bar(height)
        self._repaint(before, changed_rows)
        self._update_pill()
        self.text_moved.emit()

    def _update_bar(self, height: float) -> None:
        bar = self.verticalScrollBar()
        self._is_moving = True
        hidden = max(0, round(self._items.total + self._items.spare(height) - height))
        bar.setRange(0, hidden)
        bar.setPageStep(round(height))
        self._value = self._items.value_of(self._placed)
        bar.setValue(hidden if self._follows else round(self._value))
        self._is_moving = False

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        # Qt would paint everything whenever the bar moves; what has to be painted is known here.
        return

    def _repaint(self, before: dict[int, float], changed_rows: set[int | None] | None) -> None:
        """Move the pixels that only moved; paint the rest."""
        viewport = self.viewport()
        if changed_rows is None:
            viewport.update()
            return
        moves = {round(one.top - before[one.row], 3) for one in self._placed if one.row in before}
        move = moves.pop() if len(moves) == 1 else 0.5
        if move != round(move) or abs(move) > viewport.height() / 2 or self.is_covered:
            viewport.update()
            return
        if move:
            # With a rectangle, so that the pill is not moved along; its pixels are.
            viewport.scroll(0, int(move), viewport.rect())
            if self._pill.isVisible():
                viewport.update(self._pill.geometry())
                viewport.update(self._pill.geometry().translated(0, int(move)))
        for one in self._placed:
            if one.row in changed_rows:
                self._update_changed(one)

    def _update_changed(self, one: Placed) -> None:
        """Paint the end of a message that grew: from its first other block on."""
        column = one.item.column
        top = one.top
        if column.kept > 0:
            top += one.item.content[1] + column.heights.before(column.kept)
        viewport = self.viewport()
        viewport.update(0, int(top) - 2, viewport.width(), viewport.height())

    def _go_to(self, anchor: Anchor) -> None:
        self._awaited = None
        self._follows = False
        self._anchor = anchor
        self._place()
        self._set_follows()
        self._update_pill()

    def _go_to_end(self) -> None:
        self._awaited = None
        self._items.pinned = None
        self._follows = True
        self._new_messages = 0
        self._place()

    def _is_at_end(self) -> bool:
        if not self._placed or self._placed[-1].row < len(self._items) - 1:
            return not self._placed
        height = self.viewport().height()
        return self._placed[-1].bottom <= height - BOTTOM + _AT_END

    def _set_follows(self) -> None:
        self._follows = self._is_at_end() and self._items.pinned is None
        if self._is_at_end():
            self._new_messages = 0

    def scroll_by(self, pixels: float) -> None:
        """Move on through the text; negative is towards the beginning."""
        self._jump.stop()
        self._awaited = None
        self._follows = False
        self._anchor = Anchor(self._anchor.row, self._anchor.block, self._anchor.y - pixels)
        self._place(set())
        if pixels > 0:
            self._set_follows()
            self._update_pill()

    def _on_scrolled(self, value: int) -> None:
        if self._is_moving:
            return
        if self._jump.state() is QAbstractAnimation.State.Running and not self._is_jump_step:
            self._jump.stop()
        self._awaited = None
        moved = value - self._value
        height = self.viewport().height()
        bar = self.verticalScrollBar()
        self._follows = False
        if value >= bar.maximum() and moved > 0 and self._items.pinned is None:
            self._go_to_end()
            return
        if abs(moved) <= 2 * height:
            anchor = self._anchor
            self._anchor = Anchor(anchor.row, anchor.block, anchor.y - moved)
        else:
            self._anchor = self._items.anchor_at(value)
        self._place(set())
        if moved > 0:
            self._set_follows()
        self._update_pill()

    def _on_jump_step(self, share: float) -> None:
        bar = self.verticalScrollBar()
        target = self._jump_from + (bar.maximum() - self._jump_from) * share
        self._is_jump_step = True
        if share >= 1:
            self._go_to_end()
        else:
            bar.setValue(round(target))
        self._is_jump_step = False

    # The pill

    def _update_pill(self) -> None:
        bar = self.verticalScrollBar()
        far = bar.maximum() - bar.value() > _PILL_FROM
        is_wanted = not self._follows and (far or self._new_messages > 0)
        self._pill.set_count(self._new_messages)
        if is_wanted != self._pill.isVisibleTo(self.viewport()):
            self._pill.setVisible(is_wanted)
        if is_wanted:
            self._place_pill()

    def _place_pill(self) -> None:
        size = self._pill.sizeHint()
        left = (self.width() - size.width()) // 2 - self.viewport().x()
        top = self.height() - size.height() - _PILL_GAP + SHADOW
        self._pill.setGeometry(left, top, size.width(), size.height())
        self._pill.raise_()
