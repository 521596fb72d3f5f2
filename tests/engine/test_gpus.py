"""Models on GPUs: on made-up ones, which llama.cpp itself takes for real."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from chatapp.domain.model import Device, LoadedModel, LoadNote, LoadNoteKind, ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions
from chatapp.engine.process import WorkerProcess
from chatapp.engine.state import EngineStatus
from chatapp.engine.worker.devices import MARGIN
from chatapp.engine.worker.offload import Placement
from chatapp.hub.fit import FitOptions, judge
from chatapp.hub.gguf_header import read_header
from chatapp.hub.hardware import Machine
from tests.engine.conftest import TIMEOUT, Asker
from tests.engine.gguf_files import ARCHITECTURES, Kind, write_tiny_architecture
from tests.engine.gpu_targets import Case, Result, load
from tests.engine.made_up_gpus import MadeUpGpu, probe, serve

pytestmark = pytest.mark.model

MIB = 2**20
GIB = 2**30
ROUNDED = 0.006 * MIB  # bytes of each buffer: llama.cpp tells two places of a MiB
ALL = 31  # layers of the starter model, with the output


def gpus(
    first: int, second: int = 0, *, gives: int | None = None, refusals: int = 0, kind: str = "gpu"
) -> tuple[MadeUpGpu, MadeUpGpu]:
    """Two of them with so many bytes for a model, or without any."""
    free = [MARGIN + room if room else 0 for room in (first, second)]
    return (
        MadeUpGpu("GPU0", free[0], 24 * GIB, gives, kind, refusals),
        MadeUpGpu("GPU1", free[1], 24 * GIB, gives, kind, refusals),
    )


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        executor.submit(os.getpid).result()  # the process is there before a test counts them
        yield executor


def differ(results: list[Result], more: int = 0) -> list[Result]:
    """Where a GPU holds more or less than one hundredth, or `more` bytes, of what was probed."""
    return [
        one
        for one in results
        for probed, used in zip(one.probed, one.used, strict=True)
        if abs(probed - used) > max(0.01 * used, 5 * ROUNDED) + more
    ]


# What is probed, and what llama.cpp asks of the GPUs then


def test_each_gpu_holds_what_was_probed(pool: ProcessPoolExecutor, starter_model: Path) -> None:
    plenty = gpus(GIB, GIB)
    cases = [
        Case(plenty, LoadOptions(length, 1, cache_type=cache, flash_attention=flash), placement)
        for length, cache, flash, layers, split in (
            (8192, "f16", False, ALL, (1.0, 0.0)),
            (6144, "q8_0", None, 12, (0.0, 1.0)),
            (2048, "q4_0", True, 20, (5.0, 15.0)),
            (2048, "f16", None, 1, ()),
        )
        for placement in (Placement(layers, length, split),)
    ]
    results = pool.submit(load, str(starter_model), cases).result()
    assert not differ(results)
    for case, result in zip(cases, results, strict=True):
        assert case.placement is not None
        assert result.placement.layers == case.placement.layers


def test_all_layers_on_two_gpus(pool: ProcessPoolExecutor, starter_model: Path) -> None:
    """Without allocation llama.cpp lets a layer's first step be computed one GPU too early."""
    options = LoadOptions(4096, 1)
    cases = [Case(gpus(GIB, GIB), options, Placement(ALL, 4096, (1.0, 1.0)))]
    results = pool.submit(load, str(starter_model), cases).result()
    assert not differ(results, more=520 * 576 * 4)  # a number for each token and row of a layer


@pytest.mark.parametrize(
    "name", [entry.name for entry in ARCHITECTURES if entry.kind is not Kind.EMBEDDING]
)
def test_every_kind_of_model(pool: ProcessPoolExecutor, tmp_path: Path, name: str) -> None:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", name, trained_context=16384)
    cases = [
        Case(gpus(GIB), LoadOptions(length, 1, flash_attention=flash), Placement(layers, length))
        for length, flash in ((4096, None), (16384, False))
        for layers in (1, 2, 3)
    ]
    assert not differ(pool.submit(load, str(path), cases).result())


# What is decided, and what comes out


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """33 layers; each takes 1.2 MiB with 8,192 tokens."""
    path = tmp_path_factory.mktemp("gpus") / "tiny.gguf"
    return str(write_tiny_architecture(path, "llama", trained_context=131_072, blocks=32))


