"""llama-cpp-python's index of prebuilt wheels: what it has for this computer, and fetching it.

It has a page for each build, as package installers read them (PEP 503): links to wheels, which lie
elsewhere, and with some of them their hash.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from chatapp.domain.download import Resolved, TransferProgress
from chatapp.domain.hub import Access
from chatapp.errors import AddressInvalid, EngineNotOffered, HubAnswerInvalid, HubRefused
from chatapp.hub.lines import Line, Lines, Reply
from chatapp.hub.transfer import Patience, fetch_file
from chatapp.network import Network, Purpose, Stop, is_private, make_client

if TYPE_CHECKING:
    from packaging.tags import Tag
    from packaging.version import Version

INDEX: Final = "https://abetlen.github.io/llama-cpp-python/whl"
LARGEST_WHEEL: Final = 4 << 30  # bytes

_PROJECT = "llama-cpp-python"
_BUILDS = {
    "linux": ("vulkan", "cu132", "cu130", "cu125", "cu124", "rocm72", "cpu"),
    "win32": ("vulkan", "cu132", "cu130", "cu125", "cu124", "hip-radeon", "cpu"),
    "darwin": ("metal", "cpu"),
}
_SECONDS = 20.0  # for a page, and for where a wheel lies
_LARGEST_PAGE = 2 << 20  # bytes
_MOST_LINKS = 20_000
_MOST_HOPS = 5
_FILE = re.compile(r"[\w.+-]{1,200}\.whl", re.ASCII)
_BUILD = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
_HASH = re.compile(r"sha256=(?P<hash>[0-9a-f]{64})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WheelOffer:
    """A wheel of the index. `sha256` is empty where the index names none."""

    build: str
    version: str
    file: str
    url: str
    sha256: str = ""


class WheelIndex:
    """Asks the index, whose address is the endpoint of `access`. Thread-safe.

    Its methods wait for the network, and raise `HubError`, `AddressInvalid`, `CaFileInvalid`, and
    `CancelledError` once `stop` was set.
    """

    def __init__(self, access: Callable[[], Access], network: Network) -> None:
        self._access = access
        self._network = network
        self._lines = Lines(access, network, Purpose.ENGINE)

    def close(self) -> None:
        """End the connections; those in use when their call ends."""
        self._lines.close()

    def offers(self, build: str, *, stop: Stop | None = None) -> tuple[WheelOffer, ...]:
        """The wheels of a build that this computer can use, the newest first."""
        with self._lines.line() as line:
            page = f"{line.access.endpoint}/{quote(build, safe='')}/{_PROJECT}/"
            host = urlsplit(page).hostname or page
            if not _is_safe(page):
                raise AddressInvalid(line.access.endpoint)
            if not _BUILD.fullmatch(build):
                raise EngineNotOffered(host, ascii(build[:30])[1:-1])
            try:
                reply = _follow(line, "GET", page, most=_LARGEST_PAGE, stop=stop)
            except HubRefused as error:
                if error.status != 404:
                    raise
                raise EngineNotOffered(host, build) from None
        found = _read_page(reply, build)
        if not found:
            raise EngineNotOffered(host, build)
        return found

    def fetch(
        self,
        offer: WheelOffer,
        target: Path,
        *,
        stop: Stop,
        on_progress: Callable[[TransferProgress], None],
        patience: Patience | None = None,
    ) -> bool:
        """Bring a wheel to `target`, going on with what is there; False if it was stopped.

        Raises what `fetch_file` raises.
        """
        with make_client(self._access(), self._network, purpose=Purpose.ENGINE) as client:
            found = fetch_file(
                partial(self._resolve, offer, stop),
                target,
                client=client,
                stop=stop,
                on_progress=on_progress,
                file=offer.file,
                patience=patience,
            )
        return found is not None

    def _resolve(self, offer: WheelOffer, stop: Stop) -> Resolved:
        with self._lines.line() as line:
            reply = _follow(line, "HEAD", offer.url, most=0, stop=stop)
        size = reply.headers.get("content-length", "")
        if not size.isdecimal() or not 0 < int(size[:18]) <= LARGEST_WHEEL:
            raise HubAnswerInvalid(reply.host, "no size")
        # Within quotes, or it might look like a hash as the Hub has them.
        etag = f'"{reply.headers.get("etag", "")[:100]}"'
        return Resolved(reply.url, int(size), offer.sha256, etag, offer.version)


def builds() -> tuple[str, ...]:
    """What the index has for this system, the most likely wish first."""
    return _BUILDS.get(sys.platform, ("cpu",))


def choose(offers: Iterable[WheelOffer], version: str) -> WheelOffer:
    """The wheel of this version, or else the first. Chatapp was tried with the built-in version.

    For the processor alone that would be nothing new: there it is always the first.
    """
    first, *others = offers
    if first.build != "cpu":
        for offer in (first, *others):
            if offer.version == version:
                return offer
    return first


@cache
def usable_tags() -> dict[Tag, int]:
    """What wheels can be made for to be usable here, with their rank: 0 is the best."""
    from packaging.tags import sys_tags

    return {tag: rank for rank, tag in enumerate(sys_tags())}


def _follow(line: Line, method: str, url: str, *, most: int, stop: Stop | None) -> Reply:
    """Ask, and go where redirects lead, as long as nobody on the way can change what comes."""
    encoding = "identity" if method == "HEAD" else "gzip"
    host = urlsplit(line.access.endpoint).hostname or ""
    for _ in range(_MOST_HOPS):
        if not _is_safe(url):
            raise HubAnswerInvalid(host, "sends on to an address that isn't safe")
        reply = line.ask(
            method,
            url,
            headers={"Accept-Encoding": encoding},
            most=most,
            seconds=_SECONDS,
            stop=stop,
        )
        if reply.status == 200:
            return reply
        host, location = reply.host, reply.headers.get("location", "")
        if not (300 <= reply.status < 400 and location):
            raise HubRefused(host, reply.status, "no reason given")
        url = _joined(reply.url, location)
    raise HubAnswerInvalid(host, "sends on in a circle")


def _is_safe(url: str) -> bool:
    try:
        return is_private(url)
    except AddressInvalid:
        return False


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


class _Links(HTMLParser):
    """Collects where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        link = values.get("href")
        if tag == "a" and link and "data-yanked" not in values and len(self.found) < _MOST_LINKS:
            self.found.append(link)


