"""The disk is full while somebody works: it is said, nothing is lost, and then it goes on."""

from __future__ import annotations

import json
import logging
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.chat.events import AnswerEnded, AnswerGrew, AnswerStarted, SendFailed
from chatapp.domain.assistant import Assistant
from chatapp.domain.conversation import Draft, MessageStatus
from chatapp.domain.download import DownloadState, Order
from chatapp.domain.hub import RepoFile
from chatapp.errors import ChatappError, DiskFull, from_record
from chatapp.paths import Paths
from chatapp.services import Services
from chatapp.storage.database import Database
from tests.chat.sessions import Chat
from tests.engine.conftest import eventually
from tests.fakes import WAIT, FakeWorkers
from tests.faults.chance import LIMIT, Chance
from tests.faults.disk import MEGABYTE, Disk, small_disk
from tests.faults.home import look_over
from tests.faults.victim import FILE, REPO
from tests.local_hub import LocalHub

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="no disk can be made there"),
    pytest.mark.timeout(LIMIT),
]

KEPT = 64 * MEGABYTE  # that a download leaves free
SIZE = 3_000_000  # bytes of a model


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", 16) as disk:  # SQLite's log alone may have 4
        yield disk


@pytest.fixture
def paths(disk: Disk) -> Paths:
    paths = Paths.under(disk.folder / "home")
    paths.create()
    return paths


@pytest.fixture
def chat(disk: Disk, paths: Paths, tmp_path: Path) -> Iterator[Chat]:
    chat = Chat(paths, tmp_path)
    yield chat
    disk.free()
    chat.services.close()
    assert look_over(paths, []) == []


def is_told(disk: Disk, error: ChatappError) -> bool:
    """What limits files here is no full disk, which the error then doesn't say."""
    return isinstance(error, DiskFull if disk.is_real else ChatappError)


def texts(chat: Chat, conversation_id: int) -> list[str]:
    return [message.text for message in chat.branch(conversation_id)]


def conversations_of(chat: Chat) -> list[int]:
    return [one.id for one in chat.read(chat.services.conversations.all)]


def wait_until_over(chat: Chat, text: str) -> None:
    """Until a question was refused, or its answer has come to an end."""

    def is_over() -> bool:
        if text in (event.text for event in chat.events.of(SendFailed)):
            return True
        begun = [event.question for event in chat.events.of(AnswerStarted)]
        is_begun = any(question is not None and question.text == text for question in begun)
        return is_begun and not chat.session.running_conversations()

    eventually(is_over)
    chat.read(lambda: None)


def is_given_back(chat: Chat, text: str) -> bool:
    """Whether a question was given back; if not, it is there, once."""
    given_back = text in (event.text for event in chat.events.of(SendFailed))
    sql = "SELECT count(*) FROM messages WHERE text = ?"
    kept = chat.read(lambda: chat.services.database.execute(sql, (text,)))
    assert kept == [(0 if given_back else 1,)]
    return given_back


def test_a_question_that_does_not_fit_is_given_back(disk: Disk, chat: Chat) -> None:
    number = chat.ask("one").conversation_id
    disk.fill()
    chat.session.send("two " * 5000, model=chat.model, conversation_id=number)
    failed = chat.events.wait_for(SendFailed)
    assert is_told(disk, failed.error)
    assert failed.text == "two " * 5000
    disk.free()
    chat.ask("three", number)
    assert texts(chat, number) == ["one", "Hello there.", "three", "Hello there."]


def test_an_answer_that_does_not_fit_is_kept_until_it_does(disk: Disk, chat: Chat) -> None:
    number = chat.ask("one").conversation_id
    chat.workers.script_answer("begun ", WAIT, "word " * 5000)
    chat.session.send("two", model=chat.model, conversation_id=number)
    chat.workers.wait_for_pause()
    disk.fill()
    chat.workers.release()
    ended = chat.events.wait_for(AnswerEnded, 2).message
    assert ended.status is MessageStatus.FAILED
    assert ended.error is not None
    assert is_told(disk, from_record(ended.error))
    disk.free()
    chat.session.send("three", model=chat.model, conversation_id=number)
    chat.events.wait_for(AnswerEnded, 4)  # that of the second question once more
    stored = chat.branch(number)
    assert stored[3].text == "begun " + "word " * 5000
    assert stored[3].status is MessageStatus.COMPLETE


