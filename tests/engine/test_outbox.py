from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from multiprocessing import get_context

import pytest

from chatapp.domain.generation import FinishReason, Usage
from chatapp.engine.channel import open_channel
from chatapp.engine.messages import Delta, Finished, Pong
from chatapp.engine.parts import PartDelta, PartKind
from chatapp.engine.worker import outbox
from chatapp.engine.worker.outbox import Outbox


class Line:
    """An outbox, its thread, and the end that the application has."""

    def __init__(self) -> None:
        self.end, self.theirs = open_channel(get_context("spawn"))
        self.outbox = Outbox(self.theirs)
        self.thread = threading.Thread(target=self.outbox.send_all)
        self.thread.start()

    def read(self) -> object:
        assert self.end.incoming.poll(10)
        return self.end.recv()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.outbox.close(10)
    line.thread.join(10)
    assert not line.thread.is_alive()
    line.theirs.close()
    line.end.close()


def finished(number: int) -> Finished:
    return Finished(number, FinishReason.END, Usage(), 0)


def test_nothing_is_lost_and_nothing_overtakes(line: Line) -> None:
    sent = 0
    for request in (1, 2):
        for number in range(1, 2000):
            line.outbox.put(Delta(request, f"{number} ", number))
            sent += 1
        line.outbox.put(finished(request))
        text, counts = "", []
        while isinstance(reply := line.read(), Delta):
            assert reply.request_id == request
            text += reply.text
            counts.append(reply.completion_tokens)
        assert reply == finished(request)
        assert text == "".join(f"{number} " for number in range(1, 2000))
        assert counts == sorted(counts)
        assert counts[-1] == 1999
        assert len(counts) < 1000  # they were joined


def test_texts_of_several_answers_stay_apart(line: Line) -> None:
    for number in range(1, 50):
        for request in (1, 2, 3):
            line.outbox.put(Delta(request, f"{request}", number))
    line.outbox.put(Pong(0))
    texts = {1: "", 2: "", 3: ""}
    while isinstance(reply := line.read(), Delta):
        texts[reply.request_id] += reply.text
    assert texts == {request: str(request) * 49 for request in texts}


def test_parts_are_joined(line: Line) -> None:
    def part(index: int, text: str) -> PartDelta:
        return PartDelta(index, PartKind.TEXT if index % 2 else PartKind.REASONING, text)

    with line.outbox._sending:  # so that all of it waits
        line.outbox.put(Delta(1, "", 1, (), (part(0, "a"),)))
        line.outbox.put(Delta(1, "", 2, (), (part(0, "b"),)))
        line.outbox.put(Delta(1, "c", 3, (), (part(0, "!"), part(1, "c"))))
        line.outbox.put(Delta(1, "d", 4))
        line.outbox.put(Delta(1, "e", 5))
    assert line.read() == Delta(1, "c", 3, (), (part(0, "ab!"), part(1, "c")))
    assert line.read() == Delta(1, "de", 5)


def test_text_that_follows_comes_without_waking(line: Line) -> None:
    line.outbox.put(Delta(1, "a", 1))
    assert line.read() == Delta(1, "a", 1)
    line.outbox.put(Delta(1, "b", 2))
    assert line.read() == Delta(1, "b", 2)
    # Long after the sender has gone to sleep, too.
    assert not line.end.incoming.poll(1.5)
    line.outbox.put(Delta(1, "c", 3))
    assert line.read() == Delta(1, "c", 3)


def test_closing_sends_the_rest() -> None:
    line = Line()
    for number in range(1, 100):
        line.outbox.put(Delta(1, "x", number))
    line.outbox.close(10)
    line.thread.join(10)
    text = ""
    while len(text) < 99:
        reply = line.read()
        assert isinstance(reply, Delta)
        text += reply.text
    line.theirs.close()
    line.end.close()


def test_an_application_that_is_gone_ends_it() -> None:
    line = Line()
    line.end.close()
    line.outbox.put(Pong(0))
    line.thread.join(10)
    assert not line.thread.is_alive()
    line.theirs.close()


def test_the_computing_thread_sends_what_waits(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LOOK_SECONDS", 60.0)
    line.outbox.put(Delta(1, "a", 1))
    assert line.read() == Delta(1, "a", 1)
    while not line.outbox._is_looking:
        time.sleep(0.001)
    line.outbox.put(Delta(1, "b", 2))
    line.outbox.put(Delta(1, "c", 3))
    assert not line.end.incoming.poll(0.2)
    line.outbox.flush()
    assert line.read() == Delta(1, "bc", 3)
    line.outbox.put(Delta(1, "d", 4))
    monkeypatch.setattr(outbox, "DELTA_SECONDS", 60.0)
    line.outbox.flush()  # too early
    assert not line.end.incoming.poll(0.2)
    line.outbox.put(finished(1))  # takes along what waits
    assert line.read() == Delta(1, "d", 4)
    assert line.read() == finished(1)
