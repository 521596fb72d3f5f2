"""The one door to the network: every client is made here, and every connection is logged.

Chatapp makes no connection by itself. `Network` holds the log that the window shows as "No
connections since start", and the place where later features get their clients from.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection that was made: `at` in seconds since the epoch, `reason` in plain words."""

    at: float
    host: str
    reason: str


class Network:
    """The log of this run's connections. Thread-safe."""

    def __init__(self) -> None:
        self._connections: tuple[Connection, ...] = ()
        self._listeners: list[Callable[[Connection], None]] = []

    @property
    def connections(self) -> tuple[Connection, ...]:
        """All connections since start, oldest first."""
        return self._connections

    def subscribe(self, listener: Callable[[Connection], None]) -> None:
        """Call `listener` with each new connection, in the thread that makes it."""
        self._listeners.append(listener)

    def record(self, host: str, reason: str) -> None:
        """Log a connection; a client calls this before it opens one."""
        connection = Connection(time.time(), host, reason)
        self._connections = (*self._connections, connection)
        logger.info("connection to %s: %s", host, reason)
        for listener in self._listeners:
            listener(connection)
