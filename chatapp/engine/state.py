"""What the engine tells about itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chatapp.domain.model import LoadedModel, ModelFile
from chatapp.engine.messages import LoadOptions
from chatapp.errors import ChatappError


class EngineStatus(StrEnum):
    """The state of the worker and its model. Each request has its own `RequestState`."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class RequestState(StrEnum):
    """Where one request stands."""

    WAITING = "waiting"  # another one comes first, or the model is being loaded
    READING = "reading"  # the prompt
    WRITING = "writing"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EngineState:
    """A snapshot.

    `progress` (0 to 1) means something while loading, `loaded` and the `options` it was loaded
    with once ready, `error` once failed.
    """

    status: EngineStatus = EngineStatus.UNLOADED
    model: ModelFile | None = None
    progress: float = 0.0
    loaded: LoadedModel | None = None
    error: ChatappError | None = None
    options: LoadOptions | None = None
