"""The types that a model can be made smaller to, and what is known before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class QuantType(StrEnum):
    """A type as file names have it, the largest first. None of them needs an importance matrix."""

    Q8_0 = "Q8_0"
    Q6_K = "Q6_K"
    Q5_K_M = "Q5_K_M"
    Q5_K_S = "Q5_K_S"
    Q4_K_M = "Q4_K_M"
    Q4_K_S = "Q4_K_S"
    Q4_0 = "Q4_0"
    IQ4_XS = "IQ4_XS"
    Q3_K_M = "Q3_K_M"
    Q2_K = "Q2_K"


_FULL_PRECISION = frozenset({"F32", "F16", "BF16"})


@dataclass(frozen=True, slots=True)
class QuantizePlan:
    """What a model would become, as llama.cpp says without doing it. Sizes of files in bytes.

    `seconds` is about what writing it takes, from what this computer did with samples just now.
    `fallbacks` tensors get another type because their rows don't fit. `is_requantized`: some that
    are quantised already would be quantised once more, which costs more quality than the type.
    """

    kind: QuantType
    size: int
    source_size: int
    fallbacks: int
    is_requantized: bool
    seconds: float = 0.0

    @property
    def is_smaller(self) -> bool:
        """Whether there is a point in it."""
        return self.size < self.source_size


@dataclass(frozen=True, slots=True)
class QuantizeResult:
    """A model that was made smaller, and how. Sizes in bytes.

    At `agreed` of the `compared` places it wrote the token that the original writes there; nothing
    was compared (0) when the original did not fit into memory or is no model that writes.
    `made_at` is in UTC. `source_sha256` is empty for a source in several files.
    """

    path: str
    size: int
    kind: QuantType
    source_path: str
    source_size: int
    source_sha256: str
    llama_build: str
    made_at: datetime
    seconds: float
    agreed: int
    compared: int
    fallbacks: int
    is_requantized: bool


def is_quantized(file_type: str) -> bool:
    """Whether the weights of a file of this type (empty: unknown) have lost precision already."""
    return bool(file_type) and file_type.upper() not in _FULL_PRECISION
