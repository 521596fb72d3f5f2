from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatapp.domain.conversation import MessageStatus, Role
from chatapp.domain.generation import GenerationParameters, Origin
from chatapp.errors import (
    ChatappError,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFailed,
    DatabaseTooNew,
    DiskFull,
    FolderNotWritable,
    StorageError,
)
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database, put_aside
from chatapp.storage.migrations import MIGRATIONS
from chatapp.storage.search import Search

ORIGIN = Origin("small", "/models/small.gguf", GenerationParameters())


def fill(path: Path, *, messages: int = 300) -> int:
    """A closed database with one long conversation; returns the conversation's id."""
    database = Database(path)
    conversations = Conversations(database)
    conversation = conversations.create(title="Long")
    parent_id = None
    for number in range(messages):
        message = conversations.add_message(
            conversation.id, role=Role.USER, text=f"word{number} " * 60, parent_id=parent_id
        )
        parent_id = message.id
    database.close()
    return conversation.id


def use_everything(path: Path, conversation_id: int) -> None:
    database = Database(path)
    try:
        conversations = Conversations(database)
        conversations.recover_interrupted()
        conversations.all()
        conversations.branch(conversation_id)
        Search(database).find("word1")
        _, _, answer = conversations.begin_exchange(
            conversation_id, "more", origin=ORIGIN, model_path=None
        )
        conversations.save_partial(answer.id, "a")
        conversations.end_answer(answer.id, text="ab", status=MessageStatus.COMPLETE, origin=ORIGIN)
        conversations.move_to_trash(conversation_id)
        conversations.empty_trash()
    finally:
        database.close()


# Opening


def test_new_database_is_private_whatever_the_umask(path: Path) -> None:
    code = (
        "import os, sys; os.umask(0)\n"
        "from pathlib import Path\n"
        "from chatapp.storage.database import Database\n"
        "Database(Path(sys.argv[1])).execute('SELECT 1')\n"
        "print(*(f'{p.name}:{p.stat().st_mode & 0o777:o}' for p in"
        " sorted(Path(sys.argv[1]).parent.iterdir())))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == [
        "chatapp.db:600",
        "chatapp.db-shm:600",
        "chatapp.db-wal:600",
    ]


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
def test_database_that_others_could_read_becomes_private(path: Path) -> None:
    fill(path, messages=1)
    path.chmod(0o644)
    Database(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_empty_file_is_a_new_database(path: Path) -> None:
    path.touch()
    database = Database(path)
    assert Conversations(database).all() == []
    database.close()


def test_link_to_a_file_that_is_not_there_yet(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.db"
    path.symlink_to(target)
    Database(path).close()
    assert target.stat().st_mode & 0o777 == 0o600


def test_file_is_all_that_stays_after_closing(path: Path) -> None:
    fill(path, messages=3)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_open_database_is_reliable_and_private(database: Database) -> None:
    assert database.execute("PRAGMA journal_mode") == [("wal",)]
    assert database.execute("PRAGMA foreign_keys") == [(1,)]
    assert database.execute("PRAGMA synchronous") == [(2,)]
    assert database.execute("PRAGMA secure_delete") == [(1,)]


def test_opening_and_listing_does_not_import_the_tokenisers(path: Path) -> None:
    fill(path, messages=1)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from chatapp.storage.database import Database\n"
        "from chatapp.storage.conversations import Conversations\n"
        "from chatapp.storage.search import Search\n"
        "database = Database(Path(sys.argv[1]))\n"
        "Search(database)\n"
        "assert len(Conversations(database).all()) == 1\n"
        "assert Conversations(database).recover_interrupted() == []\n"
        "print('apsw.fts5' in sys.modules, 'psutil' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["False", "False"]


def open_and_close(path: Path, barrier: threading.Barrier) -> None:
    barrier.wait(30)
    Database(path).close()


@pytest.mark.parametrize("attempt", range(3))
def test_many_processes_open_a_new_database_at_once(path: Path, attempt: int) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(4)
    processes = [context.Process(target=open_and_close, args=(path, barrier)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4, attempt


# What can't be opened


def test_folder_in_place_of_the_database(path: Path) -> None:
    path.mkdir()
    with pytest.raises(DatabaseDamaged):
        Database(path)


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FolderNotWritable) as caught:
        Database(tmp_path / "no" / "chatapp.db")
    assert caught.value.path == str(tmp_path / "no")


def test_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderNotWritable):
        Database(tmp_path / "file" / "chatapp.db")


def test_read_only_folder(read_only_folder: Path) -> None:
    with pytest.raises(FolderNotWritable) as caught:
        Database(read_only_folder / "chatapp.db")
    assert caught.value.path == str(read_only_folder)


def test_disk_that_became_read_only(small_disk: Path) -> None:
    fill(small_disk / "chatapp.db", messages=1)
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    with pytest.raises(FolderNotWritable):
        Database(small_disk / "chatapp.db")


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"x" * 511,
        b"x" * 513,
        b"garbage" * 1000,
        b"SQLite format 3\0",
        b"SQLite format 3\0" + b"\xff" * 5000,
        b"\0" * 4096,
    ],
)
def test_garbage_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged) as caught:
        Database(path)
    assert caught.value.path == str(path)
    assert path.read_bytes() == content
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("fraction", [0.02, 0.3, 0.5, 0.9])
def test_truncated_database_is_refused_and_left_alone(path: Path, fraction: float) -> None:
    conversation_id = fill(path)
    content = path.read_bytes()
    content = content[: int(len(content) * fraction)]
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        use_everything(path, conversation_id)
    assert path.read_bytes() == content


