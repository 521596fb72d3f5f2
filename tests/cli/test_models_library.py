from __future__ import annotations

import argparse
import filecmp
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chatapp.cli.library_commands import (
    add_library_actions,
    import_model,
    list_models,
    remove_model,
)
from chatapp.errors import ModelAmbiguous, ModelNotOurs, ModelUnknown, NotGguf
from chatapp.paths import Paths
from tests.hub.small_files import gguf_bytes, write_gguf

_COMMANDS: dict[str, Callable[[argparse.Namespace, Paths], int]] = {
    "list": list_models,
    "import": import_model,
    "remove": remove_model,
}
# In a process of its own, because the trash is looked up when the library is imported.
_IN_PROCESS = """
import sys
from pathlib import Path
from chatapp.cli.command import guarded
from chatapp.paths import Paths
from tests.cli.test_models_library import run
home, *arguments = sys.argv[1:]
sys.exit(guarded(lambda: run(Paths.under(Path(home)), *arguments)))
"""


def run(paths: Paths, *arguments: str) -> int:
    """What `chatapp models` does."""
    parser = argparse.ArgumentParser()
    add_library_actions(parser.add_subparsers(dest="action"), [])
    options = parser.parse_args(arguments)
    return _COMMANDS[options.action](options, paths)


@pytest.fixture(autouse=True)
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's home, where other programs keep models too."""
    home = tmp_path / "person"
    home.mkdir()
    for name in tuple(os.environ):
        if name.startswith(("HF_", "HUGGINGFACE_", "OLLAMA_", "XDG_", "JAN_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    return home


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def in_process(paths: Paths, *arguments: str) -> subprocess.CompletedProcess[str]:
    home = str(paths.data.parent)
    return subprocess.run(
        [sys.executable, "-c", _IN_PROCESS, home, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_list(paths: Paths, person: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_gguf(paths.models / "org" / "repo" / "Qwen3-4B-Q4_K_M.gguf")
    write_gguf(paths.models / "bge-m3-Q8_0.gguf", "bert")
    write_gguf(paths.models / "Big-00001-of-00003.gguf", mark="big")
    (paths.models / "cut.gguf").write_bytes(b"GGUF")
    write_gguf(person / ".lmstudio" / "models" / "o" / "r" / "模型.gguf", mark="lm")
    assert run(paths, "list") == 0
    lines = [" ".join(line.split()) for line in printed(capsys).splitlines()]
    assert lines == [
        "bge m3 Q8_0 0.0 MB embeddings",
        "Big 0.0 MB 2 files missing",
        "cut 0.0 MB damaged",
        "Qwen3 4B Q4_K_M 0.0 MB",
        "模型 0.0 MB LM Studio",
        "SmolLM2 135M Instruct Q4_1 98.4 MB starter model",
    ]


def test_the_list_as_json(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_gguf(paths.models / "o" / "r" / "m.gguf", template="{{ x }}", license_="mit")
    assert run(paths, "list", "--json") == 0
    model, starter = json.loads(printed(capsys))
    assert (model["path"], model["name"], model["size"]) == (str(path), "m", path.stat().st_size)
    assert (model["kind"], model["source"], model["licence"]) == ("chat", "own", "mit")
    assert model["repo"] == "o/r"
    assert model["header"]["has_chat_template"] is True
    assert "chat_template" not in model["header"]
    assert starter["is_starter"] is True
    assert starter["header"]["architecture"] == "llama"


def test_a_file_is_used_in_place(
    paths: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_gguf(tmp_path / "x-Q8_0.gguf")
    assert run(paths, "import", str(path)) == 0
    assert printed(capsys) == f"x Q8_0: {path}\n"
    run(paths, "list")
    assert "used in place" in printed(capsys)
    assert run(paths, "remove", "x") == 0
    assert "no longer on the list" in printed(capsys)
    assert path.exists()
    with pytest.raises(ModelUnknown):
        run(paths, "remove", "x")


@pytest.mark.parametrize("how", ["--copy", "--move"])
def test_a_file_is_brought_here(
    paths: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    path = write_gguf(tmp_path / "x-Q8_0.gguf")
    assert run(paths, "import", str(path), how, "--json") == 0
    model = json.loads(printed(capsys))
    assert model["header"]["context_length"] == 2048
    assert model["path"] == str(paths.models / "imported" / "x-Q8_0" / "x-Q8_0.gguf")
    assert Path(model["path"]).read_bytes() == gguf_bytes()
    assert path.exists() is (how == "--copy")


def test_a_copy_that_is_stopped_goes_on(paths: Paths, person: Path, tmp_path: Path) -> None:
    import pty

    path = write_gguf(tmp_path / "x-Q8_0.gguf")
    with path.open("r+b") as file:
        file.truncate(256 << 20)
    master, terminal = pty.openpty()
    home = str(paths.data.parent)
    with subprocess.Popen(
        [sys.executable, "-c", _IN_PROCESS, home, "import", "--copy", str(path)],
        stdout=subprocess.PIPE,
        stderr=terminal,
    ) as process:
        assert b"%" in os.read(master, 1 << 16)
        process.send_signal(signal.SIGINT)
        assert process.communicate()[0] == b""
    os.close(terminal)
    os.close(master)
    assert process.returncode == 130
    folder = paths.models / "imported" / "x-Q8_0"
    [part] = folder.iterdir()
    assert 0 < part.stat().st_size < 256 << 20
    number = part.stat().st_ino
    done = in_process(paths, "import", "--copy", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    copy = folder / path.name
    assert copy.stat().st_ino == number, "gone on with, not begun anew"
    assert filecmp.cmp(path, copy, shallow=False)


def test_no_model(paths: Paths, tmp_path: Path) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(b"PK\3\4")
    with pytest.raises(NotGguf):
        run(paths, "import", str(path))


def test_deleted_permanently(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_gguf(paths.models / "o" / "r" / "m-Q8_0.gguf")
    assert run(paths, "remove", "m q8_0", "--permanently") == 0
    assert printed(capsys) == f"{path} was deleted.\n"
    assert list(paths.models.iterdir()) == []


def test_a_name_of_several_models_deletes_none(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    small = write_gguf(paths.models / "o" / "r" / "m-Q4_0.gguf", mark="4")
    large = write_gguf(paths.models / "o" / "r" / "m-Q8_0.gguf", mark="8")
    with pytest.raises(ModelAmbiguous):
        run(paths, "remove", "m", "--permanently")
    assert run(paths, "remove", "o/r:q8_0", "--permanently") == 0
    assert printed(capsys) == f"{large} was deleted.\n"
    assert small.exists()


def test_what_is_not_ours_stays(paths: Paths, person: Path) -> None:
    path = write_gguf(person / ".ollama.gguf")
    with pytest.raises(ModelNotOurs):
        run(paths, "remove", str(path), "--permanently")
    with pytest.raises(ModelNotOurs):
        run(paths, "remove", "starter")
    assert path.exists()


def test_to_the_trash(paths: Paths, person: Path) -> None:
    contents = {}
    for number in (1, 2):
        path = write_gguf(paths.models / f"大模型-0000{number}-of-00002.gguf", mark=str(number))
        contents[path.name] = path.read_bytes()
    done = in_process(paths, "remove", "大模型")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("was moved to the trash.\n")
    trash = person / ".local" / "share" / "Trash" / "files"
    found = {path.name: path.read_bytes() for path in trash.glob("*.gguf")}
    assert found == contents
    assert list(paths.models.iterdir()) == []


def test_where_there_is_no_trash(paths: Paths, person: Path) -> None:
    path = write_gguf(paths.models / "m.gguf")
    share = person / ".local" / "share"
    share.mkdir(parents=True)
    (share / "Trash").write_text("a file where the trash should be")
    done = in_process(paths, "remove", "m")
    assert done.returncode == 1
    assert done.stderr.startswith("chatapp: ")
    assert "trash" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert path.exists()
