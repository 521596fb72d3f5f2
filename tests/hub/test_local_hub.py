"""The local Hub is a Hub: the official client works with it and raises what it raises elsewhere."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_hub import Fault, LocalHub
from tests.local_hub.official_client import OfficialClient, Raised

MODEL = random.Random(7).randbytes(300_000)
SHA256 = hashlib.sha256(MODEL).hexdigest()
CARD = "---\nlicense: apache-2.0\n---\n# Tiny\n"
REPO = "org/Tiny-GGUF"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficialClient]:
    with OfficialClient(tmp_path_factory.mktemp("home")) as client:
        yield client


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_repo(
            REPO,
            {"Tiny-Q4_K_M.gguf": MODEL, "Q8_0/Tiny-Q8_0.gguf": MODEL[:1000], "config.json": b"{}"},
            card=CARD,
            card_data={"license": "apache-2.0", "base_model": "org/Tiny"},
            gguf={"total": 135_000_000, "architecture": "llama", "context_length": 2048},
            downloads=50,
            tags=["conversational"],
        )
        hub.add_repo("other/Large-GGUF", {"Large-Q4_0.gguf": b"x"}, downloads=900)
        hub.add_repo("other/Plain", {"model.safetensors": b"y"}, downloads=7000)
        hub.add_repo("locked/Gated-GGUF", {"g.gguf": b"z"}, gated="manual", downloads=10)
        hub.add_repo("locked/Private-GGUF", {"p.gguf": b"p"}, private=True)
        yield hub


def ids(found: list[dict[str, object]]) -> list[object]:
    return [model["id"] for model in found]


def test_search(hub: LocalHub, client: OfficialClient) -> None:
    found = client.call("list_models", hub.endpoint, filter="gguf", sort="downloads")
    assert ids(found) == ["other/Large-GGUF", REPO, "locked/Gated-GGUF"]
    found = client.call("list_models", hub.endpoint, search="tiny", filter="gguf")
    assert ids(found) == [REPO]
    assert "license:apache-2.0" in found[0]["tags"]
    assert "base_model:quantized:org/Tiny" in found[0]["tags"]
    assert found[0]["downloads"] == 50
    found = client.call("list_models", hub.endpoint, author="other", sort="downloads", limit=1)
    assert ids(found) == ["other/Plain"]
    found = client.call("list_models", hub.endpoint, filter="gguf", gated=True)
    assert ids(found) == ["locked/Gated-GGUF"]
    found = client.call("list_models", hub.endpoint, num_parameters="min:100M,max:1B")
    assert ids(found) == [REPO]
    found = client.call("list_models", hub.endpoint, hub.token, author="locked")
    assert set(ids(found)) == {"locked/Gated-GGUF", "locked/Private-GGUF"}


def test_search_expanded(hub: LocalHub, client: OfficialClient) -> None:
    expand = ["gguf", "gated", "siblings", "lastModified", "author"]
    found = client.call("list_models", hub.endpoint, search="GGUF", author="org", expand=expand)
    assert found[0]["gguf"]["total"] == 135_000_000
    assert found[0]["gated"] is False
    assert found[0]["last_modified"] == "2026-02-03T04:05:06+00:00"
    assert {s["name"] for s in found[0]["siblings"]} == {
        "README.md", "config.json", "Q8_0/Tiny-Q8_0.gguf", "Tiny-Q4_K_M.gguf",
    }  # fmt: skip
    # A list never carries sizes.
    assert {s["size"] for s in found[0]["siblings"]} == {None}
    assert found[0]["tags"] is None


def test_pages(client: OfficialClient) -> None:
    with LocalHub(page_size=3) as hub:
        for number in range(8):
            hub.add_repo(f"org/m{number}", {"a.gguf": b"x"}, downloads=100 - number)
        hub.add_repo("org/many", {f"{number}.txt": b"x" for number in range(7)})
        found = client.call("list_models", hub.endpoint, filter="gguf", sort="downloads")
        assert ids(found) == [f"org/m{number}" for number in range(8)]
        assert len([r for r in hub.requests if r.path == "/api/models"]) == 3
        tree = client.call("list_repo_tree", hub.endpoint, repo_id="org/many")
        assert len(tree) == 7


def test_model_info_with_sizes(hub: LocalHub, client: OfficialClient) -> None:
    info = client.call("model_info", hub.endpoint, repo_id=REPO, files_metadata=True)
    files = {s["name"]: s for s in info["siblings"]}
    assert files["Tiny-Q4_K_M.gguf"]["size"] == len(MODEL)
    assert files["Tiny-Q4_K_M.gguf"]["sha256"] == SHA256 == hub.sha256(REPO, "Tiny-Q4_K_M.gguf")
    assert files["config.json"]["sha256"] is None
    assert (
        files["config.json"]["blob_id"]
        == hashlib.sha1(b"blob 2\0{}", usedforsecurity=False).hexdigest()
    )
    commit = info["sha"]
    pinned = client.call("model_info", hub.endpoint, repo_id=REPO, revision=commit)
    assert pinned["sha"] == commit
    refs = client.call("list_repo_refs", hub.endpoint, repo_id=REPO)
    assert refs == [["main", commit]]


def test_tree_and_paths_info(hub: LocalHub, client: OfficialClient) -> None:
    tree = client.call("list_repo_tree", hub.endpoint, repo_id=REPO)
    assert {(e["kind"], e["path"]) for e in tree} == {
        ("RepoFile", "README.md"),
        ("RepoFile", "config.json"),
        ("RepoFile", "Tiny-Q4_K_M.gguf"),
        ("RepoFolder", "Q8_0"),
    }
    everything = client.call("list_repo_tree", hub.endpoint, repo_id=REPO, recursive=True)
    assert len(everything) == 5
    below = client.call("list_repo_tree", hub.endpoint, repo_id=REPO, path_in_repo="Q8_0")
    assert [(e["path"], e["size"]) for e in below] == [("Q8_0/Tiny-Q8_0.gguf", 1000)]
    paths = ["Tiny-Q4_K_M.gguf", "Q8_0", "missing"]
    found = client.call("get_paths_info", hub.endpoint, repo_id=REPO, paths=paths)
    assert {(e["path"], e["sha256"]) for e in found} == {
        ("Tiny-Q4_K_M.gguf", SHA256),
        ("Q8_0", None),
    }


def test_file_metadata(hub: LocalHub, client: OfficialClient) -> None:
    large = client.call("file_metadata", hub.endpoint, repo=REPO, file="Tiny-Q4_K_M.gguf")
    assert (large["etag"], large["size"]) == (SHA256, len(MODEL))
    assert large["location"].startswith(hub.data_origin)
    assert not large["has_xet"]
    small = client.call("file_metadata", hub.endpoint, repo=REPO, file="config.json")
    assert (small["etag"], small["size"]) == (
        hashlib.sha1(b"blob 2\0{}", usedforsecurity=False).hexdigest(),
        2,
    )
    assert small["commit_hash"] == large["commit_hash"]
    hub.add_repo("org/Xet-GGUF", {"x.gguf": MODEL}, xet=True)
    assert client.call("file_metadata", hub.endpoint, repo="org/Xet-GGUF", file="x.gguf")["has_xet"]


def test_download_and_where_the_token_goes(
    hub: LocalHub, client: OfficialClient, tmp_path: Path
) -> None:
    hub.clear_requests()
    path = client.call(
        "download", hub.endpoint, hub.token,
        repo_id=REPO, filename="Tiny-Q4_K_M.gguf", cache_dir=str(tmp_path),
    )  # fmt: skip
    assert Path(path).read_bytes() == MODEL
    asked = [(r.origin, r.method, r.bytes_sent) for r in hub.requests if "gguf" in r.path]
    assert ("metadata", "HEAD", 0) in asked
    assert ("data", "GET", len(MODEL)) in asked
    for request in hub.requests:
        is_sent = request.headers.get("authorization") == f"Bearer {hub.token}"
        assert is_sent == (request.origin == "metadata"), request


def test_a_renamed_repository(hub: LocalHub, client: OfficialClient) -> None:
    hub.rename_repo(REPO, "org/Small-GGUF")
    assert client.call("model_info", hub.endpoint, repo_id=REPO)["id"] == "org/Small-GGUF"


@pytest.mark.parametrize(
    ("call", "who", "arguments", "name", "status"),
    [
        ("model_info", "", {"repo_id": "no/such"}, "RepositoryNotFoundError", 401),
        ("model_info", "token", {"repo_id": "no/such"}, "RepositoryNotFoundError", 404),
        ("model_info", "", {"repo_id": "locked/Private-GGUF"}, "RepositoryNotFoundError", 401),
        ("model_info", "other", {"repo_id": "locked/Private-GGUF"}, "RepositoryNotFoundError", 404),
        (
            "file_metadata", "", {"repo": "locked/Gated-GGUF", "file": "g.gguf"},
            "GatedRepoError", 401,
        ),
        (
            "file_metadata", "other", {"repo": "locked/Gated-GGUF", "file": "g.gguf"},
            "GatedRepoError", 403,
        ),
        ("auth_check", "", {"repo_id": "locked/Gated-GGUF"}, "GatedRepoError", 401),
        ("auth_check", "other", {"repo_id": "locked/Gated-GGUF"}, "GatedRepoError", 403),
        ("auth_check", "", {"repo_id": "no/such"}, "RepositoryNotFoundError", 401),
        ("model_info", "", {"repo_id": REPO, "revision": "v9"}, "RevisionNotFoundError", 404),
        (
            "file_metadata", "", {"repo": REPO, "file": "config.json", "revision": "v9"},
            "RevisionNotFoundError", 404,
        ),
        ("file_metadata", "", {"repo": REPO, "file": "no.gguf"}, "RemoteEntryNotFoundError", 404),
        ("model_info", "wrong", {"repo_id": REPO}, "HfHubHTTPError", 401),
        ("whoami", "wrong", {}, "HfHubHTTPError", 401),
        ("model_info", "", {"repo_id": "a/b/c"}, "HFValidationError", None),
    ],
)  # fmt: skip
def test_errors(
    hub: LocalHub,
    client: OfficialClient,
    call: str,
    who: str,
    arguments: dict[str, object],
    name: str,
    status: int | None,
) -> None:
    tokens = {"": "", "token": hub.token, "other": hub.other_token, "wrong": "hf_wrong"}
    raised = client.call(call, hub.endpoint, tokens[who], **arguments)
    assert isinstance(raised, Raised), raised
    assert (raised.name, raised.status) == (name, status)


def test_a_gated_repository_can_be_seen_and_opened(
    hub: LocalHub, client: OfficialClient, tmp_path: Path
) -> None:
    gated = "locked/Gated-GGUF"
    assert client.call("model_info", hub.endpoint, repo_id=gated)["gated"] == "manual"
    assert client.call("auth_check", hub.endpoint, hub.token, repo_id=gated) is None
    path = client.call(
        "download", hub.endpoint, hub.token,
        repo_id=gated, filename="g.gguf", cache_dir=str(tmp_path),
    )  # fmt: skip
    assert Path(path).read_bytes() == b"z"
    assert client.call("whoami", hub.endpoint, hub.token) == "tester"


def test_an_answer_that_is_not_of_a_hub(
    hub: LocalHub, client: OfficialClient, tmp_path: Path
) -> None:
    """As a hotel's network answers: without the commit."""
    hub.fault(Fault(kind="drop_header", where="metadata", value="X-Repo-Commit", times=0))
    raised = client.call(
        "download", hub.endpoint,
        repo_id=REPO, filename="config.json", cache_dir=str(tmp_path),
    )  # fmt: skip
    assert isinstance(raised, Raised)
    assert raised.name == "LocalEntryNotFoundError"


def test_no_hub_at_all(client: OfficialClient) -> None:
    with LocalHub() as hub:
        endpoint = hub.endpoint
    raised = client.call("model_info", endpoint, repo_id=REPO)
    assert isinstance(raised, Raised)
    assert raised.name == "ConnectError"


def test_the_quota_is_used_up(hub: LocalHub, client: OfficialClient) -> None:
    hub.fault(Fault(kind="status", where="metadata", value=429, match="/api/models?"))
    found = client.call("list_models", hub.endpoint, author="org")
    assert ids(found) == [REPO]
    assert [r.status for r in hub.requests] == [429, 200]
