from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatapp.domain.conversation import Attachment, Draft
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database

NOTES = Attachment("notes.txt", "text/plain", 12, "größer\nals")
CODE = Attachment("a.py", "text/x-python", 9, "print(1)\n")


def rows(database: Database) -> tuple[int, int]:
    ((drafts,),) = database.execute("SELECT count(*) FROM drafts")
    ((attachments,),) = database.execute("SELECT count(*) FROM draft_attachments")
    return drafts, attachments


def test_draft_is_there_after_a_restart(path: Path) -> None:
    database = Database(path)
    conversations = Conversations(database)
    id_ = conversations.create().id
    conversations.save_draft(id_, "half a thou", (NOTES, CODE))
    conversations.save_draft(None, "something new")
    database.close()
    database = Database(path)
    conversations = Conversations(database)
    assert conversations.draft(id_) == Draft("half a thou", (NOTES, CODE))
    assert conversations.draft(None) == Draft("something new")
    assert conversations.draft(conversations.create().id) == Draft()
    database.close()


def test_empty_draft_is_removed(conversations: Conversations, database: Database) -> None:
    id_ = conversations.create().id
    conversations.save_draft(id_, " \n", (NOTES,))
    assert conversations.draft(id_) == Draft(" \n", (NOTES,))
    conversations.save_draft(id_, " \n")
    assert conversations.draft(id_) == Draft()
    conversations.save_draft(None, "")
    assert rows(database) == (0, 0)


def test_draft_goes_with_its_conversation(conversations: Conversations, database: Database) -> None:
    first, second = conversations.create().id, conversations.create().id
    conversations.save_draft(first, "one", (NOTES,))
    conversations.save_draft(second, "two", (CODE,))
    conversations.move_to_trash(first)
    assert conversations.draft(first).text == "one"
    conversations.delete(first)
    assert rows(database) == (1, 1)
    conversations.move_to_trash(second)
    conversations.empty_trash()
    assert rows(database) == (0, 0)


def test_attachments_are_written_only_when_they_changed(
    conversations: Conversations, database: Database
) -> None:
    id_ = conversations.create().id
    conversations.save_draft(id_, "a", (NOTES,))
    before = database.execute("SELECT id FROM draft_attachments")
    large = replace(CODE, text="x" * 1_000_000)
    conversations.save_draft(id_, "ab", (NOTES, large))
    changed = database.execute("SELECT id FROM draft_attachments")
    assert len(changed) == 2 > len(before)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conversations.save_draft(id_, "abc", (NOTES, large))
    written = database._path.with_name(database._path.name + "-wal").stat().st_size
    assert written < 100_000
    assert conversations.draft(id_) == Draft("abc", (NOTES, large))


def test_draft_of_another_process_is_replaced_as_a_whole(path: Path) -> None:
    databases = [Database(path), Database(path)]
    first, second = map(Conversations, databases)
    first.save_draft(None, "first", (NOTES,))
    second.save_draft(None, "second", (CODE,))
    first.save_draft(None, "first again", (NOTES,))
    assert second.draft(None) == Draft("first again", (NOTES,))
    second.save_draft(None, "")
    first.save_draft(None, "once more", (NOTES,))
    assert second.draft(None) == Draft("once more", (NOTES,))
    for database in databases:
        database.close()


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
DRAFTS = st.builds(
    Draft,
    TEXTS,
    st.lists(st.builds(Attachment, TEXTS, TEXTS, st.integers(0, 2**60), TEXTS), max_size=3).map(
        tuple
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(DRAFTS, max_size=6))
def test_last_draft_comes_back_exactly(conversations: Conversations, drafts: list[Draft]) -> None:
    for draft in drafts:
        conversations.save_draft(None, draft.text, draft.attachments)
        is_empty = not draft.text.strip() and not draft.attachments
        assert conversations.draft(None) == (Draft() if is_empty else draft)
