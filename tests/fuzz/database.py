"""The file of conversations with damage in it, and with what no version of Chatapp would store."""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import apsw.fts5

from chatapp.domain.conversation import (
    Attachment,
    MessageStatus,
    Opinion,
    OverflowPolicy,
    Rating,
    Role,
)
from chatapp.domain.generation import GenerationParameters, Origin, ParameterChoice
from chatapp.errors import ChatappError, DatabaseDamaged, DatabaseTooNew
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database, put_aside
from chatapp.storage.folders import Folders
from chatapp.storage.search import Search
from tests.fuzz.harness import Target
from tests.fuzz.mutations import as_bytes, damage, strange_json, strange_text

_ORIGIN = Origin("small", "/models/small.gguf", GenerationParameters())
_HEADER = 100  # bytes
_PAGE = 4096
_MESSAGES = 60
# Columns that hold more than a text, an id or a moment.
_WORDS = (
    *(("messages", name) for name in ("role", "status", "error_kind", "text", "reasoning")),
    *(("conversations", name) for name in ("title", "title_source", "overflow", "assistant")),
    *(("ratings", name) for name in ("opinion", "note")),
    *(("attachments", name) for name in ("name", "media_type", "sha256")),
    ("folders", "name"),
    ("tags", "tag"),
)
_JSON = (
    *(("messages", name) for name in ("origin", "calls", "error_values")),
    ("conversations", "parameters"),
)
_NUMBERS = (
    *(("messages", name) for name in ("created_at", "deleted_at", "writer_started")),
    *(("conversations", name) for name in ("created_at", "updated_at", "archived_at")),
)
_IDS = (
    *(("messages", name) for name in ("parent_id", "window_start", "pinned", "writer_pid")),
    *(("conversations", name) for name in ("tip_id", "folder_id", "pinned")),
    ("folders", "parent_id"),
    ("folders", "position"),
)
_STATEMENTS = (
    "DELETE FROM messages WHERE id % 3 = 0",
    "DELETE FROM conversations WHERE id = 1",
    "DELETE FROM folders",
    "DELETE FROM title_index",
    "DROP TABLE ratings",
    "DROP TABLE message_index",
    "DROP TABLE drafts",
    "DROP TRIGGER message_added",
    "DROP INDEX messages_by_conversation",
    "ALTER TABLE messages DROP COLUMN calls",
    "ALTER TABLE conversations RENAME COLUMN title TO name",
    "PRAGMA user_version = 0",
    "PRAGMA user_version = 1",
    "PRAGMA user_version = 3",
    "PRAGMA user_version = 99",
    "PRAGMA user_version = -1",
    "PRAGMA application_id = 1",
    "CREATE TABLE messages_2 (id INTEGER)",
    "CREATE TRIGGER t AFTER UPDATE ON conversations BEGIN DELETE FROM messages; END",
    "CREATE VIEW v AS SELECT * FROM nowhere",
)
_BEFORE = (("PRAGMA foreign_keys = OFF", ()), ("PRAGMA ignore_check_constraints = ON", ()))
_AFTER = (("PRAGMA wal_checkpoint(TRUNCATE)", ()), ("PRAGMA journal_mode = DELETE", ()))
_QUERIES = ("word7", "colour", '"', "* OR (", "颜色", "x" * 5_000, "NEAR(")


