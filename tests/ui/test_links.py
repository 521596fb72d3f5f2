"""Links and files from outside: the narrow grammar, and that nothing happens without a click."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chatapp.app import SingleInstance
from chatapp.domain.hub import Reference
from chatapp.ui.links import (
    MOST_BYTES,
    Opening,
    OpenRequests,
    Wish,
    is_link,
    read_link,
    read_targets,
)

GOOD = "chatapp://models/Qwen/Qwen3-0.6B-GGUF"


@pytest.mark.parametrize(
    ("link", "reference"),
    [
        (GOOD, Reference("Qwen/Qwen3-0.6B-GGUF")),
        (GOOD + "/", Reference("Qwen/Qwen3-0.6B-GGUF")),
        ("CHATAPP://Models/Qwen/Qwen3", Reference("Qwen/Qwen3")),
        (
            GOOD + "?file=Qwen3-0.6B-Q8_0.gguf",
            Reference("Qwen/Qwen3-0.6B-GGUF", file="Qwen3-0.6B-Q8_0.gguf"),
        ),
        (
            "chatapp://models/a/b?file=Q4/b-00001-of-00002.gguf",
            Reference("a/b", file="Q4/b-00001-of-00002.gguf"),
        ),
    ],
)
def test_good_links(link: str, reference: Reference) -> None:
    assert read_link(link) == reference
    assert read_targets((link,)) == Opening(model=reference)


@pytest.mark.parametrize(
    "link",
    [
        "chatapp:",
        "chatapp://",
        "chatapp://models",
        "chatapp://models/",
        "chatapp://models/Qwen",
        "chatapp:models/Qwen/Qwen3",
        "chatapp://ask/Qwen/Qwen3",
        "chatapp://send?text=hello",
        "chatapp://models/../Qwen",
        "chatapp://models/Qwen/..",
        "chatapp://models/Qwen/Qwen3/../../secret",
        "chatapp://models/Qwen/Qwen3/more",
        "chatapp://models//Qwen3",
        "chatapp://models/Qwen/-rf",
        "chatapp://models/Qwen/.hidden",
        "chatapp://models/Qwen/a--b",
        "chatapp://models/Qwen/%2e%2e",
        "chatapp://models/Qw%65n/Qwen3",
        "chatapp://models/Qwen/Qwen3#top",
        "chatapp://models/Qwen/Qwen3?",
        "chatapp://models/Qwen/Qwen3?file=",
        "chatapp://models/Qwen/Qwen3?file=model.exe",
        "chatapp://models/Qwen/Qwen3?file=../model.gguf",
        "chatapp://models/Qwen/Qwen3?file=/etc/model.gguf",
        "chatapp://models/Qwen/Qwen3?file=a/../../model.gguf",
        "chatapp://models/Qwen/Qwen3?file=C:\\model.gguf",
        "chatapp://models/Qwen/Qwen3?file=con.gguf",
        "chatapp://models/Qwen/Qwen3?file=a.gguf&file=b.gguf",
        "chatapp://models/Qwen/Qwen3?file=a.gguf&download=1",
        "chatapp://models/Qwen/Qwen3?download=1",
        "chatapp://models/Qwen/Qwen3\n",
        "chatapp://models/Qwen/Qwen3 --data-dir=/tmp",
        "chatapp://models/Qwen/Qwen3\x00",
        "chatapp://models/Qwen/Qwen3\u202e",
        "chatapp://models/Qwеn/Qwen3",  # a Cyrillic letter
        "chatapp://models/Qwen/Qwen３",  # a full-width digit
        "chatapp://user:pass@models/Qwen/Qwen3",
        "chatapp://models:80/Qwen/Qwen3",
        "chatapp://evil.example/models/Qwen/Qwen3",
        " chatapp://models/Qwen/Qwen3",
        "chatapp://models/" + "a" * 5000 + "/b",
        "chatapp://models/a/" + "b" * 200,
        "javascript:alert(1)",
        "https://huggingface.co/Qwen/Qwen3",
        "chatapp2://models/Qwen/Qwen3",
    ],
)
def test_hostile_links(link: str) -> None:
    assert read_link(link) is None
    assert read_targets((link,)) == Opening(is_refused=True)


@given(st.text())
def test_what_passes_has_only_what_the_grammar_has(rest: str) -> None:
    reference = read_link("chatapp://models/" + rest)
    if reference is not None:
        assert reference.repo.count("/") == 1
        assert reference.repo.isascii()
        assert ".." not in reference.repo + reference.file
        assert reference.revision == "main"


def test_of_several_links_the_last_good_one(tmp_path: Path) -> None:
    file = tmp_path / "über alles.GGUF"
    targets = (GOOD, str(file), "chatapp://models/a/b", "chatapp://nonsense")
    assert read_targets(targets) == Opening((file,), Reference("a/b"), is_refused=True)


def test_files_by_address(tmp_path: Path) -> None:
    file = tmp_path / "a b.gguf"
    assert read_targets((QUrl.fromLocalFile(str(file)).toString(),)).files == (file,)
    assert read_targets((file.as_uri(),)).files == (file,)


@pytest.mark.parametrize(
    "target",
    [
        "model.gguf",  # relative to what?
        "/etc/passwd",
        "/models/a\n.gguf",
        "file:///models/a%0A.gguf",
        "file:///models/a#b.gguf",
        "file:///models/a?b.gguf",
        "//server/share/model.gguf",
        "\\\\server\\share\\model.gguf",
        "file://server/share/model.gguf",
        "file:////server/share/model.gguf",
        "http://server/model.gguf",
        "smb://server/model.gguf",
        "",
    ],
)
def test_files_that_are_not_opened(target: str) -> None:
    assert read_targets((target,)) == Opening(is_refused=True)


def test_a_wish_survives_its_way(tmp_path: Path) -> None:
    wish = Wish.of([str(tmp_path / "ü.gguf"), GOOD], quick_ask=True)
    line = wish.to_line()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert Wish.from_line(line) == wish


def test_a_relative_file_is_found_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Wish.of(["model.gguf"], quick_ask=False).targets == (str(tmp_path / "model.gguf"),)
    assert Wish.of([GOOD], quick_ask=False).targets == (GOOD,)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"show",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 60_000,
        b'{"open": "chatapp://models/a/b"}',
        b'{"open": {"a": 1}, "quick_ask": 1}',
        b'{"open": [1, null, ["x"]]}',
        b'{"open": ["' + b"a" * 5000 + b'"]}',
        b'{"download": true}' + b" " * MOST_BYTES,
    ],
)
def test_nonsense_from_another_process_is_no_wish(line: bytes) -> None:
    assert Wish.from_line(line) == Wish()


def test_only_so_many_targets() -> None:
    many = json.dumps({"open": [GOOD] * 1000}).encode()
    assert len(Wish.from_line(many).targets) == 20


def test_a_second_instance_hands_its_wish_over(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    wish = Wish.of([str(tmp_path / "a.gguf"), GOOD], quick_ask=True)
    with qtbot.waitSignal(first.other_started, timeout=5000) as started:
        assert not second.take_over(wish)
    assert started.args == [wish]
    second.close()
    first.close()


def test_what_the_system_asks_to_open(qapp: QApplication, tmp_path: Path) -> None:
    requests = OpenRequests()
    wishes: list[Wish] = []
    requests.wished.connect(wishes.append)
    qapp.installEventFilter(requests)
    for url in (QUrl(GOOD), QUrl.fromLocalFile(str(tmp_path / "a.gguf"))):
        QCoreApplication.sendEvent(qapp, QFileOpenEvent(url))
    qapp.removeEventFilter(requests)
    assert [read_targets(wish.targets) for wish in wishes] == [
        Opening(model=Reference("Qwen/Qwen3-0.6B-GGUF")),
        Opening(files=(tmp_path / "a.gguf",)),
    ]


def test_what_is_a_link() -> None:
    assert is_link("ChatApp:anything")
    assert not is_link("chatapp.gguf")


def test_a_name_that_no_file_has_is_refused_later_in_words() -> None:
    long = f"/{'x' * 300}.gguf"
    assert read_targets((long,)).files == (Path(long),)
