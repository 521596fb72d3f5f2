from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from chatapp.engine.files import check_model_file
from chatapp.errors import (
    ChatappError,
    ModelFileEmpty,
    ModelFileIsFolder,
    ModelFileMissing,
    ModelFileUnreadable,
    NotGguf,
)


def test_a_gguf_file_passes(tmp_path: Path) -> None:
    path = tmp_path / "Modell für Ünï.gguf"
    path.write_bytes(b"GGUF" + bytes(20))
    check_model_file(str(path))


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", ModelFileEmpty), (b"GGU", NotGguf), (b"PK\3\4", NotGguf), (b"gguf....", NotGguf)],
)
def test_other_content(tmp_path: Path, content: bytes, error: type[ChatappError]) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(error):
        check_model_file(str(path))


def test_other_paths(tmp_path: Path) -> None:
    with pytest.raises(ModelFileIsFolder):
        check_model_file(str(tmp_path))
    file = tmp_path / "file"
    file.write_bytes(b"GGUF")
    for missing in (tmp_path / "missing", file / "below"):
        with pytest.raises(ModelFileMissing):
            check_model_file(str(missing))
    with pytest.raises(ModelFileUnreadable):
        check_model_file(str(tmp_path / "nul\0byte"))


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")
def test_a_named_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ModelFileUnreadable):
        check_model_file(str(pipe))


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    path.chmod(0)
    if os.access(path, os.R_OK):  # an administrator may read everything

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ModelFileUnreadable):
        check_model_file(str(path))
