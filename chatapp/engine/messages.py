"""All that crosses the border between the application and the worker process.

Plain frozen dataclasses, pickled over a pipe. Everything that belongs to a request carries its id.
"""

from __future__ import annotations

from dataclasses import dataclass

from chatapp.domain.conversation import Role
from chatapp.domain.engine_pack import BUILT_IN, EngineInfo
from chatapp.domain.generation import (
    FinishReason,
    GenerationParameters,
    Priority,
    TokenProbabilities,
    Usage,
)
from chatapp.domain.model import Adapter, Device, LoadedModel, MemoryNeed, Pooling
from chatapp.engine.parts import PartDelta, ToolCall
from chatapp.errors import ErrorRecord

# To the worker


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a model is loaded. None means: chosen by the worker for this computer.

    `context_length` in tokens is an upper limit: a model trained on less gets less. `parallel`
    answers are written at the same time. `cache_type` is how keys and values are kept: "f16",
    "q8_0" or "q4_0".

    `template` takes the place of the model's own chat template. `split` is the share of each GPU,
    `batch` the tokens that are read in one go. `rope_base` and `rope_scale` of 0 are the model's
    own. `draft_model` is the path of a small one whose guesses are checked; `speculation` lets the
    worker guess, with or without it.

    With `flash_attention_until`, flash attention is left off on a processor from answers on that
    begin after more tokens, where that is possible without reading anything again.
    """

    context_length: int = 8192
    threads: int | None = None
    gpu_layers: int | None = None
    flash_attention: bool | None = None
    flash_attention_until: int | None = None
    cache_type: str = "f16"
    parallel: int = 4
    template: str = ""
    split: tuple[float, ...] = ()
    batch: int | None = None
    memory_map: bool = True
    memory_lock: bool = False
    rope_base: float = 0.0
    rope_scale: float = 0.0
    adapters: tuple[Adapter, ...] = ()
    draft_model: str = ""
    speculation: bool = True


# For a model that ended the worker twice while it was loaded.
SAFE_OPTIONS = LoadOptions(
    context_length=2048, threads=1, gpu_layers=0, flash_attention=False, parallel=1
)


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Where what was read of conversations may be kept, and how many bytes of it.

    A conversation is written there when its place is needed, after `idle_seconds` and at the end.
    """

    path: str
    budget: int
    idle_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """Load this model file. Answered by `LoadProgress`… and then `Loaded` or `LoadFailed`."""

    path: str
    options: LoadOptions
    states: StateFolder | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message as the chat template sees it.

    An answer can have its `reasoning` and its `calls` of tools. A tool's turn has what it returned
    as text, with the name of the tool and the id of the call that it belongs to, if it had one.
    """

    role: Role
    text: str
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()
    tool_name: str = ""
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call. `parameters` is the JSON schema of an object, as text."""

    name: str
    description: str = ""
    parameters: str = '{"type": "object", "properties": {}}'


@dataclass(frozen=True, slots=True)
class TemplateArgument:
    """A value that a chat template asks for by name, such as `enable_thinking`."""

    name: str
    value: str | bool | int | float


@dataclass(frozen=True, slots=True)
class TemplateOptions:
    """What a chat template gets besides the turns."""

    tools: tuple[Tool, ...] = ()
    arguments: tuple[TemplateArgument, ...] = ()


NOTHING_ELSE = TemplateOptions()


