"""Ends a request at once, whatever it is waiting for."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chatapp.network import Stop

Trace = Callable[[str, Mapping[str, Any]], None]


@contextlib.contextmanager
def breaking(stop: Stop) -> Iterator[Trace]:
    """Shut the connection of a request down when `stop` is set, which wakes whoever reads from it.

    Yields what goes into the request's extensions as `trace`: it hears of the socket before the
    handshake and long before the answer. What can't be interrupted is to look a host up and to
    connect to it. The request must not go over an older connection, which makes no such noise.
    """
    connection = _Connection()
    with stop.waking(connection.shut):
        try:
            yield connection.trace
        finally:
            connection.forget()


class _Connection:
    """Keeps a duplicate of a socket, because the handshake puts another object in its place."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_shut = False

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        if not name.endswith("connect_tcp.complete"):
            return
        self.forget()
        with self._lock:
            self._socket = info["return_value"].get_extra_info("socket").dup()
            is_shut = self._is_shut
        if is_shut:
            self.shut()

    def shut(self) -> None:
        with self._lock:
            self._is_shut = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None
