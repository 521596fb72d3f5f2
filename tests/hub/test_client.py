from __future__ import annotations

import gzip
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

import pytest
import trustme

from chatapp.domain.hub import Access, Gate, SearchFilters, SearchKind, SearchSort
from chatapp.errors import (
    CertificateRejected,
    ChatappError,
    FileChangedOnHub,
    HubAnswerInvalid,
    HubRefused,
    HubTimeout,
    HubUnreachable,
    ModelFileDamaged,
    NotGguf,
    Offline,
    RateLimited,
    RepoFileMissing,
    RepoGated,
    RepoMissing,
    TokenInvalid,
)
from chatapp.hub import client as client_module
from chatapp.hub.client import HubClient
from chatapp.hub.failures import refused
from chatapp.hub.gguf_header import read_header
from chatapp.network import Network, Stop
from tests.hub.strange_server import Heard, Said, StrangeServer
from tests.local_hub import Fault, LocalHub

NOWHERE = "http://127.0.0.1:9"
FILE = "m-Q4_K_M.gguf"


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as local:
        yield local


@pytest.fixture
def connect() -> Iterator[Callable[..., HubClient]]:
    """Makes clients, which are closed in the end."""
    made: list[HubClient] = []

    def make(endpoint: str, network: Network | None = None, **values: object) -> HubClient:
        access = Access(endpoint, **values)  # type: ignore[arg-type]
        made.append(HubClient(lambda: access, network or Network()))
        return made[-1]

    yield make
    for client in made:
        client.close()


Connect = Callable[..., HubClient]


def fill(hub: LocalHub) -> None:
    hub.add_repo(
        "unsloth/Qwen3-4B-GGUF",
        {"Qwen3-4B-Q4_K_M.gguf": b"GGUF-4", "Qwen3-4B-Q8_0.gguf": b"GGUF-8", "x.txt": b"x"},
        downloads=500,
        likes=5,
        card="---\nlicense: apache-2.0\n---\n\n# A card\n\nText.",
        card_data={"license": "apache-2.0", "base_model": "Qwen/Qwen3-4B"},
        tags=("conversational",),
        gguf={
            "total": 4_022_468_096,
            "architecture": "qwen3",
            "context_length": 40960,
            "chat_template": "{{ x }}",
        },
    )
    hub.add_repo(
        "Qwen/Qwen3-Embedding-0.6B-GGUF",
        {"Qwen3-Embedding-0.6B-Q8_0.gguf": b"GGUF"},
        downloads=900,
        likes=1,
        pipeline_tag="feature-extraction",
        gguf={"total": 595_776_512},
    )
    hub.add_repo("google/gemma-qwen-like", {"g-Q4_0.gguf": b"GGUF"}, gated="manual", downloads=100)
    hub.add_repo("org/qwen-of-safetensors", {"model.safetensors": b"x"}, downloads=10_000)


# Search


def test_search_finds_repositories_with_gguf_files(hub: LocalHub, connect: Connect) -> None:
    fill(hub)
    page = connect(hub.endpoint).search(" qwen ")
    assert [repo.id for repo in page.repos] == [
        "Qwen/Qwen3-Embedding-0.6B-GGUF",
        "unsloth/Qwen3-4B-GGUF",
        "google/gemma-qwen-like",
    ]
    assert page.cursor == ""
    found = page.repos[1]
    assert (found.author, found.name) == ("unsloth", "Qwen3-4B-GGUF")
    assert (found.downloads, found.likes, found.parameters) == (500, 5, 4_022_468_096)
    assert (found.architecture, found.context_length) == ("qwen3", 40960)
    assert found.has_chat_template
    assert found.license == "apache-2.0"
    assert found.base_models == ("Qwen/Qwen3-4B",)
    assert [file.path for file in found.files] == ["Qwen3-4B-Q4_K_M.gguf", "Qwen3-4B-Q8_0.gguf"]
    assert found.updated_at == 1770091506.0
    assert page.repos[2].gate is Gate.MANUAL


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (SearchFilters(sort=SearchSort.LIKES), ["unsloth", "Qwen", "google"]),
        (SearchFilters(kind=SearchKind.EMBEDDING), ["Qwen"]),
        (SearchFilters(kind=SearchKind.CHAT), ["unsloth"]),
        (SearchFilters(max_parameters=1_000_000_000, min_parameters=1_000_000), ["Qwen"]),
        (SearchFilters(min_parameters=1_500_000_000), ["unsloth"]),
        (SearchFilters(license="apache-2.0"), ["unsloth"]),
        (SearchFilters(author="google"), ["google"]),
        (SearchFilters(only_open=True), ["Qwen", "unsloth"]),
    ],
)
def test_search_is_narrowed(
    filters: SearchFilters, expected: list[str], hub: LocalHub, connect: Connect
) -> None:
    fill(hub)
    page = connect(hub.endpoint).search("", filters=filters)
    assert [repo.author for repo in page.repos] == expected