@dataclass(frozen=True, slots=True)
class Generate:
    """Answer the last turn. Answered by `PromptProgress`…, `Delta`… and `Finished` or `Failed`.

    `thought` and `prefill` are the beginning of the answer, already written: what the model thought
    and said. It goes on from there. `adapters` take the place of those of the load.

    What was read of a `conversation` is kept under that name, on disk too; without a name it is
    kept in memory only.
    """

    request_id: int
    turns: tuple[Turn, ...]
    parameters: GenerationParameters
    prefill: str = ""
    conversation: str = ""
    priority: Priority = Priority.INTERACTIVE
    options: TemplateOptions = NOTHING_ELSE
    thought: str = ""
    adapters: tuple[Adapter, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """End this request now, in the middle of the prompt too. Unknown ids are ignored."""

    request_id: int


@dataclass(frozen=True, slots=True)
class CountTokens:
    """Count the tokens of a text, or of the whole prompt of some turns. Answered by `TokenCount`.

    It is answered while an answer is being written, too.
    """

    request_id: int
    text: str | tuple[Turn, ...]
    options: TemplateOptions = NOTHING_ELSE


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget what was read of this conversation."""

    conversation: str


@dataclass(frozen=True, slots=True)
class SetAdapters:
    """Use these adapters and no others from now on. Answered by `AdaptersSet` or `Failed`."""

    request_id: int
    adapters: tuple[Adapter, ...]


@dataclass(frozen=True, slots=True)
class Embed:
    """Turn each text into a vector. Answered by `Embedded` or `Failed`.

    With `normalise` each vector has the length 1.
    """

    request_id: int
    texts: tuple[str, ...]
    pooling: Pooling = Pooling.MODEL
    normalise: bool = True


@dataclass(frozen=True, slots=True)
class Rerank:
    """Say how well each text answers the query. Answered by `Ranked` or `Failed`."""

    request_id: int
    query: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """Say what loading this file would take, without doing it. Answered by `Probed` or `Failed`."""

    request_id: int
    path: str
    options: LoadOptions


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Measure the speed of one test, in tokens. Answered by `BenchmarkRun`… and `Benchmarked`.

    As llama-bench does: after `depth` tokens, `prompt_tokens` are read in one go and then
    `generated_tokens` written one by one; every repetition begins with nothing else in the context.
    For this test `threads` and `flash_attention` take the place of those that an answer after so
    many tokens would have. Nothing is written any more after so many `seconds`.
    """

    request_id: int
    prompt_tokens: int = 0
    generated_tokens: int = 0
    depth: int = 0
    repetitions: int = 3
    threads: int | None = None
    flash_attention: bool | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Ping:
    """Ask for a sign of life. Answered by `Pong`, whatever is being computed."""


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
    engine: EngineInfo = BUILT_IN


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
    """New text of the answer, never a part of a character, and the tokens written so far.

    `text` is what the answer says. `parts` have all that is new, thoughts and calls of tools too.
    A worker leaves them out where there is only text, which goes on the last part or is the first:
    `Generation` fills them in. `probabilities` are there for every new token when the parameters
    ask for them.
    """

    request_id: int
    text: str
    completion_tokens: int
    probabilities: tuple[TokenProbabilities, ...] = ()
    parts: tuple[PartDelta, ...] = ()

    def __reduce__(self) -> tuple[type[Delta], tuple[object, ...]]:
        # What dataclasses with slots do instead is slow, and this is sent all the time.
        return Delta, (
            self.request_id,
            self.text,
            self.completion_tokens,
            self.probabilities,
            self.parts,
        )


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
class TokenCount:
    """How many tokens it is."""

    request_id: int
    count: int


@dataclass(frozen=True, slots=True)
class AdaptersSet:
    """The adapters are in use."""

    request_id: int


@dataclass(frozen=True, slots=True)
class Embedded:
    """One vector for each text."""

    request_id: int
    vectors: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One score for each text, higher for a better one."""

    request_id: int
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Probed:
    """What loading would take, and how many layers the model has, the output layer among them.

    `gpu_layers` and `context_length` are what it would be loaded with.
    """

    request_id: int
    need: MemoryNeed
    layers: int
    gpu_layers: int = 0
    context_length: int = 0


@dataclass(frozen=True, slots=True)
class BenchmarkRun:
    """One repetition: tokens per second."""

    request_id: int
    tokens_per_second: float


@dataclass(frozen=True, slots=True)
class Benchmarked:
    """All repetitions are done; `error` says why not."""

    request_id: int
    error: ErrorRecord | None = None


@dataclass(frozen=True, slots=True)
class Pong:
    """A sign of life; `steps` grows whenever something was computed."""

    steps: int


@dataclass(frozen=True, slots=True)
class LogLines:
    """Lines of llama.cpp's own log; `level` is one of Python's logging levels."""

    level: int
    text: str


Command = (
    Load
    | Generate
    | Stop
    | CountTokens
    | Forget
    | SetAdapters
    | Embed
    | Rerank
    | Probe
    | Benchmark
    | Ping
    | ListDevices
    | Shutdown
)
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
    | TokenCount
    | AdaptersSet
    | Embedded
    | Ranked
    | Probed
    | BenchmarkRun
    | Benchmarked
    | Pong
    | LogLines
)
GenerationEvent = PromptProgress | Delta | Finished | Failed