class Databases(Target[bytes]):
    """A database with something of everything, damaged as a file or changed as a database."""

    memory = 256 << 20
    seconds = 10.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        path = folder / "sound.db"
        _fill(path)
        self._sound = path.read_bytes()

    def case(self, source: random.Random) -> bytes:
        kind = source.random()
        data = bytearray(self._sound if kind < 0.4 else self._changed(source))
        if kind < 0.5:
            for _ in range(source.choice((1, 1, 2, 4, 20))):
                _hurt(data, source)
        return bytes(data)

    def hard_cases(self) -> Iterator[bytes]:
        yield b""
        yield b"SQLite format 3\0"
        yield bytes(100_000)
        yield self._sound[:_HEADER]
        yield self._sound[: len(self._sound) // 2]
        yield self._sound + bytes(1_000_000)
        yield self._sound[:_PAGE] * 20

    def check(self, case: bytes) -> str:
        home = self.folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        path = home / "chatapp.db"
        path.write_bytes(case)
        try:
            database = Database(path, busy_seconds=0.2)
        except ChatappError as error:
            if isinstance(error, DatabaseTooNew):
                assert path.read_bytes() == case, "it was changed"
            _check_fresh_start(path, error)
            return type(error).__name__
        kinds: set[str] = set()
        try:
            for use in _uses(database):
                try:
                    use()
                except ChatappError as error:
                    kinds.add(type(error).__name__)
                except (TypeError, ValueError, AttributeError, LookupError):
                    if _is_sound(database):
                        raise
                    kinds.add("damaged")
        finally:
            try:
                database.close()
            except ChatappError as error:
                kinds.add(type(error).__name__)
        return " ".join(sorted(kinds)) or "used"

    def _changed(self, source: random.Random) -> bytes:
        path = self.folder / "changed.db"
        for left in self.folder.glob("changed.db*"):
            left.unlink()
        path.write_bytes(self._sound)
        connection = apsw.Connection(str(path))
        apsw.fts5.register_tokenizers(
            connection,
            {name: apsw.fts5.map_tokenizers[name] for name in ("simplify", "unicodewords")},
        )
        statements = [_statement(source) for _ in range(source.choice((1, 2, 5, 15)))]
        for sql, values in (*_BEFORE, *statements, *_AFTER):
            with contextlib.suppress(apsw.Error):  # it can't be had: the next one
                connection.execute(sql, values)
        connection.close()
        return path.read_bytes()


def _statement(source: random.Random) -> tuple[str, tuple[str | int | float, ...]]:
    kind = source.random()
    if kind < 0.25:
        return source.choice(_STATEMENTS), ()
    value: str | int | float
    if kind < 0.45:
        table, column = source.choice(_WORDS)
        value = strange_text(source).encode(errors="replace").decode()
    elif kind < 0.7:
        table, column = source.choice(_JSON)
        base = {"parameters": {"temperature": 0.5}, "model_name": "x", "usage": {"a": 1}, "a": [1]}
        value = as_bytes(strange_json(base, source, 3), source).decode(errors="replace")
    elif kind < 0.85:
        table, column = source.choice(_NUMBERS)
        value = source.choice((-1e300, -1.0, 0.0, 1e18, 1e300, float("inf"), 2e9))
    else:
        table, column = source.choice(_IDS)
        value = source.choice((-(2**63), -1, 0, 1, 2, 5, 30, 10**6, 2**63 - 1))
    # Rows of any of them: the tables' names and columns are those above.
    where = f"rowid % {source.choice((1, 2, 5))} = 0" if table != "tags" else "1"
    return f"UPDATE {table} SET {column} = ? WHERE {where}", (value,)  # noqa: S608


def _hurt(data: bytearray, source: random.Random) -> None:
    """Damage in the header, in one place, or of a whole page."""
    kind = source.random()
    pages = max(1, len(data) // _PAGE)
    if kind < 0.2:
        damage(data, source, place=lambda _data, inner: inner.randrange(_HEADER))
    elif kind < 0.7:
        damage(data, source)
    else:
        here, there = source.randrange(pages) * _PAGE, source.randrange(pages) * _PAGE
        page = source.choice((bytes(_PAGE), bytes(data[there : there + _PAGE])))
        data[here : here + _PAGE] = page


def _fill(path: Path) -> None:
    database = Database(path)
    conversations, folders = Conversations(database), Folders(database)
    folder = folders.create("Work")
    folders.create("Inside", folder.id)
    for number in range(3):
        conversation = conversations.create(
            title=f"About colour {number}", system_prompt="Be brief"
        )
        conversations.set_tags(conversation.id, ("one", "two"))
        conversations.set_overflow(conversation.id, OverflowPolicy.SUMMARISE)
        conversations.set_parameters(conversation.id, ParameterChoice(temperature=0.5))
        parent = None
        for place in range(_MESSAGES // 3):
            message = conversations.add_message(
                conversation.id,
                role=Role.USER if place % 2 == 0 else Role.ASSISTANT,
                text=f"word{place} 颜色 " * 20,
                parent_id=parent,
            )
            parent = message.id
        conversations.rate(parent or 0, Rating(Opinion.LIKED, "note", "better", 1.0))
        attached = (Attachment("a.txt", "text/plain", 8, "attached"),)
        conversations.save_draft(conversation.id, "unfinished", attached)
        conversations.begin_exchange(
            conversation.id, "more", origin=_ORIGIN, model_path=None, attachments=attached
        )
    conversations.move([1], folder.id)
    conversations.archive([2], archived=True)
    conversations.move_to_trash(3)
    database.close()


def _uses(database: Database) -> Iterator[Callable[[], object]]:
    """All that the window does with it, one thing after the other."""
    conversations, folders, search = Conversations(database), Folders(database), Search(database)
    yield conversations.recover_interrupted
    yield folders.all
    yield conversations.tags
    yield lambda: conversations.all(archived=True)
    yield lambda: conversations.all(deleted=True)
    listed: list[int] = []
    yield lambda: listed.extend(one.id for one in conversations.all())
    for query in _QUERIES:
        yield lambda query=query: search.find(query)  # type: ignore[misc]
    for one in (*listed[:3], 1, 2):
        yield from _uses_of(conversations, one)
    yield lambda: conversations.create(title="New", system_prompt="")
    yield lambda: conversations.restore_all([3])
    yield conversations.tidy_trash
    yield conversations.empty_trash
    yield database.changed_elsewhere


def _uses_of(conversations: Conversations, one: int) -> Iterator[Callable[[], object]]:
    yield lambda: conversations.get(one)
    yield lambda: conversations.draft(one)
    yield lambda: conversations.outline(one)
    shown: list[int] = []
    yield lambda: shown.extend(message.id for message in conversations.branch(one))
    for message in shown[:1] + shown[-1:]:
        yield lambda message=message: conversations.message(message)  # type: ignore[misc]
        yield lambda message=message: conversations.path(message)  # type: ignore[misc]
        yield lambda message=message: conversations.children(message, one)  # type: ignore[misc]
        yield lambda message=message: conversations.delete_message(message)  # type: ignore[misc]
        yield lambda message=message: conversations.restore_message(message)  # type: ignore[misc]
    yield lambda: _answer(conversations, one)
    yield lambda: conversations.rename(one, "Renamed")
    yield lambda: conversations.duplicate(one, "Copy")
    yield lambda: conversations.branch_off(shown[0] if shown else 1)
    yield lambda: conversations.move_to_trash(one)
    yield lambda: conversations.restore(one)


def _answer(conversations: Conversations, one: int) -> None:
    _, _, answer = conversations.begin_exchange(one, "more", origin=_ORIGIN, model_path=None)
    conversations.save_partial(answer.id, "a")
    conversations.end_answer(answer.id, text="ab", status=MessageStatus.COMPLETE, origin=_ORIGIN)


def _is_sound(database: Database) -> bool:
    """Whether SQLite finds nothing. What it would find, were it asked, may be any mistake."""
    try:
        return database.execute("PRAGMA integrity_check") == [("ok",)]
    except ChatappError:
        return False


def _check_fresh_start(path: Path, error: ChatappError) -> None:
    """Whoever has a damaged file can begin afresh and keep it."""
    if isinstance(error, DatabaseDamaged):
        aside = put_aside(path)
        assert aside.exists()
        Database(path).close()


TARGET = Databases
