"""What stands below an answer's text: its state while it is made, then what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from chatapp.chat.events import AnswerPhase, AnswerProgress
from chatapp.domain.conversation import Message, MessageStatus
from chatapp.domain.generation import FinishReason
from chatapp.errors import (
    ChatappError,
    ContextFull,
    EnvironmentProblem,
    ErrorRecord,
    InputError,
    ModelError,
    StorageError,
    from_record,
)
from chatapp.ui.i18n import paragraph
from chatapp.ui.transcript.code_view import COPIED_MS
from chatapp.ui.transcript.details_line import DetailsLine
from chatapp.ui.transcript.progress_line import ProgressLine
from chatapp.ui.transcript.text_pane import OVERHANG
from chatapp.ui.widgets.banner import Banner
from chatapp.ui.widgets.button import Button, ButtonKind
from chatapp.ui.widgets.icon_button import IconButton
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from chatapp.ui.icons import IconName
    from chatapp.ui.theme import Appearance

DescribeError = Callable[[ChatappError], str]

_ROW: Final = 28
_GAP: Final = 4
_BANNER_GAP: Final = 8
# So that the icon, not its invisible button, is in line with the text.
_GLYPH_INSET: Final = 8
_BUTTON_PADDING: Final = 12


class AnswerFooter(QWidget):
    """One row of a fixed height for state or actions, a line of details, and a banner on failure.

    Signals: `copy_requested()`, `retry_requested()`, `continue_requested()`,
    `open_logs_requested()`; `resized()` when it may need another height.
    """

    resized = Signal()
    copy_requested = Signal()
    retry_requested = Signal()
    continue_requested = Signal()
    open_logs_requested = Signal()

    def __init__(
        self, appearance: Appearance, describe_error: DescribeError, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._describe_error = describe_error
        self._progress_line: ProgressLine | None = None
        self._banner: Banner | None = None
        self._notice: TextLabel | None = None
        self._words: list[Button] = []
        self._icons: list[_ActionButton] = []
        self._starters: list[QAbstractButton] = []  # what begins another answer
        self._copy: _ActionButton | None = None
        self._writing = DetailsLine(appearance, self)
        self._details = DetailsLine(appearance, self)
        self._message: Message | None = None
        self._is_last = False
        self._is_busy = False
        self._is_hovered = False
        self._copied = QTimer(self, interval=COPIED_MS, singleShot=True)
        self._copied.timeout.connect(self._on_copied_over)

    # State

    @property
    def has_banner(self) -> bool:
        """Whether it begins with the banner of a failure."""
        return self._banner is not None

    def set_message(self, message: Message, progress: AnswerProgress | None) -> None:
        """Show the state of an answer."""
        before, self._message = self._message, message
        if message.status is MessageStatus.GENERATING:
            self._clear_actions()
            self._show_progress(progress)
        elif before is None or _facts(before) != _facts(message):
            self._hide_progress()
            self._show_end(message)

    def set_last(self, *, is_last: bool) -> None:
        """The last answer always shows its actions."""
        if is_last != self._is_last:
            self._is_last = is_last
            message = self._message
            if message is not None and message.status is not MessageStatus.GENERATING:
                self._show_end(message)  # only the last one can be continued or tried again
            self._update_icons()

    def set_busy(self, *, is_busy: bool) -> None:
        """Nothing can be tried again while an answer is being written."""
        self._is_busy = is_busy
        self._update_enabled()

    def set_hovered(self, *, is_hovered: bool) -> None:
        """The pointer is over the answer."""
        self._is_hovered = is_hovered
        self._update_icons()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the banner's details open or close
            self.resized.emit()
        return super().event(event)

    # Layout

    def arrange(self, width: int) -> int:
        """Lay out for a width that includes the overhang. Returns the height."""
        inner = width - 2 * OVERHANG
        height = 0
        if self._progress_line is not None:
            self._progress_line.move(OVERHANG, 0)
            height += self._progress_line.arrange(inner)
        elif self._banner is not None:
            height += self._arrange_banner(self._banner, inner)
        if self._progress_line is None and (self._banner is None or self._icons):
            height += self._arrange_row(height, width)
        height += _GAP
        details = self._details.height_needed()
        self._details.setGeometry(OVERHANG, height, inner, details)
        height += details
        self.resize(width, height)
        return height

    def _arrange_banner(self, banner: Banner, width: int) -> int:
        height = banner.heightForWidth(width) if banner.hasHeightForWidth() else -1
        if height < 0:
            height = banner.sizeHint().height()
        banner.setGeometry(OVERHANG, 0, width, height)
        return height + _BANNER_GAP

    def _arrange_row(self, top: int, width: int) -> int:
        """The row itself, below a sentence that needs lines of its own. Returns the height."""
        row = self._appearance.height(_ROW)
        self._writing.setGeometry(OVERHANG, top, width - 2 * OVERHANG, row)
        start, x = top, OVERHANG
        if self._notice is not None:
            words = sum(button.sizeHint().width() for button in self._words)
            wide = self._notice.fontMetrics().horizontalAdvance(self._notice.text()) + 2
            inner = width - 2 * OVERHANG
            if wide + words > inner:
                lines = self._notice.heightForWidth(inner)
                self._place(self._notice, x, top, inner, lines, width)
                top += lines
                x -= _BUTTON_PADDING if self._words else _GLYPH_INSET
            else:
                self._place(self._notice, x, top, wide, row, width)
                x += wide + _GAP
        else:
            x -= _GLYPH_INSET
        for button in (*self._words, *self._icons):
            size = button.sizeHint()
            self._place(button, x, top + (row - size.height()) // 2, *size.toTuple(), width)
            x += size.width()
        return top + row - start

    def _place(self, widget: QWidget, x: int, y: int, width: int, height: int, whole: int) -> None:
        if self.isRightToLeft():
            x = whole - x - width
        widget.setGeometry(x, y, width, height)

    # Parts

    def _show_progress(self, progress: AnswerProgress | None) -> None:
        is_writing = progress is not None and progress.phase is AnswerPhase.WRITING
        self._writing.setVisible(is_writing)
        if progress is None or is_writing:
            self._hide_progress()
            if progress is not None:
                self._writing.set_writing(progress)
            return
        if self._progress_line is None:
            self._progress_line = ProgressLine(self._appearance, self)
            self._progress_line.show()
        self._progress_line.set_progress(progress)

    def _hide_progress(self) -> None:
        if self._progress_line is not None:
            self._progress_line.hide()
            self._progress_line.deleteLater()
            self._progress_line = None

    def _clear_actions(self) -> None:
        gone: list[QWidget] = [*self._words, *self._icons]
        gone += [part for part in (self._notice, self._banner) if part is not None]
        for part in gone:
            part.hide()
            part.deleteLater()
        self._words, self._icons, self._starters = [], [], []
        self._notice = self._banner = self._copy = None
        self._details.clear()

    def _show_end(self, message: Message) -> None:
        self._clear_actions()
        self._writing.hide()
        has_text = bool(message.text)
        can_continue = has_text and self._is_last
        notice = self._notice_text(message)
        if message.status is MessageStatus.FAILED:
            self._show_banner(message, can_continue=can_continue)
        elif notice:
            self._notice = TextLabel(
                self._appearance, notice, "small", "text_muted", wrap=True, parent=self
            )
            if can_continue and not _context_is_full(message):
                self._add_words(self.tr("Continue"), self.continue_requested.emit)
        is_unfinished = message.status in (MessageStatus.STOPPED, MessageStatus.INTERRUPTED)
        if is_unfinished and self._is_last:
            self._add_words(self.tr("Try again"), self.retry_requested.emit)
        if has_text:
            self._copy = self._add_icon("copy", self.tr("Copy answer"), self._on_copy)
        if message.status is MessageStatus.COMPLETE and self._is_last:
            again = self._add_icon("refresh", self.tr("Try again"), self.retry_requested.emit)
            self._starters.append(again)
        self._details.set_origin(message.origin)
        for part in (self._notice, self._banner, *self._words, *self._icons):
            if part is not None:
                part.show()
        self._update_icons()
        self._update_enabled()

    def _notice_text(self, message: Message) -> str:
        if message.status is MessageStatus.STOPPED:
            return self.tr("You stopped this answer.")
        if message.status is MessageStatus.INTERRUPTED:
            return self.tr("Chatapp closed while this was being written.")
        if message.status is MessageStatus.COMPLETE and message.origin is not None:
            if message.origin.finish_reason is FinishReason.LENGTH:
                return self.tr("The answer reached its length limit.")
            if message.origin.finish_reason is FinishReason.CONTEXT:
                return self.tr("The conversation is as long as the model can read.")
        return ""

    def _show_banner(self, message: Message, *, can_continue: bool) -> None:
        record = message.error
        if message.text:
            title = self.tr("The answer could not be finished")
            text = self.tr("What was written is saved.")
            if _is(record, EnvironmentProblem, StorageError):
                title = self.tr("The answer could not be saved")
                text = self.tr("It is kept here and saved when that is possible again.")
        else:
            title = self._title_without_answer(record)
            text = self.tr("Your message is saved.")
        if record is not None:
            text = paragraph(self._describe_error(from_record(record)), text)
        details = "" if record is None else _details_of(record)
        banner = Banner(self._appearance, "danger", title, text, details=details, parent=self)
        if can_continue:
            go_on, clicked = self.tr("Continue"), self.continue_requested.emit
            self._starters.append(
                banner.add_button(go_on, clicked, kind="primary", icon="continue")
            )
        if self._is_last:
            # What is too long now will be too long again, unless another model is chosen.
            can_help = not can_continue and not _is(record, ContextFull)
            kind: ButtonKind = "primary" if can_help else "outlined"
            words, clicked = self.tr("Try again"), self.retry_requested.emit
            self._starters.append(banner.add_button(words, clicked, kind=kind, icon="refresh"))
        banner.open_logs_requested.connect(self.open_logs_requested)
        self._banner = banner

    def _title_without_answer(self, record: ErrorRecord | None) -> str:
        if _is(record, ContextFull):
            return self.tr("The message is too long")
        if _is(record, InputError, ModelError):
            return self.tr("The model can't be used")
        return self.tr("There is no answer")

    def _add_words(self, text: str, on_click: Callable[[], object]) -> None:
        button = Button(self._appearance, text, "text", designed_height=_ROW, parent=self)
        button.clicked.connect(on_click)
        self._words.append(button)
        self._starters.append(button)

    def _add_icon(self, icon: IconName, name: str, on_click: Callable[[], object]) -> _ActionButton:
        button = _ActionButton(self._appearance, icon, name, parent=self)
        button.clicked.connect(on_click)
        button.focus_changed.connect(self._update_icons)
        self._icons.append(button)
        return button

    def _update_icons(self) -> None:
        has_focus = any(icon.hasFocus() for icon in self._icons)
        for icon in self._icons:
            icon.set_seen(is_seen=self._is_last or self._is_hovered or has_focus)

    def _update_enabled(self) -> None:
        reason = self.tr("Another answer is being written") if self._is_busy else ""
        for button in self._starters:
            button.setEnabled(not self._is_busy)
            button.setToolTip(reason or button.accessibleName())

    def _on_copy(self) -> None:
        self.copy_requested.emit()
        self._show_copied(is_copied=True)
        self._copied.start()

    def _on_copied_over(self) -> None:
        self._show_copied(is_copied=False)

    def _show_copied(self, *, is_copied: bool) -> None:
        if self._copy is not None:
            self._copy.set_icon("check" if is_copied else "copy")
            self._copy.set_name(self.tr("Copied") if is_copied else self.tr("Copy answer"))


class _ActionButton(IconButton):
    """Keeps its place and its keyboard focus while it can't be seen.

    Signals: `focus_changed()`.
    """

    focus_changed = Signal()

    def __init__(
        self, appearance: Appearance, icon: IconName, name: str, *, parent: QWidget
    ) -> None:
        super().__init__(appearance, icon, name, designed_size=_ROW, parent=parent)
        self._is_seen = False

    def set_seen(self, *, is_seen: bool) -> None:
        """Paint it or not."""
        if is_seen != self._is_seen:
            self._is_seen = is_seen
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_seen:
            super().paintEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()


def _facts(message: Message) -> Message:
    """All of a message that shows in the footer: of its text only whether there is any."""
    return replace(message, text="text" if message.text else "")


def _context_is_full(message: Message) -> bool:
    return message.origin is not None and message.origin.finish_reason is FinishReason.CONTEXT


def _is(record: ErrorRecord | None, *kinds: type[ChatappError]) -> bool:
    return record is not None and isinstance(from_record(record), kinds)


def _details_of(record: ErrorRecord) -> str:
    return "\n".join([record.kind, *(f"{name}: {value}" for name, value in record.values.items())])
