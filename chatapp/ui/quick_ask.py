"""The small window: one question and its answer, above whatever is in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from chatapp.chat.events import (
    AnswerEnded,
    AnswerGrew,
    AnswerPhase,
    AnswerProgressed,
    AnswerStarted,
    AnswerTurned,
    SendFailed,
    SessionEvent,
)
from chatapp.domain.conversation import MessageStatus
from chatapp.errors import from_record
from chatapp.ui.composer_box import ComposerBox
from chatapp.ui.i18n import Translated, error_sentence
from chatapp.ui.prompt_input import PromptInput
from chatapp.ui.send_button import SendButton
from chatapp.ui.transcript.answer_state import details, notice, waiting_words, writing_words
from chatapp.ui.widgets.button import Button
from chatapp.ui.widgets.text_label import TextLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect

    from chatapp.chat.events import AnswerProgress
    from chatapp.chat.session import Session
    from chatapp.domain.conversation import Message
    from chatapp.domain.model import ModelFile
    from chatapp.errors import ChatappError
    from chatapp.jobs import Jobs
    from chatapp.settings import SettingsFile
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.drawings import Drawings

_WIDTH = 560
_HEIGHT = 360  # with an answer, which scrolls then
_TOP = 0.2  # of the screen
_PADDING = 16


class QuickAsk(Translated, QWidget):
    """Each question begins a conversation, which the large window shows like any other.

    Escape stops the answer, and closes the window when there is nothing to stop.

    Signals: `conversation_requested(int)` to go on in the large window; `model_wanted(str)` with
    the question when there is no model to answer it.
    """

    conversation_requested = Signal(int)
    model_wanted = Signal(str)

    def __init__(
        self,
        appearance: Appearance,
        session: Session,
        jobs: Jobs,
        settings: SettingsFile,
        drawings: Drawings | None,
        *,
        model_in_use: Callable[[], ModelFile | None],
        ask: Callable[[str, ModelFile], int],
    ) -> None:
        """`ask` begins a conversation with a question, and returns the session's ticket."""
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        from chatapp.ui.models_page.model_card import ModelCard

        self._appearance = appearance
        self._session = session
        self._model_in_use = model_in_use
        self._ask = ask
        self._ticket = 0  # of what was asked and is not told about yet
        self._conversation_id: int | None = None
        self._answer_id: int | None = None
        self._text: list[str] = []
        self._is_reading = False  # the answer so far, into blocks
        self._has_more = False
        self._progress: AnswerProgress | None = None
        self._ended: Message | None = None
        self._error: ChatappError | None = None
        self.field = PromptInput(appearance, settings)
        self.field.textChanged.connect(self._show_state)
        self.field.submitted.connect(self._send)
        # There is no place for attachments here.
        self.field.long_text_given.connect(self.field.write)
        self.field.files_given.connect(lambda files: self.field.write("\n".join(map(str, files))))
        self.button = SendButton(appearance)
        self.button.clicked.connect(self._on_button)
        self.answer = ModelCard(appearance, jobs, drawings, has_html=False)
        self.answer.shown.connect(self._on_answer_shown)
        self.answer.place_wanted.connect(self._show_place)
        self._area = QScrollArea()
        self._area.setObjectName("page")
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self.answer)
        appearance.fit(
            self._area, lambda area: area.setMinimumHeight(appearance.height(_HEIGHT // 3))
        )
        self._area.hide()
        self.state = TextLabel(appearance, "", "small", "text_muted", wrap=True)
        self.more = Button(appearance, "")
        self.more.clicked.connect(self._on_more)
        self._lay_out()
        appearance.fit(self, lambda window: window.setMinimumWidth(appearance.width(_WIDTH // 2)))
        appearance.changed.connect(self.update)
        self._translate()

    def _lay_out(self) -> None:
        box = ComposerBox(self._appearance, self.field)
        self.field.focus_changed.connect(box.update)
        row = QHBoxLayout(box)
        row.setContentsMargins(_PADDING, 10, 10, 10)
        row.setSpacing(8)
        row.addWidget(self.field, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        column.setSpacing(12)
        column.addWidget(box)
        column.addWidget(self._area, 1)
        column.addWidget(self._foot)

    @property
    def is_running(self) -> bool:
        """Whether an answer is awaited or being written."""
        return bool(self._ticket) or self._answer_id is not None

    @property
    def answer_text(self) -> str:
        """What is answered so far."""
        return "".join(self._text)

    def open(self) -> None:
        """Show it on the screen where the pointer is, with the keyboard in it."""
        if not self.isVisible():
            screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
            room = screen.availableGeometry()
            self.resize(self.sizeHint().boundedTo(room.size()))
            left = room.left() + (room.width() - self.width()) // 2
            self.move(QPoint(left, room.top() + round(_TOP * room.height())))
        self.show()
        self.raise_()
        self.activateWindow()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def on_session_event(self, event: SessionEvent) -> None:
        """On the main thread."""
        match event:
            case AnswerStarted() if self._ticket and event.ticket == self._ticket:
                self._ticket = 0
                self._conversation_id, self._answer_id = event.conversation.id, event.answer.id
            case SendFailed() if self._ticket and event.ticket == self._ticket:
                self._ticket = 0
                self._error = event.error
            case AnswerGrew(message_id=id_, text=text) if id_ == self._answer_id:
                self._text.append(text)
                self._show_answer()
                return
            case AnswerTurned(message_id=id_, text=text) if id_ == self._answer_id:
                self._text = [text]
                self._show_answer()
                return
            case AnswerProgressed(message_id=id_, progress=progress) if id_ == self._answer_id:
                self._progress = progress
            case AnswerEnded(message=message) if message.id == self._answer_id:
                self._answer_id = None
                self._ended = message
                self._text = [message.text]
                is_failed = message.status is MessageStatus.FAILED
                record = message.error if is_failed else None
                self._error = None if record is None else from_record(record)
                self._show_answer()
            case _:
                return
        self._show_state()

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._answer_id is not None:
            self._session.stop(self._answer_id)
        else:
            self.close()

    def sizeHint(self) -> QSize:
        least = self.minimumSizeHint()
        height = self._appearance.height(_HEIGHT) if not self._area.isHidden() else 0
        return QSize(
            max(self._appearance.width(_WIDTH), least.width()), max(height, least.height())
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._appearance.theme.surface)

    # Inside

    def _translate(self) -> None:
        self.setWindowTitle(self.tr("Quick ask"))
        self.field.set_placeholder(self.tr("Ask something"))
        self.answer.setAccessibleName(self.tr("Answer"))
        self.more.setText(self.tr("Open in Chatapp"))
        self._show_state()

    def _on_button(self) -> None:
        if self._answer_id is not None:
            self._session.stop(self._answer_id)
        else:
            self._send()

    def _on_more(self) -> None:
        if self._conversation_id is not None:
            self.close()
            self.conversation_requested.emit(self._conversation_id)

    def _send(self) -> None:
        text = self.field.toPlainText().strip()
        if not text or self.is_running:
            return
        model = self._model_in_use()
        if model is None:
            self.close()
            self.model_wanted.emit(text)
            return
        self._conversation_id = self._progress = self._ended = self._error = None
        self._text = []
        self.answer.clear()
        self._ticket = self._ask(text, model)
        self.field.remember(text)
        self.field.selectAll()
        self._show_state()

    def _show_answer(self) -> None:
        """At most one reading at a time: an answer grows faster than it is laid out."""
        if self._area.isHidden() and self.answer_text:
            self._area.show()
            self.resize(self.sizeHint().expandedTo(self.size()))
        if self._is_reading:
            self._has_more = True
        elif self.answer_text.strip():
            self._is_reading = True
            self.answer.show_text(self.answer_text)

    def _on_answer_shown(self) -> None:
        self._is_reading = False
        if self._has_more:
            self._has_more = False
            self._show_answer()

    def _show_place(self, place: QRect) -> None:
        self._area.ensureVisible(place.center().x(), place.center().y(), 0, place.height())

    def _show_state(self) -> None:
        has_message = bool(self.field.toPlainText().strip()) and not self.is_running
        self.button.set_state(is_stop=self._answer_id is not None, has_message=has_message)
        words = self._words()
        self.state.setText(words)
        self.state.set_color("danger" if self._error is not None else "text_muted")
        self.more.setVisible(self._conversation_id is not None)
        self._foot.setVisible(bool(words) or self._conversation_id is not None)

    def _words(self) -> str:
        """What the answer waits for, how it grows, or how it was made."""
        if self._error is not None:
            return error_sentence(self._error)
        if self._ended is not None:
            return notice(self._ended) or details(self._ended)
        if not self.is_running:
            return ""
        progress = self._progress
        if progress is None:
            return self.tr("Waiting for the model")
        if progress.phase is AnswerPhase.WRITING:
            return writing_words(progress)
        if progress.phase is AnswerPhase.THINKING:
            return " · ".join(filter(None, (self.tr("Thinking"), writing_words(progress))))
        return " · ".join(filter(None, waiting_words(progress)))
