"""Requests to the Hub that end when they should: on a total time, a size, or a wish.

A client alone knows only how long it waits for each piece, and can't be interrupted. So each call
has a client for itself while it lasts; ending the call means ending the sockets of that client.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chatapp.domain.hub import Access
from chatapp.errors import HubAnswerInvalid, HubTimeout, Offline
from chatapp.hub.breaker import breaking
from chatapp.hub.failures import typed
from chatapp.network import Network, Purpose, Stop, make_client

if TYPE_CHECKING:
    import httpx2

_MOST_IDLE = 4
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its whole body. Header names are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def host(self) -> str:
        """Who gave it."""
        return urlsplit(self.url).hostname or self.url


class Line:
    """A client that serves one call at a time, which another thread can end at once.

    After that it is of no more use (`can_go_on`).
    """

    def __init__(self, access: Access, network: Network, purpose: Purpose) -> None:
        self.access = access
        self.can_go_on = True
        self._client = make_client(access, network, purpose=purpose)
        self._streams: tuple[Any, ...] = ()  # of connections that earlier calls left open

    def close(self) -> None:
        """End its connections."""
        self._client.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        most: int,
        seconds: float | None,
        stop: Stop | None,
    ) -> Reply:
        """One request and its answer, without following a redirect.

        `seconds` is for all of it, None leaves only the limit for each piece. A body of more than
        `most` bytes is an error, unless a part of a file was asked for: then the rest is left.

        Raises `HubError`, or `CancelledError` when `stop` was set.
        """
        import httpx2

        host = urlsplit(url).hostname or url
        peer, is_connecting = "", False  # the peer is the proxy, if there is one
        end = Stop()
        timer = threading.Timer(seconds or 0, end.set)

        def on_trace(name: str, info: Mapping[str, Any]) -> None:
            nonlocal peer, is_connecting
            if name.endswith("connect_tcp.started"):
                peer, is_connecting = str(info["host"]), True
            elif name.endswith("connect_tcp.complete"):
                is_connecting = False
            trace(name, info)

        try:
            with (
                (stop or Stop()).waking(end.set),
                end.waking(self._shut_older),
                breaking(end) as trace,
            ):
                if seconds is not None:
                    timer.start()
                with self._client.stream(
                    method, url, headers=headers, extensions={"trace": on_trace}
                ) as response:
                    self._know(response.extensions.get("network_stream"))
                    content = _body(response, host, most, is_part="Range" in headers)
                    if end.is_set():  # to some bodies that looks like their end
                        raise ConnectionAbortedError
                    return Reply(
                        url,
                        response.status_code,
                        {name.casefold(): value for name, value in response.headers.items()},
                        content,
                    )
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            if stop is not None and stop.is_set():
                raise CancelledError from None
            if end.is_set():
                raise HubTimeout(host, round(seconds or 0)) from None
            if is_connecting or isinstance(error, httpx2.ProxyError):
                host = peer or host
            raise typed(error, host) from error
        finally:
            timer.cancel()
            if seconds is not None:
                timer.join()
            self.can_go_on = self.can_go_on and not end.is_set()

    def _know(self, stream: Any) -> None:
        others = (s for s in self._streams if s is not stream and _socket_of(s) is not None)
        self._streams = (*others, stream)

    def _shut_older(self) -> None:
        for stream in self._streams:
            its = _socket_of(stream)
            with contextlib.suppress(OSError):
                if its is not None:
                    # That of a TLS socket would take its state away from whoever reads from it.
                    socket.socket.shutdown(its, socket.SHUT_RDWR)


class Lines:
    """Lines that wait for a call, with connections that are open still. Thread-safe."""

    def __init__(self, access: Callable[[], Access], network: Network, purpose: Purpose) -> None:
        self._access = access
        self._network = network
        self._purpose = purpose
        self._lock = threading.Lock()
        self._idle: list[Line] = []
        self._is_closed = False

    @contextlib.contextmanager
    def line(self) -> Iterator[Line]:
        """A line as the access is now. Raises `Offline`, `AddressInvalid` or `CaFileInvalid`."""
        access = self._access()
        if access.offline or self._network.is_offline:
            raise Offline
        with self._lock:
            outdated = [line for line in self._idle if line.access != access]
            self._idle = [line for line in self._idle if line.access == access]
            line = self._idle.pop() if self._idle else None
        for old in outdated:
            old.close()
        if line is None:
            line = Line(access, self._network, self._purpose)
        try:
            yield line
        finally:
            with self._lock:
                keep = line.can_go_on and not self._is_closed and len(self._idle) < _MOST_IDLE
                if keep:
                    self._idle.append(line)
            if not keep:
                line.close()

    def close(self) -> None:
        """Close what is idle now, and the others when their call ends."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for line in idle:
            line.close()


def _body(response: httpx2.Response, host: str, most: int, *, is_part: bool) -> bytes:
    """The body, unpacked by us, so that a small answer can't become a huge one."""
    encoding = response.headers.get("Content-Encoding", "identity").casefold()
    if encoding not in {"identity", "gzip", ""}:
        raise HubAnswerInvalid(host, f"encoding {encoding[:20]}")
    unpack = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
    content = bytearray()
    for piece in response.iter_raw():
        try:
            content += piece if unpack is None else unpack.decompress(piece, most + 1)
        except zlib.error as error:
            raise HubAnswerInvalid(host, "broken compression") from error
        if len(content) > most:
            if not is_part:
                raise HubAnswerInvalid(host, f"more than {most} bytes")
            break
    return bytes(content[:most])


def _socket_of(stream: Any) -> socket.socket | None:
    its = None if stream is None else stream.get_extra_info("socket")
    return its if isinstance(its, socket.socket) and its.fileno() >= 0 else None
