"""What goes wrong between here and the Hub, as Chatapp's own errors.

What an answer with an error status means is huggingface_hub's knowledge: the Hub says 401 where it
means "not there", for instance. It gets the headers alone, for bodies come from strangers.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from email.utils import mktime_tz, parsedate_tz
from time import time
from urllib.parse import urlsplit

from chatapp.errors import (
    CertificateRejected,
    FileChangedOnHub,
    HubAnswerInvalid,
    HubError,
    HubRefused,
    HubTimeout,
    HubUnreachable,
    RateLimited,
    RepoFileMissing,
    RepoGated,
    RepoMissing,
    TokenInvalid,
)
from chatapp.hub.huggingface import library
from chatapp.network import CONNECT_TIMEOUT, READ_TIMEOUT

_TELLING = ("x-error-code", "x-error-message")
_LONGEST_DETAIL = 200
_LONGEST_WAIT = 24 * 3600
_USUAL_WAIT = 60
_RESET = re.compile(r";\s*t=(\d{1,9})")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def typed(error: Exception, host: str) -> HubError:
    """What an error of the network client means; `host` is who was asked."""
    import httpx2

    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateRejected(host, _short(cause.verify_message or str(cause)))
    match error:
        case httpx2.ConnectTimeout():
            return HubTimeout(host, round(CONNECT_TIMEOUT))
        case httpx2.TimeoutException():
            return HubTimeout(host, round(READ_TIMEOUT))
        case httpx2.UnsupportedProtocol() | httpx2.InvalidURL() | httpx2.DecodingError():
            return HubAnswerInvalid(host, _short(str(error)))
        case _:
            return HubUnreachable(host, _reason(error))


def refused(
    status: int,
    headers: Mapping[str, str],
    url: str,
    *,
    repo: str = "",
    file: str = "",
    revision: str = "",
) -> HubError:
    """What an answer with an error status means. Header names are in lower case."""
    host = urlsplit(url).hostname or url
    if status == 429:
        return RateLimited(host, seconds_to_wait(headers))
    if status >= 500 or status == 407:
        return HubRefused(host, status, _detail(headers))
    import httpx2

    hub = library()
    answer = httpx2.Response(
        status,
        headers={n: headers[n] for n in _TELLING if n in headers and headers[n].isascii()},
        request=httpx2.Request("GET", url),
    )
    try:
        hub.hf_raise_for_status(answer)
    except hub.errors.GatedRepoError:  # the most special first: it is a RepositoryNotFoundError
        return RepoGated(repo)
    except hub.errors.RepositoryNotFoundError:
        return RepoMissing(repo) if repo else TokenInvalid(host)
    except hub.errors.RevisionNotFoundError:
        if file and _COMMIT.fullmatch(revision):
            return FileChangedOnHub(repo, file)
        return RepoMissing(repo)
    except hub.errors.EntryNotFoundError:
        return RepoFileMissing(repo, file)
    except hub.errors.HfHubHTTPError:
        pass
    if status == 401:
        return TokenInvalid(host)
    if status == 404:  # by a server that is no Hub, or one that leaves out why
        if file:
            return RepoFileMissing(repo, file)
        return RepoMissing(repo) if repo else HubAnswerInvalid(host, "404")
    return HubRefused(host, status, _detail(headers))


def seconds_to_wait(headers: Mapping[str, str]) -> int:
    """How long a server that answered 429 or 503 wants to be left alone, within a day."""
    after = headers.get("retry-after", "").strip()
    if after.isdecimal():
        wait = int(after[:9])
    elif (date := _date(after)) is not None:
        wait = round(date - time())
    elif (reset := _RESET.search(headers.get("ratelimit", ""))) is not None:
        wait = int(reset[1]) + 1
    else:
        wait = _USUAL_WAIT
    return min(max(wait, 1), _LONGEST_WAIT)


def _date(text: str) -> float | None:
    parts = parsedate_tz(text)
    try:
        return None if parts is None else mktime_tz(parts)
    except (ValueError, OverflowError):
        return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while error is not None and seen < 10:
        yield error
        error = error.__cause__ or error.__context__
        seen += 1


def _reason(error: Exception) -> str:
    """What the system says, without its number."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return _short(cause.strerror)
    return _short(str(error)) or type(error).__name__


def _detail(headers: Mapping[str, str]) -> str:
    return _short(headers.get("x-error-message", "")) or "no reason given"


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text[:_LONGEST_DETAIL])
    return " ".join(shown.split()).rstrip(".")
