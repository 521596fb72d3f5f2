"""What a drawn formula is: values only, since the window and the drawing process both know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

EM: Final = 100  # units of an outline
LONGEST_TEX: Final = 2000  # characters


@dataclass(frozen=True, slots=True)
class Text:
    """A character that the formula's font lacks; it is as wide as `size`."""

    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A formula with an em of `EM` units, its origin at the left on the baseline, y downwards.

    `path` is a QPainterPath as QDataStream writes it: the window makes it in one call.
    """

    width: float
    ascent: float
    descent: float
    path: bytes
    texts: tuple[Text, ...]
