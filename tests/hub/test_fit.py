"""Estimates beside llama.cpp's own figures for the same model and the same context."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from chatapp.domain.header import ModelHeader
from chatapp.domain.model import Device
from chatapp.engine.messages import LoadOptions
from chatapp.hub.fit import (
    MARGIN,
    MEMORY,
    FitOptions,
    MemoryNeed,
    Verdict,
    for_processor,
    judge,
    memory_need,
)
from chatapp.hub.gguf_header import read_header
from chatapp.hub.hardware import Machine
from tests.engine.gguf_files import ARCHITECTURES, Kind, write_tiny_architecture
from tests.hub.llama_figures import Figures, Report, report
from tests.hub.model_files import HOLLOW_MODELS, drawn, write_hollow

MIB = 2**20
GIB = 2**30
ROUNDED = 0.006  # MiB: llama.cpp tells two places
SMALL = 0.1  # MiB: less than that counts for nothing
CACHES = (("f16", None), ("f16", True), ("f16", False), ("q8_0", True), ("q4_0", None))
CONTEXTS = tuple(
    (LoadOptions(context_length=length, threads=2, cache_type=cache, flash_attention=flash), on_cpu)
    for length in (2048, 20_000)
    for cache, flash in CACHES
    for on_cpu in (True, False)
)
FEW = (
    (LoadOptions(context_length=4096, threads=1), True),
    (LoadOptions(context_length=700, threads=2, parallel=1), True),
    (LoadOptions(context_length=8192, threads=2, flash_attention=True), False),
    (LoadOptions(context_length=2048, threads=1, flash_attention=False), True),
    (LoadOptions(context_length=4096, threads=2, batch=384), True),
    (LoadOptions(context_length=4096, threads=1, batch=256), False),
)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        executor.submit(os.getpid).result()  # the process is there before a test counts them
        yield executor


@dataclass(frozen=True, slots=True)
class Compared:
    """An estimate and what llama.cpp says, MiB."""

    options: LoadOptions
    need: MemoryNeed
    weights: int  # bytes, as llama.cpp says
    said: Figures

    def is_near(self) -> bool:
        """Keys and values are exact; what is computed with, and all together, within a tenth."""
        said = self.said.compute + self.said.output
        difference = abs(self.need.compute / MIB - said)
        exactly = max(ROUNDED * 2, self.said.cache * 1e-4)
        real = self.weights / MIB + self.said.cache + said
        return (
            abs(self.need.cache / MIB - self.said.cache) <= exactly
            and (difference <= SMALL or difference <= 0.1 * said)
            and abs(self.need.total / MIB - real) <= 0.1 * real
        )


def estimate(header: ModelHeader, size: int, options: LoadOptions, on_cpu: bool) -> MemoryNeed:
    wanted = FitOptions(
        options.context_length,
        options.cache_type,
        options.flash_attention,
        options.batch,
        sequences=options.parallel + 6,
    )
    return memory_need(
        header, size, for_processor(wanted, options.threads or 2) if on_cpu else wanted
    )


def compare(
    header: ModelHeader,
    size: int,
    contexts: tuple[tuple[LoadOptions, bool], ...],
    said: Report,
) -> list[Compared]:
    return [
        Compared(options, estimate(header, size, options, on_cpu), said.weights, figures)
        for (options, on_cpu), figures in zip(contexts, said.contexts, strict=True)
    ]


def far_off(
    path: Path, contexts: tuple[tuple[LoadOptions, bool], ...], said: Report
) -> list[Compared]:
    """Where the estimate is wrong, from the whole header or from the part that a download has."""
    size = path.stat().st_size
    whole, part = read_header(path), read_header(path, full=False)
    assert whole.parameters == said.parameters
    assert memory_need(whole, size, FitOptions()).weights == pytest.approx(said.weights, rel=0.01)
    found = [*compare(whole, size, contexts, said), *compare(part, size, contexts, said)]
    return [compared for compared in found if not compared.is_near()]


@pytest.mark.model
def test_the_starter_model(pool: ProcessPoolExecutor, starter_model: Path) -> None:
    said = pool.submit(report, str(starter_model), CONTEXTS).result()
    assert not far_off(starter_model, CONTEXTS, said)


@pytest.mark.model
def test_what_is_only_computed_is_what_is_allocated(
    pool: ProcessPoolExecutor, starter_model: Path
) -> None:
    figures = [
        pool.submit(report, str(starter_model), FEW, allocate=allocate).result()
        for allocate in (False, True)
    ]
    assert figures[0].contexts == figures[1].contexts
    assert figures[0].weights == figures[1].weights
    mapped = max(size for _, size in figures[1].buffers)
    assert starter_model.stat().st_size / MIB == pytest.approx(mapped, rel=0.1)


@pytest.mark.model
@pytest.mark.parametrize(
    "name", [entry.name for entry in ARCHITECTURES if entry.kind is not Kind.EMBEDDING]
)
def test_tiny_models_of_every_kind(pool: ProcessPoolExecutor, tmp_path: Path, name: str) -> None:
    path = write_tiny_architecture(tmp_path / "tiny.gguf", name, trained_context=16384)
    for allocate in (True, False):
        said = pool.submit(report, str(path), FEW, allocate=allocate).result()
        assert not far_off(path, FEW, said)


@pytest.mark.model
@pytest.mark.parametrize("name", HOLLOW_MODELS)
def test_models_of_real_sizes(pool: ProcessPoolExecutor, tmp_path: Path, name: str) -> None:
    model = HOLLOW_MODELS[name]
    path = write_hollow(tmp_path / "hollow.gguf", model)
    # Recurrent states are made even when nothing else is; a context changes nothing there.
    contexts = FEW if "ssm.state_size" in model.keys else CONTEXTS
    said = pool.submit(report, str(path), contexts).result()
    assert not far_off(path, contexts, said)


@pytest.mark.model
@pytest.mark.parametrize("seed", range(12))
def test_models_of_other_sizes(pool: ProcessPoolExecutor, tmp_path: Path, seed: int) -> None:
    path = write_hollow(tmp_path / "hollow.gguf", drawn(seed))
    said = pool.submit(report, str(path), FEW).result()
    assert not far_off(path, FEW, said)


# The verdict

HEADER = ModelHeader(
    architecture="llama",
    parameters=4 * 10**9,
    context_length=131072,
    layers=32,
    embedding_length=4096,
    vocabulary=32000,
    heads=(32,) * 32,
    kv_heads=(8,) * 32,
    key_length=128,
    value_length=128,
    sliding=(False,) * 32,
    recurrent=(False,) * 32,
    feed_forward=(14336,) * 32,
    has_experts=(False,) * 32,
)
SIZE = 4 * GIB
OPTIONS = FitOptions(8192)
GPU = Device("GPU0", "A card", "gpu", 8 * GIB, 8 * GIB)


def test_the_verdict_depends_on_what_is_free() -> None:
    need = memory_need(HEADER, SIZE, for_processor(OPTIONS, 7)).total
    for free, verdict in (
        (int(need / 0.89), Verdict.FITS),
        (int(need / 0.91), Verdict.TIGHT),
        (need, Verdict.TIGHT),
        (need - 1, Verdict.TOO_LARGE),
        (0, Verdict.TOO_LARGE),
    ):
        fit = judge(HEADER, SIZE, OPTIONS, Machine(64 * GIB, free, threads=7))
        assert (fit.verdict, fit.need.total) == (verdict, need)
        assert (fit.gpu_layers, fit.limiting) == (0, MEMORY)
        assert fit.available == free


def test_what_unloading_would_free_counts_but_not_beyond_what_there_is() -> None:
    machine = Machine(8 * GIB, GIB)
    assert judge(HEADER, SIZE, OPTIONS, machine).verdict is Verdict.TOO_LARGE
    assert judge(HEADER, SIZE, OPTIONS, machine, freed=6 * GIB).verdict is Verdict.FITS
    small = Machine(4 * GIB, GIB)
    fit = judge(HEADER, SIZE, OPTIONS, small, freed=60 * GIB)
    assert (fit.verdict, fit.available) == (Verdict.TOO_LARGE, 4 * GIB)


def test_a_longer_context_needs_more() -> None:
    machine = Machine(8 * GIB, 7 * GIB)
    assert judge(HEADER, SIZE, OPTIONS, machine).verdict is Verdict.FITS
    assert judge(HEADER, SIZE, FitOptions(131072), machine).verdict is Verdict.TOO_LARGE
    quantized = FitOptions(32768, cache_type="q4_0")
    assert judge(HEADER, SIZE, quantized, machine).verdict is Verdict.FITS


def test_a_card_that_holds_everything() -> None:
    fit = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 2 * GIB, (GPU,), 7))
    assert (fit.verdict, fit.gpu_layers, fit.limiting) == (Verdict.FITS, 33, "GPU0")
    assert [(place.name, place.layers) for place in fit.places] == [("GPU0", 32), (MEMORY, 0)]
    assert fit.places[0].need <= fit.places[0].available == GPU.memory_free - MARGIN
    assert fit.available == 2 * GIB + 7 * GIB


def test_a_card_that_holds_a_part() -> None:
    half = replace(GPU, memory_free=4 * GIB)
    fit = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 8 * GIB, (half,), 7))
    card, memory = fit.places
    assert fit.verdict is Verdict.FITS
    assert 0 < card.layers < 32
    assert card.layers + memory.layers == 32
    assert fit.gpu_layers == card.layers + 1
    assert card.need <= card.available == 3 * GIB
    assert fit.limiting == "GPU0"
    poor = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, GIB, (half,), 7))
    assert (poor.verdict, poor.limiting) == (Verdict.TOO_LARGE, MEMORY)


def test_several_cards_share_the_layers() -> None:
    cards = tuple(replace(GPU, name=f"GPU{index}", memory_free=4 * GIB) for index in range(2))
    fit = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 8 * GIB, cards, 7))
    assert fit.gpu_layers == 33
    assert all(place.layers for place in fit.places[:2])
    assert fit.places[2].layers == 0


def test_a_card_without_room_is_left_alone() -> None:
    full = replace(GPU, memory_free=GIB)
    fit = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 12 * GIB, (full,), 7))
    alone = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 12 * GIB, threads=7))
    assert (fit.verdict, fit.gpu_layers, fit.need) == (alone.verdict, 0, alone.need)
    freed = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 12 * GIB, (full,), 7), freed=7 * GIB)
    assert freed.gpu_layers == 33


@pytest.mark.parametrize(("kind", "unified"), [("igpu", False), ("gpu", True)])
def test_memory_that_a_device_shares_counts_once(kind: str, unified: bool) -> None:
    device = replace(GPU, kind=kind, memory_free=12 * GIB, memory_total=12 * GIB)
    fit = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 7 * GIB, (device,), 7, unified))
    assert (fit.verdict, fit.available, fit.gpu_layers) == (Verdict.FITS, 7 * GIB, 33)
    poor = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 5 * GIB, (device,), 7, unified))
    assert poor.verdict is Verdict.TOO_LARGE


def test_a_card_is_preferred_to_a_device_that_shares() -> None:
    shared = replace(GPU, name="integrated", kind="igpu")
    fit = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 8 * GIB, (shared, GPU), 7))
    assert [place.name for place in fit.places] == ["GPU0", MEMORY]


def test_processors_and_devices_of_unknown_memory_hold_nothing() -> None:
    devices = (Device("CPU", "", "cpu", GIB, GIB), Device("GPU9", "", "gpu"))
    fit = judge(HEADER, SIZE, OPTIONS, Machine(16 * GIB, 8 * GIB, devices, 7))
    assert (fit.gpu_layers, fit.available) == (0, 8 * GIB)


def test_a_file_without_layers_needs_what_it_is_large() -> None:
    assert memory_need(ModelHeader(), 100, OPTIONS, projector=23).total == 123
    assert judge(ModelHeader(), GIB, OPTIONS, Machine(8 * GIB, 4 * GIB)).verdict is Verdict.FITS


def test_one_thread_and_no_flash_attention_compute_in_smaller_steps() -> None:
    steps = [for_processor(OPTIONS, threads).batch for threads in (1, 2, 16)]
    assert steps == [63, 128, 128]
    alone = for_processor(replace(OPTIONS, flash_attention=False), 1)
    assert (alone.batch, alone.sequences) == (128, 3)
