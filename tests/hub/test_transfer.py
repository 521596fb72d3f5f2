"""One file over a bad connection: nothing is fetched twice, and nothing wrong is kept."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.domain.download import DownloadState, TransferProgress
from chatapp.errors import (
    ChatappError,
    ChecksumMismatch,
    DiskFull,
    DownloadBusy,
    FileChangedOnHub,
    FileTooLargeForDisk,
    FolderNotWritable,
    HubAnswerInvalid,
    HubRefused,
    HubTimeout,
    HubUnreachable,
    Offline,
    RateLimited,
    RepoFileMissing,
)
from chatapp.hub import transfer
from chatapp.hub.pace import WHILE_ANSWERING, Pace
from chatapp.hub.part_file import PartFile, Source, discard_part, read_sidecar
from chatapp.hub.transfer import Patience
from tests.hub.transfers import (
    FAST,
    FILE,
    LOST,
    MODEL,
    REPO,
    SIZE,
    Fetching,
    Hub,
    data_requests,
    put_part,
    starts,
)
from tests.local_hub import Fault, LocalHub

IMPATIENT = replace(FAST, read=0.3)


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_repo(REPO, {FILE: MODEL, "config.json": b'{"a": 1}'})
        yield hub


@pytest.fixture
def fetching(hub: LocalHub, tmp_path: Path) -> Fetching:
    return Fetching(hub, tmp_path / "Модели 模型" / FILE)


def sidecar(**values: object) -> bytes:
    """A sidecar that fits the model in nothing but its size."""
    usual = {"repo": "", "file": "", "commit": "", "sha256": "", "size": SIZE, "etag": ""}
    return json.dumps({"version": 1, **usual, **values}).encode()


def assert_complete(fetching: Fetching) -> None:
    assert fetching.target.read_bytes() == MODEL
    assert not fetching.has_part
    assert list(fetching.target.parent.iterdir()) == [fetching.target]
    assert fetching.states[-1] is DownloadState.DONE


def test_file_arrives(hub: LocalHub, fetching: Fetching) -> None:
    def look(progress: TransferProgress) -> None:
        assert fetching.target.exists() == (progress.state is DownloadState.DONE)

    fetching.on_progress = look
    resolved = fetching.run()
    assert resolved is not None
    assert resolved.sha256 == hub.sha256(REPO, FILE)
    assert_complete(fetching)
    done = [progress.done for progress in fetching.seen]
    assert done == sorted(done)
    assert fetching.states == [
        DownloadState.RUNNING,
        DownloadState.VERIFYING,
        DownloadState.DONE,
    ]
    (request,) = data_requests(hub)
    assert (request.range_start, request.headers["accept-encoding"]) == (None, "identity")


def test_goes_on_where_it_was_cut(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="cut", after=1_234_567))
    hub.fault(Fault(kind="cut", after=500_000, skip=1))
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [0, 1_234_567, 1_734_567]
    assert fetching.errors == [HubUnreachable] * 2
    done = [progress.done for progress in fetching.seen]
    assert done == sorted(done)


def test_goes_on_after_resets(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="reset", after=500_000, times=5))
    fetching.run()
    assert_complete(fetching)
    begun = starts(hub)
    assert len(begun) == 6
    for number, start in enumerate(begun):
        # What the system had but did not hand over is lost with a reset.
        assert number * 500_000 - LOST <= start <= number * 500_000
    assert begun == sorted(begun)


def test_new_bytes_give_new_patience(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="cut", after=200_000, times=14))
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [n * 200_000 for n in range(15)]


def test_silence_is_noticed(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="stall", after=1_000_000))
    fetching.run(IMPATIENT)
    assert_complete(fetching)
    assert fetching.errors[0] is HubTimeout
    assert DownloadState.RECONNECTING in fetching.states
    assert starts(hub)[1] == 1_000_000


@pytest.mark.parametrize("after", [-1, 0, 1_000_000])
def test_stops_at_once_in_silence(hub: LocalHub, fetching: Fetching, after: int) -> None:
    hub.fault(Fault(kind="stall", after=after))
    thread = fetching.run_aside(replace(FAST, read=600))
    hub.wait_for(lambda: any(r.bytes_sent == max(0, after) for r in data_requests(hub)))
    fetching.stop.set()
    thread.join(30)
    assert not thread.is_alive()
    assert not fetching.target.exists()
    assert fetching.errors == []

    hub.clear_requests()
    fetching.stop.clear()
    fetching.run()
    assert_complete(fetching)


def test_stops_while_it_waits(hub: LocalHub, fetching: Fetching) -> None:
    def look(progress: TransferProgress) -> None:
        if progress.state is DownloadState.RECONNECTING:
            fetching.stop.set()

    fetching.on_progress = look
    hub.fault(Fault(kind="status", value=503))
    assert fetching.run(replace(FAST, first_wait=600, longest_wait=600)) is None


def test_another_call_goes_on(hub: LocalHub, fetching: Fetching) -> None:
    fetching.stop_at(1_000_000)
    hub.limit(10_000_000)
    assert fetching.run() is None
    size = fetching.part.stat().st_size
    assert 1_000_000 <= size < SIZE
    data = json.loads(fetching.sidecar.read_text())
    assert (data["repo"], data["file"], data["size"]) == (REPO, FILE, SIZE)
    assert data["sha256"] == hub.sha256(REPO, FILE)
    assert data["commit"]
    assert "http" not in fetching.sidecar.read_text()

    hub.clear_requests()
    hub.limit(None)
    fetching.stop_never()
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [size]


def test_stops_while_it_reads_again(hub: LocalHub, fetching: Fetching) -> None:
    put_part(hub, fetching.target, SIZE - 1)

    def look(progress: TransferProgress) -> None:
        assert progress.state is DownloadState.VERIFYING
        assert (progress.done, progress.size) == (SIZE - 1, SIZE)
        fetching.stop.set()

    fetching.on_progress = look
    assert fetching.run() is None
    assert data_requests(hub) == []
    assert fetching.part.stat().st_size == SIZE - 1


def test_a_complete_part_needs_no_more_bytes(hub: LocalHub, fetching: Fetching) -> None:
    put_part(hub, fetching.target, SIZE)
    fetching.run()
    assert_complete(fetching)
    assert data_requests(hub) == []


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (500, {}, HubRefused),
        (503, {"Retry-After": "1"}, HubRefused),
        (429, {"Retry-After": "1"}, RateLimited),
        (429, {}, RateLimited),
    ],
)
def test_errors_that_pass(
    hub: LocalHub, fetching: Fetching, status: int, headers: dict[str, str], expected: type
) -> None:
    hub.fault(Fault(kind="status", value=status, headers=headers, times=2))
    fetching.run()
    assert_complete(fetching)
    assert fetching.errors == [expected] * 2
    assert [r.status for r in data_requests(hub)] == [status, status, 200]


def test_errors_of_the_metadata_pass_too(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="status", where="metadata", value=502))
    hub.fault(Fault(kind="reset", where="metadata", after=-1, skip=1))
    fetching.run()
    assert_complete(fetching)
    assert fetching.errors == [HubRefused, HubUnreachable]


def test_patience_grows_and_obeys() -> None:
    patience = Patience()
    for failures in range(1, 8):
        wait = patience.wait(failures, 0)
        assert 0.5 <= wait / min(90, 2 ** (failures - 1)) <= 1
    assert patience.wait(1, 55) == 55
    assert patience.wait(1, 1e9) == patience.longest_ban
    assert patience.wait(8, 5) > 5


def test_a_server_that_wants_to_be_left_alone_is(hub: LocalHub, fetching: Fetching) -> None:
    waits: list[float] = []

    class Patient(Patience):
        def wait(self, failures: int, ban: float) -> float:
            waits.append(ban)
            return 0.0

    hub.fault(Fault(kind="status", value=503, headers={"Retry-After": "77"}))
    hub.fault(Fault(kind="status", value=429, headers={"Retry-After": "88"}, skip=1))
    hub.fault(Fault(kind="cut", after=1, skip=2))
    fetching.run(Patient())
    assert waits == [77, 88, 0]


def test_an_expired_address_is_asked_for_anew(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="cut", after=1_000_000))
    hub.fault(Fault(kind="expire", skip=1))
    fetching.run()
    assert_complete(fetching)
    assert [r.status for r in data_requests(hub)] == [200, 403, 206]
    assert starts(hub) == [0, 1_000_000, 1_000_000]


def test_a_prohibition_is_believed(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="expire", times=0))
    with pytest.raises(HubRefused) as caught:
        fetching.run(replace(FAST, tries=100))
    assert caught.value.status == 403
    assert len(data_requests(hub)) == 3


def test_gives_up_and_keeps_the_part(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="cut", after=1_000_000))
    hub.fault(Fault(kind="cut", after=-1, skip=1, times=0))
    with pytest.raises(HubUnreachable):
        fetching.run()
    assert starts(hub) == [0] + [1_000_000] * (FAST.tries - 1)
    assert fetching.part.stat().st_size == 1_000_000

    hub.clear_faults()
    hub.clear_requests()
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [1_000_000]


def test_what_is_not_there_is_not_asked_for_twice(hub: LocalHub, tmp_path: Path) -> None:
    fetching = Fetching(hub, tmp_path / "a.gguf", "a.gguf")
    with pytest.raises(RepoFileMissing):
        fetching.run()
    assert len(hub.requests) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_server_without_ranges_starts_again(hub: LocalHub, fetching: Fetching) -> None:
    put_part(hub, fetching.target, 1_000_000)
    hub.fault(Fault(kind="norange", times=0))
    fetching.run()
    assert_complete(fetching)
    assert [(r.range_start, r.status) for r in data_requests(hub)] == [(1_000_000, 200)]


def test_a_server_without_ranges_that_always_fails_is_no_endless_loop(
    hub: LocalHub, fetching: Fetching
) -> None:
    hub.fault(Fault(kind="norange", times=0))
    hub.fault(Fault(kind="cut", after=2_000_000, times=0))
    with pytest.raises(HubUnreachable):
        fetching.run()
    assert len(data_requests(hub)) == FAST.tries


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="content_range", value=10),
        Fault(kind="content_range", value="bytes 0-2999999/3000000"),
        Fault(kind="content_range", value="bytes 1000000-2999999/2999999"),
        Fault(kind="content_range", value="bytes */3000000"),
        Fault(kind="content_range", value=f"bytes {'9' * 5000}-{'9' * 5000}/1"),
        Fault(kind="drop_header", value="Content-Range"),
    ],
)
def test_a_wrong_range_is_not_written(hub: LocalHub, fetching: Fetching, fault: Fault) -> None:
    put_part(hub, fetching.target, 1_000_000)
    hub.fault(fault)
    fetching.run()
    assert_complete(fetching)
    assert fetching.errors == [HubAnswerInvalid]
    assert starts(hub) == [1_000_000, 1_000_000]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="content_range", value=10, times=0),
        Fault(kind="drop_header", value="Content-Range", times=0),
        Fault(kind="status", value=416, times=2),
    ],
)
def test_a_server_that_can_not_do_ranges_gets_no_more(
    hub: LocalHub, fetching: Fetching, fault: Fault
) -> None:
    put_part(hub, fetching.target, 1_000_000)
    hub.fault(fault)
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [1_000_000, 1_000_000, 0]


def test_another_length_is_not_written(hub: LocalHub, fetching: Fetching) -> None:
    """As if a proxy answered with a page of its own."""
    put_part(hub, fetching.target, 1_000_000)
    hub.fault(Fault(kind="status", value=200, times=1))
    fetching.run()
    assert_complete(fetching)
    assert fetching.errors == [HubAnswerInvalid]
    assert starts(hub) == [1_000_000, 1_000_000]


def test_a_part_of_something_else_is_not_used(hub: LocalHub, fetching: Fetching) -> None:
    put_part(hub, fetching.target, 1_000_000)
    new = MODEL[::-1]
    hub.add_repo(REPO, {FILE: new})
    fetching.run()
    assert fetching.target.read_bytes() == new
    assert starts(hub) == [0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"version": 1}',
        sidecar(version=2),
        sidecar(repo=[]),
        b" " * 100_000,
    ],
)
def test_a_sidecar_that_says_nothing_is_not_believed(
    hub: LocalHub, fetching: Fetching, content: bytes
) -> None:
    put_part(hub, fetching.target, 1_000_000)
    fetching.sidecar.write_bytes(content)
    assert read_sidecar(fetching.target) is None
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [0]


def test_a_part_without_its_sidecar_starts_again(hub: LocalHub, fetching: Fetching) -> None:
    put_part(hub, fetching.target, 1_000_000)
    fetching.sidecar.unlink()
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [0]


def test_a_part_that_is_too_long_starts_again(hub: LocalHub, fetching: Fetching) -> None:
    put_part(hub, fetching.target, SIZE)
    with fetching.part.open("ab") as part:
        part.write(b"more")
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [0]


def test_another_mirror_goes_on_with_the_same_part(hub: LocalHub, fetching: Fetching) -> None:
    put_part(hub, fetching.target, 1_000_000)
    with LocalHub() as mirror:
        mirror.add_repo(REPO, {FILE: MODEL}, card="Another commit.")
        other = Fetching(mirror, fetching.target)
        other.run()
        assert_complete(other)
        assert starts(mirror) == [1_000_000]


def test_the_file_changes_meanwhile(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="cut", after=1_000_000))

    def look(progress: TransferProgress) -> None:
        if progress.state is DownloadState.RECONNECTING:
            hub.swap(REPO, FILE, MODEL[::-1])

    fetching.on_progress = look
    with pytest.raises(FileChangedOnHub) as caught:
        fetching.run()
    assert (caught.value.repo, caught.value.file) == (REPO, FILE)
    assert fetching.part.stat().st_size == 1_000_000


def test_a_wrong_byte_is_found_and_said(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="corrupt", after=2_222_222))
    fetching.run()
    assert_complete(fetching)
    assert fetching.errors == [ChecksumMismatch]
    assert starts(hub) == [0, 0]
    assert data_requests(hub)[1].headers["cache-control"] == "no-cache"


def test_bytes_that_stay_wrong_are_not_kept(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="corrupt", after=2_222_222, times=0))
    with pytest.raises(ChecksumMismatch):
        fetching.run()
    assert len(data_requests(hub)) == 2
    assert list(fetching.target.parent.iterdir()) == []


def test_a_part_that_was_damaged_on_the_disk(hub: LocalHub, fetching: Fetching) -> None:
    """As after a loss of power."""
    put_part(hub, fetching.target, 2_000_000)
    with fetching.part.open("r+b") as part:
        part.seek(1_900_000)
        part.write(bytes(100_000))
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [2_000_000, 0]


def test_a_small_file_has_git_s_hash(hub: LocalHub, tmp_path: Path) -> None:
    fetching = Fetching(hub, tmp_path / "config.json", "config.json")
    hub.fault(Fault(kind="corrupt", where="metadata", match="config.json", method="GET", after=3))
    resolved = fetching.run()
    assert resolved is not None
    assert (resolved.sha256, len(resolved.etag)) == ("", 40)
    assert fetching.errors == [ChecksumMismatch]
    assert fetching.target.read_bytes() == b'{"a": 1}'


def test_an_empty_file(hub: LocalHub, tmp_path: Path) -> None:
    hub.add_repo(REPO, {"empty.gguf": b""})
    fetching = Fetching(hub, tmp_path / "empty.gguf", "empty.gguf")
    fetching.run()
    assert fetching.target.read_bytes() == b""
    assert data_requests(hub) == []


def test_what_is_there_is_not_fetched(hub: LocalHub, fetching: Fetching) -> None:
    fetching.target.parent.mkdir()
    fetching.target.write_bytes(MODEL)
    assert fetching.run() is not None
    assert data_requests(hub) == []
    assert_complete(fetching)


def test_what_is_there_but_wrong_is_replaced(hub: LocalHub, fetching: Fetching) -> None:
    fetching.target.parent.mkdir()
    fetching.target.write_bytes(MODEL[::-1])
    fetching.run()
    assert_complete(fetching)


def test_space_is_checked_before(hub: LocalHub, fetching: Fetching) -> None:
    put_part(hub, fetching.target, 1_000_000)
    needed = SIZE - 1_000_000 + transfer.RESERVE
    with pytest.raises(DiskFull):
        fetching.run(space=lambda folder: needed - 1)
    assert data_requests(hub) == []
    fetching.run(space=lambda folder: needed)
    assert_complete(fetching)
    assert starts(hub) == [1_000_000]


def test_space_is_checked_meanwhile(
    hub: LocalHub, fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_LOOK_AT_DISK", 1 << 20)
    answers = [1 << 40, 0]
    with pytest.raises(DiskFull):
        fetching.run(space=lambda folder: answers.pop(0))
    size = fetching.part.stat().st_size
    assert 1 << 20 <= size < SIZE
    hub.clear_requests()
    fetching.run()
    assert_complete(fetching)
    assert starts(hub) == [size]


if sys.platform == "linux":

    def test_a_full_disk(hub: LocalHub, fetching: Fetching) -> None:
        fetching.target.parent.mkdir()
        fetching.part.symlink_to("/dev/full")
        with pytest.raises(DiskFull) as caught:
            fetching.run()
        assert caught.value.path == str(fetching.target.parent)
        fetching.part.unlink()
        fetching.run()
        assert_complete(fetching)


if sys.platform != "win32":

    def test_a_disk_that_can_not_keep_large_files(hub: LocalHub, fetching: Fetching) -> None:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
        try:
            with pytest.raises(FileTooLargeForDisk):
                fetching.run()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert fetching.part.stat().st_size == 1 << 20
        hub.clear_requests()
        fetching.run()
        assert_complete(fetching)
        assert starts(hub) == [1 << 20]


def test_a_folder_that_can_not_be_made(hub: LocalHub, tmp_path: Path) -> None:
    (tmp_path / "org").write_text("a file")
    fetching = Fetching(hub, tmp_path / "org" / FILE)
    with pytest.raises(FolderNotWritable):
        fetching.run()
    assert data_requests(hub) == []


def test_one_writer_at_a_time(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="stall", after=1_000_000))
    thread = fetching.run_aside()
    hub.wait_for(lambda: any(r.bytes_sent for r in data_requests(hub)))
    other = Fetching(hub, fetching.target)
    with pytest.raises(DownloadBusy):
        other.run()
    assert not discard_part(fetching.target)
    hub.clear_faults()
    thread.join(30)
    assert_complete(fetching)
    assert other.run() is not None
    assert len(data_requests(hub)) == 1


def test_the_lock_goes_with_its_holder(tmp_path: Path) -> None:
    source = Source("r", "f", "c", "0" * 64, 10, "")
    part = PartFile(tmp_path / "a", source)
    part.write(b"1234")
    with pytest.raises(DownloadBusy):
        PartFile(tmp_path / "a", source)
    part.close()
    again = PartFile(tmp_path / "a", source)
    assert again.size == 4
    again.close()
    assert discard_part(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
    assert discard_part(tmp_path / "a")


def test_a_part_that_another_one_finished_is_opened_anew(tmp_path: Path) -> None:
    """Between opening and locking, the part became the target: that must not be written."""
    source = Source("r", "f", "c", "", 4, "")
    first = PartFile(tmp_path / "a", source)
    first.write(b"1234")
    opened = threading.Event()
    errors: list[ChatappError] = []

    def write_second() -> None:
        opened.set()
        while True:
            try:
                second = PartFile(tmp_path / "a", source)
            except DownloadBusy:
                continue
            except ChatappError as error:
                errors.append(error)
                return
            second.write(b"abcd")
            second.close()
            return

    thread = threading.Thread(target=write_second)
    thread.start()
    opened.wait()
    first.publish()
    thread.join(30)
    assert errors == []
    assert (tmp_path / "a").read_bytes() == b"1234"


def test_offline_ends_it(hub: LocalHub, fetching: Fetching) -> None:
    asked = Hub(hub)
    try:
        with asked.open_client() as client:
            resolved = asked.client.resolve(REPO, "main", FILE)
            asked.network.is_offline = True
            with pytest.raises(Offline):
                transfer.fetch_file(
                    lambda: resolved,
                    fetching.target,
                    client=client,
                    stop=fetching.stop,
                    on_progress=fetching.seen.append,
                )
    finally:
        asked.close()
    assert data_requests(hub) == []


class Waits(threading.Event):
    """Notes for how long somebody wants to wait, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout or 0.0)
        return False


