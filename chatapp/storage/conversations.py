"""Conversations and their trees of messages: SQL in, values of the domain out.

Every method is one transaction: what it returns is on disk.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

from chatapp.domain.conversation import Conversation, Message, MessageStatus, Role, TitleSource
from chatapp.domain.generation import Origin
from chatapp.errors import ConversationMissing, ErrorRecord
from chatapp.storage.database import Database, Value
from chatapp.storage.records import from_error, from_origin, to_conversation, to_message
from chatapp.storage.writer import Writer

_SECONDS_PER_DAY = 24 * 60 * 60


class Conversations:
    """The conversations of one database. Used on the database thread.

    A method that is given a conversation or a message which isn't there any more raises
    `ConversationMissing`; only lists of messages are just empty. Every method may raise what
    `Database` does.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Conversations

    def create(
        self,
        *,
        title: str = "",
        title_source: TitleSource = TitleSource.NONE,
        model_path: str | None = None,
        system_prompt: str = "",
    ) -> Conversation:
        """Make an empty conversation."""
        with self._database.transaction():
            conversation_id = self._insert(title, title_source, model_path, system_prompt)
            return self.get(conversation_id)

    def get(self, conversation_id: int) -> Conversation:
        """The conversation, in the trash or not."""
        rows = self._database.execute(
            """
            SELECT id, title, title_source, created_at, updated_at, tip_id, pinned, deleted_at,
                system_prompt, model_path
            FROM conversations WHERE id = ?
            """,
            (conversation_id,),
        )
        if not rows:
            raise ConversationMissing(conversation_id)
        return to_conversation(rows[0])

    def all(self, *, deleted: bool = False) -> list[Conversation]:
        """Pinned ones first, then the latest first. `deleted` lists the trash instead."""
        rows = self._database.execute(
            """
            SELECT id, title, title_source, created_at, updated_at, tip_id, pinned, deleted_at,
                system_prompt, model_path
            FROM conversations WHERE (deleted_at IS NOT NULL) = ?
            ORDER BY pinned DESC, updated_at DESC, id DESC
            """,
            (deleted,),
        )
        return [to_conversation(row) for row in rows]

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

    def set_pinned(self, conversation_id: int, *, pinned: bool) -> Conversation:
        """Keep it at the top of the list, or not."""
        return self._change(
            conversation_id, "UPDATE conversations SET pinned = ? WHERE id = ?", pinned
        )

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
            self._forget_words()

    def empty_trash(self, *, older_than_days: float = 30) -> list[int]:
        """Delete for good what was moved to the trash so long ago. Returns the ids."""
        now = time.time()
        with self._database.transaction():
            # The clock was wrong then, or is wrong now: count from now.
            self._database.execute(
                "UPDATE conversations SET deleted_at = ? WHERE deleted_at > ?", (now, now)
            )
            rows = self._database.execute(
                "DELETE FROM conversations WHERE deleted_at <= ? RETURNING id",
                (now - older_than_days * _SECONDS_PER_DAY,),
            )
            if rows:
                self._forget_words()
        return [id_ for (id_,) in rows]

    # Messages

    def message(self, message_id: int) -> Message:
        """The message as it is stored now."""
        messages = self._messages([message_id])
        if not messages:
            raise ConversationMissing(None)
        return messages[0]

    def branch(self, conversation_id: int) -> list[Message]:
        """The messages that are shown: from the first one to the tip."""
        rows = self._database.execute(
            """
            WITH RECURSIVE shown (id) AS (
                SELECT tip_id FROM conversations WHERE id = ?
                UNION ALL
                -- A parent is older: not even damage makes this run in a circle.
                SELECT parent_id FROM shown JOIN messages USING (id) WHERE parent_id < id
            )
            SELECT id FROM shown
            """,
            (conversation_id,),
        )
        return self._messages(id_ for (id_,) in rows)

    def children(self, message_id: int | None, conversation_id: int) -> list[Message]:
        """The versions of what follows a message, oldest first; None asks for the beginnings."""
        rows = self._database.execute(
            "SELECT id FROM messages WHERE conversation_id = ? AND parent_id IS ?",
            (conversation_id, message_id),
        )
        return self._messages(id_ for (id_,) in rows)

    def bring_up(self, message_id: int) -> Conversation:
        """Make the branch shown in which this message stands, in its newest continuation.

        Nothing changes when the message is shown already.
        """
        with self._database.transaction():
            conversation = self.get(self.message(message_id).conversation_id)
            below = {
                int(id_)
                for (id_,) in self._database.execute(
                    """
                    WITH RECURSIVE below (id) AS (
                        SELECT ?
                        UNION
                        SELECT messages.id FROM below JOIN messages ON parent_id = below.id
                    )
                    SELECT id FROM below
                    """,
                    (message_id,),
                )
            }
            if conversation.tip_id in below:
                return conversation
            # A continuation is younger than what it continues.
            self._database.execute(
                "UPDATE conversations SET tip_id = ? WHERE id = ?", (max(below), conversation.id)
            )
            return self.get(conversation.id)

    def add_message(
        self, conversation_id: int, *, role: Role, text: str, parent_id: int | None
    ) -> Message:
        """Add a complete message, which becomes the tip."""
        with self._database.transaction():
            self.get(conversation_id)
            return self._append(conversation_id, parent_id, role, text)

    def begin_answer(self, conversation_id: int, *, parent_id: int, origin: Origin) -> Message:
        """Add an empty answer that this process is going to write. It becomes the tip."""
        with self._database.transaction():
            self.get(conversation_id)
            return self._append(conversation_id, parent_id, Role.ASSISTANT, origin=origin)

    def begin_exchange(
        self,
        conversation_id: int | None,
        text: str,
        *,
        origin: Origin,
        model_path: str | None,
        system_prompt: str = "",
    ) -> tuple[Conversation, Message, Message]:
        """Add a question and its empty answer after the tip, all or nothing.

        Without an id it begins a new conversation, with this model and system prompt.
        """
        with self._database.transaction():
            if conversation_id is None:
                conversation_id = self._insert("", TitleSource.NONE, model_path, system_prompt)
            tip_id = self.get(conversation_id).tip_id
            question = self._append(conversation_id, tip_id, Role.USER, text)
            answer = self._append(conversation_id, question.id, Role.ASSISTANT, origin=origin)
            return self.get(conversation_id), question, answer

    def resume_answer(self, message_id: int) -> Message:
        """This process is going to write more of an answer that had ended."""
        writer = Writer.this_process()
        with self._database.transaction():
            self._database.execute(
                """
                UPDATE messages SET status = ?, error_kind = NULL, error_values = NULL,
                    writer_pid = ?, writer_started = ?
                WHERE id = ?
                """,
                (MessageStatus.GENERATING, writer.pid, writer.started, message_id),
            )
            return self.message(message_id)

    def save_partial(self, message_id: int, text: str) -> None:
        """Keep what there is of an answer. Cheap: neither the index nor the conversation change."""
        self._change_message(
            "UPDATE messages SET text = ? WHERE id = ? RETURNING id", text, message_id
        )

    def end_answer(
        self,
        message_id: int,
        *,
        text: str,
        status: MessageStatus,
        origin: Origin | None,
        error: ErrorRecord | None = None,
    ) -> Message:
        """Nobody writes this answer any more; from now on it can be found."""
        with self._database.transaction():
            self._database.execute(
                """
                UPDATE messages SET text = ?, status = ?, origin = ?, error_kind = ?,
                    error_values = ?, writer_pid = NULL, writer_started = NULL
                WHERE id = ?
                """,
                (text, status, from_origin(origin), *from_error(error), message_id),
            )
            message = self.message(message_id)
            self._database.execute(
                "UPDATE conversations SET updated_at = ? WHERE id = ?",
                (time.time(), message.conversation_id),
            )
            return message

    def set_model_sha256(self, message_id: int, sha256: str) -> None:
        """Add the content hash of the model to an answer's origin, when it is known at last."""
        self._change_message(
            """
            UPDATE messages SET origin = json_set(origin, '$.model_sha256', ?) WHERE id = ?
            RETURNING id
            """,
            sha256,
            message_id,
        )

    def recover_interrupted(self) -> list[Message]:
        """Answers whose writer has died become interrupted. Returns them."""
        with self._database.transaction():
            rows = self._database.execute(
                "SELECT id, writer_pid, writer_started FROM messages WHERE status = 'generating'"
            )
            orphans = [
                id_
                for id_, pid, started in rows
                if pid is None or started is None or not Writer(pid, started).is_alive()
            ]
            for message_id in orphans:
                self._database.execute(
                    """
                    UPDATE messages SET status = ?, writer_pid = NULL, writer_started = NULL
                    WHERE id = ?
                    """,
                    (MessageStatus.INTERRUPTED, message_id),
                )
            return self._messages(orphans)

    # Parts of a transaction

    def _insert(
        self, title: str, source: TitleSource, model_path: str | None, system_prompt: str
    ) -> int:
        now = time.time()
        ((conversation_id,),) = self._database.execute(
            """
            INSERT INTO conversations (
                title, title_source, created_at, updated_at, model_path, system_prompt
            ) VALUES (?, ?, ?, ?, ?, ?) RETURNING id
            """,
            (title, source, now, now, model_path, system_prompt),
        )
        return int(conversation_id)

    def _append(
        self,
        conversation_id: int,
        parent_id: int | None,
        role: Role,
        text: str = "",
        *,
        origin: Origin | None = None,
    ) -> Message:
        """Add a message, unfinished when it has an origin, and make it the tip."""
        if parent_id is not None and self.message(parent_id).conversation_id != conversation_id:
            raise ValueError("the parent belongs to another conversation")
        now = time.time()
        writer = None if origin is None else Writer.this_process()
        ((message_id,),) = self._database.execute(
            """
            INSERT INTO messages (
                conversation_id, parent_id, role, text, status, created_at, origin, writer_pid,
                writer_started
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """,
            (
                conversation_id,
                parent_id,
                role,
                text,
                MessageStatus.COMPLETE if writer is None else MessageStatus.GENERATING,
                now,
                from_origin(origin),
                None if writer is None else writer.pid,
                None if writer is None else writer.started,
            ),
        )
        self._database.execute(
            "UPDATE conversations SET tip_id = ?, updated_at = ? WHERE id = ?",
            (message_id, now, conversation_id),
        )
        return self.message(message_id)

    def _change(self, conversation_id: int, sql: str, *values: Value) -> Conversation:
        """Update a conversation; its id is bound after the values."""
        with self._database.transaction():
            self._database.execute(sql, (*values, conversation_id))
            return self.get(conversation_id)

    def _change_message(self, sql: str, *values: Value) -> None:
        if not self._database.execute(sql, values):
            raise ConversationMissing(None)

    def _messages(self, ids: Iterable[int]) -> list[Message]:
        """These messages as far as they are still there, oldest first."""
        rows = self._database.execute(
            """
            SELECT id, conversation_id, parent_id, role, text, status, created_at, origin,
                error_kind, error_values
            FROM messages WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
            """,
            (json.dumps(list(ids)),),
        )
        return [to_message(row) for row in rows]

    def _forget_words(self) -> None:
        """Remove deleted words from the indexes too, which otherwise only mark them as deleted."""
        self._database.execute("INSERT INTO title_index (title_index) VALUES ('optimize')")
        self._database.execute("INSERT INTO message_index (message_index) VALUES ('optimize')")
