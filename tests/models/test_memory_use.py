"""What a load was estimated to need beside what it took: real models in a real worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatapp.domain.model import LoadedModel, MemoryNeed, ModelFile
from chatapp.engine.engine import Engine
from chatapp.engine.messages import SAFE_OPTIONS, LoadOptions
from chatapp.engine.state import EngineState, EngineStatus
from chatapp.hub.gguf_header import read_header
from chatapp.hub.library import Library
from chatapp.jobs import Jobs
from chatapp.models.memory_use import MemoryUse, estimate
from chatapp.paths import Paths
from tests.engine.gguf_files import write_tiny_architecture

pytestmark = pytest.mark.model

TIMEOUT = 60.0


class Loading:
    """An engine, and a library that has what it loads written down."""

    def __init__(self, paths: Paths) -> None:
        self._changed = threading.Condition()
        self._jobs = Jobs()
        self.library = Library(paths, self._jobs)
        self._engine = Engine(logs=paths.logs)
        self._memory_use = MemoryUse(self._engine, self.library, self._jobs)
        self._engine.subscribe(self._on_engine)
        self.library.subscribe(self._notify)

    def load(self, model: ModelFile, options: LoadOptions) -> LoadedModel:
        self._engine.load(model, options)
        self._wait(lambda: self._engine.state.status is not EngineStatus.LOADING)
        self._wait(lambda: self._engine.state.status is EngineStatus.READY)
        loaded = self._engine.state.loaded
        assert loaded is not None
        assert self._engine.state.options == options
        return loaded

    def figures(self, path: Path) -> tuple[int, int]:
        """What is in the library: estimated and used."""
        self._wait(lambda: self._in_library(path) is not None)
        model = self._in_library(path)
        assert model is not None
        return model.memory_estimated, model.memory_used

    def _in_library(self, path: Path) -> ModelFile | None:
        models = (model for model in self.library.snapshot if model.path == str(path))
        return next((model for model in models if model.memory_used), None)

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, TIMEOUT)

    def _on_engine(self, _state: EngineState) -> None:
        self._notify()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        self._engine.close()
        self.library.close()
        self._jobs.close()


@pytest.fixture
def loading(paths: Paths) -> Iterator[Loading]:
    opened = Loading(paths)
    yield opened
    opened.close()


def near(estimated: MemoryNeed, used: MemoryNeed) -> bool:
    return all(
        here == pytest.approx(there, rel=0.1, abs=100_000)
        for here, there in (
            (estimated.weights, used.weights),
            (estimated.cache, used.cache),
            (estimated.compute, used.compute),
        )
    )


def test_both_figures_are_written_down(loading: Loading, paths: Paths) -> None:
    path = paths.models / "org" / "repo" / "tiny.gguf"
    path.parent.mkdir(parents=True)
    write_tiny_architecture(path, "llama", trained_context=8192)
    model = ModelFile(str(path), "tiny", size=path.stat().st_size)
    loaded = loading.load(model, LoadOptions(context_length=4096, threads=2))
    assert loaded.memory is not None
    estimated, used = loading.figures(path)
    assert used == loaded.memory.total
    assert estimated == pytest.approx(used, rel=0.1)


@pytest.mark.parametrize(
    "options",
    [
        LoadOptions(context_length=4096, threads=2),
        LoadOptions(context_length=8192, threads=2, cache_type="q8_0", parallel=1),
        LoadOptions(context_length=2048, threads=1),
        SAFE_OPTIONS,
    ],
    ids=str,
)
def test_the_starter_model_takes_what_was_said(
    loading: Loading, starter_model: Path, options: LoadOptions
) -> None:
    size = starter_model.stat().st_size
    loaded = loading.load(ModelFile(str(starter_model), "SmolLM2", size=size), options)
    assert loaded.memory is not None
    need = estimate(read_header(starter_model), size, options, loaded)
    assert near(need, loaded.memory), (need, loaded.memory)
    assert need.cache == pytest.approx(loaded.memory.cache, rel=1e-4)


@pytest.mark.parametrize("name", ["mamba2", "falcon-h1", "gemma3"])
def test_models_that_remember_in_other_ways(loading: Loading, paths: Paths, name: str) -> None:
    path = write_tiny_architecture(paths.models / "tiny.gguf", name, trained_context=4096)
    size = path.stat().st_size
    options = LoadOptions(context_length=4096, threads=2)
    loaded = loading.load(ModelFile(str(path), "tiny", size=size), options)
    assert loaded.memory is not None
    need = estimate(read_header(path), size, options, loaded)
    assert near(need, loaded.memory), (need, loaded.memory)
