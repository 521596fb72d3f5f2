"""Conversations that are made of others: a branch by itself, or all of it once more."""

from __future__ import annotations

import json
import time

from chatapp.domain.conversation import Conversation, MessageStatus, TitleSource
from chatapp.domain.generation import NO_CHOICE, ParameterChoice
from chatapp.storage.filing import Filing
from chatapp.storage.records import from_choice


class Copying(Filing):
    """New conversations and copies of old ones; see `Conversations`."""

    def branch_off(self, message_id: int) -> Conversation:
        """Make a new conversation of copies of the messages that lead to this one, with it.

        An answer that is being written is copied as if it were stopped now.
        """
        with self._database.transaction():
            conversation = self.get(self._tree.parent(message_id)[0])
            self._tree.require(message_id)
            new_id = self._insert_like(conversation, conversation.title)
            copies: dict[int, int] = {}
            summary_copies: dict[int, int] = {}
            copy_id = None
            summaries = self._summaries(conversation.id)
            path = self._tree.above(self._tree.place(message_id))
            kept = set(self._tree.undeleted(path))
            for id_ in path:
                if id_ in kept:
                    copy_id = copies[id_] = self._copy(id_, new_id, copy_id)
                if id_ in summaries and copy_id is not None:
                    summary_id = summaries[id_][0]
                    summary_copies[summary_id] = self._copy(summary_id, new_id, copy_id)
            self._copy_windows(copies)
            self._copy_what_belongs(copies | summary_copies)
            if copy_id is not None:
                self._set_tip(new_id, copy_id)
            return self.get(new_id)

    def duplicate(self, conversation_id: int, title: str) -> Conversation:
        """Make another conversation of copies of all that is in this one, on every branch.

        It is in the same folder, with the same tags, under a title of its own.
        """
        with self._database.transaction():
            conversation = self.get(conversation_id)
            new_id = self._insert_like(conversation, title)
            copies: dict[int | None, int | None] = {None: None}
            rows = self._database.execute(
                """
                SELECT id, parent_id, deleted_at IS NOT NULL FROM messages
                WHERE conversation_id = ? ORDER BY id
                """,
                (conversation_id,),
            )
            for id_, parent_id, is_deleted in rows:
                copied_parent = copies.get(parent_id)
                # What follows a deleted message follows the one before it.
                copies[id_] = (
                    copied_parent if is_deleted else self._copy(id_, new_id, copied_parent)
                )
            kept = {
                id_: copy
                for id_, _, is_deleted in rows
                if not is_deleted and (copy := copies[id_]) is not None
            }
            self._copy_windows(kept)
            self._copy_what_belongs(kept)
            tip_id = copies.get(conversation.tip_id)
            if tip_id is not None:
                self._set_tip(new_id, tip_id)
            return self.get(new_id)

    # Parts of a transaction

    def _insert(
        self,
        title: str,
        source: TitleSource,
        model_path: str | None,
        system_prompt: str,
        *,
        assistant: str = "",
        choice: ParameterChoice = NO_CHOICE,
        folder_id: int | None = None,
    ) -> int:
        now = time.time()
        ((conversation_id,),) = self._database.execute(
            """
            INSERT INTO conversations (
                title, title_source, created_at, updated_at, model_path, system_prompt, assistant,
                parameters, folder_id
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """,
            (
                title,
                source,
                now,
                now,
                model_path,
                system_prompt,
                assistant,
                from_choice(choice),
                folder_id,
            ),
        )
        return int(conversation_id)

    def _insert_like(self, other: Conversation, title: str) -> int:
        new_id = self._insert(
            title,
            other.title_source if title == other.title else TitleSource.USER,
            other.model_path,
            other.system_prompt,
            assistant=other.assistant,
            choice=other.parameters,
            folder_id=other.folder_id,
        )
        self._database.execute(
            "UPDATE conversations SET overflow = ? WHERE id = ?", (other.overflow, new_id)
        )
        for tag in other.tags:
            self._add_tag([new_id], tag)
        return new_id

    def _copy(self, message_id: int, conversation_id: int, parent_id: int | None) -> int:
        ((copy_id,),) = self._database.execute(
            """
            INSERT INTO messages (
                conversation_id, parent_id, role, status, created_at, error_kind, error_values,
                origin, text, is_edited, reasoning, calls, pinned
            )
            SELECT ?, ?, role, CASE status WHEN ? THEN ? ELSE status END, created_at, error_kind,
                error_values, origin, text, is_edited, reasoning, calls, pinned
            FROM messages WHERE id = ? RETURNING id
            """,
            (
                conversation_id,
                parent_id,
                MessageStatus.GENERATING,
                MessageStatus.STOPPED,
                message_id,
            ),
        )
        return int(copy_id)

    def _copy_what_belongs(self, copies: dict[int, int]) -> None:
        """The attachments and ratings of messages, whose ids lead to those of their copies."""
        for sql in (
            """
            INSERT INTO attachments (
                message_id, name, media_type, size, sha256, created_at, content
            )
            SELECT copies.value, name, media_type, size, sha256, created_at, content
            FROM json_each(?) AS copies CROSS JOIN attachments ON message_id = CAST(key AS INTEGER)
            ORDER BY attachments.id
            """,
            """
            INSERT INTO ratings (message_id, opinion, created_at, note, correction)
            SELECT copies.value, opinion, created_at, note, correction
            FROM json_each(?) AS copies CROSS JOIN ratings ON message_id = CAST(key AS INTEGER)
            """,
        ):
            self._database.execute(sql, (json.dumps(copies),))

    def _set_tip(self, conversation_id: int, message_id: int) -> None:
        self._database.execute(
            "UPDATE conversations SET tip_id = ? WHERE id = ?", (message_id, conversation_id)
        )
