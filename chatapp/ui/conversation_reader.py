"""Reads conversations from storage in the background, to be shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chatapp.domain.conversation import MessageStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chatapp.chat.session import Session
    from chatapp.domain.conversation import Conversation, Message
    from chatapp.jobs import Jobs
    from chatapp.storage.conversations import Conversations


class ConversationReader:
    """Gives the conversation that was asked for last, never an earlier one that came late."""

    def __init__(self, conversations: Conversations, session: Session, jobs: Jobs) -> None:
        self._conversations = conversations
        self._session = session
        self._jobs = jobs
        self._reads = 0
        self._read_twice: set[int] = set()

    def read(
        self,
        conversation_id: int,
        show: Callable[[Conversation, list[Message]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Call `show` with the branch that is shown, or `failed`, on the main thread."""
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

        def on_error(error: Exception) -> None:
            if read == self._reads:
                failed(error)

        self._jobs.database.run(fetch, on_done=done, on_error=on_error)

    def drop(self) -> None:
        """Nobody waits for what is being read."""
        self._reads += 1

    def live(self, message: Message) -> Message:
        """A running answer with all of its text; storage has what was there a second ago."""
        if message.status is not MessageStatus.GENERATING:
            return message
        running = self._session.unfinished(message.id)
        if running is None:
            return message
        parts = running[0]
        return replace(message, text=parts.text, reasoning=parts.reasoning, calls=parts.calls)

    def must_read_again(self, messages: Sequence[Message]) -> bool:
        """Whether answers are unfinished that nobody here writes.

        Another program does, or they ended between the reading and now. Asked once of each.
        """
        orphans = {
            message.id
            for message in messages
            if message.status is MessageStatus.GENERATING
            and self._session.unfinished(message.id) is None
        }
        is_new = bool(orphans - self._read_twice)
        if is_new:
            self._read_twice = orphans
        return is_new