def _read_page(reply: Reply, build: str) -> tuple[WheelOffer, ...]:
    """The usable wheels of a page, one for each version: that which was made for most like this."""
    links = _Links()
    links.feed(reply.content.decode(errors="replace"))
    best: dict[Version, tuple[int, WheelOffer]] = {}
    for link in links.found:
        found = _offer(build, reply.url, link)
        if found is not None:
            version, rank, offer = found
            if version not in best or rank < best[version][0]:
                best[version] = (rank, offer)
    return tuple(best[version][1] for version in sorted(best, reverse=True))


def _offer(build: str, base: str, link: str) -> tuple[Version, int, WheelOffer] | None:
    """What a link leads to, and how well that suits; None if it can't be used here."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    url, mark = urldefrag(_joined(base, link))
    file = unquote(urlsplit(url).path.rpartition("/")[2])
    if not _FILE.fullmatch(file) or not _is_safe(url):
        return None
    try:
        project, version, _, tags = parse_wheel_filename(file)
    except InvalidWheelFilename:
        return None
    ranks = [usable_tags()[tag] for tag in tags if tag in usable_tags()]
    if project != _PROJECT or not ranks:
        return None
    named = _HASH.fullmatch(mark)
    sha256 = named["hash"].lower() if named is not None else ""
    return version, min(ranks), WheelOffer(build, str(version), file, url, sha256)
