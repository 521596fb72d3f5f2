"""A download that is killed over and over, on a server that misbehaves, loses next to nothing."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hub.transfers import LOST, data_requests
from tests.local_hub import Fault, LocalHub

REPO = "org/SmolLM2-GGUF"
FILE = "SmolLM2-Q4_K_M.gguf"
KILLS = 10
SPEED = 60_000_000  # bytes a second: slow enough to be killed on the way
FAULTS = (
    Fault(kind="reset", after=1_500_000),
    Fault(kind="stall", after=700_000),
    Fault(kind="status", value=503, headers={"Retry-After": "1"}),
    Fault(kind="cut", after=1_000_000),
    Fault(kind="expire"),
)


def start(hub: LocalHub, target: Path) -> subprocess.Popen[str]:
    arguments = (hub.endpoint, REPO, FILE, str(target))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.hub.downloading_process", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.model
def test_killed_ten_times(starter_model: Path, tmp_path: Path) -> None:
    target = tmp_path / FILE
    part = tmp_path / f"{FILE}.part"
    size = starter_model.stat().st_size
    sizes = [0]
    firsts = []
    with LocalHub() as hub:
        hub.add_repo(REPO, {FILE: starter_model})
        hub.limit(SPEED)
        for number in range(KILLS + 1):
            hub.clear_faults()
            hub.fault(FAULTS[number % len(FAULTS)])
            known = len(data_requests(hub))
            # The rest is shared out among the kills that are left.
            share = (size - sizes[-1]) // (KILLS + 1 - number)
            enough = sizes[-1] + random.randrange(share // 4, share)
            with start(hub, target) as process:
                assert process.stdout is not None
                for line in process.stdout:
                    if number < KILLS and int(line.split()[1]) >= enough:
                        process.kill()
            firsts.append(data_requests(hub)[known].range_start)
            if number < KILLS:
                assert not target.exists()
                sizes.append(part.stat().st_size)
        begun = [request.range_start or 0 for request in data_requests(hub)]
        sha256 = hub.sha256(REPO, FILE)

    assert process.returncode == 0
    with target.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == sha256
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert len(set(sizes)) == KILLS + 1
    assert firsts[0] is None
    for first, size_then in zip(firsts[1:], sizes[1:], strict=True):
        assert first is not None
        assert size_then - LOST <= first <= size_then
    # Within a run, too, nothing was fetched from further back.
    assert begun == sorted(begun)
