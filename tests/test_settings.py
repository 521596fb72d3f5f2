from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest

from chatapp.errors import FolderNotWritable, SettingsUnusable
from chatapp.settings import Settings, SettingsFile, write_atomically


def test_defaults_without_a_file(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    assert file.current == Settings()
    assert not (tmp_path / "settings.json").exists()


def test_change_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.json"
    file = SettingsFile(path)
    seen: list[Settings] = []
    file.subscribe(seen.append)
    file.change(temperature=0.2, model_path="/models/é.gguf")
    assert seen == [file.current]
    assert SettingsFile(path).current == file.current
    assert path.stat().st_mode & 0o777 == 0o600
    file.change(temperature=0.2)
    assert len(seen) == 1


def test_unknown_keys_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"from_the_future": [1], "theme": "dark"}')
    file = SettingsFile(path)
    assert file.current.theme == "dark"
    file.change(theme="light")
    assert json.loads(path.read_text()) == {"from_the_future": [1], "theme": "light"}


def test_too_much_of_what_is_unknown_is_not_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark", "new": ["x" * 100_000] * 10}))
    with caplog.at_level(logging.WARNING):
        file = SettingsFile(path)
    assert "too large to be kept" in caplog.text
    assert (file.current.theme, file.current.unknown) == ("dark", {})
    path.write_text(json.dumps({"theme": "dark", "new": ["x" * 100_000] * 30}))
    file = SettingsFile(path)
    assert file.damaged is not None
    assert file.current == Settings()


def test_values_of_the_wrong_type_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"temperature": "hot", "context_length": true, "sidebar_width": 300}')
    assert SettingsFile(path).current == Settings(sidebar_width=300)


@pytest.mark.parametrize(
    "content",
    [b"{", b"", b"[1]", b"\xff\xfe\x00", b"null", b'{"a": NaN', b"[" * 100_000, b"9" * 5000],
)
def test_a_damaged_file_is_put_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    file = SettingsFile(path)
    assert file.current == Settings()
    assert file.damaged is not None
    assert file.damaged.read_bytes() == content
    file.change(theme="dark")
    assert SettingsFile(path).current.theme == "dark"


def test_a_folder_that_cant_be_made_is_a_typed_error(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(FolderNotWritable):
        write_atomically(blocker / "settings.json", "{}")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    write_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_killed_processes_left_is_removed(tmp_path: Path) -> None:
    """But not what another process is writing now, nor anything else."""
    path = tmp_path / "settings.json"
    abandoned = tmp_path / "settings.jsonabcd_123.new"
    others = [
        path,
        tmp_path / "settings.jsonabcd_124.new",  # just begun
        tmp_path / "settings.json.new",
        tmp_path / "other.jsonabcd_123.new",
    ]
    for file in (abandoned, *others):
        file.write_text("half")
        if file is not others[1]:
            os.utime(file, (0, 0))
    write_atomically(path, "whole")
    assert sorted(tmp_path.iterdir()) == sorted(others)
    assert path.read_text() == "whole"


@pytest.mark.parametrize(
    "content",
    [
        '{"text_zoom": 100000}',
        '{"max_tokens": -1}',
        '{"temperature": 1e999}',
        '{"temperature": NaN}',
        '{"theme": "../../etc/passwd"}',
        '{"language": "en; rm"}',
        '{"shortcuts": {"a": 1}}',
        '{"shortcuts": ["a"]}',
        '{"model_path": "a\\u0000b"}',
        '{"proxy": "http://\\ud800"}',
        '{"shortcuts": {"a": "\\udfff"}}',
        '{"accent": "url(http://evil)"}',
        '{"column_width": "wide"}',
        '{"overflow": "delete"}',
    ],
)
def test_values_that_can_not_be_are_left_out(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    assert SettingsFile(path).current == Settings()


def test_who_listens_no_more_is_told_no_more(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    seen: list[Settings] = []
    file.subscribe(seen.append)()
    file.change(theme="dark")
    assert seen == []


def test_an_export_is_read_elsewhere(tmp_path: Path) -> None:
    here, there = SettingsFile(tmp_path / "here.json"), SettingsFile(tmp_path / "there.json")
    here.change(
        theme="dark",
        shortcuts={"conversation.new": "Ctrl+N"},
        model_path="/models/mine.gguf",
        ca_file="/etc/ca.pem",
        proxy="socks5://me:secret@proxy:1",
    )
    text = here.export()
    assert "secret" not in text
    assert "/models" not in text
    there.change(max_tokens=7, model_path="/theirs.gguf")
    imported = there.read_export(text.encode(), "mine.json")
    assert {c.name: c.after for c in imported.changes} == {
        "theme": "dark",
        "shortcuts": {"conversation.new": "Ctrl+N"},
        "max_tokens": Settings().max_tokens,
    }
    assert imported.left_out == ()


def test_an_import_opens_nothing(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    file.change(offline=True)
    values = {
        "offline": False,
        "ca_file": "/tmp/theirs.pem",  # noqa: S108 - is only read
        "proxy": "http://me:secret@evil:1",
        "unheard_of": 1,
        "unknown": {"a": 1},
        "window_geometry": "AAAA",
        "theme": 3,
    }
    content = json.dumps({"chatapp_settings": 1, "settings": values}).encode()
    imported = file.read_export(content, "theirs.json")
    assert imported.changes == ()
    assert set(imported.left_out) == set(values)
    content = json.dumps({"chatapp_settings": 1, "settings": {"offline": True}}).encode()
    assert SettingsFile(tmp_path / "other.json").read_export(content, "a").changes != ()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"settings": {}}', b"[" * 100_000, b" " * 2**21])
def test_a_file_without_settings(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SettingsUnusable) as raised:
        SettingsFile(tmp_path / "settings.json").read_export(content, "theirs.json")
    assert raised.value.name == "theirs.json"


def test_what_no_file_can_hold_is_kept_even_so(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"from_the_future": "\\ud83d", "theme": "dark"}')
    file = SettingsFile(path)
    file.change(theme="light")
    assert json.loads(path.read_text()) == {"from_the_future": "\ud83d", "theme": "light"}


def test_an_import_takes_nothing_that_can_not_be_kept(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    values = {
        "shortcuts": {"conversation.new": "\ud800"},
        "proxy": "http://" + "x" * 400,
        "hub_endpoint": "https://hub.example/\u202emoc.live",
        "text_zoom": 10**400,
        "accent": "#12345",
        "max_tokens": 5,
    }
    content = json.dumps({"chatapp_settings": 1, "settings": values}).encode()
    imported = file.read_export(content, "theirs.json")
    assert [change.name for change in imported.changes] == ["max_tokens"]
    file.change(**{change.name: change.after for change in imported.changes})
    assert SettingsFile(tmp_path / "settings.json").current.max_tokens == 5
