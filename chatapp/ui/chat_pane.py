"""The middle of the window: one conversation, or the welcome to a new one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPalette
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from chatapp.chat.events import (
    AnswerEnded,
    AnswerGrew,
    AnswerPhase,
    AnswerProgress,
    AnswerProgressed,
    AnswerStarted,
    ConversationChanged,
    SendFailed,
    SessionEvent,
)
from chatapp.chat.parameters import parameters_for
from chatapp.domain.conversation import Conversation, Message, MessageStatus, Role
from chatapp.domain.generation import FinishReason, GenerationParameters, Origin, Usage
from chatapp.domain.model import ModelFile
from chatapp.engine.state import EngineState
from chatapp.errors import ChatappError, WorkerKeepsDying
from chatapp.ui.composer import Composer
from chatapp.ui.i18n import error_sentence
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.notices import Notices
from chatapp.ui.transcript.view import TranscriptView
from chatapp.ui.welcome import Welcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chatapp.chat.session import Session
    from chatapp.jobs import Jobs
    from chatapp.settings import SettingsFile
    from chatapp.storage.conversations import Conversations
    from chatapp.ui.theme import Appearance

_GENERATING = MessageStatus.GENERATING


class ChatPane(QWidget):
    """Shows a conversation and carries the person's wishes to the session.

    A wish is pending from the key press until the session tells that it began or failed. Nothing
    else is begun in between, and a Stop in between is done as soon as there is what to stop.

    Signals: `shown(Conversation)` when one was opened; `open_failed()`, after which the one before
    is still shown; `refreshed(Conversation)` when another program changed it;
    `conversation_started(Conversation)` when a new one got its id; `progressed(AnswerProgress |
    None)` for the status line; `file_requested()`, `folder_requested()`,
    `model_picker_requested()`, `model_retry_requested()`, `safe_settings_requested()` when a model
    is wanted.
    """

    shown = Signal(object)
    open_failed = Signal()
    refreshed = Signal(object)
    conversation_started = Signal(object)
    progressed = Signal(object)
    file_requested = Signal()
    folder_requested = Signal()
    model_picker_requested = Signal()
    model_retry_requested = Signal()
    safe_settings_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        session: Session,
        conversations: Conversations,
        jobs: Jobs,
        settings: SettingsFile,
        logs_folder: Path,
    ) -> None:
        super().__init__()
        self._session = session
        self._conversations = conversations
        self._jobs = jobs
        self._settings = settings
        self._logs_folder = logs_folder
        self._conversation: Conversation | None = None
        self._opening: int | None = None  # the conversation that is being read to be shown
        self._reads = 0
        self._read_twice: set[int] = set()
        self._is_pending = False
        self._stop_wanted = False
        self._beginning = 0  # new conversations that the session is about to begin
        self._drafts: dict[int | None, str] = {}  # by conversation; None: a new one
        self._early = ""  # what was sent before it was known which models there are
        self._model: ModelFile | None = None
        self._has_no_model = False  # not even one that could be chosen
        self._engine_state = EngineState()
        self.context_used = 0  # tokens after the last answer, as far as known
        self.last_origin: Origin | None = None

        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.transcript_model = TranscriptModel(self)
        self.transcript = TranscriptView(self.transcript_model, appearance, error_sentence)
        self.welcome = Welcome(appearance)
        self.composer = Composer(appearance)
        self.notices = Notices(appearance)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.transcript)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notices)
        column.addWidget(self.composer)

        self.composer.send_requested.connect(self._on_send_requested)
        self.composer.stop_requested.connect(self.stop)
        self.transcript.retry_requested.connect(self._on_retry_requested)
        self.transcript.continue_requested.connect(self._on_continue_requested)
        self.transcript.open_logs_requested.connect(self._open_logs)
        self.notices.try_again_requested.connect(self._on_model_retry_requested)
        self.notices.safe_settings_requested.connect(self._on_safe_settings_requested)
        self.notices.other_model_requested.connect(self.model_picker_requested)
        self.notices.open_logs_requested.connect(self._open_logs)
        self.welcome.starter_chosen.connect(self._on_starter_chosen)
        self.welcome.file_requested.connect(self.file_requested)
        self.welcome.folder_requested.connect(self.folder_requested)

    @property
    def conversation(self) -> Conversation | None:
        """The conversation that is shown; None for a new one."""
        return self._conversation

    @property
    def conversation_id(self) -> int | None:
        """Where the next message goes: the conversation that is shown or about to be."""
        if self._opening is not None:
            return self._opening
        return self._conversation.id if self._conversation is not None else None

    @property
    def model(self) -> ModelFile | None:
        """The model that answers here."""
        return self._model

    # What the window asks for

    def show_new(self) -> None:
        """The welcome to a new conversation."""
        self._leave()
        self._reads += 1
        self._opening = None
        self._conversation = None
        self._show_draft()
        self.transcript_model.clear()
        self.composer.set_history(())
        self._stack.setCurrentWidget(self.welcome)
        self._count()
        self._update_running()
        self.composer.focus()

    def open(self, conversation_id: int, message_id: int | None = None) -> None:
        """Read a conversation from storage and show its end, or one message of it."""
        is_other = conversation_id != self.conversation_id
        if is_other:
            self._leave()
        self._opening = conversation_id
        if is_other:
            self._show_draft()
        self._update_running()
        self.composer.focus()
        self._read(conversation_id, lambda found, of: self._show(found, of, message_id))

    def refresh(self) -> None:
        """Another program changed something: read the conversation again."""
        if self._conversation is not None and self._opening is None:
            self._read(self._conversation.id, self._show_again)

    def update_conversation(self, conversation: Conversation) -> None:
        """Its title, pin or model changed."""
        if self._conversation is not None and self._conversation.id == conversation.id:
            self._conversation = conversation

    def set_model(self, model: ModelFile | None) -> None:
        """The model that answers from now on; None until one is found."""
        self._model = model
        self.composer.set_model_name(model.name if model is not None else "")
        self.welcome.set_model(model, self._engine_state)
        self.notices.set_model(model)
        if model is not None and self._early:
            text, self._early = self._early, ""
            self._is_pending = False
            self._on_send_requested(text)

    def tell_no_model(self, error: ChatappError) -> None:
        """There is none on this computer."""
        self._has_no_model = True
        self.notices.set_no_model(error)
        if self._early:
            self._give_back_early()
            self._update_running()
            self.model_picker_requested.emit()

    def stop(self) -> bool:
        """End the answer that is being written here. Returns whether there is one."""
        running = self._running()
        if running is not None:
            self._session.stop(running)
        elif self._early:
            self._give_back_early()
            self._update_running()
        elif self._is_pending:
            self._stop_wanted = True
        else:
            return False
        return True

    def retry_last(self) -> None:
        """Answer the last question again."""
        last = self._last_answer()
        if last is not None and last.status is not _GENERATING:
            self._on_retry_requested(last.id)

    def continue_last(self) -> None:
        """Go on with the last answer if it did not come to its end."""
        last = self._last_answer()
        if last is not None and _can_continue(last):
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
                    self._tell_progress(progress)
            case AnswerEnded(message=message):
                self.transcript_model.replace(message)
                if self._shows(event.conversation_id):
                    self._count()
                    self._update_running()
            case ConversationChanged(conversation=conversation):
                self.update_conversation(conversation)
            case SendFailed():
                self._on_send_failed(event)

    def on_engine_state(self, state: EngineState) -> None:
        """On the main thread."""
        self._engine_state = state
        self.welcome.set_model(self._model, state)
        # An answer that needs the model tells itself why there is none. It may have ended already,
        # but that is told after this. The way out of a model that keeps dying is told here alone.
        last = self._last_answer()
        is_told = self._is_pending or (last is not None and last.status is _GENERATING)
        has_way_out = isinstance(state.error, WorkerKeepsDying)
        self.notices.set_engine_state(state, is_told=is_told and not has_way_out)
        self._update_meter()

    # Wishes of the person

    def _on_send_requested(self, text: str) -> None:
        if self._model is None:
            self._send_without_model(text)
            return
        self._wish()
        self._beginning += self.conversation_id is None
        self._session.send(
            text,
            model=self._model,
            conversation_id=self.conversation_id,
            parameters=self._parameters(self._model),
        )

    def _send_without_model(self, text: str) -> None:
        if not self._has_no_model:
            self._early = text
            self._is_pending = True
            self._update_running()
        else:
            self._give_back(text)
            self.model_picker_requested.emit()

    def _on_retry_requested(self, message_id: int) -> None:
        if self._model is not None and self._opening is None and self._is_idle():
            self._wish()
            self._session.retry(
                message_id, model=self._model, parameters=self._parameters(self._model)
            )

    def _on_continue_requested(self, message_id: int) -> None:
        if self._model is not None and self._opening is None and self._is_idle():
            self._wish()
            self._session.continue_answer(message_id, model=self._model)

    def _wish(self) -> None:
        """Something is about to be asked of the session."""
        self.notices.dismiss_model()
        self.notices.hide_failure()
        self._is_pending = True
        self._stop_wanted = False
        self._update_running()

    def _on_starter_chosen(self, text: str) -> None:
        self._give_back(text)
        self.composer.focus()

    def _on_model_retry_requested(self) -> None:
        self._has_no_model = False
        self.notices.dismiss_model()
        self.model_retry_requested.emit()

    def _on_safe_settings_requested(self) -> None:
        self.notices.dismiss_model()
        self.safe_settings_requested.emit()

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._logs_folder)))

    def _parameters(self, model: ModelFile) -> GenerationParameters:
        return parameters_for(model, self._settings.current)

    # Reading

    def _read(
        self, conversation_id: int, show: Callable[[Conversation, list[Message]], None]
    ) -> None:
        self._reads += 1
        read = self._reads

        def fetch() -> tuple[Conversation, list[Message]]:
            return (
                self._conversations.get(conversation_id),
                self._conversations.branch(conversation_id),
            )

        def done(found: tuple[Conversation, list[Message]]) -> None:
            if read == self._reads:
                show(*found)

        def failed(error: Exception) -> None:
            if read == self._reads:
                self._on_read_failed(error)

        self._jobs.database.run(fetch, on_done=done, on_error=failed)

    def _show(
        self, conversation: Conversation, messages: list[Message], message_id: int | None
    ) -> None:
        self._conversation = conversation
        self._opening = None
        self._stack.setCurrentWidget(self.transcript)
        self.composer.set_history(m.text for m in messages if m.role is Role.USER)
        self._show_messages(messages)
        if message_id is not None:
            self.transcript.show_message(message_id)
        self.shown.emit(conversation)

    def _show_again(self, conversation: Conversation, messages: list[Message]) -> None:
        self._conversation = conversation
        self._show_messages(messages)
        self.refreshed.emit(conversation)

    def _show_messages(self, messages: list[Message]) -> None:
        live = [self._live(message) for message in messages]
        self.transcript_model.merge(live)
        self._count()
        self._update_running()
        # Another program writes these, or they ended between the reading and now: look once more.
        orphans = {m.id for m in messages if m.status is _GENERATING and not self._is_running(m.id)}
        if orphans - self._read_twice:
            self._read_twice = orphans
            self.refresh()

    def _live(self, message: Message) -> Message:
        """A running answer with all of its text; storage has what was there a second ago."""
        running = self._session.snapshot(message.id)
        return message if running is None else replace(message, text=running[0])

    def _on_read_failed(self, error: Exception) -> None:
        if self._opening is not None:
            self._drafts[self._opening] = self.composer.text()
            self._opening = None
            self._is_pending = False
            self._show_draft()
        self._update_running()
        self.open_failed.emit()
        if not isinstance(error, ChatappError):
            raise error
        self.notices.show_failure(self.tr("The conversation can't be opened"), error)

    # What the session tells

    def _on_answer_started(self, event: AnswerStarted) -> None:
        conversation, question, answer = event.conversation, event.question, event.answer
        is_first = question is not None and question.parent_id is None
        if is_first and self._beginning:
            self._beginning -= 1
        if self._shows(conversation.id):
            self._conversation = conversation
            self._add(question, answer)
        elif is_first and not self._beginning and self._is_pending and self.conversation_id is None:
            self._conversation = conversation
            self._add(question, answer)
            self._stack.setCurrentWidget(self.transcript)
            self.conversation_started.emit(conversation)
        elif conversation.id != self.conversation_id:
            return
        self._is_pending = False
        if self._stop_wanted:
            self._stop_wanted = False
            self._session.stop(answer.id)
        self._count()
        self._update_running()

    def _add(self, question: Message | None, answer: Message) -> None:
        if self.transcript_model.message(answer.id) is None:
            self._cut_after(question or answer)
            if question is not None:
                self.transcript_model.append(question)
        self.transcript_model.append(answer)

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

    def _on_send_failed(self, event: SendFailed) -> None:
        if event.text:
            self._beginning -= event.conversation_id is None
            if event.conversation_id == self.conversation_id:
                self._give_back(event.text)
            else:
                typed = self._drafts.get(event.conversation_id, "")
                self._drafts[event.conversation_id] = _joined(event.text, typed)
            title = self.tr("The message was not sent")
        else:
            title = self.tr("The answer was not begun")
        if event.conversation_id in (None, self.conversation_id):
            self._is_pending = False
        self.notices.show_failure(title, event.error)
        self._update_running()

    # State

    def _leave(self) -> None:
        """Something else is about to be shown."""
        self._is_pending = False
        self._stop_wanted = False
        self.notices.hide_failure()
        self._give_back_early()
        self._drafts[self.conversation_id] = self.composer.text()

    def _show_draft(self) -> None:
        """What was typed here before; what was typed elsewhere must not be sent here."""
        self.composer.set_text(self._drafts.pop(self.conversation_id, ""))

    def _give_back(self, text: str) -> None:
        """Put a text into the composer, before what was typed meanwhile."""
        self.composer.set_text(_joined(text, self.composer.text()))

    def _give_back_early(self) -> None:
        if self._early:
            text, self._early = self._early, ""
            self._is_pending = False
            self._give_back(text)

    def _count(self) -> None:
        """Find the figures of the last answer."""
        origins = [m.origin for m in self.transcript_model.messages if m.origin is not None]
        self.last_origin = origins[-1] if origins else None
        ended = (o.usage for o in reversed(origins) if o.finish_reason is not None)
        usage = next(ended, Usage())
        self.context_used = usage.prompt_tokens + usage.completion_tokens
        self._update_meter()

    def _update_meter(self) -> None:
        loaded = self._engine_state.loaded
        total = loaded.context_length if loaded is not None else 0
        self.composer.set_context(self.context_used, total)

    def _update_running(self) -> None:
        is_idle = self._is_idle()
        self.composer.set_running(running=not is_idle)
        running = self._running()
        snapshot = None if running is None else self._session.snapshot(running)
        if running is not None and snapshot is not None:
            self.transcript_model.set_progress(running, snapshot[1])
            self._tell_progress(snapshot[1])
        elif is_idle:
            self.progressed.emit(None)

    def _tell_progress(self, progress: AnswerProgress) -> None:
        if progress.phase is AnswerPhase.WRITING:
            self.context_used = progress.total + progress.tokens
            self._update_meter()
        self.progressed.emit(progress)

    def _is_idle(self) -> bool:
        return not self._is_pending and self._running() is None

    def _running(self) -> int | None:
        if self.conversation_id is None:
            return None
        return self._session.running(self.conversation_id)

    def _is_running(self, message_id: int) -> bool:
        return self._session.snapshot(message_id) is not None

    def _shows(self, conversation_id: int) -> bool:
        """Whether this conversation is shown, and no other is about to be."""
        shown = self._conversation
        return shown is not None and shown.id == conversation_id == self.conversation_id

    def _last_answer(self) -> Message | None:
        messages = self.transcript_model.messages
        if messages and messages[-1].role is Role.ASSISTANT:
            return messages[-1]
        return None


def _joined(text: str, typed: str) -> str:
    return f"{text.rstrip()}\n\n{typed}" if typed.strip() else text


def _can_continue(message: Message) -> bool:
    if message.status is MessageStatus.COMPLETE:
        origin = message.origin
        return origin is not None and origin.finish_reason is FinishReason.LENGTH
    return bool(message.text) and message.status is not _GENERATING
