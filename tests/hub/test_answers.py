from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.domain.hub import Gate, RepoFile
from chatapp.errors import HubAnswerInvalid
from chatapp.hub.answers import (
    card_text,
    next_cursor,
    read_json,
    repo_info,
    repo_list,
    sha256_of,
    tree_files,
)
from chatapp.hub.names import is_repo_id

HASH = "0123456789abcdef" * 4

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
KEYS = (
    *("id", "modelId", "sha", "gated", "private", "downloads", "likes", "lastModified", "tags"),
    *("pipeline_tag", "siblings", "gguf", "cardData"),
)


@given(
    st.fixed_dictionaries({"id": st.just("org/repo")}, optional=dict.fromkeys(KEYS[1:], anything))
)
def test_a_repository_of_anything_is_read_or_refused(row: dict[str, object]) -> None:
    repo = repo_info(row, "hub")
    assert repo.id == "org/repo"
    assert repo.downloads >= 0
    assert all(isinstance(tag, str) for tag in repo.tags)
    assert repo_list([row, 7, None, {}], "hub") == (repo,)


@given(anything)
def test_anything_else_is_refused_or_empty(data: object) -> None:
    for read in (
        lambda: repo_list(data, "hub"),
        lambda: repo_info(data, "hub"),
        lambda: tree_files(data, "org/repo", "hub"),
    ):
        hosts = set()
        try:
            read()
        except HubAnswerInvalid as error:
            hosts.add(error.host)
        assert hosts <= {"hub"}


@given(st.binary(max_size=100), st.text(max_size=20))
def test_any_bytes_are_json_or_refused(content: bytes, kind: str) -> None:
    details = set()
    try:
        read_json(content, {"content-type": kind}, "hub")
    except HubAnswerInvalid as error:
        details.add(error.detail)
    assert details <= {"a web page", "no JSON"}


def test_what_a_repository_says() -> None:
    repo = repo_info(
        {
            "id": "org/repo",
            "sha": "a" * 40,
            "gated": "manual",
            "private": True,
            "downloads": 7,
            "likes": -1,
            "lastModified": "2026-02-03T04:05:06.000Z",
            "tags": [
                "gguf",
                "license:mit",
                "base_model:org/base",
                "base_model:quantized:org/base",
                "base_model:finetune:other/one",
                "evil\u202etag",
                7,
            ],
            "gguf": {"total": 2**70, "architecture": "llama\nx", "context_length": True},
            "siblings": [
                {"rfilename": "a.gguf", "size": 5, "lfs": {"sha256": HASH, "size": 5}},
                {"rfilename": "b.gguf", "size": None, "lfs": {"sha256": HASH.upper(), "size": 6}},
                {"rfilename": "c.gguf", "size": -5},
                {"rfilename": "../d.gguf", "size": 1},
                {"rfilename": "/etc/e.gguf", "size": 1},
                {"rfilename": "C:\\f.gguf", "size": 1},
                {"rfilename": "con.gguf", "size": 1},
                {"rfilename": "g.txt", "size": 1},
                "h.gguf",
            ],
        },
        "hub",
    )
    assert repo.commit == "a" * 40
    assert repo.gate is Gate.MANUAL
    assert repo.is_private
    assert (repo.downloads, repo.likes, repo.updated_at) == (7, 0, 1770091506.0)
    assert repo.license == "mit"
    assert repo.base_models == ("org/base", "other/one")
    assert "evil\u202etag" not in repo.tags
    assert (repo.parameters, repo.architecture, repo.context_length) == (0, "", 0)
    assert repo.files == (
        RepoFile("a.gguf", 5, HASH),
        RepoFile("b.gguf", 6, ""),
        RepoFile("c.gguf", 0, ""),
    )


@pytest.mark.parametrize(
    "name",
    ["", "repo", "org/repo/x", "org/..", "../repo", "org/ repo", "org/re\u202epo", "a" * 500],
)
def test_a_repository_must_be_called_as_one_can_be(name: str) -> None:
    assert not is_repo_id(name)
    with pytest.raises(HubAnswerInvalid):
        repo_info({"id": name}, "hub")
    assert repo_list([{"id": name}], "hub") == ()


def test_limits_of_counts() -> None:
    many = [{"rfilename": f"{number}.gguf"} for number in range(30_000)]
    tags = [f"tag-{number}" for number in range(1000)]
    repo = repo_info({"id": "org/repo", "siblings": many, "tags": tags}, "hub")
    assert len(repo.files) == 20_000
    assert len(repo.tags) == 300
    assert len(repo_list([{"id": "org/repo"}] * 5000, "hub")) == 1000


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<https://hub/api/models?cursor=a%3D&limit=2>; rel="next"', "cursor=a%3D&limit=2"),
        ("<https://elsewhere/hf/api/models?x=1>; rel=next", "x=1"),
        ('<https://hub/a?b>; rel="prev", <https://hub/api/models?c=2>; rel="next"', "c=2"),
        ('<https://hub/api/other?x=1>; rel="next"', ""),
        ('<https://hub/api/models?x=1>; rel="prev"', ""),
        ('<http://[::1/api/models?x=1>; rel="next"', ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_where_the_next_page_is(link: str, expected: str) -> None:
    assert next_cursor(link, "/api/models") == expected


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (b"---\na: b\n---\n# Title\n", "# Title\n"),
        (b"\xef\xbb\xbf---\r\na: b\r\n---\r\n\r\nText", "Text"),
        (b"# Title\n\n---\n\nText", "# Title\n\n---\n\nText"),
        (b"---\na: b\n---", ""),
        (b"\xff nul\0", "\ufffd nul"),
        (b"", ""),
    ],
)
def test_cards_without_their_head(card: bytes, expected: str) -> None:
    assert card_text(card) == expected


def test_hashes() -> None:
    assert sha256_of(HASH) == HASH
    for other in (HASH.upper(), HASH[:40], f"{HASH} ", ""):
        assert sha256_of(other) == ""


def test_json_that_is_too_deep_or_too_long_is_refused() -> None:
    for content in (b"[" * 10**6, b"1" * 10**5, b'{"a":' * 10**5):
        with pytest.raises(HubAnswerInvalid):
            read_json(content, {}, "hub")
    assert read_json(json.dumps({"a": 1}).encode(), {}, "hub") == {"a": 1}
