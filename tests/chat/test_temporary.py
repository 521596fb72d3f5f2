"""A temporary conversation is answered like any other, and leaves nothing on disk."""

from __future__ import annotations

from pathlib import Path

from chatapp.chat.events import AnswerEnded, ConversationBranched, TemporaryStarted
from chatapp.paths import Paths
from tests.chat.sessions import Chat


def test_nothing_of_it_is_on_disk(paths: Paths, tmp_path: Path) -> None:
    chat = Chat(paths, tmp_path)
    chat.workers.script_answer("Xylophonquark", " answers")
    chat.session.start_temporary(chat.model, system_prompt="Be a Zinnoberwal")
    begun = chat.events.wait_for(TemporaryStarted).conversation
    assert (begun.is_temporary, begun.model_path) == (True, chat.model.path)
    ended = chat.ask("Yttriumzebra?", begun.id)
    assert ended.conversation_id == begun.id
    assert [m.text for m in chat.branch(begun.id)] == ["Yttriumzebra?", "Xylophonquark answers"]
    chat.read(lambda: chat.services.conversations.save_draft(begun.id, "Zinkwolke"))
    chat.session.enqueue(begun.id, "More", (), chat.model)
    chat.events.wait_for(AnswerEnded, 2)
    assert {request.conversation for request in chat.workers.requests} == {""}
    folders = chat.services.paths
    chat.services.close()
    words = (b"Xylophonquark", b"Yttriumzebra", b"Zinnoberwal", b"Zinkwolke")
    for folder in (folders.data, folders.config, folders.cache, folders.logs):
        for file in folder.rglob("*"):
            content = file.read_bytes() if file.is_file() else b""
            assert not any(word in content for word in words), file


def test_a_branch_of_a_temporary_one_is_temporary(chat: Chat) -> None:
    chat.session.start_temporary()
    begun = chat.events.wait_for(TemporaryStarted).conversation
    chat.session.branch_off(chat.ask("One", begun.id).message.id)
    assert chat.events.wait_for(ConversationBranched).conversation.is_temporary


def test_a_duplicate_is_shown(chat: Chat) -> None:
    ended = chat.ask("One")
    chat.session.duplicate(ended.conversation_id, "Two")
    copy = chat.events.wait_for(ConversationBranched).conversation
    assert (copy.title, copy.is_temporary) == ("Two", False)
    assert [m.text for m in chat.branch(copy.id)] == ["One", "Hello there."]
