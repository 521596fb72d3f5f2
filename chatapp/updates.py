"""Whether there is a newer version of Chatapp, and what is new in it. Nothing is installed.

Nobody is asked before the person allows it or wants to know, and then only the project's own list
of releases. Where that is stands in `release.json` among the resources, which comes along in
installers: whoever makes one knows it, the sources don't, and without it nobody is asked.

What comes back is from outside: lengths and counts are limited, the notes are a text, and what
looks like an address in it is not fetched.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

from chatapp import __version__
from chatapp.errors import (
    AddressInvalid,
    CertificateRejected,
    HubError,
    HubTimeout,
    Offline,
    RateLimited,
    UpdatesUnavailable,
)
from chatapp.hub.access import access_from
from chatapp.hub.answers import read_json
from chatapp.hub.failures import seconds_to_wait
from chatapp.hub.lines import Line, Reply
from chatapp.network import Network, Purpose, Stop, is_private, origin_of
from chatapp.settings import Settings

logger = logging.getLogger(__name__)

FEED_FILE: Final = "release.json"
DAY: Final = 24 * 3600  # seconds

_SECONDS: Final = 20.0  # for an answer
_MOST_BYTES: Final = 4 << 20
_MOST_HOPS: Final = 3
_ASKED: Final = 30
_MOST_TOLD: Final = 10
_LONGEST_NOTES: Final = 20_000  # characters of one release
_LONGEST_TAG: Final = 100
_HEADERS: Final = {"Accept": "application/vnd.github+json", "Accept-Encoding": "gzip"}
_VERSION: Final = re.compile(
    r"v?(\d{1,6}(?:\.\d{1,6}){1,3})"
    r"(?:[-.]?(dev|alpha|a|beta|b|rc)[-.]?(\d{0,6}))?"
    r"(?:\+[0-9A-Za-z.-]+)?",
    re.ASCII | re.IGNORECASE,
)
_STAGES: Final = {"dev": 0, "alpha": 1, "a": 1, "beta": 2, "b": 2, "rc": 3, "": 4}


@dataclass(frozen=True, order=True, slots=True)
class Version:
    """A version in the order of Semantic Versioning, as 0.10.0, v1.2.0-rc.1 or 1.2.0rc1."""

    numbers: tuple[int, ...]  # four of them
    stage: int
    stage_number: int

    @classmethod
    def read(cls, text: str) -> Version | None:
        """None for what is none."""
        found = _VERSION.fullmatch(text) if len(text) <= _LONGEST_TAG else None
        if found is None:
            return None
        numbers = [int(number) for number in found[1].split(".")]
        stage = _STAGES[(found[2] or "").casefold()]
        return cls((*numbers, 0, 0, 0)[:4], stage, int(found[3] or 0))

    @property
    def is_final(self) -> bool:
        """Whether it is meant for everybody."""
        return self.stage == _STAGES[""]


@dataclass(frozen=True, slots=True)
class Release:
    """A version that can be had. `published_at` in seconds since the epoch, 0 when unknown.

    `notes` are Markdown that somebody wrote.
    """

    version: str
    published_at: float
    notes: str


@dataclass(frozen=True, slots=True)
class Feed:
    """`releases` answers as GitHub's list of releases does; `page` is the same for people."""

    releases: str
    page: str


def read_feed(resources: Path) -> Feed | None:
    """Where the releases of this build are listed; None where nobody said."""
    try:
        data = json.loads((resources / FEED_FILE).read_text(encoding="utf-8"))
        feed = Feed(str(data["releases"]), str(data["page"]))
        if is_private(feed.releases) and is_private(feed.page):
            return feed
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AddressInvalid) as error:
        logger.warning("%s can't be used: %r", FEED_FILE, error)
        return None
    logger.warning("%s names an address that others can read along", FEED_FILE)
    return None


