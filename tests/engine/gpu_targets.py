"""Loading models on GPUs that are made up, in a child: llama.cpp never forgets a device."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from chatapp.domain.model import LoadNote
from chatapp.engine.messages import LoadOptions
from chatapp.engine.worker.interrupt import Interrupt
from chatapp.engine.worker.library import Library
from chatapp.engine.worker.offload import Placement
from tests.engine.made_up_gpus import Gpu, MadeUpGpu, register


@dataclass(frozen=True, slots=True)
class Case:
    """What the two GPUs are, and how a model is loaded; without a `placement` it is found."""

    gpus: tuple[MadeUpGpu, MadeUpGpu]
    options: LoadOptions
    placement: Placement | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Where a model should have gone and what each GPU should hold of it, and what came out."""

    chosen: Placement
    probed: tuple[int, ...]
    placement: Placement
    used: tuple[int, ...]
    notes: tuple[LoadNote, ...]
    refused: int


@functools.cache
def _machine(names: tuple[str, ...], kind: str) -> tuple[Library, list[Gpu]]:
    library = Library(lambda _level, _text: None, Interrupt())
    return library, register(library, [MadeUpGpu(name, 0, 0, kind=kind) for name in names])


def load(path: str, cases: Sequence[Case]) -> list[Result]:
    """Probe and load the model in each case."""
    names = tuple(gpu.name for gpu in cases[0].gpus)
    library, gpus = _machine(names, cases[0].gpus[0].kind)
    return [_load(library, gpus, path, case) for case in cases]


def _load(library: Library, gpus: list[Gpu], path: str, case: Case) -> Result:
    import llama_cpp.llama_cpp as llama

    from chatapp.engine.worker.loading import Loading
    from chatapp.engine.worker.probe import Prober

    for gpu, facts in zip(gpus, case.gpus, strict=True):
        gpu.facts, gpu.refused = facts, 0
    prober = Prober(library, path, case.options, 1)
    chosen = case.placement or prober.place()
    probed = tuple(need.total for need in prober.needs(chosen).on_devices)
    prober.close()
    assert not any(gpu.used or gpu.refused for gpu in gpus), "probing takes nothing"

    class Placed(Loading):
        """Goes to the placement of the case."""

        def _first(self) -> Placement:
            return chosen  # it takes seconds to find the same again

    loading = Placed(library, path, case.options, Interrupt(), 1, lambda _: True, lambda _: None)
    result = Result(
        chosen,
        probed,
        loading.placement,
        tuple(gpu.used for gpu in gpus),
        loading.notes,
        sum(gpu.refused for gpu in gpus),
    )
    llama.llama_free(loading.context.pointer)
    llama.llama_model_free(loading.model)
    assert not any(gpu.used for gpu in gpus), "all is given back"
    return result
