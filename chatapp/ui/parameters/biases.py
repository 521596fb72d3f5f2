"""Token biases as people type them: “42: -5”."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from chatapp.domain.parameter_limits import LARGEST_BIAS, LARGEST_TOKEN


def read_bias(words: str) -> tuple[int, float] | None:
    """A token's id and what is added to its score; None for anything else."""
    token, colon, bias = words.partition(":")
    if not colon or not token.strip().isdecimal():
        return None
    number, is_number = QLocale().toDouble(bias.strip())
    if not is_number:
        number, is_number = QLocale.c().toDouble(bias.strip())
    if not is_number or not abs(number) <= LARGEST_BIAS or int(token) > LARGEST_TOKEN:
        return None
    return int(token), number


def show_bias(entry: object) -> str:
    """The other way round."""
    if not isinstance(entry, tuple):
        return ""
    return f"{entry[0]}: {QLocale().toString(entry[1], 'g', 4)}"