def test_search_goes_on_page_by_page(hub: LocalHub, connect: Connect) -> None:
    for number in range(5):
        hub.add_repo(f"org/repo-{number}", {FILE: b"GGUF"}, downloads=number)
    client = connect(hub.endpoint)
    filters = SearchFilters(limit=2)
    found, cursor = [], ""
    for _ in range(3):
        page = client.search("repo", filters=filters, cursor=cursor)
        found.append([repo.name for repo in page.repos])
        cursor = page.cursor
    assert found == [["repo-4", "repo-3"], ["repo-2", "repo-1"], ["repo-0"]]
    assert cursor == ""


def test_a_search_that_is_no_longer_wanted_ends_at_once(hub: LocalHub, connect: Connect) -> None:
    fill(hub)
    client = connect(hub.endpoint)
    client.search("qwen")  # leaves a connection behind, on which the next one waits
    for fault in (
        Fault(kind="stall", where="metadata", after=-1),
        Fault(kind="stall", where="metadata", after=10),
    ):
        hub.clear_requests()
        hub.fault(fault)
        stop = Stop()
        ended: Future[object] = Future()

        def search(stop: Stop = stop, ended: Future[object] = ended) -> None:
            try:
                ended.set_result(client.search("qwen", stop=stop))
            except BaseException as error:  # noqa: BLE001 - it is looked at below
                ended.set_exception(error)

        thread = threading.Thread(target=search)
        thread.start()
        hub.wait_for(lambda: bool(hub.requests))
        stop.set()
        assert isinstance(ended.exception(5), CancelledError)
        thread.join()
        hub.wait_for(lambda: hub.requests[0].is_done)
        assert client.search("qwen").repos, "the next one is not held up"


