"""Temporary conversations: all that others can do, and nothing of it on disk."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from chatapp.domain.conversation import FIRST_TEMPORARY_ID, Draft, MessageStatus
from chatapp.domain.generation import GenerationParameters, Origin
from chatapp.errors import ConversationMissing
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.search import Search
from chatapp.storage.temporary import _ABOUT_ONE, AllConversations

ORIGIN = Origin("small", "/models/small.gguf", GenerationParameters())
# What is only about the conversations on disk, or about many.
ABOUT_MANY = {
    "all",
    "archive",
    "count",
    "create",
    "empty_trash",
    "move",
    "move_all_to_trash",
    "pin",
    "recover_interrupted",
    "restore_all",
    "tag",
    "tags",
    "tidy_trash",
    "waiting_to_drafts",
}


@pytest.fixture
def every(database: Database) -> AllConversations:
    return AllConversations(database)


def test_no_method_is_forgotten() -> None:
    methods = {
        name
        for name, _ in inspect.getmembers(Conversations, inspect.isfunction)
        if not name.startswith("_")
    }
    assert methods == ABOUT_MANY | set(_ABOUT_ONE)


def test_a_conversation_in_memory(every: AllConversations, database: Database) -> None:
    stored = every.create(title="stored")
    begun = every.create_temporary(model_path="/m", system_prompt="S", assistant="a")
    assert begun.is_temporary
    assert not stored.is_temporary
    conversation, question, answer = every.begin_exchange(
        begun.id, "Whisper", origin=ORIGIN, model_path="/m"
    )
    assert (conversation.id, conversation.system_prompt) == (begun.id, "S")
    assert min(question.id, answer.id) >= FIRST_TEMPORARY_ID
    every.save_partial(answer.id, "Hush")
    every.end_answer(answer.id, text="Hush.", status=MessageStatus.COMPLETE, origin=ORIGIN)
    assert every.suggest_title(begun.id, "Secret")
    every.save_draft(begun.id, "More")
    assert every.draft(begun.id) == Draft("More")
    assert [m.text for m in every.branch(begun.id)] == ["Whisper", "Hush."]
    assert [m.text for m in every.children(None, begun.id)] == ["Whisper"]
    branch = every.branch_off(answer.id)
    assert branch.is_temporary
    assert [c.title for c in every.temporary()] == ["Secret", "Secret"]
    assert [c.title for c in every.all()] == ["stored"]
    assert Search(database).find("whisper") == []
    assert database.execute("SELECT count(*) FROM messages") == [(0,)]
    assert every.draft(stored.id) == every.draft(None) == Draft()


def test_the_trash_of_temporary_ones_is_in_memory_too(every: AllConversations) -> None:
    stored, temporary = every.create().id, every.create_temporary().id
    every.pin([stored, temporary], pinned=True)
    assert every.get(stored).pinned
    assert every.get(temporary).pinned
    every.move_all_to_trash([stored, temporary])
    assert every.temporary() == every.all() == []
    assert [c.id for c in every.all(deleted=True)] == [stored]
    every.restore_all([stored, temporary])
    assert [c.id for c in every.temporary()] == [temporary]
    every.delete(temporary)
    assert every.temporary() == []


def test_they_end_with_chatapp(path: Path) -> None:
    database = Database(path)
    every = AllConversations(database)
    assert every.temporary() == []
    temporary = every.create_temporary()
    every.begin_exchange(temporary.id, "Xylophonquark", origin=ORIGIN, model_path=None)
    every.close()
    every.close()
    with pytest.raises(ConversationMissing):
        every.get(temporary.id)
    every.close()
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert "chatapp.db-wal" in before
    assert not any(b"Xylophonquark" in content for content in before.values())
    database.close()
