"""What values the parameters of an answer may have: for fields that people fill in, and for files.

The engine takes any number and counts what makes no sense as off; people deserve to be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most of a number, and the value that turns its step off, if one does.

    `decimals` are those that are worth showing; 0 is a whole number.
    """

    least: float
    most: float
    decimals: int = 2
    off: float | None = None


_TOKENS: Final = 1 << 20  # no model reads more

LIMITS: Final[dict[str, Limits]] = {
    "temperature": Limits(0.0, 5.0),
    "top_k": Limits(0, 100_000, 0, off=0),
    "top_p": Limits(0.0, 1.0, off=1.0),
    "min_p": Limits(0.0, 1.0, off=0.0),
    "typical_p": Limits(0.0, 1.0, off=1.0),
    "top_n_sigma": Limits(-1.0, 20.0, off=-1.0),
    "xtc_probability": Limits(0.0, 1.0, off=0.0),
    "xtc_threshold": Limits(0.0, 0.5),
    "dynamic_temperature_range": Limits(0.0, 5.0, off=0.0),
    "dynamic_temperature_exponent": Limits(0.0, 10.0),
    "repeat_penalty": Limits(0.1, 5.0, off=1.0),
    "repeat_last_n": Limits(-1, _TOKENS, 0, off=0),
    "frequency_penalty": Limits(-2.0, 2.0, off=0.0),
    "presence_penalty": Limits(-2.0, 2.0, off=0.0),
    "dry_multiplier": Limits(0.0, 10.0, off=0.0),
    "dry_base": Limits(1.0, 10.0),
    "dry_allowed_length": Limits(0, 1000, 0),
    "dry_last_n": Limits(-1, _TOKENS, 0, off=0),
    "mirostat": Limits(0, 2, 0, off=0),
    "mirostat_tau": Limits(0.0, 20.0),
    "mirostat_eta": Limits(0.0, 1.0),
    "adaptive_target": Limits(-1.0, 1.0, off=-1.0),
    "adaptive_decay": Limits(0.0, 0.99),
    "max_tokens": Limits(0, _TOKENS, 0, off=0),
    "seed": Limits(0, 2**32 - 2, 0),
    "logprobs": Limits(0, 20, 0, off=0),
}

MOST_TEXTS: Final = 16  # stop sequences, and what interrupts a repetition
LONGEST_TEXT: Final = 200  # characters of one of them
MOST_BIASES: Final = 64
LARGEST_BIAS: Final = 100.0
LARGEST_TOKEN: Final = 1 << 24  # no vocabulary comes near it
LONGEST_GRAMMAR: Final = 1 << 17  # characters; see engine.gbnf
LONGEST_SCHEMA: Final = 1 << 16
LONGEST_EFFORT: Final = 32
