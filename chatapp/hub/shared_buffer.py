"""How ggml lays the values of a computation into one buffer, and how large it gets by that.

A value has a place from the step that makes it to the last one that reads it. Places are given
away again, so that the size depends on the order of the steps and on the gaps that they leave.
Follows ggml/src/ggml-alloc.c.
"""

from __future__ import annotations

_ALIGNMENT = 32  # bytes
_FLOAT = 4  # bytes


class SharedBuffer:
    """The steps of one computation, in order. A value is the number that `add` returns."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._read: list[tuple[int, ...]] = []
        self._in_place: list[bool] = []

    def add(self, size: int, *read: int, in_place: bool = False) -> int:
        """A step that makes a value of `size` bytes (0: elsewhere) out of those that are `read`.

        `in_place`: it may overwrite one of them that is as large and that nothing reads later.
        """
        self._sizes.append(-(-size // _ALIGNMENT) * _ALIGNMENT)
        self._read.append(read)
        self._in_place.append(in_place)
        return len(self._sizes) - 1

    def size(self) -> int:
        """Bytes of the buffer for all steps."""
        readers = [0] * len(self._sizes)
        for read in self._read:
            for value in read:
                readers[value] += 1
        places = _Places()
        at = [-1] * len(self._sizes)
        for value, size in enumerate(self._sizes):
            if size:
                at[value] = self._overwritten(value, readers, at)
                if at[value] < 0:
                    at[value] = places.take(size)
            for other in self._read[value]:
                readers[other] -= 1
                if not readers[other] and at[other] >= 0:
                    places.give_back(at[other], self._sizes[other])
                    at[other] = -1
        return places.end

    def _overwritten(self, value: int, readers: list[int], at: list[int]) -> int:
        """The place that this value takes over; negative when there is none."""
        if self._in_place[value]:
            for other in self._read[value]:
                same = self._sizes[other] == self._sizes[value]
                if same and readers[other] == 1 and at[other] >= 0:
                    place, at[other] = at[other], -1
                    return place
        return -1


class BatchBuffer(SharedBuffer):
    """One for vectors of floats: one for each of `tokens`, or for each of `sequences`."""

    def __init__(self, tokens: int, sequences: int) -> None:
        super().__init__()
        self.tokens = tokens
        self._sequences = sequences

    def vector(self, length: int, *read: int) -> int:
        """One for each token."""
        return self.add(_FLOAT * length * self.tokens, *read)

    def in_place(self, length: int, *read: int) -> int:
        """One for each token, where one of those that are read may be overwritten."""
        return self.add(_FLOAT * length * self.tokens, *read, in_place=True)

    def kept(self, length: int, *read: int) -> int:
        """One for each sequence."""
        return self.mixed(0, length, *read)

    def mixed(self, length: int, kept: int, *read: int) -> int:
        """One for each token, and another one for each sequence."""
        return self.add(_FLOAT * (length * self.tokens + kept * self._sequences), *read)

    def stored(self, *read: int) -> None:
        """Values that are written to where they stay."""
        self.add(0, *read)


class _Places:
    """The gaps between values, and what lies behind all of them. `end` is the most there was."""

    def __init__(self) -> None:
        self.end = 0
        self._gaps: list[tuple[int, int]] = []  # offset and size, in order
        self._rest = 0  # where nothing lies any more

    def take(self, size: int) -> int:
        fitting = [(gap[1], index) for index, gap in enumerate(self._gaps) if gap[1] >= size]
        if not fitting:
            offset = self._rest
            self._rest += size
            self.end = max(self.end, self._rest)
            return offset
        smallest = min(fitting)[0]
        index = max(index for length, index in fitting if length == smallest)
        offset, length = self._gaps[index]
        self._gaps[index : index + 1] = [(offset + size, length - size)] if length > size else []
        return offset

    def give_back(self, offset: int, size: int) -> None:
        before = [gap for gap in self._gaps if gap[0] < offset]
        after = [gap for gap in self._gaps if gap[0] > offset]
        if before and sum(before[-1]) == offset:
            start, length = before.pop()
            offset, size = start, length + size
        if after and after[0][0] == offset + size:
            size += after.pop(0)[1]
        if offset + size == self._rest:
            self._rest = offset
            self._gaps = before
        else:
            self._gaps = [*before, (offset, size), *after]
