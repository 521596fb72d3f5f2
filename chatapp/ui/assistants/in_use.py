"""Which assistant answers in the conversation that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from chatapp.domain.assistant import GENERAL, Assistant
from chatapp.errors import ChatappError

if TYPE_CHECKING:
    from chatapp.chat.assistants import Assistants
    from chatapp.domain.conversation import Conversation
    from chatapp.jobs import Jobs
    from chatapp.storage.temporary import AllConversations


class AssistantInUse(QObject):
    """Holds the choice for a conversation that is not begun yet; stores it for one that is.

    A conversation keeps the system prompt that it began with, even when its assistant is changed.

    Signals: `changed(Assistant | None)`; `stored(Conversation)` after a choice in a conversation;
    `model_wanted(str)` with the name of the model that a chosen assistant is bound to;
    `failed(ChatappError)`.
    """

    changed = Signal(object)
    stored = Signal(object)
    model_wanted = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        assistants: Assistants,
        conversations: AllConversations,
        jobs: Jobs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._assistants = assistants
        self._conversations = conversations
        self._jobs = jobs
        self._conversation_id: int | None = None
        self._chosen = GENERAL

    @property
    def current(self) -> Assistant | None:
        """The one that answers; None in a conversation without, or whose assistant was deleted."""
        return self._assistants.find(self._chosen) if self._chosen else None

    def show(self, conversation: Conversation | None) -> None:
        """Another conversation is shown, or this one changed; None is one that is not begun yet."""
        self._conversation_id = None if conversation is None else conversation.id
        self._chosen = GENERAL if conversation is None else conversation.assistant
        self.changed.emit(self.current)

    def begin(self, conversation: Conversation) -> None:
        """The new one has its id now. Who was chosen since it was sent is stored."""
        chosen = self.current
        self.show(conversation)
        if chosen is not None and chosen.id != conversation.assistant:
            self.choose(chosen)

    def refresh(self) -> None:
        """Assistants may be other than before, or speak another language."""
        self.changed.emit(self.current)

    def choose(self, assistant: Assistant) -> None:
        """Have it answer from now on."""
        self._chosen = assistant.id
        self.changed.emit(assistant)
        if assistant.model:
            self.model_wanted.emit(assistant.model)
        conversation_id = self._conversation_id
        if conversation_id is None:
            return

        def store() -> Conversation:
            self._conversations.set_system_prompt(conversation_id, assistant.system_prompt)
            return self._conversations.set_assistant(conversation_id, assistant.id)

        self._jobs.database.run(store, on_done=self.stored.emit, on_error=self._on_error)

    def _on_error(self, error: Exception) -> None:
        if not isinstance(error, ChatappError):
            raise error
        self.failed.emit(error)
