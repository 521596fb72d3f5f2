-- The database as version 5 of the schema left it, with rows of every kind.

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
    , overflow TEXT NOT NULL DEFAULT 'stop', folder_id INTEGER REFERENCES folders (id), archived_at REAL,
    assistant TEXT NOT NULL DEFAULT '', parameters TEXT) STRICT;

CREATE TABLE folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id INTEGER REFERENCES folders (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE tags (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (conversation_id, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversations_by_folder ON conversations (folder_id);

CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), seen_at REAL NOT NULL) STRICT;

CREATE TABLE waiting (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    writer_pid INTEGER NOT NULL,
    writer_started REAL NOT NULL,
    text TEXT NOT NULL,
    attachments TEXT NOT NULL
) STRICT;

CREATE INDEX waiting_by_conversation ON waiting (conversation_id);

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
    , deleted_at REAL, is_edited INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0, window_start INTEGER, calls TEXT, reasoning TEXT NOT NULL DEFAULT '') STRICT;


CREATE INDEX messages_by_parent ON messages (parent_id);

CREATE INDEX messages_unfinished ON messages (id) WHERE status = 'generating';

CREATE TABLE attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    created_at REAL NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE INDEX attachments_by_message ON attachments (message_id);

CREATE VIRTUAL TABLE title_index USING fts5 (
    title, content = '', contentless_delete = 1,
    tokenize = 'simplify casefold 1 strip 1 unicodewords'
);

CREATE VIRTUAL TABLE message_index USING fts5 (
    text, content = '', contentless_delete = 1,
    tokenize = 'simplify casefold 1 strip 1 unicodewords'
);

CREATE TRIGGER title_added AFTER INSERT ON conversations BEGIN
    INSERT INTO title_index (rowid, title) VALUES (new.id, new.title);
END;

CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversations BEGIN
    DELETE FROM title_index WHERE rowid = old.id;
    INSERT INTO title_index (rowid, title) VALUES (new.id, new.title);
END;

CREATE TRIGGER title_removed AFTER DELETE ON conversations BEGIN
    DELETE FROM title_index WHERE rowid = old.id;
END;

