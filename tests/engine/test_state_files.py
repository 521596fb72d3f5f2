from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.engine import state_files
from chatapp.engine.state_files import Checkpoint, SavedState, StateFiles
from chatapp.engine.state_store import StateStore

GIGABYTE = 1 << 30
TIMEOUT = 60.0
REPOSITORY = Path(__file__).parents[2]

tokens = st.lists(st.integers(-(2**31), 2**31 - 1), max_size=20).map(tuple)
checkpoints = st.builds(Checkpoint, st.integers(0, 2**63), st.binary(max_size=20))
states = st.builds(
    SavedState,
    tokens,
    st.integers(0, 2**32),
    st.binary(max_size=50),
    st.lists(checkpoints, max_size=3).map(tuple),
)
STATE = SavedState((1, 2, 3, 4), 3, b"state of three", (Checkpoint(2, b"two"), Checkpoint(3, b"")))


def state_of(size: int, letter: bytes = b"x") -> SavedState:
    """A state whose file has this many bytes."""
    return SavedState((), 0, letter * (size - file_size(SavedState((), 0, b""))))


def file_size(state: SavedState) -> int:
    """With names of one character each."""
    front = state_files._pack_front("1", "k", state)
    return len(front) + state_files._body_size(state) + 4


def the_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def used_at(files: StateFiles, conversation: str, seconds: int) -> None:
    os.utime(files._path(conversation, "k"), (seconds, seconds))


def present(files: StateFiles, *conversations: str) -> list[str]:
    return [name for name in conversations if files.tokens(name, "k") is not None]


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end
        os.sched_yield()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "states"


@pytest.fixture
def files(folder: Path) -> StateFiles:
    return StateFiles(folder, GIGABYTE)


# Round trip


@given(state=states, conversation=st.text(), key=st.text())
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, state: SavedState, conversation: str, key: str
) -> None:
    folder = tmp_path_factory.mktemp("states")
    files = StateFiles(folder, GIGABYTE)
    assert files.write(conversation, key, state)
    assert files.read(conversation, key) == state
    assert files.tokens(conversation, key) == state.tokens
    assert the_file(folder).parent == folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "kind",
    [bytes, bytearray, memoryview, lambda data: memoryview((ctypes.c_uint8 * len(data))(*data))],
)
def test_every_kind_of_buffer_is_written(
    files: StateFiles, kind: Callable[[bytes], bytes | bytearray | memoryview]
) -> None:
    content = bytes(range(256)) * 10_000  # more than two blocks
    files.write("1", "k", SavedState((1,), 1, kind(content)))
    state = files.read("1", "k")
    assert state is not None
    assert state.data == content


def test_llama_can_take_the_data_without_a_copy(files: StateFiles, folder: Path) -> None:
    files.write("1", "k", STATE)
    state = files.read("1", "k")
    assert state is not None
    buffer = (ctypes.c_uint8 * len(state.data)).from_buffer(state.data)
    assert bytes(buffer) == STATE.data
    buffer[0] = 0
    files.forget("1")
    assert bytes(buffer[1:]) == bytes(STATE.data[1:]), "it lives longer than its file"
    assert not list(folder.iterdir())


def test_writing_to_the_data_does_not_change_the_file(files: StateFiles) -> None:
    files.write("1", "k", STATE)
    state = files.read("1", "k")
    assert state is not None
    assert isinstance(state.data, memoryview)
    state.data[:5] = b"other"
    assert files.read("1", "k") == STATE


def test_the_last_one_counts(files: StateFiles, folder: Path) -> None:
    files.write("1", "k", STATE)
    files.write("1", "k", SavedState((9,), 1, b"newer"))
    assert files.read("1", "k") == SavedState((9,), 1, b"newer")
    assert the_file(folder)


def test_a_conversation_has_one_state_for_each_key(files: StateFiles) -> None:
    other = SavedState((7,), 1, b"of the other model")
    files.write("1", "model a", STATE)
    files.write("1", "model b", other)
    assert files.read("1", "model a") == STATE
    assert files.read("1", "model b") == other
    assert files.read("1", "model c") is None
    assert files.read("2", "model a") is None


