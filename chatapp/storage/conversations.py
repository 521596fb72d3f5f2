"""Conversations and their trees of messages: SQL in, values of the domain out.

Every method is one transaction: what it returns is on disk. Nothing that was said is overwritten: a
text that is changed becomes another version beside the first.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from chatapp.domain.conversation import (
    Attachment,
    Conversation,
    Draft,
    Message,
    OverflowPolicy,
    Role,
    TitleSource,
)
from chatapp.domain.generation import NO_CHOICE, Origin, ParameterChoice
from chatapp.domain.outline import OutlineEntry
from chatapp.storage.copying import Copying
from chatapp.storage.database import Database, Value
from chatapp.storage.drafts import Drafts
from chatapp.storage.outline import read_outline
from chatapp.storage.records import from_calls, from_choice
from chatapp.storage.trash import empty_trash, forget_words, let_time_pass
from chatapp.storage.waiting import WaitingQuestions

_KEPT_IN_TRASH = 30 * 24 * 60 * 60  # seconds
_NEW = 0  # the conversation that is not begun yet, among the drafts


class Conversations(Copying):
    """The conversations of one database. Used on the database thread.

    A method that is given a conversation or a message which isn't there any more raises
    `ConversationMissing`; only lists of messages are just empty. Every method may raise what
    `Database` does.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._drafts = Drafts(database)
        self._waiting = WaitingQuestions(database)

    # Conversations

    def create(
        self,
        *,
        title: str = "",
        title_source: TitleSource = TitleSource.NONE,
        model_path: str | None = None,
        system_prompt: str = "",
        assistant: str = "",
        choice: ParameterChoice = NO_CHOICE,
    ) -> Conversation:
        """Make an empty conversation."""
        with self._database.transaction():
            conversation_id = self._insert(
                title, title_source, model_path, system_prompt, assistant=assistant, choice=choice
            )
            return self.get(conversation_id)

    def rename(self, conversation_id: int, title: str) -> Conversation:
        """Give it the name that a person chose."""
        return self._change(
            conversation_id,
            "UPDATE conversations SET title = ?, title_source = ? WHERE id = ?",
            title,
            TitleSource.USER,
        )

    def suggest_title(self, conversation_id: int, title: str) -> bool:
        """Name it unless it has a name. Returns whether the name was taken."""
        rows = self._database.execute(
            """
            UPDATE conversations SET title = ?, title_source = ?
            WHERE id = ? AND title_source = ? RETURNING id
            """,
            (title, TitleSource.AUTOMATIC, conversation_id, TitleSource.NONE),
        )
        return bool(rows)

    def set_model(self, conversation_id: int, path: str | None) -> Conversation:
        """The model that answers from now on; None is the default."""
        return self._change(
            conversation_id, "UPDATE conversations SET model_path = ? WHERE id = ?", path
        )

    def set_system_prompt(self, conversation_id: int, text: str) -> Conversation:
        """What the model is told before the conversation."""
        return self._change(
            conversation_id, "UPDATE conversations SET system_prompt = ? WHERE id = ?", text
        )

    def set_overflow(self, conversation_id: int, policy: OverflowPolicy) -> Conversation:
        """What happens from now on when it is longer than the model can read."""
        return self._change(
            conversation_id, "UPDATE conversations SET overflow = ? WHERE id = ?", policy
        )

    def set_assistant(self, conversation_id: int, assistant: str) -> Conversation:
        """The id of the assistant that answers from now on; empty for none."""
        return self._change(
            conversation_id, "UPDATE conversations SET assistant = ? WHERE id = ?", assistant
        )

    def set_parameters(self, conversation_id: int, choice: ParameterChoice) -> Conversation:
        """What this conversation changes from now on of how it is answered."""
        return self._change(
            conversation_id,
            "UPDATE conversations SET parameters = ? WHERE id = ?",
            from_choice(choice),
        )

    def move_to_trash(self, conversation_id: int) -> Conversation:
        """Delete it, but so that it can be restored."""
        return self._change(
            conversation_id,
            "UPDATE conversations SET deleted_at = coalesce(deleted_at, ?) WHERE id = ?",
            time.time(),
        )

    def restore(self, conversation_id: int) -> Conversation:
        """Take it out of the trash."""
        return self._change(
            conversation_id, "UPDATE conversations SET deleted_at = NULL WHERE id = ?"
        )

    def delete(self, conversation_id: int) -> None:
        """Delete it for good, if it is still there."""
        with self._database.transaction():
            self._database.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
            forget_words(self._database)

    def empty_trash(self) -> list[int]:
        """Delete for good all that was deleted, conversations and messages.

        Returns the conversations of which something is gone.
        """
        with self._database.transaction():
            return sorted(empty_trash(self._database, before=math.inf))

    def tidy_trash(self) -> list[int]:
        """At the start: delete for good what has been in the trash for 30 days.

        Returns the conversations of which something is gone.
        """
        now = time.time()
        with self._database.transaction():
            let_time_pass(self._database, now)
            return sorted(empty_trash(self._database, before=now - _KEPT_IN_TRASH))

    # Messages

    def outline(self, conversation_id: int) -> tuple[OutlineEntry, ...]:
        """All of them, with all versions, a parent before what follows it."""
        return read_outline(self._database, conversation_id)

    def add_message(
        self, conversation_id: int, *, role: Role, text: str, parent_id: int | None
    ) -> Message:
        """Add a complete message, which becomes the tip."""
        with self._database.transaction():
            self.get(conversation_id)
            return self._append(conversation_id, parent_id, role, text)

    def begin_answer(self, conversation_id: int, *, parent_id: int, origin: Origin) -> Message:
        """Add an empty answer that this process is going to write. It becomes the tip.

        Raises `MessageDeleted` when the question was.
        """
        with self._database.transaction():
            self.get(conversation_id)
            self._tree.parent(parent_id)
            self._tree.require(parent_id)
            return self._append(conversation_id, parent_id, Role.ASSISTANT, origin=origin)

    def begin_exchange(
        self,
        conversation_id: int | None,
        text: str,
        *,
        origin: Origin,
        model_path: str | None,
        system_prompt: str = "",
        attachments: Sequence[Attachment] = (),
        assistant: str = "",
        choice: ParameterChoice = NO_CHOICE,
    ) -> tuple[Conversation, Message, Message]:
        """Add a question and its empty answer after the tip, all or nothing.

        Without an id it begins a new conversation, to which all but the attachments belongs.
        """
        with self._database.transaction():
            if conversation_id is None:
                conversation_id = self._insert(
                    "",
                    TitleSource.NONE,
                    model_path,
                    system_prompt,
                    assistant=assistant,
                    choice=choice,
                )
            tip_id = self._tree.tip(conversation_id)
            return self._exchange(conversation_id, tip_id, text, attachments, origin)

    def edit_question(
        self, message_id: int, text: str, attachments: Sequence[Attachment] = (), *, origin: Origin
    ) -> tuple[Conversation, Message, Message]:
        """Add another version of a question, with its empty answer, and show that branch."""
        with self._database.transaction():
            conversation_id, parent_id = self._tree.parent(message_id)
            return self._exchange(conversation_id, parent_id, text, attachments, origin)

    def edit_answer(self, message_id: int, text: str) -> Message:
        """Add another version of an answer, in the person's words, and make it the tip.

        What the model thought and called stays with it. Of a summary, the new one takes its place.
        """
        with self._database.transaction():
            conversation_id, parent_id = self._tree.parent(message_id)
            if self._tree.place(message_id) != message_id:
                edited_id = self._insert_summary(conversation_id, parent_id, text)
            else:
                edited_id = self._append(conversation_id, parent_id, Role.ASSISTANT, text).id
            before = self.message(message_id)
            self._database.execute(
                """
                UPDATE messages SET is_edited = 1, reasoning = ?, calls = ?, window_start = ?,
                    origin = (SELECT origin FROM messages WHERE id = ?)
                WHERE id = ?
                """,
                (
                    before.reasoning,
                    from_calls(before.calls),
                    before.window_start,
                    message_id,
                    edited_id,
                ),
            )
            return self.message(edited_id)

    def bring_up(self, message_id: int) -> Conversation:
        """Make the branch shown in which this message stands, in its newest continuation.

        Nothing changes when the message is shown already. Raises `MessageDeleted` when it was.
        """
        with self._database.transaction():
            self._tree.parent(message_id)
            self._tree.require(message_id)
            return self._bring_up(message_id)

    def delete_message(self, message_id: int) -> Conversation:
        """Delete one message, but so that it can be restored; what follows it stays.

        When nothing follows it on the branch that is shown, another one is shown as far as there is
        one: the latest that begins as this one does. Without a summary, what it stands for is read
        again.
        """
        with self._database.transaction():
            conversation_id, _ = self._tree.parent(message_id)
            if self._tree.place(message_id) != message_id:
                self._delete_summary(message_id)
                return self.get(conversation_id)
            self._database.execute(
                "UPDATE messages SET deleted_at = coalesce(deleted_at, ?) WHERE id = ?",
                (time.time(), message_id),
            )
            path = self._tree.shown(conversation_id)
            shown = self._tree.undeleted(path)
            if not shown or shown[-1] < message_id:
                latest = (
                    max(self._tree.undeleted(self._tree.below(shown[-1])))
                    if shown
                    else self._tree.latest(conversation_id)
                )
                if latest is not None and latest not in path:
                    self._set_tip(conversation_id, latest)
            return self.get(conversation_id)

    def restore_message(self, message_id: int) -> Conversation:
        """Take back that a message was deleted, and show it."""
        with self._database.transaction():
            self._tree.parent(message_id)
            self._database.execute(
                "UPDATE messages SET deleted_at = NULL WHERE id = ?", (message_id,)
            )
            return self._bring_up(message_id)

    # Drafts

    def draft(self, conversation_id: int | None) -> Draft:
        """What was typed but not sent; None asks for that of a new conversation."""
        return self._drafts.get(_NEW if conversation_id is None else conversation_id)

    def save_draft(
        self, conversation_id: int | None, text: str, attachments: Sequence[Attachment] = ()
    ) -> None:
        """Keep what is typed. A draft without words and attachments is removed."""
        with self._database.transaction():
            if conversation_id is not None:
                self.get(conversation_id)
            self._drafts.save(
                _NEW if conversation_id is None else conversation_id,
                Draft(text, tuple(attachments)),
            )

    # Waiting

    def save_waiting(self, conversation_id: int, questions: Sequence[Draft]) -> None:
        """Keep what waits there to be asked by this process, instead of what waited before."""
        with self._database.transaction():
            if questions:
                self.get(conversation_id)
            self._waiting.replace(conversation_id, questions)

    def waiting_to_drafts(self, *, own: bool) -> None:
        """Put what waits before the drafts: in this process, or else in those that have ended."""
        with self._database.transaction():
            for conversation_id, questions in self._waiting.take(own=own).items():
                drafts = [*questions, self._drafts.get(conversation_id)]
                text = "\n\n".join(draft.text for draft in drafts if draft.text.strip())
                attachments = tuple(one for draft in drafts for one in draft.attachments)
                self._drafts.save(conversation_id, Draft(text, attachments))

    # Parts of a transaction

    def _change(self, conversation_id: int, sql: str, *values: Value) -> Conversation:
        """Update a conversation; its id is bound after the values."""
        with self._database.transaction():
            self._database.execute(sql, (*values, conversation_id))
            return self.get(conversation_id)

    def _exchange(
        self,
        conversation_id: int,
        parent_id: int | None,
        text: str,
        attachments: Sequence[Attachment],
        origin: Origin,
    ) -> tuple[Conversation, Message, Message]:
        question = self._append(
            conversation_id, parent_id, Role.USER, text, attachments=attachments
        )
        answer = self._append(conversation_id, question.id, Role.ASSISTANT, origin=origin)
        return self.get(conversation_id), question, answer

    def _bring_up(self, message_id: int) -> Conversation:
        message_id = self._tree.place(message_id)
        conversation = self.get(self._tree.parent(message_id)[0])
        below = self._tree.below(message_id)
        if conversation.tip_id in below:
            return conversation
        # A continuation is younger than what it continues.
        self._set_tip(conversation.id, max(self._tree.undeleted(below), default=message_id))
        return self.get(conversation.id)
