"""Replies on their way to the application.

A thread of its own sends them, so that computing never waits for the pipe; but waking it, and
waiting for the interpreter while it works, takes hundreds of microseconds. The text of a fast model
is therefore sent by the computing thread itself, that of several tokens at once, as often as the
screen can use it, and between two batches: what the application does in the middle of one takes a
processor from llama.cpp.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from chatapp.engine.channel import Channel
from chatapp.engine.messages import Delta, Reply
from chatapp.engine.parts import join_deltas

DELTA_SECONDS = 0.028  # between the texts of a fast model; the screen can't use them more often
LOOK_SECONDS = 0.05  # after so long the sender looks for text that still waits
_PATIENCE = 30  # looks without finding any, until it waits to be woken


class Outbox:
    """A queue of replies. `send_all` is the sending thread's whole life."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._replies: deque[Reply] = deque()
        self._wake = threading.Event()
        self._is_looking = False
        self._sending = threading.Lock()
        self._sent_at = 0.0
        self._is_closed = False
        self._sent_all = threading.Event()

    def put(self, reply: Reply) -> None:
        """Send it, at once unless it is text that follows other text. In any thread."""
        self._replies.append(reply)
        follows = isinstance(reply, Delta) and reply.completion_tokens > 1
        if not (follows and self._is_looking):
            self._wake.set()

    def flush(self) -> None:
        """A batch is computed: the time to send what waits. In the computing thread."""
        if self._replies and time.monotonic() - self._sent_at >= DELTA_SECONDS:
            with contextlib.suppress(OSError):  # the receiving thread sees that too
                self._send(wait=False)

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
                self._send(wait=True)
        except OSError:
            return  # the application is gone, which the receiving thread sees too
        finally:
            self._sent_all.set()

    def _send(self, *, wait: bool) -> None:
        """Send what there is; with `wait` after the other thread, without it not beside it."""
        if self._sending.acquire(blocking=wait):
            try:
                self._sent_at = time.monotonic()
                for reply in self._joined():
                    self._channel.send(reply)
            finally:
                self._sending.release()

    def _joined(self) -> Iterator[Reply]:
        """What waits, the text that follows text of the same answer joined to it."""
        deltas: list[Delta] = []
        while self._replies:
            reply = self._replies.popleft()
            if isinstance(reply, Delta) and (not deltas or _fits(deltas[0], reply)):
                deltas.append(reply)
                continue
            yield from _join(deltas)
            deltas = [reply] if isinstance(reply, Delta) else []
            if not isinstance(reply, Delta):
                yield reply
        yield from _join(deltas)


def _fits(first: Delta, second: Delta) -> bool:
    return first.request_id == second.request_id and bool(first.parts) == bool(second.parts)


def _join(deltas: list[Delta]) -> Iterator[Delta]:
    if len(deltas) == 1:
        yield deltas[0]
    elif deltas:
        yield replace(
            deltas[-1],
            text="".join(delta.text for delta in deltas),
            probabilities=tuple(each for delta in deltas for each in delta.probabilities),
            parts=tuple(join_deltas(part for delta in deltas for part in delta.parts)),
        )