@pytest.mark.parametrize(
    "name", ["../../escaped", "/etc/escaped", "..", "", "a\0b", "\ud800", "x" * 100_000, "NUL"]
)
def test_a_name_never_leaves_the_folder(tmp_path: Path, folder: Path, name: str) -> None:
    files = StateFiles(folder, GIGABYTE)
    files.write(name, name, STATE)
    assert files.read(name, name) == STATE
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [the_file(folder)]
    files.forget(name)
    assert files.read(name, name) is None


def test_a_file_under_the_name_of_another_is_not_taken(files: StateFiles, folder: Path) -> None:
    files.write("1", "k", STATE)
    the_file(folder).rename(files._path("1", "other"))
    assert files.read("1", "other") is None
    files.write("1", "k", STATE)
    the_file(folder).rename(files._path("2", "k"))
    assert files.tokens("2", "k") is None
    files.write("12", "3", STATE)  # the same letters, divided in another way
    the_file(folder).rename(files._path("1", "23"))
    assert files.read("1", "23") is None
    assert not list(folder.iterdir())


# Damage


@given(state=states, data=st.data())
def test_a_changed_bit_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, state: SavedState, data: st.DataObject
) -> None:
    files = StateFiles(tmp_path_factory.mktemp("states"), GIGABYTE)
    files.write("1", "k", state)
    path = files._path("1", "k")
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    assert files.read("1", "k") is None
    assert not path.exists()
    shutil.rmtree(path.parent)


def test_every_changed_byte_is_noticed(files: StateFiles) -> None:
    files.write("1", "k", STATE)
    path = files._path("1", "k")
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        assert files.read("1", "k") is None, place
        assert not path.exists()


def test_every_truncation_is_noticed(files: StateFiles) -> None:
    files.write("1", "k", STATE)
    path = files._path("1", "k")
    content = path.read_bytes()
    for size in range(len(content)):
        path.write_bytes(content[:size])
        assert files.tokens("1", "k") is None, size
        assert not path.exists()
        path.write_bytes(content[:size])
        assert files.read("1", "k") is None, size
        assert not path.exists()


def test_a_file_with_a_hole_is_noticed(files: StateFiles) -> None:
    files.write("1", "k", state_of(5 << 20))
    path = files._path("1", "k")
    with path.open("r+b") as file:  # as after a power loss: the right size, zeros in it
        file.seek(3 << 20)
        file.write(bytes(4096))
    assert files.read("1", "k") is None
    assert not path.exists()


def test_a_file_that_is_too_long_is_noticed(files: StateFiles) -> None:
    files.write("1", "k", STATE)
    with files._path("1", "k").open("ab") as file:
        file.write(b"x")
    assert files.tokens("1", "k") is None
    assert not files._path("1", "k").exists()


@pytest.mark.parametrize("field", range(2, 8))
@pytest.mark.parametrize("huge", [False, True])
def test_a_forged_count_makes_no_room_for_it(files: StateFiles, field: int, *, huge: bool) -> None:
    files.write("1", "k", STATE)
    path = files._path("1", "k")
    content = path.read_bytes()
    header = state_files._FIXED
    values = list(header.unpack_from(content))
    values[field] = (2**32 - 1 if field < 5 else 2**64 - 1) if huge else values[field] + 1
    front = header.pack(*values) + content[header.size :]
    path.write_bytes(front[:-4] + state_files._CRC.pack(zlib.crc32(front[:-4])))
    tracemalloc.start()
    try:
        assert files.tokens("1", "k") is None
        path.write_bytes(front)
        assert files.read("1", "k") is None
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_a_forged_count_with_a_sparse_file_makes_no_room_either(files: StateFiles) -> None:
    """A sparse file of a terabyte whose front claims just that."""
    state = SavedState((), 0, b"")
    front = bytearray(state_files._pack_front("1", "k", state))
    size = 1 << 40
    header = state_files._FIXED
    values = list(header.unpack_from(front))
    values[5] = (size - len(front) - 4) // 4
    header.pack_into(front, 0, *values)
    files.write("1", "k", state)
    with files._path("1", "k").open("r+b") as file:
        file.write(front)
        file.truncate(size)
    tracemalloc.start()
    try:
        assert files.tokens("1", "k") is None
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
    assert not files._path("1", "k").exists()


