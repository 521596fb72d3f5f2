"""How high messages will be that nobody has looked at yet."""

from __future__ import annotations

from array import array
from typing import Final

_GAP: Final = 10.0  # between blocks, in logical pixels
_FENCE: Final = 40.0  # the header of a code block and what is around it
_BUBBLE: Final = 44.0  # around a question, with the gap above it
_FOOTER: Final = 72.0  # below an answer, with the gap above it
_NARROWER: Final = 0.75  # a question's lines, of an answer's


class Estimates:
    """Counts what of each text decides its height, once; then it is known for every width.

    A message takes twelve bytes here.
    """

    def __init__(self) -> None:
        self._letters = array("f")
        self._lines = array("f")  # beyond those that the letters fill
        self._pixels = array("f")

    def append(self, text: str, *, is_answer: bool) -> None:
        """Another message at the end."""
        letters = len(text)
        if not text.isascii():
            # A Chinese letter takes three bytes and the room of two.
            letters = (letters + len(text.encode(errors="replace"))) // 2
        breaks = text.count("\n")
        if is_answer:
            gaps = text.count("\n\n")
            fences = text.count("```") // 2
            # Half of a paragraph's last line is empty, and less of a line that is broken.
            self._lines.append(0.5 * (gaps + 1) + 0.7 * (breaks - 2 * gaps))
            self._pixels.append(gaps * _GAP + fences * _FENCE + _FOOTER)
            self._letters.append(letters)
        else:
            self._lines.append(breaks + 0.6)
            self._pixels.append(_BUBBLE)
            self._letters.append(letters / _NARROWER)

    def truncate(self, count: int) -> None:
        """Keep the first `count`."""
        self.cut(count)

    def cut(self, count: int) -> tuple[array[float], ...]:
        """Keep the first `count`. Returns the rest for `extend`; nothing when there is none."""
        columns = (self._letters, self._lines, self._pixels)
        rest = tuple(numbers[count:] for numbers in columns)
        for numbers in columns:
            del numbers[count:]
        return rest if rest[0] else ()

    def extend(self, rest: tuple[array[float], ...]) -> None:
        """Put what was cut behind those that are there."""
        columns = (self._letters, self._lines, self._pixels)
        for numbers, more in zip(columns, rest, strict=False):
            numbers.extend(more)

    def heights(self, columns: float, line: float) -> list[float]:
        """All in whole logical pixels, where so many letters are in a line of this height."""
        each = line / columns
        return [
            (letters * each + lines * line + pixels) // 1
            for letters, lines, pixels in zip(self._letters, self._lines, self._pixels, strict=True)
        ]

    def height(self, row: int, columns: float, line: float) -> float:
        """The height of one message."""
        each = line / columns
        return (self._letters[row] * each + self._lines[row] * line + self._pixels[row]) // 1
