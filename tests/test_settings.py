from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatapp.errors import FolderNotWritable
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


def test_values_of_the_wrong_type_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"temperature": "hot", "context_length": true, "sidebar_width": 300}')
    assert SettingsFile(path).current == Settings(sidebar_width=300)


@pytest.mark.parametrize("content", [b"{", b"", b"[1]", b"\xff\xfe\x00", b"null", b'{"a": NaN'])
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
