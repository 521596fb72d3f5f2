"""The one door to the network: every client is made here, and every connection is logged.

Chatapp makes no connection that nobody asked for or allowed. `Network` holds the log of them, and
the switch that forbids them. On disk the log is one file for each day, for thirty days, with the
host (and the proxy on the way to it), the reason and the time and nothing else: enough to see
afterwards what went out, and where models came from. `make_client` makes the clients; what holds
for all of them (the token goes to its own origin only, say) is enforced here, for every request,
redirects included.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from chatapp import __version__
from chatapp.domain.hub import OFFICIAL, Access
from chatapp.errors import AddressInvalid, CaFileInvalid, Offline

if TYPE_CHECKING:
    import ssl

    import httpx2

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 10.0  # seconds
READ_TIMEOUT = 15.0
READ_SIZE = 1 << 19  # bytes: with the usual 64 KiB a download takes twice the processor time

DAYS_KEPT = 30
_LARGEST_DAY = 1 << 20  # bytes
_LONGEST_HOST = 255  # characters

# They log whole addresses, and a signed one is as good as a key.
_CLIENTS = ("httpx2", "httpcore2")
_PORTS = {"http": 80, "https": 443}
_HERE = ("127.0.0.1", "[::1]", "localhost")
_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


class Purpose(StrEnum):
    """What Chatapp connects for, in plain words."""

    SEARCH = "looking for models"
    DOWNLOAD = "downloading a model"
    UPDATES = "looking for a new version"
    ENGINE = "downloading an engine"


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection that was made: `at` in seconds since the epoch, perhaps through a `proxy`."""

    at: float
    host: str
    reason: Purpose
    proxy: str = ""  # its host


class Network:
    """The log of connections, and the switch that forbids them. Thread-safe.

    `is_offline` counts from the next request on, for clients that are at work too. Without a
    `folder` the log is of this run only.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.is_offline = False
        self._folder = folder
        self._connections: tuple[Connection, ...] = ()
        self._forgotten = 0  # of them
        self._listeners: list[Callable[[Connection], None]] = []
        self._lock = threading.Lock()

    @property
    def connections(self) -> tuple[Connection, ...]:
        """All connections since start, oldest first."""
        return self._connections

    def subscribe(self, listener: Callable[[Connection], None]) -> Callable[[], None]:
        """Call `listener` with each new connection, in the thread that makes it.

        Returns what ends that.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def record(self, host: str, reason: Purpose, proxy: str = "") -> None:
        """Log a connection; a client calls this before it opens one."""
        connection = Connection(time.time(), host, reason, proxy)
        with self._lock:
            self._connections = (*self._connections, connection)
            self._keep(connection)
        logger.info("connection to %s: %s", f"{host} through {proxy}" if proxy else host, reason)
        for listener in tuple(self._listeners):
            listener(connection)

    def history(self) -> tuple[Connection, ...]:
        """The connections of the last thirty days, oldest first; reads files.

        Where there is no log on disk, or none can be written, those since start.
        """
        found = [c for day in self._days() for c in _connections_of(day)]
        known = set(found)
        found += [c for c in self._connections[self._forgotten :] if c not in known]
        return tuple(sorted(found, key=lambda connection: connection.at))

    def forget(self) -> None:
        """Empty the log. Raises `OSError` if a part of it is still there."""
        with self._lock:
            self._forgotten = len(self._connections)
            for day in self._days():
                day.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Delete what is older than thirty days."""
        oldest = _file_name(datetime.now(UTC) - timedelta(days=DAYS_KEPT))
        for day in self._days():
            if day.name < oldest:
                with contextlib.suppress(OSError):  # the next start tries again
                    day.unlink(missing_ok=True)

    def _days(self) -> list[Path]:
        return sorted(self._folder.glob("????-??-??.jsonl")) if self._folder is not None else []

    def _keep(self, connection: Connection) -> None:
        if self._folder is None:
            return
        path = self._folder / _file_name(datetime.fromtimestamp(connection.at, UTC))
        line = {"at": connection.at, "host": connection.host, "reason": connection.reason.name}
        if connection.proxy:
            line["proxy"] = connection.proxy
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # In one go, so that several processes can write to the same file.
            with os.fdopen(os.open(path, flags, 0o600), "ab", buffering=0) as file:
                if file.tell() < _LARGEST_DAY:
                    file.write(f"{json.dumps(line)}\n".encode())
        except OSError as error:
            # Without a log on disk there is still the one of this run.
            logger.info("the connection was not kept: %s", error)


class Stop(threading.Event):
    """An event whose setting also wakes whoever waits on the network, at once."""

    def __init__(self) -> None:
        super().__init__()
        self._wakers: list[Callable[[], None]] = []
        self._waking = threading.Lock()

    def set(self) -> None:
        """From any thread."""
        super().set()
        with self._waking:
            for wake in self._wakers:
                wake()

    @contextlib.contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call `wake` if the event is set meanwhile, or is already."""
        with self._waking:
            self._wakers.append(wake)
        try:
            if self.is_set():
                wake()
            yield
        finally:
            with self._waking:
                self._wakers.remove(wake)


