"""What screen readers are told by themselves: where the keyboard is, and how an answer goes on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleTextCursorEvent,
    QAccessibleTextInsertEvent,
    QAccessibleTextSelectionEvent,
    QAccessibleTextUpdateEvent,
)

from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.ui.transcript.answer_state import (
    DescribeError,
    details,
    failure,
    notice,
    waiting_words,
)
from chatapp.ui.transcript.spoken_text import beginning
from chatapp.ui.transcript.summary_item import heading
from chatapp.ui.transcript.units import Units
from chatapp.ui.transcript.window_marks import window_words

if TYPE_CHECKING:
    from chatapp.ui.models.transcript_model import TranscriptModel
    from chatapp.ui.transcript.accessible import AccessibleConversation
    from chatapp.ui.transcript.view import TranscriptView

_NAME: Final = 200  # characters of a message that are spoken with its name
_TEXT_MS: Final = 1000  # between words about a text that is being written
_GENERATING: Final = MessageStatus.GENERATING


class Narration(QObject):
    """Watches a transcript. Without a screen reader nothing happens here."""

    def __init__(
        self, view: TranscriptView, model: TranscriptModel, describe_error: DescribeError
    ) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._describe_error = describe_error
        self._running: int | None = None  # the id of the answer that is being written
        self._is_silent = True  # none of its text has come
        self._text_timer = QTimer(self, singleShot=True, interval=_TEXT_MS)
        self._text_timer.timeout.connect(self._tell_text)
        view.keyboard_moved.connect(self._on_keyboard_moved)
        view.selection_changed.connect(self._on_selection_changed)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(self._on_rows_removed)
        model.dataChanged.connect(self._on_data_changed)
        self._watch_last()

    @cached_property
    def conversation(self) -> AccessibleConversation:
        """What screen readers ask."""
        from chatapp.ui.transcript.accessible import AccessibleConversation

        return AccessibleConversation(self._view)

    @property
    def _is_asked(self) -> bool:
        """Whether anybody listens, and has ever looked at the conversation."""
        return QAccessible.isActive() and "conversation" in self.__dict__

    # Keyboard

    def _on_keyboard_moved(self) -> None:
        if not QAccessible.isActive():
            return
        # Qt itself names the view after it got the keyboard; what is in it comes after that.
        QTimer.singleShot(0, self, self._tell_focus)

    def _tell_focus(self) -> None:
        if QAccessible.queryAccessibleInterface(self._view) is not self.conversation:
            return
        if self._view.hasFocus():
            event = QAccessibleEvent(self.conversation.focused(), QAccessible.Event.Focus)
            QAccessible.updateAccessibility(event)

    def _on_selection_changed(self) -> None:
        caret = self._view.caret
        if not self._is_asked or caret is None or caret.row >= self._model.rowCount():
            return
        message = self.conversation.message(caret.row)
        text = self.conversation.text_of(caret.row)
        at = text.offset_of(caret.block, caret.offset)
        QAccessible.updateAccessibility(QAccessibleTextCursorEvent(message, at))
        start = self._view.selection_start
        begin = at
        if start is not None and start.row == caret.row:
            begin = text.offset_of(start.block, start.offset)
        QAccessible.updateAccessibility(
            QAccessibleTextSelectionEvent(message, min(begin, at), max(begin, at))
        )

    # Messages

    def _on_reset(self) -> None:
        self._watch_last()
        self._tell_order()

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        self._watch_last()
        if self._is_asked and last == first:
            message = self.conversation.message(first)
            message.told = "" if self._is_silent and self._running == message.number else None
            event = QAccessibleEvent(message, QAccessible.Event.ObjectCreated)
            QAccessible.updateAccessibility(event)
        else:
            self._tell_order()

    def _on_rows_removed(self, parent: QModelIndex, first: int, last: int) -> None:
        self._watch_last()
        self._tell_order()

    def _tell_order(self) -> None:
        if self._is_asked:
            self.conversation.forget_gone_ones_soon()
            event = QAccessibleEvent(self._view, QAccessible.Event.ObjectReorder)
            QAccessible.updateAccessibility(event)

    def _watch_last(self) -> None:
        count = self._model.rowCount()
        last = self._model.bare_message_at(count - 1) if count else None
        running = last.id if last is not None and last.status is _GENERATING else None
        if running != self._running:
            self._running = running
            self._is_silent = last is not None and not last.text

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        if not roles:
            self._on_replaced(first.row(), last.row())
        elif Qt.ItemDataRole.DisplayRole in roles and QAccessible.isActive():
            if self._is_silent:
                self._is_silent = False
                self._announce(self.tr("The answer begins"))
            if not self._text_timer.isActive():
                self._text_timer.start()

    def _on_replaced(self, first: int, last: int) -> None:
        for row in range(first, last + 1):
            message = self._model.bare_message_at(row)
            if message.id == self._running and message.status is not _GENERATING:
                self._running = None
                self._text_timer.stop()
                if QAccessible.isActive():
                    self._tell_text_of(message.id)
                    self._announce(self._end_of(message))
        self._watch_last()

    def _end_of(self, message: Message) -> str:
        if message.status is MessageStatus.FAILED:
            return ". ".join(failure(message, self._describe_error))
        words = notice(message)
        if words:
            return words
        tokens = message.origin.usage.completion_tokens if message.origin is not None else 0
        if tokens:
            return self.tr("Answer finished, %Ln token(s)", "", tokens)
        return self.tr("Answer finished")

    def _announce(self, text: str) -> None:
        if self._view.isVisible():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._view, text))

    # Text that is being written

    def _tell_text(self) -> None:
        if self._running is not None:
            self._tell_text_of(self._running)

    def _tell_text_of(self, number: int) -> None:
        """Say what came since the last time, if anybody looked at the message and it is seen."""
        row = self._model.row_of(number)
        message = self.conversation.known(number) if self._is_asked else None
        if row is None or message is None or not self._view.is_on_screen(row):
            return
        before, text = message.told, self.conversation.text_of(row).text
        message.told = text
        if before is None or text == before:
            return
        if text.startswith(before):
            place = Units(before).to_qt(len(before))
            event: QAccessibleEvent = QAccessibleTextInsertEvent(
                message, place, text[len(before) :]
            )
        else:
            event = QAccessibleTextUpdateEvent(message, 0, before, text)
        QAccessible.updateAccessibility(event)


def name_of(view: TranscriptView, row: int) -> str:
    """Who speaks and what: the first words of a message."""
    translate = QCoreApplication.translate
    message, blocks = view.first_blocks(row, _NAME)
    words = beginning(blocks, _NAME)
    if message.role is Role.ASSISTANT:
        speaker = message.origin.model_name if message.origin is not None else ""
        speaker = speaker or translate("Narration", "Answer")
        progress = view.progress_of(row)
        if message.status is _GENERATING and not words and progress is not None:
            words = " ".join(waiting_words(progress)).strip()
    elif message.role is Role.SUMMARY:
        speaker = heading()
    elif message.role is Role.USER:
        speaker = translate("Narration", "You")
        if message.attachments:
            names = QLocale().createSeparatedList([file.name for file in message.attachments])
            speaker = translate("Narration", "You, with {files}").format(files=names)
    else:
        speaker = translate("Narration", "Instructions")
    if message.status is MessageStatus.FAILED:
        title = failure(message, view.describe_error)[0]
        words = f"{words} {title}".strip()
    return translate("Narration", "{speaker}: {words}").format(speaker=speaker, words=words)


def description_of(view: TranscriptView, row: int) -> str:
    """What stands below a message: how it ended and what made it."""
    message, _ = view.first_blocks(row, 0)
    if message.role is not Role.ASSISTANT or message.status is _GENERATING:
        return window_words(message)
    parts = [notice(message), details(message), window_words(message)]
    if message.status is MessageStatus.FAILED:
        parts.insert(0, failure(message, view.describe_error)[1])
    if message.versions > 1:
        locale = QLocale()
        text = QCoreApplication.translate("Narration", "Version {version} of {count}")
        numbers = (locale.toString(message.version), locale.toString(message.versions))
        parts.append(text.format(version=numbers[0], count=numbers[1]))
    return " · ".join(part for part in parts if part)
