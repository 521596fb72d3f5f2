"""How an answer is made, and what is known of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final


class FinishReason(StrEnum):
    """Why an answer ended."""

    END = "end"  # the model said so with an end-of-generation token, or a stop string matched
    LENGTH = "length"  # `max_tokens` reached
    CONTEXT = "context"  # the context window is full
    STOPPED = "stopped"  # the person pressed Stop
    FAILED = "failed"  # an error ended it


class Priority(StrEnum):
    """Who waits for an answer."""

    INTERACTIVE = "interactive"  # a person: comes first, and background work pauses meanwhile
    BACKGROUND = "background"


class SamplerStep(StrEnum):
    """The steps that narrow the choice of the next token. Each is skipped while it is off."""

    PENALTIES = "penalties"  # repeat, frequency and presence
    DRY = "dry"
    TOP_N_SIGMA = "top_n_sigma"
    TOP_K = "top_k"
    TYPICAL_P = "typical_p"
    TOP_P = "top_p"
    MIN_P = "min_p"
    XTC = "xtc"
    TEMPERATURE = "temperature"


@dataclass(frozen=True, slots=True)
class GenerationParameters:
    """What the person can choose, in llama.cpp's terms and with its values for "off".

    `max_tokens`: None is no limit. `seed`: an unsigned 32-bit number, None is chosen at random.
    `top_k` 0, `top_p` 1, `min_p` 0, `typical_p` 1, `repeat_penalty` 1, `frequency_penalty` 0,
    `presence_penalty` 0, `dry_multiplier` 0, `xtc_probability` 0, `top_n_sigma` below 0,
    `adaptive_target` below 0, `dynamic_temperature_range` 0 and `mirostat` 0 are off; a
    temperature of 0 always takes the likeliest token. `repeat_last_n` and `dry_last_n` are in
    tokens, -1 is all. Mirostat (1 or 2) and adaptive-p replace the last step, the random choice.

    `logit_bias` pairs token ids with what is added to their logits. `grammar` is GBNF;
    `json_schema` is a JSON Schema as text, from which such a grammar is made; only one of them may
    be given. `logprobs` asks for that many likeliest tokens at every place, with the logarithm of
    the model's own probability.

    `thinking` says whether the model thinks before it answers, None is the model's own way;
    `reasoning_effort` how much, in its template's words. Both only where the template knows them.
    """

    temperature: float = 0.7
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.05
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    dynamic_temperature_range: float = 0.0
    dynamic_temperature_exponent: float = 1.0
    typical_p: float = 1.0
    top_n_sigma: float = -1.0
    xtc_probability: float = 0.0
    xtc_threshold: float = 0.1
    dry_multiplier: float = 0.0
    dry_base: float = 1.75
    dry_allowed_length: int = 2
    dry_last_n: int = -1
    dry_sequence_breakers: tuple[str, ...] = ("\n", ":", '"', "*")
    repeat_last_n: int = 64
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    mirostat: int = 0
    mirostat_tau: float = 5.0
    mirostat_eta: float = 0.1
    adaptive_target: float = -1.0
    adaptive_decay: float = 0.9
    logit_bias: tuple[tuple[int, float], ...] = ()
    grammar: str = ""
    json_schema: str = ""
    logprobs: int = 0
    samplers: tuple[SamplerStep, ...] = tuple(SamplerStep)
    thinking: bool | None = None
    reasoning_effort: str = ""


@dataclass(frozen=True, slots=True)
class ParameterChoice:
    """What an assistant, a preset or a conversation wants otherwise; None leaves it as it is.

    The values are those of `GenerationParameters`, but for a `max_tokens` of 0, which is no limit.
    The `seed` is only remembered unless `keep_seed` says that every answer is made with it.
    `preset` is the id of the preset that the choice began with, empty for none.
    """

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] | None = None
    dynamic_temperature_range: float | None = None
    dynamic_temperature_exponent: float | None = None
    typical_p: float | None = None
    top_n_sigma: float | None = None
    xtc_probability: float | None = None
    xtc_threshold: float | None = None
    dry_multiplier: float | None = None
    dry_base: float | None = None
    dry_allowed_length: int | None = None
    dry_last_n: int | None = None
    dry_sequence_breakers: tuple[str, ...] | None = None
    repeat_last_n: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    mirostat: int | None = None
    mirostat_tau: float | None = None
    mirostat_eta: float | None = None
    adaptive_target: float | None = None
    adaptive_decay: float | None = None
    logit_bias: tuple[tuple[int, float], ...] | None = None
    grammar: str | None = None
    json_schema: str | None = None
    logprobs: int | None = None
    samplers: tuple[SamplerStep, ...] | None = None
    thinking: bool | None = None
    reasoning_effort: str | None = None
    keep_seed: bool = False
    preset: str = ""

    def over(self, parameters: GenerationParameters) -> GenerationParameters:
        """The parameters with what is chosen in the place of theirs.

        A grammar and a JSON Schema exclude each other: one that is chosen takes the other's place,
        and of both that are chosen the JSON Schema holds.
        """
        values: dict[str, Any] = {}
        for field in fields(parameters):
            value = getattr(self, field.name)
            if value is not None:
                values[field.name] = value
        if not self.keep_seed:
            values.pop("seed", None)
        if self.max_tokens is not None:
            values["max_tokens"] = self.max_tokens or None
        if self.json_schema:
            values["grammar"] = ""
        elif self.grammar:
            values["json_schema"] = ""
        return replace(parameters, **values)


NO_CHOICE: Final = ParameterChoice()


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """A token and the natural logarithm of its probability; bytes, for a character may be split."""

    token: int
    piece: bytes
    logprob: float


@dataclass(frozen=True, slots=True)
class TokenProbabilities:
    """The token that was taken at one place, and the likeliest there, the likeliest first."""

    chosen: TokenChoice
    top: tuple[TokenChoice, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts in tokens, times in milliseconds.

    `cached_tokens` of the `prompt_tokens` were still in the context and were not read again.
    `first_token_ms` runs from the worker's receipt of the request to its first sampled token.
    `reasoning_ms` is how long the model thought before it answered, a part of `generation_ms`.
    `guessed_tokens` were checked in advance, and `guessed_right_tokens` of them were written.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    first_token_ms: float = 0.0
    generation_ms: float = 0.0
    reasoning_ms: float = 0.0
    guessed_tokens: int = 0
    guessed_right_tokens: int = 0

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
