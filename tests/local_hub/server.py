"""One origin: HTTP/1.1 on a loopback port, and the faults that happen to its answers."""

from __future__ import annotations

import contextlib
import functools
import os
import select
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import cast

from tests.local_hub.content import Content, Hollow
from tests.local_hub.exchange import Answer, Asked, refusal
from tests.local_hub.fault import Fault, Faults, Standing
from tests.local_hub.log import RequestLog
from tests.local_hub.pace import Pace

_LOOPBACK = "127.0.0.1"
_LOOK_AGAIN = 0.05
_DRAINED_WITHIN = 10.0
_QUOTA_USED_UP = {
    "ratelimit": '"api";r=0;t=1',
    "ratelimit-policy": '"fixed window";"api";q=500;w=300',
}

Source = bytes | Path | Hollow


@dataclass(frozen=True, slots=True)
class Desk:
    """What an origin needs to know. `swap` without a source tells whether a file is named."""

    origin: str
    answer: Callable[[Asked], Answer]
    swap: Callable[[Asked, Source | None], bool]
    faults: Faults
    log: RequestLog
    pace: Pace


@dataclass(slots=True)
class _Mark:
    """A fault that happens at a place in the file."""

    place: int
    standing: Standing


class Origin(socketserver.ThreadingTCPServer):
    """Listens from its construction until `close`, with a thread for each connection."""

    allow_reuse_address = os.name == "posix"
    daemon_threads = False  # closing waits for them
    request_queue_size = 128

    def __init__(self, port: int, desk: Desk, failures: list[BaseException]) -> None:
        super().__init__((_LOOPBACK, port), _Exchange)
        self.desk = desk
        self.is_closing = threading.Event()
        self._failures = failures
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._listen, name=f"local hub {desk.origin}")
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://{_LOOPBACK}:{self.server_address[1]}"

    def close(self) -> None:
        """End all connections at once, and all threads."""
        self.is_closing.set()
        with contextlib.suppress(OSError):  # wakes the thread that listens
            socket.create_connection((_LOOPBACK, int(self.server_address[1])), 5).close()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.desk.faults.clear()
        self.server_close()

    def _listen(self) -> None:
        while not self.is_closing.is_set():
            self.handle_request()

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def verify_request(self, request: object, client_address: object) -> bool:
        return not self.is_closing.is_set()

    def close_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        connection = cast("socket.socket", request)
        with self._lock:
            self._open.discard(connection)
        connection.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep what went wrong here; a client that goes away is no failure."""
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self._failures.append(error)


class _Exchange(BaseHTTPRequestHandler):
    """One connection: reads requests and writes answers until one of the two sides ends it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args: object) -> None:
        """Nothing on the standard error output."""

    def do_GET(self) -> None:
        desk = cast("Origin", self.server).desk
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, path, query, headers, self.rfile.read(length))
        number = desk.log.begin(desk.origin, asked)
        try:
            self._reply(desk, asked, number)
        finally:
            desk.log.end(number)

    do_HEAD = do_GET  # noqa: N815
    do_POST = do_GET  # noqa: N815

    def _reply(self, desk: Desk, asked: Asked, number: int) -> None:
        answer: Answer | None = None
        for standing in desk.faults.take(
            desk.origin,
            asked,
            lambda f: f.is_early and (f.kind != "swap" or desk.swap(asked, None)),
        ):
            fault = standing.fault
            match fault.kind:
                case "cut" | "reset":
                    self._end(fault)
                    return
                case "stall" | "delay":
                    self._wait(standing)
                case "swap":
                    desk.swap(asked, cast("Source", fault.value))
                case "expire":
                    answer = refusal(403, "The link has expired")
                case "status":
                    answer = _failure(fault)
        answer = answer or desk.answer(asked)
        start, end = self._span(desk, asked, answer)
        marks = self._marks(desk, asked, answer, start, end)
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        is_all = asked.method == "HEAD" or start == end
        desk.log.answer(number, answer.status, self.end_headers, is_all=is_all)
        if not is_all:
            self._send_body(desk, number, answer.content, start, end, marks)

    def _span(self, desk: Desk, asked: Asked, answer: Answer) -> tuple[int, int]:
        """Which bytes are sent; completes the head accordingly."""
        size = answer.content.size
        start, end = 0, size
        if answer.takes_ranges and answer.status == 200:
            answer.headers["Accept-Ranges"] = "bytes"
            span = asked.range_of(size)
            if asked.headers.get("if-range") not in {None, answer.headers.get("ETag")}:
                span = None
            if span and not self._take(desk, asked, "norange"):
                start, end = span
                if start >= end:
                    answer.status, answer.content = 416, Content(b"")
                    answer.headers["Content-Range"] = f"bytes */{size}"
                    start = end = 0
                else:
                    answer.status = 206
                    text = ""
                    for standing in self._take(desk, asked, "content_range"):
                        if isinstance(standing.fault.value, str):
                            text = standing.fault.value
                        else:
                            start = max(0, min(start + int(standing.fault.number), end - 1))
                    answer.headers["Content-Range"] = text or f"bytes {start}-{end - 1}/{size}"
        answer.headers["Content-Length"] = str(end - start)
        return start, end

    def _take(self, desk: Desk, asked: Asked, kind: str) -> list[Standing]:
        return desk.faults.take(desk.origin, asked, lambda fault: fault.kind == kind)

    def _marks(self, desk: Desk, asked: Asked, answer: Answer, start: int, end: int) -> list[_Mark]:
        """The faults that hit this answer; those of the head happen here."""
        length = 0 if asked.method == "HEAD" else end - start

        def can_hit(fault: Fault) -> bool:
            match fault.kind:
                case "drop_header":
                    return bool(_same_header(answer, fault))
                case "corrupt":
                    return length > 0 and start <= fault.after < end
                case "cut" | "reset" | "stall" | "rate":
                    return 0 <= fault.after < length
            return False

        marks = []
        for standing in desk.faults.take(desk.origin, asked, can_hit):
            fault = standing.fault
            if fault.kind == "drop_header":
                for name in _same_header(answer, fault):
                    del answer.headers[name]
                    # Without a length the body ends where the connection does.
                    self.close_connection |= name == "Content-Length"
            else:
                begin = 0 if fault.kind == "corrupt" else start
                marks.append(_Mark(begin + fault.after, standing))
        return marks

    def _send_body(
        self, desk: Desk, number: int, content: Content, start: int, end: int, marks: list[_Mark]
    ) -> None:
        position = start
        slow: list[tuple[Standing, Pace]] = []
        with content.open() as source:
            while position < end:
                is_wrong = False
                for standing in [mark.standing for mark in marks if mark.place == position]:
                    match standing.fault.kind:
                        case "cut" | "reset":
                            self._end(standing.fault)
                            return
                        case "stall":
                            self._wait(standing)
                        case "rate":
                            slow.append((standing, Pace(standing.fault.number)))
                        case "corrupt":
                            is_wrong = True
                marks = [mark for mark in marks if mark.place != position]
                slow = [pair for pair in slow if not pair[0].cleared.is_set()]
                paces = [desk.pace, *(pace for _, pace in slow)]
                stop = min(position + 1 if is_wrong else end, *(mark.place for mark in marks), end)
                count = min(stop - position, *(pace.piece for pace in paces))
                self._wait_for_turn(paces, count)
                source.seek(position)
                data = source.read(count)
                if len(data) < count:
                    raise EOFError(f"a file became shorter: {self.path}")
                if is_wrong:
                    data = bytes([data[0] ^ 0xFF])
                self._hand_over(desk.log, number, data, end - position)
                position += count

    def _hand_over(self, log: RequestLog, number: int, data: bytes, left: int) -> None:
        """Give bytes to the socket; the log knows of each that it took."""
        view = memoryview(data)
        while view:
            select.select([], [self.connection], [])
            taken = log.send(number, functools.partial(self._send_now, view), left)
            view = view[taken:]
            left -= taken

    def _send_now(self, data: memoryview) -> int:
        """As many bytes as the socket takes without waiting."""
        self.connection.setblocking(False)
        try:
            return self.connection.send(data)
        except BlockingIOError:
            return 0
        finally:
            self.connection.setblocking(True)

    def _wait_for_turn(self, paces: list[Pace], count: int) -> None:
        seconds = max(pace.take(count) for pace in paces)
        if seconds > 0:
            cast("Origin", self.server).is_closing.wait(seconds)

    def _wait(self, standing: Standing) -> None:
        """Until the time is over, the fault is cleared or the client has gone."""
        value = standing.fault.value
        end = float("inf") if value is None else time.monotonic() + standing.fault.number
        while (left := end - time.monotonic()) > 0 and not self._has_gone():
            if standing.cleared.wait(min(_LOOK_AGAIN, left)):
                break

    def _has_gone(self) -> bool:
        readable, _, _ = select.select([self.connection], [], [], 0)
        if not readable:
            return False
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _end(self, fault: Fault) -> None:
        """End the connection with a FIN or a RST."""
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client was faster
            if fault.kind == "cut":
                self.connection.shutdown(socket.SHUT_WR)
                return
            self._drain()
            linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            # Without a shutdown before, which would send a FIN.
            self.rfile.close()
            self.connection.close()

    def _drain(self) -> None:
        """Wait until the other system has all bytes: a reset loses those that are on the way."""
        if sys.platform != "linux":
            return
        import fcntl
        import termios

        end = time.monotonic() + _DRAINED_WITHIN
        is_closing = cast("Origin", self.server).is_closing
        while time.monotonic() < end and not self._has_gone():
            unsent = fcntl.ioctl(self.connection.fileno(), termios.TIOCOUTQ, bytes(4))
            if not int.from_bytes(unsent, sys.byteorder) or is_closing.wait(0.001):
                break


def _same_header(answer: Answer, fault: Fault) -> list[str]:
    """The header that a fault names, as it is spelled in the answer."""
    return [name for name in answer.headers if name.lower() == str(fault.value).lower()]


def _failure(fault: Fault) -> Answer:
    status = int(fault.number)
    answer = refusal(status, f"The Hub was told to answer with {status}")
    answer.headers.update(fault.headers or (_QUOTA_USED_UP if status == 429 else {}))
    return answer