# Budget


def test_the_least_recently_used_ones_go_first(folder: Path) -> None:
    files = StateFiles(folder, 3000)
    for second, name in enumerate("123"):
        assert files.write(name, "k", state_of(1000))
        used_at(files, name, second)
    assert files.read("1", "k") is not None  # now the last used one
    assert files.write("4", "k", state_of(1000))
    assert present(files, *"1234") == ["1", "3", "4"]
    assert sum(path.stat().st_size for path in folder.iterdir()) == 3000
    used_at(files, "1", 3)
    used_at(files, "4", 4)
    assert files.write("5", "k", state_of(1001))
    assert present(files, *"12345") == ["4", "5"]


def test_a_state_beyond_the_budget_is_not_written(folder: Path) -> None:
    files = StateFiles(folder, 3000)
    assert files.write("1", "k", state_of(1000))
    assert not files.write("2", "k", state_of(3001))
    assert not files.write("1", "k", state_of(3001))
    assert files.read("1", "k") == state_of(1000), "others don't suffer from it"
    assert files.write("2", "k", state_of(3000))
    assert present(files, *"12") == ["2"]


def test_the_replaced_state_goes_last(folder: Path) -> None:
    files = StateFiles(folder, 3000)
    for second, name in enumerate("123"):
        files.write(name, "k", state_of(1000))
        used_at(files, name, second)
    part = _write_and_look(files, "1", state_of(1000))
    assert part == ["1", "3"], "the old one is there while the new one is written, 2 made room"
    assert present(files, *"123") == ["1", "3"]
    assert _write_and_look(files, "1", state_of(2500)) == []
    assert files.read("1", "k") == state_of(2500)


def _write_and_look(files: StateFiles, conversation: str, state: SavedState) -> list[str]:
    """What is there in the middle of a write."""
    seen: list[str] = []

    class Looking(threading.Event):
        def is_set(self) -> bool:
            seen[:] = present(files, *"123")
            folder = files._folder
            assert sum(path.stat().st_size for path in folder.iterdir()) <= files._budget
            return False

    assert files.write(conversation, "k", state, Looking())
    return seen


def test_a_smaller_budget_holds_from_the_start(folder: Path) -> None:
    files = StateFiles(folder, 3000)
    for second, name in enumerate("123"):
        files.write(name, "k", state_of(1000))
        used_at(files, name, second)
    assert present(StateFiles(folder, 2999), *"123") == ["2", "3"]
    assert present(StateFiles(folder, 0), *"123") == []


def test_all_stay_within_a_tenth_of_what_they_leave_free(folder: Path) -> None:
    disk = 22_000

    def free_space(asked: Path) -> int:
        assert asked == folder
        return disk - sum(path.stat().st_size for path in folder.iterdir())

    files = StateFiles(folder, GIGABYTE, free_space=free_space)
    for second, name in enumerate("12"):
        assert files.write(name, "k", state_of(1000))
        used_at(files, name, second)
    assert present(files, *"12") == ["1", "2"]
    assert not files.write("3", "k", state_of(2001))
    assert files.write("3", "k", state_of(1000))
    assert present(files, *"123") == ["2", "3"]
    used_at(files, "3", 3)
    disk = 12_000  # something else fills the disk
    assert not files.write("4", "k", state_of(1100))
    assert present(files, *"1234") == ["3"]