def test_an_answer_that_grows_on_a_full_disk(disk: Disk, chat: Chat) -> None:
    """Nothing of it can be saved on the way."""
    chat.workers.script_answer("begun ", WAIT, *["word "] * 200, WAIT, "end")
    chat.session.send("one", model=chat.model)
    chat.workers.wait_for_pause()
    disk.fill()
    chat.workers.release()
    chat.events.wait_for(AnswerGrew, 201)
    chat.workers.wait_for_pause()
    (answer,) = chat.session.running_conversations()
    message = chat.session.running(answer)
    assert message is not None
    chat.read(lambda: chat.session._answers.save_partial(message))
    disk.free()
    chat.workers.release()
    ended = chat.events.wait_for(AnswerEnded).message
    assert (ended.status, ended.text) == (MessageStatus.COMPLETE, f"begun {'word ' * 200}end")


def test_a_question_that_waits(
    disk: Disk, paths: Paths, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """When nothing can be written at the end, the next start still has it."""
    chat = Chat(paths, tmp_path)
    chat.workers.script_answer("Red", WAIT)
    chat.session.send("colours", model=chat.model)
    chat.workers.wait_for_pause()
    number = chat.events.wait_for(AnswerStarted).conversation.id
    chat.session.enqueue(number, "two " * 5000, (), chat.model)
    chat.read(lambda: None)
    disk.fill()
    chat.session.enqueue(number, "three " * 5000, (), chat.model)
    failed = chat.events.wait_for(SendFailed)
    assert (failed.conversation_id, failed.text) == (number, "three " * 5000)
    assert is_told(disk, failed.error)
    assert [one.text for one in chat.session.queued(number)] == ["two " * 5000]
    with caplog.at_level(logging.ERROR, logger="chatapp.chat.queue"):
        chat.services.close()
    disk.free()
    database = Database(paths.database)
    database.execute("UPDATE waiting SET writer_pid = 4194305")  # a process that has ended
    database.close()
    chat = Chat(paths, tmp_path)
    assert chat.read(lambda: chat.services.conversations.draft(number)).text == "two " * 5000
    chat.services.close()
    assert look_over(paths, []) == []


def test_what_is_typed_and_chosen(disk: Disk, chat: Chat, paths: Paths) -> None:
    number = chat.ask("one").conversation_id
    conversations, settings = chat.services.conversations, chat.services.settings
    disk.fill()
    with pytest.raises(ChatappError) as draft:
        chat.read(lambda: conversations.save_draft(number, "unsent " * 5000))
    with pytest.raises(ChatappError) as setting:
        settings.change(language="zh_CN", shortcuts={f"action.{n}": "Ctrl+A" for n in range(400)})
    assert is_told(disk, draft.value)
    assert is_told(disk, setting.value)
    assert settings.current.language == "zh_CN"  # until the program ends
    assert sorted(paths.config.iterdir()) == []
    disk.free()
    assert chat.read(lambda: conversations.draft(number)) == Draft()
    chat.read(lambda: conversations.save_draft(number, "unsent"))
    settings.change(text_zoom=110)
    assert json.loads(paths.settings.read_text())["text_zoom"] == 110


def test_exporting_and_importing(disk: Disk, chat: Chat, paths: Paths, tmp_path: Path) -> None:
    assistants = chat.services.assistants
    for number in range(20):
        assistants.save(Assistant("", f"Assistant {number}", system_prompt="word " * 1000))
    before = assistants.list()
    ids = [one.id for one in before]
    outside = tmp_path / "outside.json"
    assistants.export_json(outside, ids)
    target = paths.data / "exported.json"
    disk.fill()
    with pytest.raises(ChatappError) as exporting:
        assistants.export_json(target, ids)
    with pytest.raises(ChatappError) as importing:
        assistants.import_json(outside)
    assert is_told(disk, exporting.value)
    assert is_told(disk, importing.value)
    assert assistants.list() == before
    assert list(paths.data.glob("exported*")) == []
    disk.free()
    assistants.export_json(target, ids)
    assert target.read_bytes() == outside.read_bytes()
    assert len(assistants.import_json(outside)) == len(ids)


def test_starting(disk: Disk, paths: Paths, tmp_path: Path) -> None:
    """Either it starts, or it says why and leaves nothing running."""
    chat = Chat(paths, tmp_path)
    number = chat.ask("one").conversation_id
    chat.services.close()
    disk.fill()
    error: ChatappError | None = None
    try:
        Services(paths, start_worker=FakeWorkers()).close()
    except ChatappError as raised:
        error = raised
    assert error is None or is_told(disk, error)
    disk.free()
    chat = Chat(paths, tmp_path)
    assert texts(chat, number) == ["one", "Hello there."]
    chat.services.close()


@pytest.mark.parametrize("leave", [4096, 16_384, 65_536, 200_000])
def test_just_before_it_is_full(disk: Disk, chat: Chat, leave: int) -> None:
    """Somewhere in the middle there is no space any more: what was said to be kept is kept."""
    numbers = [chat.ask("one").conversation_id for _ in range(2)]
    disk.fill(leave)
    chat.workers.script_answer(*["word " * 400] * 40)
    questions = ("two " * 1000, "three " * 1000)
    for number, text in zip(numbers, questions, strict=True):
        chat.session.send(text, model=chat.model, conversation_id=number)
    for text in questions:
        wait_until_over(chat, text)
    disk.free()
    for number, text in zip(numbers, questions, strict=True):
        is_given_back(chat, text)
        chat.session.send(f"after {number}", model=chat.model, conversation_id=number)
        wait_until_over(chat, f"after {number}")
        question, answer = chat.branch(number)[-2:]
        assert (question.text, answer.status) == (f"after {number}", MessageStatus.COMPLETE)


def test_full_at_random(disk: Disk, chat: Chat, chance: Chance) -> None:
    """Full, nearly full and empty by turns: every question is kept or given back."""
    talks: list[int | None] = [None]
    asked = refused = 0
    for number, dice in chance.rounds(12):
        if dice.random() < 0.6:
            # So that SQLite's log has to grow.
            chat.read(lambda: chat.services.database.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
            disk.fill(dice.randrange(200_000))
        text = f"question {number} " + "word " * dice.randrange(3000)
        chat.workers.script_answer(*["word " * dice.randrange(1, 300)] * dice.randrange(1, 20))
        chat.session.send(text, model=chat.model, conversation_id=dice.choice(talks))
        wait_until_over(chat, text)
        disk.free()
        asked += 1
        refused += is_given_back(chat, text)
        chat.events.seen.clear()
        talks = [None, *conversations_of(chat)[:10]]
        if number % 20 == 19:  # it is a small disk
            for talk in conversations_of(chat):
                chat.read(lambda talk=talk: chat.session.delete(talk))  # type: ignore[misc]
            talks = [None]
    chance.report("disk", questions=asked, refused=refused, lost=0)


def test_a_model_that_does_not_fit(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Something else fills the disk while it arrives."""
    model = random.Random(3).randbytes(SIZE)
    with (
        small_disk(tmp_path / "disk", KEPT // MEGABYTE + 12) as disk,
        LocalHub() as hub,
        caplog.at_level(logging.ERROR, logger="chatapp.hub.queue_file"),
    ):
        hub.add_repo(REPO, {FILE: model})
        hub.limit(SIZE / 2)
        paths = Paths.under(disk.folder / "home")
        paths.create()
        paths.settings.write_text(json.dumps({"hub_endpoint": hub.endpoint}))
        chat = Chat(paths, tmp_path)
        downloads = chat.services.downloads
        number = downloads.add(Order(REPO, (RepoFile(FILE),)))
        eventually(lambda: downloads.items[0].done > 0)
        disk.fill()
        stopped = (DownloadState.PAUSED, DownloadState.FAILED)
        eventually(lambda: downloads.items[0].state in stopped)
        error = downloads.items[0].error
        assert error is not None
        assert is_told(disk, error)
        disk.free()
        hub.limit(None)
        downloads.resume(number)
        eventually(lambda: downloads.items[0].state is DownloadState.DONE)
        chat.services.close()
        assert (paths.models / REPO / FILE).read_bytes() == model
        assert list(paths.models.rglob("*.part*")) == []
