from __future__ import annotations

import json
import logging
import os
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.domain.header import ModelHeader
from chatapp.hub.gguf_header import read_header
from chatapp.hub.sidecar import Facts, Sidecars, beside
from tests.hub.small_files import write_gguf

SHA256 = "ab" * 32


class Kept:
    """One file, ours or not, and what is known of it."""

    def __init__(self, folder: Path, path: Path, *, is_ours: bool) -> None:
        self.folder = folder
        self.path = path
        self.is_ours = is_ours
        self.sidecars = Sidecars(folder)

    def state(self) -> tuple[int, int]:
        status = self.path.stat()
        return status.st_size, status.st_mtime_ns

    def read(self, *, by_another: bool = True) -> Facts:
        sidecars = Sidecars(self.folder) if by_another else self.sidecars
        return sidecars.read(str(self.path), *self.state(), is_ours=self.is_ours)

    def change(self, **values: object) -> Facts:
        return self.sidecars.change(str(self.path), *self.state(), is_ours=self.is_ours, **values)

    def place(self) -> Path:
        if self.is_ours:
            return beside(str(self.path))
        return next(self.folder.glob("*.json"))


@pytest.fixture(params=[True, False], ids=["ours", "of others"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    path = write_gguf(tmp_path / "models" / "org" / "模型-Q4_K_M.gguf", template="{{ x }}")
    return Kept(tmp_path / "sidecars", path, is_ours=request.param)


def header_of(path: Path) -> ModelHeader:
    return read_header(path)


def test_everything_comes_back(kept: Kept) -> None:
    header = header_of(kept.path)
    values: dict[str, object] = {
        "header": header,
        "sha256": SHA256,
        "verified_at": 1234.5,
        "licence": "apache-2.0",
        "repo": "org/repo",
        "revision": "main",
        "repo_file": "模型.gguf",
        "made_from": "F16.gguf",
        "made_from_sha256": SHA256,
        "made_type": "Q4_K_M",
        "made_with": "b6000 abc",
        "made_at": 1234.5,
        "read_speed": 100.25,
        "write_speed": 10.0,
        "memory_estimated": 10**12,
        "memory_used": 5,
    }
    written = kept.change(**values)
    assert written == Facts(*kept.state(), **values)  # type: ignore[arg-type]
    assert kept.read() == written
    assert header.chat_template == "{{ x }}"


def test_where_it_lies(kept: Kept) -> None:
    kept.change(licence="mit")
    assert beside(str(kept.path)).exists() is kept.is_ours
    assert (list(kept.folder.glob("*")) == []) is kept.is_ours


def test_nothing_is_known_at_first(kept: Kept) -> None:
    assert kept.read() == Facts(*kept.state())


def test_changes_add_up_and_unknown_keys_are_kept(kept: Kept) -> None:
    kept.change(licence="mit")
    data = json.loads(kept.place().read_text())
    kept.place().write_text(json.dumps({**data, "notes_of_2030": {"stars": [5]}}))
    kept.change(repo="org/repo")
    assert json.loads(kept.place().read_text())["notes_of_2030"] == {"stars": [5]}
    facts = kept.read()
    assert (facts.licence, facts.repo) == ("mit", "org/repo")


def test_what_another_process_wrote_is_seen(kept: Kept) -> None:
    kept.change(licence="mit")
    assert kept.read(by_another=False).licence == "mit"
    other = Sidecars(kept.folder)
    other.change(str(kept.path), *kept.state(), is_ours=kept.is_ours, licence="apache-2.0")
    assert kept.read(by_another=False).licence == "apache-2.0"


def test_of_other_bytes_nothing_holds(kept: Kept) -> None:
    kept.change(header=header_of(kept.path), sha256=SHA256, repo="org/repo", licence="mit")
    write_gguf(kept.path, mark="other bytes, another size")
    assert kept.read() == Facts(*kept.state())


def test_of_another_time_the_origin_holds(kept: Kept) -> None:
    """Whoever copies a folder changes the times in it."""
    kept.change(
        header=header_of(kept.path),
        sha256=SHA256,
        verified_at=5.0,
        repo="org/repo",
        licence="mit",
    )
    os.utime(kept.path, (1, 1))
    facts = kept.read()
    assert (facts.repo, facts.licence, facts.sha256) == ("org/repo", "mit", SHA256)
    assert (facts.header, facts.verified_at) == (None, 0.0)


def test_a_hash_of_our_own_does_not_outlive_a_change(kept: Kept) -> None:
    kept.change(sha256=SHA256, verified_at=5.0)
    os.utime(kept.path, (1, 1))
    assert kept.read() == Facts(*kept.state())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"size": 1' + b"0" * 5000 + b"}",
        b" " * (9 << 20),
    ],
    ids=["empty", "binary", "cut", "list", "null", "deep", "long number", "large"],
)
def test_damaged(kept: Kept, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    kept.change(licence="mit")
    kept.place().write_bytes(content)
    with caplog.at_level(logging.INFO, "chatapp.hub.sidecar"):
        assert kept.read() == Facts(*kept.state())
        assert "ignored" in caplog.text
        kept.change(licence="apache-2.0")
    assert kept.read().licence == "apache-2.0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sha256", "x"),
        ("sha256", 5),
        ("licence", ["mit"]),
        ("licence", "m" * 5000),
        ("memory_used", -1),
        ("memory_used", 1.5),
        ("memory_used", True),
        ("memory_used", 1 << 70),
        ("read_speed", "fast"),
        ("read_speed", float("nan")),
        ("read_speed", float("inf")),
        ("verified_at", None),
        ("header", {"architecture": "llama"}),
        ("header", [1]),
        ("header", "llama"),
    ],
)
def test_a_value_that_can_not_be_is_ignored(kept: Kept, name: str, value: object) -> None:
    kept.change(made_from="F16.gguf")
    data = json.loads(kept.place().read_text())
    kept.place().write_text(json.dumps({**data, name: value}))
    assert kept.read() == Facts(*kept.state(), made_from="F16.gguf")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "soothsayer"),
        ("heads", [1, "2"]),
        ("heads", 5),
        ("layers", 2.0),
        ("layers", -1),
        ("layers", 1 << 70),
        ("recurrence", {"inner_size": 3}),
        ("is_complete", 1),
        ("a_key_of_2030", 1),
    ],
)
def test_a_header_of_another_version_is_read_again(kept: Kept, name: str, value: object) -> None:
    kept.change(header=header_of(kept.path), licence="mit")
    data = json.loads(kept.place().read_text())
    data["header"][name] = value
    kept.place().write_text(json.dumps(data))
    facts = kept.read()
    assert (facts.header, facts.licence) == (None, "mit")


