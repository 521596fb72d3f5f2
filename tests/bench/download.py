"""Downloads on loopback: how much slower than curl they are, all checks included."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from chatapp.domain.download import Resolved, TransferProgress
from chatapp.domain.hub import Access
from chatapp.hub.client import HubClient
from chatapp.hub.transfer import fetch_file
from chatapp.network import Network, Purpose, Stop, make_client
from tests.bench.hub_process import HubProcess
from tests.bench.measure import Measure, in_turn, median, note, ratio

_REPO = "org/Bench-GGUF"
_FILE = "Bench-Q4_K_M.gguf"
_SIZE = 98_362_432  # bytes: that of the starter model
_BLOCK = 1 << 20
_MEGABYTE = 1e6


def run() -> list[Measure]:
    """The same file by curl and by Chatapp, with SHA-256, in memory if the system allows."""
    curl = shutil.which("curl")
    if curl is None:
        note("curl is missing")
        return []
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        source = folder / "hub" / _REPO / _FILE
        source.parent.mkdir(parents=True)
        with source.open("wb") as file:
            left = _SIZE
            while left:
                left -= file.write(os.urandom(min(_BLOCK, left)))
        with HubProcess(folder / "hub") as process:
            access, network = Access(process.endpoint), Network()
            hub = HubClient(lambda: access, network)
            resolve = partial(hub.resolve, _REPO, "main", _FILE)
            sides = {
                "curl": partial(_fetch_by_curl, curl, process.endpoint, folder / "by_curl.gguf"),
                "Chatapp": partial(_fetch, access, network, resolve, folder / "by_chatapp.gguf"),
            }
            seconds = in_turn(sides)
            hub.close()
    speeds = {name: [_SIZE / _MEGABYTE / s for s in times] for name, times in seconds.items()}
    pairs = [c / o for c, o in zip(seconds["curl"], seconds["Chatapp"], strict=True)]
    return [
        *(median(f"98 MB on loopback, {name}", values, "MB/s") for name, values in speeds.items()),
        *ratio("Chatapp to curl", pairs, "≥ 0.33", "≥ 0.33"),
    ]


def _fetch_by_curl(curl: str, endpoint: str, target: Path, _number: int) -> float:
    address = f"{endpoint}/{_REPO}/resolve/main/{_FILE}"
    begin = time.perf_counter()
    subprocess.run([curl, "-sSfL", "--noproxy", "*", "-o", str(target), address], check=True)
    seconds = time.perf_counter() - begin
    target.unlink()
    return seconds


def _fetch(
    access: Access, network: Network, resolve: Callable[[], Resolved], target: Path, _number: int
) -> float:
    def ignore(progress: TransferProgress) -> None:
        del progress

    with make_client(access, network, purpose=Purpose.SEARCH) as client:
        begin = time.perf_counter()
        fetch_file(resolve, target, client=client, stop=Stop(), on_progress=ignore)
        seconds = time.perf_counter() - begin
    target.unlink()
    return seconds
