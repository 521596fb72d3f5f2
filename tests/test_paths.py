from __future__ import annotations

import os
from pathlib import Path

import pytest

from chatapp.errors import FolderNotWritable
from chatapp.paths import Paths, is_file, is_folder


def test_everything_lies_under_one_folder(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path / "portable")
    paths.create()
    for path in (paths.data, paths.config, paths.cache, paths.logs, paths.models):
        assert path.is_relative_to(tmp_path / "portable")
        assert path.stat().st_mode & 0o777 == 0o700
    assert (paths.resources / "themes").is_dir()


def test_default_folders_are_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Paths.default().data == tmp_path / "chatapp"


def test_a_file_in_the_way_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("")
    with pytest.raises(FolderNotWritable):
        Paths.under(tmp_path / "blocked").create()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions don't bind the superuser"
)
def test_a_read_only_folder_is_a_typed_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FolderNotWritable):
        Paths.under(tmp_path / "home").create()


def test_a_path_that_can_not_be_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert is_file(tmp_path / "file")
    assert is_folder(tmp_path)
    for name in ("x" * 300, "file/inside", "\0", "nowhere"):
        assert not is_file(tmp_path / name)
        assert not is_folder(tmp_path / name)
