"""Models come through a mirror that nobody here wrote, in both of its ways to serve them.

The mirror is installed on demand, once, into the test cache. What it can't do (it forwards no
search, and offline it takes no Range) has to be borne.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from chatapp.domain.download import DownloadState
from chatapp.domain.hub import Access
from chatapp.errors import HubError, RepoFileMissing, RepoMissing
from chatapp.hub.client import HubClient
from chatapp.hub.pace import Pace
from chatapp.network import Network
from tests.cli.test_cli import chatapp
from tests.hub.olah import PACKAGE, Mirror, NotInstalledError, install, offline_mirror, proxy_of
from tests.hub.small_files import gguf_bytes
from tests.hub.transfers import FILE, MODEL, REPO, SIZE, Fetching, data_requests
from tests.local_hub import Fault, LocalHub

pytestmark = pytest.mark.timeout(300)

MODELS = {
    FILE: MODEL,
    "Tiny-Q8_0.gguf": gguf_bytes() + random.Random(6).randbytes(SIZE),
}
CARD = "# A model\n"


@pytest.fixture(scope="module")
def program(request: pytest.FixtureRequest) -> Path:
    assert request.config.cache is not None
    try:
        return install(request.config.cache.mkdir("olah"))
    except NotInstalledError as error:
        pytest.skip(f"{PACKAGE} can't be installed: {error}")


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_repo(REPO, MODELS, card=CARD)
        yield hub


@pytest.fixture
def proxy(hub: LocalHub, program: Path, tmp_path: Path) -> Iterator[Mirror]:
    with proxy_of(hub, program, tmp_path) as mirror:
        yield mirror


@pytest.fixture
def offline(program: Path, tmp_path: Path) -> Iterator[Mirror]:
    repos = {REPO: {**MODELS, "README.md": CARD.encode()}}
    with offline_mirror(repos, program, tmp_path) as mirror:
        yield mirror


@pytest.fixture(params=["proxy", "offline"])
def mirror(request: pytest.FixtureRequest) -> Mirror:
    found: Mirror = request.getfixturevalue(request.param)
    return found


def test_it_is_asked(mirror: Mirror) -> None:
    client = HubClient(lambda: Access(mirror.endpoint), Network())
    repo = client.repo(REPO)
    told = {file.path: (file.size, file.sha256) for file in repo.files}
    assert told == {
        name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in MODELS.items()
    }
    assert client.readme(REPO) == CARD
    assert client.header(REPO, "Tiny-Q8_0.gguf").layers == 2
    with pytest.raises(RepoMissing):
        client.repo("org/Nothing-GGUF")
    with pytest.raises((RepoFileMissing, RepoMissing)):
        client.resolve(REPO, "main", "nothing.gguf")
    with pytest.raises(HubError):  # it has no search
        client.search("tiny")
    client.close()


def status_of_a_range(mirror: Mirror) -> int:
    url = f"{mirror.endpoint}/{REPO}/resolve/main/{FILE}"
    return httpx2.get(url, headers={"Range": "bytes=1000000-"}, trust_env=False).status_code


def test_through_the_proxy_it_goes_on_where_it_stopped(
    hub: LocalHub, proxy: Mirror, tmp_path: Path
) -> None:
    fetching = Fetching(proxy, tmp_path / FILE)
    fetching.stop_at(1_000_000)
    fetching.run(pace=Pace(5_000_000))
    before = fetching.part.stat().st_size
    assert 1_000_000 <= before < SIZE
    fetching.stop_never()
    fetching.seen.clear()
    fetching.run()
    assert fetching.target.read_bytes() == MODEL
    assert min(p.done for p in fetching.seen if p.state is DownloadState.RUNNING) == before
    assert status_of_a_range(proxy) == 206
    # It keeps what it had, so nothing comes from its source any more.
    hub.clear_requests()
    again = Fetching(proxy, tmp_path / "again.gguf")
    again.run()
    assert again.target.read_bytes() == MODEL
    assert data_requests(hub) == []


def test_what_goes_wrong_behind_the_proxy(hub: LocalHub, proxy: Mirror, tmp_path: Path) -> None:
    fetching = Fetching(proxy, tmp_path / FILE)
    hub.fault(Fault(kind="status", value=503))
    hub.fault(Fault(kind="reset", after=1_000_000))
    hub.fault(Fault(kind="cut", after=500_000, skip=1))
    fetching.run()
    assert fetching.target.read_bytes() == MODEL
    happened = {(r.status, r.bytes_sent) for r in data_requests(hub)}
    assert {(206, 1_000_000), (206, 500_000)} < happened
    assert 503 in {status for status, _ in happened}


def test_without_ranges_it_starts_again(offline: Mirror, tmp_path: Path) -> None:
    fetching = Fetching(offline, tmp_path / FILE)
    fetching.stop_at(1_000_000)
    fetching.run(pace=Pace(5_000_000))
    assert fetching.part.stat().st_size >= 1_000_000
    assert status_of_a_range(offline) == 200
    fetching.stop_never()
    fetching.run()
    assert fetching.target.read_bytes() == MODEL


def test_the_command_line(mirror: Mirror, tmp_path: Path) -> None:
    arguments = ("models", "pull", f"{REPO}:Q8_0", "--endpoint", mirror.endpoint, "--json")
    done = chatapp(*arguments, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(json.loads(done.stdout)["path"]).read_bytes() == MODELS["Tiny-Q8_0.gguf"]
