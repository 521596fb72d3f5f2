from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import apsw.fts5
import pytest

from chatapp.domain.conversation import (
    Attachment,
    Draft,
    MessageStatus,
    Opinion,
    OverflowPolicy,
    Rating,
    Role,
    TitleSource,
    ToolCallRecord,
)
from chatapp.domain.folder import Folder
from chatapp.domain.generation import ParameterChoice
from chatapp.errors import DatabaseTooNew, DiskFull, FolderNotWritable
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.folders import Folders
from chatapp.storage.migrations import MIGRATIONS, Execute
from chatapp.storage.search import Search

SCHEMAS = Path(__file__).parent / "schemas"
VERSIONS = range(1, len(MIGRATIONS) + 1)


def add_colour(execute: Execute) -> None:
    execute("ALTER TABLE conversations ADD COLUMN colour TEXT")


def add_colour_once(execute: Execute) -> None:
    """Would fail, were it done twice."""
    add_colour(execute)
    execute("UPDATE conversations SET colour = coalesce(colour, '') || 'red'")


def fail_half_way(execute: Execute) -> None:
    execute("DELETE FROM messages")
    raise ZeroDivisionError


NEWER = (*MIGRATIONS, add_colour_once)
BROKEN = (*NEWER, fail_half_way)


def connect(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    apsw.fts5.register_tokenizers(
        connection,
        {name: apsw.fts5.map_tokenizers[name] for name in ("simplify", "unicodewords")},
    )
    return connection


def make_old(path: Path, version: int) -> None:
    connection = connect(path)
    connection.execute((SCHEMAS / f"v{version}.sql").read_text(encoding="utf-8"))
    connection.close()


def schema(path: Path) -> set[tuple[str, str, str]]:
    connection = connect(path)
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
    ).fetchall()
    connection.close()
    return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows}


@pytest.fixture
def old(path: Path) -> Iterator[Path]:
    make_old(path, 1)
    return path


def test_every_version_has_its_schema_file() -> None:
    assert {file.name for file in SCHEMAS.iterdir()} == {f"v{n}.sql" for n in VERSIONS}


@pytest.mark.parametrize("version", VERSIONS)
def test_schema_file_is_what_the_migrations_made(tmp_path: Path, version: int) -> None:
    make_old(tmp_path / "old.db", version)
    Database(tmp_path / "made.db", migrations=MIGRATIONS[:version]).close()
    assert schema(tmp_path / "old.db") == schema(tmp_path / "made.db")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_old_database_opens_with_everything_in_it(path: Path, version: int) -> None:
    make_old(path, version)
    database = Database(path)
    conversations = Conversations(database)
    assert [(c.title, c.title_source, c.pinned) for c in conversations.all()] == [
        ("Mein Plan", TitleSource.USER, True),
        ("Die Straße nach Köln", TitleSource.AUTOMATIC, False),
    ]
    assert [c.deleted_at for c in conversations.all(deleted=True)] == [1700000600.0]
    assert [m.text for m in conversations.branch(1)] == ["Wie weit ist es?", "580 km."]
    stopped, failed, complete = conversations.children(1, 1)
    assert stopped.status is MessageStatus.STOPPED
    assert stopped.origin is not None
    assert (stopped.origin.seed, stopped.origin.usage.prompt_tokens) == (7, 9)
    assert failed.error is not None
    assert failed.error.values == {"needed": 5000, "available": 4096}
    assert complete.origin is None
    assert [m.text for m in conversations.recover_interrupted()] == ["Sehr gut, mach"]
    hits = {
        query: [h.conversation.id for h in Search(database).find(query)]
        for query in ("koln", "strasse", "580", "学习", "sehr gut", "weg damit")
    }
    assert hits == {
        "koln": [1],
        "strasse": [1],
        "580": [1],
        "学习": [2],
        "sehr gut": [2],
        "weg damit": [],
    }
    assert conversations.branch(1)[0].attachments == (
        Attachment("karte.txt", "text/plain", 3, "abc"),
    )
    assert (complete.version, complete.versions) == (3, 3)
    assert database.execute("PRAGMA foreign_key_check") == []
    database.close()


def test_version_2_keeps_judgements_drafts_and_what_was_deleted(path: Path) -> None:
    make_old(path, 2)
    database = Database(path)
    conversations = Conversations(database)
    _, _, edited = conversations.children(1, 1)
    assert edited.is_edited
    assert edited.rating == Rating(Opinion.LIKED, "kurz", "580 km.", 1700000005.0)
    assert conversations.draft(None) == Draft("Noch etwas")
    karte = Attachment("karte.txt", "text/plain", 3, "abc")
    assert conversations.draft(2) == Draft("Und", (karte,))
    assert [m.id for m in conversations.children(5, 2)] == [6]
    assert conversations.message(8).text == "Verworfen"
    assert Search(database).find("verworfen") == []
    assert [m.id for m in conversations.branch(conversations.restore_message(8).id)] == [5, 8]
    assert len(Search(database).find("verworfen")) == 1
    database.close()


