"""Several processes on one data folder, and processes that are killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chatapp.domain.conversation import Attachment, Draft, MessageStatus
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.search import Search
from tests.storage.writing_process import ORIGIN


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.writing_process", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.parametrize("saves", [1, 50, 333])
def test_killed_while_it_writes(path: Path, saves: int) -> None:
    with start("answer", str(path)) as process:
        assert process.stdout is not None
        lines = []
        while len(lines) < 2 * saves:
            lines.append(process.stdout.readline().split())
        process.kill()
        lines += [line.split() for line in process.stdout]
    saving = max(int(line[1]) for line in lines if line[0] == "saving" and len(line) == 2)
    saved = max(int(line[1]) for line in lines if line[0] == "saved" and len(line) == 2)

    database = Database(path)
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    conversations = Conversations(database)
    (conversation,) = conversations.all()
    question, answer = conversations.branch(conversation.id)
    assert question.text == "Is it safe?"
    assert saved <= len(answer.text) <= saving
    assert answer.text.startswith("quite certainly ")
    assert answer.status is MessageStatus.GENERATING
    assert Search(database).find("certainly") == []

    (recovered,) = conversations.recover_interrupted()
    assert recovered.status is MessageStatus.INTERRUPTED
    assert recovered.text == answer.text
    assert conversations.message(answer.id) == recovered
    assert [hit.message_id for hit in Search(database).find("certainly")] == [answer.id]
    assert conversations.recover_interrupted() == []
    database.close()


def test_answer_of_a_living_process_is_left_alone(
    path: Path, database: Database, conversations: Conversations
) -> None:
    with start("answer", str(path)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        assert database.changed_elsewhere()
        (conversation,) = conversations.all()
        assert conversations.recover_interrupted() == []
        process.kill()
        process.stdout.read()
    assert [m.text for m in conversations.branch(conversation.id)][:1] == ["Is it safe?"]
    assert len(conversations.recover_interrupted()) == 1


def test_two_processes_write_at_once_and_see_each_other(
    path: Path, database: Database, conversations: Conversations
) -> None:
    conversation = conversations.create()
    processes = [start("add", str(path), str(conversation.id), "100") for _ in range(2)]
    for _ in range(100):
        conversations.rename(conversation.id, "Busy")
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    assert database.changed_elsewhere()
    assert len(conversations.children(None, conversation.id)) == 200
    (hit,) = Search(database).find("me too")
    assert hit.conversation.title == "Busy"
    assert database.execute("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 6, 7, 20, 45, 68])
def test_killed_while_a_person_works(path: Path, steps: int) -> None:
    """Each step is done or not: nothing is there in part."""
    database = Database(path)
    conversations = Conversations(database)
    begun, _, answer = conversations.begin_exchange(None, "0", origin=ORIGIN, model_path=None)
    conversations.end_answer(
        answer.id, text="answer 0", status=MessageStatus.COMPLETE, origin=ORIGIN
    )
    database.close()
    with start("work", str(path), str(begun.id)) as process:
        assert process.stdout is not None
        for _ in range(steps):
            assert process.stdout.readline()
        process.kill()
        process.stdout.read()

    database = Database(path)
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check") == []
    conversations = Conversations(database)
    conversations.recover_interrupted()
    for conversation in conversations.all():
        question, answer = conversations.branch(conversation.id)
        for attachment in question.attachments:
            assert attachment == attached(int(question.text))
        if answer.status is MessageStatus.COMPLETE:
            assert answer.text == f"answer {question.text}"
        else:
            assert (answer.status, answer.text) == (MessageStatus.INTERRUPTED, "")
        if answer.rating is not None:
            number = question.text
            assert (answer.rating.note, answer.rating.correction) == (number, number)
        is_copy = conversation.id != begun.id
        assert not is_copy or (question.attachments and answer.rating is not None)
        draft = conversations.draft(conversation.id)
        assert draft == Draft() or draft == Draft(draft.text, (attached(int(draft.text)),))
    database.execute("INSERT INTO message_index (message_index) VALUES ('integrity-check')")
    database.close()


def attached(number: int) -> Attachment:
    return Attachment(f"{number}.txt", "text/plain", number, f"{number} " * 2000)
