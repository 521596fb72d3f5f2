"""What was deleted so that it can be restored, and how it goes in the end."""

from __future__ import annotations

from chatapp.storage.database import Database

_WEEK = 7 * 24 * 60 * 60.0  # seconds


def let_time_pass(database: Database, now: float) -> None:
    """Make what is in the trash older by the time since the last call, as a part of a transaction.

    The clock may be wrong, by years in either direction, and right again at the next call. So time
    that passed between two calls counts for a week at most, and never backwards.
    """
    rows = database.execute("SELECT seen_at FROM clock")
    database.execute("REPLACE INTO clock (id, seen_at) VALUES (1, ?)", (now,))
    passed = now - rows[0][0] if rows else 0.0
    uncounted = passed - min(max(passed, 0.0), _WEEK)
    for table in ("conversations", "messages"):
        if uncounted:
            database.execute(
                f"UPDATE {table} SET deleted_at = deleted_at + ? "  # noqa: S608 - two constants
                "WHERE deleted_at IS NOT NULL",
                (uncounted,),
            )
        # The clock was set while Chatapp ran: count from now.
        database.execute(
            f"UPDATE {table} SET deleted_at = ? WHERE deleted_at > ?",  # noqa: S608 - two constants
            (now, now),
        )


def empty_trash(database: Database, *, before: float) -> set[int]:
    """Delete for good the conversations and messages that were deleted until then.

    A part of a transaction. Returns the conversations of which something is gone.
    """
    rows = database.execute(
        "DELETE FROM conversations WHERE deleted_at <= ? RETURNING id", (before,)
    )
    emptied = {id_ for (id_,) in rows} | _delete_messages(database, before)
    if emptied:
        forget_words(database)
    return emptied


def forget_words(database: Database) -> None:
    """Remove deleted words from the indexes too, which otherwise only mark them as deleted."""
    database.execute("INSERT INTO title_index (title_index) VALUES ('optimize')")
    database.execute("INSERT INTO message_index (message_index) VALUES ('optimize')")


def _delete_messages(database: Database, before: float) -> set[int]:
    """A message that others follow keeps its place, without its content."""
    emptied = set()
    rows = database.execute(
        "SELECT id, conversation_id, parent_id FROM messages WHERE deleted_at <= ?", (before,)
    )
    # From the end, so that what follows is gone before it is asked for.
    for id_, conversation_id, parent_id in sorted(rows, reverse=True):
        if database.execute("SELECT 1 FROM messages WHERE parent_id = ? LIMIT 1", (id_,)):
            gone = _blank(database, id_)
        else:
            database.execute(
                "UPDATE conversations SET tip_id = ? WHERE tip_id = ?", (parent_id, id_)
            )
            gone = bool(database.execute("DELETE FROM messages WHERE id = ? RETURNING id", (id_,)))
        if gone:
            emptied.add(conversation_id)
    return emptied


def _blank(database: Database, message_id: int) -> bool:
    """Delete what is in a message. Returns whether there was something."""
    rows = database.execute(
        """
        UPDATE messages SET text = '', origin = NULL, error_kind = NULL, error_values = NULL,
            reasoning = '', calls = NULL
        WHERE id = ? AND (text <> '' OR origin IS NOT NULL OR reasoning <> '' OR calls IS NOT NULL)
        RETURNING id
        """,
        (message_id,),
    )
    for table in ("attachments", "ratings"):
        rows += database.execute(
            f"DELETE FROM {table} WHERE message_id = ? RETURNING message_id",  # noqa: S608 - two constants
            (message_id,),
        )
    return bool(rows)