def test_damage_in_the_middle_of_a_query(path: Path) -> None:
    conversation_id = fill(path)
    content = bytearray(path.read_bytes())
    for page in range(60, len(content) // 4096):
        content[page * 4096 : page * 4096 + 100] = b"\xa5" * 100
    path.write_bytes(content)
    database = Database(path)
    try:
        with pytest.raises(DatabaseDamaged):
            Conversations(database).branch(conversation_id)
    finally:
        database.close()


def flip_bytes(content: bytearray, chance: random.Random) -> None:
    for _ in range(40):
        content[chance.randrange(100, len(content))] = chance.randrange(256)


def overwrite_blocks(content: bytearray, chance: random.Random) -> None:
    for _ in range(3):
        offset = chance.randrange(100, len(content) - 500)
        content[offset : offset + 500] = chance.randbytes(500)


def swap_pages(content: bytearray, chance: random.Random) -> None:
    pages = [content[i : i + 4096] for i in range(0, len(content), 4096)]
    middle = pages[1:]
    chance.shuffle(middle)
    content[:] = b"".join([pages[0], *middle])


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("damage", [flip_bytes, overwrite_blocks, swap_pages])
def test_damage_gives_a_typed_error_or_none(
    path: Path, damage: Callable[[bytearray, random.Random], None], seed: int
) -> None:
    conversation_id = fill(path, messages=30)
    content = bytearray(path.read_bytes())
    damage(content, random.Random(seed))
    path.write_bytes(content)
    try:
        use_everything(path, conversation_id)
    except ChatappError as error:
        assert isinstance(error, StorageError)  # noqa: PT017 - no error is fine too


def test_rows_that_contradict_the_schema(path: Path) -> None:
    conversation_id = fill(path, messages=3)
    database = Database(path)
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("UPDATE messages SET conversation_id = 77 WHERE id = 2")
    database.close()
    with pytest.raises(DatabaseFailed):
        use_everything(path, conversation_id)


def test_text_that_is_not_unicode_is_damage(path: Path) -> None:
    conversation_id = fill(path, messages=1)
    content = path.read_bytes()
    assert content.count(b"word0 word0") > 1
    path.write_bytes(content.replace(b"word0 word0", b"word0 wor\xff0"))
    database = Database(path)
    try:
        with pytest.raises(DatabaseDamaged):
            Conversations(database).branch(conversation_id)
    finally:
        database.close()


@pytest.mark.parametrize("has_log", [False, True])
def test_newer_database_is_refused_and_left_alone(path: Path, has_log: bool) -> None:
    fill(path, messages=1)
    code = (
        "import os, sys, apsw\n"
        "connection = apsw.Connection(sys.argv[1])\n"
        "connection.execute('PRAGMA user_version = 1000')\n"
        + ("os._exit(0)\n" if has_log else "connection.close()\n")
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    log = path.with_name("chatapp.db-wal")
    assert log.exists() == has_log
    before = path.read_bytes(), log.read_bytes() if has_log else b""
    with pytest.raises(DatabaseTooNew) as caught:
        Database(path)
    assert (caught.value.found, caught.value.supported) == (1000, len(MIGRATIONS))
    assert (path.read_bytes(), log.read_bytes() if has_log else b"") == before


def test_damaged_database_can_be_put_aside(path: Path) -> None:
    path.write_bytes(b"garbage")
    path.with_name("chatapp.db-wal").write_bytes(b"log")
    assert put_aside(path) == path.with_name("chatapp.db.damaged-1")
    Database(path).close()
    path.write_bytes(b"more garbage")
    assert put_aside(path) == path.with_name("chatapp.db.damaged-2")
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == {
        "chatapp.db.damaged-1": b"garbage",
        "chatapp.db.damaged-1-wal": b"log",
        "chatapp.db.damaged-2": b"more garbage",
    }


# Full disks


def fill_disk(folder: Path) -> Path:
    """Use the last byte; removing the file that is returned makes room again."""
    filler = folder / "filler"

    def write() -> None:
        with filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(512))

    with pytest.raises(OSError, match="No space"):
        write()
    return filler


def test_full_disk_loses_nothing_and_works_again(small_disk: Path) -> None:
    database = Database(small_disk / "chatapp.db")
    conversations = Conversations(database)
    conversation, question, answer = conversations.begin_exchange(
        None, "kept", origin=ORIGIN, model_path=None
    )
    filler = fill_disk(small_disk)
    with pytest.raises(DiskFull) as caught:
        conversations.add_message(
            conversation.id, role=Role.USER, text="x" * 500_000, parent_id=answer.id
        )
    assert caught.value.path == str(small_disk / "chatapp.db")
    with pytest.raises(DiskFull):
        conversations.save_partial(answer.id, "y" * 50_000)
    assert conversations.branch(conversation.id) == [question, answer]
    filler.unlink()
    added = conversations.add_message(
        conversation.id, role=Role.USER, text="x" * 50_000, parent_id=answer.id
    )
    assert conversations.branch(conversation.id) == [question, answer, added]
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    database.close()


def test_opening_on_a_full_disk(small_disk: Path) -> None:
    conversation_id = fill(small_disk / "chatapp.db", messages=1)
    filler = fill_disk(small_disk)
    with pytest.raises(DiskFull):
        Database(small_disk / "other.db")
    with pytest.raises(DiskFull):
        Database(small_disk / "chatapp.db")
    filler.unlink()
    database = Database(small_disk / "chatapp.db")
    assert len(Conversations(database).branch(conversation_id)) == 1
    database.close()


def test_database_that_may_not_grow(database: Database, conversations: Conversations) -> None:
    conversation, question, answer = conversations.begin_exchange(
        None, "kept", origin=ORIGIN, model_path=None
    )
    ((pages,),) = database.execute("PRAGMA page_count")
    database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull):
        conversations.save_partial(answer.id, "x" * 50_000)
    assert conversations.branch(conversation.id) == [question, answer]
    database.execute("PRAGMA max_page_count = 1000000")
    conversations.save_partial(answer.id, "x" * 50_000)


