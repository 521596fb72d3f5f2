"""What a model was estimated to need beside what it really took, each time that one is loaded."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from chatapp.domain.header import ModelHeader
from chatapp.domain.model import LoadedModel, MemoryNeed, ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions
from chatapp.engine.state import EngineState
from chatapp.errors import ChatappError
from chatapp.hub.fit import FitOptions, for_processor, memory_need
from chatapp.hub.gguf_header import read_header
from chatapp.hub.library import Library
from chatapp.jobs import Jobs

logger = logging.getLogger(__name__)

_SEQUENCES = 6  # the worker's own, beside the answers that are written at the same time


def estimate(
    header: ModelHeader, size: int, options: LoadOptions, loaded: LoadedModel
) -> MemoryNeed:
    """What would have been said of a model of `size` bytes before it was loaded like this."""
    wanted = FitOptions(
        options.context_length or loaded.context_length,
        options.cache_type,
        options.flash_attention,
        options.batch,
        sequences=max(1, options.parallel) + _SEQUENCES,
        guesses=options.speculation,
    )
    if not loaded.gpu_layers:
        wanted = for_processor(wanted, loaded.threads)
    return memory_need(header, size, wanted)


class MemoryUse:
    """Has both figures of every load written down in the library."""

    def __init__(self, engine: Engine, library: Library, jobs: Jobs) -> None:
        self._library = library
        self._jobs = jobs
        self._seen: LoadedModel | None = None
        engine.subscribe(self._on_engine)

    def _on_engine(self, state: EngineState) -> None:
        model, loaded, options = state.model, state.loaded, state.options
        if loaded is self._seen or model is None or loaded is None or options is None:
            return
        self._seen = loaded
        if loaded.memory is not None:
            self._jobs.general.run(
                partial(self._record, model, options, loaded, loaded.memory.total)
            )

    def _record(
        self, model: ModelFile, options: LoadOptions, loaded: LoadedModel, used: int
    ) -> None:
        try:
            header = model.header or read_header(Path(model.path))
            need = estimate(header, model.size, options, loaded)
            self._library.record(model.path, memory_estimated=need.total, memory_used=used)
        except ChatappError as error:  # it is gone, or its folder can't be written to
            logger.info("what %s took is not written down: %r", model.path, error)
