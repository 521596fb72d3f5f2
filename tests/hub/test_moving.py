from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import pytest

from chatapp.errors import (
    CopyDamaged,
    DiskFull,
    DownloadBusy,
    FileInTheWay,
    FolderInFolder,
    FolderNotWritable,
    ModelFileMissing,
    MoveUnfinished,
)
from chatapp.hub import moving
from chatapp.hub.file_lock import try_lock
from chatapp.hub.moving import FolderMove, MoveProgress, Progress, remove_empty_folders, transfer

MB = 1 << 20
NAMES = (
    "org/repo/模型-Q4_K_M.gguf",
    "org/repo/mmproj-F16.gguf",
    "org/other/big-00001-of-00002.gguf",
    "org/other/big-00002-of-00002.gguf",
    "flat.gguf",
    "org/repo/half.gguf.part",
    "org/repo/half.gguf.part.json",
)
_RUN = """
import sys, threading
from pathlib import Path
from chatapp.hub.moving import FolderMove
journal, old, new, switched = map(Path, sys.argv[1:5])
told = int(sys.argv[5])
count = 0
def on_progress(progress):
    global count
    count += 1
    print(progress.done, flush=True)
    if count == told:
        sys.stdin.read()  # until killed
FolderMove(journal).run(
    old, new, on_file=lambda old, new: None, switch=lambda: switched.write_text("x"),
    stop=threading.Event(), on_progress=on_progress)
print("moved", flush=True)
"""


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    folder = Path("/dev/shm") / f"chatapp-{os.getpid()}-{tmp_path.name}"  # noqa: S108
    folder.mkdir()
    assert folder.stat().st_dev != tmp_path.stat().st_dev
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def content(name: str, size: int) -> bytes:
    seed = hashlib.sha256(name.encode()).digest()
    return (seed * (size // len(seed) + 1))[:size]


def fill(folder: Path, size: int = 3 * MB + 7) -> dict[str, bytes]:
    """Models in a folder; their contents by name."""
    contents = {name: content(name, size if name.endswith("f") else 99) for name in NAMES}
    for name, data in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return contents


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class Mover:
    """Moves a folder and notes what happens."""

    def __init__(self, tmp_path: Path, new: Path) -> None:
        self.old = tmp_path / "old"
        self.new = new
        self.journal = tmp_path / "moving.json"
        self.move = FolderMove(self.journal)
        self.stop = threading.Event()
        self.carried: list[tuple[str, str]] = []
        self.switched = 0
        self.told: list[MoveProgress] = []
        self.stop_after = 0  # told progresses

    def run(self) -> bool:
        return self.move.run(
            self.old,
            self.new,
            on_file=self._on_file,
            switch=self._switch,
            stop=self.stop,
            on_progress=self._on_progress,
        )

    def undo(self) -> bool:
        return self.move.undo(self._on_file, self.stop, self._on_progress)

    def _on_file(self, old: Path, new: Path) -> None:
        assert new.exists()
        self.carried.append((str(old), str(new)))

    def _switch(self) -> None:
        self.switched += 1

    def _on_progress(self, progress: MoveProgress) -> None:
        self.told.append(progress)
        if len(self.told) == self.stop_after:
            self.stop.set()


@pytest.fixture(params=["same disk", "other disk"])
def mover(request: pytest.FixtureRequest, tmp_path: Path, other_disk: Path) -> Mover:
    new = tmp_path / "new" if request.param == "same disk" else other_disk / "new"
    return Mover(tmp_path, new)


@pytest.fixture
def copier(tmp_path: Path, other_disk: Path, monkeypatch: pytest.MonkeyPatch) -> Mover:
    """One that copies, and tells each step of it."""
    monkeypatch.setattr(moving, "_TOLD_EVERY", 0.0)
    return Mover(tmp_path, other_disk / "new")


# One file


def bring(source: Path, target: Path, *, keep: bool, stop: threading.Event | None = None) -> None:
    transfer(
        source,
        target,
        Progress(1, lambda _: None),
        stop or threading.Event(),
        keep=keep,
    )


def test_a_copy(tmp_path: Path) -> None:
    source = tmp_path / "a.gguf"
    source.write_bytes(content("a", 2 * MB + 1))
    os.utime(source, ns=(5, 1_234_567_890_123_456_789))
    bring(source, tmp_path / "中文" / "b.gguf", keep=True)
    assert files_in(tmp_path) == {
        "a.gguf": source.read_bytes(),
        "中文/b.gguf": source.read_bytes(),
    }
    assert (tmp_path / "中文" / "b.gguf").stat().st_mtime_ns == 1_234_567_890_123_456_789


def test_on_one_disk_a_file_is_only_renamed(tmp_path: Path) -> None:
    source = tmp_path / "a.gguf"
    source.write_bytes(b"x")
    number = source.stat().st_ino
    bring(source, tmp_path / "b.gguf", keep=False)
    assert (tmp_path / "b.gguf").stat().st_ino == number
    assert not source.exists()


def test_a_stopped_copy_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "_TOLD_EVERY", 0.0)
    source, target = tmp_path / "a.gguf", tmp_path / "b" / "b.gguf"
    data = content("a", 6 * MB)
    source.write_bytes(data)
    stop = threading.Event()

    def on_progress(progress: MoveProgress) -> None:
        if progress.done >= 3 * MB:
            stop.set()

    with pytest.raises(InterruptedError):
        transfer(source, target, Progress(12 * MB, on_progress), stop, keep=True)
    [part] = target.parent.iterdir()
    assert part.name.startswith(".")
    assert part.stat().st_size == 3 * MB
    number = part.stat().st_ino
    bring(source, target, keep=True)
    assert target.read_bytes() == data
    assert target.stat().st_ino == number, "gone on with, not begun anew"
    assert list(target.parent.iterdir()) == [target]


def test_a_damaged_part_is_made_anew(tmp_path: Path) -> None:
    """As after a loss of power."""
    source, target = tmp_path / "a.gguf", tmp_path / "b.gguf"
    source.write_bytes(content("a", 3 * MB))
    moving._part(target).write_bytes(bytes(2 * MB))
    bring(source, target, keep=True)
    assert target.read_bytes() == source.read_bytes()


def test_a_part_that_is_too_long(tmp_path: Path) -> None:
    source, target = tmp_path / "a.gguf", tmp_path / "b.gguf"
    source.write_bytes(content("a", MB + 5))
    moving._part(target).write_bytes(source.read_bytes() + bytes(MB))
    bring(source, target, keep=True)
    assert target.read_bytes() == source.read_bytes()


def test_a_disk_that_keeps_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "a.gguf", tmp_path / "b.gguf"
    source.write_bytes(content("a", 2 * MB))
    write = moving._write_copy

    def write_badly(source: Path, part: Path, *rest: object) -> bytes:
        digest = write(source, part, *rest)  # type: ignore[arg-type]
        with part.open("r+b") as file:
            file.seek(MB)
            file.write(b"\xff")
        return digest

    monkeypatch.setattr(moving, "_write_copy", write_badly)
    with pytest.raises(CopyDamaged):
        bring(source, target, keep=True)
    assert files_in(tmp_path) == {"a.gguf": content("a", 2 * MB)}


def test_a_file_that_changes_while_it_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "a.gguf", tmp_path / "b.gguf"
    source.write_bytes(content("a", 2 * MB))
    write = moving._write_copy

    def write_and_change(source: Path, *rest: object) -> bytes:
        digest = write(source, *rest)  # type: ignore[arg-type]
        source.write_bytes(b"other")
        return digest

    monkeypatch.setattr(moving, "_write_copy", write_and_change)
    with pytest.raises(CopyDamaged):
        bring(source, target, keep=True)
    assert files_in(tmp_path) == {"a.gguf": b"other"}


def test_the_same_file_is_there(tmp_path: Path) -> None:
    source, target = tmp_path / "a.gguf", tmp_path / "b.gguf"
    source.write_bytes(b"same")
    target.write_bytes(b"same")
    bring(source, target, keep=True)
    assert target.read_bytes() == b"same"


@pytest.mark.parametrize("there", [b"else", b"longer"])
def test_another_file_is_in_the_way(tmp_path: Path, there: bytes) -> None:
    source, target = tmp_path / "a.gguf", tmp_path / "b.gguf"
    source.write_bytes(b"this")
    target.write_bytes(there)
    for keep in (True, False):
        with pytest.raises(FileInTheWay):
            bring(source, target, keep=keep)
    assert files_in(tmp_path) == {"a.gguf": b"this", "b.gguf": there}


def test_a_missing_source(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing):
        bring(tmp_path / "gone.gguf", tmp_path / "b.gguf", keep=True)
    assert list(tmp_path.iterdir()) == []


def test_no_space_is_left() -> None:
    """/dev/full takes nothing; what writes there gets the system's own error."""
    with (
        pytest.raises(OSError, match="No space") as caught,
        Path("/dev/full").open("wb", 0) as full,
    ):
        full.write(b"x")
    error = moving.disk_error(caught.value, Path("/dev/full"))
    assert isinstance(error, DiskFull)


def test_a_file_that_is_too_large_for_the_disk(tmp_path: Path) -> None:
    """In a process of its own: the limit on file sizes can't be taken back."""
    source = tmp_path / "a.gguf"
    source.write_bytes(content("a", 3 * MB))
    code = f"""
import resource, signal, threading
from pathlib import Path
from chatapp.errors import FileTooLargeForDisk
from chatapp.hub.moving import Progress, transfer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({2 * MB}, {2 * MB}))
try:
    transfer(Path({str(source)!r}), Path({str(tmp_path / "b.gguf")!r}), Progress(1, lambda _: None),
             threading.Event(), keep=True)
except FileTooLargeForDisk as error:
    print(error.path)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path / 'b.gguf'}\n"
    assert not (tmp_path / "b.gguf").exists()


# A folder


def test_everything_is_moved(mover: Mover) -> None:
    contents = fill(mover.old)
    (mover.old / "org" / "repo" / "README.md").write_text("not ours")
    assert mover.run()
    assert files_in(mover.new) == contents
    assert files_in(mover.old) == {"org/repo/README.md": b"not ours"}
    assert not (mover.old / "org" / "other").exists(), "empty folders go"
    assert mover.switched == 1
    assert {Path(new).relative_to(mover.new).as_posix() for _, new in mover.carried} == set(NAMES)
    assert mover.move.unfinished is None
    assert not mover.journal.exists()


def test_progress(copier: Mover) -> None:
    contents = fill(copier.old)
    assert copier.run()
    done = [progress.done for progress in copier.told]
    assert done == sorted(done)
    total = 2 * sum(map(len, contents.values()))
    assert {progress.total for progress in copier.told} == {total}
    assert done[-1] == total
    assert {progress.name for progress in copier.told} == {Path(name).name for name in NAMES}


def test_into_a_folder_that_holds_something(mover: Mover) -> None:
    contents = fill(mover.old)
    mover.new.mkdir()
    (mover.new / "notes.txt").write_text("hers")
    (mover.new / "flat.gguf").write_bytes(contents["flat.gguf"])
    assert mover.run()
    assert files_in(mover.new) == {**contents, "notes.txt": b"hers"}
    assert files_in(mover.old) == {}


@pytest.mark.parametrize("there", [b"short", None])
def test_something_else_is_in_the_way(mover: Mover, there: bytes | None) -> None:
    contents = fill(mover.old)
    mover.new.mkdir()
    other = there if there is not None else bytes(len(contents["flat.gguf"]))
    (mover.new / "flat.gguf").write_bytes(other)
    with pytest.raises(FileInTheWay):
        mover.run()
    assert mover.switched == 0
    everything = {**files_in(mover.new), **files_in(mover.old)}
    assert everything.items() >= contents.items(), "nothing of ours was lost"
    assert (mover.new / "flat.gguf").read_bytes() == other
    assert mover.undo()
    assert files_in(mover.old) == contents
    assert files_in(mover.new) == {"flat.gguf": other}


def test_links_are_moved_as_links(mover: Mover, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "far.gguf").write_bytes(b"far")
    (mover.old / "a").mkdir(parents=True)
    (mover.old / "a" / "real.gguf").write_bytes(b"real")
    (mover.old / "a" / "file.gguf").symlink_to(
        os.path.relpath(outside / "far.gguf", mover.old / "a")
    )
    (mover.old / "near.gguf").symlink_to("a/real.gguf")
    (mover.old / "folder").symlink_to(outside)
    assert mover.run()
    assert (mover.new / "a" / "file.gguf").resolve() == outside / "far.gguf"
    assert (mover.new / "near.gguf").resolve() == (mover.new / "a" / "real.gguf").resolve()
    assert (mover.new / "folder").resolve() == outside
    assert files_in(outside) == {"far.gguf": b"far"}
    assert list(mover.old.iterdir()) == []


def test_stopped_and_gone_on_with(copier: Mover) -> None:
    contents = fill(copier.old)
    runs = 0
    finished = False
    while not finished:
        copier.stop.clear()
        copier.told.clear()
        copier.stop_after = 9
        finished = copier.run()
        runs += 1
        if not finished:
            assert files_in(copier.old) == contents, "nothing is deleted before all is there"
            assert copier.switched == 0
            assert copier.move.unfinished is not None
    assert runs > 2
    assert files_in(copier.new) == contents
    assert files_in(copier.old) == {}


def test_stopped_and_undone(copier: Mover) -> None:
    contents = fill(copier.old)
    copier.stop_after = 12
    assert not copier.run()
    assert files_in(copier.new) != {}
    copier.stop.clear()
    copier.stop_after = 0
    assert copier.undo()
    assert files_in(copier.old) == contents
    assert files_in(copier.new) == {}
    assert copier.move.unfinished is None


def test_undone_on_one_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "_TOLD_EVERY", 0.0)
    mover = Mover(tmp_path, tmp_path / "new")
    contents = fill(mover.old)
    mover.stop_after = 3
    assert not mover.run()
    assert len(files_in(mover.new)) == 3
    mover.stop.clear()
    assert mover.undo()
    assert files_in(mover.old) == contents
    assert not (mover.new / "org").exists()


def test_another_move_while_one_is_unfinished(copier: Mover, tmp_path: Path) -> None:
    fill(copier.old)
    copier.stop_after = 5
    assert not copier.run()
    copier.stop.clear()
    first, copier.new = copier.new, tmp_path / "third"
    with pytest.raises(MoveUnfinished) as caught:
        copier.run()
    assert caught.value.path == str(first)


def test_folders_in_each_other(tmp_path: Path) -> None:
    mover = Mover(tmp_path, tmp_path / "old" / "sub")
    contents = fill(mover.old)
    for new in (mover.old, mover.old / "sub", tmp_path):
        mover.new = new
        with pytest.raises(FolderInFolder):
            mover.run()
    (tmp_path / "link").symlink_to(mover.old)
    mover.new = tmp_path / "link"
    with pytest.raises(FolderInFolder):
        mover.run()
    assert files_in(mover.old) == contents


def test_a_new_folder_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    mover = Mover(tmp_path, tmp_path / "file" / "new")
    fill(mover.old)
    with pytest.raises(FolderNotWritable):
        mover.run()


def test_too_little_space(copier: Mover, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = fill(copier.old)
    monkeypatch.setattr(moving, "free_space", lambda _: 70 * MB)
    with pytest.raises(DiskFull):
        copier.run()
    assert files_in(copier.old) == contents
    assert copier.move.unfinished is None


def test_while_something_is_downloaded(mover: Mover) -> None:
    fill(mover.old)
    with FileIO(mover.old / "org" / "repo" / "half.gguf.part", "r+b") as part:
        assert try_lock(part)
        with pytest.raises(DownloadBusy):
            mover.run()
    assert mover.run()


def test_what_arrives_meanwhile_is_moved_too(copier: Mover) -> None:
    contents = fill(copier.old)
    late = copier.old / "late.gguf"

    def on_progress(progress: MoveProgress) -> None:
        if progress.done == progress.total and not late.exists() and not copier.switched:
            late.write_bytes(b"late")

    copier._on_progress = on_progress  # type: ignore[method-assign]
    assert copier.run()
    assert files_in(copier.new) == {**contents, "late.gguf": b"late"}
    assert files_in(copier.old) == {}


def test_an_old_file_that_changed_is_kept(copier: Mover, caplog: pytest.LogCaptureFixture) -> None:
    contents = fill(copier.old)

    def switch() -> None:
        (copier.old / "flat.gguf").write_bytes(b"written meanwhile")

    copier._switch = switch  # type: ignore[method-assign]
    assert copier.run()
    assert files_in(copier.new) == contents
    assert files_in(copier.old) == {"flat.gguf": b"written meanwhile"}
    move = copier.move.unfinished
    assert move is not None
    assert move.is_switched
    (copier.old / "flat.gguf").unlink()
    copier.move.finish()
    assert copier.move.unfinished is None


def test_an_empty_folder(mover: Mover) -> None:
    mover.old.mkdir()
    assert mover.run()
    assert mover.switched == 1


@pytest.mark.parametrize(
    "journal",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"old": 5, "new": 6, "files": [], "done": [], "switched": false}',
        '{"old": "/a", "new": "/b", "files": [7], "done": [], "switched": false}',
        '{"old": "/a", "new": "/b", "files": 7, "done": [], "switched": false}',
    ],
)
def test_a_damaged_journal(mover: Mover, journal: str) -> None:
    contents = fill(mover.old)
    mover.journal.write_text(journal)
    assert mover.move.unfinished is None
    assert mover.run()
    assert files_in(mover.new) == contents


def test_empty_folders(tmp_path: Path) -> None:
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "file").write_text("")
    remove_empty_folders(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d"]


# Killed


class Killed:
    """A process that moves a folder and is killed at a step of it."""

    def __init__(self, mover: Mover, switched: Path) -> None:
        self._mover = mover
        self._switched = switched

    def run(self, step: int) -> bool:
        """Whether it was killed before it was done."""
        arguments = (self._mover.journal, self._mover.old, self._mover.new, self._switched, step)
        code = "import chatapp.hub.moving as m; m._TOLD_EVERY = 0.0\n" + _RUN
        with subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            for lines, line in enumerate(process.stdout, 1):
                if line == "moved\n":
                    return False
                if lines == step:
                    process.kill()
            return True


@pytest.mark.parametrize("disk", ["same disk", "other disk"])
def test_killed_at_any_step(tmp_path: Path, other_disk: Path, disk: str) -> None:
    new = tmp_path / "new" if disk == "same disk" else other_disk / "new"
    mover = Mover(tmp_path, new)
    contents = fill(mover.old, 2 * MB + 3)
    killed = Killed(mover, tmp_path / "switched")
    kills = 0
    for step in (1, 2, 4, 7):
        if not killed.run(step):
            break
        kills += 1
        old, there = files_in(mover.old), files_in(mover.new)
        visible = {name: data for name, data in there.items() if ".moving" not in name}
        assert all(contents[name] == data for name, data in (old | visible).items())
        assert old.keys() | visible.keys() == contents.keys(), "each is whole in one of the two"
    assert kills >= 3
    assert mover.run()
    assert files_in(mover.new) == contents
    assert files_in(mover.old) == {}


def test_killed_and_undone(tmp_path: Path) -> None:
    mover = Mover(tmp_path, tmp_path / "new")
    contents = fill(mover.old)
    assert Killed(mover, tmp_path / "switched").run(3)
    assert mover.undo()
    assert files_in(mover.old) == contents
    assert files_in(mover.new) == {}
    assert not (tmp_path / "switched").exists()


def test_killed_between_renaming_and_noting_it(tmp_path: Path) -> None:
    """The journal says what was to be moved, so that a renamed file is found."""
    mover = Mover(tmp_path, tmp_path / "new")
    contents = fill(mover.old)
    assert Killed(mover, tmp_path / "switched").run(2)
    data = json.loads(mover.journal.read_text())
    moved = [name for name in NAMES if (mover.new / name).exists()]
    assert len(moved) == 2
    mover.journal.write_text(json.dumps({**data, "done": []}))
    assert mover.run()
    assert files_in(mover.new) == contents
    assert set(moved) <= {Path(new).relative_to(mover.new).as_posix() for _, new in mover.carried}
