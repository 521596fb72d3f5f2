from __future__ import annotations

import logging
import queue
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from chatapp.engine.channel import Channel
from chatapp.engine.messages import (
    Command,
    Delta,
    Devices,
    Failed,
    Generate,
    ListDevices,
    Load,
    LoadFailed,
    LoadOptions,
    LogLines,
    Probe,
    Probed,
    Reply,
    Started,
    StartFailed,
)
from chatapp.engine.probing import run_probes
from chatapp.engine.process import WorkerEnd, WorkerProcess
from chatapp.errors import EngineMissing, GenerationFailed, OutOfMemory, from_record
from tests.engine import targets
from tests.engine.conftest import GREEDY, TIMEOUT, user
from tests.engine.gguf_files import write_tiny_model

pytestmark = pytest.mark.model
T = TypeVar("T")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


class Process:
    """A real worker with its replies in a queue."""

    def __init__(self, folder: Path, run: Callable[[Channel, str], None] | None = None) -> None:
        self.folder = folder
        self.replies: queue.SimpleQueue[Reply | WorkerEnd] = queue.SimpleQueue()
        self.worker = WorkerProcess(folder, self.replies.put, self.replies.put, run=run)

    def send(self, *commands: Command) -> None:
        for command in commands:
            self.worker.send(command)

    def get(self, kind: type[T]) -> T:
        while not isinstance(reply := self.replies.get(timeout=TIMEOUT), kind):
            assert not isinstance(reply, WorkerEnd), reply
        return reply

    def end(self) -> WorkerEnd:
        end = self.get(WorkerEnd)
        assert self.replies.empty()
        assert not list(self.folder.glob("worker-*"))
        return end


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    processes = []

    def start(run: Callable[[Channel, str], None] | None = None) -> Process:
        processes.append(Process(tmp_path, run))
        return processes[-1]

    yield start
    for process in processes:
        process.worker.close()


def test_start_and_end(start: Callable[..., Process]) -> None:
    process = start()
    started = process.get(Started)
    assert started.pid == process.worker.pid
    assert started.llama_build
    process.send(ListDevices())
    devices = process.get(Devices).devices
    assert "cpu" in {device.kind for device in devices}
    assert all(device.name and device.memory_total > 0 for device in devices)
    process.worker.close()
    assert process.end().exit_code == 0
    assert not psutil.pid_exists(started.pid)
    process.worker.close()


def test_nothing_can_be_generated_without_a_model(start: Callable[..., Process]) -> None:
    process = start()
    process.send(Generate(7, user("Hello."), GREEDY))
    failed = process.get(Failed)
    assert failed.request_id == 7
    assert isinstance(from_record(failed.error), GenerationFailed)


def test_a_failed_assertion_is_told(start: Callable[..., Process]) -> None:
    process = start(targets.fail_assertion)
    line = process.get(LogLines)
    assert line.level == logging.ERROR
    assert "GGML_ASSERT(n < 3) failed" in line.text
    end = process.end()
    assert end.exit_code == -signal.SIGABRT
    assert end.detail.startswith("tiny.cpp:7: GGML_ASSERT(n < 3) failed")


def test_a_mistake_in_the_worker_is_told(start: Callable[..., Process]) -> None:
    end = start(targets.raise_error).end()
    assert end.exit_code == 1
    assert end.detail.endswith("LookupError: a mistake")


def test_a_missing_library(start: Callable[..., Process]) -> None:
    process = start(targets.have_no_library)
    assert isinstance(from_record(process.get(StartFailed).error), EngineMissing)
    assert process.end().exit_code == 0


@linux_only
def test_too_little_memory(start: Callable[..., Process], starter_model: Path) -> None:
    process = start(targets.have_little_memory)
    process.send(Load(str(starter_model), LoadOptions()))
    error = from_record(process.get(LoadFailed).error)
    assert isinstance(error, OutOfMemory)
    assert error.detail


def test_sigkill_is_told(start: Callable[..., Process]) -> None:
    process = start()
    psutil.Process(process.get(Started).pid).kill()
    assert process.end().exit_code == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_the_end_is_told_while_a_child_of_the_worker_lives(start: Callable[..., Process]) -> None:
    process = start(targets.leave_a_child)
    child = psutil.Process(int(process.get(Delta).text))
    psutil.Process(process.worker.pid).kill()
    assert process.end().exit_code == -signal.SIGKILL
    assert child.status() != psutil.STATUS_ZOMBIE
    child.kill()


