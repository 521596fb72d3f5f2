"""Model files and what a loaded one tells about itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chatapp.domain.header import ModelHeader, ModelKind


class ModelSource(StrEnum):
    """Whose folder a model lies in. Only what lies in the first is ever changed or deleted."""

    OWN = "own"
    ADDED = "added"  # a file or a folder that the person named, used in place
    LM_STUDIO = "lm-studio"
    HUGGING_FACE = "hugging-face"
    OLLAMA = "ollama"
    GPT4ALL = "gpt4all"
    JAN = "jan"
    STARTER = "starter"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model on this computer.

    `size` is in bytes, of all shards but without the projector; `quantization` is empty when
    neither the file's name nor its header has one. `header` is None until it was read and when it
    can't be (`is_damaged`). `folder` is where the search that found the model began.

    A model in several files has all of them in `shards`, `path` being the first; without
    `missing_shards` it is complete. `projector` is the matching one for images, or empty.

    `sha256` is what the file should have, or has; `verified_at` is when its bytes were last read
    and found to have it, in seconds since the epoch, 0 for never. The origin on the Hub is empty
    where nobody knows it. `made_from` names the file that this one was quantised from.

    What was measured here, 0 for not yet: `read_speed` and `write_speed` in tokens a second,
    `memory_estimated` and `memory_used` of the last load in bytes.
    """

    path: str
    name: str
    quantization: str = ""
    size: int = 0
    is_starter: bool = False
    kind: ModelKind = ModelKind.CHAT
    source: ModelSource = ModelSource.OWN
    folder: str = ""
    header: ModelHeader | None = None
    is_damaged: bool = False
    shards: tuple[str, ...] = ()
    missing_shards: int = 0
    projector: str = ""
    sha256: str = ""
    verified_at: float = 0.0
    licence: str = ""
    repo: str = ""
    revision: str = ""
    repo_file: str = ""
    made_from: str = ""
    read_speed: float = 0.0
    write_speed: float = 0.0
    memory_estimated: int = 0
    memory_used: int = 0

    @property
    def can_chat(self) -> bool:
        """Whether it can be chosen for a chat, as far as is known."""
        return self.kind is ModelKind.CHAT

    @property
    def is_ours(self) -> bool:
        """Whether deleting it deletes a file."""
        return self.source is ModelSource.OWN


class TemplateOrigin(StrEnum):
    """Where the chat template comes from."""

    PERSON = "person"  # given in place of the model's own
    MODEL = "model"
    MISSING = "missing"  # the model has none: a common format is used
    FAILED = "failed"  # the model's own can't be used: a common format is used


@dataclass(frozen=True, slots=True)
class Device:
    """A device as ggml sees it. Memory in bytes; 0 when unknown."""

    name: str
    description: str
    kind: str  # "cpu", "gpu", "igpu", "accelerator"
    memory_free: int = 0
    memory_total: int = 0


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    """Bytes: the model, what it keeps of what it has read, and what it computes with."""

    weights: int
    cache: int
    compute: int

    @property
    def total(self) -> int:
        """All together."""
        return self.weights + self.cache + self.compute


class Pooling(StrEnum):
    """How the vectors of a text's tokens become one."""

    MODEL = "model"  # as the model's file says
    MEAN = "mean"
    CLS = "cls"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter's file, and how much of it is used."""

    path: str
    scale: float = 1.0


class LoadNoteKind(StrEnum):
    """What is worth saying about a load."""

    LAYERS_ON_GPU = "layers-on-gpu"  # `count` of `of`: the rest did not fit
    CONTEXT_SHORTENED = "context-shortened"  # to `count` tokens, `of` were wanted
    NO_GPU_MEMORY = "no-gpu-memory"  # nothing fits on the GPU
    NO_GPU_FOUND = "no-gpu-found"  # this build of llama.cpp could use one
    NO_GPU_BUILD = "no-gpu-build"  # this build of llama.cpp can't use one
    FLASH_ATTENTION_OFF = "flash-attention-off"  # it was wanted and can't be had
    DRAFT_NOT_LOADED = "draft-not-loaded"  # the draft model can't be loaded
    DRAFT_NOT_USED = "draft-not-used"  # this model can't check what another one guesses


@dataclass(frozen=True, slots=True)
class LoadNote:
    """How a load went otherwise than was wanted; the numbers are explained at each kind."""

    kind: LoadNoteKind
    count: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """What is known once a model is ready. Lengths in tokens.

    `memory` is what it really took, as llama.cpp says; None when it doesn't. `answer_format` names
    how it marks thoughts and calls of tools, "text" for not at all. `template_variables` are what
    its template asks for by name. `layers` counts the output layer, as `gpu_layers` does.
    Flash attention is left off from answers on that begin after more than `flash_attention_until`
    tokens; None where it always is as it was loaded.
    """

    context_length: int
    trained_context_length: int
    architecture: str
    description: str
    parameters: int
    template_origin: TemplateOrigin
    template_problem: str = ""
    threads: int = 0
    gpu_layers: int = 0
    llama_build: str = ""
    memory: MemoryNeed | None = None
    answer_format: str = ""
    template_variables: tuple[str, ...] = ()
    layers: int = 0
    notes: tuple[LoadNote, ...] = ()
    accepts_adapters: bool = False
    flash_attention_until: int | None = None

    @property
    def uses_common_format(self) -> bool:
        """Whether it gets prompts in another format than it was made for, as far as is known."""
        return self.template_origin in {TemplateOrigin.MISSING, TemplateOrigin.FAILED}
