"""How the messages of a conversation hang together, whether deleted or not."""

from __future__ import annotations

import json
from collections.abc import Collection

from chatapp.errors import ConversationMissing, MessageDeleted
from chatapp.storage.database import Database


class Tree:
    """Ways through the trees of messages. All answers are ids; a parent is older than its child."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def parent(self, message_id: int) -> tuple[int, int | None]:
        """The conversation of a message and its parent. Raises `ConversationMissing`."""
        rows = self._database.execute(
            "SELECT conversation_id, parent_id FROM messages WHERE id = ?", (message_id,)
        )
        if not rows:
            raise ConversationMissing(None)
        ((conversation_id, parent_id),) = rows
        return conversation_id, parent_id

    def shown(self, conversation_id: int) -> list[int]:
        """From the first message to the tip."""
        rows = self._database.execute(
            "SELECT tip_id FROM conversations WHERE id = ? AND tip_id IS NOT NULL",
            (conversation_id,),
        )
        return self.above(rows[0][0]) if rows else []

    def tip(self, conversation_id: int) -> int | None:
        """The last message shown; None where none is, or a damaged one of others.

        Raises `ConversationMissing`.
        """
        rows = self._database.execute(
            """
            SELECT messages.id FROM conversations LEFT JOIN messages
                ON messages.id = tip_id AND messages.conversation_id = conversations.id
            WHERE conversations.id = ?
            """,
            (conversation_id,),
        )
        if not rows:
            raise ConversationMissing(conversation_id)
        tip: int | None = rows[0][0]
        return tip

    def place(self, message_id: int) -> int:
        """The message itself; of a summary, which is no part of the way, the one before it."""
        rows = self._database.execute(
            "SELECT parent_id FROM messages WHERE id = ? AND role = 'summary'", (message_id,)
        )
        return rows[0][0] if rows and rows[0][0] is not None else message_id

    def above(self, message_id: int, first_id: int = 0) -> list[int]:
        """All that lead to a message, and the message; from `first_id` on."""
        rows = self._database.execute(
            """
            WITH RECURSIVE above (id) AS (
                SELECT ?
                UNION ALL
                -- Not even damage makes this run in a circle.
                SELECT parent_id FROM above JOIN messages USING (id)
                WHERE parent_id < id AND parent_id >= ?
            )
            SELECT id FROM above
            """,
            (message_id, first_id),
        )
        return [id_ for (id_,) in reversed(rows)]

    def below(self, message_id: int) -> set[int]:
        """The message and all that follow it on any branch, without summaries."""
        rows = self._database.execute(
            """
            WITH RECURSIVE below (id) AS (
                SELECT ?
                UNION
                SELECT messages.id FROM below JOIN messages ON parent_id = below.id
                WHERE role <> 'summary'
            )
            SELECT id FROM below
            """,
            (message_id,),
        )
        return {id_ for (id_,) in rows}

    def latest(self, conversation_id: int) -> int | None:
        """The newest message that is not deleted."""
        ((latest,),) = self._database.execute(
            """
            SELECT max(id) FROM messages
            WHERE conversation_id = ? AND deleted_at IS NULL AND role <> 'summary'
            """,
            (conversation_id,),
        )
        return None if latest is None else int(latest)

    def undeleted(self, ids: Collection[int]) -> list[int]:
        """Those that are not deleted, the oldest first."""
        rows = self._database.execute(
            """
            SELECT id FROM messages
            WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL ORDER BY id
            """,
            (json.dumps(list(ids)),),
        )
        return [id_ for (id_,) in rows]

    def require(self, message_id: int) -> None:
        """Raise `MessageDeleted` when it is."""
        if not self.undeleted([message_id]):
            raise MessageDeleted
