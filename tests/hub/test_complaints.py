"""What people complain of in other programs, and what is shown nowhere else that it isn't so here.

The other complaints have their tests where the thing itself is tested: going on where it stopped
in test_transfer, test_downloads and test_kill, other programs' models in test_sources, mirrors and
certificates in test_client.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import trustme

from chatapp import sentences
from chatapp.domain.download import DownloadState, Order
from chatapp.domain.hub import Access, RepoFile
from chatapp.errors import HubAnswerInvalid, HubUnreachable
from chatapp.hub.client import HubClient
from chatapp.hub.part_file import PartFile
from chatapp.hub.transfer import fetch_file
from chatapp.network import Network, Purpose, Stop, make_client
from tests.cli.test_cli import chatapp
from tests.engine.gguf_files import write_tiny_model
from tests.hub.strange_server import Heard, Said, StrangeServer
from tests.hub.test_downloads import Queue
from tests.hub.transfers import FAST, FILE, MODEL, REPO, SIZE, Fetching, data_requests
from tests.hub.tunnel import Tunnel
from tests.local_hub import Fault, LocalHub

OTHER = "Tiny-Q8_0.gguf"


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_repo(REPO, {FILE: MODEL, OTHER: MODEL[::-1]})
        yield hub


def fetch(access: Access, target: Path) -> None:
    network = Network()
    client = HubClient(lambda: access, network)
    try:
        with make_client(access, network, purpose=Purpose.SEARCH) as session:
            fetch_file(
                partial(client.resolve, REPO, "main", FILE),
                target,
                client=session,
                stop=Stop(),
                on_progress=lambda _: None,
                patience=FAST,
            )
    finally:
        client.close()


def test_it_hangs_at_99_percent(hub: LocalHub, tmp_path: Path) -> None:
    fetching = Fetching(hub, tmp_path / FILE)
    nearly = SIZE * 99 // 100
    hub.fault(Fault(kind="stall", after=nearly))
    fetching.run(replace(FAST, read=1))
    assert DownloadState.RECONNECTING in fetching.states
    assert nearly in [r.range_start for r in data_requests(hub)]
    assert fetching.target.read_bytes() == MODEL


def test_it_finalizes_for_ever(
    hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read again at the end: the hash was computed on the way."""
    read_again = PartFile.read_again
    sizes = []

    def spy(part: PartFile, *arguments: object) -> bool:
        sizes.append(part.size)
        return read_again(part, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(PartFile, "read_again", spy)
    hub.fault(Fault(kind="cut", after=1_000_000))
    fetching = Fetching(hub, tmp_path / FILE)
    fetching.run()
    assert fetching.states[-2:] == [DownloadState.VERIFYING, DownloadState.DONE]
    assert sizes == [0]


def test_cancelling_one_download_ends_another(hub: LocalHub, tmp_path: Path) -> None:
    hub.fault(Fault(kind="stall", after=1_000_000, times=2))
    queue = Queue(hub, tmp_path, at_once=2)
    one = queue.downloads.add(Order(REPO, (RepoFile(FILE),)))
    two = queue.downloads.add(Order(REPO, (RepoFile(OTHER),)))
    hub.wait_for(lambda: sum(r.bytes_sent == 1_000_000 for r in data_requests(hub)) == 2)
    queue.downloads.cancel(one)
    # Its connection ends at once, and that of the other one doesn't.
    hub.wait_for(lambda: sum(r.is_done for r in data_requests(hub)) == 1)
    hub.clear_faults()
    queue.wait_for(two, DownloadState.DONE)
    queue.close()
    assert queue.path(OTHER).read_bytes() == MODEL[::-1]
    assert len(data_requests(hub)) == 2
    assert not list(queue.models.rglob(f"{FILE}*"))


def test_the_mirror_is_bypassed(hub: LocalHub, tmp_path: Path) -> None:
    """The Hub's other protocol, which leads to servers of its own, is never used."""
    hub.add_repo(REPO, {FILE: MODEL}, xet=True)
    fetch(Access(hub.endpoint), tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == MODEL
    assert [(r.origin, r.method) for r in hub.requests] == [("metadata", "HEAD"), ("data", "GET")]
    assert not any("xet" in r.path for r in hub.requests)


def test_only_the_server_with_the_data_is_blocked(tmp_path: Path) -> None:
    about = {
        "X-Repo-Commit": "a" * 40,
        "X-Linked-Size": "4",
        "X-Linked-Etag": f'"{"b" * 64}"',
        "Location": "http://localhost:9/x?Signature=1",
    }
    with (
        StrangeServer(lambda _: Said(302, headers=about)) as server,
        pytest.raises(HubUnreachable) as raised,
    ):
        fetch(Access(server.url), tmp_path / FILE)
    assert sentences.sentence(raised.value).startswith("localhost can't be reached")


def test_a_redirect_that_never_ends(tmp_path: Path) -> None:
    """Where it leads is what counts; what else comes with it isn't waited for."""
    about = {"X-Repo-Commit": "a" * 40, "X-Linked-Size": "4", "X-Linked-Etag": '"b"'}

    def answer(heard: Heard) -> Said:
        if heard.target == "/there":
            return Said(200, b"GGUF")
        if heard.target == "/gate":
            return Said(302, b"x", {"Location": "/there", "Content-Length": str(10**12)})
        return Said(302, headers={**about, "Location": "/gate"})

    with StrangeServer(answer) as server:
        fetch(Access(server.url), tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == b"GGUF"
    with (
        StrangeServer(lambda _: Said(302, headers={**about, "Location": "/gate"})) as server,
        pytest.raises(HubAnswerInvalid),
    ):
        fetch(Access(server.url), tmp_path / OTHER)


def test_behind_a_proxy_with_its_own_certificates(tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hub.example", "127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(ca_file)

    def answer(heard: Heard) -> Said:
        headers = {"X-Repo-Commit": "a" * 40, "ETag": '"b"', "Content-Length": str(SIZE)}
        return Said(200, MODEL if heard.method == "GET" else b"", headers)

    with StrangeServer(answer, tls=context) as server, Tunnel() as proxy:
        access = Access(server.url, "hf_x", f"http://{proxy.address}", str(ca_file))
        fetch(access, tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == MODEL
    assert {f"https://{host}:{port}" for host, port in proxy.wanted} == {server.url}
    assert len(proxy.wanted) == 2


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_behind_a_socks_proxy(hub: LocalHub, tmp_path: Path, scheme: str) -> None:
    with Tunnel() as proxy:
        fetch(Access(hub.endpoint, proxy=f"{scheme}://{proxy.address}"), tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == MODEL
    assert [f"http://{host}:{port}" for host, port in proxy.wanted] == [
        hub.endpoint,
        hub.data_origin,
    ]


def test_my_name_is_not_written_in_latin_letters(hub: LocalHub, tmp_path: Path) -> None:
    model = tmp_path / "tiny.gguf"
    write_tiny_model(model, template="{{ messages[-1].content }}")
    hub.add_repo("org/Small-GGUF", {"小模型-F16.gguf": model})
    home = tmp_path / "用户 Ünï"
    done = chatapp(
        *("models", "pull", "org/Small-GGUF:F16", "--endpoint", hub.endpoint, "--json"), home=home
    )
    assert (done.returncode, done.stderr) == (0, "")
    path = json.loads(done.stdout)["path"]
    assert path.startswith(str(home))
    assert path.endswith("小模型-F16.gguf")
    done = chatapp("ask", "你好", "--model", path, "--max-tokens", "2", home=home)
    assert (done.returncode, done.stderr) == (0, "")
