"""A session on fake workers and a real database, and what it told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from chatapp.chat.events import AnswerEnded, SessionEvent
from chatapp.domain.conversation import Message
from chatapp.domain.model import ModelFile
from chatapp.paths import Paths
from chatapp.services import Services
from tests.fakes import FakeWorkers, fake_model

T = TypeVar("T")
TIMEOUT = 10.0


class Events:
    """What the session told, and a way to wait for it."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.seen: list[SessionEvent] = []
        self._timeout = timeout
        self._changed = threading.Condition()

    def add(self, event: SessionEvent) -> None:
        with self._changed:
            self.seen.append(event)
            self._changed.notify_all()

    def wait_for(self, kind: type[T], number: int = 1) -> T:
        with self._changed:
            done = self._changed.wait_for(lambda: len(self.of(kind)) >= number, self._timeout)
            assert done, f"no {kind.__name__} number {number}: {self.seen}"
            return self.of(kind)[number - 1]

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.seen if isinstance(event, kind)]


class Chat:
    """A session on fake workers and a real database."""

    def __init__(self, paths: Paths, folder: Path) -> None:
        self.workers = FakeWorkers()
        self.services = Services(paths, start_worker=self.workers)
        self.session = self.services.session
        self.model: ModelFile = fake_model(folder)
        self.events = Events()
        self.session.subscribe(self.events.add)

    def read(self, function: Callable[[], T]) -> T:
        return self.services.jobs.database.submit(function).result(TIMEOUT)

    def branch(self, conversation_id: int) -> list[Message]:
        return self.read(lambda: self.services.conversations.branch(conversation_id))

    def ask(self, text: str, conversation_id: int | None = None) -> AnswerEnded:
        before = len(self.events.of(AnswerEnded))
        self.session.send(text, model=self.model, conversation_id=conversation_id)
        return self.events.wait_for(AnswerEnded, before + 1)
