"""Model files and what a loaded one tells about itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model on this computer.

    `size` is in bytes; `quantization` is empty when the file name has none.
    """

    path: str
    name: str
    quantization: str = ""
    size: int = 0
    is_starter: bool = False


class TemplateOrigin(StrEnum):
    """Where the chat template comes from."""

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
class LoadedModel:
    """What is known once a model is ready. Lengths in tokens, memory in bytes."""

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
