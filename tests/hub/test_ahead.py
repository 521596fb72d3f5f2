"""Several connections for one file: it still grows from its beginning to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.errors import HubAnswerInvalid, HubUnreachable
from chatapp.hub import transfer
from tests.hub.transfers import (
    FAST,
    FILE,
    MODEL,
    REPO,
    SIZE,
    Fetching,
    data_requests,
    put_part,
    starts,
)
from tests.local_hub import Fault, LocalHub

PIECE = 100_000


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_repo(REPO, {FILE: MODEL})
        yield hub


@pytest.fixture
def fetching(hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fetching:
    monkeypatch.setattr(transfer, "_PIECE", PIECE)
    return Fetching(hub, tmp_path / FILE)


def test_pieces_arrive_in_order(hub: LocalHub, fetching: Fetching) -> None:
    fetching.run(connections=4)
    assert fetching.target.read_bytes() == MODEL
    assert sorted(starts(hub)) == list(range(0, SIZE, PIECE))
    done = [progress.done for progress in fetching.seen]
    assert done == sorted(done)


def test_later_pieces_wait_for_the_first_one(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="stall", after=PIECE // 2))
    thread = fetching.run_aside(connections=4)
    hub.wait_for(lambda: sum(r.bytes_sent == PIECE for r in data_requests(hub)) == 3)
    assert len(data_requests(hub)) == 4
    hub.clear_faults()
    thread.join(30)
    assert fetching.target.read_bytes() == MODEL


def test_goes_on_with_a_part(hub: LocalHub, fetching: Fetching) -> None:
    put_part(hub, fetching.target, 1_234_567)
    fetching.run(connections=3)
    assert fetching.target.read_bytes() == MODEL
    assert sorted(starts(hub)) == list(range(1_234_567, SIZE, PIECE))


@pytest.mark.parametrize("kind", ["cut", "reset"])
def test_a_lost_piece(hub: LocalHub, fetching: Fetching, kind: str) -> None:
    hub.fault(Fault(kind=kind, after=PIECE // 2, skip=10, times=3))  # type: ignore[arg-type]
    fetching.run(connections=4)
    assert fetching.target.read_bytes() == MODEL
    assert set(fetching.errors) == {HubUnreachable}


def test_what_is_on_the_disk_has_no_holes(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="stall", after=PIECE // 2, skip=10))
    thread = fetching.run_aside(replace(FAST, read=600), connections=4)
    hub.wait_for(lambda: any(r.bytes_sent == PIECE // 2 for r in data_requests(hub)[10:]))
    fetching.stop.set()
    thread.join(30)
    assert not thread.is_alive()
    content = fetching.part.read_bytes()
    assert content == MODEL[: len(content)]
    fetching.stop.clear()
    fetching.run(connections=4)
    assert fetching.target.read_bytes() == MODEL


def test_a_server_without_ranges_gets_one_connection(hub: LocalHub, fetching: Fetching) -> None:
    hub.fault(Fault(kind="norange", times=0))
    fetching.run(connections=4)
    assert fetching.target.read_bytes() == MODEL
    assert fetching.errors == [HubAnswerInvalid]
    assert data_requests(hub)[-1].range_start is None


def test_a_small_file_needs_one_connection(
    hub: LocalHub, fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_PIECE", SIZE)
    fetching.run(connections=4)
    assert fetching.target.read_bytes() == MODEL
    assert [request.range_start for request in data_requests(hub)] == [None]
