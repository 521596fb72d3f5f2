"""Finds text in the conversation that is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QLocale, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from chatapp.ui.i18n import Translated
from chatapp.ui.painting import SHADOW_MARGIN, paint_box, paint_shadow
from chatapp.ui.theme import RADIUS_CARD
from chatapp.ui.transcript.conversation_text import ConversationText
from chatapp.ui.transcript.selection import Match, Position
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.keys import claims_escape
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.view import TranscriptView

_WIDTH: Final = 420
_HEIGHT: Final = 48
_PADDING: Final = 8
_EDGE: Final = 16  # to the edges of the transcript
_BUTTON: Final = 28
_LONGEST: Final = 200  # characters of a selection that are taken over
_MOST_COUNTED: Final = 88_888  # matches whose number has room


class FindBar(Translated, QWidget):
    """Floats over the top right corner of the transcript while something is looked for.

    The match that is shown first is the first one from where the reader was when the bar opened.
    """

    def __init__(
        self, appearance: Appearance, transcript: TranscriptView, model: TranscriptModel
    ) -> None:
        super().__init__(transcript)
        self._appearance = appearance
        self._transcript = transcript
        self._text = ConversationText(model, self)
        self._origin = Position(0, 0, 0)
        self._current: Match | None = None
        self._sought: tuple[Position, bool] | None = None  # waits until more is read
        self._marked: tuple[dict[int, list[Match]], Match | None] = ({}, None)
        self._had_focus: QWidget | None = None

        self._field = _FindField()
        appearance.fit(self._field, lambda field: field.setFixedHeight(appearance.height(32)))
        self._count = TextLabel(appearance, style="small", color="text_muted", tabular=True)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._back = IconButton(appearance, "chevron-up", "", designed_size=_BUTTON)
        self._forth = IconButton(appearance, "chevron-down", "", designed_size=_BUTTON)
        self._close = close = IconButton(appearance, "close", "", designed_size=_BUTTON)
        layout = QHBoxLayout(self)
        margin = SHADOW_MARGIN + _PADDING
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(4)
        layout.addWidget(self._field, 1)
        layout.addSpacing(4)
        layout.addWidget(self._count)
        layout.addSpacing(4)
        for button in (self._back, self._forth, close):
            layout.addWidget(button)
        self._translate()
        self.hide()
        appearance.resized.connect(self._make_room)

        self._field.textChanged.connect(self._on_query_changed)
        self._field.stepped.connect(self._step)
        self._field.escaped.connect(self.close_bar)
        self._back.clicked.connect(self.find_previous)
        self._forth.clicked.connect(self.find_next)
        close.clicked.connect(self.close_bar)
        self._text.changed.connect(self._on_text_changed)
        transcript.text_moved.connect(self._mark)
        transcript.installEventFilter(self)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(self._on_rows_removed)
        appearance.changed.connect(self.update)

    # What the window asks for

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return not self.isHidden()

    @property
    def query(self) -> str:
        """What is looked for."""
        return self._field.text()

    @property
    def count_text(self) -> str:
        """What is said about how many matches there are."""
        return self._count.text()

    @property
    def current(self) -> Match | None:
        """The match that is shown."""
        return self._current

    @property
    def conversation_text(self) -> ConversationText:
        """What is searched."""
        return self._text

    def open(self) -> None:
        """Show it with the selected text, and take the keyboard."""
        selected = self._transcript.selection_start
        words = self._transcript.selected().text.strip() if selected is not None else ""
        words = words if len(words) <= _LONGEST and "\n" not in words else ""
        if not self.is_open:
            self._had_focus = QApplication.focusWidget()
            placed = self._transcript.placed
            self._origin = Position(placed[0].row if placed else 0, 0, 0)
            self._text.open(self._origin.row)
        if words and selected is not None:
            self._origin = selected
        self._place()
        self.show()
        self.raise_()
        self._transcript.covered_above = float(self._appearance.height(_HEIGHT) + _EDGE)
        if words and words != self.query:
            self._field.setText(words)
        else:
            self._look()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def close_bar(self) -> None:
        """Take it away and give the keyboard back."""
        if not self.is_open:
            return
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        self._transcript.covered_above = 0.0
        self._text.close()
        self._current = self._sought = None
        self._mark()
        before, self._had_focus = self._had_focus, None
        if had_focus:
            known = before is not None and before in self.window().findChildren(QWidget)
            target = before if known and before is not None else self._transcript
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def find_next(self) -> None:
        """Go to the next match; opens when nothing is looked for yet."""
        self._step(forward=True)

    def find_previous(self) -> None:
        """Go to the match before."""
        self._step(forward=False)

    # Searching

    def _on_query_changed(self) -> None:
        if self.is_open:
            self._look()

    def _look(self) -> None:
        """Look for what stands in the field, from the origin on."""
        self._text.look_for(self.query)
        self._current = None
        self._seek(self._origin, forward=True)

    def _step(self, forward: bool) -> None:  # noqa: FBT001 - a slot
        if not self.is_open:
            self.open()
            return
        current = self._current
        start = self._origin
        if current is not None:
            at = current.end if forward else current.begin
            start = Position(current.row, current.block, at)
        self._seek(start, forward=forward)

    def _seek(self, start: Position, *, forward: bool) -> None:
        found, is_certain = self._text.seek(start, forward=forward)
        self._sought = None if is_certain else (start, forward)
        if found is not None:
            self._go_to(found)
            self._origin = Position(found.row, found.block, found.begin)
        self._tell()
        self._mark()

    def _go_to(self, match: Match) -> None:
        self._current = match
        self._transcript.show_range(match.row, match.block, match.begin, match.end)
        self._place()

    def _on_text_changed(self) -> None:
        if not self.is_open:
            return
        current = self._current
        if current is not None and not self._text.number_of(current):
            self._current = None
        if self._sought is not None:
            start, forward = self._sought
            self._seek(start, forward=forward)
            return
        self._tell()
        self._mark()

    def _on_reset(self) -> None:
        """Another conversation: nothing of it is shown yet, so nothing moves."""
        self._current = self._sought = None
        self._origin = Position(0, 0, 0)
        self._marked = ({}, None)
        if self.is_open:
            self._tell()

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._move(first, last + 1 - first)

    def _on_rows_removed(self, parent: QModelIndex, first: int, last: int) -> None:
        if self._current is not None and first <= self._current.row <= last:
            self._current = None
        self._move(last + 1, first - last - 1)

    def _move(self, first: int, by: int) -> None:
        """The rows from `first` on have other numbers now."""
        if self._current is not None and self._current.row >= first:
            self._current = replace(self._current, row=self._current.row + by)
        if self._origin.row >= first:
            self._origin = self._origin._replace(row=self._origin.row + by)
        self._on_text_changed()

    # What is shown of it

    def _mark(self) -> None:
        """Mark the matches that are on the screen."""
        by_row: dict[int, list[Match]] = {}
        if self.is_open and self.query:
            height = self._transcript.viewport().height()
            for one in self._transcript.placed:
                column = one.item.column
                if not column.blocks:
                    continue
                top = one.top + one.item.content[1]
                first, last = column.index_at(-top), column.index_at(height - top)
                matches = self._text.matches_in(one.row, first, last)
                if matches:
                    by_row[one.row] = matches
        if (by_row, self._current) != self._marked:
            self._marked = (by_row, self._current)
            self._transcript.set_matches(by_row, self._current)

    def _tell(self) -> None:
        before = self._count.text()
        words = self._words()
        self._count.setText(words)
        has_any = self._text.total > 0 or not self._text.is_exact
        self._back.setEnabled(bool(self.query) and has_any)
        self._forth.setEnabled(bool(self.query) and has_any)
        if words != before and words and self._text.is_exact:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def _words(self) -> str:
        """How many there are: a number is said to be exact only if the reader will find as many."""
        if not self.query:
            return ""
        total = QLocale().toString(self._text.total)
        if not self._text.is_counted or (not self._text.is_exact and not self._text.total):
            return self.tr("Searching")
        if not self._text.is_exact:
            return self.tr("About {total}").format(total=total)
        if not self._text.total:
            return self.tr("No matches")
        number = self._text.number_of(self._current) if self._current is not None else 0
        if number:
            return self._place_words(number, self._text.total)
        return self.tr("%Ln match(es)", "", self._text.total)

    def _place_words(self, number: int, total: int) -> str:
        say = QLocale().toString
        return self.tr("{number} of {total}").format(number=say(number), total=say(total))

    def _make_room(self) -> None:
        """Of the same width while the number changes."""
        widest = self._place_words(_MOST_COUNTED // 10, _MOST_COUNTED)
        self._count.setFixedWidth(self._count.fontMetrics().horizontalAdvance(widest))

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Find"))
        self._field.set_words(self.tr("Find in this conversation"))
        self._back.set_name(self.tr("Previous match"), QKeySequence("Shift+F3"))
        self._forth.set_name(self.tr("Next match"), QKeySequence("F3"))
        self._close.set_name(self.tr("Close"), QKeySequence("Esc"))
        self._count.setText(self._words())
        self._make_room()

    # Qt

    def sizeHint(self) -> QSize:
        around = 2 * SHADOW_MARGIN
        return QSize(_WIDTH + around, self._appearance.height(_HEIGHT) + around)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() == Qt.Key.Key_F3:
            self._step(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        return claims_escape(event) or super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._transcript and event.type() == QEvent.Type.Resize and self.is_open:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._appearance.theme
        box = self.rect().adjusted(SHADOW_MARGIN, SHADOW_MARGIN, -SHADOW_MARGIN, -SHADOW_MARGIN)
        paint_shadow(painter, box, RADIUS_CARD, theme.shadow)
        paint_box(painter, box, RADIUS_CARD, fill=theme.surface_raised, border=theme.border_strong)

    def _place(self) -> None:
        around = SHADOW_MARGIN
        hint = self.sizeHint()
        # Beside the scroll bar, which comes and goes.
        room = self._transcript.width() - self._transcript.verticalScrollBar().sizeHint().width()
        width = min(hint.width(), room - 2 * _EDGE + 2 * around)
        left = room - _EDGE + around - width
        if self.isRightToLeft():
            left = self._transcript.width() - left - width
        box = QRect(left, _EDGE - around, width, hint.height())
        if self._hides_current(box.adjusted(around, around, -around, -around)):
            # At the very beginning of a conversation nothing can be scrolled out from below it.
            box.moveBottom(self._transcript.height() - 1 - _EDGE + around)
        self.setGeometry(box)

    def _hides_current(self, box: QRect) -> bool:
        match = self._current
        if match is None:
            return False
        for one in self._transcript.placed:
            if one.row == match.row and match.block < len(one.item.column.blocks):
                for rect in one.item.rects(match.block, match.begin, match.end):
                    place = rect.translated(self._transcript.column_left, one.top)
                    return bool(place.toRect().intersects(box))
        return False


class _FindField(QLineEdit):
    """Signals: `stepped(bool)` with True for the next match; `escaped()`."""

    stepped = Signal(bool)
    escaped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_composing = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_words(self, placeholder: str) -> None:
        """What is looked for here."""
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def event(self, event: QEvent) -> bool:
        return claims_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self._is_composing:
            super().keyPressEvent(event)
            event.accept()  # Return and Escape are the input method's
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
            self.stepped.emit(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)