def test_a_search_with_a_stop_that_is_set_already(hub: LocalHub, connect: Connect) -> None:
    fill(hub)
    stop = Stop()
    stop.set()
    with pytest.raises(CancelledError):
        connect(hub.endpoint).search("qwen", stop=stop)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="stall", where="metadata", after=-1),
        Fault(kind="rate", where="metadata", value=1),
        Fault(kind="stall", where="metadata", after=5),
    ],
)
def test_a_search_takes_no_longer_than_it_may(
    fault: Fault, hub: LocalHub, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_SECONDS", 0.2)
    fill(hub)
    hub.fault(fault)
    with pytest.raises(HubTimeout) as raised:
        connect(hub.endpoint).search("qwen")
    assert raised.value.host == "127.0.0.1"


# Repositories


def test_a_repository_with_sizes_and_hashes(hub: LocalHub, connect: Connect) -> None:
    fill(hub)
    repo = connect(hub.endpoint).repo("unsloth/Qwen3-4B-GGUF")
    assert [(f.path, f.size) for f in repo.files] == [
        ("Qwen3-4B-Q4_K_M.gguf", 6),
        ("Qwen3-4B-Q8_0.gguf", 6),
    ]
    assert repo.files[0].sha256 == hub.sha256(repo.id, "Qwen3-4B-Q4_K_M.gguf")
    assert len(repo.commit) == 40
    assert len(hub.requests) == 1


def test_a_mirror_that_tells_no_sizes_is_asked_for_a_listing(connect: Connect) -> None:
    info = {"id": "org/repo", "sha": "a" * 40, "siblings": [{"rfilename": FILE, "size": None}]}
    first = [{"type": "file", "path": "a.gguf", "size": 1, "lfs": {"oid": "b" * 64, "size": 9}}]
    second = [{"type": "directory", "path": "d"}, {"type": "file", "path": FILE, "size": 7}]
    link = '<{}/api/models/org/repo/tree/main?recursive=true&cursor=2>; rel="next"'

    def answer(heard: Heard) -> Said:
        if "/tree/" not in heard.target:
            return Said(body=json.dumps(info).encode())
        if "cursor" in heard.target:
            return Said(body=json.dumps(second).encode())
        # A link that leads elsewhere is followed at home.
        headers = {"Link": link.format("http://evil.example")}
        return Said(body=json.dumps(first).encode(), headers=headers)

    with StrangeServer(answer) as server:
        repo = connect(server.url).repo("org/repo")
    assert [(f.path, f.size, f.sha256) for f in repo.files] == [
        ("a.gguf", 1, "b" * 64),
        (FILE, 7, ""),
    ]


def test_a_renamed_repository_is_found(hub: LocalHub, connect: Connect) -> None:
    fill(hub)
    hub.rename_repo("unsloth/Qwen3-4B-GGUF", "unsloth/New-GGUF")
    client = connect(hub.endpoint)
    assert client.repo("unsloth/Qwen3-4B-GGUF").id == "unsloth/New-GGUF"
    resolved = client.resolve("unsloth/Qwen3-4B-GGUF", "main", "Qwen3-4B-Q8_0.gguf")
    assert client.read_range(resolved, 0, 6) == b"GGUF-8"


def test_a_model_card(hub: LocalHub, connect: Connect) -> None:
    fill(hub)
    client = connect(hub.endpoint)
    assert client.readme("unsloth/Qwen3-4B-GGUF") == "# A card\n\nText."
    assert client.readme("org/qwen-of-safetensors") == ""
    assert client.readme("google/gemma-qwen-like") == ""


def test_gated_repositories(hub: LocalHub, connect: Connect) -> None:
    hub.add_repo("google/closed", {FILE: b"GGUF"}, gated="auto")
    for token in ("", hub.other_token):
        client = connect(hub.endpoint, token=token)
        assert client.repo("google/closed").gate is Gate.AUTOMATIC
        for ask in (
            lambda c: c.resolve("google/closed", "main", FILE),
            lambda c: c.header("google/closed", FILE),
        ):
            with pytest.raises(RepoGated) as raised:
                ask(client)
            assert raised.value.repo == "google/closed"
    client = connect(hub.endpoint, token=hub.token)
    assert client.resolve("google/closed", "main", FILE).size == 4


def test_private_repositories_look_as_if_they_were_not_there(
    hub: LocalHub, connect: Connect
) -> None:
    hub.add_repo("org/private", {FILE: b"GGUF"}, private=True)
    for token in ("", hub.other_token):
        with pytest.raises(RepoMissing):
            connect(hub.endpoint, token=token).repo("org/private")
    assert connect(hub.endpoint, token=hub.token).repo("org/private").is_private


def test_what_is_not_there(hub: LocalHub, connect: Connect) -> None:
    commit = hub.add_repo("org/repo", {FILE: b"GGUF"})
    client = connect(hub.endpoint)
    with pytest.raises(RepoMissing):
        client.repo("org/nothing")
    with pytest.raises(RepoMissing):
        client.repo("org/repo", "no-such-branch")
    with pytest.raises(RepoFileMissing) as missing:
        client.resolve("org/repo", "main", "other.gguf")
    assert (missing.value.repo, missing.value.file) == ("org/repo", "other.gguf")
    with pytest.raises(FileChangedOnHub):
        client.resolve("org/repo", "0" * 40, FILE)
    assert client.resolve("org/repo", commit, FILE).commit == commit
    hub.clear_requests()
    for odd in ("../etc/passwd", "repo", "org/repo/extra", "org/re po", "https://x/org/repo"):
        with pytest.raises(RepoMissing):
            client.repo(odd)
    assert hub.requests == []


# What goes wrong


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(kind="status", where="metadata", value=500), HubRefused),
        (Fault(kind="status", where="metadata", value=503), HubRefused),
        (Fault(kind="status", where="metadata", value=403), HubRefused),
        (Fault(kind="status", where="metadata", value=400), HubRefused),
        (Fault(kind="status", where="metadata", value=401), TokenInvalid),
        (Fault(kind="status", where="metadata", value=404), HubAnswerInvalid),
        (Fault(kind="status", where="metadata", value=429), RateLimited),
        (Fault(kind="reset", where="metadata", after=-1), HubUnreachable),
        (Fault(kind="cut", where="metadata", after=-1), HubUnreachable),
        (Fault(kind="cut", where="metadata", after=20), HubUnreachable),
    ],
)
def test_every_failure_has_its_error(
    fault: Fault, expected: type[ChatappError], hub: LocalHub, connect: Connect
) -> None:
    fill(hub)
    hub.fault(fault)
    with pytest.raises(expected) as raised:
        connect(hub.endpoint).search("qwen")
    assert raised.value.host == "127.0.0.1"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 2),
        ({"ratelimit": '"api";r=0;t=55'}, 56),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "999999999999"}, 86400),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 1),
        ({"Retry-After": "²", "ratelimit": "t"}, 60),
    ],
)
def test_how_long_a_hub_wants_to_be_left_alone(
    headers: dict[str, str], seconds: int, hub: LocalHub, connect: Connect
) -> None:
    hub.fault(Fault(kind="status", where="metadata", value=429, headers=headers))
    with pytest.raises(RateLimited) as raised:
        connect(hub.endpoint).search("")
    assert raised.value.seconds == seconds


