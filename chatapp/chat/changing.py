"""What a person changes of what was said: another wording, another version, a copy, a judgement."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chatapp.chat.answers import Answers
from chatapp.chat.events import (
    ActionFailed,
    BranchChanged,
    ConversationBranched,
    ConversationChanged,
    MessageChanged,
    SendFailed,
    SessionEvent,
)
from chatapp.domain.conversation import Attachment, Conversation, Message, OverflowPolicy, Rating
from chatapp.errors import ChatappError, MessageEmpty
from chatapp.jobs import Jobs
from chatapp.storage.temporary import AllConversations

Listener = Callable[[SessionEvent], None]


class Changing:
    """The part of a `Session` that asks the model nothing; see there."""

    _answers: Answers

    def __init__(self, conversations: AllConversations, jobs: Jobs) -> None:
        self._conversations = conversations
        self._jobs = jobs
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with every event, in the thread where it happens."""
        self._listeners.append(listener)

    # Messages

    def edit_answer(self, message_id: int, text: str) -> None:
        """Put a person's words beside an answer, as the version that is shown from now on.

        A summary is changed in the same way: what the model reads of it is what it says.
        """

        def edit() -> None:
            require_content(text)
            edited = self._conversations.edit_answer(message_id, text)
            self._tell_branch(self._conversations.get(edited.conversation_id))

        self._act(message_id, edit)

    def show_version(self, message_id: int) -> None:
        """Show the branch in which this message stands, in its newest continuation."""
        self._show(message_id, self._conversations.bring_up)

    def delete_message(self, message_id: int) -> None:
        """Delete one message, but so that it can be restored; an answer is stopped first."""
        self._answers.stop(message_id)
        self._show(message_id, self._conversations.delete_message)

    def restore_message(self, message_id: int) -> None:
        """Take back that a message was deleted, and show it."""
        self._show(message_id, self._conversations.restore_message)

    def rate(self, message_id: int, rating: Rating | None) -> None:
        """Keep what the person thinks of a message; None takes it back."""
        self._change(message_id, lambda: self._conversations.rate(message_id, rating))

    def pin_message(self, message_id: int, *, pinned: bool) -> None:
        """Keep a message in the model's window, whatever leaves it, or not."""
        self._change(message_id, lambda: self._conversations.pin_message(message_id, pinned=pinned))

    # Conversations

    def branch_off(self, message_id: int) -> None:
        """Make a new conversation that begins with copies of the messages up to this one."""

        def copy() -> None:
            self._answers.save_partial(message_id)
            conversation = self._conversations.branch_off(message_id)
            self._emit(ConversationChanged(conversation))
            self._emit(ConversationBranched(conversation))

        self._act(message_id, copy)

    def duplicate(self, conversation_id: int, title: str) -> None:
        """Make another conversation of copies of all that is in this one; as `branch_off` does."""

        def copy() -> None:
            running = self._answers.running(conversation_id)
            if running is not None:
                self._answers.save_partial(running)
            conversation = self._conversations.duplicate(conversation_id, title)
            self._emit(ConversationChanged(conversation))
            self._emit(ConversationBranched(conversation))

        self._act_on(conversation_id, copy)

    def set_overflow(self, conversation_id: int, policy: OverflowPolicy) -> None:
        """What happens from now on when the conversation is longer than the model can read."""

        def change() -> None:
            conversation = self._conversations.set_overflow(conversation_id, policy)
            self._emit(ConversationChanged(conversation))

        self._act_on(conversation_id, change)

    def restore_window(self, conversation_id: int) -> None:
        """Have the next answer made with all that was said, and without summaries, if it fits."""

        def restore() -> None:
            self._conversations.restore_window(conversation_id)
            self._tell_branch(self._conversations.get(conversation_id))

        self._act_on(conversation_id, restore)

    # Parts

    def _act(self, message_id: int, function: Callable[[], None]) -> None:
        def failed(error: ChatappError) -> ActionFailed:
            try:
                return ActionFailed(self._conversations.message(message_id).conversation_id, error)
            except ChatappError:
                return ActionFailed(None, error)

        self._try(function, failed)

    def _act_on(self, conversation_id: int, function: Callable[[], None]) -> None:
        self._try(function, lambda e: ActionFailed(conversation_id, e))

    def _change(self, message_id: int, change: Callable[[], Message]) -> None:
        self._act(message_id, lambda: self._emit(MessageChanged(change())))

    def _show(self, message_id: int, change: Callable[[int], Conversation]) -> None:
        self._act(message_id, lambda: self._tell_branch(change(message_id)))

    def _begin(self, function: Callable[[], None]) -> None:
        self._try(function, lambda e: SendFailed(None, "", e))

    def _try(
        self, function: Callable[[], None], failed: Callable[[ChatappError], SessionEvent]
    ) -> None:
        def attempt() -> None:
            try:
                function()
            except ChatappError as error:
                self._emit(failed(error))

        self._submit(attempt)

    def _tell_branch(self, conversation: Conversation) -> None:
        branch = self._conversations.branch(conversation.id)
        self._emit(ConversationChanged(conversation))
        self._emit(BranchChanged(conversation.id, tuple(branch)))

    def _submit(self, function: Callable[[], object]) -> None:
        self._jobs.database.run(function)

    def _emit(self, event: SessionEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)


def require_content(text: str, attachments: Sequence[Attachment] = ()) -> None:
    """Raises `MessageEmpty` when there is nothing to be said."""
    if not text.strip() and not attachments:
        raise MessageEmpty
