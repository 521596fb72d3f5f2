"""What goes to the GPUs, decided and loaded on made-up devices: none is needed for these tests."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import accumulate, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.domain.model import Device, LoadNote, LoadNoteKind
from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.devices import (
    MARGIN,
    has_gpu,
    has_graphics_card,
    holds,
    knows_gpus,
    rooms,
)
from chatapp.engine.worker.offload import (
    AUTOMATIC_LENGTH,
    AUTOMATIC_LENGTH_ON_CPU,
    SHORTEST_LENGTH,
    USABLE_LENGTH,
    Placement,
    Refused,
    choose,
    first_that_loads,
    notes,
    steps_down,
)
from chatapp.errors import EngineError, ModelFileDamaged, ModelLoadFailed, OutOfMemory

MIB = 2**20
GIB = 2**30
USUAL = LoadOptions()
AUTOMATIC = LoadOptions(context_length=0)
NO_ROOM = OutOfMemory("model.gguf", "no room")
TRAINED = 131_072


def card(name: str, free: int, total: int = 24 * GIB, kind: str = "gpu") -> Device:
    return Device(name, "A card", kind, free, total)


@dataclass
class Machine:
    """A model on a table of devices, spread over them as llama.cpp spreads it.

    32 layers of 120 MiB and an output of 400 MiB; one token of context takes 4 KiB in each layer,
    and what is computed with takes 256 MiB of each device in use and 8 KiB for each token.
    """

    devices: tuple[Device, ...]
    layers: int = 33
    measured: list[Placement] = field(default_factory=list)

    @property
    def rooms(self) -> tuple[int, ...]:
        return rooms([device.name for device in self.devices], self.devices, 0)

    def measure(self, placement: Placement) -> tuple[int, ...]:
        self.measured.append(placement)
        return self.needs(placement)

    def needs(self, placement: Placement) -> tuple[int, ...]:
        counts = self.counts(placement)
        last = max((index for index, count in enumerate(counts) if count), default=-1)
        found = []
        for index, count in enumerate(counts):
            blocks = count - (index == last)
            need = 256 * MIB + placement.context_length * 8192 if count else 0
            need += blocks * (120 * MIB + placement.context_length * 4096)
            found.append(need + (400 * MIB if index == last else 0))
        return tuple(found)

    def counts(self, placement: Placement) -> list[int]:
        shares = placement.split or [device.memory_free for device in self.devices]
        ends = list(accumulate(shares if any(shares) else [1] * len(self.devices)))
        counts = [0] * len(self.devices)
        for layer in range(placement.layers):
            counts[bisect_right([end / ends[-1] for end in ends], layer / placement.layers)] += 1
        return counts

    def fits(self, placement: Placement) -> bool:
        return all(map(int.__le__, self.needs(placement), self.rooms))

    def choose(self, options: LoadOptions = USUAL, trained: int = TRAINED) -> Placement:
        return choose(self.measure, self.rooms, self.layers, options, trained)


def test_everything_fits() -> None:
    machine = Machine((card("CUDA0", 12 * GIB),))
    assert machine.choose() == Placement(33, 8192)
    assert len(machine.measured) == 1, "probing more than once costs time for nothing"


@pytest.mark.parametrize("free", [1500, 2000, 3000, 4000, 5000, 5900])
def test_the_most_layers_of_one_card(free: int) -> None:
    machine = Machine((card("CUDA0", free * MIB),))
    most = max(count for count in range(34) if machine.fits(Placement(count, 8192)))
    chosen = machine.choose()
    assert chosen == Placement(most, 8192)
    assert most < 33
    assert len(machine.measured) <= 8


def test_a_margin_stays_free() -> None:
    machine = Machine((card("CUDA0", 5 * GIB),))
    chosen = machine.choose()
    assert machine.needs(chosen)[0] <= 5 * GIB - MARGIN
    assert machine.needs(replace(chosen, layers=chosen.layers + 1))[0] > 5 * GIB - MARGIN


def test_the_longest_context_that_all_layers_leave_room_for() -> None:
    machine = Machine((card("CUDA0", 7 * GIB),))
    chosen = machine.choose(AUTOMATIC)
    assert chosen.layers == 33
    assert USABLE_LENGTH < chosen.context_length < AUTOMATIC_LENGTH
    assert chosen.context_length % 256 == 0
    assert machine.fits(chosen)
    assert not machine.fits(replace(chosen, context_length=chosen.context_length + 256))


def test_layers_come_before_a_long_context() -> None:
    machine = Machine((card("CUDA0", 4 * GIB),))
    chosen = machine.choose(AUTOMATIC)
    short = [n for n in range(34) if machine.fits(Placement(n, USABLE_LENGTH))]
    assert chosen.layers == max(short) < 33
    assert chosen.context_length >= USABLE_LENGTH
    assert machine.fits(chosen)
    assert not machine.fits(replace(chosen, context_length=chosen.context_length + 256))


def test_a_length_that_was_chosen_is_kept() -> None:
    machine = Machine((card("CUDA0", 5 * GIB),))
    assert machine.choose(LoadOptions(context_length=30_000)).context_length == 30_000
    assert machine.choose(LoadOptions(context_length=30_000), trained=2048).context_length == 2048


@pytest.mark.parametrize("sizes", [(4, 4), (6, 3), (3, 6), (2, 5), (5, 2)])
def test_several_cards(sizes: tuple[int, int]) -> None:
    first, second = sizes
    machine = Machine((card("CUDA0", first * GIB), card("CUDA1", second * GIB)))
    chosen = machine.choose()
    assert machine.fits(chosen)
    shared = [
        one + two
        for one, two in product(range(34), repeat=2)
        if 0 < one + two <= 33
        and machine.fits(Placement(one + two, 8192, (float(one), float(two))))
    ]
    assert chosen.layers == max(shared)
    alone = [Machine((device,)).choose(LoadOptions()).layers for device in machine.devices]
    assert chosen.layers > max(alone)


def test_a_card_without_room_is_left_out() -> None:
    machine = Machine((card("CUDA0", 9 * GIB), card("CUDA1", GIB // 2)))
    chosen = machine.choose()
    assert machine.counts(chosen) == [33, 0]
    machine = Machine((card("CUDA0", GIB // 2), card("CUDA1", 9 * GIB)))
    assert machine.counts(machine.choose()) == [0, 33]


def test_a_chosen_split_is_kept() -> None:
    machine = Machine((card("CUDA0", 9 * GIB), card("CUDA1", 3 * GIB)))
    chosen = machine.choose(LoadOptions(split=(1.0, 1.0)))
    assert chosen.split == (1.0, 1.0)
    assert machine.fits(chosen)
    assert not machine.fits(replace(chosen, layers=chosen.layers + 1))


@pytest.mark.parametrize("free", [0, 512 * MIB, GIB + 300 * MIB])
def test_nothing_fits(free: int) -> None:
    """Free memory of 0 bytes means that the driver does not tell."""
    machine = Machine((card("Vulkan0", free),))
    assert machine.choose() == Placement(0, 8192)
    assert machine.choose(AUTOMATIC) == Placement(0, AUTOMATIC_LENGTH_ON_CPU)


@given(
    free=st.lists(st.integers(0, 12 * 1024), min_size=1, max_size=4),
    length=st.sampled_from([0, 512, 2048, 5000, 8192, 100_000]),
    layers=st.integers(2, 90),
)
def test_whatever_is_chosen_fits(free: list[int], length: int, layers: int) -> None:
    devices = tuple(card(f"CUDA{index}", size * MIB) for index, size in enumerate(free))
    machine = Machine(devices, layers)
    chosen = machine.choose(LoadOptions(context_length=length))
    assert 0 <= chosen.layers <= layers
    assert chosen.context_length <= (length or AUTOMATIC_LENGTH)
    if chosen.layers:
        assert machine.fits(chosen)
        assert chosen.context_length >= (length or USABLE_LENGTH)
    elif len(free) == 1:
        assert not machine.fits(Placement(1, length or USABLE_LENGTH))


# What is tried next


def test_fewer_layers_then_a_shorter_context_then_the_processor() -> None:
    assert list(steps_down(Placement(32, 8192, (3.0, 1.0)))) == [
        Placement(24, 8192, (3.0, 1.0)),
        Placement(16, 8192, (3.0, 1.0)),
        Placement(8, 8192, (3.0, 1.0)),
        Placement(8, 4096, (3.0, 1.0)),
        Placement(8, 2048, (3.0, 1.0)),
        Placement(0, 8192),
        Placement(0, 4096),
        Placement(0, 2048),
    ]


def test_steps_without_a_gpu_or_with_a_short_context() -> None:
    assert list(steps_down(Placement(0, 8192))) == [Placement(0, 4096), Placement(0, 2048)]
    assert list(steps_down(Placement(0, 3000))) == [Placement(0, SHORTEST_LENGTH)]
    assert list(steps_down(Placement(0, 512))) == []
    assert list(steps_down(Placement(1, 512))) == [Placement(0, 512)]


class Loader:
    """Loads what really fits, and keeps what it was asked for."""

    def __init__(
        self,
        weights: Callable[[Placement], bool],
        context: Callable[[Placement], bool] = lambda _: True,
        error: EngineError = NO_ROOM,
    ) -> None:
        self._weights = weights
        self._context = context
        self._error = error
        self.tried: list[Placement] = []

    def __call__(self, placement: Placement) -> str:
        self.tried.append(placement)
        if not self._weights(placement):
            raise Refused(self._error, by_context=False)
        if not self._context(placement):
            raise Refused(self._error, by_context=True)
        return "loaded"


def test_another_program_took_the_memory_meanwhile() -> None:
    loader = Loader(lambda placement: placement.layers <= 20)
    placement, loaded = first_that_loads(Placement(33, 8192), loader)
    assert loaded == "loaded"
    assert placement == Placement(16, 8192)
    found = said(LoadOptions(), placement)
    assert found == (LoadNote(LoadNoteKind.LAYERS_ON_GPU, 16, 33),)


def test_only_a_shorter_context_fits() -> None:
    loader = Loader(lambda _: True, lambda placement: placement.context_length <= 4096)
    placement, _ = first_that_loads(Placement(33, 8192), loader)
    assert placement == Placement(8, 4096)
    found = said(LoadOptions(), placement)
    assert found == (
        LoadNote(LoadNoteKind.LAYERS_ON_GPU, 8, 33),
        LoadNote(LoadNoteKind.CONTEXT_SHORTENED, 4096, 8192),
    )


def test_the_processor_is_never_used_in_silence() -> None:
    loader = Loader(lambda placement: not placement.layers)
    placement, _ = first_that_loads(Placement(33, 8192), loader)
    assert placement == Placement(0, 8192)
    assert [tried.context_length for tried in loader.tried] == [8192] * 5, "weights need no context"
    found = said(LoadOptions(), placement)
    assert found == (LoadNote(LoadNoteKind.NO_GPU_MEMORY),)


def test_a_driver_that_fails() -> None:
    """It gives no reason that fewer layers could remove."""
    broken = ModelLoadFailed("model.gguf", "failed to initialize the backend")
    loader = Loader(lambda placement: not placement.layers, error=broken)
    placement, _ = first_that_loads(Placement(33, 8192), loader)
    assert placement == Placement(0, 8192)
    assert len(loader.tried) == 2
    loader = Loader(lambda _: False, error=broken)
    with pytest.raises(ModelLoadFailed):
        first_that_loads(Placement(0, 8192), loader)
    assert len(loader.tried) == 1


def test_a_damaged_file_is_tried_once() -> None:
    loader = Loader(lambda _: False, error=ModelFileDamaged("model.gguf", "no magic"))
    with pytest.raises(ModelFileDamaged):
        first_that_loads(Placement(33, 8192), loader)
    assert len(loader.tried) == 1


def test_nothing_works() -> None:
    loader = Loader(lambda _: False)
    with pytest.raises(OutOfMemory):
        first_that_loads(Placement(33, 8192), loader)
    assert [tried.layers for tried in loader.tried] == [33, 24, 16, 8, 0]
    loader = Loader(lambda _: True, lambda _: False)
    with pytest.raises(OutOfMemory):
        first_that_loads(Placement(33, 8192), loader)
    assert loader.tried[-1] == Placement(0, SHORTEST_LENGTH)


# What is said


@pytest.mark.parametrize(
    ("options", "placement", "kinds"),
    [
        (USUAL, Placement(33, 8192), []),
        (LoadOptions(gpu_layers=0), Placement(0, 8192), []),
        (LoadOptions(gpu_layers=10), Placement(10, 8192), []),
        (LoadOptions(gpu_layers=99), Placement(33, 8192), []),
        (LoadOptions(gpu_layers=10), Placement(7, 8192), [LoadNoteKind.LAYERS_ON_GPU]),
        (LoadOptions(gpu_layers=10), Placement(0, 8192), [LoadNoteKind.NO_GPU_MEMORY]),
        (USUAL, Placement(33, 4096), [LoadNoteKind.CONTEXT_SHORTENED]),
        (AUTOMATIC, Placement(33, AUTOMATIC_LENGTH), []),
        (AUTOMATIC, Placement(33, 5120), [LoadNoteKind.CONTEXT_SHORTENED]),
        (AUTOMATIC, Placement(0, AUTOMATIC_LENGTH_ON_CPU), [LoadNoteKind.NO_GPU_MEMORY]),
    ],
)
def test_notes(options: LoadOptions, placement: Placement, kinds: list[LoadNoteKind]) -> None:
    assert [note.kind for note in said(options, placement)] == kinds


def said(options: LoadOptions, placement: Placement) -> tuple[LoadNote, ...]:
    return notes(options, placement, layers=33, trained=TRAINED, has_gpu=True, without_gpu=None)


@pytest.mark.parametrize("reason", [LoadNoteKind.NO_GPU_FOUND, LoadNoteKind.NO_GPU_BUILD, None])
def test_notes_without_a_gpu(reason: LoadNoteKind | None) -> None:
    def found(options: LoadOptions) -> list[LoadNoteKind]:
        kept = Placement(0, 4096)
        given = notes(options, kept, layers=33, trained=4096, has_gpu=False, without_gpu=reason)
        return [note.kind for note in given]

    expected = [] if reason is None else [reason]
    assert found(USUAL) == found(LoadOptions(gpu_layers=5)) == expected
    assert found(LoadOptions(gpu_layers=0)) == []


# Devices


def test_what_a_device_may_be_asked_for() -> None:
    devices = (
        Device("CPU", "", "cpu", 9 * GIB, 9 * GIB),
        card("CUDA0", 3 * GIB),
        card("CUDA1", GIB // 2),
    )
    assert rooms(("CUDA1", "CUDA0", "RPC0"), devices, GIB) == (0, 3 * GIB - MARGIN, 0)
    inside = (card("Vulkan0", 6 * GIB, kind="igpu"),)
    assert rooms(("Vulkan0",), inside, 8 * GIB) == (6 * GIB,)
    assert rooms(("Vulkan0",), inside, 2 * GIB) == (2 * GIB,), "the main memory is all it has"
    assert has_gpu(devices)
    assert not has_gpu(devices[:1])


def test_which_buffer_lies_where() -> None:
    assert holds("CUDA0", "CUDA0")
    assert holds("MTL0", "MTL0_Mapped")
    assert not holds("CUDA1", "CUDA10")
    assert not holds("CUDA0", "CUDA_Host")
    assert not holds("CUDA0", "CPU")


def test_builds_for_gpus(tmp_path: Path) -> None:
    for name in ("libggml.so", "libggml-cpu-haswell.so", "ggml-base.dll", "libggml-blas.so"):
        (tmp_path / name).touch()
    assert not knows_gpus(tmp_path)
    (tmp_path / "libggml-vulkan.so.0").touch()
    assert knows_gpus(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="PCI devices are files on Linux only")
@pytest.mark.parametrize(
    ("kind", "maker", "expected"),
    [
        ("0x030000", "0x10de", True),
        ("0x038000", "0x1002", True),
        ("0x030000", "0x8086", False),
        ("0x020000", "0x10de", False),
    ],
)
def test_graphics_cards(tmp_path: Path, kind: str, maker: str, expected: bool) -> None:
    assert not has_graphics_card(tmp_path)
    folder = tmp_path / "0000:01:00.0"
    folder.mkdir()
    (folder / "class").write_text(f"{kind}\n")
    assert not has_graphics_card(tmp_path)
    (folder / "vendor").write_text(f"{maker}\n")
    assert has_graphics_card(tmp_path) is expected
