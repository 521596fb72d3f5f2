"""The access token: in the system's keyring, or in memory for this run; never in a file of ours.

Each endpoint has its own, so that a token is never sent to another one than it was entered for.
A keyring may ask the person for a password, so all of this belongs into the background.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeVar

from chatapp.hub.access import clean_token

logger = logging.getLogger(__name__)

_SERVICE = "chatapp"

T = TypeVar("T")


class Keyring(Protocol):
    """What is used of a back end of the package keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""


class Kept(StrEnum):
    """Where a token is now."""

    KEYRING = "keyring"
    RUN = "run"  # there is no keyring: it is gone when Chatapp ends


class TokenStore:
    """The tokens by endpoint. Thread-safe."""

    def __init__(self, keyring: Keyring | None = None) -> None:
        self._keyring = keyring
        self._lock = threading.Lock()
        self._tokens: dict[str, str] = {}

    def read(self, endpoint: str) -> str:
        """The token for this endpoint, or empty. The keyring is asked once."""
        with self._lock:
            if endpoint not in self._tokens:
                stored = self._try(lambda ring: ring.get_password(_SERVICE, endpoint))
                self._tokens[endpoint] = stored or ""
            return self._tokens[endpoint]

    def kept(self, endpoint: str) -> Kept | None:
        """Where the token for this endpoint is; None if there is none."""
        token = self.read(endpoint)
        if not token:
            return None
        with self._lock:
            stored = self._try(lambda ring: ring.get_password(_SERVICE, endpoint))
        return Kept.KEYRING if stored == token else Kept.RUN

    def save(self, endpoint: str, token: str) -> Kept:
        """Keep a token for this endpoint and say where. Raises `TokenInvalid`."""
        token = clean_token(token, endpoint)
        with self._lock:
            self._tokens[endpoint] = token
            self._try(lambda ring: ring.set_password(_SERVICE, endpoint, token))
            # Some back ends take everything and keep nothing.
            stored = self._try(lambda ring: ring.get_password(_SERVICE, endpoint))
        return Kept.KEYRING if stored == token else Kept.RUN

    def forget(self, endpoint: str) -> None:
        """Have no token for this endpoint any more."""
        with self._lock:
            self._tokens[endpoint] = ""
            self._try(lambda ring: ring.delete_password(_SERVICE, endpoint))

    def _try(self, use: Callable[[Keyring], T]) -> T | None:
        try:
            if self._keyring is None:
                import keyring

                self._keyring = keyring.get_keyring()
            return use(self._keyring)
        except Exception as error:  # noqa: BLE001 - back ends are plugins: whatever they raise, there is no keyring
            # The text of a stranger's error might hold the secret.
            logger.info("no keyring: %s", type(error).__name__)
            return None