def test_a_wrong_token_is_told(hub: LocalHub, connect: Connect) -> None:
    fill(hub)
    client = connect(hub.endpoint, token="hf_wrong")
    with pytest.raises(TokenInvalid):
        client.search("")
    with pytest.raises(TokenInvalid):
        client.repo("unsloth/Qwen3-4B-GGUF")
    # What the real Hub says, over https: its other answers with 401 mean "not there".
    said = {"x-error-message": "Invalid credentials in Authorization header"}
    url = "https://hub.example/api/models/org/repo"
    assert isinstance(refused(401, said, url, repo="org/repo"), TokenInvalid)
    assert isinstance(refused(401, {}, url, repo="org/repo"), RepoMissing)


def test_the_library_whose_errors_are_used_is_tamed() -> None:
    code = """
from chatapp.hub.huggingface import library
library()
from huggingface_hub import constants
print(constants.HF_HUB_DISABLE_TELEMETRY, constants.HF_HUB_DISABLE_IMPLICIT_TOKEN)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_a_host_that_is_not_there(connect: Connect) -> None:
    with pytest.raises(HubUnreachable) as raised:
        connect(NOWHERE).search("")
    assert raised.value.host == "127.0.0.1"
    assert raised.value.detail == "Connection refused"


def test_a_dead_proxy_is_named_not_the_hub_behind_it(connect: Connect) -> None:
    with pytest.raises(HubUnreachable) as raised:
        connect("https://hub.example", proxy=NOWHERE).search("")
    assert raised.value.host == "127.0.0.1"
    with StrangeServer(lambda _: Said(407)) as proxy, pytest.raises(HubUnreachable) as raised:
        connect("https://hub.example", proxy=proxy.url).search("")
    assert raised.value.host == "127.0.0.1"
    assert "407" in raised.value.detail


def test_the_hub_through_a_proxy(connect: Connect) -> None:
    with StrangeServer(lambda _: Said(body=b'[{"id": "org/repo"}]')) as proxy:
        network = Network()
        client = connect("http://hub.example", network, proxy=proxy.url)
        assert [repo.id for repo in client.search("x").repos] == ["org/repo"]
    assert proxy.heard[0].target.startswith("http://hub.example/api/models?filter=gguf")
    assert [c.host for c in network.connections] == ["hub.example"]


def test_offline_no_connection_is_made(hub: LocalHub, connect: Connect) -> None:
    network = Network()
    client = connect(hub.endpoint, network)
    network.is_offline = True
    with pytest.raises(Offline):
        client.search("")
    with pytest.raises(Offline):
        connect(hub.endpoint, offline=True).test_connection()
    assert hub.requests == []
    assert network.connections == ()


def test_a_change_of_access_holds_from_the_next_call_on(hub: LocalHub) -> None:
    accesses = [Access(NOWHERE)]
    client = HubClient(lambda: accesses[-1], Network())
    with pytest.raises(HubUnreachable):
        client.search("")
    accesses.append(Access(hub.endpoint))
    assert client.search("").repos == ()
    client.close()


def test_a_login_page_is_no_hub(connect: Connect) -> None:
    page = Said(body=b"<!doctype html>", headers={"Content-Type": "text/html"})
    with StrangeServer(lambda _: page) as portal:
        client = connect(portal.url)
        for ask in (
            lambda: client.search("x"),
            lambda: client.repo("org/repo"),
            lambda: client.resolve("org/repo", "main", FILE),
            lambda: client.header("org/repo", FILE),
        ):
            with pytest.raises(HubAnswerInvalid) as raised:
                ask()
            assert raised.value.host == "127.0.0.1"
        report = client.test_connection()
        assert isinstance(report.error, HubAnswerInvalid)


@pytest.mark.parametrize(
    "location",
    ["https://login.example/?next=x", "//login.example", "http://[::1", "ftp://x/", "", "mailto:x"],
)
def test_being_sent_elsewhere_is_no_answer(location: str, connect: Connect) -> None:
    with StrangeServer(lambda _: Said(302, headers={"Location": location})) as portal:
        client = connect(portal.url, token="hf_secret")
        for ask in (
            lambda: client.search("x"),
            lambda: client.resolve("org/repo", "main", FILE),
            lambda: client.readme("org/repo"),
        ):
            with pytest.raises(HubAnswerInvalid):
                ask()


def test_being_sent_in_a_circle(connect: Connect) -> None:
    with (
        StrangeServer(lambda h: Said(307, headers={"Location": h.target})) as server,
        pytest.raises(HubAnswerInvalid),
    ):
        connect(server.url).search("x")
    assert len(server.heard) < 20


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        b"9" * 10_000,
        b'{"id": "../../x"}',
        b'{"id": 7, "siblings": 7}',
    ],
)
def test_answers_that_are_none(body: bytes, connect: Connect) -> None:
    with StrangeServer(lambda _: Said(body=body)) as server:
        client = connect(server.url)
        with pytest.raises(HubAnswerInvalid):
            client.search("x")
        with pytest.raises(HubAnswerInvalid):
            client.repo("org/repo")


def test_an_answer_that_would_unpack_to_gigabytes(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_MOST_JSON", 100_000)
    small = gzip.compress(json.dumps([{"id": "org/repo"}]).encode())
    bodies = [(small, "gzip"), (gzip.compress(b" " * 100_000_000), "gzip"), (b"x" * 200_000, "")]
    bodies += [(b"no gzip", "gzip"), (small, "br")]
    answers = iter([Said(body=b, headers={"Content-Encoding": e}) for b, e in bodies])
    with StrangeServer(lambda _: next(answers)) as server:
        client = connect(server.url)
        assert client.search("x").repos[0].id == "org/repo"
        for _ in bodies[1:]:
            with pytest.raises(HubAnswerInvalid):
                client.search("x")


# Data


def test_the_data_may_lie_elsewhere_and_never_get_the_token(
    hub: LocalHub, connect: Connect
) -> None:
    commit = hub.add_repo("org/repo", {FILE: b"0123456789", "config.gguf.json": b"{}"})
    network = Network()
    client = connect(hub.endpoint, network, token=hub.token)
    resolved = client.resolve("org/repo", "main", FILE)
    assert resolved.url.startswith(f"{hub.data_origin}/org/repo/{commit}/")
    assert (resolved.size, resolved.commit) == (10, commit)
    assert resolved.sha256 == resolved.etag == hub.sha256("org/repo", FILE)
    assert client.read_range(resolved, 3, 7) == b"3456"
    assert client.read_range(resolved, 0, 10) == b"0123456789"
    assert client.read_range(resolved, 5, 5) == b""
    for request in hub.requests:
        token = f"Bearer {hub.token}" if request.origin == "metadata" else None
        assert request.headers.get("authorization") == token
    assert {r.origin for r in hub.requests} == {"metadata", "data"}
    assert [(r.range_start, r.range_end) for r in hub.requests[1:]] == [(3, 6), (0, 9)]
    small = client.resolve("org/repo", "main", "config.gguf.json")
    assert small.url.startswith(hub.endpoint)
    assert (small.size, small.sha256) == (2, "")
    assert client.read_range(small, 0, 2) == b"{}"


def test_names_with_odd_characters(hub: LocalHub, connect: Connect) -> None:
    name = "Qwen 中文/m#1 100%-Q4_0?.gguf"
    hub.add_repo("org/repo", {name: b"GGUF"})
    client = connect(hub.endpoint)
    resolved = client.resolve("org/repo", "main", name)
    assert client.read_range(resolved, 0, 4) == b"GGUF"


@pytest.mark.parametrize("name", ["X-Repo-Commit", "X-Linked-Size", "Location"])
def test_a_file_without_what_must_be_known_of_it(
    name: str, hub: LocalHub, connect: Connect
) -> None:
    hub.add_repo("org/repo", {FILE: b"GGUF"})
    hub.fault(Fault(kind="drop_header", where="metadata", value=name))
    with pytest.raises(HubAnswerInvalid):
        connect(hub.endpoint).resolve("org/repo", "main", FILE)


def test_a_server_that_ignores_what_part_is_asked_for(hub: LocalHub, connect: Connect) -> None:
    hub.add_repo("org/repo", {FILE: b"0123456789"})
    hub.fault(Fault(kind="norange"))
    client = connect(hub.endpoint)
    resolved = client.resolve("org/repo", "main", FILE)
    assert client.read_range(resolved, 3, 7) == b"3456"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(kind="content_range", value=1), HubAnswerInvalid),
        (Fault(kind="content_range", value="bytes */*"), HubAnswerInvalid),
        (Fault(kind="expire"), HubRefused),
        (Fault(kind="status", value=429), RateLimited),
        (Fault(kind="status", value=404), HubRefused),
        (Fault(kind="cut", after=2), HubUnreachable),
        (Fault(kind="reset", after=2), HubUnreachable),
    ],
)
def test_data_that_do_not_come(
    fault: Fault, expected: type[ChatappError], hub: LocalHub, connect: Connect
) -> None:
    hub.add_repo("org/repo", {FILE: b"0123456789"})
    client = connect(hub.endpoint)
    resolved = client.resolve("org/repo", "main", FILE)
    hub.fault(fault)
    with pytest.raises(expected):
        client.read_range(resolved, 3, 7)


def test_on_a_mirror_data_is_asked_of_the_mirror(connect: Connect) -> None:
    about = {"X-Repo-Commit": "a" * 40, "X-Linked-Size": "4", "X-Linked-Etag": f'"{"b" * 64}"'}

    def answer(heard: Heard) -> Said:
        if heard.method == "HEAD":
            there = "https://huggingface.co/org/repo/lfs/x?sign=1"
            return Said(302, headers={**about, "Location": there})
        return Said(206, b"GGUF", {"Content-Range": "bytes 0-3/4"})

    with StrangeServer(answer) as mirror:
        client = connect(f"{mirror.url}/hf")
        resolved = client.resolve("org/repo", "main", FILE)
        assert resolved.url == f"{mirror.url}/hf/org/repo/lfs/x?sign=1"
        assert client.read_range(resolved, 0, 4) == b"GGUF"
    assert mirror.heard[0].target == f"/hf/org/repo/resolve/main/{FILE}"


@pytest.mark.parametrize("about", [{}, {"X-Linked-Size": "4", "X-Linked-Etag": '"abc"'}])
def test_a_small_file_lies_elsewhere_on_the_hub(about: dict[str, str], connect: Connect) -> None:
    commit = {"X-Repo-Commit": "a" * 40}

    def answer(heard: Heard) -> Said:
        if heard.target.startswith("/api/cache/"):
            return Said(200, b"text", {**commit, "ETag": '"abc"', "Content-Length": "4"})
        return Said(307, headers={**commit, **about, "Location": "/api/cache/x?etag=abc"})

    with StrangeServer(answer) as server:
        client = connect(server.url)
        resolved = client.resolve("org/repo", "main", "config.json")
        assert resolved.url == f"{server.url}/api/cache/x?etag=abc"
        assert (resolved.size, resolved.etag, resolved.sha256) == (4, "abc", "")
        assert client.readme("org/repo") == "text"


def test_certificates_of_a_network_of_its_own(connect: Connect, tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    with StrangeServer(lambda _: Said(body=b"[]"), tls=context) as server:
        with pytest.raises(CertificateRejected) as raised:
            connect(server.url).search("x")
        assert raised.value.host == "127.0.0.1"
        client = connect(server.url, ca_file=str(ca_file), token="hf_secret")
        assert client.search("x").repos == ()
    assert server.heard[-1].headers["authorization"] == "Bearer hf_secret"


# Headers


def test_a_header_is_read_with_one_small_request(
    hub: LocalHub, connect: Connect, starter_model: Path
) -> None:
    hub.add_repo("org/repo", {FILE: starter_model})
    header = connect(hub.endpoint).header("org/repo", FILE)
    assert header == read_header(starter_model, full=False)
    data = [r for r in hub.requests if r.origin == "data"]
    assert [(r.range_start, r.range_end) for r in data] == [(0, 65535)]


@pytest.mark.parametrize("kind", ["", "norange"])
def test_a_full_header_is_read_in_growing_parts(
    kind: str, hub: LocalHub, connect: Connect, starter_model: Path
) -> None:
    hub.add_repo("org/repo", {FILE: starter_model})
    if kind:
        hub.fault(Fault(kind="norange", times=0))
    header = connect(hub.endpoint).header("org/repo", FILE, full=True)
    assert header == read_header(starter_model)
    data = [r for r in hub.requests if r.origin == "data"]
    assert 2 <= len(data) <= 5
    ends = [0, *(r.range_end + 1 for r in data if r.range_end is not None)]
    assert [r.range_start for r in data] == ends[:-1]
    assert header.header_bytes <= ends[-1] < 8 * 2**20


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"I am not a model" * 10_000, NotGguf),
        (b"GGUF\x03\0\0\0", ModelFileDamaged),
        (b"", (ModelFileDamaged, NotGguf)),
    ],
)
def test_headers_that_are_none(
    content: bytes,
    expected: type[ChatappError],
    hub: LocalHub,
    connect: Connect,
) -> None:
    hub.add_repo("org/repo", {FILE: content})
    with pytest.raises(expected) as raised:
        connect(hub.endpoint).header("org/repo", FILE)
    assert raised.value.path == f"org/repo/{FILE}"  # type: ignore[attr-defined]


def test_a_header_that_is_no_longer_wanted(hub: LocalHub, connect: Connect) -> None:
    hub.add_repo("org/repo", {FILE: b"GGUF" * 100_000})
    client = connect(hub.endpoint)
    hub.fault(Fault(kind="stall", after=1000))
    stop = Stop()
    failed: list[BaseException] = []

    def read() -> None:
        try:
            client.header("org/repo", FILE, stop=stop)
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            failed.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    hub.wait_for(lambda: any(r.bytes_sent >= 1000 for r in hub.requests))
    stop.set()
    thread.join(10)
    assert [type(error) for error in failed] == [CancelledError]


# Test of the connection


def test_a_good_connection(hub: LocalHub, connect: Connect) -> None:
    repo, file = client_module._PROBE
    hub.add_repo(repo, {file: b"GGUF" * 1000})
    report = connect(hub.endpoint).test_connection()
    assert report.error is None
    assert report.failed_host == ""
    assert report.metadata.host == "127.0.0.1"
    assert report.data is not None
    assert [(r.method, r.origin, r.range_end) for r in hub.requests] == [
        ("HEAD", "metadata", None),
        ("GET", "data", 0),
    ]


def test_a_hub_without_the_usual_model_is_searched_for_another(
    hub: LocalHub, connect: Connect
) -> None:
    client = connect(hub.endpoint)
    report = client.test_connection()
    assert report.error is None
    assert report.data is None, "there is no file that could be asked for"
    fill(hub)
    report = client.test_connection()
    assert report.error is None
    assert report.data is not None
    assert hub.requests[-1].origin == "data"


def test_the_host_that_failed_is_named(hub: LocalHub, connect: Connect) -> None:
    repo, file = client_module._PROBE
    hub.add_repo(repo, {file: b"GGUF" * 1000})
    client = connect(hub.endpoint)
    hub.fault(Fault(kind="status", value=503))
    report = client.test_connection()
    assert report.metadata.error is None
    assert report.data is not None
    assert isinstance(report.error, HubRefused)
    hub.fault(Fault(kind="status", where="metadata", value=503))
    report = client.test_connection()
    assert report.data is None
    assert isinstance(report.metadata.error, HubRefused)
    report = connect(NOWHERE).test_connection()
    assert report.failed_host == "127.0.0.1"


def test_a_data_host_that_cannot_be_reached_is_named(connect: Connect) -> None:
    about = {
        "X-Repo-Commit": "a" * 40,
        "X-Linked-Size": "4",
        "X-Linked-Etag": f'"{"b" * 64}"',
        "Location": "http://localhost:9/x",
    }
    with StrangeServer(lambda _: Said(302, headers=about)) as server:
        report = connect(server.url).test_connection()
    assert report.metadata.error is None
    assert report.failed_host == "localhost"
    assert isinstance(report.error, HubUnreachable)
