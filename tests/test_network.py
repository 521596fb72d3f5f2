from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
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
    _proxy_of,
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


def test_the_log_outlives_the_run_and_is_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "connections"
    first = Network(folder)
    first.record("a.example", Purpose.SEARCH)
    second = Network(folder)
    second.record("b.example", Purpose.DOWNLOAD)
    assert [(c.host, c.reason) for c in Network(folder).history()] == [
        ("a.example", Purpose.SEARCH),
        ("b.example", Purpose.DOWNLOAD),
    ]
    assert second.history() == Network(folder).history(), "its own connection stands there once"
    (day,) = folder.iterdir()
    assert day.stat().st_mode & 0o777 == 0o600
    second.forget()
    assert (second.history(), Network(folder).history()) == ((), ())
    assert len(second.connections) == 1, "since start there was one all the same"


def test_the_log_is_kept_for_thirty_days(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for days in (0, 29, 31, 400):
        (tmp_path / f"{now - timedelta(days=days):%Y-%m-%d}.jsonl").touch()
    (tmp_path / "notes.txt").touch()
    Network(tmp_path).tidy()
    assert len(list(tmp_path.glob("*.jsonl"))) == 2
    assert (tmp_path / "notes.txt").exists()


def test_a_damaged_log_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    good = '{"at": 5, "host": "a.example", "reason": "SEARCH"}'
    lines = (
        *("", "{", "[]", "1", "[" * 50_000, '{"at": 1e300, "host": "x", "reason": "SEARCH"}'),
        *('{"at": 5, "host": "x", "reason": "NO"}', '{"at": "then"}', good),
    )
    (tmp_path / "2025-01-01.jsonl").write_text("\n".join(lines))
    (tmp_path / "2025-01-02.jsonl").mkdir()
    assert [c.host for c in Network(tmp_path).history()] == ["a.example"]


def test_without_room_for_the_log_there_is_one_of_this_run(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.touch()
    network = Network(blocker)
    network.record("a.example", Purpose.SEARCH)
    assert [c.host for c in network.history()] == ["a.example"]
    network.tidy()


def test_the_proxy_on_the_way_is_logged_too(tmp_path: Path) -> None:
    network = Network(tmp_path)
    with StrangeServer(ok) as proxy:
        access = Access("http://hub.example", proxy=proxy.url)
        with make_client(access, network, purpose=Purpose.SEARCH) as client:
            client.get("http://hub.example/models")
        assert [h.headers["host"] for h in proxy.heard] == ["hub.example"]
    assert [(c.host, c.proxy) for c in network.connections] == [("hub.example", "127.0.0.1")]
    assert Network(tmp_path).history() == network.connections


def test_the_proxy_of_the_system_is_logged_where_it_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = Network()
    with StrangeServer(ok) as server:
        port = server.url.rpartition(":")[2]
        monkeypatch.setenv("http_proxy", f"http://me:secret@127.0.0.1:{port}")
        monkeypatch.setenv("no_proxy", "near.example")
        with make_client(Access("http://hub.example"), network, purpose=Purpose.SEARCH) as client:
            client.get("http://hub.example/")
            client.get(server.url)
            with pytest.raises(httpx2.ConnectError):
                client.get("http://near.example/")
    assert [(c.host, c.proxy) for c in network.connections] == [
        ("hub.example", "127.0.0.1"),
        ("127.0.0.1", ""),
        ("near.example", ""),
    ]


@pytest.mark.parametrize("proxy", ["socks5h://p.example:1", "http://[::1", "p.example:8080", ""])
def test_the_host_of_any_proxy(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("all_proxy", proxy)
    host = _proxy_of("https://hub.example/a", Access("https://hub.example"))
    assert host == ("p.example" if "p.example" in proxy else "")
