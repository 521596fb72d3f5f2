"""How the Hub is reached: what the person chose, checked, and with the right token."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from chatapp.domain.hub import OFFICIAL, Access
from chatapp.errors import AddressInvalid, TokenInvalid
from chatapp.network import is_loopback, is_mirror, origin_of, without_password
from chatapp.settings import Settings

__all__ = [
    "MIRROR",
    "OFFICIAL",
    "Access",
    "access_from",
    "clean_endpoint",
    "clean_token",
    "environment_token",
    "is_mirror",
]

MIRROR = Access("https://hf-mirror.com")

_LONGEST_TOKEN = 1000


def access_from(settings: Settings, token: str = "", *, endpoint: str = "") -> Access:
    """What the settings say; `endpoint` takes the place of theirs.

    Raises `AddressInvalid` or `TokenInvalid`.
    """
    chosen = clean_endpoint(endpoint or settings.hub_endpoint)
    return Access(
        endpoint=chosen,
        token=clean_token(token, chosen),
        proxy=settings.proxy.strip(),
        ca_file=settings.ca_file,
        offline=settings.offline,
    )


def clean_endpoint(text: str) -> str:
    """An endpoint as it was typed, in its usual form; empty is the official one.

    Raises `AddressInvalid`.
    """
    text = text.strip()
    if not text:
        return OFFICIAL.endpoint
    if "://" not in text:
        text = f"https://{text}"
    scheme, host, _ = origin_of(text)
    parts = urlsplit(text)
    is_odd = any(c.isspace() or not c.isprintable() for c in text)
    if not host or is_odd or parts.username is not None or parts.query:
        raise AddressInvalid(without_password(text))
    return urlunsplit((scheme, parts.netloc.casefold(), parts.path.rstrip("/"), "", ""))


def clean_token(text: str, endpoint: str) -> str:
    """A token as it was pasted. Raises `TokenInvalid` for what no header can carry."""
    text = text.strip()
    if len(text) > _LONGEST_TOKEN or not text.isascii() or not all(map(str.isprintable, text)):
        raise TokenInvalid(origin_of(endpoint)[1])
    return text


def environment_token(endpoint: str, environment: Mapping[str, str] = os.environ) -> str:
    """`HF_TOKEN`, for the endpoint that the environment names too, or empty.

    Where it names none with `HF_ENDPOINT`, that is the official one, or one on this computer.
    People keep these variables set; a mirror that they choose here has no business with the token.
    """
    token = environment.get("HF_TOKEN", "")
    named = environment.get("HF_ENDPOINT", "")
    if not named:
        is_official = endpoint == OFFICIAL.endpoint
        return token if is_official or is_loopback(origin_of(endpoint)[1]) else ""
    try:
        return token if endpoint == clean_endpoint(named) else ""
    except AddressInvalid:
        return ""
