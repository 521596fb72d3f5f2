"""The one door to the network: every client is made here, and every connection is logged.

Chatapp makes no connection by itself. `Network` holds the log that the window shows as "No
connections since start", and the switch that forbids them. `make_client` makes the clients; what
holds for all of them (the token goes to its own origin only, say) is enforced here, for every
request, redirects included.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
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
READ_SIZE = (
    1 << 19
)  # bytes at once: with the usual 64 KiB a download takes twice the processor time

# They log whole addresses, and a signed one is as good as a key.
_CLIENTS = ("httpx2", "httpcore2")
_PORTS = {"http": 80, "https": 443}
_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


class Purpose(StrEnum):
    """What Chatapp connects for, in plain words."""

    SEARCH = "looking for models"
    DOWNLOAD = "downloading a model"


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection that was made: `at` in seconds since the epoch."""

    at: float
    host: str
    reason: Purpose


class Network:
    """The log of this run's connections, and the switch that forbids them. Thread-safe.

    `is_offline` counts from the next request on, for clients that are at work too.
    """

    def __init__(self) -> None:
        self.is_offline = False
        self._connections: tuple[Connection, ...] = ()
        self._listeners: list[Callable[[Connection], None]] = []
        self._lock = threading.Lock()

    @property
    def connections(self) -> tuple[Connection, ...]:
        """All connections since start, oldest first."""
        return self._connections

    def subscribe(self, listener: Callable[[Connection], None]) -> None:
        """Call `listener` with each new connection, in the thread that makes it."""
        self._listeners.append(listener)

    def record(self, host: str, reason: Purpose) -> None:
        """Log a connection; a client calls this before it opens one."""
        connection = Connection(time.time(), host, reason)
        with self._lock:
            self._connections = (*self._connections, connection)
        logger.info("connection to %s: %s", host, reason)
        for listener in self._listeners:
            listener(connection)


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
            network.record(host, purpose)

    def keep(response: httpx2.Response) -> None:
        location = response.headers.get("Location")
        if location:
            with contextlib.suppress(AddressInvalid):  # relative, or of no use anyway
                response.headers["Location"] = on_endpoint(location, access.endpoint)

    # The system's proxy is for other machines.
    local = {f"all://{host}": None for host in ("127.0.0.1", "[::1]", "localhost")}
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
