from __future__ import annotations

import logging
from pathlib import Path

import httpx2
import pytest

from chatapp.domain.hub import Access
from chatapp.errors import AddressInvalid, CaFileInvalid, Offline
from chatapp.hub.access import MIRROR, OFFICIAL
from chatapp.network import (
    Connection,
    Network,
    Purpose,
    Stop,
    is_mirror,
    make_client,
    on_endpoint,
    without_password,
)
from tests.hub.strange_server import Heard, Said, StrangeServer

TOKEN = "hf_secret"  # noqa: S105


def ok(_: Heard) -> Said:
    return Said()


def test_connections_are_logged_and_told() -> None:
    network = Network()
    seen: list[Connection] = []
    network.subscribe(seen.append)
    assert network.connections == ()
    network.record("example.org", Purpose.DOWNLOAD)
    assert network.connections == tuple(seen)
    assert (seen[0].host, seen[0].reason) == ("example.org", Purpose.DOWNLOAD)


def test_each_host_is_recorded_once_by_a_client() -> None:
    network = Network()
    with (
        StrangeServer(ok) as server,
        make_client(Access(server.url), network, purpose=Purpose.SEARCH) as client,
    ):
        for _ in range(3):
            client.get(server.url)
    assert [(c.host, c.reason) for c in network.connections] == [("127.0.0.1", Purpose.SEARCH)]


def test_nothing_goes_out_while_connections_are_forbidden() -> None:
    network = Network()
    with StrangeServer(ok) as server:
        with pytest.raises(Offline):
            make_client(Access(server.url, offline=True), network, purpose=Purpose.SEARCH)
        with make_client(Access(server.url), network, purpose=Purpose.SEARCH) as client:
            network.is_offline = True
            with pytest.raises(Offline):
                client.get(server.url)
            network.is_offline = False
            assert client.get(server.url).status_code == 200
        assert len(server.heard) == 1


def test_the_token_goes_to_the_endpoint_and_nowhere_else() -> None:
    with StrangeServer(ok) as data:
        moved = Said(302, headers={"Location": f"{data.url}/elsewhere"})
        with StrangeServer(lambda h: moved if h.target == "/moved" else Said()) as hub:
            access = Access(hub.url, token=TOKEN)
            with make_client(access, Network(), purpose=Purpose.SEARCH) as client:
                client.get(f"{hub.url}/here")
                client.get(f"{data.url}/there")
                client.get(f"{hub.url}/moved", follow_redirects=True)
                client.get(f"{data.url}/on-purpose", headers={"Authorization": f"Bearer {TOKEN}"})
            assert [h.headers.get("authorization") for h in hub.heard] == [f"Bearer {TOKEN}"] * 2
            assert [h.target for h in data.heard] == ["/there", "/elsewhere", "/on-purpose"]
            assert not any("authorization" in h.headers for h in data.heard)


def test_the_token_is_never_sent_where_others_can_read_it() -> None:
    with StrangeServer(ok) as proxy:
        access = Access("http://hub.example", token=TOKEN, proxy=proxy.url)
        with make_client(access, Network(), purpose=Purpose.SEARCH) as client:
            client.get("http://hub.example/api/models")
        (request,) = proxy.heard
        assert request.target == "http://hub.example/api/models"
        assert "authorization" not in request.headers


def test_the_token_is_neither_shown_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    with StrangeServer(ok) as server, caplog.at_level(logging.DEBUG):
        access = Access(server.url, token=TOKEN, proxy="http://me:hf_secret@127.0.0.1:9")
        assert TOKEN not in repr(access)
        with make_client(
            Access(server.url, token=TOKEN), Network(), purpose=Purpose.SEARCH
        ) as client:
            client.get(server.url)
    assert TOKEN not in caplog.text
    assert server.heard[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_what_a_mirror_passes_on_stays_at_the_mirror() -> None:
    url = "https://huggingface.co/org/repo/resolve/main/a%20b.gguf?x=1"
    assert on_endpoint(url, OFFICIAL.endpoint) == url
    assert (
        on_endpoint(url, "https://nexus.lan/hf")
        == "https://nexus.lan/hf/org/repo/resolve/main/a%20b.gguf?x=1"
    )
    elsewhere = "https://cdn.example/x"
    assert on_endpoint(elsewhere, MIRROR.endpoint) == elsewhere
    assert is_mirror(MIRROR.endpoint)
    assert not is_mirror(OFFICIAL.endpoint)


def test_a_redirect_to_the_official_hub_leads_to_the_mirror() -> None:
    there = "https://huggingface.co/lfs/x?sign=1"

    def answer(heard: Heard) -> Said:
        return Said(302, headers={"Location": there}) if heard.target == "/hf/x" else Said()

    with (
        StrangeServer(answer) as mirror,
        make_client(Access(f"{mirror.url}/hf"), Network(), purpose=Purpose.SEARCH) as client,
    ):
        got = client.get(f"{mirror.url}/hf/x", follow_redirects=True)
        assert str(got.url) == f"{mirror.url}/hf/lfs/x?sign=1"
    assert [heard.target for heard in mirror.heard] == ["/hf/x", "/hf/lfs/x?sign=1"]


def test_the_proxy_of_the_environment_is_not_for_this_computer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with (
        StrangeServer(ok) as server,
        make_client(Access(server.url), Network(), purpose=Purpose.SEARCH) as client,
    ):
        assert client.get(server.url).status_code == 200
        with pytest.raises(httpx2.ConnectError):
            client.get("http://hub.example")


@pytest.mark.parametrize(
    "proxy", ["ftp://proxy:1", "http://", "http://proxy:99999", "nonsense", "http://[::1"]
)
def test_a_proxy_that_is_none(proxy: str) -> None:
    with pytest.raises(AddressInvalid):
        make_client(Access("https://hub.example", proxy=proxy), Network(), purpose=Purpose.SEARCH)


def test_a_password_is_not_shown() -> None:
    assert without_password("http://me:secret@proxy:99999/x@y") == "http://proxy:99999/x@y"
    access = Access("https://hub.example", proxy="gopher://me:secret@proxy:1")
    with pytest.raises(AddressInvalid) as raised:
        make_client(access, Network(), purpose=Purpose.SEARCH)
    assert raised.value.address == "gopher://proxy:1"


def test_certificates_that_are_none(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")
    for path in (empty, tmp_path / "missing.pem", tmp_path):
        with pytest.raises(CaFileInvalid) as raised:
            make_client(
                Access("https://hub.example", ca_file=str(path)), Network(), purpose=Purpose.SEARCH
            )
        assert raised.value.path == str(path)


def test_setting_a_stop_wakes_those_who_wait_and_no_others() -> None:
    stop = Stop()
    woken: list[str] = []

    def wake_first() -> None:
        woken.append("first")

    def wake_second() -> None:
        woken.append("second")

    with stop.waking(wake_first):
        pass
    with stop.waking(wake_second):
        stop.set()
    assert woken == ["second"]
    assert stop.is_set()
    with stop.waking(wake_first):
        assert woken == ["second", "first"], "it was set already"
