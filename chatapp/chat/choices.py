"""Chosen parameters as JSON objects, for files that anybody may have written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final

from chatapp.domain.generation import ParameterChoice, SamplerStep
from chatapp.domain.parameter_limits import (
    LARGEST_BIAS,
    LARGEST_TOKEN,
    LIMITS,
    LONGEST_EFFORT,
    LONGEST_GRAMMAR,
    LONGEST_SCHEMA,
    LONGEST_TEXT,
    MOST_BIASES,
    MOST_TEXTS,
)

_NOTHING: Final = ParameterChoice()
_LONGEST_PRESET: Final = 40
_STEPS: Final = {str(step): step for step in SamplerStep}


def pack(choice: ParameterChoice) -> dict[str, Any]:
    """What is chosen, under the names of the fields. Tuples become lists by themselves."""
    values = {field.name: getattr(choice, field.name) for field in fields(choice)}
    return {name: value for name, value in values.items() if value != getattr(_NOTHING, name)}


def unpack(data: object) -> ParameterChoice:
    """What makes sense of a JSON object; the rest is not chosen."""
    if not isinstance(data, dict):
        return _NOTHING
    values = {name: unpack_one(data.get(name)) for name, unpack_one in _UNPACK.items()}
    return ParameterChoice(**{name: value for name, value in values.items() if value is not None})


def _number(name: str) -> Callable[[object], float | None]:
    limits = LIMITS[name]

    def unpack_number(value: object) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        if not limits.least <= value <= limits.most:  # so is what is not a number
            return None
        if limits.decimals:
            return float(value)
        return int(value) if value == int(value) else None

    return unpack_number


def _text(longest: int) -> Callable[[object], str | None]:
    def unpack_text(value: object) -> str | None:
        if not isinstance(value, str) or len(value) > longest or "\0" in value:
            return None
        return value if value.isascii() or _is_whole(value) else None

    return unpack_text


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or len(value) > MOST_TEXTS:
        return None
    texts = map(_text(LONGEST_TEXT), value)
    return tuple(dict.fromkeys(text for text in texts if text))


def _biases(value: object) -> tuple[tuple[int, float], ...] | None:
    if not isinstance(value, list) or len(value) > MOST_BIASES:
        return None
    found = tuple(map(_bias, value))
    return tuple(pair for pair in found if pair is not None)


def _bias(value: object) -> tuple[int, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    token, bias = value
    if isinstance(token, bool) or not isinstance(token, int) or not 0 <= token <= LARGEST_TOKEN:
        return None
    if isinstance(bias, bool) or not isinstance(bias, int | float):
        return None
    if math.isnan(bias) or abs(bias) > LARGEST_BIAS:
        return None
    return token, float(bias)


def _samplers(value: object) -> tuple[SamplerStep, ...] | None:
    if not isinstance(value, list) or len(value) > len(_STEPS):
        return None
    steps = (_STEPS.get(step) for step in value if isinstance(step, str))
    return tuple(dict.fromkeys(step for step in steps if step is not None))


def _switch(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _is_whole(text: str) -> bool:
    """Without half a character, which JSON can spell but nothing can store."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


_UNPACK: Final[dict[str, Callable[[object], Any]]] = {
    **{name: _number(name) for name in LIMITS},
    "stop": _texts,
    "dry_sequence_breakers": _texts,
    "logit_bias": _biases,
    "grammar": _text(LONGEST_GRAMMAR),
    "json_schema": _text(LONGEST_SCHEMA),
    "samplers": _samplers,
    "thinking": _switch,
    "reasoning_effort": _text(LONGEST_EFFORT),
    "keep_seed": _switch,
    "preset": _text(_LONGEST_PRESET),
}
