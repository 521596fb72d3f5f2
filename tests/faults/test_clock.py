"""The clock is set while somebody works, years forth and back: nothing goes, and nothing stops."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.chat.events import AnswerEnded, AnswerGrew, AnswerProgressed
from chatapp.domain.conversation import MessageStatus
from chatapp.paths import Paths
from tests.chat.sessions import Chat
from tests.fakes import WAIT
from tests.faults.home import look_over

DAY = 86_400.0
YEAR = 365 * DAY
NOW = 1_700_000_000.0
# 1970 and 2038 are where clocks begin again.
TIMES = (NOW - 10 * YEAR, NOW + 10 * YEAR, 0.0, 2.0**31 + 1, NOW - 1.0, NOW + 80 * YEAR, NOW)


class Clock:
    """What the system says the time is. Durations are measured by another one."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


@pytest.fixture
def chat(clock: Clock, paths: Paths, tmp_path: Path) -> Iterator[Chat]:
    chat = Chat(paths, tmp_path)
    yield chat
    chat.services.close()
    assert look_over(paths, []) == []


def test_between_questions(chat: Chat, clock: Clock) -> None:
    number = chat.ask("0").conversation_id
    for count, now in enumerate(TIMES, 1):
        clock.now = now
        ended = chat.ask(str(count), number)
        assert ended.message.status is MessageStatus.COMPLETE
        chat.ask(f"another {count}")
        chat.read(chat.services.session.tidy_trash)
    texts = [message.text for message in chat.branch(number)]
    assert texts[::2] == [str(count) for count in range(len(TIMES) + 1)]
    conversations = chat.read(chat.services.conversations.all)
    assert len(conversations) == 1 + len(TIMES)
    assert [hit.conversation.id for hit in chat.read(lambda: chat.services.search.find("another"))]


def test_in_the_middle_of_an_answer(chat: Chat, clock: Clock) -> None:
    for count, now in enumerate(TIMES, 1):
        chat.workers.script_answer("The ", WAIT, "sea.")
        chat.session.send(f"{count}", model=chat.model)
        chat.workers.wait_for_pause()
        chat.events.wait_for(AnswerGrew, 2 * count - 1)
        clock.now = now
        chat.workers.release()
        message = chat.events.wait_for(AnswerEnded, count).message
        assert (message.text, message.status) == ("The sea.", MessageStatus.COMPLETE)
    for event in chat.events.of(AnswerProgressed):
        assert event.progress.tokens_per_second >= 0
        assert event.progress.thinking_seconds >= 0
        assert math.isfinite(event.progress.tokens_per_second)


@pytest.mark.parametrize("now", [now for now in TIMES if now <= NOW])
def test_what_was_deleted_is_not_gone_for_a_clock_that_was_wrong(
    chat: Chat, clock: Clock, now: float
) -> None:
    """Ahead when it was deleted, and right again afterwards."""
    number = chat.ask("precious").conversation_id
    clock.now = NOW + 3 * YEAR
    chat.read(lambda: chat.services.conversations.move_to_trash(number))
    clock.now = now
    chat.read(chat.services.session.tidy_trash)
    deleted = chat.read(lambda: chat.services.conversations.all(deleted=True))
    assert [conversation.id for conversation in deleted] == [number]
    chat.read(lambda: chat.services.conversations.restore(number))
    assert [m.text for m in chat.branch(number)] == ["precious", "Hello there."]


def test_the_next_start(clock: Clock, paths: Paths, tmp_path: Path) -> None:
    """Everything is there again, at whatever time that is."""
    texts = []
    for count, now in enumerate(TIMES):
        clock.now = now
        chat = Chat(paths, tmp_path)
        assert len(chat.read(chat.services.conversations.all)) == count
        texts.append(chat.ask(f"{count}").message.text)
        chat.services.close()
    assert texts == ["Hello there."] * len(TIMES)
    assert look_over(paths, []) == []