def make_client(access: Access, network: Network, *, purpose: Purpose) -> httpx2.Client:
    """A client for the Hub and for where its data lies. The caller closes it.

    Redirects are not followed unless that is asked for; those to the official Hub lead to the
    endpoint. `purpose` stands in the log of connections with each new host. Every request raises
    `Offline` while connections are forbidden.

    Raises `Offline`, `AddressInvalid` (the proxy) or `CaFileInvalid`.
    """
    if access.offline or network.is_offline:
        raise Offline
    import httpcore2
    import httpx2

    httpcore2.HTTP11Connection.READ_NUM_BYTES = READ_SIZE

    for name in _CLIENTS:
        logging.getLogger(name).setLevel(logging.WARNING)
    home = origin_of(access.endpoint)
    may_send_token = bool(access.token) and is_private(access.endpoint)
    seen: set[str] = set()

    def admit(request: httpx2.Request) -> None:
        if access.offline or network.is_offline:
            raise Offline
        request.headers.pop("Authorization", None)
        if may_send_token and origin_of(str(request.url)) == home:
            request.headers["Authorization"] = f"Bearer {access.token}"
        host = request.url.host
        if host not in seen:
            seen.add(host)
            network.record(host, purpose, _proxy_of(str(request.url), access))

    def keep(response: httpx2.Response) -> None:
        location = response.headers.get("Location")
        if location:
            with contextlib.suppress(AddressInvalid):  # relative, or of no use anyway
                response.headers["Location"] = on_endpoint(location, access.endpoint)

    # The system's proxy is for other machines.
    local = {f"all://{host}": None for host in _HERE}
    try:
        return httpx2.Client(
            headers={"User-Agent": f"chatapp/{__version__}", "Accept-Encoding": "identity"},
            verify=_trusting(access.ca_file) if access.ca_file else True,
            proxy=_checked_proxy(access.proxy) if access.proxy else None,
            mounts={} if access.proxy else local,
            timeout=httpx2.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT, pool=None),
            event_hooks={"request": [admit], "response": [keep]},
        )
    except (httpx2.InvalidURL, ValueError, ImportError) as error:
        # Also what the environment says: a scheme that nobody knows, or SOCKS without its package.
        raise AddressInvalid(without_password(access.proxy) or str(error)) from error


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises `AddressInvalid`."""
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.casefold()
        host = (parts.hostname or "").rstrip(".")
        port = parts.port or _PORTS[scheme]
    except (ValueError, KeyError):
        raise AddressInvalid(without_password(url)) from None
    return scheme, host, port


def is_mirror(endpoint: str) -> bool:
    """Whether this is somebody else's Hub."""
    return origin_of(endpoint) != origin_of(OFFICIAL.endpoint)


def on_endpoint(url: str, endpoint: str) -> str:
    """The same address at the endpoint: mirrors pass on redirects to the Hub that they mirror."""
    if is_mirror(endpoint) and origin_of(url) == origin_of(OFFICIAL.endpoint):
        parts = urlsplit(url)
        return endpoint + urlunsplit(("", "", parts.path, parts.query, ""))
    return url


def is_private(url: str) -> bool:
    """Whether nobody on the way can read along: https, or this computer itself."""
    scheme, host, _ = origin_of(url)
    return scheme == "https" or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Whether this is the computer itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def without_password(url: str) -> str:
    """An address as it may be shown and logged."""
    scheme, mark, rest = url.rpartition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}"[:200]


def _file_name(day: datetime) -> str:
    return f"{day:%Y-%m-%d}.jsonl"


def _connections_of(path: Path) -> list[Connection]:
    """What a day's file says, as far as it can be read; anybody may have written it."""
    try:
        with path.open("rb") as file:
            lines = file.read(2 * _LARGEST_DAY).splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
            data = json.loads(line)
            at, host = float(data["at"]), str(data["host"])[:_LONGEST_HOST]
            proxy = str(data.get("proxy", ""))[:_LONGEST_HOST]
            if 0 <= at < 1 << 40:
                found.append(Connection(at, host, Purpose[data["reason"]], proxy))
    return found


def _proxy_of(url: str, access: Access) -> str:
    """The host of the proxy that a request goes through; empty where it goes through none."""
    proxy = access.proxy
    if not proxy:
        from urllib.request import (  # type: ignore[attr-defined]  # which the stubs leave out
            getproxies,
            proxy_bypass_environment,
        )

        parts = urlsplit(url)
        proxies = getproxies()
        host = parts.hostname or ""
        if host in _HERE or f"[{host}]" in _HERE or proxy_bypass_environment(host, proxies):
            return ""
        proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    try:
        return urlsplit(proxy if "://" in proxy else f"http://{proxy}").hostname or ""
    except ValueError:
        return ""


def _checked_proxy(proxy: str) -> str:
    try:
        parts = urlsplit(proxy)
        good = parts.scheme in _PROXY_SCHEMES and parts.hostname and (parts.port or True)
    except ValueError:
        good = False
    if not good:
        raise AddressInvalid(without_password(proxy))
    return proxy


def _trusting(ca_file: str) -> ssl.SSLContext:
    """What the system trusts, and the certificates of this file."""
    import httpx2

    context = httpx2.create_ssl_context()
    try:
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise CaFileInvalid(ca_file) from error
    return context