def test_where_a_model_goes(pool: ProcessPoolExecutor, model: str) -> None:
    usual, automatic = LoadOptions(threads=1), LoadOptions(0, 1)
    cases = {
        "all": Case(gpus(GIB, GIB), usual),
        "unequal": Case(gpus(20 * MIB, 12 * MIB), usual),
        "one": Case(gpus(20 * MIB), usual),
        "second": Case(gpus(0, GIB), usual),
        "longest": Case(gpus(GIB), automatic),
        "long": Case(gpus(80 * MIB), automatic),
        "short": Case(gpus(20 * MIB), automatic),
        "nothing": Case(gpus(40_000), automatic),
        "chosen": Case(gpus(GIB), LoadOptions(4096, 1, gpu_layers=99)),
        "fewer": Case(gpus(GIB), LoadOptions(0, 1, gpu_layers=12)),
        "none": Case(gpus(GIB), LoadOptions(0, 1, gpu_layers=0)),
        "split": Case(gpus(GIB, 25 * MIB), LoadOptions(threads=1, split=(1.0, 3.0))),
        "both": Case(gpus(40 * MIB), LoadOptions(0, 1, gpu_layers=33)),
    }
    found = pool.submit(load, model, list(cases.values())).result()
    results = dict(zip(cases, found, strict=True))
    for name, result in results.items():
        assert not result.refused, name
        assert result.placement.layers == result.chosen.layers, name
        assert result.placement.context_length == result.chosen.context_length, name
        rooms = [max(0, gpu.free - MARGIN) for gpu in cases[name].gpus]
        assert all(map(int.__le__, result.used, rooms)), name
    placements = {
        name: (result.placement.layers, result.placement.context_length)
        for name, result in results.items()
    }
    assert placements == {
        "all": (33, 8192),
        "unequal": (12, 8192),
        "one": (10, 8192),
        "second": (33, 8192),
        "longest": (33, 32768),
        "long": (33, 15104),
        "short": (24, 4096),
        "nothing": (0, 8192),
        "chosen": (33, 4096),
        "fewer": (12, 8192),
        "none": (0, 8192),
        "split": (19, 8192),
        "both": (33, 6912),
    }
    part, short = LoadNoteKind.LAYERS_ON_GPU, LoadNoteKind.CONTEXT_SHORTENED
    assert {name: result.notes for name, result in results.items() if result.notes} == {
        "unequal": (LoadNote(part, 12, 33),),
        "one": (LoadNote(part, 10, 33),),
        "long": (LoadNote(short, 15104, 32768),),
        "short": (LoadNote(part, 24, 33), LoadNote(short, 4096, 8192)),
        "nothing": (NOTHING,),
        "split": (LoadNote(part, 19, 33),),
        "both": (LoadNote(short, 6912, 32768),),
    }
    for name in ("all", "unequal", "one", "second"):
        assert abs(estimated(model, cases[name].gpus) - placements[name][0]) <= 1, name
    assert results["unequal"].used[0] > results["unequal"].used[1] > 11 * MIB
    assert results["second"].used[0] == 0
    assert results["split"].used[1] > 1.5 * results["split"].used[0]


def estimated(model: str, table: tuple[MadeUpGpu, ...]) -> int:
    """The layers on GPUs that are told before a load."""
    devices = tuple(Device(gpu.name, "", gpu.kind, gpu.free, gpu.total) for gpu in table)
    machine = Machine(64 * GIB, 32 * GIB, devices, threads=1)
    size = Path(model).stat().st_size
    return judge(read_header(Path(model)), size, FitOptions(8192), machine).gpu_layers


def test_less_memory_than_was_said(pool: ProcessPoolExecutor, model: str) -> None:
    """Another program may take it between the question and the load."""
    usual = LoadOptions(threads=1)
    expected = {
        Case(gpus(GIB, gives=40 * MIB), usual): (24, 8192),
        Case(gpus(GIB, gives=20 * MIB), usual): (8, 8192),
        Case(gpus(GIB, gives=12 * MIB), usual): (8, 4096),
        Case(gpus(GIB, gives=0), usual): (0, 8192),
        Case(gpus(GIB, refusals=1), usual): (24, 8192),
        Case(gpus(GIB, refusals=3), usual): (8, 8192),
        Case(gpus(GIB, gives=40 * MIB), LoadOptions(threads=1, gpu_layers=99)): (24, 8192),
    }
    results = pool.submit(load, model, list(expected)).result()
    assert all(result.chosen.layers == 33 and result.refused for result in results)
    found = [(each.placement.layers, each.placement.context_length) for each in results]
    assert found == list(expected.values())
    for result, (layers, length) in zip(results, found, strict=True):
        part = LoadNote(LoadNoteKind.LAYERS_ON_GPU, layers, 33) if layers else NOTHING
        short = LoadNote(LoadNoteKind.CONTEXT_SHORTENED, length, 8192)
        assert result.notes == ((part, short) if length < 8192 else (part,))


