"""Heights in a column of many: where each begins, and which one is at a place."""

from __future__ import annotations

from collections.abc import Sequence


class Heights:
    """Numbers whose running sums are asked for (a Fenwick tree): all in logarithmic time."""

    def __init__(self, values: Sequence[float] = ()) -> None:
        self._values: list[float] = []
        self._tree: list[float] = [0.0]
        self.reset(values)

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: int) -> float:
        return self._values[index]

    @property
    def values(self) -> Sequence[float]:
        """All of them."""
        return self._values

    @property
    def total(self) -> float:
        """The sum of all."""
        return self.before(len(self._values))

    def reset(self, values: Sequence[float]) -> None:
        """Begin anew with these. Linear."""
        self._values = list(values)
        tree = [0.0, *self._values]
        for place in range(1, len(tree)):
            above = place + (place & -place)
            if above < len(tree):
                tree[above] += tree[place]
        self._tree = tree

    def set(self, index: int, value: float) -> None:
        """Change one."""
        change = value - self._values[index]
        if not change:
            return
        self._values[index] = value
        place = index + 1
        while place < len(self._tree):
            self._tree[place] += change
            place += place & -place

    def append(self, value: float) -> None:
        """Add one at the end."""
        self._values.append(value)
        place = len(self._values)
        start = place - (place & -place)
        self._tree.append(self.before(place - 1) - self.before(start) + value)

    def truncate(self, count: int) -> None:
        """Keep the first `count`."""
        del self._values[count:]
        del self._tree[count + 1 :]

    def before(self, index: int) -> float:
        """The sum of those before `index`: where it begins."""
        total = 0.0
        while index > 0:
            total += self._tree[index]
            index &= index - 1
        return total

    def at(self, offset: float) -> int:
        """The index of the one that covers `offset`; the first or last one outside of all."""
        index = 0
        step = 1 << max(0, len(self._values).bit_length() - 1)
        while step:
            if index + step < len(self._tree) and self._tree[index + step] <= offset:
                index += step
                offset -= self._tree[index]
            step >>= 1
        return max(0, min(index, len(self._values) - 1))