CREATE TRIGGER message_added AFTER INSERT ON messages
WHEN new.status <> 'generating' AND new.deleted_at IS NULL BEGIN
    INSERT INTO message_index (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_changing BEFORE UPDATE OF text, status, deleted_at ON messages
WHEN old.status <> 'generating' AND old.deleted_at IS NULL BEGIN
    DELETE FROM message_index WHERE rowid = old.id;
END;

CREATE TRIGGER message_changed AFTER UPDATE OF text, status, deleted_at ON messages
WHEN new.status <> 'generating' AND new.deleted_at IS NULL BEGIN
    INSERT INTO message_index (rowid, text) VALUES (new.id, new.text);
END;

CREATE TRIGGER message_removed AFTER DELETE ON messages
WHEN old.status <> 'generating' AND old.deleted_at IS NULL BEGIN
    DELETE FROM message_index WHERE rowid = old.id;
END;

CREATE INDEX messages_deleted ON messages (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE INDEX messages_by_conversation
ON messages (conversation_id, parent_id, role, deleted_at);

CREATE TABLE ratings (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    opinion TEXT NOT NULL,
    created_at REAL NOT NULL,
    note TEXT NOT NULL,
    correction TEXT NOT NULL
) STRICT;

CREATE TABLE drafts (
    conversation_id INTEGER PRIMARY KEY,
    updated_at REAL NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE draft_attachments (
    id INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES drafts ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE INDEX draft_attachments_by_draft ON draft_attachments (conversation_id);

CREATE TRIGGER draft_removed AFTER DELETE ON conversations BEGIN
    DELETE FROM drafts WHERE conversation_id = old.id;
END;

INSERT INTO conversations (
    id, title, title_source, created_at, updated_at, tip_id, pinned, deleted_at, model_path,
    system_prompt
) VALUES
    (1, 'Die Straße nach Köln', 'automatic', 1700000000.25, 1700000100.5, 4, 0, NULL, NULL, ''),
    (2, 'Mein Plan', 'user', 1700000200.0, 1700000300.0, 6, 1, NULL,
        '/models/small.gguf', 'Be brief.'),
    (3, '', 'none', 1700000400.0, 1700000500.0, 7, 0, 1700000600.0, NULL, '');

INSERT INTO messages (
    id, conversation_id, parent_id, role, status, created_at, writer_pid, writer_started,
    error_kind, error_values, origin, text
) VALUES
    (1, 1, NULL, 'user', 'complete', 1700000001.0, NULL, NULL, NULL, NULL, NULL, 'Wie weit ist es?'),
    (2, 1, 1, 'assistant', 'stopped', 1700000002.0, NULL, NULL, NULL, NULL,
        '{"model_name": "small", "model_path": "/models/small.gguf", "parameters": {"temperature": 0.7, "top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.05, "max_tokens": null, "seed": null, "stop": []}, "model_sha256": "ab12", "quantization": "Q4_1", "seed": 7, "usage": {"prompt_tokens": 9, "cached_tokens": 0, "completion_tokens": 3, "first_token_ms": 12.5, "generation_ms": 80.0}, "finish_reason": "stopped", "llama_build": "b1"}',
        'Ungefähr'),
    (3, 1, 1, 'assistant', 'failed', 1700000003.0, NULL, NULL,
        'ContextFull', '{"needed": 5000, "available": 4096}', NULL, ''),
    (4, 1, 1, 'assistant', 'complete', 1700000004.0, NULL, NULL, NULL, NULL, NULL, '580 km.'),
    (5, 2, NULL, 'user', 'complete', 1700000201.0, NULL, NULL, NULL, NULL, NULL, '我在学习中文'),
    (6, 2, 5, 'assistant', 'generating', 1700000202.0, 4194305, 1700000000.0, NULL, NULL, NULL,
        'Sehr gut, mach'),
    (7, 3, NULL, 'user', 'complete', 1700000401.0, NULL, NULL, NULL, NULL, NULL, 'Weg damit');

INSERT INTO attachments (message_id, name, media_type, size, sha256, created_at, content)
VALUES (1, 'karte.txt', 'text/plain', 3, 'cd34', 1700000001.0, x'616263');

UPDATE messages SET is_edited = 1 WHERE id = 4;

INSERT INTO messages (
    id, conversation_id, parent_id, role, status, created_at, text, deleted_at
) VALUES
    (8, 2, 5, 'assistant', 'complete', 1700000203.0, 'Verworfen', 1700000204.0);

INSERT INTO ratings (message_id, opinion, created_at, note, correction)
VALUES (4, 'liked', 1700000005.0, 'kurz', '580 km.');

INSERT INTO drafts (conversation_id, updated_at, text)
VALUES (0, 1700000700.0, 'Noch etwas'), (2, 1700000800.0, 'Und');

INSERT INTO draft_attachments (conversation_id, name, media_type, size, text)
VALUES (2, 'karte.txt', 'text/plain', 3, 'abc');

CREATE INDEX messages_pinned ON messages (conversation_id) WHERE pinned = 1;

CREATE INDEX messages_summaries ON messages (conversation_id) WHERE role = 'summary';

UPDATE conversations SET overflow = 'summarise' WHERE id = 2;

UPDATE messages SET pinned = 1 WHERE id = 5;

UPDATE messages SET window_start = 5, reasoning = 'Freundlich antworten.',
    calls = '[{"name": "lookup", "arguments": "{\"word\": 1}", "id": "a", "is_complete": true, "raw": ""}]'
WHERE id = 6;

INSERT INTO messages (id, conversation_id, parent_id, role, status, created_at, text)
VALUES (20, 2, 5, 'summary', 'complete', 1700000250.0, 'Es geht um Sprachen.');

INSERT INTO folders (id, parent_id, position, name) VALUES (1, NULL, 0, 'Reisen'), (2, 1, 0, 'Köln');

UPDATE conversations SET folder_id = 2, assistant = 'writer',
    parameters = '{"temperature": 0.2, "stop": ["x"], "mood": 1}'
WHERE id = 1;

INSERT INTO tags (conversation_id, tag) VALUES (1, 'Rhein'), (1, 'Dom');

INSERT INTO clock (id, seen_at) VALUES (1, 1700000900.0);

INSERT INTO waiting (conversation_id, writer_pid, writer_started, text, attachments)
VALUES (2, 4194305, 1700000000.0, 'Und dann?', '[["karte.txt", "text/plain", 3, "abc"]]');

PRAGMA user_version = 5;
