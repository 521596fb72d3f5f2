"""The queue: what a person wants holds at once, and holds over every kind of end."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.domain.download import DownloadItem, DownloadState, Order, Resolved
from chatapp.domain.hub import RepoFile
from chatapp.errors import (
    DiskFull,
    DownloadBusy,
    FileChangedOnHub,
    FolderNotWritable,
    HubRefused,
    HubUnreachable,
    NameUnsafe,
    Offline,
    RepoGated,
)
from chatapp.hub.awake import Awake
from chatapp.hub.downloads import Downloads
from chatapp.hub.queue_file import QueueFile
from chatapp.hub.transfer import Patience
from tests.hub.transfers import (
    FAST,
    FILE,
    MODEL,
    REPO,
    SIZE,
    Fetching,
    Hub,
    data_requests,
    starts,
)
from tests.local_hub import Fault, LocalHub

SHARDS = tuple(f"big/Big-0000{n}-of-00003.gguf" for n in (1, 2, 3))
PROJECTOR = "mmproj-Big-F16.gguf"
SLOW = 5_000_000  # bytes a second


class Sleepless(Awake):
    """Notes when the computer is kept awake, and tells when that changes."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        super().__init__()
        self.is_held = False
        self.times = 0
        self._on_change = on_change

    def hold(self) -> None:
        if not self.is_held:
            self.is_held = True
            self.times += 1
            self._on_change()

    def release(self) -> None:
        if self.is_held:
            self.is_held = False
            self._on_change()


def ignore(path: Path, wanted: Order, file: str, resolved: Resolved) -> None:
    pass


