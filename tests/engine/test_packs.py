"""Workers with another engine than the built-in one, and what becomes of them where it fails."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatapp.domain.engine_pack import BUILT_IN, EngineInfo, backend_of
from chatapp.domain.model import ModelFile
from chatapp.engine.choice import EngineChoice
from chatapp.engine.engine import Engine
from chatapp.engine.messages import (
    Command,
    ListDevices,
    LoadOptions,
    Ping,
    Pong,
    Reply,
    Started,
    StartFailed,
)
from chatapp.engine.pack_worker import PackWorker
from chatapp.engine.process import OnEnd, OnReply, WorkerEnd
from chatapp.engine.state import EngineStatus
from chatapp.errors import EngineMissing, EnginePackFailed, to_record
from tests.engine.conftest import TIMEOUT, Asker
from tests.engine.packs import NAME, built_in_folder, make_pack

pytestmark = pytest.mark.model
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@contextmanager
def engine_with(pack: Path, logs: Path, model: Path) -> Iterator[Asker]:
    logs.mkdir(exist_ok=True)
    engine = Engine(logs=logs, choice=EngineChoice(pack))
    try:
        yield Asker(engine, ModelFile(str(model), "SmolLM2"))
    finally:
        engine.close()
    assert not list(logs.glob("worker-*")), "a worker's file stayed behind"


def problem(asker: Asker) -> EnginePackFailed:
    """Why the built-in engine runs."""
    info = asker.engine.choice.info
    assert info is not None
    assert info.name == ""
    assert isinstance(info.problem, EnginePackFailed)
    assert info.problem.name == NAME
    return info.problem


def test_a_pack_runs_with_its_own_library(
    tmp_path: Path, starter_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(built_in_folder() / "lib"))
    pack = make_pack(tmp_path)
    with engine_with(pack, tmp_path / "logs", starter_model) as asker:
        assert asker.engine.choice.info is None
        assert asker.ask()[1].finished()
        info = asker.engine.choice.info
        assert info is not None
        assert (info.name, info.problem) == (NAME, None)
        assert info.version
        if sys.platform == "linux":
            maps = Path(f"/proc/{asker.engine.worker_pid}/maps").read_text(encoding="utf-8")
            assert f"{pack}/llama_cpp/lib/libllama" in maps
            assert str(built_in_folder()) not in maps
        assert asker.engine.probe(str(starter_model), LoadOptions()).result(TIMEOUT).layers
        assert asker.engine.choice.problem is None


@pytest.mark.parametrize(
    ("ending", "detail"),
    [
        ("raise ImportError('there is no GPU.')", "there is no GPU"),
        ("raise ZeroDivisionError", "ZeroDivisionError"),
        ("del llama_vocab_is_eog", "without llama_vocab_is_eog"),
        ("llama_context_params._fields_ = ()", ""),
        ("import os; os._exit(7)", "exit code 7"),
        pytest.param("import os; os.kill(os.getpid(), 11)", "Segmentation fault", marks=posix_only),
    ],
)
def test_a_pack_that_does_not_start(
    tmp_path: Path, starter_model: Path, ending: str, detail: str
) -> None:
    pack = make_pack(tmp_path, ending)
    with engine_with(pack, tmp_path / "logs", starter_model) as asker:
        assert asker.engine.devices().result(TIMEOUT)
        assert detail in problem(asker).detail
        assert asker.engine.choice.pack is None


def test_a_pack_without_its_library(tmp_path: Path, starter_model: Path) -> None:
    pack = make_pack(tmp_path, has_library=False)
    with engine_with(pack, tmp_path / "logs", starter_model) as asker:
        assert asker.ask()[1].finished().usage.completion_tokens
        assert "not found" in problem(asker).detail
        assert EngineStatus.FAILED not in {state.status for state in asker.states}


def test_a_pack_that_is_not_there(tmp_path: Path, starter_model: Path) -> None:
    """Then the built-in package is found behind it."""
    with engine_with(tmp_path / NAME, tmp_path / "logs", starter_model) as asker:
        assert asker.engine.devices().result(TIMEOUT)
        assert "no llama_cpp" in problem(asker).detail


def test_what_is_asked_about_a_model_falls_back_too(tmp_path: Path, starter_model: Path) -> None:
    pack = make_pack(tmp_path, "raise ImportError('there is no GPU')")
    with engine_with(pack, tmp_path / "logs", starter_model) as asker:
        assert asker.engine.probe(str(starter_model), LoadOptions()).result(TIMEOUT).layers
        assert problem(asker).detail.endswith("there is no GPU")


def test_a_pack_that_dies_with_every_model(tmp_path: Path, starter_model: Path) -> None:
    dies = "def llama_model_load_from_file(*_):\n    import os\n    os.abort()"
    pack = make_pack(tmp_path, dies)
    with engine_with(pack, tmp_path / "logs", starter_model) as asker:
        assert asker.ask()[1].finished().usage.completion_tokens
        assert problem(asker).detail
        assert EngineStatus.FAILED not in {state.status for state in asker.states}


def test_closing_while_it_falls_back(tmp_path: Path, starter_model: Path) -> None:
    pack = make_pack(tmp_path, "import os; os._exit(7)")
    for _ in range(3):
        with engine_with(pack, tmp_path / "logs", starter_model) as asker:
            future = asker.engine.devices()
        assert future.done()


# Without processes


class Process:
    """What a test says instead of a process."""

    def __init__(self, pack: Path | None, on_reply: OnReply, on_end: OnEnd) -> None:
        self.pack = pack
        self.say = on_reply
        self.end = on_end
        self.asked: list[Command] = []
        self.ends: list[str] = []
        self.pid = 1

    def send(self, command: Command) -> None:
        self.asked.append(command)

    def close(self) -> None:
        self.ends.append("close")

    def kill(self) -> None:
        self.ends.append("kill")


class Scene:
    """A worker, its processes, and what it told."""

    def __init__(self, tmp_path: Path) -> None:
        self.pack = tmp_path / NAME
        self.choice = EngineChoice(self.pack)
        self.processes: list[Process] = []
        self.replies: list[Reply] = []
        self.ended: list[WorkerEnd] = []
        self.fails_at = 0
        self.worker = PackWorker(self.choice, self.start, self.replies.append, self.ended.append)

    def start(self, pack: Path | None, on_reply: OnReply, on_end: OnEnd) -> Process:
        if self.fails_at and len(self.processes) + 1 == self.fails_at:
            raise OSError(11, "no more processes")
        self.processes.append(Process(pack, on_reply, on_end))
        return self.processes[-1]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_the_next_process_is_asked_the_same(scene: Scene) -> None:
    scene.worker.send(ListDevices())
    (first,) = scene.processes
    first.say(Pong(0))
    first.say(StartFailed(to_record(EngineMissing("no GPU"))))
    scene.worker.send(Ping())
    first.end(WorkerEnd(0, ""))
    _, second = scene.processes
    assert (first.pack, second.pack) == (scene.pack, None)
    assert second.asked == [ListDevices(), Ping()]
    second.say(Started(2, "build"))
    assert scene.replies == [Pong(0), Started(2, "build")]
    assert scene.ended == []
    scene.worker.kill()
    assert (first.ends, second.ends) == ([], ["kill"])
    second.end(WorkerEnd(-9, ""))
    assert scene.ended == [WorkerEnd(-9, "")]
    assert isinstance(scene.choice.problem, EnginePackFailed)
    assert scene.choice.problem.detail == "no GPU"


def test_an_end_that_was_asked_for_is_the_end(scene: Scene) -> None:
    scene.worker.close()
    (only,) = scene.processes
    only.end(WorkerEnd(0, ""))
    assert scene.ended == [WorkerEnd(0, "")]
    assert scene.choice.problem is None


def test_a_later_death_is_not_the_beginning(scene: Scene) -> None:
    (only,) = scene.processes
    only.say(Started(1, "build", EngineInfo(NAME)))
    only.end(WorkerEnd(-11, "crash"))
    assert scene.ended == [WorkerEnd(-11, "crash")]
    assert len(scene.processes) == 1
    assert scene.choice.pack == scene.pack


def test_no_second_process_can_be_started(scene: Scene) -> None:
    scene.fails_at = 2
    scene.processes[0].end(WorkerEnd(-11, "crash"))
    assert scene.ended == [WorkerEnd(-11, "[Errno 11] no more processes")]


def test_a_reply_may_come_before_the_start_returns(tmp_path: Path) -> None:
    choice = EngineChoice(tmp_path / NAME)
    threads: list[threading.Thread] = []
    ended: list[WorkerEnd] = []
    started: list[Path | None] = []

    def start(pack: Path | None, on_reply: OnReply, on_end: OnEnd) -> Process:
        started.append(pack)
        process = Process(pack, on_reply, on_end)
        if pack is not None:
            thread = threading.Thread(target=on_end, args=(WorkerEnd(1, ""),))
            threads.append(thread)
            thread.start()
        return process

    worker = PackWorker(choice, start, lambda _: None, ended.append)
    for thread in threads:
        thread.join()
    assert started == [tmp_path / NAME, None]
    assert ended == []
    worker.close()


def test_what_a_choice_tells(tmp_path: Path) -> None:
    pack, other = tmp_path / "a", tmp_path / "b"
    choice = EngineChoice()
    assert not choice.give_up("crash"), "there is nothing to fall back to"
    choice.choose(pack)
    choice.note(EngineInfo("b"))
    assert not choice.give_up("crash"), "another one died, which is not chosen any more"
    choice.reject(other, "crash")
    assert choice.problem is None
    choice.note(EngineInfo("a", "1", "cuda"))
    assert choice.give_up("Traceback (most recent call last):\n  x\n\nOSError: no\0 GPU.\n")
    assert choice.info is not None
    assert choice.info.backend == "cuda"
    assert isinstance(choice.problem, EnginePackFailed)
    assert choice.problem.detail == "OSError: no GPU"
    assert not choice.give_up("again")
    assert choice.problem.detail == "OSError: no GPU"
    choice.choose(None, EnginePackFailed("c", "it is not there"))
    assert (choice.pack, choice.info) == (None, None)
    assert choice.problem.name == "c"
    choice.choose(pack)
    assert choice.give_up(""), "it never started"
    assert choice.problem.detail == "no reason given"
    assert EngineInfo() == BUILT_IN


@pytest.mark.parametrize(
    ("files", "backend"),
    [
        (["libllama.so", "libggml-cpu.so", "libggml-cpu-haswell.so"], "cpu"),
        (["ggml-cuda.dll", "ggml-cpu.dll"], "cuda"),
        (["libggml-metal.dylib"], "metal"),
        (["libggml-vulkan.so.0.25.3"], "vulkan"),
        (["libggml-cuda.so", "libggml-vulkan.so"], "cuda"),
        ([], "cpu"),
    ],
)
def test_what_an_engine_computes_on(files: list[str], backend: str) -> None:
    assert backend_of(files) == backend
