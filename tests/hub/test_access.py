from __future__ import annotations

import keyring.backends.fail
import pytest
from keyring.errors import PasswordDeleteError

from chatapp.errors import AddressInvalid, TokenInvalid
from chatapp.hub.access import (
    MIRROR,
    OFFICIAL,
    access_from,
    clean_endpoint,
    environment_token,
)
from chatapp.hub.token import Kept, TokenStore
from chatapp.settings import Settings


class MemoryKeyring:
    """A back end that works."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        try:
            del self.secrets[service, username]
        except KeyError:
            raise PasswordDeleteError from None


class BrokenKeyring:
    """A back end as they are: it fails in its own way, with the secret in the text."""

    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("no bus")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"can't store {password}")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyError(username)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", OFFICIAL.endpoint),
        ("  https://hf-mirror.com/ ", MIRROR.endpoint),
        ("hf-mirror.com", MIRROR.endpoint),
        ("HTTPS://HF-Mirror.com", MIRROR.endpoint),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://nexus.lan/repository/hf/", "https://nexus.lan/repository/hf"),
        ("https://hub.lan/x#part", "https://hub.lan/x"),
    ],
)
def test_endpoints_as_they_are_typed(typed: str, expected: str) -> None:
    assert clean_endpoint(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://hub.lan",
        "https://",
        "https://hub.lan:99999",
        "https://hub lan",
        "https://me:secret@hub.lan",
        "https://hub.lan/?token=secret",
        "https://[::1",
        "https://hub\u202e.lan",
    ],
)
def test_endpoints_that_are_none(typed: str) -> None:
    with pytest.raises(AddressInvalid) as raised:
        clean_endpoint(typed)
    assert "me:secret" not in raised.value.address


def test_access_as_the_settings_say() -> None:
    settings = Settings(
        hub_endpoint="hf-mirror.com", proxy=" socks5://127.0.0.1:1080 ", ca_file="/ca", offline=True
    )
    access = access_from(settings, "token")
    assert access.endpoint == MIRROR.endpoint
    assert (access.proxy, access.ca_file, access.offline) == (
        "socks5://127.0.0.1:1080",
        "/ca",
        True,
    )
    assert access_from(settings, endpoint="http://localhost:1").endpoint == "http://localhost:1"
    assert access_from(Settings()) == OFFICIAL


@pytest.mark.parametrize("token", ["with\nline", "ünïcode", "x" * 2000, "nul\0"])
def test_a_token_that_no_header_can_carry(token: str) -> None:
    with pytest.raises(TokenInvalid) as raised:
        access_from(Settings(), token)
    assert raised.value.host == "huggingface.co"


@pytest.mark.parametrize(
    ("endpoint", "named", "is_given"),
    [
        (OFFICIAL.endpoint, "", True),
        (MIRROR.endpoint, "", False),
        ("http://127.0.0.1:8123", "", True),
        ("http://127.0.0.1:8123", "http://127.0.0.1:8124", False),
        ("http://huggingface.co", "", False),
        ("https://huggingface.co.evil.example", "", False),
        (MIRROR.endpoint, "hf-mirror.com/", True),
        (OFFICIAL.endpoint, "hf-mirror.com", False),
        (OFFICIAL.endpoint, "https://[::1", False),
    ],
)
def test_the_token_of_the_environment_is_for_the_hub_it_names(
    endpoint: str, named: str, is_given: bool
) -> None:
    found = environment_token(endpoint, {"HF_TOKEN": "secret", "HF_ENDPOINT": named})
    assert found == ("secret" if is_given else "")
    assert environment_token(endpoint, {"HF_ENDPOINT": named}) == ""


def test_a_token_is_kept_in_the_keyring_for_its_endpoint_alone() -> None:
    ring = MemoryKeyring()
    assert TokenStore(ring).save(OFFICIAL.endpoint, " secret ") is Kept.KEYRING
    store = TokenStore(ring)
    assert store.read(OFFICIAL.endpoint) == "secret"
    assert store.read(MIRROR.endpoint) == ""
    store.forget(OFFICIAL.endpoint)
    store.forget(MIRROR.endpoint)
    assert store.read(OFFICIAL.endpoint) == ""
    assert ring.secrets == {}


@pytest.mark.parametrize("ring", [BrokenKeyring(), keyring.backends.fail.Keyring()])
def test_without_a_keyring_the_token_lives_for_this_run(
    ring: BrokenKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    store = TokenStore(ring)
    with caplog.at_level("INFO"):
        assert store.read(OFFICIAL.endpoint) == ""
        assert store.save(OFFICIAL.endpoint, "secret") is Kept.RUN
        assert store.read(OFFICIAL.endpoint) == "secret"
        store.forget(OFFICIAL.endpoint)
    assert store.read(OFFICIAL.endpoint) == ""
    assert TokenStore(ring).read(OFFICIAL.endpoint) == ""
    assert "secret" not in caplog.text


def test_a_keyring_that_keeps_nothing_counts_as_none() -> None:
    class Forgetful(MemoryKeyring):
        def set_password(self, service: str, username: str, password: str) -> None:
            del service, username, password

    assert TokenStore(Forgetful()).save(OFFICIAL.endpoint, "secret") is Kept.RUN


def test_the_keyring_is_asked_once() -> None:
    ring = MemoryKeyring()
    store = TokenStore(ring)
    store.read(OFFICIAL.endpoint)
    ring.set_password("chatapp", OFFICIAL.endpoint, "later")
    assert store.read(OFFICIAL.endpoint) == ""
