"""What of a conversation the model reads: windows, pinned messages and summaries.

Nothing leaves the conversation. An answer knows where the window began that it was made with, and a
summary stands beside the last message that it stands for.
"""

from __future__ import annotations

import json
import time

from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.domain.generation import Origin
from chatapp.storage.messages import Messages
from chatapp.storage.records import MESSAGE_COLUMNS, from_origin, to_message


class Windows(Messages):
    """The windows of conversations; see `Conversations`.

    Reading costs as much as is read, however long the conversation is.
    """

    def path(
        self, message_id: int, *, first_id: int = 0, most: int = -1
    ) -> tuple[list[Message], bool]:
        """What leads to a message, with it, oldest first; at most so many, from `first_id` on.

        Also whether that is all from `first_id` on. Versions and ratings are not looked up.
        """
        rows = self._database.execute(
            f"""
            WITH RECURSIVE above (id) AS (
                SELECT ?
                UNION ALL
                SELECT parent_id FROM above JOIN messages USING (id)
                WHERE parent_id < id AND parent_id >= ?
                LIMIT ?
            )
            SELECT {MESSAGE_COLUMNS}, deleted_at IS NOT NULL
            FROM above CROSS JOIN messages USING (id)
            """,  # noqa: S608 - a constant
            (message_id, first_id, most),
        )
        rows.sort()
        is_all = not rows or rows[0][2] is None or rows[0][2] < first_id
        return self._complete([row[:-1] for row in rows if not row[-1]], ()), is_all

    def pinned_before(self, message_id: int, before_id: int) -> list[Message]:
        """The pinned messages that lead to a message and are older than another."""
        found = self._database.execute(
            """
            SELECT id FROM messages
            WHERE conversation_id = (SELECT conversation_id FROM messages WHERE id = ?)
                AND pinned = 1 AND id < ? AND deleted_at IS NULL
            """,
            (message_id, before_id),
        )
        if not found:
            return []
        oldest = min(id_ for (id_,) in found)
        above = set(self._tree.above(message_id, oldest))
        return self._messages([id_ for (id_,) in found if id_ in above])

    def summary_before(self, message_id: int) -> Message | None:
        """The summary of what leads to a message: the one that stands for most."""
        summaries = self._summaries(self._tree.parent(message_id)[0])
        for after in sorted(summaries, reverse=True):
            if after in self._tree.above(message_id, after):
                return to_message(summaries[after])
        return None

    def add_summary(self, after_id: int, text: str, origin: Origin | None) -> Message:
        """A summary of all up to this message takes the place of an earlier one there."""
        with self._database.transaction():
            conversation_id, _ = self._tree.parent(after_id)
            summary_id = self._insert_summary(conversation_id, after_id, text, origin)
            return self.message(summary_id)

    def set_window(self, answer_id: int, start_id: int | None) -> None:
        """Where the window begins that an answer is made with."""
        self._change_message(
            "UPDATE messages SET window_start = ? WHERE id = ? RETURNING id", start_id, answer_id
        )

    def restore_window(self, conversation_id: int) -> None:
        """The next answer is made with all that was said, as far as there is room.

        Its summaries are deleted, but so that they can be restored.
        """
        with self._database.transaction():
            self._database.execute(
                """
                UPDATE messages SET deleted_at = ?
                WHERE conversation_id = ? AND role = 'summary' AND deleted_at IS NULL
                """,
                (time.time(), conversation_id),
            )
            self._forget_windows(conversation_id)

    def pin_message(self, message_id: int, *, pinned: bool) -> Message:
        """Keep a message in the window, whatever leaves it, or not."""
        self._change_message(
            "UPDATE messages SET pinned = ? WHERE id = ? RETURNING id", pinned, message_id
        )
        return self.message(message_id)

    # Parts of a transaction

    def _insert_summary(
        self, conversation_id: int, after_id: int | None, text: str, origin: Origin | None = None
    ) -> int:
        ((summary_id,),) = self._database.execute(
            """
            INSERT INTO messages (
                conversation_id, parent_id, role, text, status, created_at, origin
            ) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id
            """,
            (
                conversation_id,
                after_id,
                Role.SUMMARY,
                text,
                MessageStatus.COMPLETE,
                time.time(),
                from_origin(origin),
            ),
        )
        return int(summary_id)

    def _delete_summary(self, summary_id: int) -> None:
        """With the versions that it took the place of, so that none of them comes back."""
        rows = self._database.execute(
            """
            UPDATE messages SET deleted_at = ?
            WHERE role = 'summary' AND deleted_at IS NULL
                AND parent_id = (SELECT parent_id FROM messages WHERE id = ?)
            RETURNING conversation_id
            """,
            (time.time(), summary_id),
        )
        for (conversation_id,) in set(rows):
            self._forget_windows(conversation_id)

    def _forget_windows(self, conversation_id: int) -> None:
        self._database.execute(
            """
            UPDATE messages SET window_start = NULL
            WHERE conversation_id = ? AND window_start IS NOT NULL
            """,
            (conversation_id,),
        )

    def _copy_windows(self, copies: dict[int, int]) -> None:
        """Where the windows of copies begin, whose originals are the keys."""
        rows = self._database.execute(
            """
            SELECT id, window_start FROM messages
            WHERE id IN (SELECT value FROM json_each(?)) AND window_start IS NOT NULL
            """,
            (json.dumps(list(copies)),),
        )
        for id_, start in rows:
            # The first message may have been deleted, and so not copied.
            first = min((copies[other] for other in copies if other >= start), default=None)
            self._database.execute(
                "UPDATE messages SET window_start = ? WHERE id = ?", (first, copies[id_])
            )
