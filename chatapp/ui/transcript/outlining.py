"""A QPainterPath without Qt, from what ziamath draws as SVG."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import starmap
from typing import TYPE_CHECKING, Final

from chatapp.ui.transcript.formulas import Text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOVE, _LINE, _CURVE, _CURVE_POINT = range(4)  # as Qt numbers them
_WINDING: Final = 1
_COUNT: Final = struct.Struct(">i")
_ELEMENT: Final = struct.Struct(">idd")
_WORDS: Final = re.compile(r"[A-Z]|-?\d+(?:\.\d+)?")
_NUMBERS: Final = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}


class CannotDraw(Exception):
    """This TeX would be drawn wrongly, or not at all."""


class Drawing:
    """Outlines and characters that are collected, and the space that they take."""

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.right = self.top = self.bottom = 0.0
        self._elements: list[tuple[int, float, float]] = []
        self._begin = self._at = (0.0, 0.0)
        self._begin_number = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was drawn."""
        return not self._elements and not self.texts

    def add(self, svg: Element) -> None:
        """Everything that is drawn on `svg`. Raises `CannotDraw` for what is not known here."""
        for element in svg:
            stroke = float(element.get("stroke-width", "0"))
            if element.tag == "path" and not stroke:
                self._path(element.get("d", ""))
            elif element.tag == "path" and "marker-end" not in element.attrib:
                self._stroke(element.get("d", ""), stroke)
            elif element.tag == "rect":
                self._rectangle(element, stroke)
            elif element.tag == "g":
                self.add(element)
            elif element.tag == "text":
                self._text(element)
            else:
                raise CannotDraw(element.tag)

    def data(self) -> bytes:
        """The path as QDataStream writes it; filled by the winding rule."""
        elements = b"".join(starmap(_ELEMENT.pack, self._elements))
        if not elements:
            return _COUNT.pack(0)
        end = _COUNT.pack(self._begin_number) + _COUNT.pack(_WINDING)
        return _COUNT.pack(len(self._elements)) + elements + end

    def _path(self, data: str) -> None:
        for command, numbers in _commands(data):
            if command == "M":
                self._move(*numbers)
            elif command == "L":
                self._line(*numbers)
            elif command == "Q":
                self._quadratic(*numbers)
            elif command == "C":
                self._curve(*numbers)
            else:
                self._close()

    def _stroke(self, data: str, width: float) -> None:
        """A straight line of some width."""
        (_, (x1, y1)), (_, (x2, y2)) = _commands(data)
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1.0
        dx, dy = (y1 - y2) / length * width / 2, (x2 - x1) / length * width / 2
        # Round the same way as the outlines of letters: where they cross, both are filled.
        self._polygon(
            (x1 - dx, y1 - dy), (x2 - dx, y2 - dy), (x2 + dx, y2 + dy), (x1 + dx, y1 + dy)
        )

    def _rectangle(self, element: Element, stroke: float) -> None:
        left, top, width, height = (
            float(element.get(name, "0")) for name in ("x", "y", "width", "height")
        )
        if not width or not height:
            return
        half = stroke / 2
        corners = _corners(left - half, top - half, width + stroke, height + stroke)
        self._polygon(*corners)
        if stroke:  # the hole goes round the other way
            inner = _corners(left + half, top + half, width - stroke, height - stroke)
            self._polygon(*reversed(inner))

    def _text(self, element: Element) -> None:
        x, y, size = (float(element.get(name, "0")) for name in ("x", "y", "size"))
        self.texts.append(Text(x, y, size, element.text or ""))
        self._take_space(x, y - 0.9 * size)
        self._take_space(x + size, y + 0.2 * size)

    def _polygon(self, *points: tuple[float, float]) -> None:
        self._move(*points[0])
        for point in points[1:]:
            self._line(*point)
        self._close()

    def _move(self, x: float, y: float) -> None:
        self._begin_number = len(self._elements)
        self._begin = (x, y)
        self._add(_MOVE, x, y)

    def _line(self, x: float, y: float) -> None:
        self._add(_LINE, x, y)

    def _curve(self, x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> None:
        self._add(_CURVE, x1, y1)
        self._add(_CURVE_POINT, x2, y2)
        self._add(_CURVE_POINT, x, y)

    def _quadratic(self, x1: float, y1: float, x: float, y: float) -> None:
        x0, y0 = self._at
        self._curve((x0 + 2 * x1) / 3, (y0 + 2 * y1) / 3, (x + 2 * x1) / 3, (y + 2 * y1) / 3, x, y)

    def _close(self) -> None:
        if self._at != self._begin:
            self._line(*self._begin)

    def _add(self, kind: int, x: float, y: float) -> None:
        self._elements.append((kind, x, y))
        self._at = (x, y)
        self._take_space(x, y)

    def _take_space(self, x: float, y: float) -> None:
        self.right = max(self.right, x)
        self.top = min(self.top, y)
        self.bottom = max(self.bottom, y)


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    words = iter(_WORDS.findall(data))
    for command in words:
        yield command, [float(next(words)) for _ in range(_NUMBERS[command])]


def _corners(left: float, top: float, width: float, height: float) -> list[tuple[float, float]]:
    right, bottom = left + width, top + height
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
