"""What tests of transfers and of the queue share: a repository, and one file of it on its way."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx2

from chatapp.domain.download import DownloadState, Resolved, TransferProgress
from chatapp.domain.hub import Access
from chatapp.hub.client import HubClient
from chatapp.hub.pace import Pace
from chatapp.hub.part_file import PartFile, Source, free_space
from chatapp.hub.transfer import Patience, fetch_file
from chatapp.network import Network, Purpose, Stop, make_client
from tests.local_hub import LocalHub, Request

REPO = "org/Tiny-GGUF"
FILE = "Tiny-Q4_K_M.gguf"
SIZE = 3_000_000
MODEL = random.Random(5).randbytes(SIZE)
LOST = 1 << 20  # bytes that may be fetched again

# Not so short that a busy machine runs out of it.
FAST = Patience(read=30, tries=4, first_wait=0.01, longest_wait=0.02, longest_ban=0.05)


class Hub:
    """How the local Hub is asked, by the real client."""

    def __init__(self, hub: LocalHub) -> None:
        self.access = Access(hub.endpoint)
        self.network = Network()
        self.client = HubClient(lambda: self.access, self.network)

    def open_client(self) -> httpx2.Client:
        return make_client(self.access, self.network, purpose=Purpose.SEARCH)

    def close(self) -> None:
        self.client.close()


class Fetching:
    """One file, and what was told about it. `on_progress` sees each step too."""

    def __init__(self, hub: LocalHub, target: Path, file: str = FILE) -> None:
        self.target = target
        self.part = target.with_name(target.name + ".part")
        self.sidecar = target.with_name(target.name + ".part.json")
        self.stop = Stop()
        self.seen: list[TransferProgress] = []
        self.on_progress: Callable[[TransferProgress], None] = _ignore
        self._hub = hub
        self._file = file

    def run(
        self,
        patience: Patience = FAST,
        pace: Pace | None = None,
        space: Callable[[Path], int] = free_space,
        connections: int = 1,
    ) -> Resolved | None:
        hub = Hub(self._hub)
        try:
            with hub.open_client() as client:
                return fetch_file(
                    partial(hub.client.resolve, REPO, "main", self._file, stop=self.stop),
                    self.target,
                    client=client,
                    stop=self.stop,
                    on_progress=self._see,
                    pace=pace,
                    repo=REPO,
                    file=self._file,
                    patience=patience,
                    space=space,
                    connections=connections,
                )
        finally:
            hub.close()

    def run_aside(self, patience: Patience = FAST, connections: int = 1) -> threading.Thread:
        """Run it in a thread that is to be joined."""
        thread = threading.Thread(
            target=self.run, args=(patience,), kwargs={"connections": connections}
        )
        thread.start()
        return thread

    def stop_at(self, size: int) -> None:
        """Stop as soon as so many bytes are there."""

        def look(progress: TransferProgress) -> None:
            if progress.done >= size:
                self.stop.set()

        self.on_progress = look

    def stop_never(self) -> None:
        """Let the next run go to its end."""
        self.on_progress = _ignore
        self.stop.clear()

    @property
    def states(self) -> list[DownloadState]:
        """The states, each as often as it was entered."""
        states = [progress.state for progress in self.seen]
        return [s for i, s in enumerate(states) if i == 0 or states[i - 1] is not s]

    @property
    def errors(self) -> list[object]:
        return [type(p.error) for p in self.seen if p.error is not None]

    @property
    def has_part(self) -> bool:
        return self.part.exists() or self.sidecar.exists()

    def _see(self, progress: TransferProgress) -> None:
        self.seen.append(progress)
        self.on_progress(progress)


def _ignore(progress: TransferProgress) -> None:
    pass


def data_requests(hub: LocalHub) -> list[Request]:
    return [request for request in hub.requests if request.origin == "data"]


def starts(hub: LocalHub) -> list[int]:
    """Where each request to the data origin wanted to begin."""
    return [request.range_start or 0 for request in data_requests(hub)]


def put_part(hub: LocalHub, target: Path, size: int) -> None:
    """Leave a part of this size behind, as a stopped download does."""
    asked = Hub(hub)
    source = Source.of(asked.client.resolve(REPO, "main", FILE), REPO, FILE)
    asked.close()
    part = PartFile(target, source)
    part.write(MODEL[:size])
    part.close()
    hub.clear_requests()