# Statements and transactions


def test_transaction_is_all_or_nothing(database: Database, conversations: Conversations) -> None:
    def fail() -> None:
        with database.transaction():
            database.execute(
                "INSERT INTO conversations (title, title_source, created_at, updated_at,"
                " system_prompt) VALUES ('', '', 0, 0, '')"
            )
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert conversations.all() == []
    conversations.create()


def test_transactions_do_not_nest(database: Database) -> None:
    with database.transaction(), pytest.raises(RuntimeError), database.transaction():
        pass


def test_another_process_that_holds_the_lock(path: Path, database: Database) -> None:
    impatient = Database(path, busy_seconds=0.05)
    with database.transaction():
        with pytest.raises(DatabaseBusy):
            Conversations(impatient).create()
        assert Conversations(impatient).all() == []
    Conversations(impatient).create()
    impatient.close()


def test_changed_elsewhere(path: Path, database: Database, conversations: Conversations) -> None:
    other = Database(path)
    assert not database.changed_elsewhere()
    conversations.create()
    assert not database.changed_elsewhere()
    Conversations(other).create()
    assert database.changed_elsewhere()
    assert not database.changed_elsewhere()
    assert other.changed_elsewhere()
    other.close()


def test_a_programming_error_is_not_disguised(database: Database) -> None:
    with pytest.raises(Exception, match="bindings") as caught:
        database.execute("SELECT ?", (1, 2))
    assert not isinstance(caught.value, ChatappError)


def test_closing_twice(database: Database) -> None:
    database.close()
    database.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text())
def test_text_comes_back_exactly(database: Database, text: str) -> None:
    assert database.execute("SELECT ?", (text,)) == [(text,)]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\0b", "a\0b"),
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
    ],
)
def test_lone_surrogates_are_replaced(database: Database, typed: str, stored: str) -> None:
    assert database.execute("SELECT ?", (typed,)) == [(stored,)]


def test_standard_library_can_read_the_messages(path: Path) -> None:
    # A person must be able to get at their conversations without Chatapp.
    fill(path, messages=2)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM messages").fetchone() == (2,)
    connection.close()
