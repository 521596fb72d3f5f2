"""The conversation as a column of messages.

A plain first version: one widget for each of the last messages, older ones when the reader comes
near them. Everything about it can be replaced behind `TranscriptModel`.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractAnimation, QModelIndex, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from chatapp.domain.conversation import MessageStatus, Role
from chatapp.ui.transcript.answer_view import AnswerView
from chatapp.ui.transcript.jump_pill import SHADOW, JumpPill
from chatapp.ui.transcript.question_view import QuestionView
from chatapp.ui.transcript.text_pane import OVERHANG, TextPane

if TYPE_CHECKING:
    from chatapp.domain.conversation import Message
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.answer_footer import DescribeError
    from chatapp.ui.transcript.markdown import MarkdownParser
    from chatapp.ui.transcript.message_view import MessageView

    _Anchor = tuple[MessageView, int]  # where its top is, from the top of the viewport

WINDOW: Final = 100  # the most messages that have a widget

_BATCH: Final = 12  # how many messages get one at a time
_WIDEST_COLUMN: Final = 736
_TOP: Final = 24
_BOTTOM: Final = 16
_TURN_GAP: Final = 24
_ANSWER_GAP: Final = 20
_PILL_GAP: Final = 8
_AT_END: Final = 2  # pixels from the end that still count as the end
_PILL_FROM: Final = 80  # pixels from the end at which the way back is offered
_FRAME_MS: Final = 33
_SLOWEST_MS: Final = 400
_JUMP_MS: Final = 200


class TranscriptView(QScrollArea):
    """Shows the messages of a model, follows the end while the reader is there.

    Signals: `retry_requested(int)` and `continue_requested(int)` with a message's id;
    `open_logs_requested()`.
    """

    retry_requested = Signal(int)
    continue_requested = Signal(int)
    open_logs_requested = Signal()

    def __init__(
        self,
        model: TranscriptModel,
        appearance: Appearance,
        describe_error: DescribeError,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._appearance = appearance
        self._describe_error = describe_error
        self._first = 0  # the row of the first message with a widget
        self._views: list[MessageView] = []
        self._changed: set[int] = set()  # ids of messages that have to be drawn again
        self._column = 0
        self._is_busy = False  # an answer is being written
        self._follows = True
        self._is_moving = False  # the view itself is scrolling, not the reader
        self._last_value = 0
        self._new_messages = 0
        self._selected: TextPane | None = None
        self._flush_ms = _FRAME_MS

        self._content = QWidget()
        self.setWidget(self._content)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Conversation"))
        self.verticalScrollBar().setSingleStep(24)
        self._pill = JumpPill(appearance, self)
        self._pill.hide()
        self._pill.clicked.connect(self.jump_to_latest)
        self._flush_timer = QTimer(self, singleShot=True)
        self._flush_timer.timeout.connect(self.flush)
        self._jump = QVariantAnimation(self)
        self._jump.setStartValue(0.0)
        self._jump.setEndValue(1.0)
        self._jump.setDuration(_JUMP_MS)
        self._jump.valueChanged.connect(self._on_jump_step)
        self._jump_from = 0

        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        appearance.changed.connect(self._on_appearance_changed)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(self._on_rows_removed)
        model.dataChanged.connect(self._on_data_changed)
        self._set_background()
        self._on_reset()

    # What owners ask for

    @property
    def follows(self) -> bool:
        """Whether the view stays at the end when the conversation grows."""
        return self._follows

    def show_message(self, message_id: int) -> None:
        """Scroll so that a message begins at the top; ignored when it isn't in the model."""
        row = self._model.row_of(message_id)
        if row is None:
            return
        if not self._first <= row < self._first + len(self._views):
            self._build(max(0, row - _BATCH), min(self._model.rowCount(), row + _BATCH))
        self._follows = False
        self._new_messages = 0
        view = self._views[row - self._first]
        self._scroll_to(view.y() - _TOP)
        self._fill_window()
        self._follows = self._is_at_end()
        self._update_pill()

    def jump_to_latest(self) -> None:
        """Scroll to the end and stay there."""
        if self._first + len(self._views) < self._model.rowCount():
            self._build_end()
        self._jump.stop()
        self._jump_from = self.verticalScrollBar().value()
        if self._appearance.reduced_motion:
            self._go_to_end()
        else:
            self._jump.start()

    def flush(self) -> None:
        """Draw what changed since the last time. Happens by itself, at most once a frame."""
        self._flush_timer.stop()
        changed, self._changed = self._changed, set()
        started = time.perf_counter()
        lowest: int | None = None
        for message_id in changed:
            row = self._model.row_of(message_id)
            if row is None or not self._first <= row < self._first + len(self._views):
                continue
            place = row - self._first
            view = self._views[place]
            view.set_message(self._model.message_at(row), self._model.progress_at(row))
            lowest = place if lowest is None else min(lowest, place)
        self._update_busy()
        if lowest is not None:
            self._arrange(lowest)
        # So that a text that is slow to draw leaves time for everything else.
        spent = round((time.perf_counter() - started) * 1000)
        self._flush_ms = min(max(_FRAME_MS, 4 * spent), _SLOWEST_MS)

    # What the model tells

    def _on_reset(self) -> None:
        self._jump.stop()
        self._flush_timer.stop()
        self._changed.clear()
        self._new_messages = 0
        self._build_end()
        self._go_to_end()

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        asked = any(self._model.message_at(row).role is Role.USER for row in range(first, last + 1))
        if first != self._first + len(self._views):
            # The window ends before the end of the conversation.
            self._new_messages += last - first + 1
        else:
            for row in range(first, last + 1):
                self._views.append(self._make_view(row))
            self._update_last()
            if not self._follows and not asked:
                self._new_messages += last - first + 1
            self._arrange(first - self._first)
        self._update_busy()
        if asked:
            # Whoever asks wants to see the question and then the answer.
            if self._first + len(self._views) < self._model.rowCount():
                self._build_end()
            self._go_to_end()
        if self._follows:
            self._trim(from_top=True)
        self._update_pill()

    def _on_rows_removed(self, parent: QModelIndex, first: int, last: int) -> None:
        end = max(0, first - self._first)
        for view in self._views[end:]:
            self._discard(view)
        del self._views[end:]
        if not self._views:
            self._build_end()
        self._update_last()
        self._update_busy()
        self._arrange(0)
        self._fill_window()

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        for row in range(first.row(), last.row() + 1):
            self._changed.add(self._model.message_at(row).id)
        if not roles:
            self.flush()
        elif not self._flush_timer.isActive():
            self._flush_timer.start(self._flush_ms)

    # Widgets

    def _build_end(self) -> None:
        count = self._model.rowCount()
        self._build(max(0, count - _BATCH), count)
        self._fill_height()

    def _build(self, first: int, end: int) -> None:
        """Make widgets for these rows in place of those that are there."""
        for view in self._views:
            self._discard(view)
        self._first = first
        self._update_busy()
        self._views = [self._make_view(row) for row in range(first, end)]
        self._update_last()
        self._arrange(0)

    def _make_view(self, row: int) -> MessageView:
        message = self._model.message_at(row)
        view: MessageView
        if message.role is Role.ASSISTANT:
            view = self._make_answer(message)
        else:
            view = QuestionView(self._appearance, self._content)
        view.set_last(is_last=row == self._model.rowCount() - 1)
        view.set_message(message, self._model.progress_at(row))
        view.selection_started.connect(self._on_selection_started)
        view.resized.connect(self._on_view_resized)
        view.set_busy(is_busy=self._is_busy)
        view.show()
        return view

    @cached_property
    def _parser(self) -> MarkdownParser:
        # Its import would take a good part of the time until the window is there.
        from chatapp.ui.transcript.markdown import MarkdownParser

        return MarkdownParser()

    def _make_answer(self, message: Message) -> AnswerView:
        view = AnswerView(self._appearance, self._parser, self._describe_error, self._content)
        number = message.id
        view.retry_requested.connect(lambda: self.retry_requested.emit(number))
        view.continue_requested.connect(lambda: self.continue_requested.emit(number))
        view.open_logs_requested.connect(self.open_logs_requested)
        return view

    def _discard(self, view: MessageView) -> None:
        if self._selected is not None and view.isAncestorOf(self._selected):
            self._selected = None
        view.hide()
        view.deleteLater()

    def _update_last(self) -> None:
        last = self._model.rowCount() - 1 - self._first
        for place, view in enumerate(self._views):
            view.set_last(is_last=place == last)

    def _update_busy(self) -> None:
        count = self._model.rowCount()
        last = self._model.message_at(count - 1) if count else None
        is_busy = last is not None and last.status is MessageStatus.GENERATING
        if is_busy != self._is_busy:
            self._is_busy = is_busy
            for view in self._views:
                view.set_busy(is_busy=is_busy)

    def _fill_height(self) -> None:
        """Make so many widgets that there is something to scroll."""
        while self._first > 0 and self._content.height() < 2 * self.viewport().height():
            self._add_earlier()

    def _fill_window(self) -> None:
        """Make widgets for messages that the reader comes near to, and drop far ones."""
        bar = self.verticalScrollBar()
        near = self.viewport().height()
        if self._first > 0 and bar.value() < near:
            self._add_earlier()
            self._trim(from_top=False)
        end = self._first + len(self._views)
        if end < self._model.rowCount() and bar.value() > bar.maximum() - near:
            place = len(self._views)
            stop = min(self._model.rowCount(), end + _BATCH)
            self._views += [self._make_view(row) for row in range(end, stop)]
            self._update_last()
            self._arrange(place)
            self._trim(from_top=True)

    def _add_earlier(self) -> None:
        anchor = self._anchor()
        first = max(0, self._first - _BATCH)
        self._views[:0] = [self._make_view(row) for row in range(first, self._first)]
        self._first = first
        self._arrange(0, anchor)

    def _trim(self, *, from_top: bool) -> None:
        excess = len(self._views) - WINDOW
        if excess <= 0:
            return
        gone = self._views[:excess] if from_top else self._views[-excess:]
        anchor = self._anchor()
        if from_top:
            self._first += excess
            del self._views[:excess]
        else:
            del self._views[-excess:]
        for view in gone:
            self._discard(view)
        self._place(0, anchor)

    # Layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(0)
        self._fill_height()
        self._place_pill()

    def _arrange(self, start: int, anchor: _Anchor | None = None) -> None:
        """Lay out the messages from a place in the window on; the reader's text stays put."""
        anchor = anchor or self._anchor()
        width = self.width()
        margin = 24 if width >= 668 else 16
        column = max(120, min(_WIDEST_COLUMN, width - 2 * margin))
        if column != self._column:
            self._column = column
            start = 0
        for view in self._views[start:]:
            view.arrange(column + 2 * OVERHANG)
        self._place(start, anchor)

    def _place(self, start: int, anchor: _Anchor | None) -> None:
        # Centred in the whole width, so that nothing moves when the scroll bar comes.
        left = (self.width() - self._column) // 2 - OVERHANG
        top = self._bottom_of(start - 1) if start else _TOP
        for place in range(start, len(self._views)):
            view = self._views[place]
            if place:
                is_answer = isinstance(view, AnswerView)
                asked = isinstance(self._views[place - 1], QuestionView)
                top += _ANSWER_GAP if is_answer and asked else _TURN_GAP
            view.move(left, top)
            top += view.height()
        height = top + _BOTTOM if self._views else 0
        self._is_moving = True
        self._content.resize(self.viewport().width(), max(height, self.viewport().height()))
        if self._follows:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        elif anchor is not None and anchor[0] in self._views:
            self.verticalScrollBar().setValue(anchor[0].y() - anchor[1])
        self._is_moving = False
        self._last_value = self.verticalScrollBar().value()
        self._update_pill()

    def _bottom_of(self, place: int) -> int:
        view = self._views[place]
        return view.y() + view.height()

    def _anchor(self) -> _Anchor | None:
        """The first message to be seen."""
        value = self.verticalScrollBar().value()
        for view in self._views:
            if view.y() + view.height() > value:
                return view, view.y() - value
        return None

    def _on_view_resized(self) -> None:
        sender = self.sender()
        for place, view in enumerate(self._views):
            if view is sender:
                follows, self._follows = self._follows, False
                self._arrange(place)
                self._follows = follows and self._is_at_end()

    # Scrolling

    def _on_scrolled(self, value: int) -> None:
        if self._is_moving:
            return
        # A value that falls because the range became smaller is the end still.
        if value < min(self._last_value, self.verticalScrollBar().maximum()):
            self._jump.stop()
            self._follows = False
        elif self._is_at_end():
            self._follows = True
            self._new_messages = 0
        self._last_value = value
        self._fill_window()
        self._update_pill()

    def _is_at_end(self) -> bool:
        bar = self.verticalScrollBar()
        shows_last = self._first + len(self._views) == self._model.rowCount()
        return shows_last and bar.value() >= bar.maximum() - _AT_END

    def _scroll_to(self, value: int) -> None:
        self._is_moving = True
        self.verticalScrollBar().setValue(value)
        self._is_moving = False
        self._last_value = self.verticalScrollBar().value()

    def _go_to_end(self) -> None:
        self._follows = True
        self._new_messages = 0
        self._scroll_to(self.verticalScrollBar().maximum())
        self._update_pill()

    def _on_jump_step(self, share: float) -> None:
        if self._jump.state() != QAbstractAnimation.State.Running:
            return
        end = self.verticalScrollBar().maximum()
        eased = 1 - (1 - share) ** 3
        self._scroll_to(round(self._jump_from + (end - self._jump_from) * eased))
        if share >= 1:
            self._go_to_end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.MoveToEndOfDocument):
            self.jump_to_latest()
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.jump_to_latest()
        else:
            super().keyPressEvent(event)

    # The rest

    def _update_pill(self) -> None:
        bar = self.verticalScrollBar()
        shows_last = self._first + len(self._views) == self._model.rowCount()
        far = not shows_last or bar.maximum() - bar.value() > _PILL_FROM
        is_offered = not self._follows and (far or self._new_messages > 0)
        if self._pill.count != self._new_messages or is_offered == self._pill.isHidden():
            self._pill.set_count(self._new_messages)
            self._pill.setVisible(is_offered)
            self._place_pill()

    def _place_pill(self) -> None:
        size = self._pill.sizeHint()
        top = self.height() - _PILL_GAP + SHADOW - size.height()
        self._pill.setGeometry((self.width() - size.width()) // 2, top, *size.toTuple())
        self._pill.raise_()

    def _on_selection_started(self, pane: TextPane) -> None:
        if self._selected is not None and self._selected is not pane:
            self._selected.drop_selection()
        self._selected = pane

    def _on_appearance_changed(self) -> None:
        self._set_background()
        for view in self._views:
            view.recolor()

    def _set_background(self) -> None:
        for widget in (self, self._content):
            palette = QPalette(widget.palette())
            palette.setColor(QPalette.ColorRole.Window, self._appearance.theme.surface)
            widget.setPalette(palette)
            widget.setAutoFillBackground(True)
