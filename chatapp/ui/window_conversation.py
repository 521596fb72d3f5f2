"""Which conversation the window shows, kept the same in list, page, title and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.chat.events import (
    AnswerEnded,
    AnswerStarted,
    BranchChanged,
    ConversationBranched,
    ConversationChanged,
    SessionEvent,
    TemporaryStarted,
)
from chatapp.domain.conversation import MessageStatus, OverflowPolicy
from chatapp.ui.filing_wishes import Duplicate
from chatapp.ui.transcript.answer_state import can_continue

if TYPE_CHECKING:
    from chatapp.domain.conversation import Conversation, Message
    from chatapp.domain.model import ModelFile
    from chatapp.settings import Settings
    from chatapp.ui.window_parts import Parts


class ShownConversation(QObject):
    """Opens conversations and follows what happens to the one that is open.

    Signals: `titled(str)` with its title, empty for a new one; `enabled()` after it was seen
    which actions mean something now.
    """

    titled = Signal(str)
    enabled = Signal()

    def __init__(self, parts: Parts, parent: QObject) -> None:
        super().__init__(parent)
        self._panel = panel = parts.panel
        self._pane = pane = parts.pane
        self._models = parts.models
        self._pages = parts.pages
        self._layout = parts.layout
        self._top_bar = parts.top_bar
        self._actions = parts.actions
        self._toast = parts.toast
        self._session = parts.session
        self._jobs = parts.jobs
        self._is_begun = False  # what is shown has an id
        self._is_temporary = False
        self._takes_typed = False  # a temporary one that was asked for, from the welcome
        self._usual_overflow = _overflow_of(parts.settings.current)  # of new conversations
        self._overflow_of_new = self._usual_overflow  # chosen before there is a conversation
        parts.settings.subscribe(self._on_settings)
        panel.opened.connect(self.open)
        panel.new_requested.connect(self.new)
        panel.changed.connect(self._on_changed)
        panel.left.connect(self._on_left)
        panel.came_back.connect(self.open)
        panel.changed_elsewhere.connect(pane.refresh)
        panel.filing.shown = lambda: pane.conversation_id
        pane.shown.connect(self._on_shown)
        pane.open_failed.connect(self._on_open_failed)
        pane.refreshed.connect(self._on_refreshed)
        pane.conversation_started.connect(self._on_started)
        parts.top_bar.renamed.connect(panel.rename)
        parts.pages.shown.connect(self._on_page_shown)
        parts.models.used.connect(lambda _: self._enable_actions())
        pane.asking.changed.connect(self._enable_actions)
        self._show_title(None)

    @property
    def is_begun(self) -> bool:
        """Whether it is one that is stored, not the welcome to a new one."""
        return self._is_begun

    # What the person wants

    def open(self, conversation_id: int, message_id: int | None = None) -> None:
        """Show a conversation, and one message of it."""
        self._pages.show_chat()
        self._panel.set_current(conversation_id)
        self._pane.open(conversation_id, message_id)
        conversation = self._panel.model.conversation(conversation_id)
        if conversation is not None:
            self._show(conversation)
        self._layout.drawer.close_drawer()

    def tell_interrupted(self) -> None:
        """At the start: lead to the answers that the end of the last run cut off, if any."""
        self._jobs.database.run(self._session.interrupted, on_done=self._lead_to)

    def new(self) -> None:
        """Show the welcome to a new conversation."""
        self._pages.show_chat()
        self._panel.sidebar.close_trash()
        self.show_new()

    def show_new(self) -> None:
        """The same, where another page stays if it is shown."""
        self._panel.sidebar.clear_search()
        self._panel.set_current(None)
        self._pane.show_new()
        self._models.use_default()
        self._show_title(None)
        self._layout.drawer.close_drawer()

    def begin_temporary(self) -> None:
        """Begin one that nothing is kept of. What is typed in the welcome goes along."""
        self._takes_typed = self._pane.conversation_id is None
        if not self._takes_typed:
            self.new()  # what this one has chosen is not wanted in another
        self._pane.asking.start_temporary()

    def chat_with(self, model: ModelFile) -> None:
        """Begin a conversation with a model."""
        self.new()
        self._models.choose(model)

    def pin(self, pinned: bool) -> None:  # noqa: FBT001 - a slot
        """Keep it at the top of the list, or no longer."""
        self._actions.pin.setChecked(not pinned)  # until it is stored
        if self._pane.conversation_id is not None:
            self._panel.pin(self._pane.conversation_id, pinned)

    def duplicate(self) -> None:
        """Make a copy of it, which is shown then."""
        conversation = self._pane.conversation
        if conversation is not None:
            title = self._panel.model.title_of(conversation)
            title = self.tr("{title} (copy)").format(title=title)
            self._panel.filing.do(Duplicate(conversation.id, title))

    def archive(self, archived: bool) -> None:  # noqa: FBT001 - a slot
        """Take it out of the list, or bring it back."""
        self._actions.archive.setChecked(not archived)  # until it is stored
        if self._pane.conversation_id is not None:
            self._panel.archive(self._pane.conversation_id, archived=archived)

    def set_overflow(self, policy: OverflowPolicy) -> None:
        """What happens in it when the context is full."""
        if self._pane.conversation_id is not None:
            self._panel.set_overflow(self._pane.conversation_id, policy)
        else:
            self._overflow_of_new = policy

    def _on_settings(self, settings: Settings) -> None:
        usual = _overflow_of(settings)
        if usual is not self._usual_overflow:
            self._usual_overflow = usual
            if not self._is_begun:
                self._overflow_of_new = usual
                self._check_overflow(usual)

    # What happens

    def on_session_event(self, event: SessionEvent) -> None:
        """On the main thread."""
        if isinstance(event, ConversationChanged):
            self._on_changed(event.conversation)
        elif isinstance(event, ConversationBranched | TemporaryStarted):
            if isinstance(event, TemporaryStarted) and self._takes_typed:
                self._takes_typed = False
                if self._pane.conversation_id is None:
                    self._pane.take_typed(event.conversation.id)
            self.open(event.conversation.id)
        elif isinstance(event, AnswerStarted | AnswerEnded | BranchChanged):
            self._enable_actions()

    def _on_shown(self, conversation: Conversation) -> None:
        self._mark(conversation.id)
        self._show(conversation)

    def _on_open_failed(self) -> None:
        shown = self._pane.conversation
        self._mark(shown.id if shown is not None else None)
        if shown is not None:
            self._show(shown)
        else:
            self._models.use_default()
            self._show_title(None)
        self._panel.reload()

    def _on_refreshed(self, conversation: Conversation) -> None:
        if conversation.deleted_at is None:
            self._show(conversation)
        else:
            self.show_new()
            self._toast.show_text(self.tr("This conversation was moved to the Trash elsewhere."))

    def _lead_to(self, interrupted: list[Message]) -> None:
        if interrupted:
            last = interrupted[-1]
            self._toast.show_text(
                self.tr("%Ln answer(s) interrupted when Chatapp ended", "", len(interrupted)),
                self.tr("Show"),
                lambda: self.open(last.conversation_id, last.id),
            )

    def _on_started(self, conversation: Conversation) -> None:
        self._mark(conversation.id)
        if self._overflow_of_new is not conversation.overflow:
            self._panel.set_overflow(conversation.id, self._overflow_of_new)
        self._show_title(conversation)
        model = self._pane.model
        if model is not None and model.path != conversation.model_path:
            # Chosen after the message was sent, before there was a conversation to keep it.
            self._panel.set_model(conversation.id, model.path)

    def _on_changed(self, conversation: Conversation) -> None:
        if self._pane.conversation_id == conversation.id:
            self._pane.update_conversation(conversation)
            self._show(conversation)

    def _on_left(self, conversation_id: int) -> None:
        if self._pane.conversation_id == conversation_id:
            self.show_new()

    def _on_page_shown(self) -> None:
        shows_chat = self._pages.shows_chat
        self._panel.sidebar.set_models_open(is_open=self._pages.shows_models)
        self._mark(self._pane.conversation_id)
        self._enable_actions()
        if not shows_chat:
            self._layout.drawer.close_drawer()

    # Inside

    def _mark(self, conversation_id: int | None) -> None:
        """In the list, unless it is not seen beside it."""
        self._panel.set_current(conversation_id if self._pages.shows_chat else None)

    def _show(self, conversation: Conversation) -> None:
        self._models.use_of(conversation)
        self._show_title(conversation)

    def _show_title(self, conversation: Conversation | None) -> None:
        title = " ".join(conversation.title.split()) if conversation is not None else ""
        is_temporary = conversation is not None and conversation.is_temporary
        self._top_bar.set_conversation(
            conversation.id if conversation is not None else None, title, temporary=is_temporary
        )
        self.titled.emit(title)
        self._is_begun = conversation is not None
        self._is_temporary = is_temporary
        self._enable_actions()
        actions = self._actions
        actions.pin.setChecked(conversation is not None and conversation.pinned)
        actions.archive.setChecked(
            conversation is not None and conversation.archived_at is not None
        )
        if conversation is not None:
            policy = conversation.overflow
        else:
            policy = self._overflow_of_new = self._usual_overflow
        self._check_overflow(policy)

    def _check_overflow(self, policy: OverflowPolicy) -> None:
        for action in self._actions.overflow.actions():
            action.setChecked(action.data() == str(policy))

    def _enable_actions(self) -> None:
        """What would do nothing can't be chosen. Keys that mean the conversation need it seen."""
        actions, pane = self._actions, self._pane
        is_seen = self._pages.shows_chat
        is_begun = is_seen and self._is_begun
        last = pane.last_answer if is_begun else None
        is_written = last is not None and last.status is not MessageStatus.GENERATING
        is_idle = pane.asking.is_idle and pane.model is not None
        actions.stop.is_offered = is_seen and not pane.asking.is_idle
        for action, is_enabled in (
            (actions.find, is_begun or self._pages.shows_models),
            (actions.find_next, is_begun),
            (actions.find_previous, is_begun),
            (actions.rename, is_begun),
            (actions.pin, is_begun),
            (actions.duplicate, is_begun),
            (actions.archive, is_begun and not self._is_temporary),
            (actions.trash, is_begun),
            (actions.branches, is_begun or actions.branches.isChecked()),
            (actions.retry, is_written and is_idle),
            (actions.continue_answer, last is not None and can_continue(last) and is_idle),
            (actions.previous_version, is_written and last is not None and last.version > 1),
            (
                actions.next_version,
                is_written and last is not None and last.version < last.versions,
            ),
            (actions.copy_answer, last is not None or (is_begun and pane.transcript.has_selection)),
            (actions.copy_code, is_begun),
            (actions.edit_answer, is_written),
            (actions.branch_off, last is not None),
            (actions.like, is_written),
            (actions.dislike, is_written),
            (actions.details, last is not None),
        ):
            action.setEnabled(is_enabled)
        self.enabled.emit()


def _overflow_of(settings: Settings) -> OverflowPolicy:
    try:
        return OverflowPolicy(settings.overflow)
    except ValueError:
        return OverflowPolicy.STOP