def test_a_large_header_is_not_kept(kept: Kept) -> None:
    header = replace(header_of(kept.path), chat_template="x" * (5 << 20))
    assert kept.change(header=header).header == header
    assert kept.read().header is None


def test_a_folder_in_its_place(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    kept.change(licence="mit")
    kept.place().unlink()
    beside(str(kept.path)).mkdir()
    with caplog.at_level(logging.INFO, "chatapp.hub.sidecar"):
        assert kept.read() == Facts(*kept.state())


def test_where_nothing_can_be_written_beside_the_file(tmp_path: Path) -> None:
    """A name that is as long as can be leaves no room for an ending."""
    path = write_gguf(tmp_path / ("m" * 250 + ".gguf"))
    kept = Kept(tmp_path / "sidecars", path, is_ours=True)
    kept.change(licence="mit")
    assert kept.read().licence == "mit"
    assert len(list(kept.folder.glob("*.json"))) == 1


def test_nothing_can_be_written_at_all(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    kept.folder.write_text("a file where the folder should be")
    beside(str(kept.path)).mkdir()
    with caplog.at_level(logging.INFO, "chatapp.hub.sidecar"):
        assert kept.change(licence="mit").licence == "mit"
        assert "is not kept" in caplog.text
        assert kept.read(by_another=False).licence == "mit", "until the program ends"


def test_one_for_another_file(tmp_path: Path) -> None:
    """Names are short digests: the path says whose it is."""
    path = write_gguf(tmp_path / "a.gguf")
    kept = Kept(tmp_path / "sidecars", path, is_ours=False)
    kept.change(licence="mit")
    data = json.loads(kept.place().read_text())
    kept.place().write_text(json.dumps({**data, "path": "/other.gguf"}))
    assert kept.read().licence == ""


def test_forgotten(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "a.gguf")
    kept = Kept(tmp_path / "sidecars", path, is_ours=False)
    kept.change(licence="mit")
    kept.sidecars.forget(str(path))
    assert kept.read(by_another=False).licence == ""
    assert list(kept.folder.iterdir()) == []


def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"m\xff.gguf")
    kept = Kept(tmp_path / "sidecars", write_gguf(path), is_ours=False)
    kept.change(repo_file=path.name)
    assert kept.read().repo_file == path.name
