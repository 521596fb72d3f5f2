"""Shows the messages of a conversation: ten thousand as smoothly as one.

One widget without children paints the few messages that are to be seen. Where they lie is the
business of `scrolling`; what pointer and keyboard do is in `walking` and `view`.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPoint,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from chatapp.domain.conversation import MessageStatus, OverflowPolicy, Role
from chatapp.ui.i18n import Translated
from chatapp.ui.models.transcript_model import TranscriptRole
from chatapp.ui.painting import paint_box
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.transcript.answer_footer import AnswerFooter
from chatapp.ui.transcript.editing import EditableTranscript
from chatapp.ui.transcript.images import Images
from chatapp.ui.transcript.item_list import Anchor, ItemList, Placed
from chatapp.ui.transcript.message_item import AnswerItem, MessageAction, MessageItem
from chatapp.ui.transcript.question_item import QuestionItem
from chatapp.ui.transcript.scrolling import Awaited
from chatapp.ui.transcript.selection import Match, Position, Selection, marks_of
from chatapp.ui.transcript.stage import Spot, Stage, WindowChoices
from chatapp.ui.transcript.window_marks import paint_marks
from chatapp.ui.widgets.spinner import FRAME_MS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from chatapp.domain.conversation import Message
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.answer_state import DescribeError
    from chatapp.ui.transcript.drawings import Drawings
    from chatapp.ui.transcript.markdown import MarkdownParser

OVERHANG: Final = 8  # room around the column and its blocks for what hangs out of them

_FRAME_MS: Final = 50  # eyes see words come one by one, and a model on the same cores gets the rest
_SLOWEST_MS: Final = 400
_COPIED_MS: Final = 1500
_FEW: Final = 4  # rectangles that are painted one by one
_MARGIN_ABOVE: Final = 24  # above what is scrolled to


class TranscriptCanvas(Translated, EditableTranscript):
    """Shows the messages of a model.

    Signals: `retry_requested(int)`, `continue_requested(int)` and others with a message's id;
    `edit_requested(int, str)` with the new text; `version_requested(int, int)` with +1 or -1;
    `room_requested(int, str)` with the way in which to make room for an answer and
    `longer_requested(int, int)` with the tokens that the context shall have for it;
    `rate_requested(int, bool)` for a good or a bad answer; `menu_requested(int, QPoint)`;
    `save_requested(str, str)` with a language and code.
    """

    retry_requested = Signal(int)
    continue_requested = Signal(int)
    branch_requested = Signal(int)
    edit_requested = Signal(int)
    version_requested = Signal(int, int)
    restore_requested = Signal(int)
    room_requested = Signal(int, str)
    longer_requested = Signal(int, int)
    rate_requested = Signal(int, bool)
    menu_requested = Signal(int, QPoint)
    save_requested = Signal(str, str)
    open_logs_requested = Signal()

    def __init__(
        self,
        model: TranscriptModel,
        appearance: Appearance,
        describe_error: DescribeError,
        drawings: Drawings | None = None,
        images: Images | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, appearance, parent)
        self._describe_error = describe_error
        self._stage = Stage(
            appearance,
            drawings,
            images if images is not None else Images(parent=self),
            toggle=self._toggle,
            copy=self._copy,
            save=self.save_requested.emit,
            thinking_seconds=self._thinking_seconds,
            window_choices=self._window_choices,
        )
        self._longer = 0  # tokens
        self._items = ItemList(model, self._stage, self._make_item)
        self.covered_above = 0.0  # pixels at the top that something lies over
        self._changed: set[int] = set()  # ids of messages that have to be drawn again
        self._is_busy = False  # an answer is being written
        self._end = (0, False)  # the last message, and whether it is being written
        self._flush_ms = _FRAME_MS
        self._selection: Selection | None = None
        self._matches: dict[int, list[Match]] = {}
        self._match: Match | None = None
        self._hovered_row = -1
        self._hovered_spot: Hashable = None
        self._pressed_spot: Hashable = None
        self._focused_row = -1
        self._focused_spot: Hashable = None

        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        viewport = self.viewport()
        viewport.setMouseTracking(True)
        viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._flush_timer = QTimer(self, singleShot=True)
        self._flush_timer.timeout.connect(self.flush)
        self._read_timer = QTimer(self, singleShot=True, interval=0)
        self._read_timer.timeout.connect(self._read_more)
        self._copied_timer = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._copied_timer.timeout.connect(lambda: self._set_copied(None))
        self._spin_timer = QTimer(self, interval=FRAME_MS)
        self._spin_timer.timeout.connect(self._on_spin)

        appearance.resized.connect(self._on_sizes_changed)
        appearance.changed.connect(self._on_appearance_changed)
        if drawings is not None:
            for signal in (drawings.highlighted, drawings.grown, drawings.drawn):
                signal.connect(self._on_drawn)
        self._stage.images.loaded.connect(lambda source: self._on_drawn(frozenset({source})))
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(self._on_rows_removed)
        model.dataChanged.connect(self._on_data_changed)
        self.text_moved.connect(self._after_placing)
        self._set_background()
        self._on_reset()

    # What owners ask for

    def show_range(self, row: int, block: int, begin: int, end: int) -> None:
        """Scroll so that a part of a message is seen, about a third down if it was not.

        Of a text that is not read so far, that happens when it is, unless the reader scrolls first.
        """
        self._awaited = None
        item = self._items.item(row)
        if block >= len(item.column):
            if item.has_more:
                self._awaited = Awaited(item.message.id, block, begin, end)
                self._read_timer.start()
            return
        item.column.measure(block, block)
        item.column.layout(block).show_position(begin)
        rects = item.rects(block, begin, max(end, begin + 1))
        if not rects:
            return
        height = self.viewport().height()
        above = _MARGIN_ABOVE + self.covered_above
        for one in self._placed:
            if one.row == row:
                y = one.top + rects[0].top()
                if above <= y and one.top + rects[0].bottom() <= height - _MARGIN_ABOVE:
                    self.viewport().update()
                    return
        self._jump.stop()
        self._go_to(self._anchor_of(Position(row, block, begin), height // 3))

    def set_longer_context(self, tokens: int) -> None:
        """How long the model's context could be instead; 0 when not longer."""
        if tokens != self._longer:
            self._longer = tokens
            count = self._model.rowCount()
            if count:
                self._changed.add(self._model.bare_message_at(count - 1).id)
                self.flush()

    def set_matches(self, matches: dict[int, list[Match]], current: Match | None) -> None:
        """Mark what is looked for; by the rows of the messages."""
        self._matches, self._match = matches, current
        self.viewport().update()

    def flush(self) -> None:
        """Draw what changed since the last time. Happens by itself, at most once a frame."""
        self._flush_timer.stop()
        changed, self._changed = self._changed, set()
        started = time.perf_counter()
        places = {one.row: one for one in self._placed}
        must_place, is_growing = False, True
        for message_id in changed:
            row = self._model.row_of(message_id)
            if row is None:
                continue
            item = self._items.known(row)
            if item is None:
                continue
            before = item.height
            if row in places or item.message.status is not MessageStatus.GENERATING:
                item.show(self._model.message_at(row), self._model.progress_at(row))
                self._note_height(row, item)
                must_place = must_place or row in places or item.height != before
            elif self._model.bare_message_at(row).status is not MessageStatus.GENERATING:
                item.show(self._model.message_at(row), None)
                self._note_height(row, item)
                must_place = True
            # What grows changes at its end alone.
            is_growing = is_growing and item.message.status is MessageStatus.GENERATING
        self._update_busy()
        if must_place:
            rows = {self._model.row_of(number) for number in changed}
            self._place(changed_rows=rows if is_growing else None)
        # So that a text that is slow to draw leaves time for everything else.
        spent = round((time.perf_counter() - started) * 1000)
        self._flush_ms = min(max(_FRAME_MS, 4 * spent), _SLOWEST_MS)

    # What the model tells

    def _on_reset(self) -> None:
        self._jump.stop()
        self._flush_timer.stop()
        self._awaited = None
        self._drop_editor()
        self._changed.clear()
        self._stage.toggled.clear()
        self._selection = None
        self._matches, self._match = {}, None
        self._hovered_row = self._focused_row = -1
        self._hovered_spot = self._focused_spot = None
        self._new_messages = 0
        self._items.clear()
        self._items.pinned = None
        self._items.reset(self._column_width())
        self._update_busy()
        self._follows = True
        self._place()

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._items.insert(first, last)
        self._update_busy()
        if last + 1 < self._model.rowCount():
            self._shift(first, last + 1 - first)
            self._place()
            return
        asked: int | None = None
        for row in range(first, last + 1):
            if self._model.bare_message_at(row).role is Role.USER:
                asked = row
        if asked is not None:
            # Whoever asks wants to see the question and then the answer.
            self._jump.stop()
            self._new_messages = 0
            if self.pins_question and asked:
                self._items.pinned = asked
                self._go_to(Anchor(asked, -1, 0.0))
                return
            self._go_to_end()
            return
        if not self._follows:
            self._new_messages += last - first + 1
        self._place()

    def _on_rows_removed(self, parent: QModelIndex, first: int, last: int) -> None:
        self._items.remove(first, last)
        pinned, selection = self._items.pinned, self._selection
        if pinned is not None and first <= pinned <= last:
            self._items.pinned = None
        if selection is not None and (
            selection.range[1].row >= first and selection.range[0].row <= last
        ):
            self._selection = None
        if first <= self._focused_row <= last:
            self._focused_row, self._focused_spot = -1, None
        self._matches = {
            row: found for row, found in self._matches.items() if not first <= row <= last
        }
        self._shift(last + 1, first - last - 1)
        self._update_busy()
        self._place()

    def _shift(self, first: int, by: int) -> None:
        """The rows from `first` on have other numbers now."""

        def moved(row: int) -> int:
            return row + by if row >= first else row

        anchor = self._anchor
        if anchor.row >= first or by > 0:
            self._anchor = Anchor(moved(anchor.row), anchor.block, anchor.y)
        elif anchor.row >= first + by:  # it was among those that went
            self._anchor = Anchor(first + by, -1, anchor.y)
        self._placed = [Placed(moved(one.row), one.item, one.top) for one in self._placed]
        self._focused_row, self._hovered_row = moved(self._focused_row), moved(self._hovered_row)
        if self._items.pinned is not None:
            self._items.pinned = moved(self._items.pinned)
        if self._selection is not None:
            ends = (self._selection.start, self._selection.end)
            start, end = (one._replace(row=moved(one.row)) for one in ends)
            self._selection = Selection(start, end)
        self._matches = {moved(row): found for row, found in self._matches.items()}
        self._match = None  # it is told anew

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        rows = range(first.row(), last.row() + 1)
        if TranscriptRole.WINDOW in roles:  # of very many rows
            known = (item.message.id for item in self._items.known_items())
            self._changed.update(one for one in known if self._model.row_of(one) in rows)
        else:
            self._changed.update(self._model.bare_message_at(row).id for row in rows)
        if not roles or TranscriptRole.WINDOW in roles:
            self.flush()
        elif not self._flush_timer.isActive():
            self._flush_timer.start(self._flush_ms)

    # Items

    @cached_property
    def _parser(self) -> MarkdownParser:
        # Its import would take a good part of the time until the window is there.
        from chatapp.ui.transcript.markdown import MarkdownParser

        return MarkdownParser()

    def _make_item(self, row: int, width: float, gap: int) -> MessageItem:
        message = self._model.message_at(row)
        item: MessageItem
        if message.role is Role.ASSISTANT:
            footer = AnswerFooter(self._stage, self._describe_error)
            item = AnswerItem(self._stage, self._act, message, width, gap, self._parser, footer)
        elif message.role is Role.SUMMARY:
            from chatapp.ui.transcript.summary_item import SummaryItem

            item = SummaryItem(self._stage, self._act, message, width, gap)
        else:
            item = QuestionItem(self._stage, self._act, message, width, gap)
        is_last = row == self._model.rowCount() - 1
        item.set_place(is_last=is_last, is_busy=self._is_busy)
        item.show(message, self._model.progress_at(row))
        if self._editor is not None and message.id == self._edited:
            item.replaced = float(self._editor.sizeHint().height())
        return item

    def _update_busy(self) -> None:
        count = self._model.rowCount()
        last = self._model.bare_message_at(count - 1) if count else None
        self._is_busy = last is not None and last.status is MessageStatus.GENERATING
        last_id = last.id if last is not None else 0
        for item in self._items.known_items():
            item.set_place(is_last=item.message.id == last_id, is_busy=self._is_busy)
        if (last_id, self._is_busy) != self._end:
            self._end = (last_id, self._is_busy)
            self.viewport().update()  # other answers may show other actions now

    def _window_choices(self, number: int) -> WindowChoices:
        """What leaves the window is older than the last question."""
        questions = 0
        for row in range(self._model.row_of(number) or 0, -1, -1):
            message = self._model.bare_message_at(row)
            if message.left_window or questions > 1:
                break
            questions += message.role is Role.USER
        return WindowChoices(questions > 1, self._longer)

    def _thinking_seconds(self, key: Hashable) -> float:
        number = key[0] if isinstance(key, tuple) and isinstance(key[0], int) else 0
        row = self._model.row_of(number)
        if row is None:
            return 0.0
        progress = self._model.progress_at(row)
        if progress is not None and progress.thinking_seconds:
            return progress.thinking_seconds
        origin = self._model.bare_message_at(row).origin
        return origin.usage.reasoning_ms / 1000 if origin is not None else 0.0

    def _read_more(self) -> None:
        """Read another piece of a long text that shall be seen or is on the screen."""
        awaited = self._awaited
        row = self._model.row_of(awaited.message) if awaited is not None else None
        if awaited is not None and row is not None:
            item = self._items.item(row)
            item.read_more()
            self._note_height(row, item)
            self.show_range(row, awaited.block, awaited.begin, awaited.end)
            return
        for one in self._placed:
            if one.item.has_more:
                one.item.read_more()
                self._note_height(one.row, one.item)
                self._place()
                return

    def _after_placing(self) -> None:
        """Other messages are on the screen, or they moved."""
        self._place_editor()
        if any(one.item.has_more for one in self._placed):
            self._read_timer.start()
        is_waiting = any(
            isinstance(one.item, AnswerItem) and one.item.footer.is_waiting for one in self._placed
        )
        if is_waiting and not self._appearance.reduced_motion and self.isVisible():
            self._spin_timer.start()
        else:
            self._spin_timer.stop()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        # What scrolling uncovers at one end and what lies below the pill at the other are apart.
        region = event.region()
        rects = [event.rect()]
        if 1 < region.rectCount() <= _FEW:
            rects = list(region)  # type: ignore[call-overload]  # its hints leave this out
        for rect in rects:
            if len(rects) > 1:
                painter.setClipRect(rect)
            # What a neighbour draws over its edge belongs to the picture too.
            self._paint(painter, QRectF(rect.adjusted(0, -OVERHANG, 0, OVERHANG)))

    def _paint(self, painter: QPainter, clip: QRectF) -> None:
        painter.fillRect(clip, self._appearance.theme.surface)
        left = self.column_left
        for one in self._placed:
            if one.bottom < clip.top() or one.top > clip.bottom():
                continue
            if one.item.message.id == self._edited and self._editor is not None:
                continue
            painter.save()
            painter.translate(left, one.top)
            inner = clip.translated(-left, -one.top)
            marks = marks_of(
                one.row,
                one.item.column.blocks,
                self._selection,
                self._matches.get(one.row, ()),
                self._match,
            )
            paint_marks(painter, one.item)
            one.item.paint(painter, marks, inner)
            self._paint_spots(painter, one, inner)
            painter.restore()

    def _paint_spots(self, painter: QPainter, one: Placed, clip: QRectF) -> None:
        has_keyboard = one.row == self._focused_row and self.hasFocus()
        is_at = one.row == self._hovered_row or has_keyboard
        if has_keyboard and self._focused_spot is None:
            frame = QRectF(-12, one.item.gap - 8, self._items.width + 24, 0)
            frame.setBottom(one.item.height + 6)
            accent = self._appearance.theme.accent
            paint_box(painter, frame.toRect(), RADIUS_CARD, border=accent, width=2)
        for spot, rect in one.item.spots(clip.top(), clip.bottom()):
            if spot.is_shy and not is_at:
                continue
            spot.paint(
                painter,
                self._appearance,
                rect,
                is_hovered=spot.key == self._hovered_spot and spot.is_enabled,
                is_pressed=spot.key == self._pressed_spot == self._hovered_spot,
                is_focused=has_keyboard and spot.key == self._focused_spot,
            )

    def _set_background(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Window, self._appearance.theme.surface)
        palette.setColor(QPalette.ColorRole.Base, self._appearance.theme.surface)
        self.setPalette(palette)

    def _on_sizes_changed(self) -> None:
        line = self._line_at_top()
        self._items.forget_layouts()
        self._items.reset(self._items.width)
        if line is not None:
            self._anchor = self._anchor_of(*line)

    def set_look(self, *, widest: int, shows_details: bool, wraps_code: bool) -> None:
        """How conversations are set: `widest` is the column at most, in logical pixels."""
        stage = self._stage
        if (widest, shows_details, wraps_code) == (
            self._widest,
            stage.shows_details,
            stage.wraps_code,
        ):
            return
        line = self._line_at_top()
        self._widest = widest
        if wraps_code is not stage.wraps_code:  # for all, whatever was chosen for one before
            wrapped = {key for key in stage.toggled if isinstance(key, tuple) and "wrap" in key}
            stage.toggled -= wrapped
        stage.shows_details, stage.wraps_code = shows_details, wraps_code
        self._items.forget_layouts()
        self._items.reset(self._column_width())
        if line is not None:
            self._anchor = self._anchor_of(*line)
        self._place()

    def _on_appearance_changed(self) -> None:
        self._set_background()
        self._items.forget_layouts()
        self._place()

    def _on_drawn(self, names: frozenset[object]) -> None:
        """Formulas, colours or pictures came."""
        has_changed = False
        for one in self._placed:
            if one.item.column.refresh(names):
                self._note_height(one.row, one.item)
                has_changed = True
        for item in self._items.known_items():
            row = self._model.row_of(item.message.id)
            if row is not None and not any(one.row == row for one in self._placed):
                item.column.refresh(names)
        if has_changed:
            self._place()

    def _on_spin(self) -> None:
        for one in self._placed:
            if isinstance(one.item, AnswerItem) and one.item.footer.is_waiting:
                top = round(one.top + one.item.footer_top)
                self.viewport().update(self.column_left, top - 2, 40, 40)

    # What parts of messages ask for

    def _toggle(self, key: Hashable) -> None:
        self._stage.toggled ^= {key}
        number = _message_of(key)
        row = self._model.row_of(number)
        item = self._items.known(row) if row is not None else None
        if row is None or item is None:
            return
        block = _block_of(key)
        place = next((one for one in self._placed if one.row == row), None)
        if 0 <= block < len(item.column):
            if place is not None:
                y = place.top + item.content[1] + item.column.top_of(block)
                self._anchor = Anchor(row, block, y)
            item.column.relay(block)
        elif place is not None:
            self._anchor = Anchor(row, -1, place.top)
            item.show(self._model.message_at(row), self._model.progress_at(row))
        self._note_height(row, item)
        was_following, self._follows = self._follows, False
        self._place()
        self._follows = was_following and self._is_at_end()

    def _copy(self, text: str, key: Hashable) -> None:
        QGuiApplication.clipboard().setText(text)
        self._set_copied(key)
        self._copied_timer.start()

    def _set_copied(self, key: Hashable) -> None:
        changed = {_message_of(self._stage.copied), _message_of(key)}
        self._stage.copied = key
        for one in self._placed:
            if one.item.message.id in changed:
                one.item.show(self._model.message_at(one.row), self._model.progress_at(one.row))
                one.item.column.refresh()
        self.viewport().update()

    def _act(self, action: MessageAction, item: MessageItem) -> None:
        number = item.message.id
        match action:
            case MessageAction.COPY:
                self._copy(self._text_of(item.message), (number, MessageAction.COPY))
            case MessageAction.EDIT:
                self.edit_requested.emit(number)
            case MessageAction.REGENERATE:
                self.retry_requested.emit(number)
            case MessageAction.CONTINUE:
                self.continue_requested.emit(number)
            case MessageAction.BRANCH:
                self.branch_requested.emit(number)
            case MessageAction.LIKE | MessageAction.DISLIKE:
                self.rate_requested.emit(number, action is MessageAction.LIKE)
            case MessageAction.PREVIOUS | MessageAction.NEXT:
                step = 1 if action is MessageAction.NEXT else -1
                self.version_requested.emit(number, step)
            case MessageAction.RESTORE:
                self.restore_requested.emit(number)
            case MessageAction.LEAVE_OUT:
                self.room_requested.emit(number, str(OverflowPolicy.DROP_OLDEST))
            case MessageAction.SUMMARISE:
                self.room_requested.emit(number, str(OverflowPolicy.SUMMARISE))
            case MessageAction.LONGER:
                self.longer_requested.emit(number, self._longer)
            case MessageAction.MORE:
                self.menu_requested.emit(number, self.menu_place(number))
            case MessageAction.OPEN_LOGS:
                self.open_logs_requested.emit()

    def _text_of(self, message: Message) -> str:
        """What Copy takes: the answer without the thought."""
        is_answer = message.role is Role.ASSISTANT
        return message.text.strip("\n") if is_answer else message.text

    def menu_place(self, number: int) -> QPoint:
        """Where a message's menu opens, on the screen."""
        for one in self._placed:
            if one.item.message.id == number:
                for spot, rect in one.item.spots():
                    if spot.key == (number, MessageAction.MORE):
                        at = rect.translated(self.column_left, one.top).bottomLeft().toPoint()
                        return self.viewport().mapToGlobal(at)
        return self.viewport().mapToGlobal(QPoint(self.column_left, 0))

    # Places

    def placed_at(self, y: float) -> Placed | None:
        """The message at a height of the viewport."""
        for one in self._placed:
            if one.top <= y < one.bottom:
                return one
        return None

    def spot_at(self, at: QPoint) -> tuple[Placed, Spot] | None:
        """What can be pressed at a point of the viewport."""
        one = self.placed_at(at.y())
        if one is None or one.item.message.id == self._edited:
            return None
        inner = QRectF(at.x() - self.column_left, at.y() - one.top, 0, 0).topLeft()
        for spot, rect in one.item.spots(inner.y() - 200, inner.y() + 1):
            if rect.contains(inner):
                return one, spot
        return None

    def position_at(self, at: QPoint) -> Position:
        """The position in the text nearest to a point of the viewport."""
        if not self._placed:
            return Position(0, 0, 0)
        one = self.placed_at(at.y())
        if one is None:
            one = self._placed[0] if at.y() < self._placed[0].top else self._placed[-1]
        block, offset = one.item.position_at(at.x() - self.column_left, at.y() - one.top)
        return Position(one.row, block, offset)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._items.forget_layouts()
            self._place()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Conversation"))
        self._items.translate()
        self._place()


def _message_of(key: Hashable) -> int:
    """The id of the message that a key names."""
    while isinstance(key, tuple) and key:
        key = key[0]
    return key if isinstance(key, int) else 0


def _block_of(key: Hashable) -> int:
    """The number of the block in its message that a key names, or -1."""
    while isinstance(key, tuple) and key and isinstance(key[0], tuple):
        key = key[0]
    has_number = isinstance(key, tuple) and len(key) > 1 and isinstance(key[1], int)
    return int(key[1]) if has_number and isinstance(key, tuple) else -1