def test_other_files_are_left_alone(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    files = StateFiles(folder, 1000)
    files.write("1", "k", state_of(1000))
    files.write("2", "k", state_of(1000))
    files.forget_all()
    assert the_file(folder).name == "notes.txt"


# Forgetting


def test_forgetting_a_conversation_deletes_all_its_keys(files: StateFiles) -> None:
    for conversation in ("1", "12"):
        for key in ("k", "l"):
            files.write(conversation, key, STATE)
    files.forget("1")
    assert files.read("1", "k") is None
    assert files.read("1", "l") is None
    assert files.read("12", "k") == STATE
    files.forget_all()
    assert files.read("12", "k") is None


def test_forgetting_stops_a_write_of_another_instance(files: StateFiles, folder: Path) -> None:
    class Forgetting(threading.Event):
        def is_set(self) -> bool:
            StateFiles(folder, GIGABYTE).forget("1")
            return False

    with pytest.raises(FileNotFoundError):
        files.write("1", "k", STATE, Forgetting())
    assert not list(folder.iterdir())


def test_a_file_that_cannot_be_deleted_is_told(files: StateFiles, folder: Path) -> None:
    files.write("1", "k", STATE)
    files.write("1", "l", STATE)
    files._path("1", "k").unlink()
    files._path("1", "k").mkdir()
    with pytest.raises(OSError, match="directory"):
        files.forget("1")
    assert the_file(folder).is_dir(), "the other one was deleted all the same"


# Trouble with the folder


def test_everything_is_private(files: StateFiles, folder: Path) -> None:
    before = os.umask(0)
    try:
        files.write("1", "k", STATE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(the_file(folder).stat().st_mode) == 0o600


def test_a_folder_that_vanishes_is_made_again(files: StateFiles, folder: Path) -> None:
    files.write("1", "k", STATE)
    shutil.rmtree(folder)
    assert files.read("1", "k") is None
    assert files.tokens("1", "k") is None
    files.forget("1")
    files.forget_all()
    assert files.write("1", "k", STATE)
    assert files.read("1", "k") == STATE


def test_a_folder_that_vanishes_in_the_middle_is_an_os_error(
    files: StateFiles, folder: Path
) -> None:
    class Removing(threading.Event):
        def is_set(self) -> bool:
            shutil.rmtree(folder, ignore_errors=True)
            return False

    with pytest.raises(FileNotFoundError):
        files.write("1", "k", STATE, Removing())


def test_a_file_where_the_folder_should_be_is_an_os_error_when_writing(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("in the way")
    files = StateFiles(folder, GIGABYTE)
    assert files.read("1", "k") is None
    assert files.tokens("1", "k") is None
    files.forget("1")
    with pytest.raises(FileExistsError):
        files.write("1", "k", STATE)
    assert folder.read_text() == "in the way"


def test_a_folder_in_place_of_a_state_is_survived(files: StateFiles, folder: Path) -> None:
    files._path("1", "k").mkdir(parents=True)
    assert files.read("1", "k") is None
    with pytest.raises(IsADirectoryError):
        files.write("1", "k", STATE)
    assert the_file(folder).is_dir()


_WRITE_AS = """
import errno, os, sys
from pathlib import Path
from chatapp.engine.state_files import SavedState, StateFiles
folder = Path(sys.argv[1])
small, large = SavedState((1,), 1, b"old"), SavedState((2,), 1, bytes(2 << 20))
{setting}
files = StateFiles(folder, 1 << 30, free_space=lambda folder: 1 << 40)
"""

_FULL_DISK = (
    _WRITE_AS
    + """
assert files.write("1", "k", small)
try:
    files.write("1", "k", large)
except OSError as error:
    print(errno.errorcode[error.errno])
assert files.read("1", "k") == small
print(len(list(folder.iterdir())))
if sys.argv[2:]:
    assert not StateFiles(folder, 1 << 30).write("2", "k", SavedState((), 0, bytes(100_000)))
    assert StateFiles(folder, 1 << 30).write("2", "k", SavedState((), 0, bytes(80_000)))
"""
)


def _python(code: str, *arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    if before:
        command = ["unshare", "--mount", "--map-root-user", "sh", "-c", before, *command]
    return subprocess.run(
        command,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def test_a_full_disk_is_an_os_error_and_the_old_state_stays(tmp_path: Path) -> None:
    code = _FULL_DISK.format(setting="")
    mount = f'mount -t tmpfs -o size=1m tmpfs "{tmp_path}" || exit 99; exec "$0" "$@"'
    done = _python(code, str(tmp_path), "disk", before=mount) if shutil.which("unshare") else None
    if done is None or (done.returncode and "unshare:" in done.stderr) or done.returncode == 99:
        # No right to mount anything here: a limit on the size of files is as real.
        limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))"
        done = _python(_FULL_DISK.format(setting=limit), str(tmp_path))
        assert done.stdout.split() == ["EFBIG", "1"], done.stderr
    else:
        assert done.stdout.split() == ["ENOSPC", "1"], done.stderr
    assert done.returncode == 0, done.stderr


def test_a_read_only_folder_is_read_all_the_same(files: StateFiles, folder: Path) -> None:
    files.write("1", "k", STATE)
    folder.chmod(0o500)
    # The superuser may do everything, so become somebody else who owns the files.
    setting = "if not os.getuid(): os.setgroups([]); os.setegid(65534); os.seteuid(65534)"
    if not os.getuid():
        for path in (folder.parent, folder, the_file(folder)):
            os.chown(path, 65534, -1)
    code = _WRITE_AS.format(setting=setting) + (
        "print(files.tokens('1', 'k'), len(files.read('1', 'k').checkpoints))\n"
        "for action in (lambda: files.write('2', 'k', small), lambda: files.forget('1')):\n"
        "    try:\n"
        "        action()\n"
        "    except OSError as error:\n"
        "        print(errno.errorcode[error.errno])\n"
    )
    with _reachable(folder):
        done = _python(code, str(folder))
    folder.chmod(0o700)
    assert done.stdout.split("\n")[:3] == ["(1, 2, 3, 4) 2", "EACCES", "EACCES"], done.stderr


@contextmanager
def _reachable(folder: Path) -> Iterator[None]:
    """Let somebody else pass through the private folders above, for a moment."""
    modes = [(path, path.stat().st_mode) for path in folder.parents]
    closed = [(path, mode) for path, mode in modes if not mode & stat.S_IXOTH]
    for path, mode in closed:
        path.chmod(mode | stat.S_IXOTH)
    try:
        yield
    finally:
        for path, mode in closed:
            path.chmod(mode)


# Processes


def _write_for_ever(folder: str, conversation: str) -> None:
    files = StateFiles(Path(folder), GIGABYTE)
    state = SavedState((2,), 1, bytes(8 << 20))
    while True:
        files.write(conversation, "k", state)


@contextmanager
def _stopped_in_the_middle(folder: Path, conversation: str) -> Iterator[tuple[int, Path]]:
    """A process that was stopped while it writes, and its half-written file."""
    process = multiprocessing.get_context("spawn").Process(
        target=_write_for_ever, args=(str(folder), conversation), daemon=True
    )
    process.start()
    assert process.pid is not None
    try:
        while True:
            wait_until(lambda: any(folder.glob("*.part")))
            os.kill(process.pid, signal.SIGSTOP)
            # Returns once it has stopped.
            os.waitpid(process.pid, os.WUNTRACED)
            parts = list(folder.glob("*.part"))
            if parts and 0 < parts[0].stat().st_size < 8 << 20:
                break
            os.kill(process.pid, signal.SIGCONT)
        yield process.pid, parts[0]
    finally:
        process.kill()
        process.join(TIMEOUT)


def test_a_writer_killed_in_the_middle_leaves_the_old_state(
    files: StateFiles, folder: Path
) -> None:
    files.write("1", "k", STATE)
    with _stopped_in_the_middle(folder, "2") as (_, part):
        half = part.rename(part.with_name(files._path("1", "k").stem + ".half.part"))
    assert half.exists()
    assert files.read("1", "k") == STATE
    assert files.write("3", "k", STATE)
    assert not list(folder.glob("*.part")), "the next write cleans up"

    with _stopped_in_the_middle(folder, "1") as (_, part):
        pass
    assert part.exists()
    assert files.read("1", "k") in (STATE, SavedState((2,), 1, bytes(8 << 20)))
    StateFiles(folder, GIGABYTE)
    assert not part.exists(), "so does the next start"


def test_what_a_living_process_writes_is_left_alone(files: StateFiles, folder: Path) -> None:
    with _stopped_in_the_middle(folder, "2") as (pid, part):
        files.write("1", "k", STATE)
        StateFiles(folder, GIGABYTE)
        assert part.exists()
        files._path("2", "k").unlink(missing_ok=True)
        os.kill(pid, signal.SIGCONT)
        wait_until(lambda: files.tokens("2", "k") is not None)


def test_the_part_of_another_process_counts(folder: Path) -> None:
    with _stopped_in_the_middle(folder, "2") as (_, part):
        small = StateFiles(folder, part.stat().st_size + 999)
        assert not small.write("1", "k", state_of(1000))
        assert small.write("1", "k", state_of(999))


def _use_for_a_while(folder: str, number: int) -> int:
    """Writes, reads and forgets; the number of states that were read."""
    files = StateFiles(Path(folder), 40_000)
    read = 0
    for turn in range(150):
        name = str((turn * 7 + number) % 5)
        size = 5_000 + turn % 10
        try:
            files.write(name, "k", SavedState((size,), 1, bytes([size % 256]) * size))
        except FileNotFoundError:  # another one forgot it meanwhile
            continue
        state = files.read(str(turn % 5), "k")
        if state is not None:
            (size,) = state.tokens
            assert state.data == bytes([size % 256]) * size
            read += 1
        if turn % 20 == number:
            files.forget(name)
    return read


def test_several_processes_share_a_folder(folder: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        numbers = pool.starmap(_use_for_a_while, [(str(folder), n) for n in range(3)])
        pool.close()
        pool.join()
    assert min(numbers) > 0
    assert not list(folder.glob("*.part"))
    StateFiles(folder, 40_000)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 40_000


def test_several_threads_share_an_instance(files: StateFiles, folder: Path) -> None:
    def use(number: int) -> bool:
        state = SavedState((number,), 1, bytes([number]) * 100_000)
        files.write("1", "k", state)
        read = files.read("1", "k")
        return read is not None and read.data == bytes([read.tokens[0]]) * 100_000

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(100)))
    assert the_file(folder)


# The store


class Gate(StateFiles):
    """Files whose writes wait in their middle until they may go on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, GIGABYTE)
        self.begun = threading.Semaphore(0)
        self.may_go_on = threading.Semaphore(0)
        self.written: list[tuple[str, str]] = []

    def write(
        self,
        conversation: str,
        key: str,
        state: SavedState,
        cancelled: threading.Event | None = None,
    ) -> bool:
        gate = self

        class Waiting(threading.Event):
            first = True

            def is_set(self) -> bool:
                if self.first:
                    self.first = False
                    gate.begun.release()
                    assert gate.may_go_on.acquire(timeout=TIMEOUT)
                return cancelled is not None and cancelled.is_set()

        self.written.append((conversation, key))
        return super().write(conversation, key, state, Waiting())


@pytest.fixture
def gate(folder: Path) -> Gate:
    return Gate(folder)


@pytest.fixture
def notes() -> list[str]:
    return []


def test_what_was_put_is_on_disk_after_a_flush(files: StateFiles, notes: list[str]) -> None:
    store = StateStore(files, notes.append)
    assert store.flush(0)
    for name in "123456":
        store.put(name, "k", STATE)
    assert store.flush(TIMEOUT)
    assert present(files, *"123456") == list("123456")
    assert store.get("1", "k") == STATE
    assert store.tokens("1", "k") == STATE.tokens
    assert store.get("1", "other") is None
    assert not notes


def test_what_waits_can_be_read(gate: Gate, notes: list[str]) -> None:
    store = StateStore(gate, notes.append)
    second = SavedState((5,), 1, b"second")
    newer = SavedState((6,), 1, b"newer")
    store.put("1", "k", STATE)
    assert gate.begun.acquire(timeout=TIMEOUT)
    store.put("2", "k", second)
    assert store.get("1", "k") is STATE
    assert store.tokens("1", "k") == STATE.tokens
    assert store.get("2", "k") is second
    assert store.tokens("2", "k") == second.tokens
    store.put("1", "k", newer)
    assert store.get("1", "k") is newer
    assert not store.flush(0)
    gate.may_go_on.release(3)
    assert store.flush(TIMEOUT)
    assert gate.written == [("1", "k"), ("2", "k"), ("1", "k")]
    assert gate.read("1", "k") == newer
    assert gate.read("2", "k") == second


def test_only_a_third_one_that_waits_blocks(gate: Gate, notes: list[str]) -> None:
    store = StateStore(gate, notes.append)
    store.put("1", "k", STATE)
    assert gate.begun.acquire(timeout=TIMEOUT)
    store.put("2", "k", STATE)
    store.put("3", "k", STATE)
    store.put("3", "k", STATE)  # takes no more memory than before
    blocked = threading.Thread(target=store.put, args=("4", "k", STATE))
    blocked.start()
    wait_until(lambda: len(store._changed._waiters) == 1)
    assert store.get("4", "k") is None
    gate.may_go_on.release()
    blocked.join(TIMEOUT)
    assert store.get("4", "k") is STATE
    gate.may_go_on.release(3)
    assert store.flush(TIMEOUT)
    assert present(gate, *"1234") == list("1234")


def test_forgetting_ends_what_waits_and_what_is_written(gate: Gate, notes: list[str]) -> None:
    gate.may_go_on.release()
    gate.write("1", "old", STATE)
    assert gate.begun.acquire(timeout=TIMEOUT)
    store = StateStore(gate, notes.append)
    store.put("1", "k", STATE)
    assert gate.begun.acquire(timeout=TIMEOUT)
    store.put("2", "k", STATE)
    store.put("1", "l", STATE)
    forgetting = threading.Thread(target=store.forget, args=("1",))
    forgetting.start()
    wait_until(lambda: store.get("1", "l") is None)
    gate.may_go_on.release(2)
    forgetting.join(TIMEOUT)
    assert not forgetting.is_alive()
    for key in ("old", "k", "l"):
        assert store.get("1", key) is None
    assert store.flush(TIMEOUT)
    assert present(gate, "1", "2") == ["2"]
    assert not list(gate._folder.glob("*.part"))
    gate.may_go_on.release()
    store.put("1", "k", STATE)
    assert store.flush(TIMEOUT)
    assert gate.read("1", "k") == STATE
    assert not notes


def test_failures_are_noted_and_the_next_one_is_written(folder: Path, notes: list[str]) -> None:
    folder.parent.mkdir()
    folder.write_text("in the way")
    store = StateStore(StateFiles(folder, 3000), notes.append)
    store.put("1", "k", STATE)
    assert store.flush(TIMEOUT)
    (note,) = notes
    assert os.strerror(errno.EEXIST) in note
    folder.unlink()
    store.put("1", "k", state_of(3001))
    assert store.flush(TIMEOUT)
    assert len(notes) == 2
    store.put("1", "k", STATE)
    assert store.flush(TIMEOUT)
    assert store.get("1", "k") == STATE
    store._files._path("1", "l").mkdir()
    store.forget("1")
    assert len(notes) == 3


def test_a_written_state_is_let_go(files: StateFiles, notes: list[str]) -> None:
    class Data(bytearray):
        """Tells when it is gone."""

        def __del__(self) -> None:
            gone.set()

    gone = threading.Event()
    store = StateStore(files, notes.append)
    store.put("1", "k", SavedState((), 0, Data(1000)))
    assert gone.wait(TIMEOUT)
    assert store.flush(TIMEOUT)


def test_the_thread_comes_and_goes(files: StateFiles, notes: list[str]) -> None:
    store = StateStore(files, notes.append)
    assert not _threads()
    for _ in range(50):
        store.put("1", "k", STATE)
        assert store.flush(TIMEOUT)
    wait_until(lambda: not _threads())


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "chatapp-states"]
