"""Replies on their way to the application, sent by a thread of its own.

Waking that thread takes tens of microseconds from the one that computes, and what it does in the
middle of a batch takes a processor from llama.cpp. So the text of an answer waits as long as the
screen does not need it. Of a fast model several tokens are sent at once while the next one is
sampled, when a processor and the interpreter are free; the text of a slow one the sender finds by
itself.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection

from chatapp.engine.messages import Delta, Reply

DELTA_SECONDS = 0.02  # as often as the screen can use it
LOOK_SECONDS = 0.03  # the sender looks for text that waits
_PATIENCE = 30  # looks without finding any, until it waits to be woken


class Outbox:
    """A queue of replies. `send_all` is the sending thread's whole life."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._replies: deque[Reply] = deque()
        self._wake = threading.Event()
        self._is_looking = False
        self._flushed_at = 0.0
        self._is_closed = False
        self._sent_all = threading.Event()

    def put(self, reply: Reply) -> None:
        """Send it, at once unless it is text that follows other text. In any thread."""
        self._replies.append(reply)
        follows = isinstance(reply, Delta) and reply.completion_tokens > 1
        if not (follows and self._is_looking):
            self._wake.set()

    def flush(self) -> None:
        """Now is the time to send the text of several tokens. In the computing thread."""
        if len(self._replies) > 1:
            now = time.monotonic()
            if now - self._flushed_at >= DELTA_SECONDS:
                self._flushed_at = now
                self._wake.set()

    def close(self, timeout: float) -> None:
        """Wait until all is sent, but not longer than `timeout` seconds. Nothing is sent after."""
        self._is_closed = True
        self._wake.set()
        self._sent_all.wait(timeout)

    def send_all(self) -> None:
        """Send until `close`, or until nobody listens any more."""
        fruitless = _PATIENCE
        try:
            while not self._is_closed or self._replies:
                self._is_looking = fruitless < _PATIENCE
                # What was put before the flag was down has woken nobody.
                if self._is_looking or not self._replies:
                    self._wake.wait(LOOK_SECONDS if self._is_looking else None)
                self._wake.clear()
                fruitless = 0 if self._replies else fruitless + 1
                for reply in self._joined():
                    self._connection.send(reply)
        except OSError:
            return  # the application is gone, which the receiving thread sees too
        finally:
            self._sent_all.set()

    def _joined(self) -> Iterator[Reply]:
        """What waits, the text that follows text of the same answer joined to it."""
        deltas: list[Delta] = []
        while self._replies:
            reply = self._replies.popleft()
            if isinstance(reply, Delta) and (
                not deltas or deltas[0].request_id == reply.request_id
            ):
                deltas.append(reply)
                continue
            yield from _join(deltas)
            deltas = [reply] if isinstance(reply, Delta) else []
            if not isinstance(reply, Delta):
                yield reply
        yield from _join(deltas)


def _join(deltas: list[Delta]) -> Iterator[Delta]:
    if len(deltas) == 1:
        yield deltas[0]
    elif deltas:
        yield replace(
            deltas[-1],
            text="".join(delta.text for delta in deltas),
            probabilities=tuple(each for delta in deltas for each in delta.probabilities),
        )
