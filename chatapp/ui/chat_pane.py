"""The middle of the window: one conversation, or the welcome to a new one."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPalette
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from chatapp.chat.events import (
    ActionFailed,
    AnswerEnded,
    AnswerGrew,
    AnswerProgress,
    AnswerProgressed,
    AnswerStarted,
    AnswerTurned,
    BranchChanged,
    CallsChanged,
    ConversationChanged,
    MessageChanged,
    QueueChanged,
    SendFailed,
    SessionEvent,
    ThoughtGrew,
)
from chatapp.domain.conversation import (
    Conversation,
    Message,
    MessageStatus,
    OverflowPolicy,
    Role,
)
from chatapp.engine.state import EngineState
from chatapp.errors import ChatappError, WorkerKeepsDying
from chatapp.models.load_settings import AUTOMATIC, LoadChoice
from chatapp.ui.asking import Asking
from chatapp.ui.branch_view import show_branch
from chatapp.ui.composer import Composer
from chatapp.ui.context_use import ContextUse
from chatapp.ui.conversation_reader import ConversationReader
from chatapp.ui.drafts import Drafts
from chatapp.ui.find_bar import FindBar
from chatapp.ui.i18n import error_sentence
from chatapp.ui.message_actions import MessageActions
from chatapp.ui.models.transcript_model import TranscriptModel
from chatapp.ui.notices import Notices
from chatapp.ui.token_counts import TokenCounts
from chatapp.ui.transcript.answer_state import can_continue
from chatapp.ui.transcript.scrolling import COLUMNS
from chatapp.ui.transcript.view import TranscriptView
from chatapp.ui.type_ahead import TypeAhead
from chatapp.ui.welcome import Welcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from chatapp.chat.session import Session
    from chatapp.domain.generation import GenerationParameters
    from chatapp.domain.model import ModelFile
    from chatapp.engine.engine import Engine
    from chatapp.jobs import Jobs, Post
    from chatapp.settings import Settings, SettingsFile
    from chatapp.storage.conversations import Conversations
    from chatapp.ui.theme import Appearance
    from chatapp.ui.transcript.drawings import Drawings
    from chatapp.ui.transcript.images import Images

_GENERATING = MessageStatus.GENERATING
_FIGURES_MS = 200  # between figures while an answer is written: each is laid out and painted
_MOST_RECALLED = 200  # questions that Up brings back


class ChatPane(QWidget):
    """Shows a conversation and carries the person's wishes to the session.

    Signals: `shown(Conversation)` when one was opened; `open_failed()`, after which the one before
    is still shown; `refreshed(Conversation)` when another program changed it;
    `conversation_started(Conversation)` when a new one got its id; `progressed(AnswerProgress |
    None)` for the status line; `discover_requested()`, `library_requested()` to see models;
    `model_picker_requested()`, `model_retry_requested()`, `safe_settings_requested()` when a model
    is wanted; `longer_context_requested(int, int)` for a message, in tokens: `go_on` with it then.
    """

    shown = Signal(object)
    open_failed = Signal()
    refreshed = Signal(object)
    conversation_started = Signal(object)
    progressed = Signal(object)
    discover_requested = Signal()
    library_requested = Signal()
    model_picker_requested = Signal()
    model_retry_requested = Signal()
    safe_settings_requested = Signal()
    load_settings_requested = Signal()
    longer_context_requested = Signal(int, int)

    def __init__(
        self,
        *,
        appearance: Appearance,
        session: Session,
        conversations: Conversations,
        engine: Engine,
        jobs: Jobs,
        settings: SettingsFile,
        drawings: Drawings,
        images: Images,
        logs_folder: Path,
        post: Post,
        choice_of: Callable[[ModelFile], LoadChoice] = lambda _: AUTOMATIC,
    ) -> None:
        super().__init__()
        self._session = session
        self._logs_folder = logs_folder
        self._reader = ConversationReader(conversations, session, jobs)
        self._conversation: Conversation | None = None
        self._opening: int | None = None  # the conversation that is being read to be shown
        self._engine_state = EngineState()

        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.composer = Composer(appearance, jobs, settings)
        self.notices = Notices(appearance)
        self.welcome = Welcome(appearance)
        self.transcript_model = TranscriptModel(self)
        self.transcript = TranscriptView(
            self.transcript_model, appearance, error_sentence, drawings, images
        )
        self.find_bar = FindBar(appearance, self.transcript, self.transcript_model)
        self.context = ContextUse(self.composer, self.transcript_model)
        self._progress: AnswerProgress | None = None
        self._figures = QTimer(self, singleShot=True, interval=_FIGURES_MS)
        self._figures.timeout.connect(self._tell_progress)
        self._drafts = Drafts(self.composer, conversations, jobs, self)
        self._type_ahead = TypeAhead(self.composer, session, self)
        self._token_counts = TokenCounts(self.composer, engine, jobs, post, self)
        self._asking = Asking(
            self.composer,
            session,
            settings,
            choice_of,
            conversation_id=lambda: self.conversation_id,
            is_opening=lambda: self._opening is not None,
            parent=self,
        )
        self.message_actions = MessageActions(
            appearance,
            self.transcript,
            self.transcript_model,
            session,
            conversations,
            jobs,
            None,
            model_in_use=lambda: self._asking.model,
            parameters=self._asking.parameters,
            begin=self._asking.begin,
            parent=self,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.transcript)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notices)
        column.addWidget(self.composer)

        self._adopt(settings.current)
        settings.subscribe(self._adopt)
        self._drafts.not_kept.connect(self._on_draft_not_kept)
        self._asking.wished.connect(self._on_wished)
        self._asking.changed.connect(self._update_running)
        self._asking.model_wanted.connect(self.model_picker_requested)
        self.transcript.typed.connect(self.composer.type)
        self.transcript.retry_requested.connect(self._asking.retry)
        self.transcript.continue_requested.connect(self._asking.continue_answer)
        self.transcript.room_requested.connect(self._asking.make_room)
        self.transcript.longer_requested.connect(self.longer_context_requested)
        self.transcript.open_logs_requested.connect(self._open_logs)
        self.notices.try_again_requested.connect(self._on_model_retry_requested)
        self.notices.safe_settings_requested.connect(self._on_safe_settings_requested)
        self.notices.other_model_requested.connect(self.model_picker_requested)
        self.notices.load_settings_requested.connect(self.load_settings_requested)
        self.notices.open_logs_requested.connect(self._open_logs)
        self.welcome.starter_chosen.connect(self._on_starter_chosen)
        self.welcome.discover_requested.connect(self.discover_requested)
        self.welcome.library_requested.connect(self.library_requested)

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
    def asking(self) -> Asking:
        """What carries questions from here, and knows how they are to be answered."""
        return self._asking

    @property
    def model(self) -> ModelFile | None:
        """The model that answers here."""
        return self._asking.model

    @property
    def last_answer(self) -> Message | None:
        """The last message that is shown, if it is an answer."""
        model = self.transcript_model
        last = model.message_at(model.rowCount() - 1) if model.rowCount() else None
        return last if last is not None and last.role is Role.ASSISTANT else None

    def parameters(self, model: ModelFile) -> GenerationParameters:
        """How a model answers where nobody chose anything."""
        return self._asking.usual(model)

    # What the window asks for

    def show_new(self) -> None:
        """The welcome to a new conversation."""
        self._leave()
        self._reader.drop()
        self._opening = None
        self._conversation = None
        self._show_typed()
        self.transcript_model.clear()
        self.composer.set_history(())
        self.welcome.set_temporary(temporary=False)
        self._stack.setCurrentWidget(self.welcome)
        self.context.count()
        self._update_running()
        self.composer.focus()

    def open(self, conversation_id: int, message_id: int | None = None) -> None:
        """Read a conversation from storage and show its end, or one message of it."""
        is_other = conversation_id != self.conversation_id
        if is_other:
            self._leave()
        self._opening = conversation_id
        if is_other:
            self._show_typed()
        self._update_running()
        self.composer.focus()
        self._reader.read(
            conversation_id,
            lambda conversation, messages: self._show(conversation, messages, message_id),
            self._on_read_failed,
        )

    def refresh(self) -> None:
        """Another program changed something: read the conversation again."""
        if self._conversation is not None and self._opening is None:
            self._reader.read(self._conversation.id, self._show_again, self._on_read_failed)

    def take_typed(self, conversation_id: int) -> None:
        """What is typed in the welcome belongs to this conversation."""
        self._drafts.move(conversation_id)

    def update_conversation(self, conversation: Conversation) -> None:
        """Its title, pin or model changed."""
        if self._conversation is not None and self._conversation.id == conversation.id:
            self._conversation = conversation

    def set_model(self, model: ModelFile | None) -> None:
        """The model that answers from now on; None until one is found."""
        self.composer.set_model_name(model.name if model is not None else "")
        self.welcome.set_model(model, self._engine_state)
        self.notices.set_model(model)
        self._token_counts.set_model(model)
        self._asking.set_model(model)

    def tell_no_model(self, error: ChatappError) -> None:
        """There is none on this computer."""
        self.notices.set_no_model(error)
        self._asking.tell_no_model()

    def stop(self) -> bool:
        """End the answer that is being written here. Returns whether there is one."""
        return self._asking.stop()

    def retry_last(self) -> None:
        """Answer the last question again."""
        last = self.last_answer
        if last is not None and last.status is not _GENERATING:
            self._asking.retry(last.id)

    def continue_last(self) -> None:
        """Go on with the last answer if it did not come to its end."""
        last = self.last_answer
        if last is not None and can_continue(last):
            self._asking.continue_answer(last.id)

    def go_on(self, message_id: int) -> None:
        """Try again an answer for which there was no room; there may be more now."""
        self._asking.make_room(message_id, OverflowPolicy.STOP)

    def keep_typed(self) -> None:
        """What is typed and not sent goes to storage, which is about to close."""
        self._asking.put_back_early()
        self._drafts.close()

    # What the services tell

    def on_session_event(self, event: SessionEvent) -> None:
        """On the main thread."""
        match event:
            case AnswerStarted():
                self._on_answer_started(event)
            case AnswerGrew(message_id=message_id, text=text, offset=offset):
                self.transcript_model.grow_from(message_id, text, offset)
            case ThoughtGrew(message_id=message_id, text=text, offset=offset):
                self.transcript_model.think_from(message_id, text, offset)
            case AnswerTurned(message_id=message_id, reasoning=reasoning, text=text):
                self.transcript_model.set_parts(message_id, reasoning=reasoning, text=text)
            case CallsChanged(message_id=message_id, calls=calls):
                self.transcript_model.set_parts(message_id, calls=calls)
            case AnswerProgressed(message_id=message_id, progress=progress):
                self.transcript_model.set_progress(message_id, progress)
                if self._shows(event.conversation_id):
                    self._follow(progress)
            case AnswerEnded(message=message):
                self.transcript_model.replace(message)
                if self._shows(event.conversation_id):
                    self.context.count()
                    self._update_running()
            case BranchChanged(messages=messages):
                if self._shows(event.conversation_id):
                    self._show_messages(messages)
            case MessageChanged(message=message):
                shown = self.transcript_model.message(message.id)
                left = shown is not None and shown.left_window and not message.pinned
                message = replace(self._reader.live(message), left_window=left)
                self.transcript_model.replace(message)
            case ConversationChanged(conversation=conversation):
                self.update_conversation(conversation)
            case QueueChanged():
                self._type_ahead.on_queue_changed(event)
            case SendFailed():
                self._on_send_failed(event)
            case ActionFailed():
                self._on_action_failed(event)

    def on_engine_state(self, state: EngineState) -> None:
        """On the main thread."""
        self._engine_state = state
        self.welcome.set_model(self._asking.model, state)
        # An answer that needs the model tells itself why there is none. It may have ended already,
        # but that is told after this. The way out of a model that keeps dying is told here alone.
        last = self.last_answer
        is_told = self._asking.is_pending or (last is not None and last.status is _GENERATING)
        has_way_out = isinstance(state.error, WorkerKeepsDying)
        self.notices.set_engine_state(state, is_told=is_told and not has_way_out)
        self._token_counts.on_engine_state(state)
        self.context.set_engine_state(state)
        loaded = state.loaded
        if loaded is not None:
            most = loaded.trained_context_length
            longer = min(2 * loaded.context_length, most)
            is_longer = longer > loaded.context_length
            self.transcript.set_longer_context(longer if is_longer else 0)

    # Wishes of the person

    def _on_wished(self) -> None:
        self.notices.dismiss_model()
        self.notices.hide_failure()

    def _on_starter_chosen(self, text: str) -> None:
        self.composer.put_back(text)
        self.composer.focus()

    def _on_model_retry_requested(self) -> None:
        self._asking.tell_model_may_come()
        self.notices.dismiss_model()
        self.model_retry_requested.emit()

    def _on_safe_settings_requested(self) -> None:
        self.notices.dismiss_model()
        self.safe_settings_requested.emit()

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._logs_folder)))

    def _adopt(self, settings: Settings) -> None:
        self.transcript.pins_question = settings.pin_question
        widest = COLUMNS.get(settings.column_width, COLUMNS["medium"])
        self.transcript.set_look(
            widest=widest,
            shows_details=settings.answer_details,
            wraps_code=settings.wrap_code,
        )
        self.composer.set_column(widest)

    # Reading

    def _show(
        self, conversation: Conversation, messages: Sequence[Message], message_id: int | None
    ) -> None:
        self._conversation = conversation
        self._opening = None
        is_empty = conversation.is_temporary and not messages
        self.welcome.set_temporary(temporary=is_empty)
        self._stack.setCurrentWidget(self.welcome if is_empty else self.transcript)
        asked = (message.text for message in reversed(messages) if message.role is Role.USER)
        self.composer.set_history(reversed(list(islice(asked, _MOST_RECALLED))))
        self._show_messages(messages, is_opened=True)
        if message_id is not None:
            self.transcript.show_message(message_id)
        self.shown.emit(conversation)

    def _show_again(self, conversation: Conversation, messages: Sequence[Message]) -> None:
        self._conversation = conversation
        self._show_messages(messages)
        self.refreshed.emit(conversation)

    def _show_messages(self, messages: Sequence[Message], *, is_opened: bool = False) -> None:
        live = [self._reader.live(message) for message in messages]
        if is_opened:
            self.transcript_model.merge(live)
        else:
            show_branch(self.transcript, self.transcript_model, live)
        self.context.count()
        self._update_running()
        if self._reader.must_read_again(messages):
            self.refresh()

    def _on_read_failed(self, error: Exception) -> None:
        if self._opening is not None:
            self._opening = None
            self._show_typed()
            self._asking.end_wish()
        self._update_running()
        self.open_failed.emit()
        if not isinstance(error, ChatappError):
            raise error
        self.notices.show_failure(lambda: self.tr("The conversation can't be opened"), error)

    # What the session tells

    def _on_answer_started(self, event: AnswerStarted) -> None:
        conversation, question, answer = event.conversation, event.question, event.answer
        is_wanted = self._asking.is_wanted_here(event)
        if self._shows(conversation.id):
            self._conversation = conversation
            self.transcript_model.begin(question, answer)
            self._stack.setCurrentWidget(self.transcript)
        elif is_wanted:
            self._conversation = conversation
            self._drafts.move(conversation.id)
            self._type_ahead.show(conversation.id)
            self.transcript_model.begin(question, answer)
            self._stack.setCurrentWidget(self.transcript)
            self.conversation_started.emit(conversation)
        elif conversation.id != self.conversation_id:
            return
        self.context.count()
        self._asking.end_wish(answer.id)

    def _on_send_failed(self, event: SendFailed) -> None:
        if event.text or event.attachments:
            if event.conversation_id is None and not self._asking.was_asked_here(event):
                return  # who asked tells it
            self._drafts.put_back(event.conversation_id, event.text, event.attachments)
            self.notices.show_failure(lambda: self.tr("The message was not sent"), event.error)
        else:
            self.notices.show_failure(lambda: self.tr("The answer was not begun"), event.error)
        if event.conversation_id in (None, self.conversation_id):
            self._asking.end_wish()

    def _on_action_failed(self, event: ActionFailed) -> None:
        if event.conversation_id in (None, self.conversation_id):
            self.notices.show_failure(lambda: self.tr("Nothing was changed"), event.error)
            self._asking.end_wish()

    def _on_draft_not_kept(self, error: ChatappError) -> None:
        self.notices.show_failure(lambda: self.tr("What you are writing can't be kept"), error)

    # State

    def _leave(self) -> None:
        """Something else is about to be shown."""
        self._asking.leave()
        self.notices.hide_failure()

    def _show_typed(self) -> None:
        """What was typed here before; what was typed elsewhere must not be sent here."""
        self._drafts.show(self.conversation_id)
        self._type_ahead.show(self.conversation_id)

    def _update_running(self) -> None:
        is_idle = self._asking.is_idle
        self.composer.set_running(running=not is_idle)
        running = self._asking.running
        snapshot = None if running is None else self._session.unfinished(running)
        self._figures.stop()
        self._progress = None  # so that what comes next is told at once
        if running is not None and snapshot is not None:
            self.transcript_model.set_progress(running, snapshot[1])
            self._follow(snapshot[1])
        elif is_idle:
            self._tell_progress()

    def _follow(self, progress: AnswerProgress) -> None:
        """Tell it at once where it is something else than before, or soon where it is more."""
        is_more = self._progress is not None and progress.phase is self._progress.phase
        self._progress = progress
        if not is_more:
            self._tell_progress()
        elif not self._figures.isActive():
            self._figures.start()

    def _tell_progress(self) -> None:
        self._figures.stop()
        if self._progress is not None:
            self.context.follow(self._progress)
        self.progressed.emit(self._progress)

    def _shows(self, conversation_id: int) -> bool:
        """Whether this conversation is shown, and no other is about to be."""
        shown = self._conversation
        return shown is not None and shown.id == conversation_id == self.conversation_id
