"""The application is killed while its worker does something: nothing of both stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from chatapp.domain.model import ModelFile
from chatapp.engine.state_files import StateFiles
from chatapp.logs import _take_crashes
from tests.engine.conftest import TIMEOUT
from tests.faults import targets
from tests.faults.application import QUESTION
from tests.faults.conftest import BUDGET, OpenScene
from tests.faults.harm import runs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

SECONDS = 10.0  # the worker gives itself 4 to write what it has read
# Loading and reading are in tests/engine/test_process.py.
STATES = ("starting", "writing", "benchmarking")


@pytest.mark.parametrize("state", STATES)
def test_killed(tmp_path: Path, tiny: ModelFile, state: str) -> None:
    kill_application(tmp_path, tiny, state)


def test_killed_while_the_disk_is_slow(tmp_path: Path, tiny: ModelFile) -> None:
    kill_application(tmp_path, tiny, "idle", slow_disk=True)


def kill_application(
    folder: Path, model: ModelFile, state: str, *, slow_disk: bool = False
) -> None:
    logs, states = folder / "logs", folder / "states"
    logs.mkdir()
    if slow_disk:
        (logs / targets.SLOW_DISK).touch()
    application = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.application", model.path, str(folder), state],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    )
    with application:
        assert application.stdout is not None
        assert application.stdout.readline() == b"ready\n"
        process = psutil.Process(application.pid)
        children = process.children(recursive=True)
        application.send_signal(signal.SIGKILL)
        application.wait(TIMEOUT)
        _, left = psutil.wait_procs(children, timeout=SECONDS)
        assert not [child for child in left if runs(child)]
    _take_crashes(logs)  # what the worker could not remove any more, the next start does
    assert not list(logs.glob("worker-*"))
    StateFiles(states, BUDGET)
    assert not list(states.glob("*.part"))


def test_what_was_read_is_not_lost(tmp_path: Path, tiny: ModelFile, open_scene: OpenScene) -> None:
    kill_application(tmp_path, tiny, "idle")
    scene = open_scene(states=tmp_path / "states")
    _, recorder = scene.ask(QUESTION, conversation="1")
    usage = recorder.finished().usage
    assert usage.cached_tokens == usage.prompt_tokens - 1
