"""Questions that wait are kept for the process that asks them, and then for the next one."""

from __future__ import annotations

import pytest

from chatapp.domain.conversation import Attachment, Draft
from chatapp.errors import ConversationMissing
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database

NOTES = Attachment("notes.txt", "text/plain", 12, "Buy bread.")
QUESTIONS = (Draft("one", (NOTES,)), Draft("two"))


def wait_in_another_process(database: Database) -> None:
    """One that has ended: no process has this number."""
    database.execute("UPDATE waiting SET writer_pid = 4194305")


def test_what_waits_becomes_the_draft_in_the_end(conversations: Conversations) -> None:
    first, second = conversations.create().id, conversations.create().id
    conversations.save_draft(first, "thr", [NOTES])
    conversations.save_waiting(first, QUESTIONS)
    conversations.save_waiting(second, QUESTIONS)
    conversations.save_waiting(second, QUESTIONS[1:])
    conversations.waiting_to_drafts(own=False)
    assert conversations.draft(first) == Draft("thr", (NOTES,)), "its process still runs"
    for _ in range(2):
        conversations.waiting_to_drafts(own=True)
        assert conversations.draft(first) == Draft("one\n\ntwo\n\nthr", (NOTES, NOTES))
        assert conversations.draft(second) == Draft("two")


def test_what_waited_in_a_process_that_has_ended(
    conversations: Conversations, database: Database
) -> None:
    id_ = conversations.create().id
    conversations.save_waiting(id_, QUESTIONS)
    wait_in_another_process(database)
    conversations.save_waiting(id_, [Draft("here")])
    conversations.waiting_to_drafts(own=False)
    assert conversations.draft(id_) == Draft("one\n\ntwo", (NOTES,))
    conversations.waiting_to_drafts(own=True)
    assert conversations.draft(id_).text == "here\n\none\n\ntwo"


@pytest.mark.parametrize("damage", ["", "[", "7", "[[]]", '[["a", "b", "c", 4]]', "[null]"])
def test_damaged_attachments(conversations: Conversations, database: Database, damage: str) -> None:
    id_ = conversations.create().id
    conversations.save_waiting(id_, QUESTIONS[:1])
    database.execute("UPDATE waiting SET attachments = ?", (damage,))
    conversations.waiting_to_drafts(own=True)
    assert conversations.draft(id_) == Draft("one")


def test_conversation_that_is_gone(conversations: Conversations, database: Database) -> None:
    id_ = conversations.create().id
    conversations.save_waiting(id_, QUESTIONS)
    conversations.delete(id_)
    assert database.execute("SELECT * FROM waiting") == []
    conversations.save_waiting(id_, ())
    with pytest.raises(ConversationMissing):
        conversations.save_waiting(id_, QUESTIONS)