def test_version_2_gets_typed_parts_and_windows(path: Path) -> None:
    make_old(path, 2)
    connection = connect(path)
    connection.execute(
        "UPDATE messages SET text = ? WHERE id = 4", ("<think>\nFar?\n</think>\n\n580 km.",)
    )
    connection.close()
    database = Database(path)
    conversations = Conversations(database)
    answer = conversations.branch(1)[1]
    assert (answer.reasoning.strip(), answer.text, answer.calls) == ("Far?", "580 km.", ())
    assert {c.overflow for c in conversations.all()} == {OverflowPolicy.STOP}
    assert not any(m.pinned or m.left_window for m in conversations.branch(1))
    (stored,) = database.execute("SELECT text FROM messages WHERE id = 4")
    assert stored[0].startswith("<think>")  # old rows are not rewritten
    database.close()


def test_version_3_keeps_parts_windows_and_summaries(path: Path) -> None:
    make_old(path, 3)
    database = Database(path)
    conversations = Conversations(database)
    assert conversations.get(2).overflow is OverflowPolicy.SUMMARISE
    question, summary, answer = conversations.branch(2)
    assert question.pinned
    assert (summary.role, summary.text) == (Role.SUMMARY, "Es geht um Sprachen.")
    assert (answer.reasoning, answer.window_start) == ("Freundlich antworten.", 5)
    assert answer.calls == (ToolCallRecord("lookup", '{"word": 1}', "a"),)
    database.close()


def test_version_3_gets_folders_and_tags(path: Path) -> None:
    make_old(path, 3)
    database = Database(path)
    conversations = Conversations(database)
    folder = Folders(database).create("Travel")
    conversations.move([1], folder.id)
    (plan, koln) = conversations.all()
    assert (plan.folder_id, plan.tags, plan.archived_at, plan.assistant) == (None, (), None, "")
    assert plan.parameters == ParameterChoice()
    assert koln.folder_id == folder.id
    database.close()


def test_version_4_keeps_folders_tags_and_choices(path: Path) -> None:
    make_old(path, 4)
    database = Database(path)
    koln = Conversations(database).get(1)
    assert (koln.folder_id, koln.tags, koln.assistant) == (2, ("Dom", "Rhein"), "writer")
    assert koln.parameters == ParameterChoice(temperature=0.2, stop=("x",))
    assert Folders(database).all() == [Folder(1, "Reisen"), Folder(2, "Köln", 1)]
    database.close()


def test_version_5_keeps_what_waits(path: Path) -> None:
    make_old(path, 5)
    database = Database(path)
    conversations = Conversations(database)
    conversations.waiting_to_drafts(own=False)
    karte = Attachment("karte.txt", "text/plain", 3, "abc")
    assert conversations.draft(2) == Draft("Und dann?\n\nUnd", (karte, karte))
    assert database.execute("SELECT * FROM clock") == [(1, 1700000900.0)]
    database.close()


def test_migrating_keeps_a_private_copy_of_the_old_file(old: Path) -> None:
    # Not yet in the database file itself, but in its log:
    holder = connect(old)
    holder.execute("PRAGMA journal_mode = WAL")
    holder.execute("UPDATE conversations SET title = 'Latest' WHERE id = 1")
    database = Database(old, migrations=NEWER)
    assert database.execute("SELECT DISTINCT colour FROM conversations") == [("red",)]
    database.close()
    holder.close()
    copy = old.with_name(f"chatapp.db.before-v{len(NEWER)}")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in old.parent.iterdir()) == ["chatapp.db", copy.name]
    restored = Database(copy)
    assert Conversations(restored).get(1).title == "Latest"
    assert restored.execute("PRAGMA integrity_check") == [("ok",)]
    restored.close()


def test_new_and_current_databases_are_not_copied(path: Path) -> None:
    Database(path, migrations=NEWER).close()
    Database(path, migrations=NEWER).close()
    assert [p.name for p in path.parent.iterdir()] == ["chatapp.db"]


def test_failed_migration_leaves_the_old_version(old: Path) -> None:
    before = schema(old)
    with pytest.raises(ZeroDivisionError):
        Database(old, migrations=BROKEN)
    assert schema(old) == before
    database = Database(old)
    assert len(Conversations(database).branch(1)) == 2
    database.close()


def test_migrated_database_is_too_new_for_the_old_program(old: Path) -> None:
    Database(old, migrations=NEWER).close()
    with pytest.raises(DatabaseTooNew):
        Database(old)


def test_copy_that_fails_prevents_the_migration(old: Path) -> None:
    old.with_name(f"chatapp.db.before-v{len(NEWER)}.part").mkdir()
    before = schema(old)
    with pytest.raises(FolderNotWritable):
        Database(old, migrations=NEWER)
    assert schema(old) == before


def test_full_disk_prevents_the_migration(small_disk: Path) -> None:
    path = small_disk / "chatapp.db"
    make_old(path, 1)
    filler = small_disk / "filler"
    # Enough for the log, but not for a copy.
    filler.write_bytes(bytes(1024 * 1024 - 3 * path.stat().st_size // 2 - 64 * 1024))
    before = schema(path)
    with pytest.raises(DiskFull):
        Database(path, migrations=NEWER)
    assert sorted(p.name for p in small_disk.iterdir()) == ["chatapp.db", "filler"]
    assert schema(path) == before
    filler.unlink()
    Database(path, migrations=NEWER).close()


def open_newer(path: Path, barrier: threading.Barrier) -> None:
    barrier.wait(30)
    Database(path, migrations=NEWER).close()


def test_two_processes_migrate_once(old: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    processes = [context.Process(target=open_newer, args=(old, barrier)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    database = Database(old, migrations=NEWER)
    assert database.execute("SELECT DISTINCT colour FROM conversations") == [("red",)]
    database.close()
