"""Where a message is written and sent, and where an answer is stopped."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from chatapp.ui.attachment_list import AttachmentList
from chatapp.ui.composer_box import ComposerBox
from chatapp.ui.i18n import Translated
from chatapp.ui.local_files import are_models, local_files
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.queue_list import QueueList
from chatapp.ui.send_button import SendButton
from chatapp.ui.token_meter import TokenMeter
from chatapp.ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtWidgets import QMenu

    from chatapp.chat.events import Queued
    from chatapp.domain.conversation import Attachment
    from chatapp.jobs import Jobs
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance

MOST_WIDTH: Final = 768  # the transcript's column and 16 on either side: the texts line up
_BESIDE: Final = 32
_DRAFT_MS: Final = 500
_COUNT_MS: Final = 150


class Composer(Translated, QWidget):
    """A field that grows, with files, a queue, the token meter, and Send, which may be Stop.

    What is written and attached is the draft. Undo goes through writing, pasting, a paste that
    became a chip, and sending.

    Signals: `send_requested(str, tuple[Attachment, ...])`, or `queue_requested` of the same while
    an answer is written; after either the draft is empty. `stop_requested()`. `edit_queued(int)`
    and `remove_queued(int)` with a ticket, `queue_release_requested()` when the queue is held.
    `draft_changed()`, at most twice a second, and at once when the draft is left or sent.
    `count_requested(str)` when the text has not changed for a moment, answered by
    `set_pending_tokens`, and `chip_count_requested(int, Attachment)` once for each file, answered
    by `set_chip_tokens`. `compact_changed(bool)` for what was added to the bar.
    """

    send_requested = Signal(str, object)
    queue_requested = Signal(str, object)
    stop_requested = Signal()
    edit_queued = Signal(int)
    remove_queued = Signal(int)
    queue_release_requested = Signal()
    draft_changed = Signal()
    count_requested = Signal(str)
    chip_count_requested = Signal(int, object)
    compact_changed = Signal(bool)

    def __init__(
        self,
        appearance: Appearance,
        jobs: Jobs,
        settings: SettingsFile,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._model_name = ""
        self._is_running = False
        self._is_restoring = False  # a draft that is known already
        self._sends_when_read = False
        self._added: list[QWidget] = []  # what takes the keyboard in the bar
        self._text_tokens = 0
        self._draft_timer = QTimer(self, interval=_DRAFT_MS, singleShot=True)
        self._draft_timer.timeout.connect(self.draft_changed)
        self._count_timer = QTimer(self, interval=_COUNT_MS, singleShot=True)
        self._count_timer.timeout.connect(self._ask_count)
        self._queue = QueueList(appearance)
        self._files = AttachmentList(appearance, jobs)
        self._input = PromptInput(appearance, settings)
        self._attach = IconButton(appearance, "paperclip", "")
        self._attach.setCursor(Qt.CursorShape.ArrowCursor)
        self._meter = TokenMeter(appearance)
        self._button = SendButton(appearance)
        self._box = ComposerBox(appearance, self._input)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self._input)
        self.set_compact(compact=False)
        self._update_button()
        self._translate()
        self._update_tab_order()

    @property
    def field(self) -> PromptInput:
        """Where it is written."""
        return self._input

    @property
    def box(self) -> QWidget:
        """The frame around all of it."""
        return self._box

    @property
    def is_running(self) -> bool:
        """Whether Stop is shown in the place of Send."""
        return self._is_running

    # The draft

    def text(self) -> str:
        """What is written and not sent."""
        return self._input.toPlainText()

    def attachments(self) -> tuple[Attachment, ...]:
        """What is attached and not sent, without files that are still being read."""
        return self._files.attachments

    def set_text(self, text: str) -> None:
        """Put a text into the field, the cursor at its end; the files stay."""
        self._input.put(text)

    def set_draft(self, text: str, attachments: Iterable[Attachment] = ()) -> None:
        """Show another draft, which is not told by `draft_changed`. Undo doesn't lead back.

        What was there is lost: `flush_draft` before it is known where the next one belongs.
        """
        self._is_restoring = True
        self._sends_when_read = False
        self._input.put(text)
        self._files.set_attachments(attachments)
        self._input.forget()
        self._is_restoring = False
        self._draft_timer.stop()

    def put_back(self, text: str, attachments: Iterable[Attachment] = ()) -> None:
        """Put a message that was not sent before what was written meanwhile."""
        typed = self.text()
        parts = [part for part in (text.rstrip() if typed.strip() else text, typed) if part.strip()]
        self.set_text("\n\n".join(parts))
        self._files.add(attachments)
        # What was sent is here now: it must not come back a second time.
        self._files.settle_all()
        self._input.forget()

    def flush_draft(self) -> None:
        """Tell by `draft_changed` what has not been told yet."""
        if self._draft_timer.isActive():
            self._draft_timer.stop()
            self.draft_changed.emit()

    def add_files(self, paths: Iterable[Path]) -> None:
        """Attach text files. They are read in the background; what can't be read is told here."""
        self._files.add_files(paths)
        self.focus()

    def add_text(self, text: str) -> None:
        """What was dropped: as if it were pasted where the cursor is."""
        self._input.take(text)

    # What is shown

    def add_to_bar(self, widget: QWidget, stops: Sequence[QWidget]) -> None:
        """Put what concerns the next answer beside the paperclip; `stops` take the keyboard."""
        self._beside_attach.addWidget(widget)
        self._added += stops
        self._update_tab_order()

    def focus(self) -> None:
        """Put the keyboard here."""
        self._input.setFocus(Qt.FocusReason.OtherFocusReason)

    def type(self, event: QKeyEvent) -> None:
        """Go on here with what somebody began to type elsewhere."""
        if self._input.isVisible():
            self.focus()
            QApplication.sendEvent(self._input, event)

    def set_running(self, *, running: bool) -> None:
        """Whether an answer is being written in this conversation."""
        if running == self._is_running:
            return
        self._is_running = running
        self._input.takes_escape = running
        self._update_button()
        self._update_placeholder()

    def set_queue(self, queue: Sequence[Queued], *, is_held: bool = False) -> None:
        """What is sent when the answer ends, the next one first; `is_held`: it waits until then."""
        self._queue.set_queue(queue, is_held=is_held)
        self._update_tab_order()

    def set_drop_target(self, *, is_target: bool) -> None:
        """Whether files are held where dropping them attaches them, here or elsewhere."""
        self._box.set_drop_target(is_target=is_target)

    def set_model_name(self, name: str) -> None:
        """Who gets the message; empty when there is no model."""
        self._model_name = name
        self._update_placeholder()

    def set_context(self, used: int, total: int) -> None:
        """Tokens in the context and how many fit; a total of 0 hides the meter."""
        self._meter.set_context(used, total)

    def set_context_menu(self, menu: QMenu) -> None:
        """What the meter opens."""
        self._meter.set_menu(menu)

    def set_pending_tokens(self, tokens: int | None) -> None:
        """What the text costs; None: that can't be known now."""
        # The answer may come after the question has gone.
        self._text_tokens = 0 if self._input.document().isEmpty() else tokens or 0
        self._update_meter()

    def set_chip_tokens(self, number: int, tokens: int | None) -> None:
        """What a file costs, by the number that asked for it."""
        self._files.set_tokens(number, tokens)
        self._update_meter()

    def recount(self) -> None:
        """Another model counts otherwise: ask for all figures anew."""
        self._files.recount()
        self._update_meter()
        self._count_timer.start()

    def set_history(self, prompts: Iterable[str]) -> None:
        """What Up recalls in an empty field, oldest first."""
        self._input.set_history(prompts)

    def set_compact(self, *, compact: bool) -> None:
        """In a narrow window the meter is a bar only, and chips tell less."""
        self._meter.set_compact(compact=compact)
        self._files.set_compact(compact=compact)
        self.compact_changed.emit(compact)
        side = 16 if compact else 8
        self._row.setContentsMargins(side, 8, side, 14)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._appearance.theme.surface)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.flush_draft()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._consider(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._consider(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.set_drop_target(is_target=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._consider(event)
        self.set_drop_target(is_target=False)
        if event.isAccepted():
            self.add_files(local_files(event.mimeData()))

    # Inside

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, 1, 0)
        bar.setSpacing(12)
        bar.addWidget(self._attach)
        self._beside_attach = QHBoxLayout()
        bar.addLayout(self._beside_attach)
        bar.addStretch()
        bar.addWidget(self._meter)
        bar.addWidget(self._button)
        text = QHBoxLayout()
        text.setContentsMargins(7, 0, 1, 0)
        text.addWidget(self._input)
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(10, 11, 10, 10)
        inside.setSpacing(8)
        inside.addWidget(self._queue)
        inside.addWidget(self._files)
        inside.addLayout(text)
        inside.addLayout(bar)
        self.set_column(MOST_WIDTH - _BESIDE)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._box)

    def set_column(self, widest: int) -> None:
        """Line up with a column of text that is so wide at most."""
        self._box.setMaximumWidth(widest + _BESIDE)

    def _connect(self) -> None:
        self._input.textChanged.connect(self._on_text_changed)
        self._input.document().undoCommandAdded.connect(self._files.settle)
        self._input.submitted.connect(self._send)
        self._input.escaped.connect(self.stop_requested)
        self._input.focus_changed.connect(self._on_focus_changed)
        self._input.files_given.connect(self.add_files)
        self._input.long_text_given.connect(self._on_long_text_given)
        self._files.changed.connect(self._on_files_changed)
        self._files.count_requested.connect(self.chip_count_requested)
        self._files.keyboard_released.connect(self.focus)
        self._queue.edit_requested.connect(self.edit_queued)
        self._queue.remove_requested.connect(self.remove_queued)
        self._queue.send_requested.connect(self.queue_release_requested)
        self._attach.clicked.connect(self.choose_files)
        self._button.clicked.connect(self._on_button)

    def _on_text_changed(self) -> None:
        document = self._input.document()
        self._files.follow_undo(self._input.undo_steps, can_redo=document.isRedoAvailable())
        self._sends_when_read = False
        if document.isEmpty():
            self._count_timer.stop()
            self.set_pending_tokens(None)
        else:
            self._count_timer.start()
        self._on_draft_changed()

    def _on_files_changed(self) -> None:
        self._update_tab_order()
        self._update_meter()
        self._on_draft_changed()
        if self._sends_when_read and not self._files.is_reading:
            self._sends_when_read = False
            if not self._files.problems:
                self._send()

    def _on_draft_changed(self) -> None:
        self._update_button()
        if not self._is_restoring and not self._draft_timer.isActive():
            self._draft_timer.start()

    def _on_focus_changed(self) -> None:
        self._box.update()
        if not self._input.hasFocus():
            self.flush_draft()

    def _on_long_text_given(self, text: str) -> None:
        if self._files.has_room:
            self._files.add_text(text, self._input.write_and_withdraw(text))
        else:
            self._input.write(text)

    def _on_button(self) -> None:
        if self._is_running:
            self.stop_requested.emit()
        else:
            self._send()

    def _send(self) -> None:
        if self._input.is_composing:
            QGuiApplication.inputMethod().commit()
        if self._files.is_reading:
            self._sends_when_read = True
            return
        text, attachments = self.text(), self.attachments()
        if not text.strip() and not attachments:
            return
        if text.strip():
            self._input.remember(text)
        # Undo brings back what was sent last, and nothing older.
        self._files.settle_all()
        self._input.forget()
        self._input.put("")
        self._files.take(self._input.undo_steps or None)
        if self._is_running:
            self.queue_requested.emit(text, attachments)
        else:
            self.send_requested.emit(text, attachments)
        self.flush_draft()

    def choose_files(self) -> None:
        """Ask which files are to be sent along."""
        dialog = QFileDialog(self, self.tr("Attach files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._on_files_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_files_chosen(self, names: list[str]) -> None:
        self.add_files([Path(name) for name in names])

    def _ask_count(self) -> None:
        text = self.text()
        if text.strip():
            self.count_requested.emit(text)
        else:
            self.set_pending_tokens(None)

    def _update_meter(self) -> None:
        self._meter.set_pending(self._text_tokens + self._files.tokens)

    def _update_button(self) -> None:
        # Asking the document for its characters copies it, which counts in a text of a megabyte.
        has_message = not self._input.document().isEmpty() or bool(self._files.chips)
        self._button.set_state(is_stop=self._is_running, has_message=has_message)

    def _translate(self) -> None:
        self._attach.set_name(self.tr("Attach files"))
        self._update_placeholder()

    def _update_placeholder(self) -> None:
        if self._is_running:
            words = self.tr("Write the next message. It is sent when this answer ends.")
        elif self._model_name:
            words = self.tr("Message {model}").format(model=self._model_name)
        else:
            words = self.tr("Message")
        self._input.set_placeholder(words)

    def _update_tab_order(self) -> None:
        stops: list[QWidget] = [self._input, *self._files.stops, self._attach]
        stops += [*self._added, self._meter, self._button, *self._queue.stops]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _consider(self, event: QDropEvent) -> None:
        """Take files, as copies: the sender must not delete them. Models are for the window."""
        files = local_files(event.mimeData())
        if files and not are_models(files):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.set_drop_target(is_target=True)
        else:
            event.ignore()