def test_what_hangs_is_killed_at_once(start: Callable[..., Process]) -> None:
    process = start()
    process.get(Started)
    process.worker.kill()
    assert process.end().exit_code == -signal.SIGKILL


@pytest.mark.parametrize("run", [targets.ignore_everything, targets.close_the_pipe])
def test_what_does_not_end_is_killed(
    start: Callable[..., Process], run: Callable[[Channel, str], None]
) -> None:
    process = start(run)
    process.worker.close()
    assert process.end().exit_code == -signal.SIGKILL


def test_sending_never_blocks(start: Callable[..., Process]) -> None:
    process = start(targets.ignore_everything)
    process.send(*(Generate(1, user("x" * 1_000_000), GREEDY) for _ in range(5)))
    psutil.Process(process.worker.pid).kill()
    process.send(ListDevices())
    assert process.end().exit_code == -signal.SIGKILL


def test_no_text_is_lost_between_tokens_and_text(
    start: Callable[..., Process], starter_model: Path
) -> None:
    texts = ("\n" + " " * 80 + "x=1", "\t\t  \n\n\n", "🦊👩‍🚀汉字", " " * 300, "a\0b")
    process = start(targets.round_trip)
    turns = tuple(turn for text in texts for turn in user(text))
    process.send(Load(str(starter_model), LoadOptions(context_length=256)))
    process.send(Generate(1, turns, GREEDY))
    assert tuple(process.get(Delta).text for _ in texts) == texts


@linux_only
def test_neither_side_imports_what_it_does_not_need(
    start: Callable[..., Process], starter_model: Path
) -> None:
    process = start()
    process.send(Load(str(starter_model), LoadOptions(context_length=256)))
    process.send(Generate(1, user("Hello."), GREEDY))
    process.get(Delta)
    assert "llama_cpp" not in sys.modules
    mapped = Path(f"/proc/{process.worker.pid}/maps").read_text(encoding="utf-8")
    assert "libllama" in mapped
    assert "PySide6" not in mapped
    assert "numpy" not in mapped


@linux_only
def test_a_probe_needs_no_more(start: Callable[..., Process], starter_model: Path) -> None:
    process = start(run_probes)
    process.send(Probe(1, str(starter_model), LoadOptions(context_length=256)))
    process.get(Probed)
    mapped = Path(f"/proc/{process.worker.pid}/maps").read_text(encoding="utf-8")
    assert "libllama" in mapped
    assert "numpy" not in mapped


def test_a_program_that_forgets_to_close_ends(tmp_path: Path) -> None:
    source = (
        "from pathlib import Path; from chatapp.engine.process import WorkerProcess\n"
        "if __name__ == '__main__':\n"
        f"    print(WorkerProcess(Path({str(tmp_path)!r}), id, id).pid)\n"
    )
    script = tmp_path / "script.py"
    script.write_text(source, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, str(script)],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        timeout=TIMEOUT,
        check=True,
    )
    assert not result.stderr
    assert not psutil.pid_exists(int(result.stdout))
    assert not list(tmp_path.glob("worker-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("what", ["read", "load"])
def test_when_the_application_is_killed_nothing_stays(
    tmp_path: Path, starter_model: Path, what: str
) -> None:
    model = starter_model
    if what == "load":  # then its template is being tried
        nested = "{% for i in range(99999) %}" * 3 + "{% endfor %}" * 3
        model = write_tiny_model(tmp_path / "endless.gguf", template=nested)
    application = subprocess.Popen(
        [sys.executable, "-m", "tests.engine.application", str(model), str(tmp_path), what],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    )
    with application:
        assert application.stdout is not None
        assert application.stdout.readline() == b"ready\n"
        process = psutil.Process(application.pid)
        wanted = {"read": 2, "load": 3}[what]  # with multiprocessing's resource tracker
        while len(children := process.children(recursive=True)) < wanted:
            assert application.poll() is None
        application.kill()
        _, left = psutil.wait_procs(children, timeout=20.0)
        assert not [process for process in left if _runs(process)]
    assert not list(tmp_path.glob("worker-*"))


def _runs(process: psutil.Process) -> bool:
    """Whether it is more than an entry in the table that init has not cleared yet."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