class Updates:
    """Asks for newer versions than `version`. Thread-safe; what waits belongs into the background.

    `settings` are asked anew at each call.
    """

    def __init__(
        self,
        feed: Feed | None,
        settings: Callable[[], Settings],
        network: Network,
        *,
        version: str = __version__,
    ) -> None:
        self.feed = feed
        self._settings = settings
        self._network = network
        self._version = Version.read(version)
        self._stop = Stop()

    @property
    def host(self) -> str:
        """Who would be asked; empty where this build does not know."""
        return "" if self.feed is None else origin_of(self.feed.releases)[1]

    @property
    def is_due(self) -> bool:
        """Whether the person allowed it and nobody was asked for a day."""
        settings = self._settings()
        if self.feed is None or not settings.check_for_updates or settings.offline:
            return False
        # A clock that was wrong may have left a time to come.
        return not 0 <= time.time() - settings.updates_checked_at < DAY

    def look(self) -> tuple[Release, ...]:
        """The newer releases, the newest first. Asks the feed, whatever `is_due` says.

        Raises `UpdatesUnavailable`, `CertificateRejected`, `RateLimited`, `Offline`,
        `AddressInvalid` or `CaFileInvalid`, and `CancelledError` once it is closed.
        """
        feed = self.feed
        if feed is None or self._version is None:
            return ()
        host = self.host
        try:
            reply = self._ask(feed)
            if reply.status == 200:
                data = read_json(reply.content, reply.headers, host)
                if isinstance(data, list):
                    return newer_than(self._version, data)
                raise UpdatesUnavailable(host, "no list")
        except (CertificateRejected, RateLimited, Offline):
            raise
        except HubTimeout as error:
            detail = f"no answer in {error.seconds} seconds"
            raise UpdatesUnavailable(error.host, detail) from error
        except HubError as error:
            asked = getattr(error, "host", host)  # or the proxy on the way to it
            raise UpdatesUnavailable(asked, getattr(error, "detail", "")) from error
        if reply.status == 429 or reply.headers.get("x-ratelimit-remaining") == "0":
            raise RateLimited(host, seconds_to_wait(reply.headers))
        raise UpdatesUnavailable(host, f"error {reply.status}")

    def close(self) -> None:
        """End the question that is asked, at once; there will be no other one."""
        self._stop.set()

    def _ask(self, feed: Feed) -> Reply:
        """What the feed answers; sent on within its own host only, as for a renamed project."""
        access = access_from(self._settings(), endpoint=feed.releases)
        url = f"{feed.releases}?per_page={_ASKED}"
        line = Line(access, self._network, Purpose.UPDATES)
        try:
            for _ in range(_MOST_HOPS):
                reply = line.ask(
                    "GET",
                    url,
                    headers=_HEADERS,
                    most=_MOST_BYTES,
                    seconds=_SECONDS,
                    stop=self._stop,
                )
                if not 300 <= reply.status < 400:
                    return reply
                url = _next(reply)
        finally:
            line.close()
        raise UpdatesUnavailable(reply.host, "sends on in a circle")


def newer_than(version: Version, rows: list[Any]) -> tuple[Release, ...]:
    """What a list of releases offers to who has `version`, the newest first.

    Drafts are left out, and so are versions that are not final, except for who has one of these.
    """
    found: dict[Version, Release] = {}
    for row in rows[:_ASKED]:
        if not isinstance(row, dict) or row.get("draft"):
            continue
        tag = row.get("tag_name")
        offered = Version.read(tag) if isinstance(tag, str) else None
        if offered is None or offered <= version or offered in found:
            continue
        if version.is_final and (row.get("prerelease") or not offered.is_final):
            continue
        name = str(tag).lstrip("vV")
        found[offered] = Release(name, _time(row.get("published_at")), _notes(row.get("body")))
    newest_first = sorted(found, reverse=True)
    return tuple(found[one] for one in newest_first[:_MOST_TOLD])


def _next(reply: Reply) -> str:
    try:
        url = urljoin(reply.url, reply.headers.get("location", ""))
        is_home = origin_of(url) == origin_of(reply.url)
    except (ValueError, AddressInvalid):
        is_home = False
    if not is_home:
        raise UpdatesUnavailable(reply.host, "sends on elsewhere")
    return url


def _notes(value: object) -> str:
    """What can be read of them: nothing that is unseen or turns the others around."""
    if not isinstance(value, str):
        return ""
    text = value[:_LONGEST_NOTES].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c.isprintable() or c in "\n\t").strip()


def _time(value: object) -> float:
    try:
        return max(0.0, datetime.fromisoformat(str(value)).timestamp())
    except (ValueError, OverflowError, OSError):
        return 0.0
