"""A proxy as people have them: it tunnels, for HTTP's CONNECT and for SOCKS5, on the same port."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from types import TracebackType
from typing import BinaryIO, Self

_SOCKS5 = 5
_NAME = 3  # the kind of address that is a host name
_DONE = bytes([_SOCKS5, 0, 0, 1, 0, 0, 0, 0, 0, 0])


class Tunnel:
    """Works on loopback from its construction until `close`. `wanted` are the hosts and ports."""

    def __init__(self) -> None:
        self.wanted: list[tuple[str, int]] = []
        wanted = self.wanted

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                host, port, welcome = _asked(self.rfile, self.connection)
                wanted.append((host, port))
                with (
                    contextlib.suppress(OSError),
                    socket.create_connection((host, port), 10) as there,
                ):
                    self.connection.sendall(welcome)
                    back = threading.Thread(target=_pass_on, args=(there, self.connection))
                    back.start()
                    _pass_on(self.connection, there)
                    back.join()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it. Its connections end with those of the client."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _asked(reader: BinaryIO, connection: socket.socket) -> tuple[str, int, bytes]:
    """Where to, and what to answer when that is reached."""
    first = reader.read(1)
    if first != bytes([_SOCKS5]):
        host, _, port = (first + reader.readline()).split()[1].decode().rpartition(":")
        while reader.readline().strip():
            pass
        return host, int(port), b"HTTP/1.1 200 Connection established\r\n\r\n"
    reader.read(reader.read(1)[0])
    connection.sendall(bytes([_SOCKS5, 0]))
    kind = reader.read(4)[3]
    raw = reader.read(reader.read(1)[0] if kind == _NAME else 4)
    host = raw.decode() if kind == _NAME else socket.inet_ntoa(raw)
    return host, int.from_bytes(reader.read(2)), _DONE


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
