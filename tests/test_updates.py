from __future__ import annotations

import gzip
import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp import __version__
from chatapp.errors import ChatappError, Offline, RateLimited, UpdatesUnavailable
from chatapp.network import Network, Purpose
from chatapp.settings import Settings
from chatapp.updates import DAY, Feed, Updates, Version, newer_than, read_feed
from tests.hub.strange_server import Heard, Said, StrangeServer

IN_ORDER = (
    *("0.1.0.dev1", "0.1.0-alpha", "0.1.0a2", "0.1.0-alpha.10", "0.1.0-beta.1", "0.1.0-rc.2"),
    *("0.1.0rc11", "0.1.0", "0.1.0.1", "0.1.1-dev", "0.2", "0.9.9", "0.10", "v1.0.0", "1.0.1+b5"),
    *("1.2.3", "2.0.0", "10.0.0", "2026.1"),
)
PATH = "/repos/a/b/releases"


def version(text: str) -> Version:
    found = Version.read(text)
    assert found is not None
    return found


def release(tag: str, **others: Any) -> dict[str, Any]:
    """As GitHub tells it."""
    return {
        "tag_name": tag,
        "draft": False,
        "prerelease": False,
        "published_at": "2026-05-03T10:00:00Z",
        "body": f"Notes of {tag}",
        **others,
    }


def listed(*rows: Any) -> Said:
    return Said(body=json.dumps(rows).encode())


def updates_of(
    server: StrangeServer, settings: Settings | None = None, network: Network | None = None
) -> Updates:
    feed = Feed(server.url + PATH, "https://example.org/releases")
    chosen = settings or Settings()
    return Updates(feed, lambda: chosen, network or Network(), version="0.1.0")


# Versions


def test_versions_are_compared_as_numbers() -> None:
    versions = [version(text) for text in IN_ORDER]
    assert versions == sorted(versions)
    assert len(set(versions)) == len(versions)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.0", "v1.0.0"), ("1.0.0-rc.1", "1.0.0rc1"), ("1.0.0+a", "1.0.0"), ("1.0-b", "1.0beta0")],
)
def test_the_same_version_in_other_words(one: str, other: str) -> None:
    assert version(one) == version(other)


@pytest.mark.parametrize(
    "text",
    ["", "v", "1", "nightly", "1.2.3.4.5", "1.0 ", "1.-1", "1.0-post", "١.٢", "1.0\n", "1." * 99],
)
def test_what_is_no_version(text: str) -> None:
    assert Version.read(text) is None


def test_our_own_version_is_one() -> None:
    assert Version.read(__version__) is not None


# What is offered


def test_only_newer_ones_are_offered_the_newest_first() -> None:
    rows = [release(tag) for tag in ("v0.9.0", "v0.10.0", "v0.1.0", "v0.0.9", "0.10.0", "latest")]
    found = newer_than(version("0.1.0"), rows)
    assert [one.version for one in found] == ["0.10.0", "0.9.0"]
    assert found[0].notes == "Notes of v0.10.0"
    assert found[0].published_at == 1777802400


def test_drafts_and_unfinished_versions_are_for_nobody_who_has_a_finished_one() -> None:
    rows = [
        release("v0.3.0", draft=True),
        release("v0.2.0", prerelease=True),
        release("v0.2.0-rc.1"),
    ]
    assert newer_than(version("0.1.0"), rows) == ()
    found = newer_than(version("0.1.0-rc.1"), rows)
    assert [one.version for one in found] == ["0.2.0", "0.2.0-rc.1"]


def test_notes_are_text_within_limits() -> None:
    turned = "one\r\n\u202etwo\u2066\x00\x1b[31m\tthree\n" + "x" * 100_000
    found = newer_than(version("0.1.0"), [release("v1.0.0", body=turned)])
    assert found[0].notes.startswith("one\ntwo[31m\tthree\nxxx")
    assert len(found[0].notes) <= 20_000
    many = [release(f"v1.0.{number}") for number in range(30)]
    assert len(newer_than(version("0.1.0"), many)) == 10


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.sampled_from(IN_ORDER),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=5,
)
NAMES = st.sampled_from(["tag_name", "draft", "prerelease", "published_at", "body"])


@settings(max_examples=50)
@given(st.lists(st.dictionaries(NAMES, JSON) | JSON, max_size=5))
def test_whatever_stands_in_the_list(rows: list[Any]) -> None:
    for one in newer_than(version("0.1.0"), rows):
        assert version(one.version) > version("0.1.0")
        assert one.published_at >= 0


# Where it is


def test_the_sources_know_no_address(tmp_path: Path) -> None:
    assert read_feed(tmp_path) is None
    updates = Updates(None, lambda: Settings(check_for_updates=True), Network())
    assert (updates.host, updates.is_due, updates.look()) == ("", False, ())


def test_an_installer_brings_the_address_along(tmp_path: Path) -> None:
    words = {"releases": "https://api.example.org/x/releases", "page": "https://example.org/x"}
    (tmp_path / "release.json").write_text(json.dumps(words))
    feed = read_feed(tmp_path)
    assert feed == Feed(words["releases"], words["page"])
    assert Updates(feed, Settings, Network()).host == "api.example.org"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"releases": "https://a.example"}',
        '{"releases": "http://a.example", "page": "https://a.example"}',
        '{"releases": "a.example", "page": "https://a.example"}',
    ],
)
def test_an_address_of_no_use(
    content: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "release.json").write_text(content)
    with caplog.at_level(logging.WARNING):
        assert read_feed(tmp_path) is None
    assert "release.json" in caplog.text


