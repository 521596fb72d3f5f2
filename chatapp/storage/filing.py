"""Where conversations are kept: the list, folders, tags, the archive, the Trash.

What is done to many at once is one transaction, and leaves out those that aren't there any more.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable

from chatapp.domain.conversation import Conversation
from chatapp.domain.folder import TagCount
from chatapp.errors import ConversationMissing, FolderMissing
from chatapp.storage.database import Value
from chatapp.storage.records import CONVERSATION_COLUMNS, to_conversation
from chatapp.storage.windows import Windows


class Filing(Windows):
    """Which conversations there are, and where; see `Conversations`."""

    def get(self, conversation_id: int) -> Conversation:
        """The conversation, in the trash or not."""
        rows = self._database.execute(
            f"SELECT {CONVERSATION_COLUMNS} FROM conversations WHERE id = ?",  # noqa: S608 - a constant
            (conversation_id,),
        )
        if not rows:
            raise ConversationMissing(conversation_id)
        return to_conversation(rows[0])

    def all(self, *, deleted: bool = False, archived: bool = False) -> list[Conversation]:
        """Pinned ones first, then the latest first, without those in the archive.

        `archived` lists the archive instead, `deleted` the trash.
        """
        where = "(deleted_at IS NOT NULL) = ?"
        if not deleted:
            where += f" AND archived_at IS {'NOT NULL' if archived else 'NULL'}"
        rows = self._database.execute(
            f"""
            SELECT {CONVERSATION_COLUMNS}
            FROM conversations WHERE {where}
            ORDER BY pinned DESC, updated_at DESC, id DESC
            """,  # noqa: S608 - constants
            (deleted,),
        )
        return [to_conversation(row) for row in rows]

    def count(self, *, deleted: bool = False) -> int:
        """How many are in the archive, or in the trash."""
        where = "deleted_at IS NOT NULL" if deleted else "archived_at IS NOT NULL"
        if not deleted:
            where += " AND deleted_at IS NULL"
        ((count,),) = self._database.execute(
            f"SELECT count(*) FROM conversations WHERE {where}"  # noqa: S608 - constants
        )
        return int(count)

    def tags(self) -> list[TagCount]:
        """Every tag that a conversation outside the trash carries, in the order of the alphabet."""
        rows = self._database.execute(
            """
            SELECT tag, count(*) FROM tags JOIN conversations ON conversations.id = conversation_id
            WHERE deleted_at IS NULL GROUP BY tag
            """
        )
        return sorted((TagCount(*row) for row in rows), key=lambda found: found.tag.casefold())

    def set_tags(self, conversation_id: int, tags: Iterable[str]) -> Conversation:
        """The tags of one conversation, and no others."""
        with self._database.transaction():
            self.get(conversation_id)
            self._database.execute("DELETE FROM tags WHERE conversation_id = ?", (conversation_id,))
            for tag in tags:
                self._add_tag([conversation_id], tag)
            return self.get(conversation_id)

    # Many at once

    def tag(self, ids: Collection[int], tag: str, *, tagged: bool) -> None:
        """Put a tag on them, or take it off."""
        with self._database.transaction():
            if tagged:
                self._add_tag(ids, tag)
            else:
                self._change_all("DELETE FROM tags WHERE tag = ? AND conversation_id", ids, tag)

    def move(self, ids: Collection[int], folder_id: int | None) -> dict[int | None, list[int]]:
        """Put them into a folder, or into none. Returns in which ones they were before.

        Raises `FolderMissing`.
        """
        homes: dict[int | None, list[int]] = {}
        with self._database.transaction():
            if folder_id is not None and not self._database.execute(
                "SELECT 1 FROM folders WHERE id = ?", (folder_id,)
            ):
                raise FolderMissing(folder_id)
            for id_, home in self._database.execute(
                """
                SELECT id, folder_id FROM conversations
                WHERE id IN (SELECT value FROM json_each(?))
                """,
                (json.dumps(list(ids)),),
            ):
                homes.setdefault(home, []).append(id_)
            self._change_all("UPDATE conversations SET folder_id = ? WHERE id", ids, folder_id)
        return homes

    def pin(self, ids: Collection[int], *, pinned: bool) -> None:
        """Keep them at the top of the list, or not."""
        with self._database.transaction():
            self._change_all("UPDATE conversations SET pinned = ? WHERE id", ids, pinned)

    def archive(self, ids: Collection[int], *, archived: bool) -> None:
        """Take them out of the list without deleting them, or back."""
        with self._database.transaction():
            if archived:
                sql = "UPDATE conversations SET archived_at = coalesce(archived_at, ?) WHERE id"
                self._change_all(sql, ids, time.time())
            else:
                self._change_all("UPDATE conversations SET archived_at = ? WHERE id", ids, None)

    def move_all_to_trash(self, ids: Collection[int]) -> None:
        """Delete them, but so that they can be restored."""
        with self._database.transaction():
            sql = "UPDATE conversations SET deleted_at = coalesce(deleted_at, ?) WHERE id"
            self._change_all(sql, ids, time.time())

    def restore_all(self, ids: Collection[int]) -> None:
        """Take them out of the trash."""
        with self._database.transaction():
            self._change_all("UPDATE conversations SET deleted_at = ? WHERE id", ids, None)

    # Parts of a transaction

    def _change_all(self, sql: str, ids: Collection[int], value: Value) -> None:
        """One statement that ends with the column that the ids are in."""
        self._database.execute(
            f"{sql} IN (SELECT value FROM json_each(?))",  # noqa: S608 - a constant
            (value, json.dumps(list(ids))),
        )

    def _add_tag(self, ids: Collection[int], tag: str) -> None:
        self._database.execute(
            """
            INSERT OR IGNORE INTO tags (conversation_id, tag)
            SELECT id, ? FROM conversations WHERE id IN (SELECT value FROM json_each(?))
            """,
            (tag, json.dumps(list(ids))),
        )