def test_pace_without_a_limit_never_waits() -> None:
    waits = Waits()
    pace = Pace()
    for _ in range(1000):
        pace.take(1 << 20, waits)
    assert waits.seconds == []


@pytest.mark.parametrize(
    ("limit", "is_answering", "rate"),
    [
        (1_000_000, False, 1_000_000),
        (1_000_000, True, 1_000_000),
        (0, True, WHILE_ANSWERING),
        (WHILE_ANSWERING * 2, True, WHILE_ANSWERING),
    ],
)
def test_pace_keeps_to_the_limit(limit: int, is_answering: bool, rate: int) -> None:
    waits = Waits()
    pace = Pace(limit, is_answering=lambda: is_answering)
    for _ in range(100):
        pace.take(rate // 10, waits)
    # Ten seconds' worth was taken in no time.
    assert 9 < max(waits.seconds) <= 10


class Counted(Pace):
    """Notes how many bytes wanted to come."""

    taken = 0

    def take(self, count: int, stop: threading.Event) -> None:
        self.taken += count


def test_a_download_keeps_to_the_pace(hub: LocalHub, fetching: Fetching) -> None:
    pace = Counted()
    fetching.run(pace=pace)
    assert_complete(fetching)
    assert SIZE - LOST < pace.taken <= SIZE


def test_reading_again_keeps_to_the_pace(hub: LocalHub, fetching: Fetching) -> None:
    """It is work too, but less for each byte."""
    put_part(hub, fetching.target, SIZE)
    pace = Counted()
    fetching.run(pace=pace)
    assert_complete(fetching)
    assert 0 < pace.taken < SIZE // 4


def test_moved_with_its_folder(hub: LocalHub, fetching: Fetching, tmp_path: Path) -> None:
    put_part(hub, fetching.target, 1_000_000)
    shutil.move(fetching.target.parent, tmp_path / "elsewhere")
    moved = Fetching(hub, tmp_path / "elsewhere" / FILE)
    moved.run()
    assert_complete(moved)
    assert starts(hub) == [1_000_000]
