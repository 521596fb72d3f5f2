"""The licences of what Chatapp is made of: all there, each with its text, as they are installed."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).parent.parent.parent / "packaging"


@pytest.fixture
def licences(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(PACKAGING))
    yield importlib.import_module("licences")
    sys.modules.pop("licences", None)


def test_the_file_is_current(licences: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.main(["check"]) == 0, capsys.readouterr().out


def test_what_is_needed_directly_and_by_others_is_there_and_no_tool(licences: ModuleType) -> None:
    names = {part["name"] for part in licences.installed_parts()}
    assert {"apsw", "MarkupSafe", "Python", "Qt", "SQLite", "llama.cpp"} <= names
    assert not names & {"pytest", "mypy", "ruff", "chatapp"}


def test_every_difference_is_named(licences: ModuleType) -> None:
    part = {"name": "sea", "version": "1", "licence": "MIT", "texts": ["words"]}
    other = {"name": "shore", "version": "1", "licence": "MIT", "texts": ["words"]}
    content = licences.as_file([part, other])
    assert json.loads(content)["texts"] == ["words"]
    assert licences.differences(content, [{**part, "version": "2"}, other]) == []
    assert licences.differences(content, [{**part, "licence": "BSD"}]) == [
        "sea: is BSD, not MIT",
        "shore: is not installed",
    ]
    assert licences.differences(licences.as_file([part]), [part, {**other, "texts": []}]) == [
        "shore: has no text",
        "shore: is missing",
    ]
    (line,) = licences.differences("{", [])
    assert line.startswith("the file can't be read")


def test_wrong_usage(licences: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.main([]) == 2
    assert capsys.readouterr().out.startswith("Usage")
