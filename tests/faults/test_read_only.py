"""The data folder can't be written: it is said in a sentence, and nothing is left running."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.errors import FolderNotWritable
from chatapp.paths import Paths
from chatapp.services import Services
from tests.chat.sessions import Chat
from tests.fakes import FakeWorkers
from tests.faults.disk import Disk, small_disk
from tests.faults.home import look_over

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are guarded otherwise")

ROOT = Path(__file__).parents[2]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", 8) as disk:
        if not disk.is_real and os.geteuid() == 0:
            pytest.skip("nothing is read-only to root, and no disk can be mounted here")
        yield disk
        unlock(disk)


@pytest.fixture
def paths(disk: Disk) -> Paths:
    paths = Paths.under(disk.folder / "home")
    paths.create()
    return paths


def lock(disk: Disk, paths: Paths) -> None:
    if disk.is_real:
        disk.make_read_only()
    else:
        for folder in (paths.models, paths.data, paths.config, paths.cache, paths.logs):
            folder.chmod(0o500)


def unlock(disk: Disk) -> None:
    if disk.is_real:
        disk.make_writable()
    else:
        for folder in disk.folder.rglob("*"):
            if folder.is_dir():
                folder.chmod(0o700)


def ask(paths: Paths) -> subprocess.CompletedProcess[str]:
    home = str(paths.data.parent)
    command = [sys.executable, "-m", "chatapp", "chat", "--data-dir", home]
    return subprocess.run(
        command, cwd=ROOT, input="Hello\n", capture_output=True, text=True, check=False, timeout=60
    )


def test_nothing_is_begun(disk: Disk, paths: Paths) -> None:
    lock(disk, paths)
    with pytest.raises(FolderNotWritable):
        Services(paths, start_worker=FakeWorkers())
    done = ask(paths)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_what_is_there_stays_as_it_is(disk: Disk, paths: Paths, tmp_path: Path) -> None:
    chat = Chat(paths, tmp_path)
    number = chat.ask("one").conversation_id
    chat.services.settings.change(text_zoom=120)
    chat.services.close()
    before = {path: path.read_bytes() for path in disk.folder.rglob("*") if path.is_file()}
    lock(disk, paths)
    with pytest.raises(FolderNotWritable):
        Services(paths, start_worker=FakeWorkers())
    assert ask(paths).returncode == 1
    assert {path: path.read_bytes() for path in disk.folder.rglob("*") if path.is_file()} == before
    unlock(disk)
    chat = Chat(paths, tmp_path)
    chat.ask("two", number)
    assert [m.text for m in chat.branch(number)] == ["one", "Hello there.", "two", "Hello there."]
    assert chat.services.settings.current.text_zoom == 120
    chat.services.close()
    assert look_over(paths, []) == []