# When


def test_nobody_is_asked_before_it_is_allowed() -> None:
    with StrangeServer(lambda _: listed()) as server:
        now = int(time.time())
        for settings, is_due in (
            (Settings(), False),
            (Settings(check_for_updates=True), True),
            (Settings(check_for_updates=True, offline=True), False),
            (Settings(check_for_updates=True, updates_checked_at=now - DAY // 2), False),
            (Settings(check_for_updates=True, updates_checked_at=now - DAY - 60), True),
            (Settings(check_for_updates=True, updates_checked_at=now + DAY), True),
        ):
            assert updates_of(server, settings).is_due is is_due
        assert server.heard == []


# Asking


def test_the_list_is_asked_for_and_the_connection_is_logged() -> None:
    network = Network()
    with StrangeServer(lambda _: listed(release("v0.2.0"))) as server:
        updates = updates_of(server, network=network)
        for _ in range(2):
            assert [one.version for one in updates.look()] == ["0.2.0"]
        assert [heard.target for heard in server.heard] == [f"{PATH}?per_page=30"] * 2
        headers = server.heard[0].headers
    assert headers["user-agent"] == f"chatapp/{__version__}"
    assert not {"authorization", "cookie", "referer"} & set(headers)
    assert [one.reason for one in network.connections] == [Purpose.UPDATES] * 2


def test_a_packed_answer_is_read() -> None:
    content = gzip.compress(json.dumps([release("v0.2.0")]).encode())
    said = Said(body=content, headers={"Content-Encoding": "gzip"})
    with StrangeServer(lambda _: said) as server:
        assert len(updates_of(server).look()) == 1


def test_a_renamed_project_is_found_on_its_own_host_only() -> None:
    def renamed(heard: Heard) -> Said:
        if heard.target.startswith(PATH):
            return Said(301, headers={"Location": "/repositories/7/releases?per_page=30"})
        return listed(release("v0.2.0"))

    with StrangeServer(renamed) as server:
        assert len(updates_of(server).look()) == 1
    with StrangeServer(lambda _: listed(release("v9.0.0"))) as other:
        moved = Said(302, headers={"Location": other.url})
        with StrangeServer(lambda _: moved) as server, pytest.raises(UpdatesUnavailable):
            updates_of(server).look()
        assert other.heard == []


@pytest.mark.parametrize(
    "said",
    [
        Said(404),
        Said(500, b"[]"),
        Said(body=b"<html>Welcome to our hotel</html>", headers={"Content-Type": "text/html"}),
        Said(body=b'{"message": "moved"}'),
        Said(body=b"[" * 100_000),
        Said(body=b"[" + b" " * (5 << 20) + b"]"),
        Said(body=gzip.compress(b" " * (64 << 20)), headers={"Content-Encoding": "gzip"}),
        Said(body=b"[]", headers={"Content-Encoding": "br"}),
        Said(302, headers={"Location": "http://[::1"}),
        Said(301, headers={"Location": PATH}),
        Said(body=b"[]", headers={"Content-Length": "9"}),
    ],
    ids=range(11),
)
def test_an_answer_of_no_use(said: Said) -> None:
    with StrangeServer(lambda _: said) as server, pytest.raises(UpdatesUnavailable) as raised:
        updates_of(server).look()
    assert raised.value.host == "127.0.0.1"
    assert raised.value.detail


@pytest.mark.parametrize(
    "said",
    [
        Said(429, headers={"Retry-After": "90"}),
        Said(403, headers={"X-RateLimit-Remaining": "0", "Retry-After": "90"}),
    ],
)
def test_a_host_that_was_asked_too_often(said: Said) -> None:
    with StrangeServer(lambda _: said) as server, pytest.raises(RateLimited) as raised:
        updates_of(server).look()
    assert raised.value.seconds == 90


def test_nobody_there() -> None:
    with StrangeServer(lambda _: listed()) as server:
        updates = updates_of(server)
    with pytest.raises(UpdatesUnavailable):
        updates.look()


@pytest.mark.parametrize("forbid", [Settings(offline=True), None])
def test_forbidden_connections_stay_forbidden(forbid: Settings | None) -> None:
    network = Network()
    network.is_offline = forbid is None
    with StrangeServer(lambda _: listed()) as server:
        with pytest.raises(Offline):
            updates_of(server, forbid, network).look()
        assert server.heard == []
    assert network.connections == ()


def test_closing_ends_the_question_at_once() -> None:
    is_asked, may_answer = threading.Event(), threading.Event()

    def late(_: Heard) -> Said:
        is_asked.set()
        may_answer.wait(60)
        return listed()

    with StrangeServer(late) as server:
        updates = updates_of(server)
        errors: list[BaseException] = []
        asking = threading.Thread(target=lambda: errors.append(failure_of(updates.look)))
        asking.start()
        assert is_asked.wait(60)
        updates.close()
        asking.join(60)
        may_answer.set()
    assert [type(error) for error in errors] == [CancelledError]
    with StrangeServer(lambda _: listed()) as server:
        updates = updates_of(server)
        updates.close()
        assert isinstance(failure_of(updates.look), CancelledError)


def failure_of(work: Callable[[], object]) -> BaseException:
    try:
        work()
    except (ChatappError, CancelledError) as error:
        return error
    pytest.fail("nothing was raised")
