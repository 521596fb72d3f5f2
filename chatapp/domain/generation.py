"""How an answer is made, and what is known of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FinishReason(StrEnum):
    """Why an answer ended."""

    END = "end"  # the model said so with an end-of-generation token, or a stop string matched
    LENGTH = "length"  # `max_tokens` reached
    CONTEXT = "context"  # the context window is full
    STOPPED = "stopped"  # the person pressed Stop
    FAILED = "failed"  # an error ended it


@dataclass(frozen=True, slots=True)
class GenerationParameters:
    """What the person can choose. `None` means: no limit, or chosen at random (seed).

    The seed is an unsigned 32-bit number.
    """

    temperature: float = 0.7
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.05
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts in tokens, times in milliseconds.

    `cached_tokens` of the `prompt_tokens` were still in the context and were not read again.
    `first_token_ms` runs from the worker's receipt of the request to its first sampled token.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    first_token_ms: float = 0.0
    generation_ms: float = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Speed of writing: tokens after the first over the time that they took."""
        if self.completion_tokens < 2 or self.generation_ms <= 0:
            return 0.0
        return (self.completion_tokens - 1) * 1000.0 / self.generation_ms


@dataclass(frozen=True, slots=True)
class Origin:
    """What made an answer: enough to make it again. Stored with every reply."""

    model_name: str
    model_path: str
    parameters: GenerationParameters
    model_sha256: str | None = None
    quantization: str = ""
    seed: int | None = None
    usage: Usage = Usage()
    finish_reason: FinishReason | None = None
    llama_build: str = ""