NOTHING = LoadNote(LoadNoteKind.NO_GPU_MEMORY)


def test_a_gpu_inside_the_processor(model: str) -> None:
    """What it has is main memory, of which nothing needs to be kept free twice."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        inside = tuple(replace(gpu, free=20 * MIB) for gpu in gpus(1, 1, kind="igpu"))
        case = Case((inside[0], replace(inside[1], free=0)), LoadOptions(threads=1))
        (result,) = pool.submit(load, model, [case]).result()
    assert result.placement.layers == 10
    assert result.used[0] > 19 * MIB


# A real worker


@pytest.fixture
def make_real(tmp_path: Path) -> Iterator[Callable[[str, tuple[MadeUpGpu, ...]], Asker]]:
    engines = []

    def make(model: str, devices: tuple[MadeUpGpu, ...]) -> Asker:
        engine = Engine(
            logs=tmp_path,
            start_worker=partial(WorkerProcess, tmp_path, run=partial(serve, gpus=devices)),
            start_prober=partial(WorkerProcess, tmp_path, run=partial(probe, gpus=devices)),
        )
        engines.append(engine)
        return Asker(engine, ModelFile(model, "model"))

    yield make
    for engine in engines:
        engine.close()


def loaded_by(real: Asker, options: LoadOptions) -> LoadedModel:
    real.engine.load(real.model, options)
    state = real.wait_for(
        lambda state: state.status is EngineStatus.READY and state.options == options
    )
    assert state.loaded is not None
    return state.loaded


def test_it_answers(
    make_real: Callable[[str, tuple[MadeUpGpu, ...]], Asker], starter_model: Path
) -> None:
    table = gpus(160 * MIB, 120 * MIB)
    real = make_real(str(starter_model), table)
    loaded = loaded_by(real, LoadOptions(threads=1))
    assert loaded.layers == ALL
    assert 20 < loaded.gpu_layers < ALL
    assert abs(estimated(str(starter_model), table) - loaded.gpu_layers) <= 1
    assert loaded.notes == (LoadNote(LoadNoteKind.LAYERS_ON_GPU, loaded.gpu_layers, ALL),)
    devices = real.engine.devices().result(TIMEOUT)
    found = {device.name: device.kind for device in devices}
    assert found == {"CPU": "cpu", "GPU0": "gpu", "GPU1": "gpu"}
    _, recorder = real.ask("Name three colours.")
    recorder.finished()
    assert "Red" in recorder.text


def test_both_processes_find_the_same(
    make_real: Callable[[str, tuple[MadeUpGpu, ...]], Asker], model: str
) -> None:
    real = make_real(model, gpus(20 * MIB, 12 * MIB))
    for options in (LoadOptions(threads=1), LoadOptions(0, 1)):
        probed = real.engine.probe(model, options).result(TIMEOUT)
        loaded = loaded_by(real, options)
        assert 10 < probed.gpu_layers == loaded.gpu_layers
        assert probed.layers == loaded.layers == 33
        assert probed.context_length == loaded.context_length
        assert loaded.memory is not None
        assert probed.need.cache == pytest.approx(loaded.memory.cache, rel=0.01)
        assert probed.need.compute == pytest.approx(loaded.memory.compute, rel=0.01)


def test_a_gpu_that_gives_nothing(
    make_real: Callable[[str, tuple[MadeUpGpu, ...]], Asker], model: str
) -> None:
    real = make_real(model, gpus(GIB, gives=0))
    loaded = loaded_by(real, LoadOptions(threads=1))
    assert (loaded.gpu_layers, loaded.context_length) == (0, 8192)
    assert loaded.notes == (NOTHING,)
    _, recorder = real.ask("ABC")
    recorder.finished()
