"""What probing says beside what loading takes, and the process that probes."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from chatapp.domain.model import LoadNoteKind, MemoryNeed
from chatapp.engine.engine import Engine
from chatapp.engine.messages import Command, Failed, LoadOptions, Probe, Probed
from chatapp.engine.probing import Probing
from chatapp.engine.process import OnEnd, OnReply, WorkerEnd
from chatapp.errors import ModelFileDamaged, ModelFileMissing, NotGguf, WorkerDied, to_record
from tests.engine.conftest import TIMEOUT, eventually
from tests.engine.gguf_files import ARCHITECTURES, Kind, write_tiny_architecture
from tests.engine.probe_targets import Compared, compare
from tests.hub.model_files import HOLLOW_MODELS, write_hollow

MIB = 2**20
ROUNDED = 0.006 * MIB  # bytes of each buffer: llama.cpp tells two places of a MiB
VARIANTS = tuple(
    LoadOptions(length, 2, gpu_layers=0, cache_type=cache, flash_attention=flash)
    for length, cache, flash in (
        (2048, "f16", None),
        (2048, "q4_0", None),
        (6144, "f16", False),
        (6144, "q8_0", True),
        (8192, "f16", None),
        (8192, "q4_0", True),
    )
)
FEW = (
    LoadOptions(context_length=1024, threads=1),
    LoadOptions(context_length=2048, threads=2, parallel=1, flash_attention=True),
    LoadOptions(context_length=16384, threads=2, flash_attention=False, batch=64),
)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        executor.submit(os.getpid).result()  # the process is there before a test counts them
        yield executor


def differ(found: list[Compared]) -> list[Compared]:
    """Where a figure is further off than one hundredth."""

    def is_near(probed: int, taken: int) -> bool:
        return abs(probed - taken) <= max(0.01 * taken, 2 * ROUNDED)

    return [
        one
        for one in found
        if not (
            is_near(one.probed.weights, one.taken.weights)
            and is_near(one.probed.cache, one.taken.cache)
            and is_near(one.probed.compute, one.taken.compute)
            and one.layers[0] == one.layers[1]
            and one.lengths[0] == one.lengths[1]
        )
    ]


@pytest.mark.model
def test_the_starter_model_takes_what_was_probed(
    pool: ProcessPoolExecutor, starter_model: Path
) -> None:
    found = pool.submit(compare, str(starter_model), VARIANTS).result()
    assert not differ(found)
    assert len({one.taken.cache for one in found}) == len(VARIANTS), (
        "the same figures would prove nothing"
    )
    assert not any(one.notes for one in found)


@pytest.mark.model
@pytest.mark.parametrize(
    "name", [entry.name for entry in ARCHITECTURES if entry.kind is not Kind.EMBEDDING]
)
def test_every_kind_of_model_takes_what_was_probed(
    pool: ProcessPoolExecutor, tmp_path: Path, name: str
) -> None:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", name, trained_context=16384)
    assert not differ(pool.submit(compare, str(path), FEW).result())


@pytest.mark.model
def test_the_options_are_llama_cpps(pool: ProcessPoolExecutor, starter_model: Path) -> None:
    usual = LoadOptions(context_length=1024, threads=2)
    other = replace(usual, batch=96, memory_map=False, rope_base=20_000.0, rope_scale=0.5)
    expected = {
        usual: ("100000.0", "1", 128, "mmap"),
        other: ("20000.0", "0.5", 96, "none"),
        LoadOptions(2048, 2, batch=1024, memory_lock=True): ("100000.0", "1", 1024, "mmap+mlock"),
        replace(usual, memory_lock=True, memory_map=False): ("100000.0", "1", 128, "mlock"),
    }
    found = pool.submit(compare, str(starter_model), tuple(expected)).result()
    assert not differ(found)
    for one, (base, scale, step, mode) in zip(found, expected.values(), strict=True):
        text = "\n".join(one.lines)
        assert f"freq_base             = {base}" in text
        assert f"freq_scale            = {scale}\n" in text
        assert f"n_ubatch              = {step}\n" in text
        assert f"load_mode = {mode})" in text


@pytest.mark.model
def test_gpu_layers_without_a_gpu_are_not_lost_in_silence(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", "llama")
    options = LoadOptions(context_length=1024, threads=2, gpu_layers=2)
    (found,) = pool.submit(compare, str(path), (options,)).result()
    assert [note.kind for note in found.notes] == [LoadNoteKind.NO_GPU_BUILD]


@pytest.mark.model
def test_an_automatic_context(pool: ProcessPoolExecutor, starter_model: Path) -> None:
    options = LoadOptions(context_length=0, threads=2, gpu_layers=0)
    (found,) = pool.submit(compare, str(starter_model), (options,)).result()
    assert found.lengths == (8192, 8192)
    assert not found.notes


# The process that probes


def spawned() -> set[int]:
    """The processes of this one, but for what Python starts for itself."""
    children = psutil.Process().children(recursive=True)
    return {child.pid for child in children if "spawn_main" in " ".join(child.cmdline())}


@pytest.mark.model
def test_the_worker_is_not_asked(tmp_path: Path, starter_model: Path) -> None:
    engine = Engine(logs=tmp_path)
    before = spawned()
    future = engine.probe(str(starter_model), LoadOptions(context_length=2048, threads=2))
    found = future.result(TIMEOUT)
    assert engine.worker_pid is None
    assert found.layers == 31
    assert (found.gpu_layers, found.context_length) == (0, 2048)
    assert found.need.cache == pytest.approx(45 * MIB, rel=0.01)
    assert found.need.weights == pytest.approx(starter_model.stat().st_size, rel=0.05)
    (prober,) = spawned() - before
    engine.close()
    assert not psutil.pid_exists(prober)
    assert not list(tmp_path.glob("worker-*")), "its file stayed behind"


@pytest.mark.model
def test_a_large_model_costs_no_memory(tmp_path: Path) -> None:
    """Its file is all hole: loading it would take what the computer may not have."""
    name, model = max(HOLLOW_MODELS.items(), key=lambda item: item[1].vocabulary)
    path = write_hollow(tmp_path / f"{name}.gguf", model)
    engine = Engine(logs=tmp_path)
    found = engine.probe(str(path), LoadOptions(context_length=8192)).result(TIMEOUT)
    children = psutil.Process().children(recursive=True)
    used = sum(child.memory_info().rss for child in children)
    assert used < found.need.total / 2
    engine.close()


@pytest.mark.model
def test_why_it_can_not_be_told(tmp_path: Path, starter_model: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(starter_model.read_bytes()[:100_000])
    other = tmp_path / "other.gguf"
    other.write_bytes(b"no model")
    engine = Engine(logs=tmp_path)
    for path, kind in (
        (cut, ModelFileDamaged),
        (other, NotGguf),
        (tmp_path / "none.gguf", ModelFileMissing),
    ):
        with pytest.raises(kind):
            engine.probe(str(path), LoadOptions()).result(TIMEOUT)
    engine.probe(str(starter_model), LoadOptions()).result(TIMEOUT)
    engine.close()


class FakeProber:
    """Answers when it is told to, or dies."""

    def __init__(self, on_reply: OnReply, on_end: OnEnd) -> None:
        self.pid = 1
        self.commands: list[Probe] = []
        self.is_closed = threading.Event()
        self.is_killed = False
        self._on_reply = on_reply
        self._on_end = on_end

    def send(self, command: Command) -> None:
        assert isinstance(command, Probe)
        self.commands.append(command)

    def answer(self, layers: int = 1) -> None:
        command = self.commands[-1]
        self._on_reply(Probed(command.request_id, MemoryNeed(1, 2, 3), layers))

    def refuse(self) -> None:
        error = to_record(ModelFileMissing("gone.gguf"))
        self._on_reply(Failed(self.commands[-1].request_id, error))

    def die(self) -> None:
        self._on_end(WorkerEnd(-6, "GGML_ASSERT"))

    def close(self) -> None:
        self.is_closed.set()

    def kill(self) -> None:
        self.is_killed = True


@pytest.fixture
def probers() -> list[FakeProber]:
    return []


@pytest.fixture
def make_probing(probers: list[FakeProber]) -> Iterator[Callable[[float], Probing]]:
    made = []

    def start(on_reply: OnReply, on_end: OnEnd) -> FakeProber:
        probers.append(FakeProber(on_reply, on_end))
        return probers[-1]

    def make(idle_seconds: float) -> Probing:
        made.append(Probing(start, idle_seconds))
        return made[-1]

    yield make
    for probing in made:
        probing.close()


def asked(probers: list[FakeProber], count: int, process: int = 0) -> FakeProber:
    eventually(lambda: len(probers) > process and len(probers[process].commands) == count)
    return probers[process]


def test_one_process_answers_one_after_the_other(
    make_probing: Callable[[float], Probing], probers: list[FakeProber]
) -> None:
    probing = make_probing(TIMEOUT)
    futures = [probing.ask("a.gguf", LoadOptions(context_length=each)) for each in (1, 2, 3)]
    asked(probers, 1).answer(1)
    assert futures[0].result(TIMEOUT).layers == 1
    asked(probers, 2).refuse()
    with pytest.raises(ModelFileMissing):
        futures[1].result(TIMEOUT)
    asked(probers, 3).answer(3)
    assert futures[2].result(TIMEOUT).layers == 3
    assert len(probers) == 1


def test_what_was_cancelled_is_not_asked(
    make_probing: Callable[[float], Probing], probers: list[FakeProber]
) -> None:
    probing = make_probing(TIMEOUT)
    futures = [probing.ask("a.gguf", LoadOptions(context_length=each)) for each in (1, 2, 3)]
    asked(probers, 1)
    assert futures[1].cancel()
    probers[0].answer()
    asked(probers, 2).answer()
    futures[2].result(TIMEOUT)
    assert [each.options.context_length for each in probers[0].commands] == [1, 3]
    with pytest.raises(CancelledError):
        futures[1].result(TIMEOUT)


def test_a_process_that_dies_is_replaced(
    make_probing: Callable[[float], Probing], probers: list[FakeProber]
) -> None:
    probing = make_probing(TIMEOUT)
    first = probing.ask("a.gguf", LoadOptions())
    asked(probers, 1).die()
    with pytest.raises(WorkerDied, match="GGML_ASSERT"):
        first.result(TIMEOUT)
    second = probing.ask("a.gguf", LoadOptions())
    asked(probers, 1, process=1).answer()
    second.result(TIMEOUT)


def test_a_process_that_died_while_it_had_nothing_to_do(
    make_probing: Callable[[float], Probing], probers: list[FakeProber]
) -> None:
    probing = make_probing(TIMEOUT)
    first = probing.ask("a.gguf", LoadOptions())
    asked(probers, 1).answer()
    first.result(TIMEOUT)
    probers[0].die()
    second = probing.ask("a.gguf", LoadOptions())
    asked(probers, 1, process=1).answer()
    second.result(TIMEOUT)


def test_an_idle_process_ends(
    make_probing: Callable[[float], Probing], probers: list[FakeProber]
) -> None:
    probing = make_probing(0.0)
    for process in range(2):
        future = probing.ask("a.gguf", LoadOptions())
        asked(probers, 1, process).answer()
        future.result(TIMEOUT)
        assert probers[process].is_closed.wait(TIMEOUT)


def test_closing_ends_what_is_asked(
    make_probing: Callable[[float], Probing], probers: list[FakeProber]
) -> None:
    probing = make_probing(TIMEOUT)
    futures = [probing.ask("a.gguf", LoadOptions()) for _ in range(2)]
    asked(probers, 1)
    probing.close()
    for future in (*futures, probing.ask("a.gguf", LoadOptions())):
        with pytest.raises(WorkerDied):
            future.result(TIMEOUT)
    assert probers[0].is_killed, "what it computes is not worth waiting for"
