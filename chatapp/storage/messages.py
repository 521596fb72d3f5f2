"""The messages of conversations: reading them, writing an answer, judging.

Where a message stands in the tree and which branch is shown is decided in `conversations`.
"""

from __future__ import annotations

import hashlib
import json
import time
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter, itemgetter

from chatapp.domain.conversation import (
    Attachment,
    Message,
    MessageStatus,
    Rating,
    Role,
    ToolCallRecord,
)
from chatapp.domain.generation import Origin
from chatapp.errors import (
    AnswerNotLast,
    ConversationMissing,
    ErrorRecord,
)
from chatapp.storage.database import Database, Row, Value
from chatapp.storage.records import (
    MESSAGE_COLUMNS,
    from_calls,
    from_error,
    from_origin,
    to_attachment,
    to_message,
    to_rating,
)
from chatapp.storage.tree import Tree
from chatapp.storage.writer import Writer

# Where `MESSAGE_COLUMNS` has them.
_ID = itemgetter(0)
_PARENT, _ROLE, _PINNED, _WINDOW_START = 2, 3, 13, 14


class Messages:
    """The messages of one database; see `Conversations`, which adds the conversations.

    A message that was deleted is not shown and not counted among the versions, but it can be
    restored and messages may follow it. Only `message` still finds it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tree = Tree(database)

    # Reading

    def message(self, message_id: int) -> Message:
        """The message as it is stored now, deleted or not."""
        messages = self._messages([message_id], deleted=True)
        if not messages:
            raise ConversationMissing(None)
        return messages[0]

    def branch(self, conversation_id: int) -> list[Message]:
        """The messages that are shown: from the first one to the tip.

        A summary comes after the last message that it stands for.
        """
        rows = self._database.execute(
            f"""
            WITH RECURSIVE shown (id) AS (
                SELECT tip_id FROM conversations WHERE id = ?
                UNION ALL
                -- A parent is older: not even damage makes this run in a circle.
                SELECT parent_id FROM shown JOIN messages USING (id) WHERE parent_id < id
            )
            SELECT {MESSAGE_COLUMNS}
            FROM shown CROSS JOIN messages USING (id) WHERE deleted_at IS NULL
            """,  # noqa: S608 - a constant
            (conversation_id,),
        )
        rows.sort(key=_ID)
        summaries = self._summaries(conversation_id)
        if summaries:
            # What stands for a message may have outlived it.
            path = set(self._tree.shown(conversation_id))
            summaries = {after: row for after, row in summaries.items() if after in path}
        # Where the last answer's window begins, and what its summary stands for.
        answers = (row for row in reversed(rows) if row[_ROLE] == Role.ASSISTANT)
        start = next((row[_WINDOW_START] for row in answers), None) or 0
        last = max(summaries, default=0)
        start = max(start, last + 1)
        messages = self._complete(rows, self._all_versions(conversation_id), start)
        for after in sorted(summaries, reverse=True):
            place = bisect_right(messages, after, key=attrgetter("id"))
            summary = to_message(summaries[after], left_window=after < last)
            messages.insert(place, self._complete_one(summary))
        return messages

    def children(self, message_id: int | None, conversation_id: int) -> list[Message]:
        """The versions of what follows a message, oldest first; None asks for the beginnings."""
        rows = self._database.execute(
            """
            SELECT id FROM messages
            WHERE conversation_id = ? AND parent_id IS ? AND role <> 'summary'
            """,
            (conversation_id, message_id),
        )
        return self._messages([id_ for (id_,) in rows])

    # Judging

    def rate(self, message_id: int, rating: Rating | None) -> Message:
        """Keep what a person thinks of a message; None takes it back.

        A rating without a time is of now.
        """
        with self._database.transaction():
            self._tree.parent(message_id)
            if rating is None:
                self._database.execute("DELETE FROM ratings WHERE message_id = ?", (message_id,))
            else:
                self._database.execute(
                    """
                    INSERT OR REPLACE INTO ratings (
                        message_id, opinion, note, correction, created_at
                    ) VALUES (?, ?, ?, ?, ?)
                    """,
                    (
                        message_id,
                        rating.opinion,
                        rating.note,
                        rating.correction,
                        rating.created_at or time.time(),
                    ),
                )
            return self.message(message_id)

    # Writing an answer

    def resume_answer(self, message_id: int) -> Message:
        """This process is going to write more of an answer that had ended.

        Raises `AnswerNotLast` when it is not the last message that is shown: what follows was said
        to the answer as it is. Raises `MessageDeleted` when the question to it was.
        """
        writer = Writer.this_process()
        with self._database.transaction():
            conversation_id, parent_id = self._tree.parent(message_id)
            self._tree.require(message_id)
            shown = self._tree.undeleted(self._tree.shown(conversation_id))
            if not shown or shown[-1] != message_id:
                raise AnswerNotLast
            if parent_id is not None:
                self._tree.require(parent_id)
            self._database.execute(
                """
                UPDATE messages SET status = ?, error_kind = NULL, error_values = NULL,
                    writer_pid = ?, writer_started = ?
                WHERE id = ?
                """,
                (MessageStatus.GENERATING, writer.pid, writer.started, message_id),
            )
            return self.message(message_id)

    def save_partial(
        self,
        message_id: int,
        text: str,
        reasoning: str = "",
        calls: Sequence[ToolCallRecord] = (),
    ) -> None:
        """Keep what there is of an answer. Cheap: neither the index nor the conversation change."""
        self._change_message(
            "UPDATE messages SET text = ?, reasoning = ?, calls = ? WHERE id = ? RETURNING id",
            text,
            reasoning,
            from_calls(calls),
            message_id,
        )

    def end_answer(
        self,
        message_id: int,
        *,
        text: str,
        status: MessageStatus,
        origin: Origin | None,
        error: ErrorRecord | None = None,
        reasoning: str = "",
        calls: Sequence[ToolCallRecord] = (),
    ) -> Message:
        """Nobody writes this answer any more; from now on its text can be found."""
        with self._database.transaction():
            self._database.execute(
                """
                UPDATE messages SET text = ?, status = ?, origin = ?, error_kind = ?,
                    error_values = ?, reasoning = ?, calls = ?, writer_pid = NULL,
                    writer_started = NULL
                WHERE id = ?
                """,
                (
                    text,
                    status,
                    from_origin(origin),
                    *from_error(error),
                    reasoning,
                    from_calls(calls),
                    message_id,
                ),
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

    def _append(
        self,
        conversation_id: int,
        parent_id: int | None,
        role: Role,
        text: str = "",
        *,
        origin: Origin | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Message:
        """Add a message, unfinished when it has an origin, and make it the tip."""
        if parent_id is not None and self._tree.parent(parent_id)[0] != conversation_id:
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
        for attachment in attachments:
            self._attach(message_id, attachment, now)
        self._database.execute(
            "UPDATE conversations SET tip_id = ?, updated_at = ? WHERE id = ?",
            (message_id, now, conversation_id),
        )
        return self.message(message_id)

    def _attach(self, message_id: int, attachment: Attachment, now: float) -> None:
        self._database.execute(
            """
            INSERT INTO attachments (
                message_id, name, media_type, size, sha256, created_at, content
            ) VALUES (?, ?, ?, ?, ?, ?, CAST(? AS BLOB))
            """,
            (
                message_id,
                attachment.name,
                attachment.media_type,
                attachment.size,
                hashlib.sha256(attachment.text.encode(errors="replace")).hexdigest(),
                now,
                attachment.text,
            ),
        )

    def _change_message(self, sql: str, *values: Value) -> None:
        if not self._database.execute(sql, values):
            raise ConversationMissing(None)

    def _messages(self, ids: Sequence[int], *, deleted: bool = False) -> list[Message]:
        """These messages as far as they are still there, oldest first."""
        rows = self._database.execute(
            f"""
            SELECT {MESSAGE_COLUMNS}
            FROM messages
            WHERE id IN (SELECT value FROM json_each(?)) AND (deleted_at IS NULL OR ?)
            """,  # noqa: S608 - a constant
            (json.dumps(ids), deleted),
        )
        places = [tuple(row[1:4]) for row in rows if row[_ROLE] != Role.SUMMARY]
        return self._complete(rows, self._versions(places))

    def _summaries(self, conversation_id: int) -> dict[int, Row]:
        """The latest of each place, by the id of the last message that it stands for."""
        rows = self._database.execute(
            f"""
            SELECT {MESSAGE_COLUMNS} FROM messages
            WHERE conversation_id = ? AND role = 'summary' AND deleted_at IS NULL ORDER BY id
            """,  # noqa: S608 - a constant
            (conversation_id,),
        )
        return {row[_PARENT]: row for row in rows if row[_PARENT] is not None}

    def _complete_one(self, message: Message) -> Message:
        rating = self._ratings({message.id: None}).get(message.id)
        return message if rating is None else replace(message, rating=rating)

    def _complete(
        self, rows: list[Row], versions: Iterable[Sequence[int]], window_start: int = 0
    ) -> list[Message]:
        """The messages, oldest first, with what belongs to them.

        `versions` are the ids at every place that has several. What is older than `window_start`
        has left the window unless it is pinned.
        """
        rows.sort(key=_ID)
        messages = {
            row[0]: to_message(row, left_window=row[0] < window_start and not row[_PINNED])
            for row in rows
        }
        # In a long conversation almost all have nothing of this.
        for id_, attachments in self._attachments(messages).items():
            messages[id_] = replace(messages[id_], attachments=attachments)
        for id_, rating in self._ratings(messages).items():
            messages[id_] = replace(messages[id_], rating=rating)
        for ids in versions:
            for version, id_ in enumerate(ids, 1):
                if id_ in messages:
                    messages[id_] = replace(messages[id_], version=version, versions=len(ids))
        return list(messages.values())

    def _versions(self, places: Iterable[tuple[int, int | None, str]]) -> Iterator[list[int]]:
        """What versions have in common is their conversation, their parent and their role."""
        for place in set(places):
            rows = self._database.execute(
                """
                SELECT id FROM messages
                WHERE conversation_id = ? AND parent_id IS ? AND role = ? AND deleted_at IS NULL
                """,
                place,
            )
            yield sorted(id_ for (id_,) in rows)

    def _all_versions(self, conversation_id: int) -> Iterator[list[int]]:
        """Of a whole conversation, in one query."""
        rows = self._database.execute(
            """
            SELECT json_group_array(id) FROM messages
            WHERE conversation_id = ? AND deleted_at IS NULL AND role <> 'summary'
            GROUP BY parent_id, role HAVING count(*) > 1
            """,
            (conversation_id,),
        )
        return (sorted(json.loads(ids)) for (ids,) in rows)

    def _attachments(self, wanted: Collection[int]) -> dict[int, tuple[Attachment, ...]]:
        # Most conversations have none, and the index alone says so.
        found = [
            id_
            for id_, message_id in self._database.execute(
                "SELECT id, message_id FROM attachments WHERE message_id BETWEEN ? AND ?",
                (min(wanted, default=0), max(wanted, default=0)),
            )
            if message_id in wanted
        ]
        attachments: dict[int, tuple[Attachment, ...]] = {}
        if found:
            rows = self._database.execute(
                """
                SELECT message_id, name, media_type, size, content FROM attachments
                WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
                """,
                (json.dumps(found),),
            )
            for message_id, *row in rows:
                attachment = to_attachment(tuple(row))
                attachments[message_id] = (*attachments.get(message_id, ()), attachment)
        return attachments

    def _ratings(self, wanted: Collection[int]) -> dict[int, Rating]:
        rows = self._database.execute(
            """
            SELECT message_id, opinion, note, correction, created_at FROM ratings
            WHERE message_id BETWEEN ? AND ?
            """,
            (min(wanted, default=0), max(wanted, default=0)),
        )
        return {row[0]: to_rating(row[1:]) for row in rows if row[0] in wanted}