class Queue:
    """The service on the local Hub, and what its listener was told."""

    def __init__(
        self,
        hub: LocalHub,
        home: Path,
        *,
        at_once: int = 1,
        patience: Patience = FAST,
        retry_after: float = 600,
        is_kept: bool = True,
        arrived: Callable[[Path, Order, str, Resolved], None] = ignore,
    ) -> None:
        self.hub = Hub(hub)
        self.models = home / "models"
        self.told: list[tuple[DownloadItem, ...]] = []
        self._news = threading.Condition()
        self.awake = Sleepless(self._wake)
        self.may_keep_awake = True
        self.is_held = False
        (home / "data").mkdir(parents=True, exist_ok=True)
        self.downloads = Downloads(
            QueueFile(home / "data") if is_kept else None,
            lambda: self.models,
            resolve=self.hub.client.resolve,
            open_client=self.hub.open_client,
            arrived=arrived,
            awake=self.awake,
            may_keep_awake=lambda: self.may_keep_awake,
            is_held=lambda: self.is_held,
            at_once=at_once,
            patience=patience,
            retry_after=retry_after,
        )
        self.downloads.subscribe(self._hear)

    def close(self) -> None:
        self.downloads.close()
        self.hub.close()

    def item(self, item_id: str) -> DownloadItem:
        return next(item for item in self.downloads.items if item.id == item_id)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until it is true; it is asked whenever something was told."""
        with self._news:
            assert self._news.wait_for(condition, 30), self.downloads.items

    def wait_for(self, item_id: str, *states: DownloadState) -> DownloadItem:
        self.wait(lambda: self.item(item_id).state in states)
        return self.item(item_id)

    def path(self, file: str = FILE, repo: str = REPO) -> Path:
        return self.models / repo / file

    def _hear(self, items: tuple[DownloadItem, ...]) -> None:
        self.told.append(items)
        self._wake()

    def _wake(self) -> None:
        with self._news:
            self._news.notify_all()


MakeQueue = Callable[..., Queue]


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_repo(REPO, {FILE: MODEL, "Tiny-Q8_0.gguf": MODEL[::-1]})
        hub.add_repo("org/Small-GGUF", {"s.gguf": b"small"})
        files = {path: MODEL[n * 1000 :] for n, path in enumerate((*SHARDS, PROJECTOR))}
        hub.add_repo("org/Big-GGUF", files)
        yield hub


@pytest.fixture
def make_queue(hub: LocalHub, tmp_path: Path) -> Iterator[MakeQueue]:
    with ExitStack() as stack:

        def make(**options: object) -> Queue:
            queue = Queue(hub, tmp_path, **options)  # type: ignore[arg-type]
            stack.callback(queue.close)
            return queue

        yield make


def order(file: str = FILE, repo: str = REPO) -> Order:
    return Order(repo, (RepoFile(file),), name=file)


def big_order() -> Order:
    sizes = {path: SIZE - n * 1000 for n, path in enumerate((*SHARDS, PROJECTOR))}
    return Order("org/Big-GGUF", tuple(RepoFile(p, size) for p, size in sizes.items()))


def left_behind(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_an_order_arrives(hub: LocalHub, make_queue: MakeQueue) -> None:
    queue = make_queue()
    item_id = queue.downloads.add(order())
    item = queue.wait_for(item_id, DownloadState.DONE)
    assert queue.path().read_bytes() == MODEL
    assert left_behind(queue.models) == [f"{REPO}/{FILE}"]
    assert (item.done, item.size, item.error) == (SIZE, SIZE, None)
    assert item.targets == (f"{REPO}/{FILE}",)
    assert item.commit == hub.repo(REPO).main  # type: ignore[union-attr]
    queue.wait(lambda: not queue.awake.is_held)
    assert queue.awake.times == 1


def test_the_library_hears_of_each_file(hub: LocalHub, make_queue: MakeQueue) -> None:
    heard: list[tuple[str, str, bool]] = []

    def arrived(path: Path, wanted: Order, file: str, resolved: Resolved) -> None:
        assert wanted == big_order()
        assert resolved.sha256 == hub.sha256("org/Big-GGUF", file)
        heard.append((str(path.relative_to(queue.models)), file, path.is_file()))

    queue = make_queue(arrived=arrived)
    queue.wait_for(queue.downloads.add(big_order()), DownloadState.DONE)
    assert heard == [(f"org/Big-GGUF/{path}", path, True) for path in (*SHARDS, PROJECTOR)]


def test_nothing_begins_while_the_models_are_moved(hub: LocalHub, make_queue: MakeQueue) -> None:
    queue = make_queue()
    queue.is_held = True
    item_id = queue.downloads.add(order())
    queue.wait(lambda: bool(queue.told))
    assert queue.item(item_id).state is DownloadState.WAITING
    assert hub.requests == []
    queue.is_held = False  # the queue finds out by itself
    queue.wait_for(item_id, DownloadState.DONE)


def test_the_computer_sleeps_if_it_is_told_to(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="stall", after=1_000_000))
    queue = make_queue()
    queue.may_keep_awake = False
    item_id = queue.downloads.add(order())
    hub.wait_for(lambda: any(r.bytes_sent == 1_000_000 for r in data_requests(hub)))
    assert queue.awake.times == 0
    queue.may_keep_awake = True  # counts for what is at work already
    queue.wait(lambda: queue.awake.is_held)
    queue.may_keep_awake = False
    queue.wait(lambda: not queue.awake.is_held)
    hub.clear_faults()
    queue.wait_for(item_id, DownloadState.DONE)
    assert queue.awake.times == 1


def test_speed_and_time_left(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.limit(2_000_000)
    queue = make_queue()
    item_id = queue.downloads.add(order())
    queue.wait(lambda: queue.item(item_id).seconds_left is not None)
    item = queue.item(item_id)
    assert item.speed > 0
    assert item.seconds_left == pytest.approx((item.size - item.done) / item.speed, rel=0.5)
    hub.limit(None)
    item = queue.wait_for(item_id, DownloadState.DONE)
    assert (item.speed, item.seconds_left) == (0.0, None)


def test_several_files_are_one_item(make_queue: MakeQueue) -> None:
    queue = make_queue()
    item_id = queue.downloads.add(big_order())
    item = queue.wait_for(item_id, DownloadState.DONE)
    assert left_behind(queue.models) == sorted(
        f"org/Big-GGUF/{path}" for path in (*SHARDS, PROJECTOR)
    )
    assert item.size == item.done == 4 * SIZE - 6000
    history = [items[0] for items in queue.told if items]
    assert [i.done for i in history] == sorted(i.done for i in history)
    assert {i.size for i in history} == {item.size}
    for earlier in history:
        complete = [file.is_complete for file in earlier.files]
        assert complete == sorted(complete, reverse=True)
        assert all(complete) or earlier.state is not DownloadState.DONE


def test_pause_and_resume(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.limit(SLOW)
    queue = make_queue()
    item_id = queue.downloads.add(order())
    queue.wait(lambda: queue.item(item_id).done > 0)
    queue.downloads.pause(item_id)
    assert queue.item(item_id).state is DownloadState.PAUSED
    hub.wait_for(lambda: all(r.is_done for r in hub.requests))
    queue.wait(lambda: not queue.awake.is_held)
    size = queue.path(f"{FILE}.part").stat().st_size
    assert 0 < size < SIZE

    hub.limit(None)
    hub.clear_requests()
    queue.downloads.resume(item_id)
    queue.wait_for(item_id, DownloadState.DONE)
    assert starts(hub) == [size]
    assert queue.path().read_bytes() == MODEL


def test_pause_and_resume_in_silence(hub: LocalHub, make_queue: MakeQueue) -> None:
    """The second run begins only when the first one has let go of the part."""
    hub.fault(Fault(kind="stall", after=1_000_000))
    queue = make_queue(patience=replace(FAST, read=600))
    item_id = queue.downloads.add(order())
    hub.wait_for(lambda: any(r.bytes_sent == 1_000_000 for r in data_requests(hub)))
    queue.downloads.pause(item_id)
    queue.downloads.resume(item_id)
    queue.wait_for(item_id, DownloadState.DONE)
    assert starts(hub)[1] <= 1_000_000
    assert all(item.error is None for items in queue.told for item in items)


def test_one_after_the_other_in_the_order_of_the_queue(
    hub: LocalHub, make_queue: MakeQueue
) -> None:
    hub.fault(Fault(kind="stall", match=FILE, after=1_000_000))
    queue = make_queue()
    first = queue.downloads.add(order())
    hub.wait_for(lambda: any(r.bytes_sent == 1_000_000 for r in data_requests(hub)))
    second = queue.downloads.add(order("Tiny-Q8_0.gguf"))
    third = queue.downloads.add(order("s.gguf", "org/Small-GGUF"))
    queue.downloads.move(third, 0)
    assert [item.id for item in queue.downloads.items] == [third, first, second]
    assert [queue.item(i).state for i in (second, third)] == [DownloadState.WAITING] * 2
    hub.clear_faults()
    for item_id in (first, second, third):
        queue.wait_for(item_id, DownloadState.DONE)
    asked = [request.path.rpartition("/")[2] for request in data_requests(hub)]
    assert asked == [FILE, "s.gguf", "Tiny-Q8_0.gguf"]


def test_two_at_once(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="stall", after=1_000, times=2))
    queue = make_queue(at_once=2)
    both = [queue.downloads.add(order()), queue.downloads.add(order("Tiny-Q8_0.gguf"))]
    third = queue.downloads.add(order("s.gguf", "org/Small-GGUF"))
    hub.wait_for(lambda: sum(r.bytes_sent == 1_000 for r in data_requests(hub)) == 2)
    assert queue.item(third).state is DownloadState.WAITING
    hub.clear_faults()
    for item_id in (*both, third):
        queue.wait_for(item_id, DownloadState.DONE)


def test_what_shares_a_file_does_not_run_at_once(hub: LocalHub, make_queue: MakeQueue) -> None:
    queue = make_queue(at_once=2)
    shared = RepoFile("Tiny-Q8_0.gguf")
    one = queue.downloads.add(Order(REPO, (RepoFile(FILE), shared)))
    two = queue.downloads.add(Order(REPO, (shared,)))
    for item_id in (one, two):
        queue.wait_for(item_id, DownloadState.DONE)
    asked = [request.path.rpartition("/")[2] for request in data_requests(hub)]
    assert asked == [FILE, "Tiny-Q8_0.gguf"]
    assert all(item.error is None for items in queue.told for item in items)


def test_goes_on_after_a_restart(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.limit(SLOW)
    queue = make_queue()
    running = queue.downloads.add(order())
    waiting = queue.downloads.add(order("Tiny-Q8_0.gguf"))
    paused = queue.downloads.add(order("s.gguf", "org/Small-GGUF"))
    queue.downloads.pause(paused)
    queue.wait(lambda: queue.item(running).done > 0)
    queue.close()
    size = queue.path(f"{FILE}.part").stat().st_size
    hub.limit(None)
    hub.clear_requests()

    again = make_queue()
    assert [item.id for item in again.downloads.items] == [running, waiting, paused]
    assert again.item(running).order == order()
    for item_id in (running, waiting):
        again.wait_for(item_id, DownloadState.DONE)
    assert again.item(paused).state is DownloadState.PAUSED
    assert starts(hub) == [size, 0]
    assert again.path().read_bytes() == MODEL
    again.close()

    third = make_queue()
    assert [item.id for item in third.downloads.items] == [paused]


def test_a_set_goes_on_after_a_restart(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="stall", match=SHARDS[1], after=1_000_000))
    queue = make_queue()
    item_id = queue.downloads.add(big_order())
    hub.wait_for(lambda: any(r.bytes_sent == 1_000_000 for r in data_requests(hub)))
    queue.wait(lambda: queue.item(item_id).files[0].is_complete)
    queue.close()
    hub.clear_faults()
    hub.clear_requests()

    again = make_queue()
    item = again.item(item_id)
    assert [file.is_complete for file in item.files] == [True, False, False, False]
    again.wait_for(item_id, DownloadState.DONE)
    asked = [request.path for request in data_requests(hub)]
    assert not any(SHARDS[0] in path for path in asked)
    assert starts(hub)[0] <= 1_000_000


def test_a_file_that_vanished_is_fetched_again(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="stall", match=SHARDS[1]))
    queue = make_queue()
    item_id = queue.downloads.add(big_order())
    queue.wait(lambda: queue.item(item_id).files[0].is_complete)
    queue.close()
    queue.path(SHARDS[0], "org/Big-GGUF").unlink()
    hub.clear_faults()

    again = make_queue()
    again.wait_for(item_id, DownloadState.DONE)
    assert len(left_behind(again.models)) == 4


def test_closes_in_silence(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="stall", where="metadata"))
    queue = make_queue(patience=replace(FAST, read=600))
    queue.downloads.add(order())
    hub.wait_for(lambda: bool(hub.requests))
    queue.downloads.close()
    assert not any(thread.name.startswith("download") for thread in threading.enumerate())
    assert not queue.awake.is_held


def test_cancel_leaves_nothing(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="stall", match=SHARDS[1], after=1_000_000))
    queue = make_queue()
    queue.path(PROJECTOR, "org/Big-GGUF").parent.mkdir(parents=True)
    queue.path(PROJECTOR, "org/Big-GGUF").write_bytes(MODEL[3000:])
    running = queue.downloads.add(big_order())
    waiting = queue.downloads.add(order())
    hub.wait_for(lambda: any(r.bytes_sent == 1_000_000 for r in data_requests(hub)))
    queue.wait(lambda: queue.item(running).files[0].is_complete)
    for path in (SHARDS[0], PROJECTOR):  # what the library keeps
        queue.path(f"{path}.json", "org/Big-GGUF").write_text("{}")
    queue.downloads.cancel(running)
    assert [item.id for item in queue.downloads.items] == [waiting]
    queue.wait_for(waiting, DownloadState.DONE)
    # What was there before stays.
    kept = [f"org/Big-GGUF/{PROJECTOR}", f"org/Big-GGUF/{PROJECTOR}.json", f"{REPO}/{FILE}"]
    assert left_behind(queue.models) == kept
    queue.downloads.cancel(waiting)
    assert queue.downloads.items == ()
    queue.close()
    assert left_behind(queue.models) == kept


def test_cancel_of_a_paused_one(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.limit(SLOW)
    queue = make_queue()
    item_id = queue.downloads.add(order())
    queue.wait(lambda: queue.item(item_id).done > 0)
    queue.downloads.pause(item_id)
    queue.wait(lambda: not queue.awake.is_held)
    queue.downloads.cancel(item_id)
    queue.wait(lambda: queue.told[-1] == ())
    assert list(queue.models.iterdir()) == []


def test_a_failure_is_told_and_can_be_tried_again(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="cut", after=1_000_000))
    hub.fault(Fault(kind="cut", after=-1, skip=1, times=0))
    queue = make_queue()
    item_id = queue.downloads.add(order())
    item = queue.wait_for(item_id, DownloadState.FAILED)
    assert isinstance(item.error, HubUnreachable)
    assert item.done == 1_000_000
    queue.close()

    again = make_queue()
    item = again.item(item_id)
    assert item.state is DownloadState.FAILED
    assert isinstance(item.error, HubUnreachable)
    hub.clear_faults()
    hub.clear_requests()
    again.downloads.retry(item_id)
    again.wait_for(item_id, DownloadState.DONE)
    assert starts(hub) == [1_000_000]


def test_no_connection_shows_at_once(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="cut", after=1_000_000))
    queue = make_queue(patience=replace(FAST, first_wait=600, longest_wait=600))
    item_id = queue.downloads.add(order())
    item = queue.wait_for(item_id, DownloadState.RECONNECTING)
    assert isinstance(item.error, HubUnreachable)
    assert (item.done, item.speed, item.seconds_left) == (1_000_000, 0.0, None)
    assert item.retry_at is not None
    assert 200 < item.retry_at - time.monotonic() <= 600
    queue.downloads.pause(item_id)
    assert queue.wait_for(item_id, DownloadState.PAUSED).retry_at is None


def test_a_network_that_comes_back_is_noticed(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="status", value=503, times=3 * FAST.tries))
    queue = make_queue(retry_after=0.01)
    item_id = queue.downloads.add(order())
    queue.wait_for(item_id, DownloadState.DONE)
    assert len(data_requests(hub)) == 3 * FAST.tries + 1


def test_a_network_that_comes_back_after_a_restart(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="status", value=503, times=FAST.tries))
    queue = make_queue()
    item_id = queue.downloads.add(order())
    queue.wait_for(item_id, DownloadState.FAILED)
    queue.close()
    again = make_queue(retry_after=0.01)
    again.wait_for(item_id, DownloadState.DONE)


def test_what_does_not_pass_is_not_tried_again(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.add_repo("org/Locked-GGUF", {"l.gguf": b"x"}, gated="manual")
    queue = make_queue(retry_after=0.01)
    locked = queue.downloads.add(order("l.gguf", "org/Locked-GGUF"))
    item = queue.wait_for(locked, DownloadState.FAILED)
    assert item.error is not None
    assert (type(item.error), item.error.repo) == (RepoGated, "org/Locked-GGUF")  # type: ignore[attr-defined]
    other = queue.downloads.add(order())
    queue.wait_for(other, DownloadState.DONE)
    assert queue.item(locked).state is DownloadState.FAILED


def test_prohibited_data_names_the_host(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="expire", times=0))
    queue = make_queue()
    item = queue.wait_for(queue.downloads.add(order()), DownloadState.FAILED)
    assert isinstance(item.error, HubRefused)
    assert item.error.host == "127.0.0.1"


if Path("/dev/full").exists():

    def test_a_full_disk_pauses(make_queue: MakeQueue) -> None:
        queue = make_queue()
        part = queue.path(f"{FILE}.part")
        part.parent.mkdir(parents=True)
        part.symlink_to("/dev/full")
        item_id = queue.downloads.add(order())
        item = queue.wait_for(item_id, DownloadState.PAUSED)
        assert isinstance(item.error, DiskFull)
        queue.close()

        part.unlink()
        again = make_queue()
        item = again.item(item_id)
        assert item.state is DownloadState.PAUSED
        assert isinstance(item.error, DiskFull)
        again.downloads.resume(item_id)
        again.wait_for(item_id, DownloadState.DONE)

    def test_the_queue_survives_when_it_can_not_be_saved(
        make_queue: MakeQueue, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        queue = make_queue()
        paused = queue.downloads.add(order())
        queue.wait_for(paused, DownloadState.DONE)
        (tmp_path / "data").rename(tmp_path / "away")
        (tmp_path / "data").write_text("no folder")
        with caplog.at_level(logging.ERROR, "chatapp.hub.queue_file"):
            item_id = queue.downloads.add(order("Tiny-Q8_0.gguf"))
            queue.wait_for(item_id, DownloadState.DONE)
            queue.close()
        assert "not saved" in caplog.text


def test_offline_pauses(make_queue: MakeQueue) -> None:
    queue = make_queue()
    queue.hub.network.is_offline = True
    item_id = queue.downloads.add(order())
    item = queue.wait_for(item_id, DownloadState.PAUSED)
    assert isinstance(item.error, Offline)
    queue.hub.network.is_offline = False
    queue.downloads.resume(item_id)
    queue.wait_for(item_id, DownloadState.DONE)


def test_a_folder_that_can_not_be_written(make_queue: MakeQueue) -> None:
    queue = make_queue()
    queue.models.mkdir()
    (queue.models / "org").write_text("a file")
    item = queue.wait_for(queue.downloads.add(order()), DownloadState.FAILED)
    assert isinstance(item.error, FolderNotWritable)


def test_the_commit_is_pinned(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.limit(SLOW)
    queue = make_queue()
    item_id = queue.downloads.add(order())
    queue.wait(lambda: queue.item(item_id).done > 0)
    queue.close()
    hub.limit(None)
    hub.add_repo(REPO, {FILE: MODEL[::-1]})

    again = make_queue()
    again.wait_for(item_id, DownloadState.DONE)
    assert again.path().read_bytes() == MODEL


@pytest.mark.parametrize("wanted", [RepoFile(FILE, SIZE + 1), RepoFile(FILE, SIZE, "0" * 64)])
def test_another_file_than_was_chosen(make_queue: MakeQueue, wanted: RepoFile) -> None:
    queue = make_queue()
    item = queue.wait_for(queue.downloads.add(Order(REPO, (wanted,))), DownloadState.FAILED)
    assert isinstance(item.error, FileChangedOnHub)
    assert not queue.models.exists()


def test_the_same_order_twice_is_one(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="stall", after=1_000))
    queue = make_queue()
    item_id = queue.downloads.add(order())
    assert queue.downloads.add(order()) == item_id
    queue.downloads.pause(item_id)
    assert queue.downloads.add(order()) == item_id
    hub.clear_faults()
    queue.wait_for(item_id, DownloadState.DONE)
    assert len(queue.downloads.items) == 1
    # A finished one may be wanted once more.
    other = queue.downloads.add(order())
    assert [item.id for item in queue.downloads.items] == [other]
    queue.wait_for(other, DownloadState.DONE)


@pytest.mark.parametrize(
    ("repo", "file"), [(REPO, "../../up.gguf"), ("../up", FILE), (REPO, "model.gguf.json")]
)
def test_names_that_lead_elsewhere(make_queue: MakeQueue, repo: str, file: str) -> None:
    queue = make_queue()
    with pytest.raises(NameUnsafe):
        queue.downloads.add(order(file, repo))
    assert queue.downloads.items == ()


def test_what_is_unknown_is_left_alone(make_queue: MakeQueue) -> None:
    queue = make_queue()
    for method in (
        queue.downloads.pause,
        queue.downloads.resume,
        queue.downloads.retry,
        queue.downloads.cancel,
    ):
        method("nothing")
    queue.downloads.move("nothing", 1)
    assert queue.downloads.items == ()


def test_two_instances(hub: LocalHub, make_queue: MakeQueue) -> None:
    hub.fault(Fault(kind="stall", after=1_000_000))
    first = make_queue()
    running = first.downloads.add(order())
    hub.wait_for(lambda: any(r.bytes_sent == 1_000_000 for r in data_requests(hub)))
    second = make_queue()
    assert second.downloads.items == ()
    same = second.downloads.add(order())
    item = second.wait_for(same, DownloadState.FAILED)
    assert isinstance(item.error, DownloadBusy)
    other = second.downloads.add(order("s.gguf", "org/Small-GGUF"))
    second.downloads.pause(other)
    hub.clear_faults()
    first.wait_for(running, DownloadState.DONE)
    second.downloads.retry(same)
    second.wait_for(same, DownloadState.DONE)
    assert len(data_requests(hub)) == 1
    second.close()
    first.close()

    # What the second one left is not forgotten, though there is only one now.
    third = make_queue()
    assert [item.id for item in third.downloads.items] == [other]
    fourth = make_queue()
    assert fourth.downloads.items == ()


def test_without_a_queue_the_part_is_kept(
    hub: LocalHub, make_queue: MakeQueue, tmp_path: Path
) -> None:
    hub.limit(SLOW)
    queue = make_queue(is_kept=False)
    item_id = queue.downloads.add(order())
    queue.wait(lambda: queue.item(item_id).done > 0)
    queue.close()
    assert list((tmp_path / "data").iterdir()) == []
    size = queue.path(f"{FILE}.part").stat().st_size
    hub.limit(None)
    hub.clear_requests()
    again = make_queue(is_kept=False)
    again.wait_for(again.downloads.add(order()), DownloadState.DONE)
    assert starts(hub) == [size]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"version": 2, "downloads": []}',
        b'{"version": 1, "downloads": [{"id": 1}]}',
        b'{"version": 1, "downloads": 5}',
    ],
)
def test_a_damaged_queue_is_put_aside(
    make_queue: MakeQueue, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "downloads-1.json").write_bytes(content)
    with caplog.at_level(logging.ERROR, "chatapp.hub.queue_file"):
        queue = make_queue()
    assert "damaged" in caplog.text
    assert queue.downloads.items == ()
    assert (tmp_path / "data" / "downloads-1.damaged.json").read_bytes() == content
    queue.wait_for(queue.downloads.add(order()), DownloadState.DONE)


def test_a_queue_that_was_tampered_with(
    hub: LocalHub, make_queue: MakeQueue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    queue = make_queue()
    good = queue.downloads.add(order())
    queue.downloads.pause(good)
    bad = queue.downloads.add(order("Tiny-Q8_0.gguf"))
    queue.downloads.pause(bad)
    queue.close()
    path = tmp_path / "data" / "downloads-1.json"
    data = json.loads(path.read_text())
    data["downloads"][1]["repo"] = "../../up"
    path.write_text(json.dumps(data))
    with caplog.at_level(logging.ERROR, "chatapp.hub.downloads"):
        again = make_queue()
    assert [item.id for item in again.downloads.items] == [good]


def test_moved_folder(hub: LocalHub, make_queue: MakeQueue, tmp_path: Path) -> None:
    hub.limit(SLOW)
    queue = make_queue()
    item_id = queue.downloads.add(order())
    queue.wait(lambda: queue.item(item_id).done > 0)
    queue.downloads.pause(item_id)
    queue.wait(lambda: not queue.awake.is_held)
    size = queue.path(f"{FILE}.part").stat().st_size
    queue.models.rename(tmp_path / "another disk")
    queue.models = tmp_path / "another disk"
    hub.limit(None)
    hub.clear_requests()
    queue.downloads.resume(item_id)
    queue.wait_for(item_id, DownloadState.DONE)
    assert starts(hub) == [size]
    assert queue.path().read_bytes() == MODEL


def test_other_connections_do_not_matter(hub: LocalHub, make_queue: MakeQueue) -> None:
    """A failed search, say, must not end a download that runs beside it."""
    hub.fault(Fault(kind="stall", after=1_000_000))
    queue = make_queue()
    item_id = queue.downloads.add(order())
    hub.wait_for(lambda: any(r.bytes_sent == 1_000_000 for r in data_requests(hub)))
    hub.fault(Fault(kind="reset", where="metadata", after=-1, times=0))
    with pytest.raises(HubUnreachable):
        queue.hub.client.repo(REPO)
    hub.clear_faults()
    queue.wait_for(item_id, DownloadState.DONE)
    assert len(data_requests(hub)) == 1


def test_unsubscribe(make_queue: MakeQueue) -> None:
    queue = make_queue()
    heard: list[object] = []
    unsubscribe = queue.downloads.subscribe(heard.append)
    unsubscribe()
    queue.wait_for(queue.downloads.add(order()), DownloadState.DONE)
    assert heard == []


def test_fetching_beside_the_queue(hub: LocalHub, make_queue: MakeQueue) -> None:
    """What the command line fetches meanwhile is left alone."""
    hub.fault(Fault(kind="stall", after=1_000_000))
    queue = make_queue()
    fetching = Fetching(hub, queue.path())
    thread = fetching.run_aside()
    hub.wait_for(lambda: any(r.bytes_sent == 1_000_000 for r in data_requests(hub)))
    item = queue.wait_for(queue.downloads.add(order()), DownloadState.FAILED)
    assert isinstance(item.error, DownloadBusy)
    hub.clear_faults()
    thread.join(30)
    assert queue.path().read_bytes() == MODEL
