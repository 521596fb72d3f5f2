"""The schema, as the ordered list of steps that lead to it.

`PRAGMA user_version` counts the steps that a file has taken. A step that was released is never
edited; what has to change becomes a new step at the end, together with a dump of the schema it
starts from in `tests/storage/schemas`.
"""

from __future__ import annotations

from collections.abc import Callable

Execute = Callable[[str], object]
Migration = Callable[[Execute], None]


def _create(execute: Execute) -> None:
    for statement in _VERSION_1:
        execute(statement)


# AUTOINCREMENT: an id is never given out twice, so a process that still holds the id of something
# deleted elsewhere can't write into something else.
#
# Large columns come last: SQLite reads a row from its start.
#
# `tip_id` is no foreign key, because a conversation and its messages are deleted together.
# `parent_id` has no ON DELETE CASCADE, because SQLite ends such a chain after 1,000 levels.
# A parent is older than its children, which rules out circles.
#
# The indexes keep no text, so a row leaves them by its id. If they had to be told the old text,
# an update of Unicode's word rules would leave words behind in them. What they contain is a rule of
# the schema: every title, and every message that is not being written at the moment.
_VERSION_1 = (
    """
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL,
        title_source TEXT NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        tip_id INTEGER,
        pinned INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        model_path TEXT,
        system_prompt TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        parent_id INTEGER REFERENCES messages (id) CHECK (parent_id < id),
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        created_at REAL NOT NULL,
        writer_pid INTEGER,
        writer_started REAL,
        error_kind TEXT,
        error_values TEXT,
        origin TEXT,
        text TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX messages_by_conversation ON messages (conversation_id, parent_id)",
    "CREATE INDEX messages_by_parent ON messages (parent_id)",
    "CREATE INDEX messages_unfinished ON messages (id) WHERE status = 'generating'",
    """
    CREATE TABLE attachments (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        created_at REAL NOT NULL,
        content BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX attachments_by_message ON attachments (message_id)",
    """
    CREATE VIRTUAL TABLE title_index USING fts5 (
        title, content = '', contentless_delete = 1,
        tokenize = 'simplify casefold 1 strip 1 unicodewords'
    )
    """,
    """
    CREATE VIRTUAL TABLE message_index USING fts5 (
        text, content = '', contentless_delete = 1,
        tokenize = 'simplify casefold 1 strip 1 unicodewords'
    )
    """,
    """
    CREATE TRIGGER title_added AFTER INSERT ON conversations BEGIN
        INSERT INTO title_index (rowid, title) VALUES (new.id, new.title);
    END
    """,
    """
    CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversations BEGIN
        DELETE FROM title_index WHERE rowid = old.id;
        INSERT INTO title_index (rowid, title) VALUES (new.id, new.title);
    END
    """,
    """
    CREATE TRIGGER title_removed AFTER DELETE ON conversations BEGIN
        DELETE FROM title_index WHERE rowid = old.id;
    END
    """,
    """
    CREATE TRIGGER message_added AFTER INSERT ON messages
    WHEN new.status <> 'generating' BEGIN
        INSERT INTO message_index (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER message_changing BEFORE UPDATE OF text, status ON messages
    WHEN old.status <> 'generating' BEGIN
        DELETE FROM message_index WHERE rowid = old.id;
    END
    """,
    """
    CREATE TRIGGER message_changed AFTER UPDATE OF text, status ON messages
    WHEN new.status <> 'generating' BEGIN
        INSERT INTO message_index (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER message_removed AFTER DELETE ON messages
    WHEN old.status <> 'generating' BEGIN
        DELETE FROM message_index WHERE rowid = old.id;
    END
    """,
)


def _add_judgements_and_drafts(execute: Execute) -> None:
    for statement in _VERSION_2:
        execute(statement)


# A message that was deleted keeps its row, so that those after it keep their parent. The index of
# words does not contain it.
#
# Attachments of a draft have rows of their own, because SQLite writes a row as a whole: a change of
# the text must not write megabytes that are as before. Conversation 0 is the one not begun yet.
_VERSION_2 = (
    "ALTER TABLE messages ADD COLUMN deleted_at REAL",
    "ALTER TABLE messages ADD COLUMN is_edited INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX messages_deleted ON messages (deleted_at) WHERE deleted_at IS NOT NULL",
    "DROP INDEX messages_by_conversation",
    """
    CREATE INDEX messages_by_conversation
    ON messages (conversation_id, parent_id, role, deleted_at)
    """,
    """
    CREATE TABLE ratings (
        message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        opinion TEXT NOT NULL,
        created_at REAL NOT NULL,
        note TEXT NOT NULL,
        correction TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE drafts (
        conversation_id INTEGER PRIMARY KEY,
        updated_at REAL NOT NULL,
        text TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE draft_attachments (
        id INTEGER PRIMARY KEY,
        conversation_id INTEGER NOT NULL REFERENCES drafts ON DELETE CASCADE,
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size INTEGER NOT NULL,
        text TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX draft_attachments_by_draft ON draft_attachments (conversation_id)",
    """
    CREATE TRIGGER draft_removed AFTER DELETE ON conversations BEGIN
        DELETE FROM drafts WHERE conversation_id = old.id;
    END
    """,
    "DROP TRIGGER message_added",
    "DROP TRIGGER message_changing",
    "DROP TRIGGER message_changed",
    "DROP TRIGGER message_removed",
    """
    CREATE TRIGGER message_added AFTER INSERT ON messages
    WHEN new.status <> 'generating' AND new.deleted_at IS NULL BEGIN
        INSERT INTO message_index (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER message_changing BEFORE UPDATE OF text, status, deleted_at ON messages
    WHEN old.status <> 'generating' AND old.deleted_at IS NULL BEGIN
        DELETE FROM message_index WHERE rowid = old.id;
    END
    """,
    """
    CREATE TRIGGER message_changed AFTER UPDATE OF text, status, deleted_at ON messages
    WHEN new.status <> 'generating' AND new.deleted_at IS NULL BEGIN
        INSERT INTO message_index (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER message_removed AFTER DELETE ON messages
    WHEN old.status <> 'generating' AND old.deleted_at IS NULL BEGIN
        DELETE FROM message_index WHERE rowid = old.id;
    END
    """,
)


def _add_parts_and_windows(execute: Execute) -> None:
    for statement in _VERSION_3:
        execute(statement)


# What a model thought is not in the index of words, and not in `text`; answers from before this
# version still have it there.
#
# A summary is a message of that role whose parent is the last one that it stands for. It is never a
# parent itself, so that taking it away puts nothing else out of its place.
_VERSION_3 = (
    "ALTER TABLE messages ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE messages ADD COLUMN window_start INTEGER",
    "ALTER TABLE messages ADD COLUMN calls TEXT",
    "ALTER TABLE messages ADD COLUMN reasoning TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE conversations ADD COLUMN overflow TEXT NOT NULL DEFAULT 'stop'",
    "CREATE INDEX messages_pinned ON messages (conversation_id) WHERE pinned = 1",
    "CREATE INDEX messages_summaries ON messages (conversation_id) WHERE role = 'summary'",
)


def _add_folders_and_tags(execute: Execute) -> None:
    for statement in _VERSION_4:
        execute(statement)


# Folders are few, and deleted by hand: what is in one goes up a level first.
_VERSION_4 = (
    """
    CREATE TABLE folders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        parent_id INTEGER REFERENCES folders (id),
        position INTEGER NOT NULL,
        name TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE tags (
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        tag TEXT NOT NULL,
        PRIMARY KEY (conversation_id, tag)
    ) STRICT, WITHOUT ROWID
    """,
    "ALTER TABLE conversations ADD COLUMN folder_id INTEGER REFERENCES folders (id)",
    "ALTER TABLE conversations ADD COLUMN archived_at REAL",
    "ALTER TABLE conversations ADD COLUMN assistant TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE conversations ADD COLUMN parameters TEXT",
    "CREATE INDEX conversations_by_folder ON conversations (folder_id)",
)


def _add_clock_and_waiting(execute: Execute) -> None:
    for statement in _VERSION_5:
        execute(statement)


# One row at most: the time at the last start.
_VERSION_5 = (
    "CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), seen_at REAL NOT NULL) STRICT",
    """
    CREATE TABLE waiting (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        writer_pid INTEGER NOT NULL,
        writer_started REAL NOT NULL,
        text TEXT NOT NULL,
        attachments TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX waiting_by_conversation ON waiting (conversation_id)",
)

MIGRATIONS: tuple[Migration, ...] = (
    _create,
    _add_judgements_and_drafts,
    _add_parts_and_windows,
    _add_folders_and_tags,
    _add_clock_and_waiting,
)
