"""The middle of the window: one conversation, or the welcome to a new one."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPalette
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from chatapp.chat.events import (
    AnswerEnded,
    AnswerGrew,
    AnswerPhase,
    AnswerProgressed,
    AnswerStarted,
    ConversationChanged,
    SendFailed,
    SessionEvent,
)
from chatapp.domain.conversation import Conversation, Message, MessageStatus, Role
from chatapp.domain.generation import GenerationParameters
from chatapp.domain.model import ModelFile, TemplateOrigin
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.errors import ChatappError
from chatapp.ui.composer import MOST_WIDTH, Composer
from chatapp.ui.i18n import error_sentence
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.transcript.view import TranscriptView
from chatapp.ui.welcome import Welcome
from chatapp.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from pathlib import Path

    from chatapp.chat.session import Session
    from chatapp.engine.engine import Engine
    from chatapp.jobs import Jobs
    from chatapp.settings import SettingsFile
    from chatapp.storage.conversations import Conversations
    from chatapp.ui.theme import Appearance

logger = logging.getLogger(__name__)


class ChatPane(QWidget):
    """Shows a conversation and carries the person's wishes to the session.

    Signals: `conversation_started(int)` when a new conversation got its id;
    `progressed(AnswerProgress | None)` for the status line; `file_requested()`,
    `folder_requested()` when a model is wanted.
    """

    conversation_started = Signal(int)
    progressed = Signal(object)
    file_requested = Signal()
    folder_requested = Signal()
    model_picker_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        session: Session,
        conversations: Conversations,
        engine: Engine,
        jobs: Jobs,
        settings: SettingsFile,
        logs_folder: Path,
    ) -> None:
        super().__init__()
        self._appearance = appearance
        self._session = session
        self._conversations = conversations
        self._engine = engine
        self._jobs = jobs
        self._settings = settings
        self._logs_folder = logs_folder
        self._conversation: Conversation | None = None
        self._model: ModelFile | None = None
        self._sent: str | None = None
        self._reads = 0
        self._notice: Banner | None = None

        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.transcript_model = TranscriptModel(self)
        self.transcript = TranscriptView(self.transcript_model, appearance, error_sentence)
        self.welcome = Welcome(appearance)
        self.composer = Composer(appearance)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.transcript)
        notices = QHBoxLayout()
        notices.setContentsMargins(24, 0, 24, 0)
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(0, 0, 0, 0)
        notices.addStretch(1)
        notices.addLayout(self._notices, 1000)
        notices.addStretch(1)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addLayout(notices)
        column.addWidget(self.composer)

        self.composer.send_requested.connect(self._on_send_requested)
        self.composer.stop_requested.connect(self.stop)
        self.transcript.retry_requested.connect(self._on_retry_requested)
        self.transcript.continue_requested.connect(self._on_continue_requested)
        self.transcript.open_logs_requested.connect(self._open_logs)
        self.welcome.starter_chosen.connect(self._on_starter_chosen)
        self.welcome.file_requested.connect(self.file_requested)
        self.welcome.folder_requested.connect(self.folder_requested)

    @property
    def conversation(self) -> Conversation | None:
        """The conversation that is shown; None for a new one."""
        return self._conversation

    @property
    def model(self) -> ModelFile | None:
        """The model that answers here."""
        return self._model

    # What the window asks for

    def show_new(self) -> None:
        """The welcome to a new conversation."""
        self._reads += 1
        self._conversation = None
        self._sent = None
        self.transcript_model.clear()
        self.composer.set_history(())
        self._stack.setCurrentWidget(self.welcome)
        self._update_running()
        self.composer.focus()

    def open(self, conversation_id: int, message_id: int | None = None) -> None:
        """Read a conversation from storage and show its end, or one message of it."""
        self._reads += 1
        read = self._reads

        def fetch() -> tuple[Conversation, list[Message]]:
            return (
                self._conversations.get(conversation_id),
                self._conversations.branch(conversation_id),
            )

        def show(found: tuple[Conversation, list[Message]]) -> None:
            if read == self._reads:
                self._show(*found, message_id)

        self._jobs.database.run(fetch, on_done=show, on_error=self._on_read_failed)

    def refresh(self) -> None:
        """Another program changed something: read the conversation again."""
        if self._conversation is not None and self._session.running(self._conversation.id) is None:
            self.open(self._conversation.id)

    def set_model(self, model: ModelFile | None) -> None:
        """The model that answers from now on."""
        self._model = model
        name = model.name if model is not None else ""
        self.composer.set_model_name(name)
        self.welcome.set_model(model, self._engine.state)
        self._update_context()

    def stop(self) -> None:
        """End the answer that is being written here."""
        if self._conversation is not None:
            running = self._session.running(self._conversation.id)
            if running is not None:
                self._session.stop(running)

    def retry_last(self) -> None:
        """Answer the last question again."""
        last = self._last_answer()
        if last is not None and last.status is not MessageStatus.GENERATING:
            self._on_retry_requested(last.id)

    def continue_last(self) -> None:
        """Go on with the last answer if it did not come to its end."""
        last = self._last_answer()
        if last is not None and last.status in (MessageStatus.STOPPED, MessageStatus.INTERRUPTED):
            self._on_continue_requested(last.id)

    # What the services tell

    def on_session_event(self, event: SessionEvent) -> None:
        """On the main thread."""
        match event:
            case AnswerStarted():
                self._on_answer_started(event)
            case AnswerGrew(message_id=message_id, text=text, offset=offset):
                self._grow(message_id, text, offset)
            case AnswerProgressed(message_id=message_id, progress=progress):
                self.transcript_model.set_progress(message_id, progress)
                if self._shows(event.conversation_id):
                    self.progressed.emit(progress)
                    if progress.phase is AnswerPhase.WRITING:
                        self._update_context()
            case AnswerEnded(message=message):
                self.transcript_model.replace(message)
                if self._shows(event.conversation_id):
                    self._update_running()
                    self._update_context()
            case ConversationChanged(conversation=conversation):
                if self._shows(conversation.id):
                    self._conversation = conversation
            case SendFailed(text=text, error=error):
                self._on_send_failed(text, error)

    def on_engine_state(self, state: EngineState) -> None:
        """On the main thread."""
        self.welcome.set_model(self._model, state)
        self._update_context()
        if state.status is EngineStatus.FAILED and state.error is not None:
            if self._conversation is None or self._session.running(self._conversation.id) is None:
                self.show_error(state.error)
        elif state.status is EngineStatus.READY and state.loaded is not None:
            self.hide_notice()
            if state.loaded.template_origin is not TemplateOrigin.MODEL:
                self._tell_template(state.loaded.template_origin, state.loaded.template_problem)

    def show_error(self, error: ChatappError) -> None:
        """A foreseeable error that belongs to no message, above the composer."""
        banner = Banner(
            self._appearance,
            "danger",
            self.tr("The model can't be used"),
            error_sentence(error),
            details=getattr(error, "detail", ""),
        )
        banner.add_button(self.tr("Try again"), self._load_again, kind="primary", icon="refresh")
        banner.add_button(self.tr("Choose another model"), self.model_picker_requested.emit)
        banner.open_logs_requested.connect(self._open_logs)
        self._show_notice(banner)

    def hide_notice(self) -> None:
        """Take the banner above the composer away."""
        if self._notice is not None:
            self._notices.removeWidget(self._notice)
            self._notice.hide()
            self._notice.deleteLater()
            self._notice = None

    # Wishes of the person

    def _on_send_requested(self, text: str) -> None:
        if self._model is None:
            self.composer.set_text(text)
            self.model_picker_requested.emit()
            return
        self.hide_notice()
        self._sent = text
        self.composer.set_running(running=True)
        self._session.send(
            text,
            model=self._model,
            conversation_id=self._conversation.id if self._conversation is not None else None,
            parameters=self._parameters(),
        )

    def _on_retry_requested(self, message_id: int) -> None:
        if self._model is not None and self._is_idle():
            self.composer.set_running(running=True)
            self._session.retry(message_id, model=self._model, parameters=self._parameters())

    def _on_continue_requested(self, message_id: int) -> None:
        if self._model is not None and self._is_idle():
            self.composer.set_running(running=True)
            self._session.continue_answer(message_id, model=self._model)

    def _on_starter_chosen(self, text: str) -> None:
        self.composer.set_text(text)
        self.composer.focus()

    def _load_again(self) -> None:
        self.hide_notice()
        if self._model is not None:
            self._engine.load(self._model)

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._logs_folder)))

    def _parameters(self) -> GenerationParameters:
        settings = self._settings.current
        return GenerationParameters(
            temperature=settings.temperature, max_tokens=settings.max_tokens or None
        )

    # What is shown

    def _show(
        self, conversation: Conversation, messages: list[Message], message_id: int | None
    ) -> None:
        self._conversation = conversation
        self._sent = None
        live = [self._live(message) for message in messages]
        self.transcript_model.set_messages(live)
        for message in live:
            running = self._session.snapshot(message.id)
            if running is not None:
                self.transcript_model.set_progress(message.id, running[1])
        self._stack.setCurrentWidget(self.transcript)
        self.composer.set_history(m.text for m in messages if m.role is Role.USER)
        if message_id is not None:
            self.transcript.show_message(message_id)
        self._update_running()
        self._update_context()
        self.composer.focus()

    def _live(self, message: Message) -> Message:
        """A running answer with all of its text; storage has what was there a second ago."""
        running = self._session.snapshot(message.id)
        return message if running is None else replace(message, text=running[0])

    def _on_answer_started(self, event: AnswerStarted) -> None:
        if self._conversation is None:
            if self._sent is None or event.question is None or event.question.text != self._sent:
                return
            self._conversation = event.conversation
            self.transcript_model.set_messages([event.question, event.answer])
            self._stack.setCurrentWidget(self.transcript)
            self.conversation_started.emit(event.conversation.id)
        elif self._shows(event.conversation.id):
            self._conversation = event.conversation
            shown = {message.id for message in self.transcript_model.messages}
            if event.answer.id in shown:
                self.transcript_model.replace(event.answer)
            else:
                self._cut_after(event.question or event.answer)
                if event.question is not None:
                    self.transcript_model.append(event.question)
                self.transcript_model.append(event.answer)
        self._sent = None
        self._update_running()

    def _cut_after(self, message: Message) -> None:
        """Take away what is on another branch than `message`, which follows its parent."""
        messages = self.transcript_model.messages
        for before, after in zip((None, *messages), messages, strict=False):
            if (before.id if before is not None else None) == message.parent_id:
                self.transcript_model.remove_from(after.id)
                return

    def _grow(self, message_id: int, text: str, offset: int) -> None:
        message = self.transcript_model.message(message_id)
        if message is not None:
            new = text[max(0, len(message.text) - offset) :]
            if new:
                self.transcript_model.grow(message_id, new)

    def _on_send_failed(self, text: str, error: ChatappError) -> None:
        self._sent = None
        if text and not self.composer.text():
            self.composer.set_text(text)
        banner = Banner(
            self._appearance, "danger", self.tr("The message was not sent"), error_sentence(error)
        )
        banner.open_logs_requested.connect(self._open_logs)
        self._show_notice(banner)
        self._update_running()

    def _on_read_failed(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        banner = Banner(
            self._appearance,
            "danger",
            self.tr("The conversation can't be opened"),
            error_sentence(error),
        )
        banner.open_logs_requested.connect(self._open_logs)
        self._show_notice(banner)

    def _tell_template(self, origin: TemplateOrigin, problem: str) -> None:
        if origin is TemplateOrigin.MISSING:
            text = self.tr("The model brings no chat template. A common format is used instead.")
        else:
            text = self.tr("The model's chat template can't be used. A common one is used instead.")
        self._show_notice(
            Banner(
                self._appearance,
                "warning",
                self.tr("Answers may be poor"),
                text,
                details=problem,
            )
        )

    def _show_notice(self, banner: Banner) -> None:
        self.hide_notice()
        self._notice = banner
        banner.setMaximumWidth(MOST_WIDTH)
        self._notices.addWidget(banner)

    def _update_running(self) -> None:
        running = not self._is_idle()
        self.composer.set_running(running=running)
        if not running:
            self.progressed.emit(None)

    def _update_context(self) -> None:
        loaded = self._engine.state.loaded
        total = loaded.context_length if loaded is not None else 0
        self.composer.set_context(self.context_used(), total)

    def context_used(self) -> int:
        """Tokens in the context after the last answer, as far as known."""
        for message in reversed(self.transcript_model.messages):
            running = self._session.snapshot(message.id)
            if running is not None and running[1].phase is AnswerPhase.WRITING:
                return running[1].tokens + running[1].total
            origin = message.origin
            if origin is not None and origin.finish_reason is not None:
                return origin.usage.prompt_tokens + origin.usage.completion_tokens
        return 0

    def _is_idle(self) -> bool:
        return self._conversation is None or self._session.running(self._conversation.id) is None

    def _shows(self, conversation_id: int) -> bool:
        return self._conversation is not None and self._conversation.id == conversation_id

    def _last_answer(self) -> Message | None:
        messages = self.transcript_model.messages
        if messages and messages[-1].role is Role.ASSISTANT:
            return messages[-1]
        return None
