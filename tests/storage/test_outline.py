"""The outline of a conversation: what stands inside what, and what is shown."""

from __future__ import annotations

import pytest

from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.domain.generation import GenerationParameters, Origin
from chatapp.errors import ConversationMissing
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database

ORIGIN = Origin("small", "/models/small.gguf", GenerationParameters(), seed=7)


def finish(conversations: Conversations, answer: Message, text: str) -> Message:
    return conversations.end_answer(
        answer.id, text=text, status=MessageStatus.COMPLETE, origin=ORIGIN
    )


def ask(
    conversations: Conversations, text: str, answer: str, conversation_id: int | None = None
) -> tuple[Message, Message]:
    _, question, begun = conversations.begin_exchange(
        conversation_id, text, origin=ORIGIN, model_path="/m", attachments=()
    )
    return question, finish(conversations, begun, answer)


def again(conversations: Conversations, question: Message, text: str) -> Message:
    begun = conversations.begin_answer(
        question.conversation_id, parent_id=question.id, origin=ORIGIN
    )
    return finish(conversations, begun, text)


def lines(conversations: Conversations, conversation_id: int) -> list[str]:
    """Each entry, indented as it stands, with * for what is shown."""
    depths: dict[int | None, int] = {None: 0}
    found = []
    for entry in conversations.outline(conversation_id):
        depth = depths[entry.inside]
        depths[entry.id] = depth + 1
        version = f" {entry.version}/{entry.versions}" if entry.versions > 1 else ""
        found.append("  " * depth + entry.excerpt + version + ("*" if entry.is_shown else ""))
    return found


def test_a_conversation_without_versions_is_flat(conversations: Conversations) -> None:
    question, _ = ask(conversations, "one", "first")
    ask(conversations, "two", "second", question.conversation_id)
    assert lines(conversations, question.conversation_id) == ["one*", "first*", "two*", "second*"]
    entries = conversations.outline(question.conversation_id)
    assert [entry.role for entry in entries] == [Role.USER, Role.ASSISTANT] * 2


def test_what_follows_a_version_stands_inside_it(conversations: Conversations) -> None:
    question, answer = ask(conversations, "one", "first")
    id_ = question.conversation_id
    ask(conversations, "two", "second", id_)
    again(conversations, question, "other")
    ask(conversations, "three", "third", id_)
    assert lines(conversations, id_) == [
        "one*",
        "first 1/2",
        "  two",
        "  second",
        "other 2/2*",
        "  three*",
        "  third*",
    ]
    conversations.bring_up(answer.id)
    assert lines(conversations, id_)[:3] == ["one*", "first 1/2*", "  two*"]


def test_a_role_that_only_a_newer_chatapp_knows(
    database: Database, conversations: Conversations
) -> None:
    question, _ = ask(conversations, "one", "first")
    database.execute("PRAGMA ignore_check_constraints = ON")
    database.execute("UPDATE messages SET role = 'oracle' WHERE id = ?", (question.id,))
    assert lines(conversations, question.conversation_id) == ["one*", "first*"]


def test_versions_of_the_first_question(conversations: Conversations) -> None:
    question, _ = ask(conversations, "one", "first")
    _, _, begun = conversations.edit_question(question.id, "uno", (), origin=ORIGIN)
    finish(conversations, begun, "primo")
    assert lines(conversations, question.conversation_id) == [
        "one 1/2",
        "  first",
        "uno 2/2*",
        "  primo*",
    ]


def test_in_place_of_what_was_deleted_stands_what_it_followed(conversations: Conversations) -> None:
    question, answer = ask(conversations, "one", "first")
    id_ = question.conversation_id
    ask(conversations, "two", "second", id_)
    conversations.delete_message(answer.id)
    assert lines(conversations, id_) == ["one*", "two*", "second*"]


def test_an_excerpt_is_one_short_line(conversations: Conversations) -> None:
    question, _ = ask(conversations, "one\n\n  two\t" + "x" * 1000, "first")
    excerpt = conversations.outline(question.conversation_id)[0].excerpt
    assert excerpt.startswith("one two xxx")
    assert len(excerpt) == 160


def test_versions_inside_versions(conversations: Conversations) -> None:
    question, _ = ask(conversations, "one", "first")
    for number in range(300):
        again(conversations, question, f"{number}")
        question, _ = ask(conversations, f"q{number}", "a", question.conversation_id)
    entries = conversations.outline(question.conversation_id)
    depths: dict[int | None, int] = {None: 0}
    for entry in entries:
        depths[entry.id] = depths[entry.inside] + 1
    assert max(depths.values()) == 301


def test_a_conversation_that_is_gone(conversations: Conversations) -> None:
    with pytest.raises(ConversationMissing):
        conversations.outline(4711)
