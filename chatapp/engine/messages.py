"""All that crosses the border between the application and the worker process.

Plain frozen dataclasses, pickled over a pipe. Everything that belongs to a request carries its id.
"""

from __future__ import annotations

from dataclasses import dataclass

from chatapp.domain.conversation import Role
from chatapp.domain.generation import FinishReason, GenerationParameters, Usage
from chatapp.domain.model import Device, LoadedModel
from chatapp.errors import ErrorRecord

# To the worker


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a model is loaded. None means: chosen by the worker for this computer.

    `context_length` in tokens is an upper limit: a model trained on less gets less.
    """

    context_length: int = 8192
    threads: int | None = None
    gpu_layers: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Load this model file. Answered by `LoadProgress`… and then `Loaded` or `LoadFailed`."""

    path: str
    options: LoadOptions


@dataclass(frozen=True, slots=True)
class Turn:
    """One message as the chat template sees it."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Generate:
    """Answer the last turn. Answered by `PromptProgress`…, `Delta`… and `Finished` or `Failed`.

    `prefill` is the beginning of the answer, already written; the model goes on from there.
    """

    request_id: int
    turns: tuple[Turn, ...]
    parameters: GenerationParameters
    prefill: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """End this request now, in the middle of the prompt too. Unknown ids are ignored."""

    request_id: int


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Ask what ggml can compute on. Answered by `Devices`."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """End the process. The pipe's end of file means the same."""


# From the worker


@dataclass(frozen=True, slots=True)
class Started:
    """The process runs and llama.cpp's library is loaded."""

    pid: int
    llama_build: str


@dataclass(frozen=True, slots=True)
class StartFailed:
    """llama.cpp's library can't be used; the process ends."""

    error: ErrorRecord


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices as ggml sees them."""

    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """From 0 to 1."""

    fraction: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model is ready."""

    model: LoadedModel


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """The model can't be used. The worker goes on and accepts another `Load`."""

    error: ErrorRecord


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """Tokens of the prompt that are read, of all; `cached` of them did not need reading."""

    request_id: int
    done: int
    total: int
    cached: int


@dataclass(frozen=True, slots=True)
class Delta:
    """New text of the answer, never a part of a character, and the tokens written so far."""

    request_id: int
    text: str
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer ended. `seed` is the one that was used."""

    request_id: int
    reason: FinishReason
    usage: Usage
    seed: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer can't be made or continued; what came before stays."""

    request_id: int
    error: ErrorRecord


@dataclass(frozen=True, slots=True)
class LogLines:
    """Lines of llama.cpp's own log; `level` is one of Python's logging levels."""

    level: int
    text: str


Command = Load | Generate | Stop | ListDevices | Shutdown
Reply = (
    Started
    | StartFailed
    | Devices
    | LoadProgress
    | Loaded
    | LoadFailed
    | PromptProgress
    | Delta
    | Finished
    | Failed
    | LogLines
)
GenerationEvent = PromptProgress | Delta | Finished | Failed
