"""What the application and a worker send each other messages through."""

from __future__ import annotations

import os
import pickle
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import Any


@dataclass(frozen=True, slots=True)
class Channel:
    """One end: two pipes that work one way each.

    A socket pair that works both ways would do, but on Linux it wakes the thread that waits for
    messages whenever the other side has read one, in the middle of computing.
    """

    incoming: Connection
    outgoing: Connection

    def send(self, message: Any) -> None:
        """Send a message; waits while the pipe is full. `OSError` when nobody listens."""
        # Connection.send would set up a pickler that knows sockets and locks, for every message.
        self.outgoing.send_bytes(pickle.dumps(message))

    def recv(self) -> Any:
        """Wait for the next message. `EOFError` or `OSError` when no other will come."""
        return pickle.loads(self.incoming.recv_bytes())  # noqa: S301 - from our own process

    def close(self) -> None:
        """Close this end."""
        self.incoming.close()
        self.outgoing.close()

    def keep_from_children(self) -> None:
        """Let nothing that this process starts keep the pipes open after its death."""
        if sys.platform != "win32":
            for pipe in (self.incoming, self.outgoing):
                os.set_inheritable(pipe.fileno(), False)  # noqa: FBT003 - it takes no names


def open_channel(context: BaseContext) -> tuple[Channel, Channel]:
    """Both ends; either can be sent to a process of this context when that is started."""
    their_incoming, our_outgoing = context.Pipe(duplex=False)
    our_incoming, their_outgoing = context.Pipe(duplex=False)
    return Channel(our_incoming, our_outgoing), Channel(their_incoming, their_outgoing)
