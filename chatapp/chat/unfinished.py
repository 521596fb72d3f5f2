"""The answers that are being made, saved once a second as far as they are written."""

from __future__ import annotations

import logging
import threading
from functools import partial

from chatapp.chat.running_answer import RunningAnswer
from chatapp.errors import ChatappError
from chatapp.jobs import Jobs
from chatapp.storage.conversations import Conversations

logger = logging.getLogger(__name__)

_SAVE_INTERVAL = 1.0  # seconds: what a crash may cost of an answer


class Unfinished:
    """Knows the answers that are being made. Thread-safe; `lock` guards what is in them."""

    def __init__(self, conversations: Conversations, jobs: Jobs) -> None:
        self.lock = threading.Lock()
        self._conversations = conversations
        self._jobs = jobs
        self._answers: dict[int, RunningAnswer] = {}
        self._grown = threading.Event()
        self._closed = threading.Event()
        self._saver = threading.Thread(
            target=self._save_regularly, name="answer-saver", daemon=True
        )
        self._saver.start()

    def add(self, running: RunningAnswer) -> None:
        """An answer begins."""
        with self.lock:
            self._answers[running.message.id] = running

    def remove(self, message_id: int) -> None:
        """It has ended."""
        with self.lock:
            self._answers.pop(message_id, None)

    def find(self, message_id: int) -> RunningAnswer | None:
        """The answer, unless it has ended. The caller holds the lock."""
        return self._answers.get(message_id)

    def all(self) -> list[RunningAnswer]:
        """Those at this moment."""
        with self.lock:
            return list(self._answers.values())

    def note_growth(self) -> None:
        """There is something to save."""
        self._grown.set()

    def close(self) -> None:
        """Save nothing any more."""
        self._closed.set()
        self._grown.set()
        self._saver.join()

    def save_partial(self, message_id: int) -> None:
        """On the database thread: store what there is by now of an answer that is being made."""
        with self.lock:
            running = self._answers.get(message_id)
            if running is None:
                return
            message, length = running.current, running.parts.length
        try:
            self._conversations.save_partial(
                message_id, message.text, message.reasoning, message.calls
            )
        except ChatappError as error:
            # The end of the answer is stored again and reports what stands in the way.
            logger.info("partial answer %d not saved: %s", message_id, error)
            return
        with self.lock:
            running.saved_length = length

    def _save_regularly(self) -> None:
        """A delta wakes the saver; what arrives in the second after a save waits for the next."""
        while True:
            self._grown.wait()
            if self._closed.wait(_SAVE_INTERVAL):
                return
            self._grown.clear()
            with self.lock:
                grown = [id_ for id_, a in self._answers.items() if a.parts.length > a.saved_length]
            for message_id in grown:
                self._jobs.database.run(partial(self.save_partial, message_id))
